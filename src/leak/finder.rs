//! Finding keys in bytes: what a key begins with is searched for as fast as the
//! machine can, and only there is looked closely.

use std::ops::Range;

use aho_corasick::Span;
use aho_corasick::packed::{Config, MatchKind, Searcher};

use super::spelling::{self, ESCAPE, FIXED, LONGEST, Spelled};
use crate::key;
use crate::secret::Secret;

/// How far behind a hit the next one is looked for byte by byte: starting the
/// vector search costs more than that, and hits come in crowds.
const CROWD: usize = 48;

/// The longest beginning of a key has fewer characters.
const LONGEST_PART: usize = 16;

/// No key has fewer characters.
const SHORTEST: usize = 24;

/// How many bytes are looked at together for escaped letters.
const BLOCK: usize = 512;

/// A key in a text.
pub struct Match {
    /// Where its spelling stands.
    pub range: Range<usize>,
    /// The key as it was meant.
    pub key: Secret,
    /// Whether it is spelled in UTF-16, where a character has two bytes.
    pub wide: bool,
}

/// Finds keys.
pub struct Finder {
    /// What a key begins with, short of its last characters, and the next one; a
    /// longer one behind those that it ends with.
    parts: Vec<(&'static [u8], u8)>,
    literals: Vec<(Vec<u8>, Hit)>,
    /// `None` on machines without vector instructions.
    searcher: Option<Searcher>,
}

/// What kind of place was hit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hit {
    /// A key's beginning, letter by letter.
    Plain,
    /// The same in UTF-16.
    Wide,
    /// An escaped letter of ASCII, which nobody escapes without need.
    Escape,
}

impl Default for Finder {
    fn default() -> Self {
        Self::new()
    }
}

impl Finder {
    /// Prepares the search; takes some microseconds.
    pub fn new() -> Self {
        let beginnings: Vec<&[u8]> = key::beginnings().map(str::as_bytes).collect();
        let mut literals: Vec<_> =
            beginnings.iter().map(|one| (one.to_vec(), Hit::Plain)).collect();
        for one in &beginnings {
            let wide = (vec![one[0], 0, one[1], 0], Hit::Wide);
            if !literals.contains(&wide) {
                literals.push(wide);
            }
        }
        literals.push((br"\u00".to_vec(), Hit::Escape));
        let searcher = Config::new()
            .match_kind(MatchKind::LeftmostFirst)
            .builder()
            .extend(literals.iter().map(|(literal, _)| literal))
            .build();
        let parts = |one: &&'static [u8]| {
            let one = *one;
            (1..one.len()).map(move |length| (&one[..length], one[length]))
        };
        let mut parts: Vec<_> = beginnings.iter().flat_map(parts).collect();
        parts.sort_unstable();
        parts.dedup();
        Self { parts, literals, searcher }
    }

    /// Finds the keys that begin in `range` of `text`, in order. To be sure of
    /// those near the range's edges, `text` has to go on for
    /// [`spelling::BEHIND`] bytes before it and [`spelling::REACH`] behind it.
    pub fn search(&self, text: &[u8], range: Range<usize>) -> Vec<Match> {
        let mut found = Vec::new();
        let mut from = range.start;
        let mut crowded = false;
        // What breaks a beginning up may stand behind the range.
        let wider = range.start..text.len().min(range.end + LONGEST_PART);
        while let Some((place, hit)) = self.next(text, from..wider.end, crowded) {
            crowded = true;
            from = place + 1;
            let matched = match hit {
                Hit::Plain => plain(text, place, &mut from),
                Hit::Wide => spelling::wide(text, place).map(|key| matched(place, key, true)),
                Hit::Escape => self.broken(text, place, &mut from),
            };
            if let Some(matched) = matched {
                from = matched.range.end.max(from);
                found.push(matched);
            }
        }
        self.search_escapes(text, wider, &mut found);
        found.retain(|matched| range.contains(&matched.range.start));
        found.sort_by_key(|matched| matched.range.start);
        found.dedup_by(|next, one| next.range.start < one.range.end);
        found
    }

    /// The next place that is worth a look.
    fn next(&self, text: &[u8], range: Range<usize>, crowded: bool) -> Option<(usize, Hit)> {
        let mut from = range.start;
        let by_byte = match (&self.searcher, crowded) {
            (None, _) => range.end,
            (Some(_), true) => range.end.min(from + CROWD),
            (Some(_), false) => from,
        };
        while from < by_byte {
            if matches!(text[from], b'c' | b'\\')
                && let Some((_, hit)) =
                    self.literals.iter().find(|(literal, _)| text[from..].starts_with(literal))
            {
                return Some((from, *hit));
            }
            from += 1;
        }
        let end = text.len().min(range.end + LONGEST);
        let hit = self.searcher.as_ref()?.find_in(text, Span { start: from.min(end), end })?;
        let kind = self.literals[hit.pattern().as_usize()].1;
        (hit.start() < range.end).then_some((hit.start(), kind))
    }

    /// Looks for beginnings that a colour code or `%63` breaks up. Most texts
    /// have none of these bytes, and pay next to nothing.
    fn search_escapes(&self, text: &[u8], range: Range<usize>, found: &mut Vec<Match>) {
        let mut behind = range.start;
        for place in memchr::memchr_iter(ESCAPE, &text[range.clone()]) {
            let place = range.start + place;
            if place > 0 && place >= behind && text[place - 1].is_ascii_lowercase() {
                found.extend(self.broken(text, place, &mut behind));
            }
        }
        let Some(first) = memchr::memchr(b'%', &text[range.clone()]) else { return };
        let (mut from, mut behind) = (range.start + first, 0);
        while from < range.end {
            let block = from..range.end.min(from + BLOCK);
            from = block.end;
            // The byte behind belongs to it too.
            if escapes_letters(&text[block.start..text.len().min(block.end + 1)]) {
                for place in memchr::memchr_iter(b'%', &text[block.clone()]) {
                    let place = block.start + place;
                    if place >= behind {
                        found.extend(self.broken(text, place, &mut behind));
                    }
                }
            }
        }
    }

    /// The key whose beginning is broken up, for the first time, by what stands
    /// at `place`. Where there is none, `from` is set behind what need not be
    /// looked at again.
    fn broken(&self, text: &[u8], place: usize, from: &mut usize) -> Option<Match> {
        let letter = match text[place] {
            ESCAPE => None,
            _ => spelling::read(text, place).map(|(byte, _)| byte),
        };
        let start = if letter == Some(b'c') {
            place
        } else {
            let broken = |(part, next): &&(&[u8], u8)| {
                letter.is_none_or(|letter| letter == *next) && text[..place].ends_with(part)
            };
            place - self.parts.iter().rev().find(broken)?.0.len()
        };
        read_on(text, start, from)
    }
}

