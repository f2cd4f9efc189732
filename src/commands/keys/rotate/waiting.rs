//! Waiting for what only the usage logs can tell: that the new key is at work, and
//! that the old one is not.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::steps::{Decision, Work};
use super::usage;
use crate::api::usage::Undetermined;
use crate::api::{ListedKey, Listing, TimeRange};
use crate::commands::keys::in_words;
use crate::failure::{Failure, Hint, Kind, SuggestedCommand};
use crate::rotation::idle::{self, Idleness};
use crate::rotation::state::State;
use crate::rotation::{Life, Rotation, suggestions};

/// The longest pause between two looks at the usage logs.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// How often in a row the logs may be out of reach while they are waited for.
const MOST_FAILED_LOOKS: u32 = 20;

impl Work<'_> {
    /// Waits until the usage logs show a call with the new key.
    pub(super) fn await_use(
        &mut self,
        rotation: &Rotation,
        longest: Duration,
    ) -> Result<(), Failure> {
        let Some(new) = &rotation.progress().new else { return Ok(()) };
        self.context.ui.status(&format!(
            "Waiting until {} is used. Ctrl-C puts the rotation off.",
            in_words(new)
        ));
        let begun = Instant::now();
        loop {
            let usage = usage::look(self.account, new, TimeRange::All)?;
            if let Some(how) = usage::last_in_words(&usage.logs) {
                self.context.ui.status(&format!("Verified: the new key is at work ({how})."));
                self.ending.verified = Some("usage");
                return Ok(());
            }
            let left = longest.saturating_sub(begun.elapsed());
            if left.is_zero() {
                let failure = match usage.last_use.undetermined() {
                    Some(why) => cannot_tell("whether the new key is in use", why),
                    None => {
                        let message = "The usage logs show no call with the new key so far";
                        Failure::new(Kind::Failed, message)
                    }
                };
                return Err(failure.hint(
                    Hint::from("Deploy it, and go on with ")
                        .command(suggestions::resume(rotation.progress().plan.old.id)),
                ));
            }
            std::thread::sleep(pause(left));
        }
    }

    /// Waits until the old key has been idle for as long as was asked.
    pub(super) fn await_idle(&mut self, rotation: &mut Rotation) -> Result<Decision, Failure> {
        self.look_into_files(rotation)?;
        self.wait_for_idle(rotation)?;
        if rotation.progress().state == State::Verified {
            rotation.idle()?;
        }
        Ok(Decision::GoOn)
    }

    /// The same without noting it: what was idle then may be in use again now. Gives what
    /// the logs said in the end; `None` where nothing was asked for, or the old key is
    /// revoked already.
    pub(super) fn wait_for_idle(
        &mut self,
        rotation: &mut Rotation,
    ) -> Result<Option<Idleness>, Failure> {
        let begun = Instant::now();
        let progress = rotation.progress().clone();
        let old = &progress.plan.old;
        let needed = progress.plan.instructions.until_idle.map(Duration::from_secs);
        let listing = if needed.is_some() { Some(self.listing(rotation)?) } else { None };
        let mut waits = needed.zip(listing.as_ref());
        if let (Some(_), Some(listing)) = (needed, &listing)
            && rotation.look(&self.account.dashboard, listing)? == Life::Dead
        {
            waits = None;
        }
        if let Some((needed, listing)) = &waits {
            self.refuse_what_logs_can_not_show(old, *needed, listing)?;
        }
        let (mut last, mut failed, mut idleness) = (None, 0, None);
        while let Some((needed, listing)) = waits {
            let looked = usage::look(self.account, old, usage::range_for(needed));
            let left = match looked {
                Err(failure) if failure.kind == Kind::Unavailable && failed < MOST_FAILED_LOOKS => {
                    failed += 1;
                    Some(needed)
                }
                Err(failure) => return Err(failure),
                Ok(usage) => {
                    failed = 0;
                    // Without a time of deployment it is watched from here on.
                    let since = progress.deployed_at.or(listing.server_time);
                    let now = usage.logs.server_time();
                    let judged = idle::judge(now, usage.last_use, since, needed);
                    idleness = Some(judged);
                    let left = match judged {
                        Idleness::Idle => None,
                        Idleness::NotYet(left) => Some(left),
                        Idleness::Undetermined(why) => {
                            let failure = cannot_tell("whether the old key is idle", why);
                            return Err(failure.hint(revoke_it_yourself(old)));
                        }
                    };
                    if last != Some(usage.last_use) {
                        last = Some(usage.last_use);
                        let used = usage::last_in_words(&usage.logs);
                        let used = used.unwrap_or_else(|| "the usage logs show no call".to_owned());
                        self.context.ui.status(&format!(
                            "Waiting until {} is idle; {used}. Ctrl-C puts the rotation off.",
                            in_words(old)
                        ));
                    }
                    left
                }
            };
            let Some(left) = left else { break };
            if self.manner.at_most.is_some_and(|longest| begun.elapsed() + left > longest) {
                let message = "The old key is not idle for as long as was asked, and would not be within --at-most";
                return Err(Failure::new(Kind::Failed, message).hint(
                    Hint::from("See who uses it with ").command(
                        SuggestedCommand::cencori(["keys", "show"])
                            .operand(old.id.to_string())
                            .words(["--usage"]),
                    ),
                ));
            }
            std::thread::sleep(pause(left));
        }
        Ok(idleness)
    }

    /// Refuses to wait for longer than the log of AI requests goes back: what was called
    /// before that, nobody sees.
    fn refuse_what_logs_can_not_show(
        &self,
        old: &ListedKey,
        needed: Duration,
        listing: &Listing,
    ) -> Result<(), Failure> {
        let now = listing.server_time.unwrap_or_else(|| Timestamp::now().as_second());
        if usage::reach_back(self.account, old, needed, now)? {
            return Ok(());
        }
        let what = "whether the old key has been idle for as long as was asked";
        let resume = suggestions::resume(old.id).words(["--until-idle", "7d"]);
        let hint = Hint::from("Ask for no more than the log has: ").command(resume);
        Err(cannot_tell(what, Undetermined::Plan).hint(hint))
    }
}

/// The logs can't tell `what`: nothing is revoked on that.
fn cannot_tell(what: &str, why: Undetermined) -> Failure {
    Failure::new(Kind::PartlyDone, format!("The usage logs can't tell {what}: {why}"))
}

/// What is left where the logs will not tell whether the old key is idle.
fn revoke_it_yourself(old: &ListedKey) -> Hint {
    let revoke = SuggestedCommand::cencori(["keys", "revoke"]).operand(old.id.to_string());
    Hint::from("If you know that nothing uses it, ")
        .command(revoke)
        .text(" and then ")
        .command(suggestions::resume(old.id))
        .text(" end the rotation")
}

fn pause(left: Duration) -> Duration {
    // A log has whole seconds: asking more often tells nothing.
    left.clamp(Duration::from_secs(1), LOOK_AGAIN)
}
