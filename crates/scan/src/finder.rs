//! Finding keys in bytes: what a key's beginning ends with is searched for as
//! fast as the machine can, and only there is looked closely.

use std::ops::Range;

use aho_corasick::Span;
use aho_corasick::packed::{Config, MatchKind, Searcher};

use super::decoder::{self, ESCAPE, LONGEST, Reading};
use super::known::KnownKeys;
use cencori_core::key::{self, Beginning};
use cencori_core::secret::Secret;

/// How far behind a hit the next one is looked for byte by byte: starting the
/// vector search costs more than that, and hits come in crowds.
const CROWD: usize = 48;

/// The longest beginning of a key has fewer characters.
const LONGEST_PART: usize = 16;

/// How many letters of a beginning are searched for: the last ones, since fewer
/// words end like that than begin with a `c`.
const LETTERS: usize = 3;

/// The same in UTF-16, where each has a zero beside it.
const WIDE_LETTERS: usize = 2;

/// How many bytes are looked at together for escapes.
const BLOCK: usize = 4_096;

/// A key in a text.
pub struct Match {
    /// Where its spelling is.
    pub range: Range<usize>,
    /// The key as it was meant.
    pub key: Secret,
    /// How it is written.
    pub encoding: Encoding,
}

/// How a key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As text, perhaps with escapes in it.
    Text,
    /// In UTF-16, where a character has two bytes.
    Utf16,
    /// In base64.
    Base64,
}

/// Finds keys.
pub struct Finder {
    beginnings: Vec<Beginning>,
    /// For each character what a key's beginning has up to it, and what comes next.
    parts: Vec<Parts>,
    /// `None` on machines without vector instructions.
    searcher: Option<Searcher>,
    /// Keys whose texts are known.
    known: Option<KnownKeys>,
}

/// Parts of beginnings that end with the same character.
#[derive(Clone, Default)]
struct Parts {
    /// Each with the next character; a longer one comes before what it ends with.
    parts: Vec<(&'static [u8], u8)>,
    /// Those next characters, see [`bit`].
    next: u32,
}

/// What was hit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hit {
    /// The underscore that a beginning ends with.
    Plain,
    /// The same in UTF-16.
    Wide,
    /// An escaped letter of ASCII, which nobody escapes without need.
    Escape,
}

impl Hit {
    /// What is hit at `offset`, as far as its closest neighbours show.
    fn at(text: &[u8], offset: usize) -> Option<Self> {
        match text[offset] {
            b'_' if text[..offset].last() == Some(&0) => Some(Self::Wide),
            b'_' => Some(Self::Plain),
            b'\\' if text[offset..].starts_with(br"\u00") => Some(Self::Escape),
            _ => None,
        }
    }
}

impl Default for Finder {
    fn default() -> Self {
        Self::new()
    }
}

impl Finder {
    /// Prepares the search; takes some microseconds.
    pub fn new() -> Self {
        let beginnings: Vec<_> = key::beginnings().collect();
        let mut literals = vec![br"\u00".to_vec()];
        for one in &beginnings {
            let last = |count: usize| &one.text[one.text.len() - count..];
            literals.push(last(LETTERS).to_vec());
            let wide = last(WIDE_LETTERS).iter().flat_map(|letter| [*letter, 0]);
            literals.push(wide.take(2 * WIDE_LETTERS - 1).collect());
        }
        literals.sort_unstable();
        literals.dedup();
        let searcher =
            Config::new().match_kind(MatchKind::LeftmostFirst).builder().extend(literals).build();
        let mut parts = vec![Parts::default(); 256];
        for one in &beginnings {
            for length in (1..one.text.len()).rev() {
                let (part, next) = (&one.text[..length], one.text[length]);
                let ending = &mut parts[usize::from(part[length - 1])];
                ending.parts.push((part, next));
                ending.next |= bit(next);
            }
        }
        for ending in &mut parts {
            ending.parts.sort_by_key(|(part, _)| std::cmp::Reverse(part.len()));
        }
        Self { beginnings, parts, searcher, known: None }
    }

    /// Finds the `keys`, whose texts are known, in more ways than others.
    pub fn with_known(self, keys: Vec<Secret>) -> Self {
        Self { known: KnownKeys::new(keys), ..self }
    }

