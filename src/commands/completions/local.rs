//! What this machine knows: files, profiles, open rotations. Nobody is asked, and
//! no value of a variable is shown.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use jiff::Timestamp;

use super::candidates::{Candidate, is_word};
use crate::commands::keys::rotate::{self, DOTENV_FILES_AT_MOST};
use crate::commands::keys::{describe, since};
use crate::config::DEFAULT_PROFILE;
use crate::context::Context;
use crate::destinations::{defaults, dotenv_file};
use crate::disk;
use crate::dotenv::VariableName;
use crate::key::{self, Environment, KeyType};
use crate::ops::rotate::journal;
use crate::ops::rotate::state::Step;

/// Which keys are of use, as far as their texts tell.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Publishable ones alone.
    pub publishable: bool,
    /// Those of one environment.
    pub environment: Option<Environment>,
}

impl Wanted {
    /// What `text` is, as far as lists show it, where it is a key that is wanted.
    fn description_of(self, text: &str) -> Option<String> {
        let key_type = key::type_of_prefix(text).filter(|_| key::is_key(text))?;
        let other = |environment| key::environment_of(text).is_some_and(|it| it != environment);
        let fits = (!self.publishable || key_type == KeyType::Publishable)
            && !self.environment.is_some_and(other);
        fits.then(|| format!("{key_type}, {}", key::mask(text)))
    }
}

/// FILE:VARIABLE with a key, that begins with `word`: of the `.env` files
/// of its folder, and of any file that is named with a colon. With a folder begun,
/// also the folders in it.
/// Only keys that are `wanted` count.
pub fn locations(context: &Context, word: &str, wanted: Wanted) -> Vec<Candidate> {
    let mut files = env_file_names(context, folder_of(word));
    if let Some((file, _)) = word.rsplit_once(':')
        && !files.iter().any(|name| name == file)
    {
        files.push(file.to_owned());
    }
    let mut locations = Vec::new();
    for file in files.iter().filter(|file| may_begin(word, file)) {
        for (variable, value) in variables_of(context, file) {
            let what = wanted.description_of(value.expose()).into_iter();
            locations.extend(what.map(|what| Candidate::new(format!("{file}:{variable}"), what)));
        }
    }
    if word.contains('/') && !word.contains(':') {
        locations.extend(folders(context, folder_of(word)));
    }
    locations.retain(|location| location.value.starts_with(word) && is_path(&location.value));
    locations
}

/// Variables that begin with `word`: of `file`, or of the one that a key of this type
/// and environment goes into.
pub fn variables(
    context: &Context,
    file: Option<&Path>,
    (key_type, environment): (KeyType, Environment),
    word: &str,
) -> Vec<Candidate> {
    let usual = || defaults::file(&context.directory, key_type, environment, None);
    let file = file.and_then(Path::to_str).unwrap_or_else(usual);
    let (mut found, mut known) = (Vec::new(), HashSet::new());
    for (name, value) in variables_of(context, file) {
        let fits = name.as_str().starts_with(word) && is_word(name.as_str());
        if fits && known.insert(name.clone()) {
            let holds = if key::is_key(value.expose()) { "holds a key" } else { "is set" };
            found.push(Candidate::new(name.as_str(), format!("{holds} in {file}")));
        }
    }
    found
}

/// The `.env` files that begin with `word`, which are regular ones.
pub fn env_files(context: &Context, word: &str) -> Vec<Candidate> {
    let names = env_file_names(context, folder_of(word)).into_iter();
    let is_file = |name: &String| context.resolve_typed(name).is_file();
    let fitting = names.filter(|name| name.starts_with(word) && is_path(name) && is_file(name));
    fitting.map(|value| Candidate { value, description: None }).collect()
}

