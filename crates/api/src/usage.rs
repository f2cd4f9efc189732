//! What the service's two logs tell of a key's use (contract, *Usage of a key*).
//!
//! The log of AI requests has security incidents of the whole project among its
//! rows, counts them, and promises pages that it then answers with 500. It is
//! read by what can be relied on: its first page, and the totals of the requests
//! that succeeded and that failed, which leave incidents out.
//!
//! What the logs can't tell is a value of its own, [`LastUse::Undetermined`]: an
//! empty answer alone never means that nobody uses a key.

use std::collections::HashSet;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::dashboard::{Dashboard, OWN_APP};
use super::{ApiError, parallel};
use cencori_core::key::Environment;
use cencori_core::listed_key::ListedKey;

/// Most pages of one log that are read.
const MOST_PAGES: usize = 10;

/// Most rows that a page is asked for.
const LARGEST_PAGE: usize = 100;

/// Fewest of the gateway log: a page can be full of this tool's own calls.
const SMALLEST_PAGE: usize = 20;

/// From how many live keys on an empty log is no answer. The routes look through
/// 1,000 of them, in no order, and answer nothing where none is of the environment
/// that they are asked about. Keys may be added between the list and the logs, and
/// those of other environments are in no list, so this stays well below.
const MANY_KEYS: usize = 900;

/// How far back every plan shows the log of AI requests. How far another one goes
/// the service does not say.
pub const SHORTEST_LOG: SignedDuration = SignedDuration::from_hours(7 * 24);

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

    /// When it begins; `None` for the beginning of time.
    fn begin(self, now: Timestamp) -> Option<Timestamp> {
        let hours = match self {
            Self::Hour => 1,
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Month => 30 * 24,
            Self::All => return None,
        };
        now.checked_sub(SignedDuration::from_hours(hours)).ok()
    }
}

/// A key whose logs are read.
#[derive(Clone, Copy, Debug)]
pub struct LoggedKey {
    /// Its id.
    pub id: Uuid,
    /// Its environment; the logs are empty for the other one.
    pub environment: Environment,
    /// When it was made, where that is known: before that nobody used it.
    pub created_at: Option<Timestamp>,
}

impl From<&ListedKey> for LoggedKey {
    fn from(key: &ListedKey) -> Self {
        Self { id: key.id, environment: key.environment, created_at: key.created_at }
    }
}

/// A call of `/v1/*`. The texts are those of whoever called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayCall {
    /// When it came in, by the service's clock.
    pub at: Timestamp,
    /// What was called.
    pub endpoint: String,
    /// HTTP method.
    pub method: String,
    /// HTTP status of the answer.
    pub status: Option<u16>,
    /// The caller's `Origin`, else its `Referer`, else the name of the program.
    pub caller_origin: Option<String>,
    /// The program, as it names itself in `x-cencori-app`.
    pub client_app: Option<String>,
}

/// An AI request. Who made it, its log does not say.
#[derive(Clone, Debug, PartialEq)]
pub struct AiRequest {
    /// When it was made, by the service's clock.
    pub at: Timestamp,
    /// `success`, `error`, `filtered`, `rate_limited`, ...
    pub status: String,
    /// The model.
    pub model: String,
    /// Tokens of prompt and completion together.
    pub tokens: u64,
    /// What it cost, in US dollars.
    pub cost_usd: f64,
}

/// What was read of one log.
#[derive(Clone, Debug, PartialEq)]
pub struct Log<T> {
    /// The rows that were read, newest first.
    pub rows: Vec<T>,
    /// How many there are in the time that was asked for, at least.
    pub count: usize,
    /// Whether there are no more than that.
    pub counted: bool,
    /// Whether `rows` are all of them.
    pub complete: bool,
    /// Whether the answer had anything in it: if not, the service may not have
    /// looked for the key.
    answered: bool,
    /// There are rows that were not read, none of them later than this.
    hidden_until: Option<Timestamp>,
    server_time: Option<i64>,
}

/// What the logs tell of a key's use.
#[derive(Clone, Debug, PartialEq)]
pub struct Usage {
    /// Calls of `/v1/*`, without this tool's own.
    pub gateway: Log<GatewayCall>,
    /// AI requests. One that was made at `/v1/*` is in the other log too; they have
    /// no id in common.
    pub ai: Log<AiRequest>,
    /// When nothing was asked for that is older.
    since: Option<Timestamp>,
    /// The service's clock before the logs were read.
    now: Timestamp,
}

