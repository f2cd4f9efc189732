//! An entry of the operating system's keychain, from where `cencori run` gives
//! the key to a command.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Restored, Storage};
use crate::auth::credentials::keychain::{self, EntryName, KeyEntry, Patience};
use crate::auth::credentials::store::StoreError;
use crate::dotenv::VariableName;
use crate::failure::{Failure, Kind};
use crate::listed_key::ListedKey;
use crate::secret::{Fingerprint, Secret};

/// One named key of a project, what it may replace, and which variable it is for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeychainEntry {
    project: Uuid,
    name: EntryName,
    variable: VariableName,
    /// The `cencori.toml` that says which variable the key is for.
    noted_in: PathBuf,
    /// What stood under the name when it was looked at. Something else in there
    /// later is somebody's doing.
    replaces: Option<Fingerprint>,
    /// Whether there is a D-Bus session: of this process, not of an earlier one.
    #[serde(skip)]
    has_bus: bool,
    #[serde(skip, default = "brief")]
    patience: Patience,
}

/// Where an interrupted creation is finished, nobody waits for a question.
fn brief() -> Patience {
    Patience::Brief
}

impl KeychainEntry {
    /// Looks at what `project` has under `name`. The key will be for `variable`, which
    /// `noted_in` (absolute) is to say; `has_bus` and `patience` as for
    /// [`KeyEntry::new`].
    ///
    /// # Errors
    /// If there is no keychain that answers.
    pub fn open(
        project: Uuid,
        name: EntryName,
        variable: VariableName,
        noted_in: PathBuf,
        has_bus: bool,
        patience: Patience,
    ) -> Result<Self, Failure> {
        let mut entry =
            Self { project, name, variable, noted_in, replaces: None, has_bus, patience };
        entry.replaces = entry.present()?;
        Ok(entry)
    }

    /// The project that the key belongs to.
    pub fn project(&self) -> Uuid {
        self.project
    }

    /// What the key is called in the keychain.
    pub fn name(&self) -> &EntryName {
        &self.name
    }

    /// The variable that the key is for.
    pub fn variable(&self) -> &VariableName {
        &self.variable
    }

    /// The `cencori.toml` that is to say so.
    pub fn noted_in(&self) -> &Path {
        &self.noted_in
    }

    /// What stood there when it was looked at, and what would be lost.
    pub fn replaces(&self) -> Option<&Fingerprint> {
        self.replaces.as_ref()
    }

    /// Tells an entry that was read from disk whether there is a D-Bus session.
    pub fn set_session_bus(&mut self, has_bus: bool) {
        self.has_bus = has_bus;
    }

    fn entry(&self) -> KeyEntry {
        KeyEntry::new(self.project, self.name.clone(), self.has_bus, self.patience)
    }

    fn present(&self) -> Result<Option<Fingerprint>, Failure> {
        let key = self.entry().load().map_err(unusable)?;
        Ok(key.map(|key| key.fingerprint()))
    }
}

impl Storage for KeychainEntry {
    fn describe(&self) -> String {
        format!("{} as {}", keychain::describe(), self.name)
    }

    fn preflight(&self) -> Result<(), Failure> {
        self.entry().preflight().map_err(unusable)
    }

    fn store(&self, key: &Secret) -> Result<(), Failure> {
        let present = self.present()?;
        if present.as_ref() == Some(&key.fingerprint()) {
            return Ok(());
        }
        if present.is_some() && present != self.replaces {
            return Err(Failure::new(
                Kind::Failed,
                format!(
                    "{} was changed by somebody else in the meantime; that value stays",
                    self.describe()
                ),
            ));
        }
        self.entry().save(key).map_err(unusable)?;
        match self.present()? {
            Some(stored) if stored == key.fingerprint() => Ok(()),
            _ => Err(Failure::new(Kind::Failed, format!("{} does not read back", self.describe()))),
        }
    }

    fn find(&self, key: &ListedKey) -> Result<Option<Secret>, Failure> {
        let present = self.entry().load().map_err(|error| failure(&error))?;
        Ok(present.filter(|present| key.is(&present.fingerprint())))
    }

    fn restore(&self, new: Option<&ListedKey>, old: Option<&Secret>) -> Result<Restored, Failure> {
        let present = self.present()?;
        match &present {
            Some(present) if new.is_some_and(|new| new.is(present)) => {}
            _ if present == self.replaces => return Ok(Restored::Done),
            Some(_) => return Ok(Restored::SomebodyElses),
            // Somebody has removed it. Where else would the old key be?
            None => {}
        }
        match (&self.replaces, old) {
            (None, _) => drop(self.entry().remove().map_err(unusable)?),
            (Some(_), Some(old)) => self.entry().save(old).map_err(unusable)?,
            (Some(_), None) => return Ok(Restored::OutOfReach),
        }
        if self.present()? == self.replaces {
            return Ok(Restored::Done);
        }
        Err(Failure::new(Kind::Failed, format!("{} does not read back", self.describe())))
    }
}

/// A keychain that does not take a key, with what to do about it.
fn unusable(error: StoreError) -> Failure {
    failure(&error).hint("Put the key elsewhere with --env-file or --pipe-to")
}

/// Why the keychain does not do what it is asked to with a key, and what could
/// help there: a session has other ways out.
pub fn failure(error: &StoreError) -> Failure {
    let message = match error {
        StoreError::Damaged(text) | StoreError::Broken(text) => {
            format!("The keychain failed: {text}")
        }
        other => other.to_string(),
    };
    let failure = Failure::new(Kind::Failed, message);
    match error {
        StoreError::Locked => {
            failure.hint("Unlock the keychain (signing in to the desktop does), and try again")
        }
        StoreError::Asks(_) => {
            failure.hint("Agree when the keychain asks, or have it not ask, in its settings")
        }
        StoreError::TimedOut(_) => {
            failure.hint("Unlock the keychain, or start its service anew, and try again")
        }
        _ => failure,
    }
}
