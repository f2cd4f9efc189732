//! The record of one creation on disk: what is intended, before the request;
//! the key itself, as soon as there is one. It is gone once the key is where
//! it belongs.
//!
//! One [`Journal`] a creation.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

use super::issued;
use crate::destinations::Destination;
use crate::disk::{self, lock};
use crate::failure::SuggestedCommand;
use crate::journal::{self, Journal, OpenError};
use crate::listed_key::NewKey;
use crate::ops::rotate::suggestions;
use crate::secret::Secret;

/// What the file of a record begins with that belongs to a rotation: it is brought to the end by
/// that, and by nobody else.
const OF_ROTATION: &str = "rotation-";

/// What is about to be asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Intent {
    /// The project that the key is for.
    pub project: Uuid,
    /// The key that is to be made.
    pub key: NewKey,
    /// Where it is to be put.
    pub destinations: Vec<Destination>,
    /// The live keys before the request: anything else may be this one.
    pub known: Vec<Uuid>,
    /// The service's clock before the request, in seconds since 1970.
    pub server_time: Option<i64>,
    /// This machine's clock before the request, in seconds since 1970.
    pub started_at: i64,
    /// How long the request may have been on its way, in seconds.
    pub timeout: u64,
    /// The key that this one is to replace, where a rotation makes it.
    #[serde(default)]
    pub rotation: Option<Uuid>,
}

impl Intent {
    /// The command that finds out what came of it.
    pub fn resume(&self) -> SuggestedCommand {
        match self.rotation {
            Some(old) => suggestions::resume(old),
            None => SuggestedCommand::cencori(["keys", "create", "--resume"]),
        }
    }

    fn file_name(&self) -> String {
        let id = Uuid::new_v4();
        match self.rotation {
            Some(old) => format!("{OF_ROTATION}{old}-{id}.jsonl"),
            None => format!("{id}.jsonl"),
        }
    }
}

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
enum Header {
    Intended(Intent),
}

/// One of the others.
#[derive(Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
enum Entry {
    /// The request ended without a usable answer, so many milliseconds after
    /// it began.
    GivenUp { after: u64 },
    /// The key is about to be given to something that can't be asked whether it
    /// has it.
    Disclosed,
    /// The only copy of a key, until it is where it belongs.
    Issued {
        id: Uuid,
        #[serde(serialize_with = "written")]
        key: Secret,
    },
    /// The key that it replaces, so that it can be put back.
    Replaced {
        #[serde(serialize_with = "written")]
        key: Secret,
    },
}

/// The key leaves its type here, for the journal's line.
fn written<S: Serializer>(key: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(key.expose())
}

/// A record that this process holds.
#[derive(Debug)]
pub struct Record {
    journal: Journal,
    /// What was intended.
    pub intent: Intent,
    /// The key that came of it.
    pub issued: Option<(Uuid, Secret)>,
    /// How long the request was under way, where its process could tell.
    pub given_up: Option<Duration>,
    /// Whether something that can't be asked may have the key.
    pub disclosed: bool,
    /// The key that it replaces.
    pub replaced: Option<Secret>,
}

impl Record {
    /// Writes down what is intended. On disk when this returns.
    ///
    /// # Errors
    /// Any error of the file system; nothing may be asked for then.
    pub fn begin(state: &Path, intent: Intent) -> io::Result<Self> {
        let folder = folder(state);
        issued::check(&folder)?;
        issued::forget_if_quiet(&folder)?;
        let header = Header::Intended(intent.clone());
        Ok(Self::of(Journal::create(&folder, &intent.file_name(), &header)?, intent))
    }

    /// Keeps the key. On disk when this returns.
    ///
    /// # Errors
    /// Any error of the file system; the key is only in memory then.
    pub fn issued(&mut self, id: Uuid, key: &Secret) -> io::Result<()> {
        self.journal.append(&Entry::Issued { id, key: key.clone() })?;
        self.issued = Some((id, key.clone()));
        // Where this note is lost, another run may name the key as one that it
        // can't account for, or revoke it: worth an error, though not of this key.
        issued::note(disk::folder_of(self.journal.path()), id)
    }

    /// Notes that no usable answer came.
    ///
    /// # Errors
    /// Any error of the file system.
    pub fn given_up(&mut self, after: Duration) -> io::Result<()> {
        self.given_up = Some(after);
        self.journal
            .append(&Entry::GivenUp { after: u64::try_from(after.as_millis()).unwrap_or(u64::MAX) })
    }

    /// Notes that the key is about to be given to something that can't be asked
    /// whether it has it.
    ///
    /// # Errors
    /// Any error of the file system.
    pub fn mark_disclosed(&mut self) -> io::Result<()> {
        self.disclosed = true;
        self.journal.append(&Entry::Disclosed)
    }

