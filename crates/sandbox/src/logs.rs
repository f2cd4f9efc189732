//! The service's two logs: the calls of `/v1/*` and the AI requests, with the
//! quirks that their routes have (contract, *Usage of a key*).
//!
//! `tests/exchanges-logs.json` holds what the routes answered.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::extract::{Parameters, header};
use super::key_cache::KeyConfiguration;
use super::projects::Member;
use super::refusal::{Refusal, error};
use super::service::{Service, milliseconds};
use super::store::Store;
use super::tokens;

/// An hour in microseconds.
const HOUR: i64 = 3_600_000_000;

/// A day in microseconds.
const DAY: i64 = 24 * HOUR;

/// How many of the project's live keys, of both environments, the routes look
/// through for one of the environment that they are asked about.
const KEYS_READ: i64 = 1_000;

/// Adds a `GET /v1/models` that was answered.
///
/// # Errors
/// When the state cannot be written.
pub(super) fn add_models_call(
    service: &Service,
    path: &str,
    headers: &HeaderMap,
    key: &KeyConfiguration,
    request_id: &str,
    started: Instant,
) -> anyhow::Result<()> {
    let client_app = header(headers, "x-cencori-app");
    let caller = header(headers, "origin").or(header(headers, "referer")).or(client_app);
    let row = GatewayCall {
        created_us: tokens::now_in_microseconds(),
        request_id: request_id.to_owned(),
        endpoint: path,
        method: "GET",
        status_code: 200,
        latency_ms: Some(milliseconds(started.elapsed())),
        caller_origin: caller,
        client_app,
        key,
    };
    service.store.write(|transaction| row.insert(transaction))
}

/// Adds an AI request that was answered. A model of the sandbox costs nothing.
///
/// # Errors
/// When the state cannot be written.
pub(super) fn add_ai_request(
    service: &Service,
    key: &KeyConfiguration,
    model: &str,
    started: Instant,
) -> anyhow::Result<()> {
    let row = AiRequest {
        created_us: tokens::now_in_microseconds(),
        status: "success",
        model,
        prompt_tokens: 0,
        completion_tokens: 0,
        cost_usd: 0.0,
        latency_ms: Some(milliseconds(started.elapsed())),
        key,
    };
    service.store.write(|transaction| row.insert(transaction))
}

struct GatewayCall<'a> {
    created_us: i64,
    request_id: String,
    endpoint: &'a str,
    method: &'a str,
    status_code: u16,
    latency_ms: Option<i64>,
    caller_origin: Option<&'a str>,
    client_app: Option<&'a str>,
    key: &'a KeyConfiguration,
}

impl GatewayCall<'_> {
    fn insert(&self, connection: &Connection) -> anyhow::Result<()> {
        let query = "INSERT INTO gateway_calls (id, project_id, created_us, request_id, endpoint,
                method, status_code, latency_ms, caller_origin, client_app, api_key_id, environment)
            VALUES (:id, :project, :created_us, :request_id, :endpoint, :method, :status_code,
                :latency_ms, :caller_origin, :client_app, :key, :environment)";
        let values = named_params! {
            ":id": Uuid::new_v4().to_string(),
            ":project": self.key.project_id,
            ":created_us": self.created_us,
            ":request_id": self.request_id,
            ":endpoint": self.endpoint,
            ":method": self.method,
            ":status_code": self.status_code,
            ":latency_ms": self.latency_ms,
            ":caller_origin": self.caller_origin,
            ":client_app": self.client_app,
            ":key": self.key.id,
            ":environment": self.key.environment,
        };
        connection.execute(query, values)?;
        Ok(())
    }
}

struct AiRequest<'a> {
    created_us: i64,
    status: &'a str,
    model: &'a str,
    prompt_tokens: i64,
    completion_tokens: i64,
    cost_usd: f64,
    latency_ms: Option<i64>,
    key: &'a KeyConfiguration,
}

