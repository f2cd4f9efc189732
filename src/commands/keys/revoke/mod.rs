//! `cencori keys revoke`

mod leaked;
mod leaked_report;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::json;
use uuid::Uuid;

use super::reference::{self, Reference};
use super::rotate::occurrences;
use super::{Live, as_json, describe, entries, gateway_cache};
use crate::api::{Validity, listing::LIST_LIMIT, parallel};
use crate::commands::account::Account;
use crate::commands::completions::Completes;
use crate::commands::values;
use crate::context::Context;
use crate::failure::{Exit, Failure, Hint, Kind, SuggestedCommand};
use crate::key::Environment;
use crate::listed_key::ListedKey;
use crate::ops::revoke::{self, Outcome};
use crate::ui::report::Report;
use crate::ui::{Layout, printable, unless_reader_left};

/// Revoke live keys for good
///
/// A key counts as revoked only after the service was asked again and no longer lists it. The
/// gateway can accept a key that was in use for up to 125 seconds more.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(
        value_name = "KEY",
        add = Completes::RevokedKey,
        required_unless_present = "leaked",
        help = reference::HELP
    )]
    keys: Vec<String>,

    /// Revoke every key in this file, or with - in standard input: a report of gitleaks or
    /// trufflehog, SARIF, a diff, a log, a key
    ///
    /// Each key is looked up in the project by its hash. If it is not there, the service is asked
    /// whose it is. Exits with 0 only if every key that was found is revoked, and with 7 if some
    /// are not.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["keys", "environment", "ignore_missing"],
        value_hint = clap::ValueHint::FilePath
    )]
    leaked: Option<String>,

    /// Send no leaked key anywhere: look it up in the project by its hash, and rely on the list
    /// alone
    #[arg(long, requires = "leaked")]
    no_ask: bool,

    /// Replace a leaked key in the project's .env files and in the keychain, then revoke it at
    /// once and name the files that still have it
    #[arg(long, requires = "leaked")]
    rotate: bool,

    /// Wait until the gateway refuses the revoked keys too, up to 125 seconds
    #[arg(long, conflicts_with = "dry_run")]
    wait: bool,

    /// Look only in this environment
    #[arg(long, value_parser = values::environment())]
    environment: Option<Environment>,

    /// Revoke without asking
    #[arg(short, long)]
    yes: bool,

    /// Show what would be revoked, and revoke nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,

    /// Treat a KEY that is not live as done, not as a failure
    #[arg(long)]
    ignore_missing: bool,
}

