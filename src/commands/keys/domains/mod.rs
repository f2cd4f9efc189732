//! `cencori keys domains`

pub mod change;
pub mod check;
pub mod list;

use clap::Subcommand;

use super::describe;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::key::KeyType;
use crate::listed_key::ListedKey;
use crate::ui::Ui;

/// What can be done with the domains of a key.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a variant's comment would hide that of its Args")]
pub enum Command {
    Check(check::Args),
    List(list::Args),
    Add(Box<change::Add>),
    Remove(Box<change::Remove>),
    Set(Box<change::Set>),
}

/// Runs one of them.
///
/// # Errors
/// As the command does.
pub fn run(context: &Context, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Check(arguments) => check::run(context, &arguments),
        Command::List(arguments) => list::run(context, &arguments),
        Command::Add(arguments) => change::add(context, &arguments),
        Command::Remove(arguments) => change::remove(context, &arguments),
        Command::Set(arguments) => change::set(context, &arguments),
    }
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
        describe(key)
    ));
}
