//! From where a publishable key may be used (contract, *Origin check*). This is
//! the service's own rule, written apart from the client's: each is tested
//! against the contract, not against the other.

use url::Url;

/// Whether a request with this `Origin`, or `Referer` where there is none,
/// comes from a host that one of `patterns` names. Patterns are compared as
/// they are stored.
pub(super) fn is_allowed(patterns: &[String], origin: Option<&str>, referer: Option<&str>) -> bool {
    let source = origin.filter(|origin| !origin.is_empty()).or(referer);
    let Some(url) = source.and_then(|source| Url::parse(source).ok()) else { return false };
    let Some(host) = url.host_str() else { return false };
    patterns.iter().any(|pattern| matches(pattern, host))
}

fn matches(pattern: &str, host: &str) -> bool {
    let below = |rest: &str| host.strip_suffix(rest).is_some_and(|left| left.ends_with('.'));
    match pattern.strip_prefix("*.") {
        Some(rest) => host == rest || below(rest),
        None => host == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(pattern: &str, origin: &str) -> bool {
        is_allowed(&[pattern.to_owned()], Some(origin), None)
    }

    #[test]
    fn patterns_match_as_the_contract_says() {
        for (pattern, origin) in [
            ("localhost", "http://localhost:3000"),
            ("myapp.com", "https://MYAPP.com"),
            ("*.myapp.com", "https://a.b.myapp.com:8443"),
            ("*.myapp.com", "https://myapp.com"),
            ("*.com", "https://any.com"),
            ("[::1]", "http://[::1]:3000"),
            ("127.0.0.1", "http://127.0.0.1:3000"),
            ("xn--mnchen-3ya.example", "https://münchen.example"),
        ] {
            assert!(allowed(pattern, origin), "{pattern} {origin}");
        }
        for (pattern, origin) in [
            ("myapp.com", "https://www.myapp.com"),
            ("*.myapp.com", "https://evilmyapp.com"),
            ("*.myapp.com", "https://myapp.com.evil.example"),
            ("Upper.example", "https://upper.example"),
            ("ported.example:8443", "https://ported.example:8443"),
            ("https://myapp.com", "https://myapp.com"),
            ("myapp.com/", "https://myapp.com"),
            (" myapp.com", "https://myapp.com"),
            ("*", "https://myapp.com"),
            (".myapp.com", "https://a.myapp.com"),
            ("münchen.example", "https://münchen.example"),
            ("::1", "http://[::1]"),
            ("myapp.com", "null"),
            ("myapp.com", "myapp.com"),
        ] {
            assert!(!allowed(pattern, origin), "{pattern} {origin}");
        }
    }

    #[test]
    fn the_referer_counts_only_without_an_origin() {
        let patterns = ["myapp.com".to_owned()];
        assert!(is_allowed(&patterns, None, Some("https://myapp.com/page")));
        assert!(is_allowed(&patterns, Some(""), Some("https://myapp.com/page")));
        assert!(!is_allowed(&patterns, Some("null"), Some("https://myapp.com/page")));
        assert!(!is_allowed(&patterns, None, None));
    }
}
