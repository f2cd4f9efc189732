//! What the service's logs tell of a key's use, for `keys list --usage` and
//! `keys show --usage`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reqwest::Url;
use serde_json::{Value, json};
use uuid::Uuid;

use super::since;
use crate::api::usage::Call;
use crate::api::{ApiError, ListedKey, TimeRange, Usage, parallel};
use crate::commands::account::Account;
use crate::key::{self, Environment};
use crate::ui::Layout;
use crate::ui::printable;
use crate::ui::report::table;

/// Most calls that are counted for each key of a list.
pub(super) const MOST_IN_A_LIST: usize = 100;

/// Most calls that are counted for a key that is shown.
pub(super) const MOST_OF_ONE: usize = 1_000;

/// Longest text of a caller's that is shown, in characters.
const LONGEST: usize = 80;

/// Reads the logs of several keys at a time; a result each, in their order.
pub(super) fn of_each(account: &Account, keys: &[ListedKey]) -> Vec<Result<Usage, ApiError>> {
    parallel::map(keys, |key| of(account, (key.id, key.environment), MOST_IN_A_LIST))
}

/// Reads the logs of one key.
pub(super) fn of(
    account: &Account,
    key: (Uuid, Environment),
    most: usize,
) -> Result<Usage, ApiError> {
    account.dashboard.usage_of(account.project, key, TimeRange::All, most)
}

/// Whether the logs prove that nobody ever called: they must go all the way
/// back, which the service says of few plans.
fn is_never(usage: &Usage) -> bool {
    usage.calls.is_empty() && usage.complete && usage.whole_range
}

/// The last use for people: `3 hours ago`, `never`, or `unknown` where the logs
/// tell of none but may not go back far enough.
pub(super) fn last_use(usage: Option<&Usage>, now: Timestamp) -> String {
    match usage.map(|usage| (usage.calls.first(), is_never(usage))) {
        Some((Some(call), _)) => ago(call.at, now),
        Some((None, true)) => "never".to_owned(),
        Some((None, false)) | None => "unknown".to_owned(),
    }
}

/// How long ago something was: `3 hours ago`, or `just now`.
pub(super) fn ago(time: Timestamp, now: Timestamp) -> String {
    match since(time, now).as_str() {
        "just now" => "just now".to_owned(),
        span => format!("{span} ago"),
    }
}

/// Adds what is known of its use to a key for programs. Nothing is known where
/// the logs could not be read.
pub(super) fn add_to(document: &mut Value, usage: Option<&Usage>) {
    let last = usage.and_then(|usage| usage.calls.first()).map(|call| call.at.to_string());
    document["last_used_at"] = json!(last);
    document["calls"] = json!(usage.map(|usage| usage.calls.len()));
    document["calls_complete"] = json!(usage.is_some_and(|usage| usage.complete));
    document["never_used"] = json!(usage.is_some_and(is_never));
}

/// The calls of one caller to one endpoint.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// An origin or a program; `None` where neither was told.
    caller: Option<String>,
    /// Method and path, or what else was called.
    called: String,
    calls: usize,
    last: Timestamp,
}

/// Who calls what, those that called last first.
pub(super) fn groups(usage: &Usage) -> Vec<Group> {
    let mut groups: BTreeMap<(Option<String>, String), (usize, Timestamp)> = BTreeMap::new();
    for call in &usage.calls {
        let called = format!("{} {}", call.method, call.endpoint);
        let group = groups.entry((caller(call), called.trim().to_owned())).or_insert((0, call.at));
        *group = (group.0 + 1, group.1.max(call.at));
    }
    let mut groups: Vec<_> = groups
        .into_iter()
        .map(|((caller, called), (calls, last))| Group { caller, called, calls, last })
        .collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.last));
    groups
}

