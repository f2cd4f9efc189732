//! The keys that stand in files: where, and what is known of each.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use super::finding::{At, own_path};
use crate::api::ListedKey;
use crate::commands::keys::answers::{Answers, State};
use crate::commands::keys::in_words;
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
use crate::sinks::variable;

/// A key in a file.
pub struct Standing {
    /// Where.
    pub at: At,
    /// The file, as the person would name it.
    pub path: PathBuf,
    /// The variable that has the key for its value, in a `.env` file that is read as
    /// it stands.
    pub variable: Option<VariableName>,
    /// The variable that has the key in a longer value, likewise.
    pub within: Option<VariableName>,
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
        self.key_type != KeyType::Publishable && !self.state.is_dead()
    }

    /// Whether the file is a `.env` that is read as it stands.
    pub fn in_env_file(&self) -> bool {
        file_name::of(&self.path) == Some(EnvFile::Used)
    }

    /// The key as the project lists it.
    pub fn listed(&self) -> Option<&ListedKey> {
        match &self.state {
            State::Live(listed) => Some(listed),
            _ => None,
        }
    }

    /// The prefix by which the variable is shipped to browsers that has it, or a longer
    /// value with it.
    pub fn browser_prefix(&self) -> Option<&'static str> {
        variable::browser_prefix(self.variable.as_ref().or(self.within.as_ref())?)
    }

    /// Whether a variable that is shipped to browsers has it for its value.
    pub fn is_shipped(&self) -> bool {
        self.variable.is_some() && self.browser_prefix().is_some()
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

    /// The key in a sentence: `server (csk_ab12..., production)`.
    pub fn in_words(&self) -> String {
        self.listed().map_or_else(|| self.masked.clone(), in_words)
    }
}

/// The keys that were `told` of among what was `searched`, in order of file and place;
/// each file once, however often it was named.
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
    let mut seen = HashSet::new();
    by_file.retain(|path, _| seen.insert(own_path(&context.resolve(path))));
    let mut standings = Vec::new();
    for (path, found) in by_file {
        let file = KeyFile::new(context, searched, roots, &path);
        let assigned = file.assigned(&found);
        let lines: HashSet<_> = assigned.iter().map(|(_, line, _)| *line).collect();
        for (variable, line, key) in assigned {
            let path = file.shown.clone();
            let at = At::Variable { path, line, variable: variable.clone() };
            standings.push(file.standing(at, Some(variable), None, &key, answers));
        }
        for found in found.iter().filter(|it| !lines.contains(&it.place.line)) {
            let at = At::File {
                path: file.shown.clone(),
                line: found.place.line,
                column: found.place.column,
                masked: key::mask(found.key.expose()),
            };
            let within = file.variable_of(found.place.line);
            standings.push(file.standing(at, None, within, &found.key, answers));
        }
    }
    standings
}

/// A file with keys.
struct KeyFile {
    whole: PathBuf,
    shown: PathBuf,
    git: GitState,
    for_browsers: bool,
    /// Its text, where it is a `.env` that is read as it stands.
    text: Option<Secret>,
}

impl KeyFile {
    fn new(context: &Context, searched: &Searched, roots: &[PathBuf], path: &Path) -> Self {
        let whole = context.resolve(path);
        let link = std::fs::symlink_metadata(&whole).is_ok_and(|it| it.is_symlink());
        // What a link leads to is what holds the key.
        let target = if link { whole.canonicalize().ok() } else { None };
        let known = searched.standings.get(path).copied().filter(|_| !link);
        let git = known.unwrap_or_else(|| guards::git_state(target.as_ref().unwrap_or(&whole)));
        let root = if whole.starts_with(&context.directory) {
            &context.directory
        } else {
            let named = roots.iter().find(|root| root.is_dir() && whole.starts_with(root));
            named.unwrap_or(&context.directory)
        };
        let for_browsers = bundles::goes_to_browsers(root, &whole);
        let used = file_name::of(&whole) == Some(EnvFile::Used);
        let text = if used { std::fs::read_to_string(&whole).ok().map(Secret::new) } else { None };
        Self { shown: shown(context, &whole), whole, git, for_browsers, text }
    }

    /// The variables that have one of `found` for their value, each with its line.
    fn assigned(&self, found: &[Found]) -> Vec<(VariableName, u64, Secret)> {
        if self.text.is_none() {
            return Vec::new();
        }
        // What can't be read as a `.env` has keys all the same.
        let name = self.whole.display().to_string();
        let assignments = dotenv_file::assignments(&self.whole, &name).unwrap_or_default();
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

    /// The variable that a line sets, by its beginning: `NAME=`, and `NAME: `, which some
    /// readers take too.
    fn variable_of(&self, line: u64) -> Option<VariableName> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let line = self.text.as_ref()?.expose().lines().nth(index)?;
        let (name, _) = line.split_once(['=', ':'])?;
        name.trim().trim_start_matches("export ").trim().parse().ok()
    }

    fn standing(
        &self,
        at: At,
        variable: Option<VariableName>,
        within: Option<VariableName>,
        key: &Secret,
        answers: &Answers,
    ) -> Standing {
        let fingerprint = key.fingerprint();
        let state = answers.of(&fingerprint).clone();
        let environment = match &state {
            State::Live(listed) => Some(listed.environment),
            _ => key::environment_of(key.expose()),
        };
        Standing {
            at,
            path: self.shown.clone(),
            variable,
            within,
            masked: key::mask(key.expose()),
            key_type: key::type_of_prefix(key.expose()).unwrap_or(KeyType::Secret),
            environment,
            fingerprint,
            state,
            git: self.git,
            for_browsers: self.for_browsers,
        }
    }
}
