//! Waiting for what only the usage logs can tell: that the new key is in use, and
//! that the old one is not.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::last_call;
use super::steps::{Decision, Work};
use crate::api::TimeRange;
use crate::api::usage::Undetermined;
use crate::commands::account::Account;
use crate::commands::keys::describe;
use crate::failure::{Failure, Hint, Kind, SuggestedCommand};
use crate::key_status::KeyStatus;
use crate::listed_key::ListedKey;
use crate::ops::rotate::idle::{self, Idleness};
use crate::ops::rotate::journal::Progress;
use crate::ops::rotate::state::State;
use crate::ops::rotate::{Rotation, suggestions};

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
            describe(new)
        ));
        let begun = Instant::now();
        loop {
            let usage = last_call::usage_of(self.account, new, TimeRange::All)?;
            if let Some(how) = last_call::last_in_words(&usage.logs) {
                self.context.ui.status(&format!("Verified: the new key is in use ({how})."));
                self.ending.verified = Some("usage");
                return Ok(());
            }
            let left = longest.saturating_sub(begun.elapsed());
            if left.is_zero() {
                let resume = suggestions::resume(rotation.progress().plan.old.id);
                return Err(match usage.last_use.undetermined() {
                    // To ask again would give the same answer.
                    Some(why) => cannot_tell("whether the new key is in use", why).hint(
                        Hint::from(resume.words(["--skip-verify"])).text(" continues without that"),
                    ),
                    None => {
                        let message = "The usage logs show no call with the new key so far";
                        Failure::new(Kind::PartlyDone, message)
                            .hint(Hint::from("Deploy it, and continue with ").command(resume))
                    }
                });
            }
            std::thread::sleep(pause(left));
        }
    }

    /// For how long the key that is about to be revoked must have been idle.
    pub(super) fn needed_idleness(&self, rotation: &Rotation) -> Option<Duration> {
        let progress = rotation.progress();
        match progress.state.is_aborting() {
            true => self.run_options.new_until_idle,
            false => progress.plan.instructions.until_idle.map(Duration::from_secs),
        }
    }

    /// Waits until the old key has been idle for as long as was asked.
    pub(super) fn await_idle(&mut self, rotation: &mut Rotation) -> Result<Decision, Failure> {
        self.refuse_if_in_files(rotation)?;
        self.wait_for_idle(rotation)?;
        if rotation.progress().state == State::Verified {
            rotation.idle()?;
        }
        Ok(Decision::GoOn)
    }

    /// The same without noting it, of whichever key is about to be revoked: what was idle then may
    /// be in use again now. Gives what the logs said in the end; `None` if nothing was asked for,
    /// or a key is revoked already.
    pub(super) fn wait_for_idle(
        &mut self,
        rotation: &mut Rotation,
    ) -> Result<Option<Idleness>, Failure> {
        let (account, end) = (self.account, self.end_of_wait());
        // What the service does not answer in time, it does not answer.
        account.dashboard.transport().within(end, || self.wait_until(rotation, end))
    }

    /// When `--at-most` is over, which begins with the first question to the logs.
    pub(super) fn end_of_wait(&self) -> Option<Instant> {
        let begun = self.waits_since.get().unwrap_or_else(Instant::now);
        self.waits_since.set(Some(begun));
        self.run_options.at_most.map(|longest| begun + longest)
    }

    fn wait_until(
        &mut self,
        rotation: &mut Rotation,
        end: Option<Instant>,
    ) -> Result<Option<Idleness>, Failure> {
        let progress = rotation.progress().clone();
        let back = progress.state.is_aborting();
        let Some(key) = progress.doomed() else { return Ok(None) };
        let needed = self.needed_idleness(rotation);
        let listing = if needed.is_some() { Some(self.listing(rotation)?) } else { None };
        let mut waits = needed.zip(listing.as_ref());
        if let (Some(_), Some(listing)) = (needed, &listing)
            && (rotation.refresh(&self.account.dashboard, listing)? == KeyStatus::Revoked
                || (back
                    && rotation.new_key_status(&self.account.dashboard, listing)?
                        == KeyStatus::Revoked))
        {
            waits = None;
        }
        if let Some((needed, listing)) = &waits {
            let (account, time) = (self.account, listing.server_time);
            refuse_what_logs_can_not_show(account, key, *needed, time, |idle| {
                Hint::from("Ask for no more than the log has: ")
                    .command(suggestions::go_on(&progress).words(idle))
            })?;
        }
        let (mut last, mut failed, mut idleness) = (None, 0, None);
        while let Some((needed, listing)) = waits {
            let mut unseen = None;
            let looked = last_call::usage_of(self.account, key, last_call::range_for(needed));
            let left = match looked {
                Err(failure) if failure.kind == Kind::Unavailable && failed < MOST_FAILED_LOOKS => {
                    failed += 1;
                    unseen = Some(failure);
                    Some(needed)
                }
                Err(failure) => return Err(failure),
                Ok(usage) => {
                    failed = 0;
                    // Without a time of deployment it is watched from here on.
                    let deployed_at = progress.deployed_at.filter(|_| !back);
                    let since = deployed_at.or(listing.server_time);
                    let now = usage.logs.server_time();
                    let judged = idle::judge(now, usage.last_use, since, needed);
                    idleness = Some(judged);
                    let left = match judged {
                        Idleness::Idle => None,
                        Idleness::NotYet(left) => Some(left),
                        Idleness::Undetermined(why) => {
                            let what = format!("whether {} is idle", describe(key));
                            let failure = cannot_tell(&what, why);
                            return Err(failure.hint(self.revoke_it_yourself(&progress)));
                        }
                    };
                    // What is idle already is not waited for.
                    if left.is_some() && last != Some(usage.last_use) {
                        last = Some(usage.last_use);
                        let used = last_call::last_in_words(&usage.logs);
                        let used = used.unwrap_or_else(|| "the usage logs show no call".to_owned());
                        self.context.ui.status(&format!(
                            "Waiting until {} is idle; {used}. Ctrl-C puts the rotation off.",
                            describe(key)
                        ));
                    }
                    left
                }
            };
            let Some(left) = left else { break };
            if end.is_some_and(|end| Instant::now() + left > end) {
                if let Some(failure) = unseen {
                    return Err(failure.context(format!(
                        "Whether {} is idle can't be seen within --at-most, and it was not revoked",
                        describe(key)
                    )));
                }
                let which = if back { "new" } else { "old" };
                let message =
                    format!("The {which} key was used too recently to be idle within --at-most");
                self.gave_up = true;
                return Err(Failure::new(Kind::PartlyDone, message).hint(
                    Hint::from("See who uses it with ").command(
                        SuggestedCommand::cencori(["keys", "show"])
                            .operand(key.id.to_string())
                            .words(["--usage"]),
                    ),
                ));
            }
            std::thread::sleep(pause(left));
        }
        Ok(idleness)
    }

    /// What is left where the logs will not tell whether the key is idle that is about to be
    /// revoked: a person who knows.
    pub(super) fn revoke_it_yourself(&self, progress: &Progress) -> Hint {
        let doomed = progress.doomed().map(|key| key.id.to_string());
        let asked = self.context.prompter.interactive();
        let yes = || (!asked).then_some("--yes");
        let revoke = SuggestedCommand::cencori(["keys", "revoke"]).operands(doomed).words(yes());
        Hint::from("If you know that nothing uses it, ")
            .command(revoke)
            .text(" and then ")
            .command(suggestions::go_on(progress).words(yes()))
            .text(" end the rotation")
    }
}

/// Refuses to wait for longer than the log of AI requests goes back: what was called before
/// that, nobody sees. `server_time` is the service's clock, where it is known; `hint` says
/// how to ask for less, with the flag that does.
pub(super) fn refuse_what_logs_can_not_show(
    account: &Account,
    key: &ListedKey,
    needed: Duration,
    server_time: Option<i64>,
    hint: impl FnOnce([&'static str; 2]) -> Hint,
) -> Result<(), Failure> {
    let now = server_time.unwrap_or_else(|| Timestamp::now().as_second());
    if last_call::log_goes_back(account, key, needed, now)? {
        return Ok(());
    }
    let what = format!("whether {} has been idle for that long", describe(key));
    Err(cannot_tell(&what, Undetermined::Plan).hint(hint(["--until-idle", "7d"])))
}

/// The logs can't tell `what`: nothing is revoked on that.
fn cannot_tell(what: &str, why: Undetermined) -> Failure {
    Failure::new(Kind::PartlyDone, format!("The usage logs can't tell {what}: {why}"))
}

fn pause(left: Duration) -> Duration {
    // A log has whole seconds: asking more often tells nothing.
    left.clamp(Duration::from_secs(1), LOOK_AGAIN)
}
