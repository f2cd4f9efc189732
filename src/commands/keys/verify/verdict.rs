//! What several answers about one key come to: no sockets, so that every case
//! can be tested.

use uuid::Uuid;

use crate::api::{Acceptance, ApiError, Validity};
use crate::key_status::KeyStatus;
use crate::listed_key::ListedKey;

/// Who can be asked about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// The dashboard, about the key itself; reads the database.
    Validate,
    /// The gateway's list of models; reads the database.
    Models,
    /// The AI routes, which remember keys for a while.
    Ai,
    /// The dashboard's list of live keys; reads the database.
    List,
}

impl Route {
    /// The name for programs.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Validate => "validate",
            Self::Models => "models",
            Self::Ai => "moderation",
            Self::List => "list",
        }
    }

    /// Whether it may still take a key that was revoked (contract, *What an
    /// application meets*).
    pub(super) fn may_lag(self) -> bool {
        self == Self::Ai
    }
}

/// Whether the key is in the list of a project.
#[derive(Debug)]
pub(super) enum Listed {
    /// Nobody is signed in, or no project is known.
    NotAsked,
    /// The list can't be read: the service is in trouble.
    Failed,
    /// There it is, in this project.
    Found(Box<ListedKey>, Uuid),
    /// It is not in a list that was read, or the project is another's: at least
    /// the database answers.
    Missing,
}

/// What each route said.
#[derive(Debug)]
pub(super) struct Answers {
    pub(super) validate: Result<Validity, ApiError>,
    pub(super) models: Result<Acceptance, ApiError>,
    /// Not asked unless needed: it counts against the project's rate.
    pub(super) ai: Option<Result<Acceptance, ApiError>>,
    pub(super) listed: Listed,
}

impl Answers {
    /// Whether one of the two that read the database knows the key. Where none
    /// does, a third should be asked: to an unknown key that is free.
    pub(super) fn are_definite(&self) -> bool {
        matches!(self.validate, Ok(Validity::Live { .. } | Validity::Revoked))
            || matches!(self.models, Ok(took) if took != Acceptance::InvalidKey)
    }
}

