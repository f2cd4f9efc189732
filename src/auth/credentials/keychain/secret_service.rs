//! The Secret Service: GNOME Keyring, KWallet, KeePassXC, over D-Bus.
//!
//! Spoken to without the keyring store on top, for what that one keeps to
//! itself: the prompt for a password can be told not to appear, so that "locked" is
//! known at once and no question is left on a screen that nobody watches. A prompt for
//! something else is another matter: KeePassXC answers every `CreateItem` with one, and
//! completes it by itself unless it was set up to ask. Attributes are
//! those that the keyring crates give to their entries, and only the default
//! collection is used, where an entry is unique.
//!
//! Secrets cross the bus as they are. It is a socket that only its user can
//! reach, and whoever may listen there may as well ask for the secrets.

use std::collections::HashMap;

use dbus_secret_service::{Collection, EncryptionType, Error, SecretService};
use zeroize::Zeroizing;

use super::{Entries, Patience, SERVICE};
use crate::auth::credentials::store::StoreError;

/// How long one call on the bus waits, in seconds; the library's own number.
const CALL: u64 = 2;

/// How long a prompt that is not for a password may take where nobody is expected to
/// answer it, in seconds: less than [`Patience::Brief`] allows for, so that it is known
/// what took so long.
const PROMPT: u64 = 2;

/// One connection to the service.
pub struct SecretServiceEntries {
    service: SecretService,
    patience: Patience,
}

impl SecretServiceEntries {
    /// Connects to the bus that the environment names.
    pub fn open(patience: Patience) -> Result<Self, StoreError> {
        Ok(Self { service: connect(prompt(patience))?, patience })
    }

    /// What a prompt means that nobody has agreed to, where no collection is locked.
    fn asked(&self, error: Error) -> StoreError {
        match error {
            Error::Prompt => StoreError::Asks(prompt(self.patience)),
            error => error.into(),
        }
    }

    /// The default collection, unlocked, if there is one.
    fn collection(&self) -> Result<Option<Collection<'_>>, StoreError> {
        let collection = match self.service.get_default_collection() {
            Err(Error::NoResult) => return Ok(None),
            collection => collection?,
        };
        // Also before reading: some services hide what a locked one holds, and
        // then "no session" could not be told from "locked".
        if collection.is_locked()? {
            match self.patience {
                // Some open without a password, and without a prompt.
                Patience::Brief => connect(0)?.get_default_collection()?.unlock()?,
                Patience::Person => collection.unlock()?,
            }
        }
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
        match item.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            // Somebody has removed it since it was found.
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn write(&self, account: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let collection = match self.collection()? {
            Some(collection) => collection,
            None => self.make_collection()?,
        };
        // What the keychain's own window calls it.
        let label = format!("Cencori ({account})");
        let created =
            collection.create_item(&label, attributes(account), bytes, true, "text/plain");
        created.map(drop).map_err(|error| self.asked(error))
    }

    fn delete(&self, account: &str) -> Result<bool, StoreError> {
        let Some(collection) = self.collection()? else { return Ok(false) };
        let items = collection.search_items(attributes(account))?;
        let mut was_there = false;
        for item in &items {
            match item.delete() {
                Ok(()) => was_there = true,
                Err(error) if is_gone(&error) => {}
                Err(error) => return Err(self.asked(error)),
            }
        }
        Ok(was_there)
    }
}

/// Connects, and has a prompt wait for somebody for `prompt` seconds; with 0 none
/// appears.
fn connect(prompt: u64) -> Result<SecretService, Error> {
    SecretService::connect_with_max_prompt_timeout(EncryptionType::Plain, prompt)
}

/// How long somebody is waited for, in seconds.
fn prompt(patience: Patience) -> u64 {
    match patience {
        Patience::Brief => PROMPT,
        Patience::Person => patience.deadline().as_secs(),
    }
}

/// Whether an item is no more: another command, or another program, has removed it.
fn is_gone(error: &Error) -> bool {
    let Error::Dbus(error) = error else { return false };
    let kind = error.name().and_then(|name| name.rsplit_once(".Error.")).map(|(_, kind)| kind);
    matches!(kind, Some("NoSuchObject" | "UnknownObject" | "UnknownMethod"))
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
