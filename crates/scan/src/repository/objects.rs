//! The objects of a repository, as far as they are there: none is fetched.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix_hash::ObjectId;
use gix_object::bstr::{BStr, BString, ByteSlice as _};
use gix_object::tree::EntryMode;
use gix_object::{CommitRefIter, Find as _, Kind, TreeRef};
use gix_odb::Header as _;

use super::files;

/// The largest object that is read, in bytes: it has to fit into memory.
const LARGEST: u64 = 512 * 1024 * 1024;

/// The largest file of objects, in bytes.
const LARGEST_PACK: u64 = 1 << 40;

/// How many folders of objects a repository may borrow from.
const MOST_FOLDERS: usize = 64;

/// How many names lead from `HEAD` to a commit at most.
const MOST_NAMES: usize = 8;

/// The objects of a repository and of those that it borrows from.
pub struct Objects {
    folders: Vec<PathBuf>,
    handle: gix_odb::HandleArc,
    hash: gix_hash::Kind,
}

/// A part of a tree.
pub struct TreeEntry {
    /// Its name in the tree.
    pub name: BString,
    /// What it is.
    pub mode: EntryMode,
    /// The object with its content.
    pub id: ObjectId,
}

impl Objects {
    /// Opens the objects of the repository in `common`.
    ///
    /// # Errors
    /// If they cannot be read, or are not in regular files.
    pub fn open(common: &Path, hash: gix_hash::Kind) -> io::Result<Self> {
        let folder = common.join("objects");
        let folders = folders(&folder)?;
        for folder in &folders {
            let packs = match folder.join("pack").read_dir() {
                Ok(packs) => packs,
                Err(error) if files::is_missing(&error) => continue,
                Err(error) => return Err(files::at(&folder.join("pack"), error)),
            };
            for pack in packs {
                files::check_path(&pack?.path(), LARGEST_PACK)?;
            }
        }
        let options = gix_odb::store::init::Options {
            alloc_limit_bytes: usize::try_from(LARGEST).ok(),
            // Where relative paths would begin; there are none.
            current_dir: Some(common.to_owned()),
            ..gix_odb::store::init::Options::default()
        };
        let store = gix_odb::Store::at_opts(folder, hash, &mut std::iter::empty(), options)?;
        let mut handle = gix_odb::HandleArc::from(Arc::new(store).to_handle_arc());
        handle.refresh_never();
        Ok(Self { folders, handle, hash })
    }

    /// The content of the object `id`.
    ///
    /// # Errors
    /// If it is missing, too large, or of another kind.
    pub fn read(&self, id: &ObjectId, kind: Kind) -> io::Result<Vec<u8>> {
        // A reference can have an id of any length; the reader of objects panics at it.
        if id.kind() != self.hash {
            return Err(io::Error::other(format!("{id} is no {} of an object", self.hash)));
        }
        let name = id.to_string();
        let (folder, file) = name.split_at(2);
        for objects in &self.folders {
            files::check_path(&objects.join(folder).join(file), LARGEST)?;
        }
        let header = self.handle.try_header(id).map_err(io::Error::other)?;
        let header = header.ok_or_else(|| io::Error::other(format!("object {id} is missing")))?;
        if header.size() > LARGEST {
            return Err(io::Error::other(format!("object {id} is too large")));
        }
        let mut content = Vec::new();
        let data = self.handle.try_find(id, &mut content).map_err(io::Error::other)?;
        match data {
            Some(data) if data.kind == kind => Ok(content),
            Some(_) => Err(io::Error::other(format!("object {id} is no {kind}"))),
            None => Err(io::Error::other(format!("object {id} is missing"))),
        }
    }

