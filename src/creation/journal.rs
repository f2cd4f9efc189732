//! The record of one creation on disk: what is intended, before the request;
//! the key itself, as soon as there is one. It is gone once the key is where
//! it belongs.
//!
//! One file a creation, a JSON document a line, only ever appended to and
//! synced. The file is locked while its process lives; a record that can be
//! locked is one that somebody has to finish.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::issued;
use crate::checkpoint;
use crate::disk::trust::{self, Writers};
use crate::disk::{self, Folder, lock};
use crate::failure::SuggestedCommand;
use crate::listed_key::NewKey;
use crate::rotation::suggestions;
use crate::secret::Secret;
use crate::sinks::Destination;

/// What the file of a record begins with that belongs to a rotation: it is
/// brought to its end by that, and by nobody else.
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

#[derive(Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
enum Entry {
    Intended(Intent),
    /// The request ended without a usable answer, so many milliseconds after
    /// it began.
    GivenUp {
        after: u64,
    },
    /// The key is about to be given to something that can't be asked whether it
    /// has it.
    Disclosed,
    /// The only copy of a key, until it is where it belongs.
    Issued {
        id: Uuid,
        #[serde(serialize_with = "written")]
        key: Secret,
    },
    /// The key whose place it takes, so that it can be put back.
    Replaced {
        #[serde(serialize_with = "written")]
        key: Secret,
    },
}

/// The key leaves its type here, for the journal's line.
fn written<S: Serializer>(key: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(key.expose())
}

impl Entry {
    /// Its line of JSON. No memory that held it is given up before it is cleared: a
    /// buffer that grew would leave a key behind, so that there is room at once.
    fn line(&self) -> serde_json::Result<Zeroizing<Vec<u8>>> {
        // An escape makes a character six times as long; names stand beside no key.
        let room = match self {
            Self::Issued { key, .. } | Self::Replaced { key } => 6 * key.expose().len(),
            Self::Intended(_) | Self::GivenUp { .. } | Self::Disclosed => 0,
        };
        let mut line = Zeroizing::new(Vec::with_capacity(256 + room));
        serde_json::to_writer(&mut *line, self)?;
        Ok(line)
    }
}

/// A record that this process holds.
#[derive(Debug)]
pub struct Record {
    file: File,
    path: PathBuf,
    /// What was intended.
    pub intent: Intent,
    /// The key that came of it.
    pub issued: Option<(Uuid, Secret)>,
    /// How long the request was under way, where its process could tell.
    pub given_up: Option<Duration>,
    /// Whether something that can't be asked may have the key.
    pub disclosed: bool,
    /// The key whose place it takes.
    pub replaced: Option<Secret>,
}

impl Record {
    /// Writes down what is intended. On disk when this returns.
    ///
    /// # Errors
    /// Whatever the file system says; nothing may be asked for then.
    pub fn begin(state: &Path, intent: Intent) -> io::Result<Self> {
        let folder = folder(state);
        disk::create_private_folder(&folder)?;
        trust::check_path(&folder, Writers::Owner)?;
        issued::check(&folder)?;
        issued::forget_if_quiet(&folder)?;
        // Complete and locked before it has its name, so that no other process can
        // take it for abandoned.
        let name = intent.file_name();
        let opened = Folder::open(&folder)?;
        let mut unseen = opened.unseen()?;
        unseen.file.try_lock()?;
        disk::append_line(&mut unseen.file, &Entry::Intended(intent.clone()).line()?)?;
        let file = unseen.place(name.as_ref())?;
        checkpoint::pass();
        opened.sync()?;
        Ok(Self::of(file, folder.join(name), intent))
    }

    /// Keeps the key. On disk when this returns.
    ///
    /// # Errors
    /// Whatever the file system says; the key is only in memory then.
    pub fn issued(&mut self, id: Uuid, key: &Secret) -> io::Result<()> {
        self.append(&Entry::Issued { id, key: key.clone() })?;
        self.issued = Some((id, key.clone()));
        // Where this note is lost, another run may name the key as one that it
        // can't account for, or revoke it: worth an error, though not of this key.
        issued::note(disk::folder_of(&self.path), id)
    }

    /// Notes that no usable answer came.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn given_up(&mut self, after: Duration) -> io::Result<()> {
        self.given_up = Some(after);
        self.append(&Entry::GivenUp { after: u64::try_from(after.as_millis()).unwrap_or(u64::MAX) })
    }

    /// Notes that the key is about to be given to something that can't be asked
    /// whether it has it.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn mark_disclosed(&mut self) -> io::Result<()> {
        self.disclosed = true;
        self.append(&Entry::Disclosed)
    }

    /// Keeps the key whose place this one is about to take. On disk when this
    /// returns.
    ///
    /// # Errors
    /// Whatever the file system says; its place must not be touched then.
    pub fn replacing(&mut self, key: &Secret) -> io::Result<()> {
        self.append(&Entry::Replaced { key: key.clone() })?;
        self.replaced = Some(key.clone());
        Ok(())
    }

    /// Takes the record out of its rotation, which goes on without it: a later
    /// `keys create` finds out what came of the request.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn release(self) -> io::Result<()> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.strip_prefix(OF_ROTATION).unwrap_or(&name).to_owned();
        fs::rename(&self.path, self.path.with_file_name(name))
    }

    /// Ends the record: the key is where it belongs, or is no more.
    ///
    /// # Errors
    /// Whatever the file system says; a later run will look at it again.
    pub fn close(self) -> io::Result<()> {
        disk::remove_file(&self.path)
    }

    /// The ids of keys that runs on this machine were given meanwhile: none of
    /// them is what this record asked for.
    pub fn issued_to_others(&self) -> Vec<Uuid> {
        issued::all(disk::folder_of(&self.path))
    }

    fn of(file: File, path: PathBuf, intent: Intent) -> Self {
        Self { file, path, intent, issued: None, given_up: None, disclosed: false, replaced: None }
    }

    fn append(&mut self, entry: &Entry) -> io::Result<()> {
        disk::append_line(&mut self.file, &entry.line()?)
    }
}

