//! The state of a rotation, and what changes it: a pure function, which the
//! process that works and the one that recovers both go through.
//!
//! ```text
//! planned → created → stored → deployed → verified → idle → revoked
//!    └─────────┴─────────┴─────────┴──────────┴───────┴→ aborting → restored → aborted
//! ```
//!
//! The old key is revoked at the end of the first line and nowhere else, so that it never is
//! before its replacement was stored and verified. If it is found to be revoked while the
//! second line leads back to it, the new key is all there is, and the rotation goes forward again.
//! If a destination is found without the new key, the rotation stores the key again first. If
//! both keys are revoked, it is over.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The state of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Written down. Nobody has a new key.
    Planned,
    /// The new key exists; its text is kept on disk, and is nowhere else for
    /// sure.
    Created,
    /// The new key is in all its destinations.
    Stored,
    /// What reads those destinations has been told.
    Deployed,
    /// The service accepts the new key.
    Verified,
    /// Nothing is waited for any more.
    Idle,
    /// The old key is revoked. The end.
    Revoked,
    /// On the way back: the destinations may have either key.
    Aborting,
    /// On the way back: no destination has the new key.
    Restored,
    /// The new key is revoked. The other end.
    Aborted,
    /// Somebody revoked both keys. The end, too.
    Lost,
}

/// What can happen to a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The service made the new key, and it is kept.
    Created,
    /// The new key was made and stored by a run on another machine.
    Adopted,
    /// Every destination was written, and read back.
    Stored,
    /// The deployment command ended well, or a person said that it is done, or
    /// there is nothing to do.
    Deployed,
    /// The service accepts the new key, or its verification was skipped by name.
    Verified,
    /// The old key has been idle for as long as was asked.
    Idle,
    /// A destination was found that does not have the new key any more.
    Displaced,
    /// The old key is revoked.
    Revoked,
    /// It was asked to go back.
    AbortBegun,
    /// No destination has the new key any more.
    Restored,
    /// The new key is revoked, or never existed.
    NewRevoked,
    /// On the way back the old key was found to be revoked.
    OldGone,
    /// Both keys were found to be revoked.
    BothGone,
}

impl Event {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Created,
        Self::Adopted,
        Self::Stored,
        Self::Deployed,
        Self::Verified,
        Self::Idle,
        Self::Displaced,
        Self::Revoked,
        Self::AbortBegun,
        Self::Restored,
        Self::NewRevoked,
        Self::OldGone,
        Self::BothGone,
    ];
}

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Make the new key.
    Create,
    /// Put it into its destinations.
    Store,
    /// Have it used.
    Deploy,
    /// Find out whether the service accepts it.
    Verify,
    /// Wait until nothing uses the old one.
    AwaitIdle,
    /// Revoke the old one.
    Revoke,
    /// Put the old one back.
    Restore,
    /// Revoke the new one.
    RevokeNew,
    /// Forget the rotation.
    Close,
}

impl State {
    /// What is to be done in this state. There is something in every one, so
    /// that no log can end where nothing goes on.
    pub fn step(self) -> Step {
        match self {
            Self::Planned => Step::Create,
            Self::Created => Step::Store,
            Self::Stored => Step::Deploy,
            Self::Deployed => Step::Verify,
            Self::Verified => Step::AwaitIdle,
            Self::Idle => Step::Revoke,
            Self::Aborting => Step::Restore,
            Self::Restored => Step::RevokeNew,
            Self::Revoked | Self::Aborted | Self::Lost => Step::Close,
        }
    }

    /// Whether `step` lies behind it.
    pub fn is_past(self, step: Step) -> bool {
        const FORWARD: [Step; 7] = [
            Step::Create,
            Step::Store,
            Step::Deploy,
            Step::Verify,
            Step::AwaitIdle,
            Step::Revoke,
            Step::Close,
        ];
        let destination = |step: Step| FORWARD.iter().position(|forward| *forward == step);
        // On the way back all of them do.
        destination(self.step())
            .is_none_or(|now| destination(step).is_some_and(|asked| asked < now))
    }

