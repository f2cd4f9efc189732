//! The keys in files, by what they are looked up by: there may be very many of each.

use std::collections::HashMap;
use std::path::Path;

use uuid::Uuid;

use super::key_in_file::KeyInFile;
use crate::secret::Fingerprint;

/// Where keys were found.
#[derive(Default)]
pub struct Occurrences<'a> {
    by_key: HashMap<&'a Fingerprint, OfKey<'a>>,
    /// The same keys, by the ids of those that the project lists.
    fingerprints: HashMap<Uuid, &'a Fingerprint>,
    by_file: HashMap<&'a Path, Holds<'a>>,
    nowhere: OfKey<'a>,
}

/// Where one key was found.
#[derive(Default)]
pub struct OfKey<'a> {
    /// All of it, in order.
    pub all: Vec<&'a KeyInFile>,
    /// Those that are a variable's value.
    pub variables: Vec<&'a KeyInFile>,
    /// Those where only a person can put another key.
    pub by_hand: Vec<&'a KeyInFile>,
}

/// What a file has.
struct Holds<'a> {
    first: &'a Fingerprint,
    /// Whether it has another key too.
    several: bool,
}

impl<'a> Occurrences<'a> {
    /// Those in `keys_in_files`.
    pub fn new(keys_in_files: &'a [KeyInFile]) -> Self {
        let mut occurrences = Self::default();
        for key_in_file in keys_in_files {
            let key = &key_in_file.fingerprint;
            let of_key = occurrences.by_key.entry(key).or_default();
            of_key.all.push(key_in_file);
            of_key.variables.extend(key_in_file.variable.is_some().then_some(key_in_file));
            of_key.by_hand.extend(key_in_file.by_hand.is_some().then_some(key_in_file));
            if let Some(listed) = key_in_file.listed() {
                occurrences.fingerprints.entry(listed.id).or_insert(key);
            }
            let file = occurrences.by_file.entry(&key_in_file.path);
            let file = file.or_insert(Holds { first: key, several: false });
            file.several |= file.first != key;
        }
        occurrences
    }

    /// Where the key is that has this fingerprint.
    pub fn of(&self, key: &Fingerprint) -> &OfKey<'a> {
        self.by_key.get(key).unwrap_or(&self.nowhere)
    }

    /// Where the key is that the project lists under this id.
    pub fn of_listed(&self, id: Uuid) -> &OfKey<'a> {
        self.fingerprints.get(&id).map_or(&self.nowhere, |key| self.of(key))
    }

    /// Of a key that is in no file.
    pub fn nowhere(&self) -> &OfKey<'a> {
        &self.nowhere
    }

    /// Whether the file of `key_in_file` has another key too.
    pub fn shares_file(&self, key_in_file: &KeyInFile) -> bool {
        self.by_file.get(key_in_file.path.as_path()).is_some_and(|holds| holds.several)
    }
}
