//! The operating system's keychain: the Secret Service over D-Bus, the macOS
//! keychain, the Windows credential manager.
//!
//! Keychains hang: a bus accepts and says nothing, a locked collection asks on
//! a desktop where nobody sits. So whatever talks to one is on a thread that is
//! left behind at a deadline.
//!
//! The entries have the service `cencori`. A session's account is
//! `PROFILE@HOST`; one that is too long for one entry has more (`pieces.rs`). A
//! key's is `key:NAME`, and the name has no `@`, so that it is no session's.

mod key_entry;
#[cfg(any(target_os = "macos", windows))]
mod native;
pub(crate) mod pieces;
#[cfg(all(unix, not(target_vendor = "apple")))]
mod secret_service;

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use super::lock::SessionLock;
use super::store::{SessionName, SessionStore, StoreError, StoredSession};
pub use key_entry::{EntryName, EntryNameError, KeyEntry};
#[cfg(any(target_os = "macos", windows))]
use native::NativeEntries as PlatformEntries;
#[cfg(all(unix, not(target_vendor = "apple")))]
use secret_service::SecretServiceEntries as PlatformEntries;

/// The name that all entries of this tool have in common.
const SERVICE: &str = "cencori";

/// How long a keychain may take, and whether it may ask somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// 3 seconds, for any command. Where the platform lets us say so, the
    /// desktop asks for nothing: nobody could answer within that time.
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
}

/// The entries of this tool in some keychain, each under an account name.
pub(crate) trait Entries {
    /// The bytes of an entry, if there is such an entry.
    fn read(&self, account: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError>;
    /// Makes or replaces an entry, at once or not at all.
    fn write(&self, account: &str, bytes: &[u8]) -> Result<(), StoreError>;
    /// Removes an entry. True where there was one.
    fn delete(&self, account: &str) -> Result<bool, StoreError>;
}

/// The way to the entries of the keychain.
#[derive(Clone, Copy, Debug)]
struct Access {
    has_bus: bool,
    patience: Patience,
}

impl Access {
    /// Does `work` with the keychain's entries, until the deadline. `label` is
    /// what a keychain's own window calls what is written.
    fn within<T: Send + 'static>(
        self,
        label: String,
        work: impl FnOnce(&PlatformEntries) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if cfg!(not(any(target_os = "macos", windows))) && !self.has_bus {
            return Err(StoreError::NoKeychain("there is no D-Bus session".into()));
        }
        let patience = self.patience;
        until(patience.deadline(), move || work(&PlatformEntries::open(&label, patience)?))
    }
}

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
        let label = format!("Cencori session ({account})");
        self.access.within(label, move |entries| work(entries, &account))
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

/// Does `work` on a thread of its own, and stops waiting for it at the deadline.
fn until<T: Send + 'static>(
    deadline: Duration,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let (sender, receiver) = mpsc::channel();
    let thread = thread::Builder::new().name("keychain".into()).spawn(move || {
        // Nobody hears it any more where the deadline has passed.
        let _ = sender.send(work());
    });
    thread.map_err(|error| StoreError::Broken(format!("no thread could be started: {error}")))?;
    receiver.recv_timeout(deadline).unwrap_or_else(|error| match error {
        RecvTimeoutError::Timeout => Err(StoreError::TimedOut(deadline.as_secs().max(1))),
        RecvTimeoutError::Disconnected => {
            Err(StoreError::Broken("the call to the keychain panicked".into()))
        }
    })
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_silent_keychain_is_left_behind() {
        let started = Instant::now();
        let result = until(Duration::from_millis(50), || {
            thread::sleep(Duration::from_secs(600));
            Ok(())
        });
        assert_eq!(result, Err(StoreError::TimedOut(1)));
        assert!(started.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn what_the_keychain_says_comes_through() {
        let deadline = Duration::from_secs(60);
        assert_eq!(until(deadline, || Ok(7)), Ok(7));
        assert_eq!(until::<()>(deadline, || Err(StoreError::Locked)), Err(StoreError::Locked));
    }
}
