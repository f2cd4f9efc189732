//! Changing `cencori.toml`: all that is not changed stays as somebody wrote it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table, Value};

use super::follow_links;
use crate::config::{PROJECT_FILE, ProjectFile, run_table_of};
use crate::context::Context;
use crate::destinations::Destination;
use crate::destinations::keychain_entry::KeychainEntry;
use crate::disk::links::{self, Nowhere};
use crate::disk::{self, Folder, FolderLock, trust};
use crate::failure::{Failure, Kind};
use crate::ui::Ui;

/// What a new file begins with.
const HEADER: &str = "# The Cencori project of this folder and those below it, for the cencori command.\n\
                      # It holds no secrets and belongs under version control.\n";

/// The nearest file, or the one that would be made in this folder: without links, as
/// `follow_links` and [`follow_links::accept`] have it.
///
/// # Errors
/// If the nearest one can't be read or understood, or as [`written_at`].
pub fn nearest(context: &Context, follow_links: bool) -> Result<PathBuf, Failure> {
    let found = context.project_file()?;
    let path = found.map_or_else(|| context.directory.join(PROJECT_FILE), |(path, _)| path);
    written_at(context, &path, follow_links)
}

/// The file to write to for the one at `path` (absolute), as [`nearest`] gives it.
///
/// # Errors
/// If it is a link to nothing, or may not be written to, or if others can write to its
/// folder.
pub fn written_at(context: &Context, path: &Path, follow_links: bool) -> Result<PathBuf, Failure> {
    // No command would read it.
    trust::check_folder(disk::folder_of(path)).map_err(|error| {
        Failure::from(error).context(format!("{PROJECT_FILE} would not be trusted"))
    })?;
    let target =
        links::follow(path, PROJECT_FILE, context.home()).map_err(|nowhere| match nowhere {
            Nowhere::Dangling(to) => {
                failed(format!("is a link to {}, which does not exist", to.display()))
                    .hint("Make that file, or remove the link")
            }
            Nowhere::NoFolder(error) | Nowhere::Failed(error) => {
                failed(format!("can't be opened: {error}"))
            }
        })?;
    follow_links::accept(context, target, PROJECT_FILE, follow_links)
}

/// Has `change` change the file at `path` ([`written_at`]), which is made if it is missing. Gives
/// whether anything is different now.
///
/// # Errors
/// If the file can't be read, understood or written, or `change` says what is wrong with it. It is
/// as it was then.
pub fn edit(
    path: &Path,
    change: impl FnOnce(&mut DocumentMut) -> Result<(), String>,
) -> Result<bool, Failure> {
    let folder = lock(path)?;
    let name = path.file_name().unwrap_or_default();
    let (old, new, file) = changed(&folder, path, change)?;
    if old.as_ref() == Some(&new) {
        return Ok(false);
    }
    let written = match file {
        Some(_) => folder.replace_if(name, new.as_bytes(), file.as_ref(), || true).map(drop),
        // For everybody who works on the project, not for the owner alone.
        None => folder.create(name, new.as_bytes()),
    };
    written.map_err(|error| failed(format!("can't be written: {error}")))?;
    Ok(true)
}

/// Puts `new` in the place of `value`, spaces and comments kept.
pub fn replace_value(value: &mut Value, new: &str) {
    let decor = value.decor().clone();
    *value = new.into();
    *value.decor_mut() = decor;
}

/// Notes for `cencori run` which variables the keys among `destinations` are for that
/// are in the keychain. The keys are there already, so that a note which can't
/// be made is no failure; what to write by hand is said.
pub fn note(ui: &Ui, places: &[Destination]) {
    for place in places {
        let Destination::Keychain(entry) = place else { continue };
        let (variable, name) = (entry.variable(), entry.name());
        let shown = entry.noted_in().display();
        let mut linked = None;
        let noted = edit(entry.noted_in(), |document| {
            linked = Some(set_project(document, entry));
            set_variable(document, entry)
        });
        match noted {
            Ok(true) => ui.status(&match linked {
                Some(Linked::Now) => format!(
                    "Noted in {PROJECT_FILE}: this folder belongs to project {}, and `run` sets {variable}.",
                    entry.project()
                ),
                _ => format!("Noted in {PROJECT_FILE}: `run` sets {variable}."),
            }),
            Ok(false) => {}
            Err(failure) => ui.warn(&format!(
                "{}. The key is in the keychain; to have `run` set it, write {variable} = {} under [run] in \
                 {shown}.",
                failure.message(),
                Value::from(name.as_str())
            )),
        }
        if let Some(Linked::Elsewhere) = linked {
            ui.warn(&format!(
                "{shown} names another project than the key's: `run` finds the key only with --project {}.",
                entry.project()
            ));
        }
    }
}

