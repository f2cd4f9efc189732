//! What applications call with a key: the list of models, and moderation with
//! the checks that every AI route makes (contract, *What an application
//! meets*).

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rusqlite::OptionalExtension;
use serde_json::{Value, json};
use uuid::Uuid;

use super::extract::{Body, bearer, header};
use super::key_cache::{self, KeyConfiguration, live_key};
use super::logs;
use super::refusal::Answer;
use super::service::{Service, milliseconds};
use super::{origins, tokens};

/// Calls that a project has before it is told to wait.
const RATE_LIMIT: i64 = 60;

/// The models that the sandbox lists, with who owns them.
const MODELS: [(&str, &str); 3] =
    [("gpt-4o-mini", "openai"), ("claude-sonnet-4-5", "anthropic"), ("gemini-2.5-flash", "google")];

/// What moderates.
const MODERATION_MODEL: &str = "text-moderation-latest";

/// `OPTIONS` on a gateway route: what a browser asks before it sends a key.
pub(super) async fn preflight() -> impl IntoResponse {
    with_gateway_headers(StatusCode::NO_CONTENT, &new_request_id())
}

/// `GET /v1/models`: reads the database, so it sees a revocation at once.
pub(super) async fn models(
    State(service): State<Arc<Service>>,
    OriginalUri(address): OriginalUri,
    headers: HeaderMap,
) -> Answer {
    let started = Instant::now();
    let request_id = new_request_id();
    let hash = key_of(&headers).map(tokens::key_hash);
    let key = match hash {
        Some(hash) => service.store.read(|connection| live_key(connection, &hash))?,
        None => None,
    };
    let Some(key) = key else {
        let error = json!({
            "message": "Invalid API key", "type": "invalid_request_error", "code": "invalid_api_key",
        });
        let answer = (StatusCode::UNAUTHORIZED, Json(json!({ "error": error })));
        return Ok(with_gateway_headers(answer, &request_id));
    };
    let models = MODELS.map(|(id, owner)| {
        json!({ "id": id, "object": "model", "created": 1_700_000_000, "owned_by": owner })
    });
    logs::add_models_call(&service, address.path(), &headers, &key, &request_id, started)?;
    let answer = Json(json!({ "object": "list", "data": models }));
    Ok(with_gateway_headers(answer, &request_id))
}

/// `POST /api/ai/moderation`: key, then domain, then rate, then the body.
pub(super) async fn moderation(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    Body(body): Body,
) -> Answer {
    let started = Instant::now();
    let request_id = new_request_id();
    let Some(key) = key_of(&headers) else {
        let text = "Missing API key. Provide CENCORI_API_KEY header or Authorization: Bearer <key>";
        let answer = refusal(StatusCode::UNAUTHORIZED, text, "missing_api_key");
        return Ok(with_gateway_headers(answer, &request_id));
    };
    let Some(key) = key_cache::find(&service, key)? else {
        let answer = refusal(StatusCode::UNAUTHORIZED, "Invalid API key", "invalid_api_key");
        return Ok(with_gateway_headers(answer, &request_id));
    };
    let answer = moderate(&service, &headers, body, &key)?;
    // A refused origin, and a probe without an input, leave no row.
    if answer.status() == StatusCode::OK {
        logs::add_ai_request(&service, &key, MODERATION_MODEL, started)?;
    }
    Ok(with_gateway_headers(answer, &request_id))
}

/// What follows once the key is accepted.
fn moderate(
    service: &Service,
    headers: &HeaderMap,
    body: Option<Value>,
    key: &KeyConfiguration,
) -> anyhow::Result<Response> {
    if let Some(patterns) = &key.allowed_domains {
        let (origin, referer) = (header(headers, "origin"), header(headers, "referer"));
        if !origins::is_allowed(patterns, origin, referer) {
            let text = "Domain not allowed for this API key";
            return Ok(refusal(StatusCode::FORBIDDEN, text, "domain_not_allowed"));
        }
    }
    let rate = count_call(service, &key.project_id)?;
    let answer = if rate.remaining < 0 {
        too_many_calls(service)
    } else {
        let body = body.unwrap_or_default();
        match body.get("input").filter(|input| !input.is_null() && **input != json!("")) {
            Some(input) => moderated(input),
            None => {
                let body = json!({ "error": "bad_request", "message": "Input is required" });
                (StatusCode::BAD_REQUEST, Json(body)).into_response()
            }
        }
    };
    let headers = [
        ("x-ratelimit-limit", RATE_LIMIT.to_string()),
        ("x-ratelimit-remaining", rate.remaining.max(0).to_string()),
        ("x-ratelimit-reset", rate.resets_at.to_string()),
    ];
    Ok((headers, answer).into_response())
}

fn moderated(input: &Value) -> Response {
    let inputs = input.as_array().map_or(1, Vec::len);
    let result = json!({ "flagged": false, "categories": {}, "category_scores": {} });
    let body = json!({
        "id": format!("modr-{}", Uuid::new_v4().simple()),
        "model": MODERATION_MODEL,
        "results": vec![result; inputs],
    });
    Json(body).into_response()
}

fn too_many_calls(service: &Service) -> Response {
    let wait = service.rate_window;
    let body = json!({
        "error": "Rate limit exceeded",
        "message": "60 requests per minute allowed. Try again shortly.",
        "code": "rate_limit_exceeded",
        "retry_after_ms": milliseconds(wait),
    });
    let seconds = wait.as_millis().div_ceil(1_000);
    let headers = [("retry-after", seconds.to_string())];
    (StatusCode::TOO_MANY_REQUESTS, headers, Json(body)).into_response()
}

/// How much of its rate a project has left.
struct Rate {
    /// Calls left; negative for a call too many.
    remaining: i64,
    /// When the window ends if no call comes, in milliseconds since 1970.
    resets_at: i64,
}

/// Counts one call. Every call restarts the window, also one that is refused:
/// who keeps asking is never let in again.
fn count_call(service: &Service, project_id: &str) -> anyhow::Result<Rate> {
    service.store.write(|transaction| {
        let now = tokens::now_in_milliseconds();
        let query = "SELECT calls FROM rates WHERE project_id = ?1 AND window_ends_ms > ?2";
        let before: Option<i64> =
            transaction.query_row(query, (project_id, now), |row| row.get(0)).optional()?;
        let calls = before.unwrap_or(0) + 1;
        let ends = now.saturating_add(milliseconds(service.rate_window));
        let query = "INSERT OR REPLACE INTO rates VALUES (?1, ?2, ?3)";
        transaction.execute(query, (project_id, calls, ends))?;
        Ok(Rate { remaining: RATE_LIMIT - calls, resets_at: ends })
    })
}

fn key_of(headers: &HeaderMap) -> Option<&str> {
    let own = header(headers, "cencori_api_key").map(str::trim).filter(|key| !key.is_empty());
    own.or_else(|| bearer(headers))
}

fn refusal(status: StatusCode, text: &str, code: &str) -> Response {
    (status, Json(json!({ "error": text, "code": code }))).into_response()
}

fn new_request_id() -> String {
    Uuid::new_v4().to_string()
}

fn with_gateway_headers(answer: impl IntoResponse, request_id: &str) -> Response {
    let headers = [
        ("x-request-id", request_id),
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "GET, POST, OPTIONS"),
        (
            "access-control-allow-headers",
            "Content-Type, Authorization, CENCORI_API_KEY, X-Cencori-App",
        ),
    ];
    (headers, answer).into_response()
}
