//! What was found, for people and for programs. Never a whole key.

use std::path::PathBuf;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::keys::key_statuses::KeyStatus;
use crate::commands::keys::search::describe_ignored;
use crate::commands::keys::{counted, without_domains};
use crate::key::{self, KeyType};
use crate::scan::tree::IgnoredCount;
use crate::scan::{Found, Location};
use crate::secret::Fingerprint;
use crate::ui::report::Report;
use crate::ui::{Layout, printable};

/// A key at one location.
pub struct Finding {
    /// The file in which it was found.
    pub path: PathBuf,
    /// Where in it.
    pub location: Location,
    /// What can be shown of it.
    pub masked: String,
    /// Its type, by its prefix.
    pub key_type: KeyType,
    /// Never to be shown as it is.
    pub fingerprint: Fingerprint,
    /// How it is with it.
    pub state: KeyStatus,
}

impl Finding {
    /// What is to be said of a key that was found.
    pub fn new(path: PathBuf, found: &Found, state: KeyStatus) -> Self {
        let text = found.key.expose();
        Self {
            path,
            location: found.location.clone(),
            masked: key::mask(text),
            key_type: key::type_of_prefix(text).unwrap_or(KeyType::Secret),
            fingerprint: found.key.fingerprint(),
            state,
        }
    }

    /// Whether it is a finding to fail on: a publishable key is made to be seen.
    pub fn counts(&self) -> bool {
        self.key_type != KeyType::Publishable
    }

    /// The file, where it is one: what a diff says, or what was searched.
    pub fn file(&self) -> Option<(String, u64)> {
        match &self.location.origin {
            Some(origin) => origin.file.clone(),
            None => Some((self.path.display().to_string(), self.location.line)),
        }
    }

    /// `src/app.js:12:7`; of a diff also the commit.
    fn at(&self) -> String {
        let Location { line, column, origin, .. } = &self.location;
        let Some(origin) = origin else {
            return format!("{}:{line}:{column}", self.path.display());
        };
        let commit = origin.commit.as_ref().map(|commit| format!("{:.10}:", printable(commit)));
        let location = match &origin.file {
            Some((file, line)) => format!("{file}:{line}"),
            None => format!("{}:{line}:{column}", self.path.display()),
        };
        format!("{}{location}", commit.unwrap_or_default())
    }

    /// How it is with the key, in words.
    pub fn state_in_words(&self) -> String {
        match &self.state {
            KeyStatus::Live(key) => {
                format!("live: {} ({})", key::mask(&printable(&key.name)), key.environment)
            }
            KeyStatus::NotListed => {
                "live, in this project, beyond the keys that are listed".to_owned()
            }
            KeyStatus::Elsewhere(project, owner) => {
                let owner = owner.as_ref().map(|owner| format!(" ({})", printable(owner)));
                format!("live, in another project: {project}{}", owner.unwrap_or_default())
            }
            KeyStatus::Revoked => "revoked".to_owned(),
            KeyStatus::Unknown => "not known to the service".to_owned(),
            KeyStatus::Undetermined => "the service could not say whether it is live".to_owned(),
            KeyStatus::NotAsked => "not asked whether it is live".to_owned(),
        }
    }

    /// The same for programs.
    pub fn state_code(&self) -> &'static str {
        match &self.state {
            KeyStatus::Live(..) => "live",
            KeyStatus::NotListed => "live_not_listed",
            KeyStatus::Elsewhere(..) => "live_elsewhere",
            KeyStatus::Revoked => "revoked",
            KeyStatus::Unknown => "unknown",
            KeyStatus::Undetermined => "undetermined",
            KeyStatus::NotAsked => "not_asked",
        }
    }

    fn json(&self, project: Option<Uuid>) -> Value {
        let (key, project) = match (&self.state, project) {
            (KeyStatus::Live(key), Some(project)) => {
                (Some(without_domains(key, project)), Some(project))
            }
            (KeyStatus::NotListed, project) => (None, project),
            (KeyStatus::Elsewhere(project, _), _) => (None, Some(*project)),
            _ => (None, None),
        };
        let origin = self.location.origin.as_ref();
        let file = origin.and_then(|origin| origin.file.as_ref());
        json!({
            "masked": self.masked,
            "type": self.key_type,
            "path": key::mask(&self.path.display().to_string()),
            "line": self.location.line,
            "column": self.location.column,
            "offset": self.location.offset,
            "commit": origin.and_then(|origin| origin.commit.as_ref()),
            "commit_path": file.map(|(file, _)| key::mask(file)),
            "commit_line": file.map(|(_, line)| line),
            "state": self.state_code(),
            "project": project,
            "key": key,
        })
    }
}

/// All that was found.
pub struct Findings {
    /// In order of path and location.
    pub findings: Vec<Finding>,
    /// How many files were searched.
    pub files: u64,
    /// What was left out because git ignores it.
    pub ignored: IgnoredCount,
    /// The linked project, where it was asked about.
    pub project: Option<Uuid>,
}

impl Findings {
    /// What came of it, in a sentence.
    pub fn summary(&self) -> String {
        let mut files = counted(self.files, "file");
        let ignored = match self.ignored.is_empty() {
            true => String::new(),
            false => format!("; git ignores {}", describe_ignored(self.ignored)),
        };
        let mut keys: Vec<_> = self.findings.iter().map(|it| (&it.fingerprint, it)).collect();
        if keys.is_empty() {
            return format!("No keys in {files}{ignored}.");
        }
        files.push_str(" searched");
        let mut seen = std::collections::HashSet::new();
        keys.retain(|(fingerprint, _)| seen.insert(*fingerprint));
        let counts = keys.iter().filter(|(_, finding)| finding.counts()).count();
        let others = match keys.len() - counts {
            0 => String::new(),
            others => format!(" ({others} of them publishable)"),
        };
        let locations = counted(self.findings.len() as u64, "place");
        let keys = counted(keys.len() as u64, "key");
        format!("{keys}{others} in {locations}; {files}{ignored}.")
    }
}

impl Report for Findings {
    fn text(&self, _: &Layout) -> String {
        let line = |finding: &Finding| {
            format!(
                "{}: {} ({}): {}\n",
                key::mask(&printable(&finding.at())),
                finding.masked,
                finding.key_type,
                finding.state_in_words()
            )
        };
        self.findings.iter().map(line).collect()
    }

    fn json(&self) -> Value {
        let findings = self.findings.iter().map(|finding| finding.json(self.project));
        let ignored = json!({ "files": self.ignored.files, "folders": self.ignored.folders });
        let findings = findings.collect::<Vec<_>>();
        json!({ "findings": findings, "files": self.files, "ignored": ignored })
    }
}
