//! A rotation's steps, one after the other: for a new one and for one that goes
//! on, alike.

use std::cell::Cell;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::ending::{self, Ending, Rotated};
use super::last_call;
use super::revoking::NotSearchedFor;
use super::run_options::RunOptions;
use crate::api::Listing;
use crate::commands::account::{self, Account};
use crate::commands::keys::describe;
use crate::commands::project_file;
use crate::context::Context;
use crate::destinations::command::Command;
use crate::failure::{Exit, Failure, Hint, Kind};
use crate::ops::rotate::Rotation;
use crate::ops::rotate::journal::Plan;
use crate::ops::rotate::state::{State, Step};
use crate::ops::rotate::suggestions;
use crate::ops::rotate::verification::{self, Answer};
use crate::ui::unless_reader_left;

/// What is said of a request for the new key whose process was ended.
pub(super) const EARLIER: &str = "An earlier request for the new key was interrupted";

/// What is said where the gateway does not answer this machine.
const EXCLUDED: &str = "The gateway does not take the new key from this machine, which the networks that the project allows exclude";

/// What a person, or a flag, makes of the next step.
pub(super) enum Decision {
    GoOn,
    Later,
    Abort,
}

/// A rotation that is being worked on.
pub(super) struct Work<'a> {
    pub(super) context: &'a Context,
    pub(super) account: &'a Account,
    pub(super) run_options: &'a RunOptions,
    pub(super) ending: Ending,
    /// Since when a key is waited for to be idle.
    pub(super) waits_since: Cell<Option<Instant>>,
    /// What the project's files were not searched for, where that is to be said before a
    /// key is revoked.
    pub(super) not_searched_for: NotSearchedFor,
    /// Whether `--at-most` is over: to be asked again would change nothing.
    pub(super) gave_up: bool,
    /// Whether a person has put the old key back where only they could: by a flag, or when
    /// they were asked.
    pub(super) old_key_restored: bool,
    /// Whether the new key was made in this run.
    created: bool,
    /// The environment's live keys, from just before.
    before: Option<Listing>,
}

/// Goes from step to step until the rotation is over, or put off, and tells what
/// has become of it. `before` has the live keys of its environment, where they were
/// listed just before.
pub(super) fn run(
    context: &Context,
    account: &Account,
    rotation: Rotation,
    run_options: &RunOptions,
    before: Option<Listing>,
) -> Result<Exit, Failure> {
    let rotated = go(context, account, rotation, run_options, before)?;
    unless_reader_left(context.ui.report(&rotated))?;
    Ok(Exit::Done)
}

/// Goes from step to step until the rotation is over, or put off.
///
/// # Errors
/// With a message that says what state the two keys are in, and what goes on.
pub(super) fn go(
    context: &Context,
    account: &Account,
    mut rotation: Rotation,
    run_options: &RunOptions,
    before: Option<Listing>,
) -> Result<Rotated, Failure> {
    // It is in the journal: that the service does not find it is trouble of the service's.
    account.dashboard.knows(rotation.progress().plan.project);
    let ending = Ending::default();
    let (waits_since, not_searched_for) = (Cell::new(None), NotSearchedFor::Unknown);
    let mut work = Work {
        context,
        account,
        run_options,
        ending,
        waits_since,
        not_searched_for,
        gave_up: false,
        old_key_restored: run_options.old_key_restored,
        created: false,
        before,
    };
    loop {
        let step = rotation.progress().state.step();
        if run_options.pause_before == Some(step) {
            return Ok(ending::put_off(context, &rotation, work.ending, true));
        }
        if step == Step::Create {
            rotation = work.create(rotation)?;
            work.created = true;
            continue;
        }
        if step == Step::Close {
            return work.close(rotation);
        }
        let decision = match work.take(&mut rotation, step) {
            Ok(decision) => decision,
            // Nobody has the new key: it is of no use to keep both.
            Err(failure) if work.ending.nowhere => {
                work.ending.nowhere = false;
                context.ui.warn(&format!("{}. The rotation is undone.", failure.message()));
                work.ending.cause = Some(failure);
                Decision::Abort
            }
            Err(failure) if run_options.asks && !work.gave_up && can_be_fixed(step, &failure) => {
                context.ui.warn(&format!("{}.", failure.message()));
                match step {
                    Step::RevokeNew => work.choose("What now?", &["again", "later"])?,
                    _ => work.ask("What now?", "again")?,
                }
            }
            Err(failure) => return Err(ending::stopped(&rotation, failure)),
        };
        match decision {
            Decision::GoOn => {}
            Decision::Later => {
                return Ok(ending::put_off(context, &rotation, work.ending, false));
            }
            Decision::Abort => {
                work.begin_abort(&mut rotation).map_err(|failure| match &work.ending.cause {
                    Some(cause) => failure
                        .context(cause.message())
                        .hint("Make room for the new key there first"),
                    None => failure,
                })?
            }
        }
    }
}

