//! What git tracks: its index.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use gix_index::entry::{Flags, Mode};
use gix_index::{Entry, State};
use gix_object::bstr::{BStr, BString, ByteSlice as _, ByteVec as _};

use super::files;

/// Most of an index that is read, in bytes: enough for some ten million files.
const MOST: u64 = 1024 * 1024 * 1024;

/// The longest path that a file can have (`PATH_MAX`), in bytes.
pub const LONGEST: usize = 4_096;

/// An index.
pub struct Tracked {
    /// The entries, in order of their paths.
    pub state: State,
    /// The paths of files and folders in lower case, if case means nothing.
    folded: Option<HashSet<BString>>,
}

/// What the index says about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It is, or holds, something tracked.
    Tracked,
    /// It is another repository, whose commit is tracked.
    Submodule,
    /// It is in no index.
    Untracked,
    /// It is below this folder of the index, of which the index has only the tree.
    Below(gix_hash::ObjectId, usize),
}

impl Tracked {
    /// Reads the index at `path`; there may be none yet.
    ///
    /// # Errors
    /// If it cannot be read, or is damaged.
    pub fn read(path: &Path, hash: gix_hash::Kind, ignore_case: bool) -> io::Result<Self> {
        files::check_path(path, MOST)?;
        if !path.exists() {
            return Ok(Self { state: State::new(hash), folded: None });
        }
        let damaged = |error: &dyn std::fmt::Display| files::at(path, error);
        // The rest of a split index, which is opened by its name.
        let folder = path.parent().unwrap_or(Path::new("."));
        let listed = folder.read_dir().map_err(|error| files::at(folder, error))?;
        for entry in listed.filter_map(Result::ok) {
            if entry.file_name().as_encoded_bytes().starts_with(b"sharedindex.") {
                files::check_path(&entry.path(), MOST)?;
            }
        }
        let options = gix_index::decode::Options {
            thread_limit: Some(1),
            alloc_limit_bytes: usize::try_from(MOST).ok(),
            ..gix_index::decode::Options::default()
        };
        let file = gix_index::File::at(path, hash, false, options);
        let state = State::from(file.map_err(|error| damaged(&error))?);
        // What is not in order is not found.
        state.verify_entries().map_err(|error| damaged(&error))?;
        for entry in state.entries() {
            let path = entry.path(&state);
            if path.len() > LONGEST {
                return Err(damaged(&"a path in it is too long"));
            }
            files::check_tracked(path).map_err(|error| damaged(&error))?;
        }
        let folded = ignore_case.then(|| folded(&state));
        Ok(Self { state, folded })
    }

    /// What is known of the file at `path`, from the repository's root.
    pub fn file(&self, path: &BStr) -> Known {
        if self.state.entry_index_by_path(path).is_ok() || self.is_folded(path) {
            return Known::Tracked;
        }
        self.below(path)
    }

    /// What is known of the folder at `path`, from the repository's root.
    pub fn folder(&self, path: &BStr) -> Known {
        if path.is_empty() {
            return Known::Tracked;
        }
        if let Ok(index) = self.state.entry_index_by_path(path)
            && self.state.entry(index).mode.is_submodule()
        {
            return Known::Submodule;
        }
        let mut prefix = path.to_owned();
        prefix.push_byte(b'/');
        if !self.entries_below(prefix.as_bstr()).is_empty() || self.is_folded(path) {
            return Known::Tracked;
        }
        self.below(path)
    }

    /// The entries whose paths begin with `prefix`, which ends in a slash.
    pub fn entries_below(&self, prefix: &BStr) -> &[Entry] {
        let entries = self.state.entries();
        let first = entries.partition_point(|entry| entry.path(&self.state) < prefix);
        let rest = &entries[first..];
        let count =
            rest.partition_point(|entry| entry.path(&self.state).starts_with(prefix.as_bytes()));
        &rest[..count]
    }

    fn below(&self, path: &BStr) -> Known {
        if !self.state.is_sparse() {
            return Known::Untracked;
        }
        for slash in path.find_iter("/") {
            if let Ok(index) = self.state.entry_index_by_path(path[..=slash].as_bstr())
                && self.state.entry(index).mode.is_sparse()
            {
                return Known::Below(self.state.entry(index).id, slash + 1);
            }
        }
        Known::Untracked
    }

    fn is_folded(&self, path: &BStr) -> bool {
        self.folded.as_ref().is_some_and(|folded| folded.contains(path.to_lowercase().as_bstr()))
    }
}

/// Whether the next commit has this entry: it is of no conflict, and more than an
/// intention to add it.
pub fn is_staged(entry: &Entry) -> bool {
    entry.stage_raw() == 0 && !entry.flags.contains(Flags::INTENT_TO_ADD)
}

/// Whether two modes are of the same kind of content.
pub fn is_same_mode(index: Mode, tree: gix_object::tree::EntryMode) -> bool {
    index.to_tree_entry_mode().is_some_and(|mode| mode.kind() == tree.kind())
}

fn folded(state: &State) -> HashSet<BString> {
    let mut folded = HashSet::new();
    for entry in state.entries() {
        let path = entry.path(state).to_lowercase();
        for slash in path.find_iter("/") {
            folded.insert(path[..slash].into());
        }
        folded.insert(path.into());
    }
    folded
}
