//! Searching a folder: which of its files, and by several threads.
//!
//! In a repository those that git has or would add, which takes in a file that is
//! tracked although it is ignored. Elsewhere they are all of them.

mod queue;
mod searched;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileType};
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use self::queue::{Queue, Work};
pub use self::searched::{IgnoredCount, Searched};
use super::bundles;
use super::finder::Finder;
use super::repository::{self, Below, GitState, Repository, files};
use super::stream::{self, Found};
use cencori_core::dotenv::file_name;

/// How many files are handed from one thread to another at once.
const BATCH: usize = 64;

/// How much waiting work is enough: who finds more does it at once.
const BACKLOG: usize = 128;

/// How much is read of a file at first, in bytes; most files are smaller.
const FIRST_READ: usize = 128 * 1024;

/// How much of a file's beginning tells whether it is binary, as for git.
const BINARY_CHECK: usize = 8_000;

/// What is searched although git ignores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ignored {
    /// Nothing.
    Nothing,
    /// `.env` files.
    EnvFiles,
    /// `.env` files, but those deep in ignored folders, also where they are links; and
    /// what is built for browsers.
    EnvFilesAndBundles,
    /// Everything but dependencies (`node_modules` and the like); binary files too, and where links
    /// lead outside of the folder.
    Everything,
}

/// Ignored folders of these names have packages of others, which a tool puts there and takes
/// away: nobody's configuration. `target` is Cargo's and Maven's, and mostly their
/// dependencies'. Only `.env` files at their tops are searched.
const DEPENDENCIES: [&str; 7] =
    ["node_modules", "bower_components", "vendor", "target", ".venv", "venv", "__pycache__"];

/// Searches the files below `folder`. Links are not followed, binary files and
/// what git ignores left out, but for `ignored`.
pub fn in_folder(finder: &Finder, folder: &Path, ignored: Ignored) -> Searched {
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let root = real.as_path();
    let queue = Queue::default();
    queue.put([Work::Repository(folder.to_owned())]);
    let work = || {
        let mut worker = Worker::new(finder, &queue, root, ignored);
        while let Some(work) = queue.take() {
            worker.act(work);
            queue.done();
        }
        worker.searched
    };
    let mut searched = std::thread::scope(|scope| {
        let threads: Vec<_> = (1..stream::threads()).map(|_| scope.spawn(work)).collect();
        let mut searched = work();
        for thread in threads {
            let other = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            searched.add(other);
        }
        searched
    });
    // These keep all threads busy, one after the other.
    for (path, git_state) in queue.lock().large.drain(..) {
        let follows = ignored == Ignored::Everything;
        let file = files::open_any(&path, follows);
        match file.and_then(|mut file| stream::in_file(finder, &mut file)) {
            Ok(found) => searched.note(&path, git_state, found),
            Err(error) => searched.unread.push((path, error)),
        }
    }
    let order = |one: &(PathBuf, Found), other: &(PathBuf, Found)| {
        (&one.0, &one.1.location).cmp(&(&other.0, &other.1.location))
    };
    searched.found.sort_by(order);
    searched.found.dedup_by(|one, other| order(one, other).is_eq());
    searched.unread.sort_by(|one, other| one.0.cmp(&other.0));
    searched.unread.dedup_by(|one, other| one.0 == other.0);
    searched
}

struct Worker<'a> {
    finder: &'a Finder,
    queue: &'a Queue,
    /// The folder that is searched, without links.
    root: &'a Path,
    ignored: Ignored,
    buffer: Vec<u8>,
    searched: Searched,
}

impl<'a> Worker<'a> {
    fn new(finder: &'a Finder, queue: &'a Queue, root: &'a Path, ignored: Ignored) -> Self {
        let buffer = vec![0; FIRST_READ];
        Self { finder, queue, root, ignored, buffer, searched: Searched::default() }
    }

