//! A variable in a `.env` file.

use std::fs::{self, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Restored, Sink, guards};
use crate::api::ListedKey;
use crate::disk::{self, FolderLock};
use crate::dotenv::{Bare, Document, VariableName, read_back};
use crate::failure::{Failure, Hint, Kind};
use crate::secret::{Fingerprint, Secret};

/// Largest file that is taken for a `.env`, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// One variable of one file, and what it may replace there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DotenvFile {
    /// The file as the person named it, for messages; empty in another run,
    /// which may stand in another folder.
    #[serde(skip)]
    shown: PathBuf,
    /// The file itself: absolute, links followed.
    path: PathBuf,
    variable: VariableName,
    /// What the variable held when it was looked at. Something else in there
    /// later is somebody's edit.
    replaces: Vec<Fingerprint>,
}

/// What came of changing the variable.
enum Changed {
    /// It is as wanted, now or before.
    Done,
    /// It holds a value that may not be replaced.
    SomebodyElses,
}

impl DotenvFile {
    /// Looks at the file at `path` (absolute); `shown` is what messages call it.
    ///
    /// # Errors
    /// Where there is no file that can be read as a `.env`, and no place for
    /// one either.
    pub fn open(path: &Path, shown: &Path, variable: VariableName) -> Result<Self, Failure> {
        let path = follow(path, &shown.to_string_lossy())?;
        let mut file = Self { shown: shown.to_owned(), path, variable, replaces: Vec::new() };
        file.replaces = file.present_in(&file.read()?.0)?;
        Ok(file)
    }

    /// The file itself: absolute, links followed.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file as the person named it.
    pub fn named(&self) -> &Path {
        if self.shown.as_os_str().is_empty() { &self.path } else { &self.shown }
    }

    /// The same for messages.
    pub fn shown(&self) -> std::borrow::Cow<'_, str> {
        self.named().to_string_lossy()
    }

    /// The variable.
    pub fn variable(&self) -> &VariableName {
        &self.variable
    }

    /// What the variable held when it was looked at, and what would be lost.
    pub fn replaces(&self) -> &[Fingerprint] {
        &self.replaces
    }

    /// Fingerprints of what the variable holds in `content`; empty values count
    /// as none.
    fn present_in(&self, content: &[u8]) -> Result<Vec<Fingerprint>, Failure> {
        let values = self.parse(content)?.values(&self.variable);
        let values = values.into_iter().filter(|value| !value.is_empty());
        Ok(values.map(|value| Secret::new(value).fingerprint()).collect())
    }

    /// The file's content and metadata; a missing one is empty.
    fn read(&self) -> Result<(Vec<u8>, Option<Metadata>), Failure> {
        read(&self.path, &self.shown())
    }

    fn parse(&self, content: &[u8]) -> Result<Document, Failure> {
        parse(content, &self.shown())
    }

    /// The file's content with `value` set, proven to read back as that.
    fn with(&self, content: &[u8], value: &Secret) -> Result<Vec<u8>, Failure> {
        let mut document = self.parse(content)?;
        let bare = Bare::new(value.clone())
            .ok_or_else(|| Failure::new(Kind::Failed, "The key has characters that no key has"))?;
        document.set(&self.variable, &bare);
        let rendered = document.render();
        let read = read_back(&rendered, &self.variable);
        if read.value.as_ref() == Some(value) {
            return Ok(rendered);
        }
        let place = read
            .rejected_line
            .map_or_else(String::new, |line| format!(", because of its line {line}"));
        Err(Failure::new(
            Kind::Failed,
            format!(
                "{} would not give {} its value in every reader{place}. The file is as it was.",
                self.shown(),
                self.variable
            ),
        )
        .hint("Put quotes around values with spaces or quotes in them, and close every quote"))
    }

    /// Sets the variable to `wanted`, or takes it out of the file, where all
    /// that it holds may be replaced, and reads it back.
    fn change(
        &self,
        replaceable: impl Fn(&Fingerprint) -> bool,
        wanted: Option<&Secret>,
    ) -> Result<Changed, Failure> {
        let _lock = self.lock()?;
        disk::clean_beside(&self.path).map_err(|error| self.failed("can't be written", &error))?;
        let is_wanted =
            |value: &Fingerprint| wanted.is_some_and(|wanted| *value == wanted.fingerprint());
        loop {
            let (content, metadata) = self.read()?;
            let present = self.present_in(&content)?;
            if present.iter().all(is_wanted) && present.is_empty() == wanted.is_none() {
                return Ok(Changed::Done);
            }
            if present.iter().any(|value| !is_wanted(value) && !replaceable(value)) {
                return Ok(Changed::SomebodyElses);
            }
            let rendered = match wanted {
                Some(key) => self.with(&content, key)?,
                None => self.without(&content)?,
            };
            let unchanged = || self.read().is_ok_and(|(now, _)| now == content);
            // Somebody who knows nothing of the lock may write meanwhile.
            if disk::replace_if(&self.path, &rendered, metadata.as_ref(), unchanged)
                .map_err(|error| self.failed("can't be written", &error))?
            {
                break;
            }
        }
        let read = read_back(&self.read()?.0, &self.variable);
        if read.value.as_ref() != wanted {
            return Err(Failure::new(
                Kind::Failed,
                format!("{} does not read back", self.describe()),
            ));
        }
        Ok(Changed::Done)
    }

    /// The file's content without the variable.
    fn without(&self, content: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut document = self.parse(content)?;
        document.remove(&self.variable);
        Ok(document.render())
    }

    /// The line, counted from 1, at which a strict reader gives up before it
    /// comes to the variable.
    ///
    /// # Errors
    /// Where the file can't be read, or not as a `.env`.
    pub fn obstacle(&self) -> Result<Option<usize>, Failure> {
        let rendered = self.with(&self.read()?.0, &stand_in())?;
        Ok(read_back(&rendered, &self.variable).rejected_line)
    }

    fn lock(&self) -> Result<FolderLock, Failure> {
        FolderLock::acquire(disk::folder_of(&self.path))
            .map_err(|error| self.failed("can't be locked", &error))
    }

    fn changed(&self) -> Failure {
        let place = self.describe();
        let message =
            format!("{place} was changed by somebody else in the meantime; that value stays");
        Failure::new(Kind::Failed, message)
    }

    fn failed(&self, what: &str, error: &io::Error) -> Failure {
        failed(&self.shown(), what, error)
    }
}

