//! The outcome of each leaked key, for people and for programs. Never a whole key.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::leaked::InProject;
use crate::commands::keys::as_json;
use crate::commands::keys::rotate::OfRotation;
use crate::failure::{Failure, Hint, SuggestedCommand};
use crate::key::{self, KeyType};
use crate::ops::revoke::Outcome;
use crate::ops::revoke_leaked::Ownership;
use crate::scan::{Location, Occurrence};
use crate::secret::{Fingerprint, Secret};
use crate::ui::report::Report;
use crate::ui::shell_quoting::CommandLines;
use crate::ui::{Layout, printable};

/// How many locations of one key are told on its line.
const MOST_LOCATIONS: usize = 3;

/// The outcome of a key.
pub(super) enum LineOutcome {
    /// Known to be dead.
    Revoked(Outcome),
    /// It was only asked what would happen.
    WouldBeRevoked,
    /// Not ours to revoke, or not known; the owner says which.
    Untouched,
    /// Not begun with: Ctrl-C came first.
    NotTried,
    /// Not known to be dead.
    Failed(Failure),
}

impl LineOutcome {
    pub(super) fn is_dead(&self) -> bool {
        matches!(self, Self::Revoked(_))
    }
}

/// A key of the input.
pub(super) struct Line {
    pub(super) masked: String,
    key_type: KeyType,
    locations: Vec<Location>,
    owner: Ownership,
    pub(super) fingerprint: Fingerprint,
    pub(super) outcome: LineOutcome,
    /// The id of its replacement.
    pub(super) replaced_by: Option<Uuid>,
    /// What `--rotate` found of it in this project, if that was searched.
    pub(super) found: Option<Found>,
    /// The open rotation that it is a key of.
    pub(super) rotation: Option<OfRotation>,
    /// How long the gateway went on accepting it, where that was waited for; it
    /// still did, where there is no time.
    pub(super) refused_after: Option<Option<Duration>>,
}

/// Where a leaked key is in this project.
pub(super) struct Found {
    /// In which files, before anything was replaced.
    pub(super) occurrences: Vec<Occurrence>,
    /// In which files afterwards, once that was searched.
    pub(super) left: Option<Vec<Occurrence>>,
    /// Whether it can be replaced in one of them, or in the keychain.
    pub(super) can_be_replaced: bool,
}

impl Line {
    pub(super) fn new(key: &Secret, locations: Vec<Location>, owner: Ownership) -> Self {
        let outcome = match &owner {
            Ownership::Ours { .. } => LineOutcome::WouldBeRevoked,
            Ownership::Revoked => LineOutcome::Revoked(Outcome::AlreadyRevoked),
            Ownership::Unanswered(error) => LineOutcome::Failed(Failure::from(error.clone())),
            _ => LineOutcome::Untouched,
        };
        Self {
            masked: key::mask(key.expose()),
            key_type: key::type_of_prefix(key.expose()).unwrap_or(KeyType::Secret),
            locations,
            owner,
            fingerprint: key.fingerprint(),
            outcome,
            replaced_by: None,
            found: None,
            rotation: None,
            refused_after: None,
        }
    }

