//! Files that must be whole at any instant: replaced atomically, locked, and
//! private where they have to be.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::checkpoint;

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
/// of `old` are kept; a new file is for its owner only. The folder must be
/// locked. `still` is asked at the last moment; where it says no, nothing is
/// replaced. Gives whether it was.
///
/// # Errors
/// Whatever the file system says; the old file is untouched then.
pub fn replace_if(
    path: &Path,
    content: &[u8],
    old: Option<&Metadata>,
    still: impl Fn() -> bool,
) -> io::Result<bool> {
    let file = write_beside(path, content, old)?;
    if !still() {
        return Ok(false);
    }
    checkpoint::pass();
    file.persist(path).map_err(|error| error.error)?;
    checkpoint::pass();
    sync_folder(folder_of(path))?;
    Ok(true)
}

/// Does all of [`replace_if`] but its last step, so that a full disk, a folder
/// without the right to write or an owner that can't be kept are found before
/// anything depends on them.
///
/// # Errors
/// What [`replace_if`] would say.
pub fn rehearse_replace(path: &Path, content: &[u8], old: Option<&Metadata>) -> io::Result<()> {
    write_beside(path, content, old).and_then(NamedTempFile::close)
}

/// The new content is written beside the file under one fixed name: whoever
/// holds the folder's lock may take away what a killed process left there, which
/// can be a key.
fn write_beside(path: &Path, content: &[u8], old: Option<&Metadata>) -> io::Result<NamedTempFile> {
    let folder = folder_of(path);
    let name = name_beside(path);
    clean_beside(path)?;
    let mut file =
        tempfile::Builder::new().prefix(&name).rand_bytes(0).tempfile_in(folder).map_err(plain)?;
    for piece in checkpoint::pieces(content) {
        // Not through the library, whose errors name a file that nobody knows.
        file.as_file_mut().write_all(piece)?;
        checkpoint::pass();
    }
    if let Some(old) = old {
        keep_owner(file.as_file(), old)?;
        file.as_file().set_permissions(old.permissions())?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

/// Takes away what a killed process may have left beside the file at `path`.
/// The folder must be locked.
///
/// # Errors
/// Whatever the file system says.
pub fn clean_beside(path: &Path) -> io::Result<()> {
    match fs::remove_file(folder_of(path).join(name_beside(path))) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn name_beside(path: &Path) -> String {
    format!("{}.cencori-new", path.file_name().unwrap_or_default().to_string_lossy())
}

/// The error of the system itself: the library's names a file that nobody knows.
fn plain(error: io::Error) -> io::Error {
    let mut cause: &(dyn std::error::Error + 'static) = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    match cause.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error) {
        Some(code) => io::Error::from_raw_os_error(code),
        None => error,
    }
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

/// Makes a file that was not there, for its owner only, to be appended to.
///
/// # Errors
/// Also where the file is there.
pub fn create_private_file(path: &Path) -> io::Result<File> {
    private().create_new(true).open(path)
}

/// Opens a file to be appended to; one that is not there is made, for its owner
/// only.
///
/// # Errors
/// Whatever the file system says.
pub fn append_private(path: &Path) -> io::Result<File> {
    private().create(true).open(path)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The paths in `folder`; none where there is no such folder.
///
/// # Errors
/// Whatever else the file system says.
pub fn paths_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Whether the file at `path` is a journal: a plain file, by its name. A link
/// could lead anywhere, a pipe would be waited for.
pub fn is_journal(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "jsonl")
        && fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// Appends a line to a journal. On disk when this returns.
///
/// # Errors
/// Whatever the file system says.
pub fn append_line(file: &mut File, line: &[u8]) -> io::Result<()> {
    let line = Zeroizing::new([line, b"\n"].concat());
    checkpoint::pass();
    for piece in checkpoint::pieces(&line) {
        file.write_all(piece)?;
        checkpoint::pass();
    }
    file.sync_all()
}

/// The text of a journal without a last line that has no end: that was never
/// finished, by a crash while it was written, or is being written.
///
/// # Errors
/// Whatever the file system says, and where it is no text.
pub fn whole_lines(file: &mut File) -> io::Result<Zeroizing<String>> {
    file.rewind()?;
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text)?;
    let end = text.rfind('\n').map_or(0, |end| end + 1);
    text.truncate(end);
    Ok(text)
}

/// As [`whole_lines`], and cuts an unfinished line off, so that the next one
/// does not continue it. Only for who holds the journal.
///
/// # Errors
/// As [`whole_lines`].
pub fn mended_lines(file: &mut File) -> io::Result<Zeroizing<String>> {
    let text = whole_lines(file)?;
    if file.metadata()?.len() > text.len() as u64 {
        file.set_len(text.len() as u64)?;
    }
    Ok(text)
}

/// Removes a file, for good when this returns.
///
/// # Errors
/// Whatever the file system says.
pub fn remove_file(path: &Path) -> io::Result<()> {
    checkpoint::pass();
    fs::remove_file(path)?;
    checkpoint::pass();
    sync_folder(folder_of(path))
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