    /// What the tree `id` holds.
    pub fn tree(&self, id: &ObjectId) -> io::Result<Vec<TreeEntry>> {
        if *id == ObjectId::empty_tree(self.hash) {
            return Ok(Vec::new());
        }
        let content = self.read(id, Kind::Tree)?;
        let tree = TreeRef::from_bytes(&content, self.hash).map_err(io::Error::other)?;
        let entry = |entry: gix_object::tree::EntryRef<'_>| TreeEntry {
            name: entry.filename.to_owned(),
            mode: entry.mode,
            id: entry.oid.to_owned(),
        };
        Ok(tree.entries.into_iter().map(entry).collect())
    }

    /// Whether the tree `id` has something at `path`.
    ///
    /// # Errors
    /// If a tree on the way cannot be read.
    pub fn tree_has(&self, id: ObjectId, path: &BStr) -> io::Result<bool> {
        let mut id = id;
        let mut names = path.split_str("/").peekable();
        while let Some(name) = names.next() {
            let entry = self.tree(&id)?.into_iter().find(|entry| entry.name == name);
            match entry {
                Some(_) if names.peek().is_none() => return Ok(true),
                Some(entry) if entry.mode.is_tree() => id = entry.id,
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// The tree of the commit `id`.
    ///
    /// # Errors
    /// If the commit cannot be read.
    pub fn tree_of_commit(&self, id: &ObjectId) -> io::Result<ObjectId> {
        let content = self.read(id, Kind::Commit)?;
        CommitRefIter::from_bytes(&content, self.hash).tree_id().map_err(io::Error::other)
    }
}

/// The commit that `HEAD` names in the repository in `git` and `common`; `None` before
/// the first.
///
/// # Errors
/// If it cannot be read.
pub fn head(git: &Path, common: &Path) -> io::Result<Option<ObjectId>> {
    let mut path = git.join("HEAD");
    for _ in 0..MOST_NAMES {
        let Some(text) = files::read_own(&path)? else { return Ok(None) };
        let text = text.trim();
        let Some(name) = text.strip_prefix(b"ref:") else {
            return ObjectId::from_hex(text).map(Some).map_err(|error| files::at(&path, error));
        };
        let name = super::path_of(name.trim())?;
        let is_plain = |part| matches!(part, std::path::Component::Normal(_));
        if !name.starts_with("refs") || !name.components().all(is_plain) {
            return Err(files::at(&path, "names no branch"));
        }
        // A branch that all worktrees share, unless this one has its own of that name.
        let own = git.join(&name);
        path = if own.symlink_metadata().is_ok() { own } else { common.join(&name) };
        if path.symlink_metadata().is_err() {
            return packed(common, &name);
        }
    }
    Err(files::at(&path, "is a name for itself"))
}

/// The commit of the branch `name` among the packed ones.
fn packed(common: &Path, name: &Path) -> io::Result<Option<ObjectId>> {
    let path = common.join("packed-refs");
    let Some(text) = files::read_own(&path)? else { return Ok(None) };
    let name = name.as_os_str().as_encoded_bytes();
    for line in text.lines() {
        if let Some((id, branch)) = line.split_once_str(" ")
            && branch == name
        {
            return ObjectId::from_hex(id).map(Some).map_err(|error| files::at(&path, error));
        }
    }
    Ok(None)
}

/// The folder of objects and those that it borrows from.
fn folders(objects: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = vec![objects.to_owned()];
    let mut known: HashSet<_> = objects.canonicalize().into_iter().collect();
    let mut next = 0;
    while let Some(folder) = folders.get(next) {
        next += 1;
        let path = folder.join("info").join("alternates");
        let Some(text) = files::read_own(&path)? else { continue };
        let others = gix_odb::alternate::parse(&text);
        for other in others.map_err(|error| files::at(&path, error))? {
            // All begin at the first, also those that another one names.
            let other = objects.join(other);
            if other.canonicalize().is_ok_and(|real| known.insert(real)) {
                folders.push(other);
            }
        }
        if folders.len() > MOST_FOLDERS {
            return Err(files::at(&path, "borrows from too many folders"));
        }
    }
    Ok(folders)
}