    /// The key as it is listed, where it is ours to revoke.
    pub(super) fn listed(&self) -> Option<InProject<'_>> {
        match &self.owner {
            Ownership::Ours { project, key } => Some((*project, key)),
            _ => None,
        }
    }

    fn project(&self) -> Option<Uuid> {
        match &self.owner {
            Ownership::Ours { project, .. }
            | Ownership::NotYours { project, .. }
            | Ownership::OutOfReach { project, .. } => Some(*project),
            _ => None,
        }
    }

    /// The outcome for programs, and for the beginning of a line.
    fn outcome(&self) -> &'static str {
        match (&self.outcome, &self.owner) {
            (LineOutcome::Revoked(Outcome::AlreadyRevoked), _) => "already_revoked",
            (LineOutcome::Revoked(_), _) => "revoked",
            (LineOutcome::WouldBeRevoked, _) => "would_be_revoked",
            (LineOutcome::NotTried, _) => "not_tried",
            (LineOutcome::Failed(_), _) => "failed",
            (LineOutcome::Untouched, Ownership::NotYours { .. }) => "not_yours",
            (LineOutcome::Untouched, Ownership::OutOfReach { .. }) => "out_of_reach",
            (LineOutcome::Untouched, Ownership::NotAsked) => "not_asked",
            (LineOutcome::Untouched, _) => "unknown",
        }
    }

    fn describe(&self) -> String {
        let locations = self.locations.iter().take(MOST_LOCATIONS).map(describe_location);
        let mut locations = locations.collect::<Vec<_>>().join(", ");
        if self.locations.len() > MOST_LOCATIONS {
            locations.push_str(&format!(" and {} more", self.locations.len() - MOST_LOCATIONS));
        }
        let mut words = self.masked.clone();
        if let Some((_, key)) = self.listed() {
            let name = key::mask(&printable(&key.name));
            words.push_str(&format!(" {name} ({})", key.environment));
        } else {
            words.push_str(&format!(" ({})", self.key_type));
        }
        if let Some(project) = self.project() {
            words.push_str(&format!(", project {project}"));
        }
        if let Ownership::NotYours { organization: Some(organization), .. } = &self.owner {
            words.push_str(&format!(", of {}", key::mask(&printable(organization))));
        }
        words.push_str(&format!(", at {locations}"));
        if let Some(new) = self.replaced_by {
            words.push_str(&format!("; replaced by {new}"));
        } else if let Some(rotation) = &self.rotation {
            let state = if rotation.ended { "a rotation that is over" } else { "an open rotation" };
            words.push_str(&format!("; a key of {state}"));
        } else if let Some(why) = self.not_replaced() {
            words.push_str(&format!("; not replaced: {why}"));
        }
        match self.refused_after {
            Some(Some(time)) => {
                words.push_str(&format!("; the gateway refused it after {} s", time.as_secs()));
            }
            Some(None) => words.push_str("; THE GATEWAY STILL ACCEPTS IT"),
            None => {}
        }
        if let LineOutcome::Failed(failure) = &self.outcome {
            words.push_str(&format!(": {}", key::mask(&printable(&failure.message()))));
        }
        words
    }

    /// Why `--rotate` does not replace it.
    fn not_replaced(&self) -> Option<&'static str> {
        let found = self.found.as_ref()?;
        match &self.rotation {
            Some(_) => Some("it is a key of a rotation"),
            None if !found.can_be_replaced => Some("no .env file or keychain entry here has it"),
            None => None,
        }
    }

    /// What could be done about a key that is not known to be dead.
    pub(super) fn advice(&self) -> Vec<Hint> {
        let open = self.rotation.as_ref().filter(|it| self.outcome.is_dead() && !it.ended);
        let finish = open.map(|open| Hint::from(open.finish()).text(" finishes its open rotation"));
        let advice = match (&self.outcome, &self.owner) {
            (LineOutcome::Failed(failure), _) => return failure.hints.clone(),
            (LineOutcome::Untouched, Ownership::NotYours { .. }) => {
                "Tell the owner of its organization; only they can revoke it"
            }
            (LineOutcome::Untouched, Ownership::OutOfReach { cut: true, .. }) => {
                let revoke = SuggestedCommand::cencori(["keys", "revoke"]).placeholder("ID");
                return vec![
                    Hint::from(
                        "It is live, and older than the 1,000 keys that the service lists. Revoke keys that nobody \
                         uses until it is listed, or find its id in the dashboard, for ",
                    )
                    .command(revoke)
                    .text("; then run this command again, which proves it"),
                ];
            }
            (LineOutcome::Untouched, Ownership::OutOfReach { .. }) => {
                "It is live, and the service does not tell which of the listed keys it is. Find it in the dashboard \
                 by its first characters, revoke it by its id, and run this command again, which proves it"
            }
            (LineOutcome::Untouched, Ownership::NotAsked) => {
                "It was not found by its hash; without --no-ask the service is asked whose it is"
            }
            (LineOutcome::Untouched, _) => {
                "The service does not know it: it was never issued, or its record was removed"
            }
            (LineOutcome::NotTried, _) => "It is still live; run the command again",
            _ if self.refused_after == Some(None) => {
                "It is revoked, but the gateway still accepts it, or can't be asked; run the command again with --wait"
            }
            _ => return finish.into_iter().collect(),
        };
        finish.into_iter().chain([advice.into()]).collect()
    }

    fn json(&self, commands: &CommandLines) -> Value {
        let organization = match &self.owner {
            Ownership::NotYours { organization, .. } => organization.clone(),
            _ => None,
        };
        let message = match &self.outcome {
            LineOutcome::Failed(failure) => Some(key::mask(&failure.message())),
            _ => None,
        };
        let mut document = json!({
            "masked": self.masked,
            "type": self.key_type,
            "outcome": self.outcome(),
            "message": message,
            "project": self.project(),
            "organization": organization,
            "key": self.listed().map(|(project, key)| as_json(key, project)),
            "locations": self.locations.iter().map(location_as_json).collect::<Vec<_>>(),
            "hints": self.advice().iter().map(|hint| commands.hint(hint)).collect::<Vec<_>>(),
        });
        if self.replaced_by.is_some() || self.found.is_some() {
            document["replaced_by"] = json!(self.replaced_by);
        }
        if let Some(found) = &self.found {
            let occurrences = found.occurrences.iter().map(|it| found.occurrence_as_json(it));
            document["occurrences"] = occurrences.collect();
            document["not_replaced"] = json!(self.not_replaced());
        }
        if let Some(OfRotation { old, ended, .. }) = &self.rotation {
            document["rotation"] = json!({
                "old": old, "outcome": if *ended { "ended" } else { "open" },
            });
        }
        if let Some(time) = self.refused_after {
            document["gateway_refused_after_seconds"] = json!(time.map(|time| time.as_secs()));
        }
        document
    }
}