/// Revokes keys.
///
/// # Errors
/// With one KEY, if it is not known to be dead in the end. With several, a line each says the
/// outcome of it, and the exit code sums up.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    let may_revoke = || {
        if arguments.yes || arguments.dry_run || context.prompter.interactive() {
            return Ok(());
        }
        Err(context
            .prompter
            .refuse("Revoking can't be taken back")
            .hint("Add --yes, or see what would happen with --dry-run"))
    };
    // clap forgets what a flag needs where that conflicts with something else.
    if arguments.leaked.is_none() && (arguments.rotate || arguments.no_ask) {
        let message = "--rotate and --no-ask are for --leaked. Nothing was revoked";
        return Err(Failure::usage(message).hint(
            Hint::from(SuggestedCommand::cencori(["keys", "rotate"]).placeholder("KEY"))
                .text(" replaces a key, and revokes the old one in the end"),
        ));
    }
    if let Some(source) = &arguments.leaked {
        may_revoke()?;
        return leaked::run(context, arguments, source);
    }
    let references: Vec<_> = arguments
        .keys
        .iter()
        .map(|text| Reference::parse(context, text))
        .collect::<Result<_, _>>()?;
    let account = Account::open(context)?;
    account.warn_of_interrupted(context)?;
    let live = Live::list(&account, arguments.environment)?;

    let meant: Vec<_> = references
        .iter()
        .map(|reference| reference.resolve(&live.keys).map(|key| key.cloned()))
        .collect();
    let mut keys: Vec<ListedKey> = Vec::new();
    for key in meant.iter().flatten().flatten() {
        if !keys.iter().any(|known| known.id == key.id) {
            keys.push(key.clone());
        }
    }
    // Where there is nothing to revoke, --yes would not help. An id that is missing from a
    // list that was cut is revoked without one.
    if !keys.is_empty() || !live.complete {
        may_revoke()?;
    }
    let mut outcomes = HashMap::new();
    // With --yes alone it is searched for afterwards.
    if !arguments.yes || arguments.dry_run {
        occurrences::warn_before_revoking(context, &keys);
    }
    if !arguments.dry_run {
        for key in keys.iter().filter(|_| !arguments.yes) {
            confirm(context, key)?;
        }
        let revoked = revoke::revoke(&account.dashboard, account.project, &keys);
        outcomes.extend(keys.iter().map(|key| key.id).zip(revoked));
    }

    let mut lines = Vec::new();
    for (reference, meant) in references.iter().zip(meant) {
        let (key, outcome) = match meant {
            Err(ambiguous) => (None, LineOutcome::NotRevoked(ambiguous)),
            Ok(None) => (None, missing(&account, reference, &live, arguments)),
            Ok(Some(key)) => {
                let outcome =
                    outcomes.get(&key.id).map_or(LineOutcome::WouldBeRevoked, |outcome| {
                        let held = reference.held();
                        outcome_of(&key, revoke::prove(&account.dashboard, outcome.clone(), held))
                    });
                (Some(key), outcome)
            }
        };
        lines.push(Line { named: reference.shown.clone(), key, outcome, waited: None });
    }
    let dead = lines.iter().filter(|line| matches!(line.outcome, LineOutcome::Revoked(_)));
    let dead: Vec<_> = dead.filter_map(|line| line.key.as_ref()).collect();
    entries::remove(context, account.project, &dead);
    if arguments.yes {
        occurrences::warn_after_revoking(context, &dead);
    }
    if arguments.wait {
        wait(context, &account, &references, &mut lines);
    }
    finish(context, account.project, lines)
}

/// What to make of a KEY that the service does not list. Where the list was cut
/// that says nothing; with the key itself at hand, the service can tell.
fn missing(account: &Account, reference: &Reference, live: &Live, arguments: &Args) -> LineOutcome {
    let named = &reference.shown;
    let unknown = |message: String| LineOutcome::NotRevoked(Failure::new(Kind::Failed, message));
    match reference.held().map(|key| account.dashboard.validity(key)) {
        Some(Ok(Validity::Revoked)) => return LineOutcome::Revoked(Outcome::AlreadyRevoked),
        Some(Ok(Validity::Live { project, .. })) if project != account.project => {
            let message = format!("The key of \"{named}\" is live, in another project: {project}");
            let failure =
                Failure::new(Kind::NotFound, message).hint("Name that one with --project");
            return LineOutcome::NotRevoked(failure);
        }
        Some(Ok(Validity::Live { .. })) => {
            return unknown(format!(
                "The key of \"{named}\" is live, but not among those that the service lists: only its id can \
                 revoke it"
            ));
        }
        Some(Err(error)) => return LineOutcome::NotRevoked(error.into()),
        Some(Ok(Validity::Unknown)) | None => {}
    }
    if live.complete {
        return match arguments.ignore_missing {
            true => LineOutcome::Missing,
            false => LineOutcome::NotRevoked(reference.missing()),
        };
    }
    let cut = format!("the service lists only the newest {LIST_LIMIT} keys of an environment");
    match reference.id() {
        Some(id) if !arguments.dry_run => match account.dashboard.revoke_key(account.project, id) {
            Ok(()) => unknown(format!(
                "The service accepted the revocation of {id}, but whether it is gone can't be seen: {cut}"
            )),
            Err(error) => unknown(format!("Whether {id} is live is not known: {cut}. {error}")),
        },
        _ => unknown(format!("Whether \"{named}\" is live is not known: {cut}")),
    }
}

