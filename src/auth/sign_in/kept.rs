//! A session that outlives the command: where it is kept, and how it stays
//! good.
//!
//! A stored session is renewed before it is used, by whoever holds its lock,
//! and stored before anything is done with it. What is sent as a cookie has no
//! refresh token in it, so that the service never renews it on its own
//! (contract, *Refresh*): there is one place where a refresh token is used.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::api::browser_session::{self, Tokens};
use crate::api::session;
use crate::api::{ApiError, Transport};
use crate::auth::credentials::keychain::{Keychain, Patience};
use crate::auth::credentials::lock::SessionLock;
use crate::auth::credentials::session_file::SessionFile;
use crate::auth::credentials::store::{SessionName, SessionStore, StoreError, StoredSession};
use crate::disk::{self, Folder, lock};
use crate::failure::{Failure, Hint, Kind, SuggestedCommand};

/// How long before its end an access token is renewed, in seconds: the service
/// takes none in its last 90 seconds, and a command needs some time.
const RENEWED_BEFORE: i64 = 150;

/// The place of one profile's session at one host.
pub struct KeptSession {
    name: SessionName,
    state: PathBuf,
    has_bus: bool,
    /// Whether the keychain may be used: a sandbox's session never enters it.
    keychain: bool,
    /// What is waited for where something is stored.
    patience: Patience,
}

/// A session that is good to be used.
#[derive(Debug)]
pub struct Fresh {
    /// The session.
    pub session: StoredSession,
    /// Why it could not be stored, where it was renewed and could not be. It is good for
    /// this run all the same, and the next one can renew the stored one again (contract,
    /// *Refresh*: the refresh token before the current one may be replayed).
    pub unstored: Option<StoreError>,
}

impl KeptSession {
    /// `state` is the state folder, `has_bus` whether the environment names a
    /// session bus, `keychain` whether the session may be in the keychain; `patience` is
    /// for somebody who has to agree to what is stored there.
    pub fn new(
        name: SessionName,
        state: PathBuf,
        has_bus: bool,
        keychain: bool,
        patience: Patience,
    ) -> Self {
        Self { name, state, has_bus, keychain, patience }
    }

    /// The store that a session is in or would be in: the file where there is
    /// one, or where the keychain may not be used.
    pub fn store(&self, patience: Patience) -> Box<dyn SessionStore> {
        if self.is_in_keychain() {
            Box::new(self.keychain(patience))
        } else {
            Box::new(self.file())
        }
    }

    /// Whether the keychain is the store that a session is in or would be in.
    pub fn is_in_keychain(&self) -> bool {
        self.keychain && !self.name.file(&self.state).exists()
    }

    /// The store for a session that is to be kept in a file.
    pub fn file(&self) -> SessionFile {
        SessionFile::new(self.name.file(&self.state))
    }

    fn keychain(&self, patience: Patience) -> Keychain {
        Keychain::new(self.name.clone(), self.has_bus, patience)
    }

    /// Whether the keychain may hold the session.
    pub fn may_use_keychain(&self) -> bool {
        self.keychain
    }

    /// The session as it is stored.
    ///
    /// # Errors
    /// If the store does not say.
    pub fn load(&self) -> Result<Option<StoredSession>, Failure> {
        self.store(Patience::Brief).load().map_err(store_failure)
    }

    /// `session`, renewed where it is about to end.
    ///
    /// # Errors
    /// If the session has ended, or the service or the store fails.
    pub fn fresh(&self, session: StoredSession, transport: &Transport) -> Result<Fresh, Failure> {
        if ends_soon(&session) {
            self.renew(transport, ends_soon)
        } else {
            Ok(Fresh { session, unstored: None })
        }
    }

    /// Renews the session where it still is `due` once nobody else can change
    /// it. Stored before it is given, where the store takes it.
    ///
    /// # Errors
    /// If the session has ended, or the service fails, or the store can't be read.
    pub fn renew(
        &self,
        transport: &Transport,
        due: impl Fn(&StoredSession) -> bool,
    ) -> Result<Fresh, Failure> {
        let lock = self.lock()?;
        let store = self.store(Patience::Brief);
        // Another command may have renewed it while this one waited.
        let session = store.load().map_err(store_failure)?.ok_or_else(signed_out)?;
        if !due(&session) {
            return Ok(Fresh { session, unstored: None });
        }
        let tokens = browser_session::refresh(transport, &session.refresh_token)
            .map_err(|error| ended(&session, error))?;
        let renewed = StoredSession {
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            expires_at: tokens.expires_at,
            ..session
        };
        let unstored = self.store(self.patience).save(&renewed, &lock).err();
        Ok(Fresh { session: renewed, unstored })
    }

