//! From the key that is meant to a rotation that is written down.

use super::manner::Manner;
use super::places;
use super::steps;
use super::usage;
use super::{Args, Flags, open};
use crate::api::{ListedKey, NewKey};
use crate::commands::account::Account;
use crate::commands::keys::create::{check_name, parse_domains};
use crate::commands::keys::reference::Reference;
use crate::commands::keys::{Live, in_words, usage as all_usage};
use crate::context::Context;
use crate::failure::{Exit, Failure, Hint, Kind, SuggestedCommand};
use crate::key::{Environment, KeyType};
use crate::revocation::Outcome;
use crate::rotation::Rotation;
use crate::rotation::journal::Plan;
use crate::secret::Secret;

/// Begins a rotation, and goes as far as it goes.
///
/// # Errors
/// With a message that says what state the two keys are in.
pub(super) fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    let nothing = |failure: Failure| failure.state("Nothing was changed");
    let flags = &arguments.flags;
    may_end(context, flags)
        .map_err(|failure| failure.hint(name_the_key("Name the key: ")))
        .map_err(nothing)?;
    let (account, old, given, new) = prepare(context, arguments).map_err(nothing)?;
    replace(context, &account, old, given, new, flags)
}

/// Refuses to begin what could not be ended, for want of somebody who agrees.
///
/// # Errors
/// Where nobody has agreed, and nobody can be asked.
pub(in crate::commands::keys) fn may_end(context: &Context, flags: &Flags) -> Result<(), Failure> {
    if flags.yes || flags.pause_before.is_some() || context.prompter.interactive() {
        return Ok(());
    }
    Err(context
        .prompter
        .refuse("A rotation ends with the old key revoked, which can't be taken back")
        .hint("Add --yes, or stop before that with --pause-before revoke"))
}

/// Replaces `old`, whose text may be `given`, by `new`, as far as it goes.
///
/// # Errors
/// With a message that says what state the two keys are in.
pub(in crate::commands::keys) fn replace(
    context: &Context,
    account: &Account,
    old: ListedKey,
    given: Option<Secret>,
    new: NewKey,
    flags: &Flags,
) -> Result<Exit, Failure> {
    let nothing = |failure: Failure| failure.state("Nothing was changed");
    flags.check().map_err(nothing)?;
    let plan = plan(context, account, old, new, flags).map_err(nothing)?;
    open::clean_up(context).map_err(nothing)?;
    let manner = Manner::new(context, flags);
    if manner.asks {
        show(context, &plan);
        if !context.prompter.confirm("Begin?", true, "--yes")? {
            context.ui.status("Nothing was changed.");
            return Ok(Exit::Done);
        }
    }
    let folder = context.state_directory()?;
    let rotation = Rotation::begin(folder, plan, given)
        .map_err(|unavailable| nothing(open::explain(unavailable)))?;
    steps::run(context, account, rotation, &manner)
}

/// Replaces `old`, whose text is `given`, wherever it stands here, verifies the
/// new key and revokes the old one, without asking and without waiting. Gives how
/// the old one was found dead, and the new one.
///
/// # Errors
/// With a message that says what state the two keys are in.
pub(in crate::commands::keys) fn replace_now(
    context: &Context,
    account: &Account,
    old: ListedKey,
    given: Option<Secret>,
) -> Result<(Outcome, Option<ListedKey>), Failure> {
    open::refuse_open(context, account.project, |key| key.id == old.id)?;
    let new = replacement(&old, None, Vec::new())?;
    let flags = Flags { yes: true, ..Flags::default() };
    let plan = plan(context, account, old, new, &flags)?;
    let folder = context.state_directory()?;
    let rotation = Rotation::begin(folder, plan, given).map_err(open::explain)?;
    let rotated = steps::go(context, account, rotation, &Manner::new(context, &flags))?;
    match rotated.ending.outcome {
        Some(outcome) => Ok((outcome, rotated.progress.new)),
        None => Err(Failure::new(Kind::Failed, "The rotation did not come to its end")),
    }
}

fn name_the_key(begin: &'static str) -> Hint {
    Hint::from(begin)
        .command(SuggestedCommand::cencori(["keys", "rotate"]).placeholder("KEY"))
        .text("; ")
        .command(SuggestedCommand::cencori(["keys", "list"]))
        .text(" shows what is live")
}

