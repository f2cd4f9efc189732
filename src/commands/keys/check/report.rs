//! What is wrong, for people and for programs. Never a whole key.

use std::collections::HashMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use uuid::Uuid;

use super::finding::{At, Finding};
use super::fix_parts::PLACEHOLDERS;
use crate::commands::keys::sarif::{self, Location};
use crate::commands::keys::search::describe_ignored;
use crate::commands::keys::{counted, without_domains};
use crate::key;
use crate::policy::{Rule, Severity};
use crate::scan::tree::IgnoredCount;
use crate::ui::report::{Report, table};
use crate::ui::{Layout, printable};

/// All that was found.
pub struct Findings<'a> {
    /// The worst first.
    pub findings: Vec<Finding<'a>>,
    /// The project, where it was asked about.
    pub project: Option<Uuid>,
    /// How many live keys it has, likewise.
    pub keys: Option<usize>,
    /// How many files were searched.
    pub files: u64,
    /// What was left out because git ignores it.
    pub ignored: IgnoredCount,
    /// Whether all was looked at that was asked for.
    pub complete: bool,
    /// The folder of `cencori.toml`, itself.
    pub folder: PathBuf,
}

impl<'a> Findings<'a> {
    /// Those that nobody has decided to live with.
    pub fn open(&self) -> impl Iterator<Item = &Finding<'a>> {
        self.findings.iter().filter(|finding| finding.suppressed.is_none())
    }

    /// What only a person knows, and has to put into command lines.
    pub fn advice(&self) -> Vec<&'static str> {
        let asks = |what: &&str| self.open().any(|it| it.placeholders.contains(what));
        let asked = PLACEHOLDERS.iter().filter(|(what, _)| asks(what));
        asked.map(|(_, advice)| *advice).collect()
    }

    /// What came of it, in a sentence.
    pub fn summary(&self) -> String {
        let counts = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| {
            let count = self.open().filter(|finding| finding.severity() == severity).count();
            (count, severity.as_str())
        });
        let mut told: Vec<_> = counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, noun)| counted(count as u64, noun))
            .collect();
        if told.is_empty() {
            let nothing = if self.complete {
                "Nothing is wrong"
            } else {
                "Nothing wrong was found in what could be checked"
            };
            told.push(nothing.to_owned());
        }
        let suppressed = self.findings.len() - self.open().count();
        if suppressed > 0 {
            told.push(format!("{suppressed} suppressed"));
        }
        let mut checked: Vec<_> =
            self.keys.map(|keys| counted(keys as u64, "key")).into_iter().collect();
        checked.push(counted(self.files, "file"));
        let ignored = match self.ignored.is_empty() {
            true => String::new(),
            false => format!("; git ignores {}", describe_ignored(self.ignored)),
        };
        format!("{}; {} checked{ignored}.", told.join(", "), checked.join(" and "))
    }

    /// The same as SARIF; `file` is what findings that are in no file are shown at.
    pub fn sarif(&self, file: &str) -> Value {
        let rules: Vec<_> = Rule::all()
            .map(|rule| sarif::Rule {
                id: id(rule),
                title: rule.title().to_owned(),
                description: format!("{}.", rule.title()),
                help: "The message names the command that fixes it.".to_owned(),
                level: rule.severity().as_str(),
                severity: match rule.severity() {
                    Severity::Error => "9.0",
                    Severity::Warning => "5.0",
                    Severity::Note => "1.0",
                },
            })
            .collect();
        let mut times = HashMap::new();
        let findings = self.findings.iter().map(|finding| {
            let location = self.location(finding);
            let time = times.entry((finding.rule, location.clone())).or_insert(0_u32);
            *time += 1;
            let parts = ["cencori keys check", finding.rule.as_str(), &location];
            let at = match finding.at.file() {
                Some((path, line, column)) => {
                    Location { file: path.display().to_string(), line, column }
                }
                None => Location { file: file.to_owned(), line: 1, column: None },
            };
            let message = shown(&finding.message);
            sarif::Finding {
                rule: id(finding.rule),
                level: finding.severity().as_str(),
                text: match &finding.fix_commands[..] {
                    [] => format!("{message}."),
                    lines => format!("{message}. To fix it: {}", chained(lines)),
                },
                fingerprint: sarif::partial_fingerprint(&parts, *time),
                location: at,
                properties: json!({ "location": location, "fix": finding.fix_commands }),
                suppressed: finding
                    .suppressed
                    .as_ref()
                    .map(|(reason, until)| format!("{} (until {until})", shown(reason))),
            }
        });
        sarif::document(&rules, &findings.collect::<Vec<_>>(), self.complete)
    }

    /// What the location of a finding is called in `cencori.toml`.
    fn location(&self, finding: &Finding<'_>) -> String {
        let first = finding.at.names(&self.folder).into_iter().next();
        key::mask(&first.unwrap_or_default())
    }

    fn json_of(&self, finding: &Finding<'_>) -> Value {
        let (variable, domain) = match &finding.at {
            At::Variable { variable, .. } => (Some(variable.as_str()), None),
            At::Domain(_, domain) => (None, Some(key::mask(domain))),
            At::Key(_) | At::File { .. } => (None, None),
        };
        let file = finding.at.file();
        let key = finding.key.zip(self.project);
        let mut document = json!({
            "finding": finding.rule.as_str(),
            "severity": finding.severity().as_str(),
            "location": self.location(finding),
            "message": key::mask(&finding.message),
            "path": file.map(|(path, _, _)| key::mask(&path.display().to_string())),
            "line": file.map(|(_, line, _)| line),
            "column": file.and_then(|(_, _, column)| column),
            "variable": variable,
            "domain": domain,
            "key": key.map(|(key, project)| without_domains(key, project)),
            "fix": finding.fix_commands,
            "placeholders": placeholders(finding),
        });
        if let Some((reason, until)) = &finding.suppressed {
            document["reason"] = key::mask(reason).into();
            document["until"] = until.to_string().into();
        }
        document
    }
}

