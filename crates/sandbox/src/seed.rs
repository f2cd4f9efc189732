//! What is in a sandbox from the start: three people, two organizations, two
//! projects. Ids and the password are random, so that nothing can be written
//! to depend on those of one machine.

use rusqlite::Transaction;
use uuid::Uuid;

use super::tokens;

const OWNER: &str = "owner@example.com";
const MEMBER: &str = "member@example.com";
const STRANGER: &str = "stranger@example.com";

/// How long the member's picture is. Some people's sessions do not fit into
/// one cookie; his is such a one.
const PICTURE_LENGTH: usize = 3_600;

/// Fills a new state file.
///
/// # Errors
/// When it cannot be written, or the system has no randomness to give.
pub(super) fn seed(transaction: &Transaction<'_>) -> anyhow::Result<()> {
    let owner = add_user(transaction, OWNER, "Olive", None)?;
    let picture = format!("data:image/png;base64,{}", "A".repeat(PICTURE_LENGTH));
    let member = add_user(transaction, MEMBER, "Max", Some(&picture))?;
    let stranger = add_user(transaction, STRANGER, "Sam", None)?;

    let organization = add_organization(transaction, "Acme", "acme", &owner)?;
    transaction.execute("INSERT INTO members VALUES (?1, ?2)", (&organization, &member))?;
    let project = add_project(transaction, &organization, "API", "api")?;
    let elsewhere = add_organization(transaction, "Elsewhere", "elsewhere", &stranger)?;
    let foreign_project = add_project(transaction, &elsewhere, "Other", "other")?;

    transaction.execute("INSERT INTO generation VALUES (1)", [])?;
    transaction.execute(
        "INSERT INTO identity VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (
            OWNER,
            MEMBER,
            STRANGER,
            tokens::random_password(20)?,
            project,
            foreign_project,
            tokens::random_token()?,
        ),
    )?;
    Ok(())
}

fn add_user(
    transaction: &Transaction<'_>,
    email: &str,
    first_name: &str,
    picture: Option<&str>,
) -> anyhow::Result<String> {
    let id = Uuid::new_v4().to_string();
    transaction.execute(
        "INSERT INTO users VALUES (?1, ?2, ?3, 'Sandbox', ?4)",
        (&id, email, first_name, picture),
    )?;
    Ok(id)
}

fn add_organization(
    transaction: &Transaction<'_>,
    name: &str,
    slug: &str,
    owner_id: &str,
) -> anyhow::Result<String> {
    let id = Uuid::new_v4().to_string();
    transaction.execute(
        "INSERT INTO organizations (id, name, slug, owner_id) VALUES (?1, ?2, ?3, ?4)",
        (&id, name, slug, owner_id),
    )?;
    Ok(id)
}

fn add_project(
    transaction: &Transaction<'_>,
    organization_id: &str,
    name: &str,
    slug: &str,
) -> anyhow::Result<String> {
    let id = Uuid::new_v4().to_string();
    transaction.execute(
        "INSERT INTO projects VALUES (?1, ?2, ?3, ?4)",
        (&id, organization_id, name, slug),
    )?;
    Ok(id)
}
