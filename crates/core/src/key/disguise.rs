//! A key that something was put into, or whose prefix was spelled otherwise: a quote, a
//! space, an accent, an escape of an escape, a letter of another script. It is none any
//! more, but whoever reads it has it.

use super::has_secret;

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

/// What may stand between that and the digits; an escaped underscore (`=5F`, `%255F`) is
/// of digits itself.
const BETWEEN: [&[u8]; 2] = [b"live", b"test"];

/// How many letters and digits the body of a `cen_` key has.
const CEN_BODY: usize = 32;

/// Fewest digits, small letters and capitals in such a body, which is drawn by lot, that
/// tell it from words.
const OF_EACH: usize = 3;

/// Whether a key is in `text`, also with foreign characters in it, or with a prefix that is
/// spelled otherwise: text for a person to give in another way, which must not be repeated.
/// Encodings of the whole (base64) are not looked through.
///
/// A UUID is none, nor is a path with digests in it.
pub fn holds_key(text: &str) -> bool {
    if has_secret(text) {
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
    /// Whether it is part of a digest that stands for itself.
    in_digest: bool,
}

/// The letters and digits of `text`, all else dropped.
fn letters(text: &str) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(text.len());
    let (mut word, mut behind_slash) = (0, false);
    for byte in text.bytes().chain([b' ']) {
        if byte.is_ascii_alphanumeric() {
            let begins_word = word == letters.len();
            letters.push(Letter { byte, begins_word, behind_slash, in_digest: false });
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
                        assert!(!has_prefix || holds_key(&text), "{text}");
                    }
                }
            }
        }
        let cen = "cen_123456789ABCDEFGHJKmnpqrstuvwxyz";
        for at in 1..cen.len() {
            let text = format!("{}'{}", &cen[..at], &cen[at..]);
            assert!(holds_key(&text), "{text}");
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
                assert!(holds_key(&format!("{prefix}{body}")), "{prefix}{body}");
            }
        }
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
            assert!(!holds_key(&text), "{text}");
        }
    }
}
