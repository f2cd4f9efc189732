//! Who uses a key, for those who are about to replace it.

use std::time::Duration;

use jiff::Timestamp;

use super::open;
use crate::api::usage::{Call, TimeRange, Usage};
use crate::api::{ListedKey, parallel};
use crate::commands::account::Account;
use crate::commands::keys::{age, in_words as key_in_words, usage as all_usage};
use crate::context::Context;
use crate::failure::{Failure, Hint, Kind, SuggestedCommand};
use crate::key::KeyType;
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

/// Warns where `key` was in use within the last hour. That this can't be seen stops
/// nothing: whoever wants to be sure waits with `--until-idle`.
pub(super) fn warn_of_callers(context: &Context, account: &Account, key: &ListedKey) {
    let usage = account.dashboard.usage(account.project, key, TimeRange::Hour, 1);
    if let Some(call) = usage.ok().as_ref().and_then(|usage| usage.calls.first()) {
        context.ui.warn(&format!(
            "{} was in use within the last hour ({}); --until-idle waits until it is not.",
            key_in_words(key),
            in_words(call)
        ));
    }
}

/// A call in a sentence: `3 minutes ago, /v1/models, from https://myapp.com`.
pub(super) fn in_words(call: &Call) -> String {
    let who = call.caller_origin.as_deref().or(call.client_app.as_deref());
    let who = who.map_or_else(|| "an unnamed client".to_owned(), printable);
    let ago = all_usage::ago(call.at, Timestamp::now());
    format!("{ago}, {}, from {who}", printable(&call.endpoint))
}