    /// Keeps the key that this one is about to replace. On disk when this
    /// returns.
    ///
    /// # Errors
    /// Any error of the file system; the old value must not be touched then.
    pub fn replacing(&mut self, key: &Secret) -> io::Result<()> {
        self.journal.append(&Entry::Replaced { key: key.clone() })?;
        self.replaced = Some(key.clone());
        Ok(())
    }

    /// Takes the record out of its rotation, which goes on without it: a later
    /// `keys create` finds out what came of the request.
    ///
    /// # Errors
    /// Any error of the file system.
    pub fn release(self) -> io::Result<()> {
        let name = name_of(self.journal.path());
        let name = name.strip_prefix(OF_ROTATION).unwrap_or(&name).to_owned();
        self.journal.release_as(&name)
    }

    /// Ends the record: the key is where it belongs, or is no more.
    ///
    /// # Errors
    /// Any error of the file system; a later run will look at it again.
    pub fn close(self) -> io::Result<()> {
        self.journal.close()
    }

    /// The ids of keys that runs on this machine were given meanwhile: none of
    /// them is what this record asked for.
    pub fn issued_to_others(&self) -> Vec<Uuid> {
        issued::all(disk::folder_of(self.journal.path()))
    }

    fn of(journal: Journal, intent: Intent) -> Self {
        Self { journal, intent, issued: None, given_up: None, disclosed: false, replaced: None }
    }
}

/// Records without a living process, of any project, and the paths of files
/// among them that can't be understood.
///
/// # Errors
/// If the folder can't be listed, or a record may not be read or trusted; no folder at all is no
/// error.
pub fn abandoned(state: &Path) -> io::Result<(Vec<Record>, Vec<PathBuf>)> {
    let (mut records, mut damaged) = (Vec::new(), Vec::new());
    for path in records_in(state, |name| !name.starts_with(OF_ROTATION))? {
        match open(&path, Duration::ZERO) {
            Ok(record) => records.push(record),
            Err(OpenError::Missing | OpenError::Held(_)) => {}
            Err(OpenError::Failed(error)) if disk::is_refused(&error) => return Err(error),
            Err(OpenError::Failed(_) | OpenError::Damaged(_)) => damaged.push(path),
        }
    }
    Ok((records, damaged))
}

/// The records of the rotation of the key `old`. Only who holds the rotation may
/// ask for them: that others hold one is not expected, and waited for.
///
/// # Errors
/// If one of them can't be read or understood; a key may be in it.
pub fn of_rotation(state: &Path, old: Uuid) -> io::Result<Vec<Record>> {
    let start = format!("{OF_ROTATION}{old}-");
    let mut records = Vec::new();
    for path in records_in(state, |name| name.starts_with(&start))? {
        match open(&path, lock::PATIENCE) {
            Ok(record) => records.push(record),
            Err(OpenError::Missing) => {}
            Err(OpenError::Held(error) | OpenError::Failed(error) | OpenError::Damaged(error)) => {
                return Err(error);
            }
        }
    }
    Ok(records)
}

/// Removes what is left of the records of the rotation of the key `old`, whatever
/// state they are in: the rotation is over.
///
/// # Errors
/// Any error of the file system.
pub fn remove_of_rotation(state: &Path, old: Uuid) -> io::Result<()> {
    let records = without_journal(state, |other| other != old)?;
    records.iter().try_for_each(|(_, path)| disk::remove_file(path))
}

/// The records of rotations of which `has_journal` does not know, each with the id of
/// its old key.
///
/// # Errors
/// If the folder can't be listed.
pub fn without_journal(
    state: &Path,
    has_journal: impl Fn(Uuid) -> bool,
) -> io::Result<Vec<(Uuid, PathBuf)>> {
    let mut found = Vec::new();
    for path in records_in(state, |name| name.starts_with(OF_ROTATION))? {
        let name = name_of(&path);
        let old = name.strip_prefix(OF_ROTATION).and_then(|rest| rest.get(..36)?.parse().ok());
        found.extend(old.filter(|old| !has_journal(*old)).map(|old| (old, path)));
    }
    Ok(found)
}

/// The files of the records whose names `are_meant`.
fn records_in(state: &Path, are_meant: impl Fn(&str) -> bool) -> io::Result<Vec<PathBuf>> {
    let mut paths = journal::paths_in(&folder(state))?;
    paths.retain(|path| journal::is_file(path) && are_meant(&name_of(path)));
    Ok(paths)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn open(path: &Path, patience: Duration) -> Result<Record, OpenError> {
    let (journal, lines) = Journal::open(path, patience)?;
    let Header::Intended(intent) = lines.header;
    let mut record = Record::of(journal, intent);
    for entry in lines.entries {
        match entry {
            Entry::Issued { id, key } => record.issued = Some((id, key)),
            Entry::GivenUp { after } => record.given_up = Some(Duration::from_millis(after)),
            Entry::Disclosed => record.disclosed = true,
            Entry::Replaced { key } => record.replaced = Some(key),
        }
    }
    Ok(record)
}

fn folder(state: &Path) -> PathBuf {
    state.join("creations")
}
