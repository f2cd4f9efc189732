//! The names of keys that command lines make.

use std::collections::{HashMap, HashSet};

use crate::listed_key::ListedKey;

/// The names that there are, and those that are given away.
pub struct Names<'a> {
    listed: HashSet<&'a str>,
    /// The place that each name was given to.
    places: HashMap<String, String>,
    /// For each name that was wanted, the number that comes next behind it.
    next: HashMap<String, u64>,
    /// What each place got for the name that it wanted.
    given: HashMap<(String, String), String>,
}

impl<'a> Names<'a> {
    /// Those of the live keys, none given away.
    pub fn new(listed: &'a [ListedKey]) -> Self {
        Self {
            listed: listed.iter().map(|key| key.name.as_str()).collect(),
            places: HashMap::new(),
            next: HashMap::new(),
            given: HashMap::new(),
        }
    }

    /// `name`, or with a number behind it where a live key has that name, or another
    /// place than `place` gets it.
    pub fn free(&mut self, name: &str, place: &str) -> String {
        let wanted = (name.to_owned(), place.to_owned());
        if let Some(given) = self.given.get(&wanted) {
            return given.clone();
        }
        let free = |name: &str| {
            self.places.get(name).is_none_or(|other| other == place) && !self.listed.contains(name)
        };
        // All before it are taken.
        let first = self.next.get(name).copied().unwrap_or(1);
        let numbered = |number| match number {
            1 => (1, name.to_owned()),
            number => (number, format!("{name}-{number}")),
        };
        let found = (first..).map(numbered).find(|(_, name)| free(name));
        let (number, found) = found.unwrap_or_default();
        self.next.insert(name.to_owned(), number + 1);
        self.places.insert(found.clone(), place.to_owned());
        self.given.insert(wanted, found.clone());
        found
    }
}
