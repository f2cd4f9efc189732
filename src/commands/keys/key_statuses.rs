//! What the service says of keys that were found somewhere.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use uuid::Uuid;

use crate::api::Listing;
use crate::commands::account::Account;
use crate::context::Context;
use crate::failure::Failure;
use crate::key;
use crate::listed_key::ListedKey;
use crate::ops::revoke_leaked::{self, Ownership};
use crate::scan::{Candidates, Finder, Found};
use crate::secret::{Fingerprint, Secret};

/// How it is with a key.
#[derive(Clone, Debug)]
pub enum KeyStatus {
    /// Live, in the linked project.
    Live(Arc<ListedKey>),
    /// Live in the linked project, but not among the keys that are listed.
    NotListed,
    /// Live in another project, with the organization that owns it.
    Elsewhere(Uuid, Option<String>),
    /// Revoked.
    Revoked,
    /// The service does not know it.
    Unknown,
    /// The service could not say.
    Undetermined,
    /// Nobody was asked.
    NotAsked,
}

impl KeyStatus {
    /// Whether it is known to be live.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Live(..) | Self::NotListed | Self::Elsewhere(..))
    }

    /// Whether it is known that nothing accepts it.
    pub fn is_dead(&self) -> bool {
        matches!(self, Self::Revoked | Self::Unknown)
    }
}

/// The answers about all keys.
pub struct KeyStatuses {
    /// The linked project, where it was asked about.
    pub project: Option<Uuid>,
    states: HashMap<Fingerprint, KeyStatus>,
}

impl KeyStatuses {
    /// Those of a service that nobody asked.
    pub fn none() -> Self {
        Self { project: None, states: HashMap::new() }
    }

    /// Asks about `keys`: in the linked project, which has `listings`, and where a
    /// key is not there, about the key itself.
    ///
    /// # Errors
    /// If the gateway's address can't be used.
    pub fn ask(
        context: &Context,
        account: &Account,
        listings: Vec<Listing>,
        keys: &[Secret],
    ) -> Result<Self, Failure> {
        let linked = Some((account.project, listings));
        let gateway = account.gateway(context)?;
        let owners = revoke_leaked::owners(&account.dashboard, &gateway, linked, keys, true);
        let states = owners.into_iter().map(|owner| match owner {
            Ownership::Ours { project, key } if project == account.project => KeyStatus::Live(key),
            Ownership::Ours { project, .. } => KeyStatus::Elsewhere(project, None),
            Ownership::OutOfReach { project, .. } if project == account.project => {
                KeyStatus::NotListed
            }
            Ownership::OutOfReach { project, .. } => KeyStatus::Elsewhere(project, None),
            Ownership::NotYours { project, organization } => {
                KeyStatus::Elsewhere(project, organization)
            }
            Ownership::Revoked => KeyStatus::Revoked,
            Ownership::Unknown => KeyStatus::Unknown,
            Ownership::NotAsked => KeyStatus::NotAsked,
            Ownership::Unanswered(error) => {
                context.ui.trace(&error.to_string());
                KeyStatus::Undetermined
            }
        });
        let states: HashMap<_, _> = keys.iter().map(Secret::fingerprint).zip(states).collect();
        let unanswered =
            states.values().filter(|state| matches!(state, KeyStatus::Undetermined)).count();
        if unanswered > 0 {
            context.ui.warn(&format!(
                "The service could not say whether {unanswered} of {} keys are live.",
                keys.len()
            ));
        }
        Ok(Self { project: Some(account.project), states })
    }

    /// How it is with a key.
    pub fn of(&self, key: &Fingerprint) -> &KeyStatus {
        self.states.get(key).unwrap_or(&KeyStatus::NotAsked)
    }

    /// Whether the service could not say how it is with some key.
    pub fn lack_some(&self) -> bool {
        self.states.values().any(|state| matches!(state, KeyStatus::Undetermined))
    }

    /// Whether the service knows something of a key.
    pub fn knows(&self, key: &Fingerprint) -> bool {
        !matches!(self.of(key), KeyStatus::Unknown | KeyStatus::NotAsked)
    }
}

/// Keys that were found in files, with the other candidates of what may be read in
/// several ways.
pub struct FoundKeys {
    found: Vec<(PathBuf, Found)>,
    candidates: Candidates,
}

impl FoundKeys {
    /// What was found, and how else it can be read.
    pub fn new(finder: &Finder, searched: Vec<(PathBuf, Found)>) -> Self {
        let mut candidates = Candidates::default();
        let mut found = Vec::new();
        for (path, one) in searched {
            let others = candidates.add(finder, &one.key).into_iter();
            let others: Vec<_> = others.map(|key| (path.clone(), one.read_as(key))).collect();
            found.push((path, one));
            found.extend(others);
        }
        Self { found, candidates }
    }

    /// The keys to ask about, each once.
    pub fn keys(&self) -> Vec<Secret> {
        let mut seen = HashSet::new();
        let keys = self.found.iter().map(|(_, found)| &found.key);
        keys.filter(|key| seen.insert(key.expose())).cloned().collect()
    }

    /// The keys that are to be told of, by what the service says of each reading.
    pub fn into_known(self, answers: &KeyStatuses) -> Vec<(PathBuf, Found)> {
        let Self { mut found, candidates } = self;
        found.retain(|(_, found)| {
            let fingerprint = found.key.fingerprint();
            candidates.tells(&fingerprint, |key| answers.knows(key))
                // Without an answer, what reads like any name is taken for one.
                && (answers.knows(&fingerprint) || !key::reads_like_a_name(found.key.expose()))
        });
        found
    }
}
