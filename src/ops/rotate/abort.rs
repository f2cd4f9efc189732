//! The way back: the old key into its destinations, the new one revoked.

use super::journal::{Details, LastCall, Progress};
use super::state::Event;
use super::suggestions;
use super::{Permit, Rotation};
use crate::api::{Dashboard, Listing};
use crate::destinations::{Destination, Restored};
use crate::failure::{Failure, Hint, Kind};
use crate::key_status::KeyStatus;
use crate::ops::create;
use crate::ops::create::recover::Recovered;
use crate::ops::revoke::{self, Outcome};

/// A destination, and whether the old key was put back there.
pub type PutBack = (Destination, Result<Restored, Failure>);

/// What came of restoring the old key.
pub struct Back {
    /// Each destination.
    pub destinations: Vec<PutBack>,
    /// Whether the old key's text stays somewhere once the rotation is forgotten.
    pub text_is_kept: bool,
}

impl Rotation {
    /// Turns back, where the old key is live or nothing depends on it yet.
    ///
    /// # Errors
    /// If that would leave no key.
    pub fn begin_abort(&mut self, dashboard: &Dashboard, listing: &Listing) -> Result<(), Failure> {
        if self.journal.progress.state.is_aborting() {
            return Ok(());
        }
        if self.journal.progress.new.is_some() {
            let message = match self.old_status(dashboard, listing)? {
                KeyStatus::Live => {
                    self.can_be_restored()?;
                    return self.note(Event::AbortBegun, Details::default());
                }
                KeyStatus::Revoked => "The old key is no longer live: the new one is all there is.",
                KeyStatus::Unknown | KeyStatus::Undetermined => {
                    "Whether the old key is live is not known, so the new one stays."
                }
            };
            return Err(Failure::new(Kind::Failed, message)
                .hint(self.resume(" brings the rotation to its end"))
                .hint(self.recovery_hint()));
        }
        self.note(Event::AbortBegun, Details::default())
    }

    fn resume(&self, does: &'static str) -> Hint {
        Hint::from(suggestions::resume(self.journal.progress.plan.old.id)).text(does)
    }

    /// Where the old key's text is gone, what has the new one has to keep it.
    fn can_be_restored(&self) -> Result<(), Failure> {
        let Progress { plan, new, .. } = &self.journal.progress;
        let Some(new) = new.as_ref().filter(|_| self.old_text().is_none()) else { return Ok(()) };
        if plan.find(&plan.old)?.is_some() {
            return Ok(());
        }
        // A destination that had nothing before needs nothing put back.
        for destination in
            plan.destinations.iter().filter(|destination| destination.replaces_a_value())
        {
            if destination.storage().find(new)?.is_some() {
                let destination = destination.storage().describe();
                let message = format!(
                    "The old key's text is no longer on this machine, and {destination} has the new one: there is no way back"
                );
                return Err(Failure::new(Kind::Failed, message).hint(self.resume(" goes forward")));
            }
        }
        Ok(())
    }

    /// Puts the old key back where the new one is. A command that can't be given it is left so
    /// only with `leave_command`, and a destination that fails only with `leave_failed`. So is
    /// a destination with somebody else's value, unless the old key's text stays somewhere:
    /// in another destination, or in a file of the project (`is_elsewhere`). Then asks for the
    /// service's time and the new key's last call (`now`).
    ///
    /// # Errors
    /// If that can't be noted, or it can't be told whether the text stays somewhere.
    pub fn restore(
        &mut self,
        leave_command: bool,
        leave_failed: bool,
        is_elsewhere: impl FnOnce() -> Result<bool, Failure>,
        now: impl FnOnce() -> (Option<i64>, Option<LastCall>),
    ) -> Result<Back, Failure> {
        let Progress { plan, new, .. } = &self.journal.progress;
        let results: Vec<PutBack> = plan
            .destinations
            .iter()
            .map(|destination| {
                (destination.clone(), destination.storage().restore(new.as_ref(), self.old_text()))
            })
            .collect();
        let displaced = |(_, result): &PutBack| matches!(result, Ok(Restored::SomebodyElses));
        let given_back = |(destination, result): &PutBack| {
            matches!(result, Ok(Restored::Done)) && !destination.can_be_resumed()
        };
        // Once the rotation is forgotten, so is the text that it keeps.
        let text_is_kept = !results.iter().any(displaced)
            || results.iter().any(given_back)
            || self.text_is_kept(is_elsewhere)?;
        let restored = |(destination, result): &PutBack| match result {
            Ok(Restored::Done) => true,
            Ok(Restored::SomebodyElses) => text_is_kept || leave_failed,
            Ok(Restored::OutOfReach) => {
                leave_failed || (leave_command && !destination.can_be_resumed())
            }
            Err(_) => leave_failed,
        };
        if results.iter().all(restored) {
            let (server_time, last_call) = now();
            let details = Details { server_time, last_call, ..Details::default() };
            self.note(Event::Restored, details)?;
        }
        Ok(Back { destinations: results, text_is_kept })
    }

