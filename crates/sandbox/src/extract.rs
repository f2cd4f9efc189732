//! What the routes take from a request in the service's own way. All else is axum's.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::form_urlencoded;

use super::refusal::Refusal;

/// The text of a header; `None` if it is absent or not text.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The key in `Authorization: Bearer KEY`, capitalised like this.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let key = header(headers, "authorization")?.strip_prefix("Bearer ")?.trim();
    Some(key).filter(|key| !key.is_empty())
}

/// The query, decoded.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The first parameter of this name. An empty one counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(found, _)| found == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }
}

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

/// The body as JSON, whatever its content type says; `None` if it is none.
pub(super) struct Body(pub(super) Option<Value>);

impl<S: Sync> FromRequest<S> for Body {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        Ok(Self(json(request).await?.ok()))
    }
}

/// The body as JSON of type `T`, or what is wrong with it.
///
/// # Errors
/// If it can't be read: its length was limited when it came in.
pub(super) async fn json<T: DeserializeOwned>(
    request: Request,
) -> Result<serde_json::Result<T>, Refusal> {
    let bytes = to_bytes(request.into_body(), usize::MAX).await?;
    Ok(serde_json::from_slice(&bytes))
}
