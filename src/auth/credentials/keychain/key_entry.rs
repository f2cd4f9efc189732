//! A key in the keychain, under a name that a person gave it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Access, Entries as _, Patience};
use crate::auth::credentials::store::StoreError;
use crate::secret::Secret;

/// Longest name, in characters; as long as a key's own.
const LONGEST: usize = 255;

/// The account that [`KeyEntry::preflight`] writes and removes.
const REHEARSAL: &str = "rehearsal";

/// What a key is called in the keychain.
///
/// It has no `@`: every session's account has one, and so no name can stand for
/// a session, whatever the profile is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntryName(String);

impl EntryName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl TryFrom<String> for EntryName {
    type Error = EntryNameError;

    fn try_from(text: String) -> Result<Self, EntryNameError> {
        text.parse()
    }
}

impl From<EntryName> for String {
    fn from(name: EntryName) -> Self {
        name.0
    }
}

impl FromStr for EntryName {
    type Err = EntryNameError;

    fn from_str(text: &str) -> Result<Self, EntryNameError> {
        let fits = !text.is_empty()
            && text.trim() == text
            && text.chars().count() <= LONGEST
            && !text.chars().any(|character| character.is_control() || character == '@');
        fits.then(|| Self(text.to_owned())).ok_or(EntryNameError)
    }
}

/// A text is no [`EntryName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryNameError;

impl fmt::Display for EntryNameError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "a key's name in the keychain has 1 to {LONGEST} characters, no `@`, no control \
             characters and no space at its ends"
        )
    }
}

impl std::error::Error for EntryNameError {}

/// One key in the keychain of the operating system, of one project: a name says
/// nothing without that, so that the `cencori.toml` of another project can't ask for
/// the key.
#[derive(Clone, Debug)]
pub struct KeyEntry {
    project: Uuid,
    name: EntryName,
    access: Access,
}

impl KeyEntry {
    /// The key `name` of `project`. Nothing is asked before it is used; `has_bus` and
    /// `patience` as for [`super::Keychain::new`].
    pub fn new(project: Uuid, name: EntryName, has_bus: bool, patience: Patience) -> Self {
        Self { project, name, access: Access { has_bus, patience } }
    }

    /// The key, if there is one of that name.
    ///
    /// # Errors
    /// If it can't be said, or what is there is no text.
    pub fn load(&self) -> Result<Option<Secret>, StoreError> {
        let account = self.account();
        let bytes = self.access.within(move |entries| entries.read(&account))?;
        bytes.as_ref().map(text).transpose()
    }

    /// Keeps `key` in place of what was kept under that name.
    ///
    /// # Errors
    /// If it was not stored, or not surely.
    pub fn save(&self, key: &Secret) -> Result<(), StoreError> {
        let (account, key) = (self.account(), key.clone());
        self.access.within(move |entries| entries.write(&account, key.expose().as_bytes()))
    }

    /// Forgets the key. True if there was one.
    ///
    /// # Errors
    /// If it may still be there.
    pub fn remove(&self) -> Result<bool, StoreError> {
        let account = self.account();
        self.access.within(move |entries| entries.delete(&account))
    }

    /// Finds out whether something can be stored: writes an entry that says
    /// nothing, and removes it. That a keychain can be read does not mean that;
    /// there may be none yet to write to. Commands that do so at once are in nobody's
    /// way: each is content where its entry is gone in the end.
    ///
    /// # Errors
    /// Why not.
    pub fn preflight(&self) -> Result<(), StoreError> {
        self.access.within(|entries| {
            entries.write(REHEARSAL, b"Made and removed by cencori")?;
            entries.delete(REHEARSAL).map(drop)
        })
    }

    /// Whether there is a key of this name that belongs to no project, as early
    /// versions stored them. It is given to nobody.
    ///
    /// # Errors
    /// If it can't be said.
    pub fn is_unbound(&self) -> Result<bool, StoreError> {
        let account = format!("key:{}", self.name);
        self.access.within(move |entries| Ok(entries.read(&account)?.is_some()))
    }

    /// A project's id is always equally long, so that no two names give one account.
    fn account(&self) -> String {
        format!("key:{}:{}", self.project, self.name)
    }
}

/// What an entry has; of something else than a key nothing is repeated.
fn text(bytes: &Zeroizing<Vec<u8>>) -> Result<Secret, StoreError> {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_empty() && !text.contains('\0') => Ok(Secret::new(text)),
        _ => Err(StoreError::Damaged("the entry holds no text".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_can_stand_for_a_session() {
        for name in ["web", "my key", "key:web", "schlüssel/1"] {
            assert_eq!(name.parse::<EntryName>().unwrap().as_str(), name);
        }
        let long = "x".repeat(256);
        for name in ["", " ", " web", "a@b", "default@cencori.com", "a\nb", "a\0b", &long] {
            assert_eq!(name.parse::<EntryName>(), Err(EntryNameError), "{name:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_not_repeated() {
        let damaged = |bytes: &[u8]| text(&Zeroizing::new(bytes.to_vec())).unwrap_err();
        for bytes in [&b""[..], b"csk_\0", b"csk_\xff"] {
            assert!(!damaged(bytes).to_string().contains("csk_"));
        }
    }
}
