//! A key that something was put into, or whose prefix was spelled otherwise: a quote, a
//! space, an accent, an escape of an escape, a letter of another script. It is none any
//! more, but whoever reads it has it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::contains_hidden_key;
use super::hidden::by_digits;

/// Fewest hexadecimal digits that are taken for the body of a key, which has 48: some of
/// them may have become something else.
const FEWEST: usize = 40;

/// Lengths of digests in hexadecimal digits: SHA-1 and SHA-256, which name commits, files
/// and images.
const DIGESTS: [usize; 2] = [40, 64];

/// What the prefix of a key with hexadecimal digits begins with; `cake` ends a word, too
/// (`pancake`). Without the first letter, which may be spelled otherwise, many a name ends
/// so (`task`).
const BEGINNINGS: [&[u8]; 3] = [b"csk", b"cpk", b"cake"];
const SHORT_BEGINNINGS: [&[u8]; 2] = [b"sk", b"pk"];

/// What may be between that and the digits; an escaped underscore (`=5F`, `%255F`) is
/// of digits itself.
const BETWEEN: [&[u8]; 2] = [b"live", b"test"];

/// How many letters and digits the body of a `cen_` key has.
const CEN_BODY: usize = 32;

/// Fewest digits, small letters and capitals in such a body, which is drawn by lot, that
/// tell it from words.
const OF_EACH: usize = 3;

/// How many encodings, one within another, are looked through.
const LAYERS: u32 = 3;

/// Whether a key is in `text`, also with foreign characters in it, with a prefix that
/// is spelled otherwise, or encoded: text for a person to give in another way, which must
/// not be repeated. The encodings are base64 and hexadecimal digits, also in the middle of
/// something else, percent signs, and character references of HTML, and each in another.
///
/// A UUID is none, nor is a path with digests in it.
pub fn contains_disguised_key(text: &str) -> bool {
    contains_respelled_key(text) || contains_encoded_key(text, LAYERS)
}

/// Whether a key is in what `text` encodes.
fn contains_encoded_key(text: &str, layers: u32) -> bool {
    let plain = unescaped(text);
    let is_escaped = matches!(plain, Cow::Owned(_));
    if layers == 0 {
        return false;
    }
    if is_escaped && (contains_respelled_key(&plain) || contains_encoded_key(&plain, layers - 1)) {
        return true;
    }
    from_digits(text).into_iter().chain(from_base64(text)).any(|bytes| {
        // Only what is decoded from its first byte on is text, and can be an encoding.
        contains_hidden_key(&String::from_utf8_lossy(&bytes))
            || str::from_utf8(&bytes).is_ok_and(|text| {
                text.is_ascii()
                    && (contains_respelled_key(text) || contains_encoded_key(text, layers - 1))
            })
    })
}

/// `text` without percent signs (RFC 3986) and without character references of HTML, of
/// which only the underscore has one by name, and the letters and digits of keys have none.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '&']) {
        return Cow::Borrowed(text);
    }
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (meant, length) = escape(rest).unwrap_or((first, first.len_utf8()));
        plain.extend_from_slice(meant.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &rest[length..];
    }
    match String::from_utf8(plain) {
        Ok(plain) if plain != text => Cow::Owned(plain),
        _ => Cow::Borrowed(text),
    }
}

/// What an escape at the beginning of `text` stands for, and its length.
fn escape(text: &str) -> Option<(char, usize)> {
    if let Some(rest) = text.strip_prefix('%') {
        let (meant, digits) = by_digits(rest, 16, 2, 2)?;
        return meant.is_ascii().then_some((meant, 1 + digits));
    }
    let rest = text.strip_prefix('&')?;
    let (meant, rest) = match rest.strip_prefix('#') {
        Some(rest) => {
            let (digits, radix) = match rest.strip_prefix(['x', 'X']) {
                Some(rest) => (rest, 16),
                None => (rest, 10),
            };
            let (meant, length) = by_digits(digits, radix, 1, usize::MAX)?;
            (meant, &digits[length..])
        }
        None => ('_', rest.strip_prefix("lowbar").or_else(|| rest.strip_prefix("UnderBar"))?),
    };
    // Browsers do without the semicolon.
    let rest = rest.strip_prefix(';').unwrap_or(rest);
    Some((meant, text.len() - rest.len()))
}

