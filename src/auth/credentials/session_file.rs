//! A session in a file: for machines without a keychain, and only where the
//! person asked for it, since whoever reads the file is signed in.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::lock::SessionLock;
use super::store::{SessionStore, StoreError, StoredSession};
use crate::disk::{self, Folder, trust};

/// Most bytes that are read: far more than any session has.
const LONGEST: u64 = 1 << 20;

/// A file for its owner only, in a folder for its owner only, replaced as a
/// whole.
///
/// As ssh does with keys, a file that others can read or change is refused: its
/// session may be known to them, or theirs, and it was not this tool that made
/// it so. Saving a session fixes that.
#[derive(Debug)]
pub struct SessionFile {
    path: PathBuf,
}

impl SessionFile {
    /// The session in the file at `path`, which need not be there; nothing is
    /// made before something is saved.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn broken(&self, what: &str, error: &io::Error) -> StoreError {
        StoreError::Broken(format!("{} can't be {what}: {error}", self.path.display()))
    }
}

impl SessionStore for SessionFile {
    fn load(&self) -> Result<Option<StoredSession>, StoreError> {
        let unreadable = |error: io::Error| self.broken("read", &error);
        // A pipe would be waited for, and a link leads to what removing does not
        // reach.
        if fs::symlink_metadata(&self.path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(StoreError::Damaged(format!(
                "{} is not a regular file",
                self.path.display()
            )));
        }
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        // Of the open file, so that it is the one that is read.
        let metadata = file.metadata().map_err(unreadable)?;
        if is_exposed(&metadata) {
            return Err(StoreError::Exposed(self.path.clone()));
        }
        if let Err(untrusted) = trust::check(&self.path, &metadata, trust::Writers::Owner) {
            return Err(StoreError::Damaged(untrusted.to_string()));
        }
        // A buffer that grew would leave copies behind.
        let length = metadata.len().min(LONGEST);
        let mut bytes = Zeroizing::new(Vec::with_capacity(length as usize + 1));
        file.take(length).read_to_end(&mut bytes).map_err(unreadable)?;
        StoredSession::from_bytes(&bytes).map(Some).map_err(|error| match error {
            StoreError::Damaged(text) => {
                StoreError::Damaged(format!("{}: {text}", self.path.display()))
            }
            other => other,
        })
    }

    fn save(&self, session: &StoredSession, _: &SessionLock) -> Result<(), StoreError> {
        let unwritable = |error: io::Error| self.broken("written", &error);
        disk::create_private_folder(disk::folder_of(&self.path)).map_err(unwritable)?;
        // The mode of a file that was there is not kept: it may be the wrong one.
        let name = self.path.file_name().unwrap_or_default();
        Folder::open(disk::folder_of(&self.path))
            .and_then(|folder| folder.replace_if(name, &session.to_bytes(), None, || true))
            .map(drop)
            .map_err(unwritable)
    }

    fn remove(&self, _: &SessionLock) -> Result<bool, StoreError> {
        match fs::remove_file(&self.path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(self.broken("removed", &error)),
        }
        let synced = disk::sync_folder(disk::folder_of(&self.path));
        synced.map(|()| true).map_err(|error| self.broken("removed for good", &error))
    }

    fn describe(&self) -> String {
        format!("the file {}", self.path.display())
    }
}

#[cfg(unix)]
fn is_exposed(metadata: &Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0
}

/// Elsewhere the folder of the profile is its owner's only.
#[cfg(not(unix))]
fn is_exposed(_: &Metadata) -> bool {
    false
}
