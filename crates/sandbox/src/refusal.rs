//! Answers that a request gets instead of what it asked for.

use std::borrow::Cow;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// What a route answers.
pub(super) type Answer = Result<Response, Refusal>;

/// Why a request is not granted.
pub(super) enum Refusal {
    /// `{"error": text}`, the dashboard's form of an error.
    Error(StatusCode, Cow<'static, str>),
    /// No session, or one that has ended.
    SignedOut,
    /// A session cookie that the dashboard stumbles over.
    UnreadableCookie,
    /// Something in the sandbox itself is wrong. The answer names it in a header.
    Broken(anyhow::Error),
}

/// The dashboard's form of an error.
pub(super) fn error(status: StatusCode, text: impl Into<Cow<'static, str>>) -> Refusal {
    Refusal::Error(status, text.into())
}

impl<E: Into<anyhow::Error>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Broken(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Error(status, text) => (status, Json(json!({ "error": text }))).into_response(),
            Self::SignedOut => error(StatusCode::UNAUTHORIZED, "Unauthorized").into_response(),
            Self::UnreadableCookie => {
                let plain = [(header::CONTENT_TYPE, "text/plain")];
                (StatusCode::INTERNAL_SERVER_ERROR, plain, "Internal Server Error").into_response()
            }
            Self::Broken(reason) => {
                let reason: String = format!("{reason:#}").escape_default().collect();
                let answer = error(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error");
                ([("x-sandbox-error", reason)], answer).into_response()
            }
        }
    }
}
