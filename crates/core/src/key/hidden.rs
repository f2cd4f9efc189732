//! What must not be shown, also where it does not look like a key: with colour codes or
//! invisible characters in it, escaped as in addresses or JSON, or in capitals. Whoever
//! has that text has the key.

use std::ops::Range;

use super::{Body, FORMS, Form, end_of_key};
use crate::printable::is_invisible;

/// Most characters of a body that may stay.
const SHOWN: usize = 4;

/// Fewest digits that tell a key of no fixed length in capitals from the name of a
/// variable (`CENCORI_PRODUCTION_API_KEY`).
const DIGITS: usize = 3;

/// How many hexadecimal digits the body of a key has. Hardly anything else has as many,
/// and who has them has the key, whatever became of its prefix.
const BODY: usize = 48;

/// What of `text` must not be shown: in order, and none within another.
pub fn secrets(text: &str) -> Vec<Range<usize>> {
    // Most texts have no key in any form, and can't have one without these.
    if !text.bytes().any(|byte| byte.is_ascii_digit() || byte == b'_') {
        return Vec::new();
    }
    let characters = decoded(text);
    let mut found = Letters::of(text.len(), characters.iter().copied()).secrets();
    if characters.iter().any(|it| matches!(it.meant, ESCAPE | CSI)) {
        // One can be in front of a code's end, and around it.
        found.extend(Letters::of(text.len(), without_codes(&characters).into_iter()).secrets());
    }
    if characters.iter().any(|it| is_invisible(it.meant)) {
        // One can also be between a word and the key behind it.
        let apart = |it: &Character| match is_invisible(it.meant) {
            true => Character { meant: ' ', ..*it },
            false => *it,
        };
        found.extend(Letters::of(text.len(), characters.iter().map(apart)).secrets());
    }
    if characters.iter().any(|it| it.end - it.start > it.meant.len_utf8()) {
        // What looks like an escape need not be one: `%cen_` begins like `%ce`.
        let as_they_are = text.char_indices();
        let as_they_are = as_they_are.map(|(start, meant)| Character {
            meant,
            start,
            end: start + meant.len_utf8(),
        });
        found.extend(Letters::of(text.len(), as_they_are).secrets());
    }
    if let Some(apart) = without_letters_of_escapes(&characters) {
        found.extend(Letters::of(text.len(), apart.into_iter()).secrets());
    }
    found.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in found {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

const ESCAPE: char = '\u{1b}';
const CSI: char = '\u{9b}';

/// A character as it is meant, and where it is.
#[derive(Clone, Copy)]
struct Character {
    meant: char,
    start: usize,
    end: usize,
}

/// The characters of `text`, escapes resolved.
fn decoded(text: &str) -> Vec<Character> {
    let mut characters = Vec::with_capacity(text.len());
    let mut start = 0;
    while let Some(first) = text[start..].chars().next() {
        let rest = &text[start..];
        let (meant, length) = match first {
            '%' => by_digits(&rest[1..], 16, 2, 2).map(|(meant, digits)| (meant, 1 + digits)),
            '\\' => escaped(rest),
            _ => None,
        }
        .unwrap_or((first, first.len_utf8()));
        characters.push(Character { meant, start, end: start + length });
        start += length;
    }
    characters
}

/// The character that an escape at the beginning of `text` stands for, and its length:
/// `\u0063` and `\x63` as JSON and programs have them, also with the backslash escaped
/// once more, and `\u{63}` as [`crate::printable::printable`] has it.
fn escaped(text: &str) -> Option<(char, usize)> {
    let slashes = text.bytes().take(4).take_while(|byte| *byte == b'\\').count();
    let rest = &text[slashes..];
    let (meant, length) = if let Some(rest) = rest.strip_prefix("u{") {
        let (meant, digits) = by_digits(rest, 16, 1, 6)?;
        rest[digits..].starts_with('}').then_some((meant, 2 + digits + 1))?
    } else if let Some(rest) = rest.strip_prefix(['u', 'U']) {
        by_digits(rest, 16, 4, 4).map(|(meant, digits)| (meant, 1 + digits))?
    } else {
        let rest = rest.strip_prefix(['x', 'X'])?;
        by_digits(rest, 16, 2, 2).map(|(meant, digits)| (meant, 1 + digits))?
    };
    Some((meant, slashes + length))
}

/// What digits of `radix` at the beginning of `text` stand for, and how many they are.
pub(super) fn by_digits(
    text: &str,
    radix: u32,
    least: usize,
    most: usize,
) -> Option<(char, usize)> {
    let is_digit = |byte: &u8| char::from(*byte).is_digit(radix);
    let digits = text.bytes().take(most).take_while(is_digit).count();
    let value = u32::from_str_radix(&text[..digits], radix).ok()?;
    (digits >= least).then_some((char::from_u32(value)?, digits))
}

/// `characters` without whole terminal commands: `ESC [` with parameters and a letter,
/// `ESC ]` up to BEL or `ESC \` (ECMA-48), and `ESC` with one character.
fn without_codes(characters: &[Character]) -> Vec<Character> {
    let meant = |place: usize| characters.get(place).map(|it| it.meant);
    let mut left = Vec::with_capacity(characters.len());
    let mut place = 0;
    while let Some(character) = characters.get(place) {
        let end_of_parameters = |from: usize| {
            let rest = &characters[from.min(characters.len())..];
            from + rest.iter().take_while(|it| matches!(it.meant, ' '..='?')).count() + 1
        };
        place = match (character.meant, meant(place + 1)) {
            (CSI, _) => end_of_parameters(place + 1),
            (ESCAPE, Some('[')) => end_of_parameters(place + 2),
            (ESCAPE, Some(']' | 'P' | '^' | '_' | 'X')) => {
                let rest = &characters[place + 2..];
                let end =
                    rest.iter().position(|it| matches!(it.meant, '\u{7}' | '\u{9c}' | ESCAPE));
                let end = end.map_or(place + 1, |end| place + 2 + end);
                // The backslash behind the escape belongs to it.
                let backslash = meant(end) == Some(ESCAPE) && meant(end + 1) == Some('\\');
                end + 1 + usize::from(backslash)
            }
            (ESCAPE, Some(_)) => place + 2,
            _ => {
                left.push(*character);
                place + 1
            }
        };
    }
    left
}

/// `characters` with a space for each letter that a backslash makes a control character
/// (`\n`): it is no part of the word behind it. `None` if there is none.
fn without_letters_of_escapes(characters: &[Character]) -> Option<Vec<Character>> {
    let is_escape =
        |pair: &[Character]| pair[0].meant == '\\' && "0abefnrtv".contains(pair[1].meant);
    if !characters.windows(2).any(is_escape) {
        return None;
    }
    let mut apart = characters.to_vec();
    for (index, pair) in characters.windows(2).enumerate() {
        if is_escape(pair) {
            apart[index + 1].meant = ' ';
        }
    }
    Some(apart)
}

/// What is left of a text when all that hides letters is taken away.
struct Letters {
    /// As they are.
    written: Vec<u8>,
    /// In small letters.
    small: Vec<u8>,
    /// Where each is in the text.
    places: Vec<(usize, usize)>,
    length: usize,
}

impl Letters {
    fn of(length: usize, characters: impl Iterator<Item = Character>) -> Self {
        let mut letters =
            Self { written: Vec::new(), small: Vec::new(), places: Vec::new(), length };
        for Character { meant, start, end } in characters {
            if is_invisible(meant) {
                continue;
            }
            // Beyond ASCII nothing is part of a key.
            let byte = u8::try_from(meant).ok().filter(u8::is_ascii).unwrap_or(b' ');
            letters.written.push(byte);
            letters.small.push(byte.to_ascii_lowercase());
            letters.places.push((start, end));
        }
        letters
    }

    fn secrets(&self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let (mut start, mut tame) = (0, 0);
        while start < self.small.len() {
            match self.secret_at(start, &mut tame).or_else(|| self.body_at(start)) {
                Some((shown, end)) => {
                    found.push(self.end(shown)..self.end(end));
                    start = end;
                }
                None => start += 1,
            }
        }
        found
    }

    /// Of what begins at letter `start`: the end of what can be shown of it, and its own.
    /// One letter too many on either side does not make it something else: this is no
    /// search, but the last line of defence. Up to `tame` no name has enough digits.
    fn secret_at(&self, start: usize, tame: &mut usize) -> Option<(usize, usize)> {
        let rest = self.small.get(start..).filter(|rest| rest.first() == Some(&b'c'))?;
        let form = FORMS.iter().find(|form| rest.starts_with(form.prefix.as_bytes()))?;
        let body = start + form.prefix.len();
        let end = match form.fixed() {
            true => self.end_of_body(form, body)?,
            false => match end_of_key(&self.written, start) {
                None if start >= *tame => self.end_in_capitals(start, body, tame)?,
                end => end?,
            },
        };
        Some((body + SHOWN, end))
    }

    /// The same of the body of a key alone, of which no digit is missing and none is too many.
    fn body_at(&self, start: usize) -> Option<(usize, usize)> {
        let is_hex = |byte: &u8| byte.is_ascii_hexdigit();
        if start.checked_sub(1).is_some_and(|before| is_hex(&self.small[before])) {
            return None;
        }
        let length = self.small[start..].iter().take(BODY + 1).take_while(|it| is_hex(it)).count();
        (length == BODY).then_some((start + SHOWN, start + BODY))
    }

    fn end_of_body(&self, form: &Form, body: usize) -> Option<usize> {
        let fits = |byte: &u8| match form.body {
            // Which letters are left out of base 58 depends on their case.
            Body::Base58 => byte.is_ascii_alphanumeric(),
            body => body.has(*byte),
        };
        let length =
            self.small[body..].iter().take(form.most).take_while(|byte| fits(byte)).count();
        (length >= form.least).then_some(body + length)
    }

    fn end_in_capitals(&self, start: usize, body: usize, tame: &mut usize) -> Option<usize> {
        let end = end_of_key(&self.small, start)?;
        let digits = self.small[body..end].iter().filter(|byte| byte.is_ascii_digit()).count();
        *tame = end;
        (digits >= DIGITS).then_some(end)
    }

    /// Where in the text the letters before `letter` end.
    fn end(&self, letter: usize) -> usize {
        letter.checked_sub(1).map_or(0, |last| self.places.get(last).map_or(self.length, |it| it.1))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{contains_hidden_key, mask};
    use crate::printable::printable;

    const HEX: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";
    const BASE58: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXY";

    /// A part of the key's body that nobody may see, in any form.
    #[track_caller]
    fn hides(text: &str) {
        for text in [text.to_owned(), printable(text)] {
            assert!(contains_hidden_key(&text), "{text:?}");
            let masked = mask(&text);
            let rest: String = printable(&masked).to_lowercase();
            assert!(masked.contains("...") && !rest.contains("cdef"), "{text:?}: {masked:?}");
            assert!(!contains_hidden_key(&masked), "{masked:?}");
        }
    }

    #[test]
    fn a_key_is_found_behind_what_hides_it() {
        let key = format!("csk_{HEX}");
        hides(&key);
        hides(&format!("csk_{}", HEX.to_uppercase()));
        hides(&key.to_uppercase());
        hides(&format!("%63sk_{HEX}"));
        hides(&format!("csk%5F{HEX}"));
        hides(&format!("\\u0063sk\\x5f{HEX}"));
        hides(&format!("\\\\u0063\\\\u0073k_{HEX}"));
        hides(&format!("\\u{{63}}sk_{HEX}"));
        for inside in [
            "\u{200b}",
            "\u{ad}",
            "\u{2060}",
            "\u{e0041}",
            "\u{0}",
            "\u{1b}[31m",
            "\u{1b}[0m",
            "\u{9b}1m",
            "\u{1b}]0;title\u{7}",
            "\u{1b}]8;;x\u{1b}\\",
            "\u{1b}(",
            "%1b[1m",
            "\\u001b[1m",
            "\\u{200b}",
            "%00",
        ] {
            for place in [1, 4, 10, 40] {
                hides(&format!("{}{inside}{}", &key[..place], &key[place..]));
            }
        }
        // Within what a terminal would not show.
        hides(&format!("\u{1b}]0;{key}\u{7}"));
        hides(&format!("\u{1b}]{key}"));
        hides(&format!("CEN_{BASE58}cdef").replace("cdef", ""));
        hides("CENCORI_0123456789ABCDEF");
    }

    #[test]
    fn the_digits_of_a_key_are_hidden_whatever_became_of_its_prefix() {
        let prefixes = [
            "",
            "%2563sk_",
            "&#99;sk_",
            "\u{441}sk_",
            "\u{ff43}\u{ff53}\u{ff4b}_",
            "c's'k_",
            "cs\u{301}k_",
        ];
        for prefix in prefixes {
            hides(&format!("{prefix}{HEX}"));
            hides(&format!("{prefix}{HEX} and more"));
        }
        // Digests have other lengths.
        for other in [&HEX[..40], &HEX[..47], &format!("{HEX}0"), &format!("{HEX}{HEX}")] {
            assert_eq!(mask(other), other);
        }
    }

    #[test]
    fn a_key_behind_an_escaped_control_character_is_found() {
        for before in ["\\n", "\\t", "\\r", "\\\\n", "line\\n", "\\0", "\\e", "\\b"] {
            hides(&format!("{before}cencori_AbCdEf0123456789XyZcdef"));
            hides(&format!("{before}csk_{HEX}"));
        }
    }

    #[test]
    fn what_stands_around_it_stays() {
        let text = format!("é%63sk_{HEX}, 100%; \u{1b}[1mcpk_\u{1b}[0m{HEX} 🔑");
        let masked = mask(&text);
        assert_eq!(masked, "é%63sk_0123..., 100%; \u{1b}[1mcpk_\u{1b}[0m0123... 🔑");
    }

    #[test]
    fn what_holds_no_key_is_not_touched() {
        for text in [
            "CENCORI_PRODUCTION_API_KEY and CENCORI_PUBLISHABLE_TEST_KEY_2",
            "NEXT_PUBLIC_CENCORI_PUBLISHABLE_KEY",
            "50% of csk_ab12... and %zz \\u12 \\x",
            "\u{1b}[31mred",
        ] {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn what_looks_like_an_escape_hides_no_key() {
        hides(&format!("100%cen_{BASE58}"));
        hides(&format!("x=%cake_{}", &HEX[..32]));
        hides(&format!("\\xcake_{HEX}"));
        hides("%cencori_AbCdEf0123456789XyZcdef");
    }

    #[test]
    fn what_is_left_out_makes_no_key_of_what_stands_beside_it() {
        let key = "cencori_c89abcdef01234567001";
        hides(&format!("b\0{key}\0{key}\0K123LMNPR4"));
    }

    #[test]
    fn what_is_invisible_ends_the_word_before_a_key() {
        for apart in ["\0", "\u{200b}", "%00", "\u{ad}"] {
            hides(&format!("b{apart}cencori_AbCdEf0123456789XyZcdef"));
        }
    }
}
