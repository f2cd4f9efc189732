//! Whether a file or folder may be believed: whoever else can write to it decides what
//! it says.

use std::fmt;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

/// Who may write to a trusted file besides its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writers {
    /// Nobody: the tool's own state.
    Owner,
    /// The owner's private group too, which has no other member: files of a project,
    /// where the umask is 002.
    PrivateGroup,
}

/// A file or folder that is not believed, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untrusted {
    path: PathBuf,
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    /// It belongs to the user with this id, who is neither this one nor root.
    OtherOwner(u32),
    /// People other than its owner can write to it.
    OthersWrite,
}

impl Untrusted {
    /// The file or folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether this user can keep the others from writing to it.
    pub fn can_be_closed(&self) -> bool {
        self.reason == Reason::OthersWrite
    }
}

impl fmt::Display for Untrusted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Refusing to use {}: ", self.path.display())?;
        match self.reason {
            Reason::OtherOwner(id) => write!(formatter, "it belongs to another user (uid {id})"),
            Reason::OthersWrite => formatter.write_str("other users can write to it"),
        }
    }
}

impl std::error::Error for Untrusted {}

impl From<Untrusted> for io::Error {
    fn from(untrusted: Untrusted) -> Self {
        Self::new(io::ErrorKind::PermissionDenied, untrusted)
    }
}

/// Whether the file or folder at `path`, of which `metadata` is known, may be trusted:
/// it belongs to this user or to root, and only `writers` can write to it.
///
/// On Windows all is trusted: a profile's folders are its owner's only.
///
/// # Errors
/// Why it may not.
#[cfg(unix)]
pub fn check(path: &Path, metadata: &Metadata, writers: Writers) -> Result<(), Untrusted> {
    check_owner(path, metadata)?;
    check_writers(path, metadata, writers)
}

/// As [`check`], but of who can write alone.
#[cfg(unix)]
fn check_writers(path: &Path, metadata: &Metadata, writers: Writers) -> Result<(), Untrusted> {
    use std::os::unix::fs::MetadataExt as _;
    let by_group = metadata.mode() & 0o020 != 0
        && !(writers == Writers::PrivateGroup && is_private_group(path, metadata));
    if by_group || metadata.mode() & 0o002 != 0 {
        return Err(Untrusted { path: path.to_owned(), reason: Reason::OthersWrite });
    }
    Ok(())
}

/// As [`check`], but of the owner alone: a link has no mode.
///
/// # Errors
/// If it belongs to another user.
#[cfg(unix)]
pub fn check_owner(path: &Path, metadata: &Metadata) -> Result<(), Untrusted> {
    let owner = std::os::unix::fs::MetadataExt::uid(metadata);
    match is_of_other(metadata) {
        true => Err(Untrusted { path: path.to_owned(), reason: Reason::OtherOwner(owner) }),
        false => Ok(()),
    }
}

/// As on Unix; without owners and modes there is nothing to look at.
#[cfg(not(unix))]
pub fn check(_: &Path, _: &Metadata, _: Writers) -> Result<(), Untrusted> {
    Ok(())
}

/// As [`check`].
#[cfg(not(unix))]
pub fn check_owner(_: &Path, _: &Metadata) -> Result<(), Untrusted> {
    Ok(())
}

