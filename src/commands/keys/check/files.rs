//! What can be wrong with a key because of the file that it stands in.

use std::collections::HashMap;

use super::finding::Finding;
use super::mending::{Mending, Wanted};
use super::standing::Standing;
use crate::commands::keys::answers::State;
use crate::dotenv::VariableName;
use crate::dotenv::file_name::Purpose;
use crate::key::{Environment, KeyType};
use crate::policy::Rule;
use crate::secret::Fingerprint;
use crate::sinks::guards::GitState;
use crate::sinks::variable;

/// What is wrong with the keys in files.
pub fn findings(standings: &[Standing], mending: &Mending<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for standing in standings {
        let rules = Rules { standing, mending };
        findings.extend(rules.exposed());
        if let Some(variable) = &standing.variable {
            findings.extend(rules.shipped(variable));
            findings.extend(rules.dead(variable));
            findings.extend(rules.misplaced(variable));
        }
    }
    findings.extend(shared(standings, mending));
    findings
}

/// The rules for one key in one file.
struct Rules<'a> {
    standing: &'a Standing,
    mending: &'a Mending<'a>,
}

impl Rules<'_> {
    /// A secret key in a variable that browsers get to see.
    fn shipped(&self, variable: &VariableName) -> Option<Finding> {
        let prefix = variable::browser_prefix(variable)?;
        if !self.standing.is_dangerous() {
            return None;
        }
        let mut mend = self.hide();
        mend.push(self.create(variable, self.environment(), &[]));
        if let State::Live(listed) = &self.standing.state {
            mend.push(self.mending.revoke(&[listed]));
        }
        let message = format!(
            "{} is secret, and what begins with {prefix} is shipped to every browser",
            self.standing.in_words()
        );
        Some(self.finding(Rule::SecretForBrowsers, message, mend))
    }

    /// A secret key in a file where others can read it.
    fn exposed(&self) -> Option<Finding> {
        let Standing { path, git, state, .. } = self.standing;
        if !self.standing.is_dangerous() {
            return None;
        }
        let words = self.standing.in_words();
        let leaked = || vec![self.mending.revoke_leaked(path)];
        if self.standing.for_browsers && !self.standing.in_env_file() {
            let message = format!("{words} is secret, and this file goes to browsers");
            return Some(self.finding(Rule::SecretForBrowsers, message, leaked()));
        }
        match (git, &self.standing.variable) {
            (GitState::Tracked, Some(variable)) if !matches!(state, State::Elsewhere(..)) => {
                let mut mend = self.hide();
                // In a variable for browsers no secret key is put.
                if variable::browser_prefix(variable).is_none() {
                    mend.push(self.mending.rotate_in(self.standing, variable));
                }
                let message = format!("{words} is secret, and git tracks this file");
                Some(self.finding(Rule::SecretInGit, message, mend))
            }
            (GitState::Tracked, _) => {
                let message = format!("{words} is secret, and git tracks this file");
                Some(self.finding(Rule::SecretInGit, message, leaked()))
            }
            (GitState::Exposed, Some(_)) if state.is_live() => {
                let message = format!("{words} is live, and git does not ignore this file");
                Some(self.finding(Rule::LiveInTree, message, vec![self.mending.ignore(path)]))
            }
            _ if state.is_live() && !self.standing.in_env_file() => {
                let message = format!("{words} is live, and this file is no place for a secret");
                Some(self.finding(Rule::LiveInTree, message, leaked()))
            }
            _ => None,
        }
    }

    /// A key that nothing accepts any more.
    fn dead(&self, variable: &VariableName) -> Option<Finding> {
        let Standing { masked, state, .. } = self.standing;
        let why = match state {
            State::Revoked => "is revoked",
            State::Unknown => "is not known to the service",
            _ => return None,
        };
        let mut mend = self.hide();
        mend.push(self.create(variable, self.environment(), &[]));
        Some(self.finding(Rule::DeadKey, format!("{masked} {why}"), mend))
    }

    /// A key of another environment than its place is for.
    fn misplaced(&self, variable: &VariableName) -> Option<Finding> {
        let Standing { environment, state, .. } = self.standing;
        let belongs = self.standing.purpose()?.environment()?;
        let found = environment.filter(|found| *found != belongs)?;
        // What replaces it then is of the right one.
        let replaced = self.standing.is_dangerous() && variable::browser_prefix(variable).is_some();
        if replaced || matches!(state, State::Revoked | State::Unknown) {
            return None;
        }
        let words = self.standing.in_words();
        let message = format!("{words} is a key of {found}, where one of {belongs} belongs");
        let mut mend = self.hide();
        mend.push(self.create(variable, belongs, domains(state)));
        Some(self.finding(Rule::WrongEnvironment, message, mend))
    }

    /// Takes a tracked file out of git: nothing is put into one before.
    fn hide(&self) -> Vec<String> {
        match self.standing.git {
            GitState::Tracked => {
                let path = &self.standing.path;
                vec![self.mending.untrack(path), self.mending.ignore(path)]
            }
            _ => Vec::new(),
        }
    }

    /// The environment that belongs there, as far as that is known.
    fn environment(&self) -> Environment {
        let belongs = self.standing.purpose().and_then(Purpose::environment);
        belongs.or(self.standing.environment).unwrap_or(Environment::Production)
    }

    /// Puts a new key in its place; one that browsers may see, where they do.
    fn create(
        &self,
        variable: &VariableName,
        environment: Environment,
        domains: &[String],
    ) -> String {
        let path = &self.standing.path;
        let shipped = variable::browser_prefix(variable).is_some();
        let key_type = if shipped { KeyType::Publishable } else { self.standing.key_type };
        self.mending.create(&Wanted { path, variable, key_type, environment, domains })
    }

    fn finding(&self, rule: Rule, message: String, mend: Vec<String>) -> Finding {
        let key = match &self.standing.state {
            State::Live(listed) => Some(listed.as_ref().clone()),
            _ => None,
        };
        Finding { rule, at: self.standing.at.clone(), message, key, mend, silenced: None }
    }
}

