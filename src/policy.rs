//! What a project holds its keys to: which things are wrong, how bad each is, the
//! limits, and what somebody has decided to live with until a certain day. It is the
//! table `[policy]` of `cencori.toml`; `keys check` judges by it.

use std::fmt;

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::domain::Fault;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It could be better
    Note,
    /// It will go wrong, or makes another thing worse
    Warning,
    /// A key is or will be in the wrong hands
    Error,
}

impl Severity {
    /// The name for people and programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// A thing that can be wrong.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Rule {
    /// A secret key in a variable or a file that goes to browsers.
    SecretForBrowsers,
    /// A secret key in a file that git tracks.
    SecretInGit,
    /// A live secret key in a file that git would add, or that is no `.env`.
    LiveInTree,
    /// A domain that admits a public suffix.
    TooBroad,
    /// A domain that admits every address with a certain end.
    AddressEnd,
    /// A key of tests where production belongs, or the reverse.
    WrongEnvironment,
    /// One key in the files of two environments.
    SharedBetweenEnvironments,
    /// A key in a `.env` that is revoked, or that the service does not know.
    DeadKey,
    /// A key older than it may get.
    TooOld,
    /// More than one live key of one name.
    SeveralLive,
    /// A rotation that was not brought to its end.
    OpenRotation,
    /// A key that nobody has used for long.
    Unused,
    /// A domain that matches nothing.
    NeverMatches,
    /// A domain with a dot at its end.
    TrailingDot,
    /// A wildcard over an address.
    AddressWildcard,
    /// A domain that is a public suffix itself.
    BareSuffix,
    /// A domain that is the visitor's own machine, of a key of production.
    LocalInProduction,
    /// A domain that another one admits already.
    Shadowed,
}

impl Rule {
    /// All of them, the worst first.
    pub fn all() -> impl Iterator<Item = Self> {
        let all: &[Self] = clap::ValueEnum::value_variants();
        all.iter().copied()
    }

    /// The rule that a domain with `fault` breaks.
    pub fn of(fault: &Fault) -> Self {
        match fault {
            Fault::NeverMatches { .. } => Self::NeverMatches,
            Fault::TrailingDot { .. } => Self::TrailingDot,
            Fault::AddressWildcard { .. } => Self::AddressWildcard,
            Fault::AddressEnd { .. } => Self::AddressEnd,
            Fault::TooBroad { .. } => Self::TooBroad,
            Fault::BareSuffix => Self::BareSuffix,
            Fault::LocalInProduction => Self::LocalInProduction,
            Fault::Shadowed { .. } => Self::Shadowed,
        }
    }

    /// The name for programs, and in `cencori.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SecretForBrowsers => "secret_for_browsers",
            Self::SecretInGit => "secret_in_git",
            Self::LiveInTree => "live_in_tree",
            Self::TooBroad => "too_broad",
            Self::AddressEnd => "address_end",
            Self::WrongEnvironment => "wrong_environment",
            Self::SharedBetweenEnvironments => "shared_between_environments",
            Self::DeadKey => "dead_key",
            Self::TooOld => "too_old",
            Self::SeveralLive => "several_live",
            Self::OpenRotation => "open_rotation",
            Self::Unused => "unused",
            Self::NeverMatches => "never_matches",
            Self::TrailingDot => "trailing_dot",
            Self::AddressWildcard => "address_wildcard",
            Self::BareSuffix => "bare_suffix",
            Self::LocalInProduction => "local_in_production",
            Self::Shadowed => "shadowed",
        }
    }

    /// How bad it is.
    pub fn severity(self) -> Severity {
        match self {
            Self::SecretForBrowsers
            | Self::SecretInGit
            | Self::LiveInTree
            | Self::TooBroad
            | Self::AddressEnd => Severity::Error,
            Self::WrongEnvironment
            | Self::SharedBetweenEnvironments
            | Self::DeadKey
            | Self::TooOld
            | Self::SeveralLive
            | Self::OpenRotation
            | Self::Unused
            | Self::NeverMatches
            | Self::TrailingDot
            | Self::AddressWildcard
            | Self::BareSuffix
            | Self::LocalInProduction => Severity::Warning,
            Self::Shadowed => Severity::Note,
        }
    }

    /// What is wrong where it is broken, without a full stop.
    pub fn title(self) -> &'static str {
        match self {
            Self::SecretForBrowsers => "A secret key goes to browsers",
            Self::SecretInGit => "A secret key is in a file that git tracks",
            Self::LiveInTree => "A live secret key is in a file of the tree",
            Self::TooBroad => "A domain admits sites of strangers",
            Self::AddressEnd => "A domain admits addresses of strangers",
            Self::WrongEnvironment => "A key is of the wrong environment for its place",
            Self::SharedBetweenEnvironments => "Two environments share a key",
            Self::DeadKey => "A key in a .env file is not live",
            Self::TooOld => "A key is older than it may get",
            Self::SeveralLive => "Several live keys have one name",
            Self::OpenRotation => "A rotation was not brought to its end",
            Self::Unused => "A key has not been used for long",
            Self::NeverMatches => "A domain matches nothing",
            Self::TrailingDot => "A domain ends with a dot",
            Self::AddressWildcard => "A wildcard stands over an address",
            Self::BareSuffix => "A domain is a public suffix",
            Self::LocalInProduction => "A key of production admits the visitor's own machine",
            Self::Shadowed => "A domain is not needed beside another",
        }
    }
}

