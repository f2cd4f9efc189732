//! `cencori keys check`

mod file_findings;
mod finding;
mod fix;
mod fix_commands;
mod fix_parts;
mod key_in_file;
mod occurrences;
mod project_findings;
mod report;
mod suppressions;
mod unused;

use std::path::PathBuf;

use jiff::{Timestamp, tz::TimeZone};
use uuid::Uuid;

use self::fix_commands::FixCommands;
use self::project_findings::Project;
use self::report::Findings;
use self::unused::Unused;
use super::key_statuses::{FoundKeys, KeyStatuses};
use super::rotate;
use super::search::{project_root, search_paths, shown, warn_of_what_was_left_out};
use super::usage;
use crate::api::listing::LIST_LIMIT;
use crate::commands::account::Account;
use crate::commands::values;
use crate::config::{self, PROJECT_FILE};
use crate::context::Context;
use crate::disk;
use crate::failure::{Exit, Failure, Hint, Kind, SuggestedCommand};
use crate::key::Environment;
use crate::listed_key::ListedKey;
use crate::ops::rotate::journal::Progress;
use crate::policy::{Policy, Severity};
use crate::scan::Finder;
use crate::scan::occurrence::own_path;
use crate::scan::tree::{Ignored, Searched};
use crate::secret::Secret;
use crate::ui::unless_reader_left;

/// Check keys and files against a policy
///
/// Shows what is wrong, how bad it is, and the command that fixes it: keys that are too old,
/// unused or share a name; secret keys in files for browsers or in git; live keys elsewhere in the
/// project; keys of the wrong environment, or of two environments at once; revoked keys in .env
/// files; domains that match nothing or too much; and rotations that were never finished.
///
/// A folder is searched as git sees it, with ignored .env files and what is built for browsers.
/// The policy in cencori.toml sets the limits, and can suppress a finding at one location, with a
/// reason and an end date. Exits with 3 if something at least as bad as --fail-on is found.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files and folders to check [default: this folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Check only the project's keys, and no files
    #[arg(long, conflicts_with = "paths")]
    no_files: bool,

    /// Check only what needs no service
    #[arg(long)]
    offline: bool,

    /// Read the usage logs too, to find unused keys
    #[arg(long, conflicts_with = "offline")]
    usage: bool,

    /// Exit with 3 on findings that are at least this bad
    #[arg(long, value_name = "SEVERITY", default_value = "warning", value_parser = values::severity())]
    fail_on: Severity,

    /// Print SARIF 2.1.0, for GitHub code scanning and others
    #[arg(long)]
    sarif: bool,
}

/// What the service tells of the project.
struct Asked {
    project: Uuid,
    listed: Vec<ListedKey>,
    answers: KeyStatuses,
    unused: Vec<Unused>,
    /// Whether all of it was told.
    complete: bool,
}

/// Checks keys.
///
/// # Errors
/// If a path does not exist, or `cencori.toml` can't be understood; and where the service can't be
/// asked, and nothing was found without it: what was, is told first.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    super::sarif::refuse_with_json(context, arguments.sarif)?;
    let file = match context.project_file() {
        // Whoever could have written it decides neither the policy nor what is suppressed.
        Err(failure) if failure.is_untrusted() && context.project.is_some() => {
            let hint = failure.hints.first().cloned().unwrap_or_default();
            context.ui.warn_with(&format!("{}; its policy is not used.", failure.message()), hint);
            None
        }
        file => file.map_err(Failure::or_name_the_project)?,
    };
    let policy = file.as_ref().map(|(path, _)| config::policy(path)).transpose()?;
    let policy = policy.unwrap_or_default();
    let here = own_path(&context.directory);
    let folder = file.as_ref().map(|(path, _)| own_path(disk::folder_of(path)));
    let folder = folder.unwrap_or_else(|| here.clone());
    let finder = Finder::new();
    let asked_about: Vec<_> = if arguments.paths.is_empty() {
        vec![here.clone()]
    } else {
        arguments.paths.iter().map(|path| own_path(&context.resolve(path))).collect()
    };
    let mut searched = if arguments.no_files {
        Searched::default()
    } else {
        let mut paths = arguments.paths.clone();
        // Before a key is revoked it is to be known where else it is.
        let root = project_root(&context.directory, file.as_ref().map(|(path, _)| path.as_path()));
        let here = paths.is_empty().then(|| PathBuf::from("."));
        let beyond = root.filter(|root| here.is_none() || *root != context.directory);
        paths.extend(here.into_iter().chain(beyond));
        search_paths(context, &finder, &paths, Ignored::EnvFilesAndBundles)?
    };
    warn_of_what_was_left_out(context, &searched);
    let found = FoundKeys::new(&finder, std::mem::take(&mut searched.found));
    let keys = found.keys();
    let now = Timestamp::now();
    let asked = (!arguments.offline).then(|| ask(context, arguments, &keys, &policy, now));
    let (asked, unasked) = match asked.transpose() {
        Ok(asked) => (asked, None),
        Err(failure) => (None, Some(failure)),
    };
    let none = KeyStatuses::none();
    let answers = asked.as_ref().map_or(&none, |asked| &asked.answers);
    let told = found.into_known(answers);
    let (keys_in_files, unread) = key_in_file::all(context, &searched, &asked_about, told, answers);
    for path in &unread {
        context.ui.warn(&format!(
            "{} is no .env file, by its bytes: what is wrong with keys in it is not known.",
            path.display()
        ));
    }
    let linked = asked.as_ref().map(|asked| asked.project);
    let linked = linked.or_else(|| file.as_ref().and_then(|(_, file)| file.project));
    let (rotations, readable) = rotations(context, linked)?;
    let listed = asked.as_ref().map_or(&[][..], |asked| &asked.listed);
    let unused = asked.as_ref().map_or(&[][..], |asked| &asked.unused);
    let project = Project::new(listed, &rotations, unused, &keys_in_files, &policy, now);
    let mut findings = file_findings::findings(&keys_in_files);
    findings.extend(project.findings());
    findings.sort_by_cached_key(|it| (it.rule, it.at.shown()));
    // From a folder further down not all locations are seen.
    let whole = !arguments.no_files && arguments.paths.is_empty() && folder == here;
    let today = now.to_zoned(TimeZone::UTC).date();
    let seen = suppressions::Seen { all: whole && asked.is_some(), usage: arguments.usage };
    suppressions::apply(&context.ui, &mut findings, &policy, &folder, today, seen);
    let root = project_root(&here, file.as_ref().map(|(path, _)| path.as_path()));
    let root = root.map_or_else(|| here.clone(), |root| own_path(&root));
    FixCommands::all(context, root, &keys_in_files, &rotations, &mut findings);
    let told = asked.as_ref().is_none_or(|asked| asked.complete);
    let findings = Findings {
        findings,
        project: linked,
        keys: asked.as_ref().map(|asked| asked.listed.len()),
        files: searched.files,
        ignored: searched.ignored,
        complete: searched.is_complete()
            && unread.is_empty()
            && readable
            && unasked.is_none()
            && told,
        folder,
    };
    let file = file.map(|(path, _)| shown(context, &path).display().to_string());
    report(context, arguments, &findings, unasked, file)
}

