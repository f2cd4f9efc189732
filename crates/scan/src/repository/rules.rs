//! What is ignored: `.gitignore` files, `info/exclude`, and the user's own rules.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix_glob::pattern::Case;
use gix_glob::search::pattern::List;
use gix_ignore::search::{Ignore, pattern_matching_relative_path};
use gix_object::bstr::{BStr, ByteSlice as _};

use super::files;

/// The name of a file with rules for the folder that it is in.
pub const FILE_NAME: &str = ".gitignore";

/// How often a rule may say `**`. Each time, a comparison with a path takes as many times
/// longer as the path is deep.
const MOST_ANY: usize = 3;

/// How deep the folders are that rules count for; no tree of a person is deeper.
const DEEPEST: usize = 128;

/// The rules of one file, and those that count less.
pub struct Rules {
    list: List<Ignore>,
    less: Option<Arc<Self>>,
}

impl Rules {
    /// Adds the rules in the file at `path`, if there is one, which is in the folder `below` of
    /// the repository, or counts for all of it.
    ///
    /// # Errors
    /// If it cannot be read, or has rules whose comparison would not end.
    pub fn add(
        less: Option<Arc<Self>>,
        path: &Path,
        below: Option<&[u8]>,
    ) -> io::Result<Option<Arc<Self>>> {
        // Git does not follow a link of this name within a repository, either.
        let Some(text) = files::read(path, below.is_none())? else { return Ok(less) };
        let (source, root) = match below {
            Some(below) => (super::path_of(below)?.join(FILE_NAME), Some(Path::new(""))),
            None => (PathBuf::new(), None),
        };
        let list = List::from_bytes(&text, source, root, Ignore::default())?;
        if list.patterns.is_empty() {
            return Ok(less);
        }
        if list.patterns.iter().any(|rule| rule.pattern.text.find_iter("**").count() > MOST_ANY) {
            let message = format!("a rule in it has ** more than {MOST_ANY} times");
            return Err(io::Error::other(message));
        }
        Ok(Some(Arc::new(Self { list, less })))
    }

    /// Whether the file or folder at `path`, from the repository's root, is ignored by a
    /// rule for itself.
    pub fn ignore(&self, path: &BStr, is_folder: bool, case: Case) -> bool {
        if path.find_iter("/").count() > DEEPEST {
            return false;
        }
        let name = path.rfind_byte(b'/').map(|slash| slash + 1);
        let mut rules = Some(self);
        while let Some(these) = rules {
            let found =
                pattern_matching_relative_path(&these.list, path, name, Some(is_folder), case);
            if let Some(found) = found {
                return !found.pattern.is_negative();
            }
            rules = these.less.as_deref();
        }
        false
    }
}
