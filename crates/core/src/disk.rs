//! Files that must be whole at any instant: replaced atomically, locked, and
//! private where they have to be.

pub mod around;
pub mod atomic;
pub mod attributes;
pub mod folder;
pub mod links;
pub mod lock;
pub mod trust;

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::checkpoint;
pub use atomic::is_temporary;
pub use folder::{Folder, FolderLock, Obstacle};
use trust::Writers;

/// The folder below the state folder with the pages that lead a browser to a sign-in. Each
/// is locked as long as the sign-in waits.
pub const SIGN_IN: &str = "sign-in";

/// Makes `folder` and what is missing above it, for its owner only.
///
/// # Errors
/// Any error of the file system.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Opens a file of the tool's own state to be appended to; one that is not there is
/// made, for its owner only.
pub fn append_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    open_state(path, &mut options)
}

/// Opens a file of the tool's own state.
///
/// # Errors
/// Also if it is none that this user alone can have written: a link, a pipe, or one that is not
/// trusted ([`trust::Untrusted`]).
pub fn open_state(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.bits() as i32);
    }
    let file = options.open(path)?;
    // Of the open file, so that it is the one that is used.
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        let message = format!("{} is not a regular file", path.display());
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    trust::check(path, &metadata, Writers::Owner)?;
    Ok(file)
}

/// Whether `error` says that a file may not be used: it is not trusted, or another
/// process holds it.
pub fn is_refused(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::TimedOut)
}

/// Takes away what killed processes have left in the state folder at `state`.
pub fn clean_up_state(state: &Path) {
    for (name, extension) in
        [("creations", "new"), ("rotations", "new"), ("sessions", "new"), (SIGN_IN, "html")]
    {
        let Ok(folder) = Folder::open(&state.join(name)) else { continue };
        let is_leftover = |name: &std::ffi::OsStr| {
            is_temporary(name) || Path::new(name).extension().is_some_and(|it| it == extension)
        };
        folder.clean_up(folder::LEFTOVER_AGE, is_leftover);
    }
}

/// The paths in `folder`; none if there is no such folder.
///
/// # Errors
/// Whatever else the file system says, with the path.
pub fn paths_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let listed = match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    };
    listed.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", folder.display())))
}

/// Removes a file, for good when this returns.
///
/// # Errors
/// Any error of the file system.
pub fn remove_file(path: &Path) -> io::Result<()> {
    checkpoint::pass();
    fs::remove_file(path)?;
    checkpoint::pass();
    sync_folder(folder_of(path))
}

/// Makes sure that the folder's entries survive a crash.
///
/// # Errors
/// Any error of the file system.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    Folder::open(folder)?.sync()
}

/// The folder that `path` is in; the current one for a bare name.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
