//! The old key in the files of the project: where a rotation rewrites it, and where only
//! a person can.

use std::path::{Path, PathBuf};

use super::ending::ways_on;
use super::open;

use crate::commands::keys::describe;
use crate::commands::keys::search::{project_root, shown};
use crate::config::ProjectFile;
use crate::context::Context;
use crate::destinations::Destination;
use crate::failure::{Failure, Hint, SuggestedCommand};
use crate::key;
use crate::listed_key::ListedKey;
use crate::ops::rotate::permission::is_ignored;
use crate::scan::{Occurrence, ProjectKeys};
use crate::secret::Secret;

/// How many locations a message names.
const MOST_NAMED: usize = 10;

/// Searches the project around `folder` for `keys`, each with its text where that is known:
/// the folder of `cencori.toml`, else the repository, else the folder itself; and the files
/// of `destinations`, wherever they are.
///
/// # Errors
/// If `cencori.toml` can't be read.
pub(in crate::commands::keys) fn search(
    context: &Context,
    folder: &Path,
    destinations: &[Destination],
    keys: &[(&ListedKey, Option<Secret>)],
) -> Result<ProjectKeys, Failure> {
    let file = ProjectFile::find(folder, context.home())?;
    let root = project_root(folder, file.as_ref().map(|(path, _)| path.as_path()));
    let root = root.unwrap_or_else(|| folder.to_owned());
    let beside = destinations.iter().filter_map(|destination| match destination {
        Destination::DotenvFile(file) => Some(file.path().to_owned()),
        Destination::Keychain(_) | Destination::Command(_) => None,
    });
    let hidden = context.state_directory().ok();
    let beside: Vec<_> = beside.collect();
    let given: Vec<_> = keys.iter().filter_map(|(_, text)| text.clone()).collect();
    let count = given.len();
    let project = ProjectKeys::search(&root, &beside, hidden, given.clone());
    // Who knows a key's text finds it in more ways.
    let unknown = keys.iter().filter(|(_, text)| text.is_none());
    let learnt = unknown.filter_map(|(key, _)| project.text(is_surely(key)).cloned());
    let known: Vec<_> = given.into_iter().chain(learnt).collect();
    if known.len() == count {
        return Ok(project);
    }
    Ok(ProjectKeys::search(&root, &beside, hidden, known))
}

/// Whether a text is `key`, by its hash.
fn is_surely(key: &ListedKey) -> impl Fn(&Secret) -> bool {
    move |text| key.hash().is_some() && key.is(&text.fingerprint())
}

/// Whether a text is `key`: by its hash; where the service tells none, whether it may be,
/// by its prefix.
pub(in crate::commands::keys) fn is(key: &ListedKey) -> impl Fn(&Secret) -> bool {
    move |text| match key.hash().is_some() {
        true => key.is(&text.fingerprint()),
        false => key::mask(text.expose()) == key.prefix,
    }
}

/// What a rotation leaves as it is: where the old key occurs although no destination
/// rewrites it, and what can't be read.
pub(super) struct Left {
    pub(super) occurrences: Vec<Occurrence>,
    pub(super) unread: Vec<PathBuf>,
}

/// What of the project was not searched for `key`, in sentences. Its text may be `given`.
pub(super) fn not_searched(
    context: &Context,
    project: &ProjectKeys,
    key: &ListedKey,
    given: Option<&Secret>,
) -> Vec<String> {
    let mut sentences = Vec::new();
    if !project.left_out.is_empty() {
        let left_out = locations(context, &[], &project.left_out);
        sentences.push(format!(
            "Not searched: {left_out} (ignored packages of others, and links out of the project)."
        ));
    }
    sentences.extend(not_searched_for(project, key, given));
    sentences
}

/// In what ways `key` may be in the project unseen, in a sentence, where its text is neither
/// `given` nor in the project.
pub(super) fn not_searched_for(
    project: &ProjectKeys,
    key: &ListedKey,
    given: Option<&Secret>,
) -> Option<String> {
    let is_known = given.is_some() || project.text(is_surely(key)).is_some();
    (!is_known).then(|| {
        format!("Not searched for: base64 of {}, whose text is not known here.", describe(key))
    })
}

impl Left {
    /// What of `occurrences` and `unread` is left by a rotation into `destinations` that
    /// may leave the `ignored` files.
    pub(super) fn by(
        destinations: &[Destination],
        ignored: &[PathBuf],
        occurrences: Vec<Occurrence>,
        unread: &[PathBuf],
    ) -> Self {
        let counts = |path: &PathBuf| !is_ignored(ignored, path);
        let left = |it: &Occurrence| counts(&it.path) && !is_rewritten(it, destinations);
        Self {
            occurrences: occurrences.into_iter().filter(left).collect(),
            unread: unread.iter().filter(|path| counts(path)).cloned().collect(),
        }
    }

    /// A line for each location, at most [`MOST_NAMED`], and one for the rest.
    pub(super) fn lines(&self, context: &Context) -> Vec<String> {
        let occurrences = self.occurrences.iter().map(|it| match &it.rewritable {
            Ok(variable) => {
                format!("{} as {variable} (not a destination)", location(context, it))
            }
            Err(why) => format!("{} ({why})", location(context, it)),
        });
        let unread = self.unread.iter();
        let unread = unread
            .map(|path| format!("{} (can't be read)", path_in_words(context, path).display()));
        let mut lines: Vec<_> = occurrences.chain(unread).collect();
        let more = lines.len().saturating_sub(MOST_NAMED);
        lines.truncate(MOST_NAMED);
        if more > 0 {
            lines.push(format!("{more} more"));
        }
        lines
    }
}

