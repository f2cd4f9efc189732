//! Journals: what a long piece of work has done so far, on disk, so that the next run can
//! finish or undo it after a kill at any instant.
//!
//! A journal is one file, a JSON document a line. The first line says what is intended, and each
//! further one what has happened. Lines are only ever appended, and are on disk before the work
//! goes on. The file is complete and locked before it has its name, and it is locked as long as
//! its process lives: a journal that can be locked waits for somebody to continue it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::checkpoint;
use crate::disk::trust::{self, Writers};
use crate::disk::{self, Folder, lock};

/// What the name of a journal ends with.
const EXTENSION: &str = "jsonl";

/// A journal that this process holds.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
}

/// What a journal says: its first line, and all others in their order.
#[derive(Debug)]
pub struct Lines<H, E> {
    /// What is intended.
    pub header: H,
    /// What has happened.
    pub entries: Vec<E>,
}

/// Why a journal can't be held.
#[derive(Debug)]
pub enum OpenError {
    /// There is none, or its process has just ended it.
    Missing,
    /// Another process holds it.
    Held(io::Error),
    /// It can't be understood. The error names the file.
    Damaged(io::Error),
    /// It can't be opened, or may not be used ([`disk::open_state`]). The error names the
    /// file.
    Failed(io::Error),
}

/// A journal, looked at without holding it.
#[derive(Debug)]
pub struct Seen<H, E> {
    /// What it says; `None` if that can't be understood.
    pub lines: Option<Lines<H, E>>,
    /// Whether a process holds it.
    pub held: bool,
    /// When its last line was written, by this machine's clock.
    pub written: SystemTime,
}

impl Journal {
    /// Writes the journal called `name` in `folder`, which is made if it is not there. On
    /// disk when this returns.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] if there is one of that name;
    /// [`io::ErrorKind::PermissionDenied`] if others can write to the folder.
    pub fn create(folder: &Path, name: &str, header: &impl Serialize) -> io::Result<Self> {
        disk::create_private_folder(folder)?;
        trust::check_path(folder, Writers::Owner)?;
        let opened = Folder::open(folder)?;
        // Complete and locked before it has its name, so that no other process can take it
        // for abandoned.
        let mut atomic = opened.atomic_file()?;
        atomic.file.try_lock()?;
        write_line(&mut atomic.file, header)?;
        let file = atomic.place(name.as_ref())?;
        checkpoint::pass();
        opened.sync()?;
        Ok(Self { file, path: folder.join(name) })
    }

    /// Takes the journal at `path`, waiting for `patience` at most while another process
    /// holds it. A last line that was never finished is cut off, so that the next one does
    /// not continue it.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open<H: DeserializeOwned, E: DeserializeOwned>(
        path: &Path,
        patience: Duration,
    ) -> Result<(Self, Lines<H, E>), OpenError> {
        let options = &mut OpenOptions::new();
        let mut file = match disk::open_state(path, options.read(true).append(true)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(OpenError::Missing);
            }
            // An error of our own names the file itself.
            Err(error) if error.get_ref().is_some() => return Err(OpenError::Failed(error)),
            opened => opened.map_err(|error| OpenError::Failed(naming(path, &error)))?,
        };
        match lock::acquire(&file, path, patience) {
            Ok(true) => {}
            Ok(false) => {
                let error = io::Error::other("it can't be locked");
                return Err(OpenError::Failed(naming(path, &error)));
            }
            Err(held) => return Err(OpenError::Held(held)),
        }
        // Its process may have ended it just before.
        if !path.exists() {
            return Err(OpenError::Missing);
        }
        let lines = repaired_lines(&mut file).and_then(|text| parse(&text));
        let lines = lines.map_err(|error| OpenError::Damaged(naming(path, &error)))?;
        Ok((Self { file, path: path.to_owned() }, lines))
    }

    /// Appends a line. On disk when this returns.
    ///
    /// # Errors
    /// Any error of the file system. What `entry` tells of has happened all the same, as whoever
    /// goes on will find out.
    pub fn append(&mut self, entry: &impl Serialize) -> io::Result<()> {
        write_line(&mut self.file, entry)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it another name in its folder, and gives it up.
    ///
    /// # Errors
    /// Any error of the file system.
    pub fn release_as(self, name: &str) -> io::Result<()> {
        fs::rename(&self.path, self.path.with_file_name(name))
    }

    /// Ends it: nothing is left to do.
    ///
    /// # Errors
    /// Any error of the file system; the next run will look at it again.
    pub fn close(self) -> io::Result<()> {
        disk::remove_file(&self.path)
    }
}

