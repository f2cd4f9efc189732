//! The files of a repository, as git lists them.

use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::sinks::guards::{self, GitState};

/// Which files are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Those that git has or would add.
    Own,
    /// `.env` files that it ignores, however deep.
    IgnoredEnvFiles,
    /// All that it ignores; a folder that is ignored as a whole by its name alone,
    /// with a slash at the end.
    Ignored,
}

/// Calls `take` for each file of the repository around `folder` that stands below it,
/// while git lists them, with how git sees it and its path below `folder`.
///
/// # Errors
/// Where git can't be run or asked; some may have been given before.
pub fn list(
    folder: &Path,
    asked: Asked,
    mut take: impl FnMut(GitState, PathBuf),
) -> io::Result<()> {
    let mut git = guards::git(folder);
    git.args(["ls-files", "-z", "--exclude-standard", "--others"]);
    match asked {
        Asked::Own => git.args(["--cached", "-t"]),
        Asked::IgnoredEnvFiles => git.args(["--ignored", "--", ":(glob)**/.env*"]),
        Asked::Ignored => git.args(["--ignored", "--directory"]),
    };
    git.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = git.spawn()?;
    let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let mut damaged = false;
    for entry in BufReader::with_capacity(64 * 1024, stdout).split(0) {
        let mut name = entry?;
        let mut state = GitState::Safe;
        if asked == Asked::Own {
            // A letter and a space: `?` for what is in no index.
            let tracked = name.first() != Some(&b'?');
            state = if tracked { GitState::Tracked } else { GitState::Exposed };
            name.drain(..name.len().min(2));
        }
        // An index that is cut names the folder itself, and git ends well all the same.
        damaged |= name == b"./";
        if !damaged {
            take(state, path_of(name));
        }
    }
    let well = child.wait()?.success() && !damaged;
    if well { Ok(()) } else { Err(io::ErrorKind::Other.into()) }
}

/// Whether `name` is that of a folder, as git gives it.
pub fn is_folder(name: &Path) -> bool {
    name.as_os_str().as_encoded_bytes().ends_with(b"/")
}

#[cfg(unix)]
pub(super) fn path_of(name: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    std::ffi::OsString::from_vec(name).into()
}

#[cfg(not(unix))]
pub(super) fn path_of(name: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&name).into_owned().into()
}
