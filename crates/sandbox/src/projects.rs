//! Who may do what in a project (contract, *Key management*), and what a live
//! key says about its own.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::IntoResponse;
use rusqlite::OptionalExtension;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::extract::bearer;
use super::refusal::{Refusal, error};
use super::service::Service;
use super::sessions::{Caller, Cookies, User};
use super::tokens;

/// A caller who has a right in the project that the path names. Everybody else gets 401,
/// 403, 404 for an unknown project and 500 for what is no UUID, such as a slug.
pub(super) struct InProject<const OWNER: bool> {
    /// Who that is.
    pub(super) user: User,
    /// The project's id.
    pub(super) project: String,
    /// As in [`Caller`].
    pub(super) cookies: Cookies,
}

/// The owner of the project's organization.
pub(super) type Owner = InProject<true>;

/// The owner or a member.
pub(super) type Member = InProject<false>;

impl<const OWNER: bool> FromRequestParts<Arc<Service>> for InProject<OWNER> {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        service: &Arc<Service>,
    ) -> Result<Self, Refusal> {
        #[derive(Deserialize)]
        struct Named {
            project: String,
        }
        let Caller { user, cookies } = Caller::of(service, &parts.headers)?;
        let Path(Named { project }) = Path::from_request_parts(parts, service).await?;
        let Ok(project) = Uuid::parse_str(&project) else {
            return Err(error(StatusCode::INTERNAL_SERVER_ERROR, "Forbidden"));
        };
        let project = project.to_string();
        match rights(service, &project, &user.id)? {
            None => Err(error(StatusCode::NOT_FOUND, "Project not found")),
            Some((true, _)) => Ok(Self { user, project, cookies }),
            Some((_, true)) if !OWNER => Ok(Self { user, project, cookies }),
            Some(_) if parts.method == Method::POST => {
                Err(error(StatusCode::FORBIDDEN, "Only organization owners can create API keys"))
            }
            Some(_) => Err(error(StatusCode::FORBIDDEN, "Forbidden")),
        }
    }
}

/// Whether a user owns a project's organization, and whether he is a member of it; `None` if there
/// is no such project.
fn rights(
    service: &Service,
    project_id: &str,
    user_id: &str,
) -> anyhow::Result<Option<(bool, bool)>> {
    let query = "
        SELECT organizations.owner_id = ?2, members.user_id IS NOT NULL
        FROM projects JOIN organizations ON organizations.id = projects.organization_id
        LEFT JOIN members
            ON members.organization_id = organizations.id AND members.user_id = ?2
        WHERE projects.id = ?1";
    service.store.read(|connection| {
        let row = connection
            .query_row(query, (project_id, user_id), |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(row.optional()?)
    })
}

/// `GET /api/agent/setup/validate`: the project of a live key, with no session
/// and past every cache (contract, *Finding a project*).
pub(super) async fn validate(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let unauthorized = |text| error(StatusCode::UNAUTHORIZED, text);
    let key = bearer(&headers).ok_or_else(|| unauthorized("Missing API key"))?;
    let query = "
        SELECT api_keys.revoked_at IS NOT NULL, projects.id, projects.name, projects.slug,
            organizations.name, organizations.slug
        FROM api_keys JOIN projects ON projects.id = api_keys.project_id
        JOIN organizations ON organizations.id = projects.organization_id
        WHERE key_hash = ?1";
    let found: Option<(bool, [String; 5])> = service.store.read(|connection| {
        let row = connection.query_row(query, [tokens::key_hash(key)], |row| {
            let texts = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
            Ok((row.get(0)?, texts))
        });
        Ok(row.optional()?)
    })?;
    let [id, name, slug, organization, organization_slug] = match found {
        None => return Err(unauthorized("Invalid API key")),
        Some((true, _)) => return Err(unauthorized("API key has been revoked")),
        Some((false, texts)) => texts,
    };
    let dashboard =
        format!("{}/dashboard/organizations/{organization_slug}/projects/{slug}", service.url);
    let body = json!({
        "valid": true, "agent_id": null, "agent_name": null, "agent_model": null,
        "project_id": id, "project_name": name, "project_slug": slug,
        "org_name": organization, "org_slug": organization_slug,
        "agents": [], "dashboard_url": dashboard,
    });
    Ok(Json(body))
}
