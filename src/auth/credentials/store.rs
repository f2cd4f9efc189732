//! Sessions that outlive a command: what is kept of one, and what every place
//! to keep it in can do.
//!
//! Nothing here deletes a session but [`SessionStore::remove`]: neither an
//! error of a store nor a 401 of the service says that a session is of no use
//! (contract, *401 is ambiguous*).

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::lock::SessionLock;
use crate::failure::{Hint, SuggestedCommand};
use crate::secret::Secret;

/// The form of [`StoredSession::to_bytes`]; a later one is not guessed at.
const VERSION: u32 = 1;

/// What is needed of a session to continue it, and nothing more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// What the service is shown.
    pub access_token: Secret,
    /// What a new session is made with, once.
    pub refresh_token: Secret,
    /// When the access token ends, in seconds since 1970.
    pub expires_at: i64,
    /// The name of the cookie, before it is split.
    pub cookie_name: String,
    /// The account, where it is known: for messages only.
    pub email: Option<String>,
}

/// The stored form, borrowed, so that no second copy of a secret is made.
#[derive(Serialize)]
struct Written<'session> {
    version: u32,
    access_token: &'session str,
    refresh_token: &'session str,
    expires_at: i64,
    cookie_name: &'session str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'session str>,
}

/// The stored form, read.
#[derive(Deserialize)]
struct Read {
    access_token: Secret,
    refresh_token: Secret,
    expires_at: i64,
    cookie_name: String,
    email: Option<String>,
}

/// What any version of the stored form says of itself.
#[derive(Deserialize)]
struct Version {
    version: u32,
}

impl StoredSession {
    /// The session as JSON: its secrets leave their type here, to be stored.
    /// The bytes are cleared when they are dropped.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let written = Written {
            version: VERSION,
            access_token: self.access_token.expose(),
            refresh_token: self.refresh_token.expose(),
            expires_at: self.expires_at,
            cookie_name: &self.cookie_name,
            email: self.email.as_deref(),
        };
        // Escapes can make a text six times as long; a buffer that had to grow
        // would leave the secrets behind in the memory it gave up.
        let email = self.email.as_deref().unwrap_or_default();
        let texts = [written.access_token, written.refresh_token, written.cookie_name, email];
        let longest = texts.iter().map(|text| text.len() * 6).sum::<usize>() + 256;
        let mut bytes = Zeroizing::new(Vec::with_capacity(longest));
        serde_json::to_writer(&mut *bytes, &written).expect("texts and numbers are always JSON");
        bytes
    }

    /// What [`Self::to_bytes`] gave.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it is something else; of what is there the error repeats
    /// nothing.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        // The text of a JSON error can hold the value that was not expected.
        let broken = |error: serde_json::Error| {
            let (line, column) = (error.line(), error.column());
            let place = format!("line {line}, column {column}");
            StoreError::Damaged(format!("what is stored is not a session ({place})"))
        };
        let Version { version } = serde_json::from_slice(bytes).map_err(broken)?;
        if version != VERSION {
            let text = format!("the session was stored by another version of cencori ({version})");
            return Err(StoreError::Damaged(text));
        }
        let read: Read = serde_json::from_slice(bytes).map_err(broken)?;
        Ok(Self {
            access_token: read.access_token,
            refresh_token: read.refresh_token,
            expires_at: read.expires_at,
            cookie_name: read.cookie_name,
            email: read.email,
        })
    }
}

/// Which session: the one of a profile at a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionName {
    profile: String,
    host: String,
}

impl SessionName {
    /// The session of `profile` at `host` (with its port, where it has one).
    pub fn new(profile: &str, host: &str) -> Self {
        Self { profile: profile.to_owned(), host: host.to_owned() }
    }

    /// The file that the session is kept in where it is asked for.
    pub fn file(&self, state: &Path) -> PathBuf {
        state.join("sessions").join(format!("{}.json", self.file_stem()))
    }

    /// The file that is locked while the session changes, wherever it is kept.
    pub fn lock_file(&self, state: &Path) -> PathBuf {
        state.join("sessions").join(format!("{}.lock", self.file_stem()))
    }

    /// The name, with what file systems can't hold or don't tell apart written
    /// as `%XX`.
    fn file_stem(&self) -> String {
        let is_safe = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.@".contains(&byte)
        };
        let text = self.to_string();
        let parts = text.bytes().map(|byte| match byte {
            safe if is_safe(safe) => char::from(safe).to_string(),
            other => format!("%{other:02X}"),
        });
        parts.collect()
    }
}

impl fmt::Display for SessionName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}@{}", self.profile, self.host)
    }
}

/// A place where one session is kept.
pub trait SessionStore {
    /// The session, if there is one.
    ///
    /// # Errors
    /// If it can't be said whether there is one.
    fn load(&self) -> Result<Option<StoredSession>, StoreError>;

    /// Keeps `session` in place of what was kept.
    ///
    /// # Errors
    /// If it was not stored, or not surely: either the old or the new one is there then, whole.
    fn save(&self, session: &StoredSession, lock: &SessionLock) -> Result<(), StoreError>;

    /// Forgets the session. True if there was one.
    ///
    /// # Errors
    /// If it may still be there.
    fn remove(&self, lock: &SessionLock) -> Result<bool, StoreError>;

    /// The place, for the middle of a sentence: `the file /home/.../a.json`.
    fn describe(&self) -> String;
}

