//! Going on with an open rotation, or back.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::begin;
use super::ending::{waits, ways_on};
use super::run_options::RunOptions;
use super::steps;
use super::{Args, Flags};
use crate::commands::account::Account;
use crate::commands::keys::reference::Reference;
use crate::commands::keys::{Live, describe};
use crate::context::Context;
use crate::failure::{Exit, Failure, Hint, Kind, SuggestedCommand};
use crate::key::KeyType;
use crate::key_status::KeyStatus;
use crate::listed_key::{ListedKey, NewKey};
use crate::ops::create::journal as creations;
use crate::ops::rotate::Rotation;
use crate::ops::rotate::journal::{self, Found, Instructions, Plan, Progress, Unavailable};
use crate::ops::rotate::state::{State, Step};
use crate::ops::rotate::suggestions;
use crate::secret::Fingerprint;
use crate::ui::report::Report;
use crate::ui::{Layout, unless_reader_left};

/// Goes on with an open rotation, or back.
///
/// # Errors
/// With a message that says what state the two keys are in.
pub(super) fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    if !arguments.flags.destinations.is_empty() {
        let message = "Where the new key goes was decided when the rotation began";
        return Err(Failure::usage(message)
            .hint("Leave the destination out; or undo it with --abort, and begin again"));
    }
    if let (Some(old), Some(new)) = (arguments.old, arguments.new) {
        return from_elsewhere(context, arguments, old, new);
    }
    let Some(progress) = choose(context, arguments)? else {
        context.ui.status("No rotation is open.");
        unless_reader_left(context.ui.report(&NoneOpen))?;
        return Ok(Exit::Done);
    };
    let account = Account::open_for(context, &progress.plan.project.to_string())?;
    let rotation =
        Rotation::take(context.state_directory()?, progress.plan.old.id).map_err(explain)?;
    go_on(context, arguments, &account, rotation)
}

fn go_on(
    context: &Context,
    arguments: &Args,
    account: &Account,
    mut rotation: Rotation,
) -> Result<Exit, Failure> {
    arguments.refuse_what_is_past(rotation.progress().state)?;
    let said = arguments.change(context, &mut rotation)?;
    for destination in &mut rotation.plan_mut().destinations {
        destination.set_session_bus(context.variables.has_session_bus);
    }
    let plan = &rotation.progress().plan;
    let run_options = RunOptions::new(context, &arguments.flags).resumed(context, arguments)?;
    if !arguments.abort && !rotation.progress().state.is_past(Step::Deploy) {
        begin::check_commands(&plan.instructions)
            .and_then(|()| says_how_to_deploy(&run_options, &plan.instructions))
            .map_err(|failure| failure.state("Nothing was changed"))?;
    }
    let environment = plan.old.environment;
    let mut step = rotation.progress().state.step();
    if step != Step::Close {
        let listing = account.list(&[environment])?.remove(0);
        let life = rotation.refresh(&account.dashboard, &listing)?;
        step = rotation.progress().state.step();
        let revoked = life == KeyStatus::Revoked;
        if revoked && !matches!(step, Step::Revoke | Step::Close) {
            context.ui.warn(&format!(
                "{} has been revoked already: what still uses it fails.",
                describe(&rotation.progress().plan.old)
            ));
        }
        if !arguments.abort && !revoked && !rotation.progress().state.is_aborting() {
            let progress = rotation.progress();
            let agreed = run_options.asks || progress.plan.instructions.yes;
            let again = suggestions::resume(progress.plan.old.id);
            may_revoke(context, arguments, agreed, again)?;
        }
        // Where only its revocation was left, nothing is lost by going on.
        let forward = revoked && step == Step::Revoke;
        if arguments.abort && step != Step::Close && !forward {
            rotation.begin_abort(&account.dashboard, &listing)?;
        }
    }
    rotation.note_said(said)?;
    let too_late = arguments.abort && matches!(step, Step::Revoke | Step::Close) && {
        let state = rotation.progress().state;
        matches!(state, State::Idle | State::Revoked)
    };
    let exit = steps::run(context, account, rotation, &run_options, None)?;
    if too_late {
        let message = "The old key was revoked already, so that there was no way back";
        return Err(Failure::new(Kind::Failed, message)
            .state("The rotation is finished, and the new key is in its destinations"));
    }
    Ok(exit)
}

