//! From the key that is meant to a rotation that is written down.

use jiff::{SignedDuration, Timestamp};

use super::destinations::{self, Found};
use super::last_call;
use super::occurrences::{self, Left};
use super::run_options::RunOptions;
use super::steps;
use super::{Args, Flags, open, waiting};
use crate::api::Listing;
use crate::commands::account::Account;
use crate::commands::keys::create::{check_name, parse_domains};
use crate::commands::keys::reference::Reference;
use crate::commands::keys::{Live, describe, environments, since, usage as all_usage};
use crate::context::Context;
use crate::destinations::command::Command;
use crate::failure::{Exit, Failure, Hint, Kind, SuggestedCommand};
use crate::key::{Environment, KeyType};
use crate::listed_key::{ListedKey, NewKey};
use crate::ops::revoke::Outcome;
use crate::ops::rotate::Rotation;
use crate::ops::rotate::journal::{Instructions, Plan};
use crate::scan::ProjectKeys;
use crate::secret::Secret;

/// Begins a rotation, and goes as far as it goes.
///
/// # Errors
/// With a message that says what state the two keys are in.
pub(super) fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    let nothing = |failure: Failure| failure.state("Nothing was changed");
    let flags = &arguments.flags;
    if arguments.key.is_none() {
        may_end(context, flags)
            .map_err(|failure| nothing(failure.hint(name_the_key("Name the key: "))))?;
    }
    let (account, old, given, new) = prepare(context, arguments).map_err(nothing)?;
    // Where there is no such key, no flag would help.
    may_end(context, flags).map_err(nothing)?;
    replace(context, &account, old, given, new, flags)
}

/// Refuses to begin what could not be ended, for want of somebody who agrees.
///
/// # Errors
/// If nobody has agreed, and nobody can be asked.
pub(in crate::commands::keys) fn may_end(context: &Context, flags: &Flags) -> Result<(), Failure> {
    let asks = context.prompter.interactive();
    if !(flags.yes || flags.pause_before.is_some() || asks) {
        let refused = context
            .prompter
            .refuse("A rotation revokes the old key at its end, which can't be undone");
        return Err(match flags.says_how_to_deploy() {
            true => refused.hint("Add --yes, or stop before that with --pause-before revoke"),
            false => refused.hint(
                "Add --yes and --no-deploy, --deploy COMMAND or --until-idle 15m; or stop before that with --pause-before revoke",
            ),
        });
    }
    if flags.says_how_to_deploy() || (asks && !flags.yes) {
        return Ok(());
    }
    Err(no_deployment())
}

/// That nobody is asked, and nothing says how the new key comes into use.
pub(super) fn no_deployment() -> Failure {
    Failure::usage("Refusing to replace a key unattended: nothing says how the new key comes into use")
        .hint("Deploy the new key with --deploy COMMAND, or add --no-deploy if what uses the key reads it anew by itself")
        .hint("To keep the old key until nothing uses it, add --until-idle 15m; to deploy by hand, add --pause-before deploy")
}

