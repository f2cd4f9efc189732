//! Who uses a key, for those who are about to replace it.

use std::time::Duration;

use jiff::Timestamp;

use super::open;
use crate::api::Listing;
use crate::api::usage::{GatewayCall, LastUse, LiveKeys, SHORTEST_LOG, TimeRange, Usage};
use crate::commands::account::Account;
use crate::commands::keys::usage::{self, KeyUsage};
use crate::commands::keys::{age, describe as key_in_words};
use crate::context::Context;
use crate::failure::{Failure, Hint, Kind, SuggestedCommand};
use crate::key::{self, Environment, KeyType};
use crate::listed_key::ListedKey;
use crate::ops::rotate::journal::{LastCall, Progress};
use crate::ops::rotate::permission::Called;
use crate::ui::{Layout, printable};

/// Of how many keys the last use is asked for: two calls each.
const MOST_ASKED: usize = 40;

/// An hour, in seconds.
const HOUR: i64 = 3_600;

/// How tables are laid out among the lines of a rotation.
const TABLE: Layout = Layout { terminal: true, width: None };

/// Has a person choose one of `keys`, oldest first, each with its age and its last
/// use.
pub(super) fn choose(
    context: &Context,
    account: &Account,
    mut keys: Vec<ListedKey>,
    live_keys: LiveKeys,
) -> Result<ListedKey, Failure> {
    keys.retain(|key| {
        let open = open::refuse_open(context, account.project, |other| other.id == key.id);
        key.key_type != KeyType::Agent && open.is_ok()
    });
    keys.sort_by_key(|key| key.created_at);
    if keys.is_empty() {
        return Err(Failure::new(Kind::NotFound, "There is no live key to be replaced").hint(
            Hint::from("Make one with ").command(SuggestedCommand::cencori(["keys", "create"])),
        ));
    }
    let asked = &keys[..keys.len().min(MOST_ASKED)];
    let uses = usage::of_each(account, asked, live_keys, TimeRange::All, 1);
    let now = Timestamp::now();
    let lines: Vec<_> = keys
        .iter()
        .enumerate()
        .map(|(index, key)| {
            let used = uses.get(index).and_then(|usage| usage.as_ref().ok());
            let used = usage::last_use(used.map(|usage| usage.last_use), now);
            format!("{}, {} old, last use {used}", key_in_words(key), age(key, now))
                .replace("just now old", "just made")
        })
        .collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let chosen = context.prompter.choose("Key to be replaced", &lines, "KEY")?;
    Ok(keys.swap_remove(chosen))
}

/// How `key` was last used within `range`.
pub(super) fn usage_of(
    account: &Account,
    key: &ListedKey,
    range: TimeRange,
) -> Result<KeyUsage, Failure> {
    usage::of_key(account, key, range, 1)
}

/// Whether the logs are known to go back for `time`, by the clock at `now`.
pub(super) fn log_goes_back(
    account: &Account,
    key: &ListedKey,
    time: Duration,
    now: i64,
) -> Result<bool, Failure> {
    if time <= SHORTEST_LOG.unsigned_abs() {
        return Ok(true);
    }
    let begin = i64::try_from(time.as_secs()).ok().and_then(|time| now.checked_sub(time));
    let Some(begin) = begin.and_then(|begin| Timestamp::from_second(begin).ok()) else {
        return Ok(false);
    };
    let reaches = account.dashboard.ai_log_reaches(account.project, key.into(), begin);
    reaches.map_err(|error| account.explain(error))
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
    let (name, most) = (key_in_words(key), usage::MOST_IN_A_LIST);
    let usage = match usage::of_key(account, key, TimeRange::Day, most) {
        Ok(usage) => usage,
        Err(failure) => {
            ui.warn(&format!("Who uses {name} can't be seen: {}.", failure.message()));
            return;
        }
    };
    if let Some(why) = usage.last_use.undetermined() {
        ui.warn(&format!("The logs can't tell whether {name} is in use: {why}."));
    }
    let tables = usage::tables(&usage.logs, Timestamp::now(), &TABLE);
    if !tables.is_empty() {
        ui.status(&format!("How {name} was used in the last 24 hours:"));
        tables.iter().flat_map(|table| table.lines()).for_each(|line| ui.status(line));
    } else if usage.last_use == LastUse::Unused {
        ui.status(&format!("No use of {name} in the last 24 hours."));
    }
}