/// Refuses to go on to a revocation that nobody has agreed to, where nobody can be asked:
/// before anything is waited for, and before anything is noted.
fn may_revoke(
    context: &Context,
    arguments: &Args,
    agreed: bool,
    mut again: SuggestedCommand,
) -> Result<(), Failure> {
    let flags = &arguments.flags;
    if agreed || flags.pause_before.is_some() {
        return Ok(());
    }
    let times = [
        ("--until-used", flags.until_used),
        ("--until-idle", flags.until_idle),
        ("--at-most", flags.at_most),
    ];
    for (flag, time) in times {
        if let Some(time) = time {
            again = again.option(flag, format!("{}s", time.as_secs()));
        }
    }
    let texts = [
        ("--deploy", &flags.deploy),
        ("--verify-with", &flags.verify_with),
        ("--new-key", &arguments.new_key),
    ];
    for (flag, text) in texts {
        if let Some(text) = text {
            again = again.option(flag, text);
        }
    }
    let said = [
        (flags.no_deploy, "--no-deploy"),
        (flags.skip_verify, "--skip-verify"),
        (flags.wait, "--wait"),
        (arguments.leave_failed, "--leave-failed"),
    ];
    again = again.words(said.into_iter().filter_map(|(said, flag)| said.then_some(flag)));
    for path in &flags.ignored {
        again = again.file_option("--ignore-occurrence", path);
    }
    let failure = context.prompter.refuse("Revoking the old key can't be taken back");
    Err(failure
        .state("Nothing was changed")
        .hint(Hint::from("Add --yes: ").command(again.words(["--yes"]))))
}

/// Refuses to go on where nobody is asked, and neither now nor when it began it was said
/// how the new key comes into use.
fn says_how_to_deploy(run_options: &RunOptions, said: &Instructions) -> Result<(), Failure> {
    let Instructions { deploy, no_deploy, paused, until_idle, .. } = said;
    if run_options.asks || deploy.is_some() || *no_deploy || *paused || until_idle.is_some() {
        return Ok(());
    }
    Err(begin::no_deployment())
}

/// Refuses a key that is the old or the new one of an open rotation.
///
/// # Errors
/// That it is, and what to do; or where the state folder can't be read.
pub(super) fn refuse_open(
    context: &Context,
    project: Uuid,
    is_meant: impl Fn(&ListedKey) -> bool,
) -> Result<(), Failure> {
    for Found { progress, running, .. } in all(context)? {
        let Some(progress) = progress else { continue };
        // One that is over but for its cleaning up is in nobody's way.
        let open = progress.state.step() != Step::Close;
        if open && progress.plan.project == project && progress.keys().any(&is_meant) {
            let open = Unavailable::Open(Box::new(progress));
            return Err(explain(if running { Unavailable::Running } else { open }));
        }
    }
    Ok(())
}

/// The open rotations of every project, as far as the state folder can be read: it keeps no
/// leaked key alive, and no key from being revoked.
pub(in crate::commands::keys) fn open_rotations(context: &Context) -> Vec<Progress> {
    let found = all(context).unwrap_or_default().into_iter();
    let open = found.filter_map(|found| found.progress);
    open.filter(|it| it.state.step() != Step::Close).collect()
}

/// The open rotation that a leaked key is of.
pub(in crate::commands::keys) struct OfRotation {
    /// Its project.
    pub(in crate::commands::keys) project: Uuid,
    /// The id of its old key.
    pub(in crate::commands::keys) old: Uuid,
    /// Whether the leaked key is the new one.
    is_new: bool,
    /// Whether it was brought to its end.
    pub(in crate::commands::keys) ended: bool,
}

impl OfRotation {
    /// Which of the rotations that are `open` the key with this fingerprint is a key of; `None`
    /// if it is of none. `listed` is its project and the key, if it is live.
    pub(in crate::commands::keys) fn find(
        open: &[Progress],
        fingerprint: &Fingerprint,
        listed: Option<(Uuid, &ListedKey)>,
    ) -> Option<Self> {
        let is_meant = |rotation: &Progress, key: &ListedKey| match listed {
            Some((project, listed)) => rotation.plan.project == project && key.id == listed.id,
            // One that is revoked is in no list; its hash is in the journal.
            None => key.is(fingerprint),
        };
        open.iter().find_map(|it| {
            let leaked = it.keys().find(|key| is_meant(it, key))?.id;
            let (project, old) = (it.plan.project, it.plan.old.id);
            Some(Self { project, old, is_new: leaked != old, ended: false })
        })
    }

