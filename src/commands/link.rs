//! `cencori link`

use std::path::{Path, PathBuf};

use serde_json::json;
use uuid::Uuid;

use super::account::Account;
use super::project_file;
use crate::commands::completions::Completes;
use crate::config::PROJECT_FILE;
use crate::context::Context;
use crate::destinations::defaults;
use crate::failure::{Exit, Failure, Kind};
use crate::key;
use crate::ui::Layout;
use crate::ui::report::Report;

/// Link this folder to a project
///
/// Writes the project's UUID to cencori.toml, where every command in this folder and below finds
/// it. Without PROJECT, a live key in .env, .env.local, .env.development, .env.production or
/// .dev.vars tells which project it is.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The project: its UUID, or FILE:VARIABLE with a live key of it, or - to read a key from
    /// standard input. The dashboard's address may be given beside a key, to check that it is the
    /// right one
    #[arg(value_name = "PROJECT", num_args = 0..=2, add = Completes::Location)]
    targets: Vec<String>,

    /// Write to another user's file, or through a link out of the project, without asking
    #[arg(long)]
    follow_links: bool,
}

/// Links this folder to a project.
///
/// # Errors
/// If no project is found, the session may not manage it, or the file can't be written.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    context.clean_up();
    let (addresses, others): (Vec<_>, Vec<_>) = arguments
        .targets
        .iter()
        .partition(|target| target.starts_with("https://") || target.starts_with("http://"));
    let named = match (&others[..], &addresses[..]) {
        ([named], [] | [_]) => (*named).clone(),
        ([], [] | [_]) => find_key(context)?,
        _ => {
            return Err(Failure::usage("A folder has one project").hint(
                "Name it by its UUID or by FILE:VARIABLE, with the dashboard's address at most",
            ));
        }
    };
    let path = context.directory.join(PROJECT_FILE);
    let path = project_file::written_at(context, &path, arguments.follow_links)?;
    let account = Account::open_for(context, &named)?;
    if let Some(address) = addresses.first() {
        check_address(&account, address)?;
    }
    // Whoever links a folder is going to manage keys there.
    account.list(&[key::Environment::Production])?;
    let changed = write(&path, account.project)?;
    context.ui.status(&match changed {
        true => {
            format!("Wrote {PROJECT_FILE}: this folder belongs to project {}.", account.project)
        }
        false => format!("{PROJECT_FILE} names project {} already.", account.project),
    });
    context.ui.report(&Link { path, project: account.project })?;
    Ok(Exit::Done)
}

/// FILE:VARIABLE of the first key in the usual files.
fn find_key(context: &Context) -> Result<String, Failure> {
    if let Some((file, variable)) = defaults::find_key(&context.directory) {
        return Ok(format!("{file}:{variable}"));
    }
    let files = defaults::SEARCHED.join(", ");
    Err(Failure::new(
        Kind::NotFound,
        format!("No PROJECT is named, and there is no Cencori key in {files}"),
    )
    .hint("Name the project by its UUID, or by FILE:VARIABLE with a live key of it"))
}

/// Whether the dashboard's `address` is that of the project that was found: its
/// path has the project's slug as a segment.
fn check_address(account: &Account, address: &str) -> Result<(), Failure> {
    let Some(slug) = &account.slug else {
        return Err(Failure::usage(
            "The dashboard's address has the project's slug, which says nothing of a UUID",
        )
        .hint("Leave the address out, or name a live key beside it"));
    };
    let url = url::Url::parse(address)
        .map_err(|error| Failure::usage(format!("The dashboard's address is no URL: {error}")))?;
    if url.path_segments().is_some_and(|mut segments| segments.any(|segment| segment == slug)) {
        return Ok(());
    }
    Err(Failure::new(
        Kind::NotFound,
        format!("The key belongs to the project {slug}, the address to another"),
    )
    .hint("Name a live key of the project that is meant"))
}

/// Sets the project in the file. Gives whether anything changed.
fn write(path: &Path, project: Uuid) -> Result<bool, Failure> {
    project_file::edit(path, |document| {
        match document.get_mut("project").and_then(toml_edit::Item::as_value_mut) {
            Some(value) => project_file::replace_value(value, &project.to_string()),
            None => document["project"] = toml_edit::value(project.to_string()),
        }
        Ok(())
    })
}

struct Link {
    path: PathBuf,
    project: Uuid,
}

impl Report for Link {
    fn text(&self, _: &Layout) -> String {
        String::new()
    }

    fn json(&self) -> serde_json::Value {
        json!({ "path": self.path, "project": self.project })
    }
}
