//! What the next commit would hold: git's index, not the files beside it.

use std::io;
use std::path::Path;

use super::finder::Finder;
use super::repository::{Repository, Staged};
use super::stream;
use super::tree::Searched;

/// Searches the files that are added to the index of the repository around `directory`,
/// or changed there; whole, as they would be committed. The index is that at `index`, if
/// given: git names another one to the hooks of a commit of some files only.
///
/// `None` if there is no repository.
///
/// # Errors
/// If it, its index or its last commit cannot be read.
pub fn in_index(
    finder: &Finder,
    directory: &Path,
    index: Option<&Path>,
) -> io::Result<Option<Searched>> {
    let Some(repository) = Repository::with_index(directory, index)? else { return Ok(None) };
    let Staged { files, unread } = repository.staged()?;
    let mut searched = Searched { unread, ..Searched::default() };
    for (path, object) in files {
        let content = repository.content(&object);
        match content.and_then(|content| stream::in_reader(finder, &content[..], false)) {
            Ok(found) => {
                searched.files += 1;
                searched.found.extend(found.into_iter().map(|found| (path.clone(), found)));
            }
            Err(error) => searched.unread.push((path, error)),
        }
    }
    Ok(Some(searched))
}
