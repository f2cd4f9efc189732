//! Revoking keys, and finding out whether that worked.
//!
//! The service answers 500 for a key that is revoked already, may answer 500
//! after it did the work, and may lose the answer: what it says to the PATCH
//! is never taken for the truth. It is asked again (contract, *Key
//! management*).

use std::collections::HashMap;
use std::thread;

use uuid::Uuid;

use crate::api::{ApiError, Dashboard, Listing, Validity, parallel};
use crate::key::Environment;
use crate::listed_key::ListedKey;
use crate::secret::Secret;

/// What became of a key that was to be revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Revoked by this call; the service no longer lists it, or says so of the key
    /// itself.
    Revoked,
    /// The service refused, because somebody else had revoked it meanwhile; it
    /// no longer lists it.
    AlreadyRevoked,
    /// The service still lists it.
    StillLive(ApiError),
    /// The service no longer lists it, but still accepts the key itself.
    StillAccepted,
    /// Asked for, but the service could not be asked whether it is gone.
    Unproven(String),
    /// Not asked for: it was to be stopped before.
    NotTried,
}

impl Outcome {
    /// Whether the key is known to be dead.
    pub fn is_dead(&self) -> bool {
        matches!(self, Self::Revoked | Self::AlreadyRevoked)
    }
}

/// How often a key is tried whose revocation was refused for what may pass. That
/// nothing is done twice is seen in the list.
const ROUNDS: u32 = 3;

/// Revokes `keys`, several at a time, then lists again and tells of each, in the
/// same order, what became of it.
pub fn revoke(dashboard: &Dashboard, project: Uuid, keys: &[ListedKey]) -> Vec<Outcome> {
    revoke_unless(dashboard, project, keys, &|| false)
}

/// As [`revoke`], but begins with none more once `stopped`.
pub fn revoke_unless(
    dashboard: &Dashboard,
    project: Uuid,
    keys: &[ListedKey],
    stopped: &(dyn Fn() -> bool + Sync),
) -> Vec<Outcome> {
    let mut outcomes = vec![Outcome::NotTried; keys.len()];
    let mut left: Vec<usize> = (0..keys.len()).collect();
    for _ in 0..ROUNDS {
        let answers = parallel::map(&left, |index| {
            (!stopped()).then(|| dashboard.revoke_key(project, keys[*index].id))
        });
        let tried: Vec<(usize, Result<(), ApiError>)> = left
            .iter()
            .zip(answers)
            .filter_map(|(index, answer)| Some((*index, answer?)))
            .collect();
        let mut listings: HashMap<Environment, Result<Listing, ApiError>> = HashMap::new();
        for (index, _) in &tried {
            let environment = keys[*index].environment;
            listings
                .entry(environment)
                .or_insert_with(|| dashboard.list_keys(project, environment));
        }
        for (index, answer) in tried {
            let key = &keys[index];
            outcomes[index] = outcome(key, answer, &listings[&key.environment]);
        }
        left.retain(|index| may_pass(&outcomes[*index]));
        if left.is_empty() || stopped() {
            break;
        }
    }
    outcomes
}

/// Whether the revocation was refused for what may be over soon.
fn may_pass(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::StillLive(ApiError::Refused { status, .. }) => {
            matches!(status, 429 | 500 | 502..=504)
        }
        Outcome::StillLive(ApiError::Unreachable { .. } | ApiError::Interrupted { .. }) => true,
        _ => false,
    }
}

fn outcome(
    key: &ListedKey,
    answer: Result<(), ApiError>,
    listing: &Result<Listing, ApiError>,
) -> Outcome {
    let listing = match listing {
        Ok(listing) => listing,
        Err(error) => {
            let cause = answer.as_ref().err().unwrap_or(error);
            return Outcome::Unproven(format!(
                "asking again failed ({error}); {}",
                match cause {
                    cause if cause == error => "the revocation itself was accepted".to_owned(),
                    cause => format!("the revocation itself: {cause}"),
                }
            ));
        }
    };
    if listing.keys.iter().any(|listed| listed.id == key.id) {
        return Outcome::StillLive(answer.err().unwrap_or(ApiError::Refused {
            status: 200,
            message: "the key was revoked, it said, but it lists the key as live".to_owned(),
            retry_after: None,
        }));
    }
    if !shows(listing, key) {
        return Outcome::Unproven(format!(
            "the service lists at most {} keys, and this one is older than those",
            listing.keys.len()
        ));
    }
    match answer {
        // 500 is the service's answer for a key that it has revoked before.
        Err(ApiError::Refused { status: 500, .. }) => Outcome::AlreadyRevoked,
        // The work was done although its answer was lost.
        Ok(()) | Err(_) => Outcome::Revoked,
    }
}

