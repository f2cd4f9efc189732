//! The last step: whether nothing that can be seen uses the old key, and its revocation.

use std::time::Duration;

use super::last_call;
use super::occurrences::{self, Left};
use super::roll_back::at_the_start;
use super::steps::{Decision, Work};
use crate::commands::keys::describe;
use crate::failure::{Failure, Hint, Kind, SuggestedCommand};
use crate::key_status::KeyStatus;
use crate::listed_key::ListedKey;
use crate::ops::revoke::Outcome;
use crate::ops::rotate::idle::Idleness;
use crate::ops::rotate::journal::{Instructions, Progress};
use crate::ops::rotate::permission::{self, Called, Hold, Seen};
use crate::ops::rotate::state::Step;
use crate::ops::rotate::{Rotation, suggestions};
use crate::scan::ProjectKeys;
use crate::secret::Secret;

/// What the project's files were not searched for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotSearchedFor {
    /// They were not searched yet, or for everything.
    Unknown,
    /// This, in a sentence.
    Sentence(String),
    /// What has been said.
    Said,
}

impl Work<'_> {
    /// Shows who still calls with the old key, asks, and revokes it.
    pub(super) fn revoke(&mut self, rotation: &mut Rotation) -> Result<Decision, Failure> {
        let old = rotation.progress().plan.old.clone();
        self.check_destinations(rotation)?;
        self.refuse_if_in_files(rotation)?;
        let mut idle = self.wait_for_idle(rotation)?;
        let yes = rotation.progress().plan.instructions.yes;
        // No word is needed for what is done already.
        let done = (self.run_options.asks || !yes) && {
            let listing = self.listing(rotation)?;
            rotation.refresh(&self.account.dashboard, &listing)? == KeyStatus::Revoked
        };
        if rotation.progress().state.step() != Step::Revoke {
            return Ok(Decision::GoOn);
        }
        let asks = self.run_options.asks && !done;
        if asks {
            self.warn_of_what_was_not_searched_for();
            last_call::show_callers(self.context, self.account, &old);
            for path in &rotation.progress().plan.instructions.ignored {
                let path = occurrences::path_in_words(self.context, path);
                let line = format!(
                    "{} may keep the old key, as --ignore-occurrence says.",
                    path.display()
                );
                self.context.ui.warn(&line);
            }
            let question = format!("Revoking {} can't be taken back.", describe(&old));
            match self.ask(&question, "revoke")? {
                Decision::GoOn => {}
                other => return Ok(other),
            }
            // Somebody may have thought it over for long.
            self.check_destinations(rotation)?;
            idle = self.wait_for_idle(rotation)?;
        } else if !yes && !done {
            let failure = self.context.prompter.refuse("Revoking the old key can't be taken back");
            let again = suggestions::resume(old.id).words(["--yes"]);
            return Err(failure.hint(Hint::from("Add --yes: ").command(again)));
        }
        let left = match self.run_options.leaked {
            true => Left { occurrences: Vec::new(), unread: Vec::new() },
            false => self.search(rotation)?,
        };
        let in_files = !left.occurrences.is_empty() || !left.unread.is_empty();
        let until_idle = rotation.progress().plan.instructions.until_idle.is_some();
        let (listing, usage) = if asks || self.run_options.leaked || in_files || until_idle {
            (self.listing(rotation)?, None)
        } else {
            let (listing, usage) = last_call::list_and_look(self.account, &old)?;
            (listing, Some(usage))
        };
        let life = rotation.refresh(&self.account.dashboard, &listing)?;
        if rotation.progress().state.step() != Step::Revoke {
            return Ok(Decision::GoOn);
        }
        let revoked_already = life == KeyStatus::Revoked;
        let (mut called, mut last) = (Called::CannotTell, None);
        if let Some(usage) = usage.filter(|_| !revoked_already) {
            (called, last) = last_call::since_replaced(self.context, rotation.progress(), usage)?;
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
            leaked: self.run_options.leaked,
            revoked_already,
        });
        let permit = permit.map_err(|hold| self.held(rotation, &hold, last))?;
        self.warn_of_what_was_not_searched_for();
        let outcome = rotation.revoke(permit, &self.account.dashboard, &listing)?;
        let already = if outcome == Outcome::AlreadyRevoked { " already" } else { "" };
        self.context.ui.status(&format!("Revoked{already}: {}.", describe(&old)));
        self.ending.outcome = Some(outcome);
        Ok(Decision::GoOn)
    }

    /// Stops where the new key is not in all its destinations any more.
    fn check_destinations(&self, rotation: &mut Rotation) -> Result<(), Failure> {
        let missing = rotation.displaced(self.run_options.leave_failed)?;
        let Some(first) = missing.first() else { return Ok(()) };
        let message = format!(
            "{} does not have the new key any more",
            at_the_start(&first.storage().describe())
        );
        let id = rotation.progress().plan.old.id;
        Err(Failure::new(Kind::Failed, message).state("The old key was not revoked").hint(
            Hint::from(suggestions::resume(id))
                .text(" writes it there again, and continues from there"),
        ))
    }

    /// Stops where the old key is still in a file of the project, before somebody is asked
    /// or waits for what can't be then.
    pub(super) fn refuse_if_in_files(&mut self, rotation: &mut Rotation) -> Result<(), Failure> {
        let waits = rotation.progress().plan.instructions.until_idle.is_some();
        if self.run_options.leaked || !(self.run_options.asks || waits) {
            return Ok(());
        }
        let left = self.search(rotation)?;
        if left.occurrences.is_empty() && left.unread.is_empty() {
            return Ok(());
        }
        let listing = self.listing(rotation)?;
        if rotation.refresh(&self.account.dashboard, &listing)? == KeyStatus::Revoked {
            return Ok(());
        }
        let Left { occurrences, unread } = left;
        Err(self.held(rotation, &Hold::Files { occurrences, unread }, None))
    }

    /// Where the key that is about to be revoked still is in the project's files, but for the
    /// exceptions.
    pub(super) fn search(&mut self, rotation: &Rotation) -> Result<Left, Failure> {
        let progress = rotation.progress();
        let text = match progress.state.is_aborting() {
            true => rotation.find_new_text().ok().flatten(),
            false => rotation.old_text().cloned(),
        };
        let given = text.clone();
        let project = self.project(progress, progress.doomed().zip(Some(text)))?;
        let sentence = progress
            .doomed()
            .and_then(|key| occurrences::not_searched_for(&project, key, given.as_ref()));
        if self.not_searched_for != NotSearchedFor::Said {
            self.not_searched_for =
                sentence.map_or(NotSearchedFor::Unknown, NotSearchedFor::Sentence);
        }
        let found = progress.doomed().map(|key| project.occurrences(occurrences::is(key)));
        let found = found.unwrap_or_default();
        Ok(Left::by(&[], &progress.plan.instructions.ignored, found, &project.unread))
    }

    /// Warns of it, once: somebody else may know the text, and where it is.
    pub(super) fn warn_of_what_was_not_searched_for(&mut self) {
        if let NotSearchedFor::Sentence(sentence) = &self.not_searched_for {
            self.context.ui.warn(sentence);
            self.not_searched_for = NotSearchedFor::Said;
        }
    }

    /// What of the project's files has `key`, which is given with its text where that is
    /// known.
    pub(super) fn project(
        &self,
        progress: &Progress,
        key: Option<(&ListedKey, Option<Secret>)>,
    ) -> Result<ProjectKeys, Failure> {
        let plan = &progress.plan;
        let folder = &plan.instructions.directory;
        // A journal of an earlier version does not say where it was begun.
        let begun_here = folder.as_os_str().is_empty();
        let folder = if begun_here { &self.context.directory } else { folder };
        let key: Vec<_> = key.into_iter().collect();
        occurrences::search(self.context, folder, &plan.destinations, &key)
    }

    /// Why the key is not revoked, and what goes on. `call` is the last one with it.
    pub(super) fn held(&self, rotation: &Rotation, hold: &Hold, call: Option<String>) -> Failure {
        let progress = rotation.progress();
        let Some(doomed) = progress.doomed() else {
            return Failure::new(Kind::Failed, "There is no key to be revoked");
        };
        let back = progress.state.is_aborting();
        let (id, name) = (doomed.id, describe(doomed));
        // Of two keys with one name.
        let name = if back { format!("The new key, {name},") } else { name };
        let go_on = || suggestions::go_on(progress);
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
                let ignoring = files.into_iter().fold(go_on(), |command, path| {
                    let path = occurrences::path_in_words(self.context, path);
                    command.file_option("--ignore-occurrence", &path)
                });
                let (put, keep) = match back {
                    true => (
                        "Put the old key there, then continue with ",
                        "If they may keep the new key: ",
                    ),
                    false => (
                        "Put the new key there, then continue with ",
                        "If they may keep the old key: ",
                    ),
                };
                held(format!("{name} may still be used, and was not revoked: it is in {lines}"))
                    .hint(Hint::from(put).command(go_on()))
                    .hint(Hint::from(keep).command(ignoring))
            }
            Hold::Called => {
                let since =
                    if back { "the old key was restored" } else { "the new key was stored" };
                held(format!(
                    "{name} was used after {since} ({}), and was not revoked",
                    call.unwrap_or_default()
                ))
                .hint(
                    Hint::from(go_on().words(["--until-idle", "15m"]))
                        .text(" waits until nothing uses it"),
                )
                .hint(usage)
            }
            Hold::NotIdle => held(format!("{name} is not idle, and was not revoked"))
                .hint(Hint::from(go_on()).text(" waits again"))
                .hint(usage),
            Hold::CannotTell(why) => {
                held(format!("{name} was not revoked: whether it is idle is not known: {why}"))
                    .hint(self.revoke_it_yourself(progress))
            }
        }
    }
}
