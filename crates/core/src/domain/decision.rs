//! Whether a list of patterns admits an origin, by which of them, and what would
//! have to change where none does (contract, *Origin check*).

use std::fmt;

use super::stored::{Fault, StoredPattern};
use super::{Breadth, DomainPattern, Origin, WILDCARD};
use crate::key::Environment;

/// What the gateway answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// This pattern, the first of the list that matches, lets it in.
    Admitted {
        /// As it is stored.
        pattern: String,
    },
    /// No pattern does.
    Refused {
        /// Why.
        why: Refusal,
        /// The nearest change that would let it in; `None` if no list would.
        change: Option<Change>,
    },
}

/// Why an origin is refused. `Display` is a part of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The request says nothing of where it comes from.
    NoOrigin,
    /// It says `null`.
    Opaque,
    /// The list has no pattern for this host.
    NotListed,
}

/// A change of the list that would admit an origin. `Display` is a sentence
/// without its full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A pattern is there that was meant for it, but never matches, or only with
    /// a dot at the end.
    Rewrite {
        /// As it is stored.
        pattern: String,
        /// Whether it never matches anything.
        never: bool,
        /// What to write.
        to: DomainPattern,
    },
    /// It has to be added.
    Add {
        /// The host alone.
        host: DomainPattern,
        /// With all hosts of the same domain, where that is one of one owner.
        wildcard: Option<DomainPattern>,
    },
    /// The host ends with a dot, which the visitor typed or a link has: that is
    /// to be changed.
    WithoutDot {
        /// The host that browsers send without it.
        host: String,
        /// What is still to be changed then, if anything.
        and: Option<Box<Change>>,
    },
}

/// What the gateway answers a page at `origin` that has a publishable key with
/// these `patterns`.
pub fn decide(patterns: &[String], origin: &Origin) -> Decision {
    let refused = |why, change| Decision::Refused { why, change };
    let host = match origin {
        Origin::Absent => return refused(Refusal::NoOrigin, None),
        Origin::Opaque => return refused(Refusal::Opaque, None),
        Origin::Page { host, .. } => host,
    };
    match patterns.iter().find(|pattern| StoredPattern::new(pattern).matches(host)) {
        Some(pattern) => Decision::Admitted { pattern: pattern.clone() },
        None => refused(Refusal::NotListed, nearest(patterns, host)),
    }
}

/// The nearest change by which `patterns` would admit `host`.
fn nearest(patterns: &[String], host: &str) -> Option<Change> {
    if let Some(undotted) = host.strip_suffix('.') {
        let page =
            Origin::Page { header: format!("https://{undotted}"), host: undotted.to_owned() };
        let and = match decide(patterns, &page) {
            Decision::Admitted { .. } => None,
            // No list admits it then either.
            Decision::Refused { change, .. } => Some(Box::new(change?)),
        };
        return Some(Change::WithoutDot { host: undotted.to_owned(), and });
    }
    let meant = patterns.iter().find_map(|pattern| {
        // What never matches does so in every environment.
        let faults = StoredPattern::new(pattern).faults(Environment::Test);
        let (fault, to) = faults.iter().find_map(|fault| fault.instead().map(|to| (fault, to)))?;
        let never = matches!(fault, Fault::NeverMatches { .. });
        let fits = StoredPattern::new(to.as_str()).matches(host);
        fits.then(|| Change::Rewrite { pattern: pattern.clone(), never, to: to.clone() })
    });
    if meant.is_some() {
        return meant;
    }
    let alone = DomainPattern::parse(host, Breadth::Careful).ok()?;
    // What a scheme of its own has for a host may be no host name.
    let fits = alone.as_str() == host;
    fits.then(|| Change::Add { wildcard: wildcard_for(patterns, host), host: alone })
}

/// The wildcard that a list which knows `patterns` would most likely have for
/// `host`: over the domain of it that is listed, else over the one that its owner
/// has registered.
fn wildcard_for(patterns: &[String], host: &str) -> Option<DomainPattern> {
    let listed = patterns.iter().filter(|pattern| !pattern.starts_with(WILDCARD));
    let registered = psl::domain(host.as_bytes());
    let registered = registered.and_then(|domain| std::str::from_utf8(domain.as_bytes()).ok());
    let mut wildcards =
        listed.map(String::as_str).chain(registered).map(|domain| format!("{WILDCARD}{domain}"));
    wildcards.find_map(|wildcard| {
        let fits = StoredPattern::new(&wildcard).matches(host);
        let pattern = DomainPattern::parse(&wildcard, Breadth::Careful).ok()?;
        (fits && pattern.as_str() == wildcard).then_some(pattern)
    })
}

impl Refusal {
    /// The name for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoOrigin => "no_origin",
            Self::Opaque => "opaque_origin",
            Self::NotListed => "not_listed",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoOrigin => "the request has no Origin header, as that of a server or of curl",
            Self::Opaque => "the page has no host, as one in a file or in a sandboxed frame",
            Self::NotListed => "no pattern matches this host",
        })
    }
}

impl Change {
    /// The patterns to add or to write, the narrowest first.
    pub fn patterns(&self) -> Vec<&DomainPattern> {
        match self {
            Self::Rewrite { to, .. } => vec![to],
            Self::Add { host, wildcard } => {
                [Some(host), wildcard.as_ref()].into_iter().flatten().collect()
            }
            Self::WithoutDot { and, .. } => and.as_deref().map(Self::patterns).unwrap_or_default(),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rewrite { pattern, never: true, to } => {
                write!(formatter, "The pattern {pattern} never matches: write {to}")
            }
            Self::Rewrite { pattern, never: false, to } => {
                write!(formatter, "The pattern {pattern} matches only a dot at the end: write {to}")
            }
            Self::Add { host, wildcard: None } => write!(formatter, "Add {host}"),
            Self::Add { host, wildcard: Some(wildcard) } => {
                write!(formatter, "Add {host}, or {wildcard} for all subdomains")
            }
            Self::WithoutDot { host, and: None } => {
                write!(formatter, "Visit {host}, without the dot at its end")
            }
            Self::WithoutDot { host, and: Some(and) } => {
                write!(formatter, "Visit {host}, without the dot at its end. {and}")
            }
        }
    }
}
