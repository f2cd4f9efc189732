//! The last step: whether nothing that can be seen uses the old key, and its revocation.

use std::time::Duration;

use super::going_back::at_the_start;
use super::occurrences::{self, Left};
use super::steps::{Decision, Work};
use super::usage;
use crate::commands::keys::in_words;
use crate::failure::{Failure, Hint, Kind, SuggestedCommand};
use crate::revocation::Outcome;
use crate::rotation::idle::Idleness;
use crate::rotation::journal::Instructions;
use crate::rotation::permission::{self, Called, Hold, Seen};
use crate::rotation::state::Step;
use crate::rotation::{Life, Rotation, suggestions};

impl Work<'_> {
    /// Shows who still calls with the old key, asks, and revokes it.
    pub(super) fn revoke(&mut self, rotation: &mut Rotation) -> Result<Decision, Failure> {
        let old = rotation.progress().plan.old.clone();
        self.look_at_the_places(rotation)?;
        self.look_into_files(rotation)?;
        let mut idle = self.wait_for_idle(rotation)?;
        let asks = self.manner.asks;
        if asks {
            usage::show_callers(self.context, self.account, &old);
            let question = format!("Revoking {} can't be taken back.", in_words(&old));
            match self.ask(&question, "revoke")? {
                Decision::GoOn => {}
                other => return Ok(other),
            }
            // Somebody may have thought it over for long.
            self.look_at_the_places(rotation)?;
            idle = self.wait_for_idle(rotation)?;
        } else if !rotation.progress().plan.instructions.yes {
            let failure = self.context.prompter.refuse("Revoking the old key can't be taken back");
            return Err(failure.hint("Add --yes"));
        }
        let left = match self.manner.leaked {
            true => Left { occurrences: Vec::new(), unread: Vec::new() },
            false => self.search(rotation)?,
        };
        let in_files = !left.occurrences.is_empty() || !left.unread.is_empty();
        let until_idle = rotation.progress().plan.instructions.until_idle.is_some();
        let (listing, usage) = if asks || self.manner.leaked || in_files || until_idle {
            (self.listing(rotation)?, None)
        } else {
            let (listing, usage) = usage::list_and_look(self.account, &old)?;
            (listing, Some(usage))
        };
        let life = rotation.look(&self.account.dashboard, &listing)?;
        if rotation.progress().state.step() != Step::Revoke {
            return Ok(Decision::GoOn);
        }
        let revoked_already = life == Life::Dead;
        let (mut called, mut last) = (Called::CannotTell, None);
        if let Some(usage) = usage.filter(|_| !revoked_already) {
            (called, last) = usage::since_stored(self.context, rotation.progress(), usage)?;
        }
        let Instructions { ignored, until_idle, .. } = &rotation.progress().plan.instructions;
        let not_seen = until_idle.map(|time| Idleness::NotYet(Duration::from_secs(time)));
        let permit = permission::may_revoke(&Seen {
            occurrences: left.occurrences,
            unread: left.unread,
            ignored: ignored.clone(),
            // What was asked for and not seen is no idleness.
            idle: idle.or(not_seen),
            called,
            // Its person was shown who calls with it.
            agreed: asks,
            leaked: self.manner.leaked,
            revoked_already,
        });
        let permit = permit.map_err(|hold| self.held(rotation, &hold, last))?;
        let outcome = rotation.revoke(permit, &self.account.dashboard, &listing)?;
        let already = if outcome == Outcome::AlreadyRevoked { " already" } else { "" };
        self.context.ui.status(&format!("Revoked{already}: {}.", in_words(&old)));
        self.ending.outcome = Some(outcome);
        Ok(Decision::GoOn)
    }

    /// Stops where the new key is not in all its places any more.
    fn look_at_the_places(&self, rotation: &mut Rotation) -> Result<(), Failure> {
        let missing = rotation.displaced(self.manner.leave_failed)?;
        let Some(first) = missing.first() else { return Ok(()) };
        let message = format!(
            "{} does not have the new key any more",
            at_the_start(&first.sink().describe())
        );
        let id = rotation.progress().plan.old.id;
        Err(Failure::new(Kind::Failed, message).state("The old key was not revoked").hint(
            Hint::from(suggestions::resume(id))
                .text(" puts it there again, and goes on from there"),
        ))
    }

    /// Stops where the old key is still in a file of the project, before somebody is asked
    /// or waits for what can't be then.
    pub(super) fn look_into_files(&self, rotation: &mut Rotation) -> Result<(), Failure> {
        let waits = rotation.progress().plan.instructions.until_idle.is_some();
        if self.manner.leaked || !(self.manner.asks || waits) {
            return Ok(());
        }
        let left = self.search(rotation)?;
        if left.occurrences.is_empty() && left.unread.is_empty() {
            return Ok(());
        }
        let listing = self.listing(rotation)?;
        if rotation.look(&self.account.dashboard, &listing)? == Life::Dead {
            return Ok(());
        }
        let Left { occurrences, unread } = left;
        Err(self.held(rotation, &Hold::Files { occurrences, unread }, None))
    }

    /// Where the old key still is in the project's files, but for the exceptions.
    fn search(&self, rotation: &Rotation) -> Result<Left, Failure> {
        let plan = &rotation.progress().plan;
        let folder = &plan.instructions.directory;
        // A journal of an earlier version does not say where it was begun.
        let begun_here = folder.as_os_str().is_empty();
        let folder = if begun_here { &self.context.directory } else { folder };
        let project = occurrences::search(self.context, folder, &plan.destinations)?;
        let found = project.occurrences(occurrences::is(&plan.old));
        Ok(Left::by(&[], &plan.instructions.ignored, found, &project.unread))
    }

    /// Why the old key is not revoked, and what goes on. `call` is the last one with it.
    fn held(&self, rotation: &Rotation, hold: &Hold, call: Option<String>) -> Failure {
        let old = &rotation.progress().plan.old;
        let (id, old) = (old.id, in_words(old));
        let resume = || suggestions::resume(id);
        let usage = SuggestedCommand::cencori(["keys", "show"]).operand(id.to_string());
        let usage = Hint::from("See who uses it with ").command(usage.words(["--usage"]));
        let held = |message: String| Failure::new(Kind::PartlyDone, message);
        match hold {
            Hold::Files { occurrences, unread } => {
                let left = Left { occurrences: occurrences.clone(), unread: unread.clone() };
                let lines = left.lines(self.context).join(", ");
                let mut files: Vec<_> = occurrences.iter().map(|it| &it.path).collect();
                files.extend(unread);
                files.dedup();
                let ignoring = files.into_iter().fold(resume(), |command, path| {
                    let path = occurrences::path_in_words(self.context, path);
                    command.file_option("--ignore-occurrence", &path)
                });
                held(format!("{old} may still be used, and was not revoked: it is in {lines}"))
                    .hint(Hint::from("Put the new key there, then go on with ").command(resume()))
                    .hint(Hint::from("If they may keep the old key: ").command(ignoring))
            }
            Hold::Called => held(format!(
                "{old} was used after the new key was stored ({}), and was not revoked",
                call.unwrap_or_default()
            ))
            .hint(
                Hint::from(resume().words(["--until-idle", "15m"]))
                    .text(" waits until nothing uses it"),
            )
            .hint(usage),
            Hold::NotIdle => held(format!("{old} is not idle, and was not revoked"))
                .hint(Hint::from(resume()).text(" waits again"))
                .hint(usage),
            Hold::CannotTell(why) => {
                let revoke = SuggestedCommand::cencori(["keys", "revoke"]).operand(id.to_string());
                held(format!("Whether {old} is idle can't be told, and it was not revoked: {why}"))
                    .hint(
                        Hint::from("If you know that nothing uses it, revoke it with ")
                            .command(revoke)
                            .text("; ")
                            .command(resume())
                            .text(" then ends the rotation"),
                    )
            }
        }
    }
}