/// As [`check`], of what is at `path` now; what is missing is trusted.
///
/// # Errors
/// Why it may not be trusted ([`Untrusted`]), or whatever the file system says.
pub fn check_path(path: &Path, writers: Writers) -> io::Result<()> {
    match std::fs::metadata(path) {
        Ok(metadata) => Ok(check(path, &metadata, writers)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whether the files in `folder` are where their owners put them: nobody but its owner can
/// write to it, or each only to what is his own (the sticky bit, as in `/tmp`). Else one of
/// this user's files can be moved to another's name.
///
/// # Errors
/// If others can ([`Untrusted`]), or whatever the file system says.
#[cfg(unix)]
pub fn check_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = std::fs::metadata(folder)?;
    if metadata.mode() & 0o1000 == 0 {
        check_writers(folder, &metadata, Writers::PrivateGroup)?;
    }
    Ok(())
}

/// As on Unix; without modes there is nothing to look at.
#[cfg(not(unix))]
pub fn check_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Whether `metadata` is of something that belongs to this user.
#[cfg(unix)]
pub fn is_own(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(metadata) == user()
}

/// Elsewhere what can be written belongs to the user.
#[cfg(not(unix))]
pub fn is_own(_: &Metadata) -> bool {
    true
}

/// Whether `metadata` is of something that belongs neither to this user nor to root.
#[cfg(unix)]
pub fn is_of_other(metadata: &Metadata) -> bool {
    ![0, user()].contains(&std::os::unix::fs::MetadataExt::uid(metadata))
}

/// As [`is_own`].
#[cfg(not(unix))]
pub fn is_of_other(_: &Metadata) -> bool {
    false
}

/// Whether people other than the user can read the file at `path` (absolute, without
/// links): by its own mode, and because every folder on the way lets them pass.
#[cfg(unix)]
pub fn others_can_read(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(metadata) = std::fs::metadata(path) else { return false };
    let own_group = is_private_group(path, &metadata);
    let passable = |bits: u32| {
        let folders = path.ancestors().skip(1).map(std::fs::metadata);
        folders.flatten().all(|folder| folder.mode() & bits != 0)
    };
    (metadata.mode() & 0o004 != 0 && passable(0o001))
        || (metadata.mode() & 0o040 != 0 && !own_group && passable(0o011))
}

/// Elsewhere that is not to be told from a mode.
#[cfg(not(unix))]
pub fn others_can_read(_: &Path) -> bool {
    false
}

#[cfg(unix)]
fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Whether the file's group is its owner's alone. Systems that make a group for each
/// user give it the user's number; somebody may have been added to it since, and an
/// access control list shows in the mode as rights of the group.
#[cfg(unix)]
fn is_private_group(path: &Path, metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    if metadata.gid() != metadata.uid() || super::attributes::has_access_list(path) {
        return false;
    }
    let groups = std::fs::read_to_string("/etc/group").unwrap_or_default();
    let id = metadata.gid().to_string();
    groups.lines().all(|line| {
        // NAME:PASSWORD:ID:MEMBERS; the owner's own name is the group's.
        let mut fields = line.split(':');
        let (name, found, members) = (fields.next(), fields.nth(1), fields.next());
        found != Some(&id) || members.is_none_or(|them| them.is_empty() || Some(them) == name)
    })
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, chown};

    use super::*;

    fn verdict(path: &Path, writers: Writers) -> Result<(), Reason> {
        check(path, &fs::metadata(path).unwrap(), writers).map_err(|untrusted| untrusted.reason)
    }

    #[test]
    fn what_others_can_write_to_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        for (mode, owner, group) in [
            (0o600, Ok(()), Ok(())),
            (0o755, Ok(()), Ok(())),
            (0o602, Err(Reason::OthersWrite), Err(Reason::OthersWrite)),
            (0o777, Err(Reason::OthersWrite), Err(Reason::OthersWrite)),
        ] {
            fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
            assert_eq!(verdict(&file, Writers::Owner), owner, "{mode:o}");
            assert_eq!(verdict(&file, Writers::PrivateGroup), group, "{mode:o}");
        }
        fs::set_permissions(&file, Permissions::from_mode(0o660)).unwrap();
        assert_eq!(verdict(&file, Writers::Owner), Err(Reason::OthersWrite));
        if user() == 0 {
            assert_eq!(verdict(&file, Writers::PrivateGroup), Ok(()));
            chown(&file, None, Some(12)).unwrap();
            assert_eq!(verdict(&file, Writers::PrivateGroup), Err(Reason::OthersWrite));
        }
    }

    #[test]
    fn files_are_where_their_owners_put_them_unless_all_can_move_them() {
        let folder = tempfile::tempdir().unwrap();
        for (mode, trusted) in [(0o700, true), (0o755, true), (0o777, false), (0o1777, true)] {
            fs::set_permissions(folder.path(), Permissions::from_mode(mode)).unwrap();
            assert_eq!(check_folder(folder.path()).is_ok(), trusted, "{mode:o}");
        }
        if user() == 0 {
            fs::set_permissions(folder.path(), Permissions::from_mode(0o775)).unwrap();
            assert!(check_folder(folder.path()).is_ok(), "the private group");
            chown(folder.path(), None, Some(12)).unwrap();
            assert!(check_folder(folder.path()).is_err());
        }
    }

    #[test]
    fn what_belongs_to_another_user_is_not_trusted_and_no_command_is_named() {
        if user() != 0 {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        chown(folder.path(), Some(12), None).unwrap();
        let untrusted = check_path(folder.path(), Writers::Owner).unwrap_err();
        let text = untrusted.to_string();
        assert!(text.ends_with("it belongs to another user (uid 12)"), "{text}");
        assert_eq!(verdict(folder.path(), Writers::PrivateGroup), Err(Reason::OtherOwner(12)));
    }

    #[test]
    fn a_file_in_a_folder_that_is_closed_is_read_by_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
        let file = folder.join("file");
        fs::write(&file, "").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        assert!(!others_can_read(&file));
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        assert!(others_can_read(&file));
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        assert!(!others_can_read(&file));
    }
}