    /// Whether the rotation leads back to the old key.
    pub fn is_aborting(self) -> bool {
        matches!(self, Self::Aborting | Self::Restored)
    }

    /// The name in journals and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Created => "created",
            Self::Stored => "stored",
            Self::Deployed => "deployed",
            Self::Verified => "verified",
            Self::Idle => "idle",
            Self::Revoked => "revoked",
            Self::Aborting => "aborting",
            Self::Restored => "restored",
            Self::Aborted => "aborted",
            Self::Lost => "lost",
        }
    }
}

impl Step {
    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Store => "store",
            Self::Deploy => "deploy",
            Self::Verify => "verify",
            Self::AwaitIdle => "await_idle",
            Self::Revoke => "revoke",
            Self::Restore => "restore",
            Self::RevokeNew => "revoke_new",
            Self::Close => "close",
        }
    }
}

/// An event that can't happen in a state: the log, or this program, is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IllegalTransition {
    /// Where the rotation stood.
    pub state: State,
    /// What was to have happened.
    pub event: Event,
}

impl fmt::Display for IllegalTransition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{:?}` can't happen to a rotation that is {:?}", self.event, self.state)
    }
}

impl std::error::Error for IllegalTransition {}

/// The state of a rotation after `event`.
///
/// # Errors
/// If `event` can't happen in `state`.
pub fn next(state: State, event: Event) -> Result<State, IllegalTransition> {
    use Event as E;
    use State as S;
    Ok(match (state, event) {
        (S::Planned, E::Created) => S::Created,
        (S::Planned, E::Adopted) => S::Stored,
        (S::Created, E::Stored) => S::Stored,
        (S::Stored, E::Deployed) => S::Deployed,
        (S::Deployed, E::Verified) => S::Verified,
        (S::Verified, E::Idle) => S::Idle,
        (S::Idle, E::Revoked) => S::Revoked,
        (S::Stored | S::Deployed | S::Verified | S::Idle, E::Displaced) => S::Created,
        (
            S::Planned | S::Created | S::Stored | S::Deployed | S::Verified | S::Idle,
            E::AbortBegun,
        ) => S::Aborting,
        (S::Aborting, E::Restored) => S::Restored,
        (S::Restored, E::NewRevoked) => S::Aborted,
        (S::Aborting | S::Restored, E::OldGone) => S::Created,
        (
            S::Created
            | S::Stored
            | S::Deployed
            | S::Verified
            | S::Idle
            | S::Aborting
            | S::Restored,
            E::BothGone,
        ) => S::Lost,
        (state, event) => return Err(IllegalTransition { state, event }),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    const STATES: [State; 11] = [
        State::Planned,
        State::Created,
        State::Stored,
        State::Deployed,
        State::Verified,
        State::Idle,
        State::Revoked,
        State::Aborting,
        State::Restored,
        State::Aborted,
        State::Lost,
    ];

    #[test]
    fn no_event_is_missing_from_the_list_of_all() {
        // serde names every variant where a text is none of them.
        let error = serde_json::from_str::<Event>("\"?\"").unwrap_err().to_string();
        let (_, names) = error.split_once("expected one of ").unwrap();
        let names = names.split('`').skip(1).step_by(2);
        let listed = Event::ALL.map(|event| serde_json::to_value(event).unwrap());
        assert_eq!(names.collect::<Vec<_>>(), listed);
    }

    fn legal(state: State) -> Vec<Event> {
        Event::ALL.into_iter().filter(|event| next(state, *event).is_ok()).collect()
    }

    /// A log that a rotation could leave: at each point one of the events that
    /// are legal there.
    fn logs() -> impl Strategy<Value = Vec<Event>> {
        proptest::collection::vec(any::<Index>(), 0..24).prop_map(|choices| {
            let (mut state, mut log) = (State::Planned, Vec::new());
            for choice in choices {
                let legal = legal(state);
                if legal.is_empty() {
                    break;
                }
                let event = legal[choice.index(legal.len())];
                state = next(state, event).unwrap();
                log.push(event);
            }
            log
        })
    }

    fn replay(log: &[Event]) -> Result<State, IllegalTransition> {
        log.iter().try_fold(State::Planned, |state, event| next(state, *event))
    }

    proptest! {
        #[test]
        fn every_prefix_of_a_legal_log_goes_on(log in logs()) {
            let mut live = State::Planned;
            for length in 0..=log.len() {
                let state = replay(&log[..length]).unwrap();
                prop_assert_eq!(state, live, "replay differs from what happened");
                // Only where it is over is there nothing more that can happen.
                prop_assert_eq!(legal(state).is_empty(), state.step() == Step::Close);
                if let Some(event) = log.get(length) {
                    live = next(live, *event).unwrap();
                }
            }
        }

        #[test]
        fn the_old_key_is_revoked_only_behind_its_verified_replacement(log in logs()) {
            if let Some(end) = log.iter().position(|event| *event == Event::Revoked) {
                // What was undone since does not count.
                let undone = |event: &Event| [Event::OldGone, Event::Displaced].contains(event);
                let begun = log[..end].iter().rposition(undone);
                let since = &log[begun.unwrap_or(0)..end];
                prop_assert!(since.contains(&Event::Verified));
                prop_assert!(since.contains(&Event::Stored) || since.contains(&Event::Adopted));
                prop_assert!(!since.contains(&Event::AbortBegun));
            }
        }

        #[test]
        fn an_event_out_of_place_is_an_error(log in logs(), event in any::<Index>()) {
            let state = replay(&log).unwrap();
            let event = Event::ALL[event.index(Event::ALL.len())];
            let expected = legal(state).contains(&event);
            prop_assert_eq!(next(state, event).is_ok(), expected);
            let mut longer = log;
            longer.push(event);
            prop_assert_eq!(replay(&longer).is_ok(), expected);
        }
    }

    #[test]
    fn every_state_but_the_ends_can_be_left_for_an_end() {
        for state in STATES {
            let mut reached = vec![state];
            while let Some(more) = reached
                .iter()
                .flat_map(|state| legal(*state).into_iter().map(|event| next(*state, event)))
                .find_map(|state| state.ok().filter(|state| !reached.contains(state)))
            {
                reached.push(more);
            }
            assert!(reached.iter().any(|state| state.step() == Step::Close), "{state:?}");
        }
    }

    #[test]
    fn the_table_of_transitions() {
        let transitions: Vec<_> = STATES
            .into_iter()
            .flat_map(|state| {
                legal(state).into_iter().map(move |event| {
                    format!("{state:?} + {event:?} = {:?}", next(state, event).unwrap())
                })
            })
            .collect();
        let expected = "\
            Planned + Created = Created\n\
            Planned + Adopted = Stored\n\
            Planned + AbortBegun = Aborting\n\
            Created + Stored = Stored\n\
            Created + AbortBegun = Aborting\n\
            Created + BothGone = Lost\n\
            Stored + Deployed = Deployed\n\
            Stored + Displaced = Created\n\
            Stored + AbortBegun = Aborting\n\
            Stored + BothGone = Lost\n\
            Deployed + Verified = Verified\n\
            Deployed + Displaced = Created\n\
            Deployed + AbortBegun = Aborting\n\
            Deployed + BothGone = Lost\n\
            Verified + Idle = Idle\n\
            Verified + Displaced = Created\n\
            Verified + AbortBegun = Aborting\n\
            Verified + BothGone = Lost\n\
            Idle + Displaced = Created\n\
            Idle + Revoked = Revoked\n\
            Idle + AbortBegun = Aborting\n\
            Idle + BothGone = Lost\n\
            Aborting + Restored = Restored\n\
            Aborting + OldGone = Created\n\
            Aborting + BothGone = Lost\n\
            Restored + NewRevoked = Aborted\n\
            Restored + OldGone = Created\n\
            Restored + BothGone = Lost";
        assert_eq!(transitions.join("\n"), expected);
    }
}