/// Whether [`note`] could change the file as it is, without changing it.
///
/// # Errors
/// Why not.
pub fn rehearse_note(entry: &KeychainEntry) -> Result<(), Failure> {
    let path = entry.noted_in();
    run_table_of(path)?;
    let folder = lock(path)?;
    let (_, new, file) = changed(&folder, path, |document| {
        set_project(document, entry);
        set_variable(document, entry)
    })?;
    folder
        .preflight_replace(new.as_bytes(), file.as_ref())
        .map_err(|error| failed(format!("can't be written: {error}")))
}

fn lock(path: &Path) -> Result<FolderLock, Failure> {
    let folder = Folder::open_exactly(disk::folder_of(path)).and_then(Folder::lock);
    folder.map_err(|error| Failure::from(error).context(format!("{PROJECT_FILE} can't be locked")))
}

/// The text of the file at `path`, in `folder`, if there is one; what it is to be; and
/// the open file.
fn changed(
    folder: &Folder,
    path: &Path,
    change: impl FnOnce(&mut DocumentMut) -> Result<(), String>,
) -> Result<(Option<String>, String, Option<File>), Failure> {
    let unreadable = |error: io::Error| failed(format!("can't be read: {error}"));
    let file = folder.file(path.file_name().unwrap_or_default()).map_err(unreadable)?;
    // A device may have no end, and a pipe in its place is somebody's.
    if let Some(file) = &file
        && !file.metadata().map_err(unreadable)?.is_file()
    {
        return Err(failed("is not a file".to_owned()));
    }
    let old = file.as_ref().map(io::read_to_string).transpose().map_err(unreadable)?;
    let text = old.as_deref().unwrap_or_default();
    let mut document: DocumentMut = text.parse().map_err(|_| {
        // By line and column, as every command says it.
        let wrong = ProjectFile::parse(text, path).err();
        wrong.unwrap_or_else(|| failed("is no TOML; fix or remove it first".to_owned()))
    })?;
    change(&mut document).map_err(failed)?;
    let new = match &old {
        Some(_) => document.to_string(),
        // A table is set apart from what is said of the whole file.
        None if document.contains_table("run") => format!("{HEADER}\n{document}"),
        None => format!("{HEADER}{document}"),
    };
    // A file that no command could read is not left behind.
    ProjectFile::parse(&new, path)?;
    Ok((old, new, file))
}

fn failed(problem: String) -> Failure {
    Failure::new(Kind::Failed, format!("{PROJECT_FILE} {problem}"))
}

/// The project that a file names.
enum Linked {
    /// None did so far; the key's does now.
    Now,
    /// The key's.
    Already,
    /// Another one.
    Elsewhere,
}

/// Names the project of `entry`, where none is named: `run` gives no key without one.
fn set_project(document: &mut DocumentMut, entry: &KeychainEntry) -> Linked {
    let project = entry.project().to_string();
    match document.get("project") {
        None => {
            document["project"] = toml_edit::value(project);
            Linked::Now
        }
        Some(named) if named.as_str().is_some_and(|named| named.parse() == Ok(entry.project())) => {
            Linked::Already
        }
        Some(_) => Linked::Elsewhere,
    }
}

fn set_variable(document: &mut DocumentMut, entry: &KeychainEntry) -> Result<(), String> {
    let run = document.entry("run").or_insert_with(|| Item::Table(Table::new()));
    let run = run.as_table_like_mut().ok_or("has a `run` that is no table")?;
    let (variable, name) = (entry.variable().as_str(), entry.name().as_str());
    match run.get_mut(variable).and_then(Item::as_value_mut) {
        Some(value) => replace_value(value, name),
        None => drop(run.insert(variable, toml_edit::value(name))),
    }
    Ok(())
}
