//! How git sees files: which it tracks, which it would add, which it ignores, and what
//! the next commit would hold.
//!
//! Repositories are read, and git is never run: it runs what the configuration of a
//! repository names. What is read may have been prepared by somebody else, so each file
//! is looked at before it is opened (`files`), only a `.git` makes a repository
//! (`discovery`), and of its configuration only what says how files are named counts
//! (`settings`).

mod discovery;
pub mod files;
mod objects;
mod rules;
mod settings;
mod staged;
#[cfg(test)]
mod tests;
mod tracked;

use std::ffi::OsStr;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use gix_glob::pattern::Case;
use gix_hash::ObjectId;
use gix_object::Kind;
use gix_object::bstr::{BStr, BString, ByteSlice as _, ByteVec as _};

use self::discovery::Found;
use self::objects::Objects;
pub use self::rules::FILE_NAME as RULES;
use self::rules::Rules;
use self::settings::Settings;
pub use self::settings::{UserFolders, read_user_settings_from};
use self::staged::Comparison;
pub use self::staged::Staged;
use self::tracked::{Known, Tracked};

/// How git sees a file; the later, the closer it is to being published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GitState {
    /// Ignored, or outside any repository.
    Safe,
    /// There is a repository, and it cannot be read.
    Unknown,
    /// Neither tracked nor ignored: one `git add .` from being tracked.
    Exposed,
    /// In the index: what is written to it is one `git commit -a` from being
    /// published.
    Tracked,
}

/// How git sees the file at `path` (absolute).
pub fn git_state(path: &Path) -> GitState {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return GitState::Safe;
    };
    let Ok(folder) = folder.canonicalize() else { return GitState::Unknown };
    let state = || -> io::Result<GitState> {
        let Some(repository) = Repository::around(&folder)? else { return Ok(GitState::Safe) };
        let Some(mut folder_of_it) = repository.folder(&folder)? else { return Ok(GitState::Safe) };
        folder_of_it.read_rules(&folder)?;
        folder_of_it.file(name)
    };
    state().unwrap_or(GitState::Unknown)
}

/// The folder with the `.git` of the repository around `folder`; `None` if there is none
/// that can be read, or one of another user.
pub fn root_of(folder: &Path) -> Option<PathBuf> {
    let found = discovery::around(&folder.canonicalize().ok()?);
    found.ok().flatten().map(|found| found.root)
}

/// Whether the folder at `path` has a `.git` that makes it a repository, or that would.
pub fn is_repository(path: &Path) -> bool {
    discovery::at(path).map_or(true, |found| found.is_some())
}

/// A repository that is read.
pub struct Repository {
    found: Found,
    tracked: Tracked,
    case: Case,
    hash: gix_hash::Kind,
    /// The rules for all its folders.
    rules: Option<Arc<Rules>>,
    /// Opened when the first is needed: for files, that is in a sparse index.
    objects: OnceLock<io::Result<Mutex<Objects>>>,
}

impl Repository {
    /// The repository around `folder`; `None` if there is none.
    ///
    /// # Errors
    /// If there is one that cannot be read, or that belongs to another user.
    pub fn around(folder: &Path) -> io::Result<Option<Arc<Self>>> {
        Self::with_index(folder, None)
    }

    /// The repository around `folder`, with the index at `index` instead of its own.
    pub fn with_index(folder: &Path, index: Option<&Path>) -> io::Result<Option<Arc<Self>>> {
        let Some(found) = discovery::around(&folder.canonicalize()?)? else { return Ok(None) };
        let Settings { excludes, ignore_case, hash } = Settings::read(&found)?;
        let own = found.git.join("index");
        let tracked = Tracked::read(index.unwrap_or(&own), hash, ignore_case)?;
        let mut rules = None;
        for path in excludes.into_iter().chain([found.common.join("info").join("exclude")]) {
            rules = Rules::add(rules, &path, None).map_err(|error| files::at(&path, error))?;
        }
        let case = if ignore_case { Case::Fold } else { Case::Sensitive };
        let objects = OnceLock::new();
        Ok(Some(Arc::new(Self { found, tracked, case, hash, rules, objects })))
    }

    /// The folder at `path` (canonical), whose own rules are not read yet; `None` if it is
    /// none of the files' folders but the repository's own.
    ///
    /// # Errors
    /// If the rules of a folder above it cannot be read.
    pub fn folder(self: &Arc<Self>, path: &Path) -> io::Result<Option<Folder>> {
        let mut at = self.found.root.clone();
        let mut folder = Folder {
            repository: self.clone(),
            path: BString::default(),
            rules: self.rules.clone(),
            ignored: false,
        };
        let below = path.strip_prefix(&at).map_err(io::Error::other)?.to_owned();
        for part in below.components() {
            let Component::Normal(name) = part else { return Ok(None) };
            if name == ".git" {
                return Ok(None);
            }
            folder.read_rules(&at).map_err(|error| files::at(&at.join(".gitignore"), error))?;
            folder = folder.below(name).0;
            at.push(name);
        }
        Ok(Some(folder))
    }