/// How many live keys a project has, of both environments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveKeys {
    /// So many are listed.
    Counted(usize),
    /// They could not be listed: a member may not.
    NotCounted,
}

/// When a key was last used, as far as the logs can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastUse {
    /// At this time, and not since.
    At(Timestamp),
    /// Not in the time that was asked for; of all time, never.
    Unused,
    /// The logs can't tell.
    Undetermined {
        /// The latest use that they show.
        seen: Option<Timestamp>,
        /// Why there may be a later one.
        why: Undetermined,
    },
}

/// Why the logs can't tell when a key was last used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undetermined {
    /// The project has so many live keys that the service may not have looked for
    /// this one.
    ManyKeys,
    /// Whether it has so many is not known.
    KeysNotCounted,
    /// Security incidents take the places of requests in the log.
    Incidents,
    /// The plan may cut the log off before the time that was asked for.
    Plan,
    /// What was read of the log are this tool's own calls.
    OwnCalls,
}

impl LastUse {
    /// The latest use that the logs show.
    pub fn seen(self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(at),
            Self::Unused => None,
            Self::Undetermined { seen, .. } => seen,
        }
    }

    /// Why the logs can't tell, where they can't.
    pub fn undetermined(self) -> Option<Undetermined> {
        match self {
            Self::Undetermined { why, .. } => Some(why),
            Self::At(_) | Self::Unused => None,
        }
    }
}

impl Undetermined {
    /// The reason for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ManyKeys => "many_keys",
            Self::KeysNotCounted => "keys_not_counted",
            Self::Incidents => "incidents",
            Self::Plan => "plan",
            Self::OwnCalls => "own_calls",
        }
    }
}

impl fmt::Display for Undetermined {
    /// The reason as a part of a sentence.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ManyKeys => {
                "the project has about 1,000 live keys or more, and the service looks for calls of only 1,000"
            }
            Self::KeysNotCounted => {
                "the service looks for calls of only 1,000 live keys, and how many the project has is not known"
            }
            Self::Incidents => "security incidents fill the log of AI requests",
            Self::Plan => {
                "depending on the project's plan, the log of AI requests may go back only 7 days"
            }
            Self::OwnCalls => "the latest calls in the gateway log are this tool's own",
        })
    }
}

impl Usage {
    /// The service's clock before the logs were read, in seconds since 1970.
    pub fn server_time(&self) -> i64 {
        self.now.as_second()
    }

    /// When the key was last used. `live_keys` are those of its project.
    pub fn last_use(&self, live_keys: LiveKeys) -> LastUse {
        let call = self.gateway.rows.first().map(|call| call.at);
        let request = self.ai.rows.first().map(|request| request.at);
        let seen = call.max(request);
        match (seen, self.doubt(seen, live_keys)) {
            (seen, Some(why)) => LastUse::Undetermined { seen, why },
            (Some(at), None) => LastUse::At(at),
            (None, None) => LastUse::Unused,
        }
    }

    /// Why there may be a later use than the one `seen`.
    fn doubt(&self, seen: Option<Timestamp>, live_keys: LiveKeys) -> Option<Undetermined> {
        let hidden_until = |until: Timestamp| seen.is_none_or(|seen| seen < until);
        if !self.gateway.answered || !self.ai.answered {
            match live_keys {
                LiveKeys::Counted(count) if count < MANY_KEYS => {}
                LiveKeys::Counted(_) => return Some(Undetermined::ManyKeys),
                LiveKeys::NotCounted => return Some(Undetermined::KeysNotCounted),
            }
        }
        if self.gateway.hidden_until.is_some_and(hidden_until) {
            return Some(Undetermined::OwnCalls);
        }
        if self.ai.hidden_until.is_some_and(hidden_until) {
            return Some(Undetermined::Incidents);
        }
        let shown_since = self.shown_since()?;
        let cut = self.since.is_none_or(|since| since < shown_since);
        (cut && hidden_until(shown_since)).then_some(Undetermined::Plan)
    }