/// What became of a key that was revoked, where its text may be at hand: then the
/// service is asked about the key itself, which sees a revocation at once and has
/// no end as the list has.
pub fn prove(dashboard: &Dashboard, listed: Outcome, key: Option<&Secret>) -> Outcome {
    match key.filter(|_| may_change(&listed)) {
        Some(key) => proven(listed, dashboard.validity(key)),
        None => listed,
    }
}

/// Whether an answer about the key itself may change what the list says of it.
fn may_change(listed: &Outcome) -> bool {
    !matches!(listed, Outcome::StillLive(_) | Outcome::NotTried)
}

/// Revokes `key`, whose text may be at hand, and proves it: the list and the service's
/// answer about the key itself are asked for at once.
pub fn revoke_and_prove(
    dashboard: &Dashboard,
    project: Uuid,
    key: &ListedKey,
    text: Option<&Secret>,
) -> Outcome {
    let mut listed = Outcome::NotTried;
    for _ in 0..ROUNDS {
        let answer = dashboard.revoke_key(project, key.id);
        let (listing, of_itself) = thread::scope(|scope| {
            let of_itself = text.map(|text| scope.spawn(move || dashboard.validity(text)));
            let listing = dashboard.list_keys(project, key.environment);
            (listing, of_itself.map(parallel::joined))
        });
        listed = outcome(key, answer, &listing);
        if !may_pass(&listed) {
            return match of_itself.filter(|_| may_change(&listed)) {
                Some(of_itself) => proven(listed, of_itself),
                None => listed,
            };
        }
    }
    listed
}

/// What the list says of a key (`listed`), with what the service says of the key
/// itself.
///
/// No one answer makes a key dead against another: what is accepted is not, and
/// neither is what is still listed. No answer, or that it knows no such key, which
/// is what it says of all while its database is down, leaves what the list says.
fn proven(listed: Outcome, of_itself: Result<Validity, ApiError>) -> Outcome {
    match (listed, of_itself) {
        (Outcome::Revoked | Outcome::AlreadyRevoked, Ok(Validity::Live { .. })) => {
            Outcome::StillAccepted
        }
        (Outcome::Unproven(_), Ok(Validity::Live { .. })) => {
            Outcome::Unproven("the service still accepts it".to_owned())
        }
        (Outcome::Unproven(_), Ok(Validity::Revoked)) => Outcome::Revoked,
        (listed, _) => listed,
    }
}

/// Whether `listing` would hold `key` if it were live: a full one ends at its
/// oldest row.
pub fn shows(listing: &Listing, key: &ListedKey) -> bool {
    let oldest = listing.keys.last().and_then(|key| key.created_at);
    !listing.full || key.created_at.zip(oldest).is_some_and(|(created, oldest)| created > oldest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_dead_only_where_nothing_says_otherwise() {
        let project = Uuid::new_v4();
        let live = || Ok(Validity::Live { project, slug: None, name: None, organization: None });
        let error = || ApiError::Redirected { to: String::new() };
        let unproven = || Outcome::Unproven("the list was cut".to_owned());
        let still_live = || Outcome::StillLive(error());

        for dead in [Outcome::Revoked, Outcome::AlreadyRevoked] {
            assert_eq!(proven(dead.clone(), live()), Outcome::StillAccepted);
            for answer in [Ok(Validity::Revoked), Ok(Validity::Unknown), Err(error())] {
                assert_eq!(proven(dead.clone(), answer), dead);
            }
        }
        assert_eq!(proven(unproven(), Ok(Validity::Revoked)), Outcome::Revoked);
        assert_eq!(
            proven(unproven(), live()),
            Outcome::Unproven("the service still accepts it".to_owned())
        );
        for answer in [Ok(Validity::Unknown), Err(error())] {
            assert_eq!(proven(unproven(), answer), unproven());
        }
        // What is listed is live, and what was left alone was left alone.
        for listed in [still_live(), Outcome::NotTried] {
            for answer in [live(), Ok(Validity::Revoked), Ok(Validity::Unknown), Err(error())] {
                assert_eq!(proven(listed.clone(), answer), listed);
            }
        }
        assert!(!Outcome::StillAccepted.is_dead());
    }
}
