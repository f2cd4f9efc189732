//! Texts that nobody can guess, and the digest that vouches for one of them
//! (RFC 7636).

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Bytes of randomness: 64 characters, between the 43 and the 128 that the
/// service takes.
const RANDOMNESS: usize = 48;

/// A text of `[A-Za-z0-9_-]`, different every time.
///
/// # Errors
/// If the system has no randomness to give.
pub(super) fn random_text() -> io::Result<Secret> {
    let mut bytes = Zeroizing::new([0; RANDOMNESS]);
    let filled = SystemRandom::new().fill(&mut *bytes);
    filled.map_err(|_| io::Error::other("the system's random number generator failed"))?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(*bytes)))
}

/// What the service is told of a verifier before it is told the verifier.
pub(super) fn challenge_of(verifier: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.expose().as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_specification() {
        // RFC 7636, appendix B.
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge_of(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn texts_are_as_the_service_wants_them_and_never_the_same() {
        let mut seen = BTreeSet::new();
        for _ in 0..1_000 {
            let text = random_text().unwrap();
            let challenge = challenge_of(&text);
            assert_eq!(challenge.len(), 43);
            for text in [text.expose(), &challenge] {
                assert!((43..=128).contains(&text.len()), "{text}");
                assert!(
                    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)),
                    "{text}"
                );
                assert!(seen.insert(text.to_owned()), "{text} came twice");
            }
        }
    }
}