/// Tells what was found, and how the check ends. `file` is that of the policy.
fn report(
    context: &Context,
    arguments: &Args,
    findings: &Findings<'_>,
    unasked: Option<Failure>,
    file: Option<String>,
) -> Result<Exit, Failure> {
    let fails = findings.open().any(|finding| finding.severity() >= arguments.fail_on);
    if let (Some(failure), true) = (&unasked, fails) {
        context.ui.warn(&format!("The service was not asked: {}.", failure.message()));
    }
    let printed = if arguments.sarif {
        let document = findings.sarif(file.as_deref().unwrap_or(PROJECT_FILE));
        context.ui.document(&document)
    } else {
        context.ui.report(findings)
    };
    unless_reader_left(printed)?;
    if fails || unasked.is_none() {
        context.ui.status(&findings.summary());
    }
    for advice in findings.advice() {
        context.ui.hint(advice);
    }
    match (fails, unasked) {
        (true, _) => Ok(Exit::Findings),
        (false, Some(failure)) => Err(failure
            .context("Only what needs no service was checked")
            .hint("--offline checks no more than that, and exits with 0")),
        (false, None) if findings.complete => Ok(Exit::Done),
        // "Nothing is wrong" would not be true of what could not be looked at.
        (false, None) => Ok(Exit::Unfinished(Kind::PartlyDone)),
    }
}

/// Asks the service about the project, and about `keys`, which are in files.
fn ask(
    context: &Context,
    arguments: &Args,
    keys: &[Secret],
    policy: &Policy,
    now: Timestamp,
) -> Result<Asked, Failure> {
    let account = Account::open(context)?;
    account.warn_of_interrupted(context)?;
    let listings = account.list(&Environment::ALL)?;
    let mut complete = true;
    for (environment, listing) in Environment::ALL.iter().zip(&listings) {
        if listing.full {
            complete = false;
            context.ui.warn(&format!(
                "The service listed {LIST_LIMIT} keys of {environment}, which is its limit: older ones were not \
                 checked."
            ));
        }
    }
    let live_keys = usage::counted(&listings);
    let listed: Vec<_> = listings.iter().flat_map(|it| it.keys.iter().cloned()).collect();
    let answers = KeyStatuses::ask(context, &account, listings, keys)?;
    complete &= !answers.lack_some();
    let unused = if arguments.usage {
        let (unused, all) = unused::find(context, &account, &listed, live_keys, policy, now);
        complete &= all;
        unused
    } else {
        Vec::new()
    };
    Ok(Asked { project: account.project, listed, answers, unused, complete })
}

/// The open rotations on this machine, of the project where that is known; and
/// whether all of them could be read.
fn rotations(context: &Context, project: Option<Uuid>) -> Result<(Vec<Progress>, bool), Failure> {
    // Without a state folder nothing can have been left there.
    if context.existing_state()?.is_none() {
        return Ok((Vec::new(), true));
    }
    let found = rotate::all(context)?;
    let damaged = found.iter().any(|found| found.progress.is_none());
    if damaged {
        context.ui.warn_with(
            "The journal of a rotation can't be read.",
            Hint::from(SuggestedCommand::cencori(["keys", "rotate", "--status"]))
                .text(" says more"),
        );
    }
    let mut open: Vec<_> = found.into_iter().filter_map(|found| found.progress).collect();
    open.retain(|it| project.is_none_or(|project| it.plan.project == project));
    Ok((open, !damaged))
}
