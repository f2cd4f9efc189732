//! Words for a shell: what is completed says what it is meant to say, as another reader
//! of the shell's language takes it apart. Words are separated by zeros: the first is
//! what was typed so far, the others are values.

use crate::commands::completions::quoting::{Open, unquote, unquote_fish, words};
use crate::commands::completions::request::Request;

pub fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut parts = text.split('\0');
    let typed = parts.next().unwrap_or_default();
    let values: Vec<_> = parts.take(8).collect();

    for word in words(typed) {
        assert!(typed.contains(word));
        let _ = unquote_fish(word);
    }
    // bash has cut the line into words; the last one goes on.
    let last = words(typed).last().copied().unwrap_or_default();
    let kept = unquote(last);
    for value in values.iter().copied().chain([kept.text.as_str()]) {
        if value.contains(['\n', '\r']) {
            continue;
        }
        let Some(rest) = kept.quoted_rest(value) else { continue };
        let whole = typed_by_readline(last, kept.open(), &rest);
        // The home directory is the one thing that the shell is to put in.
        let read = shlex::split(&whole);
        assert_eq!(read.as_deref(), Some(&[value.to_owned()][..]), "{last:?} + {rest:?}");
        let again = unquote(&whole);
        assert_eq!(again.text, value, "{whole:?}");
    }
    for shell in ["bash", "elvish", "fish", "zsh"] {
        let arguments: Vec<_> = text.split('\0').map(Into::into).collect();
        let _ = Request::parse(shell.as_ref(), &arguments);
    }
}

/// What stands on the line when readline has put `rest` behind `word`: where a quote is
/// open, one that `rest` begins with is taken for that one, and one is added unless
/// `rest` ends with it.
fn typed_by_readline(word: &str, open: Open, rest: &str) -> String {
    let quote = match open {
        Open::Nothing => return format!("{word}{rest}"),
        Open::Single => '\'',
        Open::Double => '"',
    };
    let rest = rest.strip_prefix(quote).unwrap_or(rest);
    let end = if rest.ends_with(quote) { String::new() } else { quote.to_string() };
    format!("{word}{rest}{end}")
}