/// Whether one of `destinations` writes the variable of this occurrence.
fn is_rewritten(occurrence: &Occurrence, destinations: &[Destination]) -> bool {
    let Ok(variable) = &occurrence.rewritable else { return false };
    let path = occurrence.path.canonicalize();
    destinations.iter().any(|destination| match destination {
        Destination::DotenvFile(file) => {
            path.as_ref().is_ok_and(|path| path == file.path()) && file.variable() == variable
        }
        Destination::Keychain(_) | Destination::Command(_) => false,
    })
}

/// A location in a sentence: `k8s/secret.yaml:4:10`.
pub(in crate::commands::keys) fn location(context: &Context, occurrence: &Occurrence) -> String {
    let Occurrence { path, line, column, .. } = occurrence;
    format!("{}:{line}:{column}", path_in_words(context, path).display())
}

/// A file as the person would name it.
pub(super) fn path_in_words(context: &Context, path: &Path) -> PathBuf {
    let here = context.directory.canonicalize();
    let below = here.ok().and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    below.unwrap_or_else(|| shown(context, path))
}

/// Locations in a sentence, at most [`MOST_NAMED`] of them.
pub(in crate::commands::keys) fn locations(
    context: &Context,
    occurrences: &[Occurrence],
    unread: &[PathBuf],
) -> String {
    let occurrences = occurrences.iter().map(|it| location(context, it));
    let unread = unread.iter().map(|path| path_in_words(context, path).display().to_string());
    let mut all: Vec<_> = occurrences.chain(unread).collect();
    let more = all.len().saturating_sub(MOST_NAMED);
    all.truncate(MOST_NAMED);
    if more > 0 {
        all.push(format!("{more} more"));
    }
    all.join(", ")
}

/// Tells which files have `key`: where it would be replaced, and where only a person can.
pub(in crate::commands::keys) fn report_files(
    context: &Context,
    project: &ProjectKeys,
    key: &ListedKey,
) {
    let (name, occurrences) = (describe(key), project.occurrences(is(key)));
    let (ours, others): (Vec<_>, Vec<_>) =
        occurrences.into_iter().partition(|it| it.rewritable.is_ok());
    if !ours.is_empty() {
        let locations = locations(context, &ours, &[]);
        context.ui.status(&format!("{name} would be replaced in {locations}."));
    }
    let left = Left { occurrences: others, unread: project.unread.clone() }.lines(context);
    if !left.is_empty() {
        let left = left.join(", ");
        context.ui.warn(&format!("{name} would not be replaced in {left}."));
    }
}

/// Warns of the files that have `key`, and of those that could not be read; `then` says
/// what that means. Gives whether some have it.
pub(in crate::commands::keys) fn warn_of_files(
    context: &Context,
    project: &ProjectKeys,
    key: &ListedKey,
    then: &str,
) -> bool {
    let occurrences = project.occurrences(is(key));
    if !occurrences.is_empty() {
        let locations = locations(context, &occurrences, &[]);
        context.ui.warn(&format!("{} is in {locations}: {then}.", describe(key)));
    }
    if !project.unread.is_empty() {
        let locations = locations(context, &[], &project.unread);
        context.ui.warn(&format!("Whether {} is in {locations} can't be read.", describe(key)));
    }
    !occurrences.is_empty()
}

/// Warns of the files of this project that have one of `keys`, before somebody is asked
/// whether they are to be revoked.
pub(in crate::commands::keys) fn warn_before_revoking(context: &Context, keys: &[ListedKey]) {
    let keys: Vec<_> = keys.iter().collect();
    let Some(project) = search_for(context, &keys) else { return };
    let open = open::open_rotations(context);
    for key in keys {
        let is_found =
            warn_of_files(context, &project, key, "what reads it there fails once it is revoked");
        // A key of an open rotation has its replacement, or is one.
        match open.iter().find(|it| it.keys().any(|other| other.id == key.id)) {
            Some(rotation) => context.ui.hint(ways_on(rotation)),
            None if is_found => {
                let rotate = SuggestedCommand::cencori(["keys", "rotate"]);
                let rotate = rotate.operand(key.id.to_string());
                context.ui.hint(Hint::from(rotate).text(" replaces it there first"));
            }
            None => {}
        }
    }
}

/// Warns of the files of this project that have one of `keys`, which have just been revoked
/// unasked: a leaked key does not wait for a search.
pub(in crate::commands::keys) fn warn_after_revoking(context: &Context, keys: &[&ListedKey]) {
    let Some(project) = search_for(context, keys) else { return };
    for key in keys {
        warn_of_files(context, &project, key, "what reads it there fails now");
    }
}

/// The files of this project, searched for `keys`; `None` if there are none, or the project can't
/// be searched, which is said.
fn search_for(context: &Context, keys: &[&ListedKey]) -> Option<ProjectKeys> {
    if keys.is_empty() {
        return None;
    }
    let searched: Vec<_> = keys.iter().map(|key| (*key, None)).collect();
    match search(context, &context.directory, &[], &searched) {
        Ok(project) => Some(project),
        Err(failure) => {
            let why = failure.message();
            context.ui.warn(&format!("The project's files can't be searched: {why}."));
            None
        }
    }
}
