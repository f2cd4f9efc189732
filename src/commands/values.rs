//! Values of arguments that are one of a few names. What they are is defined below the
//! commands, where nothing knows of a command line; the names and the help are here.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::key::{Environment, KeyType};
use crate::policy::Severity;

/// `production` or `test`.
pub fn environment() -> impl TypedValueParser<Value = Environment> {
    let help = |environment| match environment {
        Environment::Production => "Live traffic",
        Environment::Test => "Development and tests",
    };
    one_of(Environment::ALL, Environment::as_str, help)
}

/// `secret`, `publishable` or `agent`.
pub fn key_type() -> impl TypedValueParser<Value = KeyType> {
    let help = |key_type| match key_type {
        KeyType::Secret => "`csk_...`, and every older form: stays on servers",
        KeyType::Publishable => {
            "`cpk_...`: may be shipped to browsers, works from its allowed domains"
        }
        KeyType::Agent => {
            "`cake_...`: belongs to an agent; this tool leaves it alone unless it is named"
        }
    };
    one_of([KeyType::Secret, KeyType::Publishable, KeyType::Agent], KeyType::as_str, help)
}

/// `note`, `warning` or `error`.
pub fn severity() -> impl TypedValueParser<Value = Severity> {
    let help = |severity| match severity {
        Severity::Note => "It could be better",
        Severity::Warning => "It will go wrong, or makes another thing worse",
        Severity::Error => "A key is or will be in the wrong hands",
    };
    one_of([Severity::Note, Severity::Warning, Severity::Error], Severity::as_str, help)
}

fn one_of<T: Copy + Send + Sync + 'static, const COUNT: usize>(
    values: [T; COUNT],
    name: fn(T) -> &'static str,
    help: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let possible = values.map(|value| PossibleValue::new(name(value)).help(help(value)));
    PossibleValuesParser::new(possible).try_map(move |text| {
        // The parser lets nothing else through.
        values.into_iter().find(|value| name(*value) == text).ok_or("not one of the values")
    })
}
