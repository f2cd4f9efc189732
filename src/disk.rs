//! Files that must be whole at any instant: replaced atomically, locked, and
//! private where they have to be.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

/// The right to change the files of one folder; given up when dropped.
///
/// The folder itself is locked, not a file in it: a file is replaced by the
/// very change that the lock protects, and a lock file would stay behind in
/// somebody's project.
pub struct FolderLock(#[expect(dead_code, reason = "held for its lock")] Option<File>);

impl FolderLock {
    /// Waits until no other process of this tool changes files in `folder`.
    ///
    /// Where the platform or the file system has no locks on folders (Windows,
    /// some network file systems) nothing is locked: refusing to work there
    /// would help nobody.
    ///
    /// # Errors
    /// Where the folder can't be opened.
    pub fn acquire(folder: &Path) -> io::Result<Self> {
        if !cfg!(unix) {
            return Ok(Self(None));
        }
        let folder = File::open(folder)?;
        Ok(Self(folder.lock().is_ok().then_some(folder)))
    }
}

/// Replaces the file at `path`, or makes it, so that at every instant and
/// after any crash either the old or the new content is there. Mode and owner
/// of `old` are kept; a new file is for its owner only.
///
/// # Errors
/// Whatever the file system says; the old file is untouched then.
pub fn replace(path: &Path, content: &[u8], old: Option<&Metadata>) -> io::Result<()> {
    let folder = folder_of(path);
    let file = write_beside(path, content, old)?;
    file.persist(path).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// Does all of [`replace`] but its last step, so that a full disk, a folder
/// without the right to write or an owner that can't be kept are found before
/// anything depends on them.
///
/// # Errors
/// What [`replace`] would say.
pub fn rehearse_replace(path: &Path, content: &[u8], old: Option<&Metadata>) -> io::Result<()> {
    write_beside(path, content, old).and_then(NamedTempFile::close)
}

fn write_beside(path: &Path, content: &[u8], old: Option<&Metadata>) -> io::Result<NamedTempFile> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut file =
        tempfile::Builder::new().prefix(&format!("{name}.")).tempfile_in(folder_of(path))?;
    file.write_all(content)?;
    if let Some(old) = old {
        keep_owner(file.as_file(), old)?;
        file.as_file().set_permissions(old.permissions())?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(unix)]
fn keep_owner(file: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    std::os::unix::fs::fchown(file, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Makes `folder` and what is missing above it, for its owner only.
///
/// # Errors
/// Whatever the file system says.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes a file that was not there, for its owner only.
///
/// # Errors
/// Also where the file is there.
pub fn create_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes sure that the folder's entries survive a crash.
///
/// # Errors
/// Whatever the file system says.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// The folder that `path` is in; the current one for a bare name.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
