//! What a project holds its keys to: which things are wrong, how bad each is, the
//! limits, and what somebody has decided to live with until a certain day. It is the
//! table `[policy]` of `cencori.toml`; `keys check` judges by it.

use std::fmt;

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::domain::Fault;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Could be better.
    Note,
    /// Will go wrong, or makes something else worse.
    Warning,
    /// A key is or will be in the wrong hands.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// A rotation that was not brought to the end.
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
    /// A key of which the logs can't tell whether anybody uses it.
    UseUndetermined,
}

/// What there is to say of a rule.
struct Description {
    rule: Rule,
    name: &'static str,
    severity: Severity,
    title: &'static str,
}

const fn row(
    rule: Rule,
    name: &'static str,
    severity: Severity,
    title: &'static str,
) -> Description {
    Description { rule, name, severity, title }
}

/// In the order of the rules: the worst first.
const RULES: [Description; 19] = {
    use Rule::*;
    use Severity::{Error, Note, Warning};
    [
        row(SecretForBrowsers, "secret_for_browsers", Error, "A secret key goes to browsers"),
        row(SecretInGit, "secret_in_git", Error, "A secret key is in a file that git tracks"),
        row(LiveInTree, "live_in_tree", Error, "A live secret key is in a file of the tree"),
        row(TooBroad, "too_broad", Error, "A domain allows other people's sites"),
        row(AddressEnd, "address_end", Error, "A domain allows other people's addresses"),
        row(
            WrongEnvironment,
            "wrong_environment",
            Warning,
            "A key is of the wrong environment for its location",
        ),
        row(
            SharedBetweenEnvironments,
            "shared_between_environments",
            Warning,
            "Two environments share a key",
        ),
        row(DeadKey, "dead_key", Warning, "A key in a .env file is not live"),
        row(TooOld, "too_old", Warning, "A key is older than it may get"),
        row(SeveralLive, "several_live", Warning, "Several live keys have one name"),
        row(OpenRotation, "open_rotation", Warning, "A rotation was not brought to its end"),
        row(Unused, "unused", Warning, "A key has not been used for long"),
        row(NeverMatches, "never_matches", Warning, "A domain matches nothing"),
        row(TrailingDot, "trailing_dot", Warning, "A domain ends with a dot"),
        row(AddressWildcard, "address_wildcard", Warning, "A wildcard is in front of an address"),
        row(BareSuffix, "bare_suffix", Warning, "A domain is a public suffix"),
        row(
            LocalInProduction,
            "local_in_production",
            Warning,
            "A production key allows the visitor's own machine",
        ),
        row(Shadowed, "shadowed", Note, "A domain is redundant beside another"),
        row(UseUndetermined, "use_undetermined", Note, "The logs can't tell whether a key is used"),
    ]
};

impl Rule {
    /// All of them, the worst first.
    pub fn all() -> impl Iterator<Item = Self> {
        RULES.iter().map(|description| description.rule)
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
        RULES[self as usize].name
    }

    /// How bad it is.
    pub fn severity(self) -> Severity {
        RULES[self as usize].severity
    }

    /// Whether it is looked for in the usage logs.
    pub fn needs_logs(self) -> bool {
        matches!(self, Self::Unused | Self::UseUndetermined)
    }

    /// What is wrong where it is broken, without a full stop.
    pub fn title(self) -> &'static str {
        RULES[self as usize].title
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::all().find(|rule| rule.as_str() == name).ok_or_else(|| {
            let names: Vec<_> = Self::all().map(Self::as_str).collect();
            D::Error::custom(format!("there is no finding {name}; there are {}", names.join(", ")))
        })
    }
}

/// What a project holds its keys to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// How old a key may get, in days.
    #[serde(deserialize_with = "days")]
    pub max_age_days: u32,
    /// For how long a key may go unused, in days.
    #[serde(deserialize_with = "days")]
    pub max_unused_days: u32,
    /// For how long a rotation may be open, in days.
    #[serde(deserialize_with = "days")]
    pub max_open_rotation_days: u32,
    /// What somebody has decided to live with.
    pub suppression: Vec<Suppression>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_age_days: 90,
            max_unused_days: 90,
            max_open_rotation_days: 7,
            suppression: Vec::new(),
        }
    }
}

/// One finding at one location that somebody has decided to live with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppression {
    /// What is found there.
    pub finding: Rule,
    /// Where, as `keys check --json` names it.
    #[serde(deserialize_with = "not_blank")]
    pub location: String,
    /// Why.
    #[serde(deserialize_with = "not_blank")]
    pub reason: String,
    /// The last day on which it holds.
    #[serde(deserialize_with = "date")]
    pub until: Date,
}

/// A limit that something can keep.
fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match toml::Value::deserialize(deserializer)? {
        toml::Value::Integer(count @ 1..=36_500) => Ok(count.unsigned_abs() as u32),
        _ => Err(D::Error::custom("give a number of days, from 1 to 36500")),
    }
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
    fn rules_are_described_in_their_order_the_worst_first() {
        assert!(Rule::all().enumerate().all(|(index, rule)| rule as usize == index));
        let severities: Vec<_> = Rule::all().map(Rule::severity).collect();
        assert!(severities.is_sorted_by(|one, next| one >= next));
    }

    #[test]
    fn what_is_not_said_has_its_default() {
        let policy: Policy = toml::from_str("max_age_days = 30\n").unwrap();
        assert_eq!((policy.max_age_days, policy.max_open_rotation_days), (30, 7));
        assert!(toml::from_str::<Policy>("max_age = 30\n").is_err());
        for wrong in ["-1", "0", "\"90\"", "90.5", "99999999999"] {
            let text = format!("max_age_days = {wrong}\n");
            assert!(toml::from_str::<Policy>(&text).is_err(), "{wrong}");
        }
    }

    #[test]
    fn suppressions_say_what_where_why_and_until_when() {
        let suppression = |rest: &str| {
            let text =
                format!("[[suppression]]\nfinding = \"too_old\"\nlocation = \"web\"\n{rest}");
            toml::from_str::<Policy>(&text).map(|policy| policy.suppression[0].clone())
        };
        let whole = suppression("reason = \"frozen\"\nuntil = 2027-01-31\n").unwrap();
        assert_eq!((whole.finding, whole.until), (Rule::TooOld, Date::constant(2027, 1, 31)));
        assert!(suppression("reason = \"frozen\"\nuntil = \"2027-01-31\"\n").is_ok());
        for wrong in [
            "until = 2027-01-31\n",
            "reason = \"frozen\"\n",
            "reason = \" \"\nuntil = 2027-01-31\n",
            "reason = \"frozen\"\nuntil = \"soon\"\n",
            "reason = \"frozen\"\nuntil = 07:30:00\n",
            "reason = \"frozen\"\nuntil = 2027-01-31\nby = \"me\"\n",
        ] {
            assert!(suppression(wrong).is_err(), "{wrong}");
        }
    }
}
