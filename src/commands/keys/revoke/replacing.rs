//! What `--rotate` does about a leaked key beside revoking it: what of the project has it,
//! and the open rotation that it is of.

use serde_json::{Value, json};
use uuid::Uuid;

use super::leaked_report::Line;
use crate::commands::account::Account;
use crate::commands::keys::rotate::{self, occurrences};
use crate::commands::keys::{as_json, describe};
use crate::context::Context;
use crate::failure::{Failure, Hint};
use crate::listed_key::ListedKey;
use crate::rotation::state::Step;
use crate::rotation::suggestions;
use crate::scan::{Occurrence, ProjectKeys};

/// Where the project has a leaked key.
#[derive(Default)]
pub(super) struct Found {
    /// Where it is replaced, or would be.
    pub(super) replaced_in: Vec<Value>,
    /// Where it is afterwards, or would be.
    pub(super) still_in: Vec<Value>,
    /// The files that can't be read.
    pub(super) unread: Vec<Value>,
    /// Why it is not replaced.
    pub(super) not_replaced: Option<String>,
}

impl Found {
    /// What `project`, which could be searched, has of `key` of `of`. It is replaced by
    /// `account`, the one of the linked project.
    ///
    /// # Errors
    /// Where `cencori.toml` can't be read.
    pub(super) fn before(
        context: &Context,
        account: Option<&Account>,
        project: &ProjectKeys,
        of: Uuid,
        key: &ListedKey,
    ) -> Result<Self, Failure> {
        let found = project.occurrences(occurrences::is(key));
        let is_linked = account.is_some_and(|account| account.project == of);
        let is_rewritten =
            |it: &Occurrence| is_linked && it.rewritable.is_ok() && key.hash().is_some();
        let (ours, others): (Vec<_>, Vec<_>) = found.into_iter().partition(is_rewritten);
        let entries = match is_linked {
            true => rotate::entries_with(context, of, key)?,
            false => Vec::new(),
        };
        let entries = entries.iter().map(|(name, variable)| {
            let variable = variable.as_ref().map(|variable| variable.as_str());
            json!({ "kind": "keychain", "name": name.as_str(), "variable": variable })
        });
        let replaced_in: Vec<_> =
            ours.iter().map(|it| located(context, it)).chain(entries).collect();
        let not_replaced = match (is_linked, others.is_empty()) {
            _ if !replaced_in.is_empty() => None,
            (false, _) => Some("it is not a key of the linked project"),
            (true, true) => Some("it was found in no file here"),
            (true, false) => Some("no file that has it can be rewritten"),
        };
        Ok(Self {
            replaced_in,
            still_in: others.iter().map(|it| located(context, it)).collect(),
            unread: unread(context, project),
            not_replaced: not_replaced.map(str::to_owned),
        })
    }

    /// Notes what `project`, searched once more, still has of `key`.
    pub(super) fn after(&mut self, context: &Context, project: &ProjectKeys, key: &ListedKey) {
        let found = project.occurrences(occurrences::is(key));
        self.still_in = found.iter().map(|it| located(context, it)).collect();
        self.unread = unread(context, project);
        let still_in = &self.still_in;
        self.replaced_in.retain(|place| !still_in.contains(place));
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "replaced_in": self.replaced_in,
            "still_in": self.still_in,
            "unread": self.unread,
            "not_replaced": self.not_replaced,
        })
    }
}

fn located(context: &Context, occurrence: &Occurrence) -> Value {
    json!({
        "kind": "file",
        "path": occurrences::path_in_words(context, &occurrence.path),
        "line": occurrence.line,
        "column": occurrence.column,
    })
}

fn unread(context: &Context, project: &ProjectKeys) -> Vec<Value> {
    let paths = project.unread.iter().map(|path| occurrences::path_in_words(context, path));
    paths.map(|path| json!(path)).collect()
}

/// The open rotation that a leaked key is of.
pub(super) struct OfRotation {
    /// The old key.
    pub(super) old: ListedKey,
    /// The new one.
    new: Option<ListedKey>,
    project: Uuid,
    /// Whether the leaked one is the new one.
    pub(super) is_new: bool,
    /// Whether it was brought to its end.
    pub(super) ended: bool,
}

impl OfRotation {
    /// The open rotations that the keys of `lines` are of. A state folder that can't be read
    /// is no reason not to revoke them.
    pub(super) fn note(context: &Context, lines: &mut [Line]) {
        for found in rotate::all(context).unwrap_or_default() {
            let Some(progress) = found.progress else { continue };
            if progress.state.step() == Step::Close {
                continue;
            }
            for line in &mut *lines {
                let Some((project, key)) = line.listed() else { continue };
                let is_key = progress.keys().any(|it| it.id == key.id);
                if project == progress.plan.project && is_key {
                    let is_new = progress.plan.old.id != key.id;
                    let (old, new) = (progress.plan.old.clone(), progress.new.clone());
                    line.rotation = Some(Self { old, new, project, is_new, ended: false });
                }
            }
        }
    }

    /// What is to be said of it before anything is done.
    pub(super) fn warn_before(&self, context: &Context, key: &ListedKey) {
        let (key, old) = (describe(key), describe(&self.old));
        let line = match self.is_new {
            true => {
                format!("{key} is the new key of an open rotation, which would go back to {old}.")
            }
            false => format!(
                "{key} is the old key of an open rotation, and would not be replaced by another."
            ),
        };
        context.ui.warn(&line);
    }

    /// Puts the old key back, where the leaked new one has just been revoked and `account` is of
    /// its project.
    pub(super) fn go_back(&mut self, context: &Context, account: Option<&Account>) {
        let Some(account) = account.filter(|it| self.is_new && it.project == self.project) else {
            return;
        };
        match rotate::go_back_from_revoked(context, account, self.old.id) {
            Ok(()) => self.ended = true,
            Err(failure) => {
                context.ui.warn(&format!("The old key is not back: {}.", failure.message()));
                for hint in failure.hints {
                    context.ui.hint(hint);
                }
            }
        }
    }

    /// Says what ends the rotation, after the leaked key was revoked.
    pub(super) fn tell(&self, context: &Context, key: &ListedKey) {
        if self.ended {
            return;
        }
        let (key, id) = (describe(key), self.old.id);
        let (which, hint) = match self.is_new {
            true => {
                let hint = Hint::from(suggestions::abort(id));
                ("new", hint.text(" puts the old key back, and ends the rotation"))
            }
            false => {
                let hint = Hint::from(suggestions::resume(id));
                ("old", hint.text(" goes on to the new key, and ends the rotation"))
            }
        };
        let line = format!("{key} is the {which} key of a rotation, which is still open.");
        context.ui.warn_with(&line, hint);
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "old": as_json(&self.old, self.project),
            "new": self.new.as_ref().map(|new| as_json(new, self.project)),
            "outcome": if self.ended { "aborted" } else { "open" },
        })
    }
}
