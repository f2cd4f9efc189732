//! Which project a command works on: named by the person, by `cencori.toml`, or
//! by the profile.

use uuid::Uuid;

use super::keys::reference::{file_and_variable, read_standard_input};
use super::service::Service;
use crate::api::{Dashboard, Validity};
use crate::config::PROJECT_FILE;
use crate::context::Context;
use crate::destinations::dotenv_file;
use crate::failure::{Failure, Hint, Kind, SuggestedCommand};
use crate::secret::Secret;

/// What a project can be named by.
pub enum ProjectReference {
    /// Its UUID, and where that was found.
    Id(Uuid, String),
    /// A live key of it, and where that is.
    Key(Secret, String),
}

/// A project that was found.
pub struct Project {
    /// Its UUID.
    pub id: Uuid,
    /// What the dashboard calls it, where a key told that.
    pub slug: Option<String>,
    /// Where its name was found, for messages.
    pub origin: String,
}

/// Asks the key in the usual place for its project.
pub fn link_by_key() -> SuggestedCommand {
    SuggestedCommand::cencori(["link", ".env:CENCORI_API_KEY"])
}

impl ProjectReference {
    /// The project that the command line, a variable, `cencori.toml` or the
    /// profile names, in this order; in the sandbox, unless the command line
    /// says otherwise, its own.
    ///
    /// # Errors
    /// If nothing names one, or not one of the known forms.
    pub fn find(context: &Context, service: &Service) -> Result<Self, Failure> {
        Self::find_named(context, service)?.ok_or_else(|| {
            Failure::usage("No project is named")
                .hint(
                    Hint::from(link_by_key())
                        .text(" asks a live key for its project, and keeps that in ")
                        .text(PROJECT_FILE)
                        .text("; --project and CENCORI_PROJECT take its UUID"),
                )
                .hint("To try things out without an account, add --sandbox")
        })
    }

    /// As [`Self::find`]; `None` if nothing names one.
    ///
    /// # Errors
    /// If what names one has not one of the known forms.
    pub fn find_named(context: &Context, service: &Service) -> Result<Option<Self>, Failure> {
        if let Some(text) = &context.project {
            return Self::parse(context, text).map(Some);
        }
        if let Some(sandbox) = service.sandbox() {
            return Ok(Some(Self::Id(sandbox.identity().project_id, "the sandbox".to_owned())));
        }
        if let Some((path, file)) = context.project_file().map_err(Failure::or_name_the_project)?
            && let Some(id) = file.project
        {
            return Ok(Some(Self::Id(id, path.display().to_string())));
        }
        let profile = service.profile().project;
        Ok(profile.map(|id| Self::Id(id, format!("the profile {}", service.profile_name()))))
    }

    /// Reads what a person calls a project.
    ///
    /// # Errors
    /// If it has none of the known forms, or there is no key where it says.
    pub fn parse(context: &Context, text: &str) -> Result<Self, Failure> {
        if text == "-" {
            return Ok(Self::Key(read_standard_input()?, "standard input".to_owned()));
        }
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id, "--project or CENCORI_PROJECT".to_owned()));
        }
        if let Some((path, variable)) = file_and_variable(text) {
            let key = dotenv_file::value(&context.resolve(path.as_ref()), path, variable)?;
            return Ok(Self::Key(key, text.to_owned()));
        }
        Err(Failure::usage(format!("\"{text}\" is not a project's UUID"))
            .hint(
                "What the dashboard shows as \"Project ID\" is the project's slug, which the service's key \
                 routes do not take",
            )
            .hint("A live key of the project tells its UUID: --project .env:CENCORI_API_KEY"))
    }

    /// The project itself; a key is asked for it.
    ///
    /// # Errors
    /// If the key is revoked, or the service can't be asked.
    pub fn resolve(self, dashboard: &Dashboard) -> Result<Project, Failure> {
        let (key, origin) = match self {
            Self::Id(id, origin) => return Ok(Project { id, slug: None, origin }),
            Self::Key(key, origin) => (key, origin),
        };
        let message = match dashboard.validity(&key)? {
            Validity::Live { project: id, slug, .. } => return Ok(Project { id, slug, origin }),
            Validity::Revoked => format!("The key in {origin} is revoked"),
            Validity::Unknown => format!("The service does not know the key in {origin}"),
        };
        Err(Failure::new(Kind::NotFound, message)
            .hint("Name the project by its UUID, or by a live key"))
    }
}
