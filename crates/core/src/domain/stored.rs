//! Patterns as the service has them stored, and what they admit at its gateway
//! (contract, *Origin check*).

use std::collections::HashMap;
use std::fmt;
use std::iter;
use std::net::IpAddr;

use url::Host;

use super::error::Problem;
use super::{Breadth, DomainError, DomainPattern, WILDCARD, check_breadth};
use crate::key::Environment;

/// A pattern as it is stored: any text. The gateway compares it as it is, so what is only written
/// differently matches nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StoredPattern<'a>(&'a str);

/// What a pattern lets in. `Display` says it in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// No host that a browser can visit.
    Nothing,
    /// This one, with any scheme and port.
    Host(String),
    /// This one and all below it.
    Subdomains(String),
    /// Every IPv4 address that ends with a dot and this: texts are compared.
    Addresses(String),
}

/// What is wrong with a stored pattern. `Display` is a sentence without its
/// full stop, which does not name the pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It matches no host that a browser can visit.
    NeverMatches {
        /// Why.
        why: Cause,
        /// The pattern that was probably meant.
        instead: Option<DomainPattern>,
    },
    /// It matches only where the visitor typed a dot at the end.
    TrailingDot {
        /// The pattern that was probably meant.
        instead: Option<DomainPattern>,
    },
    /// A wildcard over an address, which has no subdomains: it admits the
    /// address alone.
    AddressWildcard {
        /// The address.
        instead: DomainPattern,
    },
    /// A wildcard over the end of IPv4 addresses: it admits every address that
    /// ends so, strangers' too.
    AddressEnd {
        /// The end.
        end: String,
    },
    /// It admits sites of strangers.
    TooBroad {
        /// What anybody, or many, can get a domain under.
        suffix: String,
        /// Whether it is on the list of public suffixes; otherwise it is a
        /// top-level domain that is not.
        listed: bool,
    },
    /// It admits only the page of whoever runs a public suffix (`vercel.app`),
    /// none of those below it.
    BareSuffix,
    /// It allows the visitor's own machine, for a production key.
    LocalInProduction,
    /// All that it admits, another pattern of the list admits too.
    Shadowed {
        /// That pattern.
        by: String,
    },
}

/// Why a pattern never matches. `Display` is a part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Spaces stand around it, and are compared too.
    Spaces,
    /// It has upper case; browsers send lower case.
    UpperCase,
    /// Browsers send this host in another form, such as punycode.
    OtherForm,
    /// It is no pattern.
    NoPattern(DomainError),
}

impl<'a> StoredPattern<'a> {
    /// The pattern that is stored as `text`.
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// As it is stored.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// Whether it matches `host`, as a browser sends it.
    pub fn matches(self, host: &str) -> bool {
        match self.0.strip_prefix(WILDCARD) {
            // `evilmyapp.com` ends with `myapp.com` too.
            Some(domain) => {
                host == domain
                    || (host.len() > domain.len()
                        && host.ends_with(domain)
                        && host[..host.len() - domain.len()].ends_with('.'))
            }
            None => host == self.0,
        }
    }

    /// What it lets in of all that a browser can visit.
    pub fn admits(self) -> Admitted {
        let host = self.0.strip_prefix(WILDCARD);
        match self.fault_of_form() {
            Some(Fault::NeverMatches { .. }) => Admitted::Nothing,
            Some(Fault::AddressWildcard { instead }) => Admitted::Host(instead.to_string()),
            Some(Fault::AddressEnd { end }) => Admitted::Addresses(end),
            _ => match host {
                Some(domain) => Admitted::Subdomains(domain.to_owned()),
                None => Admitted::Host(self.0.to_owned()),
            },
        }
    }

    /// What is wrong with it for a key of `environment`.
    pub fn faults(self, environment: Environment) -> Vec<Fault> {
        let mut faults: Vec<_> = self.fault_of_form().into_iter().collect();
        // Neither names a host of which more could be said.
        if matches!(faults[..], [Fault::NeverMatches { .. } | Fault::AddressEnd { .. }]) {
            return faults;
        }
        let starred = self.0.starts_with(WILDCARD);
        let host = self.0.strip_prefix(WILDCARD).unwrap_or(self.0).trim_end_matches('.');
        if starred && !host.is_empty() && !is_address(host) {
            faults.extend(match check_breadth(host) {
                Err(Problem::Broad(suffix)) => Some(Fault::TooBroad { suffix, listed: true }),
                Err(Problem::BroadUnlisted(suffix)) => {
                    Some(Fault::TooBroad { suffix, listed: false })
                }
                _ => None,
            });
        }
        let suffix = psl::suffix(host.as_bytes()).filter(|suffix| suffix.is_known());
        if !starred && suffix.is_some_and(|suffix| suffix.as_bytes() == host.as_bytes()) {
            faults.push(Fault::BareSuffix);
        }
        if environment == Environment::Production && is_own_machine(host) {
            faults.push(Fault::LocalInProduction);
        }
        faults
    }