impl AiRequest<'_> {
    fn insert(&self, connection: &Connection) -> anyhow::Result<()> {
        let query = "INSERT INTO ai_requests (id, project_id, created_us, status, model,
                prompt_tokens, completion_tokens, cost_usd, latency_ms, api_key_id, environment)
            VALUES (:id, :project, :created_us, :status, :model, :prompt_tokens,
                :completion_tokens, :cost_usd, :latency_ms, :key, :environment)";
        let values = named_params! {
            ":id": Uuid::new_v4().to_string(),
            ":project": self.key.project_id,
            ":created_us": self.created_us,
            ":status": self.status,
            ":model": self.model,
            ":prompt_tokens": self.prompt_tokens,
            ":completion_tokens": self.completion_tokens,
            ":cost_usd": self.cost_usd,
            ":latency_ms": self.latency_ms,
            ":key": self.key.id,
            ":environment": self.key.environment,
        };
        connection.execute(query, values)?;
        Ok(())
    }
}

/// Rows that `POST /sandbox/logs` adds, as if the service had written them.
#[derive(Deserialize)]
#[serde(tag = "log", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Rows {
    /// Calls of `/v1/*`.
    Gateway {
        /// Id of the key that called.
        key: Uuid,
        #[serde(default = "one")]
        rows: u32,
        #[serde(default)]
        newest_seconds_ago: i64,
        #[serde(default = "one_second")]
        seconds_apart: i64,
        #[serde(default = "chat")]
        endpoint: String,
        #[serde(default = "post")]
        method: String,
        #[serde(default = "ok")]
        status_code: u16,
        #[serde(default)]
        origin: Option<String>,
        #[serde(default)]
        app: Option<String>,
    },
    /// AI requests.
    Ai {
        /// Id of the key that called.
        key: Uuid,
        #[serde(default = "one")]
        rows: u32,
        #[serde(default)]
        newest_seconds_ago: i64,
        #[serde(default = "one_second")]
        seconds_apart: i64,
        /// `success`, `error`, `filtered`, ...
        #[serde(default = "success")]
        status: String,
        #[serde(default = "gpt")]
        model: String,
        #[serde(default = "ten")]
        prompt_tokens: i64,
        #[serde(default = "five")]
        completion_tokens: i64,
        #[serde(default = "a_tenth_of_a_cent")]
        cost_usd: f64,
    },
    /// Security incidents of the project, which belong to no key.
    Incident {
        #[serde(default = "one")]
        rows: u32,
        #[serde(default)]
        newest_seconds_ago: i64,
        #[serde(default = "one_second")]
        seconds_apart: i64,
        /// `filtered`, `blocked_output`, `blocked` or `rate_limited`.
        #[serde(default = "filtered")]
        status: String,
    },
}

fn one() -> u32 {
    1
}

fn one_second() -> i64 {
    1
}

fn chat() -> String {
    "/v1/chat/completions".to_owned()
}

fn post() -> String {
    "POST".to_owned()
}

fn ok() -> u16 {
    200
}

fn success() -> String {
    "success".to_owned()
}

fn filtered() -> String {
    "filtered".to_owned()
}

fn gpt() -> String {
    "gpt-4o".to_owned()
}

fn ten() -> i64 {
    10
}

fn five() -> i64 {
    5
}

fn a_tenth_of_a_cent() -> f64 {
    0.001
}

/// Adds rows to a log of `project`, where incidents go. Gives whether the key
/// that they name exists.
///
/// # Errors
/// When the state cannot be written.
pub(super) fn seed(store: &Store, project: Uuid, rows: &Rows) -> anyhow::Result<bool> {
    let now = tokens::now_in_microseconds();
    let times = |rows: u32, newest: i64, apart: i64| {
        (0..i64::from(rows)).map(move |index| {
            let ago = newest.saturating_add(index.saturating_mul(apart));
            now.saturating_sub(ago.saturating_mul(1_000_000))
        })
    };
    store.write(|transaction| {
        match rows {
            Rows::Gateway {
                key,
                rows,
                newest_seconds_ago,
                seconds_apart,
                endpoint,
                method,
                status_code,
                origin,
                app,
            } => {
                let Some(key) = key_by_id(transaction, *key)? else { return Ok(false) };
                for created_us in times(*rows, *newest_seconds_ago, *seconds_apart) {
                    let row = GatewayCall {
                        created_us,
                        request_id: Uuid::new_v4().to_string(),
                        endpoint,
                        method,
                        status_code: *status_code,
                        latency_ms: None,
                        caller_origin: origin.as_deref(),
                        client_app: app.as_deref(),
                        key: &key,
                    };
                    row.insert(transaction)?;
                }
            }
            Rows::Ai {
                key,
                rows,
                newest_seconds_ago,
                seconds_apart,
                status,
                model,
                prompt_tokens,
                completion_tokens,
                cost_usd,
            } => {
                let Some(key) = key_by_id(transaction, *key)? else { return Ok(false) };
                for created_us in times(*rows, *newest_seconds_ago, *seconds_apart) {
                    let row = AiRequest {
                        created_us,
                        status,
                        model,
                        prompt_tokens: *prompt_tokens,
                        completion_tokens: *completion_tokens,
                        cost_usd: *cost_usd,
                        latency_ms: None,
                        key: &key,
                    };
                    row.insert(transaction)?;
                }
            }
            Rows::Incident { rows, newest_seconds_ago, seconds_apart, status } => {
                let query = "INSERT INTO security_incidents (id, project_id, created_us, status)
                    VALUES (?1, ?2, ?3, ?4)";
                let mut insert = transaction.prepare(query)?;
                for created_us in times(*rows, *newest_seconds_ago, *seconds_apart) {
                    let id = Uuid::new_v4().to_string();
                    insert.execute((id, project.to_string(), created_us, status))?;
                }
            }
        }
        Ok(true)
    })
}