/// Whether `text` may hold a `%` with the code of a letter or an underscore.
/// Without a branch in it, so that the compiler makes vectors of it.
fn escapes_letters(text: &[u8]) -> bool {
    let pairs = text.iter().zip(text.iter().skip(1));
    pairs.fold(0, |any, (one, two)| {
        any | (u8::from(*one == b'%') & u8::from(two.wrapping_sub(b'5') <= 2))
    }) != 0
}

fn matched(start: usize, spelled: Spelled, wide: bool) -> Match {
    Match { range: start..spelled.end, key: spelled.key, wide }
}

/// The key whose beginning stands at `place` letter by letter. Its body need not,
/// and what stands before it may be an escape: `\ncsk_`, `%3Dcsk_`. Where there is
/// none, `from` is set behind what need not be looked at again.
fn plain(text: &[u8], place: usize, from: &mut usize) -> Option<Match> {
    let escapes = |place: usize| matches!(text.get(place), Some(&(ESCAPE | b'%' | b'\\')));
    // Most hits end here: what is called like a key, and is none.
    let like = key::end_of_likeness(text, place, FIXED);
    if like < place + SHORTEST && !escapes(like) {
        return None;
    }
    if let Some(end) = key::end_of_key(text, place) {
        if end - place > LONGEST {
            *from = end;
            return None;
        }
        let key = std::str::from_utf8(&text[place..end]).ok()?;
        return Some(Match { range: place..end, key: Secret::new(key), wide: false });
    }
    let left = text[..place].last().copied();
    let may_be_escaped = escapes(like)
        || (left.is_some_and(|byte| byte.is_ascii_alphanumeric())
            && spelling::before(text, place) != left);
    if may_be_escaped { read_on(text, place, from) } else { None }
}

fn read_on(text: &[u8], start: usize, from: &mut usize) -> Option<Match> {
    match spelling::escaped(text, start) {
        Ok(key) => Some(matched(start, key, false)),
        Err(end) => {
            // A long run of a name's letters: what begins in it is no key.
            if end > start + LONGEST {
                *from = end.max(*from);
            }
            None
        }
    }
}
