//! Making a key so that it is never lost: written down before it is asked for,
//! kept as soon as it is there, and only then put where it belongs.
//!
//! [`recover()`] is the one way from a record on disk to the end, for the process that began
//! it as for one that finds it later: a key that is in one of its destinations stays; one
//! that is in none, or whose text never arrived, is revoked.

mod issued;
pub mod journal;
pub mod recover;

use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use uuid::Uuid;

use crate::api::Listing;
use crate::api::{ApiError, Dashboard};
use crate::destinations::Destination;
use crate::failure::{Failure, Hint, Kind};
use crate::listed_key::{ListedKey, NewKey};
use crate::ops::revoke::{self, Outcome};
use crate::secret::Secret;
use journal::{Intent, Record};
use recover::{Recovered, ids, recover};

/// What is to be made, and where it is to go.
pub struct Plan {
    /// The project that the key is for.
    pub project: Uuid,
    /// The key.
    pub key: NewKey,
    /// Where it is to be put; nowhere where it is only printed. Each must have
    /// been rehearsed.
    pub destinations: Vec<Destination>,
    /// The key that it is to replace, where a rotation makes it.
    pub rotation: Option<Uuid>,
}

/// A key that was made and is on disk, and nowhere else yet.
pub struct Creation {
    record: Record,
    /// The key as the service lists it.
    pub key: ListedKey,
    /// The key itself.
    pub secret: Secret,
}

/// Where a key ended up.
#[derive(Debug, Default)]
pub struct Placement {
    /// The destinations that have it.
    pub stored: Vec<Destination>,
    /// The destinations that do not, and why.
    pub failed: Vec<(Destination, Failure)>,
}

impl Placement {
    /// Notes whether `destination` has the key.
    pub fn add(&mut self, destination: Destination, stored: Result<(), Failure>) {
        match stored {
            Ok(()) => self.stored.push(destination),
            Err(failure) => self.failed.push((destination, failure)),
        }
    }
}

/// Makes a key. It is on disk when this returns.
///
/// `before` is the environment's listing from just before.
///
/// # Errors
/// With a message that says whether a key exists now.
pub fn create(
    dashboard: &Dashboard,
    state: &Path,
    plan: Plan,
    before: &Listing,
) -> Result<Creation, Failure> {
    let Plan { project, key, destinations, rotation } = plan;
    let intent = Intent {
        project,
        key,
        destinations,
        known: before.keys.iter().map(|key| key.id).collect(),
        server_time: before.server_time,
        started_at: Timestamp::now().as_second(),
        timeout: dashboard.transport().timeout().as_secs(),
        rotation,
    };
    let mut record = Record::begin(state, intent).map_err(|error| {
        let message = format!(
            "The state folder {} can't be written: {error}. Nothing was created.",
            state.display()
        );
        Failure::new(Kind::Failed, message).hint("Name another folder in CENCORI_STATE_DIR")
    })?;
    let begun = Instant::now();
    let (key, secret) = match dashboard.create_key(project, &record.intent.key) {
        Ok(created) => created,
        Err(error) if error.leaves_doubt() => {
            // Without this note a later run allows for more time, no more.
            let _ = record.given_up(begun.elapsed());
            return Err(in_doubt(dashboard, record, &error));
        }
        Err(error) => {
            // Where the record stays behind, a later run finds that nothing
            // came of it.
            let _ = record.close();
            return Err(Failure::from(error).context("No key was created"));
        }
    };
    if let Err(error) = record.issued(key.id, &secret) {
        let outcome = undo(dashboard, project, &key, Some(&secret));
        if outcome.is_dead() {
            let _ = record.close();
        }
        return Err(Failure::new(
            Kind::Failed,
            format!(
                "The key could not be kept ({error}), so it was given up: {}.",
                describe_undo(&key, &outcome)
            ),
        ));
    }
    let creation = Creation { record, key, secret };
    if !recover::is_alike(&creation.record.intent.key, &creation.key) {
        let key = creation.key.clone();
        let undone = describe_undo(&key, &creation.undo(dashboard));
        let message = format!(
            "The service created a key of another type or environment than asked for, so {undone}"
        );
        return Err(Failure::new(Kind::Failed, message));
    }
    Ok(creation)
}

