//! The command lines that fix what is wrong.

mod left;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::finding::{At, Finding};
use super::fix::{Fix, Group};
use super::fix_parts::{
    DOMAIN, folder_of, ignore, ignoring, is_broad, name_of, reference, right_domains, rotation,
    shortened,
};
use super::key_in_file::KeyInFile;
use super::names::Names;
use super::occurrences::{Occurrences, OfKey};
use crate::commands::keys::key_statuses::KeyStatus;
use crate::context::Context;
use crate::destinations::guards::{GitState, untrack};
use crate::domain::{Breadth, DomainPattern};
use crate::dotenv::file_name::Purpose;
use crate::failure::{Hint, SuggestedCommand};
use crate::key::{Environment, KeyType};
use crate::listed_key::ListedKey;
use crate::ops::rotate::journal::Progress;
use crate::ops::rotate::suggestions;
use crate::scan::ByHand;
use crate::ui::command_line::{CommandLines, Unshowable};

/// How long command lines are that only the first of the findings has that they fix,
/// in bytes: each domain of a key, or each file with it, can have one.
const LONG: usize = 1_000;

/// A command, or why there is none.
type Line = Result<SuggestedCommand, String>;

/// What command lines are made from.
pub struct FixCommands<'a> {
    commands: &'a CommandLines,
    occurrences: Occurrences<'a>,
    /// Domains, and files with a key, that somebody has decided to live with.
    kept: HashSet<(Uuid, String)>,
    kept_files: HashSet<PathBuf>,
    /// The names that new keys are given, and the place that each is for.
    names: RefCell<Names<'a>>,
    /// What has been written for fixes that come to the same.
    written: HashMap<Group<'a>, Written>,
}

/// What is written into a finding for its fix.
#[derive(Clone)]
struct Written {
    /// What is added to the message.
    message: String,
    fix_commands: Vec<String>,
    placeholders: BTreeSet<&'static str>,
}

