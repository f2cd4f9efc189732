//! What a call that failed is to whoever runs the command: its exit code, and what can be
//! done about it.

use super::{Failure, Hint, Kind};
use crate::api::ApiError;
use crate::api::error::NETWORK_DENIED;

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let kind = match &error {
            ApiError::Unreachable { .. }
            | ApiError::Interrupted { .. }
            | ApiError::Unintelligible { .. }
            | ApiError::Redirected { .. }
            | ApiError::Contradicted { .. } => Kind::Unavailable,
            ApiError::Refused { status, .. } => match status {
                401 => Kind::NotSignedIn,
                403 => Kind::NotAllowed,
                404 => Kind::NotFound,
                429 | 500.. => Kind::Unavailable,
                _ => Kind::Failed,
            },
        };
        let failure = Self { kind, source: anyhow::Error::new(error.clone()), hints: Vec::new() };
        match error {
            ApiError::Redirected { .. } | ApiError::Unintelligible { .. } => {
                failure.hint("Check CENCORI_DASHBOARD_URL: it must name the service itself")
            }
            ApiError::Contradicted { .. } => {
                failure.hint("The service is having trouble: try again in a minute")
            }
            ApiError::Refused { status: 429, retry_after: Some(pause), .. } => {
                failure.hint(Hint::from("Try again in ").data(pause.as_secs()).text(" seconds"))
            }
            ApiError::Refused { status: 403, message, .. } if message.contains(NETWORK_DENIED) => {
                failure.hint(
                    "The networks that the project allows exclude this machine: run the command in one of them, or allow this one in the dashboard",
                )
            }
            // The service's words for who is no owner (contract, *Key management*).
            ApiError::Refused { status: 403, message, .. }
                if message == "Forbidden" || message.contains("owner") =>
            {
                failure.hint("Keys can be managed only by an owner of the project's organization")
            }
            _ => failure,
        }
    }
}
