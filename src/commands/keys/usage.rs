//! What the service's logs tell of a key's use, for `keys list --usage` and
//! `keys show --usage`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use super::since;
use crate::api::usage::{AiRequest, GatewayCall, LastUse, LiveKeys, LoggedKey, Undetermined};
use crate::api::{ApiError, Listing, TimeRange, Usage};
use crate::commands::account::Account;
use crate::failure::Failure;
use crate::key::{self, Environment};
use crate::listed_key::ListedKey;
use crate::ui::Layout;
use crate::ui::printable;
use crate::ui::report::table;

/// Most rows of each log that are read for each key of a list.
pub(super) const MOST_IN_A_LIST: usize = 100;

/// Most rows of each log that are read for a key that is shown.
pub(super) const MOST_OF_ONE: usize = 1_000;

/// Longest text of a caller's that is shown, in characters.
const LONGEST: usize = 80;

/// What is known of a key's use.
pub(super) struct KeyUsage {
    /// When it was last used.
    pub(super) last_use: LastUse,
    /// What the logs show.
    pub(super) logs: Usage,
}

impl KeyUsage {
    fn new(logs: Usage, live_keys: LiveKeys) -> Self {
        Self { last_use: logs.last_use(live_keys), logs }
    }
}

/// How many live keys there are by the listings of both environments.
pub(super) fn counted(listings: &[Listing]) -> LiveKeys {
    LiveKeys::Counted(listings.iter().map(|listing| listing.keys.len()).sum())
}

/// Reads the logs of several keys at a time; a result each, in their order.
pub(super) fn of_each(
    account: &Account,
    keys: &[ListedKey],
    live_keys: LiveKeys,
    range: TimeRange,
    most: usize,
) -> Vec<Result<KeyUsage, ApiError>> {
    let keys: Vec<_> = keys.iter().map(LoggedKey::from).collect();
    let usages = account.dashboard.usages(account.project, &keys, range, most).into_iter();
    usages.map(|usage| usage.map(|logs| KeyUsage::new(logs, live_keys))).collect()
}

/// Reads the logs of one key.
pub(super) fn of(
    account: &Account,
    key: LoggedKey,
    live_keys: LiveKeys,
    range: TimeRange,
    most: usize,
) -> Result<KeyUsage, ApiError> {
    let logs = account.dashboard.usage(account.project, key, range, most)?;
    Ok(KeyUsage::new(logs, live_keys))
}

/// The same where the live keys are still to be counted: both at once.
pub(super) fn of_key(
    account: &Account,
    key: &ListedKey,
    range: TimeRange,
    most: usize,
) -> Result<KeyUsage, Failure> {
    of_key_with_lists(account, key, range, most)?.1
}

/// The same with the listings of both environments, which may be had without the logs.
pub(super) fn of_key_with_lists(
    account: &Account,
    key: &ListedKey,
    range: TimeRange,
    most: usize,
) -> Result<(Vec<Listing>, Result<KeyUsage, Failure>), Failure> {
    let (listings, logs) = std::thread::scope(|scope| {
        let listings = scope.spawn(|| account.list(&Environment::ALL));
        let logs = account.dashboard.usage(account.project, key.into(), range, most);
        (listings.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), logs)
    });
    let listings = listings?;
    let logs = logs.map_err(|error| account.explain(error));
    let usage = logs.map(|logs| KeyUsage::new(logs, counted(&listings)));
    Ok((listings, usage))
}

/// The last use for people: `3 hours ago`, `never`, or `unknown`. `last_use` is that of all time;
/// `None` if the logs could not be read.
pub(super) fn last_use(last_use: Option<LastUse>, now: Timestamp) -> String {
    match last_use {
        Some(LastUse::At(at)) => ago(at, now),
        Some(LastUse::Undetermined { seen: Some(at), .. }) => format!("{} or later", ago(at, now)),
        Some(LastUse::Unused) => "never".to_owned(),
        Some(LastUse::Undetermined { seen: None, .. }) | None => "unknown".to_owned(),
    }
}

/// Why the last use is unknown of those of which it is, and of how many.
pub(super) fn unknown<'a>(
    usages: impl Iterator<Item = &'a KeyUsage>,
) -> Vec<(Undetermined, usize)> {
    let mut reasons: Vec<(Undetermined, usize)> = Vec::new();
    let unknown = usages.filter(|usage| usage.last_use.seen().is_none());
    for why in unknown.filter_map(|usage| usage.last_use.undetermined()) {
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, count)) => *count += 1,
            None => reasons.push((why, 1)),
        }
    }
    reasons
}

