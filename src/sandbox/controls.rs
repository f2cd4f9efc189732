//! `/sandbox/...`: what the service does not have and its stand-in needs: who
//! it is, faults, and what it was asked.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use hyper::Method;
use serde::Serialize;
use serde_json::json;

use super::faults::{Fault, Faults};
use super::message::{Answer, Request};
use super::service::Service;
use super::store::lock;

/// How long `GET /sandbox/held` waits.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How many requests are remembered.
const MOST_REQUESTS: usize = 10_000;

/// A request that was answered, without anything that can hold a secret.
#[derive(Clone, Serialize)]
pub(super) struct Answered {
    /// The method.
    pub(super) method: String,
    /// The path.
    pub(super) path: String,
    /// The query, as sent.
    pub(super) query: Option<String>,
    /// The status; `None` where the connection ended without an answer.
    pub(super) status: Option<u16>,
    /// The header `x-cencori-app`.
    pub(super) client_app: Option<String>,
}

/// The requests that one server answered, oldest first.
#[derive(Default)]
pub(super) struct History(Mutex<VecDeque<Answered>>);

impl History {
    /// Adds one, and forgets the oldest beyond the cap.
    pub(super) fn add(&self, answered: Answered) {
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
        (&Method::GET, "/sandbox/faults") => Answer::json(200, &json!({ "faults": faults.list() })),
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
        (_, "/sandbox" | "/sandbox/faults" | "/sandbox/held" | "/sandbox/requests") => {
            Ok(Answer::empty(405))
        }
        _ => Ok(Answer::error(404, "no such control")),
    }
}

fn plant(faults: &Faults, request: &Request) -> Answer {
    // A page in a browser can send any other type here without being asked.
    let media_type = request.header("content-type").unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Answer::error(415, "faults are planted with Content-Type: application/json");
    }
    let planted = serde_json::from_slice::<Fault>(&request.body)
        .map_err(|error| format!("not a fault: {error}"))
        .and_then(|fault| faults.plant(fault).map_err(str::to_owned));
    match planted {
        Ok(()) => Answer::empty(201),
        Err(text) => Answer::error(400, &text),
    }
}
