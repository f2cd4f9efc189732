//! Whether a key of a rotation may be revoked now: the old one at its end, or the new one
//! on the way back. One pure function over what was seen, whose answer
//! [`super::Rotation::revoke`] and [`super::Rotation::revoke_new`] demand.

use std::path::{Path, PathBuf};

use super::Rotation;
use super::idle::Idleness;
use super::journal::{LastCall, Progress, Said};
use crate::api::usage::{LastUse, Undetermined};
use crate::failure::Failure;
use crate::scan::Occurrence;

/// What was seen of a key just before its revocation, and what was said.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Where it occurs in the project's files.
    pub occurrences: Vec<Occurrence>,
    /// Files and folders of the project that could not be read.
    pub unread: Vec<PathBuf>,
    /// The files and folders that the user has named as exceptions
    /// (`--ignore-occurrence`).
    pub ignored: Vec<PathBuf>,
    /// Whether it has been idle for as long as was asked; `None` if that was not asked.
    pub idle: Option<Idleness>,
    /// Whether it was called with since the other key replaced it.
    pub called: Called,
    /// Whether a person who was shown its use has said that it is to be revoked.
    pub agreed: bool,
    /// Whether it has leaked: it is worse that it lives than that something fails.
    pub leaked: bool,
    /// Whether somebody else has revoked it: nothing is lost by noting that.
    pub revoked_already: bool,
}

/// What the usage logs say of the time since the other key replaced a key: the new one
/// was stored or, on the way back, the old one restored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Called {
    /// No call with it.
    No,
    /// At least one.
    Yes,
    /// The logs can't tell, or were not asked.
    #[default]
    CannotTell,
}

impl Called {
    /// What `last_use`, as the logs tell it now, says of the key that the rotation is about
    /// to revoke.
    pub fn since_replaced(progress: &Progress, last_use: LastUse) -> Self {
        // Where the logs could not tell then: what came after the new key was made, or the
        // old one was restored.
        let made = || progress.new.as_ref().and_then(|new| new.created_at);
        let before = match (progress.last_call, progress.state.is_aborting()) {
            (Some(LastCall { at }), _) => at,
            (None, false) => Some(made().unwrap_or(progress.begun)),
            (None, true) => Some(progress.restored_at.unwrap_or(progress.since)),
        };
        match (last_use.seen(), last_use.undetermined()) {
            (Some(at), _) if before.is_none_or(|before| at > before) => Self::Yes,
            // What the plan cuts off is older than what it shows.
            (_, None | Some(Undetermined::Plan)) => Self::No,
            (_, Some(_)) => Self::CannotTell,
        }
    }
}

impl LastCall {
    /// What `last_use` says just after the other key replaced it; `None` if it does not
    /// tell.
    pub fn known(last_use: LastUse) -> Option<Self> {
        match last_use.undetermined() {
            None | Some(Undetermined::Plan) => Some(Self { at: last_use.seen() }),
            Some(_) => None,
        }
    }
}

/// The permission to revoke a key. Only [`may_revoke`] gives one.
#[derive(Debug)]
pub struct Permit(());

/// Why a key may not be revoked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hold {
    /// It is in these files, or may be in those that could not be read.
    Files {
        /// Where it was found.
        occurrences: Vec<Occurrence>,
        /// What could not be read.
        unread: Vec<PathBuf>,
    },
    /// It was called with since the other key replaced it.
    Called,
    /// It has not been idle for as long as was asked.
    NotIdle,
    /// Whether it has been idle for as long as was asked is not known.
    CannotTell(Undetermined),
}

/// Whether a key may be revoked, by what was `seen` just now.
///
/// A file of the project counts unless the user named it. A call counts unless the key
/// has been idle since for as long as the user asked, or a person said so who was shown
/// it. Where the user asked for idleness, an answer that can't be had is no idleness.
///
/// # Errors
/// What forbids it, the files first.
pub fn may_revoke(seen: &Seen) -> Result<Permit, Hold> {
    if seen.leaked || seen.revoked_already {
        return Ok(Permit(()));
    }
    let (occurrences, unread) = remaining(seen);
    if !occurrences.is_empty() || !unread.is_empty() {
        return Err(Hold::Files { occurrences, unread });
    }
    match (seen.idle, seen.called) {
        (Some(Idleness::Idle), _) => Ok(Permit(())),
        (Some(Idleness::NotYet(_)), _) => Err(Hold::NotIdle),
        (Some(Idleness::Undetermined(why)), _) => Err(Hold::CannotTell(why)),
        (None, Called::Yes) if !seen.agreed => Err(Hold::Called),
        (None, _) => Ok(Permit(())),
    }
}

impl Rotation {
    /// Notes what has been `said` since the rotation began.
    ///
    /// # Errors
    /// If that can't be noted.
    pub fn note_said(&mut self, mut said: Said) -> Result<(), Failure> {
        said.ignored.retain(|path| !self.progress().plan.instructions.ignored.contains(path));
        if said == Said::default() {
            return Ok(());
        }
        self.journal.note_said(said).map_err(|error| self.unwritable(&error))
    }
}

