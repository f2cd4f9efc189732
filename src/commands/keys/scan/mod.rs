//! `cencori keys scan`

mod answers;
mod report;
mod sarif;

use std::fs::File;
use std::path::{Path, PathBuf};

use self::report::{Finding, Findings};
use crate::context::Context;
use crate::failure::{Exit, Failure, Kind};
use crate::key;
use crate::leak::{self, Finder, Found, Readings, staged, tree};
use crate::ui::unless_reader_left;

/// Find keys in files, in git's index, or in what is read
///
/// A folder is searched as git sees it: what is ignored is left out, and so are
/// links and binary files. A file that is named is searched whatever it is. No
/// key is ever shown whole. Ends with exit code 3 where a key was found that
/// must not be public; a publishable key is reported, but does not count.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files and folders, or - for standard input, such as that of `git log -p`;
    /// this folder unless named
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    paths: Vec<PathBuf>,

    /// Search what the next commit would add or change, as for a pre-commit hook
    #[arg(long, conflicts_with_all = ["paths", "env_files"])]
    staged: bool,

    /// Look into .env files although git ignores them
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
/// Where a path does not exist, or git has no index to search.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    if arguments.sarif && context.ui.json() {
        return Err(Failure::usage("--sarif and --json are two different documents")
            .hint("Leave one of them out"));
    }
    let finder = Finder::new();
    let searched = if arguments.staged {
        search_index(context, &finder)?
    } else {
        search_paths(context, arguments, &finder)?
    };
    tell_what_was_left_out(context, &searched);
    let unread = searched.unread.len();
    let mut readings = Readings::default();
    let mut found = Vec::new();
    for (path, one) in searched.found {
        let others = readings.add(&finder, &one.key);
        let others = others.into_iter().map(|key| (path.clone(), one.read_as(key)));
        let others: Vec<_> = others.collect();
        found.push((path, one));
        found.extend(others);
    }
    let answers = answers::ask(context, &found, arguments.offline);
    found.retain(|(_, found)| {
        let fingerprint = found.key.fingerprint();
        readings.tells(&fingerprint, |key| answers.knows(key))
            // Without an answer, what reads like any name is taken for one.
            && (answers.knows(&fingerprint) || !key::reads_like_a_name(found.key.expose()))
    });
    let findings: Vec<_> = found
        .into_iter()
        .map(|(path, found)| {
            let state = answers.of(&found).clone();
            Finding::new(shown(context, &path), &found, state)
        })
        .collect();
    let findings = Findings { findings, files: searched.files, project: answers.project };
    let printed = if arguments.sarif {
        context.ui.data(format!("{:#}\n", sarif::document(&findings.findings)).as_bytes())
    } else {
        context.ui.report(&findings)
    };
    unless_reader_left(printed)?;
    context.ui.status(&findings.summary());
    if findings.findings.iter().any(|it| it.counts() && it.is_live()) {
        context.ui.hint("Replace what is live, then revoke it: `keys revoke ID`, or its name");
    }
    Ok(match (findings.findings.iter().any(Finding::counts), unread) {
        (true, _) => Exit::Findings,
        (false, 0) => Exit::Done,
        // "None" would not be true of what could not be read.
        (false, _) => Exit::Unfinished(Kind::PartlyDone),
    })
}

fn search_index(context: &Context, finder: &Finder) -> Result<tree::Searched, Failure> {
    staged::in_index(finder, &context.directory).map_err(|error| {
        Failure::new(Kind::Failed, format!("git's index can't be searched: {error}"))
            .hint("--staged needs git, and a repository around this folder")
    })
}

fn search_paths(
    context: &Context,
    arguments: &Args,
    finder: &Finder,
) -> Result<tree::Searched, Failure> {
    let here = [PathBuf::from(".")];
    let paths = if arguments.paths.is_empty() { &here[..] } else { &arguments.paths };
    // All at once, before anything is read: a wrong path is most often a typing
    // error, and half a search looks like a whole one.
    for path in paths.iter().filter(|path| !is_standard_input(path)) {
        if let Err(error) = context.resolve(path).metadata() {
            let message = format!("{} can't be searched: {error}", path.display());
            return Err(Failure::new(Kind::NotFound, message).state("Nothing was searched"));
        }
    }
    let mut searched = tree::Searched::default();
    for path in paths {
        let resolved = context.resolve(path);
        if !is_standard_input(path) && resolved.is_dir() {
            searched.add(tree::in_folder(finder, &resolved, arguments.env_files));
            continue;
        }
        let found = if is_standard_input(path) {
            let input = std::io::stdin();
            leak::widen_pipe(&input);
            leak::in_stream(finder, input)
        } else {
            File::open(&resolved).and_then(|mut file| leak::in_file(finder, &mut file))
        };
        searched.files += 1;
        match found {
            Ok(found) => searched.found.extend(found.into_iter().map(|it| (path.clone(), it))),
            Err(error) => searched.unread.push((path.clone(), error)),
        }
    }
    Ok(searched)
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

fn tell_what_was_left_out(context: &Context, searched: &tree::Searched) {
    for (path, error) in &searched.unread {
        let path = shown(context, path);
        context.ui.warn(&format!("{} could not be read: {error}.", path.display()));
    }
    for path in &searched.unasked {
        context.ui.warn(&format!(
            "git could not be asked what it ignores in {}; everything there was searched.",
            shown(context, path).display()
        ));
    }
}

/// A path as the person would write it from where they stand.
fn shown(context: &Context, path: &Path) -> PathBuf {
    if is_standard_input(path) {
        return PathBuf::from("standard input");
    }
    match path.strip_prefix(&context.directory) {
        Ok(here) if here.as_os_str().is_empty() => PathBuf::from("."),
        Ok(below) => below.to_owned(),
        Err(_) => path.to_owned(),
    }
}

/// The keys that are looked at, each once.
fn distinct(found: &[(PathBuf, Found)]) -> Vec<&Found> {
    let mut seen = std::collections::HashSet::new();
    found.iter().map(|(_, found)| found).filter(|it| seen.insert(it.key.expose())).collect()
}
