//! Random texts, digests and signed access tokens.

use anyhow::{Context, anyhow};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};

/// 32 characters that nobody confuses, so that one of them is five bits.
const READABLE: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Now, in milliseconds since 1970.
pub(super) fn now_in_milliseconds() -> i64 {
    Timestamp::now().as_millisecond()
}

/// Now, in microseconds since 1970.
pub(super) fn now_in_microseconds() -> i64 {
    Timestamp::now().as_microsecond()
}

/// Now, as the service writes times: with microseconds and `+00:00`.
pub(super) fn now_as_text() -> String {
    as_text(Timestamp::now())
}

/// The same for a time in microseconds since 1970.
pub(super) fn time_as_text(microseconds: i64) -> String {
    as_text(Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::UNIX_EPOCH))
}

fn as_text(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}

/// `length` random bytes.
///
/// # Errors
/// When the system has no randomness to give.
pub(super) fn random_bytes(length: usize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| anyhow!("the system's random number generator failed"))?;
    Ok(bytes)
}

/// A password of `length` characters.
pub(super) fn random_password(length: usize) -> anyhow::Result<String> {
    let bytes = random_bytes(length)?;
    Ok(bytes.iter().map(|byte| char::from(READABLE[usize::from(byte % 32)])).collect())
}

/// 43 characters of base64url: a refresh token, or a code of the sign-in with
/// a browser.
pub(super) fn random_token() -> anyhow::Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes(32)?))
}

/// Lower-case hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 of a text in hexadecimal, the form of `key_hash`.
pub(super) fn key_hash(key: &str) -> String {
    hexadecimal(digest(&SHA256, key.as_bytes()).as_ref())
}

/// The challenge that belongs to a verifier (RFC 7636, method S256).
pub(super) fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claims {
    /// Who issued it: the URL whose host names the session cookie.
    pub(super) iss: String,
    /// The user's id.
    pub(super) sub: String,
    /// The user's email.
    pub(super) email: String,
    /// The session it belongs to.
    pub(super) session_id: String,
    /// When it was issued, in seconds since 1970.
    pub(super) iat: i64,
    /// When it ends, in seconds since 1970.
    pub(super) exp: i64,
    /// Always `authenticated`.
    pub(super) aud: String,
    /// Always `authenticated`.
    pub(super) role: String,
}

/// Signs access tokens and checks them: JWTs with HMAC-SHA-256.
pub(super) struct Signer(hmac::Key);

impl Signer {
    /// Signs with this secret.
    pub(super) fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The token that carries `claims`.
    ///
    /// # Errors
    /// When the claims cannot be written as JSON.
    pub(super) fn sign(&self, claims: &Claims) -> anyhow::Result<String> {
        let header = URL_SAFE_NO_PAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
        let claims = serde_json::to_vec(claims).context("writing an access token")?;
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
        let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, signed.as_bytes()));
        Ok(format!("{signed}.{signature}"))
    }

    /// The claims of a token that was signed here and has not ended. Who
    /// issued it is not compared: servers on other ports share the secret.
    pub(super) fn verify(&self, token: &str) -> Option<Claims> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        hmac::verify(&self.0, signed.as_bytes(), &signature).ok()?;
        let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.')?.1).ok()?;
        let claims: Claims = serde_json::from_slice(&claims).ok()?;
        (claims.exp > Timestamp::now().as_second()).then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(exp: i64) -> Claims {
        Claims {
            iss: "http://127.0.0.1:8787/auth/v1".to_owned(),
            sub: "user".to_owned(),
            email: "owner@example.com".to_owned(),
            session_id: "session".to_owned(),
            iat: 0,
            exp,
            aud: "authenticated".to_owned(),
            role: "authenticated".to_owned(),
        }
    }

    #[test]
    fn only_unexpired_tokens_of_the_same_signer_are_accepted() {
        let signer = Signer::new(b"one");
        let later = claims(Timestamp::now().as_second() + 60);
        let token = signer.sign(&later).unwrap();
        assert_eq!(signer.verify(&token), Some(later));
        assert_eq!(Signer::new(b"another").verify(&token), None);
        assert_eq!(signer.verify(&format!("{token}A")), None);
        assert_eq!(signer.verify("not a token"), None);
        assert_eq!(signer.verify(&signer.sign(&claims(1)).unwrap()), None);
    }

    #[test]
    fn times_have_microseconds_and_an_offset() {
        let text = now_as_text();
        assert_eq!(text.len(), "2026-08-20T12:34:56.789123+00:00".len(), "{text}");
        assert!(text.ends_with("+00:00"), "{text}");
    }
}
