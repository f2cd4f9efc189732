//! Where the key that is replaced stands, and its replacement goes.

use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::api::{ListedKey, NewKey};
use crate::commands::keys::entries;
use crate::commands::keys::places::{self, Replaces};
use crate::context::Context;
use crate::credentials::keychain::EntryName;
use crate::dotenv::VariableName;
use crate::dotenv::file_name::{self, EnvFile};
use crate::failure::Failure;
use crate::sinks::Destination;
use crate::sinks::dotenv_file;

/// Most files of a folder that are looked into.
pub(in crate::commands) const MOST_FILES: usize = 100;

/// The places that the arguments name, and where they name no file or no entry of
/// the keychain, those that hold the old key, told by its hash.
///
/// # Errors
/// Where something stands against one of them.
pub(super) fn find(
    context: &Context,
    arguments: &places::Places,
    project: Uuid,
    old: &ListedKey,
    new: &NewKey,
) -> Result<Vec<Destination>, Failure> {
    let replaces = Replaces::Key(old);
    let mut found = Vec::new();
    let (files, named) = match &arguments.files(context, new.key_type, new.environment)[..] {
        [] => (files_in_folder(context), false),
        files => {
            warn_of_others(context, files, old)?;
            (files.to_vec(), true)
        }
    };
    for path in files {
        let mut variables = variables_with(context, &path, old, named)?;
        if let Some(variable) = &arguments.variable {
            variables = vec![variable.clone()];
        } else if variables.is_empty() && named {
            let (key_type, environment) = (new.key_type, new.environment);
            variables =
                vec![places::variable_for(context, arguments, &path, key_type, environment)];
        }
        for variable in variables {
            let file = places::dotenv_file(
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
        let arguments = places::Places::nowhere(variable.clone());
        let entry =
            places::keychain_entry(context, &arguments, Some(name), project, new, replaces)?;
        found.push(Destination::Keychain(entry));
    }
    if entries.is_empty() && arguments.keychain.is_some() {
        let entry = places::keychain_entry(context, arguments, None, project, new, replaces)?;
        found.push(Destination::Keychain(entry));
    }
    let commands = arguments.pipe_to.iter();
    found.extend(commands.map(|line| Destination::Command(places::command(context, line))));
    Ok(found)
}

/// Where `key` stands in one of the files that `places` are in, under whatever
/// variable.
///
/// # Errors
/// Where one can't be read.
pub(super) fn beside(places: &[Destination], key: &ListedKey) -> Result<Option<String>, Failure> {
    for place in places {
        let Destination::DotenvFile(file) = place else { continue };
        let shown = file.shown().into_owned();
        for (variable, value, _) in dotenv_file::assignments(file.path(), &shown)? {
            if key.is(&value.fingerprint()) {
                return Ok(Some(format!("{shown} as {variable}")));
            }
        }
    }
    Ok(None)
}

/// Whether `key` of `project` stands in a file of this folder or in an entry of the keychain
/// that `cencori.toml` names.
///
/// # Errors
/// Where `cencori.toml` can't be read.
pub(in crate::commands::keys) fn stands_here(
    context: &Context,
    project: Uuid,
    key: &ListedKey,
) -> Result<bool, Failure> {
    for path in files_in_folder(context) {
        if !variables_with(context, &path, key, false)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(!entries_with(context, project, key)?.is_empty())
}

/// Names the files of this folder that hold the old key and are not among the
/// `named` ones: what reads them will stop working.
fn warn_of_others(context: &Context, named: &[PathBuf], old: &ListedKey) -> Result<(), Failure> {
    let whole = |path: &PathBuf| std::fs::canonicalize(context.resolve(path)).ok();
    let named: Vec<_> = named.iter().map(whole).collect();
    for path in files_in_folder(context) {
        let variables = variables_with(context, &path, old, false)?;
        if let (Some(variable), false) = (variables.first(), named.contains(&whole(&path))) {
            context.ui.warn(&format!(
                "The key also stands in {} as {variable}, and is left there: it will be dead. Name that file too, or \
                 none, to have it replaced there.",
                path.display()
            ));
        }
    }
    Ok(())
}

/// The files of this folder that are taken for `.env` files, by their names.
fn files_in_folder(context: &Context) -> Vec<PathBuf> {
    dotenv_files(&context.directory).into_iter().map(PathBuf::from).collect()
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

/// The variables of the file at `path` that hold `key`. A file that nobody
/// `named` and that can't be read as a `.env` holds none.
fn variables_with(
    context: &Context,
    path: &Path,
    key: &ListedKey,
    named: bool,
) -> Result<Vec<VariableName>, Failure> {
    let resolved = context.resolve(path);
    if named && !resolved.exists() {
        return Ok(Vec::new());
    }
    let assignments = match dotenv_file::assignments(&resolved, &path.display().to_string()) {
        Ok(assignments) => assignments,
        Err(failure) if named => return Err(failure),
        Err(failure) => {
            context.ui.trace(&format!("{}.", failure.message()));
            return Ok(Vec::new());
        }
    };
    let holding = assignments.into_iter().filter(|(_, value, _)| key.is(&value.fingerprint()));
    let mut variables: Vec<VariableName> =
        holding.filter_map(|(name, _, _)| name.parse().ok()).collect();
    variables.sort();
    variables.dedup();
    Ok(variables)
}

/// The entries of the keychain that `cencori.toml` names and that hold `key` of
/// `project`, each with its variable. A keychain that does not answer has none; that is said.
fn entries_with(
    context: &Context,
    project: Uuid,
    key: &ListedKey,
) -> Result<Vec<(EntryName, Option<VariableName>)>, Failure> {
    let looked = entries::holding(context, project, |standing| key.is(&standing.fingerprint()))?;
    for (name, error) in looked.unread {
        context.ui.warn(&format!(
            "Whether the key also stands in the keychain as {name} is not known: {error}."
        ));
    }
    Ok(looked.found.into_iter().map(|found| (found.name, Some(found.variable))).collect())
}
