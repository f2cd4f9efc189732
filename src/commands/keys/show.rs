//! `cencori keys show`

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::reference::{self, Reference};
use super::usage::{self, KeyUsage};
use super::{Live, age, as_json, environments};
use crate::api::TimeRange;
use crate::api::usage::{LiveKeys, LoggedKey};
use crate::commands::account::Account;
use crate::commands::completions::Completes;
use crate::commands::values;
use crate::context::Context;
use crate::failure::{Exit, Failure, Kind};
use crate::key::Environment;
use crate::listed_key::ListedKey;
use crate::ui::report::Report;
use crate::ui::{Layout, printable, unless_reader_left};

/// Show one live key
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "KEY", add = Completes::Key, help = reference::HELP)]
    key: String,

    /// Look only in this environment
    #[arg(long, value_parser = values::environment())]
    environment: Option<Environment>,

    /// Show when the key was last used, who calls with it, and what its AI requests cost
    #[arg(long)]
    usage: bool,
}

/// Shows what the service knows of a key.
///
/// # Errors
/// If no key fits, or several do.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    let reference = Reference::parse(context, &arguments.key)?;
    let account = Account::open(context)?;
    account.warn_of_interrupted(context)?;
    // What an empty log means depends on the number of keys of both environments.
    let environments = environments(arguments.environment.filter(|_| !arguments.usage));
    let details = match account.list(&environments) {
        Ok(listings) => {
            let live_keys = arguments.usage.then(|| usage::counted(&listings));
            let live = Live::of(&listings, arguments.environment);
            details(&account, &reference, &live, live_keys)?
        }
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
    live_keys: Option<LiveKeys>,
) -> Result<Details, Failure> {
    let key = reference.find_among(live)?;
    let usage = match live_keys {
        Some(live_keys) => Some(read_logs(account, (&key).into(), live_keys)?),
        None => None,
    };
    Ok(Details { id: key.id, key: Some(key), usage, project: account.project })
}

/// What a member may know of a key. Which environment it is of is not: the
/// other one's logs are read where one tells of no use.
fn only_usage(
    account: &Account,
    id: Uuid,
    environment: Option<Environment>,
) -> Result<Details, Failure> {
    let mut usage = None;
    for environment in environments(environment) {
        let key = LoggedKey { id, environment, created_at: None };
        let read = read_logs(account, key, LiveKeys::NotCounted)?;
        let is_used = read.last_use.seen().is_some();
        usage = Some(read);
        if is_used {
            break;
        }
    }
    Ok(Details { id, key: None, usage, project: account.project })
}

fn read_logs(account: &Account, key: LoggedKey, live_keys: LiveKeys) -> Result<KeyUsage, Failure> {
    let usage = usage::of(account, key, live_keys, TimeRange::All, usage::MOST_OF_ONE);
    usage.map_err(|error| account.explain(error).context("The logs of this key can't be read"))
}

struct Details {
    id: Uuid,
    /// What the list tells of it, where that may be read.
    key: Option<ListedKey>,
    usage: Option<KeyUsage>,
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
            lines.extend(usage::lines(usage, now));
        }
        let text: String =
            lines.iter().map(|(label, value)| format!("{label:<13} {value}\n")).collect();
        let tables = self.usage.iter().flat_map(|usage| usage::tables(&usage.logs, now, layout));
        tables.fold(text, |text, table| format!("{text}\n{table}"))
    }

    fn json(&self) -> serde_json::Value {
        let mut document = match &self.key {
            Some(key) => as_json(key, self.project),
            None => json!({ "id": self.id, "project": self.project }),
        };
        if let Some(usage) = &self.usage {
            usage::add_to(&mut document, Some(usage));
            document["callers"] = usage::callers_as_json(&usage.logs);
            document["models"] = usage::models_as_json(&usage.logs);
        }
        document
    }
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
