//! `cencori keys rotate`

mod begin;
mod destinations;
mod ending;
mod flags;
mod last_call;
pub(in crate::commands::keys) mod occurrences;
mod open;
mod revoking;
mod roll_back;
mod run_options;
mod status;
mod steps;
mod waiting;

use uuid::Uuid;

pub(super) use begin::{find, may_end, replace, replace_now};
pub(super) use destinations::can_be_replaced;
pub(in crate::commands) use destinations::{MOST_FILES as DOTENV_FILES_AT_MOST, dotenv_files};
pub(in crate::commands) use ending::waits;
pub(super) use open::{OfRotation, all, open_rotations};

pub(super) use flags::Flags;
use flags::Pause;

use super::reference;
use crate::commands::completions::Completes;
use crate::commands::values;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::key::Environment;
use crate::ops::rotate::Rotation;
use crate::ops::rotate::journal::Said;
use crate::ops::rotate::state::{State, Step};

/// Replace a live key with a new one, without an outage
///
/// Creates a new key with the name, type, environment and domains of the old one, writes it
/// wherever the old one is, deploys it, verifies it, and only then revokes the old one. On a
/// terminal and without KEY, it shows the keys and asks. You can stop it at any moment: both keys
/// work until the last step, --resume continues, and --abort puts the old key back.
///
/// Without --env-file and --keychain, the new key is written wherever the old one is found: in the
/// .env files of the project, and in the keychain entries that cencori.toml names.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("going_on").args(["resume", "status", "abort"]))]
pub struct Args {
    #[arg(value_name = "KEY", add = Completes::RotatedKey, help = reference::HELP)]
    key: Option<String>,

    /// Look only in this environment
    #[arg(long, conflicts_with = "going_on", value_parser = values::environment())]
    environment: Option<Environment>,

    /// Give the new key another name
    #[arg(long, conflicts_with = "going_on")]
    name: Option<String>,

    /// Give the new publishable key these domains instead of the old ones; repeatable
    #[arg(long = "domain", value_name = "DOMAIN", conflicts_with = "going_on")]
    domains: Vec<String>,

    /// Accept a domain that allows other people's sites, such as `*.github.io`
    #[arg(long, conflicts_with = "going_on")]
    allow_broad: bool,

    #[command(flatten)]
    flags: Flags,

    /// Continue an open rotation; KEY says which, if there are several
    #[arg(help_heading = "Open rotations", long)]
    resume: bool,

    /// Put the old key back, and revoke the new one
    #[arg(help_heading = "Open rotations", long)]
    abort: bool,

    /// Show the open rotations
    #[arg(help_heading = "Open rotations", long, conflicts_with = "key")]
    status: bool,

    /// With --abort: confirm that you have put the old key back where this command can't, such as
    /// what --pipe-to gave it to
    #[arg(help_heading = "Open rotations", long, requires = "abort")]
    old_key_restored: bool,

    /// Give up the destinations that can't be written: they don't get the new key, or with --abort
    /// keep it
    #[arg(help_heading = "Open rotations", long, requires = "going_on")]
    leave_failed: bool,

    /// The id of the key that is replaced, if another machine began
    #[arg(
        help_heading = "Open rotations",
        long,
        value_name = "ID",
        requires_all = ["resume", "new"],
        conflicts_with = "key",
        add = Completes::KeyId
    )]
    old: Option<Uuid>,

    /// The id of its replacement
    #[arg(help_heading = "Open rotations", long, value_name = "ID", requires = "old", add = Completes::KeyId)]
    new: Option<Uuid>,

    /// Verify the new key, created on another machine, from here: FILE:VARIABLE, or - for standard
    /// input
    #[arg(help_heading = "Open rotations", long, value_name = "LOCATION", requires = "resume", add = Completes::Location)]
    new_key: Option<String>,
}

/// Rotates a key, or continues a rotation.
///
/// # Errors
/// With a message that says what state the two keys are in, and what goes on.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    if arguments.status {
        return status::run(context);
    }
    // clap forgets what a flag needs where that conflicts with something else.
    if arguments.old_key_restored && !arguments.abort {
        return Err(Failure::usage("--old-key-restored is for --abort. Nothing was changed"));
    }
    if arguments.resume || arguments.abort {
        return open::run(context, arguments);
    }
    begin::run(context, arguments)
}

impl Args {
    /// Refuses what is said too late: whoever asks for a check should not take it for
    /// made.
    fn refuse_what_is_past(&self, state: State) -> Result<(), Failure> {
        // That there is a key to verify, or that it need not be, may be said again: a
        // job that is run once more has the same command line.
        let verifies = [
            (self.flags.verify_with.is_some(), "--verify-with"),
            (self.flags.until_used.is_some(), "--until-used"),
        ];
        let pause = self.flags.pause_before.map_or(Step::Close, Pause::step);
        let mut said = verifies.into_iter().map(|(said, flag)| (said, flag, Step::Verify)).chain([
            // On the way back they are for the other key.
            (self.flags.deploy.is_some() && !self.abort, "--deploy", Step::Deploy),
            (self.flags.until_idle.is_some() && !self.abort, "--until-idle", Step::Revoke),
            (self.flags.pause_before.is_some(), "--pause-before", pause),
        ]);
        let late = said.find(|(said, _, step)| *said && state.is_past(*step));
        late.map_or(Ok(()), |(_, flag, _)| {
            let message =
                format!("It is too late for {flag}: that step is done. Nothing was changed");
            Err(Failure::usage(message)
                .hint("Leave it out; or undo the rotation with --abort, and begin again"))
        })
    }

    /// What was said when the rotation began, and what is said now, which counts
    /// more.
    ///
    /// # Errors
    /// If a file does not exist that is to be ignored.
    ///
    /// Gives what is to be noted of it once it is sure that the command is carried out.
    fn change(&self, context: &Context, rotation: &mut Rotation) -> Result<Said, Failure> {
        let state = rotation.progress().state;
        let mut now = self.flags.instructions(context)?;
        // Too late to be deployed otherwise; on the way back it is for the old key.
        let is_back = state.is_aborting() || self.abort;
        now.no_deploy &= is_back || !state.is_past(Step::Deploy);
        // On the way back it is for the new key.
        let until_idle = now.until_idle.filter(|_| !self.abort);
        let until_used = now.until_used;
        let said = &mut rotation.plan_mut().instructions;
        let is_new = |now: &String, said: &Option<String>| said.as_ref() != Some(now);
        let deploy = now.deploy.clone().filter(|line| !self.abort && is_new(line, &said.deploy));
        let verify_with = now.verify_with.clone().filter(|line| is_new(line, &said.verify_with));
        let wait = now.wait && !said.wait;
        let ignored = now.ignored;
        let note =
            Said { ignored, until_idle, until_used, deploy, verify_with, wait, ..Said::default() };
        if now.verify_with.is_some() {
            said.until_used = None;
        }
        said.deploy = now.deploy.or(said.deploy.take().filter(|_| !now.no_deploy));
        // That nothing is deployed on the way back says nothing of how the new key came into use.
        said.no_deploy = (now.no_deploy && !is_back) || (said.no_deploy && said.deploy.is_none());
        said.paused |= now.paused;
        said.verify_with = now.verify_with.or(said.verify_with.take());
        said.until_idle = until_idle.or(said.until_idle);
        said.until_used = until_used.or(said.until_used);
        said.skip_verify |= now.skip_verify;
        said.yes |= now.yes;
        said.wait |= now.wait;
        Ok(note)
    }
}
