//! Sessions: access tokens that end soon, refresh tokens that are good once,
//! and the cookie in which a browser carries both (contract, *Session*).

use std::sync::Arc;

use anyhow::Context;
use axum::extract::FromRequestParts;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponseParts, ResponseParts};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction};
use serde_json::{Value, json};
use uuid::Uuid;

use super::cookies::{self, SessionCookie};
use super::extract::header;
use super::refusal::Refusal;
use super::service::Service;
use super::tokens::{self, Claims};

/// The dashboard renews a session that ends within this many seconds.
const RENEWAL_MARGIN: i64 = 90;

/// An older refresh token may come again within this many milliseconds: the
/// answer to its first use can have been lost.
const REUSE_INTERVAL: i64 = 10_000;

/// A person.
pub(super) struct User {
    /// The id.
    pub(super) id: String,
    /// The email address.
    pub(super) email: String,
    /// The first name.
    pub(super) first_name: String,
    /// The last name.
    pub(super) last_name: String,
    picture: Option<String>,
}

impl User {
    /// Finds a user by email.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub(super) fn by_email(connection: &Connection, email: &str) -> anyhow::Result<Option<Self>> {
        Self::find(connection, "email", email)
    }

    fn find(connection: &Connection, column: &str, value: &str) -> anyhow::Result<Option<Self>> {
        let query = format!(
            "SELECT id, email, first_name, last_name, picture FROM users WHERE {column} = ?1"
        );
        let user = connection.query_row(&query, [value], |row| {
            Ok(Self {
                id: row.get(0)?,
                email: row.get(1)?,
                first_name: row.get(2)?,
                last_name: row.get(3)?,
                picture: row.get(4)?,
            })
        });
        Ok(user.optional()?)
    }

    fn by_id(connection: &Connection, id: &str) -> anyhow::Result<Self> {
        Self::find(connection, "id", id)?.context("a session of nobody")
    }

    fn json(&self) -> Value {
        json!({
            "id": self.id, "email": self.email, "aud": "authenticated", "role": "authenticated",
            "app_metadata": { "provider": "email" },
            "user_metadata": {
                "first_name": self.first_name, "last_name": self.last_name, "picture": self.picture,
            },
        })
    }
}

/// Tokens that were just issued.
pub(super) struct Session {
    access_token: String,
    refresh_token: String,
    expires_in: u64,
    expires_at: i64,
    user: User,
}

impl Session {
    /// The form in which the cookie holds it.
    pub(super) fn cookie_json(&self) -> Value {
        json!({
            "access_token": self.access_token, "refresh_token": self.refresh_token,
            "expires_in": self.expires_in, "expires_at": self.expires_at,
            "token_type": "bearer", "user": self.user.json(),
        })
    }

    /// The form in which the sign-in with a browser hands it out.
    pub(super) fn handed_out_json(&self) -> Value {
        json!({
            "access_token": self.access_token, "refresh_token": self.refresh_token,
            "expires_in": self.expires_in, "user": self.user.json(),
        })
    }
}

/// Opens a new session of a user.
///
/// # Errors
/// When the state cannot be written.
pub(super) fn open(
    service: &Service,
    transaction: &Transaction<'_>,
    user_id: &str,
) -> anyhow::Result<Session> {
    let session_id = Uuid::new_v4().to_string();
    transaction.execute("INSERT INTO sessions VALUES (?1, ?2)", (&session_id, user_id))?;
    let refresh_token = add_refresh_token(transaction, &session_id)?;
    issue(service, transaction, &session_id, refresh_token)
}

/// Renews a session. `None` for a token that is unknown or good no more; the
/// late use of an older one ends the whole session, because one of its two
/// users stole it.
///
/// It is one transaction: of many that come with the same token the first gets
/// a new one, and the others, replaying the one before, the same.
///
/// # Errors
/// When the state cannot be written.
pub(super) fn refresh(service: &Service, refresh_token: &str) -> anyhow::Result<Option<Session>> {
    service.store.write(|transaction| {
        let query = "SELECT session_id, sequence, used_ms FROM refresh_tokens WHERE token = ?1";
        let found = transaction
            .query_row(query, [refresh_token], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let found: Option<(String, i64, Option<i64>)> = found.optional()?;
        let Some((session_id, sequence, used)) = found else { return Ok(None) };
        let now = tokens::now_in_milliseconds();
        let refresh_token = match used {
            None => {
                let query = "UPDATE refresh_tokens SET used_ms = ?1 WHERE sequence = ?2";
                transaction.execute(query, (now, sequence))?;
                add_refresh_token(transaction, &session_id)?
            }
            Some(used) => {
                let (current, before) = newest_refresh_tokens(transaction, &session_id)?;
                if before != Some(sequence) && now - used > REUSE_INTERVAL {
                    end(transaction, &session_id)?;
                    return Ok(None);
                }
                current
            }
        };
        issue(service, transaction, &session_id, refresh_token).map(Some)
    })
}

/// Ends the session that an access token or a refresh token belongs to.
///
/// # Errors
/// When the state cannot be written.
pub(super) fn end_by_tokens(
    service: &Service,
    access_token: &str,
    refresh_token: &str,
) -> anyhow::Result<()> {
    service.store.write(|transaction| {
        if let Some(claims) = service.signer.verify(access_token) {
            end(transaction, &claims.session_id)?;
        }
        let query = "SELECT session_id FROM refresh_tokens WHERE token = ?1";
        let session_id: Option<String> =
            transaction.query_row(query, [refresh_token], |row| row.get(0)).optional()?;
        session_id.map_or(Ok(()), |session_id| end(transaction, &session_id))
    })
}

/// Whoever the session cookie says is asking.
pub(super) struct Caller {
    /// The person.
    pub(super) user: User,
    /// Those of a session that was renewed on the way. An error that is answered before
    /// the route's own work does not carry them: that is how the service loses sessions.
    pub(super) cookies: Cookies,
}

impl FromRequestParts<Arc<Service>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        service: &Arc<Service>,
    ) -> Result<Self, Refusal> {
        Self::of(service, &parts.headers)
    }
}