/// What a project holds its keys to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// How old a key may get, in days.
    pub max_age_days: u32,
    /// For how long a key may go unused, in days.
    pub max_unused_days: u32,
    /// For how long a rotation may be open, in days.
    pub max_open_rotation_days: u32,
    /// What somebody has decided to live with.
    pub silence: Vec<Silence>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_age_days: 90,
            max_unused_days: 90,
            max_open_rotation_days: 7,
            silence: Vec::new(),
        }
    }
}

/// One finding at one place that somebody has decided to live with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Silence {
    /// What is found there.
    pub finding: Rule,
    /// Where, as `keys check --json` names it.
    #[serde(deserialize_with = "not_blank")]
    pub place: String,
    /// Why.
    #[serde(deserialize_with = "not_blank")]
    pub reason: String,
    /// The last day on which it holds.
    #[serde(deserialize_with = "date")]
    pub until: Date,
}

fn not_blank<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() {
        return Err(D::Error::custom("it is empty, and has to say something"));
    }
    Ok(text)
}

/// A date of TOML, or a text that is one.
fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = match toml::Value::deserialize(deserializer)? {
        toml::Value::Datetime(time) => time.to_string(),
        toml::Value::String(text) => text,
        _ => String::new(),
    };
    text.parse().map_err(|_| D::Error::custom("give a day, such as 2027-01-31"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_file() {
        for rule in Rule::all() {
            let named: Rule = serde_json::from_value(rule.as_str().into()).unwrap();
            assert_eq!(named, rule);
        }
        let severities: Vec<_> = Rule::all().map(Rule::severity).collect();
        assert!(severities.is_sorted_by(|one, next| one >= next), "the worst come first");
    }

    #[test]
    fn what_is_not_said_has_its_default() {
        let policy: Policy = toml::from_str("max_age_days = 30\n").unwrap();
        assert_eq!((policy.max_age_days, policy.max_open_rotation_days), (30, 7));
        assert!(toml::from_str::<Policy>("max_age = 30\n").is_err());
        assert!(toml::from_str::<Policy>("max_age_days = -1\n").is_err());
    }

    #[test]
    fn silences_say_what_where_why_and_until_when() {
        let silence = |rest: &str| {
            let text = format!("[[silence]]\nfinding = \"too_old\"\nplace = \"web\"\n{rest}");
            toml::from_str::<Policy>(&text).map(|policy| policy.silence[0].clone())
        };
        let whole = silence("reason = \"frozen\"\nuntil = 2027-01-31\n").unwrap();
        assert_eq!((whole.finding, whole.until), (Rule::TooOld, Date::constant(2027, 1, 31)));
        assert!(silence("reason = \"frozen\"\nuntil = \"2027-01-31\"\n").is_ok());
        for wrong in [
            "until = 2027-01-31\n",
            "reason = \"frozen\"\n",
            "reason = \" \"\nuntil = 2027-01-31\n",
            "reason = \"frozen\"\nuntil = \"soon\"\n",
            "reason = \"frozen\"\nuntil = 07:30:00\n",
            "reason = \"frozen\"\nuntil = 2027-01-31\nby = \"me\"\n",
        ] {
            assert!(silence(wrong).is_err(), "{wrong}");
        }
    }
}
