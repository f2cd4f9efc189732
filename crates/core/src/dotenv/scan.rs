//! Finding the assignments of a `.env` file, and where in it their values are.

mod shell;

use std::ops::Range;

use shell::{Lines, Word};

/// Stands at the start of files that some Windows editors write; no part of
/// the first line.
pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';

/// One assignment; all ranges are bytes of the scanned text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    pub name: Range<usize>,
    /// The value without quotes.
    pub value: Range<usize>,
    /// What makes room for a new bare value: the value, with its quotes.
    pub replaced: Range<usize>,
    /// Whether a comment begins right where `replaced` ends.
    pub comment_touches: bool,
    /// The variables that a shell sets on this line, where they are several
    /// ([`shell::words`]).
    pub words: Vec<Word>,
    /// The line of the name, counted from 1.
    pub line: usize,
    /// Whether a shell takes the line below for a part of the value, and other readers
    /// don't.
    pub continues: bool,
}

/// Every standing assignment of `text`, in order. Lines inside a multi-line
/// value, comments and malformed lines are none.
///
/// Lines end with LF, CRLF or a lone CR. dotenvy does not know the last, but
/// node and Python do, and taking `A=1<CR>B=2` for one line would lose `B`
/// when `A` is set.
///
/// Also gives where a line can be added: the last place behind which no reader takes it
/// for a part of the line before.
pub(super) fn assignments(text: &str) -> (Vec<Assignment>, usize) {
    let mut found = Vec::new();
    let mut line = 1;
    let mut start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
    // Where the last line ends behind which one can be added, and whether that is before
    // lines that would read on. A comment stays with the line that it is about.
    let (mut closed, mut is_open) = (start, false);
    let shell = Lines::of(text, start);
    while start < text.len() {
        let mut end = line_end(text, start);
        let mut assignment = assignment(text, start, line);
        if let Some(assignment) = &mut assignment {
            // A multi-line value ends on a later line.
            end = line_end(text, assignment.replaced.end);
            assignment.continues = shell.continue_behind(text, lines_of(text, assignment));
        }
        let reads_on = reads_on(&text[start..end], assignment.as_ref(), text);
        is_open = reads_on.unwrap_or(is_open);
        found.extend(assignment);
        // A carriage return before it is no line of its own.
        let ending = if text[end..].starts_with("\r\n") { 2 } else { 1 };
        let next = (end + ending).min(text.len());
        line += text[start..next].matches('\n').count();
        start = next;
        if reads_on == Some(false) && shell.begin_at(start) {
            closed = start;
        }
    }
    (found, if is_open || shell.go_on() { closed } else { text.len() })
}

/// Whether some reader takes the line behind `line` for a part of it. `None` if the line changes
/// nothing about the one before: it is blank, or a comment.
///
/// bash joins a line that ends with a backslash to the next one. Node's own reader looks
/// for the `=` behind a bare name in the next lines, and some versions of it for the
/// value behind a space.
fn reads_on(line: &str, assignment: Option<&Assignment>, text: &str) -> Option<bool> {
    let plain = line.trim_start();
    if plain.is_empty() || plain.starts_with('#') {
        return None;
    }
    let has_no_value = match assignment {
        Some(assignment) => {
            let behind = &text[assignment.replaced.end..line_end(text, assignment.replaced.end)];
            assignment.replaced.is_empty() && !behind.is_empty() && behind.trim().is_empty()
        }
        None => !line.contains('='),
    };
    Some(has_no_value || line.ends_with('\\'))
}

/// The lines that `assignment` takes up in `text`, with the last one's ending.
pub(super) fn lines_of(text: &str, assignment: &Assignment) -> Range<usize> {
    let before = &text[..assignment.name.start];
    let mark = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
    let start = before.rfind(['\n', '\r']).map_or(mark, |end| end + 1);
    let end = line_end(text, assignment.replaced.end);
    let ending = match &text.as_bytes()[end..] {
        [b'\r', b'\n', ..] => 2,
        [] => 0,
        _ => 1,
    };
    start..end + ending
}

/// Where the line that holds byte `from` ends, before its line ending.
fn line_end(text: &str, from: usize) -> usize {
    text[from..].find(['\n', '\r']).map_or(text.len(), |length| from + length)
}

