//! The way back: the old key into its destinations, and what uses it told of it, before
//! the new one is revoked.

use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use uuid::Uuid;

use super::last_call;
use super::occurrences::{self, Left};
use super::steps::{Decision, EARLIER, Work};
use crate::api::TimeRange;
use crate::commands::account;
use crate::commands::keys::describe;
use crate::destinations::command::Command;
use crate::destinations::{Destination, Restored};
use crate::failure::{Failure, Hint, Kind};
use crate::key_status::KeyStatus;
use crate::listed_key::ListedKey;
use crate::ops::rotate::journal::{Progress, Said, Word};
use crate::ops::rotate::permission::{self, Permit, Seen};
use crate::ops::rotate::state::State;
use crate::ops::rotate::{Rotation, suggestions};

impl Work<'_> {
    pub(super) fn begin_abort(&mut self, rotation: &mut Rotation) -> Result<(), Failure> {
        let listing = self.listing(rotation)?;
        rotation.begin_abort(&self.account.dashboard, &listing)
    }

    /// Puts the old key back.
    pub(super) fn restore(&mut self, rotation: &mut Rotation) -> Result<Decision, Failure> {
        let listing = self.listing(rotation)?;
        rotation.refresh(&self.account.dashboard, &listing)?;
        if rotation.progress().state != State::Aborting {
            self.context
                .ui
                .warn("The old key is no longer live: the rotation goes forward, to the new one.");
            return Ok(Decision::GoOn);
        }
        if !self.ask_for_what_only_a_person_can_restore(rotation)? {
            return Ok(Decision::Later);
        }
        let progress = rotation.progress().clone();
        let old = &progress.plan.old;
        let (account, new) = (self.account, progress.new.as_ref());
        let is_elsewhere = || self.is_in_a_file(&progress, old);
        // A key that was nowhere is one that nobody has called with.
        let stored = new.filter(|_| self.ending.cause.is_none());
        let now = || {
            let look = || stored.and_then(|new| last_call::last_known(account, new));
            let end = self.end_on_the_way_back();
            let last_call = account.dashboard.transport().within(end, look);
            (listing.server_time, last_call)
        };
        let leave_failed = self.run_options.leave_failed;
        let back = rotation.restore(self.old_key_restored, leave_failed, is_elsewhere, now)?;
        let mut displaced = None;
        for (destination, result) in back.destinations {
            if matches!(result, Ok(Restored::SomebodyElses)) && !back.text_is_kept {
                displaced = displaced.or(Some(destination));
                continue;
            }
            self.say_restored(old.id, &destination, result)?;
        }
        match displaced {
            Some(destination) if rotation.progress().state == State::Aborting => {
                Err(self.would_be_lost(old, &destination))
            }
            Some(destination) => {
                let (old, destination) = (describe(old), destination.storage().describe());
                self.context.ui.warn(&format!(
                    "{old} stays live, and its text is nowhere any more: {destination} has another value."
                ));
                self.ending.left.push(destination);
                Ok(Decision::GoOn)
            }
            None => Ok(Decision::GoOn),
        }
    }

    /// Whether a file of the project has the old key.
    fn is_in_a_file(&self, progress: &Progress, old: &ListedKey) -> Result<bool, Failure> {
        let project = self.project(progress, Some((old, None)))?;
        Ok(!project.occurrences(occurrences::is(old)).is_empty())
    }

    /// Asks whoever is there to put the old key back into what only a command could write,
    /// if its text is not on this machine. Gives whether to continue.
    fn ask_for_what_only_a_person_can_restore(
        &mut self,
        rotation: &Rotation,
    ) -> Result<bool, Failure> {
        let progress = rotation.progress();
        if !self.run_options.asks
            || self.old_key_restored
            || progress.new.is_none()
            || rotation.old_text().is_some()
        {
            return Ok(true);
        }
        let commands = progress.plan.destinations.iter().filter(|it| !it.can_be_resumed());
        let commands: Vec<_> = commands.map(|it| it.storage().describe()).collect();
        if commands.is_empty() {
            return Ok(true);
        }
        let question = format!(
            "The old key's text is not on this machine, and {} took the new one. Put the old key back there.",
            commands.join(" and ")
        );
        let decision = self.choose(&question, &["restored", "later"])?;
        self.old_key_restored = matches!(decision, Decision::GoOn);
        Ok(self.old_key_restored)
    }

    /// That the old key would be in no destination any more, where somebody has put another value
    /// into `destination`.
    fn would_be_lost(&self, old: &ListedKey, destination: &Destination) -> Failure {
        let message = format!(
            "{} can't be put back: {} has another value, and nothing else has its text",
            describe(old),
            destination.storage().describe()
        );
        let abort = || suggestions::abort(old.id);
        Failure::new(Kind::PartlyDone, message)
            .hint(
                Hint::from("Move that value elsewhere, then put the old key back with ")
                    .command(abort()),
            )
            .hint(
                Hint::from("To lose the text of the old key, which stays live: ")
                    .command(abort().words(["--leave-failed"])),
            )
    }

    /// What was told of the new key has to be told of the old one, before the new one
    /// dies. `used` says that the logs show calls with it. Gives whether a person was shown
    /// them, and agrees.
    fn deploy_back(&mut self, rotation: &Rotation, used: bool) -> Result<Agreed, Failure> {
        let progress = rotation.progress();
        // Somebody may have deployed it by hand while the rotation waited.
        if !progress.in_use && !used {
            return Ok(Agreed::NotAsked);
        }
        let instructions = progress.plan.instructions.clone();
        if let Some(line) = instructions.deploy {
            self.context.ui.status(&format!("Deploying again, with the old key: `{line}`"));
            let command = Command { line, directory: Some(instructions.directory) };
            command.run(self.context.prompter.interactive())?;
            self.context.ui.status("Deployed.");
            return Ok(Agreed::NotAsked);
        }
        if self.run_options.asks {
            if let Some(new) = &progress.new {
                last_call::show_callers(self.context, self.account, new);
            }
            let question = "Deploy now what uses the key, with the old one: the new one is about to be revoked.";
            return Ok(match self.choose(question, &["deployed", "later"])? {
                Decision::GoOn => Agreed::Yes,
                _ => Agreed::Later,
            });
        }
        if self.old_key_restored || self.run_options.new_until_idle.is_some() {
            return Ok(Agreed::NotAsked);
        }
        // What made the calls reads the old one by now.
        if instructions.no_deploy && !progress.in_use {
            return Ok(Agreed::NotAsked);
        }
        let abort = || suggestions::abort(progress.plan.old.id);
        let deploy = Hint::from("Deploy the old one, then continue with ")
            .command(abort().words(["--old-key-restored"]));
        if !progress.in_use {
            let message = "The usage logs show calls with the new key, and what made them will fail once it is revoked";
            return Err(Failure::new(Kind::PartlyDone, message).hint(deploy).hint(
                Hint::from("Or wait until nothing uses the new key: ")
                    .command(abort().words(["--until-idle", "15m"])),
            ));
        }
        let message = "The new key was deployed, and what uses it will fail once it is revoked";
        let failure = Failure::usage(message).hint(deploy);
        if progress.plan.destinations.is_empty() {
            return Err(failure.hint(
                Hint::from("The machine that began has it in its destinations: run ")
                    .command(abort())
                    .text(" there instead"),
            ));
        }
        Err(failure)
    }

    fn say_restored(
        &mut self,
        old: Uuid,
        destination: &Destination,
        result: Result<Restored, Failure>,
    ) -> Result<(), Failure> {
        let destination_name = at_the_start(&destination.storage().describe());
        match result {
            Ok(Restored::Done) if !destination.can_be_resumed() => {
                self.context.ui.status(&format!("{destination_name} was given the old key again."));
            }
            Ok(Restored::Done) => {
                let has = if destination.replaces_a_value() {
                    "has the old key again"
                } else {
                    "has no key again"
                };
                self.context.ui.status(&format!("{destination_name} {has}."));
            }
            Ok(Restored::SomebodyElses) => self.context.ui.warn(&format!(
                "{destination_name} has a value that somebody else put there; it stays."
            )),
            // What a command did with the key, only its person knows.
            Ok(Restored::OutOfReach) if self.old_key_restored && !destination.can_be_resumed() => {
                let destination = destination.storage().describe();
                self.context
                    .ui
                    .status(&format!("As you said, the old key is back in {destination}."));
            }
            Ok(Restored::OutOfReach) if self.run_options.leave_failed => {
                self.context.ui.warn(&format!(
                    "{destination_name} was not given the old key again: it may still have the new one."
                ));
                self.ending.left.push(destination.storage().describe());
            }
            Ok(Restored::OutOfReach) => {
                let message = format!(
                    "{destination_name} can't be given the old key again: its text is not on this machine"
                );
                return Err(Failure::new(Kind::PartlyDone, message).hint(
                    Hint::from("Put the old key back there yourself, then run ")
                        .command(suggestions::abort(old).words(["--old-key-restored"])),
                ));
            }
            Err(failure) if self.run_options.leave_failed => {
                self.context
                    .ui
                    .warn(&format!("{}; {destination_name} is given up.", failure.message()));
                self.ending.left.push(destination.storage().describe());
            }
            Err(failure) => {
                return Err(
                    failure.hint("Fix that, or give the destination up with --leave-failed")
                );
            }
        }
        Ok(())
    }

    /// Revokes the new key, unless it can be seen in use.
    pub(super) fn revoke_new(&mut self, rotation: &mut Rotation) -> Result<Decision, Failure> {
        let listing = self.listing(rotation)?;
        rotation.refresh(&self.account.dashboard, &listing)?;
        if rotation.progress().state != State::Restored {
            return Ok(Decision::GoOn);
        }
        if self.ending.cause.is_none() && !self.run_options.leave_failed {
            let progress = rotation.progress().clone();
            let old = &progress.plan.old;
            let displaced = rotation.restore_again(|| self.is_in_a_file(&progress, old))?;
            if let Some(destination) = displaced {
                return Err(self.would_be_lost(old, &destination));
            }
        }
        let revoked_already =
            rotation.new_key_status(&self.account.dashboard, &listing)? == KeyStatus::Revoked;
        let permit = match self.permit_to_revoke_new(rotation, revoked_already)? {
            Some(permit) => permit,
            None => return Ok(Decision::Later),
        };
        let abort = suggestions::abort(rotation.progress().plan.old.id);
        for recovered in rotation.revoke_new(permit, &self.account.dashboard, &listing)? {
            account::say_recovered(&self.context.ui, EARLIER, &abort, recovered);
        }
        Ok(Decision::GoOn)
    }

    /// The permission to revoke the new key; `None` if its person puts it off.
    fn permit_to_revoke_new(
        &mut self,
        rotation: &mut Rotation,
        revoked_already: bool,
    ) -> Result<Option<Permit>, Failure> {
        let progress = rotation.progress().clone();
        let new = progress.new.as_ref().filter(|_| !revoked_already);
        let mut seen = Seen { revoked_already: new.is_none(), ..Seen::default() };
        let mut last = None;
        if let Some(new) = new {
            // A key that was nowhere is one that nobody has called with.
            let was_somewhere = self.ending.cause.is_none();
            let day = was_somewhere.then(|| {
                let look = || last_call::usage_of(self.account, new, TimeRange::Day);
                self.account.dashboard.transport().within(self.end_on_the_way_back(), look)
            });
            let used = match day.transpose() {
                Ok(None) => false,
                Ok(Some(usage)) => usage.last_use.seen().is_some(),
                Err(failure) if self.run_options.asks => {
                    let (new, why) = (describe(new), failure.message());
                    self.context.ui.warn(&format!("Who uses {new} can't be seen: {why}."));
                    false
                }
                Err(failure) => {
                    let new = describe(new);
                    return Err(failure.context(format!(
                        "Whether {new} is used can't be seen, and it was not revoked"
                    )));
                }
            };
            if self.old_key_restored && !progress.has_word {
                self.note_word(rotation, new)?;
            }
            let begun = Instant::now();
            let agreed = self.deploy_back(rotation, used)?;
            // A deployment is no waiting for the key to be idle.
            self.waits_since.set(self.waits_since.get().map(|since| since + begun.elapsed()));
            if agreed == Agreed::Later {
                return Ok(None);
            }
            let mut left = self.left_on_the_way_back(rotation)?;
            let in_files = !left.occurrences.is_empty() || !left.unread.is_empty();
            if self.run_options.new_until_idle.is_some() && !in_files {
                seen.idle = self.wait_for_idle(rotation)?;
                left = self.left_on_the_way_back(rotation)?;
            }
            (seen.occurrences, seen.unread) = (left.occurrences, left.unread);
            seen.agreed = agreed == Agreed::Yes;
            if was_somewhere && !self.run_options.asks && seen.idle.is_none() && !in_files {
                let usage = last_call::usage_of(self.account, new, TimeRange::All);
                (seen.called, last) =
                    last_call::since_replaced(self.context, rotation.progress(), usage)?;
            }
        }
        let permit = permission::may_revoke(&seen);
        let permit = permit.map_err(|hold| self.held(rotation, &hold, last))?;
        self.warn_of_what_was_not_searched_for();
        Ok(Some(permit))
    }

    /// From a person's word that the old key is back, calls with the new one count: what
    /// called before it had no other.
    fn note_word(&self, rotation: &mut Rotation, new: &ListedKey) -> Result<(), Failure> {
        let time = self.listing(rotation)?.server_time;
        let look = || last_call::last_known(self.account, new);
        let end = self.end_on_the_way_back();
        let last_call = self.account.dashboard.transport().within(end, look);
        let at = time.and_then(|time| Timestamp::from_second(time).ok());
        let old_key_restored = Some(Word { at, last_call });
        rotation.note_said(Said { old_key_restored, ..Said::default() })
    }

    /// When what the logs are asked on the way back has to be answered, where nobody waits
    /// for longer.
    fn end_on_the_way_back(&self) -> Option<Instant> {
        self.run_options.new_until_idle.and_then(|_| self.end_of_wait())
    }

    /// What of the project's files has the new key. Those that were given up by name may.
    fn left_on_the_way_back(&mut self, rotation: &Rotation) -> Result<Left, Failure> {
        let mut left = self.search(rotation)?;
        if self.run_options.leave_failed {
            let given_up = |path: &Path| {
                rotation.progress().plan.destinations.iter().any(|destination| match destination {
                    Destination::DotenvFile(file) => path == file.path(),
                    Destination::Keychain(_) | Destination::Command(_) => false,
                })
            };
            left.occurrences.retain(|it| !given_up(&it.path));
            left.unread.retain(|path| !given_up(path));
        }
        Ok(left)
    }
}

/// What a person says to the new key's end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Agreed {
    Yes,
    Later,
    NotAsked,
}

/// `text` as a sentence begins.
pub(super) fn at_the_start(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
}
