//! Lossless editing of `.env` files: one variable is set, every other byte
//! stays as it was.
//!
//! There is no standard for these files. Where readers agree, so does this
//! module; where they differ, it follows dotenvy 0.15, the most used reader in
//! Rust, unless that would lose something another reader sees. What dotenvy
//! then makes of the file is told by [`read_back`].
//!
//! The file's text is held as a [`Secret`], so a [`Document`] can be dumped without showing what
//! is in it, and no error quotes it.

pub mod file_name;
mod read_back;
pub mod read_file;
mod scan;
#[cfg(test)]
mod tests;

use std::fmt;
use std::iter;
use std::str::FromStr;

pub use read_back::{ReadBack, read_back};

use serde::{Deserialize, Serialize};

use crate::secret::Secret;
use scan::{Assignment, BYTE_ORDER_MARK};

/// A `.env` file, taken apart as far as setting a variable needs it.
#[derive(Debug)]
pub struct Document {
    text: Secret,
    /// The standing assignments, in file order; ranges of `text`.
    assignments: Vec<Assignment>,
    /// Where in `text` a line can be added.
    end: usize,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl Document {
    /// Reads the bytes of a file. Lines that are no assignment are not an
    /// error, they are kept.
    ///
    /// # Errors
    /// If the bytes are not UTF-8 or hold a NUL, which no reader of these files agrees on.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let line_at =
            |offset: usize| 1 + bytes[..offset].iter().filter(|byte| **byte == b'\n').count();
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err(ParseError { line: 1, reason: Reason::Utf16 });
        }
        let text = std::str::from_utf8(bytes).map_err(|error| ParseError {
            line: line_at(error.valid_up_to()),
            reason: Reason::NotUtf8,
        })?;
        if let Some(offset) = text.find('\0') {
            return Err(ParseError { line: line_at(offset), reason: Reason::Nul });
        }
        Ok(Self::from_text(text.to_owned()))
    }

    fn from_text(text: String) -> Self {
        let (assignments, end) = scan::assignments(&text);
        let lines = memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1);
        let lines = iter::once(0).chain(lines).filter(|start| *start < text.len()).collect();
        Self { text: Secret::new(text), assignments, end, lines }
    }

    /// The value of every standing assignment of `name`, in file order, as
    /// plain readers see it: without quotes and inline comment. Escapes and
    /// `$` are not resolved, because readers differ on them. Where a shell sets several
    /// variables on one line, each has the value that it gives it.
    pub fn values(&self, name: &str) -> Vec<String> {
        let found = self.readings().filter(|(found, _, _)| *found == name);
        found.map(|(_, value, _)| value.to_owned()).collect()
    }

    /// Every variable that some reader sets, in file order: name, value as
    /// [`Document::values`] gives it, and line number, counted from 1.
    pub fn readings(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        let text = self.text.expose();
        self.assignments.iter().flat_map(move |assignment| {
            let own = Some((&assignment.name, &assignment.value));
            let own = own.filter(|_| assignment.words.is_empty());
            let words = assignment.words.iter().map(|word| (&word.name, &word.value));
            let read = move |range: &std::ops::Range<usize>| &text[range.clone()];
            let all = own.into_iter().chain(words);
            all.map(move |(name, value)| (read(name), read(value), assignment.line))
        })
    }

    /// What stands against changing the lines that set `name`, if something does.
    fn check(&self, name: &VariableName) -> Result<(), EditError> {
        let text = self.text.expose();
        for assignment in &self.assignments {
            if assignment.words.iter().any(|word| text[word.name.clone()] == name.0) {
                return Err(EditError::SharedLine(assignment.line));
            }
            if assignment.continues && text[assignment.name.clone()] == name.0 {
                return Err(EditError::ContinuedLine(assignment.line));
            }
        }
        Ok(())
    }

    /// Every standing assignment, in file order: name, value as
    /// [`Document::values`] gives it, and line number, counted from 1.
    ///
    /// The names are those that node's readers accept (letters, digits, `_`,
    /// `.`, `-`), which is more than a [`VariableName`] can be.
    pub fn assignments(&self) -> impl Iterator<Item = (&str, String, usize)> {
        let text = self.text.expose();
        self.assignments.iter().map(move |assignment| {
            let value = text[assignment.value.clone()].to_owned();
            (&text[assignment.name.clone()], value, assignment.line)
        })
    }

    /// Whether this file, which is `before` with `name` set or removed, has every other
    /// variable as it was, and no line of `name` became part of a value. That can happen
    /// where nothing closes a quote: without the quotes of the old value it finds an end.
    pub fn keeps_others(&self, before: &Self, name: &VariableName) -> bool {
        let others = |document: &Self| -> Vec<(String, Secret)> {
            let others = document.assignments().filter(|(found, _, _)| *found != name.as_str());
            others.map(|(found, value, _)| (found.to_owned(), Secret::new(value))).collect()
        };
        let lines = |document: &Self| document.values(name.as_str()).len();
        others(self) == others(before) && (lines(self) == 0 || lines(self) >= lines(before))
    }

    /// A line of the file, by its number counted from 1, as it is.
    pub fn line(&self, number: usize) -> Option<&str> {
        self.text.expose()[*self.lines.get(number.checked_sub(1)?)?..].lines().next()
    }

    /// Puts `value` into every standing assignment of `name`, so that readers
    /// that take the first (dotenvy) and readers that take the last (the
    /// others) agree. Where none stands a line is added: at the end, or before the
    /// last lines where some reader would take it for a part of them. Nothing else
    /// changes, but that a missing final newline is added before an appended line.
    ///
    /// The value is replaced with its quotes, which a bare one does not need.
    ///
    /// In a file that readers take apart differently (a quote that nothing
    /// closes, for one) dotenvy may still not see the value: ask [`read_back`].
    ///
    /// # Errors
    /// If a line sets other variables too, or goes on in the next one.
    pub fn set(&mut self, name: &VariableName, value: &Bare) -> Result<(), EditError> {
        self.check(name)?;
        let old = self.text.expose();
        let value = value.0.expose();
        let standing: Vec<&Assignment> = self
            .assignments
            .iter()
            .filter(|assignment| old[assignment.name.clone()] == name.0)
            .collect();

        // Room for everything at once, so that no half-written copy of the
        // secrets is left behind by a reallocation.
        let room = (value.len() + 1) * standing.len() + name.0.len() + value.len() + 5;
        let mut new = String::with_capacity(old.len() + room);
        let mut copied = 0;
        for assignment in &standing {
            new.push_str(&old[copied..assignment.replaced.start]);
            new.push_str(value);
            if assignment.comment_touches {
                // `K=# note`: without a space the note would become the value.
                new.push(' ');
            }
            copied = assignment.replaced.end;
        }
        if standing.is_empty() {
            let (before, behind) = old.split_at(self.end);
            new.push_str(before);
            let ending = line_ending(old);
            let has_lines = !before.strip_prefix(BYTE_ORDER_MARK).unwrap_or(before).is_empty();
            let lacks_ending = if behind.is_empty() { !before.ends_with('\n') } else { false };
            if has_lines && lacks_ending {
                new.push_str(ending);
            }
            for part in [name.as_str(), "=", value, ending, behind] {
                new.push_str(part);
            }
        } else {
            new.push_str(&old[copied..]);
        }
        *self = Self::from_text(new);
        Ok(())
    }

    /// Takes every standing assignment of `name` out, each with the whole of its
    /// line. Nothing else changes.
    pub fn remove(&mut self, name: &VariableName) -> Result<(), EditError> {
        self.check(name)?;
        let old = self.text.expose();
        let mut new = String::with_capacity(old.len());
        let mut copied = 0;
        for assignment in &self.assignments {
            if old[assignment.name.clone()] == name.0 {
                let line = scan::lines_of(old, assignment);
                new.push_str(&old[copied..line.start]);
                copied = line.end;
            }
        }
        new.push_str(&old[copied..]);
        *self = Self::from_text(new);
        Ok(())
    }

    /// The bytes of the file. After [`Document::parse`] alone, exactly those
    /// that were parsed.
    pub fn render(&self) -> Vec<u8> {
        self.text.expose().as_bytes().to_vec()
    }
}

