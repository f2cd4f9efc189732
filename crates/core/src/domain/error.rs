//! What can be wrong with an allowed domain, and how it is said.

use std::fmt;

use super::BEHIND_HOST;

/// Why a text is no good as an allowed domain. `Display` is one sentence that
/// quotes the text, fit for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainError {
    /// What was probably meant, where that would be accepted.
    pub suggestion: Option<String>,
    pub(super) text: String,
    pub(super) problem: Problem,
}

impl DomainError {
    /// Whether the text would be accepted with [`AllowBroad`](super::Breadth::AllowBroad).
    pub fn is_too_broad(&self) -> bool {
        matches!(self.problem, Problem::Broad(_) | Problem::BroadUnlisted(_))
    }

    /// The reason alone, as a part of a sentence in which the text was named.
    pub(super) fn reason(&self) -> String {
        let reason = match &self.problem {
            Problem::Empty => "it is empty",
            Problem::Key => "it is a key, and no domain",
            Problem::Scheme => "only hosts are compared, and it has a scheme",
            Problem::User => "only hosts are compared, and it has an `@`",
            Problem::Path => "only hosts are compared, and it has a path",
            Problem::Port => "ports are ignored, and it has one",
            Problem::Space => "no host has a space or control character",
            Problem::Everything => "there is no pattern for every domain",
            Problem::Star => "a `*` can only be first, before a dot",
            Problem::LeadingDot => "all subdomains are written with a `*` before the dot",
            Problem::TrailingDot => "it ends with a dot",
            Problem::EmptyLabel => "no host has nothing between two dots",
            Problem::LongLabel => "no host has more than 63 characters between two dots",
            Problem::LongHost => "no host has more than 253 characters",
            Problem::BareAddress => "an IPv6 address needs brackets",
            Problem::AddressForm => "browsers send this address in another form",
            Problem::AddressStar => "an address has no subdomains",
            Problem::Character(character) => return format!("no host has a `{character}`"),
            Problem::NoHost => "it is no host that a browser can visit",
            Problem::Broad(_) | Problem::BroadUnlisted(_) => "it is too broad",
        };
        reason.to_owned()
    }
}

impl fmt::Display for DomainError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = format!("`{}`", self.text);
        match &self.problem {
            Problem::Empty => formatter.write_str("an allowed domain cannot be empty"),
            Problem::Key => {
                formatter.write_str("this is a key, where an allowed domain is expected")
            }
            Problem::Scheme => write!(
                formatter,
                "{quoted} has a scheme, but only the host is compared, so it would never match"
            ),
            Problem::User => write!(
                formatter,
                "{quoted} has an `@`, but only the host is compared, so it would never match"
            ),
            Problem::Path => write!(
                formatter,
                "{quoted} has a path, but only the host is compared, so it would never match"
            ),
            Problem::Port => write!(
                formatter,
                "{quoted} has a port, so it would never match: ports are ignored, a domain \
                 admits every port"
            ),
            Problem::Space => write!(
                formatter,
                "{quoted} has a space or control character in it, which no host has"
            ),
            Problem::Everything => write!(
                formatter,
                "{quoted} alone matches nothing: the service has no pattern for every domain"
            ),
            Problem::Star => write!(
                formatter,
                "{quoted} would never match: a `*` can only stand first, for all subdomains, \
                 as in `*.myapp.com`"
            ),
            Problem::LeadingDot => write!(
                formatter,
                "{quoted} begins with a dot, so it would never match: all subdomains are written \
                 `*.myapp.com`"
            ),
            Problem::TrailingDot => write!(
                formatter,
                "{quoted} ends with a dot, which browsers send only if the visitor typed it"
            ),
            Problem::EmptyLabel => {
                write!(formatter, "{quoted} has nothing between two dots, which no host has")
            }
            Problem::LongLabel => write!(
                formatter,
                "{quoted} has more than 63 characters between two dots, which no host has"
            ),
            Problem::LongHost => {
                write!(formatter, "{quoted} has more than 253 characters, which no host has")
            }
            Problem::BareAddress => {
                write!(formatter, "{quoted} would never match: an IPv6 address needs brackets")
            }
            Problem::AddressForm => write!(
                formatter,
                "{quoted} would never match: browsers send this address in another form"
            ),
            Problem::AddressStar => {
                write!(formatter, "{quoted} has a `*` before an address, which has no subdomains")
            }
            Problem::Character(character) => {
                write!(formatter, "{quoted} has a `{character}` in it, which no host has")
            }
            Problem::NoHost => {
                write!(formatter, "{quoted} is no host that a browser can visit")
            }
            Problem::Broad(suffix) => write!(
                formatter,
                "{quoted} allows other people's sites: anybody can get a domain under `{suffix}`"
            ),
            Problem::BroadUnlisted(suffix) => write!(
                formatter,
                "{quoted} allows every host under `{suffix}`, a whole top-level domain"
            ),
        }
    }
}

impl std::error::Error for DomainError {}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    Empty,
    Key,
    Scheme,
    User,
    Path,
    Port,
    Space,
    Everything,
    Star,
    LeadingDot,
    TrailingDot,
    EmptyLabel,
    LongLabel,
    LongHost,
    BareAddress,
    AddressForm,
    AddressStar,
    Character(char),
    NoHost,
    /// A suffix on the list of public suffixes.
    Broad(String),
    /// A top-level domain that is not on it: `internal`, `local`, `test`.
    BroadUnlisted(String),
}

/// `text` as an error may show it: one line in which all can be seen, no key, no
/// password of a URL, not too long.
pub(super) fn quotable(text: &str) -> String {
    const MOST: usize = 80;
    let mut clean = crate::key::mask(&crate::printable::printable(text));
    let authority = clean.find("://").map_or(0, |scheme| scheme + 3);
    let behind = clean[authority..].find(BEHIND_HOST).map_or(clean.len(), |end| authority + end);
    if let Some(user) = clean[authority..behind].rfind('@') {
        clean.replace_range(authority..authority + user, "...");
    }
    if clean.chars().count() <= MOST {
        return clean;
    }
    clean.chars().take(MOST).chain("...".chars()).collect()
}
