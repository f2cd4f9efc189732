//! Making a key so that it is never lost: written down before it is asked for,
//! kept as soon as it is there, and only then put where it belongs.
//!
//! [`settle`] is the one way from a record on disk to its end, for the process
//! that began it as for one that finds it later: a key that is in one of its
//! places stays; one that is in none, or whose text never arrived, is revoked.

pub mod journal;

use std::path::Path;

use jiff::Timestamp;
use uuid::Uuid;

use crate::api::dashboard::Listing;
use crate::api::{ApiError, Dashboard, ListedKey, NewKey};
use crate::failure::{Failure, Kind};
use crate::revocation::{self, Outcome};
use crate::secret::Secret;
use crate::sinks::Destination;
use journal::{Intent, Record};

/// How far two readings of the service's clock may lie apart, in seconds.
const CLOCK_SLACK: i64 = 60;

/// How long a request may still come to life after its process is gone, in
/// seconds. A record that nothing came of is kept for that long.
const LATE_ARRIVAL: i64 = 600;

/// What is to be made, and where it is to go.
pub struct Plan {
    /// The project that the key is for.
    pub project: Uuid,
    /// The key.
    pub key: NewKey,
    /// Where it is to be put; nowhere where it is only printed. Each must have
    /// been rehearsed.
    pub destinations: Vec<Destination>,
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
#[derive(Debug)]
pub struct Placement {
    /// The places that have it.
    pub stored: Vec<Destination>,
    /// The places that do not, and why.
    pub failed: Vec<(Destination, Failure)>,
}

/// What became of a creation that was interrupted.
#[derive(Debug)]
pub enum Settled {
    /// The key is in these places now.
    Finished(ListedKey, Placement),
    /// The key was revoked, with its outcome: it was in no place.
    Undone(ListedKey, Outcome),
    /// No key came of it, and none will.
    NothingToDo,
    /// No key has come of it, but it is too early to say that none will.
    Waiting,
    /// Several keys may have come of it.
    Ambiguous(Vec<ListedKey>),
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
    let Plan { project, key, destinations } = plan;
    let intent = Intent {
        project,
        key,
        destinations,
        known: before.keys.iter().map(|key| key.id).collect(),
        server_time: before.server_time,
        started_at: Timestamp::now().as_second(),
        timeout: dashboard.transport().timeout().as_secs(),
    };
    let mut record = Record::begin(state, intent).map_err(|error| {
        let message = format!(
            "The state folder {} can't be written: {error}. Nothing was created.",
            state.display()
        );
        Failure::new(Kind::Failed, message).hint("Name another folder in CENCORI_STATE_DIR")
    })?;
    let (key, secret) = match dashboard.create_key(project, &record.intent.key) {
        Ok(created) => created,
        Err(error) if error.leaves_doubt() => return Err(in_doubt(dashboard, record, &error)),
        Err(error) => {
            // Where the record stays behind, a later run finds that nothing
            // came of it.
            let _ = record.close();
            return Err(Failure::from(error).context("No key was created"));
        }
    };
    if let Err(error) = record.issued(key.id, &secret) {
        let outcome = undo(dashboard, project, &key);
        if outcome.is_dead() {
            let _ = record.close();
        }
        return Err(Failure::new(
            Kind::Failed,
            format!(
                "The key could not be kept ({error}), so it was given up: {}.",
                undone(&key, &outcome)
            ),
        ));
    }
    // Other records of this project may be waiting for a key just like this.
    for mut other in journal::abandoned(state).map(|found| found.0).unwrap_or_default() {
        if other.intent.project == project && other.issued.is_none() {
            let _ = other.exclude(key.id);
        }
    }
    Ok(Creation { record, key, secret })
}

impl Creation {
    /// Puts the key where it is to go, and tells where it is then.
    pub fn place(&self) -> Placement {
        place(&self.record.intent.destinations, &self.secret, true)
    }

    /// The key is where it belongs: forgets it.
    ///
    /// # Errors
    /// Where the record can't be removed; a later run will see that the key is
    /// in its place.
    pub fn close(self) -> std::io::Result<()> {
        self.record.close()
    }

