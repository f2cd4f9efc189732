//! What a rotation has done so far, on disk: one [`journal::Journal`] for each old key, so
//! that two processes can't rotate one. It holds ids, hashes and steps, and no key. One that
//! can be locked is a rotation that waits to be resumed.

use std::fs;
use std::io::{self, ErrorKind};
use std::iter;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use super::plan::{Instructions, Plan};
use super::state::{self, Event, State};
use crate::journal::{self, OpenError};
use crate::listed_key::ListedKey;

/// How long a lock is waited for before its holder counts as working: who looks at the
/// rotations holds each for a moment.
const PATIENCE: Duration = Duration::from_millis(100);

/// One line, but for the first.
#[derive(Serialize, Deserialize)]
struct Entry {
    event: Event,
    /// This machine's clock, for people.
    at: Timestamp,
    /// The service's clock, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    server_time: Option<i64>,
    /// The new key, where it has just been made.
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<ListedKey>,
    /// Which of the destinations are given up, by their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left: Vec<usize>,
    /// Whether something that reads the destinations was told of the new key.
    #[serde(default)]
    in_use: bool,
    /// What was known of a key's use when the other key replaced it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_call: Option<LastCall>,
}

/// One line, where that is what has been said since.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// Further files that may keep the old key.
    pub ignored: Vec<PathBuf>,
    /// How long the old key must have been idle from now on, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_idle: Option<u64>,
    /// How long the logs may take to show the new key at work, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_used: Option<u64>,
    /// The command that deploys the new key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deploy: Option<String>,
    /// The command that tries the new key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify_with: Option<String>,
    /// To wait until the gateway refuses the old key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wait: bool,
    /// That a person has put the old key back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_key_restored: Option<Word>,
}

/// What was known when a person said that the old key is back where only they could put it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// The service's clock then.
    pub at: Option<Timestamp>,
    /// The last call with the new key.
    pub last_call: Option<LastCall>,
}

/// What a journal says, line by line.
type Lines = journal::Lines<Plan, Line>;

/// Any line but the first, which is the [`Plan`].
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Entry(Box<Entry>),
    Said(Said),
}

/// The last call with a key that the usage logs knew when the other key replaced it: the
/// new one was stored or, on the way back, the old one restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastCall {
    /// When it was made, by the service's clock; `None` if they knew none.
    pub at: Option<Timestamp>,
}

/// What a journal says.
#[derive(Clone, Debug)]
pub struct Progress {
    /// What is to be done.
    pub plan: Plan,
    /// How far it has come.
    pub state: State,
    /// The replacement, as soon as there is one.
    pub new: Option<ListedKey>,
    /// When its first step was taken, by this machine's clock.
    pub begun: Timestamp,
    /// When the last step was taken, likewise.
    pub since: Timestamp,
    /// When the new key was deployed, by the service's clock, in seconds since
    /// 1970.
    pub deployed_at: Option<i64>,
    /// Whether something may be using the new key.
    pub in_use: bool,
    /// When the old key was restored, by the service's clock.
    pub restored_at: Option<Timestamp>,
    /// The last call with the key that is to be revoked before the other one took its
    /// destination, where the usage logs could be asked then.
    pub last_call: Option<LastCall>,
    /// Whether a person has said that the old key is back (`--old-key-restored`): the two
    /// above count from then.
    pub has_word: bool,
}

/// A rotation that this process holds.
#[derive(Debug)]
pub struct Journal {
    journal: journal::Journal,
    /// What it says.
    pub progress: Progress,
}

/// Why a rotation can't be had.
#[derive(Debug)]
pub enum Unavailable {
    /// There is none of that key.
    None,
    /// Another process is at it.
    Running,
    /// There is one already.
    Open(Box<Progress>),
    /// The file at this path can't be understood.
    Damaged(PathBuf),
    /// Any error of the file system.
    Failed(io::Error),
}

