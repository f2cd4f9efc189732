//! Finding keys whose texts are known, also where nothing shows that a key begins: behind a
//! letter, in base64, in UTF-16, or broken up by a line that goes on.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem;

use super::finder::{Encoding, Match};
use super::spelling::LONGEST;
use crate::secret::Secret;

/// In how many parts a key in base64 is searched for: a line of 64 characters or more is
/// broken at most twice within one key, which leaves one part whole.
const PARTS: usize = 3;

/// What ends a line that goes on in the next one.
const CONTINUED: &[u8] = b"\\\n";

/// The same with the line ends of Windows.
const CONTINUED_CRLF: &[u8] = b"\\\r\n";

/// Finds keys whose texts are known.
pub struct KnownKeys {
    keys: Vec<Secret>,
    /// Which key each needle is of, and how it writes it.
    needles: Vec<(usize, Encoding)>,
    searcher: AhoCorasick,
}

impl KnownKeys {
    /// Prepares the search for `keys`; `None` where there are none.
    pub fn new(mut keys: Vec<Secret>) -> Option<Self> {
        // What is longer could reach beyond what is searched at a time.
        keys.retain(|key| (1..=LONGEST).contains(&key.expose().len()));
        let (mut needles, mut texts) = (Vec::new(), Vec::new());
        for (number, key) in keys.iter().enumerate() {
            let text = key.expose().as_bytes();
            let mut add = |encoding, needle: Vec<u8>| {
                if !texts.contains(&needle) {
                    needles.push((number, encoding));
                    texts.push(needle);
                }
            };
            add(Encoding::Text, text.to_vec());
            // Without the last zero it is of either byte order.
            let wide: Vec<u8> = text.iter().flat_map(|byte| [*byte, 0]).collect();
            add(Encoding::Utf16, wide[..wide.len() - 1].to_vec());
            for part in base64_parts(text) {
                add(Encoding::Base64, part);
            }
        }
        let builder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&texts);
        let searcher = builder.ok().filter(|_| !texts.is_empty())?;
        Some(Self { keys, needles, searcher })
    }

    /// Finds the keys that begin in `range` of `text`, in order. `text` has to go on behind
    /// the range as for [`super::Finder::search`].
    pub fn search(&self, text: &[u8], range: Range<usize>) -> Vec<Match> {
        let text = &text[..text.len().min(range.end + super::spelling::REACH)];
        let mut found = self.search_letters(&text[range.start..], range.start);
        let continued = |needle| memmem::find(&text[range.start..], needle).is_some();
        if continued(CONTINUED) || continued(CONTINUED_CRLF) {
            self.search_joined(text, range.start, &mut found);
        }
        found.retain(|matched| range.contains(&matched.range.start));
        found.sort_by_key(|matched| matched.range.start);
        found
    }

    /// The keys in `text`, which stands `behind` that many bytes.
    fn search_letters(&self, text: &[u8], behind: usize) -> Vec<Match> {
        let mut found: Vec<Match> = Vec::new();
        for hit in self.searcher.find_iter(text) {
            let (number, encoding) = self.needles[hit.pattern().as_usize()];
            let key = &self.keys[number];
            let range = behind + hit.start()..behind + hit.end();
            // The parts of one key are one occurrence.
            let is_part = encoding == Encoding::Base64
                && found.last().is_some_and(|last| {
                    last.encoding == encoding
                        && last.key.expose() == key.expose()
                        && range.start < last.range.start + 2 * key.expose().len()
                });
            if !is_part {
                found.push(Match { range, key: key.clone(), encoding });
            }
        }
        found
    }

    /// Adds the keys that are found only where lines that go on are put together, as a shell
    /// and YAML do.
    fn search_joined(&self, text: &[u8], from: usize, found: &mut Vec<Match>) {
        let mut joined = Vec::with_capacity(text.len() - from);
        // Where a piece begins in what is joined, and in the text.
        let mut pieces = vec![(0, from)];
        let mut place = from;
        while let Some(end) = memchr::memchr(b'\\', &text[place..]).map(|ahead| place + ahead) {
            let rest = &text[end..];
            let ends_line = [CONTINUED, CONTINUED_CRLF].into_iter().find(|it| rest.starts_with(it));
            let behind = match ends_line {
                Some(ending) => {
                    let rest = &rest[ending.len()..];
                    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
                    joined.extend_from_slice(&text[place..end]);
                    let behind = end + ending.len() + blanks.count();
                    pieces.push((joined.len(), behind));
                    behind
                }
                None => {
                    joined.extend_from_slice(&text[place..=end]);
                    end + 1
                }
            };
            place = behind;
        }
        joined.extend_from_slice(&text[place..]);
        for matched in self.search_letters(&joined, 0) {
            let piece = |at: usize| pieces.partition_point(|(start, _)| *start <= at) - 1;
            let (first, last) = (piece(matched.range.start), piece(matched.range.end - 1));
            let original = |piece: usize, at: usize| pieces[piece].1 + (at - pieces[piece].0);
            if first != last {
                let start = original(first, matched.range.start);
                let end = original(last, matched.range.end - 1) + 1;
                found.push(Match { range: start..end, ..matched });
            }
        }
        zeroize::Zeroize::zeroize(&mut joined);
    }
}

