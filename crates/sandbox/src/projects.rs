//! Who may do what in a project (contract, *Key management*), and what a live
//! key says about its own.

use rusqlite::OptionalExtension;
use serde_json::json;
use uuid::Uuid;

use super::message::{Answer, Request};
use super::service::Service;
use super::sessions::{self, User};
use super::tokens;

/// What a route asks of its caller.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    /// To be the owner of the organization.
    Owner,
    /// To be the owner or a member.
    Member,
}

/// Does `work` for a signed-in caller with `right` in the project, handing it
/// the project's id. Everybody else gets 401, 403 with the text `refusal`, 404
/// for an unknown project and 500 for what is no UUID, such as a slug. These
/// errors lose the cookies of a session that was renewed on the way.
///
/// # Errors
/// Those of `work`, and when the state cannot be used.
pub(super) fn for_project(
    service: &Service,
    request: &Request,
    project_id: &str,
    (right, refusal): (Right, &str),
    work: impl FnOnce(&User, &str) -> anyhow::Result<Answer>,
) -> anyhow::Result<Answer> {
    let guard = |user: &User| {
        let Ok(project_id) = Uuid::parse_str(project_id) else {
            return Ok(Err(Answer::error(500, "Forbidden")));
        };
        let project_id = project_id.to_string();
        let rights = rights(service, &project_id, &user.id)?;
        Ok(match rights {
            None => Err(Answer::error(404, "Project not found")),
            Some(rights) if rights.contains(&right) => Ok(project_id),
            Some(_) => Err(Answer::error(403, refusal)),
        })
    };
    sessions::for_caller(service, request, guard, |user, project_id| work(user, &project_id))
}

/// What a user may do in a project; `None` where there is no such project.
fn rights(
    service: &Service,
    project_id: &str,
    user_id: &str,
) -> anyhow::Result<Option<Vec<Right>>> {
    let query = "
        SELECT organizations.owner_id = ?2, members.user_id IS NOT NULL
        FROM projects JOIN organizations ON organizations.id = projects.organization_id
        LEFT JOIN members
            ON members.organization_id = organizations.id AND members.user_id = ?2
        WHERE projects.id = ?1";
    let found: Option<(bool, bool)> = service.store.read(|connection| {
        let row = connection
            .query_row(query, (project_id, user_id), |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(row.optional()?)
    })?;
    Ok(found.map(|found| match found {
        (true, _) => vec![Right::Owner, Right::Member],
        (false, true) => vec![Right::Member],
        (false, false) => Vec::new(),
    }))
}

/// `GET /api/agent/setup/validate`: the project of a live key, with no session
/// and past every cache (contract, *Finding a project*).
///
/// # Errors
/// When the state cannot be read.
pub(super) fn validate(service: &Service, request: &Request) -> anyhow::Result<Answer> {
    let Some(key) = request.bearer() else {
        return Ok(Answer::error(401, "Missing API key"));
    };
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
        None => return Ok(Answer::error(401, "Invalid API key")),
        Some((true, _)) => return Ok(Answer::error(401, "API key has been revoked")),
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
    Ok(Answer::value(200, &body))
}
