//! Key management: list, create, revoke, delete, each with the service's
//! quirks (contract, *Key management*).

use std::path::Path;
use std::sync::Arc;

use axum::Json;
use axum::extract::{self, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::extract::{Body, Parameters};
use super::projects::Owner;
use super::refusal::{Answer, Refusal, error};
use super::service::Service;
use super::sessions::User;
use super::store::look;
use super::tokens;

/// A list never has more rows, and does not say that there are.
const MOST_ROWS: i64 = 1_000;

/// A key as the dashboard shows it; only what can differ in the sandbox is not
/// null.
#[derive(Serialize)]
struct KeyRow {
    id: String,
    project_id: String,
    name: String,
    key_prefix: String,
    key_hash: String,
    created_by: String,
    created_at: String,
    last_used_at: (),
    revoked_at: Option<String>,
    environment: String,
    key_type: String,
    allowed_domains: Option<Vec<String>>,
    agent_id: (),
    allowed_models: (),
    sponsored_models: (),
    /// The whole key: in the answer to a create, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    full_key: Option<String>,
}

impl KeyRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let domains: Option<String> = row.get("allowed_domains")?;
        Ok(Self {
            id: row.get("id")?,
            project_id: row.get("project_id")?,
            name: row.get("name")?,
            key_prefix: row.get("key_prefix")?,
            key_hash: row.get("key_hash")?,
            created_by: row.get("created_by")?,
            created_at: row.get("created_at")?,
            last_used_at: (),
            revoked_at: row.get("revoked_at")?,
            environment: row.get("environment")?,
            key_type: row.get("key_type")?,
            allowed_domains: domains.and_then(|domains| serde_json::from_str(&domains).ok()),
            agent_id: (),
            allowed_models: (),
            sponsored_models: (),
            full_key: None,
        })
    }
}

/// `GET /api/projects/{id}/api-keys`: the live keys of one environment, newest
/// first.
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    Owner { project, cookies, .. }: Owner,
    parameters: Parameters,
) -> Result<impl IntoResponse, Refusal> {
    let environment = parameters.get("environment").unwrap_or("production");
    let rows = service.store.read(|connection| live(connection, &project, environment))?;
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct List {
        api_keys: Vec<KeyRow>,
    }
    Ok((cookies, Json(List { api_keys: rows })))
}

/// The live keys of a project, as the list shows them: production's first. Reads
/// the state file alone.
///
/// # Errors
/// If there is no such file, or it is not a sandbox's.
pub fn live_keys(state: &Path, project: Option<Uuid>) -> anyhow::Result<Vec<Value>> {
    let connection = look(state)?;
    let owners = || connection.query_row("SELECT project_id FROM identity", [], |row| row.get(0));
    let project = project.map_or_else(owners, |project| Ok(project.to_string()))?;
    let mut rows = live(&connection, &project, "production")?;
    rows.extend(live(&connection, &project, "test")?);
    Ok(rows.iter().map(serde_json::to_value).collect::<Result<_, _>>()?)
}

