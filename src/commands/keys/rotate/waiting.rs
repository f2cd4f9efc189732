//! Waiting for what only the usage logs can tell: that the new key is at work, and
//! that the old one is not.

use std::time::{Duration, Instant};

use super::steps::{Decision, Work};
use super::usage;
use crate::api::TimeRange;
use crate::commands::keys::in_words;
use crate::failure::{Failure, Hint, Kind, SuggestedCommand};
use crate::rotation::state::State;
use crate::rotation::suggestions;
use crate::rotation::{Life, Rotation, idle};

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
            let usage = usage::last(self.account, new, TimeRange::All)?;
            if let Some(call) = usage.calls.first() {
                let how = usage::in_words(call);
                self.context.ui.status(&format!("Verified: the new key is at work ({how})."));
                self.ending.verified = Some("usage");
                return Ok(());
            }
            let left = longest.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Err(Failure::new(
                    Kind::Failed,
                    "The usage logs show no call with the new key so far",
                )
                .hint(
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

    /// The same without noting it: what was idle then may be in use again now.
    pub(super) fn wait_for_idle(&mut self, rotation: &mut Rotation) -> Result<(), Failure> {
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
        let (mut last, mut failed) = (None, 0);
        while let Some((needed, listing)) = waits {
            let looked = usage::last(self.account, old, usage::range_for(needed));
            let left = match looked {
                Err(failure) if failure.kind == Kind::Unavailable && failed < MOST_FAILED_LOOKS => {
                    failed += 1;
                    Some(needed)
                }
                Err(failure) => return Err(failure),
                // What was not read may be a call.
                Ok(usage) if usage.calls.is_empty() && !usage.complete => {
                    let message = "The usage logs don't show whether the old key is idle";
                    return Err(Failure::new(Kind::Failed, message)
                        .hint("Look at the dashboard, and revoke it without --until-idle"));
                }
                Ok(usage) => {
                    failed = 0;
                    let call = usage.calls.first();
                    let now = usage.server_time.or(listing.server_time).unwrap_or_default();
                    // Without a time of deployment it is watched from here on.
                    let since = progress.deployed_at.or(listing.server_time);
                    let at = call.map(|call| call.at.as_second());
                    if last != Some(at) {
                        last = Some(at);
                        let who =
                            call.map_or("the usage logs show no call".to_owned(), usage::in_words);
                        self.context.ui.status(&format!(
                            "Waiting until {} is idle; {who}. Ctrl-C puts the rotation off.",
                            in_words(old)
                        ));
                    }
                    idle::remaining(now, at, since, needed)
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
        Ok(())
    }
}

fn pause(left: Duration) -> Duration {
    // A log has whole seconds: asking more often tells nothing.
    left.clamp(Duration::from_secs(1), LOOK_AGAIN)
}
