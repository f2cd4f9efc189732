//! Where a new key is put. Each kind of destination is one file and implements
//! [`Storage`]; [`Destination`] is what a destination is called on disk, so that an
//! interrupted creation can be finished by the same code.

pub mod command;
pub mod defaults;
pub mod dotenv_file;
pub mod guards;
pub mod keychain_entry;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::key::KeyType;
use crate::listed_key::ListedKey;
use crate::secret::Secret;

/// A destination that takes a key.
pub trait Storage {
    /// What the destination is called: `.env as CENCORI_API_KEY`.
    fn describe(&self) -> String;

    /// Finds out whether the key could be put there, without putting it
    /// there: called before the key exists.
    ///
    /// # Errors
    /// Why not, and what to do.
    fn preflight(&self) -> Result<(), Failure>;

    /// Puts the key there and reads it back.
    ///
    /// # Errors
    /// Why it is not there.
    fn store(&self, key: &Secret) -> Result<(), Failure>;

    /// The text of `key`, if it is there. A destination that can't be looked into has none.
    ///
    /// # Errors
    /// If it can't be looked at now.
    fn find(&self, key: &ListedKey) -> Result<Option<Secret>, Failure>;

    /// Puts `old` back where `new` is, if there is a new key already. Where
    /// nothing stood before, nothing does then.
    ///
    /// # Errors
    /// Why it may still be there.
    fn restore(&self, new: Option<&ListedKey>, old: Option<&Secret>) -> Result<Restored, Failure>;
}

/// What came of putting a key back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restored {
    /// The destination is as it was.
    Done,
    /// Somebody has put another value there since, which stays.
    SomebodyElses,
    /// The destination can't be looked into, and the old key is not at hand.
    OutOfReach,
}

/// A destination, as it is written into the record of a creation.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Destination {
    /// A variable in a `.env` file.
    DotenvFile(dotenv_file::DotenvFile),
    /// An entry of the operating system's keychain.
    Keychain(keychain_entry::KeychainEntry),
    /// The standard input of a command.
    Command(command::Command),
}

impl Destination {
    /// The destination itself.
    pub fn storage(&self) -> &dyn Storage {
        match self {
            Self::DotenvFile(file) => file,
            Self::Keychain(entry) => entry,
            Self::Command(command) => command,
        }
    }

    /// Puts a key there, unless something forbids that by now.
    ///
    /// # Errors
    /// Why it is not there.
    pub fn store(&self, key_type: KeyType, key: &Secret) -> Result<(), Failure> {
        match self {
            Self::DotenvFile(file) => {
                guards::refuse(file, key_type, guards::git_state(file.path()))?;
            }
            Self::Keychain(entry) => guards::refuse_keychain_variable(entry.variable(), key_type)?,
            Self::Command(_) => {}
        }
        self.storage().store(key)
    }

    /// Tells a destination that was read from disk what is around this process: whether
    /// there is a D-Bus session, on which a keychain could be found.
    pub fn set_session_bus(&mut self, has_bus: bool) {
        if let Self::Keychain(entry) = self {
            entry.set_session_bus(has_bus);
        }
    }

    /// Whether it had a value when it was looked at, which a new key replaces.
    /// That of a command is not known.
    pub fn replaces_a_value(&self) -> bool {
        match self {
            Self::DotenvFile(file) => !file.replaces().is_empty(),
            Self::Keychain(entry) => entry.replaces().is_some(),
            Self::Command(_) => false,
        }
    }

    /// Whether the key can be put there again by a later run. A command is not
    /// run by anyone but the person who asked for it.
    pub fn can_be_resumed(&self) -> bool {
        matches!(self, Self::DotenvFile(_) | Self::Keychain(_))
    }
}
