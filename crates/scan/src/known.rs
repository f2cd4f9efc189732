//! Finding keys whose texts are known, also where nothing shows that a key begins: behind a
//! letter, in base64, in UTF-16, or broken up by quotes, escapes or a line that goes on.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem;

use super::decoder::LONGEST;
use super::finder::{Encoding, Match};
use cencori_core::secret::Secret;

/// In how many parts a key in base64 is searched for: a line of 64 characters or more is
/// broken at most twice within one key, which leaves one part whole.
const PARTS: usize = 3;

/// What ends a line that goes on in the next one.
const CONTINUED: &[u8] = b"\\\n";

/// The same with the line ends of Windows.
const CONTINUED_CRLF: &[u8] = b"\\\r\n";

/// Begins a byte that is written as two hexadecimal digits.
const ESCAPE: &[u8] = b"\\x";

/// Finds keys whose texts are known.
pub struct KnownKeys {
    keys: Vec<Secret>,
    /// Which key each needle is of, and how it writes it.
    needles: Vec<(usize, Encoding)>,
    searcher: AhoCorasick,
    /// Finds a part of a key, one of which is whole where it is broken up no more than
    /// [`PARTS`] - 1 times.
    parts: AhoCorasick,
}

impl KnownKeys {
    /// Prepares the search for `keys`; `None` if there are none.
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
        let parts = keys.iter().flat_map(|key| {
            let text = key.expose().as_bytes();
            text.chunks(text.len().div_ceil(PARTS))
        });
        let parts = AhoCorasick::new(parts).ok()?;
        Some(Self { keys, needles, searcher, parts })
    }

    /// Finds the keys that begin in `range` of `text`, in order. `text` has to go on behind
    /// the range as for [`super::Finder::search`].
    pub fn search(&self, text: &[u8], range: Range<usize>) -> Vec<Match> {
        let text = &text[..text.len().min(range.end + super::decoder::REACH)];
        let searched = &text[range.start..];
        let mut found = self.search_letters(searched, range.start);
        // Quotes and backslashes are everywhere.
        let has = |needle| memmem::find(searched, needle).is_some();
        let is_broken_up = || self.has_broken_part(searched, &found, range.start);
        if has(CONTINUED) || has(CONTINUED_CRLF) || has(ESCAPE) || is_broken_up() {
            self.search_read(text, range.start, &mut found);
        }
        found.retain(|matched| range.contains(&matched.range.start));
        found.sort_by_key(|matched| matched.range.start);
        found
    }

    /// Whether a part of a key is in `text`, which begins after `behind` bytes, beside
    /// what was `found`.
    fn has_broken_part(&self, text: &[u8], found: &[Match], behind: usize) -> bool {
        let is_in = |at: usize| found.iter().any(|matched| matched.range.contains(&at));
        self.parts.find_iter(text).any(|part| !is_in(behind + part.start()))
    }

    /// The keys in `text`, which begins after `behind` bytes.
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

    /// Adds the keys that are found only where a piece of `text` is read as a shell or YAML
    /// reads it: without quotes, lines that go on put together, escapes as what they mean.
    fn search_read(&self, text: &[u8], from: usize, found: &mut Vec<Match>) {
        let mut read = Vec::with_capacity(text.len() - from);
        let mut pieces = vec![Piece { read: 0, text: from, width: 1 }];
        let mut offset = from;
        while let Some(ahead) = memchr::memchr3(b'\\', b'"', b'\'', &text[offset..]) {
            read.extend_from_slice(&text[offset..offset + ahead]);
            offset += ahead;
            let rest = &text[offset..];
            let (meant, length) = match meaning(rest) {
                Some(meaning) => meaning,
                None => {
                    read.push(rest[0]);
                    offset += 1;
                    continue;
                }
            };
            if let Some(byte) = meant {
                pieces.push(Piece { read: read.len(), text: offset, width: length });
                read.push(byte);
            }
            offset += length;
            pieces.push(Piece { read: read.len(), text: offset, width: 1 });
        }
        read.extend_from_slice(&text[offset..]);
        for matched in self.search_letters(&read, 0) {
            let piece = |at: usize| pieces.partition_point(|piece| piece.read <= at) - 1;
            let (first, last) = (piece(matched.range.start), piece(matched.range.end - 1));
            if first != last {
                let original = |piece: &Piece, at: usize| piece.text + (at - piece.read);
                let start = original(&pieces[first], matched.range.start);
                let last = &pieces[last];
                let end = original(last, matched.range.end - 1) + last.width;
                found.push(Match { range: start..end, ..matched });
            }
        }
        zeroize::Zeroize::zeroize(&mut read);
    }
}

/// What is in one piece, as it is read.
struct Piece {
    /// Where it begins in what is read.
    read: usize,
    /// Where it begins in the text.
    text: usize,
    /// How many bytes of the text each of its bytes is.
    width: usize,
}

/// What the backslash or quote that `text` begins with means, and how many bytes of it are that:
/// an escaped character, or nothing; `None` if it means itself.
fn meaning(text: &[u8]) -> Option<(Option<u8>, usize)> {
    if text[0] != b'\\' {
        return Some((None, 1));
    }
    if let Some(ending) = [CONTINUED, CONTINUED_CRLF].into_iter().find(|it| text.starts_with(it)) {
        let blanks = text[ending.len()..].iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
        return Some((None, ending.len() + blanks.count()));
    }
    let digits = text.get(ESCAPE.len()..ESCAPE.len() + 2).filter(|_| text.starts_with(ESCAPE))?;
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some((Some(digit(digits[0])? * 16 + digit(digits[1])?), ESCAPE.len() + 2))
}

/// What base64 text of anything that has `text` in it contains: for each of the three ways to
/// group its bytes by three, in parts, without the characters that hold bits of what is
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
    fn a_known_key_is_found_in_pieces_that_a_shell_puts_together() {
        for joint in ["\"\"", "''", "\"'", "'\"", "\"", "'", "\"\"''"] {
            for at in [1, 4, 20, KEY.len() - 1] {
                let text = format!("it's A=\"{}{joint}{}\"", &KEY[..at], &KEY[at..]);
                assert_eq!(found(&text), [(8, Encoding::Text)], "{text:?}");
            }
        }
        let thrice = format!("{}''{}\"\"{}", &KEY[..10], &KEY[10..30], &KEY[30..]);
        assert_eq!(found(thrice), [(0, Encoding::Text)]);
        assert_eq!(found(format!("'{}' '{}'", &KEY[..20], &KEY[20..])), []);
        assert_eq!(found(format!("\"{KEY}\" '{KEY}'")).len(), 2, "once each");
    }

    #[test]
    fn a_known_key_is_found_in_hexadecimal_escapes() {
        let escaped =
            |text: &str| -> String { text.bytes().map(|byte| format!("\\x{byte:02x}")).collect() };
        for (from, to) in [(0, 1), (0, KEY.len()), (7, 8), (KEY.len() - 1, KEY.len())] {
            let escapes = escaped(&KEY[from..to]);
            for escapes in [escapes.to_uppercase().replace('X', "x"), escapes] {
                let text = format!("\\xz $'{}{escapes}{}'", &KEY[..from], &KEY[to..]);
                let known = KnownKeys::new(vec![Secret::new(KEY)]).unwrap();
                let found = known.search(text.as_bytes(), 0..text.len());
                let ranges: Vec<_> = found.into_iter().map(|matched| matched.range).collect();
                assert_eq!(ranges, std::slice::from_ref(&(6..text.len() - 1)), "{text:?}");
            }
        }
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
