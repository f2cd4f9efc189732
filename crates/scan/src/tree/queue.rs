//! What threads that search a folder still have to do.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::repository::{self, GitState};

/// Something to be done.
pub enum Work {
    /// A folder that may be a repository.
    Folder(PathBuf),
    /// A folder that is a repository, or may be in one.
    Repository(PathBuf),
    /// A folder of a repository that is read.
    Within(PathBuf, repository::Folder),
    /// An ignored folder, of which `.env` files are searched.
    Ignored(PathBuf),
    /// A folder of which all is searched, and how git sees the files in it.
    Everything(PathBuf, GitState),
    /// Files, by their names in a folder, and how git sees them.
    Files(PathBuf, GitState, Vec<PathBuf>),
}

/// What is left to be done, shared by all threads.
#[derive(Default)]
pub struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
pub struct State {
    /// What nobody works on yet.
    pub work: Vec<Work>,
    busy: usize,
    /// Files that all threads search together, at the end.
    pub large: Vec<(PathBuf, GitState)>,
    /// The folders outside that links were followed to.
    pub linked: HashSet<PathBuf>,
}

impl Queue {
    /// For what is to be changed at once.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds work.
    pub fn put(&self, work: impl IntoIterator<Item = Work>) {
        self.lock().work.extend(work);
        self.changed.notify_all();
    }

    /// The next work, waited for as long as another thread may bring some.
    pub fn take(&self) -> Option<Work> {
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

    /// Says that work which was taken is done.
    pub fn done(&self) {
        let mut state = self.lock();
        state.busy -= 1;
        if state.busy == 0 && state.work.is_empty() {
            self.changed.notify_all();
        }
    }
}
