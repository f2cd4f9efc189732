//! `/sandbox/...`: what the service does not have and its stand-in needs: who
//! it is, faults, what it was asked, rows of the logs, and the plan.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::extract::{self, header};
use super::faults::Fault;
use super::logs::{self, Plan, Rows};
use super::refusal::{Refusal, error};
use super::server::Shared;
use super::store::lock;

/// How long `GET /sandbox/held` waits.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How many requests are remembered.
const MOST_REQUESTS: usize = 10_000;

/// A request that was dealt with, without anything that can hold a secret.
#[derive(Clone, Serialize)]
struct Answered {
    method: String,
    path: String,
    /// As sent.
    query: Option<String>,
    /// `None` if the connection ended without an answer.
    status: Option<u16>,
    /// The header `x-cencori-app`.
    client_app: Option<String>,
}

/// The requests that one server answered, oldest first.
#[derive(Default)]
pub(super) struct History(Mutex<VecDeque<Answered>>);

impl History {
    /// Notes a request that came in: it is added once it was answered, or its
    /// client went away.
    pub(super) fn expect(&self, request: &Request) -> Expected<'_> {
        let answered = Answered {
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().map(str::to_owned),
            status: None,
            client_app: header(request.headers(), "x-cencori-app").map(str::to_owned),
        };
        Expected { history: self, answered }
    }

    /// Adds one, and forgets the oldest beyond the cap.
    fn add(&self, answered: Answered) {
        let mut history = lock(&self.0);
        if history.len() == MOST_REQUESTS {
            history.pop_front();
        }
        history.push_back(answered);
    }

    fn list(&self) -> Vec<Answered> {
        lock(&self.0).iter().cloned().collect()
    }
}

/// A request that is being answered.
pub(super) struct Expected<'a> {
    history: &'a History,
    answered: Answered,
}

impl Expected<'_> {
    /// Says what it was answered with.
    pub(super) fn answered(mut self, status: u16) {
        self.answered.status = Some(status);
    }
}

impl Drop for Expected<'_> {
    fn drop(&mut self) {
        self.history.add(self.answered.clone());
    }
}

/// Whether a path is answered here.
pub(super) fn is_control(path: &str) -> bool {
    path == "/sandbox" || path.starts_with("/sandbox/")
}

/// The routes of the sandbox's own. The others are in [`super::routes`].
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/sandbox", get(identity))
        .route("/sandbox/faults", get(planted).post(plant).delete(clear))
        .route("/sandbox/held", get(held))
        .route("/sandbox/requests", get(requests))
        .route("/sandbox/logs", post(add_rows))
        .route("/sandbox/plan", put(set_plan))
        .method_not_allowed_fallback(async || StatusCode::METHOD_NOT_ALLOWED)
        .fallback(async || error(StatusCode::NOT_FOUND, "no such control"))
        .with_state(shared)
}

/// `GET /sandbox`: that it is one, and whose.
async fn identity(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let project_id = shared.service.identity.project_id;
    Json(json!({ "sandbox": true, "project_id": project_id }))
}

/// `GET /sandbox/faults`: what is planted, and how many requests are held.
async fn planted(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({ "faults": shared.faults.list(), "held": shared.faults.held() }))
}

/// `POST /sandbox/faults`: plants one.
async fn plant(
    State(shared): State<Arc<Shared>>,
    Order(fault): Order<Fault>,
) -> Result<StatusCode, Refusal> {
    let planted = shared.faults.plant(fault);
    planted.map_err(|text| error(StatusCode::BAD_REQUEST, text)).map(|()| StatusCode::CREATED)
}

/// `DELETE /sandbox/faults`: removes all.
async fn clear(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.faults.clear();
    StatusCode::NO_CONTENT
}

/// `GET /sandbox/held`: waits until a request is held.
async fn held(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Refusal> {
    match shared.faults.wait_for_held(LONGEST_WAIT).await {
        Some(held) => Ok(Json(json!({ "held": held }))),
        None => Err(error(StatusCode::REQUEST_TIMEOUT, "no request is being held")),
    }
}

/// `GET /sandbox/requests`: what was answered.
async fn requests(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({ "requests": shared.history.list() }))
}

/// `POST /sandbox/logs`: adds rows to a log, in the project of the key that they name,
/// and incidents in the owner's.
async fn add_rows(
    State(shared): State<Arc<Shared>>,
    Order(rows): Order<Rows>,
) -> Result<StatusCode, Refusal> {
    let service = &shared.service;
    match logs::seed(&service.store, service.identity.project_id, &rows)? {
        true => Ok(StatusCode::CREATED),
        false => Err(error(StatusCode::NOT_FOUND, "no such key")),
    }
}

/// What `PUT /sandbox/plan` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedPlan {
    plan: Plan,
}

/// `PUT /sandbox/plan`: puts the owner's organization on another plan.
async fn set_plan(
    State(shared): State<Arc<Shared>>,
    Order(wanted): Order<WantedPlan>,
) -> Result<StatusCode, Refusal> {
    let service = &shared.service;
    logs::set_plan(&service.store, service.identity.project_id, wanted.plan)?;
    Ok(StatusCode::NO_CONTENT)
}

/// A body that tells the sandbox what to do.
struct Order<T>(T);

/// What an [`Order`] is called where it is refused.
trait Named: DeserializeOwned {
    const NAME: &'static str;
}

impl Named for Fault {
    const NAME: &'static str = "a fault";
}

impl Named for Rows {
    const NAME: &'static str = "rows of a log";
}

impl Named for WantedPlan {
    const NAME: &'static str = "a plan";
}

impl<T: Named, S: Sync> FromRequest<S> for Order<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        // A page in a browser can send any other type here without being asked.
        let media_type = header(request.headers(), "content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            let text = "send it with Content-Type: application/json";
            return Err(error(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
        }
        extract::json(request)
            .await?
            .map(Self)
            .map_err(|reason| error(StatusCode::BAD_REQUEST, format!("not {}: {reason}", T::NAME)))
    }
}