/// Which key is meant, and what is to take its place.
fn prepare(
    context: &Context,
    arguments: &Args,
) -> Result<(Account, ListedKey, Option<Secret>, NewKey), Failure> {
    let domains = parse_domains(&arguments.domains, arguments.allow_broad)?;
    let name = arguments.name.as_deref().map(check_name).transpose().map_err(Failure::usage)?;
    let reference =
        arguments.key.as_ref().map(|text| Reference::parse(context, text)).transpose()?;
    if reference.is_none() && !context.prompter.interactive() {
        let failure = context.prompter.refuse("Which key is to be replaced was not said");
        return Err(failure.hint(name_the_key("Name it: ")));
    }
    context.state_directory()?;
    let account = Account::open(context)?;
    let old = match &reference {
        Some(reference) => find(context, &account, reference, arguments.environment)?,
        None => {
            let listings = account.list(&Environment::ALL)?;
            let live_keys = all_usage::counted(&listings);
            let live = Live::of(listings, arguments.environment);
            usage::choose(context, &account, live.keys, live_keys)?
        }
    };
    let given = reference.and_then(|reference| reference.held().cloned());
    let new = replacement(&old, name, domains)?;
    Ok((account, old, given, new))
}

/// The live key that is meant, where it is in no open rotation.
///
/// # Errors
/// Where none fits, or several do, or it is in one.
pub(in crate::commands::keys) fn find(
    context: &Context,
    account: &Account,
    reference: &Reference,
    environment: Option<Environment>,
) -> Result<ListedKey, Failure> {
    // Both keys of an open rotation have one name.
    open::refuse_open(context, account.project, |key| reference.fits(key))?;
    let key = reference.find(account, environment)?;
    open::refuse_open(context, account.project, |other| other.id == key.id)?;
    Ok(key)
}

/// What is to be done, checked as far as nothing has to be written for it.
fn plan(
    context: &Context,
    account: &Account,
    old: ListedKey,
    new: NewKey,
    flags: &Flags,
) -> Result<Plan, Failure> {
    let destinations = places::find(context, &flags.places, account.project, &old, &new)?;
    if destinations.is_empty() {
        let message =
            format!("{} stands nowhere that this folder or the keychain shows", in_words(&old));
        return Err(Failure::usage(message).hint(
            "Say where the new key goes: --env-file PATH, --keychain NAME or --pipe-to COMMAND",
        ));
    }
    let instructions = flags.instructions(context.directory.clone());
    Ok(Plan { project: account.project, old, new, destinations, instructions })
}

/// The key that takes the place of `old`.
fn replacement(
    old: &ListedKey,
    name: Option<String>,
    domains: Vec<String>,
) -> Result<NewKey, Failure> {
    if old.key_type == KeyType::Agent {
        let message =
            format!("{} is an agent's key, and the service makes those itself", in_words(old));
        return Err(Failure::usage(message).hint("Rotate it where the agent is set up"));
    }
    if old.key_type == KeyType::Secret && !domains.is_empty() {
        let message = format!("{} is secret; only publishable keys have domains", in_words(old));
        return Err(Failure::usage(message).hint("Leave --domain out"));
    }
    let allowed_domains = match old.key_type {
        KeyType::Publishable if domains.is_empty() => Some(old.domains.clone()),
        KeyType::Publishable => Some(domains),
        _ => None,
    };
    let name = name.unwrap_or_else(|| old.name.clone());
    Ok(NewKey { name, environment: old.environment, key_type: old.key_type, allowed_domains })
}

/// Shows what is going to happen.
fn show(context: &Context, plan: &Plan) {
    let ui = &context.ui;
    ui.status(&format!("{} will be replaced:", in_words(&plan.old)));
    ui.status("  1. make a new key");
    for place in &plan.destinations {
        let verb = if place.can_be_resumed() { "put it into" } else { "give it to" };
        ui.status(&format!("     {verb} {}", place.sink().describe()));
    }
    match &plan.instructions.deploy {
        Some(line) => ui.status(&format!("  2. run `{line}`")),
        None => ui.status("  2. wait until you have deployed it"),
    }
    ui.status("  3. verify it");
    ui.status("  4. show who still calls with the old one, ask, and revoke it");
    ui.status(
        "Both keys work until the last step. Each later question can be answered with \"later\".",
    );
}
