//! What is done about keys that have leaked: finding out whose each is, and its
//! revocation, proven by asking about the key itself.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use uuid::Uuid;

use crate::api::{Acceptance, ApiError, Dashboard, Gateway, Listing, Validity, parallel};
use crate::key::{self, Environment};
use crate::listed_key::ListedKey;
use crate::ops::revoke::{self, Outcome};
use crate::secret::Secret;

/// Whose a leaked key is.
#[derive(Clone, Debug)]
pub enum Ownership {
    /// Live, in a project that this account manages.
    Ours {
        /// The project.
        project: Uuid,
        /// The key.
        key: Arc<ListedKey>,
    },
    /// Revoked before.
    Revoked,
    /// The service does not know it.
    Unknown,
    /// Not in the linked project, and the service was not asked about it.
    NotAsked,
    /// Live, in a project that this account does not manage.
    NotYours {
        /// The project.
        project: Uuid,
        /// The organization that owns it, where the service tells.
        organization: Option<String>,
    },
    /// Live, in a project that this account manages, but beyond the rows that the
    /// service lists: its id can't be known.
    OutOfReach {
        /// The project.
        project: Uuid,
        /// Whether the list was cut; else it tells no hashes, and several could be it.
        cut: bool,
    },
    /// The service can't say.
    Unanswered(ApiError),
}

/// Finds out whose each of `keys` is, in their order. Looks in the linked project
/// first, where there is one, with what it lists; with `ask`, sends a key that is
/// not there to the service, and looks in the project that it names.
pub fn owners(
    dashboard: &Dashboard,
    gateway: &Gateway,
    linked: Option<(Uuid, Vec<Listing>)>,
    keys: &[Secret],
    ask: bool,
) -> Vec<Ownership> {
    let mut projects = Projects { dashboard, listed: HashMap::new(), by_hash: HashMap::new() };
    let linked = linked.map(|(project, listings)| {
        projects.listed.insert(project, Ok(listings));
        projects.index(project);
        project
    });
    let mut owners: Vec<Option<Ownership>> =
        keys.iter().map(|key| linked.and_then(|project| projects.find(project, key))).collect();
    let missing: Vec<usize> = (0..keys.len()).filter(|index| owners[*index].is_none()).collect();
    if !ask {
        return owners.into_iter().map(|owner| owner.unwrap_or(Ownership::NotAsked)).collect();
    }
    let answers = parallel::map(&missing, |index| validity(dashboard, gateway, &keys[*index]));
    let mut elsewhere: Vec<Uuid> = answers
        .iter()
        .filter_map(|answer| match answer {
            Ok(Validity::Live { project, .. }) => Some(*project),
            _ => None,
        })
        .filter(|project| !projects.listed.contains_key(project))
        .collect();
    elsewhere.sort_unstable();
    elsewhere.dedup();
    projects.list(&elsewhere);
    // What calls every key invalid is the service, or its database that is down.
    let vouched = linked.is_some()
        || answers
            .iter()
            .any(|answer| matches!(answer, Ok(Validity::Live { .. } | Validity::Revoked)));
    for (index, answer) in missing.into_iter().zip(answers) {
        owners[index] = Some(projects.owner(&keys[index], answer, vouched));
    }
    owners.into_iter().flatten().collect()
}

/// What the service says of a key itself. It calls every key invalid while its
/// database is down: no key is called unknown because of one answer.
fn validity(dashboard: &Dashboard, gateway: &Gateway, key: &Secret) -> Result<Validity, ApiError> {
    match dashboard.validity(key)? {
        Validity::Unknown => {}
        known => return Ok(known),
    }
    let listed = gateway.lists_models(key)?;
    let again = dashboard.validity(key)?;
    if again == Validity::Unknown && listed == Acceptance::Accepted {
        return Err(ApiError::Refused {
            status: 401,
            message: "its routes disagree about the key, as they do while its database is down"
                .to_owned(),
            retry_after: None,
        });
    }
    Ok(again)
}

/// The live keys of projects, as far as they could be listed.
struct Projects<'a> {
    dashboard: &'a Dashboard,
    listed: HashMap<Uuid, Result<Vec<Listing>, ApiError>>,
    /// The keys of each by their hashes, in lower case.
    by_hash: HashMap<Uuid, HashMap<String, Arc<ListedKey>>>,
}

