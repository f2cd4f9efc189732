//! `cencori keys revoke`

use std::collections::HashMap;

use serde_json::json;
use uuid::Uuid;

use super::reference::{self, Reference};
use super::{as_json, environments, in_words};
use crate::api::ListedKey;
use crate::commands::account::Account;
use crate::context::Context;
use crate::failure::{Exit, Failure, Kind};
use crate::key::Environment;
use crate::revocation::{self, Outcome};
use crate::ui::report::Report;
use crate::ui::{Layout, printable, unless_reader_left};

/// Revoke live keys, for good
///
/// "Revoked" is said only after the service was asked again and no longer lists
/// the key. The gateway may accept a key that was in use for up to 125 seconds
/// more.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "KEY", required = true, help = reference::HELP)]
    keys: Vec<String>,

    /// Look only in this environment
    #[arg(long)]
    environment: Option<Environment>,

    /// Revoke without asking
    #[arg(short, long)]
    yes: bool,

    /// Only say what would be revoked
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,

    /// Count a KEY that is not live as done, not as a failure
    #[arg(long)]
    ignore_missing: bool,
}

/// Revokes keys.
///
/// # Errors
/// With one KEY, where it is not known to be dead in the end. With several, a
/// line each says what became of it, and the exit code sums up.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    if !arguments.yes && !arguments.dry_run && !context.prompter.interactive() {
        return Err(Failure::usage(
            "Revoking can't be taken back, and there is no terminal to ask at.",
        )
        .hint("Add --yes, or see what would happen with --dry-run"));
    }
    let references: Vec<_> = arguments
        .keys
        .iter()
        .map(|text| Reference::parse(context, text))
        .collect::<Result<_, _>>()?;
    let account = Account::open(context)?;
    let listings = account.list(&environments(arguments.environment))?;
    let live: Vec<_> = listings.into_iter().flat_map(|listing| listing.keys).collect();

    let meant: Vec<_> = references
        .iter()
        .map(|reference| reference.resolve(&live).map(|key| key.cloned()))
        .collect();
    let mut keys: Vec<ListedKey> = meant.iter().flatten().flatten().cloned().collect();
    keys.sort_by_key(|key| key.id);
    keys.dedup_by_key(|key| key.id);
    let mut outcomes = HashMap::new();
    if !arguments.dry_run {
        for key in keys.iter().filter(|_| !arguments.yes) {
            confirm(context, key)?;
        }
        let revoked = revocation::revoke(&account.dashboard, account.project, &keys);
        outcomes.extend(keys.iter().map(|key| key.id).zip(revoked));
    }

    let mut lines = Vec::new();
    for (reference, meant) in references.iter().zip(meant) {
        let (key, became) = match meant {
            Err(ambiguous) => (None, Became::NotRevoked(ambiguous)),
            Ok(None) if arguments.ignore_missing => (None, Became::Missing),
            Ok(None) => (None, Became::NotRevoked(reference.missing())),
            Ok(Some(key)) => {
                let became = outcomes.get(&key.id).map_or(Became::WouldBeRevoked, |outcome| {
                    prove(&account, reference, &key, outcome)
                });
                (Some(key), became)
            }
        };
        lines.push(Line { named: reference.shown.clone(), key, became });
    }
    finish(context, account.project, lines)
}

/// Prints what became of each KEY, and sums up.
fn finish(context: &Context, project: Uuid, mut lines: Vec<Line>) -> Result<Exit, Failure> {
    let failed = lines.iter().filter(|line| matches!(line.became, Became::NotRevoked(_))).count();
    if lines.len() == 1 && failed == 1 {
        let Some(Line { became: Became::NotRevoked(failure), .. }) = lines.pop() else {
            unreachable!()
        };
        return Err(failure);
    }
    let kinds = lines.iter().filter_map(|line| match &line.became {
        Became::NotRevoked(failure) => Some(failure.kind),
        _ => None,
    });
    let exit = match kinds.collect::<Vec<_>>()[..] {
        [] => Exit::Done,
        [kind, ..] if failed == lines.len() => Exit::Unfinished(kind),
        _ => Exit::Unfinished(Kind::PartlyDone),
    };
    let revoked = lines.iter().any(|line| matches!(line.became, Became::Dead(_)));
    unless_reader_left(context.ui.report(&Revocation { project, lines }))?;
    if revoked {
        context
            .ui
            .status("The gateway may still accept a key that was in use, for up to 125 seconds.");
    }
    Ok(exit)
}