    /// Finds the keys that begin in `range` of `text`, in order. To be sure of
    /// those near the range's edges, `text` has to go on for
    /// [`decoder::BEHIND`] bytes before it and [`decoder::REACH`] behind it.
    pub fn search(&self, text: &[u8], range: Range<usize>) -> Vec<Match> {
        let mut found = Vec::new();
        let mut reading = Reading::new(&self.beginnings);
        let mut from = range.start;
        let mut crowded = false;
        // What a beginning ends with, or is broken up by, may come after the range.
        let wider = range.start..text.len().min(range.end + 2 * LONGEST_PART);
        // What begins before this is part of a match, or none.
        let mut behind = range.start;
        while let Some((offset, hit)) = self.next(text, from..wider.end, crowded) {
            crowded = true;
            from = offset + 1;
            let matched = match hit {
                Hit::Plain => self.plain(text, offset, &mut behind, &mut reading),
                Hit::Wide => self.wide(text, offset, behind, &mut reading),
                Hit::Escape => self.broken(text, offset, &mut behind, &mut reading),
            };
            if let Some(matched) = matched {
                behind = matched.range.end.max(behind);
                found.push(matched);
            }
            from = from.max(behind);
        }
        self.search_escapes(text, wider, &mut found, &mut reading);
        found.retain(|matched| range.contains(&matched.range.start));
        found.sort_by_key(|matched| matched.range.start);
        found.dedup_by(|next, one| next.range.start < one.range.end);
        if let Some(known) = &self.known {
            let is_new = |other: &Match| {
                let alike = |one: &Match| {
                    one.range.start == other.range.start && one.key.expose() == other.key.expose()
                };
                !found.iter().any(alike)
            };
            let more: Vec<_> = known.search(text, range).into_iter().filter(is_new).collect();
            found.extend(more);
            found.sort_by_key(|matched| matched.range.start);
        }
        found
    }

    /// The next offset that is worth a look.
    fn next(&self, text: &[u8], range: Range<usize>, crowded: bool) -> Option<(usize, Hit)> {
        let by_byte = match (&self.searcher, crowded) {
            (None, _) => range.end,
            (Some(_), true) => range.end.min(range.start + CROWD),
            (Some(_), false) => range.start.min(range.end),
        };
        let mut from = range.start;
        let worth = |byte: &u8| matches!(*byte, b'_' | b'\\');
        while let Some(ahead) = text.get(from..by_byte).and_then(|it| it.iter().position(worth)) {
            let offset = from + ahead;
            if let Some(hit) = Hit::at(text, offset) {
                return Some((offset, hit));
            }
            from = offset + 1;
        }
        let searcher = self.searcher.as_ref()?;
        // The letters may come before the offset itself, or behind it.
        let mut start = by_byte.saturating_sub(2 * WIDE_LETTERS);
        let end = text.len().min(range.end + 2 * WIDE_LETTERS);
        loop {
            let letters = searcher.find_in(text, Span { start, end })?;
            let offset =
                if text[letters.start()] == b'\\' { letters.start() } else { letters.end() - 1 };
            if offset >= by_byte {
                return (offset < range.end).then(|| Some((offset, Hit::at(text, offset)?)))?;
            }
            start = letters.start() + 1;
        }
    }

    /// The key whose beginning ends with the underscore at `offset` and is there
    /// letter by letter. Its body need not, and what comes before it may be an
    /// escape: `\ncsk_`, `%3Dcsk_`. Where there is none, `behind` is set behind
    /// what need not be looked at again.
    fn plain(
        &self,
        text: &[u8],
        offset: usize,
        behind: &mut usize,
        reading: &mut Reading<'_>,
    ) -> Option<Match> {
        let escapes = |offset: usize| matches!(text.get(offset), Some(&(ESCAPE | b'%' | b'\\')));
        let begins = |it: &&Beginning| ends_with(&text[..=offset], it.text);
        let beginning = self.beginnings.iter().find(begins)?;
        let start = offset + 1 - beginning.text.len();
        if start < *behind {
            return None;
        }
        // Most hits end here: what is called like a key, and is none.
        let (like, whole) = beginning.end_of_match(text, offset + 1, 0);
        if !whole && !escapes(like) {
            return None;
        }
        let left = text[..start].last().copied().unwrap_or(b' ');
        if left == b'_' && !beginning.may_follow_underscore() {
            return None;
        }
        if let Some(end) = key::end_of_key(text, start) {
            if end - start > LONGEST {
                *behind = end;
                return None;
            }
            // What ends here as a short one may go on behind a colour code.
            if escapes(end) && key::may_be_longer(&text[start..end]) {
                return read_on(text, start, behind, reading);
            }
            let key = std::str::from_utf8(&text[start..end]).ok()?;
            return Some(Match {
                range: start..end,
                key: Secret::new(key),
                encoding: Encoding::Text,
            });
        }
        // A letter before it can only be part of an escape.
        if left.is_ascii_alphanumeric() && decoder::before(text, start) == Some(left) {
            return None;
        }
        let may_be_escaped = left.is_ascii_alphanumeric()
            || escapes(beginning.end_of_match(text, offset + 1, LONGEST_PART).0);
        if may_be_escaped { read_on(text, start, behind, reading) } else { None }
    }

