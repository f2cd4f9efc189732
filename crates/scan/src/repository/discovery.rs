//! Finding the repository around a folder.

use std::io;
use std::path::{Path, PathBuf};

use super::files;
#[cfg(unix)]
use cencori_core::disk::trust;

/// A repository, as it was found.
#[derive(Debug)]
pub struct Found {
    /// The folder with the `.git`: what the repository tracks is below it, whatever
    /// its configuration says (`core.worktree`).
    pub root: PathBuf,
    /// The folder with `HEAD` and the index.
    pub git: PathBuf,
    /// The folder with the rest; the same but for a linked worktree.
    pub common: PathBuf,
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
    refuse_others(&[&entry, &git, &common])?;
    Ok(Some(Found { root: root.to_owned(), git, common }))
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

/// Refuses a repository of these parts, as git does one of "dubious ownership": its rules
/// would hide files from a search, of which none need be its owner's. What root made for a
/// user counts, and what a user made does not for root, also not in a container that has a
/// checkout of the host's user: who it belongs to cannot be told from an attacker.
///
/// # Errors
/// If one of them belongs to somebody else.
#[cfg(unix)]
fn refuse_others(parts: &[&Path]) -> io::Result<()> {
    for part in parts {
        // Of a link too: who made it chose what it leads to.
        for metadata in [part.symlink_metadata()?, part.metadata()?] {
            if trust::is_of_other(&metadata) {
                return Err(files::at(part, "belongs to another user"));
            }
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_others(parts: &[&Path]) -> io::Result<()> {
    for part in parts {
        if gix_sec::Trust::from_path_ownership(part)? != gix_sec::Trust::Full {
            return Err(files::at(part, "belongs to another user"));
        }
    }
    Ok(())
}