/// Replaces `old`, whose text may be `given`, by `new`, as far as it goes.
///
/// # Errors
/// With a message that says what state the two keys are in.
pub(in crate::commands::keys) fn replace(
    context: &Context,
    account: &Account,
    old: Meant,
    given: Option<Secret>,
    new: NewKey,
    flags: &Flags,
) -> Result<Exit, Failure> {
    let Meant { key: old, listing } = old;
    let nothing = |failure: Failure| failure.state("Nothing was changed");
    flags.check().map_err(nothing)?;
    let instructions = flags.instructions(context).map_err(nothing)?;
    check_commands(&instructions).map_err(nothing)?;
    if let Some(needed) = flags.until_idle {
        let time = listing.as_ref().and_then(|listing| listing.server_time);
        waiting::refuse_what_logs_can_not_show(account, &old, needed, time, |idle| {
            // The other flags count as much; a command without them would do something else.
            Hint::from("Use ").text(idle[0]).text(" ").text(idle[1]).text(" or less")
        })
        // Nothing was begun that could be partly done.
        .map_err(|failure| match failure.kind {
            Kind::PartlyDone => Failure { kind: Kind::Usage, ..failure },
            _ => failure,
        })
        .map_err(nothing)?;
    }
    context.ui.status(&format!("Searching the project for {}.", describe(&old)));
    let searched = [(&old, given.clone())];
    let project = occurrences::search(context, &context.directory, &[], &searched);
    let project = project.map_err(nothing)?;
    let (plan, left) =
        plan(context, account, old, new, (flags, instructions), &project).map_err(nothing)?;
    for sentence in occurrences::not_searched(context, &project, &plan.old, given.as_ref()) {
        context.ui.status(&sentence);
    }
    open::clean_up(context).map_err(nothing)?;
    open::warn_of_all_damaged(context).map_err(nothing)?;
    let run_options = RunOptions::new(context, flags);
    if run_options.asks {
        show(context, &plan, &left);
        if !context.prompter.confirm("Begin?", true, "--yes")? {
            context.ui.status("Nothing was changed.");
            return Ok(Exit::Done);
        }
    } else {
        for line in left.lines(context) {
            context.ui.warn(&format!(
                "Not rewritten: {line}. The old key is not revoked until it is gone from there."
            ));
        }
    }
    let folder = context.state_directory()?;
    let rotation = Rotation::begin(folder, plan, given)
        .map_err(|unavailable| nothing(open::explain(unavailable)))?;
    // A person may have thought about the plan for long.
    let before = listing.filter(|_| !run_options.asks);
    steps::run(context, account, rotation, &run_options, before)
}

/// Replaces `old`, whose text is `given`, wherever it is in the `project`, verifies the new key
/// and revokes the old one, without asking and without waiting. Gives how the old one was found to
/// be revoked, and the new one.
///
/// # Errors
/// With a message that says what state the two keys are in.
pub(in crate::commands::keys) fn replace_now(
    context: &Context,
    account: &Account,
    old: ListedKey,
    given: Option<Secret>,
    project: &ProjectKeys,
) -> Result<(Outcome, Option<ListedKey>), Failure> {
    open::refuse_open(context, account.project, |key| key.id == old.id)?;
    let new = replacement(&old, None, Vec::new())?;
    let flags = Flags { yes: true, no_deploy: true, ..Flags::default() };
    let instructions = flags.instructions(context)?;
    let (plan, _) = plan(context, account, old, new, (&flags, instructions), project)?;
    let folder = context.state_directory()?;
    let rotation = Rotation::begin(folder, plan, given).map_err(open::explain)?;
    let run_options = RunOptions { leaked: true, ..RunOptions::new(context, &flags) };
    let rotated = steps::go(context, account, rotation, &run_options, None)?;
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

/// The key that is meant.
pub(in crate::commands::keys) struct Meant {
    pub(in crate::commands::keys) key: ListedKey,
    /// The live keys of its environment, where they were listed for this.
    listing: Option<Listing>,
}

/// Which key is meant, and what is to replace it.
fn prepare(
    context: &Context,
    arguments: &Args,
) -> Result<(Account, Meant, Option<Secret>, NewKey), Failure> {
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
            let live = Live::of(&listings, arguments.environment);
            let key = last_call::choose(context, &account, live.keys, live_keys)?;
            Meant { key, listing: None }
        }
    };
    let given = reference.and_then(|reference| reference.held().cloned());
    let new = replacement(&old.key, name, domains)?;
    Ok((account, old, given, new))
}

/// The live key that is meant, where it is in no open rotation.
///
/// # Errors
/// If none fits, or several do, or it is in one.
pub(in crate::commands::keys) fn find(
    context: &Context,
    account: &Account,
    reference: &Reference,
    environment: Option<Environment>,
) -> Result<Meant, Failure> {
    // Both keys of an open rotation have one name.
    open::refuse_open(context, account.project, |key| reference.fits(key))?;
    let mut listings = account.list(&environments(environment))?;
    let key = reference.find_among(&Live::of(&listings, environment))?;
    open::refuse_open(context, account.project, |other| other.id == key.id)?;
    let index = listings.iter().position(|it| it.keys.iter().any(|other| other.id == key.id));
    Ok(Meant { key, listing: index.map(|index| listings.swap_remove(index)) })
}