    /// What finishes it once the leaked key is revoked: forward for the old key, back for the
    /// new one.
    pub(in crate::commands::keys) fn finish(&self) -> SuggestedCommand {
        if self.is_new { suggestions::abort(self.old) } else { suggestions::resume(self.old) }
    }

    /// Puts the old key back, if the leaked one is the new one, which was revoked just now. A
    /// deployment is not run, and nobody is asked. What fails is said, and it stays open.
    pub(in crate::commands::keys) fn go_back(&mut self, context: &Context, account: &Account) {
        if !self.is_new {
            return;
        }
        match go_back_from_revoked(context, account, self.old) {
            Ok(()) => self.ended = true,
            Err(failure) => {
                let why = failure.message();
                context.ui.warn(&format!("The old key is not back in its destinations: {why}."));
                failure.hints.into_iter().for_each(|hint| context.ui.hint(hint));
            }
        }
    }
}

/// Goes back with the rotation of the key `old`, whose new key is revoked.
///
/// # Errors
/// If it can't be had, or goes neither way.
fn go_back_from_revoked(context: &Context, account: &Account, old: Uuid) -> Result<(), Failure> {
    let mut rotation = Rotation::take(context.state_directory()?, old).map_err(explain)?;
    for destination in &mut rotation.plan_mut().destinations {
        destination.set_session_bus(context.variables.has_session_bus);
    }
    let flags = Flags { yes: true, ..Flags::default() };
    let run_options = RunOptions { leaked: true, ..RunOptions::new(context, &flags) };
    let listing = account.list(&[rotation.progress().plan.old.environment])?.remove(0);
    rotation.refresh(&account.dashboard, &listing)?;
    // The old key may have leaked with it.
    if rotation.progress().state == State::Lost {
        let create = Hint::from("Create a new key with ")
            .command(SuggestedCommand::cencori(["keys", "create"]));
        context.ui.warn_with("Both keys of the open rotation are revoked: it is over.", create);
        return Ok(rotation.close().map_err(anyhow::Error::from)?);
    }
    rotation.begin_abort(&account.dashboard, &listing)?;
    let rotated = steps::go(context, account, rotation, &run_options, None)?;
    if rotated.progress.in_use {
        context.ui.warn("What was deployed with the leaked key fails now: deploy it again.");
    }
    Ok(())
}

/// The open rotations of every project.
///
/// # Errors
/// If the state folder is nowhere, or can't be read.
pub(in crate::commands::keys) fn all(context: &Context) -> Result<Vec<Found>, Failure> {
    let found = journal::all(context.state_directory()?);
    found.map_err(|error| {
        anyhow::Error::from(error).context("The state folder can't be read").into()
    })
}

/// The journals that can't be read.
fn damaged(found: &[Found]) -> impl Iterator<Item = &PathBuf> {
    found.iter().filter(|found| found.progress.is_none()).map(|found| &found.path)
}

/// Warns of every journal that can't be read: which keys it is of, nobody knows.
pub(super) fn warn_of_all_damaged(context: &Context) -> Result<(), Failure> {
    damaged(&all(context)?).for_each(|path| warn_of_damaged(context, path));
    Ok(())
}

/// Warns of a journal that can't be read, and says what to do.
pub(super) fn warn_of_damaged(context: &Context, path: &Path) {
    let failure = explain(Unavailable::Damaged(path.to_owned()));
    context.ui.warn(&format!("{}.", failure.message()));
    for hint in failure.hints {
        context.ui.hint(hint);
    }
}

/// Names what rotations have left whose journals are gone: both keys' texts.
pub(super) fn warn_of_remains(context: &Context) -> Result<bool, Failure> {
    let state = context.state_directory()?;
    let remains = creations::without_journal(state, |old| journal::exists(state, old))
        .map_err(|error| anyhow::Error::from(error).context("The state folder can't be read"))?;
    for (old, path) in &remains {
        context.ui.warn_with(
            &format!(
                "{} is of a rotation whose journal is gone. It holds the texts of the old key, {old}, and of its \
                 replacement.",
                path.display()
            ),
            Hint::from("See with ")
                .command(SuggestedCommand::cencori(["keys", "list"]))
                .text(" which of them is in use, revoke the other by its id, and remove the file"),
        );
    }
    Ok(!remains.is_empty())
}

/// What is told where there is nothing to continue.
struct NoneOpen;

impl Report for NoneOpen {
    fn text(&self, _: &Layout) -> String {
        String::new()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!({ "outcome": "none_open" })
    }
}

