//! Who uses a key, for those who are about to replace it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::open;
use crate::api::usage::{Call, TimeRange, Usage};
use crate::api::{ListedKey, parallel};
use crate::commands::account::Account;
use crate::commands::keys::{age, in_words as key_in_words, usage as all_usage};
use crate::context::Context;
use crate::failure::{Failure, Hint, Kind, SuggestedCommand};
use crate::key::KeyType;
use crate::rotation::journal::{LastCall, Progress};
use crate::rotation::permission::Called;
use crate::ui::{Layout, printable};

/// Of how many keys the last use is asked for: two calls each.
const MOST_ASKED: usize = 40;

/// Has a person choose one of `keys`, oldest first, each with its age and its last
/// use.
pub(super) fn choose(
    context: &Context,
    account: &Account,
    mut keys: Vec<ListedKey>,
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
    let uses = parallel::map(asked, |key| last(account, key, TimeRange::Month));
    let now = Timestamp::now();
    let lines: Vec<_> = keys
        .iter()
        .enumerate()
        .map(|(index, key)| {
            let used = uses.get(index).and_then(|usage| usage.as_ref().ok());
            let used = all_usage::last_use(used, now);
            format!("{}, {} old, last use {used}", key_in_words(key), age(key, now))
                .replace("just now old", "just made")
        })
        .collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let chosen = context.prompter.choose("Key to be replaced", &lines, "KEY")?;
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
    let usage =
        account.dashboard.usage(account.project, key, TimeRange::Day, all_usage::MOST_IN_A_LIST);
    let usage = match usage {
        Ok(usage) => usage,
        Err(error) => {
            let why = account.explain(error).message();
            ui.warn(&format!("Who calls with {} can't be seen: {why}.", key_in_words(key)));
            return;
        }
    };
    if usage.calls.is_empty() {
        ui.status(&format!("No call with {} in the last 24 hours.", key_in_words(key)));
        return;
    }
    ui.status(&format!("Who has called with {} in the last 24 hours:", key_in_words(key)));
    let groups = all_usage::groups(&usage);
    let layout = Layout { terminal: true, width: None };
    let table = all_usage::groups_as_text(&groups, Timestamp::now(), &layout);
    table.lines().for_each(|line| ui.status(line));
}

/// What the usage logs know of the old key when the new one has just been stored; `None`
/// where they can't be asked.
pub(super) fn last_known(account: &Account, old: &ListedKey) -> Option<LastCall> {
    let usage = last(account, old, TimeRange::All).ok()?;
    let at = usage.calls.first().map(|call| call.at);
    // What was not read may be a call.
    (at.is_some() || usage.complete).then_some(LastCall { at })
}

/// Whether the old key was called with since the new one was stored, with the last call.
/// Warns where it was in use within the last hour, and where that can't be told.
pub(super) fn since_stored(
    context: &Context,
    account: &Account,
    progress: &Progress,
) -> (Called, Option<Call>) {
    let old = &progress.plan.old;
    let usage = match last(account, old, TimeRange::All) {
        Ok(usage) if usage.complete || !usage.calls.is_empty() => usage,
        unknown => {
            let why = unknown.err().map(|failure| format!(": {}", failure.message()));
            context.ui.warn(&format!(
                "Whether {} is still used can't be told{}.",
                key_in_words(old),
                why.unwrap_or_default()
            ));
            return (Called::CannotTell, None);
        }
    };
    let Some(call) = usage.calls.into_iter().next() else { return (Called::No, None) };
    // Where the logs could not be asked then, what came after the new key was made.
    let made = || progress.new.as_ref().and_then(|new| new.created_at).unwrap_or(progress.begun);
    let before = match progress.last_call {
        Some(LastCall { at }) => at,
        None => Some(made()),
    };
    if before.is_none_or(|before| call.at > before) {
        return (Called::Yes, Some(call));
    }
    let now = usage.server_time.and_then(|now| Timestamp::from_second(now).ok());
    if now.unwrap_or_else(Timestamp::now).duration_since(call.at) < SignedDuration::from_hours(1) {
        context.ui.warn(&format!(
            "{} was in use within the last hour ({}); --until-idle waits until it is not.",
            key_in_words(old),
            in_words(&call)
        ));
    }
    (Called::No, Some(call))
}

/// A call in a sentence: `3 minutes ago, /v1/models, from https://myapp.com`.
pub(super) fn in_words(call: &Call) -> String {
    let who = call.caller_origin.as_deref().or(call.client_app.as_deref());
    let who = who.map_or_else(|| "an unnamed client".to_owned(), printable);
    let ago = all_usage::ago(call.at, Timestamp::now());
    format!("{ago}, {}, from {who}", printable(&call.endpoint))
}
