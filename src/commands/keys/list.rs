//! `cencori keys list`

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::usage::{self, KeyUsage};
use super::{age, as_json};
use crate::api::TimeRange;
use crate::api::listing::LIST_LIMIT;
use crate::api::usage::LiveKeys;
use crate::commands::account::Account;
use crate::commands::values;
use crate::context::Context;
use crate::failure::{Exit, Failure, Kind};
use crate::key::{Environment, KeyType};
use crate::listed_key::ListedKey;
use crate::ui::report::{Report, table};
use crate::ui::{Layout, printable, unless_reader_left};

/// List the live keys
///
/// The service lists only live keys, and at most the newest 1,000 of each environment. The list
/// does not say when a key was last used; --usage reads the logs for it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only keys of this type
    #[arg(long = "type", value_name = "TYPE", value_parser = values::key_type())]
    key_type: Option<KeyType>,

    /// Only keys of this environment [default: both]
    #[arg(long, value_parser = values::environment())]
    environment: Option<Environment>,

    /// Only keys created longer ago than this, such as `90d`, `12h` or `6w`
    #[arg(long, value_name = "AGE", value_parser = parse_age)]
    older_than: Option<SignedDuration>,

    /// Show when each key was last used and what its AI requests cost, from up to 100 rows of each
    /// log
    #[arg(long)]
    usage: bool,

    /// Exit with 3 if any key is listed
    #[arg(long)]
    fail_if_any: bool,
}

/// Lists keys, those of production first, newest first.
///
/// # Errors
/// As [`Account::open`], or if the service can't be asked.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    let account = Account::open(context)?;
    account.warn_of_interrupted(context)?;
    let shown = |environment| arguments.environment.is_none_or(|named| named == environment);
    // What an empty log means depends on the number of keys of both.
    let environments: Vec<_> =
        Environment::ALL.into_iter().filter(|it| arguments.usage || shown(*it)).collect();
    let listings = account.list(&environments)?;
    let live_keys = usage::counted(&listings);
    let now = Timestamp::now();
    let mut keys = Vec::new();
    let mut complete = true;
    let listings = environments.into_iter().zip(listings);
    for (environment, listing) in listings.filter(|(environment, _)| shown(*environment)) {
        complete &= !listing.full;
        if listing.full {
            context.ui.warn(&format!(
                "The service listed {LIST_LIMIT} keys of {environment}, which is its limit: older ones may be missing."
            ));
        }
        keys.extend(listing.keys.into_iter().filter(|key| arguments.selects(key, now)));
    }
    if keys.is_empty() {
        context.ui.status("No live keys to list.");
    }
    let exit = match (arguments.fail_if_any, keys.is_empty()) {
        (true, false) => Exit::Findings,
        // What is missing are the oldest keys: "none" would not be true.
        (true, true) if !complete => Exit::Unfinished(Kind::PartlyDone),
        _ => Exit::Done,
    };
    let (usages, exit) = if arguments.usage {
        let (usages, exit) = usages(context, &account, &keys, live_keys, exit)?;
        (Some(usages), exit)
    } else {
        (None, exit)
    };
    let list = List { keys, usages, project: account.project, now };
    unless_reader_left(context.ui.report(&list))?;
    Ok(exit)
}

/// What the logs tell of each key, and how the command ends: a log that can't be
/// read is a warning where others can.
fn usages(
    context: &Context,
    account: &Account,
    keys: &[ListedKey],
    live_keys: LiveKeys,
    exit: Exit,
) -> Result<(Vec<Option<KeyUsage>>, Exit), Failure> {
    let (range, most) = (TimeRange::All, usage::MOST_IN_A_LIST);
    let results = usage::of_each(account, keys, live_keys, range, most);
    let mut errors = results.iter().filter_map(|result| result.as_ref().err());
    let mut exit = exit;
    if let Some(error) = errors.next().cloned() {
        let failed = 1 + errors.count();
        if failed == keys.len() {
            return Err(account.explain(error).context("The logs can't be read"));
        }
        let of = keys.len();
        context.ui.warn(&format!("The logs of {failed} of {of} keys can't be read: {error}."));
        if exit == Exit::Done {
            exit = Exit::Unfinished(Kind::PartlyDone);
        }
    }
    let usages: Vec<_> = results.into_iter().map(Result::ok).collect();
    for (why, count) in usage::unknown(usages.iter().flatten()) {
        let keys = if count == 1 { "1 key".to_owned() } else { format!("{count} keys") };
        context.ui.status(&format!("The last use of {keys} is unknown: {why}."));
    }
    Ok((usages, exit))
}

impl Args {
    fn selects(&self, key: &ListedKey, now: Timestamp) -> bool {
        // A key of unknown age is shown rather than passed over: whoever asks
        // for old keys wants to miss none.
        let old_enough = self.older_than.is_none_or(|least| {
            key.created_at.is_none_or(|created| now.duration_since(created) > least)
        });
        old_enough && self.key_type.is_none_or(|key_type| key.key_type == key_type)
    }
}

struct List {
    keys: Vec<ListedKey>,
    /// What the logs tell of each, where that was asked for.
    usages: Option<Vec<Option<KeyUsage>>>,
    project: Uuid,
    now: Timestamp,
}

impl Report for List {
    fn text(&self, layout: &Layout) -> String {
        if self.keys.is_empty() {
            return String::new();
        }
        let rows: Vec<_> = self
            .keys
            .iter()
            .enumerate()
            .map(|(index, key)| {
                let domains: Vec<_> = key.domains.iter().map(|domain| printable(domain)).collect();
                let mut row = vec![
                    // Somebody may have given a key a key for its name.
                    crate::key::mask(&printable(&key.name)),
                    key.key_type.to_string(),
                    key.environment.to_string(),
                    printable(&key.prefix),
                    if domains.is_empty() { "-".to_owned() } else { domains.join(" ") },
                    age(key, self.now),
                ];
                let usage = self.usages.as_ref().map(|usages| usages[index].as_ref());
                row.extend(usage.into_iter().flat_map(|usage| usage::columns(usage, self.now)));
                row
            })
            .collect();
        let mut headings = vec!["NAME", "TYPE", "ENVIRONMENT", "PREFIX", "DOMAINS", "AGE"];
        headings.extend(self.usages.iter().flat_map(|_| usage::COLUMNS));
        table(&headings, &rows, layout)
    }

    fn json(&self) -> serde_json::Value {
        let mut keys: Vec<_> = self.keys.iter().map(|key| as_json(key, self.project)).collect();
        for (key, usage) in keys.iter_mut().zip(self.usages.iter().flatten()) {
            usage::add_to(key, usage.as_ref());
        }
        json!({ "keys": keys })
    }
}

fn parse_age(text: &str) -> Result<SignedDuration, String> {
    // `3m` is three minutes to one reader and three months to another.
    let age = super::time_in("wdh", text);
    age.ok_or_else(|| "give an age in weeks, days or hours, such as 90d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read_as_people_write_them() {
        let hours = |text: &str| parse_age(text).map(|age| age.as_hours()).ok();
        assert_eq!(hours("90d"), Some(90 * 24));
        assert_eq!(hours("6w"), Some(6 * 7 * 24));
        assert_eq!(hours("1d12h"), Some(36));
        for bad in ["", "90", "-1d", "0d", "soon", "3mo", "1y", "3m"] {
            assert_eq!(hours(bad), None, "{bad}");
        }
    }
}
