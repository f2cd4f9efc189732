//! Whether a key is live, in the one set of words that everybody uses for it.

use std::fmt;

/// Whether a key is live, as far as the service can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// The service accepts it.
    Live,
    /// The service knows it, and accepts it no more.
    Revoked,
    /// The service does not know it: it was never issued, or its record was removed.
    Unknown,
    /// The service can't tell now, or its answers disagree. Never taken for one of the others.
    Undetermined,
}

impl KeyStatus {
    /// The word for people and for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Revoked => "revoked",
            Self::Unknown => "unknown",
            Self::Undetermined => "undetermined",
        }
    }
}

impl fmt::Display for KeyStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
