//! Keys of the oldest form have no length, and letters that sentences and names have
//! too: what comes after such a key is taken for a part of it, even another key.
//! So there are several candidates of one text, and only the service knows which of
//! them is a key.

use std::collections::HashMap;

use super::Finder;
use cencori_core::key;
use cencori_core::secret::{Fingerprint, Secret};

/// Most shorter candidates of one text.
const MOST: usize = 8;

/// The other candidates of texts that were found.
#[derive(Default)]
pub struct Candidates {
    /// Each, and whether it is no guess: a key that has a length, inside of one that has
    /// none.
    certain: HashMap<Fingerprint, bool>,
    /// Those of each text, by its longest one.
    of: HashMap<Fingerprint, Vec<Fingerprint>>,
}

impl Candidates {
    /// The other candidates of `key`, which was found: each is to be looked for like a
    /// key that was.
    pub fn add(&mut self, finder: &Finder, key: &Secret) -> Vec<Secret> {
        let others = others(finder, key.expose());
        if others.is_empty() {
            return others;
        }
        let each = others.iter().map(|other| {
            let (fingerprint, certain) = (other.fingerprint(), !key::has_no_length(other.expose()));
            self.certain.insert(fingerprint.clone(), certain);
            fingerprint
        });
        let each = each.collect();
        self.of.insert(key.fingerprint(), each);
        others
    }

    /// Whether `reading` is one to be told of, where `is_known` says of which keys the
    /// service knows something: a guess only where it was right, and the longest
    /// reading only where no guess was.
    pub fn tells(&self, reading: &Fingerprint, is_known: impl Fn(&Fingerprint) -> bool) -> bool {
        match self.certain.get(reading) {
            Some(certain) => *certain || is_known(reading),
            None if is_known(reading) => true,
            None => {
                let guesses = self.of.get(reading).map_or(&[][..], Vec::as_slice);
                let is_right = |guess| self.certain.get(guess) == Some(&true) || is_known(guess);
                !guesses.iter().any(is_right)
            }
        }
    }
}

fn others(finder: &Finder, text: &str) -> Vec<Secret> {
    if !key::has_no_length(text) {
        return Vec::new();
    }
    let inside = finder.search(text.as_bytes(), 1..text.len());
    let inside = inside.into_iter().map(|matched| matched.key);
    let cuts = text.char_indices().rev().filter(|(_, character)| "._-".contains(*character));
    let cuts = cuts.map(|(end, _)| &text[..end]).filter(|cut| key::is_key(cut));
    inside.chain(cuts.take(MOST).map(Secret::new)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(text: &str) -> Vec<String> {
        let mut candidates = Candidates::default();
        let others = candidates.add(&Finder::new(), &Secret::new(text));
        others.iter().map(|other| other.expose().to_owned()).collect()
    }

    #[test]
    fn what_stands_behind_a_key_without_a_length_is_taken_off() {
        let key = "cencori_AbCdEf0123456789XyZ";
        assert_eq!(candidates(&format!("{key}.")), [key]);
        assert_eq!(candidates(&format!("{key}.env-x")), [format!("{key}.env"), key.to_owned()]);
        assert_eq!(candidates(key), [""; 0]);
        let inner = format!("csk_{}", "0123456789abcdef".repeat(3));
        assert_eq!(candidates(&format!("cencori_api_key_{inner}"))[0], inner);
        assert_eq!(candidates(&inner), [""; 0], "a length leaves no doubt");
    }

    #[test]
    fn a_guess_is_told_of_only_where_it_was_right() {
        let (long, short) =
            (Secret::new("cencori_0123456789abcdef."), Secret::new("cencori_0123456789abcdef"));
        let mut candidates = Candidates::default();
        candidates.add(&Finder::new(), &long);
        let (long, short) = (long.fingerprint(), short.fingerprint());
        assert!(!candidates.tells(&long, |known| *known == short));
        assert!(candidates.tells(&short, |known| *known == short));
        assert!(candidates.tells(&long, |_| false) && !candidates.tells(&short, |_| false));
        assert!(candidates.tells(&long, |known| *known == long));
    }
}
