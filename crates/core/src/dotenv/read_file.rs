//! Reading `.env` files from the disk.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

use super::{Document, ParseError};

/// The largest file that is taken for a `.env`, in bytes.
pub const LARGEST: u64 = 16 * 1024 * 1024;

/// Why a file can't be read as a `.env`. As text it goes on after the file's name or `it`:
/// `is a folder`.
#[derive(Debug)]
pub enum FileError {
    /// It is a folder.
    Folder,
    /// It is a pipe, a device or a socket.
    Special,
    /// It has this many bytes, more than [`LARGEST`].
    TooLarge(u64),
    /// The system does not let it be read. [`io::ErrorKind::NotFound`] if there is none.
    Unreadable(io::Error),
    /// Its bytes are no text that the readers of such files take.
    NoText(ParseError),
}

impl fmt::Display for FileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder => formatter.write_str("is a folder"),
            Self::Special => formatter.write_str("is not a regular file"),
            Self::TooLarge(length) => {
                let (length, most) = (length / 1024, LARGEST / 1024);
                write!(formatter, "has {length} KiB; a .env file has at most {most}")
            }
            Self::Unreadable(error) => write!(formatter, "can't be read: {error}"),
            Self::NoText(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for FileError {}

/// The file at `path`.
///
/// # Errors
/// Anything but a regular file is refused before it is opened: a pipe would be waited for.
pub fn document(path: &Path) -> Result<Document, FileError> {
    Document::parse(&bytes(path)?).map_err(FileError::NoText)
}

/// The content of the file at `path`, as [`document`] reads it.
pub fn bytes(path: &Path) -> Result<Vec<u8>, FileError> {
    refuse_others(&std::fs::metadata(path).map_err(FileError::Unreadable)?)?;
    content(&File::open(path).map_err(FileError::Unreadable)?)
}

/// The content of an open file, from where it was read to.
pub fn content(file: &File) -> Result<Vec<u8>, FileError> {
    let metadata = file.metadata().map_err(FileError::Unreadable)?;
    refuse_others(&metadata)?;
    let mut content = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default() + 1);
    file.take(LARGEST + 1).read_to_end(&mut content).map_err(FileError::Unreadable)?;
    let length = content.len() as u64;
    if length > LARGEST { Err(FileError::TooLarge(length)) } else { Ok(content) }
}

/// Refuses what is no `.env` file by its metadata alone.
fn refuse_others(metadata: &Metadata) -> Result<(), FileError> {
    if metadata.is_dir() {
        Err(FileError::Folder)
    } else if !metadata.is_file() {
        Err(FileError::Special)
    } else if metadata.len() > LARGEST {
        Err(FileError::TooLarge(metadata.len()))
    } else {
        Ok(())
    }
}
