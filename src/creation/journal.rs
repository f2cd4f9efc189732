//! The record of one creation on disk: what is intended, before the request;
//! the key itself, as soon as there is one. It is gone once the key is where
//! it belongs.
//!
//! One file a creation, a JSON document a line, only ever appended to and
//! synced. The file is locked while its process lives; a record that can be
//! locked is one that somebody has to finish.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::NewKey;
use crate::disk;
use crate::secret::Secret;
use crate::sinks::Destination;

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
    /// A key that somebody else's request made since.
    Known {
        id: Uuid,
    },
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
}

impl Record {
    /// Writes down what is intended. On disk when this returns.
    ///
    /// # Errors
    /// Whatever the file system says; nothing may be asked for then.
    pub fn begin(state: &Path, intent: Intent) -> io::Result<Self> {
        let folder = folder(state);
        disk::create_private_folder(&folder)?;
        let id = Uuid::new_v4();
        // Locked under a name that nobody looks for, so that no other process
        // can take it for abandoned before it is.
        let unseen = folder.join(format!("{id}.new"));
        let path = folder.join(format!("{id}.jsonl"));
        let file = disk::create_private_file(&unseen)?;
        file.try_lock()?;
        let mut record = Self { file, path, intent, issued: None };
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
        Ok(())
    }

    /// Notes that a key which may look like this record's is not.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn exclude(&mut self, id: Uuid) -> io::Result<()> {
        self.append(&Entry::Known { id })?;
        self.intent.known.push(id);
        Ok(())
    }

    /// Ends the record: the key is where it belongs, or is no more.
    ///
    /// # Errors
    /// Whatever the file system says; a later run will look at it again.
    pub fn close(self) -> io::Result<()> {
        fs::remove_file(&self.path)?;
        disk::sync_folder(disk::folder_of(&self.path))
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
        if path.extension().is_none_or(|extension| extension != "jsonl") {
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

/// `None` where its process lives, or has just ended it.
fn open(path: &Path) -> io::Result<Option<Record>> {
    let mut file = match fs::OpenOptions::new().read(true).append(true).open(path) {
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
    let Some(Entry::Intended(mut intent)) = entries.next() else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "no intent"));
    };
    let mut issued = None;
    for entry in entries {
        match entry {
            Entry::Issued { id, key } => issued = Some((id, Secret::new(key))),
            Entry::Known { id } => intent.known.push(id),
            Entry::Intended(_) => {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "two intents"));
            }
        }
    }
    Ok(Some(Record { file, path: path.to_owned(), intent, issued }))
}

fn folder(state: &Path) -> PathBuf {
    state.join("creations")
}