/// The assignment on the line that begins at byte `start`:
/// `[export ]NAME = VALUE # comment`.
fn assignment(text: &str, start: usize, line: usize) -> Option<Assignment> {
    let end = line_end(text, start);
    // Everything below shortens this from the left, so that a place in the
    // text is always `end` minus what is left.
    let (mut name, mut rest) = split_name(text[start..end].trim_start())?;
    if name == "export" && !rest.starts_with('=') {
        (name, rest) = split_name(rest)?;
    }
    let name_start = name.as_ptr().addr() - text.as_ptr().addr();
    let rest = rest.strip_prefix('=')?;
    let after_equals = end - rest.len();
    let value_start = end - rest.trim_start().len();

    let (value, replaced) = match text[value_start..end].chars().next() {
        // Directly behind the `=`, so that spaces before a comment stay there.
        None | Some('#') => (after_equals..after_equals, after_equals..after_equals),
        Some(quote @ ('"' | '\'' | '`')) => quoted(text, value_start, quote).unwrap_or_else(|| {
            // Never closed: node's readers take the line for itself.
            let value = value_start..unquoted_end(text, value_start);
            (value.clone(), value)
        }),
        Some(_) => {
            let value = value_start..unquoted_end(text, value_start);
            (value.clone(), value)
        }
    };
    let comment_touches = replaced.is_empty() && text[replaced.end..].starts_with('#');
    let name = name_start..name_start + name.len();
    // A value in quotes is one word.
    let words = if value == replaced { shell::words(text, &name, &value) } else { Vec::new() };
    Some(Assignment { name, value, replaced, comment_touches, words, line, continues: false })
}

/// Splits a name from what follows it and its spaces. The names are those of
/// node's readers, the widest: a multi-line value begins behind each of them.
fn split_name(text: &str) -> Option<(&str, &str)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let length = text.find(|c| !is_name(c)).unwrap_or(text.len());
    (length > 0).then(|| (&text[..length], text[length..].trim_start()))
}

/// Value and replaced range of a value that begins with `quote` at byte `start`; `None` if no
/// closing quote makes sense.
///
/// As in node's readers, a quote that closes must be followed by the end of
/// its line or by a comment: otherwise one forgotten quote would join lines up
/// to the opening quote of the next value. And as there, `\"` closes only
/// where nothing better does, which is what `"C:\dir\"` needs.
fn quoted(text: &str, start: usize, quote: char) -> Option<(Range<usize>, Range<usize>)> {
    let inside = start + 1;
    [Escapes::Count, Escapes::Ignored].into_iter().find_map(|escapes| {
        let closing = inside + closing_quote(&text[inside..], quote, escapes)?;
        let end = closing + 1;
        let tail = &text[end..line_end(text, end)];
        let value = inside..closing;
        if tail.starts_with('#') {
            // Comment to some, value to dotenvy and to shells: all of it goes.
            let whole = start..unquoted_end(text, end);
            Some((whole.clone(), whole))
        } else if !tail.trim_start().is_empty() && !tail.trim_start().starts_with('#') {
            None
        } else {
            // A bare value needs no quotes, and some readers (docker) keep them.
            Some((value, start..end))
        }
    })
}

/// Whether a backslash takes the meaning from the character behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    Count,
    Ignored,
}

/// The place in `text`, which begins behind an opening quote, of the quote
/// that closes it.
fn closing_quote(text: &str, quote: char, escapes: Escapes) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(place, c)| {
        let closes = c == quote && !escaped;
        escaped = escapes == Escapes::Count && c == '\\' && !escaped;
        closes.then_some(place)
    })
}

/// Where the value that begins, or goes on, at byte `from` without a quote
/// ends: before the spaces at the end of its line or before its comment. A
/// `#` begins a comment behind a space only, and not inside quotes that open
/// and close on this line (dotenvy, shells).
fn unquoted_end(text: &str, from: usize) -> usize {
    let line = &text[from..line_end(text, from)];
    let mut end = line.len();
    let mut after_space = false;
    let mut skip_to = 0;
    for (place, c) in line.char_indices() {
        if place < skip_to {
            continue;
        }
        let behind = place + c.len_utf8();
        match c {
            '#' if after_space => {
                end = place;
                break;
            }
            '\\' if line[behind..].starts_with(['"', '\'', '\\']) => skip_to = behind + 1,
            '"' | '\'' => {
                let escapes = if c == '"' { Escapes::Count } else { Escapes::Ignored };
                if let Some(length) = closing_quote(&line[behind..], c, escapes) {
                    skip_to = behind + length + 1;
                }
            }
            _ => {}
        }
        after_space = c.is_whitespace();
    }
    from + line[..end].trim_end().len()
}
