//! What came back from a call, and what it comes to.

use std::time::Duration;

use zeroize::Zeroizing;

use super::ApiError;
use super::error::{NETWORK_DENIED, words};

/// What came back, whatever its status.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Each `Set-Cookie` line.
    pub cookies: Vec<String>,
    /// The server's clock, from `Date`, in seconds since 1970.
    pub server_time: Option<i64>,
    /// The answer to a POST has a key in it.
    pub body: Zeroizing<Vec<u8>>,
    /// What `Retry-After` asked for.
    pub retry_after: Option<Duration>,
    /// The value of `Content-Type`.
    pub content_type: String,
}

impl Answer {
    /// The body of a success as JSON.
    ///
    /// # Errors
    /// [`ApiError::Refused`] with the service's words where the status is not
    /// 2xx; [`ApiError::Unintelligible`] where the body is not JSON, also under
    /// a 200, which is how unknown paths may answer.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, ApiError> {
        if let Some(refusal) = self.refusal() {
            return Err(refusal);
        }
        // serde_json's errors can repeat a piece of the text, and this text
        // may hold a key: only the place is told.
        serde_json::from_slice(&self.body).map_err(|error| ApiError::Unintelligible {
            status: self.status,
            what: format!("its JSON is not of the known shape (column {})", error.column()),
        })
    }

    /// The code of an error answer: `{"error":"text","code":...}` on most routes,
    /// `{"error":{"code":...}}` on those that follow OpenAI's form. `None` if it has none, or is
    /// no JSON.
    pub fn error_code(&self) -> Option<String> {
        self.error_document().as_ref().and_then(code_in).map(str::to_owned)
    }

    /// The error answer's `message`, where it has one beside its `error`.
    pub fn error_detail(&self) -> Option<String> {
        self.error_document()?["message"].as_str().map(words)
    }

    fn error_document(&self) -> Option<serde_json::Value> {
        match self.refusal() {
            Some(ApiError::Refused { .. }) => serde_json::from_slice(&self.body).ok(),
            _ => None,
        }
    }

    /// What an answer without JSON, or with an error status, comes to.
    pub fn refusal(&self) -> Option<ApiError> {
        let json = self.content_type.split(';').next().unwrap_or_default().trim();
        if !json.eq_ignore_ascii_case("application/json") {
            let what = match json {
                "" => "it has no content type".to_owned(),
                other => format!("it is {}, not JSON", words(other)),
            };
            return Some(ApiError::Unintelligible { status: self.status, what });
        }
        if (200..300).contains(&self.status) {
            return None;
        }
        let mut message = service_message(&self.body);
        let document = serde_json::from_slice(&self.body).unwrap_or_default();
        if code_in(&document) == Some(NETWORK_DENIED) {
            // The words alone do not say it, and another advice belongs to it.
            message = format!("{message} ({NETWORK_DENIED})");
        }
        Some(ApiError::Refused { status: self.status, message, retry_after: self.retry_after })
    }
}

/// The code in the document of an error answer.
fn code_in(document: &serde_json::Value) -> Option<&str> {
    document["code"].as_str().or_else(|| document["error"]["code"].as_str())
}

/// The text of an error answer: `{"error":"text"}` on the dashboard,
/// `{"error":{"message":...}}` or `{"message":...}` on some other routes.
fn service_message(body: &[u8]) -> String {
    let document: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let message = document["error"]
        .as_str()
        .or_else(|| document["error"]["message"].as_str())
        .or_else(|| document["message"].as_str());
    message.map_or_else(|| "no reason given".to_owned(), words)
}
