//! Files that are written whole before anybody sees them.

use std::ffi::OsStr;
use std::fs::File;
use std::io;

/// What the name of a temporary file begins with, where one is needed: patterns that
/// keep `.env` files out of git (`.env*`, `.env.*`) cover it.
const PREFIX: &str = ".env.cencori-";

/// What it ends with.
const SUFFIX: &str = ".tmp";

/// Digits of the random number between the two.
const DIGITS: usize = 32;

/// Whether a file of this name is a temporary one of this tool.
pub fn is_temporary(name: &OsStr) -> bool {
    let number = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX));
    number.is_some_and(|it| it.len() == DIGITS && it.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn temporary_name() -> String {
    format!("{PREFIX}{}{SUFFIX}", uuid::Uuid::new_v4().simple())
}

#[cfg(unix)]
pub use unix::AtomicFile;

#[cfg(unix)]
mod unix {
    use rustix::fs::{AtFlags, Mode, OFlags, linkat, openat, renameat, unlinkat};

    use super::*;
    use crate::checkpoint;

    /// A file that is not in its place yet, for its owner only. Gone when dropped.
    ///
    /// It has no name where the system can do without (`O_TMPFILE`), so that nothing is
    /// left of it when the process is killed. Its lock is held meanwhile: a temporary
    /// file that can be locked belongs to no process that runs.
    pub struct AtomicFile {
        /// Its content.
        pub file: File,
        folder: File,
        name: Option<Temporary>,
    }

    impl AtomicFile {
        /// Makes one for the open `folder`.
        ///
        /// # Errors
        /// Any error of the file system.
        pub fn create(folder: &File) -> io::Result<Self> {
            let own = folder.try_clone()?;
            if let Some(file) = nameless(folder) {
                return Ok(Self { file, folder: own, name: None });
            }
            let name = temporary_name();
            let flags = OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | flags();
            let file = File::from(openat(folder, name.as_str(), flags, mode())?);
            let name = Some(Temporary { folder: folder.try_clone()?, name: Some(name) });
            // Only who looks for leftovers could have it, for an instant.
            let _ = file.try_lock();
            Ok(Self { file, folder: own, name })
        }

        /// Puts the file where none of this `name` is.
        ///
        /// # Errors
        /// Also if one is there ([`io::ErrorKind::AlreadyExists`]).
        pub fn place(self, name: &OsStr) -> io::Result<File> {
            match &self.name {
                None => link(&self.file, &self.folder, name)?,
                Some(own) => {
                    linkat(&self.folder, own.name(), &self.folder, name, AtFlags::empty())?;
                }
            }
            Ok(self.file)
        }

        /// Puts the file in the place of the one with this `name`, unless `still` says
        /// no at the last moment. Gives whether it did.
        ///
        /// # Errors
        /// Any error of the file system; nothing was replaced then.
        pub fn replace(mut self, name: &OsStr, still: impl Fn() -> bool) -> io::Result<bool> {
            let mut own = match self.name.take() {
                Some(own) => own,
                None => {
                    // Only what has a name can take another's place.
                    let name = temporary_name();
                    link(&self.file, &self.folder, name.as_ref())?;
                    Temporary { folder: self.folder.try_clone()?, name: Some(name) }
                }
            };
            checkpoint::pass();
            if !still() {
                return Ok(false);
            }
            renameat(&self.folder, own.name(), &self.folder, name)?;
            own.name = None;
            Ok(true)
        }
    }

    /// The name that a file has before it is in its place; taken away when dropped.
    struct Temporary {
        folder: File,
        name: Option<String>,
    }

    impl Temporary {
        fn name(&self) -> &str {
            self.name.as_deref().unwrap_or_default()
        }
    }

    impl Drop for Temporary {
        fn drop(&mut self) {
            if let Some(name) = &self.name {
                let _ = unlinkat(&self.folder, name.as_str(), AtFlags::empty());
            }
        }
    }

    fn flags() -> OFlags {
        OFlags::RDWR | OFlags::APPEND | OFlags::CLOEXEC
    }

    fn mode() -> Mode {
        Mode::RUSR | Mode::WUSR
    }

    /// A file without a name. `None` if the file system has none such, or where there is no
    /// `/proc`, through which it gets its name.
    #[cfg(target_os = "linux")]
    fn nameless(folder: &File) -> Option<File> {
        let file = openat(folder, ".", OFlags::TMPFILE | flags(), mode()).ok().map(File::from)?;
        std::fs::symlink_metadata(name_of(&file)).is_ok().then_some(())?;
        let _ = file.try_lock();
        Some(file)
    }

    #[cfg(not(target_os = "linux"))]
    fn nameless(_: &File) -> Option<File> {
        None
    }

    /// Where a file without a name is found (`open(2)`, `O_TMPFILE`).
    fn name_of(file: &File) -> String {
        format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(file))
    }

    fn link(file: &File, folder: &File, name: &OsStr) -> io::Result<()> {
        let flags = AtFlags::SYMLINK_FOLLOW;
        Ok(linkat(rustix::fs::CWD, name_of(file), folder, name, flags)?)
    }
}

#[cfg(not(unix))]
pub use elsewhere::AtomicFile;

#[cfg(not(unix))]
mod elsewhere {
    use std::path::{Path, PathBuf};

    use tempfile::TempPath;

    use super::*;
    use crate::checkpoint;

    /// A file that is not in its place yet. Gone when dropped.
    pub struct AtomicFile {
        /// Its content.
        pub file: File,
        folder: PathBuf,
        name: TempPath,
    }

    impl AtomicFile {
        /// Makes one in `folder`.
        ///
        /// # Errors
        /// Any error of the file system.
        pub fn create(folder: &Path) -> io::Result<Self> {
            let name = temporary_name();
            let made = tempfile::Builder::new().prefix(&name).rand_bytes(0).tempfile_in(folder)?;
            let (file, name) = made.into_parts();
            Ok(Self { file, folder: folder.to_owned(), name })
        }

        /// Puts the file where none of this `name` is.
        ///
        /// # Errors
        /// Also if one is there ([`io::ErrorKind::AlreadyExists`]).
        pub fn place(self, name: &OsStr) -> io::Result<File> {
            self.name.persist_noclobber(self.folder.join(name)).map_err(|error| error.error)?;
            Ok(self.file)
        }

        /// Puts the file in the place of the one with this `name`, unless `still` says
        /// no at the last moment. Gives whether it did.
        ///
        /// # Errors
        /// Any error of the file system; nothing was replaced then.
        pub fn replace(self, name: &OsStr, still: impl Fn() -> bool) -> io::Result<bool> {
            checkpoint::pass();
            if !still() {
                return Ok(false);
            }
            self.name.persist(self.folder.join(name)).map_err(|error| error.error)?;
            Ok(true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_nobody_else_gives_are_temporary() {
        assert!(is_temporary(temporary_name().as_ref()));
        for other in [".env.cencori-new", ".env.cencori-1.tmp", ".env", ".env.cencori-.tmp"] {
            assert!(!is_temporary(other.as_ref()), "{other}");
        }
    }
}