impl Sink for DotenvFile {
    fn describe(&self) -> String {
        format!("{} as {}", self.shown(), self.variable)
    }

    fn rehearse(&self) -> Result<(), Failure> {
        let (content, metadata) = self.read()?;
        if self.present_in(&content)?.iter().any(|value| !self.replaces.contains(value)) {
            return Err(self.changed());
        }
        // A rename would replace a read-only file too, but somebody made it so.
        if let Some(metadata) = &metadata {
            let writable = !metadata.permissions().readonly()
                && OpenOptions::new().append(true).open(&self.path).is_ok();
            if !writable {
                return Err(Failure::new(Kind::Failed, format!("{} is read-only.", self.shown()))
                    .hint(
                        Hint::from("Allow writing to it with ")
                            .command(guards::make_writable(self.named()))
                            .text(", or name another file"),
                    ));
            }
        }
        let rendered = self.with(&content, &stand_in())?;
        let _lock = self.lock()?;
        disk::rehearse_replace(&self.path, &rendered, metadata.as_ref())
            .map_err(|error| self.failed("can't be written", &error))
    }

    fn store(&self, key: &Secret) -> Result<(), Failure> {
        match self.change(|value| self.replaces.contains(value), Some(key))? {
            Changed::Done => Ok(()),
            Changed::SomebodyElses => Err(self.changed()),
        }
    }

    fn find(&self, key: &ListedKey) -> Result<Option<Secret>, Failure> {
        let values = self.parse(&self.read()?.0)?.values(&self.variable);
        Ok(values.into_iter().map(Secret::new).find(|value| key.is(&value.fingerprint())))
    }

    fn restore(&self, new: Option<&ListedKey>, old: Option<&Secret>) -> Result<Restored, Failure> {
        let stands = match new {
            Some(new) => self.find(new)?.is_some(),
            None => false,
        };
        let Some(new) = new.filter(|_| stands) else {
            // A killed process may have left a copy, with either key in it.
            let lock = self.lock()?;
            let cleaned = disk::clean_beside(&self.path);
            cleaned.map_err(|error| self.failed("can't be cleaned up", &error))?;
            let present = self.present_in(&self.read()?.0)?;
            return match (present.is_empty() && !self.replaces.is_empty(), old) {
                // Somebody has taken the key out. Where else would the old one be?
                (true, Some(old)) => {
                    drop(lock);
                    self.change(|_| false, Some(old)).map(|_| Restored::Done)
                }
                (true, None) => Ok(Restored::OutOfReach),
                (false, _) if present.iter().all(|value| self.replaces.contains(value)) => {
                    Ok(Restored::Done)
                }
                (false, _) => Ok(Restored::SomebodyElses),
            };
        };
        let old = match old {
            _ if self.replaces.is_empty() => None,
            None => return Ok(Restored::OutOfReach),
            some => some,
        };
        let ours = |value: &Fingerprint| new.is(value) || self.replaces.contains(value);
        Ok(match self.change(ours, old)? {
            Changed::Done => Restored::Done,
            Changed::SomebodyElses => Restored::SomebodyElses,
        })
    }
}