    /// The key is in no place: revokes it. Kept on disk where that fails.
    pub fn undo(self, dashboard: &Dashboard) -> Outcome {
        let outcome = undo(dashboard, self.record.intent.project, &self.key);
        if outcome.is_dead() {
            let _ = self.record.close();
        }
        outcome
    }
}

/// What to say of a key that was revoked because it was in no place.
pub fn undone(key: &ListedKey, outcome: &Outcome) -> String {
    let name = format!("{} ({}, id {})", key.name, key.prefix, key.id);
    match outcome {
        Outcome::Revoked | Outcome::AlreadyRevoked => {
            format!("{name} is revoked, nothing is left behind")
        }
        Outcome::StillLive(error) => {
            format!("{name} is still live, because revoking it failed: {error}")
        }
        Outcome::Unproven(why) => format!("whether {name} is revoked is not known: {why}"),
    }
}

fn undo(dashboard: &Dashboard, project: Uuid, key: &ListedKey) -> Outcome {
    revocation::revoke(dashboard, project, std::slice::from_ref(key)).remove(0)
}

fn place(destinations: &[Destination], secret: &Secret, run_commands: bool) -> Placement {
    let mut placement = Placement { stored: Vec::new(), failed: Vec::new() };
    for destination in destinations {
        if !run_commands && !destination.can_be_resumed() {
            let why = Failure::new(Kind::PartlyDone, "it is run only by the command that named it");
            placement.failed.push((destination.clone(), why));
            continue;
        }
        match destination.sink().store(secret) {
            Ok(()) => placement.stored.push(destination.clone()),
            Err(failure) => placement.failed.push((destination.clone(), failure)),
        }
    }
    placement
}

/// The request got no usable answer: finds out what came of it, now if
/// possible.
fn in_doubt(dashboard: &Dashboard, record: Record, error: &ApiError) -> Failure {
    let environment = record.intent.key.environment;
    let project = record.intent.project;
    let found = dashboard
        .list_keys(project, environment)
        .map_err(Failure::from)
        .and_then(|listing| settle(dashboard, record, &listing));
    let (state, hint) = match found {
        Ok(Settled::Undone(key, outcome)) => {
            let state = format!("It was, but its text never arrived; {}.", undone(&key, &outcome));
            (state, "Run the command again")
        }
        Ok(Settled::Ambiguous(keys)) => {
            let keys: Vec<_> =
                keys.iter().map(|key| format!("{} ({})", key.id, key.prefix)).collect();
            let state = format!(
                "Several keys that fit have appeared since, none was revoked: {}.",
                keys.join(", ")
            );
            (state, "Revoke by its id the one that nobody else made")
        }
        Ok(_) => (
            "None has appeared so far.".to_owned(),
            "The next `cencori keys` command looks again, and revokes the key if there is one",
        ),
        Err(failure) => (
            format!("Asking again failed too: {}.", failure.message()),
            "The next `cencori keys` command finds out, and revokes the key if there is one",
        ),
    };
    let message = format!("The service did not say whether the key was created: {error}. {state}");
    Failure::new(Kind::Unavailable, message).hint(hint)
}

/// Brings an interrupted creation to its end. `listing` is the environment's,
/// from just now.
///
/// # Errors
/// Where the service can't be asked; the record stays then.
pub fn settle(
    dashboard: &Dashboard,
    record: Record,
    listing: &Listing,
) -> Result<Settled, Failure> {
    let Some((id, secret)) = record.issued.clone() else {
        return settle_unanswered(dashboard, record, listing);
    };
    let Some(key) = listing.keys.iter().find(|key| key.id == id).cloned() else {
        if listing.full {
            return Ok(Settled::Waiting);
        }
        record.close()?;
        return Ok(Settled::NothingToDo);
    };
    let placement = place(&record.intent.destinations, &secret, false);
    if placement.stored.is_empty() {
        let outcome = undo(dashboard, record.intent.project, &key);
        if outcome.is_dead() {
            record.close()?;
        }
        return Ok(Settled::Undone(key, outcome));
    }
    record.close()?;
    Ok(Settled::Finished(key, placement))
}

/// A request without an answer: looks for a key that it may have made, and
/// revokes it, since nobody has its text.
fn settle_unanswered(
    dashboard: &Dashboard,
    record: Record,
    listing: &Listing,
) -> Result<Settled, Failure> {
    let mut candidates: Vec<_> =
        listing.keys.iter().filter(|key| may_be_of(&record.intent, key)).cloned().collect();
    if candidates.iter().any(|key| key.created_by.is_some()) {
        let me = dashboard.user_id()?;
        candidates.retain(|key| key.created_by.is_none_or(|creator| creator == me));
    }
    match candidates.len() {
        0 => {
            let age = Timestamp::now().as_second() - record.intent.started_at;
            // A clock that was set back says nothing about age.
            if !(0..LATE_ARRIVAL).contains(&age) {
                record.close()?;
                return Ok(Settled::NothingToDo);
            }
            Ok(Settled::Waiting)
        }
        1 => {
            let key = candidates.remove(0);
            let outcome = undo(dashboard, record.intent.project, &key);
            if outcome.is_dead() {
                record.close()?;
            }
            Ok(Settled::Undone(key, outcome))
        }
        _ => {
            // Said once. Were the record kept, then as soon as a person has
            // revoked one of two, the other would look like ours.
            record.close()?;
            Ok(Settled::Ambiguous(candidates))
        }
    }
}

/// Whether `key` can be what the intended request made: not there before,
/// alike in all that was asked for, and made while the request was under way by
/// the service's own clock.
fn may_be_of(intent: &Intent, key: &ListedKey) -> bool {
    let asked = &intent.key;
    let in_time = match (intent.server_time, key.created_at) {
        (Some(start), Some(created)) => {
            let timeout = i64::try_from(intent.timeout).unwrap_or(i64::MAX / 2);
            (start - CLOCK_SLACK..=start + timeout + CLOCK_SLACK).contains(&created.as_second())
        }
        _ => true,
    };
    in_time
        && !intent.known.contains(&key.id)
        && key.name == asked.name
        && key.key_type == asked.key_type
        && key.environment == asked.environment
        && key.domains == asked.allowed_domains.clone().unwrap_or_default()
}