    /// What the next commit would add or change.
    ///
    /// # Errors
    /// If the last commit, or the objects, cannot be read at all.
    pub fn staged(&self) -> io::Result<Staged> {
        let objects = self.objects()?;
        let index = &self.tracked.state;
        let mut comparison = Comparison::new(index, &objects);
        let head = objects::head(&self.found.git, &self.found.common)?;
        let tree = head.map(|head| objects.tree_of_commit(&head)).transpose()?;
        comparison.entries(index.entries(), BStr::new(""), tree);
        Ok(comparison.staged)
    }

    /// The content that was staged.
    ///
    /// # Errors
    /// If it is missing, or too large to be read.
    pub fn content(&self, id: &ObjectId) -> io::Result<Vec<u8>> {
        self.objects()?.read(id, Kind::Blob)
    }

    fn objects(&self) -> io::Result<std::sync::MutexGuard<'_, Objects>> {
        let open = || Objects::open(&self.found.common, self.hash).map(Mutex::new);
        match self.objects.get_or_init(open) {
            Ok(objects) => Ok(objects.lock().unwrap_or_else(PoisonError::into_inner)),
            Err(error) => Err(io::Error::other(error.to_string())),
        }
    }

    /// Whether something is tracked, where the index may have only a tree.
    fn is_tracked(&self, known: Known, path: &BStr) -> io::Result<bool> {
        match known {
            Known::Tracked | Known::Submodule => Ok(true),
            Known::Untracked => Ok(false),
            Known::Below(tree, from) => self.objects()?.tree_has(tree, path[from..].as_bstr()),
        }
    }
}

/// A folder of a repository, on the way down through it.
#[derive(Clone)]
pub struct Folder {
    repository: Arc<Repository>,
    /// Its path from the repository's root, without a slash at the end.
    path: BString,
    /// The rules that count in it.
    rules: Option<Arc<Rules>>,
    /// Whether it is ignored as a whole: what is not tracked there is ignored.
    ignored: bool,
}

/// What is below a folder, by how git sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
    /// A folder to look into: something in it is tracked, or may be added.
    Own,
    /// Another repository, of which the commit is tracked.
    Submodule,
    /// A folder that is ignored, and has nothing tracked.
    Ignored,
}

impl Folder {
    /// Adds the folder's own rules; `at` is where it is.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn read_rules(&mut self, at: &Path) -> io::Result<()> {
        // Git does not read rules where all is ignored.
        if !self.ignored {
            let path = at.join(rules::FILE_NAME);
            self.rules = Rules::add(self.rules.clone(), &path, Some(&self.path))?;
        }
        Ok(())
    }

    /// Whether it is the folder with the `.git` of its repository.
    pub fn is_root(&self) -> bool {
        self.path.is_empty()
    }

    /// Whether it is ignored, and nothing in it is tracked.
    pub fn is_ignored(&self) -> bool {
        self.ignored && self.tracks_nothing()
    }

    /// Whether nothing in it is tracked.
    pub fn tracks_nothing(&self) -> bool {
        let known = self.repository.tracked.folder(self.path.as_bstr());
        !self.repository.is_tracked(known, self.path.as_bstr()).unwrap_or(true)
    }

    /// How git sees the file `name` in it.
    ///
    /// # Errors
    /// If an object is missing that says whether it is tracked.
    pub fn file(&self, name: &OsStr) -> io::Result<GitState> {
        let path = self.join(name);
        let known = self.repository.tracked.file(path.as_bstr());
        if self.repository.is_tracked(known, path.as_bstr())? {
            return Ok(GitState::Tracked);
        }
        let safe = self.ignored || self.ignores(path.as_bstr(), false);
        Ok(if safe { GitState::Safe } else { GitState::Exposed })
    }

    /// The folder `name` in it.
    pub fn below(&self, name: &OsStr) -> (Self, Below) {
        let path = self.join(name);
        let known = self.repository.tracked.folder(path.as_bstr());
        // What cannot be read is looked into.
        let tracked = self.repository.is_tracked(known, path.as_bstr()).unwrap_or(true);
        let ignored = self.ignored || self.ignores(path.as_bstr(), true);
        let below = match known {
            Known::Submodule => Below::Submodule,
            _ if tracked => Below::Own,
            _ if ignored => Below::Ignored,
            _ => Below::Own,
        };
        (Self { path, ignored, ..self.clone() }, below)
    }

    fn ignores(&self, path: &BStr, is_folder: bool) -> bool {
        let case = self.repository.case;
        self.rules.as_ref().is_some_and(|rules| rules.ignore(path, is_folder, case))
    }

    fn join(&self, name: &OsStr) -> BString {
        let mut path = self.path.clone();
        if !path.is_empty() {
            path.push_byte(b'/');
        }
        path.push_str(name.as_encoded_bytes());
        path
    }
}

/// A path as git writes it.
///
/// # Errors
/// If this system can have no such path.
#[cfg(unix)]
fn path_of(path: &[u8]) -> io::Result<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    Ok(PathBuf::from(OsStr::from_bytes(path)))
}

#[cfg(not(unix))]
fn path_of(path: &[u8]) -> io::Result<PathBuf> {
    std::str::from_utf8(path).map(PathBuf::from).map_err(io::Error::other)
}
