//! Values that must not be shown, and digests that may stand for them.
//!
//! A [`Secret`] has no `Display`, its `Debug` is redacted, and its memory is
//! cleared when it is dropped. The only way to its text is [`Secret::expose`],
//! so each place where a secret is printed, sent or stored can be found by
//! that word. A [`Fingerprint`] is what identifies a key without revealing it.

use std::fmt;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroize;

/// A text that must never reach a log, an error, a debug dump or a journal:
/// a key, a password, a token, a cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes ownership of a secret text, byte for byte.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself. Every call is a place where a secret leaves its type.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The SHA-256 of the whole text.
    pub fn fingerprint(&self) -> Fingerprint {
        let digest = ring::digest::digest(&ring::digest::SHA256, self.0.as_bytes());
        let digit = |digit: u8| char::from_digit(digit.into(), 16).unwrap_or_default();
        let digits = digest.as_ref().iter().flat_map(|byte| [byte >> 4, byte & 15]);
        Fingerprint(digits.map(digit).collect())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(redacted)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

/// The lower-case hexadecimal SHA-256 of a whole key, as the service keeps it
/// in `key_hash` (contract, *Key management*): it tells exactly which key
/// stands somewhere without the key being sent or shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `key_hash`, as the service sent it, is this fingerprint.
    pub fn is(&self, key_hash: &str) -> bool {
        self.0.eq_ignore_ascii_case(key_hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_does_not_contain_the_secret() {
        let secret = Secret::new("csk_0123");
        assert_eq!(format!("{secret:?}"), "Secret(redacted)");
    }

    #[test]
    fn fingerprint_is_the_hexadecimal_sha_256() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert!(Secret::new("abc").fingerprint().is(expected));
        assert!(!Secret::new("abd").fingerprint().is(expected));
    }
}
