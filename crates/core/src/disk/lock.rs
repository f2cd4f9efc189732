//! Locks between processes. Each is waited for, and none for ever.

use std::fmt;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// How long a lock that another process holds is waited for.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How often it is tried meanwhile.
const PAUSE: Duration = Duration::from_millis(20);

/// A lock that another process did not release in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    path: PathBuf,
    patience: Duration,
    /// The process that holds it, where the system says.
    holder: Option<u32>,
}

impl fmt::Display for Held {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.holder {
            Some(holder) => write!(formatter, "process {holder}")?,
            None => formatter.write_str("another process")?,
        }
        let (path, seconds) = (self.path.display(), self.patience.as_secs());
        write!(formatter, " holds the lock on {path}, and did not release it within {seconds} s")
    }
}

impl std::error::Error for Held {}

/// Locks `file`, which is at `path`, waiting for `patience` at most. Gives whether it is
/// locked: some file systems have no locks, and refusing to work there would help
/// nobody.
///
/// # Errors
/// [`Held`], where another process still has the lock then.
pub fn acquire(file: &File, path: &Path, patience: Duration) -> io::Result<bool> {
    let started = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) if started.elapsed() >= patience => {
                let held = Held { path: path.to_owned(), patience, holder: holder(file) };
                return Err(io::Error::new(io::ErrorKind::TimedOut, held));
            }
            Err(TryLockError::WouldBlock) => {
                thread::sleep(PAUSE.min(patience.saturating_sub(started.elapsed())));
            }
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(TryLockError::Error(_)) => return Ok(false),
        }
    }
}

/// The process that holds the lock on `file`, as Linux tells (`proc_locks(5)`):
/// `1: FLOCK  ADVISORY  WRITE 4242 fd:01:1234 0 EOF`, with the inode last.
#[cfg(target_os = "linux")]
pub fn holder(file: &File) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = file.metadata().ok()?;
    let device = metadata.dev();
    let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
    let place = format!("{major:02x}:{minor:02x}:{}", metadata.ino());
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    locks.lines().find_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        // A process that waits stands there too, behind an arrow.
        let found = fields.get(1) == Some(&"FLOCK") && fields.get(5) == Some(&place.as_str());
        found.then(|| fields.get(4)?.parse().ok()).flatten()
    })
}

/// Other systems do not say.
#[cfg(not(target_os = "linux"))]
pub fn holder(_: &File) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_is_not_released_is_an_error_that_names_file_and_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let (first, second) = (File::create(&path).unwrap(), File::open(&path).unwrap());
        assert!(acquire(&first, &path, Duration::ZERO).unwrap());
        let error = acquire(&second, &path, Duration::from_millis(50)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let text = error.to_string();
        assert!(text.contains(&path.display().to_string()), "{text}");
        if cfg!(target_os = "linux") {
            let own = format!("process {} holds", std::process::id());
            assert!(text.starts_with(&own), "{text}");
        }
        drop(first);
        assert!(acquire(&second, &path, Duration::ZERO).unwrap());
    }
}
