//! The destinations that a new key is put into: checked before there is a key,
//! and told of when it is there.

use std::path::{Path, PathBuf};

use clap::builder::TypedValueParser as _;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{describe, guided};
use crate::api::Listing;
use crate::auth::credentials::keychain::EntryName;
use crate::commands::completions::Completes;
use crate::commands::service::{self, Service};
use crate::commands::{follow_links, project_file};
use crate::config::PROJECT_FILE;
use crate::context::Context;
use crate::destinations::Destination;
use crate::destinations::command::Command;
use crate::destinations::defaults;
use crate::destinations::dotenv_file::{self, DotenvFile};
use crate::destinations::guards::{self, GitState};
use crate::destinations::keychain_entry::KeychainEntry;
use crate::disk::trust;
use crate::dotenv::VariableName;
use crate::failure::{Failure, Hint, SuggestedCommand};
use crate::key::{Environment, KeyType};
use crate::listed_key::{ListedKey, NewKey};
use crate::secret::Fingerprint;

/// A file that a new key goes into.
#[derive(Clone, Debug)]
pub enum EnvFilePath {
    /// The one that the project uses.
    Usual,
    /// This one.
    Named(PathBuf),
}

/// What stands for [`EnvFilePath::Usual`]: no argument can have a zero in it.
const USUAL: &str = "\0";

impl From<PathBuf> for EnvFilePath {
    fn from(path: PathBuf) -> Self {
        if path.as_os_str() == USUAL { Self::Usual } else { Self::Named(path) }
    }
}

/// Where a new key goes.
#[derive(Debug, Default, clap::Args)]
#[command(group = clap::ArgGroup::new("with_variable").args(["env_files", "keychain"]).multiple(true))]
pub struct DestinationFlags {
    /// Write the key to this file; repeatable [default for PATH: the file that the project uses]
    ///
    /// The file that the project uses is the one that has the variable already; else `.env.local`
    /// if it exists and git ignores it, or if package.json names Next.js; else `.dev.vars` beside
    /// the settings of a Cloudflare Worker; else `.env`.
    #[arg(
        help_heading = "Destinations",
        long = "env-file",
        value_name = "PATH",
        num_args = 0..=1,
        default_missing_value = USUAL,
        value_parser = clap::builder::PathBufValueParser::new().map(EnvFilePath::from),
        add = Completes::EnvFile
    )]
    pub(super) env_files: Vec<EnvFilePath>,

    /// Store the key in the operating system's keychain, for `cencori run` [default for NAME: the
    /// key's name]
    ///
    /// cencori.toml notes under [run] which variable the key is for. Keys of the sandbox are not
    /// stored in the keychain.
    #[arg(help_heading = "Destinations", long, value_name = "NAME")]
    pub(super) keychain: Option<Option<EntryName>>,

    /// The variable for the key, in the file or in `cencori run`
    ///
    /// Default: CENCORI_API_KEY, or CENCORI_TEST_API_KEY for a test key in a file that serves
    /// production too (`.env`, but not `.env.development`). For a publishable key, the name that
    /// the .env files or the sources next to the file use (NEXT_PUBLIC_CENCORI_KEY or
    /// NEXT_PUBLIC_CENCORI_PUBLISHABLE_KEY, with the prefix of the framework in package.json),
    /// else the longer one. A key that is replaced stays in the variables that have it.
    #[arg(
        help_heading = "Destinations",
        long = "var",
        value_name = "NAME",
        requires = "with_variable",
        add = Completes::Variable
    )]
    pub(super) variable: Option<VariableName>,

    /// Write to another user's file, or through a link out of the project, without asking
    #[arg(help_heading = "Destinations", long, requires = "with_variable")]
    pub(super) follow_links: bool,

    /// Pass the key to this command on standard input, without a line break; repeatable
    #[arg(help_heading = "Destinations", long, value_name = "COMMAND", value_hint = clap::ValueHint::CommandString)]
    pub(super) pipe_to: Vec<String>,
}

impl DestinationFlags {
    /// Whether no destination is named.
    pub(super) fn is_empty(&self) -> bool {
        self.env_files.is_empty()
            && self.keychain.is_none()
            && self.variable.is_none()
            && self.pipe_to.is_empty()
    }

    /// The files that are named, for a key of this type and environment.
    pub(super) fn files(
        &self,
        context: &Context,
        key_type: KeyType,
        environment: Environment,
    ) -> Vec<PathBuf> {
        let usual = || usual_file(context, self, key_type, environment);
        let files = self.env_files.iter().map(|file| match file {
            EnvFilePath::Usual => usual(),
            EnvFilePath::Named(path) => path.clone(),
        });
        files.collect()
    }

    /// No destination; what is found later is for `variable`.
    pub(super) fn nowhere(variable: Option<VariableName>) -> Self {
        Self { variable, ..Self::default() }
    }
}

/// What may be where a key goes.
#[derive(Clone, Copy)]
pub(super) enum Replaces<'a> {
    /// Anything; where `overwrite` is not given, the person is asked.
    Anything { overwrite: bool },
    /// This key, or nothing.
    Key(&'a ListedKey),
}

