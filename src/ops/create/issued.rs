//! Which keys runs on this machine were given, an id a line, in a file beside the records
//! of creations. Looking for the key of a lost answer, they are told apart by it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use uuid::Uuid;

use crate::disk;

/// The name of the file.
const NAME: &str = "issued";

/// How long the ids are kept at least: far longer than any process needs from listing
/// the keys to the record of what it asks for.
const KEPT: Duration = Duration::from_secs(24 * 3_600);

/// Makes sure that [`note`] can write in the `folder` of the records, as far as that can
/// be seen before there is a key.
///
/// # Errors
/// As [`disk::open_state`], unless the file is missing.
pub fn check(folder: &Path) -> io::Result<()> {
    let path = folder.join(NAME);
    match disk::open_state(&path, OpenOptions::new().append(true)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        // It names the file itself.
        Err(error) if error.get_ref().is_some() => Err(error),
        Err(error) => Err(io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
    }
}

/// Notes in the `folder` of the records that a run was given the key `id`.
///
/// # Errors
/// Any error of the file system.
pub fn note(folder: &Path, id: Uuid) -> io::Result<()> {
    let mut file = disk::append_private(&folder.join(NAME))?;
    file.write_all(format!("{id}\n").as_bytes())
}

/// The ids that were noted; none if they can't be read.
pub fn all(folder: &Path) -> Vec<Uuid> {
    let file = disk::open_state(&folder.join(NAME), OpenOptions::new().read(true));
    let text = file.and_then(io::read_to_string).unwrap_or_default();
    text.lines().filter_map(|line| line.parse().ok()).collect()
}

/// Removes the ids where nobody needs them: no record is there, under any name, and the
/// last id is old, so that no process is about to write one that needs them.
///
/// # Errors
/// If the folder can't be listed.
pub fn forget_if_quiet(folder: &Path) -> io::Result<()> {
    for path in disk::paths_in(folder)? {
        let written = fs::symlink_metadata(&path).and_then(|metadata| metadata.modified()).ok();
        let is_old = || written.is_some_and(|it| it.elapsed().is_ok_and(|age| age >= KEPT));
        if !path.ends_with(NAME) || !is_old() {
            return Ok(());
        }
    }
    // One that stays is as good.
    let _ = fs::remove_file(folder.join(NAME));
    Ok(())
}
