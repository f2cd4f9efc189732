//! `cencori keys revoke --leaked`

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::File;

use uuid::Uuid;

use super::Args;
use super::leaked_report::{Found, Leaked, Line, LineOutcome};
use crate::api::parallel;
use crate::commands::account::{Access, Account};
use crate::commands::keys::rotate::{OfRotation, occurrences};
use crate::commands::keys::{describe, entries, gateway_cache, rotate};
use crate::context::Context;
use crate::failure::{Exit, Failure, Hint, Kind};
use crate::key::{self, Environment};
use crate::ops::revoke::Outcome;
use crate::ops::revoke_leaked::{self, Ownership, Target};
use crate::scan::{self, Candidates, Finder, Location, ProjectKeys};
use crate::secret::{Fingerprint, Secret};
use crate::ui::interrupt::DeferredInterrupt;
use crate::ui::unless_reader_left;

/// A key in the input, and every location where it is.
struct Suspect {
    key: Secret,
    locations: Vec<Location>,
}

/// Revokes every key that is in the file or the standard input at `source`.
///
/// # Errors
/// If the input can't be read, or nobody is signed in: nothing was revoked then. The outcome of
/// each key is in the report, and the exit code sums up.
pub(super) fn run(context: &Context, arguments: &Args, source: &str) -> Result<Exit, Failure> {
    let (suspects, candidates) = read(context, source)?;
    if suspects.is_empty() {
        // Of a report that was cut, emptied or redacted this is as true.
        context.ui.warn("No Cencori keys found.");
        unless_reader_left(
            context.ui.report(&Leaked { lines: Vec::new(), commands: context.ui.commands() }),
        )?;
        return Ok(Exit::Done);
    }
    let access = Access::open(context).map_err(|failure| failure.state("Nothing was revoked"))?;
    let keys: Vec<Secret> = suspects.iter().map(|suspect| suspect.key.clone()).collect();
    let owners = owners(context, arguments, &access, &keys)
        .map_err(|failure| failure.state("Nothing was revoked"))?;
    let known: HashSet<Fingerprint> = suspects
        .iter()
        .zip(&owners)
        .filter(|(_, owner)| !matches!(owner, Ownership::Unknown | Ownership::NotAsked))
        .map(|(suspect, _)| suspect.key.fingerprint())
        .collect();
    let mut lines: Vec<Line> = suspects
        .iter()
        .zip(owners)
        .filter(|(suspect, _)| {
            let fingerprint = suspect.key.fingerprint();
            candidates.tells(&fingerprint, |key| known.contains(key))
                // Without an answer, what reads like any name is taken for one.
                && (known.contains(&fingerprint) || !key::reads_like_a_name(suspect.key.expose()))
        })
        .map(|(suspect, owner)| Line::new(&suspect.key, suspect.locations.clone(), owner))
        .collect();
    // One that was revoked before may have left its rotation open: by a run that was cut short.
    let open = rotate::open_rotations(context);
    for line in &mut lines {
        if line.listed().is_some() || line.outcome.is_dead() {
            line.rotation = OfRotation::find(&open, &line.fingerprint, line.listed());
        }
    }
    let keys: HashMap<Fingerprint, Secret> =
        suspects.into_iter().map(|suspect| (suspect.key.fingerprint(), suspect.key)).collect();
    if !arguments.dry_run {
        if !agreed(context, arguments, &lines)? {
            context.ui.status("Nothing was revoked.");
            return Ok(Exit::Unfinished(Kind::PartlyDone));
        }
        let said = "Stopping after the calls that are under way; Ctrl-C again ends at once.";
        let interrupt = DeferredInterrupt::begin((!context.ui.json()).then_some(said));
        respond(context, arguments, &access, &mut lines, &keys, &interrupt);
        let exit = finish(context, arguments, lines)?;
        interrupt.raise();
        return Ok(exit);
    }
    if arguments.rotate
        && let Some(files) = look_for(context, &access, &mut lines, &keys)
    {
        for (_, key) in lines.iter().filter(|line| can_be_replaced(line)).filter_map(Line::listed) {
            occurrences::report_files(context, &files, key);
        }
    }
    finish(context, arguments, lines)
}