/// What the usage logs know of `key` just after the other key replaced it; `None` if they
/// can't tell.
pub(super) fn last_known(account: &Account, key: &ListedKey) -> Option<LastCall> {
    let used = usage_of(account, key, TimeRange::All).ok()?.last_use;
    LastCall::known(used)
}

/// The live keys of the environment that `key` is of, and its usage: both at once.
pub(super) fn list_and_look(
    account: &Account,
    key: &ListedKey,
) -> Result<(Listing, Result<KeyUsage, Failure>), Failure> {
    let (listings, usage) = usage::of_key_with_lists(account, key, TimeRange::All, 1)?;
    let of_all = Environment::ALL.into_iter().zip(listings);
    let listing = of_all.into_iter().find(|(environment, _)| *environment == key.environment);
    match listing {
        Some((_, listing)) => Ok((listing, usage)),
        None => Err(Failure::new(Kind::Failed, "The key is of an environment that is not listed")),
    }
}

/// Whether the key that is about to be revoked was used since the other one replaced it,
/// by its `usage`, with its last use in words. Warns where it was in use within the last hour,
/// and where the logs can't tell.
pub(super) fn since_replaced(
    context: &Context,
    progress: &Progress,
    usage: Result<KeyUsage, Failure>,
) -> Result<(Called, Option<String>), Failure> {
    let (ui, name) = (&context.ui, progress.doomed().map(key_in_words).unwrap_or_default());
    let KeyUsage { last_use, logs } = usage.map_err(|failure| {
        failure
            .context(format!("Whether {name} is still used can't be seen, and it was not revoked"))
    })?;
    let used = last_in_words(&logs);
    let called = Called::since_replaced(progress, last_use);
    match (called, last_use.seen(), &used) {
        (Called::CannotTell, ..) => {
            let why = last_use.undetermined().map(|why| format!(": {why}")).unwrap_or_default();
            ui.warn(&format!("The logs can't tell whether {name} is in use{why}."));
        }
        (Called::No, Some(at), Some(used)) if logs.server_time() - at.as_second() < HOUR => {
            ui.warn(&format!(
                "{name} was in use within the last hour ({used}); --until-idle waits until it is not."
            ));
        }
        _ => {}
    }
    Ok((called, used))
}

/// The latest use that the logs show, in a sentence: `3 minutes ago, /v1/models, from
/// https://myapp.com`, or `3 minutes ago, model gpt-4o`.
pub(super) fn last_in_words(logs: &Usage) -> Option<String> {
    let call = logs.gateway.rows.first();
    let request = logs.ai.rows.first();
    let ago = |at| usage::ago(at, Timestamp::now());
    match (call, request) {
        // Of one call the gateway log tells more, and may note it a little earlier.
        (Some(call), None) => Some(call_in_words(call)),
        (Some(call), Some(request)) if call.at.as_second() >= request.at.as_second() => {
            Some(call_in_words(call))
        }
        (_, Some(request)) => {
            Some(format!("{}, model {}", ago(request.at), key::mask(&printable(&request.model))))
        }
        (None, None) => None,
    }
}

fn call_in_words(call: &GatewayCall) -> String {
    let who = call.caller_origin.as_deref().or(call.client_app.as_deref());
    let who = who.map_or_else(|| "an unnamed client".to_owned(), printable);
    let ago = usage::ago(call.at, Timestamp::now());
    format!("{ago}, {}, from {who}", printable(&call.endpoint))
}
