//! Bringing an interrupted creation to the end.

use std::collections::HashSet;

use jiff::Timestamp;

use super::journal::{Intent, Record};
use super::{Placement, undo};
use crate::api::Listing;
use crate::api::{Dashboard, Validity};
use crate::destinations::Destination;
use crate::failure::{Failure, Kind};
use crate::listed_key::{ListedKey, NewKey};
use crate::ops::revoke::Outcome;
use crate::secret::Secret;

/// How long a request may still come to life after its process is gone, in
/// seconds. A record that nothing came of is kept for that long.
const LATE_ARRIVAL: i64 = 600;

/// How far two readings of the service's clock may lie apart, in seconds: its
/// `Date` header has whole ones, its database and its servers agree closely.
const CLOCK_SLACK: i64 = 2;

/// What became of a creation that was interrupted.
#[derive(Debug)]
pub enum Recovered {
    /// The key is in these destinations now.
    Finished(ListedKey, Placement),
    /// The key was revoked, with its outcome: it was in no destination.
    RolledBack(ListedKey, Outcome),
    /// Somebody may have the key (it was being printed, or given to a command),
    /// so it was left alone.
    Disclosed(ListedKey),
    /// The key is still on disk: the service does not list it now, and does not
    /// call it revoked either.
    Kept,
    /// No key came of it, and none will.
    NothingToDo,
    /// No key has come of it, but it is too early to say that none will.
    Waiting,
    /// These keys may have come of it, or may be somebody else's.
    Unclear(Vec<ListedKey>),
}

/// Brings an interrupted creation to the end. `listing` is the environment's, from just now.
///
/// # Errors
/// If the service can't be asked; the record stays then.
pub fn recover(
    dashboard: &Dashboard,
    record: Record,
    listing: &Listing,
) -> Result<Recovered, Failure> {
    let Some((id, secret)) = record.issued.clone() else {
        return recover_unanswered(dashboard, record, listing);
    };
    let Some(key) = listing.keys.iter().find(|key| key.id == id).cloned() else {
        // A list can lag or be cut. The text is at hand, and the only copy.
        if dashboard.validity(&secret)? != Validity::Revoked {
            return Ok(Recovered::Kept);
        }
        record.close()?;
        return Ok(Recovered::NothingToDo);
    };
    let mut placement = Placement::default();
    for destination in record.intent.destinations.clone() {
        let stored = resume(&destination, &record.intent, &secret);
        placement.add(destination, stored);
    }
    if !placement.stored.is_empty() {
        record.close()?;
        return Ok(Recovered::Finished(key, placement));
    }
    if record.disclosed {
        record.close()?;
        return Ok(Recovered::Disclosed(key));
    }
    revoke_unused(dashboard, record, key, Some(&secret))
}

/// Revokes a key that nobody has, and forgets it where that worked.
fn revoke_unused(
    dashboard: &Dashboard,
    record: Record,
    key: ListedKey,
    text: Option<&Secret>,
) -> Result<Recovered, Failure> {
    let outcome = undo(dashboard, record.intent.project, &key, text);
    if outcome.is_dead() {
        record.close()?;
    }
    Ok(Recovered::RolledBack(key, outcome))
}

/// Puts the key into a destination of an earlier run, if nothing forbids it
/// by now.
fn resume(destination: &Destination, intent: &Intent, secret: &Secret) -> Result<(), Failure> {
    if !destination.can_be_resumed() {
        return Err(Failure::new(Kind::PartlyDone, "whether it got the key is not known"));
    }
    destination.store(intent.key.key_type, secret)
}

/// A request without an answer: looks for a key that it may have made. One that
/// can't be anybody else's is revoked, since nobody has its text; where that is
/// not certain, it is only named.
///
/// # Errors
/// If the service can't be asked; the record stays then.
pub fn recover_unanswered(
    dashboard: &Dashboard,
    record: Record,
    listing: &Listing,
) -> Result<Recovered, Failure> {
    let known: HashSet<_> =
        record.intent.known.iter().copied().chain(record.issued_to_others()).collect();
    let new = listing.keys.iter().filter(|key| !known.contains(&key.id));
    let mut candidates: Vec<_> =
        new.filter(|key| is_candidate(&record.intent.key, key)).cloned().collect();
    if candidates.iter().any(|key| key.created_by.is_some()) {
        let me = dashboard.profile()?.id;
        candidates.retain(|key| key.created_by.is_none_or(|creator| creator == me));
    }
    match &candidates[..] {
        [] => {
            let age = Timestamp::now().as_second() - record.intent.started_at;
            // A clock that was set back says nothing about age.
            if !(0..LATE_ARRIVAL).contains(&age) {
                record.close()?;
                return Ok(Recovered::NothingToDo);
            }
            if record.intent.rotation.is_some() {
                record.release()?;
            }
            Ok(Recovered::Waiting)
        }
        [key] if made_meanwhile(&record, key) => {
            revoke_unused(dashboard, record, key.clone(), None)
        }
        _ => {
            // Said once. Were the record kept, then as soon as a person has
            // revoked one of two, the other would look like ours.
            record.close()?;
            Ok(Recovered::Unclear(candidates))
        }
    }
}

/// Ids and prefixes of keys, for a sentence.
pub fn ids(keys: &[ListedKey]) -> String {
    keys.iter().map(|key| format!("{} ({})", key.id, key.prefix)).collect::<Vec<_>>().join(", ")
}

/// Whether `key` is alike in all that was asked for.
fn is_candidate(asked: &NewKey, key: &ListedKey) -> bool {
    key.name == asked.name
        && key.domains == asked.allowed_domains.as_deref().unwrap_or_default()
        && is_alike(asked, key)
}

/// Whether `key` is of the type and for the environment that were asked for.
pub(super) fn is_alike(asked: &NewKey, key: &ListedKey) -> bool {
    key.key_type == asked.key_type && key.environment == asked.environment
}

/// Whether `key` was made while the request was under way, by the service's own
/// clock. A key that somebody made a moment later, because this one seemed to
/// have failed, is in use.
fn made_meanwhile(record: &Record, key: &ListedKey) -> bool {
    let (Some(start), Some(created)) = (record.intent.server_time, key.created_at) else {
        return false;
    };
    let longest = record.given_up.map_or(record.intent.timeout, |after| after.as_secs());
    let longest = i64::try_from(longest).unwrap_or(i64::MAX / 2);
    (start - CLOCK_SLACK..=start + longest + CLOCK_SLACK).contains(&created.as_second())
}