/// What they come to, and which of them decided. None does if it is undetermined.
///
/// `validate` and the list of models say "invalid" too while the service's
/// database is down, and neither alone is enough to call a key unknown. Both
/// are, unless something says that the database is in trouble.
pub(super) fn judge(answers: &Answers) -> (KeyStatus, Option<Route>) {
    use Acceptance::{Accepted, DomainNotAllowed, InvalidKey, NetworkDenied, RevokedKey};
    let Answers { validate, models, ai, listed } = answers;
    let live_to_ai = matches!(ai, Some(Ok(Accepted | DomainNotAllowed | NetworkDenied)));
    match (validate, models, listed) {
        (Ok(Validity::Revoked), _, _) => (KeyStatus::Revoked, Some(Route::Validate)),
        // Also where it was live a moment ago.
        (_, Ok(RevokedKey), _) => (KeyStatus::Revoked, Some(Route::Models)),
        (Ok(Validity::Live { .. }), Ok(Accepted) | Err(_), _) => {
            (KeyStatus::Live, Some(Route::Validate))
        }
        (_, _, Listed::Found(..)) => (KeyStatus::Live, Some(Route::List)),
        (Ok(Validity::Live { .. }), Ok(_), _) => (KeyStatus::Undetermined, None),
        (_, Ok(Accepted | DomainNotAllowed | NetworkDenied), _) => {
            (KeyStatus::Live, Some(Route::Models))
        }
        _ if matches!(ai, Some(Ok(RevokedKey))) => (KeyStatus::Revoked, Some(Route::Ai)),
        (Ok(Validity::Unknown), Ok(InvalidKey) | Err(_), Listed::Missing) => {
            (KeyStatus::Unknown, Some(Route::Validate))
        }
        (Err(_), Ok(InvalidKey), Listed::Missing) => (KeyStatus::Unknown, Some(Route::Models)),
        // What remembers keys would not remember one that never was.
        (Ok(Validity::Unknown), Ok(InvalidKey), Listed::NotAsked) if !live_to_ai => {
            (KeyStatus::Unknown, Some(Route::Validate))
        }
        (Err(_), Err(_), _) if live_to_ai => (KeyStatus::Live, Some(Route::Ai)),
        _ => (KeyStatus::Undetermined, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{Environment, KeyType};

    type Said = Result<Validity, ApiError>;
    type Took = Result<Acceptance, ApiError>;

    fn down() -> ApiError {
        ApiError::Interrupted { base: String::new(), cause: String::new() }
    }

    fn live() -> Said {
        Ok(Validity::Live { project: Uuid::nil(), slug: None, name: None, organization: None })
    }

    fn found() -> Listed {
        let key = ListedKey::sample("web", KeyType::Secret, Environment::Test, None);
        Listed::Found(Box::new(key), Uuid::nil())
    }

    fn of(
        validate: Said,
        models: Took,
        ai: Option<Took>,
        listed: Listed,
    ) -> (KeyStatus, Option<Route>) {
        judge(&Answers { validate, models, ai, listed })
    }

    #[test]
    fn answers_that_agree_decide() {
        use Listed::NotAsked;
        let accepted = || Ok(Acceptance::Accepted);
        assert_eq!(
            of(live(), accepted(), None, NotAsked),
            (KeyStatus::Live, Some(Route::Validate))
        );
        assert_eq!(of(live(), accepted(), None, found()), (KeyStatus::Live, Some(Route::Validate)));
        let invalid = Ok(Acceptance::InvalidKey);
        assert_eq!(of(live(), invalid, None, found()), (KeyStatus::Live, Some(Route::List)));
        for models in [Ok(Acceptance::InvalidKey), Ok(Acceptance::RevokedKey), Err(down())] {
            let revoked = of(Ok(Validity::Revoked), models, None, NotAsked);
            assert_eq!(revoked, (KeyStatus::Revoked, Some(Route::Validate)));
        }
    }

    #[test]
    fn one_invalid_alone_makes_no_key_unknown() {
        use Listed::{Failed, Missing, NotAsked};
        let (unknown, invalid) = (|| Ok(Validity::Unknown), || Ok(Acceptance::InvalidKey));
        assert_eq!(of(unknown(), Err(down()), None, NotAsked).0, KeyStatus::Undetermined);
        assert_eq!(of(Err(down()), invalid(), None, NotAsked).0, KeyStatus::Undetermined);
        for ai in [None, Some(Err(down())), Some(invalid())] {
            assert_eq!(of(unknown(), invalid(), ai, NotAsked).0, KeyStatus::Unknown);
        }
        let remembered = Some(Ok(Acceptance::Accepted));
        assert_eq!(
            of(unknown(), invalid(), remembered.clone(), NotAsked).0,
            KeyStatus::Undetermined
        );
        // Its record was removed, after it was revoked.
        assert_eq!(of(unknown(), invalid(), remembered, Missing).0, KeyStatus::Unknown);
        assert_eq!(of(unknown(), invalid(), None, Failed).0, KeyStatus::Undetermined);
        assert_eq!(of(unknown(), Err(down()), None, Missing).0, KeyStatus::Unknown);
        assert_eq!(of(Err(down()), invalid(), None, Missing).0, KeyStatus::Unknown);
        assert_eq!(of(Err(down()), Err(down()), None, Missing).0, KeyStatus::Undetermined);
        assert_eq!(of(unknown(), invalid(), None, found()), (KeyStatus::Live, Some(Route::List)));
    }

    #[test]
    fn the_gateway_stands_in_for_validate() {
        use Listed::NotAsked;
        let by_models = (KeyStatus::Live, Some(Route::Models));
        assert_eq!(of(Err(down()), Ok(Acceptance::Accepted), None, NotAsked), by_models);
        assert_eq!(of(Ok(Validity::Unknown), Ok(Acceptance::Accepted), None, NotAsked), by_models);
        let revoked = (KeyStatus::Revoked, Some(Route::Models));
        assert_eq!(of(Err(down()), Ok(Acceptance::RevokedKey), None, NotAsked), revoked);
        assert_eq!(of(live(), Ok(Acceptance::RevokedKey), None, NotAsked), revoked);
        assert_eq!(
            of(live(), Ok(Acceptance::InvalidKey), None, NotAsked).0,
            KeyStatus::Undetermined
        );
        assert_eq!(of(live(), Err(down()), None, NotAsked).0, KeyStatus::Live);
    }

    #[test]
    fn what_may_lag_decides_only_where_nothing_else_answers() {
        use Listed::NotAsked;
        let taken = || Some(Ok(Acceptance::DomainNotAllowed));
        let (state, route) = of(Err(down()), Err(down()), taken(), NotAsked);
        assert_eq!((state, route.map(Route::may_lag)), (KeyStatus::Live, Some(true)));
        let invalid = Some(Ok(Acceptance::InvalidKey));
        assert_eq!(of(Err(down()), Err(down()), invalid, NotAsked).0, KeyStatus::Undetermined);
        assert_eq!(
            of(Ok(Validity::Unknown), Err(down()), taken(), NotAsked).0,
            KeyStatus::Undetermined
        );
        assert_eq!(of(Ok(Validity::Revoked), Err(down()), taken(), NotAsked).0, KeyStatus::Revoked);
    }
}
