//! Findings as SARIF (OASIS, *Static Analysis Results Interchange Format*
//! 2.1.0), as much of it as GitHub code scanning reads.
//!
//! Written here, because the crates that have its types bring a generator of
//! code for all of its schema.

use std::collections::HashMap;
use std::path::Path;

use ring::digest;
use serde_json::{Value, json};

use super::answers::State;
use super::report::Finding;
use crate::key::{self, KeyType};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Whose keys they are.
const HELP: &str = "https://cencori.com";

/// The document: one run, with all findings.
pub fn document(findings: &[Finding]) -> Value {
    let mut times = HashMap::new();
    let results = findings.iter().map(|finding| {
        let (file, line) = finding
            .file()
            .unwrap_or_else(|| (finding.path.display().to_string(), finding.place.line));
        let time = times.entry((file.clone(), finding.fingerprint.clone())).or_insert(0_u32);
        *time += 1;
        result(finding, &file, line, *time)
    });
    let rules = [KeyType::Secret, KeyType::Agent, KeyType::Publishable].map(rule);
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cencori",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": HELP,
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    })
}

fn rule(key_type: KeyType) -> Value {
    let (what, level, severity) = match key_type {
        KeyType::Secret => ("A secret Cencori API key", "error", "9.0"),
        KeyType::Agent => ("The Cencori API key of an agent", "error", "9.0"),
        KeyType::Publishable => ("A publishable Cencori API key", "note", "1.0"),
    };
    json!({
        "id": rule_id(key_type),
        "name": format!("{key_type}-key"),
        "shortDescription": { "text": what },
        "fullDescription": { "text": format!("{what} stands in a file.") },
        "help": { "text": "Replace the key, revoke it with `cencori keys revoke`, and take it out of the file." },
        "defaultConfiguration": { "level": level },
        "properties": { "tags": ["security"], "security-severity": severity, "precision": "very-high" },
    })
}

fn rule_id(key_type: KeyType) -> String {
    format!("cencori/{key_type}-key")
}

fn result(finding: &Finding, file: &str, line: u64, time: u32) -> Value {
    let level = match (&finding.state, finding.counts()) {
        (_, false) => "note",
        (State::Revoked | State::Unknown, true) => "warning",
        _ => "error",
    };
    let mut region = json!({ "startLine": line });
    // A diff's column is not the file's.
    if finding.place.origin.is_none() {
        region["startColumn"] = finding.place.column.into();
    }
    let text = format!("{} ({}): {}.", finding.masked, finding.key_type, finding.state_in_words());
    json!({
        "ruleId": rule_id(finding.key_type),
        "level": level,
        "message": { "text": text },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(Path::new(&key::mask(file))) },
            "region": region,
        } }],
        "partialFingerprints": { "cencoriKey/v1": partial_fingerprint(finding, file, time) },
        "properties": { "state": finding.state_code() },
    })
}

/// What the same finding is known by in the next run, wherever its line has
/// gone. A digest of its own: the service's hash of a key is not to be shown.
fn partial_fingerprint(finding: &Finding, file: &str, time: u32) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    let key = serde_json::to_string(&finding.fingerprint).unwrap_or_default();
    for part in ["cencori keys scan", &key, file] {
        context.update(part.as_bytes());
        context.update(&[0]);
    }
    let digest = context.finish();
    let digits: String = digest.as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digits}:{time}")
}

/// A path as a relative reference (RFC 3986), or a `file` address where it is
/// absolute.
fn uri(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let mut uri = String::from(if path.is_absolute() { "file://" } else { "" });
    for byte in bytes {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
