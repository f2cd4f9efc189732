//! The command lines that fix what is wrong. A key has one fix, however many findings it
//! has. `keys rotate` finds the files that have a key by itself, and keeps the key while one
//! that it can't rewrite has it: here is only said which command it takes.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::finding::{At, Finding};
use super::fix::{Fix, Key};
use super::fix_parts::{COMMAND, DOMAIN, ignore, is_broad, reference, right_domains, shortened};
use super::key_in_file::KeyInFile;
use super::occurrences::{Occurrences, OfKey};
use crate::commands::keys::key_statuses::KeyStatus;
use crate::context::Context;
use crate::destinations::Destination;
use crate::destinations::guards::{GitState, untrack};
use crate::domain::{Breadth, DomainPattern};
use crate::failure::{Hint, SuggestedCommand};
use crate::key::{Environment, KeyType};
use crate::listed_key::ListedKey;
use crate::ops::rotate::journal::Progress;
use crate::ops::rotate::suggestions;
use crate::scan::ByHand;
use crate::ui::shell_quoting::{CommandLines, Unshowable};

/// A command, or why there is none.
type Line = Result<SuggestedCommand, String>;

/// What command lines are made from.
pub struct FixCommands<'a> {
    commands: &'a CommandLines,
    occurrences: Occurrences<'a>,
    /// The folder in which `keys rotate` finds the files by itself.
    root: PathBuf,
    /// Domains, and files with a key, that somebody has decided to live with.
    kept: HashSet<(Uuid, String)>,
    kept_files: HashSet<PathBuf>,
    /// What has been written for a key.
    written: HashMap<Key<'a>, Written>,
}

/// What is said in each finding of a key.
struct Written {
    /// What a person has to do.
    by_person: String,
    /// The finding that has the commands; `None` if there are none.
    at: Option<String>,
}