/// Asks for the key's name: a plain yes is given too easily.
fn confirm(context: &Context, key: &ListedKey) -> Result<(), Failure> {
    let name = printable(&key.name);
    context.ui.status(&format!("Revoking {} can't be taken back.", in_words(key)));
    let check = |answer: &str| {
        let fits = answer.trim() == name.trim() || answer.trim() == key.id.to_string();
        if fits {
            Ok(())
        } else {
            Err("That is not its name. Ctrl-C leaves everything as it is.".to_owned())
        }
    };
    context.prompter.text("Type its name to revoke it", None, "--yes", check).map(drop)
}

/// What became of one KEY.
enum Became {
    /// As it was meant, and proven.
    Dead(Outcome),
    /// It was only asked what would happen.
    WouldBeRevoked,
    /// Nothing live was meant, and that is as good.
    Missing,
    /// Not known to be dead.
    NotRevoked(Failure),
}

/// What `outcome` means for the person. With the key itself at hand the service
/// is asked about it directly, which sees a revocation at once.
fn prove(account: &Account, reference: &Reference, key: &ListedKey, outcome: &Outcome) -> Became {
    let words = in_words(key);
    match outcome {
        Outcome::Revoked | Outcome::AlreadyRevoked => {
            match reference.held().map(|held| account.dashboard.project_of(held)) {
                Some(Ok(Some(_))) => Became::NotRevoked(Failure::new(
                    Kind::Failed,
                    format!("The service no longer lists {words}, but still accepts it."),
                )),
                _ => Became::Dead(outcome.clone()),
            }
        }
        Outcome::StillLive(error) => Became::NotRevoked(
            Failure::from(error.clone()).context(format!("{words} is still live")),
        ),
        Outcome::Unproven(why) => Became::NotRevoked(
            Failure::new(
                Kind::Unavailable,
                format!("Whether {words} is revoked is not known: {why}."),
            )
            .hint("Run the command again: a key that is revoked by then is not found any more"),
        ),
    }
}

struct Line {
    /// What the person wrote.
    named: String,
    key: Option<ListedKey>,
    became: Became,
}

struct Revocation {
    project: Uuid,
    lines: Vec<Line>,
}

impl Report for Revocation {
    fn text(&self, _: &Layout) -> String {
        let line = |line: &Line| {
            let words = line.key.as_ref().map_or_else(|| line.named.clone(), in_words);
            match &line.became {
                Became::Dead(Outcome::AlreadyRevoked) => format!("already revoked: {words}\n"),
                Became::Dead(_) => format!("revoked: {words}\n"),
                Became::WouldBeRevoked => format!("would be revoked: {words}\n"),
                Became::Missing => format!("not live: {words}\n"),
                Became::NotRevoked(failure) => {
                    format!("NOT revoked: {words}: {}\n", printable(&failure.message()))
                }
            }
        };
        self.lines.iter().map(line).collect()
    }

    fn json(&self) -> serde_json::Value {
        let line = |line: &Line| {
            let (outcome, message) = match &line.became {
                Became::Dead(Outcome::AlreadyRevoked) => ("already_revoked", None),
                Became::Dead(_) => ("revoked", None),
                Became::WouldBeRevoked => ("would_be_revoked", None),
                Became::Missing => ("not_live", None),
                Became::NotRevoked(failure) => (failure.kind.code(), Some(failure.message())),
            };
            let key = line.key.as_ref().map(|key| as_json(key, self.project));
            json!({ "named": line.named, "outcome": outcome, "message": message, "key": key })
        };
        json!({ "revocations": self.lines.iter().map(line).collect::<Vec<_>>() })
    }
}
