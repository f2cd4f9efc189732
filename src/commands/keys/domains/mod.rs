//! `cencori keys domains`

pub mod check;
pub mod list;

use clap::Subcommand;

use super::reference::Reference;
use super::{Live, in_words};
use crate::api::ListedKey;
use crate::api::listed_key::LIST_LIMIT;
use crate::commands::account::Account;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::key::{Environment, KeyType};
use crate::ui::Ui;

/// What can be done with the domains of a key.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a variant's comment would hide that of its Args")]
pub enum Command {
    Check(check::Args),
    List(list::Args),
}

/// Runs one of them.
///
/// # Errors
/// As the command does.
pub fn run(context: &Context, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Check(arguments) => check::run(context, &arguments),
        Command::List(arguments) => list::run(context, &arguments),
    }
}

/// The live key that is meant.
///
/// # Errors
/// Where none fits, or several do, or the service can't be asked.
fn find(
    account: &Account,
    reference: &Reference,
    environment: Option<Environment>,
) -> Result<ListedKey, Failure> {
    let live = Live::list(account, environment)?;
    reference.resolve(&live.keys)?.cloned().ok_or_else(|| match live.complete {
        true => reference.missing(),
        false => reference.missing().hint(format!(
            "Older keys were not looked at: the service lists the newest {LIST_LIMIT} of an environment"
        )),
    })
}

/// Whether the gateway asks from where this key is used (contract, *What an
/// application meets*): it does so with publishable keys only.
fn has_domains(key: &ListedKey) -> bool {
    key.key_type == KeyType::Publishable
}

/// Says that a key without domains is taken from everywhere.
fn say_any_origin(ui: &Ui, key: &ListedKey) {
    ui.warn(&format!(
        "{} is no publishable key: it has no domains, and any origin may use it. Browsers must not \
         have it.",
        in_words(key)
    ));
}
