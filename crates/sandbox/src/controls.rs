//! `/sandbox/...`: what the service does not have and its stand-in needs: who
//! it is, faults, what it was asked, rows of the logs, and the plan.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use hyper::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::faults::{Fault, Faults};
use super::logs::{self, Plan, Rows};
use super::message::{Answer, Request};
use super::service::Service;
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
    /// `None` where the connection ended without an answer.
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
            method: request.method.to_string(),
            path: request.path.clone(),
            query: request.query.clone(),
            status: None,
            client_app: request.header("x-cencori-app").map(str::to_owned),
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

/// Answers a control request.
///
/// # Errors
/// When an answer cannot be written as JSON.
pub(super) async fn answer(
    service: &Service,
    faults: &Faults,
    history: &History,
    request: &Request,
) -> anyhow::Result<Answer> {
    match (&request.method, request.path.as_str()) {
        (&Method::GET, "/sandbox") => {
            let project_id = service.identity.project_id;
            Ok(Answer::value(200, &json!({ "sandbox": true, "project_id": project_id })))
        }
        (&Method::GET, "/sandbox/faults") => {
            Answer::json(200, &json!({ "faults": faults.list(), "held": faults.held() }))
        }
        (&Method::POST, "/sandbox/faults") => Ok(plant(faults, request)),
        (&Method::DELETE, "/sandbox/faults") => {
            faults.clear();
            Ok(Answer::empty(204))
        }
        (&Method::GET, "/sandbox/held") => Ok(match faults.wait_for_held(LONGEST_WAIT).await {
            Some(held) => Answer::value(200, &json!({ "held": held })),
            None => Answer::error(408, "no request is being held"),
        }),
        (&Method::GET, "/sandbox/requests") => {
            Answer::json(200, &json!({ "requests": history.list() }))
        }
        (&Method::POST, "/sandbox/logs") => add_rows(service, request),
        (&Method::PUT, "/sandbox/plan") => set_plan(service, request),
        (
            _,
            "/sandbox" | "/sandbox/faults" | "/sandbox/held" | "/sandbox/requests"
            | "/sandbox/logs" | "/sandbox/plan",
        ) => Ok(Answer::empty(405)),
        _ => Ok(Answer::error(404, "no such control")),
    }
}

fn plant(faults: &Faults, request: &Request) -> Answer {
    let fault: Fault = match read(request, "a fault") {
        Ok(fault) => fault,
        Err(refusal) => return refusal,
    };
    match faults.plant(fault) {
        Ok(()) => Answer::empty(201),
        Err(text) => Answer::error(400, text),
    }
}

/// Adds rows to a log, in the project of the key that they name, and incidents
/// in the owner's.
fn add_rows(service: &Service, request: &Request) -> anyhow::Result<Answer> {
    let rows: Rows = match read(request, "rows of a log") {
        Ok(rows) => rows,
        Err(refusal) => return Ok(refusal),
    };
    let added = logs::seed(&service.store, service.identity.project_id, &rows)?;
    Ok(if added { Answer::empty(201) } else { Answer::error(404, "no such key") })
}

/// Puts the owner's organization on another plan.
fn set_plan(service: &Service, request: &Request) -> anyhow::Result<Answer> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        plan: Plan,
    }
    let wanted: Wanted = match read(request, "a plan") {
        Ok(wanted) => wanted,
        Err(refusal) => return Ok(refusal),
    };
    logs::set_plan(&service.store, service.identity.project_id, wanted.plan)?;
    Ok(Answer::empty(204))
}

/// The body, as what is expected in it; or the answer that refuses it.
fn read<T: DeserializeOwned>(request: &Request, what: &str) -> Result<T, Answer> {
    // A page in a browser can send any other type here without being asked.
    let media_type = request.header("content-type").unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(Answer::error(415, "send it with Content-Type: application/json"));
    }
    serde_json::from_slice(&request.body)
        .map_err(|error| Answer::error(400, &format!("not {what}: {error}")))
}
