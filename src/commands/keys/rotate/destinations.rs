//! Where the key that is replaced is, and its replacement goes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::occurrences::{self, path_in_words};

use crate::auth::credentials::keychain::EntryName;
use crate::commands::keys::destination_flags::{self, DestinationFlags, Replaces};
use crate::commands::keys::entries;
use crate::context::Context;
use crate::destinations::Destination;
use crate::destinations::dotenv_file;
use crate::dotenv::VariableName;
use crate::dotenv::file_name::{self, EnvFile};
use crate::failure::Failure;
use crate::listed_key::{ListedKey, NewKey};
use crate::ops::rotate::permission::is_ignored;
use crate::scan::{Occurrence, ProjectKeys};

/// Most files of a folder that a completion looks into.
pub(in crate::commands) const MOST_FILES: usize = 100;

/// The destinations that the arguments name, and where they name no file or no entry of
/// the keychain, those that hold the old key, told by its hash: of those `in_files` what
/// can be rewritten.
///
/// # Errors
/// If something forbids one of them.
pub(super) fn find(
    context: &Context,
    arguments: &DestinationFlags,
    project: Uuid,
    old: &ListedKey,
    new: &NewKey,
    in_files: Found<'_>,
) -> Result<Vec<Destination>, Failure> {
    let replaces = Replaces::Key(old);
    let mut found = Vec::new();
    let files = match &arguments.files(context, new.key_type, new.environment)[..] {
        [] => in_files.rewritable(context, old),
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
            variables = vec![destination_flags::variable_for(
                context,
                arguments,
                &path,
                key_type,
                environment,
            )];
        }
        for variable in variables {
            let file = destination_flags::dotenv_file(
                context,
                &path,
                variable,
                new,
                replaces,
                arguments.follow_links,
            )?;
            found.push(Destination::DotenvFile(file));
        }
    }
    let entries = match &arguments.keychain {
        Some(Some(name)) => vec![(name.clone(), arguments.variable.clone())],
        Some(None) | None => entries_with(context, project, old)?,
    };
    for (name, variable) in &entries {
        let arguments = DestinationFlags::nowhere(variable.clone());
        let entry = destination_flags::keychain_entry(
            context,
            &arguments,
            Some(name),
            project,
            new,
            replaces,
        )?;
        found.push(Destination::Keychain(entry));
    }
    if entries.is_empty() && arguments.keychain.is_some() {
        let entry =
            destination_flags::keychain_entry(context, arguments, None, project, new, replaces)?;
        found.push(Destination::Keychain(entry));
    }
    let commands = arguments.pipe_to.iter();
    found.extend(
        commands.map(|line| Destination::Command(destination_flags::command(context, line))),
    );
    destination_flags::warn_of_readers(context, &found);
    Ok(found)
}

/// Where the old key occurs in the project's files.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) occurrences: &'a [Occurrence],
    /// The files that keep it.
    pub(super) ignored: &'a [PathBuf],
}

impl Found<'_> {
    /// The files that `old` can be replaced in, as the person would name them, each with
    /// its variables.
    fn rewritable(self, context: &Context, old: &ListedKey) -> Vec<(PathBuf, Vec<VariableName>)> {
        let mut files: BTreeMap<PathBuf, BTreeSet<VariableName>> = BTreeMap::new();
        for Occurrence { path, rewritable, .. } in self.occurrences {
            // What only may be the key is nobody's to overwrite.
            let ours = old.hash().is_some() && !is_ignored(self.ignored, path);
            if let Some(variable) = rewritable.as_ref().ok().filter(|_| ours) {
                files.entry(path_in_words(context, path)).or_default().insert(variable.clone());
            }
        }
        let files = files.into_iter();
        files.map(|(path, variables)| (path, variables.into_iter().collect())).collect()
    }
}

/// Whether `key` of `project` can be replaced in one of its `files`, or is in an entry of
/// the keychain that `cencori.toml` names.
///
/// # Errors
/// If `cencori.toml` can't be read.
pub(in crate::commands::keys) fn can_be_replaced(
    context: &Context,
    files: &ProjectKeys,
    project: Uuid,
    key: &ListedKey,
) -> Result<bool, Failure> {
    let occurrences = files.occurrences(occurrences::is(key));
    let found = Found { occurrences: &occurrences, ignored: &[] };
    Ok(!found.rewritable(context, key).is_empty()
        || !entries_with(context, project, key)?.is_empty())
}

/// What in `folder` is taken for a `.env` file that is read as it is, by its name.
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
/// If it can't be read as a `.env` file.
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

/// The entries of the keychain that `cencori.toml` names and that hold `key` of
/// `project`, each with its variable. A keychain that does not answer has none; that is said.
fn entries_with(
    context: &Context,
    project: Uuid,
    key: &ListedKey,
) -> Result<Vec<(EntryName, Option<VariableName>)>, Failure> {
    let looked = entries::holding(context, project, |present| key.is(&present.fingerprint()))?;
    for (name, error) in looked.unread {
        context.ui.warn(&format!(
            "Whether the keychain has the key as {name} too is not known: {error}."
        ));
    }
    Ok(looked.found.into_iter().map(|found| (found.name, Some(found.variable))).collect())
}
