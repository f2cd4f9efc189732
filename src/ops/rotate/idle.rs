//! When a key counts as idle: a pure function, so that every clock can be tried.

use std::time::Duration;

use crate::api::usage::{LastUse, Undetermined};

/// What the logs say of a key that is to be idle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idleness {
    /// It has been idle for as long as was asked.
    Idle,
    /// It would be, if nobody called for so long.
    NotYet(Duration),
    /// They can't tell.
    Undetermined(Undetermined),
}

/// Whether a key has been idle for `needed`.
///
/// All times but `needed` are the service's, in seconds since 1970. Counted from
/// the last use or from the deployment, whatever came later: before it, silence
/// says nothing about who has the old key. A time ahead of `now` counts as now.
pub fn judge(now: i64, last_use: LastUse, deployed_at: Option<i64>, needed: Duration) -> Idleness {
    if let Some(why) = last_use.undetermined() {
        return Idleness::Undetermined(why);
    }
    let last_use = last_use.seen().map(|at| at.as_second());
    let Some(start) = last_use.max(deployed_at) else { return Idleness::Idle };
    let passed = now.saturating_sub(start.min(now));
    let passed = Duration::from_secs(u64::try_from(passed).unwrap_or(0));
    match needed.checked_sub(passed).filter(|left| !left.is_zero()) {
        Some(left) => Idleness::NotYet(left),
        None => Idleness::Idle,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    const NEEDED: Duration = Duration::from_secs(900);

    fn used(at: Option<i64>) -> LastUse {
        at.map_or(LastUse::Unused, |at| LastUse::At(Timestamp::from_second(at).unwrap()))
    }

    fn left(now: i64, last_use: Option<i64>, deployed_at: Option<i64>) -> Option<u64> {
        match judge(now, used(last_use), deployed_at, NEEDED) {
            Idleness::Idle => None,
            Idleness::NotYet(left) => Some(left.as_secs()),
            Idleness::Undetermined(why) => panic!("{why}"),
        }
    }

    #[test]
    fn idle_is_counted_from_the_later_of_use_and_deployment() {
        assert_eq!(left(10_000, Some(9_900), Some(9_000)), Some(800));
        assert_eq!(left(10_000, Some(9_000), Some(9_900)), Some(800));
        assert_eq!(left(10_000, None, Some(9_900)), Some(800));
        assert_eq!(left(10_000, Some(9_100), Some(9_000)), None);
        assert_eq!(left(10_000, None, None), None);
    }

    #[test]
    fn a_clock_that_was_set_back_makes_it_longer_never_shorter() {
        assert_eq!(left(10_000, Some(99_999), Some(9_000)), Some(900));
        assert_eq!(left(i64::MIN, Some(99_999), None), Some(900));
        assert_eq!(left(i64::MAX, Some(0), None), None);
    }

    proptest! {
        #[test]
        fn what_the_logs_can_not_tell_is_never_idle(
            now in 0_i64..10_000, seen in proptest::option::of(0_i64..10_000),
            deployed_at in proptest::option::of(0_i64..10_000), needed in 0_u64..10_000,
        ) {
            let seen = seen.map(|at| Timestamp::from_second(at).unwrap());
            let why = Undetermined::ManyKeys;
            let last_use = LastUse::Undetermined { seen, why };
            let idleness = judge(now, last_use, deployed_at, Duration::from_secs(needed));
            prop_assert_eq!(idleness, Idleness::Undetermined(why));
        }
    }
}
