//! What dotenvy makes of a file: the check that a written value arrives.

use std::cell::Cell;
use std::io::{self, Read};

use super::VariableName;
use crate::secret::Secret;

/// What dotenvy sees of one variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadBack {
    /// The first value of the variable, which is the one that dotenvy takes; `None` if it sees
    /// none.
    pub value: Option<Secret>,
    /// The first line, counted from 1, that dotenvy rejects before it sees the
    /// value, or in the whole file where it sees none. A program that loads
    /// the file with dotenvy stops there, so with a line here it does not get
    /// the value even where `value` has one.
    pub rejected_line: Option<usize>,
}

/// Reads `name` from the bytes of a file with dotenvy, going on behind lines
/// that dotenvy rejects.
///
/// dotenvy puts variables of this process in the place of `$NAME`, so the
/// value is the file's own only where it has no `$` (a
/// [`Bare`](super::Bare) has none).
pub fn read_back(bytes: &[u8], name: &VariableName) -> ReadBack {
    // `dotenvy::from_path` and its like skip the mark, its iterator does not.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lines_read = Cell::new(0);
    let reader = LineByLine { rest: bytes, lines_read: &lines_read };
    let mut rejected_line = None;
    for item in dotenvy::from_read_iter(reader) {
        match item {
            Ok((found, value)) if found == name.as_str() => {
                return ReadBack { value: Some(Secret::new(value)), rejected_line };
            }
            Ok(_) => {}
            Err(error) => {
                let first = lines_read.get().saturating_sub(further_lines(&error));
                rejected_line.get_or_insert(first);
            }
        }
    }
    ReadBack { value: None, rejected_line }
}

/// How many lines behind its first one a rejected text has. The error is the
/// only place that knows the text; it must not go any further.
fn further_lines(error: &dotenvy::Error) -> usize {
    match error {
        dotenvy::Error::LineParse(text, _) => {
            text.strip_suffix('\n').unwrap_or(text).matches('\n').count()
        }
        _ => 0,
    }
}

/// Gives one line at each read, so that dotenvy, which buffers, has never
/// taken more lines than it has looked at.
struct LineByLine<'a> {
    rest: &'a [u8],
    lines_read: &'a Cell<usize>,
}

impl Read for LineByLine<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // No further than is given now: a line may be very long.
        let most = &self.rest[..self.rest.len().min(buffer.len())];
        let length = memchr::memchr(b'\n', most).map_or(most.len(), |end| end + 1);
        let (now, later) = self.rest.split_at(length);
        buffer[..length].copy_from_slice(now);
        self.rest = later;
        // A line longer than the buffer comes in parts; it counts at its end.
        if now.ends_with(b"\n") || (later.is_empty() && !now.is_empty()) {
            self.lines_read.set(self.lines_read.get() + 1);
        }
        Ok(length)
    }
}
