//! A folder that is held open. What is done to its files is done there, even if somebody
//! puts a link in the folder's place meanwhile.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::atomic::{AtomicFile, is_temporary};
use super::{attributes, trust};
use crate::checkpoint;

/// How old a file of a killed process is at least before it is taken away, where a
/// running one may be about to lock it.
pub const LEFTOVER_AGE: Duration = Duration::from_secs(60);

/// An open folder.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Windows opens no folders.
    #[cfg(unix)]
    handle: File,
}

/// Why a file can't be replaced as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It has so many names: the others would keep the old content.
    HardLinks(u64),
    /// It is mounted by itself (as `docker run -v FILE:FILE` does): no other file can
    /// take its place.
    MountPoint,
    /// It is marked as one that may not be changed (`chattr +i`, `+a`).
    Immutable,
}

impl Folder {
    /// Opens the folder at `path`.
    ///
    /// # Errors
    /// Any error of the file system.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            #[cfg(unix)]
            handle: {
                use rustix::fs::{Mode, OFlags, open};
                // A pipe in its place would be waited for.
                let flags = OFlags::DIRECTORY | OFlags::NONBLOCK | OFlags::CLOEXEC;
                File::from(open(path, OFlags::RDONLY | flags, Mode::empty())?)
            },
        })
    }

    /// Opens the folder at `path`, an absolute path that has no link in it.
    ///
    /// # Errors
    /// Also if there is a link by now.
    pub fn open_exactly(path: &Path) -> io::Result<Self> {
        let folder = Self::open(path)?;
        // Looked at after it was opened, so that it is this folder that has that path.
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let (opened, named) = (folder.handle.metadata()?, std::fs::symlink_metadata(path)?);
            let same = (opened.dev(), opened.ino()) == (named.dev(), named.ino());
            if !same || std::fs::canonicalize(path)? != path {
                let message = format!("{} leads elsewhere by now", path.display());
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
        }
        Ok(folder)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens one of its files for reading; `None` if there is none. A pipe is not waited for.
    ///
    /// # Errors
    /// Also if the name is that of a link.
    #[cfg(unix)]
    pub fn file(&self, name: &OsStr) -> io::Result<Option<File>> {
        use rustix::fs::{Mode, OFlags, openat};
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        match openat(&self.handle, name, flags, Mode::empty()) {
            Ok(file) => Ok(Some(File::from(file))),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(rustix::io::Errno::LOOP) => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "it is a link by now"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Opens one of its files for reading; `None` if there is none.
    ///
    /// # Errors
    /// Any error of the file system.
    #[cfg(not(unix))]
    pub fn file(&self, name: &OsStr) -> io::Result<Option<File>> {
        match File::open(self.path.join(name)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Waits until no other process of this tool changes files here.
    ///
    /// The folder itself is locked, not a file in it: a file is replaced by the very
    /// change that the lock protects, and a lock file would stay behind in somebody's
    /// project. Where the platform or the file system has no locks on folders (Windows,
    /// some network file systems) nothing is locked: refusing to work there would help
    /// nobody.
    ///
    /// # Errors
    /// [`super::lock::Held`], where another process does not release it.
    pub fn lock(self) -> io::Result<FolderLock> {
        #[cfg(unix)]
        let locked = super::lock::acquire(&self.handle, &self.path, super::lock::PATIENCE)?;
        #[cfg(not(unix))]
        let locked = false;
        // Who has the lock is the only one who has temporary files here.
        self.clean_up(if locked { Duration::ZERO } else { LEFTOVER_AGE }, is_temporary);
        Ok(FolderLock(self))
    }

    /// A file that will be one of this folder's.
    ///
    /// # Errors
    /// Any error of the file system.
    pub fn atomic_file(&self) -> io::Result<AtomicFile> {
        #[cfg(unix)]
        return AtomicFile::create(&self.handle);
        #[cfg(not(unix))]
        return AtomicFile::create(&self.path);
    }

    /// Replaces the file called `name`, or makes it, so that at every instant and after
    /// any crash either the old or the new content is there. Mode, owner and attributes
    /// of `old` are kept; a new file is for its owner only. `still` is asked at the last
    /// moment; where it says no, nothing is replaced. Gives whether it was.
    ///
    /// # Errors
    /// Any error of the file system; the old file is untouched then.
    pub fn replace_if(
        &self,
        name: &OsStr,
        content: &[u8],
        old: Option<&File>,
        still: impl Fn() -> bool,
    ) -> io::Result<bool> {
        if !self.write_atomic(content, old)?.replace(name, still)? {
            return Ok(false);
        }
        checkpoint::pass();
        self.sync()?;
        Ok(true)
    }

    /// Makes the file called `name`, which must not be there, for everybody whom the
    /// umask lets read it.
    ///
    /// # Errors
    /// Any error of the file system.
    pub fn create(&self, name: &OsStr, content: &[u8]) -> io::Result<()> {
        #[cfg(unix)]
        let mut file = {
            use rustix::fs::{Mode, OFlags, openat};
            let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::CLOEXEC;
            File::from(openat(&self.handle, name, flags, Mode::from_raw_mode(0o666))?)
        };
        #[cfg(not(unix))]
        let mut file = File::create_new(self.path.join(name))?;
        file.write_all(content)
    }

    /// Does all of [`Self::replace_if`] but its last step, so that a full disk, a folder
    /// without the right to write or an owner that can't be kept are found before
    /// anything depends on them.
    ///
    /// # Errors
    /// What [`Self::replace_if`] would say.
    pub fn preflight_replace(&self, content: &[u8], old: Option<&File>) -> io::Result<()> {
        self.write_atomic(content, old).map(drop)
    }

    /// What keeps the file called `name`, which is open as `file`, from being replaced.
    ///
    /// # Errors
    /// Any error of the file system.
    #[cfg(unix)]
    pub fn obstacle(&self, name: &OsStr, file: &File) -> io::Result<Option<Obstacle>> {
        let names = std::os::unix::fs::MetadataExt::nlink(&file.metadata()?);
        let found = self.attribute_obstacle(name);
        Ok(found.or_else(|| (names > 1).then_some(Obstacle::HardLinks(names))))
    }

    /// Elsewhere the system says so when it is tried.
    #[cfg(not(unix))]
    pub fn obstacle(&self, _: &OsStr, _: &File) -> io::Result<Option<Obstacle>> {
        Ok(None)
    }

    #[cfg(target_os = "linux")]
    fn attribute_obstacle(&self, name: &OsStr) -> Option<Obstacle> {
        use rustix::fs::{AtFlags, StatxAttributes as Attributes, StatxFlags, statx};
        let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
        // A kernel without it says EBUSY or EPERM when the file is replaced.
        let found = statx(&self.handle, name, flags, StatxFlags::empty()).ok()?.stx_attributes;
        if found.contains(Attributes::MOUNT_ROOT) {
            return Some(Obstacle::MountPoint);
        }
        found.intersects(Attributes::IMMUTABLE | Attributes::APPEND).then_some(Obstacle::Immutable)
    }

    #[cfg(all(unix, not(target_os = "linux")))]
    fn attribute_obstacle(&self, _: &OsStr) -> Option<Obstacle> {
        None
    }

    fn write_atomic(&self, content: &[u8], old: Option<&File>) -> io::Result<AtomicFile> {
        let mut atomic = self.atomic_file()?;
        for piece in checkpoint::pieces(content) {
            atomic.file.write_all(piece)?;
            checkpoint::pass();
        }
        if let Some(old) = old {
            attributes::copy(old, &atomic.file)?;
        }
        atomic.file.sync_all()?;
        Ok(atomic)
    }

    /// Takes away what killed processes have left here: files of this user with a name
    /// that `is_leftover`, at least `age` old, that nobody has locked. What can't be
    /// taken away stays.
    pub fn clean_up(&self, age: Duration, is_leftover: impl Fn(&OsStr) -> bool) {
        let Ok(entries) = std::fs::read_dir(&self.path) else { return };
        let names = entries.filter_map(|entry| Some(entry.ok()?.file_name()));
        for name in names.filter(|name| is_leftover(name)) {
            let _ = self.take_away(&name, age);
        }
    }

    fn take_away(&self, name: &OsString, age: Duration) -> io::Result<()> {
        let Some(file) = self.file(name)? else { return Ok(()) };
        let metadata = file.metadata()?;
        let is_old = metadata.modified()?.elapsed().is_ok_and(|it| it >= age);
        if !is_old || !metadata.is_file() || !trust::is_own(&metadata) {
            return Ok(());
        }
        file.try_lock()?;
        #[cfg(unix)]
        rustix::fs::unlinkat(&self.handle, name, rustix::fs::AtFlags::empty())?;
        #[cfg(not(unix))]
        std::fs::remove_file(self.path.join(name))?;
        self.sync()
    }

    /// Makes sure that the folder's entries survive a crash.
    ///
    /// # Errors
    /// Any error of the file system.
    pub fn sync(&self) -> io::Result<()> {
        #[cfg(unix)]
        self.handle.sync_all()?;
        Ok(())
    }
}

/// The right to change the files of one folder; given up when dropped.
#[derive(Debug)]
pub struct FolderLock(Folder);

impl std::ops::Deref for FolderLock {
    type Target = Folder;

    fn deref(&self) -> &Folder {
        &self.0
    }
}
