//! What can go wrong in a call, and what that says about the state of things.

use std::time::Duration;

use cencori_core::key;

/// The code of a refusal because of the networks that the project allows (contract, *What
/// an application meets*).
pub const NETWORK_DENIED: &str = "network_access_denied";

/// A call that did not give what it was made for. No variant holds a header or
/// a body, so none can hold a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// No connection came about: nothing was sent.
    Unreachable {
        /// Scheme, host and port.
        base: String,
        /// The innermost cause.
        cause: String,
    },
    /// The connection broke or ran out of time after the request may have been
    /// sent: whether it was carried out is unknown.
    Interrupted {
        /// Scheme, host and port.
        base: String,
        /// The innermost cause, or the time that passed.
        cause: String,
    },
    /// Something other than the service answered, or it answered with
    /// something else than this version knows.
    Unintelligible {
        /// HTTP status.
        status: u16,
        /// What it was instead.
        what: String,
    },
    /// A redirect to somewhere this tool does not follow.
    Redirected {
        /// Where to, or `another address`.
        to: String,
    },
    /// The service said no to what it has just said yes to: its database or its
    /// sign-in is down (contract, *401, 404 and some 500s are ambiguous*).
    Contradicted {
        /// HTTP status: 401 or 404.
        status: u16,
        /// The service's own words, printable and without keys.
        message: String,
    },
    /// The service said no.
    Refused {
        /// HTTP status.
        status: u16,
        /// The service's own words, printable and without keys.
        message: String,
        /// What `Retry-After` asked for.
        retry_after: Option<Duration>,
    },
}

impl ApiError {
    /// Whether the service may have carried the request out all the same. The
    /// statuses that its own routes refuse with are an answer; anything else
    /// can come from something in front of a service that went on working.
    pub fn leaves_doubt(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Redirected { .. } => false,
            Self::Interrupted { .. } | Self::Unintelligible { .. } => true,
            Self::Contradicted { status, .. } => *status != 401,
            Self::Refused { status, .. } => !matches!(status, 400 | 401 | 403),
        }
    }

    /// The HTTP status, where there was one that can be taken at its word.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Unintelligible { status, .. } | Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreachable { base, cause } => {
                write!(formatter, "{base} can't be reached: {cause}")
            }
            Self::Interrupted { base, cause } => {
                write!(formatter, "{base} gave no answer: {cause}")
            }
            Self::Unintelligible { status, what } => {
                write!(formatter, "The answer (status {status}) is not the service's: {what}")
            }
            Self::Redirected { to } => {
                write!(formatter, "The service redirects to {to}, which is not followed")
            }
            Self::Contradicted { status, message } => {
                let before =
                    if *status == 401 { "accepted the session" } else { "knew the project" };
                write!(
                    formatter,
                    "The service answered {status}: {message}, although it {before} a moment ago"
                )
            }
            Self::Refused { status, message, .. } => {
                write!(formatter, "The service answered {status}: {message}")
            }
        }
    }
}

impl std::error::Error for ApiError {}

/// The service's own words, fit to be repeated: one line, no keys, not endless.
pub(super) fn words(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .take(300)
        .collect();
    key::mask(line.trim())
}
