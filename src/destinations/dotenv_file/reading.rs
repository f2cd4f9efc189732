//! Finding `.env` files by their paths, and reading them.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::disk::links::{self, Nowhere, Target};
use crate::dotenv::Document;
use crate::dotenv::read_file::{self, FileError};
use crate::failure::{Failure, Kind};
use crate::secret::Secret;

/// The value of `variable` in the file at `path`, for finding the key that is there.
///
/// # Errors
/// If there is none, or if the readers of such files would disagree on which of several it is.
pub fn value(path: &Path, shown: &str, variable: &str) -> Result<Secret, Failure> {
    if !path.exists() {
        return Err(Failure::new(Kind::NotFound, format!("There is no file {shown}.")));
    }
    let content = read(path, shown)?;
    let mut values = parse(&content, shown)?.values(variable);
    values.retain(|value| !value.is_empty());
    values.dedup();
    match values.len() {
        0 => Err(Failure::new(Kind::NotFound, format!("{shown} has no value for {variable}."))),
        1 => Ok(Secret::new(values.remove(0))),
        count => Err(Failure::new(
            Kind::NotFound,
            format!("{shown} has {count} different values for {variable}."),
        )
        .hint("Readers disagree on which of them counts: leave one")),
    }
}

/// Every assignment in the file at `path`, in file order: name, value as plain readers
/// see it, and line ([`Document::assignments`]).
///
/// # Errors
/// If there is no file that can be read as a `.env`.
pub fn assignments(path: &Path, shown: &str) -> Result<Vec<(String, Secret, usize)>, Failure> {
    let document = document(path, shown)?;
    let pairs = document.assignments();
    Ok(pairs.map(|(name, value, line)| (name.to_owned(), Secret::new(value), line)).collect())
}

/// The file at `path`, which `shown` names in messages.
///
/// # Errors
/// If there is no file that can be read as a `.env`.
pub fn document(path: &Path, shown: &str) -> Result<Document, Failure> {
    if !path.exists() {
        return Err(Failure::new(Kind::NotFound, format!("There is no file {shown}.")));
    }
    let content = read(path, shown)?;
    Document::parse(&content)
        .map_err(|error| Failure::new(Kind::Failed, format!("{shown} is no .env file: {error}")))
}

/// The file that `path` (absolute) means, which `shown` names in messages. `home` is
/// the home folder, and `marker` the name of the file that marks a project's folder.
///
/// # Errors
/// If there is no such file, and none can be made.
pub fn follow(
    path: &Path,
    shown: &str,
    marker: &str,
    home: Option<&Path>,
) -> Result<Target, Failure> {
    let target = links::follow(path, marker, home).map_err(|nowhere| match nowhere {
        Nowhere::Dangling(target) => Failure::new(
            Kind::Failed,
            format!("{shown} is a link to {}, which does not exist.", target.display()),
        )
        .hint("Make that file, or remove the link"),
        Nowhere::NoFolder(error) => {
            failed(shown, "can't be made, because its folder can't be opened", &error)
        }
        Nowhere::Failed(error) => failed(shown, "can't be opened", &error),
    });
    // What is there leads to the streams of some process; replacing it would
    // cut them off.
    let link = std::fs::read_link(path).unwrap_or_default();
    if [path, &link].iter().any(|path| path.starts_with("/dev") || path.starts_with("/proc")) {
        return Err(Failure::new(Kind::Failed, format!("{shown} is not a regular file."))
            .hint("Name a .env file"));
    }
    target
}

/// The content of the file at `path`; a missing one is empty.
fn read(path: &Path, shown: &str) -> Result<Vec<u8>, Failure> {
    match read_file::bytes(path) {
        Err(FileError::Unreadable(error)) if error.kind() == io::ErrorKind::NotFound => {
            Ok(Vec::new())
        }
        read => read.map_err(|error| refused(shown, &error)),
    }
}

/// The content of an open file.
pub(super) fn content(file: &File, shown: &str) -> Result<Vec<u8>, Failure> {
    read_file::content(file).map_err(|error| refused(shown, &error))
}

fn refused(shown: &str, error: &FileError) -> Failure {
    match error {
        FileError::Unreadable(_) | FileError::NoText(_) => {
            Failure::new(Kind::Failed, format!("{shown} {error}"))
        }
        FileError::Folder | FileError::Special | FileError::TooLarge(_) => {
            Failure::new(Kind::Failed, format!("{shown} {error}.")).hint("Name a .env file")
        }
    }
}

pub(super) fn parse(content: &[u8], shown: &str) -> Result<Document, Failure> {
    Document::parse(content).map_err(|error| {
        Failure::new(Kind::Failed, format!("{shown} can't be edited: {error}. It is as it was."))
    })
}

pub(super) fn failed(shown: &str, what: &str, error: &io::Error) -> Failure {
    Failure::new(Kind::Failed, format!("{shown} {what}: {error}"))
}