/// The file that the key goes into where none is named.
pub(super) fn usual_file(
    context: &Context,
    arguments: &DestinationFlags,
    key_type: KeyType,
    environment: Environment,
) -> PathBuf {
    defaults::file(&context.directory, key_type, environment, arguments.variable.as_ref()).into()
}

/// The variable that the key goes into in the file at `path`.
pub(super) fn variable_for(
    context: &Context,
    arguments: &DestinationFlags,
    path: &std::path::Path,
    key_type: KeyType,
    environment: Environment,
) -> VariableName {
    let default = || defaults::variable(key_type, environment, &context.resolve(path));
    arguments.variable.clone().unwrap_or_else(default)
}

/// Checks every destination before there is a key to put there. `project` is the key's, and
/// needed where a destination is in the keychain.
pub(super) fn destinations(
    context: &Context,
    arguments: &DestinationFlags,
    env_files: &[PathBuf],
    project: Option<Uuid>,
    key: &NewKey,
    replaces: Replaces<'_>,
) -> Result<Vec<Destination>, Failure> {
    let mut destinations: Vec<Destination> = Vec::new();
    for path in env_files {
        let variable = variable_for(context, arguments, path, key.key_type, key.environment);
        let follow_links = arguments.follow_links;
        let file = dotenv_file(context, path, variable, key, replaces, follow_links)?;
        destinations.push(Destination::DotenvFile(file));
    }
    if let (Some(name), Some(project)) = (&arguments.keychain, project) {
        let entry = keychain_entry(context, arguments, name.as_ref(), project, key, replaces)?;
        destinations.push(Destination::Keychain(entry));
    }
    destinations
        .extend(arguments.pipe_to.iter().map(|line| Destination::Command(command(context, line))));
    for destination in &destinations {
        destination.storage().preflight()?;
    }
    warn_of_readers(context, &destinations);
    warn_of_files_read_before(context, &destinations, key.environment);
    Ok(destinations)
}

/// Names the files among the destinations that other users can read, all in one warning.
pub(super) fn warn_of_readers(context: &Context, destinations: &[Destination]) {
    const NAMED: usize = 3;
    let files = destinations.iter().filter_map(|destination| match destination {
        Destination::DotenvFile(file) if trust::others_can_read(file.path()) => Some(file),
        _ => None,
    });
    let files: Vec<_> = files.collect();
    let close = SuggestedCommand::program("chmod", ["go-rwx"]);
    let close = match &files[..] {
        [] => return,
        few if few.len() <= NAMED => few.iter().fold(close, |close, file| close.file(file.named())),
        _ => close.placeholder("FILE"),
    };
    let names: Vec<_> = files.iter().take(NAMED).map(|file| file.shown()).collect();
    let names = match files.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        1 => format!("{} and one more file", names.join(", ")),
        more => format!("{} and {more} more files", names.join(", ")),
    };
    context.ui.warn(&format!("Other users of this machine can read {names}."));
    let begin = match files.len() {
        1 => "Make it readable for you alone with ",
        _ => "Make them readable for you alone with ",
    };
    context.ui.hint(Hint::from(begin).command(close));
}

/// Names the file that the framework takes the variable from before one of the destinations,
/// unless that gets the key too.
fn warn_of_files_read_before(
    context: &Context,
    destinations: &[Destination],
    environment: Environment,
) {
    let files: Vec<_> = destinations
        .iter()
        .filter_map(|destination| match destination {
            Destination::DotenvFile(file) => Some(file),
            _ => None,
        })
        .collect();
    for file in &files {
        let variable = file.variable();
        let Some(winner) = defaults::read_before(file.path(), variable, environment) else {
            continue;
        };
        let path = file.path().with_file_name(winner);
        if files.iter().any(|other| other.path() == path && other.variable() == variable) {
            continue;
        }
        let shown = file.named().with_file_name(winner);
        context.ui.warn(&format!(
            "Next.js reads {variable} from {} before {}: it would not see this key.",
            shown.display(),
            file.shown()
        ));
        context.ui.hint("Take the variable out of the first, or put the key there with --env-file");
    }
}

/// The destination of `variable` in the file at `path`, if nothing forbids
/// putting `key` there.
pub(super) fn dotenv_file(
    context: &Context,
    path: &Path,
    variable: VariableName,
    key: &NewKey,
    replaces: Replaces<'_>,
    follow_links: bool,
) -> Result<DotenvFile, Failure> {
    let shown = path.display().to_string();
    let named = context.resolve(path);
    let target = dotenv_file::follow(&named, &shown, PROJECT_FILE, context.home())?;
    let target = follow_links::accept(context, target, &shown, follow_links)?;
    let file = DotenvFile::open(target, path, variable)?;
    let git = guards::git_state(file.path());
    guards::refuse(&file, key.key_type, git)?;
    for warning in guards::warnings(&file, key.environment, git)? {
        context.ui.warn(&warning);
    }
    if !file.replaces().is_empty() {
        let holds = format!("{} in {} has a value already.", file.variable(), file.shown());
        let instead = "name another --var or --env-file";
        allow_replacing(context, file.replaces(), replaces, &holds, instead)?;
    }
    if git == GitState::Exposed {
        guided::ignore(context, &file)?;
    }
    Ok(file)
}

