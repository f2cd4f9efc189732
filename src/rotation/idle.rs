//! When a key counts as idle: a pure function, so that every clock can be tried.

use std::time::Duration;

/// How long a key must be watched further before it counts as idle; `None` where
/// it does.
///
/// All times but `needed` are the service's, in seconds since 1970. Counted from
/// the last call or from the deployment, whatever came later: before it, silence
/// says nothing about who has the old key. A time ahead of `now` counts as now.
pub fn remaining(
    now: i64,
    last_call: Option<i64>,
    deployed_at: Option<i64>,
    needed: Duration,
) -> Option<Duration> {
    let start = last_call.max(deployed_at)?.min(now);
    let passed = Duration::from_secs(u64::try_from(now.saturating_sub(start)).unwrap_or(0));
    needed.checked_sub(passed).filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDED: Duration = Duration::from_secs(900);

    fn left(now: i64, last_call: Option<i64>, deployed_at: Option<i64>) -> Option<u64> {
        remaining(now, last_call, deployed_at, NEEDED).map(|left| left.as_secs())
    }

    #[test]
    fn idle_is_counted_from_the_later_of_call_and_deployment() {
        assert_eq!(left(10_000, Some(9_900), Some(9_000)), Some(800));
        assert_eq!(left(10_000, Some(9_000), Some(9_900)), Some(800));
        assert_eq!(left(10_000, None, Some(9_900)), Some(800));
        assert_eq!(left(10_000, Some(9_100), Some(9_000)), None);
        assert_eq!(left(10_000, None, None), None);
    }

    #[test]
    fn a_clock_that_was_set_back_makes_it_longer_never_shorter() {
        assert_eq!(left(10_000, Some(99_999), Some(9_000)), Some(900));
        assert_eq!(left(i64::MIN, Some(i64::MAX), None), Some(900));
        assert_eq!(left(i64::MAX, Some(i64::MIN), None), None);
    }
}
