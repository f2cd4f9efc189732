//! One writer of a session at a time, across processes.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::store::StoreError;
use crate::disk::{self, lock};

/// The right to change one session; given up when the last clone is dropped,
/// or the process ends.
///
/// Every write takes it as an argument, so that nobody can forget it. Who has
/// it reads the session again before refreshing it: another process may have
/// done so meanwhile.
#[derive(Clone, Debug)]
pub struct SessionLock(#[expect(dead_code, reason = "held for its lock")] Arc<File>);

impl SessionLock {
    /// Waits, `deadline` at most, until nobody else changes the session whose
    /// lock is the file at `path`. The file is made where it is missing, and
    /// stays: who removes it while another waits for it lets two in.
    ///
    /// Where the file system has no locks nothing is locked: refusing to work
    /// there would help nobody, and the service copes with parallel refreshes
    /// (contract, *Refresh*).
    ///
    /// # Errors
    /// [`StoreError::Busy`] where somebody else still has it at the deadline,
    /// [`StoreError::Broken`] where there can be no such file.
    pub fn acquire(path: &Path, deadline: Duration) -> Result<Self, StoreError> {
        let file = open(path).map_err(|error| {
            StoreError::Broken(format!("{} can't be opened: {error}", path.display()))
        })?;
        match lock::acquire(&file, path, deadline) {
            Ok(_) => Ok(Self(Arc::new(file))),
            Err(error) => Err(StoreError::Busy(error.to_string())),
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    disk::create_private_folder(disk::folder_of(path))?;
    disk::append_private(path)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn one_has_it_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/session.lock");
        let first = SessionLock::acquire(&path, Duration::ZERO).unwrap();
        let clone = first.clone();
        let started = Instant::now();
        let again = SessionLock::acquire(&path, Duration::from_millis(50)).map(drop);
        assert!(matches!(again, Err(StoreError::Busy(_))), "{again:?}");
        assert!(started.elapsed() >= Duration::from_millis(50));
        drop(first);
        assert!(SessionLock::acquire(&path, Duration::ZERO).is_err(), "a clone has it still");
        drop(clone);
        SessionLock::acquire(&path, Duration::ZERO).unwrap();
    }
}
