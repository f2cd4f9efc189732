//! `.env` files: what is written is read back, by us and by dotenvy, and nothing else
//! changes. The input is the file.

use crate::dotenv::{Bare, Document, VariableName, read_back};
use crate::secret::Secret;

const NAME: &str = "CENCORI_API_KEY";
const KEY: &str = "csk_0123456789abcdef0123456789abcdef0123456789abcdef";

pub fn run(input: &[u8]) {
    let name: VariableName = NAME.parse().expect("a name");
    let _ = read_back(input, &name);
    let Ok(mut document) = Document::parse(input) else {
        let text = std::str::from_utf8(input);
        assert!(text.is_err() || input.contains(&0), "a text was refused");
        return;
    };
    assert_eq!(document.render(), input, "parsing changes nothing");
    let lines = document.render().split(|byte| *byte == b'\n').count();
    let standing = document.values(NAME).len();
    let others = others(&document);
    for (_, _, line) in document.assignments() {
        assert!((1..=lines).contains(&line) && document.line(line).is_some());
    }

    if document.set(&name, &Bare::new(Secret::new(KEY)).expect("a bare value")).is_err() {
        assert!(standing > 0, "only a line that sets the variable is shared");
        assert_eq!(document.render(), input, "a line that sets more is left alone");
        return;
    }
    let after = document.render();
    let before = Document::parse(input).expect("what was read can be read");
    if !document.keeps_others(&before, &name) {
        // What writes files refuses that.
        assert!(input.iter().any(|byte| b"\"'`".contains(byte)), "without a quote");
        return;
    }
    let again = Document::parse(&after).expect("what was written can be read");
    assert_eq!(again.values(NAME), vec![KEY; standing.max(1)], "every line has the new value");
    assert_eq!(self::others(&again), others, "no other variable changes");
    let mut twice = Document::parse(&after).expect("what was written can be read");
    let again_set = twice.set(&name, &Bare::new(Secret::new(KEY)).expect("a bare value"));
    assert_eq!(again_set, Ok(()));
    assert_eq!(twice.render(), after, "setting the same value again changes nothing");

    let seen = read_back(&after, &name);
    let text = after.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&after);
    let first = dotenvy::from_read_iter(text).flatten().find(|(found, _)| found == NAME);
    assert_eq!(seen.value.as_ref().map(Secret::expose), first.as_ref().map(|(_, value)| &**value));
    let lines = after.split(|byte| *byte == b'\n').count();
    assert!(seen.rejected_line.is_none_or(|line| (1..=lines).contains(&line)));
    if is_plain(input) {
        assert_eq!(seen.value, Some(Secret::new(KEY)), "dotenvy reads a plain file as we do");
        assert_eq!(seen.rejected_line, None);
    }

    let mut without = Document::parse(&after).expect("what was written can be read");
    assert_eq!(without.remove(&name), Ok(()));
    let rest = Document::parse(&without.render()).expect("what was written can be read");
    if !rest.values(NAME).is_empty() || !rest.keeps_others(&again, &name) {
        // What writes files refuses that.
        let text = std::str::from_utf8(input).expect("a text");
        assert!(text.contains(['"', '\'', '`', '\u{feff}']), "without a quote or mark");
        return;
    }
    assert_eq!(self::others(&rest), others, "no other variable changes");
}

/// Name and value of all other variables.
fn others(document: &Document) -> Vec<(String, String)> {
    let others = document.assignments().filter(|(name, _, _)| *name != NAME);
    others.map(|(name, value, _)| (name.to_owned(), value)).collect()
}

/// Whether every reader takes the file for the same: comments without quotes, and
/// names with bare values.
fn is_plain(input: &[u8]) -> bool {
    let word = |text: &[u8]| text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    input.split(|byte| *byte == b'\n').all(|line| {
        if let Some(comment) = line.strip_prefix(b"#") {
            return comment.iter().all(|byte| *byte == b' ' || byte.is_ascii_alphanumeric());
        }
        let Some(equals) = line.iter().position(|byte| *byte == b'=') else {
            return line.is_empty();
        };
        let (name, value) = (&line[..equals], &line[equals + 1..]);
        let begins = name.first().is_some_and(|first| !first.is_ascii_digit());
        begins && word(name) && word(value)
    })
}
