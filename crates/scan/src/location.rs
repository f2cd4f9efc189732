//! Where in a text something is.

use super::diff::Diff;

/// Where a key is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// Its first byte in what was read, counted from 0.
    pub offset: u64,
    /// Its line, from 1.
    pub line: u64,
    /// Its column, from 1, in characters.
    pub column: u64,
    /// Where that line comes from, where what was read is git's account of
    /// changes.
    pub origin: Option<Origin>,
}

/// Where a line of a diff comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The commit, as it is named there.
    pub commit: Option<String>,
    /// The file, and the line in it: after the change, or before it where the
    /// change takes the line away.
    pub file: Option<(String, u64)>,
}

/// Counts lines and columns on the way through a text.
#[derive(Default)]
pub struct Counter {
    offset: u64,
    lines: u64,
    /// Characters since the line began.
    column: u64,
    diff: Option<Diff>,
}

impl Counter {
    /// Also follows what a diff says of itself.
    pub fn with_diff() -> Self {
        Self { diff: Some(Diff::default()), ..Self::default() }
    }

    /// Goes over `text`, which follows what came before.
    pub fn pass(&mut self, text: &[u8]) {
        self.offset += text.len() as u64;
        if let Some(diff) = &mut self.diff {
            diff.pass(text);
        }
        match memchr::memrchr(b'\n', text) {
            Some(last) => {
                self.lines += memchr::memchr_iter(b'\n', text).count() as u64;
                self.column = characters(&text[last + 1..]);
            }
            None => self.column += characters(text),
        }
    }

    /// Goes over what another counter went over, behind what this one did.
    pub fn join(&mut self, other: &Self) {
        self.offset += other.offset;
        self.lines += other.lines;
        self.column = other.column + if other.lines == 0 { self.column } else { 0 };
    }

    /// The location of what comes next.
    pub fn location(&self) -> Location {
        Location {
            offset: self.offset,
            line: self.lines + 1,
            column: self.column + 1,
            origin: self.diff.as_ref().and_then(Diff::origin),
        }
    }

    /// `location`, which another counter gave, as seen from where this one began.
    pub fn shift(&self, location: &mut Location) {
        if location.line == 1 {
            location.column += self.column;
        }
        location.offset += self.offset;
        location.line += self.lines;
    }
}

/// The characters of `text`, which may begin and end within one: bytes that do not continue
/// another's.
fn characters(text: &[u8]) -> u64 {
    // In parts whose count fits a byte, so that the compiler makes vectors of it.
    let count = |part: &[u8]| part.iter().map(|byte| u8::from(byte & 0xc0 != 0x80)).sum::<u8>();
    text.chunks(255).map(|part| u64::from(count(part))).sum()
}
