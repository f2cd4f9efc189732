//! The Secret Service: GNOME Keyring, KWallet, KeePassXC, over D-Bus.
//!
//! Spoken to without the keyring store on top, for what that one keeps to
//! itself: the prompt can be told not to appear, so that "locked" is known at
//! once and no question is left on a screen that nobody watches. Attributes are
//! those that the keyring crates give to their entries, and only the default
//! collection is used, where an entry is unique.
//!
//! Secrets cross the bus as they are. It is a socket that only its user can
//! reach, and whoever may listen there may as well ask for the secrets.

use std::collections::HashMap;

use dbus_secret_service::{Collection, EncryptionType, Error, Item, SecretService};
use zeroize::Zeroizing;

use super::{Entries, Patience, SERVICE};
use crate::credentials::store::StoreError;

/// How long one call on the bus waits, in seconds; the library's own number.
const CALL: u64 = 2;

/// One connection to the service.
pub struct SecretServiceEntries {
    service: SecretService,
    label: String,
    patience: Patience,
}

impl SecretServiceEntries {
    /// Connects to the bus that the environment names. What is written is called
    /// `label` in the keychain's own window.
    pub fn open(label: &str, patience: Patience) -> Result<Self, StoreError> {
        let prompt = match patience {
            Patience::Brief => 0,
            Patience::Person => patience.deadline().as_secs(),
        };
        let service =
            SecretService::connect_with_max_prompt_timeout(EncryptionType::Plain, prompt)?;
        Ok(Self { service, label: label.to_owned(), patience })
    }

    /// The default collection, unlocked, if there is one.
    fn collection(&self) -> Result<Option<Collection<'_>>, StoreError> {
        let collection = match self.service.get_default_collection() {
            Err(Error::NoResult) => return Ok(None),
            collection => collection?,
        };
        // Also before reading: some services hide what a locked one holds, and
        // then "no session" could not be told from "locked".
        collection.ensure_unlocked()?;
        Ok(Some(collection))
    }

    fn make_collection(&self) -> Result<Collection<'_>, StoreError> {
        let none = || StoreError::NoKeychain("the Secret Service has no default keychain".into());
        if self.patience == Patience::Brief {
            return Err(none());
        }
        // The service asks for the new keychain's password.
        self.service.create_collection("Default", "default").map_err(|error| match error {
            Error::Prompt => none(),
            error => error.into(),
        })
    }
}

impl Entries for SecretServiceEntries {
    fn read(&self, account: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let Some(collection) = self.collection()? else { return Ok(None) };
        let items = collection.search_items(attributes(account))?;
        let Some(item) = items.first() else { return Ok(None) };
        Ok(Some(Zeroizing::new(item.get_secret()?)))
    }

    fn write(&self, account: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let collection = match self.collection()? {
            Some(collection) => collection,
            None => self.make_collection()?,
        };
        collection.create_item(&self.label, attributes(account), bytes, true, "text/plain")?;
        Ok(())
    }

    fn delete(&self, account: &str) -> Result<bool, StoreError> {
        let Some(collection) = self.collection()? else { return Ok(false) };
        let items = collection.search_items(attributes(account))?;
        items.iter().try_for_each(Item::delete)?;
        Ok(!items.is_empty())
    }
}

fn attributes(account: &str) -> HashMap<&str, &str> {
    HashMap::from([("service", SERVICE), ("username", account)])
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        let name = match &error {
            Error::Dbus(error) => error.name().unwrap_or_default().to_owned(),
            // A prompt was dismissed, or was not to appear.
            Error::Locked | Error::Prompt => return Self::Locked,
            Error::Unavailable => return Self::NoKeychain(error.to_string()),
            _ => return Self::Broken(error.to_string()),
        };
        match name.rsplit_once(".Error.").map_or(name.as_str(), |(_, kind)| kind) {
            "IsLocked" => Self::Locked,
            "NoReply" | "Timeout" | "TimedOut" => Self::TimedOut(CALL),
            // Of the bus: it is not there, or not reachable for us.
            "NoServer" | "FileNotFound" | "BadAddress" | "AuthFailed" | "AccessDenied"
            | "NotSupported" | "Disconnected" => Self::NoKeychain(error.to_string()),
            // Of the service: none there, and none that could be started.
            "ServiceUnknown" | "NameHasNoOwner" => {
                Self::NoKeychain(format!("no Secret Service is running ({error})"))
            }
            kind if kind.starts_with("Spawn.") => {
                Self::NoKeychain(format!("the Secret Service could not be started ({error})"))
            }
            _ => Self::Broken(error.to_string()),
        }
    }
}
