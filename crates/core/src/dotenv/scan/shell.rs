//! What a shell makes of a line that sets several variables, where other readers see one
//! long value.

use std::ops::Range;

use super::{Escapes, closing_quote};

/// A variable that a shell sets; all ranges are bytes of the scanned text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::dotenv) struct Word {
    pub name: Range<usize>,
    /// The value without quotes around it.
    pub value: Range<usize>,
}

/// The variables that a shell sets on the line of an assignment of `name`, the first of
/// which it is: `A=1 B=2`, `A=1; B=2`, `A=1; export A`. `value` is the rest of the line,
/// as readers see it that know nothing of that. None where the line sets only one.
pub(super) fn words(text: &str, name: &Range<usize>, value: &Range<usize>) -> Vec<Word> {
    let mut parts = parts(text, value);
    // Nearly all have one.
    if parts.len() < 2 {
        return Vec::new();
    }
    let first = parts.remove(0);
    let mut found = vec![Word { name: name.clone(), value: without_quotes(text, first.range) }];
    let mut exports = false;
    for part in parts {
        let word = &text[part.range.clone()];
        if let Some(length) = word.find('=').filter(|end| is_name(&word[..*end])) {
            let start = part.range.start;
            let value = without_quotes(text, start + length + 1..part.range.end);
            found.push(Word { name: start..start + length, value });
        }
        exports |= part.begins_command && word == "export";
    }
    if found.len() > 1 || exports { found } else { Vec::new() }
}

struct Part {
    range: Range<usize>,
    /// Whether `;`, `&&` or `||` stands before it.
    begins_command: bool,
}

/// The words in `range`, as a shell splits them.
fn parts(text: &str, range: &Range<usize>) -> Vec<Part> {
    let mut found = Vec::new();
    let mut begins_command = false;
    let mut start = None;
    let mut place = range.start;
    while place < range.end {
        let rest = &text[place..range.end];
        let c = rest.chars().next().unwrap_or_default();
        let operator = if rest.starts_with("&&") || rest.starts_with("||") {
            2
        } else {
            usize::from(c == ';')
        };
        if operator == 0 && !c.is_whitespace() {
            start.get_or_insert(place);
            place += length_of(rest, c);
            continue;
        }
        if let Some(start) = start.take() {
            found.push(Part { range: start..place, begins_command });
            begins_command = false;
        }
        begins_command |= operator > 0;
        place += operator.max(c.len_utf8());
    }
    if let Some(start) = start {
        found.push(Part { range: start..range.end, begins_command });
    }
    found
}

/// The length of the character `c` that `rest` begins with, and of all that it quotes.
fn length_of(rest: &str, c: char) -> usize {
    let behind = &rest[c.len_utf8()..];
    let quoted = match c {
        '\\' => behind.chars().next().map(char::len_utf8),
        '"' => closing_quote(behind, c, Escapes::Count).map(|end| end + 1),
        '\'' => closing_quote(behind, c, Escapes::Ignored).map(|end| end + 1),
        _ => None,
    };
    c.len_utf8() + quoted.unwrap_or_default()
}

fn without_quotes(text: &str, range: Range<usize>) -> Range<usize> {
    let word = &text[range.clone()];
    let is_quoted =
        |quote: char| word.len() > 1 && word.starts_with(quote) && word.ends_with(quote);
    if is_quoted('"') || is_quoted('\'') { range.start + 1..range.end - 1 } else { range }
}

fn is_name(text: &str) -> bool {
    text.parse::<crate::dotenv::VariableName>().is_ok()
}
