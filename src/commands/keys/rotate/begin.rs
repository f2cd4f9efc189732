//! From the key that is meant to a rotation that is written down.

use super::places;
use super::steps::{self, Manner};
use super::usage;
use super::{Args, open};
use crate::api::{ListedKey, NewKey};
use crate::commands::account::Account;
use crate::commands::keys::create::{check_name, parse_domains};
use crate::commands::keys::places::Places;
use crate::commands::keys::reference::Reference;
use crate::commands::keys::{Live, in_words};
use crate::context::Context;
use crate::failure::{Exit, Failure, Kind};
use crate::key::KeyType;
use crate::revocation::Outcome;
use crate::rotation::Rotation;
use crate::rotation::journal::{Instructions, Plan};
use crate::secret::Secret;

/// Begins a rotation, and goes as far as it goes.
///
/// # Errors
/// With a message that says what state the two keys are in.
pub(super) fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    let (plan, given, account) =
        prepare(context, arguments).map_err(|failure| failure.state("Nothing was changed"))?;
    let manner = Manner::new(context, arguments)?;
    if manner.asks {
        show(context, &plan);
        if !context.prompter.confirm("Begin?", true, "--yes")? {
            context.ui.status("Nothing was changed.");
            return Ok(Exit::Done);
        }
    }
    let folder = context.state_directory()?;
    let rotation = Rotation::begin(folder, plan, given)
        .map_err(|unavailable| open::explain(unavailable).state("Nothing was changed"))?;
    steps::run(context, &account, rotation, &manner)
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
    let destinations = places::find(context, &Places::nowhere(None), &old, &new)?;
    let directory = context.directory.clone();
    let instructions = Instructions { yes: true, directory, ..Instructions::default() };
    let plan = Plan { project: account.project, old, new, destinations, instructions };
    let folder = context.state_directory()?;
    let rotation = Rotation::begin(folder, plan, given).map_err(open::explain)?;
    let rotated = steps::go(context, account, rotation, &Manner::at_once())?;
    match rotated.ending.outcome {
        Some(outcome) => Ok((outcome, rotated.progress.new)),
        None => Err(Failure::new(Kind::Failed, "The rotation did not come to its end")),
    }
}

/// Everything that can fail before anything is written.
fn prepare(
    context: &Context,
    arguments: &Args,
) -> Result<(Plan, Option<Secret>, Account), Failure> {
    let may_revoke = arguments.yes || arguments.pause_before.is_some();
    if !may_revoke && !context.prompter.interactive() {
        return Err(context
            .prompter
            .refuse("A rotation ends with the old key revoked, which can't be taken back")
            .hint("Add --yes, or stop before that with --pause-before revoke")
            .hint("Name the key: `keys rotate KEY`; `keys list` shows what is live"));
    }
    let domains = parse_domains(&arguments.domains, arguments.allow_broad)?;
    let name = arguments.name.as_deref().map(check_name).transpose().map_err(Failure::usage)?;
    let reference =
        arguments.key.as_ref().map(|text| Reference::parse(context, text)).transpose()?;
    if reference.is_none() && !context.prompter.interactive() {
        let failure = context.prompter.refuse("Which key is to be replaced was not said");
        return Err(failure.hint("Name it: `keys rotate KEY`; `keys list` shows what is live"));
    }
    context.state_directory()?;
    let account = Account::open(context)?;
    let live = Live::list(&account, arguments.environment)?;
    if let Some(reference) = &reference {
        open::refuse_open(context, account.project, |key| reference.fits(key))?;
    }
    let old = match &reference {
        Some(reference) => {
            reference.resolve(&live.keys)?.cloned().ok_or_else(|| reference.missing())?
        }
        None => usage::choose(context, &account, live.keys)?,
    };
    open::refuse_open(context, account.project, |key| key.id == old.id)?;
    let new = replacement(&old, name, domains)?;
    let destinations = places::find(context, &arguments.places, &old, &new)?;
    if destinations.is_empty() {
        return Err(Failure::new(
            Kind::Usage,
            format!("{} stands nowhere that this folder or the keychain shows", in_words(&old)),
        )
        .hint(
            "Say where the new key goes: --env-file PATH, --keychain NAME or --pipe-to COMMAND",
        ));
    }
    let given = reference.and_then(|reference| reference.held().cloned());
    let instructions = arguments.instructions(context.directory.clone());
    let project = account.project;
    Ok((Plan { project, old, new, destinations, instructions }, given, account))
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
