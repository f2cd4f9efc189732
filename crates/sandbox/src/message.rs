//! Requests and answers as the routes see them: whole, and without sockets.

use hyper::body::Bytes;
use hyper::{HeaderMap, Method};
use serde::Serialize;
use serde_json::{Value, json};

/// A request whose body has been read.
pub(super) struct Request {
    /// The method.
    pub(super) method: Method,
    /// The path, as sent.
    pub(super) path: String,
    /// What follows the `?`, as sent.
    pub(super) query: Option<String>,
    /// All headers.
    pub(super) headers: HeaderMap,
    /// The whole body.
    pub(super) body: Bytes,
}

impl Request {
    /// The text of a header; `None` where it is absent or not text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The first query parameter of this name, decoded. An empty one counts as
    /// absent, as in the service.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let query = self.query.as_deref().unwrap_or_default();
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.into_owned())
            .filter(|value| !value.is_empty())
    }

    /// The body as JSON; `None` where it is none.
    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The key in `Authorization: Bearer KEY`, capitalised like this.
    pub(super) fn bearer(&self) -> Option<&str> {
        self.header("authorization")?
            .strip_prefix("Bearer ")
            .map(str::trim)
            .filter(|key| !key.is_empty())
    }
}

/// What goes back.
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) status: u16,
    /// The content type, where there is one.
    pub(super) content_type: Option<&'static str>,
    /// Further headers, in order; names may repeat.
    pub(super) headers: Vec<(&'static str, String)>,
    /// The whole body.
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// An answer without content.
    pub(super) fn empty(status: u16) -> Self {
        Self { status, content_type: None, headers: Vec::new(), body: Vec::new() }
    }

    /// A JSON answer.
    ///
    /// # Errors
    /// When `body` cannot be written as JSON.
    pub(super) fn json(status: u16, body: &impl Serialize) -> anyhow::Result<Self> {
        let body = serde_json::to_vec(body)?;
        Ok(Self { content_type: Some("application/json"), body, ..Self::empty(status) })
    }

    /// The JSON of a value that is at hand.
    pub(super) fn value(status: u16, body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        Self { content_type: Some("application/json"), body, ..Self::empty(status) }
    }

    /// `{"error": text}`, the dashboard's form of an error.
    pub(super) fn error(status: u16, text: &str) -> Self {
        Self::value(status, &json!({ "error": text }))
    }

    /// A plain text.
    pub(super) fn text(status: u16, text: &str) -> Self {
        Self { content_type: Some("text/plain"), body: text.into(), ..Self::empty(status) }
    }

    /// A page. The service answers unknown paths with one.
    pub(super) fn html(status: u16, title: &str) -> Self {
        let page = format!(
            "<!DOCTYPE html><html lang=\"en\"><head><title>{title}</title></head>\
             <body><h1>{title}</h1><p>This is the Cencori sandbox.</p></body></html>"
        );
        let body = page.into_bytes();
        Self { content_type: Some("text/html; charset=utf-8"), body, ..Self::empty(status) }
    }

    /// The same answer with one more header.
    pub(super) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same answer with one `Set-Cookie` header for each of `cookies`.
    pub(super) fn with_cookies(self, cookies: &[String]) -> Self {
        cookies.iter().fold(self, |answer, cookie| answer.with_header("set-cookie", cookie))
    }
}
