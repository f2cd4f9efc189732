//! The way back: the old key into its places, and what uses it told of it, before
//! the new one is revoked.

use uuid::Uuid;

use super::steps::{Decision, EARLIER, Work};
use super::usage;
use crate::api::TimeRange;
use crate::api::usage::LastUse;
use crate::commands::account;
use crate::failure::{Failure, Hint, Kind};
use crate::rotation::Rotation;
use crate::rotation::state::State;
use crate::rotation::suggestions;
use crate::sinks::command::Command;
use crate::sinks::{Destination, Restored};

impl Work<'_> {
    pub(super) fn begin_abort(&mut self, rotation: &mut Rotation) -> Result<(), Failure> {
        let listing = self.listing(rotation)?;
        rotation.begin_abort(&self.account.dashboard, &listing)
    }

    /// Puts the old key back.
    pub(super) fn restore(&mut self, rotation: &mut Rotation) -> Result<Decision, Failure> {
        let listing = self.listing(rotation)?;
        rotation.look(&self.account.dashboard, &listing)?;
        if rotation.progress().state != State::Aborting {
            self.context
                .ui
                .warn("The old key is no longer live: the rotation goes forward, to the new one.");
            return Ok(Decision::GoOn);
        }
        let old = rotation.progress().plan.old.id;
        let restored = rotation.restore(self.manner.old_key_restored, self.manner.leave_failed)?;
        for (place, result) in restored {
            self.say_restored(old, &place, result)?;
        }
        Ok(Decision::GoOn)
    }

    /// What was told of the new key has to be told of the old one, before the new one
    /// dies.
    fn deploy_back(&mut self, rotation: &Rotation) -> Result<Decision, Failure> {
        let progress = rotation.progress();
        // Somebody may have deployed it by hand while the rotation waited.
        let usage = progress.new.as_ref().map(|new| usage::look(self.account, new, TimeRange::Day));
        let last_use = usage.and_then(Result::ok).map(|usage| usage.last_use);
        let called = last_use.is_some_and(|last_use| last_use.seen().is_some());
        if let Some(why) = last_use.and_then(LastUse::undetermined) {
            self.context
                .ui
                .warn(&format!("The logs can't tell whether the new key is in use: {why}."));
        }
        if !progress.in_use && !called {
            return Ok(Decision::GoOn);
        }
        let instructions = progress.plan.instructions.clone();
        if let Some(line) = instructions.deploy {
            self.context.ui.status(&format!("Deploying again, with the old key: `{line}`"));
            let command = Command { line, directory: Some(instructions.directory) };
            command.run(self.context.prompter.interactive())?;
            self.context.ui.status("Deployed.");
        } else if self.manner.asks {
            if let Some(new) = &progress.new {
                usage::show_callers(self.context, self.account, new);
            }
            let question = "Deploy now what uses the key, with the old one: the new one is about to be revoked.";
            return self.choose(question, &["deployed", "later"]);
        } else if !progress.in_use {
            self.context.ui.warn(
                "The usage logs show calls with the new key: what made them has to be given the old one.",
            );
        } else if !self.manner.old_key_restored {
            let message = "The new key was deployed, and what uses it will fail once it is revoked";
            let old = progress.plan.old.id;
            let abort = suggestions::abort(old).words(["--old-key-restored"]);
            let failure = Failure::usage(message)
                .hint(Hint::from("Deploy the old one, then go on with ").command(abort));
            if progress.plan.destinations.is_empty() {
                return Err(failure.hint(
                    Hint::from("The machine that began has it in its places: run ")
                        .command(suggestions::abort(old))
                        .text(" there instead"),
                ));
            }
            return Err(failure);
        }
        Ok(Decision::GoOn)
    }

    fn say_restored(
        &mut self,
        old: Uuid,
        place: &Destination,
        result: Result<Restored, Failure>,
    ) -> Result<(), Failure> {
        let place_name = at_the_start(&place.sink().describe());
        match result {
            Ok(Restored::Done) if !place.can_be_resumed() => {
                self.context.ui.status(&format!("{place_name} was given the old key again."));
            }
            Ok(Restored::Done) => {
                self.context.ui.status(&format!("{place_name} is as it was."));
            }
            Ok(Restored::SomebodyElses) => self.context.ui.warn(&format!(
                "{place_name} holds a value that somebody else put there; it stays."
            )),
            Ok(Restored::OutOfReach)
                if self.manner.leave_failed
                    || (self.manner.old_key_restored && !place.can_be_resumed()) =>
            {
                self.context.ui.warn(&format!("{place_name} does not have the old key again."));
                self.ending.left = true;
            }
            Ok(Restored::OutOfReach) => {
                let message = format!(
                    "{place_name} can't be given the old key again: its text is not on this machine"
                );
                return Err(Failure::new(Kind::PartlyDone, message).hint(
                    Hint::from("Put the old key back there yourself, then run ")
                        .command(suggestions::abort(old).words(["--old-key-restored"])),
                ));
            }
            Err(failure) if self.manner.leave_failed => {
                self.context.ui.warn(&format!("{}; {place_name} is given up.", failure.message()));
                self.ending.left = true;
            }
            Err(failure) => {
                return Err(failure.hint("Mend that, or give the place up with --leave-failed"));
            }
        }
        Ok(())
    }

    pub(super) fn revoke_new(&mut self, rotation: &mut Rotation) -> Result<Decision, Failure> {
        let listing = self.listing(rotation)?;
        rotation.look(&self.account.dashboard, &listing)?;
        if rotation.progress().state != State::Restored {
            return Ok(Decision::GoOn);
        }
        match self.deploy_back(rotation)? {
            Decision::GoOn => {}
            other => return Ok(other),
        }
        let resume = suggestions::abort(rotation.progress().plan.old.id);
        for settled in rotation.revoke_new(&self.account.dashboard, &listing)? {
            account::say_settled(&self.context.ui, EARLIER, &resume, settled);
        }
        Ok(Decision::GoOn)
    }
}

/// `text` as a sentence begins.
pub(super) fn at_the_start(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
}