fn live(connection: &Connection, project: &str, environment: &str) -> anyhow::Result<Vec<KeyRow>> {
    // Newest is by the order of creation: times can be equal.
    let query = "SELECT * FROM api_keys
        WHERE project_id = ?1 AND environment = ?2 AND revoked_at IS NULL
        ORDER BY sequence DESC LIMIT ?3";
    let mut statement = connection.prepare(query)?;
    let rows = statement.query_map((project, environment, MOST_ROWS), KeyRow::read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// `POST /api/projects/{id}/api-keys`: a new key, shown this once.
pub(super) async fn create(
    State(service): State<Arc<Service>>,
    Owner { user, project, cookies }: Owner,
    Body(body): Body,
) -> Answer {
    let wanted = body
        .ok_or_else(|| error(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"))
        .and_then(|body| Wanted::read(&body));
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(refusal) => return Ok((cookies, refusal).into_response()),
    };
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Created {
        api_key: KeyRow,
    }
    let key = add(&service, &user, &project, wanted)?;
    Ok((StatusCode::CREATED, cookies, Json(Created { api_key: key })).into_response())
}

/// What a create asks for.
struct Wanted {
    name: String,
    environment: String,
    key_type: String,
    domains: Option<Vec<String>>,
}

impl Wanted {
    /// Checks a body in the service's order. What the database would refuse
    /// (an unknown environment, a NUL) comes last and is a 500.
    fn read(body: &Value) -> Result<Self, Refusal> {
        let refuse = |text: &'static str| Err(error(StatusCode::BAD_REQUEST, text));
        let name = body.get("name").and_then(Value::as_str).unwrap_or_default().trim();
        if name.is_empty() {
            return refuse("Key name is required");
        }
        let key_type = match body.get("key_type") {
            None => "secret",
            Some(Value::String(text)) if text == "secret" || text == "publishable" => text,
            Some(_) => return refuse("Invalid key_type. Must be 'secret' or 'publishable'"),
        };
        let domains = match key_type {
            // The domains of a secret key are dropped without a look at them.
            "secret" => None,
            _ => Some(body.get("allowed_domains").and_then(Value::as_array)),
        };
        let domains = match domains {
            None => None,
            Some(None) => return refuse("Publishable keys require at least one allowed domain"),
            Some(Some(domains)) if domains.is_empty() => {
                return refuse("Publishable keys require at least one allowed domain");
            }
            Some(Some(domains)) => {
                let texts = domains.iter().map(|domain| domain.as_str().map(str::to_owned));
                let texts = texts.collect::<Option<Vec<String>>>();
                match texts.filter(|texts| texts.iter().all(|text| !text.trim().is_empty())) {
                    Some(texts) => Some(texts),
                    None => return refuse("Invalid domain format"),
                }
            }
        };
        let environment = match body.get("environment") {
            None => Some("production"),
            Some(environment) => environment.as_str(),
        };
        let environment = environment.filter(|name| matches!(*name, "production" | "test"));
        let has_nul = name.contains('\0') || domains.iter().flatten().any(|it| it.contains('\0'));
        match environment {
            Some(environment) if !has_nul => Ok(Self {
                name: name.to_owned(),
                environment: environment.to_owned(),
                key_type: key_type.to_owned(),
                domains,
            }),
            _ => Err(error(StatusCode::INTERNAL_SERVER_ERROR, "Failed to create API key")),
        }
    }

    /// What the key begins with.
    fn prefix(&self) -> &'static str {
        match (self.key_type.as_str(), self.environment.as_str()) {
            ("publishable", "test") => "cpk_test_",
            ("publishable", _) => "cpk_",
            (_, "test") => "csk_test_",
            _ => "csk_",
        }
    }
}

fn add(service: &Service, user: &User, project_id: &str, wanted: Wanted) -> anyhow::Result<KeyRow> {
    let body = tokens::hexadecimal(&tokens::random_bytes(24)?);
    let prefix = wanted.prefix();
    let full_key = format!("{prefix}{body}");
    let key = KeyRow {
        id: Uuid::new_v4().to_string(),
        project_id: project_id.to_owned(),
        name: wanted.name,
        key_prefix: format!("{prefix}{}...", &body[..4]),
        key_hash: tokens::key_hash(&full_key),
        created_by: user.id.clone(),
        created_at: tokens::now_as_text(),
        last_used_at: (),
        revoked_at: None,
        environment: wanted.environment,
        key_type: wanted.key_type,
        allowed_domains: wanted.domains,
        agent_id: (),
        allowed_models: (),
        sponsored_models: (),
        full_key: Some(full_key),
    };
    let domains = key.allowed_domains.as_ref().map(serde_json::to_string).transpose()?;
    service.store.write(|transaction| {
        let query = "INSERT INTO api_keys (id, project_id, name, key_prefix, key_hash, created_by,
                created_at, environment, key_type, allowed_domains)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        let values = (
            &key.id,
            &key.project_id,
            &key.name,
            &key.key_prefix,
            &key.key_hash,
            &key.created_by,
            &key.created_at,
            &key.environment,
            &key.key_type,
            &domains,
        );
        Ok(transaction.execute(query, values)?)
    })?;
    Ok(key)
}

/// The key that the path names.
#[derive(Deserialize)]
pub(super) struct Named {
    key: String,
}

/// `PATCH /api/projects/{id}/api-keys/{key}`: revokes, whatever the body says.
/// A key that is not live here is a 500.
pub(super) async fn revoke(
    State(service): State<Arc<Service>>,
    Owner { project, cookies, .. }: Owner,
    extract::Path(Named { key }): extract::Path<Named>,
) -> Answer {
    let query = "UPDATE api_keys SET revoked_at = ?3
        WHERE id = ?1 AND project_id = ?2 AND revoked_at IS NULL";
    let values = (normal(&key), project, tokens::now_as_text());
    let revoked = service.store.write(|transaction| Ok(transaction.execute(query, values)?))?;
    if revoked == 0 {
        let failed = error(StatusCode::INTERNAL_SERVER_ERROR, "Failed to revoke API key");
        return Ok((cookies, failed).into_response());
    }
    let body = json!({ "message": "API key revoked successfully", "keyId": key });
    Ok((cookies, Json(body)).into_response())
}

/// `DELETE` on the same path: removes the record of a revoked key, and says so
/// of every other key too.
pub(super) async fn delete(
    State(service): State<Arc<Service>>,
    Owner { project, cookies, .. }: Owner,
    extract::Path(Named { key }): extract::Path<Named>,
) -> Result<impl IntoResponse, Refusal> {
    let query = "DELETE FROM api_keys
        WHERE id = ?1 AND project_id = ?2 AND revoked_at IS NOT NULL";
    let values = (normal(&key), project);
    service.store.write(|transaction| Ok(transaction.execute(query, values)?))?;
    Ok((cookies, Json(json!({ "message": "API key deleted successfully" }))))
}

/// A UUID in the form in which the state holds it; anything else as it is,
/// which no key has.
fn normal(key_id: &str) -> String {
    Uuid::parse_str(key_id).map_or_else(|_| key_id.to_owned(), |id| id.to_string())
}