/// Looks for the keys of `lines` in this project, and notes in each line what was found.
/// `None` if the project can't be searched, which is said.
fn look_for(
    context: &Context,
    access: &Access,
    lines: &mut [Line],
    keys: &HashMap<Fingerprint, Secret>,
) -> Option<ProjectKeys> {
    let files = match search(context, lines, keys) {
        Ok(files) => files,
        Err(failure) => {
            let why = failure.message();
            context.ui.warn(&format!("The project's files can't be searched: {why}."));
            return None;
        }
    };
    let here = access.account().map(|account| account.project);
    for line in lines {
        let Some((project, key)) = line.listed() else { continue };
        let occurrences = files.occurrences(occurrences::is(key));
        let can_be_replaced = here == Some(project)
            && rotate::can_be_replaced(context, &files, project, key).unwrap_or(false);
        line.found = Some(Found { occurrences, left: None, can_be_replaced });
    }
    Some(files)
}

/// Whether the key of `line` is replaced before it is revoked. A key of an open rotation is not:
/// the old one has its replacement already, and the new one is that.
fn can_be_replaced(line: &Line) -> bool {
    line.rotation.is_none() && line.found.as_ref().is_some_and(|found| found.can_be_replaced)
}

/// Whose each of `keys` is.
fn owners(
    context: &Context,
    arguments: &Args,
    access: &Access,
    keys: &[Secret],
) -> Result<Vec<Ownership>, Failure> {
    let gateway = access.gateway(context)?;
    let linked = match access.account().map(|it| (it.project, it.list(&Environment::ALL))) {
        None => None,
        Some((project, Ok(listings))) => Some((project, listings)),
        // The keys may be of another one.
        Some((_, Err(failure)))
            if matches!(failure.kind, Kind::NotAllowed | Kind::NotFound) && !arguments.no_ask =>
        {
            let why = failure.message();
            context.ui.warn(&format!("The linked project can't be looked into: {why}."));
            None
        }
        Some((_, Err(failure))) => return Err(failure),
    };
    Ok(revoke_leaked::owners(access.dashboard(), &gateway, linked, keys, !arguments.no_ask))
}

/// The keys in the input, each once, in the order in which they first appear.
fn read(context: &Context, source: &str) -> Result<(Vec<Suspect>, Candidates), Failure> {
    let finder = Finder::new();
    let found = if source == "-" {
        let input = std::io::stdin();
        scan::widen_pipe(&input);
        scan::in_stream(&finder, input)
    } else {
        let path = context.resolve(source.as_ref());
        File::open(path).and_then(|mut file| scan::in_file(&finder, &mut file))
    };
    let found = found.map_err(|error| {
        let shown = if source == "-" { "Standard input" } else { source };
        let missing = error.kind() == std::io::ErrorKind::NotFound;
        let kind = if missing { Kind::NotFound } else { Kind::Failed };
        Failure::new(kind, format!("{shown} can't be read: {error}")).state("Nothing was revoked")
    })?;
    let mut suspects: Vec<Suspect> = Vec::new();
    let mut known: HashMap<Fingerprint, usize> = HashMap::new();
    let mut candidates = Candidates::default();
    for found in found {
        let others = candidates.add(&finder, &found.key);
        for key in std::iter::once(found.key).chain(others) {
            let index = *known.entry(key.fingerprint()).or_insert(suspects.len());
            if index == suspects.len() {
                suspects.push(Suspect { key, locations: Vec::new() });
            }
            suspects[index].locations.push(found.location.clone());
        }
    }
    Ok((suspects, candidates))
}

/// Whether what is live may be revoked. Where nobody can be asked, `--yes` has
/// said so before anything was read.
fn agreed(context: &Context, arguments: &Args, lines: &[Line]) -> Result<bool, Failure> {
    let live: Vec<_> = lines.iter().filter_map(Line::listed).collect();
    if arguments.yes || live.is_empty() {
        return Ok(true);
    }
    for (_, key) in &live {
        context.ui.status(&format!("Live: {}", describe(key)));
    }
    let question = match live.len() {
        1 => "Revoke it? This can't be taken back.".to_owned(),
        count => format!("Revoke these {count} keys? This can't be taken back."),
    };
    context.prompter.confirm(&question, false, "--yes")
}