/// Looks at the journal at `path` and changes nothing.
///
/// # Errors
/// If it can't be opened, or may not be used ([`disk::open_state`]).
pub fn peek<H: DeserializeOwned, E: DeserializeOwned>(path: &Path) -> io::Result<Seen<H, E>> {
    let mut file = disk::open_state(path, OpenOptions::new().read(true))?;
    let held = matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
    let lines = whole_lines(&mut file).and_then(|text| parse(&text)).ok();
    Ok(Seen { lines, held, written: file.metadata()?.modified()? })
}

/// What is called like a journal in `folder`; nothing if there is no such folder.
///
/// # Errors
/// Whatever else the file system says, with the path.
pub fn paths_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = disk::paths_in(folder)?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == EXTENSION));
    Ok(paths)
}

/// Whether a plain file is at `path`. A link could lead anywhere, and a pipe would be waited
/// for.
pub fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
}

fn naming(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{} can't be read: {error}", path.display()))
}

fn parse<H: DeserializeOwned, E: DeserializeOwned>(text: &str) -> io::Result<Lines<H, E>> {
    let mut lines = text.lines();
    let header = lines.next().ok_or_else(|| io::Error::other("it has no line"))?;
    let header = serde_json::from_str(header)?;
    let entries = lines.map(|line| serde_json::from_str(line).map_err(io::Error::from));
    Ok(Lines { header, entries: entries.collect::<io::Result<_>>()? })
}

/// Its line of JSON, with its end. No memory that held it is given up before it is cleared:
/// a buffer that grew would leave a key behind, so its length is found out first.
fn line_of(entry: &impl Serialize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut length = Length(0);
    serde_json::to_writer(&mut length, entry)?;
    let mut line = Zeroizing::new(Vec::with_capacity(length.0 + 1));
    serde_json::to_writer(&mut *line, entry)?;
    line.push(b'\n');
    Ok(line)
}

fn write_line(file: &mut File, entry: &impl Serialize) -> io::Result<()> {
    let line = line_of(entry)?;
    checkpoint::pass();
    for piece in checkpoint::pieces(&line) {
        file.write_all(piece)?;
        checkpoint::pass();
    }
    file.sync_all()
}

/// Takes any number of bytes, and keeps none.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The text without a last line that has no end: that was never finished, by a crash while
/// it was written, or is being written.
fn whole_lines(file: &mut File) -> io::Result<Zeroizing<String>> {
    file.rewind()?;
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text)?;
    let end = text.rfind('\n').map_or(0, |end| end + 1);
    text.truncate(end);
    Ok(text)
}

/// As [`whole_lines`], and cuts an unfinished line off.
fn repaired_lines(file: &mut File) -> io::Result<Zeroizing<String>> {
    let text = whole_lines(file)?;
    if file.metadata()?.len() > text.len() as u64 {
        file.set_len(text.len() as u64)?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_appended_is_read_and_an_unfinished_line_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("journals");
        let mut journal = Journal::create(&folder, "one.jsonl", &"all").unwrap();
        journal.append(&1).unwrap();
        let path = journal.path().to_owned();
        assert!(matches!(
            Journal::open::<String, u32>(&path, Duration::ZERO),
            Err(OpenError::Held(_))
        ));
        assert!(peek::<String, u32>(&path).unwrap().held);
        journal.file.write_all(b"12").unwrap();
        drop(journal);
        let (mut journal, lines) = Journal::open::<String, u32>(&path, Duration::ZERO).unwrap();
        assert_eq!((lines.header.as_str(), &lines.entries[..]), ("all", &[1][..]));
        journal.append(&2).unwrap();
        assert_eq!(peek::<String, u32>(&path).unwrap().lines.unwrap().entries, [1, 2]);
        let taken = Journal::create(&folder, "one.jsonl", &"other").unwrap_err();
        assert_eq!(taken.kind(), io::ErrorKind::AlreadyExists);
        journal.append(&"no number").unwrap();
        drop(journal);
        assert!(matches!(
            Journal::open::<String, u32>(&path, Duration::ZERO),
            Err(OpenError::Damaged(_))
        ));
    }

    #[test]
    fn a_line_never_outgrows_its_buffer() {
        for text in ["csk_0123", "\u{1}\u{1}\u{1}", ""] {
            let text = text.repeat(1_000);
            let line = line_of(&text).unwrap();
            assert_eq!(line.capacity(), line.len(), "no smaller buffer was left behind");
            assert_eq!(serde_json::from_slice::<String>(&line).unwrap(), text);
        }
    }
}
