//! `cencori keys domains add`, `remove` and `set`

use std::collections::HashSet;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::account::Account;
use crate::commands::completions::Completes;
use crate::commands::keys::create::parse_domains;
use crate::commands::keys::reference::{self, Reference};
use crate::commands::keys::rotate::{self, Flags};
use crate::commands::keys::{as_json, describe};
use crate::commands::values;
use crate::context::Context;
use crate::domain::StoredPattern;
use crate::failure::{Exit, Failure, Hint, SuggestedCommand};
use crate::key::{self, Environment};
use crate::listed_key::{ListedKey, NewKey};
use crate::ui::report::Report;
use crate::ui::{Layout, printable, unless_reader_left};

/// What all three have in common.
#[derive(Debug, clap::Args)]
pub struct Common {
    #[arg(value_name = "KEY", add = Completes::PublishableKey, help = reference::HELP)]
    key: String,

    /// Look only in this environment
    #[arg(long, value_parser = values::environment())]
    environment: Option<Environment>,

    #[command(flatten)]
    flags: Flags,
}

/// Add domains to a publishable key by replacing it
///
/// The service can't change the domains of a key. So this command creates a new key with the
/// longer list, writes it wherever the old one is, verifies it, and revokes the old one, as `keys
/// rotate` does. If it stops, continue with `keys rotate --resume` or `--abort`. If there is
/// nothing to add, no key is created.
#[derive(Debug, clap::Args)]
pub struct Add {
    #[command(flatten)]
    common: Common,

    /// Domains to add, such as `myapp.com` or '*.myapp.com'
    #[arg(value_name = "DOMAIN", required = true)]
    domains: Vec<String>,

    /// Accept a domain that allows other people's sites, such as `*.github.io`
    #[arg(long)]
    allow_broad: bool,
}

/// Remove domains from a publishable key by replacing it
///
/// As with `add`, a new key replaces the old one. The last domain can't be removed: a publishable
/// key has at least one.
#[derive(Debug, clap::Args)]
pub struct Remove {
    #[command(flatten)]
    common: Common,

    /// Domains to remove, as `keys domains list` shows them
    #[arg(value_name = "DOMAIN", required = true, add = Completes::DomainOfKey)]
    domains: Vec<String>,
}

/// Set all domains of a publishable key by replacing it
///
/// As with `add`, a new key replaces the old one.
#[derive(Debug, clap::Args)]
pub struct Set {
    #[command(flatten)]
    common: Common,

    /// All domains of the new key
    #[arg(value_name = "DOMAIN", required = true)]
    domains: Vec<String>,

    /// Accept a domain that allows other people's sites, such as `*.github.io`
    #[arg(long)]
    allow_broad: bool,
}

/// Adds domains.
///
/// # Errors
/// With a message that says what state the two keys are in.
pub fn add(context: &Context, arguments: &Add) -> Result<Exit, Failure> {
    let added = parse_domains(&arguments.domains, arguments.allow_broad).map_err(nothing)?;
    change(context, &arguments.common, |old| {
        let known: HashSet<_> = old.iter().collect();
        let mut domains = old.to_vec();
        domains.extend(added.into_iter().filter(|domain| !known.contains(domain)));
        Ok(domains)
    })
}

/// Removes domains.
///
/// # Errors
/// As [`add`]; also where none would be left.
pub fn remove(context: &Context, arguments: &Remove) -> Result<Exit, Failure> {
    change(context, &arguments.common, |old| {
        let names: HashSet<_> = arguments.domains.iter().map(String::as_str).collect();
        let named = |domain: &String| {
            names.contains(domain.as_str()) || names.contains(&*printable(domain))
        };
        let known: HashSet<_> =
            old.iter().flat_map(|domain| [domain.clone(), printable(domain)]).collect();
        for name in arguments.domains.iter().filter(|name| !known.contains(*name)) {
            context.ui.warn(&format!("{} is none of its domains.", key::mask(name)));
        }
        let left: Vec<_> = old.iter().filter(|domain| !named(domain)).cloned().collect();
        if left.is_empty() && !old.is_empty() {
            return Err(Failure::usage(
                "A publishable key has at least one domain, and none would be left",
            )
            .hint(
                Hint::from("Give it another list with ")
                    .command(
                        SuggestedCommand::cencori(["keys", "domains", "set"])
                            .operand(&arguments.common.key)
                            .placeholder("DOMAIN"),
                    )
                    .text(", or revoke it with ")
                    .command(
                        SuggestedCommand::cencori(["keys", "revoke"])
                            .operand(&arguments.common.key),
                    ),
            ));
        }
        Ok(left)
    })
}

