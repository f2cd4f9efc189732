//! `cencori keys domains check`

mod live;

use serde_json::{Value, json};
use uuid::Uuid;

use self::live::{Gateway, Said};
use super::super::as_json;
use super::super::reference::{self, Reference, shows_live};
use crate::commands::account::Account;
use crate::commands::completions::Completes;
use crate::commands::values;
use crate::context::Context;
use crate::domain::{Admitted, Change, Decision, Origin, StoredPattern, decide};
use crate::failure::{Exit, Failure, Kind};
use crate::key::{self, Environment};
use crate::listed_key::ListedKey;
use crate::ui::report::{Report, table};
use crate::ui::{Layout, printable, unless_reader_left};

/// Check whether a key works from an origin, and what would allow it
///
/// Applies the gateway's rule, and asks the gateway only with --live. With --domain, neither a key
/// nor a sign-in is needed.
///
/// ORIGIN is the address of a page; only its host matters. Without a scheme it is a host
/// (https://HOST). `null` is what a page without a host sends. An empty ORIGIN ('') or none is a
/// request without an Origin header, such as a server's.
///
/// Exit codes: 0 all are allowed, 3 one is refused, 6 no such key, 8 the gateway can't answer now.
#[derive(Debug, clap::Args)]
#[command(override_usage = "cencori keys domains check [OPTIONS] KEY [ORIGIN]...\n       \
                            cencori keys domains check --domain DOMAIN... [--] [ORIGIN]...")]
pub struct Args {
    #[arg(
        value_name = "KEY",
        add = Completes::PublishableKey,
        help = reference::HELP,
        long_help = format!("{}. With --domain it is the first ORIGIN", reference::HELP)
    )]
    key: Option<String>,

    /// An origin: a URL, a host, `null` or nothing
    #[arg(value_name = "ORIGIN")]
    origins: Vec<String>,

    /// A domain to check instead of a key's, compared as it is; repeatable. Quote patterns
    /// ('*.myapp.com')
    #[arg(long = "domain", value_name = "DOMAIN", conflicts_with_all = ["live", "environment"])]
    domains: Vec<String>,

    /// Ask the gateway too; KEY must be FILE:VARIABLE or -. Each origin is one of the project's 60
    /// calls, and answers can be 125 s late
    #[arg(long)]
    live: bool,

    /// Look only in this environment
    #[arg(long, value_parser = values::environment())]
    environment: Option<Environment>,
}

/// Checks origins against domains.
///
/// # Errors
/// An ORIGIN that is none; with KEY, if no key fits, or several do.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    let check = match (&arguments.key, arguments.domains.is_empty()) {
        (key, false) => {
            let origins = origins(key.iter().chain(&arguments.origins))?;
            Check::new(Subject::Domains(arguments.domains.clone()), origins)
        }
        (Some(key), true) => check_key(context, arguments, key)?,
        (None, true) => {
            return Err(Failure::usage("Neither KEY nor --domain is given")
                .hint(shows_live().text("; --domain checks without a key")));
        }
    };
    unless_reader_left(context.ui.report(&check))?;
    Ok(check.exit())
}

fn check_key(context: &Context, arguments: &Args, key: &str) -> Result<Check, Failure> {
    let origins = origins(arguments.origins.iter())?;
    let reference = Reference::parse(context, key)?;
    if arguments.live {
        live::check(&reference, &origins)?;
    }
    let account = Account::open(context)?;
    account.warn_of_interrupted(context)?;
    let key = reference.find(&account, arguments.environment)?;
    if !super::has_domains(&key) {
        super::say_any_origin(&context.ui, &key);
    }
    let mut check = Check::new(Subject::Key(Box::new(key), account.project), origins);
    if let Some(secret) = reference.held().filter(|_| arguments.live) {
        let admitted: Vec<_> =
            check.answers.iter().map(|(origin, own)| (origin, own.is_admitted())).collect();
        check.gateway = Some(live::ask(&context.ui, &account.dashboard, secret, &admitted));
    }
    Ok(check)
}

/// The origins that are given; without any, that of a request without one.
fn origins<'a>(texts: impl Iterator<Item = &'a String>) -> Result<Vec<Origin>, Failure> {
    let origins = texts.map(|text| {
        Origin::parse(text).map_err(|error| {
            Failure::usage(error).hint(
                "Give a page's address (https://app.myapp.com), a host, `null`, or '' for a request \
                 without Origin",
            )
        })
    });
    let origins = origins.collect::<Result<Vec<_>, _>>()?;
    Ok(if origins.is_empty() { vec![Origin::Absent] } else { origins })
}

/// Whose domains are looked at.
enum Subject {
    /// Those of the command line.
    Domains(Vec<String>),
    /// Those of this key, in this project.
    Key(Box<ListedKey>, Uuid),
}

/// What the rule says.
enum Own {
    /// A key without domains is taken from everywhere.
    AnyOrigin,
    Decided(Decision),
}

