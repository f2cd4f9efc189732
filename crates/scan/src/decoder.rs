//! Keys that are not written letter by letter: with colour codes in them,
//! escaped as JSON or addresses are, or in UTF-16.
//!
//! What is read is turned into plain text, a few characters around an offset that
//! looks like a key's beginning, and [`key::end_of_key`] decides as everywhere.

use zeroize::Zeroize as _;

use cencori_core::key::{self, Beginning, PrefixMatcher};
use cencori_core::secret::Secret;

/// Begins a terminal's command.
pub const ESCAPE: u8 = 0x1b;

/// Longest key that is looked for, in characters. The oldest form has no fixed
/// length; a longer run of its characters is data.
pub const LONGEST: usize = 512;

/// How far a key with escapes in it can reach, in bytes.
pub const REACH: usize = 4_096;

/// How far before a key's beginning what is there is looked at, in bytes: another key, or a colour
/// code.
pub const BEHIND: usize = 128;

/// Longest colour code that is looked through backwards, in bytes.
const LONGEST_CODE: usize = 32;

/// No key of fixed length has as many characters.
const FIXED: usize = 64;

/// No key has fewer characters.
const SHORTEST: usize = 24;

/// A key as it was meant, and where its spelling ends.
pub struct Spelled {
    /// The key.
    pub key: Secret,
    /// The first byte behind it.
    pub end: usize,
}

/// Reads keys letter by letter. One is used again and again: to make it takes
/// longer than to see that there is no key.
pub struct Reading<'a> {
    beginnings: &'a [Beginning],
    /// What is read, behind the character before it.
    text: [u8; LONGEST + 2],
    /// How far behind `start` each of them ends; a key reaches less far.
    ends: [u16; LONGEST + 2],
    length: usize,
    /// The greatest that `length` was.
    used: usize,
    start: usize,
}

impl<'a> Reading<'a> {
    /// The `beginnings` are all that keys have.
    pub fn new(beginnings: &'a [Beginning]) -> Self {
        let (text, ends) = ([b' '; LONGEST + 2], [0; LONGEST + 2]);
        Self { beginnings, text, ends, length: 1, used: 1, start: 0 }
    }

    /// The key that begins at `start` (a `c`, or an escape for one), read through
    /// colour codes and escapes. Where there is none: up to where that is certain.
    ///
    /// # Errors
    /// If there is none.
    pub fn escaped(&mut self, text: &[u8], start: usize) -> Result<Spelled, usize> {
        self.begin(start);
        let mut prefix_matcher = PrefixMatcher::new(self.beginnings);
        let text = &text[..text.len().min(start + REACH)];
        let mut offset = start;
        // Where it ends if it is no longer one.
        let mut shorter = None;
        while self.length < LONGEST + 2 {
            let behind = skip_codes(text, offset);
            // Where a colour ends, so may the key: what follows is often glued to it.
            if behind > offset
                && (SHORTEST..=FIXED).contains(&self.length)
                && key::end_of_key(self.read(), 1) == Some(self.length)
            {
                if !key::may_be_longer(&self.text[1..self.length]) {
                    break;
                }
                shorter = Some(self.length);
            }
            let Some((byte, next)) = read(text, behind) else { break };
            if !prefix_matcher.goes_on(byte) {
                match shorter {
                    Some(_) => break,
                    None => return Err(start),
                }
            }
            self.push(byte, next);
            offset = next;
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')) {
                break;
            }
        }
        self.text[0] = before(text, start).unwrap_or(b' ');
        if let Some(key) = self.key() {
            return Ok(key);
        }
        self.length = shorter.unwrap_or(self.length);
        self.key().ok_or(offset)
    }

    /// The key that begins at `start` in UTF-16, of either byte order: between two
    /// of its letters comes a zero.
    pub fn wide(&mut self, text: &[u8], start: usize) -> Option<Spelled> {
        self.begin(start);
        let mut prefix_matcher = PrefixMatcher::new(self.beginnings);
        let mut offset = start;
        while self.length < LONGEST + 2 {
            let Some(byte) = text.get(offset) else { break };
            if !prefix_matcher.goes_on(*byte) {
                return None;
            }
            self.push(*byte, offset + 1);
            if text.get(offset + 1) != Some(&0) {
                break;
            }
            offset += 2;
        }
        if let Some((byte, 0)) = start.checked_sub(2).map(|left| (text[left], text[left + 1])) {
            self.text[0] = byte;
        }
        self.key()
    }

    fn begin(&mut self, start: usize) {
        self.text[0] = b' ';
        self.length = 1;
        self.start = start;
    }

    fn read(&self) -> &[u8] {
        &self.text[..self.length]
    }

    fn push(&mut self, byte: u8, end: usize) {
        self.text[self.length] = byte;
        self.ends[self.length] = u16::try_from(end - self.start).unwrap_or(u16::MAX);
        self.length += 1;
        self.used = self.used.max(self.length);
    }

    fn key(&self) -> Option<Spelled> {
        let end = key::end_of_key(self.read(), 1)?;
        let key = std::str::from_utf8(&self.text[1..end]).ok()?;
        let length = usize::from(self.ends[end - 1]);
        (key.len() <= LONGEST).then(|| Spelled { key: Secret::new(key), end: self.start + length })
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.text[..self.used].zeroize();
    }
}