    /// The key in UTF-16 whose beginning ends with the underscore at `offset`.
    fn wide(
        &self,
        text: &[u8],
        offset: usize,
        behind: usize,
        reading: &mut Reading<'_>,
    ) -> Option<Match> {
        let letter = |back: usize| text.get(offset.checked_sub(2 * back)?);
        let begins = |it: &&Beginning| {
            it.text.iter().rev().enumerate().all(|(back, one)| letter(back) == Some(one))
        };
        let beginning = self.beginnings.iter().find(begins)?;
        let start = offset - 2 * (beginning.text.len() - 1);
        if start < behind {
            return None;
        }
        let key = reading.wide(text, start)?;
        Some(Match { range: start..key.end, key: key.key, encoding: Encoding::Utf16 })
    }

    /// Looks for beginnings that a colour code or `%63` breaks up. Most texts
    /// have few of these bytes, and pay next to nothing.
    fn search_escapes(
        &self,
        text: &[u8],
        range: Range<usize>,
        found: &mut Vec<Match>,
        reading: &mut Reading<'_>,
    ) {
        let first = memchr::memchr2(ESCAPE, b'%', &text[range.clone()]);
        let mut from = first.map_or(range.end, |first| range.start + first);
        let mut behind = range.start;
        while from < range.end {
            let block = from..range.end.min(from + BLOCK);
            from = block.end;
            // The byte behind belongs to it too.
            if !may_escape_letters(&text[block.start..text.len().min(block.end + 1)]) {
                continue;
            }
            let mut from = block.start;
            while let Some(offset) = next_escape(text, from..block.end) {
                from = offset + 1;
                if let Some(matched) = self.broken(text, offset, &mut behind, reading) {
                    behind = behind.max(matched.range.end);
                    found.push(matched);
                }
                from = from.max(behind);
            }
        }
    }

    /// The key whose beginning is broken up, for the first time, by what is
    /// at `offset`. Where there is none, `behind` is set behind what need not be
    /// looked at again.
    fn broken(
        &self,
        text: &[u8],
        offset: usize,
        behind: &mut usize,
        reading: &mut Reading<'_>,
    ) -> Option<Match> {
        let (letter, next) = match text[offset] {
            ESCAPE => (None, offset),
            _ => decoder::read(text, offset).map(|(byte, next)| (Some(byte), next))?,
        };
        let start = if letter == Some(b'c') {
            let (second, _) = decoder::read(text, next)?;
            if second != ESCAPE && self.parts[usize::from(b'c')].next & bit(second) == 0 {
                return None;
            }
            offset
        } else {
            let ending = &self.parts[usize::from(*text[..offset].last()?)];
            if ending.next & letter.map_or(u32::MAX, bit) == 0 {
                return None;
            }
            let broken = |(part, next): &&(&[u8], u8)| {
                letter.is_none_or(|letter| letter == *next) && ends_with(&text[..offset], part)
            };
            offset - ending.parts.iter().find(broken)?.0.len()
        };
        if start < *behind { None } else { read_on(text, start, behind, reading) }
    }
}

/// The next offset of what begins an escape outside of JSON.
fn next_escape(text: &[u8], range: Range<usize>) -> Option<usize> {
    let near = range.end.min(range.start + CROWD / 2);
    let escapes = |byte: &u8| matches!(*byte, ESCAPE | b'%');
    if let Some(offset) = text[range.start.min(near)..near].iter().position(escapes) {
        return Some(range.start + offset);
    }
    let offset = memchr::memchr2(ESCAPE, b'%', text.get(near..range.end)?)?;
    Some(near + offset)
}

/// A bit for each letter and the underscore, of whichever case.
fn bit(byte: u8) -> u32 {
    if byte >= b'A' { 1 << (byte & 31) } else { 0 }
}

/// As for slices, but without a call: most texts differ in one of the last bytes.
#[inline]
fn ends_with(text: &[u8], end: &[u8]) -> bool {
    let Some(start) = text.len().checked_sub(end.len()) else { return false };
    let text = &text[start..];
    (0..end.len()).rev().all(|at| text[at] == end[at])
}

/// Whether `text` may hold a terminal's command, or a `%` with the code of a
/// letter or an underscore. Without a branch in it, so that the compiler makes
/// vectors of it.
fn may_escape_letters(text: &[u8]) -> bool {
    let pairs = text.iter().zip(text.iter().skip(1));
    pairs.fold(text.last() == Some(&ESCAPE), |any, (one, two)| {
        any | (*one == ESCAPE) | ((*one == b'%') & (two.wrapping_sub(b'5') <= 2))
    })
}

fn read_on(
    text: &[u8],
    start: usize,
    behind: &mut usize,
    reading: &mut Reading<'_>,
) -> Option<Match> {
    match reading.escaped(text, start) {
        Ok(key) => Some(Match { range: start..key.end, key: key.key, encoding: Encoding::Text }),
        Err(end) => {
            // A long run of a name's letters: what begins in it is no key.
            if end > start + LONGEST {
                *behind = end.max(*behind);
            }
            None
        }
    }
}