impl From<io::Error> for Unavailable {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl Unavailable {
    fn of(error: OpenError, path: PathBuf) -> Self {
        match error {
            OpenError::Missing => Self::None,
            OpenError::Held(_) => Self::Running,
            OpenError::Damaged(_) => Self::Damaged(path),
            OpenError::Failed(error) => Self::Failed(error),
        }
    }
}

/// A rotation, as it is listed.
#[derive(Debug)]
pub struct Found {
    /// Its file.
    pub path: PathBuf,
    /// What the file says, unless it can't be understood.
    pub progress: Option<Progress>,
    /// Whether a process is at it.
    pub running: bool,
}

impl Journal {
    /// Writes down what is to be done. On disk when this returns.
    ///
    /// # Errors
    /// [`Unavailable`]: at most one rotation of a key is open.
    pub fn begin(state: &Path, plan: Plan) -> Result<Self, Unavailable> {
        match journal::Journal::create(&folder(state), &name_of(plan.old.id), &plan) {
            Ok(journal) => Ok(Self { journal, progress: Progress::of(plan) }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Err(match Self::take(state, plan.old.id) {
                    Ok(journal) => Unavailable::Open(Box::new(journal.progress)),
                    Err(unavailable) => unavailable,
                })
            }
            Err(error) => Err(Unavailable::Failed(error)),
        }
    }

    /// The open rotation of the key `old`.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub fn take(state: &Path, old: Uuid) -> Result<Self, Unavailable> {
        let path = path_of(state, old);
        let opened = journal::Journal::open(&path, PATIENCE);
        let (journal, lines) = opened.map_err(|error| Unavailable::of(error, path.clone()))?;
        match Progress::replay(lines).filter(|progress| progress.plan.old.id == old) {
            Some(progress) => Ok(Self { journal, progress }),
            None => Err(Unavailable::Damaged(path)),
        }
    }

    /// Notes what has happened. On disk when this returns.
    ///
    /// # Errors
    /// Any error of the file system: it has happened all the same, as whoever resumes will find
    /// out. And where it can't happen in this state.
    pub fn note(&mut self, event: Event, details: Details) -> io::Result<()> {
        let state = state::next(self.progress.state, event).map_err(io::Error::other)?;
        let Details { server_time, new, left, in_use, last_call } = details;
        let at = Timestamp::now();
        let entry = Entry { event, at, server_time, new, left, in_use, last_call };
        self.journal.append(&entry)?;
        self.progress.apply(entry, state);
        Ok(())
    }

    /// Notes what has been said since the beginning. On disk when this returns.
    ///
    /// # Errors
    /// Any error of the file system.
    pub fn note_said(&mut self, said: Said) -> io::Result<()> {
        self.journal.append(&said)?;
        self.progress.apply_said(said);
        Ok(())
    }

    /// Ends the rotation.
    ///
    /// # Errors
    /// Any error of the file system.
    pub fn close(self) -> io::Result<()> {
        self.journal.close()
    }
}

/// What some events come with.
#[derive(Debug, Default)]
pub struct Details {
    /// The service's clock, in seconds since 1970.
    pub server_time: Option<i64>,
    /// The new key.
    pub new: Option<ListedKey>,
    /// Which of the destinations are given up, by their numbers.
    pub left: Vec<usize>,
    /// Whether something that reads the destinations was told of the new key.
    pub in_use: bool,
    /// What was known of a key's use when the other key replaced it.
    pub last_call: Option<LastCall>,
}

impl Progress {
    /// The old key and, as soon as there is one, the new one.
    pub fn keys(&self) -> impl Iterator<Item = &ListedKey> {
        iter::once(&self.plan.old).chain(&self.new)
    }

    /// The key that the rotation is about to revoke, by the way that it goes: `None` on the
    /// way back from where there is no new key.
    pub fn doomed(&self) -> Option<&ListedKey> {
        if self.state.is_aborting() { self.new.as_ref() } else { Some(&self.plan.old) }
    }