/// The bytes that hexadecimal digits stand for: those in one word, and those of the whole
/// text if each byte is apart (`63:73:6b`, `\x63\x73`).
fn from_digits(text: &str) -> Vec<Vec<u8>> {
    let bytes = |digits: &[u8]| -> Vec<u8> {
        let value = |digit: u8| char::from(digit).to_digit(16).unwrap_or_default() as u8;
        digits.chunks_exact(2).map(|pair| value(pair[0]) << 4 | value(pair[1])).collect()
    };
    let words: Vec<&[u8]> =
        text.as_bytes().split(|it| !it.is_ascii_hexdigit()).filter(|it| !it.is_empty()).collect();
    let pairs: Vec<u8> =
        words.iter().filter(|it| it.len() == 2).flat_map(|it| it.iter().copied()).collect();
    words
        .into_iter()
        .chain([&pairs[..]])
        // The shortest key has a prefix of four letters.
        .filter(|digits| digits.len() > 8)
        .flat_map(|digits| [bytes(digits), bytes(&digits[1..])])
        .collect()
}

/// What each run of letters of base64 in `text` stands for, in both alphabets, wherever in a
/// group of four letters it begins; line breaks and spaces are no end of it.
fn from_base64(text: &str) -> Vec<Vec<u8>> {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone);
    let mut decoded = Vec::new();
    for (alphabet, others) in [(&alphabet::STANDARD, b"+/"), (&alphabet::URL_SAFE, b"-_")] {
        let engine = GeneralPurpose::new(alphabet, lenient);
        let joined: Vec<u8> =
            text.bytes().filter(|it| !it.is_ascii_whitespace() && *it != b'\\').collect();
        for run in joined.split(|it| !it.is_ascii_alphanumeric() && !others.contains(it)) {
            for start in 0..4.min(run.len()) {
                // A group of one letter stands for no byte.
                let run = &run[start..];
                let whole = run.len() - usize::from(run.len() % 4 == 1);
                decoded.extend(engine.decode(&run[..whole]).ok().filter(|it| it.len() > 4));
            }
        }
    }
    decoded
}

fn contains_respelled_key(text: &str) -> bool {
    if contains_hidden_key(text) {
        return true;
    }
    let letters = letters(text);
    let small: Vec<u8> = letters.iter().map(|it| it.byte.to_ascii_lowercase()).collect();
    let foreign = !text.is_ascii();
    (0..letters.len()).any(|at| {
        let is_word = |beginning: &[u8]| beginning != b"cake" || letters[at].begins_word;
        let digits_behind = |beginning: &[u8]| {
            let rest = small[at..].strip_prefix(beginning)?;
            let between = BETWEEN.iter().find(|it| rest.starts_with(it)).map_or(0, |it| it.len());
            Some(&letters[at + beginning.len() + between..])
        };
        let has = |beginning: &[u8], gaps| {
            digits_behind(beginning).is_some_and(|rest| has_body(rest, gaps))
        };
        BEGINNINGS.iter().any(|it| is_word(it) && has(it, Gaps::Any))
            || SHORT_BEGINNINGS.iter().any(|it| has(it, Gaps::NoSlash))
            || foreign && has_body(&letters[at..], Gaps::NoSlash)
            || is_cen(&letters[at..], &small[at..])
    })
}

/// An ASCII letter or digit of a text.
struct Letter {
    byte: u8,
    /// Whether something else stands before it, or nothing.
    begins_word: bool,
    /// Whether a slash does.
    behind_slash: bool,
    /// Whether it is part of a digest or a UUID that stands for itself.
    in_digest: bool,
}