/// Waits until the gateway refuses what has been revoked. It can be asked only
/// about a key whose text is at hand; for the others the time is waited for that it
/// may take.
fn wait(context: &Context, account: &Account, references: &[Reference], lines: &mut [Line]) {
    let revoked = |line: &Line| matches!(line.outcome, LineOutcome::Revoked(_));
    if !lines.iter().any(revoked) {
        return;
    }
    context.ui.status(gateway_cache::WAITING);
    let begun = Instant::now();
    let asked: Vec<_> = references
        .iter()
        .zip(lines.iter())
        .map(|(reference, line)| {
            let key = reference.held().filter(|_| revoked(line))?;
            let domains = line.key.as_ref().map(|key| key.domains.clone());
            Some((key, domains.unwrap_or_default()))
        })
        .collect();
    let times = parallel::map(&asked, |asked| {
        let (key, domains) = asked.as_ref()?;
        Some(gateway_cache::until_refused(&account.dashboard, key, domains))
    });
    if lines.iter().zip(&times).any(|(line, time)| revoked(line) && time.is_none()) {
        std::thread::sleep(gateway_cache::LONGEST.saturating_sub(begun.elapsed()));
    }
    for (line, time) in lines.iter_mut().zip(times).filter(|(line, _)| revoked(line)) {
        line.waited = Some(match time {
            Some(Some(time)) => Waited::Refused(time),
            Some(None) => Waited::StillAccepted,
            None => Waited::NotAsked,
        });
    }
}

/// Prints the outcome of each KEY. Where not all is well, the failure sums up;
/// of a single KEY it says all there is.
fn finish(context: &Context, project: Uuid, lines: Vec<Line>) -> Result<Exit, Failure> {
    let revocation = Revocation { project, lines };
    unless_reader_left(context.ui.report(&revocation))?;
    let mut lines = revocation.lines;
    if lines.iter().any(|line| matches!(line.waited, Some(Waited::StillAccepted))) {
        let message = "After 125 seconds the gateway still accepts a key that is revoked";
        return Err(Failure::new(Kind::Unavailable, message).hint("Run the command again"));
    }
    if lines
        .iter()
        .any(|line| matches!(line.outcome, LineOutcome::Revoked(_)) && line.waited.is_none())
    {
        context
            .ui
            .status("The gateway may still accept a key that was in use, for up to 125 seconds.");
    }
    let total = lines.len();
    lines.retain(|line| matches!(line.outcome, LineOutcome::NotRevoked(_)));
    let failed = lines.len();
    let Some(Line { outcome: LineOutcome::NotRevoked(first), .. }) = lines.into_iter().next()
    else {
        return Ok(Exit::Done);
    };
    if total == 1 {
        return Err(first);
    }
    let kind = if failed == total { first.kind } else { Kind::PartlyDone };
    let message = format!("{failed} of {total} keys are not known to be revoked");
    Err(Failure { hints: first.hints, ..Failure::new(kind, message) })
}

