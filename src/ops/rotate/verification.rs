//! Whether the service accepts a key, asked of everything that has a say in it.

use std::thread;
use std::time::Duration;

use uuid::Uuid;

use super::suggestions;
use crate::api::{Acceptance, ApiError, Dashboard, Gateway, Validity, parallel};
use crate::domain::{Breadth, DomainPattern};
use crate::failure::{Failure, Kind};
use crate::secret::Secret;

/// How often the service is asked where the answer can be a passing fault.
const ATTEMPTS: u32 = 4;

/// The first pause between two attempts; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Why a key is not accepted.
enum Problem {
    /// It may be tomorrow: the service's database is down, or has not heard of the
    /// key yet.
    Passing(Failure),
    /// It will not be.
    Definite(Failure),
    /// It will not be, and nothing but going back helps.
    OfNoUse(String),
}

/// What the gateway makes of a key that the service knows.
pub enum Answer {
    /// It accepts it, also from this origin.
    Accepted(Option<String>),
    /// It does not answer this machine, which the project's network rules exclude:
    /// whether the key works where it is used can't be told from here.
    NetworkDenied,
}

/// Asks the service about `key`, then the gateway; where the key has domains, the
/// gateway also from an origin that they allow. `old` is the id of the key that it
/// replaces.
///
/// # Errors
/// Why it is not accepted, after some tries where that can pass.
pub fn verify(
    dashboard: &Dashboard,
    gateway: &Gateway,
    project: Uuid,
    key: &Secret,
    domains: &[String],
    old: Uuid,
) -> Result<Answer, Failure> {
    let origin = origin_for(domains);
    let mut attempt = 0;
    loop {
        match ask(dashboard, gateway, project, key, origin.as_deref()) {
            Ok(true) => return Ok(Answer::Accepted(origin)),
            Ok(false) => return Ok(Answer::NetworkDenied),
            Err(Problem::Definite(failure)) => return Err(failure),
            Err(Problem::OfNoUse(message)) => {
                return Err(Failure::new(Kind::Failed, message).hint(suggestions::go_back(old)));
            }
            Err(Problem::Passing(failure)) if attempt + 1 == ATTEMPTS => return Err(failure),
            Err(Problem::Passing(_)) => thread::sleep(FIRST_PAUSE * 2u32.pow(attempt)),
        }
        attempt += 1;
    }
}

/// Whether it is accepted; `false` if the gateway does not answer this machine.
fn ask(
    dashboard: &Dashboard,
    gateway: &Gateway,
    project: Uuid,
    key: &Secret,
    origin: Option<&str>,
) -> Result<bool, Problem> {
    // None depends on another one's answer.
    let (validity, models, from_origin) = thread::scope(|scope| {
        let validity = scope.spawn(|| dashboard.validity(key));
        let from_origin =
            origin.map(|origin| scope.spawn(move || dashboard.accepts(key, Some(origin))));
        let models = gateway.lists_models(key);
        (parallel::joined(validity), models, from_origin.map(parallel::joined))
    });
    match validity.map_err(problem)? {
        Validity::Live { project: of, .. } if of == project => {}
        Validity::Live { project: of, .. } => {
            return Err(of_no_use(format!("The new key belongs to another project, {of}")));
        }
        Validity::Revoked => {
            return Err(of_no_use("The new key has been revoked"));
        }
        Validity::Unknown => return Err(passing("The service does not know the new key")),
    }
    let accepted_here = accepted(models.map_err(problem)?)?;
    let from_origin = from_origin.map_or(Ok(true), |answer| accepted(answer.map_err(problem)?))?;
    Ok(accepted_here && from_origin)
}

fn accepted(acceptance: Acceptance) -> Result<bool, Problem> {
    match acceptance {
        Acceptance::Accepted => Ok(true),
        // Where the key is used from, others may be allowed.
        Acceptance::NetworkDenied => Ok(false),
        // Also its answer while its database is down.
        Acceptance::InvalidKey => Err(passing("The gateway does not accept the new key")),
        Acceptance::RevokedKey => Err(of_no_use("The gateway calls the new key revoked")),
        Acceptance::DomainNotAllowed => {
            Err(of_no_use("The gateway does not accept the new key from one of its own domains"))
        }
    }
}

fn problem(error: ApiError) -> Problem {
    let failure = Failure::from(error).context("The new key can't be verified");
    match failure.kind {
        Kind::Unavailable => Problem::Passing(failure),
        _ => Problem::Definite(failure),
    }
}

fn passing(message: &str) -> Problem {
    Problem::Passing(Failure::new(Kind::Unavailable, message))
}

fn of_no_use(message: impl std::fmt::Display) -> Problem {
    Problem::OfNoUse(message.to_string())
}

/// An origin that one of `domains` admits, if one admits any.
pub fn origin_for(domains: &[String]) -> Option<String> {
    domains.iter().find_map(|domain| origin_of(domain))
}

/// An origin that `domain`, as the service stores it, admits. `None` if it admits none (contract,
/// *Origin check*).
fn origin_of(domain: &str) -> Option<String> {
    let pattern = DomainPattern::parse(domain, Breadth::AllowBroad).ok()?;
    // The service compares what it has, letter by letter.
    (pattern.as_str() == domain).then(|| format!("https://{}", domain.trim_start_matches("*.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_one_that_the_pattern_admits() {
        assert_eq!(origin_of("*.myapp.com").as_deref(), Some("https://myapp.com"));
        assert_eq!(origin_of("localhost").as_deref(), Some("https://localhost"));
        assert_eq!(origin_of("[::1]").as_deref(), Some("https://[::1]"));
        for never in ["MyApp.com", "https://myapp.com", "myapp.com:3000", "*", ""] {
            assert_eq!(origin_of(never), None, "{never}");
        }
    }
}