/// Nobody can tell from this machine whether the new key with the replaced key `old` works.
fn excluded(old: Uuid) -> Failure {
    let resume = || suggestions::resume(old);
    Failure::new(Kind::PartlyDone, format!("{EXCLUDED}, so it is not verified"))
        .hint(
            Hint::from("Wait until the usage logs show it in use: ")
                .command(resume().words(["--until-used", "15m"])),
        )
        .hint("Or have a command try it from a machine that they allow: --verify-with COMMAND")
        .hint(Hint::from("Or continue unverified: ").command(resume().words(["--skip-verify"])))
        .hint(suggestions::go_back(old))
}

/// Whether a person who is there can fix what stopped this step, and have it tried again.
fn can_be_fixed(step: Step, failure: &Failure) -> bool {
    match step {
        Step::Deploy | Step::Verify => true,
        Step::AwaitIdle | Step::Revoke | Step::RevokeNew => failure.kind == Kind::PartlyDone,
        _ => false,
    }
}

impl Work<'_> {
    fn take(&mut self, rotation: &mut Rotation, step: Step) -> Result<Decision, Failure> {
        match step {
            Step::Store => self.store(rotation),
            Step::Deploy => self.deploy(rotation),
            Step::Verify => self.verify(rotation),
            Step::AwaitIdle => self.await_idle(rotation),
            Step::Revoke => self.revoke(rotation),
            Step::Restore => self.restore(rotation),
            Step::RevokeNew => self.revoke_new(rotation),
            // Both consume the rotation, and are seen to by the caller.
            Step::Create | Step::Close => Ok(Decision::GoOn),
        }
    }

    fn create(&mut self, rotation: Rotation) -> Result<Rotation, Failure> {
        let before = self.before.take();
        let listing = before.map_or_else(|| self.listing(&rotation), Ok)?;
        let (rotation, recovered) = rotation.create(&self.account.dashboard, &listing)?;
        for recovered in recovered {
            let resume = suggestions::resume(rotation.progress().plan.old.id);
            account::say_recovered(&self.context.ui, EARLIER, &resume, recovered);
        }
        if let Some(new) = &rotation.progress().new {
            self.context.ui.status(&format!("Created {}.", describe(new)));
        }
        Ok(rotation)
    }

    fn store(&mut self, rotation: &mut Rotation) -> Result<Decision, Failure> {
        let account = self.account;
        let Plan { old, instructions, .. } = rotation.progress().plan.clone();
        // Whoever waits until it is idle does not need to know what came before.
        let asks_logs = !self.run_options.leaked && instructions.until_idle.is_none();
        let last_call = || asks_logs.then(|| last_call::last_known(account, &old)).flatten();
        let mut placement = rotation.store(self.run_options.leave_failed, last_call)?;
        for destination in &placement.stored {
            let verb = if destination.can_be_resumed() { "Stored in" } else { "Given to" };
            self.context.ui.status(&format!("{verb} {}.", destination.storage().describe()));
        }
        project_file::note(&self.context.ui, &placement.stored);
        // Of a key that an earlier run has made, somebody may know by now.
        self.ending.nowhere = self.created
            && placement.stored.is_empty()
            && placement.failed.iter().all(|(destination, _)| destination.can_be_resumed());
        if rotation.progress().state == State::Stored {
            for (destination, why) in &placement.failed {
                let destination = destination.storage().describe();
                self.context.ui.warn(&format!("{}; {destination} is given up.", why.message()));
            }
            return Ok(Decision::GoOn);
        }
        let (_, first) = placement.failed.remove(0);
        let others: String =
            placement.failed.iter().map(|(_, why)| format!(". {}", why.message())).collect();
        let kind = if placement.stored.is_empty() { first.kind } else { Kind::PartlyDone };
        let message = format!("{}{others}", first.message());
        let failure = Failure { hints: first.hints, ..Failure::new(kind, message) };
        if self.ending.nowhere {
            return Err(failure);
        }
        let id = rotation.progress().plan.old.id;
        Err(failure
            .hint(
                Hint::from("Make room for it, then ")
                    .command(suggestions::resume(id))
                    .text(" continues; --leave-failed continues without it"),
            )
            .hint(Hint::from(suggestions::abort(id)).text(" puts the old key back")))
    }

    /// Has the new key used: by the command, or by the person.
    fn deploy(&mut self, rotation: &mut Rotation) -> Result<Decision, Failure> {
        let instructions = rotation.progress().plan.instructions.clone();
        let mut in_use = false;
        match instructions.deploy {
            Some(line) => {
                self.context.ui.status(&format!("Deploying: `{line}`"));
                let command = Command { line, directory: Some(instructions.directory) };
                command.run(self.context.prompter.interactive())?;
                self.context.ui.status("Deployed.");
                in_use = true;
            }
            None if self.run_options.asks && !instructions.no_deploy => {
                match self.ask("Deploy now what uses the key.", "deployed")? {
                    Decision::GoOn => in_use = true,
                    other => return Ok(other),
                }
            }
            None => {}
        }
        let server_time = match instructions.until_idle {
            Some(_) => self.listing(rotation)?.server_time,
            None => None,
        };
        rotation.deployed(server_time, in_use)?;
        Ok(Decision::GoOn)
    }

    /// Finds out whether the new key works, in the way that was asked for.
    fn verify(&mut self, rotation: &mut Rotation) -> Result<Decision, Failure> {
        let plan = rotation.progress().plan.clone();
        let Some(new) = rotation.progress().new.clone() else {
            return Err(Failure::new(Kind::Failed, "There is no new key to be verified"));
        };
        if plan.instructions.skip_verify {
            self.context.ui.warn("The new key is not verified, as --skip-verify says.");
            self.ending.verified = Some("skipped");
            rotation.verified()?;
            return Ok(Decision::GoOn);
        }
        let given = self.run_options.new_key.clone();
        if given.as_ref().is_some_and(|given| !new.is(&given.fingerprint())) {
            let message = "What was given as the new key is not the new key";
            return Err(Failure::usage(message).hint("Deploy the new key there first"));
        }
        let text = match given {
            None => rotation.find_new_text()?,
            text => text,
        };
        let until_used = plan.instructions.until_used.map(Duration::from_secs);
        match (text, until_used) {
            (_, Some(longest)) => self.await_use(rotation, longest)?,
            (None, None) => return Err(self.unverifiable()),
            (Some(text), None) => {
                let gateway = self.account.gateway(self.context)?;
                let dashboard = &self.account.dashboard;
                let answer = verification::verify(
                    dashboard,
                    &gateway,
                    plan.project,
                    &text,
                    &new.domains,
                    plan.old.id,
                )?;
                match answer {
                    Answer::Accepted(origin) => {
                        let from = origin.as_ref().map(|origin| format!(", from {origin}"));
                        let from = from.unwrap_or_default();
                        self.context.ui.status(&format!("The gateway accepts the new key{from}."));
                        if origin.is_none() && !new.domains.is_empty() {
                            self.context.ui.warn(
                                "It could not be tried from an origin: none of its domains allows one.",
                            );
                        }
                        self.ending.verified = Some("gateway");
                    }
                    Answer::NetworkDenied if plan.instructions.verify_with.is_some() => {
                        self.context.ui.warn(&format!("{EXCLUDED}."));
                    }
                    // The service knows the new key, and a leaked one can't wait.
                    Answer::NetworkDenied if self.run_options.leaked => {
                        self.context.ui.warn(&format!(
                            "{EXCLUDED}. The leaked key is revoked all the same; whether the new one works is not verified."
                        ));
                        self.ending.verified = Some("skipped");
                    }
                    Answer::NetworkDenied => return Err(excluded(plan.old.id)),
                }
                if let Some(line) = plan.instructions.verify_with {
                    let directory = Some(plan.instructions.directory);
                    let command = Command { line, directory };
                    command.run_with(&text)?;
                    self.context.ui.status(&format!("`{}` accepts the new key.", command.line));
                    self.ending.verified = Some("command");
                }
            }
        }
        rotation.verified()?;
        Ok(Decision::GoOn)
    }

    fn unverifiable(&self) -> Failure {
        Failure::usage("The new key can't be verified: its text is not on this machine")
            .hint("Say where it is: --new-key FILE:VARIABLE, or --new-key - for standard input")
            .hint("Or wait until the usage logs show it in use: --until-used 15m")
            .hint("Or continue unverified: --skip-verify")
    }

    /// Ends the rotation, whichever way it went.
    fn close(mut self, rotation: Rotation) -> Result<Rotated, Failure> {
        let progress = rotation.progress();
        if progress.state == State::Revoked && progress.plan.instructions.wait {
            self.ending.forgotten = ending::await_gateway(self.context, self.account, &rotation)?;
        }
        ending::close(self.context, rotation, self.ending)
    }

    pub(super) fn ask(&self, question: &str, go_on: &str) -> Result<Decision, Failure> {
        self.choose(question, &[go_on, "later", "abort"])
    }

    /// Has a word typed: an Enter that was meant for another question answers none.
    pub(super) fn choose(&self, question: &str, words: &[&str]) -> Result<Decision, Failure> {
        Ok(match self.context.prompter.word(question, words, "--yes")? {
            0 => Decision::GoOn,
            1 => Decision::Later,
            _ => Decision::Abort,
        })
    }

    /// The live keys of the environment that both keys are of.
    pub(super) fn listing(&self, rotation: &Rotation) -> Result<Listing, Failure> {
        Ok(self.account.list(&[rotation.progress().plan.old.environment])?.remove(0))
    }
}
