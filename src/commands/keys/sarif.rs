//! Findings as SARIF (OASIS, *Static Analysis Results Interchange Format*
//! 2.1.0), as much of it as GitHub code scanning reads.
//!
//! Written here, because the crates that have its types bring a generator of
//! code for all of its schema.

use std::path::Path;

use ring::digest;
use serde_json::{Value, json};

use crate::context::Context;
use crate::failure::Failure;
use crate::key;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Whose keys they are.
const HELP: &str = "https://cencori.com";

/// A kind of finding.
pub struct Rule {
    /// Its name for programs.
    pub id: String,
    /// What is found, without a full stop.
    pub title: String,
    /// The same as a sentence, with more.
    pub description: String,
    /// What to do.
    pub help: String,
    /// `error`, `warning` or `note`.
    pub level: &'static str,
    /// From 0 to 10, as GitHub sorts findings.
    pub severity: &'static str,
}

impl Rule {
    fn json(&self) -> Value {
        json!({
            "id": format!("cencori/{}", self.id),
            "name": self.id,
            "shortDescription": { "text": self.title },
            "fullDescription": { "text": self.description },
            "help": { "text": self.help },
            "defaultConfiguration": { "level": self.level },
            "properties": {
                "tags": ["security"],
                "security-severity": self.severity,
                "precision": "very-high",
            },
        })
    }
}

/// A location in a file.
pub struct Location {
    /// The file.
    pub file: String,
    /// Its line, from 1.
    pub line: u64,
    /// Its column, from 1, in characters; `None` if it is not that of the file.
    pub column: Option<u64>,
}

/// One finding.
pub struct Finding {
    /// The kind, by its id.
    pub rule: String,
    /// `error`, `warning` or `note`.
    pub level: &'static str,
    /// What was found, as a sentence.
    pub text: String,
    /// Where.
    pub location: Location,
    /// What the same finding is known by in the next run ([`partial_fingerprint`]).
    pub fingerprint: String,
    /// More for programs.
    pub properties: Value,
    /// Why somebody has decided to live with it, if so.
    pub suppressed: Option<String>,
}

impl Finding {
    fn json(&self) -> Value {
        let Location { file, line, column } = &self.location;
        let mut region = json!({ "startLine": line });
        if let Some(column) = column {
            region["startColumn"] = (*column).into();
        }
        let mut result = json!({
            "ruleId": format!("cencori/{}", self.rule),
            "level": self.level,
            "message": { "text": self.text },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": uri(Path::new(&key::mask(file))) },
                "region": region,
            } }],
            "partialFingerprints": { "cencoriKey/v1": self.fingerprint },
            "properties": self.properties,
        });
        if let Some(reason) = &self.suppressed {
            result["suppressions"] = json!([{ "kind": "external", "justification": reason }]);
        }
        result
    }
}

/// The document: one run, with all findings; and whether it was `complete`, so that no
/// finding means that nothing is wrong.
pub fn document(rules: &[Rule], findings: &[Finding], complete: bool) -> Value {
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cencori",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": HELP,
                "rules": rules.iter().map(Rule::json).collect::<Vec<_>>(),
            } },
            "invocations": [{ "executionSuccessful": complete }],
            "columnKind": "unicodeCodePoints",
            "results": findings.iter().map(Finding::json).collect::<Vec<_>>(),
        }],
    })
}

/// Refuses to print two documents.
///
/// # Errors
/// If SARIF is `wanted`, and JSON too.
pub fn refuse_with_json(context: &Context, wanted: bool) -> Result<(), Failure> {
    if wanted && context.ui.json() {
        return Err(Failure::usage("--sarif and --json are two different documents")
            .hint("Leave one of them out"));
    }
    Ok(())
}

/// What a finding that `parts` tell from others is known by in the next run,
/// wherever its line has gone; `time` counts those that are alike. A digest of its
/// own: the service's hash of a key is not to be shown.
pub fn partial_fingerprint(parts: &[&str], time: u32) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
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