/// Revokes what is ours, and notes the outcome in `lines`.
fn respond(
    context: &Context,
    arguments: &Args,
    access: &Access,
    lines: &mut [Line],
    keys: &HashMap<Fingerprint, Secret>,
    interrupt: &DeferredInterrupt,
) {
    let mut replaced = BTreeSet::new();
    let mut files = ProjectKeys::default();
    if arguments.rotate {
        files = look_for(context, access, lines, keys).unwrap_or_default();
        replaced = (0..lines.len()).filter(|index| can_be_replaced(&lines[*index])).collect();
    }
    // What is not replaced here is revoked first: replacing takes longer.
    let mut indices = Vec::new();
    let mut targets = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if let (Some((project, listed)), false) = (line.listed(), replaced.contains(&index))
            && let Some(key) = keys.get(&line.fingerprint)
        {
            indices.push(index);
            targets.push(Target { project, listed: listed.clone(), key: key.clone() });
        }
    }
    let stopped = || interrupt.is_wanted();
    let ask = !arguments.no_ask;
    let outcomes = revoke_leaked::revoke(access.dashboard(), &targets, ask, &stopped);
    for (index, outcome) in indices.into_iter().zip(outcomes) {
        lines[index].outcome = LineOutcome::of(outcome);
    }
    for index in replaced {
        let Some(account) = access.account().filter(|_| !interrupt.is_wanted()) else { break };
        replace(context, account, &mut lines[index], keys, &files);
    }
    if let (true, Some(account)) = (arguments.rotate, access.account()) {
        go_back(context, account, lines, interrupt);
    }
    if let Some(account) = access.account() {
        let dead = lines.iter().filter(|line| line.outcome.is_dead()).filter_map(Line::listed);
        let dead: Vec<_> = dead.map(|(_, key)| key).collect();
        entries::remove(context, account.project, &dead);
    }
    if arguments.rotate && !interrupt.is_wanted() {
        name_what_has_them(context, lines, keys);
    }
    if arguments.wait && !interrupt.is_wanted() {
        wait(context, access, lines, keys);
    }
}

/// Ends the rotations whose new keys are revoked.
fn go_back(
    context: &Context,
    account: &Account,
    lines: &mut [Line],
    interrupt: &DeferredInterrupt,
) {
    let mut ended = HashSet::new();
    for line in lines.iter_mut().filter(|line| line.outcome.is_dead()) {
        let is_here = |rotation: &&mut OfRotation| rotation.project == account.project;
        let Some(rotation) = line.rotation.as_mut().filter(is_here) else { continue };
        if !interrupt.is_wanted() {
            rotation.go_back(context, account);
        }
        ended.extend(rotation.ended.then_some(rotation.old));
    }
    // Both of its keys may have leaked.
    for rotation in lines.iter_mut().filter_map(|line| line.rotation.as_mut()) {
        rotation.ended |= ended.contains(&rotation.old);
    }
}

/// Searches this project for the keys of `lines`.
fn search(
    context: &Context,
    lines: &[Line],
    keys: &HashMap<Fingerprint, Secret>,
) -> Result<ProjectKeys, Failure> {
    let listed = lines.iter().filter_map(|line| {
        let (_, listed) = line.listed()?;
        Some((listed, keys.get(&line.fingerprint).cloned()))
    });
    occurrences::search(context, &context.directory, &[], &listed.collect::<Vec<_>>())
}

/// Names the files of this project that have a key which is revoked now.
fn name_what_has_them(context: &Context, lines: &mut [Line], keys: &HashMap<Fingerprint, Secret>) {
    let project = match search(context, lines, keys) {
        Ok(project) => project,
        Err(failure) => {
            let why = failure.message();
            context.ui.warn(&format!("What still has a revoked key can't be searched for: {why}."));
            return;
        }
    };
    for line in lines {
        let Some((_, key)) = line.listed() else { continue };
        if line.outcome.is_dead() {
            occurrences::warn_of_files(context, &project, key, "what reads it there fails now");
        }
        let left = project.occurrences(occurrences::is(key));
        if let Some(found) = &mut line.found {
            found.left = Some(left);
        }
    }
}

