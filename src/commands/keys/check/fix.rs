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
    /// The key of this place is in the wrong hands: it is replaced where it belongs,
    /// and revoked.
    Retire(&'a KeyInFile),
    /// git is to ignore the file.
    Ignore(&'a KeyInFile),
    /// The place gets a key of its own, of this environment.
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
            | Self::Nothing => None,
        }
    }

    /// The key that it is about, where the service lists that.
    pub fn key(&self) -> Option<Uuid> {
        match self {
            Self::Create(key_in_file, _) => key_in_file.listed().map(|listed| listed.id),
            Self::TellApart { .. } | Self::Ignore(_) | Self::Resume(_) | Self::Nothing => None,
            _ => self.ends(),
        }
    }

    /// How far it goes where it ends a key: a further one fixes what the others would.
    pub fn reach(&self) -> u8 {
        match self {
            Self::Retire(_) => 3,
            Self::Revoke(_) => 2,
            Self::SetDomains(_) => 1,
            _ => 0,
        }
    }

    /// What the key is known by that it is about, where that is in a file.
    pub fn fingerprint(&self, occurrences: &Occurrences<'a>) -> Option<&'a Fingerprint> {
        let id = match self {
            Self::Retire(key_in_file) | Self::Create(key_in_file, _) => {
                return Some(&key_in_file.fingerprint);
            }
            Self::Resume(rotation) => rotation.plan.old.id,
            _ => self.ends()?,
        };
        occurrences.fingerprint(id)
    }

    /// What fixes have in common that come to the same, however many findings have them. `None` if
    /// one is for its own place alone.
    pub fn group(&self, occurrences: &Occurrences<'a>) -> Option<Group<'a>> {
        match self {
            // Revoked by the file that it is in.
            Self::Retire(key_in_file)
                if key_in_file.listed().is_none()
                    && occurrences.of(&key_in_file.fingerprint).variables.is_empty() =>
            {
                None
            }
            Self::Retire(key_in_file) => Some(Group::Retire(&key_in_file.fingerprint)),
            Self::Rotate(key) => Some(Group::Rotate(key.id)),
            Self::Revoke(key) => Some(Group::Revoke(key.id)),
            Self::SetDomains(key) => Some(Group::SetDomains(key.id)),
            Self::Resume(rotation) => Some(Group::Resume(rotation.plan.old.id)),
            Self::Ignore(_) | Self::Create(..) | Self::TellApart { .. } | Self::Nothing => None,
        }
    }
}

/// See [`Fix::group`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group<'a> {
    /// Of [`Fix::Retire`].
    Retire(&'a Fingerprint),
    /// Of [`Fix::Rotate`].
    Rotate(Uuid),
    /// Of [`Fix::Revoke`].
    Revoke(Uuid),
    /// Of [`Fix::SetDomains`].
    SetDomains(Uuid),
    /// Of [`Fix::Resume`].
    Resume(Uuid),
}
