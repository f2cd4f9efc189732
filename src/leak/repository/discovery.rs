//! Finding the repository around a folder.

use std::io;
use std::path::{Path, PathBuf};

use super::files;

/// A repository, as it was found.
#[derive(Debug)]
pub struct Found {
    /// The folder with the `.git`: what the repository tracks stands below it, whatever
    /// its configuration says (`core.worktree`).
    pub root: PathBuf,
    /// The folder with `HEAD` and the index.
    pub git: PathBuf,
    /// The folder with the rest; the same but for a linked worktree.
    pub common: PathBuf,
    /// Whether the configuration counts: it belongs to the user or to root.
    pub trusted: bool,
}

/// The nearest repository around `folder` (canonical).
///
/// Only a `.git` entry makes a folder a repository: a bare repository that lies there,
/// perhaps as part of a clone, makes none.
///
/// # Errors
/// If there is a `.git` that names no repository, or one of somebody else.
pub fn around(folder: &Path) -> io::Result<Option<Found>> {
    for root in folder.ancestors() {
        if let Some(found) = at(root)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The repository whose `.git` is in `root`.
///
/// # Errors
/// As [`around`].
pub fn at(root: &Path) -> io::Result<Option<Found>> {
    let entry = root.join(".git");
    let metadata = match entry.metadata() {
        Ok(metadata) => metadata,
        Err(error) if files::is_missing(&error) => return Ok(None),
        Err(error) => return Err(files::at(&entry, error)),
    };
    let git = if metadata.is_dir() { entry.clone() } else { target(root, &entry)? };
    let common = match files::read_own(&git.join("commondir"))? {
        Some(text) => git.join(line(&text)?),
        None => git.clone(),
    };
    // What git asks of such a folder, too.
    let is_repository = git.join("HEAD").symlink_metadata().is_ok()
        && common.join("objects").is_dir()
        && common.join("refs").is_dir();
    if !is_repository {
        // A folder of this name that is no repository means nothing, to git either.
        let none = metadata.is_dir();
        return if none { Ok(None) } else { Err(files::at(&entry, "names no repository")) };
    }
    let trusted = is_trusted(root, &[&entry, &git, &common])?;
    Ok(Some(Found { root: root.to_owned(), git, common, trusted }))
}

/// The folder that a `.git` file names, as in a submodule or a linked worktree.
fn target(root: &Path, entry: &Path) -> io::Result<PathBuf> {
    let text = files::read_own(entry)?.unwrap_or_default();
    let path = text.strip_prefix(b"gitdir: ");
    let path = path.ok_or_else(|| files::at(entry, "names no repository"))?;
    Ok(root.join(line(path)?))
}

/// The path that is the only line of `text`.
fn line(text: &[u8]) -> io::Result<PathBuf> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    super::path_of(text.strip_suffix(b"\r").unwrap_or(text))
}

/// Whether the configuration of a repository of these parts counts. What root made for
/// a user counts, and what a user made does not for root, who only looks at the files.
///
/// # Errors
/// If one belongs to another user. Their rules would hide files from a search, of
/// which none is theirs: in a shared temporary folder, of everybody who works below.
#[cfg(unix)]
fn is_trusted(root: &Path, parts: &[&Path]) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;

    let user = rustix::process::geteuid().as_raw();
    let of_root = root.metadata()?.uid();
    let mut trusted = true;
    for part in parts {
        // Of a link too: who made it chose what it leads to.
        for owner in [part.symlink_metadata()?.uid(), part.metadata()?.uid()] {
            if owner == user || owner == 0 {
                continue;
            }
            // A container's root in a checkout of the host's user.
            if user != 0 || owner != of_root {
                return Err(files::at(part, "belongs to another user"));
            }
            trusted = false;
        }
    }
    Ok(trusted)
}

#[cfg(not(unix))]
fn is_trusted(_: &Path, parts: &[&Path]) -> io::Result<bool> {
    for part in parts {
        if gix_sec::Trust::from_path_ownership(part)? != gix_sec::Trust::Full {
            return Err(files::at(part, "belongs to another user"));
        }
    }
    Ok(true)
}