fn key_by_id(connection: &Connection, id: Uuid) -> anyhow::Result<Option<KeyConfiguration>> {
    let query = "SELECT project_id, environment FROM api_keys WHERE id = ?1";
    let key = connection.query_row(query, [id.to_string()], |row| {
        Ok(KeyConfiguration {
            id: id.to_string(),
            project_id: row.get(0)?,
            environment: row.get(1)?,
            allowed_domains: None,
        })
    });
    Ok(key.optional()?)
}

/// The plan of an organization, which cuts the log of AI requests.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Plan {
    Free,
    Pro,
    Team,
    Enterprise,
}

impl Plan {
    fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Pro => "pro",
            Self::Team => "team",
            Self::Enterprise => "enterprise",
        }
    }
}

/// From when on the log of AI requests is shown under a plan, in microseconds
/// since 1970.
fn cut(plan: &str, now: i64) -> i64 {
    match plan {
        "enterprise" => 0,
        "team" => now - 90 * DAY,
        "pro" => now - 30 * DAY,
        _ => now - 7 * DAY,
    }
}

/// Puts the organization of `project` on `plan`.
///
/// # Errors
/// When the state cannot be written.
pub(super) fn set_plan(store: &Store, project: Uuid, plan: Plan) -> anyhow::Result<()> {
    let query = "UPDATE organizations SET plan = ?1
        WHERE id = (SELECT organization_id FROM projects WHERE id = ?2)";
    let values = (plan.as_str(), project.to_string());
    store.write(|transaction| Ok(transaction.execute(query, values)?)).map(drop)
}

/// Rows as they are shown, each with when it was, in microseconds since 1970.
type TimedRows = Vec<(i64, Value)>;

/// What a request asks of a log.
struct Question {
    project: String,
    /// `None` for all keys.
    key: Option<String>,
    environment: String,
    /// In microseconds since 1970.
    since: i64,
    /// Of AI requests; `None` for all.
    status: Option<String>,
    page: i64,
    per_page: i64,
}

impl Question {
    fn read(parameters: &Parameters, project: String) -> Self {
        let now = tokens::now_in_microseconds();
        let number = |name: &str, default: i64| {
            let number = parameters.get(name).and_then(|number| number.parse().ok());
            number.unwrap_or(default).max(1)
        };
        let text = |name: &str| parameters.get(name).map(str::to_owned);
        Self {
            project,
            key: text("api_key_id"),
            environment: text("environment").unwrap_or("production".to_owned()),
            since: match parameters.get("time_range").unwrap_or("24h") {
                "1h" => now - HOUR,
                "7d" => now - 7 * DAY,
                "30d" => now - 30 * DAY,
                "all" => 0,
                _ => now - DAY,
            },
            status: text("status").filter(|status| status != "all"),
            page: number("page", 1),
            per_page: number("per_page", 50).min(1_000),
        }
    }

