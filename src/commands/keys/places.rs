//! The places that `keys create` puts a key into: checked before there is a key,
//! and told of when it is there.

use std::path::Path;

use serde_json::{Value, json};

use super::create::{Args, Request};
use super::guided;
use crate::api::Listing;
use crate::api::{ListedKey, NewKey};
use crate::commands::project_file;
use crate::commands::service::Service;
use crate::context::Context;
use crate::credentials::keychain::{EntryName, Patience};
use crate::dotenv::VariableName;
use crate::failure::Failure;
use crate::key::{Environment, KeyType};
use crate::sinks::Destination;
use crate::sinks::command::Command;
use crate::sinks::dotenv_file::DotenvFile;
use crate::sinks::guards::{self, GitState};
use crate::sinks::keychain_entry::KeychainEntry;
use crate::sinks::variable;

/// The variable that the key goes into in the file at `path`.
pub(super) fn variable_for(
    context: &Context,
    arguments: &Args,
    path: &std::path::Path,
    key_type: KeyType,
    environment: Environment,
) -> VariableName {
    let path = context.resolve(path);
    let folder = crate::disk::folder_of(&path);
    let default = || variable::default_name(key_type, environment, folder);
    arguments.variable.clone().unwrap_or_else(default)
}

/// Checks every place before there is a key to put there.
pub(super) fn destinations(
    context: &Context,
    arguments: &Args,
    request: &Request,
) -> Result<Vec<Destination>, Failure> {
    let mut destinations: Vec<Destination> = Vec::new();
    for path in &request.env_files {
        let file = dotenv_file(context, arguments, path, &request.key)?;
        destinations.push(Destination::DotenvFile(file));
    }
    if let Some(name) = &arguments.keychain {
        let entry = keychain_entry(context, arguments, name.as_ref(), &request.key)?;
        destinations.push(Destination::Keychain(entry));
    }
    destinations.extend(
        arguments.pipe_to.iter().map(|line| Destination::Command(Command { line: line.clone() })),
    );
    for destination in &destinations {
        destination.sink().rehearse()?;
    }
    Ok(destinations)
}

fn dotenv_file(
    context: &Context,
    arguments: &Args,
    path: &Path,
    key: &NewKey,
) -> Result<DotenvFile, Failure> {
    let variable = variable_for(context, arguments, path, key.key_type, key.environment);
    let file = DotenvFile::open(&context.resolve(path), path, variable)?;
    let git = guards::git_state(file.path());
    guards::refuse(&file, key.key_type, git)?;
    for warning in guards::warnings(&file, key.environment, git)? {
        context.ui.warn(&warning);
    }
    if !file.replaces().is_empty() {
        let holds = format!("{} in {} holds a value already.", file.variable(), file.shown());
        let instead = "name another --var or --env-file";
        allow_replacing(context, arguments, &holds, instead)?;
    }
    if git == GitState::Exposed {
        guided::ignore(context, &file)?;
    }
    Ok(file)
}

fn keychain_entry(
    context: &Context,
    arguments: &Args,
    name: Option<&EntryName>,
    key: &NewKey,
) -> Result<KeychainEntry, Failure> {
    // Among the keys of the service one of a sandbox would only be found out by
    // the command that `run` gave it to.
    if context.sandbox || Service::find(context)?.is_on_this_machine() {
        return Err(Failure::usage(
            "A sandbox's key doesn't go into the keychain, where the service's are.",
        )
        .hint("Put it into a file with --env-file; `cencori run --env-file` takes it from there"));
    }
    let name = match name {
        Some(name) => name.clone(),
        None => key.name.parse().map_err(|error| {
            Failure::usage(format!("\"{}\" can't be its name there: {error}.", key.name))
                .hint("Name it with --keychain NAME")
        })?,
    };
    let noted_in = project_file::nearest(context)?;
    let variable = variable_for(context, arguments, &noted_in, key.key_type, key.environment);
    guards::refuse_variable(&variable, key.key_type)?;
    let bus = context.variables.has_session_bus;
    // As at `auth login`: somebody who can be asked may be asked to unlock it.
    let asks = context.prompter.interactive();
    let patience = if asks { Patience::Person } else { Patience::Brief };
    let entry = KeychainEntry::open(name, variable, noted_in, bus, patience)?;
    project_file::rehearse_note(&entry)?;
    if entry.replaces().is_some() {
        let holds = format!("The keychain holds a key named {} already.", entry.name());
        allow_replacing(context, arguments, &holds, "name another --keychain NAME")?;
    }
    Ok(entry)
}

/// Whether what is `holds` may be replaced: asks, where somebody can be asked.
fn allow_replacing(
    context: &Context,
    arguments: &Args,
    holds: &str,
    instead: &str,
) -> Result<(), Failure> {
    let question = format!("{holds} Replace it?");
    let allowed = arguments.overwrite
        || (context.prompter.interactive()
            && context.prompter.confirm(&question, false, "--overwrite")?);
    if allowed {
        return Ok(());
    }
    Err(Failure::usage(format!("{holds} It stays."))
        .hint(format!("Replace it with --overwrite, or {instead}")))
}

/// The live keys whose text will be overwritten.
pub(super) fn replaced(destinations: &[Destination], before: &Listing) -> Vec<ListedKey> {
    let overwritten = |key: &ListedKey| {
        destinations.iter().any(|destination| match destination {
            Destination::DotenvFile(file) => file.replaces().iter().any(|value| key.is(value)),
            Destination::Keychain(entry) => entry.replaces().is_some_and(|value| key.is(value)),
            Destination::Command(_) => false,
        })
    };
    before.keys.iter().filter(|key| overwritten(key)).cloned().collect()
}

/// A place for programs, and why the key is not there if it is not.
pub(super) fn as_json(place: &Destination, failure: Option<&Failure>) -> Value {
    let mut document = match place {
        Destination::DotenvFile(file) => json!({
            "kind": "env_file", "path": file.path(), "variable": file.variable().as_str(),
        }),
        Destination::Keychain(entry) => json!({
            "kind": "keychain", "name": entry.name().as_str(), "variable": entry.variable().as_str(),
        }),
        Destination::Command(command) => json!({ "kind": "command", "command": command.line }),
    };
    document["stored"] = failure.is_none().into();
    if let Some(failure) = failure {
        document["message"] = failure.message().into();
    }
    document
}
