//! Signing in with a password, and who is signed in (contract, *Session*).

use serde_json::{Value, json};

use super::cookies;
use super::message::{Answer, Request};
use super::service::Service;
use super::sessions::{self, User};
use super::tokens;

/// So many failures of one email within a minute end its tries.
const MOST_FAILURES: i64 = 30;

/// The minute, in milliseconds.
const FAILURE_WINDOW: i64 = 60_000;

/// `POST /api/auth/login`: a session for an email and its password.
///
/// # Errors
/// When the state cannot be written.
pub(super) fn log_in(service: &Service, request: &Request) -> anyhow::Result<Answer> {
    let Some(body) = request.json() else {
        return Ok(Answer::error(400, "Invalid request."));
    };
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    // The email is trimmed, the password is not.
    let email = text("email").trim().to_lowercase();
    let password = text("password");
    if email.is_empty() || password.is_empty() {
        return Ok(Answer::error(400, "Email and password are required."));
    }
    service.store.write(|transaction| {
        let now = tokens::now_in_milliseconds();
        let query = "SELECT count(*) FROM failed_sign_ins WHERE email = ?1 AND failed_ms > ?2";
        let failures: i64 =
            transaction.query_row(query, (&email, now - FAILURE_WINDOW), |row| row.get(0))?;
        if failures >= MOST_FAILURES {
            let body = json!({
                "error": "Request rate limit reached", "code": "over_request_rate_limit",
            });
            return Ok(Answer::value(429, &body));
        }
        let user = User::by_email(transaction, &email)?;
        let user = user.filter(|_| password == service.identity.owner_password.expose());
        let Some(user) = user else {
            let query = "INSERT INTO failed_sign_ins VALUES (?1, ?2)";
            transaction.execute(query, (&email, now))?;
            let body =
                json!({ "error": "Invalid login credentials", "code": "invalid_credentials" });
            return Ok(Answer::value(400, &body));
        };
        let session = sessions::open(service, transaction, &user.id)?;
        let header = request.header("cookie").unwrap_or_default();
        let cookies = cookies::write(header, &session.cookie_json());
        Ok(Answer::value(200, &json!({ "redirectTo": "/dashboard" })).with_cookies(&cookies))
    })
}

/// `GET /api/user/profile`: who is signed in.
///
/// # Errors
/// When the state cannot be used.
pub(super) fn profile(service: &Service, request: &Request) -> anyhow::Result<Answer> {
    sessions::for_signed_in(service, request, |user| {
        let profile = json!({
            "id": user.id, "first_name": user.first_name, "last_name": user.last_name,
            "username": null, "avatar_url": null, "email": user.email,
        });
        Ok(Answer::value(200, &json!({ "profile": profile })))
    })
}
