//! The routes behind signing in with a browser (contract, *Sign-in with a
//! browser*): a signed-in page authorizes a request, and the program that
//! opened it exchanges the code for a session.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rusqlite::OptionalExtension;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::extract::Body;
use super::refusal::{Answer, Refusal, error};
use super::service::Service;
use super::sessions::{self, Caller};
use super::tokens;

/// How long a code may be exchanged, in milliseconds.
const CODE_LIFETIME: i64 = 5 * 60 * 1_000;

const INVALID_REQUEST: &str = "Invalid Basecode sign-in request.";
const INVALID_CODE: &str = "This Basecode sign-in request expired or could not be verified.";
const INVALID_SESSION: &str = "The Basecode session is invalid.";

/// What an application asks with.
pub(super) struct Challenge<'a> {
    /// The digest of what it will prove itself with.
    pub(super) code_challenge: &'a str,
    /// What it will know the answer by.
    pub(super) state: &'a str,
    /// Where it waits for the answer.
    pub(super) redirect_uri: &'a str,
}

impl Challenge<'_> {
    /// Whether the service would take it.
    pub(super) fn is_valid(&self) -> bool {
        self.code_challenge.len() == 43
            && is_base64url(self.code_challenge)
            && (43..=128).contains(&self.state.len())
            && is_base64url(self.state)
            && is_loopback_callback(self.redirect_uri)
    }
}

/// `POST /api/basecode/auth/authorize`: a code for a signed-in person, inside
/// the address to which the page sends the browser.
pub(super) async fn authorize(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    Body(body): Body,
) -> Answer {
    let body = body.unwrap_or_default();
    let challenge = Challenge {
        code_challenge: text(&body, "code_challenge"),
        state: text(&body, "state"),
        redirect_uri: text(&body, "redirect_uri"),
    };
    if !challenge.is_valid() {
        return Err(error(StatusCode::BAD_REQUEST, INVALID_REQUEST));
    }
    let Challenge { code_challenge, state, redirect_uri } = challenge;
    let Caller { user, cookies } = match Caller::of(&service, &headers) {
        Err(Refusal::SignedOut) => return Ok(signed_out(&challenge)),
        caller => caller?,
    };
    let code = tokens::random_token()?;
    let expires = tokens::now_in_milliseconds() + CODE_LIFETIME;
    service.store.write(|transaction| {
        let query = "INSERT INTO sign_in_codes VALUES (?1, ?2, ?3, ?4)";
        Ok(transaction.execute(query, (&code, code_challenge, &user.id, expires))?)
    })?;
    let callback = format!("{redirect_uri}?code={code}&state={state}");
    Ok((cookies, Json(json!({ "callback_url": callback }))).into_response())
}

/// Where to sign in and come back with the same challenge.
fn signed_out(challenge: &Challenge<'_>) -> Response {
    let page = "/basecode/sign-in?".to_owned();
    let parameters = page.len();
    let page = form_urlencoded::Serializer::for_suffix(page, parameters)
        .append_pair("code_challenge", challenge.code_challenge)
        .append_pair("state", challenge.state)
        .append_pair("redirect_uri", challenge.redirect_uri)
        .finish();
    let login = form_urlencoded::byte_serialize(page.as_bytes()).collect::<String>();
    let body = json!({
        "error": "Your Cencori session expired.", "login_url": format!("/login?redirect={login}"),
    });
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

/// `POST /api/basecode/auth/exchange`: the session for a code and the verifier
/// of its challenge. A wrong verifier does not burn the code.
pub(super) async fn exchange(
    State(service): State<Arc<Service>>,
    Body(body): Body,
) -> Result<Json<Value>, Refusal> {
    let body = body.unwrap_or_default();
    let verifier = text(&body, "code_verifier");
    let refusal = || error(StatusCode::BAD_REQUEST, INVALID_CODE);
    if !is_verifier(verifier) {
        return Err(refusal());
    }
    let session = service.store.write(|transaction| {
        let query = "DELETE FROM sign_in_codes
                     WHERE code = ?1 AND challenge = ?2 AND expires_ms > ?3 RETURNING user_id";
        let now = tokens::now_in_milliseconds();
        let values = (text(&body, "code"), tokens::challenge_of(verifier), now);
        let user_id: Option<String> =
            transaction.query_row(query, values, |row| row.get(0)).optional()?;
        user_id.map(|user_id| sessions::open(&service, transaction, &user_id)).transpose()
    })?;
    Ok(Json(session.ok_or_else(refusal)?.handed_out_json()))
}

/// `POST /api/basecode/auth/refresh`: a new session for a refresh token.
pub(super) async fn refresh(
    State(service): State<Arc<Service>>,
    Body(body): Body,
) -> Result<Json<Value>, Refusal> {
    let body = body.unwrap_or_default();
    let refresh_token = text(&body, "refresh_token");
    if refresh_token.is_empty() {
        return Err(error(StatusCode::BAD_REQUEST, INVALID_SESSION));
    }
    let expired = "Your Cencori session expired. Sign in again.";
    let session = sessions::refresh(&service, refresh_token)?
        .ok_or_else(|| error(StatusCode::UNAUTHORIZED, expired))?;
    Ok(Json(session.handed_out_json()))
}

/// `POST /api/basecode/auth/logout`: the end of a session.
pub(super) async fn log_out(
    State(service): State<Arc<Service>>,
    Body(body): Body,
) -> Result<Json<Value>, Refusal> {
    let body = body.unwrap_or_default();
    let (access_token, refresh_token) = (text(&body, "access_token"), text(&body, "refresh_token"));
    if access_token.is_empty() || refresh_token.is_empty() {
        return Err(error(StatusCode::BAD_REQUEST, INVALID_SESSION));
    }
    sessions::end_by_tokens(&service, access_token, refresh_token)?;
    Ok(Json(json!({ "ok": true })))
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn is_base64url(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~' | b'-'))
}

/// Exactly `http://127.0.0.1:<1024-65535>/auth/callback`.
fn is_loopback_callback(redirect: &str) -> bool {
    let port = redirect
        .strip_prefix("http://127.0.0.1:")
        .and_then(|rest| rest.strip_suffix("/auth/callback"));
    port.is_some_and(|port| {
        let canonical = port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0');
        canonical && port.parse::<u16>().is_ok_and(|port| port >= 1_024)
    })
}
