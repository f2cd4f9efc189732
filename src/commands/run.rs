//! `cencori run`

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Command as Process;

use serde_json::{Value, json};
use uuid::Uuid;

use super::project::ProjectReference;
use super::service::Service;
use crate::auth::credentials::keychain::{self, EntryName, KeyEntry, Patience};
use crate::commands::completions::Completes;
use crate::config::{self, PROJECT_FILE};
use crate::context::Context;
use crate::destinations::{dotenv_file, guards, keychain_entry};
use crate::dotenv::VariableName;
use crate::failure::{Exit, Failure, Hint, Kind, SuggestedCommand};
use crate::key::{self, KeyType};
use crate::process::{self, CREDENTIALS};
use crate::secret::Secret;
use crate::ui::report::{Report, table};
use crate::ui::{Layout, printable, unless_reader_left};

/// Run a command with keys from the keychain in its environment
///
/// [run] in cencori.toml, in this folder or the nearest one above, lists what to set: VARIABLE =
/// "name in the keychain". `keys create --keychain` writes it. A key in the keychain belongs to
/// its project, and is used only if the same project is linked (cencori.toml, --project). No key
/// is put into a variable that loaders, shells, interpreters or network libraries read, such as
/// LD_PRELOAD or HTTPS_PROXY.
///
/// Variables of an --env-file are set too, whatever they are called, and override the
/// keychain. A variable that is set already stays as it is; an empty one, in the
/// environment or in a file, counts as unset.
///
/// The command replaces this process, with its signals and its exit code (on Windows, this process
/// waits for it). Exits with 126 if the command can't be run, and with 127 if there is none.
/// CENCORI_ACCESS_TOKEN, CENCORI_EMAIL and CENCORI_PASSWORD are not passed on: the command gets
/// keys, but not the right to create more.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Set the variables of this file; repeatable, a later file overrides an earlier
    /// one. Values are taken literally, without their quotes: escapes and $ have no meaning
    #[arg(long = "env-file", value_name = "FILE", add = Completes::EnvFile)]
    env_files: Vec<PathBuf>,

    /// Also set variables that are already set
    #[arg(long = "override")]
    overrides: bool,

    /// Run nothing: list what would be set and from where, without reading the keychain
    #[arg(long)]
    list: bool,

    /// The command and its arguments
    #[arg(
        value_name = "COMMAND",
        required_unless_present = "list",
        trailing_var_arg = true,
        value_hint = clap::ValueHint::CommandWithArguments
    )]
    command: Vec<OsString>,
}

/// Where a variable's value comes from.
enum Source {
    Keychain(EntryName),
    File { shown: String, value: Secret },
}

/// One variable that was asked for.
struct Setting {
    variable: String,
    source: Source,
    is_set: bool,
}

/// Runs a command with keys in its environment. Does not come back where the
/// platform lets the command take this one's place.
///
/// # Errors
/// If a key is not to be had, or the command can't be run; nothing was run then.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    let settings = settings(context, arguments)?;
    if arguments.list {
        let list = List { settings, overrides: arguments.overrides };
        unless_reader_left(context.ui.report(&list))?;
        return Ok(Exit::Done);
    }
    if settings.is_empty() {
        return Err(Failure::usage("Nothing says which variables the command should get")
            .hint(
                Hint::from(
                    SuggestedCommand::cencori(["keys", "create"])
                        .placeholder("NAME")
                        .words(["--keychain"]),
                )
                .text(" stores a key, and notes its variable in ")
                .text(PROJECT_FILE),
            )
            .hint("Or name a file with --env-file"));
    }
    let Some((program, rest)) = arguments.command.split_first() else {
        return Err(Failure::usage("COMMAND is missing"));
    };
    let mut process = process::command(program);
    process.args(rest);
    // Asked for once, and only where a key is to be given.
    let mut linked = None;
    for setting in settings {
        if setting.is_set && !arguments.overrides {
            context.ui.trace(&format!("{} is set already.", setting.variable));
            continue;
        }
        let from = setting.source.describe();
        let value = match setting.source {
            Source::File { value, .. } => value,
            Source::Keychain(name) => {
                let project = match linked {
                    Some(project) => project,
                    None => *linked.insert(project(context, &setting.variable)?),
                };
                load(context, &setting.variable, project, name)?
            }
        };
        context.ui.trace(&format!("{} is set from {from}.", setting.variable));
        process.env(setting.variable, value.expose());
    }
    replace_process(process).map_err(|error| not_run(&program.to_string_lossy(), &error))
}

