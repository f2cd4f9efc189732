//! Who calls with a key, by the service's two logs (contract, *Usage of a
//! key*).
//!
//! These routes were read in the service's source, not recorded: what is not of
//! the shape below is an error, and never taken for "no calls". By that source
//! the log of AI requests tells neither `endpoint`, `method` nor a numeric
//! status, has incidents of the whole project among its rows, and says in
//! `meta` when the plan shortened the time that was asked for.

use std::collections::HashSet;

use jiff::Timestamp;
use reqwest::Method;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::ApiError;
use super::dashboard::{Dashboard, OWN_APP};
use super::listed_key::ListedKey;
use crate::key::Environment;

/// Most pages of one log that are read.
const MOST_PAGES: usize = 10;

/// Most rows that a page is asked for.
const LARGEST_PAGE: usize = 100;

/// Fewest: a page can be full of this tool's own calls.
const SMALLEST_PAGE: usize = 20;

/// How far back to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeRange {
    /// The last hour.
    Hour,
    /// The last 24 hours.
    Day,
    /// The last 7 days.
    Week,
    /// The last 30 days.
    Month,
    /// As far as the logs go.
    All,
}

impl TimeRange {
    fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
            Self::All => "all",
        }
    }
}

/// A call that was made with a key. The texts are those of whoever called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// When it came in, by the service's clock.
    pub at: Timestamp,
    /// What was called; where the log names none, the model; else empty.
    pub endpoint: String,
    /// HTTP method; empty where the log tells none.
    pub method: String,
    /// HTTP status of the answer; 0 where the log tells none.
    pub status: u16,
    /// The caller's `Origin`, else its `Referer`, else the name of the program.
    pub caller_origin: Option<String>,
    /// The program, as it names itself in `x-cencori-app`.
    pub client_app: Option<String>,
}

/// What the logs tell of a key's use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The calls, newest first, without this tool's own as far as a log names
    /// the program. One that stands in both logs is here twice: they have no id
    /// in common.
    pub calls: Vec<Call>,
    /// The service's clock before the first log was read, in seconds since 1970.
    pub server_time: Option<i64>,
    /// Whether these are all that the logs have of the time that was asked for:
    /// not where there were more than was wanted, nor where other rows may have
    /// pushed some out.
    pub complete: bool,
    /// Whether the service says that its logs cover the whole of that time. How
    /// far they go back depends on the project's plan.
    pub whole_range: bool,
}

/// The two logs: `/v1/models`, chat and responses write the first, `/api/ai/*`
/// the second.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Log {
    Gateway,
    Ai,
}

/// What was read of one log.
pub(crate) struct Part {
    calls: Vec<Call>,
    server_time: Option<i64>,
    complete: bool,
    whole_range: bool,
}

#[derive(Deserialize)]
pub(crate) struct Page {
    requests: Vec<Row>,
    pagination: Option<Pagination>,
    meta: Option<Meta>,
}

#[derive(Deserialize)]
struct Pagination {
    total: Option<usize>,
    per_page: Option<usize>,
}

#[derive(Deserialize)]
struct Meta {
    time_range_clamped: Option<bool>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(deserialize_with = "time")]
    created_at: Timestamp,
    id: Option<String>,
    api_key_id: Option<Uuid>,
    source: Option<String>,
    endpoint: Option<String>,
    model: Option<String>,
    method: Option<String>,
    status_code: Option<u16>,
    caller_origin: Option<String>,
    client_app: Option<String>,
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| D::Error::custom("not a time"))
}

impl Row {
    /// An incident of the project's, of which nobody knows which key it was.
    fn is_incident(&self) -> bool {
        self.source.as_deref() == Some("security_incident")
    }

    /// Whether somebody else than this tool called with `key`. A row that names
    /// no key is one of the key that was asked for.
    fn is_call_of(&self, key: Uuid) -> bool {
        !self.is_incident()
            && self.api_key_id.is_none_or(|id| id == key)
            && self.client_app.as_deref() != Some(OWN_APP)
    }

    fn into_call(self) -> Call {
        let model = self.model.map(|model| format!("model {model}"));
        Call {
            at: self.created_at,
            endpoint: self.endpoint.or(model).unwrap_or_default(),
            method: self.method.unwrap_or_default(),
            status: self.status_code.unwrap_or(0),
            caller_origin: self.caller_origin,
            client_app: self.client_app,
        }
    }
}