/// Replaces the list of domains.
pub fn set(context: &Context, arguments: &Set) -> Result<Exit, Failure> {
    let domains = parse_domains(&arguments.domains, arguments.allow_broad).map_err(nothing)?;
    change(context, &arguments.common, |_| Ok(domains))
}

/// Replaces the key by one with the domains that `wanted` makes of its own.
fn change(
    context: &Context,
    common: &Common,
    wanted: impl FnOnce(&[String]) -> Result<Vec<String>, Failure>,
) -> Result<Exit, Failure> {
    context.clean_up();
    let reference = Reference::parse(context, &common.key).map_err(nothing)?;
    context.state_directory()?;
    let account = Account::open(context).map_err(nothing)?;
    let meant = rotate::find(context, &account, &reference, common.environment).map_err(nothing)?;
    let old = meant.key.clone();
    if !super::has_domains(&old) {
        let message = format!("{} is no publishable key, and has no domains", describe(&old));
        return Err(nothing(Failure::usage(message).hint(
            Hint::from("Make one with ").command(SuggestedCommand::cencori([
                "keys",
                "create",
                "--publishable",
            ])),
        )));
    }
    let domains = wanted(&old.domains).map_err(nothing)?;
    let known: HashSet<_> = old.domains.iter().collect();
    let same =
        domains.len() == old.domains.len() && domains.iter().all(|domain| known.contains(domain));
    if same {
        context
            .ui
            .status(&format!("{} has these domains already; it is as it was.", describe(&old)));
        let unchanged = Unchanged { key: old, project: account.project };
        unless_reader_left(context.ui.report(&unchanged))?;
        return Ok(Exit::Done);
    }
    show(context, &old, &domains);
    rotate::may_end(context, &common.flags).map_err(nothing)?;
    let new = NewKey {
        name: old.name.clone(),
        environment: old.environment,
        key_type: old.key_type,
        allowed_domains: Some(domains),
    };
    let given = reference.held().cloned();
    rotate::replace(context, &account, meant, given, new, &common.flags)
}

/// Shows what changes, and how.
fn show(context: &Context, old: &ListedKey, domains: &[String]) {
    let ui = &context.ui;
    ui.status(&format!(
        "The service can't change the domains of a key: {} is replaced by a new key.",
        describe(old)
    ));
    let line = |sign: &str, domain: &String| {
        let admits = StoredPattern::new(domain).admits();
        ui.status(&format!("  {sign} {} ({admits})", key::mask(&printable(domain))));
    };
    let (stay, known): (HashSet<_>, HashSet<_>) =
        (domains.iter().collect(), old.domains.iter().collect());
    for domain in &old.domains {
        line(if stay.contains(domain) { " " } else { "-" }, domain);
    }
    domains.iter().filter(|domain| !known.contains(domain)).for_each(|it| line("+", it));
}

fn nothing(failure: Failure) -> Failure {
    failure.state("Nothing was changed")
}

/// The key has the domains that were asked for.
struct Unchanged {
    key: ListedKey,
    project: Uuid,
}

impl Report for Unchanged {
    fn text(&self, _: &Layout) -> String {
        String::new()
    }

    fn json(&self) -> Value {
        json!({ "outcome": "unchanged", "key": as_json(&self.key, self.project) })
    }
}
