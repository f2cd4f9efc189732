//! What applications call with a key, asked whether it would take one
//! (contract, *What an application meets*).

use reqwest::Method;
use reqwest::header::{HeaderValue, ORIGIN};
use serde::Deserialize;

use super::ApiError;
use super::dashboard::{Dashboard, headers_of};
use super::error::NETWORK_DENIED;
use super::transport::{Answer, Transport};
use cencori_core::secret::Secret;

/// What a gateway route says to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// It is taken.
    Accepted,
    /// Not known: revoked, deleted or never issued; or the service's database
    /// is down, which is answered in the same words.
    InvalidKey,
    /// Revoked. The service of August 2026 does not tell that from unknown yet;
    /// the source of a later one has a code for it.
    RevokedKey,
    /// A publishable key, not from this origin.
    DomainNotAllowed,
    /// Key and origin are taken, but the networks that the project allows exclude this
    /// machine.
    NetworkDenied,
}

/// What an AI route answered, and at what cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// What it says to the key.
    pub acceptance: Acceptance,
    /// Whether the project's calls are used up: one more only makes it wait
    /// longer.
    pub used_up: bool,
}

/// The gateway.
pub struct Gateway {
    transport: Transport,
}

impl Gateway {
    /// The gateway behind `transport`, which is for its own base address.
    pub fn new(transport: Transport) -> Self {
        Self { transport }
    }

    /// How it is reached.
    pub fn transport(&self) -> &Transport {
        &self.transport
    }

    /// Whether the list of models is given for `key`. Reads the service's
    /// database, so it sees a revocation at once; looks at no domains, and
    /// counts against no limit.
    ///
    /// # Errors
    /// [`ApiError`] where it can't say.
    pub fn lists_models(&self, key: &Secret) -> Result<Acceptance, ApiError> {
        #[derive(Deserialize)]
        struct Models {
            #[serde(rename = "data")]
            _data: Vec<serde_json::Value>,
        }
        let answer = self.transport.send(&Method::GET, "/v1/models", &headers_of(key)?, None)?;
        if let Some(refused) = refused_key(&answer) {
            return Ok(refused);
        }
        answer.json::<Models>().map(|_| Acceptance::Accepted)
    }
}

impl Dashboard {
    /// Whether an AI route would take `key` from a page at `origin`, with no
    /// `Origin` header where that is `None`. Asks moderation without an input:
    /// the cheapest question, which calls no model and makes every check.
    ///
    /// The answer may lag: a revoked key that was in use is taken for up to
    /// 125 s more. Each call counts against the project's rate, and restarts
    /// its window; none is sent twice.
    ///
    /// # Errors
    /// [`ApiError`] where it can't say.
    pub fn accepts(&self, key: &Secret, origin: Option<&str>) -> Result<Acceptance, ApiError> {
        self.probe(key, origin).map(|probe| probe.acceptance)
    }

    /// As [`Self::accepts`], and whether there is any use in asking again.
    ///
    /// # Errors
    /// [`ApiError`] where it can't say.
    pub fn probe(&self, key: &Secret, origin: Option<&str>) -> Result<Probe, ApiError> {
        let mut headers = headers_of(key)?;
        if let Some(origin) = origin {
            let value = HeaderValue::from_str(origin).map_err(|_| ApiError::Refused {
                status: 400,
                message: "the origin has characters that can't be sent".to_owned(),
                retry_after: None,
            })?;
            headers.insert(ORIGIN, value);
        }
        let body = serde_json::json!({});
        let path = "/api/ai/moderation";
        let answer = self.transport().send(&Method::POST, path, &headers, Some(&body))?;
        let acceptance = acceptance(&answer)?;
        Ok(Probe { acceptance, used_up: answer.status == 429 })
    }
}

/// What the answer of moderation says to the key.
pub fn acceptance(answer: &Answer) -> Result<Acceptance, ApiError> {
    if let Some(refused) = refused_key(answer) {
        return Ok(refused);
    }
    let error = match answer.json::<serde_json::Value>() {
        Err(error @ ApiError::Refused { .. }) => error,
        Err(other) => return Err(other),
        Ok(_) => {
            let what = "it moderates what there is nothing of".to_owned();
            return Err(ApiError::Unintelligible { status: answer.status, what });
        }
    };
    match (answer.status, answer.error_code().as_deref()) {
        (400, _) if answer.error_detail().is_some_and(|text| text == "Input is required") => {
            Ok(Acceptance::Accepted)
        }
        (403, Some("domain_not_allowed")) => Ok(Acceptance::DomainNotAllowed),
        // The source of a later service refuses some keys here before it
        // looks at the domain: nothing is known of that then.
        (403, Some("porter_key_scope") | None) => Err(error),
        // Billing, credits and rate come after key and domain.
        (403, Some(_)) | (429, _) => Ok(Acceptance::Accepted),
        _ => Err(error),
    }
}

/// What a refusal with a known code says of the key, on every route.
fn refused_key(answer: &Answer) -> Option<Acceptance> {
    match (answer.status, answer.error_code()?.as_str()) {
        (401, "invalid_api_key") => Some(Acceptance::InvalidKey),
        (401, "revoked_api_key") => Some(Acceptance::RevokedKey),
        (403, NETWORK_DENIED) => Some(Acceptance::NetworkDenied),
        _ => None,
    }
}
