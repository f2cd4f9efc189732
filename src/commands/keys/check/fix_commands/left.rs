//! What command lines leave as it is: for a person to change, or to lose its key.

use super::{FixCommands, KeyInFile, OfKey};
use crate::destinations::Destination;
use crate::failure::SuggestedCommand;
use crate::ops::rotate::journal::Progress;
use crate::ui::command_line::Unshowable;

impl<'a> FixCommands<'a> {
    /// Whether the old key of a rotation stands where that does not put the new one.
    pub(super) fn is_left_behind(&self, key_in_file: &KeyInFile, rotation: &Progress) -> bool {
        if key_in_file.listed().is_none_or(|listed| listed.id != rotation.plan.old.id) {
            return false;
        }
        let path = key_in_file.at.own().and_then(|own| own.canonicalize().ok());
        let is_place = |place: &Destination| match place {
            Destination::DotenvFile(file) => {
                Some(file.path()) == path.as_deref()
                    && Some(file.variable()) == key_in_file.variable.as_ref()
            }
            _ => false,
        };
        let known = rotation.plan.destinations.iter().any(is_place);
        (key_in_file.by_hand.is_some() && !self.is_leak(key_in_file))
            || (key_in_file.variable.is_some() && !known)
    }

    /// Whether whoever reads the key there is to lose it.
    pub(super) fn is_leak(&self, key_in_file: &KeyInFile) -> bool {
        let kept = key_in_file.at.own().is_some_and(|own| self.kept_files.contains(own));
        // A rotation has to be told of the file.
        key_in_file.is_leak() && !kept && self.obstacle(key_in_file).is_none()
    }

    /// Why no command can name the file, if so.
    pub(super) fn obstacle(&self, key_in_file: &KeyInFile) -> Option<Unshowable> {
        let names_it =
            SuggestedCommand::cencori([]).file(&key_in_file.path).file(&key_in_file.written);
        self.commands.line(&names_it).err()
    }

    /// The variables with the key, in files that commands can name.
    ///
    /// # Errors
    /// If there are some, and no command can name any of them: why not.
    pub(super) fn nameable(&self, of_key: &OfKey<'a>) -> Result<Vec<&'a KeyInFile>, String> {
        let all = of_key.variables.iter().copied();
        let places: Vec<_> = all.filter(|it| self.obstacle(it).is_none()).collect();
        match of_key.variables.first().and_then(|it| self.obstacle(it)) {
            Some(why) if places.is_empty() => Err(format!("what fixes it can't be shown: {why}")),
            _ => Ok(places),
        }
    }

    /// The others, which a person has to change: they keep no command from being shown that
    /// is about other files.
    pub(super) fn unnameable(&self, of_key: &OfKey<'a>) -> impl Iterator<Item = &'a KeyInFile> {
        of_key.variables.iter().copied().filter(|it| self.obstacle(it).is_some())
    }

    /// Of the places of a key those that a rotation leaves to lose it.
    pub(super) fn leaks(&self, of_key: &OfKey<'a>) -> Vec<&'a KeyInFile> {
        of_key.by_hand.iter().copied().filter(|it| self.is_leak(it)).collect()
    }

    /// Those that a person has to change before it is revoked.
    pub(super) fn waits_for(&self, of_key: &OfKey<'a>) -> impl Iterator<Item = &'a KeyInFile> {
        let by_hand = of_key.by_hand.iter().copied().filter(|it| !self.is_leak(it));
        by_hand.chain(self.unnameable(of_key))
    }

    /// Whether the old key of a rotation stands anywhere where that does not put the new
    /// one.
    pub(super) fn leaves_behind(&self, rotation: &Progress) -> bool {
        let of_key = self.occurrences.of_listed(rotation.plan.old.id);
        of_key.all.iter().any(|it| self.is_left_behind(it, rotation))
    }
}
