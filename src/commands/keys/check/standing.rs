//! The keys that stand in files: where, and what is known of each.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use super::finding::At;
use crate::commands::keys::answers::{Answers, State};
use crate::commands::keys::searching::shown;
use crate::context::Context;
use crate::dotenv::VariableName;
use crate::dotenv::file_name::{self, EnvFile, Purpose};
use crate::key::{self, Environment, KeyType};
use crate::leak::tree::Searched;
use crate::leak::{Found, bundles};
use crate::secret::{Fingerprint, Secret};
use crate::sinks::dotenv_file;
use crate::sinks::guards::{self, GitState};

/// A key in a file.
pub struct Standing {
    /// Where.
    pub at: At,
    /// The file, as the person would name it.
    pub path: PathBuf,
    /// The variable that has the key for its value, in a `.env` file that is read as
    /// it stands.
    pub variable: Option<VariableName>,
    /// What can be shown of it.
    pub masked: String,
    /// Its type, by its prefix.
    pub key_type: KeyType,
    /// Its environment: by the list, else by its prefix.
    pub environment: Option<Environment>,
    /// What it is known by.
    pub fingerprint: Fingerprint,
    /// How it stands with it.
    pub state: State,
    /// How git sees the file.
    pub git: GitState,
    /// Whether the file goes to browsers.
    pub for_browsers: bool,
}

impl Standing {
    /// Whether it must not be public: of a dead one nothing is to be feared.
    pub fn is_dangerous(&self) -> bool {
        self.key_type != KeyType::Publishable
            && !matches!(self.state, State::Revoked | State::Unknown)
    }

    /// Whether the file is a `.env` that is read as it stands.
    pub fn in_env_file(&self) -> bool {
        file_name::of(&self.path) == Some(EnvFile::Used)
    }

    /// What its place is for, by the variable's name, else by the file's.
    pub fn purpose(&self) -> Option<Purpose> {
        let by_variable = self.variable.as_ref().and_then(|name| Purpose::of(name.as_str()));
        by_variable.or_else(|| self.purpose_of_file())
    }

    /// What its file is for, by its name, where that is a `.env`.
    pub fn purpose_of_file(&self) -> Option<Purpose> {
        Purpose::of(self.path.file_name()?.to_str()?).filter(|_| self.in_env_file())
    }

    /// The key in a sentence: `csk_ab12... (server, production, live)`.
    pub fn in_words(&self) -> String {
        match &self.state {
            State::Live(listed) => super::super::in_words(listed),
            _ => self.masked.clone(),
        }
    }
}

/// The keys that were `told` of among what was `searched`, in order of file and place.
pub fn all(
    context: &Context,
    searched: &Searched,
    roots: &[PathBuf],
    told: Vec<(PathBuf, Found)>,
    answers: &Answers,
) -> Vec<Standing> {
    let mut by_file: BTreeMap<PathBuf, Vec<Found>> = BTreeMap::new();
    for (path, found) in told {
        by_file.entry(path).or_default().push(found);
    }
    let mut standings = Vec::new();
    for (path, found) in by_file {
        let whole = context.resolve(&path);
        let git = searched.standings.get(&path).copied();
        let git = git.unwrap_or_else(|| guards::git_state(&whole));
        let root = roots.iter().find(|root| root.is_dir() && whole.starts_with(root));
        let root = root.unwrap_or(&context.directory);
        let for_browsers = bundles::goes_to_browsers(root, &whole);
        let shown = shown(context, &whole);
        let assigned = assigned(&whole, &found);
        let in_variables: HashSet<_> = assigned.iter().map(|it| it.2.fingerprint()).collect();
        let new = |at: At, variable: Option<VariableName>, key: &Secret| {
            let fingerprint = key.fingerprint();
            let state = answers.of(&fingerprint).clone();
            let environment = match &state {
                State::Live(listed) => Some(listed.environment),
                _ => key::environment_of(key.expose()),
            };
            Standing {
                at,
                path: shown.clone(),
                variable,
                masked: key::mask(key.expose()),
                key_type: key::type_of_prefix(key.expose()).unwrap_or(KeyType::Secret),
                environment,
                fingerprint,
                state,
                git,
                for_browsers,
            }
        };
        for (variable, line, key) in &assigned {
            let at = At::Variable { path: shown.clone(), line: *line, variable: variable.clone() };
            standings.push(new(at, Some(variable.clone()), key));
        }
        for found in found.iter().filter(|it| !in_variables.contains(&it.key.fingerprint())) {
            let at = At::File {
                path: shown.clone(),
                line: found.place.line,
                column: found.place.column,
                masked: key::mask(found.key.expose()),
            };
            standings.push(new(at, None, &found.key));
        }
    }
    standings
}

/// The variables of the file at `path` that have one of `found` for their value, each
/// with its line. None, where that is no `.env` file, or one to be copied.
fn assigned(path: &Path, found: &[Found]) -> Vec<(VariableName, u64, Secret)> {
    if file_name::of(path) != Some(EnvFile::Used) {
        return Vec::new();
    }
    // What can't be read as a `.env` has keys all the same.
    let name = path.display().to_string();
    let assignments = dotenv_file::assignments(path, &name).unwrap_or_default();
    let keys: HashSet<_> = found.iter().map(|found| found.key.fingerprint()).collect();
    let mut seen = HashSet::new();
    let of_keys = assignments.into_iter().filter_map(|(name, value, line)| {
        let variable: VariableName = name.parse().ok()?;
        let fingerprint = value.fingerprint();
        let new = keys.contains(&fingerprint) && seen.insert((variable.clone(), fingerprint));
        new.then_some((variable, line as u64, value))
    });
    of_keys.collect()
}