/// What is to be done, checked as far as nothing has to be written for it; and where the
/// old key is left.
fn plan(
    context: &Context,
    account: &Account,
    old: ListedKey,
    new: NewKey,
    (flags, instructions): (&Flags, Instructions),
    project: &ProjectKeys,
) -> Result<(Plan, Left), Failure> {
    let found = project.occurrences(occurrences::is(&old));
    let found_here = Found { occurrences: &found, ignored: &instructions.ignored };
    let destinations =
        destinations::find(context, &flags.destinations, account.project, &old, &new, found_here)?;
    let left = Left::by(&destinations, &instructions.ignored, found, &project.unread);
    if destinations.is_empty() {
        let by_hand = match &left.occurrences[..] {
            [] => "in no .env file of this project, and in no entry of the keychain".to_owned(),
            found => {
                let locations = occurrences::locations(context, found, &[]);
                format!("nowhere that can be rewritten: only in {locations}")
            }
        };
        return Err(Failure::usage(format!("{} is {by_hand}", describe(&old))).hint(
            "Say where the new key goes: --env-file PATH, --keychain NAME or --pipe-to COMMAND",
        ));
    }
    Ok((Plan { project: account.project, old, new, destinations, instructions }, left))
}

/// Refuses a command that can't be run, before anything depends on it.
///
/// # Errors
/// Which, and why.
pub(super) fn check_commands(instructions: &Instructions) -> Result<(), Failure> {
    let Instructions { deploy, verify_with, directory, .. } = instructions;
    for (line, flag) in [(deploy, "--deploy"), (verify_with, "--verify-with")] {
        let Some(line) = line else { continue };
        Command { line: line.clone(), directory: Some(directory.clone()) }.check(flag)?;
    }
    Ok(())
}

/// The key that replaces `old`.
fn replacement(
    old: &ListedKey,
    name: Option<String>,
    domains: Vec<String>,
) -> Result<NewKey, Failure> {
    if old.key_type == KeyType::Agent {
        let message =
            format!("{} is an agent's key, and the service makes those itself", describe(old));
        return Err(Failure::usage(message).hint("Rotate it where the agent is set up"));
    }
    if old.key_type == KeyType::Secret && !domains.is_empty() {
        let message = format!("{} is secret; only publishable keys have domains", describe(old));
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
fn show(context: &Context, plan: &Plan, left: &Left) {
    let ui = &context.ui;
    ui.status(&format!("{} will be replaced:", describe(&plan.old)));
    ui.status("  1. create a new key");
    for destination in &plan.destinations {
        let verb = if destination.can_be_resumed() { "put it into" } else { "give it to" };
        ui.status(&format!("     {verb} {}", destination.storage().describe()));
    }
    match &plan.instructions {
        Instructions { deploy: Some(line), .. } => ui.status(&format!("  2. run `{line}`")),
        Instructions { no_deploy: true, .. } => ui.status("  2. deploy nothing"),
        _ => ui.status("  2. wait until you have deployed it"),
    }
    ui.status("  3. verify it");
    let lines = left.lines(context);
    let mut step = 4;
    if !lines.is_empty() {
        ui.status("  4. wait until you have taken the old one out of what this command leaves:");
        lines.iter().for_each(|line| ui.status(&format!("     {line}")));
        step += 1;
    }
    if let Some(seconds) = plan.instructions.until_idle {
        let now = Timestamp::now();
        let idle = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
        let time =
            now.checked_sub(idle).map_or_else(|_| format!("{seconds} s"), |at| since(at, now));
        ui.status(&format!("  {step}. wait until nothing has called with the old one for {time}"));
        step += 1;
    }
    ui.status(&format!("  {step}. show who still calls with the old one, ask, and revoke it"));
    ui.status(
        "Both keys work until the last step. Each later question can be answered with \"later\".",
    );
}
