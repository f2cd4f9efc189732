//! The keychains of macOS and Windows, through the keyring crates.

use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error};
use zeroize::Zeroizing;

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;
#[cfg(windows)]
use windows_native_keyring_store::Store;

use super::{Entries, Patience, SERVICE};
use crate::auth::credentials::store::StoreError;

/// The platform's own store.
pub struct NativeEntries {
    store: std::sync::Arc<Store>,
}

impl NativeEntries {
    /// Neither platform can be told not to ask; the deadline has to do.
    pub fn open(_: Patience) -> Result<Self, StoreError> {
        Ok(Self { store: Store::new()? })
    }

    fn entry(&self, account: &str) -> Result<Entry, StoreError> {
        Ok(self.store.build(SERVICE, account, None)?)
    }
}

impl Entries for NativeEntries {
    fn read(&self, account: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        match self.entry(account)?.get_secret() {
            Err(Error::NoEntry) => Ok(None),
            secret => Ok(Some(Zeroizing::new(secret?))),
        }
    }

    fn write(&self, account: &str, bytes: &[u8]) -> Result<(), StoreError> {
        Ok(self.entry(account)?.set_secret(bytes)?)
    }

    fn delete(&self, account: &str) -> Result<bool, StoreError> {
        match self.entry(account)?.delete_credential() {
            Err(Error::NoEntry) => Ok(false),
            result => Ok(result.map(|()| true)?),
        }
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match &error {
            Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) if is_locked(cause) => {
                Self::Locked
            }
            Error::NoStorageAccess(cause) => Self::NoKeychain(cause.to_string()),
            // These hold what was stored, so that only their kind is told.
            Error::BadEncoding(_) | Error::BadDataFormat(..) => {
                Self::Damaged("an entry is not as it was written".into())
            }
            _ => Self::Broken(error.to_string()),
        }
    }
}

/// `errSecInteractionNotAllowed`: locked, and nobody can be asked, as over SSH;
/// `errSecAuthFailed` and `errSecUserCanceled`: somebody was, in vain.
#[cfg(target_os = "macos")]
fn is_locked(cause: &keyring_core::error::PlatformError) -> bool {
    let error = cause.downcast_ref::<security_framework::base::Error>();
    error.is_some_and(|error| [-25_308, -25_293, -128].contains(&error.code()))
}

/// The credential manager opens with the account.
#[cfg(windows)]
fn is_locked(_: &keyring_core::error::PlatformError) -> bool {
    false
}