impl<'a> FixCommands<'a> {
    /// Writes the command lines into `findings`, which are in order, the worst first, and
    /// into their messages what only a person can do. What ends one and the same key is
    /// one fix, the one that goes furthest: of two the second would find no key any
    /// more. The keys of an open rotation are left to that.
    pub fn all(
        context: &'a Context,
        listed: &'a [ListedKey],
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
            kept: kept.collect(),
            kept_files: suppressed().filter_map(|it| it.at.own().map(Path::to_owned)).collect(),
            names: RefCell::new(Names::new(listed)),
            written: HashMap::new(),
        };
        let mut ends: HashMap<Uuid, Fix<'a>> = HashMap::new();
        for finding in findings.iter().filter(|it| it.suppressed.is_none()) {
            let Some(id) = finding.fix.ends() else { continue };
            let known = ends.entry(id).or_insert_with(|| finding.fix.clone());
            if finding.fix.reach() > known.reach() {
                *known = finding.fix.clone();
            }
        }
        let mut rotated: HashMap<Uuid, &'a Progress> = HashMap::new();
        for rotation in rotations {
            for key in rotation.keys() {
                rotated.entry(key.id).or_insert(rotation);
            }
        }
        // What is long is written where it is looked for.
        let (open, suppressed): (Vec<_>, Vec<_>) =
            findings.iter_mut().partition(|finding| finding.suppressed.is_none());
        for finding in open.into_iter().chain(suppressed) {
            let open = finding.suppressed.is_none();
            let shared = finding.fix.ends().and_then(|id| ends.get(&id)).filter(|_| open);
            let fix = shared.unwrap_or(&finding.fix).clone();
            let rotation = fix.key().and_then(|id| rotated.get(&id).copied());
            let fix = rotation.map_or(fix, Fix::Resume);
            let written = fix_commands.written_for(&fix, finding);
            finding.message.push_str(&written.message);
            finding.fix_commands = written.fix_commands;
            finding.placeholders = written.placeholders;
        }
    }

    /// What `fix` comes to. It is put together once, however many findings have it,
    /// and what is long is only in the first of them, which `finding` may be.
    fn written_for(&mut self, fix: &Fix<'a>, finding: &Finding<'_>) -> Written {
        let Some(group) = fix.group(&self.occurrences) else { return self.write(fix) };
        if let Some(written) = self.written.get(&group) {
            return written.clone();
        }
        let written = self.write(fix);
        let mut others = written.clone();
        if written.fix_commands.iter().map(String::len).sum::<usize>() > LONG {
            let at = finding.at.shown();
            others.message.push_str(&format!("; the command at {at} fixes this too"));
            others.fix_commands.clear();
            others.placeholders.clear();
        }
        self.written.insert(group, others);
        written
    }

    /// What a person has to do, and the command lines; if one of them can't be shown,
    /// none, and why.
    fn write(&self, fix: &Fix<'_>) -> Written {
        let mut message = self.by_person(fix);
        let mut commands = Vec::new();
        for line in self.lines_for(fix) {
            match line {
                Ok(command) => commands.push(command),
                Err(why) => message.push_str(&format!("; {why}")),
            }
        }
        let lines: Result<_, Unshowable> =
            commands.iter().map(|command| self.commands.line(command)).collect();
        match lines {
            Ok(fix_commands) => {
                let asked = commands.iter().flat_map(SuggestedCommand::placeholders);
                Written { message, fix_commands, placeholders: asked.collect() }
            }
            Err(why) => {
                message.push_str(&format!("; what fixes it can't be shown: {why}"));
                Written { message, fix_commands: Vec::new(), placeholders: BTreeSet::new() }
            }
        }
    }

    /// What a person has to do beside the command lines.
    fn by_person(&self, fix: &Fix<'_>) -> String {
        let fingerprint = fix.fingerprint(&self.occurrences);
        let Some(of_key) = fingerprint.map(|it| self.occurrences.of(it)) else {
            return String::new();
        };
        let by_hand = match fix {
            Fix::Resume(rotation) => {
                let behind = of_key.all.iter().filter(|it| self.is_left_behind(it, rotation));
                shortened(behind.copied())
            }
            Fix::Create(..) => String::new(),
            Fix::Retire(_) => shortened(self.waits_for(of_key)),
            Fix::Revoke(_) => shortened(of_key.by_hand.iter().copied()),
            _ => shortened(of_key.by_hand.iter().copied().chain(self.unnameable(of_key))),
        };
        let ends = !matches!(fix, Fix::Create(..) | Fix::Revoke(_));
        let unnameable = self.unnameable(of_key).next().filter(|_| ends);
        let unnameable = unnameable.and_then(|it| Some((it.at.shown(), self.obstacle(it)?)));
        let doubled = match fix {
            Fix::Create(key_in_file, _) => Some(*key_in_file).filter(|it| it.doubled),
            _ => of_key.variables.iter().copied().find(|it| it.doubled),
        };
        match (fix, doubled) {
            (Fix::Resume(rotation), _) if !by_hand.is_empty() => {
                let resume = Hint::from(suggestions::resume(rotation.plan.old.id));
                let resume = self.commands.hint(&resume);
                format!("; change {by_hand} by hand, and then continue with {resume}")
            }
            (Fix::Resume(_), _) => String::new(),
            (_, Some(doubled)) => {
                let shown = doubled.at.shown();
                format!("; {shown} is set several times: leave one, and check again")
            }
            (Fix::Create(..), None) => String::new(),
            _ if !by_hand.is_empty() => {
                let why = unnameable.map(|(at, why)| format!(": no command can name {at}, {why}"));
                let why = why.unwrap_or_default();
                format!("; change {by_hand} by hand before the key is revoked{why}")
            }
            (Fix::Revoke(_), None) if !of_key.variables.is_empty() => {
                format!("; it is in {}", shortened(of_key.variables.iter().copied()))
            }
            _ => String::new(),
        }
    }

    fn lines_for(&self, fix: &Fix<'_>) -> Vec<Line> {
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
                let mut lines = self.hide(&[key_in_file]);
                lines.push(Ok(self.create(key_in_file, *environment)));
                lines
            }
            Fix::Rotate(key) => self.replace(key, keys(["rotate"]), |command| command),
            Fix::SetDomains(key) => {
                self.replace(key, keys(["domains", "set"]), |command| self.domains(key, command))
            }
            Fix::TellApart { used, spare } => self.tell_apart(used, spare),
            Fix::Revoke(key) => vec![Ok(keys(["revoke"]).operand(key.id.to_string()))],
            Fix::Resume(rotation) if self.leaves_behind(rotation) => Vec::new(),
            Fix::Resume(rotation) => {
                let old = rotation.plan.old.id;
                let leaks = self.leaks(self.occurrences.of_listed(old));
                vec![Ok(ignoring(suggestions::resume(old), &leaks))]
            }
        }
    }

    /// Takes a key out of the wrong hands: browsers get one of their own, servers a new
    /// one, and the old one is revoked.
    fn retire(&self, key_in_file: &KeyInFile) -> Vec<Line> {
        let of_key = self.occurrences.of(&key_in_file.fingerprint);
        let places = match self.nameable(of_key) {
            Ok(places) => places,
            Err(why) => return vec![Err(why)],
        };
        let agent = key_in_file.key_type == KeyType::Agent;
        // What is not ours to revoke is left as it is: its text would be lost.
        if matches!(key_in_file.state, KeyStatus::Elsewhere(_, Some(_)) | KeyStatus::NotListed)
            || places.iter().any(|it| it.doubled)
            || (agent && places.iter().any(|it| !it.is_shipped()))
        {
            return Vec::new();
        }
        let (shipped, kept): (Vec<_>, Vec<_>) =
            places.iter().copied().partition(|it| it.is_shipped());
        let leaks = self.leaks(of_key);
        let waits = self.waits_for(of_key).next().is_some();
        // What is in comments alone needs no other key.
        let used = self.waits_for(of_key).any(|it| it.by_hand != Some(ByHand::Comment));
        let key = match (key_in_file.listed(), kept.first().or(shipped.first())) {
            (Some(listed), _) => Some(PathBuf::from(listed.id.to_string())),
            (None, place) => place.map(|place| reference(place)),
        };
        let environment = |place: &KeyInFile| {
            let belongs = place.purpose().and_then(Purpose::environment);
            belongs.or(place.environment).unwrap_or(Environment::Production)
        };
        let mut lines = self.hide(&places);
        let creates = shipped.iter().map(|place| Ok(self.create(place, environment(place))));
        match (key, &key_in_file.state) {
            (Some(key), KeyStatus::Live(_) | KeyStatus::NotAsked | KeyStatus::Undetermined)
                if !kept.is_empty() || used =>
            {
                lines.extend(creates);
                let command = ignoring(keys(["rotate"]).file(&key), &leaks);
                lines.push(Ok(rotation(command, &kept, waits)));
            }
            (Some(key), KeyStatus::Elsewhere(project, _)) => {
                let revoke = keys(["revoke"]).file(&key);
                lines.push(Ok(revoke.option("--project", project.to_string())));
                lines.extend(creates);
            }
            // Before its text is overwritten.
            (Some(key), _) => {
                lines.push(Ok(keys(["revoke"]).file(&key)));
                lines.extend(creates);
            }
            (None, _) => lines.push(Ok(self.revoke_leaked(key_in_file))),
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

    /// Replaces a key where it is by `command`, which takes its id and what `more` adds.
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
        let places = match self.nameable(of_key) {
            Ok(places) => places,
            Err(why) => return vec![Err(why)],
        };
        let waits = !of_key.by_hand.is_empty() || self.unnameable(of_key).next().is_some();
        let mut lines = self.hide(&places);
        let command = command.operand(key.id.to_string());
        lines.push(Ok(more(rotation(command, &places, waits))));
        lines
    }

    fn tell_apart(&self, used: &[&ListedKey], spare: &[&ListedKey]) -> Vec<Line> {
        let rename = |key: &&ListedKey| {
            let name = self.names.borrow_mut().free(&key.name, &key.id.to_string());
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

    /// Puts a new key into a place; one that browsers may see, where they do.
    fn create(&self, place: &KeyInFile, environment: Environment) -> SuggestedCommand {
        let mut command = keys(["create"]).operand(self.name_for(place));
        if place.is_shipped() || place.key_type == KeyType::Publishable {
            let known = place.listed().map(|listed| listed.domains.clone());
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
        command = command.file_option("--env-file", &place.written);
        if let Some(variable) = &place.variable {
            command = command.option("--var", variable.as_str());
        }
        command.words(["--overwrite"])
    }

    /// The name of the key that a place gets: after the one that is there, else after the folder;
    /// and after what the place is for.
    fn name_for(&self, place: &KeyInFile) -> String {
        let plain = |name: &str| {
            let plain = |it: char| it.is_ascii_alphanumeric() || " ._-".contains(it);
            !name.is_empty() && name.chars().all(plain) && !name.starts_with(['-', '.'])
        };
        let listed = place.listed().map(|listed| listed.name.clone());
        let folder = folder_of(&place.path).map(name_of);
        let base = listed.or(folder).filter(|name| plain(name));
        let base = base.unwrap_or_else(|| "app".to_owned());
        let purpose = match place.purpose() {
            _ if place.is_shipped() && place.is_dangerous() => "-browser",
            Some(Purpose::Production) => "-production",
            Some(Purpose::Staging) => "-staging",
            Some(Purpose::Development) => "-development",
            Some(Purpose::Test) => "-test",
            None => "",
        };
        let base = if base.ends_with(purpose) { base } else { format!("{base}{purpose}") };
        self.names.borrow_mut().free(&base, &place.at.shown())
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

    /// Takes the files of `places` out of git that it tracks: no key is put into such.
    fn hide(&self, places: &[&KeyInFile]) -> Vec<Line> {
        let mut tracked: Vec<_> =
            places.iter().filter(|it| it.git == GitState::Tracked).map(|it| &it.path).collect();
        tracked.dedup();
        let hide = |path| [Ok(untrack(path)), ignore(path)];
        tracked.into_iter().flat_map(|path| hide(path)).collect()
    }
}

fn keys(words: impl IntoIterator<Item = &'static str>) -> SuggestedCommand {
    SuggestedCommand::cencori(["keys"]).words(words)
}
