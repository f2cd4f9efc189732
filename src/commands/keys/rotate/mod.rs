//! `cencori keys rotate`

mod begin;
mod ending;
mod going_back;
mod open;
mod places;
mod status;
mod steps;
mod usage;
mod waiting;

use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo};
use uuid::Uuid;

pub(super) use begin::replace_now;
pub(super) use places::stands_here;

use super::places as sinks;
use super::reference;
use crate::context::Context;
use crate::dotenv::VariableName;
use crate::failure::{Exit, Failure};
use crate::key::Environment;
use crate::rotation::journal::Instructions;
use crate::rotation::state::{State, Step};

/// Replace a live key by a new one, without an outage
///
/// Makes a new key with the name, type, environment and domains of the old one,
/// puts it where the old one stands, has it deployed, verifies it, and only then
/// revokes the old one. Run without KEY on a terminal, it shows what there is and
/// asks. It may be ended at any instant, or put off to another day: both keys work
/// until the last step, --resume goes on, and --abort goes back.
///
/// Without --env-file and --keychain, the key is put everywhere it is found to
/// stand: in the .env files of this folder, and in the keychain's entries that
/// cencori.toml names.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("going_on").args(["resume", "status", "abort"]))]
pub struct Args {
    #[arg(value_name = "KEY", help = reference::HELP)]
    key: Option<String>,

    /// Look only in this environment
    #[arg(long, conflicts_with = "going_on")]
    environment: Option<Environment>,

    /// Call the new key by another name
    #[arg(long, conflicts_with = "going_on")]
    name: Option<String>,

    /// Give a publishable key these domains instead of the old one's; may be given
    /// again
    #[arg(long = "domain", value_name = "DOMAIN", conflicts_with = "going_on")]
    domains: Vec<String>,

    /// Accept a domain that admits strangers' sites, such as `*.github.io`
    #[arg(long, conflicts_with = "going_on")]
    allow_broad: bool,

    #[command(flatten)]
    places: sinks::Places,

    /// Run this command to have the new key used. It has to end well
    #[arg(long, value_name = "COMMAND", value_hint = clap::ValueHint::CommandString)]
    deploy: Option<String>,

    /// Have this command try the new key, which it gets on its standard input. It
    /// has to end well
    #[arg(long, value_name = "COMMAND", value_hint = clap::ValueHint::CommandString)]
    verify_with: Option<String>,

    /// Give that command the key in this variable instead
    #[arg(long, value_name = "NAME", requires = "verify_with")]
    verify_variable: Option<VariableName>,

    /// Where the new key stands, to be verified where another machine has made it:
    /// FILE:VARIABLE, or - for standard input
    #[arg(long, value_name = "PLACE", requires = "resume")]
    new_key: Option<String>,

    /// Take for a verification that the usage logs show the new key at work, within
    /// this time, such as `15m`
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "skip_verify")]
    until_used: Option<Duration>,

    /// Revoke the old key although nobody knows whether the new one works
    #[arg(long)]
    skip_verify: bool,

    /// Revoke the old key only when the usage logs have shown no call with it for
    /// this long, such as `15m`, since the deployment
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    until_idle: Option<Duration>,

    /// Give up waiting for --until-idle after this long; the rotation is kept
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    at_most: Option<Duration>,

    /// Wait until the gateway has forgotten the old key too, for up to 125 seconds
    #[arg(long)]
    wait: bool,

    /// Ask nothing; what is to be decided is decided by the other flags. Where
    /// there is no terminal, this holds for --resume too
    #[arg(short, long)]
    yes: bool,

    /// Stop before this step, and say what it needs
    #[arg(long, value_name = "STEP")]
    pause_before: Option<Pause>,

    /// Go on with an open rotation; KEY tells which, where there are several
    #[arg(long)]
    resume: bool,

    /// The key that is replaced, by its id, where another machine has begun
    #[arg(long, value_name = "ID", requires_all = ["resume", "new"], conflicts_with = "key")]
    old: Option<Uuid>,

    /// Its replacement, by its id
    #[arg(long, value_name = "ID", requires = "old")]
    new: Option<Uuid>,

    /// Show the open rotations
    #[arg(long, conflicts_with = "key")]
    status: bool,

    /// Put the old key back, and revoke the new one
    #[arg(long)]
    abort: bool,

    /// Give up the places that can't be written: the new key stays out of them, or
    /// with --abort in them
    #[arg(long, requires = "going_on")]
    leave_failed: bool,
}

