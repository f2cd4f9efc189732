//! `cencori keys create`

use std::collections::HashSet;
use std::path::PathBuf;

use serde_json::{Value, json};
use uuid::Uuid;

use super::destination_flags::{DestinationFlags, Replaces};
use super::{as_json, describe, destination_flags, guided};
use crate::api::Listing;
use crate::commands::account::Account;
use crate::commands::project_file;
use crate::commands::values;
use crate::context::Context;
use crate::domain::{Admitted, Breadth, DomainPattern, StoredPattern};
use crate::failure::{Exit, Failure, Hint, Kind, SuggestedCommand};
use crate::key::Environment;
use crate::listed_key::{ListedKey, NewKey};
use crate::ops::create::{self, Creation, Placement, Plan};
use crate::secret::Secret;
use crate::ui::report::Report;
use crate::ui::{Layout, unless_reader_left};

/// Longest name, in characters. The service has no limit, but lists and
/// questions do.
const LONGEST_NAME: usize = 255;

/// Create a key where it is used
///
/// With --env-file, --keychain or --pipe-to the key is not printed; without them it is the only
/// thing on standard output. A key is shown only once, so every destination is checked before the
/// key is created. On a terminal and without NAME, the command asks for what it needs.
///
/// Quote domain patterns ('*.myapp.com'): bash replaces an unquoted pattern with the files that
/// match it, and zsh refuses it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The name of the key in lists
    pub(super) name: Option<String>,

    /// Create a secret key, for servers (default)
    #[arg(long, conflicts_with = "publishable")]
    pub(super) secret: bool,

    /// Create a publishable key, for browsers; needs --domain
    #[arg(long)]
    pub(super) publishable: bool,

    /// A domain that the publishable key works from, such as `myapp.com`; repeatable.
    /// `*.myapp.com` allows every subdomain, and `myapp.com` too
    #[arg(long = "domain", value_name = "DOMAIN")]
    pub(super) domains: Vec<String>,

    /// Accept a domain that allows other people's sites, such as `*.github.io`
    #[arg(long)]
    pub(super) allow_broad: bool,

    /// The environment in which the key works [default: production]
    #[arg(long, value_parser = values::environment())]
    pub(super) environment: Option<Environment>,

    #[command(flatten)]
    pub(super) destinations: DestinationFlags,

    /// Replace the value that the variable or the keychain entry has, without asking
    #[arg(long)]
    pub(super) overwrite: bool,

    /// Print the key even if it is written somewhere
    #[arg(long)]
    pub(super) reveal: bool,

    /// Create nothing: finish or undo an interrupted `keys create`
    #[arg(long, exclusive = true)]
    pub(super) resume: bool,
}

/// What is to be made, and where it is to go.
pub(super) struct Request {
    pub(super) key: NewKey,
    pub(super) env_files: Vec<PathBuf>,
}

/// Creates a key.
///
/// # Errors
/// With a message that says whether a key exists now.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    if arguments.resume {
        return resume(context);
    }
    let (plan, account, before) =
        prepare(context, arguments).map_err(|failure| failure.state("Nothing was created"))?;
    let prints = plan.destinations.is_empty() || arguments.reveal;
    let replaced = destination_flags::replaced(&plan.destinations, &before);
    let mut creation =
        create::create(&account.dashboard, context.state_directory()?, plan, &before[0])?;

    let placement = creation.destination();
    if let ([], [(_, why), ..]) = (&placement.stored[..], &placement.failed[..]) {
        return Err(give_up(
            creation,
            &account,
            &why.message(),
            "The key was not written anywhere",
        ));
    }
    let printed = |creation: &mut Creation| {
        if prints { print(context, creation, &account, &placement) } else { Ok(()) }
    };
    if placement.stored.is_empty() {
        if let Err(error) = printed(&mut creation) {
            let state = "The key could not be printed";
            return Err(give_up(creation, &account, &error.to_string(), state));
        }
        say(context, &creation.key, &placement);
    } else {
        // The key is safe, so that all there is to say can be in the document.
        say(context, &creation.key, &placement);
        project_file::note(&context.ui, &placement.stored);
        warn_of(context, &replaced);
        match printed(&mut creation) {
            Err(error) => context.ui.warn(&format!("The key could not be printed: {error}.")),
            Ok(()) if prints => {}
            Ok(()) => unless_reader_left(
                context.ui.report(&Created::new(&creation, &account, None, &placement)),
            )?,
        }
    }
    if let Err(error) = creation.close() {
        context.ui.warn_with(
            &format!("The state folder can't be cleaned up ({error})."),
            Hint::from(SuggestedCommand::cencori(["keys", "create", "--resume"]))
                .text(" tries again"),
        );
    }
    partly(&placement).map_or(Ok(Exit::Done), Err)
}