/// The letters and digits of `text`, all else dropped.
fn letters(text: &str) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(text.len());
    let (mut word, mut behind_slash, mut uuid) = (0, false, 0..0);
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        if byte.is_ascii_alphanumeric() {
            let begins_word = word == letters.len();
            if begins_word && at >= uuid.end && is_uuid(text.as_bytes().get(at..at + UUID)) {
                uuid = at..at + UUID;
            }
            let in_digest = uuid.contains(&at);
            letters.push(Letter { byte, begins_word, behind_slash, in_digest });
            behind_slash = false;
            continue;
        }
        let written: &mut [Letter] = &mut letters[word..];
        if DIGESTS.contains(&written.len()) && written.iter().all(|it| it.byte.is_ascii_hexdigit())
        {
            written.iter_mut().for_each(|it| it.in_digest = true);
        }
        word = letters.len();
        behind_slash |= byte == b'/';
    }
    letters
}

/// How many characters a UUID has.
const UUID: usize = 36;

fn is_uuid(text: Option<&[u8]>) -> bool {
    text.is_some_and(|text| {
        text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    })
}

/// What may stand between the digits of a key's body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gaps {
    Any,
    /// No slash, as paths have it, and a digest is no part of a key.
    NoSlash,
}

fn has_body(letters: &[Letter], gaps: Gaps) -> bool {
    let is_own = |it: &Letter| match gaps {
        Gaps::Any => true,
        Gaps::NoSlash => !it.in_digest && !it.behind_slash,
    };
    // A file in a folder called like a prefix.
    if letters.first().is_some_and(|it| it.behind_slash && it.in_digest) {
        return false;
    }
    let body = letters.iter().take_while(|it| it.byte.is_ascii_hexdigit() && is_own(it));
    body.take(FEWEST).count() == FEWEST
}

