//! The domains that a publishable key may be used from, as patterns that the
//! gateway can match (contract, *Origin check*).
//!
//! The service stores any text as a domain, also one that no browser will
//! ever send, and domains cannot be changed later. So a pattern is checked
//! before a key is made with it: what is only written differently is written
//! right in silence, what can never match is refused with the form that was
//! meant, and so is what would let half the web in.
//!
//! What a browser sends is the host of the WHATWG URL Standard: lower case,
//! punycode, addresses in one canonical form. The `url` crate implements it.
//!
//! What is stored already may be anything: [`StoredPattern`] compares it as the
//! gateway does, [`faults`] says what is wrong with it, and [`decide`] answers for
//! the [`Origin`] of a page.

mod decision;
mod error;
#[cfg(test)]
mod matching_tests;
mod origin;
mod stored;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::Ipv6Addr;

use url::Host;

pub use decision::{Change, Decision, Refusal, decide};
pub use error::DomainError;
use error::Problem;
pub use origin::{Origin, OriginError};
pub use stored::{Admitted, Cause, Fault, StoredPattern, faults};

/// An allowed domain in the form that is sent to the service: a host, or `*.`
/// and a domain name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DomainPattern(String);

/// Whether a pattern may admit hosts of strangers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breadth {
    /// `*.` with a public suffix (`*.com`, `*.github.io`) is refused.
    Careful,
    /// It is accepted.
    AllowBroad,
}

impl DomainPattern {
    /// Takes a domain as a person writes it. Surrounding spaces, upper case
    /// and Unicode are turned into what browsers send.
    ///
    /// # Errors
    /// What can never match at the gateway, and, with [`Breadth::Careful`],
    /// what admits hosts of strangers.
    pub fn parse(text: &str, breadth: Breadth) -> Result<Self, DomainError> {
        check(text.trim(), breadth).map_err(|problem| DomainError {
            suggestion: suggestion(text.trim(), breadth),
            text: error::quotable(text.trim()),
            problem,
        })
    }

    /// The pattern as the service is to store it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DomainPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

const WILDCARD: &str = "*.";

/// The pattern of a trimmed text, or the first thing that is wrong with it.
fn check(text: &str, breadth: Breadth) -> Result<DomainPattern, Problem> {
    if text.is_empty() {
        return Err(Problem::Empty);
    }
    if crate::key::contains_key(text) {
        // `csk_...` would be a host by its form, and be sent and stored.
        return Err(Problem::Key);
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        return Err(Problem::BareAddress);
    }
    if text.contains("://") || scheme_without_slashes(text).is_some() {
        return Err(Problem::Scheme);
    }
    if text.contains(is_space) {
        return Err(Problem::Space);
    }
    if text.contains(BEHIND_HOST) {
        return Err(Problem::Path);
    }
    if text.contains('@') {
        return Err(Problem::User);
    }
    if without_port(text).is_some() {
        return Err(Problem::Port);
    }
    if text == "*" {
        return Err(Problem::Everything);
    }
    match text.strip_prefix(WILDCARD) {
        Some(domain) => {
            let domain = domain_name(domain)?;
            if breadth == Breadth::Careful {
                check_breadth(&domain)?;
            }
            Ok(DomainPattern(format!("{WILDCARD}{domain}")))
        }
        None => host(text).map(DomainPattern),
    }
}

/// What a browser sends for a host without port.
fn host(text: &str) -> Result<String, Problem> {
    match Host::parse(text) {
        Ok(Host::Ipv6(address)) => Ok(Host::<String>::Ipv6(address).to_string()),
        Ok(Host::Ipv4(address)) if address.to_string() == text => Ok(text.to_owned()),
        // `127.1` and the like reach the same place, but who writes them may
        // mean something else.
        Ok(Host::Ipv4(_)) => Err(Problem::AddressForm),
        Ok(Host::Domain(_)) | Err(_) => domain_name(text),
    }
}

/// The domain name in `text` in punycode; no address.
fn domain_name(text: &str) -> Result<String, Problem> {
    if text.contains('*') {
        return Err(Problem::Star);
    }
    // Mapping knows other dots than the ASCII one, so what it gives is checked
    // where it gives something.
    let mapped = match Host::parse(text) {
        Ok(Host::Domain(domain)) => domain,
        Ok(Host::Ipv4(_) | Host::Ipv6(_)) => return Err(Problem::AddressStar),
        Err(_) => {
            check_labels(text)?;
            let wrong = text.chars().find(|c| c.is_ascii() && !is_host_character(*c));
            return Err(wrong.map_or(Problem::NoHost, Problem::Character));
        }
    };
    check_labels(&mapped)?;
    if mapped.contains('*') {
        return Err(Problem::Star);
    }
    // A percent sign is gone by now, and so is what it hid.
    if text.contains('%') {
        return Err(Problem::Character('%'));
    }
    // The URL Standard lets `,`, `;` or `!` pass, but no name server has such
    // a name, and `a.com,b.com` is a list.
    match mapped.chars().find(|c| !is_host_character(*c)) {
        Some(wrong) => Err(Problem::Character(wrong)),
        None => Ok(mapped),
    }
}

/// Letters, digits and `-` (RFC 1123), the dot, and `_`, which browsers and
/// name servers take.
fn is_host_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.')
}

