//! What can be wrong with the keys of the project, whatever files they stand in.

use std::collections::BTreeMap;

use super::finding::{At, Finding};
use super::mending::Mending;
use super::standing::Standing;
use super::unused::Unused;
use crate::api::ListedKey;
use crate::commands::keys::answers::State;
use crate::commands::keys::{age, in_words, since};
use crate::domain;
use crate::key::KeyType;
use crate::policy::{Policy, Rule};
use crate::rotation::journal::Progress;
use crate::ui::printable;
use jiff::{SignedDuration, Timestamp};

/// What is known of the project.
pub struct Project<'a> {
    /// Its live keys.
    pub listed: &'a [ListedKey],
    /// Its open rotations on this machine.
    pub rotations: &'a [Progress],
    /// The keys that nobody uses, by the logs.
    pub unused: &'a [Unused],
    /// The keys in files.
    pub standings: &'a [Standing],
    /// What the keys are held to.
    pub policy: &'a Policy,
    /// This moment.
    pub now: Timestamp,
}

impl Project<'_> {
    /// What is wrong with its keys. Those of agents are left alone.
    pub fn findings(&self, mending: &Mending<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for key in self.listed.iter().filter(|key| key.key_type != KeyType::Agent) {
            findings.extend(self.too_old(key, mending));
            findings.extend(self.unused(key, mending));
            findings.extend(self.faults(key, mending));
        }
        findings.extend(self.several(mending));
        findings.extend(self.rotations.iter().filter_map(|it| self.open(it, mending)));
        findings
    }

    fn too_old(&self, key: &ListedKey, mending: &Mending<'_>) -> Option<Finding> {
        let most = self.policy.max_age_days;
        let created = key.created_at;
        if created.is_some_and(|created| self.now.duration_since(created) <= days(most)) {
            return None;
        }
        let age = match created {
            Some(_) => format!("is {} old", age(key, self.now)),
            None => "is of unknown age".to_owned(),
        };
        let message = format!("{} {age}; it may get {most} days", in_words(key));
        Some(self.of_key(Rule::TooOld, key, message, mending.rotate(key)))
    }

    fn unused(&self, key: &ListedKey, mending: &Mending<'_>) -> Option<Finding> {
        let unused = self.unused.iter().find(|unused| unused.id == key.id)?;
        let (key_in_words, most) = (in_words(key), self.policy.max_unused_days);
        let message = if unused.proven {
            format!("nobody has used {key_in_words} for {most} days")
        } else {
            format!(
                "the logs tell of no call with {key_in_words}, in {most} days or as far as they go \
                 back"
            )
        };
        Some(self.of_key(Rule::Unused, key, message, mending.revoke(&[key])))
    }

    /// What is wrong with the domains of a publishable key.
    fn faults(&self, key: &ListedKey, mending: &Mending<'_>) -> Vec<Finding> {
        let domains = if key.key_type == KeyType::Publishable { &key.domains[..] } else { &[] };
        let faults = domain::faults(domains, key.environment);
        let each = domains.iter().zip(faults).enumerate();
        let findings = each.flat_map(|(index, (domain, faults))| {
            faults.into_iter().map(move |fault| {
                let at = At::Domain { shown: self.shown(key), id: key.id, domain: domain.clone() };
                let words = format!("{} of {}", printable(domain), in_words(key));
                Finding {
                    rule: Rule::of(&fault),
                    at,
                    message: format!("{words}: {fault}"),
                    key: Some(key.clone()),
                    mend: vec![mending.set_domains(key, index)],
                    silenced: None,
                }
            })
        });
        findings.collect()
    }

    /// Keys that one name, type and environment have in common: a rotation that nobody
    /// ended leaves such. What is open here is told of as that.
    fn several(&self, mending: &Mending<'_>) -> Vec<Finding> {
        let open =
            |key: &ListedKey| self.rotations.iter().any(|rotation| rotation.plan.old.id == key.id);
        let mut groups: BTreeMap<_, Vec<&ListedKey>> = BTreeMap::new();
        for key in self.listed.iter().filter(|key| key.key_type != KeyType::Agent && !open(key)) {
            let alike = (&key.name, key.key_type.as_str(), key.environment);
            groups.entry(alike).or_default().push(key);
        }
        let groups = groups.into_values().filter(|keys| keys.len() > 1);
        groups.map(|keys| self.of_one_name(keys, mending)).collect()
    }

    fn of_one_name(&self, mut keys: Vec<&ListedKey>, mending: &Mending<'_>) -> Finding {
        keys.sort_by_key(|key| std::cmp::Reverse(key.created_at));
        let used: Vec<_> = keys.iter().copied().filter(|key| self.stands(key)).collect();
        // What stands in a file here is in use; else the newest one is what a rotation
        // would have put somewhere.
        let kept = used.first().copied().unwrap_or(keys[0]);
        let spare: Vec<_> = keys
            .iter()
            .copied()
            .filter(|key| key.id != kept.id && !used.iter().any(|it| it.id == key.id))
            .collect();
        let mut mend: Vec<_> =
            used.iter().skip(1).map(|it| mending.rotate_and_rename(it)).collect();
        if !spare.is_empty() {
            mend.push(mending.revoke(&spare));
        }
        let prefixes: Vec<_> = keys.iter().map(|key| printable(&key.prefix)).collect();
        let message = format!(
            "{} live keys have this name ({}, {}): {}",
            keys.len(),
            kept.key_type,
            kept.environment,
            prefixes.join(", ")
        );
        let at = At::Key { shown: kept.name.clone(), id: kept.id };
        let key = Some(kept.clone());
        Finding { rule: Rule::SeveralLive, at, message, key, mend, silenced: None }
    }

    fn open(&self, rotation: &Progress, mending: &Mending<'_>) -> Option<Finding> {
        let most = self.policy.max_open_rotation_days;
        if self.now.duration_since(rotation.begun) <= days(most) {
            return None;
        }
        let old = &rotation.plan.old;
        let message = format!(
            "the rotation of {} was begun {} ago; it may be open for {most} days",
            in_words(old),
            since(rotation.begun, self.now)
        );
        Some(self.of_key(Rule::OpenRotation, old, message, mending.resume(old.id)))
    }

    fn of_key(&self, rule: Rule, key: &ListedKey, message: String, mend: String) -> Finding {
        let at = At::Key { shown: self.shown(key), id: key.id };
        let key = Some(key.clone());
        Finding { rule, at, message, key, mend: vec![mend], silenced: None }
    }

    /// What a key is called where it has to be told from others.
    fn shown(&self, key: &ListedKey) -> String {
        let others = self.listed.iter().any(|it| it.id != key.id && it.name == key.name);
        if others { key.id.to_string() } else { key.name.clone() }
    }

    /// Whether a variable in a file has the key.
    fn stands(&self, key: &ListedKey) -> bool {
        self.standings.iter().any(|standing| {
            standing.variable.is_some()
                && matches!(&standing.state, State::Live(listed) if listed.id == key.id)
        })
    }
}

/// So many days.
pub fn days(count: u32) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(count))
}