impl Caller {
    /// Who asks; for routes that answer something else first.
    ///
    /// # Errors
    /// [`Refusal::SignedOut`] where nobody is signed in.
    pub(super) fn of(service: &Service, headers: &HeaderMap) -> Result<Self, Refusal> {
        let header = header(headers, "cookie").unwrap_or_default();
        let session = match cookies::read(header) {
            SessionCookie::Absent => return Err(Refusal::SignedOut),
            SessionCookie::Unreadable => return Err(Refusal::UnreadableCookie),
            SessionCookie::Session(session) => session,
        };
        let text = |name: &str| session.get(name).and_then(Value::as_str).unwrap_or_default();
        let ends = session.get("expires_at").and_then(Value::as_f64).filter(|ends| *ends != 0.0);
        let now = Timestamp::now().as_second();
        if ends.is_some_and(|ends| ends - (now as f64) < RENEWAL_MARGIN as f64) {
            let renewed = refresh(service, text("refresh_token"))?.ok_or(Refusal::SignedOut)?;
            let cookies = Cookies(cookies::write(header, &renewed.cookie_json()));
            return Ok(Self { user: renewed.user, cookies });
        }
        let claims = service.signer.verify(text("access_token")).ok_or(Refusal::SignedOut)?;
        let user = service.store.read(|connection| {
            let query = "SELECT user_id FROM sessions WHERE id = ?1";
            let user_id: Option<String> =
                connection.query_row(query, [&claims.session_id], |row| row.get(0)).optional()?;
            user_id.map(|user_id| User::by_id(connection, &user_id)).transpose()
        })?;
        let complete = session.get("user").is_some_and(|user| !user.is_null());
        let cookies = if complete { Vec::new() } else { cookies::write(header, &session) };
        Ok(Self { user: user.ok_or(Refusal::SignedOut)?, cookies: Cookies(cookies) })
    }
}

/// Values of `Set-Cookie`, one header each.
pub(super) struct Cookies(pub(super) Vec<String>);

impl IntoResponseParts for Cookies {
    type Error = Refusal;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Refusal> {
        for cookie in self.0 {
            parts.headers_mut().append(SET_COOKIE, HeaderValue::try_from(cookie)?);
        }
        Ok(parts)
    }
}

fn issue(
    service: &Service,
    transaction: &Transaction<'_>,
    session_id: &str,
    refresh_token: String,
) -> anyhow::Result<Session> {
    let query = "SELECT user_id FROM sessions WHERE id = ?1";
    let user_id: String = transaction.query_row(query, [session_id], |row| row.get(0))?;
    let user = User::by_id(transaction, &user_id)?;
    let issued = Timestamp::now().as_second();
    let expires_in = service.access_token_lifetime.as_secs();
    let expires_at = issued.saturating_add_unsigned(expires_in);
    let access_token = service.signer.sign(&Claims {
        iss: service.issuer.clone(),
        sub: user.id.clone(),
        email: user.email.clone(),
        session_id: session_id.to_owned(),
        iat: issued,
        exp: expires_at,
        aud: "authenticated".to_owned(),
        role: "authenticated".to_owned(),
    })?;
    Ok(Session { access_token, refresh_token, expires_in, expires_at, user })
}

fn add_refresh_token(transaction: &Transaction<'_>, session_id: &str) -> anyhow::Result<String> {
    let token = tokens::random_token()?;
    let query = "INSERT INTO refresh_tokens (token, session_id) VALUES (?1, ?2)";
    transaction.execute(query, (&token, session_id))?;
    Ok(token)
}

/// The current refresh token, and the number of the one before it.
fn newest_refresh_tokens(
    transaction: &Transaction<'_>,
    session_id: &str,
) -> anyhow::Result<(String, Option<i64>)> {
    let mut statement = transaction.prepare(
        "SELECT token, sequence FROM refresh_tokens WHERE session_id = ?1
         ORDER BY sequence DESC LIMIT 2",
    )?;
    let rows = statement.query_map([session_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let rows: Vec<(String, i64)> = rows.collect::<Result<_, _>>()?;
    let before = rows.get(1).map(|(_, sequence)| *sequence);
    let (current, _) = rows.into_iter().next().context("a session without a refresh token")?;
    Ok((current, before))
}

fn end(transaction: &Transaction<'_>, session_id: &str) -> anyhow::Result<()> {
    transaction.execute("DELETE FROM refresh_tokens WHERE session_id = ?1", [session_id])?;
    transaction.execute("DELETE FROM sessions WHERE id = ?1", [session_id])?;
    Ok(())
}
