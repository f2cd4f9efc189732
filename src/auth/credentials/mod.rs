//! Where the right to manage keys comes from.
//!
//! Each source is one file with one function that looks there and gives a
//! [`Credential`], which knows its [`Origin`], so that every message can say
//! which source it speaks of. Sources are asked in the order in which they
//! override each other.
//!
//! A session that outlives the command is kept by a [`store::SessionStore`]:
//! the [`keychain`], or a [`session_file`] where the person asked for it. Who
//! changes it holds its [`lock`].

pub mod environment;
pub mod keychain;
pub mod lock;
pub mod session_file;
pub mod store;

use crate::failure::{Hint, SuggestedCommand};
use crate::secret::Secret;

/// Something to sign in with.
#[derive(Debug)]
pub struct Credential {
    /// What it is.
    pub kind: CredentialKind,
    /// Where it was found.
    pub origin: Origin,
}

/// What the service can be shown.
#[derive(Debug)]
pub enum CredentialKind {
    /// An account's email and password: a session is made with them, and kept
    /// in memory only.
    Password {
        /// The account.
        email: String,
        /// Its password, not trimmed, as the service does not trim it either.
        password: Secret,
    },
    /// A session that was kept.
    Session(store::StoredSession),
    /// A token: a JWT stands for a session, anything else is sent as it is.
    Token(Secret),
}

/// Where a credential was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `CENCORI_ACCESS_TOKEN`.
    AccessTokenVariable,
    /// `CENCORI_EMAIL` and `CENCORI_PASSWORD`.
    PasswordVariables,
    /// A session kept by `auth login`.
    Session,
    /// The sandbox's seeded owner.
    Sandbox,
}

impl Origin {
    /// What to do where the service answers 401 to a credential from here: that
    /// is also what it says while its session store or database is down
    /// (contract, *401 is ambiguous*).
    pub fn advice_when_refused(self) -> Hint {
        let check = match self {
            Self::Session => Hint::from("Sign in again with ")
                .command(SuggestedCommand::cencori(["auth", "login"]))
                .text("; if that fails too"),
            _ => Hint::from("Check ").data(self).text("; if it is right"),
        };
        check.text(", the service may be having trouble: try again in a minute")
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::AccessTokenVariable => "CENCORI_ACCESS_TOKEN",
            Self::PasswordVariables => "CENCORI_EMAIL and CENCORI_PASSWORD",
            Self::Session => "`auth login`",
            Self::Sandbox => "the sandbox",
        })
    }
}
