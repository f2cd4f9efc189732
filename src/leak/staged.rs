//! What the next commit would hold: git's index, not the files beside it.

use std::io::{self, BufRead, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};

use super::finder::Finder;
use super::repository::path_of;
use super::stream;
use super::tree::Searched;
use crate::sinks::guards;

/// The mode of what is no file but another repository's commit.
const SUBMODULE: &str = "160000";

/// Searches the files that are added to the index of the repository around
/// `directory`, or changed there; whole, as they would be committed.
///
/// # Errors
/// Where git can't be run or asked.
pub fn in_index(finder: &Finder, directory: &Path) -> io::Result<Searched> {
    let staged = staged(directory)?;
    let mut searched = Searched::default();
    if staged.is_empty() {
        return Ok(searched);
    }
    let mut child = git(directory)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (mut stdin, stdout) = stdin.zip(stdout).ok_or(io::ErrorKind::BrokenPipe)?;
    let mut stdout = BufReader::with_capacity(64 * 1024, stdout);
    for (path, object) in staged {
        // One at a time, so that neither side waits for the other.
        stdin.write_all(format!("{object}\n").as_bytes())?;
        let found = search_object(finder, &mut stdout)?;
        searched.files += 1;
        searched.found.extend(found.into_iter().map(|found| (path.clone(), found)));
    }
    drop(stdin);
    child.wait()?;
    Ok(searched)
}

/// Searches one object of `git cat-file --batch`: a line with its size, its
/// content, and a line break.
fn search_object(
    finder: &Finder,
    stdout: &mut BufReader<ChildStdout>,
) -> io::Result<Vec<stream::Found>> {
    let mut header = String::new();
    stdout.read_line(&mut header)?;
    let size = header.trim_end().rsplit(' ').next().and_then(|size| size.parse().ok());
    let size: u64 = size.ok_or_else(|| io::Error::other("git has no such object"))?;
    let found = stream::in_reader(finder, stdout.take(size), false)?;
    stdout.read_exact(&mut [0])?;
    Ok(found)
}

/// Paths, from the repository's root, and names of the objects in the index.
fn staged(directory: &Path) -> io::Result<Vec<(PathBuf, String)>> {
    let changes = ["--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "--diff-filter=AMT"];
    let output = git(directory).arg("diff").args(changes).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(said.lines().next().unwrap_or("git failed").to_owned()));
    }
    let mut fields = output.stdout.split(|byte| *byte == 0);
    let mut staged = Vec::new();
    // `:MODE MODE OBJECT OBJECT STATUS`, then the path.
    while let (Some(change), Some(path)) = (fields.next(), fields.next()) {
        let change = String::from_utf8_lossy(change);
        let mut parts = change.split(' ').skip(1);
        if let (Some(mode), Some(object)) = (parts.next(), parts.nth(1))
            && mode != SUBMODULE
        {
            staged.push((path_of(path.to_owned()), object.to_owned()));
        }
    }
    Ok(staged)
}

/// git, with the variables of the hook that this may run in: they say which
/// index the commit is made from.
fn git(directory: &Path) -> Command {
    guards::git_as_told(directory)
}
