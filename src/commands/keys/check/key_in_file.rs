//! The keys that are in files: where, and what is known of each.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::finding::At;
use crate::commands::keys::describe;
use crate::commands::keys::key_statuses::{KeyStatus, KeyStatuses};
use crate::commands::keys::search::shown;
use crate::config::PROJECT_FILE;
use crate::context::Context;
use crate::destinations::dotenv_file;
use crate::destinations::guards::{self, GitState};
use crate::disk::links;
use crate::dotenv::file_name::Purpose;
use crate::dotenv::{Document, VariableName};
use crate::key::{self, Environment, KeyType};
use crate::listed_key::ListedKey;
use crate::scan::framework;
use crate::scan::occurrence::{self, InFile};
use crate::scan::tree::Searched;
use crate::scan::{ByHand, Found, Occurrence, bundles};
use crate::secret::{Fingerprint, Secret};

/// A key in a file.
pub struct KeyInFile {
    /// Where.
    pub at: At,
    /// The file, as the person would name it.
    pub path: PathBuf,
    /// What a new key is written to: the file, or what it leads to where a link is not
    /// followed unasked.
    pub written: PathBuf,
    /// The variable that has the key for its value, in a `.env` file that is read as it is.
    pub variable: Option<VariableName>,
    /// The variable that has the key in a longer value, likewise.
    pub within: Option<VariableName>,
    /// Why only a person can put another key there, if so.
    pub by_hand: Option<ByHand>,
    /// Whether it is all of a value, by a name or in a line that only some readers take.
    pub for_some_readers: bool,
    /// Whether the variable is set several times in the file, with different values.
    pub doubled: bool,
    /// Whether its file was asked about; else it is one of the same project's.
    pub asked: bool,
    /// What can be shown of it.
    pub masked: String,
    /// Its type, by its prefix.
    pub key_type: KeyType,
    /// Its environment: by the list, else by its prefix.
    pub environment: Option<Environment>,
    /// What it is known by.
    pub fingerprint: Fingerprint,
    /// How it is with it.
    pub state: KeyStatus,
    /// How git sees the file.
    pub git: GitState,
    /// Whether the file goes to browsers.
    pub for_browsers: bool,
}

impl KeyInFile {
    /// Whether it must not be public: of a dead one nothing is to be feared.
    pub fn is_dangerous(&self) -> bool {
        self.key_type != KeyType::Publishable && !self.state.is_dead()
    }

    /// Whether the file is a `.env` that is read as it is.
    pub fn in_env_file(&self) -> bool {
        occurrence::is_used(&self.path)
    }

    /// The key as the project lists it.
    pub fn listed(&self) -> Option<&ListedKey> {
        match &self.state {
            KeyStatus::Live(listed) => Some(listed),
            _ => None,
        }
    }

    /// The prefix by which the variable is shipped to browsers that has it, or a longer
    /// value with it.
    pub fn browser_prefix(&self) -> Option<&'static str> {
        framework::browser_prefix(self.variable.as_ref().or(self.within.as_ref())?)
    }

    /// Whether a variable that is shipped to browsers has it for its value.
    pub fn is_shipped(&self) -> bool {
        self.variable.is_some() && self.browser_prefix().is_some()
    }

    /// Whether whoever reads it there must not have it, and only a person can take it out:
    /// it is secret, and browsers get to see it or the file must not have secrets.
    pub fn is_leak(&self) -> bool {
        let public = !self.in_env_file() || self.browser_prefix().is_some();
        self.by_hand.is_some() && self.is_dangerous() && public
    }

    /// What its location is for, by the variable's name, else by the file's.
    pub fn purpose(&self) -> Option<Purpose> {
        let by_variable = self.variable.as_ref().and_then(|name| Purpose::of(name.as_str()));
        by_variable.or_else(|| self.purpose_of_file())
    }

    /// What its file is for, by its name, where that is a `.env`.
    pub fn purpose_of_file(&self) -> Option<Purpose> {
        Purpose::of(self.path.file_name()?.to_str()?).filter(|_| self.in_env_file())
    }

    /// The environment that a new key in its place is made in: what the location is for,
    /// else the key's own.
    pub fn replacement_environment(&self) -> Environment {
        let belongs = self.purpose().and_then(Purpose::environment);
        belongs.or(self.environment).unwrap_or(Environment::Production)
    }

    /// The key in a sentence: `server (csk_ab12..., production)`.
    pub fn describe(&self) -> String {
        self.listed().map_or_else(|| self.masked.clone(), describe)
    }
}

/// The keys that were `told` of among what was `searched`, in order of file and location;
/// each file once, however often it was named. Those below `asked` were asked about.
/// Also gives the `.env` files that can't be read as such.
pub fn all(
    context: &Context,
    searched: &Searched,
    asked: &[PathBuf],
    told: Vec<(PathBuf, Found)>,
    answers: &KeyStatuses,
) -> (Vec<KeyInFile>, Vec<PathBuf>) {
    let told = told.into_iter().map(|(path, found)| (context.resolve(&path), found));
    let (mut keys_in_files, mut unread) = (Vec::new(), Vec::new());
    for (own, InFile { named, found }) in occurrence::by_file(told.collect()) {
        let file = KeyFile::new(context, searched, asked, own, &named);
        if file.document.is_none() && file.is_used() {
            unread.push(file.shown.clone());
        }
        let values = file.document.as_ref().map(Values::of).unwrap_or_default();
        let mut known = HashSet::new();
        for (found, occurrence) in found.iter().zip(file.occurrences(&found)) {
            let variable = occurrence.rewritable.as_ref().ok();
            // One variable with one key is one thing, on however many lines.
            let new =
                variable.is_none_or(|name| known.insert((name.clone(), found.key.fingerprint())));
            if new {
                keys_in_files.push(file.key_in_file(&occurrence, &found.key, &values, answers));
            }
        }
    }
    (keys_in_files, unread)
}