/// All that is asked for, by variable: by `cencori.toml`, and above it by the
/// files on the command line.
fn settings(context: &Context, arguments: &Args) -> Result<Vec<Setting>, Failure> {
    let entries = entries(context)?.into_iter();
    let mut sources: BTreeMap<String, Source> =
        entries.map(|(variable, name)| (variable.to_string(), Source::Keychain(name))).collect();
    // Of any name: the person has named the file on the command line, as for `node
    // --env-file`, and the settings of their program are what such a file is for.
    for path in &arguments.env_files {
        let shown = path.display().to_string();
        for (variable, value, _) in dotenv_file::assignments(&context.resolve(path), &shown)? {
            // The last of several counts, as most readers have it.
            if !value.expose().is_empty() {
                sources.insert(variable, Source::File { shown: shown.clone(), value });
            }
        }
    }
    for variable in CREDENTIALS {
        if let Some(source) = sources.remove(variable) {
            context.ui.warn(&format!(
                "{variable} from {} is not passed on: the command gets keys, not the right to create more.",
                source.describe()
            ));
        }
    }
    let settings = sources.into_iter().map(|(variable, source)| {
        let is_set = context.is_set(&variable);
        Setting { variable, source, is_set }
    });
    Ok(settings.collect())
}

/// What `cencori.toml` says under [run]: each variable, and the name of its key in the
/// keychain.
///
/// # Errors
/// If the file can't be read or understood, and as [`config::run_table`].
pub fn entries(context: &Context) -> Result<BTreeMap<VariableName, EntryName>, Failure> {
    let Some((path, _)) = context.project_file()? else {
        return Ok(BTreeMap::new());
    };
    let entries = config::run_table_of(&path)?.into_iter().map(|(variable, name)| {
        let name = name.parse().map_err(|error| {
            Failure::usage(format!("{}, {variable} under [run]: {error}", path.display()))
        })?;
        Ok((variable, name))
    });
    entries.collect()
}

/// The project that is linked, whose keys alone are given.
fn project(context: &Context, variable: &str) -> Result<Uuid, Failure> {
    if context.sandbox {
        return Err(Failure::usage(format!(
            "{variable} can't be set: a sandbox's keys are not in the keychain"
        ))
        .hint("Take them from a file with --env-file"));
    }
    let service = Service::find(context)?;
    match ProjectReference::find_named(context, &service)? {
        Some(reference) => Ok(reference.resolve(&service.anonymous(context))?.id),
        None => Err(Failure::usage(format!(
            "{variable} can't be set: a key in the keychain belongs to a project, and none is linked"
        ))
        .hint(
            Hint::from("Name the project: ")
                .command(SuggestedCommand::cencori(["link"]).placeholder("PROJECT"))
                .text(" notes it in ")
                .text(PROJECT_FILE)
                .text("; --project and CENCORI_PROJECT take its UUID"),
        )),
    }
}

