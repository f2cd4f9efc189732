//! What is on the command line before the word that is completed.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::cli::{self, Color, Global};
use crate::commands::keys::EnvFilePath;
use crate::context::Context;
use crate::key::Environment;

/// What was said before the word.
pub struct Line {
    /// The surroundings, with the project, the profile and the sandbox that are
    /// named.
    pub context: Arc<Context>,
    /// The environment that is named.
    pub environment: Option<Environment>,
    /// Whether an open rotation is gone on with.
    pub goes_on: bool,
    /// Whether rotations are only shown, so that no KEY is taken.
    pub shows_rotations: bool,
    /// The KEY that is named.
    pub key: Option<String>,
    /// Those that are named, where there can be several.
    pub keys: Vec<String>,
    /// The domains that are named.
    pub domains: Vec<String>,
    /// Whether there is a command already, whose arguments follow.
    pub command_begun: bool,
    /// The last `.env` file that is named.
    pub env_file: Option<PathBuf>,
    /// Whether the key is to be publishable.
    pub publishable: bool,
    /// The ids of the flags that are given, and can't be given again.
    pub given_for_good: Vec<String>,
}

impl Line {
    /// Reads `words`, the command's name first. `None` if the current directory is gone.
    pub fn read(words: &[String]) -> Option<Self> {
        let mut command = cli::command().ignore_errors(true);
        // Whatever is wrong with it, or missing: it is not finished.
        let root = command.try_get_matches_from_mut(words).unwrap_or_default();
        let (mut matches, mut command) = (&root, &command);
        while let Some((name, below)) = matches.subcommand() {
            (matches, command) = (below, command.find_subcommand(name)?);
        }
        let global = Global {
            project: one(matches, "project"),
            profile: one(matches, "profile"),
            sandbox: is_set(matches, "sandbox"),
            json: false,
            quiet: true,
            verbose: false,
            no_input: true,
            color: Color::Never,
            // Nobody waits as long: who asks has a deadline of its own.
            timeout: Duration::from_secs(30),
        };
        // `run` has no usual file.
        let env_files: Vec<PathBuf> = all(matches, "env_files");
        let named = all(matches, "env_files").into_iter().filter_map(|file| match file {
            EnvFilePath::Named(path) => Some(path),
            EnvFilePath::Usual => None,
        });
        Some(Self {
            context: Arc::new(Context::new(&global).ok()?),
            environment: one(matches, "environment"),
            goes_on: is_set(matches, "resume") || is_set(matches, "abort"),
            shows_rotations: is_set(matches, "status"),
            key: one(matches, "key"),
            keys: all(matches, "keys"),
            domains: all(matches, "domains"),
            command_begun: !all::<OsString>(matches, "command").is_empty(),
            env_file: env_files.into_iter().chain(named).next_back(),
            publishable: is_set(matches, "publishable"),
            given_for_good: given_for_good(matches, command),
        })
    }
}

/// The flags on the line, but for those that are counted or collected.
fn given_for_good(matches: &ArgMatches, command: &Command) -> Vec<String> {
    let given = |argument: &&Arg| {
        let name = argument.get_id().as_str();
        matches.try_contains_id(name).is_ok()
            && matches.value_source(name) == Some(ValueSource::CommandLine)
            && !matches!(argument.get_action(), ArgAction::Append | ArgAction::Count)
    };
    let flags = command.get_arguments().filter(given);
    flags.map(|argument| argument.get_id().to_string()).collect()
}

fn one<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, name: &str) -> Option<T> {
    matches.try_get_one(name).ok().flatten().cloned()
}

fn all<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, name: &str) -> Vec<T> {
    matches.try_get_many(name).ok().flatten().into_iter().flatten().cloned().collect()
}

fn is_set(matches: &ArgMatches, name: &str) -> bool {
    one(matches, name).unwrap_or(false)
}
