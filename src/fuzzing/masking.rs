//! What is shown of any text has no key in it and commands no terminal.

use crate::key;
use crate::ui::printable;

pub fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let masked = key::mask(&text);
    assert!(!key::contains_hidden_key(&masked), "{masked:?}");
    assert!(!key::contains_key(&masked), "{masked:?}");
    assert_eq!(key::contains_hidden_key(&text), masked != text, "{text:?}");
    assert_eq!(key::mask(&masked), masked, "masking again changes nothing");

    let shown = key::mask(&printable(&text));
    assert!(!shown.chars().any(char::is_control), "{shown:?}");
    assert!(!key::contains_hidden_key(&shown), "{shown:?}");
    assert_eq!(printable(&shown), shown, "what is shown needs no more cleaning");
}
