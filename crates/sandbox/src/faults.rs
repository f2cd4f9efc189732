//! Faults on demand, for tests: what a network and a service in trouble do to
//! an answer. They live in the memory of one server.

use std::sync::Mutex;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::timeout;

use super::store::lock;

/// A fault as it is planted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    /// Strikes only requests with this method; any where absent.
    #[serde(default)]
    method: Option<String>,
    /// Strikes only requests for this path, in which `*` stands for one
    /// segment; any where absent.
    #[serde(default)]
    path: Option<String>,
    /// Matching requests to let through first.
    #[serde(default)]
    skip: u64,
    /// How often to strike; 0 is without end.
    #[serde(default = "once")]
    times: u64,
    /// What happens.
    fault: Effect,
}

fn once() -> u64 {
    1
}

/// What a fault does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Effect {
    /// The request waits until it is released.
    Hold {
        /// Before or after its work.
        when: When,
    },
    /// The connection ends without an answer.
    Drop {
        /// Before or after its work.
        when: When,
    },
    /// Another status.
    Status {
        /// The status, 200 to 599.
        status: u16,
        /// Seconds for a `Retry-After` header.
        #[serde(default)]
        retry_after: Option<u64>,
        /// Instead of its work, or after it.
        #[serde(default)]
        when: When,
        /// The JSON that goes with it; an error that names the sandbox where absent.
        #[serde(default)]
        body: Option<serde_json::Value>,
    },
    /// The request waits before its work.
    Slow {
        /// How long.
        milliseconds: u64,
    },
    /// The answer announces its whole length and ends after half of it.
    Cut,
    /// A page instead of the answer, with status 200; the work is done.
    Html,
    /// A redirect instead of the work.
    Redirect {
        /// Where to.
        location: String,
    },
}

/// On which side of the work a fault strikes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum When {
    /// Nothing was done yet.
    #[default]
    Before,
    /// The work is committed.
    After,
}

/// A planted fault and what became of it, as it is listed.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Planted {
    #[serde(flatten)]
    fault: Fault,
    /// Matching requests so far.
    seen: u64,
    /// How many of them it struck.
    struck: u64,
}

/// A fault that strikes one request.
pub(super) struct Strike {
    /// What happens to it.
    pub(super) effect: Effect,
    /// The releases up to then: the next one frees the request.
    releases: u64,
}

/// The faults of one server.
pub(super) struct Faults {
    planted: Mutex<Vec<Planted>>,
    held: watch::Sender<usize>,
    releases: watch::Sender<u64>,
}

impl Faults {
    /// None.
    pub(super) fn new() -> Self {
        Self {
            planted: Mutex::new(Vec::new()),
            held: watch::Sender::new(0),
            releases: watch::Sender::new(0),
        }
    }