pub(super) fn keychain_entry(
    context: &Context,
    arguments: &DestinationFlags,
    name: Option<&EntryName>,
    project: Uuid,
    key: &NewKey,
    replaces: Replaces<'_>,
) -> Result<KeychainEntry, Failure> {
    // Among the keys of the service one of a sandbox would only be found out by
    // the command that `run` gave it to.
    if context.sandbox || Service::find(context)?.is_on_this_machine() {
        return Err(Failure::usage("A key of the sandbox is not stored in the keychain.").hint(
            Hint::from("Put it into a file with --env-file; ")
                .command(
                    SuggestedCommand::cencori(["run", "--env-file"])
                        .placeholder("FILE")
                        .words(["--"])
                        .placeholder("COMMAND"),
                )
                .text(" takes it from there"),
        ));
    }
    let name = match name {
        Some(name) => name.clone(),
        None => key.name.parse().map_err(|error| {
            Failure::usage(format!("\"{}\" can't be its name there: {error}.", key.name))
                .hint("Name it with --keychain NAME")
        })?,
    };
    let noted_in = project_file::nearest(context, arguments.follow_links)?;
    let variable = variable_for(context, arguments, &noted_in, key.key_type, key.environment);
    guards::refuse_keychain_variable(&variable, key.key_type)?;
    let bus = context.variables.has_session_bus;
    let patience = service::patience(context);
    let entry = KeychainEntry::open(project, name, variable, noted_in, bus, patience)?;
    project_file::rehearse_note(&entry)?;
    if let Some(present) = entry.replaces() {
        let holds = format!("The keychain has a key named {} already.", entry.name());
        let instead = "name another --keychain NAME";
        allow_replacing(context, std::slice::from_ref(present), replaces, &holds, instead)?;
    }
    Ok(entry)
}

/// Whether what is in a destination, which `holds` says, may be replaced. Asks if somebody can
/// be asked.
fn allow_replacing(
    context: &Context,
    present: &[Fingerprint],
    replaces: Replaces<'_>,
    holds: &str,
    instead: &'static str,
) -> Result<(), Failure> {
    let overwrite = match replaces {
        Replaces::Anything { overwrite } => overwrite,
        Replaces::Key(old) if present.iter().all(|value| old.is(value)) => return Ok(()),
        Replaces::Key(old) => {
            let message = format!("{holds} It is not {}, which is to be replaced.", describe(old));
            return Err(Failure::usage(message).hint(Hint::from("Remove it, or ").text(instead)));
        }
    };
    let question = format!("{holds} Replace it?");
    let allowed = overwrite
        || (context.prompter.interactive()
            && context.prompter.confirm(&question, false, "--overwrite")?);
    if allowed {
        return Ok(());
    }
    Err(Failure::usage(format!("{holds} It stays."))
        .hint(Hint::from("Replace it with --overwrite, or ").text(instead)))
}

/// A command that is run in the current folder, now or later.
pub(super) fn command(context: &Context, line: &str) -> Command {
    Command { line: line.to_owned(), directory: Some(context.directory.clone()) }
}

/// Whether one of the destinations has something.
pub(super) fn replace_something(destinations: &[Destination]) -> bool {
    destinations.iter().any(|destination| match destination {
        Destination::DotenvFile(file) => !file.replaces().is_empty(),
        Destination::Keychain(entry) => entry.replaces().is_some(),
        Destination::Command(_) => false,
    })
}

/// The live keys whose text will be overwritten.
pub(super) fn replaced(destinations: &[Destination], before: &[Listing]) -> Vec<ListedKey> {
    let overwritten = |key: &ListedKey| {
        destinations.iter().any(|destination| match destination {
            Destination::DotenvFile(file) => file.replaces().iter().any(|value| key.is(value)),
            Destination::Keychain(entry) => entry.replaces().is_some_and(|value| key.is(value)),
            Destination::Command(_) => false,
        })
    };
    before
        .iter()
        .flat_map(|listing| &listing.keys)
        .filter(|key| overwritten(key))
        .cloned()
        .collect()
}

/// A destination for programs.
pub(super) fn named(destination: &Destination) -> Value {
    match destination {
        Destination::DotenvFile(file) => json!({
            "kind": "env_file", "path": file.path(), "variable": file.variable().as_str(),
        }),
        Destination::Keychain(entry) => json!({
            "kind": "keychain", "name": entry.name().as_str(), "variable": entry.variable().as_str(),
        }),
        Destination::Command(command) => json!({ "kind": "command", "command": command.line }),
    }
}

/// A destination for programs, and why the key is not there if it is not.
pub(super) fn as_json(destination: &Destination, failure: Option<&Failure>) -> Value {
    let mut document = named(destination);
    document["stored"] = failure.is_none().into();
    if let Some(failure) = failure {
        document["message"] = failure.message().into();
    }
    document
}