    /// Since when the log of AI requests is known to be shown: what is in it proves
    /// that it goes back so far.
    fn shown_since(&self) -> Option<Timestamp> {
        let every_plan = self.now.checked_sub(SHORTEST_LOG).ok()?;
        let oldest = self.ai.rows.last().map(|request| request.at);
        Some(oldest.map_or(every_plan, |oldest| oldest.min(every_plan)))
    }
}

#[derive(Deserialize)]
struct Page<T> {
    requests: Vec<T>,
    pagination: Pagination,
}

#[derive(Deserialize)]
struct Pagination {
    total: usize,
    per_page: usize,
}

#[derive(Deserialize)]
struct GatewayRow {
    #[serde(deserialize_with = "time")]
    created_at: Timestamp,
    id: Option<String>,
    api_key_id: Option<Uuid>,
    endpoint: Option<String>,
    method: Option<String>,
    status_code: Option<u16>,
    caller_origin: Option<String>,
    client_app: Option<String>,
}

#[derive(Deserialize)]
struct AiRow {
    #[serde(deserialize_with = "time")]
    created_at: Timestamp,
    id: Option<String>,
    api_key_id: Option<Uuid>,
    source: Option<String>,
    status: Option<String>,
    model: Option<String>,
    total_tokens: Option<u64>,
    cost_usd: Option<f64>,
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| D::Error::custom("not a time"))
}

/// A row of either log.
trait LogRow {
    fn at(&self) -> Timestamp;
    fn id(&self) -> Option<&str>;
}

