//! `cencori keys scan`

mod report;
mod sarif;

use std::path::PathBuf;

use self::report::{Finding, Findings};
use super::key_statuses::{FoundKeys, KeyStatuses};
use super::search::{search_paths, shown, warn_of_what_was_left_out};
use crate::commands::account::Account;
use crate::context::Context;
use crate::failure::{Exit, Failure, Hint, Kind, SuggestedCommand};
use crate::key::Environment;
use crate::scan::tree::{Ignored, Searched};
use crate::scan::{Finder, staged};
use crate::secret::Secret;
use crate::ui::unless_reader_left;

/// Find keys in files, in git's index, or in standard input
///
/// A folder is searched as git sees it: ignored files, links and binary files are left out. A file
/// that you name is always searched. No key is shown in full. Exits with 3 if a key is found that
/// must not be public; a publishable key is reported, but does not count.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files and folders, or - for standard input, such as the output of `git log -p` [default:
    /// this folder]
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    paths: Vec<PathBuf>,

    /// Search what the next commit adds or changes, for a pre-commit hook
    #[arg(long, conflicts_with_all = ["paths", "env_files"])]
    staged: bool,

    /// Search .env files even though git ignores them
    #[arg(long)]
    env_files: bool,

    /// Don't ask the service which keys are live
    #[arg(long)]
    offline: bool,

    /// Print SARIF 2.1.0, for GitHub code scanning and others
    #[arg(long)]
    sarif: bool,
}

/// Searches for keys.
///
/// # Errors
/// If a path does not exist, or git has no index to search.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    super::sarif::refuse_with_json(context, arguments.sarif)?;
    let finder = Finder::new();
    let ignored = if arguments.env_files { Ignored::EnvFiles } else { Ignored::Nothing };
    let mut searched = if arguments.staged {
        search_index(context, &finder)?
    } else {
        search_paths(context, &finder, &arguments.paths, ignored)?
    };
    warn_of_what_was_left_out(context, &searched);
    let complete = searched.is_complete();
    let found = FoundKeys::new(&finder, std::mem::take(&mut searched.found));
    let answers = ask(context, &found.keys(), arguments.offline);
    let findings: Vec<_> = found
        .into_known(&answers)
        .into_iter()
        .map(|(path, found)| {
            let state = answers.of(&found.key.fingerprint()).clone();
            Finding::new(shown(context, &path), &found, state)
        })
        .collect();
    let Searched { files, ignored, .. } = searched;
    let findings = Findings { findings, files, ignored, project: answers.project };
    let printed = if arguments.sarif {
        let document = sarif::document(&findings.findings, complete);
        context.ui.document(&document)
    } else {
        context.ui.report(&findings)
    };
    unless_reader_left(printed)?;
    context.ui.status(&findings.summary());
    if findings.findings.iter().any(|it| it.counts() && it.state.is_live()) {
        context.ui.hint(
            Hint::from("Replace what is live, then revoke it: ")
                .command(SuggestedCommand::cencori(["keys", "revoke"]).placeholder("ID"))
                .text(", or its name"),
        );
    }
    Ok(match (findings.findings.iter().any(Finding::counts), complete) {
        (true, _) => Exit::Findings,
        (false, true) => Exit::Done,
        // "None" would not be true of what could not be read.
        (false, _) => Exit::Unfinished(Kind::PartlyDone),
    })
}

/// Asks the service about the keys, unless that is not wanted or can't be done;
/// why it can't is a warning, and no failure: the keys were found all the same.
fn ask(context: &Context, keys: &[Secret], offline: bool) -> KeyStatuses {
    if offline || keys.is_empty() {
        return KeyStatuses::none();
    }
    let asked = Account::open(context).and_then(|account| {
        let listings = account.list(&Environment::ALL)?;
        KeyStatuses::ask(context, &account, listings, keys)
    });
    asked.unwrap_or_else(|failure| {
        let why = failure.message();
        context.ui.warn(&format!("Which keys are live is not known: {why}."));
        context.ui.hint("--offline does not ask");
        KeyStatuses::none()
    })
}

fn search_index(context: &Context, finder: &Finder) -> Result<Searched, Failure> {
    let index = context.git_index();
    let searched = staged::in_index(finder, &context.directory, index.as_deref());
    let failed = |problem: &dyn std::fmt::Display| {
        let message = format!("The git index can't be searched: {problem}");
        Failure::new(Kind::Failed, message).state("Nothing was searched")
    };
    searched.map_err(|error| failed(&error))?.ok_or_else(|| {
        failed(&format!("{} is in no git repository", context.directory.display()))
            .hint("Run this in a repository, or leave out --staged to search the files here")
    })
}
