//! A variable in a `.env` file.

mod reading;

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Restored, Storage, guards};
use crate::disk::{self, Folder, FolderLock, Obstacle};
use crate::dotenv::read_file::LARGEST;
use crate::dotenv::{Bare, Document, EditError, VariableName, read_back};
use crate::failure::{Failure, Hint, Kind, SuggestedCommand};
use crate::listed_key::ListedKey;
use crate::secret::{Fingerprint, Secret};
use reading::{content, failed, parse};

pub use reading::{assignments, document, follow, value};

/// One variable of one file, and what it may replace there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DotenvFile {
    /// The file as the person named it, for messages; empty in another run,
    /// which may run in another folder.
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
    /// Looks at the file at `path`, as [`follow`] found it; `shown` is what messages
    /// call it.
    ///
    /// # Errors
    /// If it can't be read as a `.env`.
    pub fn open(path: PathBuf, shown: &Path, variable: VariableName) -> Result<Self, Failure> {
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

    /// The same for messages; of a link also what it leads to.
    pub fn shown(&self) -> std::borrow::Cow<'_, str> {
        let named = self.named().to_string_lossy();
        if !self.named().is_symlink() {
            return named;
        }
        let folder = disk::folder_of(self.named()).canonicalize();
        let beside = folder.ok().and_then(|folder| self.path.strip_prefix(folder).ok());
        format!("{named} (a link to {})", beside.unwrap_or(&self.path).display()).into()
    }

    /// As [`Self::named`], unless that is a link: git knows the file that it leads to.
    pub fn real(&self) -> &Path {
        if self.named().is_symlink() { &self.path } else { self.named() }
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
        let values = self.parse(content)?.values(self.variable.as_str());
        let values = values.into_iter().filter(|value| !value.is_empty());
        Ok(values.map(|value| Secret::new(value).fingerprint()).collect())
    }

    /// The file's content, and the open file; a missing one is empty.
    fn read(&self) -> Result<(Vec<u8>, Option<File>), Failure> {
        let folder = Folder::open_exactly(disk::folder_of(&self.path))
            .map_err(|error| self.failed("can't be opened", &error))?;
        self.read_in(&folder)
    }

    fn read_in(&self, folder: &Folder) -> Result<(Vec<u8>, Option<File>), Failure> {
        let file = folder.file(self.name());
        match file.map_err(|error| self.failed("can't be read", &error))? {
            Some(file) => Ok((content(&file, &self.shown())?, Some(file))),
            None => Ok((Vec::new(), None)),
        }
    }

    fn name(&self) -> &OsStr {
        self.path.file_name().unwrap_or_default()
    }

    fn parse(&self, content: &[u8]) -> Result<Document, Failure> {
        parse(content, &self.shown())
    }

    /// The file's content with `value` set, proven to read back as that.
    fn with(&self, content: &[u8], value: &Secret) -> Result<Vec<u8>, Failure> {
        let before = self.parse(content)?;
        let mut document = self.parse(content)?;
        let bare = Bare::new(value.clone())
            .ok_or_else(|| Failure::new(Kind::Failed, "The key has characters that no key has"))?;
        document.set(&self.variable, &bare).map_err(|error| self.unchangeable(error))?;
        let rendered = document.render();
        // Refused before there is a key; a file that is too long would not be read back.
        if rendered.len() as u64 > LARGEST {
            let most = LARGEST / 1024;
            let message = format!("With the key {} would have more than {most} KiB.", self.shown());
            return Err(Failure::new(Kind::Failed, message).hint("Name another file"));
        }
        let read = read_back(&rendered, &self.variable);
        if read.value.as_ref() == Some(value) && document.keeps_others(&before, &self.variable) {
            return Ok(rendered);
        }
        let because = read
            .rejected_line
            .map_or_else(String::new, |line| format!(", because of its line {line}"));
        Err(Failure::new(
            Kind::Failed,
            format!(
                "{} would not give {} its value in every reader{because}. The file is as it was.",
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
        let folder = self.lock()?;
        let is_wanted =
            |value: &Fingerprint| wanted.is_some_and(|wanted| *value == wanted.fingerprint());
        loop {
            let (content, old) = self.read_in(&folder)?;
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
            self.refuse_obstacle(&folder, old.as_ref())?;
            let unchanged = || self.read_in(&folder).is_ok_and(|(now, _)| now == content);
            // Somebody who knows nothing of the lock may write meanwhile.
            if folder
                .replace_if(self.name(), &rendered, old.as_ref(), unchanged)
                .map_err(|error| self.failed("can't be written", &error))?
            {
                break;
            }
        }
        let read = read_back(&self.read_in(&folder)?.0, &self.variable);
        if read.value.as_ref() != wanted {
            return Err(Failure::new(
                Kind::Failed,
                format!("{} does not read back", self.describe()),
            ));
        }
        Ok(Changed::Done)
    }

    fn unchangeable(&self, error: EditError) -> Failure {
        let (shown, variable) = (self.shown(), &self.variable);
        let (why, hint) = match error {
            EditError::SharedLine(line) => (
                format!(
                    "Line {line} of {shown} does more than set {variable}: a new value would drop the rest."
                ),
                "Put each variable on a line of its own, as NAME=VALUE or export NAME=VALUE",
            ),
            EditError::ContinuedLine(line) => (
                format!(
                    "Line {line} of {shown} does not end the value of {variable} for shells: they read on in the next line, which a new value would leave behind."
                ),
                "Put the whole value on one line",
            ),
        };
        Failure::new(Kind::Failed, format!("{why} The file is as it was.")).hint(hint)
    }

    /// The file's content without the variable.
    fn without(&self, content: &[u8]) -> Result<Vec<u8>, Failure> {
        let before = self.parse(content)?;
        let mut document = self.parse(content)?;
        document.remove(&self.variable).map_err(|error| self.unchangeable(error))?;
        // What follows can have another meaning then: a byte order mark, for one, is a
        // part of a name unless the file begins with it.
        let is_gone = document.values(self.variable.as_str()).is_empty();
        if is_gone && document.keeps_others(&before, &self.variable) {
            return Ok(document.render());
        }
        let (shown, variable) = (self.shown(), &self.variable);
        let message = format!(
            "Without the line of {variable}, the lines below it in {shown} would mean something else. The file is as it was."
        );
        Err(Failure::new(Kind::Failed, message).hint("Take it out by hand"))
    }

    /// The line, counted from 1, at which a strict reader gives up before it
    /// comes to the variable.
    ///
    /// # Errors
    /// If the file can't be read, or not as a `.env`.
    pub fn obstacle(&self) -> Result<Option<usize>, Failure> {
        let rendered = self.with(&self.read()?.0, &stand_in())?;
        Ok(read_back(&rendered, &self.variable).rejected_line)
    }

    fn lock(&self) -> Result<FolderLock, Failure> {
        Folder::open_exactly(disk::folder_of(&self.path)).and_then(Folder::lock).map_err(|error| {
            Failure::from(error).context(format!("{} can't be locked", self.shown()))
        })
    }

    /// Refuses a file that no new one can replace. Writing into it instead
    /// would leave half of it behind when the process is killed.
    fn refuse_obstacle(&self, folder: &Folder, file: Option<&File>) -> Result<(), Failure> {
        let Some(file) = file else { return Ok(()) };
        let found = folder.obstacle(self.name(), file);
        let Some(obstacle) = found.map_err(|error| self.failed("can't be looked at", &error))?
        else {
            return Ok(());
        };
        let (why, hint): (_, Hint) = match obstacle {
            Obstacle::HardLinks(names) => (
                format!(
                    "has {names} names (hard links), and only one of them would get the new content"
                ),
                "Name a file that has no other name, or remove the other names".into(),
            ),
            Obstacle::MountPoint => (
                "is mounted by itself, so that it can't be replaced in one step".to_owned(),
                "Mount its folder instead of the file, or run this on the machine that has the file".into(),
            ),
            Obstacle::Immutable => (
                "is marked as one that may not be changed".to_owned(),
                Hint::from("Name another file, or as root take the mark away with ")
                    .command(SuggestedCommand::program("chattr", ["-ia"]).file(&self.path)),
            ),
        };
        Err(Failure::new(Kind::Failed, format!("{} {why}.", self.shown())).hint(hint))
    }

    fn changed(&self) -> Failure {
        let destination = self.describe();
        let message =
            format!("{destination} was changed by somebody else in the meantime; that value stays");
        Failure::new(Kind::Failed, message)
    }

    fn failed(&self, what: &str, error: &io::Error) -> Failure {
        failed(&self.shown(), what, error)
    }
}

impl Storage for DotenvFile {
    fn describe(&self) -> String {
        format!("{} as {}", self.shown(), self.variable)
    }

    fn preflight(&self) -> Result<(), Failure> {
        let (content, old) = self.read()?;
        if self.present_in(&content)?.iter().any(|value| !self.replaces.contains(value)) {
            return Err(self.changed());
        }
        let folder = self.lock()?;
        self.refuse_obstacle(&folder, old.as_ref())?;
        // A rename would replace a read-only file too, but somebody made it so.
        if let Some(old) = &old {
            let writable = old.metadata().is_ok_and(|metadata| !metadata.permissions().readonly())
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
        folder
            .preflight_replace(&rendered, old.as_ref())
            .map_err(|error| self.failed("can't be written", &error))
    }

    fn store(&self, key: &Secret) -> Result<(), Failure> {
        match self.change(|value| self.replaces.contains(value), Some(key))? {
            Changed::Done => Ok(()),
            Changed::SomebodyElses => Err(self.changed()),
        }
    }

    fn find(&self, key: &ListedKey) -> Result<Option<Secret>, Failure> {
        let values = self.parse(&self.read()?.0)?.values(self.variable.as_str());
        Ok(values.into_iter().map(Secret::new).find(|value| key.is(&value.fingerprint())))
    }

    fn restore(&self, new: Option<&ListedKey>, old: Option<&Secret>) -> Result<Restored, Failure> {
        let present = match new {
            Some(new) => self.find(new)?.is_some(),
            None => false,
        };
        let Some(new) = new.filter(|_| present) else {
            // A killed process may have left a copy, with either key in it: who takes
            // the lock cleans up.
            let lock = self.lock()?;
            let present = self.present_in(&self.read_in(&lock)?.0)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_not_taken_out_where_that_gives_another_one_a_value() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join(".env");
        let open = |content: &str| {
            std::fs::write(&path, content).unwrap();
            DotenvFile::open(path.clone(), Path::new(".env"), "K".parse().unwrap()).unwrap()
        };
        for content in ["K=1\nL=2\n", "K=1\n# \u{feff}L=2\n", "L=2\nK=1\n\u{feff}M=3\n"] {
            let without = open(content).without(content.as_bytes()).unwrap();
            assert_eq!(String::from_utf8(without).unwrap(), content.replace("K=1\n", ""));
        }
        // At the beginning of a file the mark is no part of a name.
        for content in ["K=1\n\u{feff}L=2\n", "K=1\n\u{feff}K=2\n"] {
            let refused = open(content).without(content.as_bytes()).unwrap_err();
            assert!(refused.message().contains("Without the line of K"), "{}", refused.message());
        }
    }
}
