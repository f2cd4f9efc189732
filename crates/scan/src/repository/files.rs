//! Reading the files that say what a repository is: each may have been put there by
//! somebody who means harm.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use gix_object::bstr::BStr;
use gix_validate::path::component;

/// Most of a settings file or of a file with rules that is read, in bytes. Git's own
/// limit for rules is 100 MB; each of them is compared with each file.
pub const MOST_TEXT: u64 = 1024 * 1024;

/// Opens the file at `path` unless it is a pipe, a device or a folder, or has more than
/// `most` bytes: reading such a file may never end.
///
/// # Errors
/// If it is none that may be read, or cannot be opened.
pub fn open(path: &Path, most: u64, follow_links: bool) -> io::Result<File> {
    let file = open_any(path, follow_links)?;
    check(&file.metadata()?, most)?;
    Ok(file)
}

/// Opens the file at `path` without waiting for anything: a pipe without a writer is
/// empty.
///
/// # Errors
/// If it cannot be opened, as a link that is not to be followed.
pub fn open_any(path: &Path, follow_links: bool) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let mut flags = rustix::fs::OFlags::NONBLOCK;
        flags.set(rustix::fs::OFlags::NOFOLLOW, !follow_links);
        options.custom_flags(flags.bits().cast_signed());
    }
    options.open(path)
}

/// Reads the file at `path` as [`open`] does; `None` if there is none, or a link that is
/// not to be followed.
///
/// # Errors
/// If it cannot be opened or read.
pub fn read(path: &Path, follow_links: bool) -> io::Result<Option<Vec<u8>>> {
    let file = match open(path, MOST_TEXT, follow_links) {
        Ok(file) => file,
        Err(error) if is_missing(&error) => return Ok(None),
        Err(_) if !follow_links && path.is_symlink() => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut text = Vec::new();
    file.take(MOST_TEXT).read_to_end(&mut text)?;
    Ok(Some(text))
}

/// Reads the file at `path`, also where it is a link; `None` if there is none.
///
/// # Errors
/// If it cannot be opened or read, with its path.
pub fn read_own(path: &Path) -> io::Result<Option<Vec<u8>>> {
    read(path, true).map_err(|error| at(path, error))
}

/// Checks the file at `path` that a library will open by its name.
///
/// # Errors
/// If it is there, but is no regular file or has more than `most` bytes.
pub fn check_path(path: &Path, most: u64) -> io::Result<()> {
    match path.metadata() {
        Ok(metadata) => check(&metadata, most).map_err(|error| at(path, error)),
        Err(error) if is_missing(&error) => Ok(()),
        Err(error) => Err(at(path, error)),
    }
}

/// Checks a path from a repository's root, as an index or a tree has it: with or without a
/// slash at its end.
///
/// # Errors
/// If git writes no such path: it leads out of the repository, or into git's own folder.
pub fn check_tracked(path: &BStr) -> io::Result<()> {
    let options = component::Options {
        protect_windows: cfg!(windows),
        protect_hfs: cfg!(target_vendor = "apple"),
        protect_ntfs: true,
    };
    let path = path.strip_suffix(b"/").unwrap_or(path);
    for part in path.split(|byte| *byte == b'/') {
        gix_validate::path::component(part.into(), None, options).map_err(|error| {
            io::Error::other(format!("a path in it is {:?}: {error}", BStr::new(path)))
        })?;
    }
    Ok(())
}

/// Whether an error says that there is no such file.
pub fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The error, with the path of the file that it is about.
pub fn at(path: &Path, error: impl std::fmt::Display) -> io::Error {
    io::Error::other(format!("{}: {error}", path.display()))
}

fn check(metadata: &std::fs::Metadata, most: u64) -> io::Result<()> {
    if !metadata.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    if metadata.len() > most {
        return Err(io::Error::other("too large"));
    }
    Ok(())
}
