//! What the service says of the keys that were found.

use std::collections::HashMap;
use std::path::PathBuf;

use uuid::Uuid;

use super::distinct;
use crate::api::{ListedKey, Validity, parallel};
use crate::commands::account::Account;
use crate::commands::keys::Live;
use crate::context::Context;
use crate::failure::Failure;
use crate::leak::Found;
use crate::secret::{Fingerprint, Secret};

/// How it stands with a key.
#[derive(Clone, Debug)]
pub enum State {
    /// Live, in the linked project.
    Live(Box<ListedKey>),
    /// Live in the linked project, but not among the keys that are listed.
    NotListed,
    /// Live in another project, with the name that the dashboard has for it.
    Elsewhere(Uuid, Option<String>),
    /// Revoked.
    Revoked,
    /// The service does not know it.
    Unknown,
    /// The service could not say.
    NoAnswer,
    /// Nobody was asked.
    NotAsked,
}

/// The answers about all keys.
pub struct Answers {
    /// The linked project, where it was asked about.
    pub project: Option<Uuid>,
    states: HashMap<Fingerprint, State>,
}

impl Answers {
    /// How it stands with the key that was found.
    pub fn of(&self, found: &Found) -> &State {
        self.state(&found.key.fingerprint())
    }

    /// Whether the service knows something of a key.
    pub fn knows(&self, key: &Fingerprint) -> bool {
        !matches!(self.state(key), State::Unknown | State::NotAsked)
    }

    fn state(&self, key: &Fingerprint) -> &State {
        self.states.get(key).unwrap_or(&State::NotAsked)
    }
}

/// Asks the service about the keys, unless that is not wanted or can't be done;
/// why it can't is a warning, and no failure: the keys were found all the same.
pub fn ask(context: &Context, found: &[(PathBuf, Found)], offline: bool) -> Answers {
    let keys: Vec<_> = distinct(found).into_iter().map(|found| &found.key).collect();
    let nobody = Answers { project: None, states: HashMap::new() };
    if offline || keys.is_empty() {
        return nobody;
    }
    match ask_all(context, &keys) {
        Ok(answers) => answers,
        Err(failure) => {
            let why = failure.message();
            context.ui.warn(&format!("Which keys are live is not known: {why}."));
            context.ui.hint("--offline does not ask");
            nobody
        }
    }
}

fn ask_all(context: &Context, keys: &[&Secret]) -> Result<Answers, Failure> {
    let account = Account::open(context)?;
    let live = Live::list(&account, None)?;
    let mut states = HashMap::new();
    let mut missing = Vec::new();
    for key in keys {
        let fingerprint = key.fingerprint();
        match live.keys.iter().find(|listed| listed.is(&fingerprint)) {
            Some(listed) => drop(states.insert(fingerprint, State::Live(Box::new(listed.clone())))),
            None => missing.push((fingerprint, *key)),
        }
    }
    let answers = parallel::map(&missing, |(_, key)| match account.dashboard.validity(key) {
        Ok(Validity::Live { project, .. }) if project == account.project => State::NotListed,
        Ok(Validity::Live { project, slug, .. }) => State::Elsewhere(project, slug),
        Ok(Validity::Revoked) => State::Revoked,
        Ok(Validity::Unknown) => State::Unknown,
        Err(error) => {
            context.ui.trace(&error.to_string());
            State::NoAnswer
        }
    });
    states.extend(missing.into_iter().map(|(fingerprint, _)| fingerprint).zip(answers));
    let unanswered = states.values().filter(|state| matches!(state, State::NoAnswer)).count();
    if unanswered > 0 {
        context.ui.warn(&format!(
            "The service could not say whether {unanswered} of {} keys are live.",
            keys.len()
        ));
    }
    Ok(Answers { project: Some(account.project), states })
}
