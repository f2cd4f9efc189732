//! The keys that stand in files: where, and what is known of each.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::finding::{At, own_path};
use crate::api::ListedKey;
use crate::commands::keys::answers::{Answers, State};
use crate::commands::keys::in_words;
use crate::commands::keys::searching::shown;
use crate::config::PROJECT_FILE;
use crate::context::Context;
use crate::disk::links;
use crate::dotenv::file_name::{self, EnvFile, Purpose};
use crate::dotenv::{Document, VariableName};
use crate::failure::Failure;
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
    /// What a new key is written to: the file, or what it leads to where a link is not
    /// followed unasked.
    pub written: PathBuf,
    /// The variable that has the key for its value, in a `.env` file that is read as
    /// it stands.
    pub variable: Option<VariableName>,
    /// The variable that has the key in a longer value, likewise.
    pub within: Option<VariableName>,
    /// Whether only a person can put another key there: a `.env` has it in a longer
    /// value, or in a form that not all readers know.
    pub by_hand: bool,
    /// Whether it is all of a value, by a name or in a line that only some readers take.
    pub for_some_readers: bool,
    /// Whether the variable stands several times in the file, with different values.
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
        is_used(&self.path)
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
/// each file once, however often it was named. Those below `asked` were asked about.
/// Also gives the `.env` files that can't be read as such.
pub fn all(
    context: &Context,
    searched: &Searched,
    asked: &[PathBuf],
    told: Vec<(PathBuf, Found)>,
    answers: &Answers,
) -> (Vec<Standing>, Vec<PathBuf>) {
    let mut by_file: BTreeMap<PathBuf, (PathBuf, Vec<Found>)> = BTreeMap::new();
    for (path, found) in told {
        let own = own_path(&context.resolve(&path));
        by_file.entry(own).or_insert_with(|| (path, Vec::new())).1.push(found);
    }
    // What a link leads to is told of under its own name, where it has one.
    let known: HashSet<_> = by_file.keys().filter(|path| is_used(path)).cloned().collect();
    let mut targets = HashSet::new();
    by_file.retain(|path, _| {
        let target = path.canonicalize().ok().filter(|target| target != path);
        target.is_none_or(|target| !known.contains(&target) && targets.insert(target))
    });
    let (mut standings, mut unread) = (Vec::new(), Vec::new());
    for (own, (path, mut found)) in by_file {
        found.sort_by(|one, other| one.place.cmp(&other.place));
        found.dedup_by(|one, other| one.place == other.place && one.key == other.key);
        let Ok(file) = KeyFile::new(context, searched, asked, own, &path) else {
            unread.push(shown(context, &path));
            continue;
        };
        let assigned = file.assigned(&found);
        let lines: HashSet<_> = assigned.iter().map(|it| it.line).collect();
        for Assigned { variable, line, key, doubled } in assigned {
            let (path, own) = (file.shown.clone(), file.own.clone());
            let at = At::Variable { path, own, line, variable: variable.clone() };
            let mut standing = file.standing(at, &key, answers);
            (standing.variable, standing.doubled) = (Some(variable), doubled);
            standings.push(standing);
        }
        for found in found.iter().filter(|it| !lines.contains(&it.place.line)) {
            let at = At::File {
                path: file.shown.clone(),
                own: file.own.clone(),
                line: found.place.line,
                column: found.place.column,
                masked: key::mask(found.key.expose()),
            };
            let mut standing = file.standing(at, &found.key, answers);
            standing.within = file.variable_of(found.place.line);
            standing.by_hand = file.is_setting(found.place.line);
            standing.for_some_readers = file.is_value(&found.key, found.place.line);
            standings.push(standing);
        }
    }
    (standings, unread)
}

/// Whether the file at `path` is a `.env` that is read as it stands.
fn is_used(path: &Path) -> bool {
    file_name::of(path) == Some(EnvFile::Used)
}

/// A variable that has a key for its value.
struct Assigned {
    variable: VariableName,
    line: u64,
    key: Secret,
    doubled: bool,
}

/// A file with keys.
struct KeyFile {
    own: PathBuf,
    shown: PathBuf,
    written: PathBuf,
    git: GitState,
    for_browsers: bool,
    asked: bool,
    /// What it says, where it is a `.env` that is read as it stands.
    document: Option<Document>,
}