/// Names the live keys whose text was replaced.
fn warn_of(context: &Context, replaced: &[ListedKey]) {
    for key in replaced {
        context.ui.warn_with(
            &format!("The key that stood there is still live: {}.", describe(key)),
            Hint::from("When nothing uses it any more, revoke it with ")
                .command(SuggestedCommand::cencori(["keys", "revoke"]).operand(key.id.to_string())),
        );
    }
}

/// Ends what earlier runs had to leave, and creates nothing.
fn resume(context: &Context) -> Result<Exit, Failure> {
    let account = Account::open(context)?;
    if account.recover_interrupted(context)? == 0 {
        context.ui.status("No `keys create` was interrupted on this project.");
    }
    Ok(Exit::Done)
}

/// Everything that can fail before there is a key to lose.
/// With the live keys of the new one's environment, and of the other one where it may
/// replace one of those.
fn prepare(context: &Context, arguments: &Args) -> Result<(Plan, Account, Vec<Listing>), Failure> {
    let request = guided::request(context, arguments)?;
    let replaces = Replaces::Anything { overwrite: arguments.overwrite };
    let (flags, env_files) = (&arguments.destinations, &request.env_files);
    // An entry of the keychain belongs to a project, which only the account tells.
    let in_keychain = flags.keychain.is_some();
    let account = in_keychain.then(|| Account::open(context)).transpose()?;
    let project = account.as_ref().map(|account| account.project);
    let destinations = destination_flags::destinations(
        context,
        flags,
        env_files,
        project,
        &request.key,
        replaces,
    )?;
    if destinations.is_empty() && context.stdout_is_discarded() {
        let message = "Nobody would see the key: standard output is closed or discarded";
        return Err(Failure::usage(message).hint("Put it somewhere with --env-file or --pipe-to"));
    }
    context.state_directory()?;
    let account = account.map_or_else(|| Account::open(context), Ok)?;
    account.recover_interrupted(context)?;
    let mut environments = vec![request.key.environment];
    if destination_flags::replace_something(&destinations) {
        let other = Environment::ALL.into_iter().filter(|it| *it != request.key.environment);
        environments.extend(other);
    }
    let before = account.list(&environments)?;
    if before[0].keys.iter().any(|key| key.name == request.key.name) {
        context.ui.warn(&format!(
            "A live key named {} exists already; only prefix and id tell the two apart.",
            request.key.name
        ));
    }
    let plan = Plan { project: account.project, key: request.key, destinations, rotation: None };
    Ok((plan, account, before))
}

/// Prints the key. From here on somebody may have it.
fn print(
    context: &Context,
    creation: &mut Creation,
    account: &Account,
    placement: &Placement,
) -> std::io::Result<()> {
    creation.mark_disclosed()?;
    context.ui.report(&Created::new(creation, account, Some(&creation.secret), placement))
}

/// The key is nowhere: revokes it, and says so.
fn give_up(creation: Creation, account: &Account, why: &str, state: &str) -> Failure {
    let key = creation.key.clone();
    let outcome = creation.undo(&account.dashboard);
    let undone = create::describe_undo(&key, &outcome);
    Failure::new(Kind::Failed, format!("{why}. {state}, so {undone}."))
}