/// How long ago something was: `3 hours ago`, or `just now`.
pub(super) fn ago(time: Timestamp, now: Timestamp) -> String {
    match since(time, now).as_str() {
        "just now" => "just now".to_owned(),
        span => format!("{span} ago"),
    }
}

/// The headings of [`columns`].
pub(super) const COLUMNS: [&str; 5] =
    ["LAST USED", "GATEWAY CALLS", "AI REQUESTS", "TOKENS", "COST (USD)"];

/// What a list shows of a key's use. `None` if the logs could not be read.
pub(super) fn columns(usage: Option<&KeyUsage>, now: Timestamp) -> [String; 5] {
    let last_used = last_use(usage.map(|usage| usage.last_use), now);
    match usage {
        None => [last_used, "?".into(), "?".into(), "?".into(), "?".into()],
        Some(KeyUsage { logs, .. }) => {
            let (tokens, cost_usd) = totals(&logs.ai.rows);
            let at_least = |text: String, all: bool| if all { text } else { text + "+" };
            [
                last_used,
                at_least(logs.gateway.count.to_string(), logs.gateway.counted),
                at_least(logs.ai.count.to_string(), logs.ai.counted),
                at_least(tokens.to_string(), logs.ai.complete),
                at_least(dollars(cost_usd), logs.ai.complete),
            ]
        }
    }
}

/// What is shown of one key's use: labels and values.
pub(super) fn lines(usage: &KeyUsage, now: Timestamp) -> Vec<(&'static str, String)> {
    let KeyUsage { last_use: when, logs } = usage;
    let words = last_use(Some(*when), now);
    let last_use = match (when.seen(), when.undetermined()) {
        (Some(at), None) => format!("{at:.0} ({words})"),
        (Some(at), Some(why)) => format!("{at:.0} ({words}: {why})"),
        (None, Some(why)) => format!("{words}: {why}"),
        (None, None) => words,
    };
    let or_more = |all: bool| if all { "" } else { " or more" };
    let (tokens, cost_usd) = totals(&logs.ai.rows);
    let mut calls = format!("{}{}", logs.gateway.count, or_more(logs.gateway.counted));
    if logs.gateway.count == 0 && logs.ai.count > 0 {
        // Who reads only this line would take the key for one that nobody uses.
        calls += " of /v1/*; the AI requests came by other routes";
    }
    let mut requests = format!("{}{}", logs.ai.count, or_more(logs.ai.counted));
    if logs.ai.count > 0 {
        let more = or_more(logs.ai.complete);
        requests = format!("{requests}: {tokens} tokens, {} USD{more}", dollars(cost_usd));
    }
    vec![("last use", last_use), ("gateway calls", calls), ("AI requests", requests)]
}

/// Adds what is known of its use to a key for programs. Nothing is known where the logs
/// could not be read.
pub(super) fn add_to(document: &mut Value, usage: Option<&KeyUsage>) {
    let last_use = usage.map(|usage| usage.last_use);
    let logs = usage.map(|usage| &usage.logs);
    let totals = logs.map(|logs| totals(&logs.ai.rows));
    let (known, why) = match last_use {
        None => ("undetermined", Some("unreadable")),
        Some(LastUse::At(_)) => ("used", None),
        Some(LastUse::Unused) => ("unused", None),
        Some(LastUse::Undetermined { why, .. }) => ("undetermined", Some(why.as_str())),
    };
    let last_used_at = last_use.and_then(LastUse::seen).map(|at| at.to_string());
    document["last_used_at"] = json!(last_used_at);
    document["usage"] = json!(known);
    document["undetermined_because"] = json!(why);
    document["calls"] = json!(logs.map(|logs| logs.gateway.count));
    document["calls_complete"] = json!(logs.is_some_and(|logs| logs.gateway.counted));
    document["ai_requests"] = json!(logs.map(|logs| logs.ai.count));
    document["ai_requests_complete"] = json!(logs.is_some_and(|logs| logs.ai.counted));
    document["tokens"] = json!(totals.map(|(tokens, _)| tokens));
    document["cost_usd"] = json!(totals.map(|(_, cost_usd)| rounded(cost_usd)));
    document["tokens_complete"] = json!(logs.is_some_and(|logs| logs.ai.complete));
}