impl Own {
    fn is_admitted(&self) -> bool {
        matches!(self, Self::AnyOrigin | Self::Decided(Decision::Admitted { .. }))
    }
}

struct Check {
    subject: Subject,
    /// In the order in which they were given.
    answers: Vec<(Origin, Own)>,
    /// What the gateway says of each, where it was asked.
    gateway: Option<Gateway>,
}

impl Check {
    fn new(subject: Subject, origins: Vec<Origin>) -> Self {
        let answers = origins.into_iter().map(|origin| {
            let own = match &subject {
                Subject::Domains(domains) => Own::Decided(decide(domains, &origin)),
                Subject::Key(key, _) if super::has_domains(key) => {
                    Own::Decided(decide(&key.domains, &origin))
                }
                Subject::Key(..) => Own::AnyOrigin,
            };
            (origin, own)
        });
        let answers = answers.collect();
        Self { subject, answers, gateway: None }
    }

    /// What the gateway says of the origin at `index`.
    fn said(&self, index: usize) -> Option<&Said> {
        self.gateway.as_ref().map(|gateway| &gateway.said[index])
    }

    fn exit(&self) -> Exit {
        let accepted: Vec<_> = self.gateway.iter().flat_map(Gateway::accepted).collect();
        let refused = self.answers.iter().any(|(_, own)| !own.is_admitted())
            || accepted.contains(&Some(false));
        match refused {
            true => Exit::Findings,
            false if accepted.contains(&None) => Exit::Unfinished(Kind::Unavailable),
            false => Exit::Done,
        }
    }
}

impl Report for Check {
    fn text(&self, layout: &Layout) -> String {
        let mut headings = vec!["ORIGIN", "ANSWER", "PATTERN", "WHY"];
        if self.gateway.is_some() {
            headings.splice(1..2, ["BY LIST", "BY GATEWAY"]);
        }
        let rows = self.answers.iter().enumerate().map(|(index, (origin, own))| {
            let answer = if own.is_admitted() { "admitted" } else { "refused" };
            let (pattern, why) = match own {
                Own::AnyOrigin => ("-", "no publishable key: any origin may use it".to_owned()),
                Own::Decided(Decision::Admitted { pattern }) => (pattern.as_str(), admits(pattern)),
                Own::Decided(Decision::Refused { why, change: None }) => ("-", why.to_string()),
                Own::Decided(Decision::Refused { why, change: Some(change) }) => {
                    ("-", format!("{why}. {change}"))
                }
            };
            let mut row = vec![origin.to_string(), answer.to_owned(), pattern.to_owned(), why];
            if let Some(said) = self.said(index) {
                row.insert(2, said.describe(own.is_admitted()));
            }
            row.iter().map(|cell| key::mask(&printable(cell))).collect()
        });
        table(&headings, &rows.collect::<Vec<_>>(), layout)
    }

    fn json(&self) -> Value {
        let origins = self.answers.iter().enumerate().map(|(index, (origin, own))| {
            let (pattern, why, change) = match own {
                Own::AnyOrigin => (None, None, None),
                Own::Decided(Decision::Admitted { pattern }) => (Some(pattern), None, None),
                Own::Decided(Decision::Refused { why, change }) => {
                    (None, Some(*why), change.as_ref())
                }
            };
            let mut document = json!({
                "origin": origin.header(),
                "host": origin.host(),
                "admitted": own.is_admitted(),
                "pattern": pattern.map(|pattern| key::mask(pattern)),
                "reason": why.map(|why| why.code()),
                "change": change.map(change_as_json),
            });
            if let Some(said) = self.said(index) {
                document["gateway"] = said.as_json(own.is_admitted());
            }
            document
        });
        let admitted = match self.exit() {
            Exit::Done => Some(true),
            Exit::Findings => Some(false),
            _ => None,
        };
        let (key, domains, any_origin) = match &self.subject {
            Subject::Domains(domains) => (None, domains, false),
            Subject::Key(key, project) => {
                (Some(as_json(key, *project)), &key.domains, !super::has_domains(key))
            }
        };
        json!({
            "key": key,
            "domains": domains.iter().map(|domain| key::mask(domain)).collect::<Vec<_>>(),
            "any_origin": any_origin,
            "admitted": admitted,
            "origins": origins.collect::<Vec<_>>(),
        })
    }
}

/// What the pattern that decided admits, in the words of `keys domains list`.
fn admits(pattern: &str) -> String {
    match StoredPattern::new(pattern).admits() {
        // No name server has such a host, but a URL may.
        Admitted::Nothing => "matches as it is".to_owned(),
        admits => format!("allows {admits}"),
    }
}

fn change_as_json(change: &Change) -> Value {
    let patterns: Vec<_> = change.patterns().iter().map(|pattern| pattern.as_str()).collect();
    let replaces = match change {
        Change::Rewrite { pattern, .. } => Some(key::mask(pattern)),
        Change::Add { .. } | Change::WithoutDot { .. } => None,
    };
    json!({
        "message": key::mask(&change.to_string()),
        "patterns": patterns,
        "replaces": replaces,
    })
}
