//! Replacing a key by another so that nothing fails meanwhile: the new one is
//! made, stored, deployed and verified before the old one is revoked.
//!
//! A [`Rotation`] offers the steps; [`state::State::step`] says which is next, and
//! each notes in the [`journal`] that it is done. Every step may be repeated from its
//! beginning. Both keys' texts are in the record of the creation until it is over.

mod abort;
pub mod idle;
pub mod journal;
mod key_status;
pub mod permission;
mod plan;
pub mod state;
pub mod suggestions;
pub mod verification;

use std::path::{Path, PathBuf};

use crate::api::{Dashboard, Listing};
use crate::destinations::{Destination, Storage as _};
use crate::disk::is_refused;
use crate::failure::{Failure, Hint, Kind};
use crate::key_status::KeyStatus;
use crate::listed_key::ListedKey;
use crate::ops::create::journal::{self as creations, Record};
use crate::ops::create::recover::{self, Recovered};
use crate::ops::create::{self, Placement};
use crate::ops::revoke::{self, Outcome};
use crate::secret::Secret;
pub use abort::{Back, PutBack};
use journal::{Details, Journal, LastCall, Plan, Progress, Unavailable};
pub use permission::Permit;
use state::{Event, State};

/// A rotation that this process holds.
pub struct Rotation {
    journal: Journal,
    /// The state folder.
    folder: PathBuf,
    /// Keeps the new key and, once that replaces it somewhere, the old one.
    kept: Option<Record>,
    /// The old key's text, where it was given.
    given: Option<Secret>,
}

impl Rotation {
    /// Begins a rotation: writes it down, and does nothing yet. `given` is the old
    /// key's text, where it is at hand.
    ///
    /// # Errors
    /// [`Unavailable`]: at most one rotation of a key is open.
    pub fn begin(folder: &Path, plan: Plan, given: Option<Secret>) -> Result<Self, Unavailable> {
        let journal = Journal::begin(folder, plan)?;
        Ok(Self { journal, folder: folder.to_owned(), kept: None, given })
    }