fn totals(requests: &[AiRequest]) -> (u64, f64) {
    let tokens = requests.iter().fold(0_u64, |sum, it| sum.saturating_add(it.tokens));
    // Not `sum`, which is -0 of nothing.
    (tokens, requests.iter().fold(0.0, |sum, it| sum + it.cost_usd))
}

/// Without the noise of a sum of fractions: a millionth of a dollar is the least.
fn rounded(cost_usd: f64) -> f64 {
    (cost_usd * 1e6).round() / 1e6
}

/// Dollars for people: at least two decimals, and no more than there are.
fn dollars(cost_usd: f64) -> String {
    let text = format!("{cost_usd:.6}");
    let cents = text.find('.').map_or(text.len(), |point| point + 3);
    let (whole, rest) = text.split_at(cents);
    format!("{whole}{}", rest.trim_end_matches('0'))
}

/// The AI requests to one model.
#[derive(Debug, PartialEq)]
struct ModelGroup {
    model: String,
    requests: usize,
    tokens: u64,
    cost_usd: f64,
    last: Timestamp,
}

/// What the requests to each model come to, those that were used last first.
fn by_model(requests: &[AiRequest]) -> Vec<ModelGroup> {
    let mut groups: BTreeMap<&str, ModelGroup> = BTreeMap::new();
    for request in requests {
        let group = groups.entry(&request.model).or_insert_with(|| ModelGroup {
            model: request.model.clone(),
            requests: 0,
            tokens: 0,
            cost_usd: 0.0,
            last: request.at,
        });
        group.requests += 1;
        group.tokens = group.tokens.saturating_add(request.tokens);
        group.cost_usd += request.cost_usd;
        group.last = group.last.max(request.at);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.last));
    groups
}

/// The calls of one caller to one endpoint.
#[derive(Debug, PartialEq, Eq)]
struct CallerGroup {
    /// An origin or a program; `None` if neither was told.
    caller: Option<String>,
    /// Method and path.
    called: String,
    calls: usize,
    last: Timestamp,
}

/// Who calls what, those that called last first.
fn by_caller(calls: &[GatewayCall]) -> Vec<CallerGroup> {
    let mut groups: BTreeMap<(Option<String>, String), (usize, Timestamp)> = BTreeMap::new();
    for call in calls {
        let called = format!("{} {}", call.method, call.endpoint);
        let group = groups.entry((caller(call), called.trim().to_owned())).or_insert((0, call.at));
        *group = (group.0 + 1, group.1.max(call.at));
    }
    let mut groups: Vec<_> = groups
        .into_iter()
        .map(|((caller, called), (calls, last))| CallerGroup { caller, called, calls, last })
        .collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.last));
    groups
}

/// The origin, without what follows it: where a browser tells none, the service
/// keeps the address of the page, which differs from call to call and is not
/// this command's to repeat.
fn caller(call: &GatewayCall) -> Option<String> {
    let text = call.caller_origin.as_deref().or(call.client_app.as_deref())?;
    match Url::parse(text) {
        Ok(url) if url.origin().is_tuple() => Some(url.origin().ascii_serialization()),
        _ => Some(text.to_owned()),
    }
}

/// Who calls, and which models are asked: the tables that have rows, one after the
/// other.
pub(super) fn tables(logs: &Usage, now: Timestamp, layout: &Layout) -> Vec<String> {
    let mut tables = Vec::new();
    let callers = by_caller(&logs.gateway.rows).into_iter().map(|group| {
        vec![
            group.caller.as_deref().map_or_else(|| "unknown".to_owned(), shown),
            if group.called.is_empty() { "unknown".to_owned() } else { shown(&group.called) },
            group.calls.to_string(),
            ago(group.last, now),
        ]
    });
    let callers: Vec<_> = callers.collect();
    if !callers.is_empty() {
        tables.push(table(&["CALLER", "CALLED", "CALLS", "LAST CALL"], &callers, layout));
    }
    let models = by_model(&logs.ai.rows).into_iter().map(|group| {
        vec![
            shown(&group.model),
            group.requests.to_string(),
            group.tokens.to_string(),
            dollars(group.cost_usd),
            ago(group.last, now),
        ]
    });
    let models: Vec<_> = models.collect();
    if !models.is_empty() {
        let headings = ["MODEL", "AI REQUESTS", "TOKENS", "COST (USD)", "LAST REQUEST"];
        tables.push(table(&headings, &models, layout));
    }
    tables
}