/// The key of that name in the keychain, where it is the project's.
fn load(
    context: &Context,
    variable: &str,
    project: Uuid,
    name: EntryName,
) -> Result<Secret, Failure> {
    let has_bus = context.variables.has_session_bus;
    let entry = KeyEntry::new(project, name.clone(), has_bus, Patience::Brief);
    let otherwise = Hint::from("Set ")
        .data(variable)
        .text(" in another way: export it, or name a file with --env-file");
    match entry.load() {
        Ok(Some(key)) => refuse_for_browsers(variable, key),
        Ok(None) => Err(Failure::new(
            Kind::NotFound,
            match entry.is_unbound() {
                Ok(true) => format!(
                    "{variable} can't be set: the key named {name} in {} belongs to no project",
                    keychain::describe()
                ),
                _ => format!(
                    "{variable} can't be set: {} has no key named {name} of project {project}",
                    keychain::describe()
                ),
            },
        )
        .hint(
            Hint::from("Make one with ").command(
                SuggestedCommand::cencori(["keys", "create"])
                    .placeholder("NAME")
                    .option("--keychain", name.as_str())
                    .option("--var", variable),
            ),
        )
        .hint(otherwise)),
        Err(error) => Err(keychain_entry::failure(&error)
            .context(format!("{variable} can't be set"))
            .hint(otherwise)),
    }
}

/// Refuses a secret key in a variable that browsers get to see: the file that names it may
/// come from somebody else.
fn refuse_for_browsers(variable: &str, key: Secret) -> Result<Secret, Failure> {
    let name: VariableName = variable.parse().map_err(Failure::usage)?;
    let key_type = key::type_of_prefix(key.expose()).unwrap_or(KeyType::Secret);
    match guards::refuse_variable(&name, key_type) {
        Ok(()) => Ok(key),
        Err(failure) => Err(Failure::usage(failure.message())
            .hint(Hint::from("Name another variable under [run] in ").text(PROJECT_FILE))),
    }
}

/// Puts the command in the place of this process: same id, same parent, so that
/// there is nobody between it and its signals.
#[cfg(unix)]
fn replace_process(mut process: Process) -> io::Result<Exit> {
    Err(std::os::unix::process::CommandExt::exec(&mut process))
}

#[cfg(not(unix))]
fn replace_process(mut process: Process) -> io::Result<Exit> {
    let code = process.status()?.code().unwrap_or(1);
    // Codes above 255 can't be told from each other by a caller that asks for one.
    Ok(Exit::Passed(u8::try_from(code).unwrap_or(1)))
}

fn not_run(program: &str, error: &io::Error) -> Failure {
    let program = printable(program);
    if error.kind() == io::ErrorKind::NotFound {
        return Failure::new(Kind::NoCommand, format!("There is no command `{program}`"));
    }
    Failure::new(Kind::NotExecutable, format!("`{program}` can't be run: {error}"))
}

impl Source {
    fn describe(&self) -> String {
        match self {
            Self::Keychain(name) => format!("the keychain ({name})"),
            Self::File { shown, .. } => shown.clone(),
        }
    }
}

/// What would be set.
struct List {
    settings: Vec<Setting>,
    overrides: bool,
}

impl Report for List {
    fn text(&self, layout: &Layout) -> String {
        let rows = self.settings.iter().map(|setting| {
            let state = match (setting.is_set, self.overrides) {
                (false, _) => "would be set",
                (true, false) => "set already, stays",
                (true, true) => "set already, would be replaced",
            };
            let from = printable(&setting.source.describe());
            vec![setting.variable.clone(), from, state.to_owned()]
        });
        table(&["VARIABLE", "FROM", "STATE"], &rows.collect::<Vec<_>>(), layout)
    }

    fn json(&self) -> Value {
        let variables = self.settings.iter().map(|setting| {
            let source = match &setting.source {
                Source::Keychain(name) => json!({ "kind": "keychain", "name": name.as_str() }),
                Source::File { shown, .. } => {
                    json!({ "kind": "env_file", "path": key::mask(shown) })
                }
            };
            json!({
                "name": setting.variable,
                "source": source,
                "already_set": setting.is_set,
                "would_be_set": self.overrides || !setting.is_set,
            })
        });
        json!({ "variables": variables.collect::<Vec<_>>() })
    }
}
