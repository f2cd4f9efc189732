//! What a shell makes of the file: where its commands begin, and the variables of a line
//! that sets several, where other readers see one long value.

use std::ops::Range;

use super::{Escapes, closing_quote};

/// A variable that a shell sets; all ranges are bytes of the scanned text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::dotenv) struct Word {
    pub name: Range<usize>,
    /// The value without quotes around it.
    pub value: Range<usize>,
}

/// The variables that a shell sets on the line of an assignment of `name`, the first of which it
/// is: `A=1 B=2`, `A=1; B=2`, `A=1; export A`. `value` is the rest of the line, as readers see it
/// that know nothing of that. None if the line sets only one.
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

/// The lines of a file as a shell reads them. One of them can take up several lines of
/// the file: behind a backslash, inside quotes, brackets or backticks, behind a `|`, and
/// behind a `<<`: where that text ends, only a shell works out.
#[derive(Debug)]
pub(super) struct Lines {
    /// Where each begins, in order.
    starts: Vec<usize>,
    /// The begin of the last one, where nothing closes it.
    open: Option<(usize, Unclosed)>,
}

/// What nothing closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unclosed {
    /// A quote alone. Readers that know nothing of shells join lines there too.
    Quote,
    /// Something that only a shell knows.
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// `'...'`, or `$'...'`, in which a backslash counts.
    Single(Escapes),
    Double,
    Backtick,
    /// `(...)`, also behind a `$`.
    Round,
    /// `${...}`, which is in double quotes or not.
    Curly {
        quoted: bool,
    },
    /// Behind a `<<`, whose text ends at a line that the shell works out.
    HereDocument,
}

impl Lines {
    /// Takes `text` apart, whose first line begins at byte `start`.
    pub(super) fn of(text: &str, start: usize) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![start];
        let mut inside: Vec<Inside> = Vec::new();
        // Whether a `#` begins a comment, and whether a `|` or `&&` wants another command.
        let (mut is_word_start, mut wants_more, mut escapes_end) = (true, false, false);
        let mut place = start;
        while place < bytes.len() {
            let byte = bytes[place];
            let behind = &bytes[place + 1..];
            let innermost = inside.last().copied();
            let was_word_start = std::mem::replace(
                &mut is_word_start,
                byte.is_ascii_whitespace() || b";&|()<>".contains(&byte),
            );
            let is_code = matches!(innermost, None | Some(Inside::Round));
            let is_literal = matches!(innermost, Some(Inside::Single(_)));
            place += 1;
            match byte {
                b'\\' if innermost != Some(Inside::Single(Escapes::Ignored)) => {
                    // What it joins to the next line goes on where it was.
                    is_word_start = was_word_start && behind.first() == Some(&b'\n');
                    wants_more &= behind.first() == Some(&b'\n');
                    escapes_end = matches!(behind, [] | [b'\n']);
                    place = (place + 1).min(bytes.len());
                }
                b'\'' if is_literal => drop(inside.pop()),
                _ if is_literal => {}
                b'`' if innermost == Some(Inside::Backtick) => drop(inside.pop()),
                // A shell looks for its end first, whatever stands before it.
                _ if innermost == Some(Inside::Backtick) => {}
                b'`' => inside.push(Inside::Backtick),
                b'"' if innermost == Some(Inside::Double) => drop(inside.pop()),
                b'$' if behind.starts_with(b"(") => {
                    inside.push(Inside::Round);
                    place += 1;
                    is_word_start = true;
                }
                b'$' if behind.starts_with(b"{") => {
                    let quoted =
                        matches!(innermost, Some(Inside::Double | Inside::Curly { quoted: true }));
                    inside.push(Inside::Curly { quoted });
                    place += 1;
                }
                b'}' if matches!(innermost, Some(Inside::Curly { .. })) => drop(inside.pop()),
                b'"' => inside.push(Inside::Double),
                _ if innermost == Some(Inside::Double) => {}
                b'$' if behind.starts_with(b"'") => {
                    inside.push(Inside::Single(Escapes::Count));
                    place += 1;
                }
                b'\'' if innermost != Some(Inside::Curly { quoted: true }) => {
                    inside.push(Inside::Single(Escapes::Ignored));
                }
                b'#' if is_code && was_word_start => {
                    place += memchr::memchr(b'\n', behind).unwrap_or(behind.len());
                    is_word_start = true;
                    continue;
                }
                b'<' if is_code && behind.starts_with(b"<<") => place += 2,
                b'<' if is_code && behind.starts_with(b"<") => {
                    inside.push(Inside::HereDocument);
                    break;
                }
                b'(' if is_code => inside.push(Inside::Round),
                b')' if innermost == Some(Inside::Round) => drop(inside.pop()),
                b'\n' if innermost.is_none() && !wants_more => starts.push(place),
                _ => {}
            }
            if !byte.is_ascii_whitespace() && byte != b'\\' {
                let is_and = byte == b'&' && bytes[start..place].ends_with(b"&&");
                wants_more = inside.is_empty() && (byte == b'|' || is_and);
            }
        }
        let last = starts.last().copied().unwrap_or(start);
        let open = match inside[..] {
            [Inside::Single(_) | Inside::Double] => Some((last, Unclosed::Quote)),
            [] if !wants_more && !escapes_end => None,
            _ => Some((last, Unclosed::Other)),
        };
        Self { starts, open }
    }

    /// Whether a shell begins anew at byte `place`, which is where a line of the file
    /// begins.
    pub(super) fn begin_at(&self, place: usize) -> bool {
        self.starts.binary_search(&place).is_ok()
    }

    /// Whether a shell reads what is added at the end of the file as a part of what is there, and
    /// other readers don't.
    pub(super) fn go_on(&self) -> bool {
        matches!(self.open, Some((_, Unclosed::Other)))
    }

    /// Whether a shell takes what stands at byte `place` for a part of what begins
    /// before it and is closed somewhere.
    fn join(&self, place: usize) -> bool {
        let is_unclosed = self.open.is_some_and(|(start, _)| start < place);
        !is_unclosed && !self.begin_at(place)
    }

    /// Whether the assignment in `lines`, a range of `text` that ends where a line of the
    /// file begins, has its end in a later line.
    pub(super) fn continue_behind(&self, text: &str, lines: Range<usize>) -> bool {
        let has_more = lines.end < text.len();
        has_more && self.join(lines.end) && {
            // Else what goes on there began before it.
            let alone = Self::of(&text[lines], 0);
            alone.open.is_some()
        }
    }
}