impl<'a> FixCommands<'a> {
    /// Writes the command lines into `findings`, which are in order, the worst first, and
    /// into their messages what only a person can do. What ends one and the same key is
    /// one fix, the one that goes furthest: of two the second would find no key any
    /// more. The keys of an open rotation are left to that. `root` is the project's folder.
    pub fn all(
        context: &'a Context,
        root: PathBuf,
        keys_in_files: &'a [KeyInFile],
        rotations: &'a [Progress],
        findings: &mut [Finding<'a>],
    ) {
        let suppressed = || findings.iter().filter(|it| it.suppressed.is_some());
        let kept = suppressed().filter_map(|finding| match &finding.at {
            At::Domain(key, domain) => Some((key.id, domain.clone())),
            _ => None,
        });
        let mut fix_commands = Self {
            commands: context.ui.commands(),
            occurrences: Occurrences::new(keys_in_files),
            root,
            kept: kept.collect(),
            kept_files: suppressed().filter_map(|it| it.at.own().map(Path::to_owned)).collect(),
            written: HashMap::new(),
        };
        let mut furthest: HashMap<Uuid, Fix<'a>> = HashMap::new();
        for finding in findings.iter().filter(|it| it.suppressed.is_none()) {
            let Some(id) = finding.fix.ends() else { continue };
            let known = furthest.entry(id).or_insert_with(|| finding.fix.clone());
            if finding.fix.rank() > known.rank() {
                *known = finding.fix.clone();
            }
        }
        let mut rotated: HashMap<Uuid, &'a Progress> = HashMap::new();
        for rotation in rotations {
            for key in rotation.keys() {
                rotated.entry(key.id).or_insert(rotation);
            }
        }
        // A fix is written at an open finding, if there is one.
        let (open, suppressed): (Vec<_>, Vec<_>) =
            findings.iter_mut().partition(|finding| finding.suppressed.is_none());
        for finding in open.into_iter().chain(suppressed) {
            let open = finding.suppressed.is_none();
            let shared = finding.fix.ends().and_then(|id| furthest.get(&id)).filter(|_| open);
            let fix = shared.unwrap_or(&finding.fix).clone();
            let rotation = fix.key().and_then(|id| rotated.get(&id).copied());
            let fix = rotation.map_or(fix, Fix::Resume);
            fix_commands.write(&of_revoked(&fix, rotations).unwrap_or(fix), finding);
        }
    }

    /// Writes into `finding` what a person has to do, and the command lines: all of them, or
    /// none and why. They are only in the first finding of a key: each of its domains may
    /// have one, and each file with it.
    fn write(&mut self, fix: &Fix<'a>, finding: &mut Finding<'a>) {
        let key = fix.one_of(&self.occurrences);
        if let Some(Written { by_person, at }) = key.and_then(|key| self.written.get(&key)) {
            finding.message.push_str(by_person);
            // What is suppressed stays as it is.
            if let Some(at) = at.as_ref().filter(|_| finding.suppressed.is_none()) {
                finding.message.push_str(&format!("; the fix of {at} fixes this too"));
            }
            return;
        }
        let mut by_person = self.by_person(fix);
        let mut commands = Vec::new();
        for line in self.commands_for(fix) {
            match line {
                Ok(command) => commands.push(command),
                Err(why) => by_person.push_str(&format!("; {why}")),
            }
        }
        let lines = commands.iter().map(|command| self.commands.line(command));
        match lines.collect::<Result<Vec<_>, Unshowable>>() {
            Ok(lines) => {
                let asked = commands.iter().flat_map(SuggestedCommand::placeholders);
                finding.placeholders = asked.collect();
                finding.fix_commands = lines;
            }
            Err(why) => by_person.push_str(&format!("; {}", unshowable(&why))),
        }
        finding.message.push_str(&by_person);
        if let Some(key) = key {
            let at = (!finding.fix_commands.is_empty()).then(|| finding.at.shown());
            self.written.insert(key, Written { by_person, at });
        }
    }

    /// What a person has to do beside the command lines.
    fn by_person(&self, fix: &Fix<'_>) -> String {
        let of_key = self.of_key(fix);
        let doubled = match fix {
            Fix::Create(key_in_file, _) => Some(*key_in_file).filter(|it| it.doubled),
            _ => of_key.variables.iter().copied().find(|it| it.doubled),
        };
        let by_hand = match fix {
            Fix::Resume(rotation) => {
                let behind = of_key.all.iter().filter(|it| self.is_left_behind(it, rotation));
                let behind = shortened(behind.copied());
                let resume = Hint::from(suggestions::resume(rotation.plan.old.id));
                let resume = self.commands.hint(&resume);
                return match behind.is_empty() {
                    true => String::new(),
                    false => format!("; change {behind} by hand, and then continue with {resume}"),
                };
            }
            Fix::Retire(_) => shortened(self.waits_for(of_key)),
            Fix::Create(..) | Fix::Abort(_) => String::new(),
            Fix::Revoke(_) => shortened(of_key.by_hand.iter().copied()),
            _ => shortened(of_key.by_hand.iter().copied().chain(self.stuck(of_key))),
        };
        let stuck = match fix {
            Fix::Create(..) | Fix::Revoke(_) => None,
            _ => self.stuck(of_key).next().and_then(|it| Some((it.at.shown(), self.obstacle(it)?))),
        };
        let stuck = stuck.map(|(at, why)| format!(": no command can name {at}, {why}"));
        let stuck = stuck.unwrap_or_default();
        match (fix, doubled) {
            (_, Some(doubled)) => {
                let shown = doubled.at.shown();
                format!("; {shown} is set several times: leave one, and check again")
            }
            _ if !by_hand.is_empty() => {
                format!("; change {by_hand} by hand before the key is revoked{stuck}")
            }
            (Fix::Revoke(_), None) if !of_key.variables.is_empty() => {
                format!("; it is in {}", shortened(of_key.variables.iter().copied()))
            }
            _ => String::new(),
        }
    }

    /// Where the key is that `fix` is about.
    fn of_key(&self, fix: &Fix<'_>) -> &OfKey<'a> {
        match fix {
            Fix::Retire(key_in_file) | Fix::Create(key_in_file, _) => {
                self.occurrences.of(&key_in_file.fingerprint)
            }
            Fix::Resume(rotation) => self.occurrences.of_listed(rotation.plan.old.id),
            _ => match fix.ends() {
                Some(id) => self.occurrences.of_listed(id),
                None => self.occurrences.nowhere(),
            },
        }
    }

    fn commands_for(&self, fix: &Fix<'_>) -> Vec<Line> {
        match fix {
            Fix::Nothing => Vec::new(),
            Fix::Retire(key_in_file) => self.retire(key_in_file),
            Fix::Ignore(key_in_file) => vec![ignore(&key_in_file.path)],
            Fix::Create(key_in_file, _)
                if key_in_file.doubled || key_in_file.key_type == KeyType::Agent =>
            {
                Vec::new()
            }
            Fix::Create(key_in_file, environment) => {
                let mut lines = hide(&[key_in_file]);
                lines.push(Ok(create(key_in_file, *environment)));
                lines
            }
            Fix::Rotate(key) => self.replace(key, keys(["rotate"]), |command| command),
            Fix::SetDomains(key) => {
                self.replace(key, keys(["domains", "set"]), |command| self.domains(key, command))
            }
            Fix::TellApart { used, spare } => self.tell_apart(used, spare),
            Fix::Revoke(key) => vec![Ok(keys(["revoke"]).operand(key.id.to_string()))],
            Fix::Abort(rotation) => vec![Ok(suggestions::abort(rotation.plan.old.id))],
            Fix::Resume(rotation) => {
                let old = rotation.plan.old.id;
                let of_key = self.occurrences.of_listed(old);
                if of_key.all.iter().any(|it| self.is_left_behind(it, rotation)) {
                    return Vec::new();
                }
                vec![Ok(self.ignoring(suggestions::resume(old), of_key))]
            }
        }
    }

    /// Takes a key out of the wrong hands: browsers get one of their own, servers a new
    /// one, and the old one is revoked.
    fn retire(&self, key_in_file: &KeyInFile) -> Vec<Line> {
        let of_key = self.occurrences.of(&key_in_file.fingerprint);
        let (shipped, kept): (Vec<_>, Vec<_>) =
            of_key.variables.iter().copied().partition(|it| it.is_shipped());
        // What is not ours to revoke is left as it is: its text would be lost.
        if matches!(key_in_file.state, KeyStatus::Elsewhere(_, Some(_)) | KeyStatus::NotListed)
            || of_key.variables.iter().any(|it| it.doubled)
            || (key_in_file.key_type == KeyType::Agent && !kept.is_empty())
        {
            return Vec::new();
        }
        let key = match (key_in_file.listed(), kept.first().or(shipped.first())) {
            (Some(listed), _) => PathBuf::from(listed.id.to_string()),
            (None, Some(key_in_file)) => reference(key_in_file),
            (None, None) => return vec![Ok(self.revoke_leaked(key_in_file))],
        };
        let creates = shipped.iter().map(|it| Ok(create(it, it.replacement_environment())));
        let (named, kept) = match (self.named(&of_key.variables), self.named(&kept)) {
            (Ok(named), Ok(kept)) => (named, kept),
            (Err(why), _) | (_, Err(why)) => return vec![Err(why)],
        };
        let mut lines = hide(&named);
        // What is in comments alone needs no other key.
        let used = self.waits_for(of_key).any(|it| it.by_hand != Some(ByHand::Comment));
        match &key_in_file.state {
            KeyStatus::Live(_) | KeyStatus::NotAsked | KeyStatus::Undetermined
                if !kept.is_empty() || used =>
            {
                lines.extend(creates);
                let command = self.ignoring(keys(["rotate"]).file(&key), of_key);
                lines.push(Ok(self.replacing(command, of_key, &kept, self.waits_for(of_key))));
            }
            KeyStatus::Elsewhere(project, _) => {
                let revoke = keys(["revoke"]).file(&key);
                lines.push(Ok(revoke.option("--project", project.to_string())));
                lines.extend(creates);
            }
            // Before its text is overwritten.
            _ => {
                lines.push(Ok(keys(["revoke"]).file(&key)));
                lines.extend(creates);
            }
        }
        lines
    }

    /// Revokes a key that is no variable's value, and whose id is not known.
    fn revoke_leaked(&self, key_in_file: &KeyInFile) -> SuggestedCommand {
        if self.occurrences.shares_file(key_in_file) {
            // They would be revoked too. Asked, the service tells their ids.
            keys(["check"]).file(&key_in_file.path)
        } else {
            keys(["revoke"]).file_option("--leaked", &key_in_file.path)
        }
    }

    /// Replaces a key by `command`, which takes its id and what `more` adds.
    fn replace(
        &self,
        key: &ListedKey,
        command: SuggestedCommand,
        more: impl FnOnce(SuggestedCommand) -> SuggestedCommand,
    ) -> Vec<Line> {
        let of_key = self.occurrences.of_listed(key.id);
        if of_key.variables.iter().any(|it| it.doubled) {
            return Vec::new();
        }
        let named = match self.named(&of_key.variables) {
            Ok(named) => named,
            Err(why) => return vec![Err(why)],
        };
        let mut lines = hide(&named);
        let command = command.operand(key.id.to_string());
        let waits = of_key.by_hand.iter().copied().chain(self.stuck(of_key));
        lines.push(Ok(more(self.replacing(command, of_key, &named, waits))));
        lines
    }

    fn tell_apart(&self, used: &[&ListedKey], spare: &[&ListedKey]) -> Vec<Line> {
        let rename = |key: &&ListedKey| {
            // A key is called after where it is used.
            let location = self.occurrences.of_listed(key.id).variables.first();
            let location =
                location.map_or_else(|| key.id.to_string(), |location| location.at.shown());
            let name = format!("{} {location}", key.name);
            self.replace(key, keys(["rotate"]), |command| command.option("--name", name))
        };
        let mut lines: Vec<_> = used.iter().flat_map(rename).collect();
        let ids: Vec<_> = spare.iter().map(|key| key.id.to_string()).collect();
        // Other machines may use what no file here has.
        lines.extend(ids.iter().map(|id| Ok(keys(["show"]).operand(id).words(["--usage"]))));
        if !ids.is_empty() {
            lines.push(Ok(keys(["revoke"]).operands(ids)));
        }
        lines
    }

    /// `command` with the domains of a key without those that are wrong, but for what
    /// somebody has decided to live with; with the flag that some of them need.
    fn domains(&self, key: &ListedKey, command: SuggestedCommand) -> SuggestedCommand {
        let domains = right_domains(key.domains.clone(), key.environment, |domain| {
            let normal = DomainPattern::parse(domain, Breadth::AllowBroad);
            self.kept.contains(&(key.id, domain.to_owned()))
                && normal.is_ok_and(|normal| normal.as_str() == domain)
        });
        let broad = is_broad(&domains).then_some("--allow-broad");
        let command = command.words(broad);
        match domains[..] {
            [] => command.placeholder(DOMAIN),
            _ => command.operands(domains),
        }
    }

    /// `command` with the flags by which a rotation revokes a key although it is in the
    /// files that are to lose it.
    fn ignoring(&self, command: SuggestedCommand, of_key: &OfKey<'a>) -> SuggestedCommand {
        let leaks = of_key.by_hand.iter().filter(|it| self.is_leak(it));
        let mut files: Vec<_> = leaks.map(|it| &it.path).collect();
        files.dedup();
        files.into_iter().fold(command, |it, file| it.file_option("--ignore-occurrence", file))
    }

    /// Whether the old key of a rotation is where that does not put the new one.
    fn is_left_behind(&self, key_in_file: &KeyInFile, rotation: &Progress) -> bool {
        if key_in_file.listed().is_none_or(|listed| listed.id != rotation.plan.old.id) {
            return false;
        }
        let path = key_in_file.at.own().and_then(|own| own.canonicalize().ok());
        let is_written = |destination: &Destination| match destination {
            Destination::DotenvFile(file) => {
                Some(file.path()) == path.as_deref()
                    && Some(file.variable()) == key_in_file.variable.as_ref()
            }
            Destination::Keychain(_) | Destination::Command(_) => false,
        };
        (key_in_file.by_hand.is_some() && !self.is_leak(key_in_file))
            || (key_in_file.variable.is_some()
                && !rotation.plan.destinations.iter().any(is_written))
    }

    /// Whether whoever reads the key there is to lose it. A rotation has to be told of the
    /// file, so that a command must be able to name it.
    fn is_leak(&self, key_in_file: &KeyInFile) -> bool {
        let kept = key_in_file.at.own().is_some_and(|own| self.kept_files.contains(own));
        key_in_file.is_leak() && !kept && self.obstacle(key_in_file).is_none()
    }

    /// Where a person has to change a key before it is revoked.
    fn waits_for(&self, of_key: &OfKey<'a>) -> impl Iterator<Item = &'a KeyInFile> {
        let by_hand = of_key.by_hand.iter().copied().filter(|it| !self.is_leak(it));
        by_hand.chain(self.stuck(of_key))
    }

    /// The variables that no command helps: git tracks their file, and no command can name
    /// it to take it out.
    fn stuck(&self, of_key: &OfKey<'a>) -> impl Iterator<Item = &'a KeyInFile> {
        of_key.variables.iter().copied().filter(|it| self.is_stuck(it))
    }

    fn is_stuck(&self, key_in_file: &KeyInFile) -> bool {
        key_in_file.git == GitState::Tracked && self.obstacle(key_in_file).is_some()
    }

    /// Those of `variables` that are not stuck.
    ///
    /// # Errors
    /// If all of them are: why.
    fn named<'b>(&self, variables: &[&'b KeyInFile]) -> Result<Vec<&'b KeyInFile>, String> {
        let named: Vec<_> = variables.iter().copied().filter(|it| !self.is_stuck(it)).collect();
        match variables.first().and_then(|it| self.obstacle(it)) {
            Some(why) if named.is_empty() => Err(unshowable(&why)),
            _ => Ok(named),
        }
    }

    /// Why no command can name the file, if so.
    fn obstacle(&self, key_in_file: &KeyInFile) -> Option<Unshowable> {
        let names_it =
            SuggestedCommand::cencori([]).file(&key_in_file.path).file(&key_in_file.written);
        self.commands.line(&names_it).err()
    }

    /// `command`, which replaces a key in `variables`. It finds them by itself in the
    /// project, and is told of them if one is elsewhere, or is stuck. If a key `waits` for a
    /// person too, both keys stay until they continue.
    fn replacing<'b>(
        &self,
        command: SuggestedCommand,
        of_key: &OfKey<'a>,
        variables: &[&KeyInFile],
        mut waits: impl Iterator<Item = &'b KeyInFile>,
    ) -> SuggestedCommand {
        let beyond = |it: &&KeyInFile| !it.at.own().is_some_and(|own| own.starts_with(&self.root));
        let command = match variables {
            [] => command.words(["--pipe-to"]).placeholder(COMMAND),
            all if all.iter().any(beyond) || self.stuck(of_key).next().is_some() => {
                let mut files: Vec<_> = all.iter().map(|it| &it.written).collect();
                files.dedup();
                files.into_iter().fold(command, |it, file| it.file_option("--env-file", file))
            }
            _ => command,
        };
        match waits.next() {
            Some(_) => command.words(["--pause-before", "revoke"]),
            None => command,
        }
    }
}