/// The origin, without what follows it: where a browser tells none, the service
/// keeps the address of the page, which differs from call to call and is not
/// this command's to repeat.
fn caller(call: &Call) -> Option<String> {
    let text = call.caller_origin.as_deref().or(call.client_app.as_deref())?;
    match Url::parse(text) {
        Ok(url) if url.origin().is_tuple() => Some(url.origin().ascii_serialization()),
        _ => Some(text.to_owned()),
    }
}

/// The groups as a table.
pub(super) fn groups_as_text(groups: &[Group], now: Timestamp, layout: &Layout) -> String {
    let rows: Vec<_> = groups
        .iter()
        .map(|group| {
            vec![
                group.caller.as_deref().map_or_else(|| "unknown".to_owned(), shown),
                if group.called.is_empty() { "unknown".to_owned() } else { shown(&group.called) },
                group.calls.to_string(),
                ago(group.last, now),
            ]
        })
        .collect();
    table(&["CALLER", "CALLED", "CALLS", "LAST CALL"], &rows, layout)
}

/// The groups for programs.
pub(super) fn groups_as_json(groups: &[Group]) -> Value {
    let groups = groups.iter().map(|group| {
        json!({
            "caller": group.caller.as_deref().map(masked),
            "called": masked(&group.called),
            "calls": group.calls,
            "last_call_at": group.last.to_string(),
        })
    });
    groups.collect()
}

/// A text that anybody who has the key can choose, without keys in it.
fn masked(text: &str) -> String {
    key::mask(&printable(text))
}

/// The same for people.
fn shown(text: &str) -> String {
    let text = masked(text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(minute: u32, origin: Option<&str>, app: Option<&str>) -> Call {
        Call {
            at: format!("2026-11-22T12:{minute:02}:00Z").parse().unwrap(),
            endpoint: "/v1/models".to_owned(),
            method: "GET".to_owned(),
            status: 200,
            caller_origin: origin.map(str::to_owned),
            client_app: app.map(str::to_owned),
        }
    }

    fn usage(calls: Vec<Call>, complete: bool, whole_range: bool) -> Usage {
        Usage { calls, server_time: None, complete, whole_range }
    }

    #[test]
    fn never_is_said_only_of_logs_that_go_all_the_way_back() {
        let now = "2026-11-22T12:10:00Z".parse().unwrap();
        let of = |usage: Usage| last_use(Some(&usage), now);
        assert_eq!(of(usage(vec![], true, true)), "never");
        for (complete, whole_range) in [(true, false), (false, true), (false, false)] {
            assert_eq!(of(usage(vec![], complete, whole_range)), "unknown");
        }
        assert_eq!(last_use(None, now), "unknown");
        assert_eq!(of(usage(vec![call(7, None, None)], false, false)), "3 minutes ago");
    }

    #[test]
    fn callers_are_grouped_by_origin_or_program() {
        let calls = vec![
            call(9, Some("https://a.example/shop?token=1"), None),
            call(8, None, None),
            call(7, Some("https://a.example"), Some("shop")),
            call(6, None, Some("worker: nightly")),
            call(5, Some("capacitor://localhost"), None),
        ];
        let groups = groups(&usage(calls, true, false));
        let told = groups.iter().map(|group| (group.caller.as_deref(), group.calls));
        let expected = [
            (Some("https://a.example"), 2),
            (None, 1),
            (Some("worker: nightly"), 1),
            (Some("capacitor://localhost"), 1),
        ];
        assert_eq!(told.collect::<Vec<_>>(), expected);
        assert_eq!(groups[0].called, "GET /v1/models");
        assert_eq!(groups[0].last.to_string(), "2026-11-22T12:09:00Z");
    }

    #[test]
    fn what_callers_say_drives_no_terminal_and_tells_no_key() {
        let key = format!("csk_{}", "0123456789abcdef".repeat(3));
        assert_eq!(shown(&format!("\u{1b}[31m{key}")), "\\u{1b}[31mcsk_0123...");
        assert_eq!(shown(&"é".repeat(100)), format!("{}...", "é".repeat(80)));
    }
}
