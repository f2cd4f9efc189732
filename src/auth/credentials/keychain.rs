//! The operating system's keychain: the Secret Service over D-Bus, the macOS
//! keychain, the Windows credential manager.
//!
//! Keychains hang: a bus accepts and says nothing, a locked collection asks on
//! a desktop where nobody sits. So whatever talks to one is on a thread that is
//! left behind at a deadline (`calls.rs`). A command has one connection and one
//! deadline, however many entries it needs.
//!
//! The entries have the service `cencori`. A session's account is
//! `PROFILE@HOST`; one that is too long for one entry has more (`pieces.rs`). A
//! key's is `key:PROJECT:NAME`, with the id of the project that it belongs to, and the
//! name has no `@`, so that it is no session's.

mod calls;
mod key_entry;
#[cfg(any(target_os = "macos", windows))]
mod native;
pub(crate) mod pieces;
#[cfg(all(unix, not(target_vendor = "apple")))]
mod secret_service;

use std::time::Duration;

use zeroize::Zeroizing;

use super::lock::SessionLock;
use super::store::{SessionName, SessionStore, StoreError, StoredSession};
use calls::Calls;
pub use key_entry::{EntryName, EntryNameError, KeyEntry};
#[cfg(any(target_os = "macos", windows))]
use native::NativeEntries as PlatformEntries;
#[cfg(all(unix, not(target_vendor = "apple")))]
use secret_service::SecretServiceEntries as PlatformEntries;

/// The name that all entries of this tool have in common.
const SERVICE: &str = "cencori";

/// How long the keychain may take, and whether it may ask somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// 3 seconds, for any command. Where the platform lets us say so, the
    /// desktop asks for no password: nobody could answer within that time.
    Brief,
    /// A minute, for signing in: the desktop may ask for a password.
    Person,
}

impl Patience {
    /// After what time a thread is left behind.
    pub fn deadline(self) -> Duration {
        match self {
            Self::Brief => Duration::from_secs(3),
            Self::Person => Duration::from_secs(60),
        }
    }

    /// How long a command waits in all, for a keychain that answers each time, but late:
    /// many commands at once are no reason to give up.
    pub fn in_all(self) -> Duration {
        match self {
            Self::Brief => Duration::from_secs(6),
            Self::Person => Duration::from_secs(60),
        }
    }
}

/// The entries of this tool in some keychain, each under an account name.
pub(crate) trait Entries {
    /// The bytes of an entry, if there is such an entry.
    fn read(&self, account: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError>;
    /// Makes or replaces an entry, at once or not at all.
    fn write(&self, account: &str, bytes: &[u8]) -> Result<(), StoreError>;
    /// Removes an entry. True if there was one.
    fn delete(&self, account: &str) -> Result<bool, StoreError>;
}

/// The way to the entries of the keychain.
#[derive(Clone, Copy, Debug)]
struct Access {
    has_bus: bool,
    patience: Patience,
}

impl Access {
    /// Does `work` with the keychain's entries, until the deadline.
    fn within<T: Send + 'static>(
        self,
        work: impl FnOnce(&PlatformEntries) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if cfg!(not(any(target_os = "macos", windows))) && !self.has_bus {
            return Err(StoreError::NoKeychain("there is no D-Bus session".into()));
        }
        let patience = self.patience;
        CALLS.make(patience, move |connection| {
            let entries = match connection.take() {
                Some(entries) => entries,
                None => PlatformEntries::open(patience)?,
            };
            let result = work(&entries);
            // What has failed may go on failing, or go on asking.
            if result.is_ok() {
                *connection = Some(entries);
            }
            result
        })
    }
}

/// Those of this process, which is one command.
static CALLS: Calls<PlatformEntries> = Calls::new();

/// What the keychain of this platform is called, for the middle of a sentence.
pub fn describe() -> &'static str {
    if cfg!(target_os = "macos") {
        "the macOS keychain"
    } else if cfg!(windows) {
        "the Windows credential manager"
    } else {
        "the Secret Service keychain"
    }
}

/// One session in the keychain of the operating system.
#[derive(Clone, Debug)]
pub struct Keychain {
    name: SessionName,
    access: Access,
}

impl Keychain {
    /// The session `name`. Nothing is asked before it is used.
    ///
    /// `has_bus` says whether there is a D-Bus session
    /// ([`crate::context::Variables::has_session_bus`]); without one there is
    /// no keychain where it would be the Secret Service, and looking for one
    /// could start a bus that stays.
    pub fn new(name: SessionName, has_bus: bool, patience: Patience) -> Self {
        Self { name, access: Access { has_bus, patience } }
    }

    /// Does `work` with the keychain's entries and the session's account.
    fn within<T: Send + 'static>(
        &self,
        work: impl FnOnce(&PlatformEntries, &str) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let account = self.name.to_string();
        self.access.within(move |entries| work(entries, &account))
    }
}

impl SessionStore for Keychain {
    fn load(&self) -> Result<Option<StoredSession>, StoreError> {
        let bytes = self.within(pieces::read)?;
        bytes.map(|bytes| StoredSession::from_bytes(&bytes)).transpose()
    }

    fn save(&self, session: &StoredSession, lock: &SessionLock) -> Result<(), StoreError> {
        let (bytes, lock) = (session.to_bytes(), lock.clone());
        self.within(move |entries, account| {
            // A thread that is left behind may still write: it keeps the lock,
            // so that it can't undo what others write later.
            let _lock = lock;
            pieces::write(entries, account, &bytes)
        })
    }

    fn remove(&self, lock: &SessionLock) -> Result<bool, StoreError> {
        let lock = lock.clone();
        self.within(move |entries, account| {
            let _lock = lock;
            pieces::delete(entries, account)
        })
    }

    fn describe(&self) -> String {
        describe().to_owned()
    }
}
