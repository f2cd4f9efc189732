//! Waiting until the gateway has forgotten a revoked key.

use std::time::{Duration, Instant};

use crate::api::{Acceptance, ApiError, Dashboard};
use crate::ops::rotate::verification::origin_for;
use crate::secret::Secret;

/// How long the gateway may go on accepting a revoked key (contract, *What an
/// application meets*).
pub(super) const LONGEST: Duration = Duration::from_secs(125);

/// The pause between two questions whether it still does: each counts against the
/// project's rate.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// The pause before a refusal is asked for once more.
const ASK_TWICE: Duration = Duration::from_secs(1);

/// What is said before.
pub(super) const WAITING: &str =
    "Waiting until the gateway refuses what was revoked, for up to 125 seconds.";

/// Waits until the gateway refuses `key`, whose allowed domains are `domains`. Gives how long that
/// took; `None` if it did not for as long as it may take.
pub(super) fn until_refused(
    dashboard: &Dashboard,
    key: &Secret,
    domains: &[String],
) -> Option<Duration> {
    let begun = Instant::now();
    let origin = origin_for(domains);
    loop {
        let answer = dashboard.accepts(key, origin.as_deref());
        if is_refusal(&answer) {
            let time = begun.elapsed();
            // One alone can mean that the service's database is down, or come from
            // one of its processes only.
            std::thread::sleep(ASK_TWICE);
            if is_refusal(&dashboard.accepts(key, origin.as_deref())) {
                return Some(time);
            }
        }
        let left = LONGEST.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return None;
        }
        std::thread::sleep(left.min(ASK_AGAIN));
    }
}

fn is_refusal(answer: &Result<Acceptance, ApiError>) -> bool {
    matches!(answer, Ok(Acceptance::InvalidKey | Acceptance::RevokedKey))
}
