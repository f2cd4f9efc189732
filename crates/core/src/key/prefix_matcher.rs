//! What only begins like a key, told from one as early as can be: a text may be
//! full of it.

use super::{FORMS, Form};

/// What keys begin with, each once: `csk_` stands for `csk_test_` too.
pub fn beginnings() -> impl Iterator<Item = Beginning> {
    let longer = |one: &Form, other: &Form| {
        other.prefix != one.prefix && other.prefix.starts_with(one.prefix)
    };
    let shortest = move |one: &&Form| !FORMS.iter().any(|other| longer(other, one));
    FORMS.iter().filter(shortest).map(move |form| {
        let infix = FORMS.iter().find(|other| longer(form, other));
        let infix = infix.map_or("", |it| &it.prefix[form.prefix.len()..]);
        Beginning { text: form.prefix.as_bytes(), form, infix: infix.as_bytes() }
    })
}

/// What some forms of a key begin with.
#[derive(Clone, Copy)]
pub struct Beginning {
    /// It itself: `csk_`.
    pub text: &'static [u8],
    form: &'static Form,
    /// What may be between it and the body: `test_`.
    infix: &'static [u8],
}

impl Beginning {
    /// Whether an underscore may come before such a key, see [`super::end_of_key`].
    pub fn may_follow_underscore(&self) -> bool {
        self.form.fixed()
    }

    /// Where the text behind the beginning, from byte `from` on, stops to be like
    /// a key's, and whether a whole body comes before that. It is followed for
    /// `more` characters than a body has.
    #[inline]
    pub fn end_of_match(&self, text: &[u8], from: usize, more: usize) -> (usize, bool) {
        let rest = &text[from..];
        let alike = rest.iter().zip(self.infix).take_while(|(one, other)| one == other).count();
        let body = if alike == self.infix.len() { alike } else { 0 };
        let characters = rest[body..].iter().take(self.form.least + more);
        let length = characters.take_while(|byte| self.form.body.has(**byte)).count();
        (from + alike.max(body + length), length >= self.form.least)
    }
}

/// Tells, character by character, whether a text may still become a key.
pub struct PrefixMatcher<'a> {
    beginnings: &'a [Beginning],
    /// The first of them that begins as what was read does.
    first: usize,
    read: usize,
    /// Set when the whole of one was read; how much is read behind it then, and
    /// how far that is like its infix, and like a body.
    found: Option<&'a Beginning>,
    alike: usize,
    body: usize,
}

impl<'a> PrefixMatcher<'a> {
    /// Of a text from its first character on. The `beginnings` are all of them.
    pub fn new(beginnings: &'a [Beginning]) -> Self {
        Self { beginnings, first: 0, read: 0, found: None, alike: 0, body: 0 }
    }

    /// Whether the text goes on as keys do with `byte` as its next character. Once
    /// there is enough for a whole body, everything does.
    pub fn goes_on(&mut self, byte: u8) -> bool {
        let read = self.read;
        self.read += 1;
        let Some(found) = self.found else {
            let goes_on = |it: &Beginning| it.text.get(read) == Some(&byte);
            let like_it = &self.beginnings[self.first].text[..read];
            if !goes_on(&self.beginnings[self.first]) {
                let other = |it: &Beginning| goes_on(it) && it.text.starts_with(like_it);
                let Some(other) = self.beginnings.iter().position(other) else { return false };
                self.first = other;
            }
            let found = &self.beginnings[self.first];
            if found.text.len() == self.read {
                (self.found, self.read) = (Some(found), 0);
            }
            return true;
        };
        if self.body >= found.form.least {
            return true;
        }
        let infix = self.alike == read && found.infix.get(read) == Some(&byte);
        self.alike += usize::from(infix);
        if infix && self.alike == found.infix.len() {
            self.body = 0;
            return true;
        }
        let body = found.form.body.has(byte);
        self.body += usize::from(body);
        infix || body
    }
}