/// Asks for the key's name: a plain yes is given too easily.
fn confirm(context: &Context, key: &ListedKey) -> Result<(), Failure> {
    let name = printable(&key.name);
    context.ui.status(&format!("Revoking {} can't be taken back.", describe(key)));
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

/// The outcome of one KEY.
enum LineOutcome {
    /// As it was meant, and proven.
    Revoked(Outcome),
    /// It was only asked what would happen.
    WouldBeRevoked,
    /// Nothing live was meant, and that is as good.
    Missing,
    /// Not known to be dead.
    NotRevoked(Failure),
}

/// What `outcome` means for the person.
fn outcome_of(key: &ListedKey, outcome: Outcome) -> LineOutcome {
    let words = describe(key);
    match outcome {
        Outcome::Revoked | Outcome::AlreadyRevoked => LineOutcome::Revoked(outcome),
        Outcome::StillAccepted => LineOutcome::NotRevoked(Failure::new(
            Kind::Failed,
            format!("The service no longer lists {words}, but still accepts it."),
        )),
        Outcome::StillLive(error) => {
            LineOutcome::NotRevoked(Failure::from(error).context(format!("{words} is still live")))
        }
        Outcome::NotTried => {
            LineOutcome::NotRevoked(Failure::new(Kind::Failed, format!("{words} was not revoked")))
        }
        Outcome::Unproven(why) => LineOutcome::NotRevoked(
            Failure::new(
                Kind::Unavailable,
                format!("Whether {words} is revoked is not known: {why}."),
            )
            .hint("Run the command again"),
        ),
    }
}

struct Line {
    /// What the person wrote.
    named: String,
    key: Option<ListedKey>,
    outcome: LineOutcome,
    /// What came of waiting for the gateway.
    waited: Option<Waited>,
}

/// What came of waiting for the gateway.
enum Waited {
    /// It refuses the key, after this time.
    Refused(Duration),
    /// It still accepts the key.
    StillAccepted,
    /// 125 seconds have passed; the key's text is not at hand to ask with.
    NotAsked,
}

struct Revocation {
    project: Uuid,
    lines: Vec<Line>,
}

impl Report for Revocation {
    fn text(&self, _: &Layout) -> String {
        let line = |line: &Line| {
            let words = line.key.as_ref().map_or_else(|| line.named.clone(), describe);
            match &line.outcome {
                LineOutcome::Revoked(outcome) => {
                    let already = if *outcome == Outcome::AlreadyRevoked { "already " } else { "" };
                    format!("{already}revoked: {words}{}\n", waited_in_words(line))
                }
                LineOutcome::WouldBeRevoked => format!("would be revoked: {words}\n"),
                LineOutcome::Missing => format!("not live: {words}\n"),
                LineOutcome::NotRevoked(failure) => {
                    format!("NOT revoked: {words}: {}\n", printable(&failure.message()))
                }
            }
        };
        match &self.lines[..] {
            // Its failure is told on stderr, and says the same.
            [Line { outcome: LineOutcome::NotRevoked(_), .. }] => String::new(),
            lines => lines.iter().map(line).collect(),
        }
    }

    fn json(&self) -> serde_json::Value {
        let line = |line: &Line| {
            let (outcome, message) = match &line.outcome {
                LineOutcome::Revoked(Outcome::AlreadyRevoked) => ("already_revoked", None),
                LineOutcome::Revoked(_) => ("revoked", None),
                LineOutcome::WouldBeRevoked => ("would_be_revoked", None),
                LineOutcome::Missing => ("not_live", None),
                LineOutcome::NotRevoked(failure) => (failure.kind.code(), Some(failure.message())),
            };
            let key = line.key.as_ref().map(|key| as_json(key, self.project));
            let mut document = json!({
                "named": line.named, "outcome": outcome, "message": message, "key": key,
            });
            if let Some(waited) = &line.waited {
                document["gateway_refused_after_seconds"] = match waited {
                    Waited::Refused(time) => json!(time.as_secs()),
                    Waited::StillAccepted | Waited::NotAsked => json!(null),
                };
            }
            document
        };
        json!({ "revocations": self.lines.iter().map(line).collect::<Vec<_>>() })
    }
}

fn waited_in_words(line: &Line) -> String {
    match &line.waited {
        Some(Waited::Refused(time)) => {
            format!("; the gateway refused it after {} s", time.as_secs())
        }
        Some(Waited::StillAccepted) => "; THE GATEWAY STILL ACCEPTS IT".to_owned(),
        Some(Waited::NotAsked) => "; 125 s have passed since".to_owned(),
        None => String::new(),
    }
}