/// The character at `offset`, escaped or not, and the offset behind
/// it. `None` at the end.
#[inline]
pub fn read(text: &[u8], offset: usize) -> Option<(u8, usize)> {
    let rest = &text[offset..];
    let first = *rest.first()?;
    if !matches!(first, b'%' | b'\\') {
        return Some((first, offset + 1));
    }
    let decoded = match first {
        b'%' => hex(rest, 1).map(|byte| (byte, offset + 3)),
        b'\\' => {
            // JSON inside JSON has two of them, or four.
            let slashes = rest.iter().take(4).take_while(|byte| **byte == b'\\').count();
            match rest.get(slashes..) {
                Some([b'u', b'0', b'0', ..]) => {
                    hex(rest, slashes + 3).map(|byte| (byte, offset + slashes + 5))
                }
                Some([b'x', ..]) => hex(rest, slashes + 1).map(|byte| (byte, offset + slashes + 3)),
                _ => None,
            }
        }
        _ => None,
    };
    Some(decoded.unwrap_or((first, offset + 1)))
}

/// The offset behind the terminal commands at `offset`: `ESC [`,
/// parameters, and a letter (ECMA-48, *CSI*).
fn skip_codes(text: &[u8], mut offset: usize) -> usize {
    while let Some([ESCAPE, b'[', rest @ ..]) = text.get(offset..) {
        let parameters = rest.iter().take_while(|byte| matches!(byte, 0x20..=0x3f)).count();
        if !matches!(rest.get(parameters), Some(0x40..=0x7e)) {
            break;
        }
        offset += 2 + parameters + 1;
    }
    offset
}

/// The character before `start`, as it was meant; `None` if the text begins.
pub fn before(text: &[u8], mut start: usize) -> Option<u8> {
    while let Some(code) = code_before(text, start) {
        start = code;
    }
    let text = &text[..start];
    let last = *text.last()?;
    let tail = |length: usize| &text[text.len().saturating_sub(length)..];
    let decoded = match (tail(6), tail(4), tail(3), tail(2)) {
        ([b'\\', b'u', b'0', b'0', ..], ..) => hex(tail(2), 0),
        // Beyond ASCII nothing is part of a key.
        ([b'\\', b'u', digits @ ..], ..) if digits.iter().all(u8::is_ascii_hexdigit) => Some(b' '),
        (_, [b'\\', b'x', _, _], ..) | (_, _, [b'%', _, _], _) => hex(tail(2), 0),
        (.., [b'\\', b'n' | b'r' | b't' | b'b' | b'f' | b'v' | b'0' | b'e']) => Some(b' '),
        _ => None,
    };
    Some(decoded.unwrap_or(last))
}

/// Where the terminal command begins that ends before `end`.
fn code_before(text: &[u8], end: usize) -> Option<usize> {
    let from = end.saturating_sub(LONGEST_CODE);
    let begin = memchr::memrchr(ESCAPE, &text[from..end])? + from;
    (skip_codes(&text[..end], begin) == end && begin < end).then_some(begin)
}

/// The byte that two hexadecimal digits at `offset` stand for.
fn hex(text: &[u8], offset: usize) -> Option<u8> {
    let digits = text.get(offset..offset + 2)?;
    Some(digit(digits[0])? << 4 | digit(digits[1])?)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
