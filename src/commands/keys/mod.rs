//! `cencori keys`

pub mod check;
pub mod create;
mod destination_flags;
pub mod domains;
mod entries;
mod gateway_cache;
pub mod guided;
mod key_statuses;
pub mod list;
pub mod reference;
pub mod revoke;
pub mod rotate;
mod sarif;
pub mod scan;
mod search;
pub mod show;
mod usage;
pub mod verify;

pub(super) use destination_flags::EnvFilePath;

use clap::Subcommand;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::Listing;
use crate::commands::account::Account;
use crate::commands::deferred::Deferred;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::key::Environment;
use crate::listed_key::ListedKey;
use crate::ui::printable;

/// What can be done with keys.
#[derive(Debug, Subcommand)]
#[expect(
    missing_docs,
    reason = "a variant's comment would hide that of its Args, which is the help"
)]
pub enum Command {
    Create(create::Args),
    List(list::Args),
    Show(show::Args),
    Rotate(Box<rotate::Args>),
    Revoke(revoke::Args),
    /// Check, list and change the domains of a key
    #[command(subcommand)]
    Domains(Deferred<domains::Command>),
    Verify(verify::Args),
    Scan(scan::Args),
    Check(check::Args),
}

/// Runs one of them.
///
/// # Errors
/// As the command does.
pub fn run(context: &Context, command: Command) -> Result<Exit, Failure> {
    if matches!(command, Command::Create(_) | Command::Rotate(_) | Command::Revoke(_)) {
        context.clean_up();
    }
    match command {
        Command::Create(arguments) => create::run(context, &arguments),
        Command::List(arguments) => list::run(context, &arguments),
        Command::Show(arguments) => show::run(context, &arguments),
        Command::Domains(Deferred(command)) => domains::run(context, command),
        Command::Rotate(arguments) => rotate::run(context, &arguments),
        Command::Revoke(arguments) => revoke::run(context, &arguments),
        Command::Verify(arguments) => verify::run(context, &arguments),
        Command::Scan(arguments) => scan::run(context, &arguments),
        Command::Check(arguments) => check::run(context, &arguments),
    }
}

/// The live keys that a KEY can mean.
struct Live {
    keys: Vec<ListedKey>,
    /// Whether these are all: a listing has a limit.
    complete: bool,
}

impl Live {
    fn list(account: &Account, environment: Option<Environment>) -> Result<Self, Failure> {
        Ok(Self::of(&account.list(&environments(environment))?, environment))
    }

    /// Those of `listings` that are of `environment`, where one is named.
    fn of(listings: &[Listing], environment: Option<Environment>) -> Self {
        let complete = listings.iter().all(|listing| !listing.full);
        let keys = listings.iter().flat_map(|listing| &listing.keys);
        let meant = |key: &&ListedKey| environment.is_none_or(|named| key.environment == named);
        Self { keys: keys.filter(meant).cloned().collect(), complete }
    }
}

/// The environments that a command looks at: the named one, else both.
pub(super) fn environments(named: Option<Environment>) -> Vec<Environment> {
    named.map_or_else(|| Environment::ALL.to_vec(), |environment| vec![environment])
}

/// A key for programs. The hash stays out: it is as good as the key for
/// finding it in a leak.
fn as_json(key: &ListedKey, project: Uuid) -> Value {
    let mut document = without_domains(key, project);
    let domains = key.domains.iter().map(|domain| crate::key::mask(domain));
    document["domains"] = domains.collect::<Vec<_>>().into();
    document
}

/// A key where it is named again and again, and its domains may be very many.
fn without_domains(key: &ListedKey, project: Uuid) -> Value {
    json!({
        "id": key.id,
        // Somebody may have given a key a key for its name, or stored one as a domain.
        "name": crate::key::mask(&key.name),
        "type": key.key_type,
        "environment": key.environment,
        "prefix": key.prefix,
        "created_at": key.created_at.map(|time| time.to_string()),
        "project": project,
    })
}

/// A key in a sentence: `web (cpk_ab12..., production)`.
pub(super) fn describe(key: &ListedKey) -> String {
    format!("{} ({}, {})", printable(&key.name), printable(&key.prefix), key.environment)
}

/// A key's age for people: `94 days`.
pub(super) fn age(key: &ListedKey, now: Timestamp) -> String {
    key.created_at.map_or_else(|| "unknown".to_owned(), |created| since(created, now))
}

/// How long ago something was, for people: `94 days`, or `just now`.
pub(super) fn since(time: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(time.as_second());
    let (count, unit) = match seconds {
        ..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    counted(count.unsigned_abs(), unit)
}

/// So many of something: `1 key`, `2 keys`.
fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A time such as `1d12h`, with no other units than these letters, and longer than
/// none.
fn time_in(units: &str, text: &str) -> Option<SignedDuration> {
    let clear =
        text.chars().all(|character| character.is_ascii_digit() || units.contains(character));
    let span: Span = clear.then(|| text.parse().ok())??;
    let time = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    time.is_positive().then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::KeyType;

    #[test]
    fn ages_are_told_in_the_unit_that_people_would_use() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let of = |created: &str| {
            let key = ListedKey::sample(
                "web",
                KeyType::Secret,
                Environment::Production,
                created.parse().ok(),
            );
            age(&key, now)
        };
        assert_eq!(of("2026-11-22T11:59:30Z"), "just now");
        assert_eq!(of("2026-11-22T11:59:00Z"), "1 minute");
        assert_eq!(of("2026-11-22T10:01:00Z"), "1 hour");
        assert_eq!(of("2026-11-21T11:00:00Z"), "25 hours");
        assert_eq!(of("2026-08-20T12:00:00Z"), "94 days");
        assert_eq!(of("2026-11-22T12:05:00Z"), "just now");
        assert_eq!(of("no time"), "unknown");
    }
}
