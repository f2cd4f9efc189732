//! The record of one creation on disk: what is intended, before the request;
//! the key itself, as soon as there is one. It is gone once the key is where
//! it belongs.
//!
//! One file a creation, a JSON document a line, only ever appended to and
//! synced. The file is locked while its process lives; a record that can be
//! locked is one that somebody has to finish.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::NewKey;
use crate::disk;
use crate::secret::Secret;
use crate::sinks::Destination;

/// The file beside the records that says which keys runs on this machine were
/// given, an id a line. Looking for the key of a lost answer, they are told
/// apart by it.
const ISSUED: &str = "issued";

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
    Handed,
    /// The only copy of a key, until it is where it belongs.
    Issued {
        id: Uuid,
        key: String,
    },
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
    pub handed: bool,
}

impl Record {
    /// Writes down what is intended. On disk when this returns.
    ///
    /// # Errors
    /// Whatever the file system says; nothing may be asked for then.
    pub fn begin(state: &Path, intent: Intent) -> io::Result<Self> {
        let folder = folder(state);
        disk::create_private_folder(&folder)?;
        if is_quiet(&folder)? {
            let _ = fs::remove_file(folder.join(ISSUED));
        }
        let id = Uuid::new_v4();
        // Locked under a name that nobody looks for, so that no other process
        // can take it for abandoned before it is.
        let unseen = folder.join(format!("{id}.new"));
        let path = folder.join(format!("{id}.jsonl"));
        let file = disk::create_private_file(&unseen)?;
        file.try_lock()?;
        let mut record = Self { file, path, intent, issued: None, given_up: None, handed: false };
        let result = record
            .append(&Entry::Intended(record.intent.clone()))
            .and_then(|()| fs::rename(&unseen, &record.path))
            .and_then(|()| disk::sync_folder(&folder));
        if let Err(error) = result {
            let _ = fs::remove_file(&unseen);
            return Err(error);
        }
        Ok(record)
    }

    /// Keeps the key. On disk when this returns.
    ///
    /// # Errors
    /// Whatever the file system says; the key is only in memory then.
    pub fn issued(&mut self, id: Uuid, key: &Secret) -> io::Result<()> {
        self.append(&Entry::Issued { id, key: key.expose().to_owned() })?;
        self.issued = Some((id, key.clone()));
        // Where this note is lost, another run may name the key as one that it
        // can't account for, or revoke it: worth an error, though not of this key.
        let path = self.path.with_file_name(ISSUED);
        let mut others = disk::append_private(&path)?;
        others.write_all(format!("{id}\n").as_bytes())
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
    pub fn handing(&mut self) -> io::Result<()> {
        self.handed = true;
        self.append(&Entry::Handed)
    }

    /// Ends the record: the key is where it belongs, or is no more.
    ///
    /// # Errors
    /// Whatever the file system says; a later run will look at it again.
    pub fn close(self) -> io::Result<()> {
        fs::remove_file(&self.path)?;
        disk::sync_folder(disk::folder_of(&self.path))
    }

    /// The ids of keys that runs on this machine were given meanwhile: none of
    /// them is what this record asked for.
    pub fn issued_to_others(&self) -> Vec<Uuid> {
        let text = fs::read_to_string(self.path.with_file_name(ISSUED)).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }

    fn append(&mut self, entry: &Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let result = self.file.write_all(&line).and_then(|()| self.file.sync_all());
        zeroize::Zeroize::zeroize(&mut line);
        result
    }
}

/// Records without a living process, of any project, and the paths of files
/// among them that can't be understood.
///
/// # Errors
/// Where the folder can't be listed; none at all is no error.
pub fn abandoned(state: &Path) -> io::Result<(Vec<Record>, Vec<PathBuf>)> {
    let (mut records, mut damaged) = (Vec::new(), Vec::new());
    let entries = match fs::read_dir(folder(state)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((records, damaged)),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        // A link could lead anywhere, a pipe would be waited for.
        let ours = path.extension().is_some_and(|extension| extension == "jsonl")
            && fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file());
        if !ours {
            continue;
        }
        match open(&path) {
            Ok(Some(record)) => records.push(record),
            Ok(None) => {}
            Err(_) => damaged.push(path),
        }
    }
    Ok((records, damaged))
}

/// Whether there is no record, under any name: nobody needs the ids then.
fn is_quiet(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        if entry?.file_name() != ISSUED {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `None` where its process lives, or has just ended it.
fn open(path: &Path) -> io::Result<Option<Record>> {
    let mut file = match OpenOptions::new().read(true).append(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if file.try_lock().is_err() || !path.exists() {
        return Ok(None);
    }
    file.rewind()?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let text = zeroize::Zeroizing::new(text);
    let mut entries = Vec::new();
    for line in text.split_inclusive('\n') {
        // A last line without its end was never finished: a crash while it
        // was written. Anything else that can't be read is damage.
        if line.ends_with('\n') {
            entries.push(serde_json::from_str::<Entry>(line)?);
        }
    }
    let mut entries = entries.into_iter();
    let Some(Entry::Intended(intent)) = entries.next() else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "no intent"));
    };
    let (mut issued, mut given_up, mut handed) = (None, None, false);
    for entry in entries {
        match entry {
            Entry::Issued { id, key } => issued = Some((id, Secret::new(key))),
            Entry::GivenUp { after } => given_up = Some(Duration::from_millis(after)),
            Entry::Handed => handed = true,
            Entry::Intended(_) => {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "two intents"));
            }
        }
    }
    Ok(Some(Record { file, path: path.to_owned(), intent, issued, given_up, handed }))
}

fn folder(state: &Path) -> PathBuf {
    state.join("creations")
}