/// The callers for programs.
pub(super) fn callers_as_json(logs: &Usage) -> Value {
    let groups = by_caller(&logs.gateway.rows).into_iter().map(|group| {
        json!({
            "caller": group.caller.as_deref().map(masked),
            "called": masked(&group.called),
            "calls": group.calls,
            "last_call_at": group.last.to_string(),
        })
    });
    groups.collect()
}

/// The models for programs.
pub(super) fn models_as_json(logs: &Usage) -> Value {
    let groups = by_model(&logs.ai.rows).into_iter().map(|group| {
        json!({
            "model": masked(&group.model),
            "ai_requests": group.requests,
            "tokens": group.tokens,
            "cost_usd": rounded(group.cost_usd),
            "last_request_at": group.last.to_string(),
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

    fn at(minute: u32) -> Timestamp {
        format!("2026-11-22T12:{minute:02}:00Z").parse().unwrap()
    }

    fn call(minute: u32, origin: Option<&str>, app: Option<&str>) -> GatewayCall {
        GatewayCall {
            at: at(minute),
            endpoint: "/v1/models".to_owned(),
            method: "GET".to_owned(),
            status: Some(200),
            caller_origin: origin.map(str::to_owned),
            client_app: app.map(str::to_owned),
        }
    }

    fn request(minute: u32, model: &str, tokens: u64, cost_usd: f64) -> AiRequest {
        let (status, model) = ("success".to_owned(), model.to_owned());
        AiRequest { at: at(minute), status, model, tokens, cost_usd }
    }

    #[test]
    fn what_can_not_be_told_is_never_called_never() {
        let now = at(10);
        let why = Undetermined::Plan;
        assert_eq!(last_use(Some(LastUse::Unused), now), "never");
        assert_eq!(last_use(Some(LastUse::At(at(7))), now), "3 minutes ago");
        let of = |seen| last_use(Some(LastUse::Undetermined { seen, why }), now);
        assert_eq!(of(None), "unknown");
        assert_eq!(of(Some(at(7))), "3 minutes ago or later");
        assert_eq!(last_use(None, now), "unknown");
    }

    #[test]
    fn callers_are_grouped_by_origin_or_program() {
        let groups = by_caller(&[
            call(9, Some("https://a.example/shop?token=1"), None),
            call(8, None, None),
            call(7, Some("https://a.example"), Some("shop")),
            call(6, None, Some("worker: nightly")),
            call(5, Some("capacitor://localhost"), None),
        ]);
        let told = groups.iter().map(|group| (group.caller.as_deref(), group.calls));
        let expected = [
            (Some("https://a.example"), 2),
            (None, 1),
            (Some("worker: nightly"), 1),
            (Some("capacitor://localhost"), 1),
        ];
        assert_eq!(told.collect::<Vec<_>>(), expected);
        assert_eq!(groups[0].called, "GET /v1/models");
        assert_eq!(groups[0].last, at(9));
    }

    #[test]
    fn requests_are_added_up_by_model() {
        let requests = [
            request(9, "gpt-4o", 15, 0.001),
            request(8, "claude-sonnet-4-5", 100, 0.25),
            request(7, "gpt-4o", 30, 0.002),
        ];
        let groups = by_model(&requests);
        let told = groups.iter().map(|it| (it.model.as_str(), it.requests, it.tokens, it.last));
        let expected = [("gpt-4o", 2, 45, at(9)), ("claude-sonnet-4-5", 1, 100, at(8))];
        assert_eq!(told.collect::<Vec<_>>(), expected);
        assert_eq!(
            (dollars(groups[0].cost_usd), rounded(groups[0].cost_usd)),
            ("0.003".into(), 0.003)
        );
    }

    #[test]
    fn dollars_have_cents_and_what_is_smaller() {
        for (cost_usd, shown) in
            [(0.0, "0.00"), (12.5, "12.50"), (0.1 + 0.2, "0.30"), (0.000_15, "0.00015")]
        {
            assert_eq!(dollars(cost_usd), shown);
        }
    }

    #[test]
    fn what_callers_say_drives_no_terminal_and_tells_no_key() {
        let key = format!("csk_{}", "0123456789abcdef".repeat(3));
        assert_eq!(shown(&format!("\u{1b}[31m{key}")), "\\u{1b}[31mcsk_0123...");
        assert_eq!(shown(&"é".repeat(100)), format!("{}...", "é".repeat(80)));
    }
}
