//! Domains and origins, held against the contract's rule (*Origin check*). The first
//! line is an origin; each line behind it is a pattern.

use super::first_line;
use crate::domain::{
    Breadth, Change, Decision, DomainPattern, Fault, Origin, StoredPattern, decide, faults,
};
use crate::key::{self, Environment};

pub fn run(input: &[u8]) {
    let (origin, patterns) = first_line(input);
    let Ok(patterns) = std::str::from_utf8(patterns) else { return };
    let patterns: Vec<String> = patterns.lines().take(40).map(str::to_owned).collect();
    for text in &patterns {
        parse(text);
    }
    listed(&patterns);
    let Ok(origin) = std::str::from_utf8(origin) else { return };
    match Origin::parse(origin) {
        Ok(origin) => answer(&patterns, &origin),
        Err(error) => assert_shown(&error.to_string()),
    }
}

/// A pattern that is accepted is in its one form, and matches.
fn parse(text: &str) {
    let broad = DomainPattern::parse(text, Breadth::AllowBroad);
    let careful = DomainPattern::parse(text, Breadth::Careful);
    match (&broad, &careful) {
        (Ok(broad), Ok(careful)) => assert_eq!(broad, careful),
        (Ok(_), Err(error)) => assert!(error.is_too_broad(), "{error}"),
        (Err(error), _) => assert!(!error.is_too_broad(), "{error}"),
    }
    assert!(broad.is_ok() || careful.is_err(), "{text:?}");
    for (breadth, parsed) in [(Breadth::AllowBroad, &broad), (Breadth::Careful, &careful)] {
        if let Err(error) = parsed {
            assert_shown(&error.to_string());
            if let Some(suggestion) = &error.suggestion {
                let again = DomainPattern::parse(suggestion, breadth).expect("a good pattern");
                assert_eq!(again.as_str(), suggestion);
            }
        }
    }
    let Ok(pattern) = broad else { return };
    let stored = pattern.as_str();
    assert_eq!(DomainPattern::parse(stored, Breadth::AllowBroad).as_ref(), Ok(&pattern));
    let faults = StoredPattern::new(stored).faults(Environment::Test);
    assert!(
        !faults.iter().any(|fault| fault.instead().is_some()),
        "{stored}: {faults:?} of what was accepted"
    );
    let page = match stored.strip_prefix("*.") {
        Some(domain) => format!("https://a.{domain}"),
        None => format!("https://{stored}"),
    };
    let Ok(page) = Origin::parse(&page) else {
        // A label before it may make the name too long, or an address of it.
        assert!(stored.starts_with("*."), "no browser visits {stored}");
        return;
    };
    let host = page.host().expect("a host");
    assert!(matches(stored, host) || stored.starts_with("*."), "{stored} does not match {host}");
}

/// What is said of a list is true: by what shadows what, compared pair by pair.
fn listed(patterns: &[String]) {
    for environment in Environment::ALL {
        let all = faults(patterns, environment);
        assert_eq!(all.len(), patterns.len());
        for (index, (pattern, found)) in patterns.iter().zip(&all).enumerate() {
            let alone = StoredPattern::new(pattern).faults(environment);
            let never = matches!(alone[..], [Fault::NeverMatches { .. }, ..]);
            let shadow = patterns.iter().enumerate().find(|(other, by)| {
                let equal = covers(pattern, by);
                *other != index && covers(by, pattern) && (!equal || *other < index)
            });
            let shadow = shadow.filter(|_| !never);
            let expected = shadow.map(|(_, by)| Fault::Shadowed { by: by.clone() });
            let expected: Vec<_> = alone.into_iter().chain(expected).collect();
            assert_eq!(*found, expected, "{pattern:?} in {patterns:?}");
            for fault in found {
                let _ = (fault.to_string(), fault.code());
            }
        }
    }
}

/// Whether all that `other` matches by its text, `pattern` matches too.
fn covers(pattern: &str, other: &str) -> bool {
    let base = other.strip_prefix("*.").unwrap_or(other);
    pattern == other || (pattern.starts_with("*.") && matches(pattern, base))
}

/// Whether the DNS, or an address, can have this name (RFC 1035, 2.3.4).
fn may_be_a_site(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    name.len() <= 253
        && name.split('.').all(|label| (1..=63).contains(&label.len()))
        && name.chars().all(|it| it.is_ascii_alphanumeric() || "-_.[]:".contains(it))
}

/// The answer is that of the contract, and an advised change makes it a yes.
fn answer(patterns: &[String], origin: &Origin) {
    let header = origin.header().unwrap_or_default();
    if !header.is_empty() && header != "null" {
        assert_eq!(Origin::parse(header).as_ref(), Ok(origin), "a header is an origin");
    }
    let host = origin.host();
    let expected = patterns.iter().find(|pattern| host.is_some_and(|host| matches(pattern, host)));
    let change = match (decide(patterns, origin), expected) {
        (Decision::Admitted { pattern }, Some(expected)) => {
            assert_eq!(pattern, *expected);
            let never = StoredPattern::new(&pattern).faults(Environment::Test);
            let web = header.starts_with("http://") || header.starts_with("https://");
            let never = matches!(never[..], [Fault::NeverMatches { .. }, ..]);
            // A browser takes other names apart too, and they are compared as they are; but
            // no site has one.
            let site = host.is_some_and(may_be_a_site);
            assert!(!never || !web || !site, "{pattern:?} never matches, and matched {header}");
            return;
        }
        (Decision::Refused { change, .. }, None) => change,
        (decision, expected) => panic!("{header}: {decision:?}, expected {expected:?}"),
    };
    if let Some(change) = change {
        // It names a pattern as that is stored.
        assert_shown(&key::mask(&crate::printable::printable(&change.to_string())));
        follow(patterns, header, change);
    }
}

fn follow(patterns: &[String], header: &str, change: Change) {
    let host = Origin::parse(header).ok().and_then(|page| page.host().map(str::to_owned));
    let host = host.expect("a page that something can be changed for");
    match change {
        Change::Rewrite { pattern, to, .. } => {
            assert!(patterns.contains(&pattern));
            assert!(matches(to.as_str(), &host), "{to} does not match {host}");
        }
        Change::Add { host: added, wildcard } => {
            for pattern in [Some(&added), wildcard.as_ref()].into_iter().flatten() {
                assert!(matches(pattern.as_str(), &host), "{pattern} does not match {host}");
                let parsed = DomainPattern::parse(pattern.as_str(), Breadth::AllowBroad);
                assert_eq!(parsed.as_ref(), Ok(pattern));
            }
        }
        Change::WithoutDot { host: undotted, and } => {
            assert_eq!(Some(undotted.as_str()), host.strip_suffix('.'));
            if let Some(change) = and {
                follow(patterns, &format!("https://{undotted}"), *change);
            }
        }
    }
}

/// The table of the contract.
fn matches(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(domain) => host == domain || host.ends_with(&format!(".{domain}")),
        None => host == pattern,
    }
}

fn assert_shown(text: &str) {
    assert!(!text.chars().any(char::is_control), "{text:?}");
    assert!(!key::contains_key(text), "{text}");
}