/// That the fix can't be shown.
fn unshowable(why: &Unshowable) -> String {
    format!("what fixes it can't be shown: {why}")
}

/// What ends the open rotation that a revoked key is of, in place of a new key: the old key's
/// text may be nowhere else than in its journal.
fn of_revoked<'a>(fix: &Fix<'a>, rotations: &'a [Progress]) -> Option<Fix<'a>> {
    let Fix::Create(key_in_file, _) = fix else { return None };
    if !matches!(key_in_file.state, KeyStatus::Revoked) {
        return None;
    }
    let is_it = |key: &ListedKey| key.is(&key_in_file.fingerprint);
    let rotation = rotations.iter().find(|rotation| rotation.keys().any(is_it))?;
    Some(match is_it(&rotation.plan.old) {
        true => Fix::Resume(rotation),
        false => Fix::Abort(rotation),
    })
}

/// Puts a new key into a variable; one that browsers may see, where they do. It is called
/// after where it is used.
fn create(key_in_file: &KeyInFile, environment: Environment) -> SuggestedCommand {
    let mut command = keys(["create"]).operand(key_in_file.at.shown());
    if key_in_file.is_shipped() || key_in_file.key_type == KeyType::Publishable {
        let known = key_in_file.listed().map(|listed| listed.domains.clone());
        let domains = right_domains(known.unwrap_or_default(), environment, |_| false);
        command = command.words(["--publishable"]);
        if domains.is_empty() {
            command = command.words(["--domain"]).placeholder(DOMAIN);
        }
        command = domains.iter().fold(command, |it, domain| it.option("--domain", domain));
    }
    if environment == Environment::Test {
        command = command.words(["--environment", "test"]);
    }
    command = command.file_option("--env-file", &key_in_file.written);
    if let Some(variable) = &key_in_file.variable {
        command = command.option("--var", variable.as_str());
    }
    command.words(["--overwrite"])
}

/// Takes the files of `variables` out of git that it tracks: no key is put into such.
fn hide(variables: &[&KeyInFile]) -> Vec<Line> {
    let mut tracked: Vec<_> =
        variables.iter().filter(|it| it.git == GitState::Tracked).map(|it| &it.path).collect();
    tracked.dedup();
    tracked.into_iter().flat_map(|path| [Ok(untrack(path)), ignore(path)]).collect()
}

fn keys(words: impl IntoIterator<Item = &'static str>) -> SuggestedCommand {
    SuggestedCommand::cencori(["keys"]).words(words)
}
