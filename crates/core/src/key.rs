//! What a Cencori key is: its types, its environments, and how to recognise
//! one in text (contract, *Keys*).
//!
//! Four questions about a text, each with more yeses than the one before: [`contains_key`],
//! as the service writes it; [`contains_hidden_key`], also with colour codes, escapes or
//! capitals, which is what [`mask`] leaves out; [`contains_disguised_key`], also encoded or
//! with something put into it; and [`may_contain_key`], unless it surely has none.

mod disguise;
mod hidden;
mod prefix_matcher;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use disguise::contains_disguised_key;
pub use prefix_matcher::{Beginning, PrefixMatcher, beginnings};

/// Where a key is valid. The service knows these two and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Live traffic.
    Production,
    /// Development and tests.
    Test,
}

impl Environment {
    /// Both, in the order in which lists show them.
    pub const ALL: [Self; 2] = [Self::Production, Self::Test];

    /// The name that the service uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// Who may hold a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyType {
    /// `csk_...` and older forms: stays on servers.
    Secret,
    /// `cpk_...`: works in browsers, from its allowed domains.
    Publishable,
    /// `cake_...`: belongs to an agent; left alone unless you name it.
    Agent,
}

impl KeyType {
    /// The name that the service, or for agents its prefix, uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Publishable => "publishable",
            Self::Agent => "agent",
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// The forms of a key: prefix, characters of the body, and how many of them.
/// Longer prefixes come first, so that `csk_test_` is not read as `csk_`.
const FORMS: [Form; 8] = [
    Form { prefix: "csk_test_", body: Body::Hex, least: 48, most: 48, key_type: KeyType::Secret },
    Form { prefix: "csk_", body: Body::Hex, least: 48, most: 48, key_type: KeyType::Secret },
    Form {
        prefix: "cpk_test_",
        body: Body::Hex,
        least: 48,
        most: 48,
        key_type: KeyType::Publishable,
    },
    Form { prefix: "cpk_", body: Body::Hex, least: 48, most: 48, key_type: KeyType::Publishable },
    // The dashboard's page makes them with 32 digits, its routes with 48.
    Form { prefix: "cake_", body: Body::Hex, least: 32, most: 48, key_type: KeyType::Agent },
    Form {
        prefix: "cen_test_",
        body: Body::Base58,
        least: 32,
        most: 32,
        key_type: KeyType::Secret,
    },
    Form { prefix: "cen_", body: Body::Base58, least: 32, most: 32, key_type: KeyType::Secret },
    Form {
        prefix: "cencori_",
        body: Body::Token,
        least: 16,
        most: usize::MAX,
        key_type: KeyType::Secret,
    },
];

struct Form {
    prefix: &'static str,
    body: Body,
    /// Fewest characters that the body has.
    least: usize,
    /// Most characters that the body has. Where there is such a number, it has either
    /// the fewest or the most, and none between.
    most: usize,
    key_type: KeyType,
}

impl Form {
    /// Whether keys of this form have a length that is known.
    fn fixed(&self) -> bool {
        self.most != usize::MAX
    }

    /// How many characters of a body stand behind this form's prefix at `start`; `None` if the
    /// prefix does not stand there.
    fn body_length(&self, text: &[u8], start: usize) -> Option<usize> {
        // Most texts differ in the first byte, for which nothing is called.
        if text.get(start) != self.prefix.as_bytes().first() {
            return None;
        }
        let body = text[start..].strip_prefix(self.prefix.as_bytes())?;
        Some(body.iter().take_while(|byte| self.body.has(**byte)).count())
    }
}

#[derive(Clone, Copy)]
enum Body {
    Hex = 1,
    Base58 = 2,
    Token = 4,
}

impl Body {
    /// For each byte the bodies that it may be a character of.
    const CHARACTERS: [u8; 256] = {
        let mut characters = [0; 256];
        let mut byte: u8 = 0;
        while byte < 128 {
            let alphanumeric = byte.is_ascii_alphanumeric();
            let hex = matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            let base58 = alphanumeric && !matches!(byte, b'0' | b'O' | b'I' | b'l');
            let token = alphanumeric || matches!(byte, b'.' | b'_' | b'-');
            characters[byte as usize] = hex as u8 * Self::Hex as u8
                + base58 as u8 * Self::Base58 as u8
                + token as u8 * Self::Token as u8;
            byte += 1;
        }
        characters
    };

