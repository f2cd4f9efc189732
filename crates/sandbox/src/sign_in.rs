//! Signing in with a password, and who is signed in (contract, *Session*).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::cookies;
use super::extract::{Body, header};
use super::refusal::{Answer, error};
use super::service::Service;
use super::sessions::{self, Caller, Cookies, User};
use super::tokens;

/// So many failures of one email within a minute end its tries.
const MOST_FAILURES: i64 = 30;

/// The minute, in milliseconds.
const FAILURE_WINDOW: i64 = 60_000;

/// `POST /api/auth/login`: a session for an email and its password.
pub(super) async fn log_in(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    Body(body): Body,
) -> Answer {
    let body = body.ok_or_else(|| error(StatusCode::BAD_REQUEST, "Invalid request."))?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    // The email is trimmed, the password is not.
    let email = text("email").trim().to_lowercase();
    let password = text("password");
    if email.is_empty() || password.is_empty() {
        return Err(error(StatusCode::BAD_REQUEST, "Email and password are required."));
    }
    let answer = service.store.write(|transaction| {
        let now = tokens::now_in_milliseconds();
        let query = "SELECT count(*) FROM failed_sign_ins WHERE email = ?1 AND failed_ms > ?2";
        let failures: i64 =
            transaction.query_row(query, (&email, now - FAILURE_WINDOW), |row| row.get(0))?;
        if failures >= MOST_FAILURES {
            let body = json!({
                "error": "Request rate limit reached", "code": "over_request_rate_limit",
            });
            return Ok((StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response());
        }
        let user = User::by_email(transaction, &email)?;
        let user = user.filter(|_| password == service.identity.owner_password.expose());
        let Some(user) = user else {
            let query = "INSERT INTO failed_sign_ins VALUES (?1, ?2)";
            transaction.execute(query, (&email, now))?;
            let body =
                json!({ "error": "Invalid login credentials", "code": "invalid_credentials" });
            return Ok((StatusCode::BAD_REQUEST, Json(body)).into_response());
        };
        let session = sessions::open(&service, transaction, &user.id)?;
        let had = header(&headers, "cookie").unwrap_or_default();
        let cookies = Cookies(cookies::write(had, &session.cookie_json()));
        Ok((cookies, Json(json!({ "redirectTo": "/dashboard" }))).into_response())
    })?;
    Ok(answer)
}

/// `GET /api/user/profile`: who is signed in.
pub(super) async fn profile(Caller { user, cookies }: Caller) -> impl IntoResponse {
    let profile = json!({
        "id": user.id, "first_name": user.first_name, "last_name": user.last_name,
        "username": null, "avatar_url": null, "email": user.email,
    });
    (cookies, Json(json!({ "profile": profile })))
}