impl Report for Findings<'_> {
    fn text(&self, layout: &Layout) -> String {
        let open: Vec<_> = self.open().collect();
        if open.is_empty() {
            return String::new();
        }
        let columns = |finding: &Finding<'_>| {
            let severity = finding.severity().to_string();
            [severity, finding.rule.as_str().to_owned(), finding.at.shown()]
        };
        let headings = ["SEVERITY", "FINDING", "LOCATION"];
        if !layout.terminal {
            let rows = open.iter().map(|finding| {
                let mut row = columns(finding).to_vec();
                row.extend([shown(&finding.message), chained(&finding.fix_commands)]);
                row
            });
            let headings = [&headings[..], &["WHAT", "FIX"]].concat();
            return table(&headings, &rows.collect::<Vec<_>>(), layout);
        }
        let rows = open.iter().enumerate().map(|(index, finding)| {
            let number = (index + 1).to_string();
            std::iter::once(number).chain(columns(finding)).collect()
        });
        let headings = [&["#"], &headings[..]].concat();
        let mut text = table(&headings, &rows.collect::<Vec<Vec<_>>>(), layout);
        // A command line in a narrow column could not be copied.
        for (index, finding) in open.iter().enumerate() {
            text.push_str(&format!("{:>3}  {}\n", index + 1, shown(&finding.message)));
            for line in &finding.fix_commands {
                text.push_str(&format!("       {line}\n"));
            }
        }
        text
    }

    fn json(&self) -> Value {
        let (suppressed, open): (Vec<_>, Vec<_>) =
            self.findings.iter().partition(|finding| finding.suppressed.is_some());
        let all = |findings: Vec<&Finding<'_>>| -> Vec<Value> {
            findings.into_iter().map(|finding| self.json_of(finding)).collect()
        };
        json!({
            "findings": all(open),
            "suppressed": all(suppressed),
            "keys": self.keys,
            "files": self.files,
            "ignored": { "files": self.ignored.files, "folders": self.ignored.folders },
            "complete": self.complete,
        })
    }
}

fn id(rule: Rule) -> String {
    rule.as_str().replace('_', "-")
}

fn shown(text: &str) -> String {
    key::mask(&printable(text))
}

/// What has to be put into the command lines of a finding.
fn placeholders(finding: &Finding<'_>) -> Vec<&'static str> {
    let words = PLACEHOLDERS.iter().map(|(word, _)| *word);
    words.filter(|word| finding.placeholders.contains(word)).collect()
}

/// Command lines as one, each only where those before went well.
fn chained(lines: &[String]) -> String {
    lines.join(" && ")
}