impl KeyFile {
    /// Looks at the file.
    ///
    /// # Errors
    /// Where it is a `.env` by its name, and can't be read as one.
    fn new(
        context: &Context,
        searched: &Searched,
        asked: &[PathBuf],
        own: PathBuf,
        path: &Path,
    ) -> Result<Self, Failure> {
        // What a link leads to is what holds the key.
        let target = own.canonicalize().ok().filter(|target| *target != own);
        let known = searched.standings.get(path).copied().filter(|_| target.is_none());
        let git = known.unwrap_or_else(|| guards::git_state(target.as_ref().unwrap_or(&own)));
        let named = asked.iter().filter(|named| own.starts_with(named));
        let here = context.directory.canonicalize().ok().filter(|here| own.starts_with(here));
        let root = here.or_else(|| named.clone().find(|named| named.is_dir()).cloned());
        let root = root.unwrap_or_else(|| PathBuf::from("/"));
        let shown = shown(context, &context.resolve(path));
        let name = shown.display().to_string();
        let document = is_used(&own).then(|| dotenv_file::document(&own, &name)).transpose()?;
        let led = links::follow(&own, PROJECT_FILE, context.home()).ok();
        let led = led.filter(|target| target.concern.is_some()).map(|target| target.path);
        Ok(Self {
            written: led.unwrap_or_else(|| shown.clone()),
            shown,
            git,
            for_browsers: bundles::goes_to_browsers(&root, &own),
            asked: named.count() > 0,
            document,
            own,
        })
    }

    /// The variables that have one of `found` for their value.
    fn assigned(&self, found: &[Found]) -> Vec<Assigned> {
        let Some(document) = &self.document else { return Vec::new() };
        let assignments: Vec<_> = document
            .assignments()
            .map(|(name, value, line)| (name, Secret::new(value), line))
            .collect();
        let keys: HashSet<_> = found.iter().map(|found| found.key.fingerprint()).collect();
        let mut values: HashMap<&str, HashSet<Fingerprint>> = HashMap::new();
        for (name, value, _) in &assignments {
            values.entry(name).or_default().insert(value.fingerprint());
        }
        let mut seen = HashSet::new();
        let of_keys = assignments.iter().filter_map(|(name, value, line)| {
            let variable: VariableName = name.parse().ok()?;
            let fingerprint = value.fingerprint();
            let new = keys.contains(&fingerprint) && seen.insert((name, fingerprint));
            let doubled = values.get(name).is_some_and(|values| values.len() > 1);
            let (key, line) = (value.clone(), *line as u64);
            new.then_some(Assigned { variable, line, key, doubled })
        });
        of_keys.collect()
    }

    fn line(&self, line: u64) -> Option<&str> {
        self.document.as_ref()?.line(usize::try_from(line).ok()?)
    }

    /// The variable that a line sets, by its beginning: `NAME=`, and `NAME: `, which some
    /// readers take too.
    fn variable_of(&self, line: u64) -> Option<VariableName> {
        let (name, _) = self.line(line)?.split_once(['=', ':'])?;
        name.trim().trim_start_matches("export ").trim().parse().ok()
    }

    /// Whether `key` is the value of a variable that some reader sets on this line.
    fn is_value(&self, key: &Secret, line: u64) -> bool {
        let mut readings = self.document.iter().flat_map(Document::readings);
        readings.any(|(_, value, at)| at as u64 == line && value == key.expose())
    }

    /// Whether a line of a `.env` is no comment.
    fn is_setting(&self, line: u64) -> bool {
        self.line(line).is_some_and(|line| !line.trim_start().starts_with('#'))
    }

    fn standing(&self, at: At, key: &Secret, answers: &Answers) -> Standing {
        let fingerprint = key.fingerprint();
        let state = answers.of(&fingerprint).clone();
        let environment = match &state {
            State::Live(listed) => Some(listed.environment),
            _ => key::environment_of(key.expose()),
        };
        Standing {
            at,
            path: self.shown.clone(),
            written: self.written.clone(),
            variable: None,
            within: None,
            by_hand: false,
            for_some_readers: false,
            doubled: false,
            asked: self.asked,
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