    /// The fault of how it is written, for which the list need not be known.
    fn fault_of_form(self) -> Option<Fault> {
        let never = |why, instead| Some(Fault::NeverMatches { why, instead });
        let spaced = self.0.trim() != self.0;
        let why = match DomainPattern::parse(self.0, Breadth::AllowBroad) {
            Ok(pattern) if pattern.as_str() == self.0 => return None,
            Ok(pattern) => {
                let lower_case = self.0.to_ascii_lowercase() == pattern.as_str();
                let why = match (spaced, lower_case) {
                    (true, _) => Cause::Spaces,
                    (_, true) => Cause::UpperCase,
                    _ => Cause::OtherForm,
                };
                return never(why, Some(pattern));
            }
            Err(why) => why,
        };
        // What would let strangers in is not advised.
        let careful = DomainPattern::parse(self.0, Breadth::Careful);
        let instead = careful.err().and_then(|error| error.suggestion).map(DomainPattern);
        let address = self.0.strip_prefix(WILDCARD);
        match (&why.problem, instead) {
            (Problem::AddressStar, _) if address.is_some_and(is_address_end) => {
                Some(Fault::AddressEnd { end: address.unwrap_or_default().to_owned() })
            }
            (_, instead) if spaced => never(Cause::Spaces, instead),
            (Problem::TrailingDot, instead) if self.is_its_own_form() => {
                Some(Fault::TrailingDot { instead })
            }
            // Whatever ends with a dot ends with a dot and nothing.
            _ if self.0 == WILDCARD => Some(Fault::TrailingDot { instead: None }),
            (Problem::AddressStar, Some(instead)) if address == Some(instead.as_str()) => {
                Some(Fault::AddressWildcard { instead })
            }
            (_, instead) => never(Cause::NoPattern(why), instead),
        }
    }

    /// Whether browsers write what stands before the dots at the end as it is here.
    fn is_its_own_form(self) -> bool {
        let undotted = self.0.strip_suffix('.').unwrap_or(self.0);
        // Of an address they leave the dot away, or refuse it.
        !is_address(undotted)
            && DomainPattern::parse(undotted, Breadth::AllowBroad)
                .is_ok_and(|pattern| pattern.as_str() == undotted)
    }

    /// The patterns that admit all that this one admits: itself, and a wildcard over
    /// its own name and over each name that this ends with.
    fn covering(self) -> impl Iterator<Item = Covering<'a>> {
        let name = self.0.strip_prefix(WILDCARD).unwrap_or(self.0);
        let above = name.match_indices('.').map(|(dot, _)| &name[dot + 1..]);
        let wildcards = iter::once(name).chain(above).map(Covering::Wildcard);
        iter::once(Covering::Same(self.0)).chain(wildcards)
    }
}