impl Creation {
    /// Puts the key where it is to go, and tells where it is then.
    pub fn destination(&mut self) -> Placement {
        let mut placement = Placement::default();
        for destination in self.record.intent.destinations.clone() {
            // A later run must not take the key for one that nobody has.
            let noted =
                if destination.can_be_resumed() { Ok(()) } else { self.record.mark_disclosed() };
            let stored = noted
                .map_err(Failure::from)
                .and_then(|()| destination.storage().store(&self.secret));
            placement.add(destination, stored);
        }
        placement
    }

    /// The key is about to be printed, and who reads it can't be asked.
    ///
    /// # Errors
    /// If that can't be noted; the key must not be printed then.
    pub fn mark_disclosed(&mut self) -> std::io::Result<()> {
        self.record.mark_disclosed()
    }

    /// The record, which holds the key, for whoever puts it where it belongs.
    pub fn into_record(self) -> Record {
        self.record
    }

    /// The key is where it belongs: forgets it.
    ///
    /// # Errors
    /// If the record can't be removed; a later run will see that the key is in its destination.
    pub fn close(self) -> std::io::Result<()> {
        self.record.close()
    }

    /// The key was not written anywhere: revokes it. Kept on disk where that fails.
    pub fn undo(self, dashboard: &Dashboard) -> Outcome {
        let project = self.record.intent.project;
        let outcome = undo(dashboard, project, &self.key, Some(&self.secret));
        if outcome.is_dead() {
            let _ = self.record.close();
        }
        outcome
    }
}

/// What to say of a key that was revoked because it was in no destination.
pub fn describe_undo(key: &ListedKey, outcome: &Outcome) -> String {
    let name = format!("{} ({}, id {})", key.name, key.prefix, key.id);
    match outcome {
        Outcome::Revoked | Outcome::AlreadyRevoked => {
            format!("{name} is revoked; nothing is left behind")
        }
        Outcome::StillLive(error) => {
            format!("{name} is still live, because revoking it failed: {error}")
        }
        Outcome::StillAccepted => {
            format!("the service no longer lists {name}, but still accepts it")
        }
        Outcome::NotTried => format!("{name} is still live"),
        Outcome::Unproven(why) => format!("whether {name} is revoked is not known: {why}"),
    }
}

/// Revokes a key that is in no destination, whose `text` is at hand unless it never arrived.
fn undo(dashboard: &Dashboard, project: Uuid, key: &ListedKey, text: Option<&Secret>) -> Outcome {
    let listed = revoke::revoke(dashboard, project, std::slice::from_ref(key)).remove(0);
    revoke::prove(dashboard, listed, text)
}

/// The request got no usable answer: finds out what came of it, now if
/// possible.
fn in_doubt(dashboard: &Dashboard, record: Record, error: &ApiError) -> Failure {
    let environment = record.intent.key.environment;
    let project = record.intent.project;
    let resume = record.intent.resume();
    let found = dashboard
        .list_keys(project, environment)
        .map_err(Failure::from)
        .and_then(|listing| recover(dashboard, record, &listing));
    let (state, hint) = match found {
        Ok(Recovered::RolledBack(key, outcome)) => {
            let state = format!(
                "One that fits appeared meanwhile, and its text never arrived; {}.",
                describe_undo(&key, &outcome)
            );
            (state, "Run the command again".into())
        }
        Ok(Recovered::Unclear(keys)) => {
            let state = format!("{} may be it, and was not revoked.", ids(&keys));
            (state, "Revoke by its id the one that nobody else created".into())
        }
        Ok(_) => (
            "None has appeared so far.".to_owned(),
            Hint::from(resume).text(" looks again, and revokes the key if there is one"),
        ),
        Err(failure) => (
            format!("Asking again failed too: {}.", failure.message()),
            Hint::from(resume).text(" finds out, and revokes the key if there is one"),
        ),
    };
    let message = format!("The service did not say whether the key was created: {error}. {state}");
    Failure::new(Kind::Unavailable, message).hint(hint)
}
