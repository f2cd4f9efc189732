//! What a file has besides its bytes: owner, mode, extended attributes and access
//! control lists. A new file that takes the place of an old one gets all of it.

use std::fs::File;
use std::io;

/// Gives `new` all that `old` has besides its bytes.
///
/// # Errors
/// If something can't be kept, because this user may not set it.
#[cfg(unix)]
pub fn copy(old: &File, new: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let (wanted, made) = (old.metadata()?, new.metadata()?);
    if (wanted.uid(), wanted.gid()) != (made.uid(), made.gid()) {
        fchown(new, Some(wanted.uid()), Some(wanted.gid()))?;
    }
    new.set_permissions(wanted.permissions())?;
    copy_extended(old, new)
}

/// Elsewhere there are permissions only.
#[cfg(not(unix))]
pub fn copy(old: &File, new: &File) -> io::Result<()> {
    new.set_permissions(old.metadata()?.permissions())
}

/// Linux keeps access control lists among the extended attributes, and labels of
/// security modules too. A folder may have given the new file some of its own.
#[cfg(unix)]
fn copy_extended(old: &File, new: &File) -> io::Result<()> {
    use xattr::FileExt as _;
    let names = |file: &File| match file.list_xattr() {
        Ok(names) => Ok(names.collect::<Vec<_>>()),
        // A file system without any.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(Vec::new()),
        Err(error) => Err(error),
    };
    let wanted = names(old)?;
    for name in names(new)?.iter().filter(|name| !wanted.contains(name)) {
        new.remove_xattr(name)?;
    }
    for name in &wanted {
        let Some(value) = old.get_xattr(name)? else { continue };
        if new.get_xattr(name)?.as_ref() != Some(&value) {
            new.set_xattr(name, &value).map_err(|error| {
                let name = name.to_string_lossy();
                io::Error::new(error.kind(), format!("its attribute {name} can't be kept: {error}"))
            })?;
        }
    }
    Ok(())
}

/// Whether an access control list gives somebody rights on the file at `path`.
#[cfg(unix)]
pub fn has_access_list(path: &std::path::Path) -> bool {
    xattr::get(path, "system.posix_acl_access").is_ok_and(|list| list.is_some())
}