/// Whether the file or folder at `path` is one of the `ignored`, or below one of them.
pub fn is_ignored(ignored: &[PathBuf], path: &Path) -> bool {
    ignored.iter().any(|ignored| path.starts_with(ignored))
}

/// What was found and what could not be read, but for the exceptions.
fn remaining(seen: &Seen) -> (Vec<Occurrence>, Vec<PathBuf>) {
    let counts = |path: &PathBuf| !is_ignored(&seen.ignored, path);
    let occurrences = seen.occurrences.iter().filter(|it| counts(&it.path)).cloned();
    (occurrences.collect(), seen.unread.iter().filter(|path| counts(path)).cloned().collect())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;
    use crate::ops::rotate::state::{Event, State, Step, next};
    use crate::scan::ByHand;

    fn file(number: u8) -> PathBuf {
        PathBuf::from(format!("/project/{}/{number}", number % 2))
    }

    fn ignored() -> impl Strategy<Value = Vec<PathBuf>> {
        let folder = (0u8..2).prop_map(|number| PathBuf::from(format!("/project/{number}")));
        proptest::collection::vec(prop_oneof![3 => (0u8..3).prop_map(file), 1 => folder], 0..3)
    }

    fn files() -> impl Strategy<Value = Vec<PathBuf>> {
        proptest::collection::vec((0u8..3).prop_map(file), 0..3)
    }

    fn occurrences() -> impl Strategy<Value = Vec<Occurrence>> {
        let rewritable = prop_oneof![
            Just(Ok("KEY".parse().unwrap())),
            Just(Err(ByHand::OtherFile)),
            Just(Err(ByHand::NotEditable("the text is not UTF-8".to_owned()))),
            Just(Err(ByHand::LongerValue(None))),
            Just(Err(ByHand::Comment)),
            Just(Err(ByHand::Name)),
        ];
        let one = (0u8..3, 1u64..9, rewritable).prop_map(|(number, line, rewritable)| Occurrence {
            path: file(number),
            line,
            column: 1,
            rewritable,
        });
        proptest::collection::vec(one, 0..3)
    }

    fn seen() -> impl Strategy<Value = Seen> {
        let idle = prop_oneof![
            Just(None),
            Just(Some(Idleness::Idle)),
            Just(Some(Idleness::NotYet(Duration::from_secs(1)))),
            Just(Some(Idleness::Undetermined(Undetermined::ManyKeys))),
        ];
        let called = prop_oneof![Just(Called::No), Just(Called::Yes), Just(Called::CannotTell)];
        let files = (occurrences(), files(), ignored());
        let flags = (any::<bool>(), proptest::bool::weighted(0.1), proptest::bool::weighted(0.1));
        (files, idle, called, flags).prop_map(
            |((occurrences, unread, ignored), idle, called, (agreed, leaked, revoked_already))| {
                Seen { occurrences, unread, ignored, idle, called, agreed, leaked, revoked_already }
            },
        )
    }

    /// Whether the tool can see the key in use, and nobody has said that it may end all
    /// the same; in the words of the promise, not by the function under test.
    fn is_visibly_used(seen: &Seen) -> bool {
        let named = |path: &PathBuf| {
            path.ancestors().any(|named| seen.ignored.iter().any(|ignored| ignored == named))
        };
        let in_a_file = seen.occurrences.iter().any(|it| !named(&it.path));
        let perhaps_in_a_file = !seen.unread.iter().all(named);
        let in_the_logs = match seen.idle {
            Some(idle) => idle != Idleness::Idle,
            None => seen.called == Called::Yes && !seen.agreed,
        };
        let matters = !seen.leaked && !seen.revoked_already;
        matters && (in_a_file || perhaps_in_a_file || in_the_logs)
    }

    proptest! {
        #[test]
        fn a_key_that_is_visibly_used_is_never_revoked(
            choices in proptest::collection::vec((any::<Index>(), seen()), 1..40),
        ) {
            const OTHERS: [Event; 11] = [
                Event::Created, Event::Adopted, Event::Stored, Event::Deployed, Event::Verified,
                Event::Idle, Event::Displaced, Event::AbortBegun, Event::Restored,
                Event::OldGone, Event::BothGone,
            ];
            let mut state = State::Planned;
            for (choice, seen) in choices {
                // At its step the driver asks, and goes by the answer; else anything that
                // can happen does.
                let revocation = match state.step() {
                    Step::Revoke => Some(Event::Revoked),
                    Step::RevokeNew => Some(Event::NewRevoked),
                    _ => None,
                };
                let permitted = revocation.filter(|_| may_revoke(&seen).is_ok());
                let event = if let Some(revocation) = permitted {
                    prop_assert!(!is_visibly_used(&seen), "{seen:?}");
                    revocation
                } else {
                    let can = OTHERS.into_iter().filter(|event| next(state, *event).is_ok());
                    let can: Vec<_> = can.collect();
                    if can.is_empty() {
                        break;
                    }
                    can[choice.index(can.len())]
                };
                state = next(state, event).unwrap();
            }
        }

        #[test]
        fn what_is_not_visibly_used_is_not_held(seen in seen()) {
            prop_assert_eq!(may_revoke(&seen).is_ok(), !is_visibly_used(&seen), "{:?}", seen);
        }
    }
}
