//! Whether a call is made again, as a function of what happened: no clock, no
//! sockets, so that every case can be tested.

use std::time::Duration;

use super::ApiError;

/// How often a call is made at the most.
const ATTEMPTS: u32 = 4;

/// The first pause; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The longest pause that a `Retry-After` can ask for. Beyond it the person is
/// told instead of kept waiting.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How long to wait before attempt number `attempt + 1`, or `None` if the error stands.
///
/// Only a `GET` is ever sent twice: a POST that got no answer may have made a
/// key, and a PATCH that did its work fails when repeated (contract, *Key
/// management*). `left` is what remains of the call's time; a pause that would
/// use it up is not begun.
pub fn pause(method: &str, attempt: u32, error: &ApiError, left: Duration) -> Option<Duration> {
    let passing = match error {
        ApiError::Unreachable { .. } | ApiError::Interrupted { .. } => true,
        ApiError::Refused { status, .. } => matches!(status, 429 | 500 | 502 | 503 | 504),
        ApiError::Unintelligible { status, .. } => matches!(status, 502..=504),
        ApiError::Redirected { .. } | ApiError::Contradicted { .. } => false,
    };
    if method != "GET" || attempt >= ATTEMPTS || !passing {
        return None;
    }
    let asked = match error {
        ApiError::Refused { retry_after, .. } => *retry_after,
        _ => None,
    };
    let pause = match asked {
        Some(asked) if asked > LONGEST_PAUSE => return None,
        Some(asked) => asked,
        None => FIRST_PAUSE * 2u32.pow(attempt - 1),
    };
    (pause < left).then_some(pause)
}

/// How long all calls to the service should wait because of what one of them
/// was told: a 429 with a `Retry-After` that a call would be made again after.
pub fn pause_for_all(error: &ApiError) -> Option<Duration> {
    match error {
        ApiError::Refused { status: 429, retry_after: Some(asked), .. } => {
            Some(*asked).filter(|asked| *asked <= LONGEST_PAUSE)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn refused(status: u16, retry_after: Option<u64>) -> ApiError {
        let retry_after = retry_after.map(Duration::from_secs);
        ApiError::Refused { status, message: String::new(), retry_after }
    }

    fn interrupted() -> ApiError {
        ApiError::Interrupted { base: String::new(), cause: String::new() }
    }

    #[test]
    fn only_a_get_is_sent_twice() {
        for method in ["POST", "PATCH", "DELETE", "PUT"] {
            assert_eq!(pause(method, 1, &refused(503, None), MINUTE), None, "{method}");
            assert_eq!(pause(method, 1, &interrupted(), MINUTE), None, "{method}");
        }
        assert_eq!(pause("GET", 1, &interrupted(), MINUTE), Some(FIRST_PAUSE));
    }

    #[test]
    fn pauses_double_and_end() {
        let pauses: Vec<_> =
            (1..=5).map(|n| pause("GET", n, &refused(503, None), MINUTE)).collect();
        let expected = [Some(200), Some(400), Some(800), None, None];
        assert_eq!(pauses, expected.map(|pause| pause.map(Duration::from_millis)));
    }

    #[test]
    fn a_definite_answer_is_not_asked_for_again() {
        for status in [400, 401, 403, 404, 405, 501] {
            assert_eq!(pause("GET", 1, &refused(status, None), MINUTE), None, "{status}");
        }
        let html = ApiError::Unintelligible { status: 200, what: String::new() };
        assert_eq!(pause("GET", 1, &html, MINUTE), None);
        assert_eq!(pause("GET", 1, &ApiError::Redirected { to: String::new() }, MINUTE), None);
    }

    #[test]
    fn retry_after_is_honoured_up_to_a_limit() {
        assert_eq!(pause("GET", 1, &refused(429, Some(3)), MINUTE), Some(Duration::from_secs(3)));
        assert_eq!(pause("GET", 3, &refused(503, Some(0)), MINUTE), Some(Duration::ZERO));
        assert_eq!(pause("GET", 1, &refused(429, Some(11)), MINUTE), None);
    }

    #[test]
    fn only_a_429_that_names_a_time_slows_all_calls_down() {
        let seconds = |status, asked| pause_for_all(&refused(status, asked));
        assert_eq!(seconds(429, Some(3)), Some(Duration::from_secs(3)));
        assert_eq!((seconds(429, None), seconds(429, Some(11))), (None, None));
        assert_eq!((seconds(503, Some(3)), pause_for_all(&interrupted())), (None, None));
    }

    #[test]
    fn a_pause_that_would_use_up_the_time_is_not_begun() {
        assert_eq!(pause("GET", 1, &refused(429, Some(3)), Duration::from_secs(3)), None);
        assert_eq!(pause("GET", 1, &interrupted(), Duration::from_millis(100)), None);
    }
}
