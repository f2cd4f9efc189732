//! Who called with which key, as the gateway notes it and the dashboard shows
//! it (contract, *Usage of a key*).

use std::time::Instant;

use rusqlite::{Row, named_params};
use serde::Serialize;
use uuid::Uuid;

use super::key_cache::KeyConfiguration;
use super::message::{Answer, Request};
use super::projects::{Right, for_project};
use super::service::{Service, milliseconds};
use super::tokens;

/// An hour in milliseconds.
const HOUR: i64 = 3_600_000;

/// The two logs.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// `/v1/models`: shown at `.../logs/gateway`.
    Gateway,
    /// `/api/ai/*`: shown at `.../logs`.
    Ai,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Ai => "ai",
        }
    }
}

#[derive(Serialize)]
struct LogRow {
    id: String,
    request_id: String,
    created_at: String,
    endpoint: String,
    method: String,
    status_code: i64,
    latency_ms: i64,
    caller_origin: Option<String>,
    client_app: Option<String>,
    api_key_id: String,
    api_key_name: String,
    api_key_prefix: String,
    environment: String,
    error_code: Option<String>,
}

impl LogRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            request_id: row.get("request_id")?,
            created_at: row.get("created_at")?,
            endpoint: row.get("endpoint")?,
            method: row.get("method")?,
            status_code: row.get("status_code")?,
            latency_ms: row.get("latency_ms")?,
            caller_origin: row.get("caller_origin")?,
            client_app: row.get("client_app")?,
            api_key_id: row.get("api_key_id")?,
            api_key_name: row.get("api_key_name")?,
            api_key_prefix: row.get("api_key_prefix")?,
            environment: row.get("environment")?,
            error_code: row.get("error_code")?,
        })
    }
}

/// A call whose key was accepted, and what it was answered.
pub(super) struct Call<'a> {
    /// In which log it goes.
    pub(super) kind: Kind,
    /// The key.
    pub(super) key: &'a KeyConfiguration,
    /// The id that the answer carries.
    pub(super) request_id: &'a str,
    /// The status of the answer.
    pub(super) status: u16,
    /// The code of its error, if it is one.
    pub(super) error_code: Option<&'a str>,
    /// When the call came in.
    pub(super) started: Instant,
}

/// Notes a call.
///
/// # Errors
/// When the state cannot be written.
pub(super) fn add(service: &Service, request: &Request, call: &Call<'_>) -> anyhow::Result<()> {
    let key = call.key;
    let client_app = request.header("x-cencori-app");
    let caller = request.header("origin").or(request.header("referer")).or(client_app);
    let latency = milliseconds(call.started.elapsed());
    let query = "INSERT INTO logs (kind, project_id, created_ms, id, request_id, created_at,
            endpoint, method, status_code, latency_ms, caller_origin, client_app, api_key_id,
            api_key_name, api_key_prefix, environment, error_code)
        VALUES (:kind, :project_id, :created_ms, :id, :request_id, :created_at, :endpoint,
            :method, :status_code, :latency_ms, :caller_origin, :client_app, :api_key_id,
            :api_key_name, :api_key_prefix, :environment, :error_code)";
    service.store.write(|transaction| {
        let values = named_params! {
            ":kind": call.kind.as_str(),
            ":project_id": key.project_id,
            ":created_ms": tokens::now_in_milliseconds(),
            ":id": Uuid::new_v4().to_string(),
            ":request_id": call.request_id,
            ":created_at": tokens::now_as_text(),
            ":endpoint": request.path,
            ":method": request.method.as_str(),
            ":status_code": call.status,
            ":latency_ms": latency,
            ":caller_origin": caller,
            ":client_app": client_app,
            ":api_key_id": key.id,
            ":api_key_name": key.name,
            ":api_key_prefix": key.prefix,
            ":environment": key.environment,
            ":error_code": call.error_code,
        };
        transaction.execute(query, values)?;
        Ok(())
    })
}

/// `GET /api/projects/{id}/logs` and `.../logs/gateway`: a page of a log,
/// newest first; nothing once the environment has no live key left.
///
/// # Errors
/// When the state cannot be used.
pub(super) fn list(
    service: &Service,
    request: &Request,
    project: &str,
    kind: Kind,
) -> anyhow::Result<Answer> {
    for_project(service, request, project, (Right::Member, "Forbidden"), |_, project_id| {
        let environment = request.parameter("environment").unwrap_or("production".to_owned());
        let since = request.parameter("time_range");
        let since = match since.as_deref().unwrap_or("24h") {
            "1h" => tokens::now_in_milliseconds() - HOUR,
            "7d" => tokens::now_in_milliseconds() - 7 * 24 * HOUR,
            "30d" => tokens::now_in_milliseconds() - 30 * 24 * HOUR,
            "all" => 0,
            _ => tokens::now_in_milliseconds() - 24 * HOUR,
        };
        let number = |name: &str, default: i64| {
            let number = request.parameter(name).and_then(|number| number.parse().ok());
            number.unwrap_or(default).max(1)
        };
        let (page, per_page) = (number("page", 1), number("per_page", 50).min(1_000));
        let key_id = request.parameter("api_key_id");

        let condition = "kind = :kind AND project_id = :project AND environment = :environment
            AND created_ms >= :since AND (:key IS NULL OR api_key_id = :key)
            AND EXISTS (SELECT 1 FROM api_keys WHERE api_keys.project_id = :project
                AND api_keys.environment = :environment AND revoked_at IS NULL)";
        let (total, requests) = service.store.read(|connection| {
            let total: i64 = connection.query_row(
                &format!("SELECT count(*) FROM logs WHERE {condition}"),
                named_params! {
                    ":kind": kind.as_str(), ":project": project_id, ":environment": environment,
                    ":since": since, ":key": key_id,
                },
                |row| row.get(0),
            )?;
            let mut statement = connection.prepare(&format!(
                "SELECT * FROM logs WHERE {condition}
                 ORDER BY sequence DESC LIMIT :per_page OFFSET :skipped"
            ))?;
            let rows = statement.query_map(
                named_params! {
                    ":kind": kind.as_str(), ":project": project_id, ":environment": environment,
                    ":since": since, ":key": key_id, ":per_page": per_page,
                    ":skipped": (page - 1).saturating_mul(per_page),
                },
                LogRow::read,
            )?;
            Ok((total, rows.collect::<Result<Vec<_>, _>>()?))
        })?;
        let total_pages = (total + per_page - 1) / per_page;
        let pagination = Pagination { page, per_page, total, total_pages };
        Answer::json(200, &Page { requests, pagination })
    })
}

#[derive(Serialize)]
struct Page {
    requests: Vec<LogRow>,
    pagination: Pagination,
}

#[derive(Serialize)]
struct Pagination {
    page: i64,
    per_page: i64,
    total: i64,
    total_pages: i64,
}