/// A pattern that admits all that another one admits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Covering<'a> {
    /// The same one.
    Same(&'a str),
    /// A wildcard over this name.
    Wildcard(&'a str),
}

/// The faults of each of `patterns`, in their order: a key's whole list, so that
/// what is shadowed is seen.
pub fn faults(patterns: &[String], environment: Environment) -> Vec<Vec<Fault>> {
    // Where each pattern stands first. A key may have very many: no two are compared.
    let mut first = HashMap::new();
    for (index, pattern) in patterns.iter().enumerate() {
        first.entry(Covering::Same(pattern)).or_insert(index);
        if let Some(name) = pattern.strip_prefix(WILDCARD) {
            first.entry(Covering::Wildcard(name)).or_insert(index);
        }
    }
    let each = patterns.iter().enumerate().map(|(index, text)| {
        let pattern = StoredPattern::new(text);
        let mut faults = pattern.faults(environment);
        // What matches has the length of a host's name, and so few names above it.
        if matches!(faults[..], [Fault::NeverMatches { .. }, ..]) {
            return faults;
        }
        let covering = pattern.covering().filter_map(|covering| first.get(&covering).copied());
        // Of two that are the same the later one can go.
        let shadow = covering.filter(|other| patterns[*other] != *text || *other < index).min();
        faults.extend(shadow.map(|by| Fault::Shadowed { by: patterns[by].clone() }));
        faults
    });
    each.collect()
}

impl Fault {
    /// The name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NeverMatches { .. } => "never_matches",
            Self::TrailingDot { .. } => "trailing_dot",
            Self::AddressWildcard { .. } => "address_wildcard",
            Self::AddressEnd { .. } => "address_end",
            Self::TooBroad { .. } => "too_broad",
            Self::BareSuffix => "bare_suffix",
            Self::LocalInProduction => "local_in_production",
            Self::Shadowed { .. } => "shadowed",
        }
    }

    /// The pattern to write in its place, where one is known.
    pub fn instead(&self) -> Option<&DomainPattern> {
        match self {
            Self::NeverMatches { instead, .. } | Self::TrailingDot { instead } => instead.as_ref(),
            Self::AddressWildcard { instead } => Some(instead),
            Self::AddressEnd { .. }
            | Self::TooBroad { .. }
            | Self::BareSuffix
            | Self::LocalInProduction
            | Self::Shadowed { .. } => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeverMatches { why, .. } => write!(formatter, "never matches: {why}")?,
            Self::TrailingDot { .. } => formatter
                .write_str("ends with a dot: browsers send that only if the visitor typed it")?,
            Self::AddressWildcard { .. } => formatter.write_str("an address has no subdomains")?,
            Self::AddressEnd { end } => {
                write!(formatter, "too broad: every IPv4 address that ends with .{end}")?;
            }
            Self::TooBroad { suffix, listed: true } => {
                write!(formatter, "too broad: anybody can get a domain under {suffix}")?;
            }
            Self::TooBroad { suffix, listed: false } => {
                write!(formatter, "too broad: {suffix} is a whole top-level domain")?;
            }
            Self::BareSuffix => formatter.write_str(
                "allows only the site of whoever runs this suffix, and no domain under it",
            )?,
            Self::LocalInProduction => {
                formatter.write_str("allows the visitor's own machine, for a production key")?;
            }
            Self::Shadowed { by } => {
                write!(formatter, "redundant: {by} allows all of it")?;
            }
        }
        match self.instead() {
            Some(instead) => write!(formatter, "; write {instead}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Spaces => "the spaces around it are compared too",
            Self::UpperCase => "browsers send hosts in lower case",
            Self::OtherForm => "browsers send this host in another form",
            Self::NoPattern(error) => return formatter.write_str(&error.reason()),
        })
    }
}

impl fmt::Display for Admitted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => formatter.write_str("nothing"),
            Self::Host(host) => write!(formatter, "only {host}, any port"),
            Self::Addresses(end) => write!(formatter, "every IPv4 address that ends with .{end}"),
            Self::Subdomains(domain) if domain.is_empty() => {
                formatter.write_str("every host that ends with a dot")
            }
            Self::Subdomains(domain) => {
                write!(formatter, "every subdomain, and {domain} itself")
            }
        }
    }
}

fn is_address(host: &str) -> bool {
    matches!(Host::parse(host), Ok(Host::Ipv4(_) | Host::Ipv6(_)))
}

/// Whether `text` is the last numbers of IPv4 addresses, and not a whole one, as
/// browsers write them.
fn is_address_end(text: &str) -> bool {
    let number = |part: &str| part.parse::<u8>().is_ok_and(|number| number.to_string() == part);
    text.split('.').all(number) && text.split('.').count() < 4
}

/// Whether `host` is the machine that the browser runs on: `localhost` and what
/// is below it (RFC 6761, section 6.3), a loopback address, or the one that
/// stands for none.
fn is_own_machine(host: &str) -> bool {
    let address: IpAddr = match Host::parse(host) {
        Ok(Host::Ipv4(address)) => address.into(),
        Ok(Host::Ipv6(address)) => address.to_canonical(),
        Ok(Host::Domain(name)) => return name == "localhost" || name.ends_with(".localhost"),
        Err(_) => return false,
    };
    address.is_loopback() || address.is_unspecified()
}
