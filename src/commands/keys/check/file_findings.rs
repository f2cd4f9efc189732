//! What can be wrong with a key because of the file that it is in.

use std::collections::{HashMap, HashSet};

use super::finding::Finding;
use super::fix::Fix;
use super::key_in_file::KeyInFile;
use crate::commands::keys::key_statuses::KeyStatus;
use crate::destinations::guards::GitState;
use crate::dotenv::file_name::Purpose;
use crate::key::{Environment, KeyType};
use crate::policy::Rule;
use crate::secret::Fingerprint;
use crate::ui::printable;

/// What is wrong with the keys in files.
pub fn findings(keys_in_files: &[KeyInFile]) -> Vec<Finding<'_>> {
    let shared = shared(keys_in_files);
    let told: HashSet<_> =
        shared.iter().map(|(location, _)| std::ptr::from_ref(*location)).collect();
    let shared = shared.into_iter().filter(|(location, _)| location.asked);
    let mut findings: Vec<_> = shared.map(|(_, finding)| finding).collect();
    for key_in_file in keys_in_files.iter().filter(|key_in_file| key_in_file.asked) {
        findings.extend(shipped(key_in_file));
        findings.extend(exposed(key_in_file));
        findings.extend(dead(key_in_file));
        // Of which environment's key it is was told then.
        let told = told.contains(&std::ptr::from_ref(key_in_file));
        findings.extend(misplaced(key_in_file).filter(|_| !told));
    }
    findings
}

/// A secret key in a variable that browsers get to see.
fn shipped(key_in_file: &KeyInFile) -> Option<Finding<'_>> {
    let prefix = key_in_file.browser_prefix()?;
    key_in_file.is_dangerous().then(|| {
        let message = format!(
            "{} is secret, and what begins with {prefix} is shipped to every browser{}",
            key_in_file.describe(),
            what_is_left(key_in_file)
        );
        finding(key_in_file, Rule::SecretForBrowsers, message, Fix::Retire(key_in_file))
    })
}

/// A secret key in a file where others can read it.
fn exposed(key_in_file: &KeyInFile) -> Option<Finding<'_>> {
    if !key_in_file.is_dangerous() {
        return None;
    }
    let (words, live) = (key_in_file.describe(), key_in_file.state.is_live());
    let out = what_is_left(key_in_file);
    let retire = |rule: Rule, message: String| {
        Some(finding(key_in_file, rule, message, Fix::Retire(key_in_file)))
    };
    if key_in_file.for_browsers && !key_in_file.in_env_file() {
        let message = format!("{words} is secret, and this file goes to browsers{out}");
        return retire(Rule::SecretForBrowsers, message);
    }
    match key_in_file.git {
        GitState::Tracked => {
            let message = format!("{words} is secret, and git tracks this file{out}");
            retire(Rule::SecretInGit, message)
        }
        GitState::Exposed if live && key_in_file.in_env_file() => {
            let message = format!("{words} is live, and git does not ignore this file");
            Some(finding(key_in_file, Rule::LiveInTree, message, Fix::Ignore(key_in_file)))
        }
        _ if live && !key_in_file.in_env_file() => {
            let message = format!("{words} is live, and this file must not have a secret{out}");
            retire(Rule::LiveInTree, message)
        }
        _ => None,
    }
}

/// What only a person can do: to take out a text that is no variable's value, or what
/// the service does not let us do.
fn what_is_left(key_in_file: &KeyInFile) -> String {
    let out = if key_in_file.variable.is_some() { "" } else { "; take it out" };
    match &key_in_file.state {
        KeyStatus::Elsewhere(project, Some(owner)) => {
            let owner = printable(owner);
            format!("; it is of {owner}, project {project}: have them revoke it{out}")
        }
        KeyStatus::NotListed => {
            format!("; it is beyond the keys that the service lists: revoke others first{out}")
        }
        _ if key_in_file.key_type == KeyType::Agent => {
            format!("; replace it where its agent is set up{out}")
        }
        _ => out.to_owned(),
    }
}