    /// Keeps a new session, in the file where `insecure`, and forgets one that
    /// is elsewhere. Gives what the place is called.
    ///
    /// # Errors
    /// If it was not stored.
    pub fn keep(
        &self,
        session: &StoredSession,
        insecure: bool,
        patience: Patience,
    ) -> Result<String, Failure> {
        let lock = self.lock()?;
        if insecure || !self.keychain {
            let file = self.file();
            file.save(session, &lock).map_err(store_failure)?;
            if self.keychain && self.has_bus {
                // An older one there would come back once the file is gone.
                let _ = self.keychain(Patience::Brief).remove(&lock);
            }
            return Ok(file.describe());
        }
        let keychain = self.keychain(patience);
        keychain.save(session, &lock).map_err(store_failure)?;
        // Some say yes, and keep nothing.
        if keychain.load().map_err(store_failure)?.as_ref() != Some(session) {
            let message = "what was stored does not read back".to_owned();
            return Err(store_failure(StoreError::Broken(message)));
        }
        self.file().remove(&lock).map_err(store_failure)?;
        Ok(keychain.describe())
    }

    /// Finds out whether a session could be kept, before anybody signs in.
    ///
    /// # Errors
    /// Why not.
    pub fn preflight(&self, insecure: bool, patience: Patience) -> Result<(), Failure> {
        let _lock = self.lock()?;
        if !insecure && self.keychain {
            return match self.keychain(patience).load() {
                // It is about to be replaced.
                Err(StoreError::Damaged(_)) => Ok(()),
                other => other.map(drop).map_err(store_failure),
            };
        }
        let path = self.name.file(&self.state);
        let folder = Folder::open(disk::folder_of(&path));
        folder.and_then(|folder| folder.preflight_replace(b"{}", None)).map_err(|error| {
            store_failure(StoreError::Broken(format!(
                "{} can't be written: {error}",
                path.display()
            )))
        })
    }

    /// Forgets the session.
    ///
    /// # Errors
    /// If it may still be there.
    pub fn forget(&self) -> Result<(), Failure> {
        let lock = self.lock()?;
        self.store(self.patience).remove(&lock).map(drop).map_err(store_failure)
    }

    fn lock(&self) -> Result<SessionLock, Failure> {
        SessionLock::acquire(&self.name.lock_file(&self.state), lock::PATIENCE)
            .map_err(store_failure)
    }
}

/// What a session of the service is kept as. `None` if the access token is not of the known form.
pub fn stored(tokens: &Tokens) -> Option<StoredSession> {
    Some(StoredSession {
        access_token: tokens.access_token.clone(),
        refresh_token: tokens.refresh_token.clone(),
        expires_at: tokens.expires_at,
        cookie_name: session::cookie_name(&tokens.access_token)?,
        email: tokens.email.clone(),
    })
}

/// What the service is shown to end a session that was kept.
pub fn tokens(session: &StoredSession) -> Tokens {
    Tokens {
        access_token: session.access_token.clone(),
        refresh_token: session.refresh_token.clone(),
        expires_at: session.expires_at,
        email: session.email.clone(),
    }
}

/// Whether a session is renewed before it is used.
pub fn ends_soon(session: &StoredSession) -> bool {
    session.expires_at < Timestamp::now().as_second() + RENEWED_BEFORE
}

/// A store's error, with what to do about it.
pub fn store_failure(error: StoreError) -> Failure {
    let kind = match error {
        StoreError::Busy(_) => Kind::Unavailable,
        StoreError::Broken(_) => Kind::Failed,
        _ => Kind::NotSignedIn,
    };
    Failure::new(kind, &error).hint(error.hint())
}

fn signed_out() -> Failure {
    Failure::new(Kind::NotSignedIn, "Nobody is signed in")
        .hint(Hint::from("Sign in with ").command(SuggestedCommand::cencori(["auth", "login"])))
}

/// A refresh that was refused. The session stays stored: the service says the
/// same while it is having trouble (contract, *401 is ambiguous*).
fn ended(session: &StoredSession, error: ApiError) -> Failure {
    match error.status() {
        Some(400 | 401) => {
            let who =
                session.email.as_deref().map_or_else(String::new, |email| format!(" of {email}"));
            Failure::new(
                Kind::NotSignedIn,
                format!("The session{who} has ended, or can't be renewed now: {error}"),
            )
            .hint(
                Hint::from("Sign in again with ")
                    .command(SuggestedCommand::cencori(["auth", "login"]))
                    .text("; if that fails too, the service is having trouble"),
            )
        }
        _ => Failure::from(error).context("The session could not be renewed"),
    }
}
