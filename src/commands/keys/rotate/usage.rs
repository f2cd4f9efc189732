//! Who uses a key, for those who are about to replace it.

use std::time::Duration;

use jiff::Timestamp;

use crate::api::usage::{Call, TimeRange, Usage};
use crate::api::{ListedKey, parallel};
use crate::commands::account::Account;
use crate::commands::keys::{age, in_words as key_in_words, since};
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::key::KeyType;
use crate::ui::printable;

/// Of how many keys the last use is asked for: two calls each.
const MOST_ASKED: usize = 40;

/// How many callers are shown.
const MOST_SHOWN: usize = 8;

/// Has a person choose one of `keys`, oldest first, each with its age and its last
/// use.
pub(super) fn choose(
    context: &Context,
    account: &Account,
    mut keys: Vec<ListedKey>,
) -> Result<ListedKey, Failure> {
    keys.retain(|key| key.key_type != KeyType::Agent);
    keys.sort_by_key(|key| key.created_at);
    if keys.is_empty() {
        return Err(Failure::new(Kind::NotFound, "There is no live key to be replaced")
            .hint("Make one with `keys create`"));
    }
    let asked = &keys[..keys.len().min(MOST_ASKED)];
    let uses = parallel::map(asked, |key| last(account, key, TimeRange::Month));
    let now = Timestamp::now();
    let lines: Vec<_> = keys
        .iter()
        .enumerate()
        .map(|(index, key)| {
            let used = match uses.get(index) {
                Some(Ok(Usage { calls, .. })) => calls.first().map_or_else(
                    || "no use in the last 30 days".to_owned(),
                    |call| format!("last used {} ago", since(call.at, now)),
                ),
                _ => "last use unknown".to_owned(),
            };
            format!("{}, {} old, {used}", key_in_words(key), age(key, now))
                .replace("just now old", "just made")
                .replace("just now ago", "just now")
        })
        .collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let chosen = context.prompter.choose("Which key is to be replaced?", &lines, "KEY")?;
    Ok(keys.swap_remove(chosen))
}

/// The last call with `key`.
pub(super) fn last(account: &Account, key: &ListedKey, range: TimeRange) -> Result<Usage, Failure> {
    account.dashboard.usage(account.project, key, range, 1).map_err(|error| account.explain(error))
}

/// The range of the logs that has all of `time`.
pub(super) fn range_for(time: Duration) -> TimeRange {
    match time.as_secs() {
        0..3_500 => TimeRange::Hour,
        3_500..86_000 => TimeRange::Day,
        86_000..604_000 => TimeRange::Week,
        604_000..2_590_000 => TimeRange::Month,
        _ => TimeRange::All,
    }
}

/// Tells who has called with `key` lately.
pub(super) fn show_callers(context: &Context, account: &Account, key: &ListedKey) {
    let ui = &context.ui;
    let usage = account.dashboard.usage(account.project, key, TimeRange::Day, 50);
    let calls = match usage {
        Ok(usage) => usage.calls,
        Err(error) => {
            let why = account.explain(error).message();
            ui.warn(&format!("Who calls with {} can't be seen: {why}.", key_in_words(key)));
            return;
        }
    };
    if calls.is_empty() {
        ui.status(&format!("No call with {} in the last 24 hours.", key_in_words(key)));
        return;
    }
    ui.status(&format!("The last calls with {}:", key_in_words(key)));
    let mut told: Vec<(String, String)> = Vec::new();
    for call in &calls {
        let who = (caller(call), call.endpoint.clone());
        if !told.contains(&who) && told.len() < MOST_SHOWN {
            ui.status(&format!("  {}", in_words(call)));
            told.push(who);
        }
    }
}

/// A call in a sentence: `3 minutes ago, /v1/models, from https://myapp.com`.
pub(super) fn in_words(call: &Call) -> String {
    let ago =
        format!("{} ago", since(call.at, Timestamp::now())).replace("just now ago", "just now");
    format!("{ago}, {}, from {}", printable(&call.endpoint), caller(call))
}

fn caller(call: &Call) -> String {
    let who = call.caller_origin.as_deref().or(call.client_app.as_deref());
    who.map_or_else(|| "an unnamed client".to_owned(), printable)
}
