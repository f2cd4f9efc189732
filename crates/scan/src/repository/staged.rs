//! What the next commit would add or change: the index beside the last commit.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;

use gix_hash::ObjectId;
use gix_index::{Entry, State};
use gix_object::bstr::{BStr, BString, ByteSlice as _, ByteVec as _};

use super::objects::{Objects, TreeEntry};
use super::tracked::{self, LONGEST};
use super::{files, path_of};

/// How many trees are compared of folders of which the index has only the tree. They
/// can hold each other so often that there is no end.
const MOST_TREES: usize = 100_000;

/// What differs.
#[derive(Default)]
pub struct Staged {
    /// Paths from the repository's root, and the objects with their contents.
    pub files: Vec<(PathBuf, ObjectId)>,
    /// What could not be read, and why. What is there was taken for new.
    pub unread: Vec<(PathBuf, io::Error)>,
}

/// Compares an index with a tree.
pub struct Comparison<'a> {
    index: &'a State,
    objects: &'a Objects,
    /// What differs.
    pub staged: Staged,
    trees: usize,
}

impl<'a> Comparison<'a> {
    /// Of nothing yet.
    pub fn new(index: &'a State, objects: &'a Objects) -> Self {
        Self { index, objects, staged: Staged::default(), trees: 0 }
    }

    /// Takes what differs of `entries`, all of which begin with `prefix`, from the tree
    /// `old`. Each entry is looked at: what the index says of the trees that they make (its
    /// extension `TREE`) can be anything, and folders would be left out.
    pub fn entries(&mut self, entries: &[Entry], prefix: &BStr, old: Option<ObjectId>) {
        let old = self.tree(prefix, old);
        let mut rest = entries;
        while let Some(entry) = rest.first() {
            let path = entry.path(self.index);
            let below = &path[prefix.len()..];
            let Some(slash) = below.find_byte(b'/') else {
                let is_same = old.get(below).is_some_and(|old| {
                    old.id == entry.id && tracked::is_same_mode(entry.mode, old.mode)
                });
                if !is_same && tracked::is_staged(entry) && !entry.mode.is_submodule() {
                    self.take(path, entry.id);
                }
                rest = &rest[1..];
                continue;
            };
            let name = below[..slash].as_bstr();
            let folder = path[..=prefix.len() + slash].as_bstr();
            let old = old.get(name).filter(|old| old.mode.is_tree()).map(|old| old.id);
            if entry.mode.is_sparse() && path == folder {
                self.trees(folder, entry.id, old);
                rest = &rest[1..];
                continue;
            }
            let is_below = |entry: &Entry| entry.path(self.index).starts_with(folder.as_bytes());
            let (these, others) = rest.split_at(rest.partition_point(is_below));
            self.entries(these, folder, old);
            rest = others;
        }
    }

    /// Takes what differs in the tree `new` of the folder `prefix` from the tree `old`.
    fn trees(&mut self, prefix: &BStr, new: ObjectId, old: Option<ObjectId>) {
        if Some(new) == old {
            return;
        }
        self.trees += 1;
        if self.trees > MOST_TREES || prefix.len() > LONGEST {
            return self.cannot_read(prefix, io::Error::other("has too many files"));
        }
        let new = self.tree(prefix, Some(new));
        let old = self.tree(prefix, old);
        for (name, entry) in new {
            let old = old.get(&name);
            if let Err(error) = files::check_tracked(name.as_bstr()) {
                self.cannot_read(prefix, error);
                continue;
            }
            let mut path = prefix.to_owned();
            path.push_str(&name);
            if entry.mode.is_tree() {
                path.push_byte(b'/');
                let old = old.filter(|old| old.mode.is_tree()).map(|old| old.id);
                self.trees(path.as_bstr(), entry.id, old);
            } else if !entry.mode.is_commit()
                && old.is_none_or(|old| old.id != entry.id || old.mode != entry.mode)
            {
                self.take(path.as_bstr(), entry.id);
            }
        }
    }

    fn tree(&mut self, prefix: &BStr, id: Option<ObjectId>) -> HashMap<BString, TreeEntry> {
        match id.map_or_else(|| Ok(Vec::new()), |id| self.objects.tree(&id)) {
            Ok(entries) => entries.into_iter().map(|it| (it.name.clone(), it)).collect(),
            Err(error) => {
                self.cannot_read(prefix, error);
                HashMap::new()
            }
        }
    }

    fn take(&mut self, path: &BStr, id: ObjectId) {
        match path_of(path) {
            Ok(path) => self.staged.files.push((path, id)),
            Err(error) => self.cannot_read(path, error),
        }
    }

    fn cannot_read(&mut self, path: &BStr, error: io::Error) {
        let path = if path.is_empty() { BString::from(".") } else { path.to_owned() };
        let path = path_of(&path).unwrap_or_else(|_| path.to_str_lossy().into_owned().into());
        self.staged.unread.push((path, error));
    }
}