/// The domains of a key, as far as they are known.
fn domains(state: &State) -> &[String] {
    match state {
        State::Live(listed) => &listed.domains,
        _ => &[],
    }
}

/// Keys that stand in the files of more than one environment. The file of the key's
/// own environment is where it may stay.
fn shared(standings: &[Standing], mending: &Mending<'_>) -> Vec<Finding> {
    let mut places: HashMap<&Fingerprint, Vec<(Purpose, &Standing, &VariableName)>> =
        HashMap::new();
    for standing in standings {
        let live = !matches!(standing.state, State::Revoked | State::Unknown);
        if let (Some(purpose), Some(variable), true) =
            (standing.purpose_of_file(), &standing.variable, live)
            // What replaces it then is another key.
            && !(standing.is_dangerous() && variable::browser_prefix(variable).is_some())
        {
            let places = places.entry(&standing.fingerprint).or_default();
            places.push((purpose, standing, variable));
        }
    }
    let mut findings = Vec::new();
    for mut places in places.into_values() {
        let own = match places[0].1.environment {
            Some(Environment::Test) => Purpose::Test,
            _ => Purpose::Production,
        };
        places.sort_by_key(|(purpose, _, _)| (*purpose != own, *purpose));
        let (keeps, keeper, _) = places[0];
        for (purpose, standing, variable) in
            places.into_iter().filter(|(purpose, _, _)| *purpose != keeps)
        {
            let environment = match purpose {
                Purpose::Production | Purpose::Staging => Environment::Production,
                Purpose::Development | Purpose::Test => Environment::Test,
            };
            let rules = Rules { standing, mending };
            let mut mend = rules.hide();
            let domains = domains(&standing.state);
            mend.push(rules.create(variable, environment, domains));
            let words = standing.in_words();
            let message =
                format!("{words} stands in {} too, for another environment", keeper.path.display());
            findings.push(rules.finding(Rule::SharedBetweenEnvironments, message, mend));
        }
    }
    findings
}