/// Forgets the rotations that are over but for that.
pub(super) fn clean_up(context: &Context) -> Result<(), Failure> {
    for Found { progress, running, .. } in all(context)? {
        let over = progress.filter(|it| it.state.step() == Step::Close && !running);
        let Some(Progress { plan, .. }) = over else { continue };
        if let Ok(rotation) = Rotation::take(context.state_directory()?, plan.old.id) {
            rotation.close()?;
        }
    }
    Ok(())
}

/// The open rotation that is meant; `None` if none is open, and none was named.
fn choose(context: &Context, arguments: &Args) -> Result<Option<Progress>, Failure> {
    let mut found = all(context)?;
    if found.len() > 1 {
        clean_up(context)?;
        found = all(context)?;
    }
    let damaged: Vec<_> = damaged(&found).cloned().collect();
    let mut open: Vec<Progress> = found.into_iter().filter_map(|found| found.progress).collect();
    if let Some(text) = &arguments.key {
        let reference = Reference::parse(context, text)?;
        open.retain(|progress| progress.keys().any(|key| reference.fits(key)));
        if open.is_empty() {
            let id = reference.id().map(|id| id.to_string());
            let is_meant =
                |path: &&PathBuf| path.file_stem().and_then(OsStr::to_str) == id.as_deref();
            if let Some(path) = damaged.iter().find(is_meant).filter(|_| id.is_some()) {
                return Err(explain(Unavailable::Damaged(path.clone())));
            }
            damaged.iter().for_each(|path| warn_of_damaged(context, path));
            let message = format!("No open rotation fits \"{}\"", reference.shown);
            return Err(Failure::new(Kind::NotFound, message)
                .hint(Hint::from(status()).text(" shows the open ones")));
        }
    }
    let remains = warn_of_remains(context)?;
    if open.is_empty() && damaged.is_empty() && remains {
        return Err(Failure::new(Kind::Failed, "No rotation is open that could be ended"));
    }
    if open.is_empty() {
        let first = damaged.into_iter().next().map(Unavailable::Damaged);
        return first.map(explain).map_or(Ok(None), Err);
    }
    damaged.iter().for_each(|path| warn_of_damaged(context, path));
    match open.len() {
        1 => Ok(Some(open.remove(0))),
        _ if context.prompter.interactive() => {
            let lines: Vec<_> = open.iter().map(line).collect();
            let lines: Vec<_> = lines.iter().map(String::as_str).collect();
            let chosen = context.prompter.choose("Rotation", &lines, "KEY")?;
            Ok(Some(open.remove(chosen)))
        }
        count => {
            let lines: Vec<_> = open.iter().map(line).collect();
            let message = format!("{count} rotations are open: {}", lines.join("; "));
            let verb = if arguments.abort { "--abort" } else { "--resume" };
            let again = |it: &Progress| {
                let command = SuggestedCommand::cencori(["keys", "rotate", verb]);
                Hint::from("Say which: ").command(command.operand(it.plan.old.id.to_string()))
            };
            let failure = Failure::new(Kind::Ambiguous, message);
            Err(open.iter().fold(failure, |failure, it| failure.hint(again(it))))
        }
    }
}

fn line(progress: &Progress) -> String {
    let old = &progress.plan.old;
    format!("{}, id {}, {}", describe(old), old.id, waits(progress))
}

