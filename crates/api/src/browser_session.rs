//! The session of a sign-in with a browser: where it comes from, how it is
//! renewed and how it ends (contract, *Sign-in with a browser*).
//!
//! Each call is a POST, which the transport sends once: a code and a refresh
//! token are good for one use, and an answer that was lost can have used it up.

use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::json;

use super::ApiError;
use super::transport::{Answer, Transport};
use cencori_core::secret::Secret;

/// A session.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// What requests are made with.
    pub access_token: Secret,
    /// What the next session is asked for with, once.
    pub refresh_token: Secret,
    /// When the access token ends, in seconds since 1970 by the service's
    /// clock, which is the one that it is held against.
    pub expires_at: i64,
    /// Who is signed in, where the service says so.
    pub email: Option<String>,
}

/// The session that a code stands for. `verifier` proves that it is asked for
/// by whoever began the sign-in; a wrong one leaves the code as it is.
///
/// # Errors
/// [`ApiError`]: 400 for a wrong verifier and for a code that was used, has run
/// out or never was.
pub fn exchange(
    transport: &Transport,
    code: &Secret,
    verifier: &Secret,
) -> Result<Tokens, ApiError> {
    let body = json!({ "code": code.expose(), "code_verifier": verifier.expose() });
    tokens(transport, "exchange", &body)
}

/// The session after the one that `refresh_token` belongs to. That one is used
/// up with the answer, so this one must be stored before it is used.
///
/// # Errors
/// [`ApiError`]: 401 where the session has ended, and also where the service
/// can't tell at the moment (contract, *401 is ambiguous*). Where
/// [`ApiError::leaves_doubt`], the old token may be replayed, unless somebody
/// renewed the session in between (contract, *Refresh*).
pub fn refresh(transport: &Transport, refresh_token: &Secret) -> Result<Tokens, ApiError> {
    tokens(transport, "refresh", &json!({ "refresh_token": refresh_token.expose() }))
}

/// Ends the session at the service.
///
/// # Errors
/// [`ApiError`]; the session may go on then.
pub fn sign_out(transport: &Transport, tokens: &Tokens) -> Result<(), ApiError> {
    #[derive(Deserialize)]
    struct Ended {
        ok: bool,
    }
    let body = json!({
        "access_token": tokens.access_token.expose(),
        "refresh_token": tokens.refresh_token.expose(),
    });
    let answer = post(transport, "logout", &body)?;
    if answer.json::<Ended>()?.ok {
        return Ok(());
    }
    let what = "it does not say that the session has ended".to_owned();
    Err(ApiError::Unintelligible { status: answer.status, what })
}

fn tokens(transport: &Transport, step: &str, body: &serde_json::Value) -> Result<Tokens, ApiError> {
    let asked_at = Timestamp::now().as_second();
    tokens_of(&post(transport, step, body)?, asked_at)
}

/// The session in `answer` to a request that was made `asked_at`, in seconds since 1970.
pub fn tokens_of(answer: &Answer, asked_at: i64) -> Result<Tokens, ApiError> {
    #[derive(Deserialize)]
    struct HandedOut {
        access_token: Secret,
        refresh_token: Secret,
        expires_in: i64,
        user: Option<User>,
    }
    #[derive(Deserialize)]
    struct User {
        email: Option<String>,
    }
    let handed_out: HandedOut = answer.json()?;
    let now = answer.server_time.unwrap_or(asked_at);
    Ok(Tokens {
        access_token: handed_out.access_token,
        refresh_token: handed_out.refresh_token,
        expires_at: now.saturating_add(handed_out.expires_in),
        email: handed_out.user.and_then(|user| user.email),
    })
}

fn post(transport: &Transport, step: &str, body: &serde_json::Value) -> Result<Answer, ApiError> {
    let mut headers = HeaderMap::new();
    let (name, value) = ("x-cencori-app", "cencori-cli");
    headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    transport.send(&Method::POST, &format!("/api/basecode/auth/{step}"), &headers, Some(body))
}
