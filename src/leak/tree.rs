//! Searching a folder: which of its files, and by several threads.
//!
//! In a repository git itself is asked for them: what it has or would add, which
//! takes in a file that is tracked although it is ignored. Elsewhere they are
//! all of them.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::bundles;
use super::finder::Finder;
use super::repository::{self, Asked};
use super::stream::{self, Found};
use crate::dotenv::file_name;
use crate::sinks::guards::GitState;

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
}

/// What came of a search.
#[derive(Debug, Default)]
pub struct Searched {
    /// The keys, in order of path and place.
    pub found: Vec<(PathBuf, Found)>,
    /// How git sees the files that have keys, of those that stand in a folder that was
    /// searched.
    pub standings: HashMap<PathBuf, GitState>,
    /// What could not be read, and why.
    pub unread: Vec<(PathBuf, io::Error)>,
    /// Repositories that git could not be asked about, all of whose files were
    /// searched.
    pub unasked: Vec<PathBuf>,
    /// How many files were searched.
    pub files: u64,
}

impl Searched {
    /// Adds what came of another search.
    pub fn add(&mut self, other: Self) {
        self.found.extend(other.found);
        self.standings.extend(other.standings);
        self.unread.extend(other.unread);
        self.unasked.extend(other.unasked);
        self.files += other.files;
    }

    fn note(&mut self, path: &Path, standing: GitState, found: Vec<Found>) {
        if !found.is_empty() {
            self.standings.insert(path.to_owned(), standing);
        }
        self.found.extend(found.into_iter().map(|found| (path.to_owned(), found)));
    }
}

/// Searches the files below `folder`. Links are not followed, binary files and
/// what git ignores left out, but for `ignored`.
pub fn in_folder(finder: &Finder, folder: &Path, ignored: Ignored) -> Searched {
    let in_repository = fs::canonicalize(folder)
        .is_ok_and(|path| path.ancestors().any(|it| it.join(".git").exists()));
    let first = if in_repository { Work::Repository } else { Work::Folder };
    let queue = Queue::default();
    queue.put([first(folder.to_owned())]);
    let work = || {
        let mut worker = Worker::new(finder, &queue, ignored);
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
    for (path, standing) in queue.lock().large.drain(..) {
        match open(&path, false).and_then(|mut file| stream::in_file(finder, &mut file)) {
            Ok(found) => searched.note(&path, standing, found),
            Err(error) => searched.unread.push((path, error)),
        }
    }
    let order = |one: &(PathBuf, Found), other: &(PathBuf, Found)| {
        (&one.0, &one.1.place).cmp(&(&other.0, &other.1.place))
    };
    searched.found.sort_by(order);
    searched.found.dedup_by(|one, other| order(one, other).is_eq());
    searched.unread.sort_by(|one, other| one.0.cmp(&other.0));
    searched.unread.dedup_by(|one, other| one.0 == other.0);
    searched
}

enum Work {
    /// A folder that may be a repository.
    Folder(PathBuf),
    /// A folder in a repository, of which git knows the files.
    Repository(PathBuf),
    /// A folder of which all is searched.
    Everything(PathBuf),
    /// Files, by their names in a folder, and how git sees them.
    Files(PathBuf, GitState, Vec<PathBuf>),
}

/// What is left to be done, shared by all threads.
#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    work: Vec<Work>,
    busy: usize,
    large: Vec<(PathBuf, GitState)>,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, work: impl IntoIterator<Item = Work>) {
        self.lock().work.extend(work);
        self.changed.notify_all();
    }

    /// The next work, waited for as long as another thread may bring some.
    fn take(&self) -> Option<Work> {
        let mut state = self.lock();
        loop {
            if let Some(work) = state.work.pop() {
                state.busy += 1;
                return Some(work);
            }
            if state.busy == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn done(&self) {
        let mut state = self.lock();
        state.busy -= 1;
        if state.busy == 0 && state.work.is_empty() {
            self.changed.notify_all();
        }
    }
}

struct Worker<'a> {
    finder: &'a Finder,
    queue: &'a Queue,
    ignored: Ignored,
    buffer: Vec<u8>,
    searched: Searched,
}

impl<'a> Worker<'a> {
    fn new(finder: &'a Finder, queue: &'a Queue, ignored: Ignored) -> Self {
        let buffer = vec![0; FIRST_READ];
        Self { finder, queue, ignored, buffer, searched: Searched::default() }
    }

    fn act(&mut self, work: Work) {
        match work {
            Work::Folder(folder) => self.list(folder, true),
            Work::Everything(folder) => self.list(folder, false),
            Work::Repository(folder) => self.ask_git(folder),
            Work::Files(folder, standing, names) => {
                for name in names {
                    self.search(folder.join(name), standing);
                }
            }
        }
    }