/// The line ending that a line appended to `text` takes: the last one in it,
/// which is the one of its neighbour.
fn line_ending(text: &str) -> &'static str {
    match text.rfind('\n') {
        Some(end) if text[..end].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// A name that every reader and every shell takes: `[A-Za-z_][A-Za-z0-9_]*`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VariableName(String);

impl VariableName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VariableName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl TryFrom<String> for VariableName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<VariableName> for String {
    fn from(name: VariableName) -> Self {
        name.0
    }
}

impl FromStr for VariableName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let begins_well = text.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
        if begins_well && text.bytes().all(word) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError)
        }
    }
}

/// A text is no [`VariableName`]. It does not quote the text, which may be a
/// value given in the wrong place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameError;

impl fmt::Display for NameError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "a variable's name is letters, digits and `_`, and does not begin with a digit",
        )
    }
}

impl std::error::Error for NameError {}

/// A value that reads the same in every reader without quotes: one or more of
/// `[A-Za-z0-9._-]`. Every form of key is one (contract, *Keys*).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bare(Secret);

impl Bare {
    /// Takes a value to be written. `None` if it is empty or would need quotes.
    pub fn new(value: Secret) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let text = value.expose();
        (!text.is_empty() && text.bytes().all(plain)).then_some(Self(value))
    }

    /// The value itself.
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

/// Why a variable can't be changed, with the number of the line, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditError {
    /// Shells read more on it than the variable (`A=1 B=2`, `A=1; export A`): a new value
    /// would drop that.
    SharedLine(usize),
    /// Shells read the value on in the next line (`A=1\`, `A=$(`), where other readers see
    /// its end: a new value would leave the rest behind.
    ContinuedLine(usize),
}

/// Whether some reader takes `text` for the name of a variable: letters, digits, `_`,
/// `.`, `-`. That is more than a [`VariableName`] can be, which all of them take.
pub fn is_name(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    !text.is_empty() && text.bytes().all(word)
}

/// Why bytes are no `.env` file. It cannot hold any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseError {
    line: usize,
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    NotUtf8,
    Utf16,
    Nul,
}

impl ParseError {
    /// The line, counted from 1, where reading ended.
    pub fn line(&self) -> usize {
        self.line
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.reason {
            Reason::NotUtf8 => "the text is not UTF-8",
            // What redirection in Windows PowerShell writes.
            Reason::Utf16 => "the file is UTF-16, save it as UTF-8",
            Reason::Nul => "the text holds a NUL character",
        };
        write!(formatter, "line {}: {reason}", self.line)
    }
}

impl std::error::Error for ParseError {}
