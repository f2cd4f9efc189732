//! Where the key that is replaced stands, and its replacement goes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::occurrences::{self, path_in_words};

use crate::api::{ListedKey, NewKey};
use crate::commands::keys::places::{self, Replaces};
use crate::config::ProjectFile;
use crate::context::Context;
use crate::credentials::keychain::{EntryName, KeyEntry, Patience};
use crate::dotenv::VariableName;
use crate::dotenv::file_name::{self, EnvFile};
use crate::failure::Failure;
use crate::leak::{Occurrence, ProjectKeys};
use crate::secret::Secret;
use crate::sinks::Destination;
use crate::sinks::dotenv_file;

/// Most files of a folder that a completion looks into.
pub(in crate::commands) const MOST_FILES: usize = 100;

/// The places that the arguments name, and where they name no file or no entry of
/// the keychain, those that hold the old key, told by its hash: of the project's files
/// those of `occurrences` that can be rewritten and are not to be `ignored`.
///
/// # Errors
/// Where something stands against one of them.
pub(super) fn find(
    context: &Context,
    arguments: &places::Places,
    old: &ListedKey,
    new: &NewKey,
    occurrences: &[Occurrence],
    ignored: &[PathBuf],
) -> Result<Vec<Destination>, Failure> {
    let replaces = Replaces::Key(old);
    let mut found = Vec::new();
    let files = match &arguments.env_files[..] {
        [] => rewritable(context, occurrences, ignored, old),
        files => {
            let named = files.iter().map(|path| Ok((path.clone(), named(context, path, old)?)));
            named.collect::<Result<_, Failure>>()?
        }
    };
    for (path, mut variables) in files {
        if let Some(variable) = &arguments.variable {
            variables = vec![variable.clone()];
        } else if variables.is_empty() {
            let (key_type, environment) = (new.key_type, new.environment);
            variables =
                vec![places::variable_for(context, arguments, &path, key_type, environment)];
        }
        for variable in variables {
            let file = places::dotenv_file(context, &path, variable, new, replaces)?;
            found.push(Destination::DotenvFile(file));
        }
    }
    let entries = match &arguments.keychain {
        Some(Some(name)) => vec![(name.clone(), arguments.variable.clone())],
        Some(None) | None => entries_with(context, old)?,
    };
    for (name, variable) in &entries {
        let arguments = places::Places::nowhere(variable.clone());
        let entry = places::keychain_entry(context, &arguments, Some(name), new, replaces)?;
        found.push(Destination::Keychain(entry));
    }
    if entries.is_empty() && arguments.keychain.is_some() {
        let entry = places::keychain_entry(context, arguments, None, new, replaces)?;
        found.push(Destination::Keychain(entry));
    }
    let commands = arguments.pipe_to.iter();
    found.extend(commands.map(|line| Destination::Command(places::command(context, line))));
    Ok(found)
}

/// The files that `old` can be replaced in, as the person would name them, each with its
/// variables.
fn rewritable(
    context: &Context,
    occurrences: &[Occurrence],
    ignored: &[PathBuf],
    old: &ListedKey,
) -> Vec<(PathBuf, Vec<VariableName>)> {
    let mut files: BTreeMap<PathBuf, BTreeSet<VariableName>> = BTreeMap::new();
    // What only may be the key is nobody's to overwrite.
    let occurrences = occurrences.iter().filter(|it| old.has_hash() && !ignored.contains(&it.path));
    for Occurrence { path, rewritable, .. } in occurrences {
        if let Ok(variable) = rewritable {
            files.entry(path_in_words(context, path)).or_default().insert(variable.clone());
        }
    }
    files.into_iter().map(|(path, variables)| (path, variables.into_iter().collect())).collect()
}

/// Whether `key` can be replaced in a file of the `project`, or is in an entry of the
/// keychain that `cencori.toml` names.
///
/// # Errors
/// Where `cencori.toml` can't be read.
pub(in crate::commands::keys) fn can_be_replaced(
    context: &Context,
    project: &ProjectKeys,
    key: &ListedKey,
) -> Result<bool, Failure> {
    let occurrences = project.occurrences(occurrences::is(key));
    Ok(!rewritable(context, &occurrences, &[], key).is_empty()
        || !entries_with(context, key)?.is_empty())
}

/// What in `folder` is taken for a `.env` file that is read as it stands, by its name.
pub(in crate::commands) fn dotenv_files(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let used = |name: &String| file_name::of(name.as_ref()) == Some(EnvFile::Used);
    let mut names: Vec<_> = names.filter(used).take(MOST_FILES).collect();
    names.sort();
    names
}

/// The variables of the file at `path`, which was named and need not exist, that hold
/// `key`.
///
/// # Errors
/// Where it can't be read as a `.env` file.
fn named(context: &Context, path: &Path, key: &ListedKey) -> Result<Vec<VariableName>, Failure> {
    let resolved = context.resolve(path);
    if !resolved.exists() {
        return Ok(Vec::new());
    }
    let assignments = dotenv_file::assignments(&resolved, &path.display().to_string())?;
    let holding = assignments.into_iter().filter(|(_, value, _)| key.is(&value.fingerprint()));
    let variables: BTreeSet<VariableName> =
        holding.filter_map(|(name, _, _)| name.parse().ok()).collect();
    Ok(variables.into_iter().collect())
}

/// The entries of the keychain that `cencori.toml` names and that hold `key`, each
/// with its variable. A keychain that does not answer has none; that is said.
fn entries_with(
    context: &Context,
    key: &ListedKey,
) -> Result<Vec<(EntryName, Option<VariableName>)>, Failure> {
    let Some((_, file)) = ProjectFile::find(&context.directory)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (variable, name) in file.run {
        let Ok(name) = name.parse::<EntryName>() else { continue };
        let has_bus = context.variables.has_session_bus;
        match KeyEntry::new(name.clone(), has_bus, Patience::Brief).load() {
            Ok(standing) => {
                let holds = |standing: &Secret| key.is(&standing.fingerprint());
                if standing.as_ref().is_some_and(holds) {
                    found.push((name, Some(variable)));
                }
            }
            Err(error) => context.ui.warn(&format!(
                "Whether the key also stands in the keychain as {name} is not known: {error}."
            )),
        }
    }
    Ok(found)
}
