//! Searching the files and folders that a command is given.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::counted;
use crate::context::Context;
use crate::disk;
use crate::failure::{Failure, Kind};
use crate::scan::tree::{self, Ignored};
use crate::scan::{self, Finder, repository};

/// Searches `paths`, of which `-` is standard input; this folder where none is given.
///
/// # Errors
/// If one does not exist. What can't be read is in what came of it.
pub fn search_paths(
    context: &Context,
    finder: &Finder,
    paths: &[PathBuf],
    ignored: Ignored,
) -> Result<tree::Searched, Failure> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
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
            searched.add(tree::in_folder(finder, &resolved, ignored));
            continue;
        }
        let found = if is_standard_input(path) {
            let input = std::io::stdin();
            scan::widen_pipe(&input);
            scan::in_stream(finder, input)
        } else {
            File::open(&resolved).and_then(|mut file| scan::in_file(finder, &mut file))
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

/// Warns of what could not be read.
pub fn warn_of_what_was_left_out(context: &Context, searched: &tree::Searched) {
    for (path, error) in &searched.unread {
        let path = shown(context, path);
        context.ui.warn(&format!("{} could not be read: {error}.", path.display()));
    }
    if searched.saw_nothing() {
        let ignored = describe_ignored(searched.ignored);
        context.ui.warn_with(
            &format!("Nothing was searched: git ignores all that is there ({ignored})."),
            "Name the files to search them although git ignores them",
        );
    }
    for (path, error) in &searched.unasked {
        context.ui.warn(&format!(
            "The repository of {} could not be read: {error}. All files there were searched, \
             and how git sees them is unknown.",
            shown(context, path).display()
        ));
    }
}

/// How much git ignores: `1 file and 2 folders`.
pub fn describe_ignored(ignored: tree::IgnoredCount) -> String {
    let counts = [(ignored.files, "file"), (ignored.folders, "folder")];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    counts.map(|(count, noun)| counted(count, noun)).collect::<Vec<_>>().join(" and ")
}

/// A path as the person would write it from where they are.
pub fn shown(context: &Context, path: &Path) -> PathBuf {
    if is_standard_input(path) {
        return PathBuf::from("standard input");
    }
    match path.strip_prefix(&context.directory) {
        Ok(here) if here.as_os_str().is_empty() => PathBuf::from("."),
        Ok(below) => below.to_owned(),
        Err(_) => path.to_owned(),
    }
}

/// The folder of the whole project around `folder`: that of `cencori.toml`, which is at `file`,
/// else the repository. `None` if neither is: what is around may be all that somebody has.
pub fn project_root(folder: &Path, file: Option<&Path>) -> Option<PathBuf> {
    if let Some(file) = file {
        return Some(disk::folder_of(file).to_owned());
    }
    repository::root_of(folder)
}