/// Whether a `cen_` key begins here.
fn is_cen(letters: &[Letter], small: &[u8]) -> bool {
    if !small.starts_with(b"cen") || !letters[0].begins_word {
        return false;
    }
    let rest = &letters[3..];
    let body: Vec<u8> =
        rest.iter().take_while(|it| !it.behind_slash).take(CEN_BODY).map(|it| it.byte).collect();
    let has = |kind: fn(&u8) -> bool| body.iter().filter(|it| kind(it)).count() >= OF_EACH;
    body.len() == CEN_BODY
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn a_key_with_something_in_it_is_one() {
        for inside in ["'", "\\", "`", ",", " ", "+", "\"", "''", "\u{301}", "\"\"", ".", "/", "\n"]
        {
            for prefix in ["csk_", "csk_test_", "cpk_", "cake_"] {
                let key = format!("{prefix}{HEX}");
                for at in 1..key.len() {
                    // Put between, and in the place of one.
                    for rest in [at, at + 1] {
                        let text = format!("x={}{inside}{}.", &key[..at], &key[rest..]);
                        // Without one of its letters it has no prefix any more.
                        let has_prefix = rest == at || at > prefix.len();
                        assert!(!has_prefix || contains_disguised_key(&text), "{text}");
                    }
                }
            }
        }
        let cen = "cen_123456789ABCDEFGHJKmnpqrstuvwxyz";
        for at in 1..cen.len() {
            let text = format!("{}'{}", &cen[..at], &cen[at..]);
            assert!(contains_disguised_key(&text), "{text}");
        }
    }

    #[test]
    fn a_key_with_another_prefix_is_one() {
        let split = format!("{}'{}", &HEX[..20], &HEX[20..]);
        for body in [HEX, &split, &HEX.to_uppercase()] {
            for prefix in [
                "csk=5F",
                "csk%255F",
                "csk%25255F",
                "CSK_",
                "csk_live_",
                "%2563sk_",
                "&#99;sk_",
                "\u{441}sk_",
                "\u{441}\u{455}\u{43a}_",
                "\u{ff43}\u{ff53}\u{ff4b}_",
                "c\u{440}k_",
            ] {
                assert!(contains_disguised_key(&format!("{prefix}{body}")), "{prefix}{body}");
            }
        }
    }

    #[test]
    fn an_encoded_key_is_one() {
        use base64::prelude::*;
        let encodings: [fn(&str) -> String; 12] = [
            |text| BASE64_STANDARD.encode(text),
            |text| BASE64_URL_SAFE_NO_PAD.encode(text),
            // In the middle of a group, and of the text of something else.
            |text| BASE64_STANDARD.encode(format!("-{text}-")),
            |text| BASE64_STANDARD.encode(format!("user:{text}>>>???")),
            |text| format!("x{}", BASE64_URL_SAFE.encode(format!("{text}>>>???\u{ff}"))),
            |text| format!("xy.{}/z", BASE64_STANDARD_NO_PAD.encode(text)),
            |text| {
                BASE64_STANDARD.encode(text).split_at(20).0.to_owned()
                    + "\n"
                    + BASE64_STANDARD.encode(text).split_at(20).1
            },
            |text| text.bytes().map(|it| format!("{it:02x}")).collect(),
            |text| format!("a{}", text.bytes().map(|it| format!("{it:02X}")).collect::<String>()),
            |text| text.bytes().map(|it| format!("{it:02x}:")).collect(),
            |text| text.bytes().map(|it| format!("&#{it};")).collect(),
            |text| text.bytes().map(|it| format!("%25{it:02x}")).collect(),
        ];
        for key in [
            format!("csk_{HEX}"),
            format!("cpk_test_{HEX}"),
            "cen_123456789ABCDEFGHJKmnpqrstuvwxyz".to_owned(),
            "cencori_AbCdEf0123456789XyZcdef".to_owned(),
        ] {
            for encoding in &encodings {
                let text = encoding(&key);
                assert!(contains_disguised_key(&text), "{text}");
                for second in &encodings {
                    let twice = second(&text);
                    assert!(contains_disguised_key(&twice), "{twice}");
                }
            }
            let references = key.replace('c', "&#x63;").replace('_', "&lowbar;");
            assert!(contains_disguised_key(&references), "{references}");
        }
        assert!(contains_disguised_key(&format!("csk&UnderBar{HEX}")));
        assert!(contains_disguised_key(&format!("csk%25255f{HEX}")));
    }

    #[test]
    fn uuids_digests_and_paths_hold_none() {
        const UUID: &str = "4aa50e74-98e8-4f0d-9d27-2751d961c997";
        let (sha1, sha256) = (&HEX[..40], format!("{HEX}0123456789abcdef"));
        for text in [
            UUID.to_owned(),
            format!("/tmp/task-{UUID}/{UUID}/.env"),
            format!("task/{UUID}/{UUID}"),
            format!("csk_{UUID}"),
            sha1.to_owned(),
            format!("/srv/disk/{sha1}.db"),
            format!("pancake/{sha1}/.env"),
            format!("cake/{sha1}"),
            format!("j\u{f6}rg/{UUID}-{UUID}"),
            format!("\u{e9}{UUID}{UUID}"),
            format!("task:{sha1}"),
            format!("task-{sha1}-{sha256}.d/.env"),
            format!("image@sha256:{sha256}"),
            format!("/home/j\u{f6}rg/{sha1}/{sha256}/.env"),
            format!("/home/j\u{f6}rg/.git/objects/01/{}", &HEX[..38]),
            "docs/recent/2026/A_rather_Long_Name-of_a_File_Of_Mine.md".to_owned(),
            "https://cencori.com/API/v1/Projects/My-Project-1234567890".to_owned(),
            "NEXT_PUBLIC_CENCORI_PUBLISHABLE_KEY_OF_2026_FOR_EVERYBODY".to_owned(),
            format!("csk_{}...", &HEX[..4]),
            String::new(),
        ] {
            assert!(!contains_disguised_key(&text), "{text}");
        }
    }
}