/// Why a store does not do what it is asked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// There is no keychain here, and why that is known: no bus, no service.
    NoKeychain(String),
    /// The keychain is locked, and nobody unlocked it.
    Locked,
    /// The keychain did not answer for so many seconds: it may be locked and
    /// asking where nobody sees it, or hang.
    TimedOut(u64),
    /// The keychain is open, but asks somebody before it stores or removes anything, and
    /// nobody agreed within so many seconds.
    Asks(u64),
    /// Another command has not released the session's lock: which, and which file.
    Busy(String),
    /// Other people can read or change the file.
    Exposed(PathBuf),
    /// What is stored is not, or no longer, a session that can be read.
    Damaged(String),
    /// Anything else: what the store or the file system said.
    Broken(String),
}

impl StoreError {
    /// What to do about it: only advice that works.
    pub fn hint(&self) -> Hint {
        const VARIABLES: &str =
            "set CENCORI_EMAIL and CENCORI_PASSWORD, or CENCORI_ACCESS_TOKEN, which need no store";
        let in_file = || SuggestedCommand::cencori(["auth", "login", "--insecure-storage"]);
        match self {
            Self::NoKeychain(_) => Hint::from("Keep the session in a file with ")
                .command(in_file())
                .text("; or ")
                .text(VARIABLES),
            Self::Locked => Hint::from(
                "Unlock the keychain (signing in to the desktop does), and try again; or keep the \
                 session in a file with ",
            )
            .command(in_file())
            .text("; or ")
            .text(VARIABLES),
            Self::TimedOut(_) => Hint::from(
                "Unlock the keychain, or start its service anew, and try again; or keep the session \
                 in a file with ",
            )
            .command(in_file())
            .text("; or ")
            .text(VARIABLES),
            Self::Asks(_) => Hint::from(
                "Agree when the keychain asks, or have it not ask, in its settings; or keep the \
                 session in a file with ",
            )
            .command(in_file())
            .text("; or ")
            .text(VARIABLES),
            Self::Busy(_) => "Try again when the other command has ended".into(),
            Self::Exposed(path) => Hint::from("Sign in again with ")
                .command(in_file())
                .text(", which replaces it; or, where nobody else has read it: ")
                .command(SuggestedCommand::program("chmod", ["600"]).file(path)),
            Self::Damaged(_) => Hint::from("Sign in again with ")
                .command(SuggestedCommand::cencori(["auth", "login"]))
                .text(", or where it is a file with ")
                .command(in_file())
                .text(", which replaces it"),
            Self::Broken(_) => Hint::from("Try again; or ").text(VARIABLES),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKeychain(reason) => write!(formatter, "There is no keychain here: {reason}"),
            Self::Locked => formatter.write_str("The keychain is locked"),
            Self::TimedOut(seconds) => write!(
                formatter,
                "The keychain did not answer within {seconds} s: it waits for somebody to unlock \
                 it, or hangs"
            ),
            Self::Asks(seconds) => write!(
                formatter,
                "The keychain asks somebody whenever something is stored, and nobody agreed within \
                 {seconds} s"
            ),
            Self::Busy(held) => write!(formatter, "The session can't be changed: {held}"),
            Self::Exposed(path) => write!(
                formatter,
                "Other people can read or change {}: the session in it is not used",
                path.display()
            ),
            Self::Damaged(text) => write!(formatter, "The stored session can't be used: {text}"),
            Self::Broken(text) => write!(formatter, "The session's store failed: {text}"),
        }
    }
}

impl std::error::Error for StoreError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> StoredSession {
        StoredSession {
            access_token: Secret::new("eyJ.\"\u{1}.sig"),
            refresh_token: Secret::new("v1.refresh"),
            expires_at: 1_800_000_000,
            cookie_name: "sb-abcd-auth-token".into(),
            email: Some("owner@example.com".into()),
        }
    }

    #[test]
    fn a_session_comes_back_as_it_went() {
        let nameless = StoredSession { email: None, ..session() };
        for session in [session(), nameless] {
            let bytes = session.to_bytes();
            assert_eq!(StoredSession::from_bytes(&bytes).unwrap(), session);
            // As long as it was made: nothing of it was left behind elsewhere.
            assert!(bytes.len() < bytes.capacity());
        }
        assert!(!format!("{:?}", session()).contains("refresh\""));
    }

    #[test]
    fn a_later_form_is_not_guessed_at() {
        let later = br#"{"version":2,"tokens":[]}"#;
        let error = StoredSession::from_bytes(later).unwrap_err();
        assert!(error.to_string().contains("another version of cencori (2)"), "{error}");
    }

    #[test]
    fn what_is_no_session_is_not_repeated() {
        let secret = "csk_0123456789";
        let texts = [
            format!("\"{secret}\""),
            format!("{{\"version\":\"{secret}\"}}"),
            format!("{{\"version\":1,\"expires_at\":\"{secret}\"}}"),
            format!("{{\"version\":1,\"{secret}"),
            String::new(),
        ];
        for text in texts {
            let error = StoredSession::from_bytes(text.as_bytes()).unwrap_err();
            assert!(matches!(error, StoreError::Damaged(_)));
            assert!(!format!("{error} {error:?}").contains(secret), "{error}");
        }
    }

    #[test]
    fn names_become_files_of_their_own_on_any_system() {
        let stem = |profile, host| SessionName::new(profile, host).file_stem();
        assert_eq!(stem("default", "cencori.com"), "default@cencori.com");
        assert_eq!(stem("a/../b", "127.0.0.1:80"), "a%2F..%2Fb@127.0.0.1%3A80");
        assert_ne!(stem("Work", "x"), stem("work", "x").to_uppercase());
        assert_eq!(stem("Work", "x"), "%57ork@x");
    }
}