impl Dashboard {
    /// The newest calls that others than this tool made with `key`, at most
    /// `most` of them. Needs a member of the project. Reads up to
    /// ten pages of either log, one after the other.
    ///
    /// # Errors
    /// [`ApiError`]: 401 signed out, 403 a stranger, 404 no such project;
    /// [`ApiError::Unintelligible`] where a log is not of the known shape.
    pub fn usage(
        &self,
        project: Uuid,
        key: &ListedKey,
        range: TimeRange,
        most: usize,
    ) -> Result<Usage, ApiError> {
        self.usage_of(project, (key.id, key.environment), range, most)
    }

    /// The same for a key of which no more is known than its id and its
    /// environment: a member may read the logs, and not list keys.
    ///
    /// # Errors
    /// As [`Self::usage`].
    pub fn usage_of(
        &self,
        project: Uuid,
        key: (Uuid, Environment),
        range: TimeRange,
        most: usize,
    ) -> Result<Usage, ApiError> {
        let gateway = self.read_log(Log::Gateway, project, key, range, most)?;
        let ai = self.read_log(Log::Ai, project, key, range, most)?;
        let mut calls = gateway.calls;
        calls.extend(ai.calls);
        calls.sort_by_key(|call| std::cmp::Reverse(call.at));
        let all = calls.len() <= most;
        calls.truncate(most);
        Ok(Usage {
            calls,
            server_time: gateway.server_time.or(ai.server_time),
            complete: all && gateway.complete && ai.complete,
            whole_range: ai.whole_range,
        })
    }

    fn read_log(
        &self,
        log: Log,
        project: Uuid,
        (id, environment): (Uuid, Environment),
        range: TimeRange,
        most: usize,
    ) -> Result<Part, ApiError> {
        let path = match log {
            Log::Gateway => format!("/api/projects/{project}/logs/gateway"),
            Log::Ai => format!("/api/projects/{project}/logs"),
        };
        let asked = most.clamp(SMALLEST_PAGE, LARGEST_PAGE);
        let range = range.as_str();
        let query = format!(
            "api_key_id={id}&environment={environment}&time_range={range}&per_page={asked}"
        );
        read(id, most, asked, |number| {
            let path = format!("{path}?{query}&page={number}");
            let answer = self.call(&Method::GET, &path, None)?;
            Ok((answer.json()?, answer.server_time))
        })
    }
}