/// Records without a living process, of any project, and the paths of files
/// among them that can't be understood.
///
/// # Errors
/// Where the folder can't be listed, or a record may not be read or trusted; no folder
/// at all is no error.
pub fn abandoned(state: &Path) -> io::Result<(Vec<Record>, Vec<PathBuf>)> {
    let (mut records, mut damaged) = (Vec::new(), Vec::new());
    for path in disk::paths_in(&folder(state))? {
        if disk::is_journal(&path) && !is_of_rotation(&path) {
            match open(&path, |file| Ok(file.try_lock().is_ok())) {
                Ok(Some(record)) => records.push(record),
                Ok(None) => {}
                Err(error) if disk::is_refused(&error) => return Err(error),
                Err(_) => damaged.push(path),
            }
        }
    }
    Ok((records, damaged))
}

/// The records of the rotation of the key `old`. Only who holds the rotation may
/// ask for them: that others hold one is not expected, and waited for.
///
/// # Errors
/// Where one of them can't be read or understood; a key may be in it.
pub fn of_rotation(state: &Path, old: Uuid) -> io::Result<Vec<Record>> {
    let start = format!("{OF_ROTATION}{old}-");
    let mut records = Vec::new();
    for path in disk::paths_in(&folder(state))? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if disk::is_journal(&path) && name.starts_with(&start) {
            let locked = |file: &File| lock::acquire(file, &path, lock::PATIENCE);
            records.extend(open(&path, locked)?);
        }
    }
    Ok(records)
}

/// Removes what is left of the records of the rotation of the key `old`, whatever
/// state they are in: the rotation is over.
///
/// # Errors
/// Whatever the file system says.
pub fn remove_of_rotation(state: &Path, old: Uuid) -> io::Result<()> {
    let records = without_journal(state, |other| other != old)?;
    records.iter().try_for_each(|(_, path)| disk::remove_file(path))
}

/// The records of rotations of which `has_journal` does not know, each with the id of
/// its old key.
///
/// # Errors
/// Where the folder can't be listed.
pub fn without_journal(
    state: &Path,
    has_journal: impl Fn(Uuid) -> bool,
) -> io::Result<Vec<(Uuid, PathBuf)>> {
    let mut found = Vec::new();
    for path in disk::paths_in(&folder(state))? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let old = name.strip_prefix(OF_ROTATION).and_then(|rest| rest.get(..36)?.parse().ok());
        if let Some(old) = old.filter(|old| disk::is_journal(&path) && !has_journal(*old)) {
            found.push((old, path));
        }
    }
    Ok(found)
}

fn is_of_rotation(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().starts_with(OF_ROTATION)
}

/// `None` where `locked` says that it could not be locked because its process
/// lives, or where that has just ended it. An error names the file.
fn open(path: &Path, locked: impl FnOnce(&File) -> io::Result<bool>) -> io::Result<Option<Record>> {
    let named = |error: io::Error| match error.get_ref() {
        // It names the file itself.
        Some(_) => error,
        None => io::Error::new(error.kind(), format!("{} can't be read: {error}", path.display())),
    };
    let file = match disk::open_state(path, OpenOptions::new().read(true).append(true)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(named(error)),
    };
    if !locked(&file)? || !path.exists() {
        return Ok(None);
    }
    read(file, path).map(Some).map_err(|error| {
        io::Error::new(error.kind(), format!("{} can't be read: {error}", path.display()))
    })
}

fn read(mut file: File, path: &Path) -> io::Result<Record> {
    let mut entries = Vec::new();
    for line in disk::repaired_lines(&mut file)?.lines() {
        entries.push(serde_json::from_str::<Entry>(line)?);
    }
    let mut entries = entries.into_iter();
    let Some(Entry::Intended(intent)) = entries.next() else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "no intent"));
    };
    let mut record = Record::of(file, path.to_owned(), intent);
    for entry in entries {
        match entry {
            Entry::Issued { id, key } => record.issued = Some((id, key)),
            Entry::GivenUp { after } => record.given_up = Some(Duration::from_millis(after)),
            Entry::Disclosed => record.disclosed = true,
            Entry::Replaced { key } => record.replaced = Some(key),
            Entry::Intended(_) => {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "two intents"));
            }
        }
    }
    Ok(record)
}

fn folder(state: &Path) -> PathBuf {
    state.join("creations")
}

#[cfg(test)]
mod tests;
