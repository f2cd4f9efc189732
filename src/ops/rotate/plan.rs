//! What a rotation is to do, as it is written down at its beginning.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::destinations::Destination;
use crate::failure::Failure;
use crate::listed_key::{ListedKey, NewKey};
use crate::secret::Secret;

/// What is to be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// The project of both keys.
    pub project: Uuid,
    /// The key that is to be replaced.
    pub old: ListedKey,
    /// Its replacement.
    pub new: NewKey,
    /// Where the replacement is to be put.
    pub destinations: Vec<Destination>,
    /// How it is to be done.
    #[serde(flatten)]
    pub instructions: Instructions,
}

impl Plan {
    /// The text of `key`, from the first of the destinations that has it.
    ///
    /// # Errors
    /// If none has it that can be looked at, and one can't be.
    pub fn find(&self, key: &ListedKey) -> Result<Option<Secret>, Failure> {
        let mut obstacle = None;
        for destination in &self.destinations {
            match destination.storage().find(key) {
                Ok(Some(text)) => return Ok(Some(text)),
                Ok(None) => {}
                Err(why) => obstacle = obstacle.or(Some(why)),
            }
        }
        obstacle.map_or(Ok(None), Err)
    }
}

/// How a rotation is to be done, where its person said so.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Instructions {
    /// The command that has the new key used.
    pub deploy: Option<String>,
    /// The command that tries the new key.
    pub verify_with: Option<String>,
    /// Whether the new key is used unverified.
    pub skip_verify: bool,
    /// How long the old key must have been idle, in seconds.
    pub until_idle: Option<u64>,
    /// How long the logs may take to show the new key at work, in seconds.
    #[serde(default)]
    pub until_used: Option<u64>,
    /// Whether all of it was agreed to, so that nobody is asked.
    pub yes: bool,
    /// Whether it was said that nothing is to be deployed by this command.
    #[serde(default)]
    pub no_deploy: bool,
    /// Whether it was begun to be put off, so that whoever goes on has deployed the new
    /// key.
    #[serde(default)]
    pub paused: bool,
    /// The files that may keep the old key (`--ignore-occurrence`).
    #[serde(default)]
    pub ignored: Vec<PathBuf>,
    /// Whether to wait until the gateway has forgotten the old key.
    pub wait: bool,
    /// Where its commands are run: from where it was begun.
    #[serde(default)]
    pub directory: PathBuf,
}
