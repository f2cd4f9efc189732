//! What came of a search.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::repository::GitState;
use crate::stream::Found;

/// What came of a search.
#[derive(Debug, Default)]
pub struct Searched {
    /// The keys, in order of path and place.
    pub found: Vec<(PathBuf, Found)>,
    /// How git sees the files that have keys, of those that are in a folder that was searched.
    pub git_states: HashMap<PathBuf, GitState>,
    /// What could not be read, and why.
    pub unread: Vec<(PathBuf, io::Error)>,
    /// Folders whose repository could not be read, and why: all their files were
    /// searched, and how git sees them is not known.
    pub unasked: Vec<(PathBuf, io::Error)>,
    /// Folders that were left out where everything else was searched: of dependencies, and
    /// ignored links to the outside.
    pub left_out: Vec<PathBuf>,
    /// How many files were searched.
    pub files: u64,
    /// How many were looked at and left out, because they are binary.
    pub binary: u64,
    /// What was left out because git ignores it.
    pub ignored: IgnoredCount,
}

/// What was left out of a search because git ignores it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IgnoredCount {
    /// Files.
    pub files: u64,
    /// Folders with all that is in them.
    pub folders: u64,
}

impl IgnoredCount {
    /// Whether nothing was.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl Searched {
    /// Adds what came of another search.
    pub fn add(&mut self, other: Self) {
        self.found.extend(other.found);
        for (path, git_state) in other.git_states {
            self.note_git_state(path, git_state);
        }
        self.unread.extend(other.unread);
        self.unasked.extend(other.unasked);
        self.left_out.extend(other.left_out);
        self.files += other.files;
        self.binary += other.binary;
        self.ignored.files += other.ignored.files;
        self.ignored.folders += other.ignored.folders;
    }

    /// Whether all was read, also what says how git sees the files.
    pub fn is_complete(&self) -> bool {
        self.unread.is_empty() && self.unasked.is_empty() && !self.saw_nothing()
    }

    /// Whether there was something, and git ignores all of it: nothing was looked at.
    pub fn saw_nothing(&self) -> bool {
        self.files == 0 && self.binary == 0 && !self.ignored.is_empty()
    }

    /// Two repositories may have the file: what is worse counts.
    fn note_git_state(&mut self, path: PathBuf, git_state: GitState) {
        let known = self.git_states.entry(path).or_insert(git_state);
        *known = git_state.max(*known);
    }

    /// Adds the keys that were found in a file, which git sees so.
    pub fn note(&mut self, path: &Path, git_state: GitState, found: Vec<Found>) {
        if !found.is_empty() {
            self.note_git_state(path.to_owned(), git_state);
        }
        self.found.extend(found.into_iter().map(|found| (path.to_owned(), found)));
    }
}