    /// Looks at the destinations once more, before the new key is revoked: somebody may have
    /// changed one since the old key was put back. One that has no key any more gets it
    /// again. Gives one that can't have it, if the old key's text would be nowhere then;
    /// `is_elsewhere` says whether a file of the project has it.
    ///
    /// # Errors
    /// Those of `is_elsewhere`.
    pub fn restore_again(
        &self,
        is_elsewhere: impl FnOnce() -> Result<bool, Failure>,
    ) -> Result<Option<Destination>, Failure> {
        let Progress { plan, new, .. } = &self.journal.progress;
        let mut displaced = None;
        // A command was given the old key, and is not asked whether it has it.
        for destination in plan.destinations.iter().filter(|it| it.can_be_resumed()) {
            match destination.storage().restore(new.as_ref(), self.old_text()) {
                Ok(Restored::Done | Restored::OutOfReach) => {}
                Ok(Restored::SomebodyElses) | Err(_) => displaced = displaced.or(Some(destination)),
            }
        }
        let Some(displaced) = displaced else { return Ok(None) };
        Ok((!self.text_is_kept(is_elsewhere)?).then(|| displaced.clone()))
    }

    /// Whether nothing is lost of the old key's text once the rotation is forgotten: there was
    /// none on this machine, or a destination has it, or a file of the project (`is_elsewhere`).
    fn text_is_kept(
        &self,
        is_elsewhere: impl FnOnce() -> Result<bool, Failure>,
    ) -> Result<bool, Failure> {
        let plan = &self.journal.progress.plan;
        Ok(self.old_text().is_none()
            || plan.find(&plan.old).ok().flatten().is_some()
            || is_elsewhere()?)
    }

    /// Revokes the new key, which is in no destination any more, where that is permitted.
    ///
    /// # Errors
    /// If it is not known to be dead.
    pub fn revoke_new(
        &mut self,
        _permit: Permit,
        dashboard: &Dashboard,
        listing: &Listing,
    ) -> Result<Vec<Recovered>, Failure> {
        let mut recovered = Vec::new();
        match self.journal.progress.new.clone() {
            None => recovered = self.recover(dashboard, listing)?,
            Some(new) => {
                let outcome = match self.new_status(dashboard, listing)? {
                    KeyStatus::Revoked => Outcome::AlreadyRevoked,
                    _ => {
                        let project = self.journal.progress.plan.project;
                        revoke::revoke(dashboard, project, std::slice::from_ref(&new)).remove(0)
                    }
                };
                let outcome = revoke::prove(dashboard, outcome, self.new_text());
                if !outcome.is_dead() {
                    let old = self.journal.progress.plan.old.id;
                    let message = create::describe_undo(&new, &outcome);
                    return Err(Failure::new(Kind::Unavailable, message)
                        .hint(Hint::from(suggestions::abort(old)).text(" tries again")));
                }
            }
        }
        self.note(Event::NewRevoked, Details::default())?;
        Ok(recovered)
    }

    /// Whether the new key is live. `listing` is its environment's, from just now.
    ///
    /// # Errors
    /// If the service can't be asked.
    pub fn new_key_status(
        &self,
        dashboard: &Dashboard,
        listing: &Listing,
    ) -> Result<KeyStatus, Failure> {
        self.new_status(dashboard, listing)
    }

    /// Looks whether the ground has gone from under the rotation: notes where both
    /// keys are dead, or the one that it leads back to. Gives the old key's life.
    ///
    /// # Errors
    /// If the service can't be asked, or that can't be noted.
    pub fn refresh(
        &mut self,
        dashboard: &Dashboard,
        listing: &Listing,
    ) -> Result<KeyStatus, Failure> {
        let old = self.old_status(dashboard, listing)?;
        if self.journal.progress.new.is_some() && old == KeyStatus::Revoked {
            if self.new_status(dashboard, listing)? == KeyStatus::Revoked {
                self.note(Event::BothGone, Details::default())?;
            } else if self.journal.progress.state.is_aborting() {
                self.note(Event::OldGone, Details::default())?;
            }
        }
        Ok(old)
    }
}