/// Where some destinations have the key and some have not: which, and what to do.
fn partly(placement: &Placement) -> Option<Failure> {
    let (_, why) = placement.failed.first()?;
    let destination = placement.stored.first()?.storage().describe();
    let others = placement.failed.iter().skip(1).map(|(_, why)| format!(". {}", why.message()));
    let message = format!("{}{}", why.message(), others.collect::<String>());
    let failure = Failure::new(Kind::PartlyDone, message);
    Some(
        failure
            .state(&format!("The key is live, in {destination}"))
            .hint("Take it from there, or revoke it"),
    )
}

fn say(context: &Context, key: &ListedKey, placement: &Placement) {
    let ui = &context.ui;
    let domains = if key.domains.is_empty() {
        String::new()
    } else {
        format!(" for {}", key.domains.join(", "))
    };
    ui.status(&format!("Created the {} key {}{domains}.", key.key_type, describe(key)));
    for domain in &key.domains {
        // The service's own list, as it came back.
        let admits = StoredPattern::new(domain).admits();
        if matches!(admits, Admitted::Subdomains(_)) {
            ui.status(&format!("{domain} allows {admits}."));
        }
    }
    for destination in &placement.stored {
        let verb = if destination.can_be_resumed() { "Stored in" } else { "Given to" };
        ui.status(&format!("{verb} {}.", destination.storage().describe()));
    }
}

/// A name that can be shown, listed and typed.
pub(super) fn check_name(name: &str) -> Result<String, String> {
    let name = name.trim();
    let length = name.chars().count();
    if name.is_empty() {
        Err("A key needs a name that is not blank.".to_owned())
    } else if name.chars().any(char::is_control) {
        Err("A name can't have control characters.".to_owned())
    } else if length > LONGEST_NAME {
        Err(format!(
            "A name of {length} characters is too long for any list; {LONGEST_NAME} are the most."
        ))
    } else {
        Ok(name.to_owned())
    }
}

/// Reads the domains of a publishable key, one list for all mistakes.
pub(super) fn parse_domains(texts: &[String], allow_broad: bool) -> Result<Vec<String>, Failure> {
    let breadth = if allow_broad { Breadth::AllowBroad } else { Breadth::Careful };
    let (mut domains, mut known) = (Vec::new(), HashSet::new());
    for text in texts {
        let pattern = DomainPattern::parse(text, breadth).map_err(|error| {
            let failure = Failure::usage(&error);
            match error.suggestion {
                _ if error.is_too_broad() => failure.hint("If that is meant, add --allow-broad"),
                Some(suggestion) => {
                    failure.hint(Hint::from("Did you mean '").data(suggestion).text("'?"))
                }
                None => failure,
            }
        })?;
        let domain = pattern.as_str().to_owned();
        domains.extend(known.insert(pattern).then_some(domain));
    }
    Ok(domains)
}

/// A key that was made.
struct Created<'a> {
    key: &'a ListedKey,
    project: Uuid,
    /// The key itself, where it is to be printed.
    secret: Option<&'a Secret>,
    placement: &'a Placement,
}

impl<'a> Created<'a> {
    fn new(
        creation: &'a Creation,
        account: &Account,
        secret: Option<&'a Secret>,
        placement: &'a Placement,
    ) -> Self {
        Self { key: &creation.key, project: account.project, secret, placement }
    }
}

impl Report for Created<'_> {
    fn text(&self, _: &Layout) -> String {
        self.secret.map_or_else(String::new, |secret| format!("{}\n", secret.expose()))
    }

    fn shows_key(&self) -> bool {
        self.secret.is_some()
    }

    fn json(&self) -> Value {
        let mut document = as_json(self.key, self.project);
        let stored = self
            .placement
            .stored
            .iter()
            .map(|destination| destination_flags::as_json(destination, None));
        let failed = self
            .placement
            .failed
            .iter()
            .map(|(destination, why)| destination_flags::as_json(destination, Some(why)));
        let mut destinations: Vec<_> = stored.chain(failed).collect();
        if let Some(secret) = self.secret {
            document["key"] = secret.expose().into();
            destinations.push(json!({ "kind": "stdout", "stored": true }));
        }
        document["destinations"] = destinations.into();
        document
    }
}