/// Goes on where another machine has begun: by what the service says of the two
/// keys alone.
fn from_elsewhere(
    context: &Context,
    arguments: &Args,
    old: Uuid,
    new: Uuid,
) -> Result<Exit, Failure> {
    let account = Account::open(context)?;
    let folder = context.state_directory()?;
    match Rotation::take(folder, old) {
        Ok(rotation) if rotation.progress().new.as_ref().is_some_and(|key| key.id == new) => {
            return go_on(context, arguments, &account, rotation);
        }
        Ok(_) => {
            let message = format!("A rotation of {old} is open on this machine, to another key");
            return Err(Failure::usage(message).hint(Hint::from(status()).text(" shows it")));
        }
        Err(Unavailable::None) => {}
        Err(unavailable) => return Err(explain(unavailable)),
    }
    let live = Live::list(&account, None)?;
    let find = |id: Uuid| live.keys.iter().find(|key| key.id == id).cloned();
    let replacement = find(new).ok_or_else(|| {
        Failure::new(Kind::NotFound, format!("The new key, {new}, is not among the live keys"))
            .hint(
                Hint::from(SuggestedCommand::cencori(["keys", "list", "--json"]))
                    .text(" shows their ids"),
            )
    })?;
    let Some(old) = find(old) else {
        if !live.complete {
            let message = format!(
                "Whether the old key, {old}, is live is not known: the service's list is cut"
            );
            return Err(Failure::new(Kind::Failed, message).hint(
                Hint::from("To be sure that it is revoked: ").command(
                    SuggestedCommand::cencori(["keys", "revoke"]).operand(old.to_string()),
                ),
            ));
        }
        let message = format!(
            "The old key, {old}, is not among the live keys: it was revoked before, or never existed in this project. \
             The service does not tell which"
        );
        return Err(Failure::new(Kind::NotFound, message).hint("Check the id after --old"));
    };
    if let (Some(made), Some(later)) = (old.created_at, replacement.created_at)
        && made > later
    {
        let message = format!("{} is older than {}", describe(&replacement), describe(&old));
        return Err(Failure::usage(message).hint("Are the ids after --old and --new swapped?"));
    }
    let alike = |key: &ListedKey| (key.key_type == KeyType::Publishable, key.environment);
    if old.id == replacement.id || alike(&old) != alike(&replacement) {
        let message = format!("{} is no replacement of {}", describe(&replacement), describe(&old));
        return Err(Failure::usage(message).hint("Check the ids after --old and --new"));
    }
    let asks = RunOptions::new(context, &arguments.flags).asks;
    if arguments.abort {
        let restored = arguments.old_key_restored || arguments.flags.until_idle.is_some();
        if !asks && !restored {
            return Err(needs_word(account.project, old.id, replacement.id));
        }
    } else {
        let agreed = asks || arguments.flags.yes;
        let again = suggestions::resume_elsewhere(account.project, old.id, replacement.id);
        may_revoke(context, arguments, agreed, again)?;
    }
    let plan = Plan {
        project: account.project,
        new: NewKey {
            name: replacement.name.clone(),
            environment: replacement.environment,
            key_type: replacement.key_type,
            allowed_domains: Some(replacement.domains.clone()),
        },
        old,
        destinations: Vec::new(),
        // Whoever goes on here knows what was deployed.
        instructions: Instructions {
            directory: context.directory.clone(),
            paused: true,
            ..Instructions::default()
        },
    };
    let mut rotation = Rotation::begin(folder, plan, None).map_err(explain)?;
    rotation.adopt(replacement)?;
    go_on(context, arguments, &account, rotation)
}

/// Refuses to go back on a machine that can't put the old key back, without a word that it is
/// back: before anything is noted, after which there would be no way forward here.
fn needs_word(project: Uuid, old: Uuid, new: Uuid) -> Failure {
    let again = suggestions::abort_elsewhere(project, old, new).words(["--old-key-restored"]);
    Failure::usage("What uses the new key fails once it is revoked, and only another machine can put the old one back")
        .state("Nothing was changed")
        .hint(Hint::from("Run ").command(suggestions::abort(old)).text(" where the rotation began"))
        .hint(Hint::from("Or put the old key back yourself, then run ").command(again))
}

fn status() -> SuggestedCommand {
    SuggestedCommand::cencori(["keys", "rotate", "--status"])
}

/// Why a rotation can't be had, and what to do.
pub(super) fn explain(unavailable: Unavailable) -> Failure {
    match unavailable {
        Unavailable::None => Failure::new(Kind::NotFound, "The rotation has just been ended"),
        Unavailable::Running => {
            Failure::new(Kind::Failed, "Another process is rotating this key now")
                .hint(Hint::from("Wait until it has ended; ").command(status()).text(" shows it"))
        }
        Unavailable::Open(progress) => {
            let old = &progress.plan.old;
            let waits = waits(&progress);
            let message = format!("A rotation of {} is open already, {waits}", describe(old));
            Failure::usage(message).hint(ways_on(&progress))
        }
        Unavailable::Damaged(path) => Failure::new(
            Kind::Failed,
            format!(
                "{} is the journal of a rotation, and can't be read: it was cut or changed",
                path.display()
            ),
        )
        .hint(
            Hint::from("Its name is the old key's id. See with ")
                .command(SuggestedCommand::cencori(["keys", "list"]))
                .text(
                    " whether a newer key of the same name is in use; revoke the one of the two that nothing uses. \
                     Then remove the file, and in the folder creations beside its own those whose names begin with \
                     rotation- and that id: they hold the texts of both keys",
                ),
        ),
        Unavailable::Failed(error) => {
            Failure::from(anyhow::Error::from(error).context("The state folder can't be used"))
        }
    }
}