impl LogRow for GatewayRow {
    fn at(&self) -> Timestamp {
        self.created_at
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl LogRow for AiRow {
    fn at(&self) -> Timestamp {
        self.created_at
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl GatewayRow {
    /// Whether somebody else than this tool called with `key`. A row that names no
    /// key is one of the key that was asked for.
    fn is_call_of(&self, key: Uuid) -> bool {
        self.api_key_id.is_none_or(|id| id == key) && self.client_app.as_deref() != Some(OWN_APP)
    }

    fn into_call(self) -> GatewayCall {
        GatewayCall {
            at: self.created_at,
            endpoint: self.endpoint.unwrap_or_default(),
            method: self.method.unwrap_or_default(),
            status: self.status_code,
            caller_origin: self.caller_origin,
            client_app: self.client_app,
        }
    }
}

impl AiRow {
    /// Whether it is an incident of the project, of which nobody knows the key.
    fn is_incident(&self) -> bool {
        self.source.as_deref() == Some("security_incident")
    }

    fn is_request_of(&self, key: Uuid) -> bool {
        !self.is_incident() && self.api_key_id.is_none_or(|id| id == key)
    }

    /// Whether its status is one that can be asked for without incidents.
    fn can_be_counted(&self) -> bool {
        matches!(self.status.as_deref(), Some("success" | "error"))
    }

    fn into_request(self) -> AiRequest {
        AiRequest {
            at: self.created_at,
            status: self.status.unwrap_or_default(),
            model: self.model.unwrap_or_default(),
            tokens: self.total_tokens.unwrap_or(0),
            cost_usd: self.cost_usd.unwrap_or(0.0),
        }
    }
}

/// One page of a log, and the service's clock.
type Fetched<T> = Result<(Page<T>, Option<i64>), ApiError>;

/// What is read of a key: one log of the two.
enum Part {
    Gateway(Result<Log<GatewayCall>, ApiError>),
    Ai(Result<Log<AiRequest>, ApiError>),
}

impl Dashboard {
    /// How `key` was used within `range`: the newest `most` rows of each log, or a
    /// few more. Needs a member of the project. Reads up to ten pages of the gateway
    /// log, and of the log of AI requests as many again for each status.
    ///
    /// # Errors
    /// [`ApiError`]: 401 signed out, 403 a stranger, 404 no such project;
    /// [`ApiError::Unintelligible`] where a log is not of the known shape.
    pub fn usage(
        &self,
        project: Uuid,
        key: LoggedKey,
        range: TimeRange,
        most: usize,
    ) -> Result<Usage, ApiError> {
        self.usages(project, &[key], range, most).remove(0)
    }

    /// The same for several keys, several logs at a time; a result each, in their
    /// order.
    pub fn usages(
        &self,
        project: Uuid,
        keys: &[LoggedKey],
        range: TimeRange,
        most: usize,
    ) -> Vec<Result<Usage, ApiError>> {
        let parts: Vec<_> = keys.iter().flat_map(|key| [(key, true), (key, false)]).collect();
        let mut read = parallel::map(&parts, |(key, gateway)| match gateway {
            true => Part::Gateway(self.gateway_log(project, **key, range, most)),
            false => Part::Ai(self.ai_log(project, **key, range, most)),
        })
        .into_iter();
        let mut usage = |key: &LoggedKey| match (read.next(), read.next()) {
            (Some(Part::Gateway(gateway)), Some(Part::Ai(ai))) => {
                let (gateway, ai) = (gateway?, ai?);
                let server_time = gateway.server_time.or(ai.server_time);
                let now = server_time.and_then(|seconds| Timestamp::from_second(seconds).ok());
                let now = now.unwrap_or_else(Timestamp::now);
                let since = range.begin(now).max(key.created_at);
                Ok(Usage { gateway, ai, since, now })
            }
            _ => unreachable!("each key has a part of either kind, in this order"),
        };
        keys.iter().map(&mut usage).collect()
    }

    /// Whether the log of AI requests is known to go back to `time`: a request of
    /// `key` that is as old is in it.
    pub fn ai_log_reaches(
        &self,
        project: Uuid,
        key: LoggedKey,
        time: Timestamp,
    ) -> Result<bool, ApiError> {
        let fetch = |number| {
            self.page::<AiRow>(&ai_path(project), key, TimeRange::All, Some("success"), 1, number)
        };
        let (first, _) = fetch(1)?;
        let total = first.pagination.total;
        let last = if total > 1 { fetch(total)?.0 } else { first };
        Ok(last.requests.iter().any(|row| row.is_request_of(key.id) && row.created_at <= time))
    }

    fn gateway_log(
        &self,
        project: Uuid,
        key: LoggedKey,
        range: TimeRange,
        most: usize,
    ) -> Result<Log<GatewayCall>, ApiError> {
        let path = format!("/api/projects/{project}/logs/gateway");
        let asked = most.clamp(SMALLEST_PAGE, LARGEST_PAGE);
        read_gateway_log(key.id, most, |number| self.page(&path, key, range, None, asked, number))
    }

    fn ai_log(
        &self,
        project: Uuid,
        key: LoggedKey,
        range: TimeRange,
        most: usize,
    ) -> Result<Log<AiRequest>, ApiError> {
        let path = ai_path(project);
        read_ai_log(key.id, most, |status, asked, number| {
            self.page(&path, key, range, status, asked, number)
        })
    }

    fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        key: LoggedKey,
        range: TimeRange,
        status: Option<&str>,
        asked: usize,
        number: usize,
    ) -> Fetched<T> {
        let LoggedKey { id, environment, .. } = key;
        let range = range.as_str();
        let status = status.map_or_else(String::new, |status| format!("&status={status}"));
        let query = format!(
            "api_key_id={id}&environment={environment}&time_range={range}&per_page={asked}&page={number}{status}"
        );
        let answer = self.call(&Method::GET, &format!("{path}?{query}"), None)?;
        Ok((answer.json()?, answer.server_time))
    }
}

fn ai_path(project: Uuid) -> String {
    format!("/api/projects/{project}/logs")
}

/// Rows of pages that have no incidents among them.
struct Rows<T> {
    rows: Vec<T>,
    /// How many the service counts.
    total: usize,
    /// Whether `rows` are all.
    complete: bool,
    server_time: Option<i64>,
}

/// Reads the pages that `fetch` gives by their number until `enough` rows are there.
/// No page is asked for that begins behind the last row: that is a 500.
fn read_pages<T: LogRow>(
    fetch: impl Fn(usize) -> Fetched<T>,
    enough: impl Fn(&[T]) -> bool,
) -> Result<Rows<T>, ApiError> {
    let (page, server_time) = fetch(1)?;
    let mut all =
        Rows { rows: Vec::new(), total: page.pagination.total, complete: false, server_time };
    // A call that comes in meanwhile moves a row on to the next page.
    let mut seen = HashSet::new();
    let mut page = page;
    for number in 1..=MOST_PAGES {
        let Pagination { total, per_page } = page.pagination;
        let rows = page.requests.into_iter();
        all.rows.extend(rows.filter(|row| row.id().is_none_or(|id| seen.insert(id.to_owned()))));
        if number.saturating_mul(per_page.max(1)) >= total {
            all.complete = true;
            break;
        }
        if number == MOST_PAGES || enough(&all.rows) {
            break;
        }
        page = match fetch(number + 1) {
            Ok((page, _)) => page,
            // Rows have left the time that was asked for, and the page with them.
            Err(ApiError::Refused { status: 500, .. }) => break,
            Err(error) => return Err(error),
        };
    }
    Ok(all)
}

/// What is wrong with `answer` as a page of either log. For checks of what any answer comes
/// to; commands read the logs with [`Usage`].
#[doc(hidden)]
pub fn errors_of(answer: &super::answer::Answer) -> [Option<ApiError>; 2] {
    let gateway = read_gateway_log(Uuid::nil(), 10, |_| Ok((answer.json()?, None)));
    let ai = read_ai_log(Uuid::nil(), 10, |_, _, _| Ok((answer.json()?, None)));
    [gateway.err(), ai.err()]
}

fn read_gateway_log(
    key: Uuid,
    most: usize,
    fetch: impl Fn(usize) -> Fetched<GatewayRow>,
) -> Result<Log<GatewayCall>, ApiError> {
    let calls = |rows: &[GatewayRow]| rows.iter().filter(|row| row.is_call_of(key)).count();
    let read = read_pages(fetch, |rows| calls(rows) >= most)?;
    let oldest = read.rows.last().map(GatewayRow::at);
    let rows: Vec<_> = read.rows.into_iter().filter(|row| row.is_call_of(key)).collect();
    Ok(Log {
        count: rows.len(),
        counted: read.complete,
        complete: read.complete,
        answered: read.total > 0,
        hidden_until: oldest.filter(|_| !read.complete),
        server_time: read.server_time,
        rows: rows.into_iter().map(GatewayRow::into_call).collect(),
    })
}

/// `fetch` gives a page by its status, its size and its number.
fn read_ai_log(
    key: Uuid,
    most: usize,
    fetch: impl Fn(Option<&str>, usize, usize) -> Fetched<AiRow> + Sync,
) -> Result<Log<AiRequest>, ApiError> {
    // With incidents among its rows this is the only page that there surely is.
    let (page, server_time) = fetch(None, LARGEST_PAGE, 1)?;
    let Pagination { total, per_page } = page.pagination;
    let full = page.requests.len() >= per_page.max(1);
    let oldest = page.requests.iter().map(AiRow::at).min();
    let has_incidents = page.requests.iter().any(AiRow::is_incident);
    let mut rows: Vec<_> = page.requests.into_iter().filter(|row| row.is_request_of(key)).collect();
    let (mut counted, mut complete, mut count) = (!full, !full, rows.len());
    let mut hidden = false;
    if full && rows.len() < most {
        let asked = most.min(LARGEST_PAGE);
        let by_status = parallel::map(&["success", "error"], |status| {
            read_pages(|number| fetch(Some(*status), asked, number), |rows| rows.len() >= most)
        });
        // Of a page of one row no more than one incident is counted.
        let requests = if has_incidents {
            fetch(None, 1, 1)?.0.pagination.total.saturating_sub(1)
        } else {
            total
        };
        rows.retain(|row| !row.can_be_counted());
        count = rows.len();
        complete = true;
        for read in by_status {
            let read = read?;
            count += read.total;
            complete &= read.complete;
            rows.extend(read.rows);
        }
        rows.sort_by_key(|row| std::cmp::Reverse(row.created_at));
        // Requests of other statuses that the first page does not show.
        hidden = count < requests;
        complete &= !hidden;
        counted = has_incidents || !hidden;
        count = if has_incidents { count.max(requests) } else { count };
    }
    Ok(Log {
        count,
        counted,
        complete,
        answered: total > 0,
        // What the first page does not show is older than all that it shows.
        hidden_until: oldest.filter(|_| hidden),
        server_time,
        rows: rows.into_iter().map(AiRow::into_request).collect(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const KEY: &str = "4aa50e74-98e8-4f0d-9d27-2751d961c997";
    const NOW: &str = "2026-11-22T13:00:00Z";

    fn key() -> Uuid {
        KEY.parse().unwrap()
    }

    fn time_of(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn page<T: DeserializeOwned>(page: &Value) -> Fetched<T> {
        let page = serde_json::from_value(page.clone())
            .map_err(|error| ApiError::Redirected { to: error.to_string() })?;
        Ok((page, Some(time_of(NOW).as_second())))
    }

    fn row(minutes_ago: i64, more: &Value) -> Value {
        let at = time_of(NOW) - SignedDuration::from_mins(minutes_ago);
        let mut row = json!({ "created_at": at.to_string() });
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        row
    }

    fn rows(rows: &[Value], total: usize, per_page: usize) -> Value {
        let pagination =
            json!({ "page": 1, "per_page": per_page, "total": total, "total_pages": 1 });
        json!({ "requests": rows, "pagination": pagination })
    }

    /// Reads `pages` of the gateway log, of two rows each.
    fn gateway(most: usize, pages: &[Value]) -> Result<Log<GatewayCall>, String> {
        read_gateway_log(key(), most, |number| page(&pages[number - 1]))
            .map_err(|error| error.to_string())
    }

    /// A project with these AI requests and incidents, the latter and their numbers
    /// as the service has them.
    struct Project {
        requests: Vec<Value>,
        incidents: Vec<Value>,
    }

    impl Project {
        fn page(&self, status: Option<&str>, per_page: usize, number: usize) -> Value {
            let fits = |row: &&Value| status.is_none_or(|status| row["status"] == status);
            let requests: Vec<_> = self.requests.iter().filter(fits).collect();
            let begin = (number - 1) * per_page;
            assert!(begin == 0 || begin < requests.len(), "page {number} does not exist");
            let incidents = match status {
                Some(_) => &[],
                None => &self.incidents[..self.incidents.len().min(per_page)],
            };
            let total = requests.len() + incidents.len();
            let page = requests.into_iter().skip(begin).take(per_page).chain(incidents);
            let mut page: Vec<_> = page.cloned().collect();
            page.sort_by_key(|row| {
                std::cmp::Reverse(row["created_at"].as_str().unwrap().to_owned())
            });
            page.truncate(per_page);
            rows(&page, total, per_page)
        }

        fn read(&self, most: usize) -> Log<AiRequest> {
            read_ai_log(key(), most, |status, per_page, number| {
                page(&self.page(status, per_page, number))
            })
            .unwrap()
        }
    }

    fn requests(count: i64, minutes_ago: i64, status: &str) -> Vec<Value> {
        let row = |number: i64| {
            let id = format!("{status} {}", minutes_ago + number);
            row(
                minutes_ago + number,
                &json!({ "id": id, "status": status, "source": "ai_request" }),
            )
        };
        (0..count).map(row).collect()
    }

    fn incidents(count: i64, minutes_ago: i64) -> Vec<Value> {
        let incident = json!({ "source": "security_incident", "status": "filtered" });
        (0..count).map(|number| row(minutes_ago + number, &incident)).collect()
    }

    fn empty<T>() -> Log<T> {
        Log {
            rows: Vec::new(),
            count: 0,
            counted: true,
            complete: true,
            answered: false,
            hidden_until: None,
            server_time: None,
        }
    }

    fn usage(gateway: Log<GatewayCall>, ai: Log<AiRequest>) -> Usage {
        Usage { gateway, ai, since: Some(time_of("2026-11-22T12:00:00Z")), now: time_of(NOW) }
    }

    const FEW: LiveKeys = LiveKeys::Counted(3);

    #[test]
    fn a_row_has_what_its_log_tells() {
        let call =
            row(59, &json!({ "endpoint": "/v1/models", "status_code": 200, "method": "GET" }));
        let log = gateway(5, &[rows(&[call], 1, 2)]).unwrap();
        let call = &log.rows[0];
        assert_eq!((call.endpoint.as_str(), call.status), ("/v1/models", Some(200)));
        let request = json!({
            "model": "gpt-4o", "status": "success", "prompt_tokens": 10, "completion_tokens": 5,
            "total_tokens": 15, "cost_usd": 0.001, "latency_ms": null, "source": "ai_request",
        });
        let project = Project { requests: vec![row(59, &request)], incidents: Vec::new() };
        let expected = AiRequest {
            at: time_of("2026-11-22T12:01:00Z"),
            status: "success".to_owned(),
            model: "gpt-4o".to_owned(),
            tokens: 15,
            cost_usd: 0.001,
        };
        assert_eq!(project.read(5).rows, [expected]);
    }

    #[test]
    fn rows_of_others_are_left_out() {
        let pages = [
            rows(
                &[
                    row(1, &json!({ "client_app": "cencori-cli", "api_key_id": KEY })),
                    row(2, &json!({ "api_key_id": Uuid::nil() })),
                ],
                3,
                2,
            ),
            rows(&[row(3, &json!({ "api_key_id": KEY, "client_app": "web" }))], 3, 2),
        ];
        let log = gateway(1, &pages).unwrap();
        assert_eq!(log.rows.len(), 1);
        assert_eq!(log.rows[0].client_app.as_deref(), Some("web"));
        assert!(log.complete);
    }

    #[test]
    fn a_row_that_moved_to_the_next_page_counts_once() {
        let two = |ids: [&str; 2]| rows(&ids.map(|id| row(1, &json!({ "id": id }))), 4, 2);
        let log = gateway(9, &[two(["a", "b"]), two(["b", "c"])]).unwrap();
        assert_eq!(log.rows.len(), 3);
    }

    #[test]
    fn what_was_not_read_is_not_called_complete() {
        let page = |total| rows(&[row(1, &json!({})), row(2, &json!({}))], total, 2);
        assert!(!gateway(2, &[page(3)]).unwrap().complete);
        assert!(gateway(2, &[page(2)]).unwrap().complete);
        let endless: Vec<_> = (0..100).map(|_| page(1_000)).collect();
        let log = gateway(1_000, &endless).unwrap();
        assert_eq!((log.count, log.complete), (2 * MOST_PAGES, false));
    }

    #[test]
    fn a_log_that_is_full_of_own_calls_tells_nothing() {
        let own = json!({ "client_app": "cencori-cli" });
        let pages: Vec<_> = (0..100).map(|_| rows(&[row(1, &own), row(2, &own)], 999, 2)).collect();
        let usage = usage(gateway(1, &pages).unwrap(), empty());
        let why = Undetermined::OwnCalls;
        assert_eq!(usage.last_use(FEW), LastUse::Undetermined { seen: None, why });
    }

    #[test]
    fn another_shape_is_not_taken_for_no_calls() {
        for other in [
            json!([]),
            json!({ "logs": [] }),
            json!({ "requests": [] }),
            json!({ "requests": null, "pagination": { "total": 0, "per_page": 20 } }),
            rows(&[json!({})], 1, 20),
            rows(&[json!({ "created_at": "yesterday" })], 1, 20),
            rows(&[json!({ "created_at": 1 })], 1, 20),
        ] {
            assert!(gateway(1, std::slice::from_ref(&other)).is_err(), "{other}");
            assert!(read_ai_log(key(), 1, |_, _, _| page(&other)).is_err(), "{other}");
        }
    }

    #[test]
    fn incidents_are_never_counted_and_no_page_is_asked_for_that_is_none() {
        for (succeeded, failed, filtered, incident_count) in [
            (0, 0, 0, 0),
            (0, 0, 0, 3),
            (0, 0, 0, 300),
            (14, 0, 0, 300),
            (45, 3, 0, 300),
            (250, 40, 0, 300),
            (250, 40, 5, 0),
            (250, 40, 5, 300),
            (0, 0, 7, 300),
        ] {
            for (minutes_ago, most) in [(0, 1), (0, 100), (0, 1_000), (500, 1), (500, 1_000)] {
                let mut all = requests(succeeded, minutes_ago, "success");
                all.extend(requests(failed, minutes_ago, "error"));
                all.extend(requests(filtered, minutes_ago, "filtered"));
                all.sort_by_key(|row| {
                    std::cmp::Reverse(row["created_at"].as_str().unwrap().to_owned())
                });
                let newest = all.first().map(|row| time_of(row["created_at"].as_str().unwrap()));
                let count = all.len();
                let project = Project { requests: all, incidents: incidents(incident_count, 1) };
                let log = project.read(most);
                let case =
                    format!("{succeeded} {failed} {filtered} {incident_count} {minutes_ago}");
                assert!(log.rows.len() <= count && log.count <= count, "{case}: {}", log.count);
                assert!(!log.complete || log.rows.len() == count, "{case}");
                assert!(!log.counted || log.count == count, "{case}: {}", log.count);
                match usage(empty(), log).last_use(FEW) {
                    LastUse::At(at) => assert_eq!(Some(at), newest, "{case}"),
                    LastUse::Unused => assert_eq!(newest, None, "{case}"),
                    LastUse::Undetermined { seen, why } => {
                        assert_eq!(why, Undetermined::Incidents, "{case}");
                        assert!(filtered > 0 && seen <= newest, "{case}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_incidents_hide_is_no_idleness() {
        // 300 incidents since, and one request that was filtered before them.
        let project =
            Project { requests: requests(1, 400, "filtered"), incidents: incidents(300, 1) };
        let hidden = usage(empty(), project.read(1)).last_use(FEW);
        let why = Undetermined::Incidents;
        assert_eq!(hidden, LastUse::Undetermined { seen: None, why });
        // It was before a call that the other log shows.
        let mut called = usage(empty(), project.read(1));
        called.gateway = gateway(1, &[rows(&[row(1, &json!({}))], 1, 20)]).unwrap();
        assert_eq!(called.last_use(FEW), LastUse::At(time_of("2026-11-22T12:59:00Z")));
    }

    #[test]
    fn an_empty_answer_tells_nothing_where_there_are_many_keys() {
        let nothing = usage(empty(), empty());
        assert_eq!(nothing.last_use(FEW), LastUse::Unused);
        assert_eq!(nothing.last_use(LiveKeys::Counted(899)), LastUse::Unused);
        for (live_keys, why) in [
            (LiveKeys::Counted(900), Undetermined::ManyKeys),
            (LiveKeys::Counted(1_200), Undetermined::ManyKeys),
            (LiveKeys::NotCounted, Undetermined::KeysNotCounted),
        ] {
            assert_eq!(nothing.last_use(live_keys), LastUse::Undetermined { seen: None, why });
        }
        // One log alone says nothing of the other.
        let mut called = nothing;
        called.gateway = gateway(1, &[rows(&[row(1, &json!({}))], 1, 20)]).unwrap();
        let at = time_of("2026-11-22T12:59:00Z");
        let why = Undetermined::ManyKeys;
        let many = LiveKeys::Counted(1_200);
        assert_eq!(called.last_use(many), LastUse::Undetermined { seen: Some(at), why });
        // An incident shows that the service has found a key of the environment.
        called.ai = Project { requests: Vec::new(), incidents: incidents(1, 9) }.read(1);
        assert_eq!(called.last_use(many), LastUse::At(at));
    }

    #[test]
    fn what_the_plan_may_have_cut_off_is_not_known() {
        let long_ago = |days: i64| time_of(NOW) - SignedDuration::from_hours(24 * days);
        let called = |days: Option<i64>| match days {
            None => empty(),
            Some(days) => gateway(1, &[rows(&[row(days * 1_440, &json!({}))], 1, 20)]).unwrap(),
        };
        let requested = |days: i64| {
            Project { requests: requests(1, days * 1_440, "success"), incidents: Vec::new() }
                .read(1)
        };
        let ask = |since: Option<i64>, gateway, ai| {
            Usage { since: since.map(long_ago), ..usage(gateway, ai) }.last_use(FEW)
        };
        let unknown = |seen: Option<i64>| LastUse::Undetermined {
            seen: seen.map(long_ago),
            why: Undetermined::Plan,
        };
        assert_eq!(ask(Some(7), empty(), empty()), LastUse::Unused);
        assert_eq!(ask(Some(8), empty(), empty()), unknown(None));
        assert_eq!(ask(None, empty(), empty()), unknown(None));
        assert_eq!(ask(None, called(Some(8)), empty()), unknown(Some(8)));
        assert_eq!(ask(None, called(Some(6)), empty()), LastUse::At(long_ago(6)));
        // A request that old proves that the log is not cut off before it.
        assert_eq!(ask(None, called(Some(30)), requested(20)), LastUse::At(long_ago(20)));
        assert_eq!(ask(None, called(None), requested(20)), LastUse::At(long_ago(20)));
    }
}
