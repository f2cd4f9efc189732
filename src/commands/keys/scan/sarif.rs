//! What was found, as SARIF.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::report::Finding;
use crate::commands::keys::key_statuses::KeyStatus;
use crate::commands::keys::sarif::{self, Location, Rule};
use crate::key::KeyType;

/// The document: one run, with all findings; `complete`, where all could be read.
pub fn document(findings: &[Finding], complete: bool) -> Value {
    let mut times = HashMap::new();
    let results = findings.iter().map(|finding| {
        let (file, line) = finding
            .file()
            .unwrap_or_else(|| (finding.path.display().to_string(), finding.location.line));
        let time = times.entry((file.clone(), finding.fingerprint.clone())).or_insert(0_u32);
        *time += 1;
        result(finding, file, line, *time)
    });
    let rules = [KeyType::Secret, KeyType::Agent, KeyType::Publishable].map(rule);
    sarif::document(&rules, &results.collect::<Vec<_>>(), complete)
}

fn rule(key_type: KeyType) -> Rule {
    let (what, level, severity) = match key_type {
        KeyType::Secret => ("A secret Cencori API key", "error", "9.0"),
        KeyType::Agent => ("The Cencori API key of an agent", "error", "9.0"),
        KeyType::Publishable => ("A publishable Cencori API key", "note", "1.0"),
    };
    Rule {
        id: rule_id(key_type),
        title: what.to_owned(),
        description: format!("{what} is in a file."),
        help: "Replace the key, revoke it with `cencori keys revoke KEY`, and take it out of the file."
            .to_owned(),
        level,
        severity,
    }
}

fn rule_id(key_type: KeyType) -> String {
    format!("{key_type}-key")
}

fn result(finding: &Finding, file: String, line: u64, time: u32) -> sarif::Finding {
    let level = match (&finding.state, finding.counts()) {
        (_, false) => "note",
        (KeyStatus::Revoked | KeyStatus::Unknown, true) => "warning",
        _ => "error",
    };
    let key = serde_json::to_string(&finding.fingerprint).unwrap_or_default();
    let fingerprint = sarif::partial_fingerprint(&["cencori keys scan", &key, &file], time);
    // A diff's column is not the file's.
    let column = finding.location.origin.is_none().then_some(finding.location.column);
    sarif::Finding {
        rule: rule_id(finding.key_type),
        level,
        text: format!("{} ({}): {}.", finding.masked, finding.key_type, finding.state_in_words()),
        location: Location { file, line, column },
        fingerprint,
        properties: json!({ "state": finding.state_code() }),
        suppressed: None,
    }
}
