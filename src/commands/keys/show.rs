//! `cencori keys show`

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::reference::{self, Reference};
use super::{Live, age, as_json, environments, usage};
use crate::api::{ListedKey, Usage};
use crate::commands::account::Account;
use crate::commands::completions::Completes;
use crate::context::Context;
use crate::failure::{Exit, Failure, Kind};
use crate::key::Environment;
use crate::ui::report::Report;
use crate::ui::{Layout, printable, unless_reader_left};

/// Show one live key
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "KEY", add = Completes::Key, help = reference::HELP)]
    key: String,

    /// Look only in this environment
    #[arg(long)]
    environment: Option<Environment>,

    /// Read the logs for who calls with it, and when it was last used
    #[arg(long)]
    usage: bool,
}

/// Shows what the service knows of a key.
///
/// # Errors
/// Where no key fits, or several do.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    let reference = Reference::parse(context, &arguments.key)?;
    let account = Account::open(context)?;
    account.tell_of_interrupted(context)?;
    let details = match Live::list(&account, arguments.environment) {
        Ok(live) => details(&account, &reference, &live, arguments.usage)?,
        Err(failure) => match reference.id().filter(|_| arguments.usage) {
            Some(id) if failure.kind == Kind::NotAllowed => {
                context.ui.warn(
                    "Only an owner may list keys: of this one no more than its use is shown.",
                );
                only_usage(&account, id, arguments.environment)?
            }
            _ => return Err(failure),
        },
    };
    unless_reader_left(context.ui.report(&details))?;
    Ok(Exit::Done)
}

fn details(
    account: &Account,
    reference: &Reference,
    live: &Live,
    with_usage: bool,
) -> Result<Details, Failure> {
    let key = reference.find_among(live)?;
    let usage = match with_usage {
        true => Some(read_logs(account, key.id, key.environment)?),
        false => None,
    };
    Ok(Details { id: key.id, key: Some(key), usage, project: account.project })
}

/// What a member may know of a key. Which environment it is of is not: the
/// other one's logs are read where one tells of no call.
fn only_usage(
    account: &Account,
    id: Uuid,
    environment: Option<Environment>,
) -> Result<Details, Failure> {
    let mut usage = None;
    for environment in environments(environment) {
        usage = Some(read_logs(account, id, environment)?);
        if usage.as_ref().is_some_and(|usage| !usage.calls.is_empty()) {
            break;
        }
    }
    // Of an environment without a live key the service tells of no calls, and
    // whether there is one is not known here.
    let usage = usage.map(|usage| Usage { whole_range: false, ..usage });
    Ok(Details { id, key: None, usage, project: account.project })
}

fn read_logs(account: &Account, id: Uuid, environment: Environment) -> Result<Usage, Failure> {
    let usage = usage::of(account, (id, environment), usage::MOST_OF_ONE);
    usage.map_err(|error| account.explain(error).context("The logs of this key can't be read"))
}

struct Details {
    id: Uuid,
    /// What the list tells of it, where that may be read.
    key: Option<ListedKey>,
    usage: Option<Usage>,
    project: Uuid,
}

impl Report for Details {
    fn text(&self, layout: &Layout) -> String {
        let now = Timestamp::now();
        let mut lines = match &self.key {
            Some(key) => of_list(key, now),
            None => vec![("id", self.id.to_string())],
        };
        lines.push(("project", self.project.to_string()));
        if let Some(usage) = &self.usage {
            lines.extend([("last use", last_use(usage, now)), ("calls", calls(usage))]);
        }
        let text: String =
            lines.iter().map(|(label, value)| format!("{label:<12} {value}\n")).collect();
        let groups = self.usage.as_ref().map(usage::groups).unwrap_or_default();
        if groups.is_empty() {
            return text;
        }
        format!("{text}\n{}", usage::groups_as_text(&groups, now, layout))
    }

    fn json(&self) -> serde_json::Value {
        let mut document = match &self.key {
            Some(key) => as_json(key, self.project),
            None => json!({ "id": self.id, "project": self.project }),
        };
        if let Some(usage) = &self.usage {
            usage::add_to(&mut document, Some(usage));
            document["callers"] = usage::groups_as_json(&usage::groups(usage));
        }
        document
    }
}

/// The last use, with what an unknown one means.
fn last_use(usage: &Usage, now: Timestamp) -> String {
    let words = usage::last_use(Some(usage), now);
    match usage.calls.first() {
        Some(call) => format!("{:.0} ({words})", call.at),
        None if words == "unknown" => {
            format!("{words}: the logs tell of none, and how far they go back is not known")
        }
        None => words,
    }
}

fn calls(usage: &Usage) -> String {
    let count = usage.calls.len();
    let more = if usage.complete { "" } else { " or more" };
    format!("{count}{more} in the logs")
}

/// What the list tells of a key.
fn of_list(key: &ListedKey, now: Timestamp) -> Vec<(&'static str, String)> {
    let created = match key.created_at {
        Some(time) => format!("{time:.0} ({} ago)", age(key, now)),
        None => "unknown".to_owned(),
    };
    let mut lines = vec![
        ("name", printable(&key.name)),
        ("id", key.id.to_string()),
        ("type", key.key_type.to_string()),
        ("environment", key.environment.to_string()),
        ("prefix", printable(&key.prefix)),
    ];
    lines.extend(key.domains.iter().map(|domain| ("domain", printable(domain))));
    lines.push(("created", created.replace("just now ago", "just now")));
    lines
}