/// Stands for a key that does not exist yet: as long as the longest.
fn stand_in() -> Secret {
    Secret::new("x".repeat(64))
}

/// The value of `variable` in the file at `path`, for finding the key that
/// stands there.
///
/// # Errors
/// Where there is none, or where the readers of such files would disagree on
/// which of several it is.
pub fn value(path: &Path, shown: &str, variable: &VariableName) -> Result<Secret, Failure> {
    if !path.exists() {
        return Err(Failure::new(Kind::NotFound, format!("There is no file {shown}.")));
    }
    let (content, _) = read(path, shown)?;
    let mut values = parse(&content, shown)?.values(variable);
    values.retain(|value| !value.is_empty());
    values.dedup();
    match values.len() {
        0 => Err(Failure::new(Kind::NotFound, format!("{shown} has no value for {variable}."))),
        1 => Ok(Secret::new(values.remove(0))),
        count => Err(Failure::new(
            Kind::NotFound,
            format!("{shown} has {count} different values for {variable}."),
        )
        .hint("Readers disagree on which of them counts: leave one")),
    }
}

/// Every assignment in the file at `path`, in file order: name, value as plain readers
/// see it, and line ([`Document::assignments`]).
///
/// # Errors
/// Where there is no file that can be read as a `.env`.
pub fn assignments(path: &Path, shown: &str) -> Result<Vec<(String, Secret, usize)>, Failure> {
    let document = document(path, shown)?;
    let pairs = document.assignments();
    Ok(pairs.map(|(name, value, line)| (name.to_owned(), Secret::new(value), line)).collect())
}

/// The file at `path`, which `shown` names in messages.
///
/// # Errors
/// Where there is no file that can be read as a `.env`.
pub fn document(path: &Path, shown: &str) -> Result<Document, Failure> {
    if !path.exists() {
        return Err(Failure::new(Kind::NotFound, format!("There is no file {shown}.")));
    }
    let (content, _) = read(path, shown)?;
    Document::parse(&content)
        .map_err(|error| Failure::new(Kind::Failed, format!("{shown} is no .env file: {error}")))
}

fn follow(path: &Path, shown: &str) -> Result<PathBuf, Failure> {
    // What stands there leads to the streams of some process; replacing it would
    // cut them off.
    let target = fs::read_link(path).unwrap_or_default();
    if [path, &target].iter().any(|path| path.starts_with("/dev") || path.starts_with("/proc")) {
        return Err(Failure::new(Kind::Failed, format!("{shown} is not a regular file."))
            .hint("Name a .env file"));
    }
    let link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    match fs::canonicalize(path) {
        Ok(path) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound && link => {
            let target = fs::read_link(path).unwrap_or_default();
            Err(Failure::new(
                Kind::Failed,
                format!("{shown} is a link to {}, which does not exist.", target.display()),
            )
            .hint("Make that file, or remove the link"))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // A file that is yet to be made, in a folder that must be there.
            let folder = fs::canonicalize(disk::folder_of(path)).map_err(|error| {
                failed(shown, "can't be made, because its folder can't be opened", &error)
            })?;
            Ok(folder.join(path.file_name().unwrap_or_default()))
        }
        Err(error) => Err(failed(shown, "can't be opened", &error)),
    }
}

fn read(path: &Path, shown: &str) -> Result<(Vec<u8>, Option<Metadata>), Failure> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), None)),
        Err(error) => return Err(failed(shown, "can't be looked at", &error)),
    };
    let problem = if metadata.is_dir() {
        Some("is a folder".to_owned())
    } else if !metadata.is_file() {
        Some("is not a regular file".to_owned())
    } else if metadata.len() > LARGEST {
        Some(format!(
            "has {} KiB; a .env file has at most {}",
            metadata.len() / 1024,
            LARGEST / 1024
        ))
    } else {
        None
    };
    if let Some(problem) = problem {
        return Err(
            Failure::new(Kind::Failed, format!("{shown} {problem}.")).hint("Name a .env file")
        );
    }
    let content = fs::read(path).map_err(|error| failed(shown, "can't be read", &error))?;
    Ok((content, Some(metadata)))
}

fn parse(content: &[u8], shown: &str) -> Result<Document, Failure> {
    Document::parse(content).map_err(|error| {
        Failure::new(Kind::Failed, format!("{shown} can't be edited: {error}. It is as it was."))
    })
}

fn failed(shown: &str, what: &str, error: &io::Error) -> Failure {
    Failure::new(Kind::Failed, format!("{shown} {what}: {error}"))
}