    /// Lists a folder, unless it is a repository and git is to be asked.
    fn list(&mut self, folder: PathBuf, git_knows: bool) {
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => return self.cannot_read(folder, error),
        };
        for entry in entries {
            let (name, kind) = match entry.and_then(|it| Ok((it.file_name(), it.file_type()?))) {
                Ok(entry) => entry,
                Err(error) => {
                    self.cannot_read(folder.clone(), error);
                    continue;
                }
            };
            if name == OsStr::new(".git") {
                if git_knows {
                    return self.queue.put([Work::Repository(folder)]);
                }
            } else if kind.is_dir() {
                let path = folder.join(name);
                folders.push(if git_knows { Work::Folder(path) } else { Work::Everything(path) });
            } else if kind.is_file() {
                files.push(PathBuf::from(name));
            }
        }
        if !folders.is_empty() {
            self.queue.put(folders);
        }
        while files.len() > BATCH {
            let batch = files.split_off(files.len() - BATCH);
            self.hand_over(&folder, GitState::Safe, batch);
        }
        self.act(Work::Files(folder, GitState::Safe, files));
    }

    fn ask_git(&mut self, folder: PathBuf) {
        let asked = match self.ignored {
            Ignored::Nothing => &[Asked::Own][..],
            Ignored::EnvFiles => &[Asked::Own, Asked::IgnoredEnvFiles],
            Ignored::EnvFilesAndBundles => &[Asked::Own, Asked::Ignored],
        };
        let mut count = 0;
        for asked in asked {
            match self.read_list(&folder, *asked) {
                Ok(listed) => count += listed,
                Err(_) => {
                    self.searched.unasked.push(folder.clone());
                    return self.queue.put([Work::Everything(folder)]);
                }
            }
        }
        // The folder was named although git ignores it as a whole.
        if count == 0 && !folder.join(".git").exists() {
            self.queue.put([Work::Everything(folder)]);
        }
    }

    /// Has the files searched that git lists, while it lists them. Gives how many.
    fn read_list(&mut self, folder: &Path, asked: Asked) -> io::Result<usize> {
        let (mut names, mut standing, mut count) = (Vec::new(), GitState::Safe, 0);
        repository::list(folder, asked, |state, name| {
            if asked == Asked::Ignored {
                return self.look_into_ignored(folder, name);
            }
            if state != standing || names.len() == BATCH {
                self.hand_over(folder, standing, std::mem::take(&mut names));
                standing = state;
            }
            names.push(name);
            count += 1;
        })?;
        self.hand_over(folder, standing, names);
        Ok(count)
    }

    /// Has what is wanted of an ignored file or folder searched.
    fn look_into_ignored(&mut self, folder: &Path, name: PathBuf) {
        let path = folder.join(&name);
        if !repository::is_folder(&name) {
            if file_name::of(&name).is_some() {
                self.hand_over(folder, GitState::Safe, vec![name]);
            }
            return;
        }
        self.queue.put(bundles::in_output(&path).into_iter().map(Work::Everything));
        let Ok(entries) = fs::read_dir(&path) else { return };
        let names = entries.filter_map(|entry| Some(PathBuf::from(entry.ok()?.file_name())));
        let env_files = names.filter(|name| file_name::of(name).is_some()).collect();
        self.hand_over(&path, GitState::Safe, env_files);
    }

    /// Lets another thread search these, unless there is enough to do for all.
    fn hand_over(&mut self, folder: &Path, standing: GitState, names: Vec<PathBuf>) {
        if names.is_empty() {
            return;
        }
        let work = Work::Files(folder.to_owned(), standing, names);
        let enough = self.queue.lock().work.len() >= BACKLOG;
        if enough { self.act(work) } else { self.queue.put([work]) }
    }

    fn search(&mut self, path: PathBuf, standing: GitState) {
        let follows = self.ignored == Ignored::EnvFilesAndBundles && file_name::of(&path).is_some();
        let read = open(&path, follows).and_then(|mut file| {
            let length = fill(&mut file, &mut self.buffer)?;
            Ok((file, length))
        });
        let (mut file, length) = match read {
            Ok(read) => read,
            // git names folders that are repositories of their own.
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
                return self.queue.put([Work::Folder(path)]);
            }
            Err(error) => return self.cannot_read(path, error),
        };
        let text = &self.buffer[..length];
        // UTF-16 need not say that it is, and programs read what is called `.env`.
        if is_binary(text) && file_name::of(&path).is_none() {
            return;
        }
        self.searched.files += 1;
        let found = if length < self.buffer.len() {
            Ok(stream::in_text(self.finder, text))
        } else if file.metadata().is_ok_and(|metadata| metadata.len() >= stream::LARGE) {
            self.queue.lock().large.push((path, standing));
            return;
        } else {
            file.rewind().and_then(|()| stream::in_reader(self.finder, file, false))
        };
        match found {
            Ok(found) => self.searched.note(&path, standing, found),
            Err(error) => self.cannot_read(path, error),
        }
    }

    /// What is gone needs no search, and neither does what is no file: a link, a
    /// pipe, a socket.
    fn cannot_read(&mut self, path: PathBuf, error: io::Error) {
        let gone = error.kind() == io::ErrorKind::NotFound;
        let other = || fs::symlink_metadata(&path).is_ok_and(|it| !it.is_file() && !it.is_dir());
        if !gone && !other() {
            self.searched.unread.push((path, error));
        }
    }
}

/// Opens a file that may have become something else since it was listed; a link only
/// where it `follows` such.
fn open(path: &Path, follows: bool) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let mut flags = rustix::fs::OFlags::NONBLOCK;
        flags.set(rustix::fs::OFlags::NOFOLLOW, !follows);
        options.custom_flags(flags.bits().cast_signed());
    }
    options.open(path)
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