/// A file with keys.
struct KeyFile {
    own: PathBuf,
    shown: PathBuf,
    written: PathBuf,
    git: GitState,
    for_browsers: bool,
    asked: bool,
    /// What it says, where it is a `.env` that is read as it is.
    document: Option<Document>,
}

impl KeyFile {
    /// Looks at the file.
    fn new(
        context: &Context,
        searched: &Searched,
        asked: &[PathBuf],
        own: PathBuf,
        path: &Path,
    ) -> Self {
        // What a link leads to is what holds the key.
        let target = own.canonicalize().ok().filter(|target| *target != own);
        let known = searched.git_states.get(path).copied().filter(|_| target.is_none());
        let git = known.unwrap_or_else(|| guards::git_state(target.as_ref().unwrap_or(&own)));
        let named = asked.iter().filter(|named| own.starts_with(named));
        let here = context.directory.canonicalize().ok().filter(|here| own.starts_with(here));
        let root = here.or_else(|| named.clone().find(|named| named.is_dir()).cloned());
        let root = root.unwrap_or_else(|| PathBuf::from("/"));
        let shown = shown(context, path);
        let name = shown.display().to_string();
        let document = occurrence::is_used(&own).then(|| dotenv_file::document(&own, &name).ok());
        let led = links::follow(&own, PROJECT_FILE, context.home()).ok();
        let led = led
            .filter(|target| target.concern.is_some() && target.path != own)
            .map(|target| target.path);
        Self {
            written: led.unwrap_or_else(|| shown.clone()),
            shown,
            git,
            for_browsers: bundles::goes_to_browsers(&root, &own),
            asked: named.count() > 0,
            document: document.flatten(),
            own,
        }
    }

    /// Whether it is a `.env` that is read as it is.
    fn is_used(&self) -> bool {
        occurrence::is_used(&self.own)
    }

    fn occurrences(&self, found: &[Found]) -> Vec<Occurrence> {
        occurrence::in_file(&self.own, self.document.as_ref(), found)
    }

    fn key_in_file(
        &self,
        occurrence: &Occurrence,
        key: &Secret,
        values: &Values<'_>,
        answers: &KeyStatuses,
    ) -> KeyInFile {
        let fingerprint = key.fingerprint();
        let state = answers.of(&fingerprint).clone();
        let environment = match &state {
            KeyStatus::Live(listed) => Some(listed.environment),
            _ => key::environment_of(key.expose()),
        };
        let (path, own, line) = (self.shown.clone(), self.own.clone(), occurrence.line);
        let variable = occurrence.rewritable.as_ref().ok().cloned();
        let within = match &occurrence.rewritable {
            Err(ByHand::LongerValue(variable)) => variable.clone(),
            _ => None,
        };
        let masked = key::mask(key.expose());
        let at = match &variable {
            Some(variable) => At::Variable { path, own, line, variable: variable.clone() },
            None => At::File { path, own, line, column: occurrence.column, masked: masked.clone() },
        };
        KeyInFile {
            at,
            path: self.shown.clone(),
            written: self.written.clone(),
            doubled: variable.as_ref().is_some_and(|variable| values.is_doubled(variable)),
            by_hand: occurrence.rewritable.as_ref().err().cloned(),
            for_some_readers: variable.is_none() && values.has(key, line),
            variable,
            within,
            asked: self.asked,
            masked,
            key_type: key::type_of_prefix(key.expose()).unwrap_or(KeyType::Secret),
            environment,
            fingerprint,
            state,
            git: self.git,
            for_browsers: self.for_browsers,
        }
    }
}

/// What readers take for the values of a file's variables, by what is asked of each of
/// its keys: there may be very many of both.
#[derive(Default)]
struct Values<'a> {
    /// The variables that are set several times, with different values.
    doubled: HashSet<&'a str>,
    /// The values, each with its line.
    by_line: HashSet<(u64, &'a str)>,
}

impl<'a> Values<'a> {
    /// Those in `document`.
    fn of(document: &'a Document) -> Self {
        let mut values = Self::default();
        let mut first = HashMap::new();
        for (name, value, line) in document.readings() {
            if *first.entry(name).or_insert(value) != value {
                values.doubled.insert(name);
            }
            values.by_line.insert((line as u64, value));
        }
        values
    }

    /// Whether the variable is set several times, with different values.
    fn is_doubled(&self, variable: &VariableName) -> bool {
        self.doubled.contains(variable.as_str())
    }

    /// Whether `key` is the value of a variable that some reader sets on this line.
    fn has(&self, key: &Secret, line: u64) -> bool {
        self.by_line.contains(&(line, key.expose()))
    }
}