    fn of(plan: Plan) -> Self {
        let now = Timestamp::now();
        let state = State::Planned;
        let (begun, since) = (now, now);
        Self {
            plan,
            state,
            new: None,
            begun,
            since,
            deployed_at: None,
            in_use: false,
            restored_at: None,
            last_call: None,
            has_word: false,
        }
    }

    /// Replays a journal: through the same function that the work goes through. `None` if it can't
    /// have been written by it.
    fn replay(lines: Lines) -> Option<Self> {
        let mut progress = Self::of(lines.header);
        for line in lines.entries {
            match line {
                Line::Entry(entry) => {
                    let state = state::next(progress.state, entry.event).ok()?;
                    progress.apply(*entry, state);
                }
                Line::Said(said) => progress.apply_said(said),
            }
        }
        let needs_new = !matches!(progress.state, State::Planned) && !progress.state.is_aborting();
        let complete = progress.new.is_some() || !needs_new || progress.state == State::Aborted;
        complete.then_some(progress)
    }

    fn apply_said(&mut self, said: Said) {
        let instructions = &mut self.plan.instructions;
        instructions.ignored.extend(said.ignored);
        if said.deploy.is_some() {
            (instructions.deploy, instructions.no_deploy) = (said.deploy, false);
        }
        if said.verify_with.is_some() {
            (instructions.verify_with, instructions.until_used) = (said.verify_with, None);
        }
        instructions.wait |= said.wait;
        instructions.until_idle = said.until_idle.or(instructions.until_idle);
        instructions.until_used = said.until_used.or(instructions.until_used);
        if let Some(Word { at, last_call }) = said.old_key_restored {
            self.has_word = true;
            (self.restored_at, self.last_call) = (at, last_call);
        }
    }

    fn apply(&mut self, entry: Entry, state: State) {
        if self.state == State::Planned {
            self.begun = entry.at;
        }
        self.state = state;
        self.since = entry.at;
        if entry.new.is_some() {
            self.new = entry.new;
        }
        if entry.event == Event::Deployed {
            self.deployed_at = entry.server_time;
        }
        if entry.event == Event::AbortBegun {
            self.has_word = false;
        }
        if matches!(entry.event, Event::Stored | Event::Restored) {
            self.last_call = entry.last_call;
        }
        if entry.event == Event::Restored {
            let time = entry.server_time.and_then(|time| Timestamp::from_second(time).ok());
            self.restored_at = time;
        }
        self.in_use |= entry.in_use;
        let mut number = 0;
        self.plan.destinations.retain(|_| {
            number += 1;
            !entry.left.contains(&(number - 1))
        });
    }
}

/// All open rotations, by the time of their last step.
///
/// # Errors
/// If the folder can't be listed.
pub fn all(state: &Path) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for path in journal::paths_in(&folder(state))? {
        if !journal::is_file(&path) {
            found.push(Found { path, progress: None, running: false });
            continue;
        }
        let seen = journal::peek(&path)?;
        let mut progress = seen.lines.and_then(Progress::replay);
        // A plan has no time in it; nothing was written since.
        if let Some(progress) = progress.as_mut().filter(|it| it.state == State::Planned)
            && let Ok(written) = Timestamp::try_from(seen.written)
        {
            (progress.begun, progress.since) = (written, written);
        }
        found.push(Found { path, progress, running: seen.held });
    }
    found.sort_by_key(|found| found.progress.as_ref().map(|progress| progress.since));
    Ok(found)
}

/// Whether there is a journal of the rotation of the key `old`.
pub fn exists(state: &Path, old: Uuid) -> bool {
    fs::symlink_metadata(path_of(state, old)).is_ok()
}

fn folder(state: &Path) -> PathBuf {
    state.join("rotations")
}

fn path_of(state: &Path, old: Uuid) -> PathBuf {
    folder(state).join(name_of(old))
}

fn name_of(old: Uuid) -> String {
    format!("{old}.jsonl")
}