    /// Takes up the rotation of the key `old`.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub fn take(folder: &Path, old: uuid::Uuid) -> Result<Self, Unavailable> {
        let mut journal = Journal::take(folder, old)?;
        let records = match creations::of_rotation(folder, old) {
            // Before there is a new key, only they say whether one was asked for. What
            // others hold, or could have written, is not done without.
            Err(error) if journal.progress.state == State::Planned || is_refused(&error) => {
                return Err(error.into());
            }
            records => records.unwrap_or_default(),
        };
        let mut kept =
            records.into_iter().find(|record| match (&record.issued, &journal.progress) {
                (Some((id, _)), Progress { new: Some(new), .. }) => *id == new.id,
                (issued, _) => issued.is_some(),
            });
        // What was changed by somebody else is no key of this rotation.
        if let Some(record) = &mut kept {
            let old = &journal.progress.plan.old;
            record.replaced = record.replaced.take().filter(|key| old.is(&key.fingerprint()));
        }
        // The process ended between the two notes.
        if let (State::Planned, Some(Record { intent, issued: Some((id, key)), .. })) =
            (journal.progress.state, &kept)
        {
            let new = Some(ListedKey::made(&intent.key, *id, key));
            journal.note(Event::Created, Details { new, ..Details::default() })?;
        }
        Ok(Self { journal, folder: folder.to_owned(), kept, given: None })
    }

    /// What has been done so far.
    pub fn progress(&self) -> &Progress {
        &self.journal.progress
    }

    /// How it is to be done from here on.
    pub fn plan_mut(&mut self) -> &mut Plan {
        &mut self.journal.progress.plan
    }

    /// The text of the new key, where this machine has it.
    pub fn new_text(&self) -> Option<&Secret> {
        self.kept.as_ref()?.issued.as_ref().map(|(_, key)| key)
    }

    /// The text of the new key, as it is kept, or else from one of its destinations.
    ///
    /// # Errors
    /// If none of them has it that can be looked at, and one can't be.
    pub fn find_new_text(&self) -> Result<Option<Secret>, Failure> {
        let Progress { plan, new, .. } = &self.journal.progress;
        match (self.new_text(), new) {
            (Some(text), _) => Ok(Some(text.clone())),
            (None, Some(new)) => plan.find(new),
            (None, None) => Ok(None),
        }
    }

    /// The text of the old key, where it is at hand.
    pub fn old_text(&self) -> Option<&Secret> {
        self.kept.as_ref().and_then(|record| record.replaced.as_ref()).or(self.given.as_ref())
    }

    /// Makes the new key. First brings to their ends the requests of earlier
    /// processes, and tells what came of them. `listing` is the environment's,
    /// from just before.
    ///
    /// # Errors
    /// With a message that says whether a key exists now. If none does the rotation is over.
    pub fn create(
        mut self,
        dashboard: &Dashboard,
        listing: &Listing,
    ) -> Result<(Self, Vec<Recovered>), Failure> {
        let plan = &self.journal.progress.plan;
        let creation = create::Plan {
            project: plan.project,
            key: plan.new.clone(),
            destinations: plan.destinations.clone(),
            rotation: Some(plan.old.id),
        };
        let created = self
            .recover(dashboard, listing)
            .and_then(|recovered| match self.old_status(dashboard, listing)? {
                KeyStatus::Live => Ok(recovered),
                _ => {
                    let message = "The key has been revoked";
                    Err(Failure::new(Kind::NotFound, message).state("Nothing was created"))
                }
            })
            .and_then(|recovered| {
                for destination in &creation.destinations {
                    destination
                        .storage()
                        .preflight()
                        .map_err(|why| why.state("Nothing was created"))?;
                }
                Ok(recovered)
            })
            .and_then(|recovered| {
                let creation = create::create(dashboard, &self.folder, creation, listing)?;
                Ok((creation, recovered))
            });
        match created {
            Ok((creation, recovered)) => {
                let new = creation.key.clone();
                self.kept = Some(creation.into_record());
                self.note(Event::Created, Details { new: Some(new), ..Details::default() })?;
                Ok((self, recovered))
            }
            Err(failure) => {
                let old = self.journal.progress.plan.old.id;
                let open = creations::of_rotation(&self.folder, old);
                let failure = failure.state("The key that was to be replaced is as it was");
                if open.is_ok_and(|records| records.is_empty()) {
                    self.journal.close()?;
                    return Err(failure);
                }
                Err(failure.hint(Hint::from(suggestions::resume(old)).text(" continues")))
            }
        }
    }

    /// Brings requests that got no answer to their ends.
    fn recover(&self, dashboard: &Dashboard, listing: &Listing) -> Result<Vec<Recovered>, Failure> {
        let mut all = Vec::new();
        for record in creations::of_rotation(&self.folder, self.journal.progress.plan.old.id)? {
            let recovered = recover::recover_unanswered(dashboard, record, listing)?;
            match &recovered {
                Recovered::RolledBack(key, outcome) if !outcome.is_dead() => {
                    let undone = create::describe_undo(key, outcome);
                    let message =
                        format!("The key of an earlier request is not out of the way: {undone}");
                    return Err(Failure::new(Kind::Unavailable, message).hint("Try again"));
                }
                Recovered::NothingToDo => {}
                _ => all.push(recovered),
            }
        }
        Ok(all)
    }

    /// Puts the new key into its destinations. Those that don't take it are given up with
    /// `leave`, where another one does. Then asks for the old key's `last_call`.
    ///
    /// # Errors
    /// If its text is lost, or can't be kept any longer. What failed for a destination is in the
    /// [`Placement`].
    pub fn store(
        &mut self,
        leave: bool,
        last_call: impl FnOnce() -> Option<LastCall>,
    ) -> Result<Placement, Failure> {
        let Progress { plan, .. } = &self.journal.progress;
        // A destination that can't be looked at is no source of it either.
        let Some(new) = self.find_new_text().ok().flatten() else {
            return Err(Failure::new(
                Kind::Failed,
                "The text of the new key is no longer on this machine, and it was not stored everywhere",
            )
            .hint(
                Hint::from(suggestions::abort(plan.old.id))
                    .text(" revokes it, and puts the old key back"),
            )
            .hint(self.recovery_hint()));
        };
        if let Some(record) = &mut self.kept
            && record.replaced.is_none()
            && let Some(old) = plan.find(&plan.old)?.or(self.given.clone())
        {
            record.replacing(&old)?;
        }
        let (mut placement, mut left) = (Placement::default(), Vec::new());
        let mut in_the_way = false;
        for (number, destination) in plan.destinations.iter().enumerate() {
            let stored = destination.store(plan.new.key_type, &new);
            if stored.is_err() {
                // What still has the old key would fail with it.
                let old = destination.storage().find(&plan.old).ok().flatten();
                in_the_way |= old.is_some();
                left.push(number);
            }
            placement.add(destination.clone(), stored);
        }
        let leave = leave && !placement.stored.is_empty() && !in_the_way;
        if left.is_empty() || leave {
            let details = Details { left, last_call: last_call(), ..Details::default() };
            self.note(Event::Stored, details)?;
        }
        Ok(placement)
    }

    /// What ends a rotation that can't go either way.
    pub fn recovery_hint(&self) -> Hint {
        let Progress { plan, new, .. } = &self.journal.progress;
        suggestions::recovery_hint(plan.old.id, new.as_ref().map(|new| new.id))
    }

    /// The destinations that should have the new key, as far as they can be looked into,
    /// and do not. Where there are any, they are to be stored into again.
    ///
    /// # Errors
    /// If the keychain can't be read now, and is not to be given up (`leave`).
    pub fn displaced(&mut self, leave: bool) -> Result<Vec<Destination>, Failure> {
        let Progress { plan, new, .. } = &self.journal.progress;
        let mut missing = Vec::new();
        for destination in
            plan.destinations.iter().filter(|destination| destination.can_be_resumed())
        {
            let found = new.as_ref().map_or(Ok(None), |new| destination.storage().find(new));
            match (found, destination) {
                (Ok(Some(_)), _) => {}
                // Locked now, it says nothing of what it holds. A file is stored into again.
                (Err(why), Destination::Keychain(entry)) if !leave => {
                    let destination = entry.describe();
                    return Err(
                        why.context(format!("Whether {destination} has the new key is not known"))
                    );
                }
                _ => missing.push(destination.clone()),
            }
        }
        if !missing.is_empty() {
            self.note(Event::Displaced, Details::default())?;
        }
        Ok(missing)
    }

    /// The new key was made and stored on another machine.
    ///
    /// # Errors
    /// If that can't be noted.
    pub fn adopt(&mut self, new: ListedKey) -> Result<(), Failure> {
        let details = Details { new: Some(new), in_use: true, ..Details::default() };
        self.note(Event::Adopted, details)
    }

    /// What reads the destinations of the key has been told, if there is something
    /// (`in_use`), at `server_time`, by the service's clock.
    ///
    /// # Errors
    /// If that can't be noted.
    pub fn deployed(&mut self, server_time: Option<i64>, in_use: bool) -> Result<(), Failure> {
        self.note(Event::Deployed, Details { server_time, in_use, ..Details::default() })
    }

    /// The service accepts the new key.
    ///
    /// # Errors
    /// If that can't be noted.
    pub fn verified(&mut self) -> Result<(), Failure> {
        self.note(Event::Verified, Details::default())
    }

    /// Nothing is waited for any more.
    ///
    /// # Errors
    /// If that can't be noted.
    pub fn idle(&mut self) -> Result<(), Failure> {
        self.note(Event::Idle, Details::default())
    }

    /// Revokes the old key, where that is permitted and the new one is live, and proves
    /// it. `listing` is the environment's, from just now.
    ///
    /// # Errors
    /// If the old key is not known to be dead.
    pub fn revoke(
        &mut self,
        _permit: Permit,
        dashboard: &Dashboard,
        listing: &Listing,
    ) -> Result<Outcome, Failure> {
        let plan = self.journal.progress.plan.clone();
        match self.new_status(dashboard, listing)? {
            KeyStatus::Live => {}
            KeyStatus::Revoked => {
                let message = "The new key has been revoked";
                return Err(
                    Failure::new(Kind::Failed, message).hint(suggestions::go_back(plan.old.id))
                );
            }
            KeyStatus::Unknown | KeyStatus::Undetermined => {
                let message = "Whether the new key is live is not known";
                return Err(Failure::new(Kind::Unavailable, message));
            }
        }
        let outcome = match self.old_status(dashboard, listing)? {
            KeyStatus::Revoked => {
                revoke::prove(dashboard, Outcome::AlreadyRevoked, self.old_text())
            }
            _ => {
                let (project, text) = (plan.project, self.old_text());
                revoke::revoke_and_prove(dashboard, project, &plan.old, text)
            }
        };
        Err(match outcome {
            Outcome::Revoked | Outcome::AlreadyRevoked => {
                self.note(Event::Revoked, Details::default())?;
                return Ok(outcome);
            }
            Outcome::StillLive(error) => Failure::from(error).context("The old key is still live"),
            Outcome::StillAccepted => {
                let message = "The service no longer lists the old key, but still accepts it";
                Failure::new(Kind::Unavailable, message)
            }
            Outcome::NotTried => Failure::new(Kind::Failed, "The old key was not revoked"),
            Outcome::Unproven(why) => {
                let message = format!("Whether the old key is revoked is not known: {why}");
                Failure::new(Kind::Unavailable, message)
            }
        })
    }

    /// Forgets the rotation, and the keys' texts first.
    ///
    /// # Errors
    /// If something can't be removed.
    pub fn close(mut self) -> std::io::Result<()> {
        if let Some(kept) = self.kept.take() {
            kept.close()?;
        }
        creations::remove_of_rotation(&self.folder, self.journal.progress.plan.old.id)?;
        self.journal.close()
    }

    fn note(&mut self, event: Event, details: Details) -> Result<(), Failure> {
        self.journal.note(event, details).map_err(|error| self.unwritable(&error))
    }

    fn unwritable(&self, error: &std::io::Error) -> Failure {
        let message =
            format!("The state folder {} can't be written: {error}.", self.folder.display());
        let resume = suggestions::resume(self.journal.progress.plan.old.id);
        Failure::new(Kind::Failed, message)
            .hint(Hint::from(resume).text(" continues when that is fixed"))
    }
}
