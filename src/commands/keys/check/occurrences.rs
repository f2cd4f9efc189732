//! The keys in files, by what they are looked up by: there may be very many of each.

use std::collections::HashMap;
use std::path::Path;

use uuid::Uuid;

use super::standing::Standing;
use crate::secret::Fingerprint;

/// Where keys were found.
#[derive(Default)]
pub struct Occurrences<'a> {
    by_key: HashMap<&'a Fingerprint, OfKey<'a>>,
    /// The same keys, by the ids of those that the project lists.
    fingerprints: HashMap<Uuid, &'a Fingerprint>,
    by_file: HashMap<&'a Path, Holds<'a>>,
    by_line: HashMap<(&'a Path, u64), Holds<'a>>,
}

/// Where one key was found.
#[derive(Default)]
pub struct OfKey<'a> {
    /// All of it, in order.
    pub all: Vec<&'a Standing>,
    /// Those that are a variable's value.
    pub variables: Vec<&'a Standing>,
    /// Those where only a person can put another key.
    pub by_hand: Vec<&'a Standing>,
}

/// What a file, or a line of one, has.
struct Holds<'a> {
    first: &'a Fingerprint,
    /// Whether it has another key too.
    several: bool,
}

impl<'a> Holds<'a> {
    fn add<K: Eq + std::hash::Hash>(map: &mut HashMap<K, Self>, place: K, key: &'a Fingerprint) {
        let holds = map.entry(place).or_insert(Self { first: key, several: false });
        holds.several |= holds.first != key;
    }
}

impl<'a> Occurrences<'a> {
    /// Those in `standings`.
    pub fn new(standings: &'a [Standing]) -> Self {
        let mut occurrences = Self::default();
        for standing in standings {
            let key = &standing.fingerprint;
            let of_key = occurrences.by_key.entry(key).or_default();
            of_key.all.push(standing);
            of_key.variables.extend(standing.variable.is_some().then_some(standing));
            of_key.by_hand.extend(standing.by_hand.then_some(standing));
            if let Some(listed) = standing.listed() {
                occurrences.fingerprints.entry(listed.id).or_insert(key);
            }
            Holds::add(&mut occurrences.by_file, standing.path.as_path(), key);
            if let Some((_, line, _)) = standing.at.file() {
                Holds::add(&mut occurrences.by_line, (standing.path.as_path(), line), key);
            }
        }
        occurrences
    }

    /// Where the key is that has this fingerprint; `None` where it is nowhere.
    pub fn of(&self, key: &Fingerprint) -> Option<&OfKey<'a>> {
        self.by_key.get(key)
    }

    /// Where the key is that the project lists under this id.
    pub fn of_listed(&self, id: Uuid) -> Option<&OfKey<'a>> {
        self.of(self.fingerprint(id)?)
    }

    /// What the key is known by that the project lists under this id, if it is anywhere.
    pub fn fingerprint(&self, id: Uuid) -> Option<&'a Fingerprint> {
        self.fingerprints.get(&id).copied()
    }

    /// Whether the file of `standing` has another key too.
    pub fn shares_file(&self, standing: &Standing) -> bool {
        self.by_file.get(standing.path.as_path()).is_some_and(|holds| holds.several)
    }

    /// Whether the line of `standing` has another key too.
    pub fn shares_line(&self, standing: &Standing) -> bool {
        let line = standing.at.file().map(|(_, line, _)| (standing.path.as_path(), line));
        line.and_then(|line| self.by_line.get(&line)).is_some_and(|holds| holds.several)
    }
}