/// Reads the pages that `fetch` gives by their number, which are asked for with
/// `asked` rows each, until there are `most` calls with `key`.
pub(crate) fn read(
    key: Uuid,
    most: usize,
    asked: usize,
    fetch: impl Fn(usize) -> Result<(Page, Option<i64>), ApiError>,
) -> Result<Part, ApiError> {
    let mut part =
        Part { calls: Vec::new(), server_time: None, complete: false, whole_range: false };
    // A call that comes in meanwhile moves a row on to the next page.
    let mut seen = HashSet::new();
    let mut hidden = false;
    for number in 1..=MOST_PAGES {
        let (page, server_time) = fetch(number)?;
        if number == 1 {
            part.server_time = server_time;
            let clamped = page.meta.and_then(|meta| meta.time_range_clamped);
            part.whole_range = clamped == Some(false);
        }
        let (total, size) =
            page.pagination.map_or((None, None), |told| (told.total, told.per_page));
        let (rows, size) = (page.requests.len(), size.unwrap_or(asked));
        // Incidents take the places of calls, which no other page has then.
        hidden |= rows >= size && page.requests.iter().any(Row::is_incident);
        let calls = page.requests.into_iter().filter(|row| row.is_call_of(key));
        let new = calls.filter(|row| row.id.as_ref().is_none_or(|id| seen.insert(id.clone())));
        part.calls.extend(new.map(Row::into_call));
        let last = match total {
            Some(total) => number.saturating_mul(size) >= total,
            None => rows < size,
        };
        if last || rows == 0 {
            part.complete = !hidden;
            break;
        }
        if part.calls.len() >= most {
            break;
        }
    }
    Ok(part)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const KEY: &str = "4aa50e74-98e8-4f0d-9d27-2751d961c997";

    /// Reads `pages`, of two rows each.
    fn read_pages(most: usize, pages: &[Value]) -> Result<Part, String> {
        let fetched = |number: usize| {
            let page = pages.get(number - 1).cloned().unwrap_or(json!({ "requests": [] }));
            let page = serde_json::from_value(page)
                .map_err(|error| ApiError::Redirected { to: error.to_string() })?;
            Ok((page, Some(number as i64)))
        };
        read(KEY.parse().unwrap(), most, 2, fetched).map_err(|error| error.to_string())
    }

    fn row(minute: u32, more: &Value) -> Value {
        let mut row = json!({ "created_at": format!("2026-11-22T12:{minute:02}:00.123456+00:00") });
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        row
    }

    #[test]
    fn a_row_needs_no_more_than_its_time() {
        let rows = [row(1, &json!({ "model": "gpt-4o", "status": "success", "cost_usd": 0.1 }))];
        let part = read_pages(5, &[json!({ "requests": rows })]).unwrap();
        let expected = Call {
            at: "2026-11-22T12:01:00.123456Z".parse().unwrap(),
            endpoint: "model gpt-4o".to_owned(),
            method: String::new(),
            status: 0,
            caller_origin: None,
            client_app: None,
        };
        assert_eq!((part.calls, part.server_time), (vec![expected], Some(1)));
        assert!(part.complete && !part.whole_range);
    }

    #[test]
    fn rows_of_others_are_left_out() {
        let pages = [
            json!({ "requests": [
                row(9, &json!({ "client_app": "cencori-cli", "api_key_id": KEY })),
                row(8, &json!({ "api_key_id": Uuid::nil() })),
            ] }),
            json!({ "requests": [row(7, &json!({ "api_key_id": KEY, "client_app": "web" }))] }),
        ];
        let part = read_pages(1, &pages).unwrap();
        assert_eq!(part.calls.len(), 1);
        assert_eq!(part.calls[0].client_app.as_deref(), Some("web"));
        assert!(part.complete);
    }

    #[test]
    fn incidents_are_nobodys_and_hide_calls() {
        let incident = row(9, &json!({ "source": "security_incident" }));
        let call = row(8, &json!({ "source": "ai_request", "api_key_id": KEY }));
        let short = read_pages(5, &[json!({ "requests": [incident] })]).unwrap();
        assert!(short.calls.is_empty() && short.complete);
        let full = read_pages(5, &[json!({ "requests": [incident, call] })]).unwrap();
        assert!(full.calls.len() == 1 && !full.complete);
    }

    #[test]
    fn a_row_that_moved_to_the_next_page_counts_once() {
        let rows =
            |ids: [&str; 2]| json!({ "requests": ids.map(|id| row(1, &json!({ "id": id }))) });
        let part = read_pages(9, &[rows(["a", "b"]), rows(["b", "c"])]).unwrap();
        assert_eq!(part.calls.len(), 3);
    }

    #[test]
    fn what_was_not_read_is_not_called_complete() {
        let page = |total: usize| {
            let pagination = json!({ "total": total, "per_page": 2 });
            json!({ "requests": [row(2, &json!({})), row(1, &json!({}))], "pagination": pagination })
        };
        assert!(!read_pages(2, &[page(3)]).unwrap().complete);
        assert!(read_pages(2, &[page(2)]).unwrap().complete);
        let endless: Vec<_> = (0..100).map(|_| page(1_000)).collect();
        let part = read_pages(1_000, &endless).unwrap();
        assert_eq!((part.calls.len(), part.complete), (2 * MOST_PAGES, false));
    }

    #[test]
    fn only_a_service_that_says_so_covers_the_whole_range() {
        let told = |meta: Value| {
            read_pages(1, &[json!({ "requests": [], "meta": meta })]).unwrap().whole_range
        };
        assert!(told(json!({ "time_range_clamped": false, "tier": "enterprise" })));
        assert!(!told(json!({ "time_range_clamped": true })) && !told(json!({})));
    }

    #[test]
    fn another_shape_is_not_taken_for_no_calls() {
        for other in [
            json!([]),
            json!({ "logs": [] }),
            json!({ "requests": null }),
            json!({ "requests": [{}] }),
            json!({ "requests": [{ "created_at": "yesterday" }] }),
            json!({ "requests": [{ "created_at": 1 }] }),
        ] {
            assert!(read_pages(1, std::slice::from_ref(&other)).is_err(), "{other}");
        }
    }
}