    fn act(&mut self, work: Work) {
        match work {
            Work::Folder(folder) => self.list(&folder, None),
            Work::Everything(folder, git_state) => self.list(&folder, Some(git_state)),
            Work::Repository(folder) => self.open_repository(folder),
            Work::Within(folder, within) => self.list_within(&folder, within),
            Work::Ignored(folder) => self.list_ignored(&folder),
            Work::Files(folder, git_state, names) => {
                for name in names {
                    self.search(folder.join(name), git_state);
                }
            }
        }
    }

    /// What is in a folder, but for a `.git`; and whether there is one.
    fn entries(&mut self, folder: &Path) -> (Vec<(OsString, FileType)>, bool) {
        let (mut listed, mut has_git) = (Vec::new(), false);
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                self.cannot_read(folder.to_owned(), error);
                return (listed, false);
            }
        };
        for entry in entries {
            match entry.and_then(|it| Ok((it.file_name(), it.file_type()?))) {
                Ok((name, _)) if name == OsStr::new(".git") => has_git = true,
                Ok(entry) => listed.push(entry),
                Err(error) => self.cannot_read(folder.to_owned(), error),
            }
        }
        (listed, has_git)
    }

    /// Has a folder searched that belongs to no repository, unless it is one; also then
    /// if it is known how git sees the files in it.
    fn list(&mut self, folder: &Path, git_state: Option<GitState>) {
        let (entries, has_git) = self.entries(folder);
        if git_state.is_none() && has_git && repository::is_repository(folder) {
            return self.queue.put([Work::Repository(folder.to_owned())]);
        }
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        for (name, kind) in entries {
            if kind.is_dir() {
                let path = folder.join(&name);
                match git_state {
                    None => folders.push(Work::Folder(path)),
                    Some(GitState::Safe) if self.ignored == Ignored::Everything => {
                        folders.extend(self.ignored_folder(path, &name));
                    }
                    Some(git_state) => folders.push(Work::Everything(path, git_state)),
                }
            } else if kind.is_file() {
                files.push(PathBuf::from(name));
            } else if self.ignored == Ignored::Everything {
                let ignored = git_state == Some(GitState::Safe);
                match self.special(folder.join(&name), kind, ignored) {
                    Special::File => files.push(PathBuf::from(name)),
                    Special::Folder(work) => folders.push(work),
                    Special::Nothing => {}
                }
            } else if !kind.is_symlink() || self.is_env_link_to_none(&folder.join(&name)) {
                self.cannot_read(folder.join(&name), not_regular());
            }
        }
        self.queue.put(folders);
        self.search_files(folder, git_state.unwrap_or(GitState::Safe), files);
    }

    /// Reads the repository around a folder, and goes on there.
    fn open_repository(&mut self, folder: PathBuf) {
        let within = folder.canonicalize().and_then(|real| {
            let repository = Repository::around(&real)?;
            let within = repository.as_ref().map(|repository| repository.folder(&real));
            Ok((repository.is_some(), within.transpose()?.flatten()))
        });
        match within {
            // It was named although it is ignored as a whole.
            Ok((_, Some(within))) if within.is_ignored() => {
                self.list(&folder, Some(GitState::Safe));
            }
            Ok((_, Some(within))) => self.list_within(&folder, within),
            // A folder in the repository's own.
            Ok((true, None)) => self.list(&folder, Some(GitState::Safe)),
            Ok((false, None)) => self.list(&folder, None),
            Err(error) => {
                self.searched.unasked.push((folder.clone(), error));
                self.list(&folder, Some(GitState::Unknown));
            }
        }
    }

    fn list_within(&mut self, folder: &Path, mut within: repository::Folder) {
        let (entries, has_git) = self.entries(folder);
        if has_git && !within.is_root() && repository::is_repository(folder) {
            self.queue.put([Work::Repository(folder.to_owned())]);
            // As to git, a repository in it hides nothing from one that tracks files there.
            if within.tracks_nothing() {
                return;
            }
        }
        if entries.iter().any(|(name, _)| name == repository::RULES)
            && let Err(error) = within.read_rules(folder)
        {
            self.cannot_read(folder.join(repository::RULES), error);
        }
        let (mut tracked, mut exposed, mut safe) = (Vec::new(), Vec::new(), Vec::new());
        let mut folders = Vec::new();
        for (name, kind) in entries {
            if kind.is_dir() {
                folders.extend(self.folder_within(folder, &within, &name));
                continue;
            }
            if !kind.is_file() && self.ignored == Ignored::Everything {
                let ignored = matches!(within.file(&name), Ok(GitState::Safe));
                match self.special(folder.join(&name), kind, ignored) {
                    Special::File => {}
                    Special::Folder(work) => {
                        folders.push(work);
                        continue;
                    }
                    Special::Nothing => continue,
                }
            } else if !kind.is_file() && (!kind.is_symlink() || !self.follows(Path::new(&name))) {
                // Only a link that is a `.env` is followed, and only by who wants that.
                let ignored = matches!(within.file(&name), Ok(GitState::Safe));
                if !kind.is_symlink() && (!ignored || self.is_wanted(&name)) {
                    self.cannot_read(folder.join(&name), not_regular());
                }
                continue;
            }
            match within.file(&name) {
                Ok(GitState::Tracked) => tracked.push(PathBuf::from(name)),
                Ok(GitState::Exposed) => exposed.push(PathBuf::from(name)),
                Ok(_) if self.is_wanted(&name) => safe.push(PathBuf::from(name)),
                Ok(_) => self.searched.ignored.files += 1,
                Err(error) => {
                    let path = folder.join(&name);
                    self.cannot_read(path.clone(), error);
                    self.search(path, GitState::Unknown);
                }
            }
        }
        self.queue.put(folders);
        self.search_files(folder, GitState::Tracked, tracked);
        self.search_files(folder, GitState::Exposed, exposed);
        self.search_files(folder, GitState::Safe, safe);
    }

    /// What is to be done about the folder `name` in a folder of a repository.
    fn folder_within(
        &mut self,
        folder: &Path,
        within: &repository::Folder,
        name: &OsStr,
    ) -> Vec<Work> {
        let path = folder.join(name);
        match (within.below(name), self.ignored) {
            ((below, Below::Own), _) => vec![Work::Within(path, below)],
            // Another repository; just a folder where it was not checked out.
            ((_, Below::Submodule), _) => vec![Work::Folder(path)],
            ((_, Below::Ignored), ignored) => {
                self.searched.ignored.folders += 1;
                match ignored {
                    Ignored::Nothing => Vec::new(),
                    Ignored::EnvFiles => vec![Work::Ignored(path)],
                    Ignored::EnvFilesAndBundles => self.ignored_output(&path),
                    Ignored::Everything => self.ignored_folder(path, name),
                }
            }
        }
    }

    /// What is to be searched of an ignored folder where everything is.
    fn ignored_folder(&mut self, path: PathBuf, name: &OsStr) -> Vec<Work> {
        if !DEPENDENCIES.iter().any(|dependencies| name == *dependencies) {
            return vec![Work::Everything(path, GitState::Safe)];
        }
        let work = self.ignored_output(&path);
        self.searched.left_out.push(path);
        work
    }

    /// What is to be done about what is neither a file nor a folder, where everything is
    /// searched; `ignored` says that git ignores it.
    fn special(&mut self, path: PathBuf, kind: FileType, ignored: bool) -> Special {
        let is_env = file_name::of(&path).is_some();
        if !kind.is_symlink() {
            // A program may get its variables through a pipe.
            if is_env {
                self.searched.unread.push((path, not_regular()));
            }
            return Special::Nothing;
        }
        let target = match path.canonicalize().and_then(|to| Ok((to.metadata()?, to))) {
            Ok(target) => target,
            Err(error) => {
                self.cannot_read_linked(path, error);
                return Special::Nothing;
            }
        };
        match target {
            (metadata, to) if metadata.is_file() => {
                // Inside it is searched by its own name.
                if is_env || !to.starts_with(self.root) { Special::File } else { Special::Nothing }
            }
            (metadata, to) if metadata.is_dir() => {
                if to.starts_with(self.root) {
                    return Special::Nothing;
                }
                // Build outputs and stores are linked like this, and a link may lead to all
                // there is.
                if ignored || self.root.starts_with(&to) {
                    self.searched.left_out.push(path);
                    return Special::Nothing;
                }
                let is_new = self.queue.lock().linked.insert(to);
                if is_new {
                    Special::Folder(Work::Everything(path, GitState::Unknown))
                } else {
                    Special::Nothing
                }
            }
            _ if is_env => {
                self.searched.unread.push((path, not_regular()));
                Special::Nothing
            }
            _ => Special::Nothing,
        }
    }

    /// What is to be searched of an ignored folder: what is built for browsers, and the
    /// `.env` files at its top.
    fn ignored_output(&mut self, path: &Path) -> Vec<Work> {
        let parts = bundles::in_output(path).into_iter();
        let mut work: Vec<_> = parts.map(|part| Work::Everything(part, GitState::Safe)).collect();
        let Ok(entries) = fs::read_dir(path) else { return work };
        let names = entries.filter_map(|entry| Some(PathBuf::from(entry.ok()?.file_name())));
        let env_files: Vec<_> = names.filter(|name| file_name::of(name).is_some()).collect();
        if !env_files.is_empty() {
            work.push(Work::Files(path.to_owned(), GitState::Safe, env_files));
        }
        work
    }

    fn list_ignored(&mut self, folder: &Path) {
        let (entries, _) = self.entries(folder);
        let (folders, files): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|(_, kind)| kind.is_dir());
        self.queue.put(folders.into_iter().map(|(name, _)| Work::Ignored(folder.join(name))));
        let wanted =
            files.into_iter().filter(|(name, kind)| !kind.is_symlink() && self.is_wanted(name));
        let (files, others): (Vec<_>, Vec<_>) = wanted.partition(|(_, kind)| kind.is_file());
        for (name, _) in others {
            self.cannot_read(folder.join(name), not_regular());
        }
        let files = files.into_iter().map(|(name, _)| PathBuf::from(name)).collect();
        self.search_files(folder, GitState::Safe, files);
    }

    /// Whether a file is searched although it is ignored.
    fn is_wanted(&self, name: &OsStr) -> bool {
        match self.ignored {
            Ignored::Nothing => false,
            Ignored::EnvFiles => name.as_encoded_bytes().starts_with(b".env"),
            Ignored::EnvFilesAndBundles => file_name::of(Path::new(name)).is_some(),
            Ignored::Everything => true,
        }
    }

    /// Whether the file at `path` is searched although it is a link.
    fn follows(&self, path: &Path) -> bool {
        match self.ignored {
            Ignored::Nothing | Ignored::EnvFiles => false,
            Ignored::EnvFilesAndBundles => file_name::of(path).is_some(),
            // Which links are followed was decided before.
            Ignored::Everything => true,
        }
    }

    /// Whether the link at `path` is called like a `.env`, and leads to what is neither a
    /// file nor a folder: it is not right, also where links are not followed.
    fn is_env_link_to_none(&self, path: &Path) -> bool {
        let is_none = |it: fs::Metadata| !it.is_file() && !it.is_dir();
        file_name::of(path).is_some() && fs::metadata(path).is_ok_and(is_none)
    }

    /// Has these files searched: the last of them at once, the others by who has time.
    fn search_files(&mut self, folder: &Path, git_state: GitState, mut files: Vec<PathBuf>) {
        while files.len() > BATCH {
            let batch = files.split_off(files.len() - BATCH);
            self.hand_over(folder, git_state, batch);
        }
        for name in files {
            self.search(folder.join(name), git_state);
        }
    }

    /// Lets another thread search these, unless there is enough to do for all.
    fn hand_over(&mut self, folder: &Path, git_state: GitState, names: Vec<PathBuf>) {
        let work = Work::Files(folder.to_owned(), git_state, names);
        let enough = self.queue.lock().work.len() >= BACKLOG;
        if enough { self.act(work) } else { self.queue.put([work]) }
    }

    fn search(&mut self, path: PathBuf, git_state: GitState) {
        let follows = self.follows(&path);
        let read = files::open_any(&path, follows).and_then(|mut file| {
            // A pipe is opened without a word, and without anything in it.
            if file_name::of(&path).is_some() && !file.metadata()?.is_file() {
                return Err(not_regular());
            }
            let length = fill(&mut file, &mut self.buffer)?;
            Ok((file, length))
        });
        let (mut file, length) = match read {
            Ok(read) => read,
            Err(error) => return self.cannot_read(path, error),
        };
        let text = &self.buffer[..length];
        // UTF-16 need not say that it is, and programs read what is called `.env`.
        let everything = self.ignored == Ignored::Everything;
        if !everything && is_binary(text) && file_name::of(&path).is_none() {
            self.searched.binary += 1;
            return;
        }
        self.searched.files += 1;
        let found = if length < self.buffer.len() {
            Ok(stream::in_text(self.finder, text))
        } else if file.metadata().is_ok_and(|metadata| metadata.len() >= stream::LARGE) {
            self.queue.lock().large.push((path, git_state));
            return;
        } else {
            file.rewind().and_then(|()| stream::in_reader(self.finder, file, false))
        };
        match found {
            Ok(found) => self.searched.note(&path, git_state, found),
            Err(error) => self.cannot_read(path, error),
        }
    }

    /// What a link leads to that is gone, or that leads in a circle, needs no search.
    fn cannot_read_linked(&mut self, path: PathBuf, error: io::Error) {
        if error.kind() != io::ErrorKind::NotFound && !is_loop(&error) {
            self.searched.unread.push((path, error));
        }
    }

    /// What is gone needs no search, and neither does what is no file: a link, a
    /// pipe, a socket. But a program may get its variables through a pipe that is called
    /// like a `.env`.
    fn cannot_read(&mut self, path: PathBuf, error: io::Error) {
        let gone = error.kind() == io::ErrorKind::NotFound;
        let other = || fs::symlink_metadata(&path).is_ok_and(|it| !it.is_file() && !it.is_dir());
        let is_env =
            || file_name::of(&path).is_some() && fs::metadata(&path).is_ok_and(|it| !it.is_dir());
        // Where everything is searched, such were sorted out before.
        if !gone && (self.ignored == Ignored::Everything || !other() || is_env()) {
            self.searched.unread.push((path, error));
        }
    }
}

fn not_regular() -> io::Error {
    io::Error::other("not a regular file")
}

/// What is to be done about something that is neither a file nor a folder.
enum Special {
    /// It is a link to a file that is to be searched.
    File,
    /// It leads to a folder.
    Folder(Work),
    /// There is nothing to be done.
    Nothing,
}

/// Whether an error says that links lead in a circle.
#[cfg(unix)]
fn is_loop(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

#[cfg(not(unix))]
fn is_loop(_: &io::Error) -> bool {
    false
}

fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

/// Whether a file that begins like this is left out of a tree: it has a zero,
/// and does not say of itself that it is UTF-16.
fn is_binary(text: &[u8]) -> bool {
    let beginning = &text[..text.len().min(BINARY_CHECK)];
    let says_utf_16 = beginning.starts_with(&[0xff, 0xfe]) || beginning.starts_with(&[0xfe, 0xff]);
    !says_utf_16 && memchr::memchr(0, beginning).is_some()
}
