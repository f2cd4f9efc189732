//! What is to be done about a finding. The rules say which; [`super::fix_commands`] makes
//! command lines of it.

use uuid::Uuid;

use super::key_in_file::KeyInFile;
use super::occurrences::Occurrences;
use crate::key::Environment;
use crate::listed_key::ListedKey;
use crate::ops::rotate::journal::Progress;
use crate::secret::Fingerprint;

/// What is to be done.
#[derive(Clone)]
pub enum Fix<'a> {
    /// The key of this location is in the wrong hands: it is replaced where it belongs,
    /// and revoked.
    Retire(&'a KeyInFile),
    /// git is to ignore the file.
    Ignore(&'a KeyInFile),
    /// The location gets a key of its own, of this environment.
    Create(&'a KeyInFile, Environment),
    /// The key is replaced.
    Rotate(&'a ListedKey),
    /// Of the keys of one name, those that are in use are replaced by keys of other
    /// names, and those that nobody seems to use are looked at, and revoked.
    TellApart {
        /// In use beside the one that keeps the name.
        used: Vec<&'a ListedKey>,
        /// The others.
        spare: Vec<&'a ListedKey>,
    },
    /// The key is revoked.
    Revoke(&'a ListedKey),
    /// The key is replaced by one without its wrong domains.
    SetDomains(&'a ListedKey),
    /// The rotation is brought to the end.
    Resume(&'a Progress),
    /// The rotation is undone: its new key is revoked already.
    Abort(&'a Progress),
    /// Too little is known for any advice.
    Nothing,
}

impl<'a> Fix<'a> {
    /// The key, where the service has no such one afterwards.
    pub fn ends(&self) -> Option<Uuid> {
        match self {
            Self::Retire(key_in_file) => key_in_file.listed().map(|listed| listed.id),
            Self::Rotate(listed) | Self::Revoke(listed) | Self::SetDomains(listed) => {
                Some(listed.id)
            }
            Self::Ignore(_)
            | Self::Create(..)
            | Self::TellApart { .. }
            | Self::Resume(_)
            | Self::Abort(_)
            | Self::Nothing => None,
        }
    }

    /// The key that it is about, where the service lists that.
    pub fn key(&self) -> Option<Uuid> {
        match self {
            Self::Create(key_in_file, _) => key_in_file.listed().map(|listed| listed.id),
            Self::TellApart { .. }
            | Self::Ignore(_)
            | Self::Resume(_)
            | Self::Abort(_)
            | Self::Nothing => None,
            _ => self.ends(),
        }
    }

    /// How far it goes where it ends a key: a further one fixes what the others would.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Retire(_) => 3,
            Self::Revoke(_) => 2,
            Self::SetDomains(_) => 1,
            _ => 0,
        }
    }

    /// The key that it ends, so that it is written once; `None` if each finding has a fix of
    /// its own.
    pub fn one_of(&self, occurrences: &Occurrences<'a>) -> Option<Key<'a>> {
        match self {
            Self::Retire(key_in_file) if key_in_file.listed().is_none() => {
                let key = &key_in_file.fingerprint;
                // One that is no variable's value is revoked by the file that it is in.
                (!occurrences.of(key).variables.is_empty()).then_some(Key::Fingerprint(key))
            }
            Self::Resume(rotation) | Self::Abort(rotation) => Some(Key::Id(rotation.plan.old.id)),
            _ => self.ends().map(Key::Id),
        }
    }
}

/// What a key is known by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key<'a> {
    /// The service lists it.
    Id(Uuid),
    /// It is only known from files.
    Fingerprint(&'a Fingerprint),
}