impl Projects<'_> {
    fn list(&mut self, projects: &[Uuid]) {
        let calls: Vec<(Uuid, Environment)> = projects
            .iter()
            .flat_map(|project| Environment::ALL.map(|environment| (*project, environment)))
            .collect();
        let listings = parallel::map(&calls, |(project, environment)| {
            self.dashboard.list_keys(*project, *environment)
        });
        for ((project, _), listing) in calls.into_iter().zip(listings) {
            let listed = self.listed.entry(project).or_insert_with(|| Ok(Vec::new()));
            match (listed.as_mut(), listing) {
                (Ok(listings), Ok(listing)) => listings.push(listing),
                (Ok(_), Err(error)) => *listed = Err(error),
                (Err(_), _) => {}
            }
        }
        projects.iter().for_each(|project| self.index(*project));
    }

    /// Makes the keys of `project` known by their hashes: there may be very many to be
    /// looked for.
    fn index(&mut self, project: Uuid) {
        let Some(Ok(listings)) = self.listed.get(&project) else { return };
        let by_hash = self.by_hash.entry(project).or_default();
        for listed in listings.iter().flat_map(|listing| &listing.keys) {
            if let Some(hash) = listed.hash() {
                let hash = hash.to_ascii_lowercase();
                by_hash.entry(hash).or_insert_with(|| Arc::new(listed.clone()));
            }
        }
    }

    /// The key of `project` whose hash is that of `key`.
    fn find(&self, project: Uuid, key: &Secret) -> Option<Ownership> {
        let key = self.by_hash.get(&project)?.get(key.fingerprint().as_str())?;
        Some(Ownership::Ours { project, key: Arc::clone(key) })
    }

    /// What `answer` about a key that the linked project does not list comes to.
    fn owner(&self, key: &Secret, answer: Result<Validity, ApiError>, vouched: bool) -> Ownership {
        let (project, organization) = match answer {
            Ok(Validity::Live { project, organization, .. }) => (project, organization),
            Ok(Validity::Revoked) => return Ownership::Revoked,
            Ok(Validity::Unknown) if vouched => return Ownership::Unknown,
            Ok(Validity::Unknown) => {
                return Ownership::Unanswered(ApiError::Refused {
                    status: 401,
                    message: "it calls every key invalid, as it does while its database is down"
                        .to_owned(),
                    retry_after: None,
                });
            }
            Err(error) => return Ownership::Unanswered(error),
        };
        if let Some(owner) = self.find(project, key) {
            return owner;
        }
        match self.listed.get(&project) {
            Some(Ok(listings)) => match by_prefix(listings, key) {
                Some(key) => Ownership::Ours { project, key: Arc::new(key) },
                None => {
                    let cut = listings.iter().any(|listing| listing.full);
                    Ownership::OutOfReach { project, cut }
                }
            },
            Some(Err(error)) if error.status() == Some(403) => {
                Ownership::NotYours { project, organization }
            }
            Some(Err(error)) => Ownership::Unanswered(error.clone()),
            None => Ownership::OutOfReach { project, cut: true },
        }
    }
}

/// The one key without a hash whose prefix is that of `key`. Only for a key of which
/// the service says that it is of this very project (contract, *Key management*:
/// the hash is optional).
fn by_prefix(listings: &[Listing], key: &Secret) -> Option<ListedKey> {
    // A row that was cut off could have the same prefix.
    if listings.iter().any(|listing| listing.full) {
        return None;
    }
    let prefix = key::mask(key.expose());
    let mut fitting = listings
        .iter()
        .flat_map(|listing| &listing.keys)
        .filter(|listed| listed.hash().is_none() && listed.prefix == prefix);
    let only = fitting.next()?;
    fitting.next().is_none().then(|| only.clone())
}

/// A leaked key that is to be revoked.
pub struct Target {
    /// Its project.
    pub project: Uuid,
    /// As it is listed.
    pub listed: ListedKey,
    /// Its text.
    pub key: Secret,
}

/// Revokes `targets`, at most [`parallel::MOST`] at a time and none more once
/// `stopped`, lists again, and with `ask` asks the service about each key itself.
/// Gives what became of each, in their order.
pub fn revoke(
    dashboard: &Dashboard,
    targets: &[Target],
    ask: bool,
    stopped: &(dyn Fn() -> bool + Sync),
) -> Vec<Outcome> {
    let mut outcomes: Vec<Option<Outcome>> = vec![None; targets.len()];
    let mut projects: BTreeMap<Uuid, Vec<usize>> = BTreeMap::new();
    for (index, target) in targets.iter().enumerate() {
        projects.entry(target.project).or_default().push(index);
    }
    for (project, of) in projects {
        let keys: Vec<ListedKey> = of.iter().map(|index| targets[*index].listed.clone()).collect();
        let results = revoke::revoke_unless(dashboard, project, &keys, stopped);
        for (index, outcome) in of.into_iter().zip(results) {
            outcomes[index] = Some(outcome);
        }
    }
    let work: Vec<(usize, Outcome)> = outcomes.into_iter().flatten().enumerate().collect();
    parallel::map(&work, |(index, outcome)| {
        let key = ask.then_some(&targets[*index].key);
        revoke::prove(dashboard, outcome.clone(), key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::KeyType;

    #[test]
    fn a_prefix_is_used_only_where_it_can_mean_one_key() {
        let key = Secret::new(format!("csk_ab12{}", "0".repeat(44)));
        let listed = || ListedKey::sample("web", KeyType::Secret, Environment::Production, None);
        let other = || {
            let mut other = listed();
            other.prefix = "csk_cd34...".to_owned();
            other
        };
        let hashed = || {
            let text = Secret::new(format!("csk_ab12{}", "1".repeat(44)));
            let asked = crate::listed_key::NewKey {
                name: "web".to_owned(),
                environment: Environment::Production,
                key_type: KeyType::Secret,
                allowed_domains: None,
            };
            ListedKey::made(&asked, Uuid::new_v4(), &text)
        };
        let found = |keys: Vec<ListedKey>, full: bool| {
            by_prefix(&[Listing { keys, full, server_time: None }], &key).is_some()
        };
        assert!(found(vec![other(), listed()], false));
        assert!(!found(vec![other()], false));
        assert!(!found(vec![listed(), listed()], false), "two could be meant");
        assert!(!found(vec![listed()], true), "a row that was cut off could be meant");
        // That of another key with a hash says that it is not this one.
        assert!(!found(vec![hashed()], false));
        assert!(found(vec![hashed(), listed()], false));
    }
}