/// Replaces a key where it is, and revokes it at once.
fn replace(
    context: &Context,
    account: &Account,
    line: &mut Line,
    keys: &HashMap<Fingerprint, Secret>,
    files: &ProjectKeys,
) {
    let Some((_, listed)) = line.listed() else { return };
    let key = keys.get(&line.fingerprint);
    let replaced = rotate::replace_now(context, account, listed.clone(), key.cloned(), files);
    line.outcome = match replaced {
        Ok((outcome, new)) => {
            line.replaced_by = new.map(|new| new.id);
            LineOutcome::of(outcome)
        }
        Err(failure) => LineOutcome::Failed(
            failure.hint("Without --rotate it is revoked at once, whatever still uses it"),
        ),
    };
}

/// Waits until the gateway refuses what has been revoked.
fn wait(
    context: &Context,
    access: &Access,
    lines: &mut [Line],
    keys: &HashMap<Fingerprint, Secret>,
) {
    let dead: Vec<(usize, Secret, Vec<String>)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| matches!(line.outcome, LineOutcome::Revoked(_)))
        .filter_map(|(index, line)| {
            let domains = line.listed().map(|(_, key)| key.domains.clone()).unwrap_or_default();
            Some((index, keys.get(&line.fingerprint)?.clone(), domains))
        })
        .collect();
    if dead.is_empty() {
        return;
    }
    context.ui.status(gateway_cache::WAITING);
    let times = parallel::map(&dead, |(_, key, domains)| {
        gateway_cache::until_refused(access.dashboard(), key, domains)
    });
    for ((index, _, _), time) in dead.into_iter().zip(times) {
        lines[index].refused_after = Some(time);
    }
}

/// Reports the outcome of each key.
fn finish(context: &Context, arguments: &Args, lines: Vec<Line>) -> Result<Exit, Failure> {
    let leaked = Leaked { lines, commands: context.ui.commands() };
    unless_reader_left(context.ui.report(&leaked))?;
    let lines = leaked.lines;
    let dead = lines.iter().filter(|line| line.outcome.is_dead()).count();
    let live = lines.iter().any(|line| matches!(line.outcome, LineOutcome::WouldBeRevoked));
    for line in &lines {
        for hint in line.advice() {
            context.ui.hint(Hint::default().data(&line.masked).text(": ").and(hint));
        }
    }
    let forgotten = lines.iter().any(|line| line.refused_after == Some(None));
    if arguments.dry_run && live {
        return Ok(Exit::Findings);
    }
    // Whoever asked for a replacement has none so far.
    let is_open = |line: &Line| line.rotation.as_ref().is_some_and(|rotation| !rotation.ended);
    let open = arguments.rotate && lines.iter().any(is_open);
    if dead == lines.len() && !forgotten && !open {
        return Ok(Exit::Done);
    }
    Ok(Exit::Unfinished(Kind::PartlyDone))
}

/// The project that a key is revoked in.
pub(super) type InProject<'a> = (Uuid, &'a crate::listed_key::ListedKey);

impl LineOutcome {
    fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Revoked | Outcome::AlreadyRevoked => Self::Revoked(outcome),
            Outcome::NotTried => Self::NotTried,
            Outcome::StillLive(error) => {
                Self::Failed(Failure::from(error).context("It is still live"))
            }
            // Of many keys, each with a line: the list and the key disagree, and the
            // next run finds out which is right.
            Outcome::StillAccepted => {
                let why = "the service no longer lists it, but still accepts it";
                Self::of(Outcome::Unproven(why.to_owned()))
            }
            Outcome::Unproven(why) => Self::Failed(
                Failure::new(
                    Kind::Unavailable,
                    format!("Whether it is revoked is not known: {why}"),
                )
                .hint("Run the command again"),
            ),
        }
    }
}