/// Checks the dots and the lengths (RFC 1035, section 2.3.4: 63 octets in a
/// label; 255 in a name as it is transmitted are 253 as it is written).
fn check_labels(domain: &str) -> Result<(), Problem> {
    if domain.is_empty() {
        return Err(Problem::NoHost);
    }
    if domain.contains("..") || domain == "." {
        return Err(Problem::EmptyLabel);
    }
    if domain.starts_with('.') {
        return Err(Problem::LeadingDot);
    }
    if domain.ends_with('.') {
        return Err(Problem::TrailingDot);
    }
    if domain.split('.').any(|label| label.len() > 63) {
        return Err(Problem::LongLabel);
    }
    if domain.len() > 253 { Err(Problem::LongHost) } else { Ok(()) }
}

/// Refuses a domain whose subdomains belong to strangers by the list of
/// public suffixes, with its private section (`github.io`).
fn check_breadth(domain: &str) -> Result<(), Problem> {
    // Every subdomain of `localhost` is the visitor's own machine (RFC 6761).
    if domain == "localhost" {
        return Ok(());
    }
    // The list has rules like `*.kawasaki.jp`, by which the subdomains of a
    // domain are public suffixes and the domain is none. Nobody registers the
    // label that is tried here.
    for name in [domain.to_owned(), format!("0--0.{domain}")] {
        let Some(suffix) = psl::suffix(name.as_bytes()) else { continue };
        if suffix.as_bytes() == name.as_bytes() {
            let domain = domain.to_owned();
            return Err(if suffix.is_known() {
                Problem::Broad(domain)
            } else {
                Problem::BroadUnlisted(domain)
            });
        }
    }
    Ok(())
}

/// What `text` probably means, where that is accepted.
fn suggestion(text: &str, breadth: Breadth) -> Option<String> {
    if text.parse::<Ipv6Addr>().is_ok() {
        return accepted(&format!("[{text}]"), breadth);
    }
    let text = match text.split_once("://") {
        Some((_, rest)) => rest,
        None => scheme_without_slashes(text).unwrap_or(text).trim_start_matches('/'),
    };
    let text = text.split(BEHIND_HOST).next().unwrap_or_default();
    let text = text.rsplit('@').next().unwrap_or_default();
    let text = without_port(text).unwrap_or(text);
    let text = text.trim_end_matches('.');
    let (starred, domain) = match text.trim_start_matches(['*', '.']) {
        // `*-preview.myapp.com` has no counterpart.
        domain if domain.starts_with('-') => return None,
        domain => (domain.len() < text.len(), domain),
    };
    let labels: Vec<&str> = domain.split('.').filter(|label| !label.is_empty()).collect();
    let domain = labels.join(".");
    match Host::parse(&domain) {
        Ok(Host::Ipv4(address)) => accepted(&address.to_string(), breadth),
        Ok(Host::Ipv6(_)) => accepted(&domain, breadth),
        Ok(Host::Domain(mapped)) if starred => accepted(&format!("{WILDCARD}{mapped}"), breadth),
        Ok(Host::Domain(mapped)) => accepted(&mapped, breadth),
        Err(_) => None,
    }
}

/// `text` in its normal form, where it is a good pattern.
fn accepted(text: &str, breadth: Breadth) -> Option<String> {
    check(text, breadth).ok().map(|pattern| pattern.0)
}

/// The characters that end the host of a URL.
const BEHIND_HOST: [char; 4] = ['/', '\\', '?', '#'];

fn is_space(character: char) -> bool {
    character.is_whitespace() || character.is_control()
}

/// What follows `https:` where the slashes were forgotten. A name and port
/// look the same, so only the schemes of the web are known.
fn scheme_without_slashes(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(':')?;
    let web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    let port = rest.bytes().all(|byte| byte.is_ascii_digit());
    (web && !port).then_some(rest)
}

/// `text` without the port at its end, where it has one: digits, `*` for
/// every port, or nothing behind the colon.
fn without_port(text: &str) -> Option<&str> {
    let (host, port) = text.rsplit_once(':')?;
    // The colons of an address in brackets are no sign of a port.
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) || port == "*";
    is_port.then_some(host)
}