/// What base64 text of anything that has `text` in it contains: for each of the three ways to
/// group its bytes by three, in parts, without the characters that hold bits of what stands
/// around it. In the usual alphabet, and in that of addresses.
fn base64_parts(text: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for before in 0..3_usize {
        let padded = [&vec![0; before][..], text].concat();
        let first = (before * 8).div_ceil(6);
        let last = padded.len() * 8 / 6;
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&padded);
            let sure = &encoded.as_bytes()[first..last];
            // What is short is not told from anything else.
            let length = sure.len().div_ceil(PARTS).max(16);
            all.extend(sure.chunks(length).filter(|part| part.len() >= 16).map(<[u8]>::to_vec));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::*;

    const KEY: &str = "csk_0123456789abcdef0123456789abcdef0123456789abcdef";

    fn found(text: impl AsRef<[u8]>) -> Vec<(usize, Encoding)> {
        let known = KnownKeys::new(vec![Secret::new(KEY)]).unwrap();
        let text = text.as_ref();
        let found = known.search(text, 0..text.len());
        assert!(found.iter().all(|matched| matched.key.expose() == KEY));
        found.into_iter().map(|matched| (matched.range.start, matched.encoding)).collect()
    }

    #[test]
    fn a_known_key_is_found_whatever_stands_around_it() {
        for (before, after) in [("", ""), ("x", ""), ("7", "0"), ("\0", "\0"), ("_", "_")] {
            let found = found(format!("{before}{KEY}{after}"));
            assert_eq!(found, [(before.len(), Encoding::Text)], "{before:?} {after:?}");
        }
        assert_eq!(found(KEY.to_uppercase()), []);
        assert_eq!(found(&KEY[..KEY.len() - 1]), []);
    }

    #[test]
    fn a_known_key_is_found_in_utf_16_of_either_byte_order() {
        let text = format!("ab {KEY}\n");
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(found(little), [(6, Encoding::Utf16)]);
        assert_eq!(found(big), [(7, Encoding::Utf16)]);
    }

    #[test]
    fn a_known_key_is_found_in_base64_at_each_offset_and_line_length() {
        for before in 0..7 {
            for after in ["", "\n", ">>>???~~", "\u{e9}"] {
                let text = format!("{}{KEY}{after}", "?".repeat(before));
                for encoded in [STANDARD.encode(&text), URL_SAFE.encode(&text)] {
                    let hits = found(format!("data: {encoded}\n"));
                    assert_eq!(hits.len(), 1, "{text:?}: {hits:?}");
                    for width in [64, 76] {
                        let lines = encoded.as_bytes().chunks(width);
                        let lines: Vec<_> = lines.map(<[u8]>::to_vec).collect();
                        assert_eq!(found(lines.join(&b'\n')).len(), 1, "{text:?}: {width}");
                    }
                }
            }
        }
        // Twice is twice.
        let one = STANDARD.encode(KEY);
        assert_eq!(found(format!("{one} and, some way behind it, once more: {one}")).len(), 2);
    }

    #[test]
    fn a_known_key_is_found_where_its_line_goes_on() {
        for broken in ["\\\n", "\\\r\n", "\\\n   ", "\\\n\t"] {
            for at in [2, 4, 20, KEY.len() - 1] {
                let text = format!("a \\\n b \\x A={}{broken}{}", &KEY[..at], &KEY[at..]);
                assert_eq!(found(&text), [(12, Encoding::Text)], "{text:?}");
            }
        }
        assert_eq!(found(format!("{}\n{}", &KEY[..20], &KEY[20..])), []);
        assert_eq!(found(format!("a \\\n{KEY}")), [(4, Encoding::Text)], "once");
    }
}
