//! What can be wrong with a key because of the file that it stands in.

use std::collections::{HashMap, HashSet};

use super::finding::Finding;
use super::fix::Fix;
use super::standing::Standing;
use crate::commands::keys::answers::State;
use crate::dotenv::file_name::Purpose;
use crate::key::{Environment, KeyType};
use crate::policy::Rule;
use crate::secret::Fingerprint;
use crate::sinks::guards::GitState;
use crate::ui::printable;

/// What is wrong with the keys in files.
pub fn findings(standings: &[Standing]) -> Vec<Finding<'_>> {
    let shared = shared(standings);
    let told: HashSet<_> = shared.iter().map(|(place, _)| std::ptr::from_ref(*place)).collect();
    let shared = shared.into_iter().filter(|(place, _)| place.asked);
    let mut findings: Vec<_> = shared.map(|(_, finding)| finding).collect();
    for standing in standings.iter().filter(|standing| standing.asked) {
        findings.extend(shipped(standing));
        findings.extend(exposed(standing));
        findings.extend(dead(standing));
        // Of which environment's key it is was told then.
        let told = told.contains(&std::ptr::from_ref(standing));
        findings.extend(misplaced(standing).filter(|_| !told));
    }
    findings
}

/// A secret key in a variable that browsers get to see.
fn shipped(standing: &Standing) -> Option<Finding<'_>> {
    let prefix = standing.browser_prefix()?;
    standing.is_dangerous().then(|| {
        let message = format!(
            "{} is secret, and what begins with {prefix} is shipped to every browser{}",
            standing.in_words(),
            what_is_left(standing)
        );
        finding(standing, Rule::SecretForBrowsers, message, Fix::Retire(standing))
    })
}

/// A secret key in a file where others can read it.
fn exposed(standing: &Standing) -> Option<Finding<'_>> {
    if !standing.is_dangerous() {
        return None;
    }
    let (words, live) = (standing.in_words(), standing.state.is_live());
    let out = what_is_left(standing);
    let retire =
        |rule: Rule, message: String| Some(finding(standing, rule, message, Fix::Retire(standing)));
    if standing.for_browsers && !standing.in_env_file() {
        let message = format!("{words} is secret, and this file goes to browsers{out}");
        return retire(Rule::SecretForBrowsers, message);
    }
    match standing.git {
        GitState::Tracked => {
            let message = format!("{words} is secret, and git tracks this file{out}");
            retire(Rule::SecretInGit, message)
        }
        GitState::Exposed if live && standing.in_env_file() => {
            let message = format!("{words} is live, and git does not ignore this file");
            Some(finding(standing, Rule::LiveInTree, message, Fix::Ignore(standing)))
        }
        _ if live && !standing.in_env_file() => {
            let message = format!("{words} is live, and this file is no place for a secret{out}");
            retire(Rule::LiveInTree, message)
        }
        _ => None,
    }
}

/// What only a person can do: to take out a text that is no variable's value, or what
/// the service does not let us do.
fn what_is_left(standing: &Standing) -> String {
    let out = if standing.variable.is_some() { "" } else { "; take it out" };
    match &standing.state {
        State::Elsewhere(project, Some(owner)) => {
            let owner = printable(owner);
            format!("; it is of {owner}, project {project}: have them revoke it{out}")
        }
        State::NotListed => {
            format!("; it is beyond the keys that the service lists: revoke others first{out}")
        }
        _ if standing.key_type == KeyType::Agent => {
            format!("; replace it where its agent is set up{out}")
        }
        _ => out.to_owned(),
    }
}

/// A key that nothing accepts any more, for the value of a variable.
fn dead(standing: &Standing) -> Option<Finding<'_>> {
    let why = match standing.state {
        State::Revoked => "is revoked",
        State::Unknown => "is not known to the service",
        _ => return None,
    };
    if standing.variable.is_none() {
        let message = format!("{} {why}; change it by hand", standing.masked);
        let found = || finding(standing, Rule::DeadKey, message, Fix::Nothing);
        return standing.for_some_readers.then(found);
    }
    let message = match standing.key_type {
        KeyType::Agent => {
            format!("{} {why}; replace it where its agent is set up", standing.masked)
        }
        _ => format!("{} {why}", standing.masked),
    };
    let belongs = standing.purpose().and_then(Purpose::environment);
    let environment = belongs.or(standing.environment).unwrap_or(Environment::Production);
    let fix = Fix::Create(standing, environment);
    Some(finding(standing, Rule::DeadKey, message, fix))
}

/// A key of another environment than its place is for.
fn misplaced(standing: &Standing) -> Option<Finding<'_>> {
    let belongs = standing.purpose()?.environment()?;
    let found = standing.environment.filter(|found| *found != belongs)?;
    if standing.variable.is_none() || is_left_alone(standing) {
        return None;
    }
    let words = standing.in_words();
    let message = format!("{words} is a {found} key, where a {belongs} key belongs");
    let fix = Fix::Create(standing, belongs);
    Some(finding(standing, Rule::WrongEnvironment, message, fix))
}

/// Keys that stand in the files of more than one environment, each place but those of
/// the one that the key is for.
fn shared(standings: &[Standing]) -> Vec<(&Standing, Finding<'_>)> {
    let mut places: HashMap<&Fingerprint, Vec<(Purpose, &Standing)>> = HashMap::new();
    for standing in standings {
        let alone = is_left_alone(standing);
        if let (Some(purpose), Some(_), false) =
            (standing.purpose_of_file(), &standing.variable, alone)
        {
            places.entry(&standing.fingerprint).or_default().push((purpose, standing));
        }
    }
    let mut findings = Vec::new();
    for mut places in places.into_values() {
        let own = match places[0].1.environment {
            Some(Environment::Test) => Purpose::Test,
            _ => Purpose::Production,
        };
        places.sort_by_key(|(purpose, _)| (*purpose != own, *purpose));
        let (kept, keeper) = places[0];
        for (purpose, standing) in places.into_iter().filter(|(purpose, _)| *purpose != kept) {
            let belongs = standing.purpose().and_then(Purpose::environment);
            let environment = belongs.unwrap_or(match purpose {
                Purpose::Production | Purpose::Staging => Environment::Production,
                Purpose::Development | Purpose::Test => Environment::Test,
            });
            let (words, file) = (standing.in_words(), keeper.path.display());
            let message = format!("{words} stands in {file} too, which is for another environment");
            let fix = Fix::Create(standing, environment);
            let rule = Rule::SharedBetweenEnvironments;
            findings.push((standing, finding(standing, rule, message, fix)));
        }
    }
    findings
}

/// Whether it does not matter of which environment a key is: it is dead, an agent's, or
/// its place gets another one anyhow, which browsers may see.
fn is_left_alone(standing: &Standing) -> bool {
    let replaced = standing.is_dangerous() && standing.is_shipped();
    standing.state.is_dead() || standing.key_type == KeyType::Agent || replaced
}

fn finding<'a>(standing: &'a Standing, rule: Rule, message: String, fix: Fix<'a>) -> Finding<'a> {
    Finding::new(rule, standing.at.clone(), message, standing.listed(), fix)
}
