//! What can be wrong with the keys of the project, whatever files they are in.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::finding::{At, Finding, KeyName};
use super::fix::Fix;
use super::key_in_file::KeyInFile;
use super::unused::Unused;
use crate::commands::keys::{age, counted, describe, since};
use crate::domain;
use crate::key::KeyType;
use crate::listed_key::ListedKey;
use crate::ops::rotate::journal::Progress;
use crate::policy::{Policy, Rule};
use crate::ui::printable;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// What is known of the project.
pub struct Project<'a> {
    listed: &'a [ListedKey],
    rotations: &'a [Progress],
    policy: &'a Policy,
    now: Timestamp,
    /// The keys that nobody uses, by the logs.
    unused: HashMap<Uuid, &'a Unused>,
    /// The keys that a variable in a file has.
    used: HashSet<Uuid>,
    /// The keys by their names: the id of the first, and whether there are others.
    names: HashMap<&'a str, (Uuid, bool)>,
}

impl<'a> Project<'a> {
    /// Takes its live keys, its open rotations on this machine, the keys that nobody uses
    /// by the logs, the keys in files, what they are held to, and this moment.
    pub fn new(
        listed: &'a [ListedKey],
        rotations: &'a [Progress],
        unused: &'a [Unused],
        keys_in_files: &[KeyInFile],
        policy: &'a Policy,
        now: Timestamp,
    ) -> Self {
        let mut names = HashMap::new();
        for key in listed {
            let (first, several) = names.entry(key.name.as_str()).or_insert((key.id, false));
            *several |= *first != key.id;
        }
        let in_variables =
            keys_in_files.iter().filter(|key_in_file| key_in_file.variable.is_some());
        let used = in_variables.filter_map(KeyInFile::listed).map(|key| key.id).collect();
        let unused = unused.iter().map(|unused| (unused.id, unused)).collect();
        Self { listed, rotations, policy, now, unused, used, names }
    }

    /// What is wrong with its keys. Those of agents are left alone.
    pub fn findings(&self) -> Vec<Finding<'a>> {
        let mut findings = Vec::new();
        for key in self.listed.iter().filter(|key| key.key_type != KeyType::Agent) {
            findings.extend(self.too_old(key));
            findings.extend(self.unused(key));
            findings.extend(self.faults(key));
        }
        findings.extend(self.several());
        findings.extend(self.rotations.iter().filter_map(|it| self.open(it)));
        findings
    }

    fn too_old(&self, key: &'a ListedKey) -> Option<Finding<'a>> {
        let most = self.policy.max_age_days;
        let created = key.created_at;
        let young = created.is_some_and(|it| self.now.duration_since(it) <= days(most));
        // One that nobody uses is not replaced.
        let unused = |it: &&Unused| it.undetermined.is_none();
        if young || self.unused.get(&key.id).is_some_and(unused) {
            return None;
        }
        let age = match created {
            Some(_) => format!("is {} old", age(key, self.now)),
            None => "is of unknown age".to_owned(),
        };
        let message =
            format!("{} {age}; the limit is {}", describe(key), counted(most.into(), "day"));
        Some(self.of_key(Rule::TooOld, key, message, Fix::Rotate(key)))
    }

    fn unused(&self, key: &'a ListedKey) -> Option<Finding<'a>> {
        let unused = self.unused.get(&key.id)?;
        let (name, most) = (describe(key), self.policy.max_unused_days);
        let most = counted(most.into(), "day");
        Some(match unused.undetermined {
            None => {
                let message = format!("nobody has used {name} for {most}");
                self.of_key(Rule::Unused, key, message, Fix::Revoke(key))
            }
            Some(why) => {
                let message = format!("whether {name} was used within {most} is not known: {why}");
                self.of_key(Rule::UseUndetermined, key, message, Fix::Nothing)
            }
        })
    }

    /// What is wrong with the domains of a publishable key.
    fn faults(&self, key: &'a ListedKey) -> Vec<Finding<'a>> {
        let domains = if key.key_type == KeyType::Publishable { &key.domains[..] } else { &[] };
        let faults = domain::faults(domains, key.environment);
        let each = domains.iter().zip(faults);
        let findings = each.flat_map(|(domain, faults)| {
            faults.into_iter().map(move |fault| {
                let at = At::Domain(self.name(key), domain.clone());
                let message = format!("{} of {}: {fault}", printable(domain), describe(key));
                Finding::new(Rule::of(&fault), at, message, Some(key), Fix::SetDomains(key))
            })
        });
        findings.collect()
    }

    /// Keys that one name, type and environment have in common: a rotation that nobody
    /// ended leaves such. What is open here is told of as that.
    fn several(&self) -> Vec<Finding<'a>> {
        let rotated: HashSet<_> = self.rotations.iter().map(|it| it.plan.old.id).collect();
        let open = |key: &ListedKey| rotated.contains(&key.id);
        let mut groups: BTreeMap<_, Vec<&ListedKey>> = BTreeMap::new();
        for key in self.listed.iter().filter(|key| key.key_type != KeyType::Agent && !open(key)) {
            let alike = (&key.name, key.key_type.as_str(), key.environment);
            groups.entry(alike).or_default().push(key);
        }
        let groups = groups.into_values().filter(|keys| keys.len() > 1);
        groups.map(|keys| self.of_one_name(keys)).collect()
    }

    fn of_one_name(&self, mut keys: Vec<&'a ListedKey>) -> Finding<'a> {
        keys.sort_by_key(|key| std::cmp::Reverse(key.created_at));
        let (used, unused): (Vec<_>, Vec<_>) =
            keys.iter().copied().partition(|key| self.used.contains(&key.id));
        // What is in a file here is in use; else the newest one is what a rotation
        // would have put somewhere.
        let kept = used.first().copied().unwrap_or(keys[0]);
        let spare: Vec<_> = unused.into_iter().filter(|key| key.id != kept.id).collect();
        let prefixes: Vec<_> = keys.iter().map(|key| printable(&key.prefix)).collect();
        let message = format!(
            "{} live keys have this name ({}, {}): {}",
            keys.len(),
            kept.key_type,
            kept.environment,
            prefixes.join(", ")
        );
        let at = At::Key(KeyName { name: kept.name.clone(), id: kept.id, unique: true });
        let used = used.into_iter().filter(|key| key.id != kept.id).collect();
        Finding::new(Rule::SeveralLive, at, message, Some(kept), Fix::TellApart { used, spare })
    }

    fn open(&self, rotation: &'a Progress) -> Option<Finding<'a>> {
        let most = self.policy.max_open_rotation_days;
        if self.now.duration_since(rotation.begun) <= days(most) {
            return None;
        }
        let old = &rotation.plan.old;
        let message = format!(
            "the rotation of {} was begun {} ago; the limit is {}",
            describe(old),
            since(rotation.begun, self.now),
            counted(most.into(), "day")
        );
        Some(self.of_key(Rule::OpenRotation, old, message, Fix::Resume(rotation)))
    }

    fn of_key(&self, rule: Rule, key: &'a ListedKey, message: String, fix: Fix<'a>) -> Finding<'a> {
        Finding::new(rule, At::Key(self.name(key)), message, Some(key), fix)
    }

    fn name(&self, key: &ListedKey) -> KeyName {
        let known = self.names.get(key.name.as_str());
        let unique = known.is_none_or(|(first, several)| !several && *first == key.id);
        KeyName { name: key.name.clone(), id: key.id, unique }
    }
}

/// So many days.
pub fn days(count: u32) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(count))
}