/// The profiles that begin with `word`.
pub fn profiles(context: &Context, word: &str) -> Vec<Candidate> {
    let Ok((settings, _)) = context.settings() else { return Vec::new() };
    let mut found: Vec<_> = settings
        .profiles
        .iter()
        .map(|(name, profile)| {
            let url = profile.dashboard_url.as_deref().unwrap_or("the service itself");
            Candidate::new(name, url)
        })
        .collect();
    if !settings.profiles.contains_key(DEFAULT_PROFILE) {
        found.push(Candidate::new(DEFAULT_PROFILE, "the service itself"));
    }
    found.retain(|profile| profile.value.starts_with(word) && is_word(&profile.value));
    found
}

/// The open rotations, by the name of the old key where that says which, else by
/// its id.
pub fn open_rotations(context: &Context, word: &str) -> Vec<Candidate> {
    let found = context.state_directory().ok().and_then(|state| journal::all(state).ok());
    let open = found.unwrap_or_default().into_iter().filter_map(|found| found.progress);
    let open: Vec<_> = open.filter(|progress| progress.state.step() != Step::Close).collect();
    let mut times: HashMap<&str, usize> = HashMap::new();
    for progress in &open {
        *times.entry(progress.plan.old.name.as_str()).or_default() += 1;
    }
    let now = Timestamp::now();
    let mut rotations = Vec::new();
    for progress in &open {
        let old = &progress.plan.old;
        let (waits, since) = (rotate::waits(progress), since(progress.since, now));
        let description = format!("{}, {waits}, {since}", key::mask(&describe(old)));
        let id = old.id.to_string();
        let by_name = is_word(&old.name) && times.get(old.name.as_str()) == Some(&1);
        let is_id = !word.is_empty() && id.starts_with(word);
        if by_name && old.name.starts_with(word) {
            rotations.push(Candidate::new(&old.name, description));
        } else if is_id || !by_name && word.is_empty() {
            rotations.push(Candidate::new(id, description));
        }
    }
    rotations
}

/// As [`is_word`], of what a path begins, which may be in the home directory.
fn is_path(text: &str) -> bool {
    is_word(text.strip_prefix("~/").unwrap_or(text))
}

/// The folder that a path is begun in, with its slash; empty for the current one.
fn folder_of(word: &str) -> &str {
    let path = word.split_once(':').map_or(word, |(path, _)| path);
    path.rfind('/').map_or("", |slash| &path[..=slash])
}

/// Whether a word that names `file` can go on where `word` ends.
fn may_begin(word: &str, file: &str) -> bool {
    file.starts_with(word) || word.strip_prefix(file).is_some_and(|rest| rest.starts_with(':'))
}

/// The `.env` files in `folder`, as a word names them.
fn env_file_names(context: &Context, folder: &str) -> Vec<String> {
    let names = rotate::dotenv_files(&context.resolve_typed(folder));
    names.into_iter().map(|name| format!("{folder}{name}")).collect()
}

/// The folders in `folder`, as a word names them.
fn folders(context: &Context, folder: &str) -> Vec<Candidate> {
    let paths = disk::paths_in(&context.resolve_typed(folder)).unwrap_or_default();
    let folders = paths.into_iter().filter(|path| path.is_dir()).take(DOTENV_FILES_AT_MOST);
    let names = folders.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
    let mut names: Vec<_> = names.collect();
    names.sort();
    let candidate = |name| Candidate { value: format!("{folder}{name}/"), description: None };
    names.into_iter().map(candidate).collect()
}

/// Largest file that is looked into at a TAB, in bytes: a larger one would use up the
/// time for the answer.
const LARGEST: u64 = 1024 * 1024;

/// What is set in `file`. Nothing if it is no regular file, or larger than [`LARGEST`].
fn variables_of(context: &Context, file: &str) -> Vec<(VariableName, crate::secret::Secret)> {
    let path = context.resolve_typed(file);
    if std::fs::metadata(&path).is_ok_and(|found| found.len() > LARGEST) {
        return Vec::new();
    }
    let assignments = dotenv_file::assignments(&path, file);
    let assignments = assignments.unwrap_or_default().into_iter();
    assignments.filter_map(|(name, value, _)| Some((name.parse().ok()?, value))).collect()
}