fn describe_location(place: &Location) -> String {
    let file = place.origin.as_ref().and_then(|origin| origin.file.as_ref());
    match file {
        Some((file, line)) => key::mask(&printable(&format!("{file}:{line}"))),
        None => format!("{}:{}", place.line, place.column),
    }
}

fn location_as_json(place: &Location) -> Value {
    let origin = place.origin.as_ref();
    let file = origin.and_then(|origin| origin.file.as_ref());
    json!({
        "line": place.line,
        "column": place.column,
        "offset": place.offset,
        "commit": origin.and_then(|origin| origin.commit.as_ref()),
        "commit_path": file.map(|(file, _)| key::mask(file)),
        "commit_line": file.map(|(_, line)| line),
    })
}

impl Found {
    fn occurrence_as_json(&self, occurrence: &Occurrence) -> Value {
        let Occurrence { path, line, column, rewritable } = occurrence;
        let variable = rewritable.as_ref().ok();
        // What was rewritten before it on its line may have moved it.
        let is_same = |it: &Occurrence| it.path == *path && it.rewritable.as_ref().ok() == variable;
        let is_left = |left: &Vec<Occurrence>| left.iter().any(is_same);
        json!({
            "path": key::mask(&path.display().to_string()),
            "line": line,
            "column": column,
            "variable": variable,
            "by_hand": rewritable.as_ref().err().map(|why| key::mask(&why.to_string())),
            "replaced": self.left.as_ref().map(|left| variable.is_some() && !is_left(left)),
        })
    }
}

/// All keys of the input.
pub(super) struct Leaked<'a> {
    pub(super) lines: Vec<Line>,
    pub(super) commands: &'a CommandLines,
}

impl Report for Leaked<'_> {
    fn text(&self, _: &Layout) -> String {
        let line = |line: &Line| {
            let outcome = line.outcome().replace('_', " ");
            let outcome = if line.outcome.is_dead() { outcome } else { outcome.to_uppercase() };
            let outcome = match line.outcome {
                LineOutcome::WouldBeRevoked => "would be revoked".to_owned(),
                _ => outcome,
            };
            format!("{outcome}: {}\n", line.describe())
        };
        self.lines.iter().map(line).collect()
    }

    fn json(&self) -> Value {
        let lines = self.lines.iter().map(|line| line.json(self.commands));
        json!({ "keys": lines.collect::<Vec<_>>() })
    }
}