/// The steps that a rotation can stop before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Pause {
    /// The new key is in its places
    Deploy,
    /// It was deployed
    Verify,
    /// It works, and the old key is waited for with --until-idle, or about to be
    /// revoked
    Revoke,
}

impl Pause {
    fn step(self) -> Step {
        match self {
            Self::Deploy => Step::Deploy,
            Self::Verify => Step::Verify,
            Self::Revoke => Step::AwaitIdle,
        }
    }
}

/// Rotates a key, or goes on with a rotation.
///
/// # Errors
/// With a message that says what state the two keys are in, and what goes on.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    if arguments.status {
        return status::run(context);
    }
    if arguments.resume || arguments.abort {
        return open::run(context, arguments);
    }
    begin::run(context, arguments)
}

impl Args {
    fn instructions(&self, directory: PathBuf) -> Instructions {
        Instructions {
            deploy: self.deploy.clone(),
            verify_with: self.verify_with.clone(),
            verify_variable: self.verify_variable.clone(),
            skip_verify: self.skip_verify,
            until_idle: self.until_idle.map(|time| time.as_secs()),
            yes: self.yes,
            wait: self.wait,
            directory,
        }
    }

    /// Refuses what is said too late: whoever asks for a check should not take it for
    /// made.
    fn refuse_what_is_past(&self, state: State) -> Result<(), Failure> {
        let verifies = [
            (self.verify_with.is_some(), "--verify-with"),
            (self.new_key.is_some(), "--new-key"),
            (self.until_used.is_some(), "--until-used"),
            (self.skip_verify, "--skip-verify"),
        ];
        let pause = self.pause_before.map_or(Step::Close, Pause::step);
        let said = verifies.into_iter().map(|(said, flag)| (said, flag, Step::Verify)).chain([
            // On the way back it is for the old key.
            (self.deploy.is_some() && !self.abort, "--deploy", Step::Deploy),
            (self.until_idle.is_some(), "--until-idle", Step::Revoke),
            (self.pause_before.is_some(), "--pause-before", pause),
        ]);
        for (_, flag, _) in said.filter(|(said, _, step)| *said && state.is_past(*step)) {
            let message =
                format!("It is too late for {flag}: that step is done. Nothing was changed");
            return Err(Failure::usage(message)
                .hint("Leave it out; or go back with --abort, and begin again"));
        }
        Ok(())
    }

    /// What was said when the rotation began, and what is said now, which counts
    /// more.
    fn change(&self, said: &mut Instructions) {
        let now = self.instructions(said.directory.clone());
        if now.verify_with.is_some() {
            said.verify_variable = now.verify_variable;
        }
        said.deploy = now.deploy.or(said.deploy.take());
        said.verify_with = now.verify_with.or(said.verify_with.take());
        said.until_idle = now.until_idle.or(said.until_idle);
        said.skip_verify |= now.skip_verify;
        said.yes |= now.yes;
        said.wait |= now.wait;
    }
}

/// A time such as `90s`, `15m`, `2h` or `1d`.
fn parse_time(text: &str) -> Result<Duration, String> {
    // `mo` and `y` have no fixed length.
    let clear =
        text.chars().all(|character| character.is_ascii_digit() || "dhms".contains(character));
    let span: Option<Span> = if clear { text.parse().ok() } else { None };
    let time = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    match time.map(SignedDuration::unsigned_abs) {
        Some(time) if time.as_secs() > 0 => Ok(time),
        _ => Err("give a time in days, hours, minutes or seconds, such as 15m".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let seconds = |text: &str| parse_time(text).map(|time| time.as_secs()).ok();
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds("15m"), Some(900));
        assert_eq!(seconds("1h30m"), Some(5_400));
        assert_eq!(seconds("2d"), Some(172_800));
        for bad in ["", "0s", "15", "-15m", "15mo", "1y", "soon"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
