//! Why a sign-in with a browser came to nothing.

use std::fmt;

use crate::failure::{Failure, Kind};

/// A sign-in that gave no code. Nothing of what was sent or pasted is in it:
/// that can hold a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInError {
    /// Nobody was sent back in time.
    TimedOut,
    /// An answer was accepted before: there is never a second one.
    AlreadyAnswered,
    /// What was pasted is not the answer.
    NotTheAnswer(Mismatch),
}

/// Why an address is not the one that the browser was sent back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// It can't be read as an address.
    NoAddress,
    /// It leads to somewhere else than this port of this machine.
    AnotherPlace {
        /// The port of the right one.
        port: u16,
    },
    /// It answers another sign-in.
    AnotherSignIn,
    /// It has no code, or several.
    NoCode,
}

impl fmt::Display for SignInError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut => {
                formatter.write_str("The sign-in in the browser was not finished in time")
            }
            Self::AlreadyAnswered => formatter.write_str("This sign-in has been answered already"),
            Self::NotTheAnswer(mismatch) => mismatch.fmt(formatter),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAddress => formatter.write_str("What was pasted is not an address"),
            Self::AnotherPlace { port } => write!(
                formatter,
                "That is not the address that the browser was sent back to, which begins with \
                 http://127.0.0.1:{port}/auth/callback"
            ),
            Self::AnotherSignIn => formatter.write_str("That address belongs to another sign-in"),
            Self::NoCode => formatter.write_str("That address has no code in it"),
        }
    }
}

impl std::error::Error for SignInError {}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Self {
        let (kind, hint) = match error {
            SignInError::TimedOut => (Kind::NotSignedIn, "Sign in again, within 5 minutes"),
            SignInError::AlreadyAnswered => (Kind::Failed, "Sign in again"),
            SignInError::NotTheAnswer(_) => {
                (Kind::Usage, "Copy the whole address of the page that the browser can't open")
            }
        };
        Self { kind, source: anyhow::Error::new(error), hints: vec![hint.into()] }
    }
}