    /// Adds a fault. Where several match a request, the oldest strikes.
    ///
    /// # Errors
    /// A text that says what is wrong with it.
    pub(super) fn plant(&self, fault: Fault) -> Result<(), &'static str> {
        if let Effect::Status { status, .. } = fault.fault
            && !(200..=599).contains(&status)
        {
            return Err("a status is a number from 200 to 599");
        }
        lock(&self.planted).push(Planted { fault, seen: 0, struck: 0 });
        Ok(())
    }

    /// All that were planted and not cleared, also those that are used up.
    pub(super) fn list(&self) -> Vec<Planted> {
        lock(&self.planted).clone()
    }

    /// Whether none is planted.
    pub(super) fn is_empty(&self) -> bool {
        lock(&self.planted).is_empty()
    }

    /// Removes all and lets the held requests go on.
    pub(super) fn clear(&self) {
        let mut planted = lock(&self.planted);
        planted.clear();
        self.releases.send_modify(|releases| *releases += 1);
    }

    /// The fault that strikes this request, if one does.
    pub(super) fn strike(&self, method: &str, path: &str) -> Option<Strike> {
        let mut planted = lock(&self.planted);
        // Read under the lock, so that no release is missed in between.
        let releases = *self.releases.borrow();
        planted.iter_mut().filter(|planted| planted.fault.matches(method, path)).find_map(|it| {
            it.seen += 1;
            let due =
                it.seen > it.fault.skip && (it.fault.times == 0 || it.struck < it.fault.times);
            due.then(|| {
                it.struck += 1;
                Strike { effect: it.fault.fault.clone(), releases }
            })
        })
    }

    /// How many requests are being held now.
    pub(super) fn held(&self) -> usize {
        *self.held.borrow()
    }

    /// Counts a request as held for as long as the value lives.
    pub(super) fn holding(&self) -> Held<'_> {
        self.held.send_modify(|held| *held += 1);
        Held(&self.held)
    }

    /// Waits until the struck request is released, or for `longest`. Gives
    /// whether it was.
    pub(super) async fn is_released(&self, strike: &Strike, longest: Duration) -> bool {
        let mut releases = self.releases.subscribe();
        let released = releases.wait_for(|releases| *releases > strike.releases);
        timeout(longest, released).await.is_ok()
    }

    /// Waits until requests are held; how many, or `None` after `longest`.
    pub(super) async fn wait_for_held(&self, longest: Duration) -> Option<usize> {
        let mut held = self.held.subscribe();
        let count = timeout(longest, held.wait_for(|held| *held > 0)).await.ok()?.ok()?;
        Some(*count)
    }
}

impl Fault {
    fn matches(&self, method: &str, path: &str) -> bool {
        let same_method = self.method.as_deref().is_none_or(|it| it.eq_ignore_ascii_case(method));
        same_method && self.path.as_deref().is_none_or(|pattern| path_matches(pattern, path))
    }
}

fn path_matches(pattern: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    let all = pattern
        .split('/')
        .all(|wanted| segments.next().is_some_and(|segment| wanted == "*" || wanted == segment));
    all && segments.next().is_none()
}

/// Counts a held request until it goes on, or its client goes away.
pub(super) struct Held<'a>(&'a watch::Sender<usize>);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|held| *held -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planted(text: &str) -> Faults {
        let faults = Faults::new();
        faults.plant(serde_json::from_str(text).unwrap()).unwrap();
        faults
    }

    #[test]
    fn a_star_is_one_segment() {
        assert!(path_matches("/api/projects/*/api-keys", "/api/projects/1/api-keys"));
        assert!(!path_matches("/api/projects/*/api-keys", "/api/projects/1/api-keys/2"));
        assert!(!path_matches("/api/projects/*/api-keys", "/api/projects/api-keys"));
    }

    #[test]
    fn a_fault_skips_strikes_and_is_used_up() {
        let faults = planted(r#"{"method":"GET","skip":1,"times":2,"fault":{"kind":"cut"}}"#);
        assert!(faults.strike("POST", "/").is_none());
        let struck = (0..5).map(|_| faults.strike("GET", "/").is_some()).collect::<Vec<_>>();
        assert_eq!(struck, [false, true, true, false, false]);
        assert_eq!(faults.list()[0].struck, 2);
    }

    #[test]
    fn a_fault_without_end_ends_when_cleared() {
        let faults = planted(r#"{"times":0,"fault":{"kind":"slow","milliseconds":1}}"#);
        assert!((0..9).all(|_| faults.strike("GET", "/").is_some()));
        faults.clear();
        assert!(faults.strike("GET", "/").is_none());
    }

    #[test]
    fn what_is_misspelt_is_refused() {
        for text in [
            r#"{"fault":{"kind":"hold"}}"#,
            r#"{"fault":{"kind":"melt"}}"#,
            r#"{"methud":"GET","fault":{"kind":"cut"}}"#,
            r#"{"fault":{"kind":"slow","seconds":1}}"#,
        ] {
            assert!(serde_json::from_str::<Fault>(text).is_err(), "{text}");
        }
    }
}