/// A key that nothing accepts any more, for the value of a variable.
fn dead(key_in_file: &KeyInFile) -> Option<Finding<'_>> {
    let why = match key_in_file.state {
        KeyStatus::Revoked => "is revoked",
        KeyStatus::Unknown => "is not known to the service",
        _ => return None,
    };
    if key_in_file.variable.is_none() {
        let message = format!("{} {why}; change it by hand", key_in_file.masked);
        let found = || finding(key_in_file, Rule::DeadKey, message, Fix::Nothing);
        return key_in_file.for_some_readers.then(found);
    }
    let message = match key_in_file.key_type {
        KeyType::Agent => {
            format!("{} {why}; replace it where its agent is set up", key_in_file.masked)
        }
        _ => format!("{} {why}", key_in_file.masked),
    };
    let fix = Fix::Create(key_in_file, key_in_file.replacement_environment());
    Some(finding(key_in_file, Rule::DeadKey, message, fix))
}

/// A key of another environment than its location is for.
fn misplaced(key_in_file: &KeyInFile) -> Option<Finding<'_>> {
    let belongs = key_in_file.purpose()?.environment()?;
    let found = key_in_file.environment.filter(|found| *found != belongs)?;
    if key_in_file.variable.is_none() || is_left_alone(key_in_file) {
        return None;
    }
    let words = key_in_file.describe();
    let message = format!("{words} is a {found} key, where a {belongs} key belongs");
    let fix = Fix::Create(key_in_file, belongs);
    Some(finding(key_in_file, Rule::WrongEnvironment, message, fix))
}

/// Keys that are in the files of more than one environment, each location but those of the one that
/// the key is for.
fn shared(keys_in_files: &[KeyInFile]) -> Vec<(&KeyInFile, Finding<'_>)> {
    let mut locations: HashMap<&Fingerprint, Vec<(Purpose, &KeyInFile)>> = HashMap::new();
    for key_in_file in keys_in_files {
        let alone = is_left_alone(key_in_file);
        if let (Some(purpose), Some(_), false) =
            (key_in_file.purpose_of_file(), &key_in_file.variable, alone)
        {
            locations.entry(&key_in_file.fingerprint).or_default().push((purpose, key_in_file));
        }
    }
    let mut findings = Vec::new();
    for mut locations in locations.into_values() {
        let own = match locations[0].1.environment {
            Some(Environment::Test) => Purpose::Test,
            _ => Purpose::Production,
        };
        locations.sort_by_key(|(purpose, _)| (*purpose != own, *purpose));
        let (kept, keeper) = locations[0];
        for (purpose, key_in_file) in locations.into_iter().filter(|(purpose, _)| *purpose != kept)
        {
            let belongs = key_in_file.purpose().and_then(Purpose::environment);
            let environment = belongs.unwrap_or(match purpose {
                Purpose::Production | Purpose::Staging => Environment::Production,
                Purpose::Development | Purpose::Test => Environment::Test,
            });
            let (words, file) = (key_in_file.describe(), keeper.path.display());
            let message = format!("{words} is in {file} too, which is for another environment");
            let fix = Fix::Create(key_in_file, environment);
            let rule = Rule::SharedBetweenEnvironments;
            findings.push((key_in_file, finding(key_in_file, rule, message, fix)));
        }
    }
    findings
}

/// Whether it does not matter of which environment a key is: it is revoked, an agent's, or its
/// location gets another one anyhow, which browsers may see.
fn is_left_alone(key_in_file: &KeyInFile) -> bool {
    let replaced = key_in_file.is_dangerous() && key_in_file.is_shipped();
    key_in_file.state.is_dead() || key_in_file.key_type == KeyType::Agent || replaced
}

fn finding<'a>(
    key_in_file: &'a KeyInFile,
    rule: Rule,
    message: String,
    fix: Fix<'a>,
) -> Finding<'a> {
    Finding::new(rule, key_in_file.at.clone(), message, key_in_file.listed(), fix)
}