    fn has(self, byte: u8) -> bool {
        Self::CHARACTERS[usize::from(byte)] & self as u8 != 0
    }
}

/// The type of a key by its prefix alone, as far as a listed `key_prefix`
/// shows it. `None` for a prefix that no key has.
pub fn type_of_prefix(prefix: &str) -> Option<KeyType> {
    FORMS.iter().find(|form| prefix.starts_with(form.prefix)).map(|form| form.key_type)
}

/// The environment of a key by its prefix; `None` if keys of both have that.
pub fn environment_of(key: &str) -> Option<Environment> {
    match form_of(key)? {
        form if form.prefix.ends_with("_test_") => Some(Environment::Test),
        // Of the others nobody says that those of tests look different.
        form if FORMS.iter().any(|it| it.prefix == format!("{}test_", form.prefix)) => {
            Some(Environment::Production)
        }
        _ => None,
    }
}

/// Whether the whole of `text` is a key.
pub fn is_key(text: &str) -> bool {
    find(text, 0) == Some(0..text.len())
}

/// Whether a key is anywhere in `text`, as the service writes it.
pub fn contains_key(text: &str) -> bool {
    find(text, 0).is_some()
}

/// Whether `key` is of the form that has no fixed length.
pub fn has_no_length(key: &str) -> bool {
    form_of(key).is_some_and(|form| !form.fixed())
}

/// Whether a key may have more characters than `key`, which is one.
pub fn may_be_longer(key: &[u8]) -> bool {
    let form = FORMS.iter().find(|form| key.starts_with(form.prefix.as_bytes()));
    form.is_some_and(|form| key.len() < form.prefix.len().saturating_add(form.most))
}

/// Whether `key` may well be a name in a program: the oldest form has the
/// letters that names have (`cencori_webhook_handler`). A key that was drawn by
/// lot has digits or capitals, but for one in a million.
pub fn reads_like_a_name(key: &str) -> bool {
    has_no_length(key)
        && !key.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// `text` with the body of every key in it replaced, so that what is left can
/// be shown: `csk_ab12...`. It is the last line of defence for texts that come
/// from elsewhere (arguments, the service), not a licence to pass keys around. So
/// it takes for a key also what has one letter too many, on either side, what hides
/// one (colour codes, invisible characters, escapes, capitals), and the digits of one
/// without its prefix.
pub fn mask(text: &str) -> String {
    let mut masked = text.to_owned();
    loop {
        let secrets = hidden::secrets(&masked);
        if secrets.is_empty() {
            return masked;
        }
        let mut left = String::with_capacity(masked.len());
        let mut rest = 0;
        for secret in secrets {
            left.push_str(&masked[rest..secret.start]);
            left.push_str("...");
            rest = secret.end;
        }
        left.push_str(&masked[rest..]);
        // The dots can be a boundary that another one lacked. Each round is shorter: what
        // is left out is longer than they are.
        masked = left;
    }
}

/// Whether [`mask`] finds something in `text` that must not be shown.
pub fn contains_hidden_key(text: &str) -> bool {
    !hidden::secrets(text).is_empty()
}

/// Whether `text` could have a key in a form that not even [`contains_disguised_key`] knows, so
/// that an error does not repeat it. There is no end of these, so what is no such text is known
/// instead: short, of plain characters, and without the many letters and digits of a key.
pub fn may_contain_key(text: &str) -> bool {
    const LONGEST: usize = 40;
    const FEWEST_OF_KEY: usize = 20;
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_./:*=,@".contains(it);
    if text.len() > LONGEST || !text.chars().all(plain) {
        return true;
    }
    // Names have words in small letters or in capitals; what is drawn by lot has digits,
    // or both in one word.
    let is_drawn = |word: &str| {
        let has = |kind: fn(&u8) -> bool| word.as_bytes().iter().any(kind);
        has(u8::is_ascii_digit) || has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase)
    };
    let words = || text.split(|it: char| !it.is_ascii_alphanumeric());
    words().map(str::len).sum::<usize>() >= FEWEST_OF_KEY && words().any(is_drawn)
}

fn form_of(text: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| text.starts_with(form.prefix))
}

/// The first key in `text` at or after byte `from`.
fn find(text: &str, from: usize) -> Option<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    (from..bytes.len()).find_map(|start| end_of_key(bytes, start).map(|end| start..end))
}

/// Where the key ends that begins at byte `start` of `text`, if one does.
///
/// No letter and no digit may stand before it: Pinecone's `pcsk_...` is not
/// ours. Nor may one follow, where its length is fixed: a longer run of the same
/// characters is something else. Another key may, on both sides: keys that were
/// written one behind the other are all found. An underscore is no part of such
/// a key (`backup_csk_...`), but may be one of the oldest form, which has no
/// fixed length and looks like a name: there it is none's boundary.
pub fn end_of_key(text: &[u8], start: usize) -> Option<usize> {
    if text.get(start) != Some(&b'c') {
        return None;
    }
    FORMS.iter().find_map(|form| {
        if !text[start..].starts_with(form.prefix.as_bytes()) {
            return None;
        }
        let bounded = match text[..start].last() {
            Some(b'_') => form.fixed(),
            Some(byte) if byte.is_ascii_alphanumeric() => follows_key(text, start),
            _ => true,
        };
        // The body is counted last: it can be long.
        let length = if bounded { form.body_length(text, start)? } else { 0 };
        if length < form.least {
            return None;
        }
        let body = start + form.prefix.len();
        if !form.fixed() {
            return Some(body + length);
        }
        let end = body + if length < form.most { form.least } else { form.most };
        let apart = text.get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        (apart || begins_key(text, end)).then_some(end)
    })
}

/// How far what stands at `start` goes on like a key, `most` characters at most.
pub fn end_of_match(text: &[u8], start: usize, most: usize) -> usize {
    let text = &text[start..text.len().min(start + most)];
    let mut longest = 0;
    for form in &FORMS {
        let prefix = form.prefix.as_bytes();
        if text.get(1) != prefix.get(1) {
            continue;
        }
        let mut alike = 0;
        while alike < text.len() && text.get(alike) == prefix.get(alike) {
            alike += 1;
        }
        while alike >= prefix.len() && text.get(alike).is_some_and(|byte| form.body.has(*byte)) {
            alike += 1;
        }
        longest = longest.max(alike);
    }
    start + longest
}

/// Whether a key of fixed length ends where `start` is, whatever stands before
/// that one.
fn follows_key(text: &[u8], start: usize) -> bool {
    FORMS.iter().filter(|form| form.fixed()).any(|form| {
        [form.least, form.most].into_iter().any(|length| {
            let begin = start.checked_sub(form.prefix.len() + length);
            begin.is_some_and(|begin| form.body_length(&text[..start], begin) == Some(length))
        })
    })
}

/// Whether what stands at `start` has the prefix and the body of a key.
fn begins_key(text: &[u8], start: usize) -> bool {
    let length = |form: &Form| form.body_length(text, start);
    FORMS.iter().any(|form| length(form).is_some_and(|length| length >= form.least))
}