    /// What `log` answers, where the environment has a key to ask about; an empty page
    /// elsewhere.
    fn answer(
        self,
        connection: &Connection,
        log: fn(&Connection, Self) -> anyhow::Result<Page>,
    ) -> anyhow::Result<Page> {
        match self.finds_a_key(connection)? {
            true => log(connection, self),
            false => Ok(Some(self.page(0, Vec::new()))),
        }
    }

    fn skipped(&self) -> i64 {
        (self.page - 1).saturating_mul(self.per_page)
    }

    /// Whether a key of the environment is among the live keys that the routes
    /// read. The service reads them in no order; here they are the oldest.
    fn finds_a_key(&self, connection: &Connection) -> anyhow::Result<bool> {
        let query = "SELECT EXISTS (SELECT 1 FROM (SELECT environment FROM api_keys
                WHERE project_id = ?1 AND revoked_at IS NULL ORDER BY sequence LIMIT ?2)
            WHERE environment = ?3)";
        let values = (&self.project, KEYS_READ, &self.environment);
        Ok(connection.query_row(query, values, |row| row.get(0))?)
    }

    /// How many rows of `table` there are, and those of the page; `None` if the page begins behind
    /// the last row.
    fn rows(
        &self,
        connection: &Connection,
        table: &str,
        read: fn(&Row<'_>) -> rusqlite::Result<Value>,
    ) -> anyhow::Result<Option<(i64, TimedRows)>> {
        let from = format!(
            "FROM {table} LEFT JOIN api_keys ON api_keys.id = {table}.api_key_id
             WHERE {table}.project_id = :project AND {table}.environment = :environment
                AND created_us >= :since AND (:key IS NULL OR api_key_id = :key) {}",
            if self.status.is_some() { "AND status = :status" } else { "" }
        );
        let mut values = named_params! {
            ":project": self.project, ":environment": self.environment, ":since": self.since,
            ":key": self.key,
        }
        .to_vec();
        if let Some(status) = &self.status {
            values.push((":status", status));
        }
        let count = format!("SELECT count(*) {from}");
        let total: i64 = connection.query_row(&count, values.as_slice(), |row| row.get(0))?;
        if self.skipped() > total {
            return Ok(None);
        }
        let (limit, offset) = (self.per_page, self.skipped());
        let mut statement = connection.prepare(&format!(
            "SELECT {table}.*, api_keys.name, api_keys.key_prefix {from}
             ORDER BY created_us DESC, {table}.sequence DESC LIMIT {limit} OFFSET {offset}"
        ))?;
        let rows = statement
            .query_map(values.as_slice(), |row| Ok((row.get("created_us")?, read(row)?)))?;
        Ok(Some((total, rows.collect::<Result<_, _>>()?)))
    }

    /// The project's newest incidents, a page of them whatever page is asked for.
    fn incidents(&self, connection: &Connection) -> anyhow::Result<TimedRows> {
        if matches!(self.status.as_deref(), Some("success" | "error")) {
            return Ok(Vec::new());
        }
        let query = "SELECT * FROM security_incidents
            WHERE project_id = ?1 AND created_us >= ?2 AND (?3 IS NULL OR status = ?3)
            ORDER BY created_us DESC, sequence DESC LIMIT ?4";
        let mut statement = connection.prepare(query)?;
        let values = (&self.project, self.since, &self.status, self.per_page);
        let rows =
            statement.query_map(values, |row| Ok((row.get("created_us")?, incident(row)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn page(&self, total: i64, rows: TimedRows) -> Value {
        let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
        let total_pages = (total + self.per_page - 1) / self.per_page;
        let pagination = json!({
            "page": self.page, "per_page": self.per_page, "total": total,
            "total_pages": total_pages,
        });
        json!({ "requests": rows, "pagination": pagination })
    }
}

/// `GET /api/projects/{id}/logs/gateway`: a page of the calls of `/v1/*`, newest first.
pub(super) async fn gateway_calls(
    State(service): State<Arc<Service>>,
    Member { project, cookies, .. }: Member,
    parameters: Parameters,
) -> Result<impl IntoResponse, Refusal> {
    let question = Question { status: None, ..Question::read(&parameters, project) };
    let page = service.store.read(|connection| question.answer(connection, gateway_page))?;
    let failed = "Failed to fetch API gateway logs";
    Ok((cookies, page.map(Json).ok_or(error(StatusCode::INTERNAL_SERVER_ERROR, failed))))
}

/// `GET /api/projects/{id}/logs`: a page of the AI requests, newest first.
pub(super) async fn ai_requests(
    State(service): State<Arc<Service>>,
    Member { project, cookies, .. }: Member,
    parameters: Parameters,
) -> Result<impl IntoResponse, Refusal> {
    let question = Question::read(&parameters, project);
    let page = service.store.read(|connection| question.answer(connection, ai_page))?;
    let failed = "Failed to fetch request logs";
    Ok((cookies, page.map(Json).ok_or(error(StatusCode::INTERNAL_SERVER_ERROR, failed))))
}

/// A page of a log; `None` if it begins behind the last row.
type Page = Option<Value>;

fn gateway_page(connection: &Connection, question: Question) -> anyhow::Result<Page> {
    let page = question.rows(connection, "gateway_calls", gateway_call)?;
    Ok(page.map(|(total, rows)| question.page(total, rows)))
}

/// The page's AI requests and a page of incidents, cut to a page together: an
/// incident pushes out a request that is older than it, which is on no other
/// page then.
fn ai_page(connection: &Connection, question: Question) -> anyhow::Result<Page> {
    let query = "SELECT plan FROM organizations JOIN projects
        ON projects.organization_id = organizations.id WHERE projects.id = ?1";
    let plan: String = connection.query_row(query, [&question.project], |row| row.get(0))?;
    let since = question.since.max(cut(&plan, tokens::now_in_microseconds()));
    let question = Question { since, ..question };
    let Some((total, mut rows)) = question.rows(connection, "ai_requests", ai_request)? else {
        return Ok(None);
    };
    let incidents = question.incidents(connection)?;
    let total = total + i64::try_from(incidents.len())?;
    rows.extend(incidents);
    rows.sort_by_key(|(created_us, _)| std::cmp::Reverse(*created_us));
    rows.truncate(usize::try_from(question.per_page)?);
    Ok(Some(question.page(total, rows)))
}

fn gateway_call(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "id": row.get::<_, String>("id")?,
        "request_id": row.get::<_, String>("request_id")?,
        "created_at": tokens::time_as_text(row.get("created_us")?),
        "endpoint": row.get::<_, String>("endpoint")?,
        "method": row.get::<_, String>("method")?,
        "status_code": row.get::<_, i64>("status_code")?,
        "latency_ms": row.get::<_, Option<i64>>("latency_ms")?,
        "caller_origin": row.get::<_, Option<String>>("caller_origin")?,
        "client_app": row.get::<_, Option<String>>("client_app")?,
        "error_code": null,
        "error_message": null,
        "api_key_id": row.get::<_, String>("api_key_id")?,
        "api_key_name": row.get::<_, Option<String>>("name")?,
        "api_key_prefix": row.get::<_, Option<String>>("key_prefix")?,
    }))
}

fn ai_request(row: &Row<'_>) -> rusqlite::Result<Value> {
    let prompt_tokens: i64 = row.get("prompt_tokens")?;
    let completion_tokens: i64 = row.get("completion_tokens")?;
    Ok(json!({
        "id": row.get::<_, String>("id")?,
        "created_at": tokens::time_as_text(row.get("created_us")?),
        "status": row.get::<_, String>("status")?,
        "model": row.get::<_, String>("model")?,
        "api_key_id": row.get::<_, String>("api_key_id")?,
        "api_key_name": row.get::<_, Option<String>>("name")?,
        "api_key_prefix": row.get::<_, Option<String>>("key_prefix")?,
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens.saturating_add(completion_tokens),
        "cost_usd": row.get::<_, f64>("cost_usd")?,
        "latency_ms": row.get::<_, Option<i64>>("latency_ms")?,
        "error_message": null,
        "request_preview": "",
        "source": "ai_request",
    }))
}

fn incident(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "id": row.get::<_, String>("id")?,
        "created_at": tokens::time_as_text(row.get("created_us")?),
        "status": row.get::<_, String>("status")?,
        "model": "\u{2014}",
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "total_tokens": 0,
        "cost_usd": 0,
        "latency_ms": 0,
        "safety_score": 0.5,
        "error_message": "x",
        "filtered_reasons": ["x"],
        "request_preview": "x",
        "evaluation_status": "skipped",
        "evaluation_score": null,
        "source": "security_incident",
    }))
}
