//! The command lines that mend what is wrong.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::finding::{At, Finding};
use super::remedy::Remedy;
use super::standing::Standing;
use super::words::{
    DOMAIN, folder_of, ignore, ignoring, is_broad, name_of, reference, right_domains, rotation,
};
use crate::api::ListedKey;
use crate::commands::keys::answers::State;
use crate::context::Context;
use crate::domain::{Breadth, DomainPattern};
use crate::dotenv::file_name::Purpose;
use crate::failure::{Hint, SuggestedCommand};
use crate::key::{Environment, KeyType};
use crate::leak::ByHand;
use crate::rotation::journal::Progress;
use crate::rotation::suggestions;
use crate::sinks::Destination;
use crate::sinks::guards::{GitState, untrack};
use crate::ui::command_line::{CommandLines, Unshowable};

/// What command lines are made from.
pub struct Mending<'a> {
    commands: &'a CommandLines,
    listed: &'a [ListedKey],
    standings: &'a [Standing],
    /// Domains, and files with a key, that somebody has decided to live with.
    kept: HashSet<(Uuid, String)>,
    kept_files: HashSet<PathBuf>,
    /// The names that new keys are given, and the place that each is for.
    names: RefCell<HashMap<String, String>>,
}

impl<'a> Mending<'a> {
    /// Writes the command lines into `findings`, which are in order, the worst first, and
    /// into their messages what only a person can do. What ends one and the same key is
    /// one remedy, the one that goes furthest: of two the second would find no key any
    /// more. The keys of an open rotation are left to that.
    pub fn all(
        context: &'a Context,
        listed: &'a [ListedKey],
        standings: &'a [Standing],
        rotations: &'a [Progress],
        findings: &mut [Finding<'a>],
    ) {
        let silenced = || findings.iter().filter(|it| it.silenced.is_some());
        let kept = silenced().filter_map(|finding| match &finding.at {
            At::Domain(key, domain) => Some((key.id, domain.clone())),
            _ => None,
        });
        let mending = Self {
            commands: context.ui.commands(),
            listed,
            standings,
            kept: kept.collect(),
            kept_files: silenced().filter_map(|it| it.at.own().map(Path::to_owned)).collect(),
            names: RefCell::default(),
        };
        let mut ends: HashMap<Uuid, Remedy<'a>> = HashMap::new();
        for finding in findings.iter().filter(|it| it.silenced.is_none()) {
            let Some(id) = finding.remedy.ends() else { continue };
            let known = ends.entry(id).or_insert_with(|| finding.remedy.clone());
            if reach(&finding.remedy) > reach(known) {
                *known = finding.remedy.clone();
            }
        }
        for finding in findings {
            let open = finding.silenced.is_none();
            let shared = finding.remedy.ends().and_then(|id| ends.get(&id)).filter(|_| open);
            let remedy = shared.unwrap_or(&finding.remedy).clone();
            let rotation = remedy
                .key()
                .and_then(|id| rotations.iter().find(|it| it.keys().any(|key| key.id == id)));
            let remedy = rotation.map_or(remedy, Remedy::Resume);
            finding.message.push_str(&mending.by_person(&remedy));
            mending.write(finding, &mending.commands_for(&remedy));
        }
    }

    /// Writes `commands` into the finding; where one of them can't be shown, none, and why.
    fn write(&self, finding: &mut Finding<'_>, commands: &[SuggestedCommand]) {
        match commands.iter().map(|command| self.commands.line(command)).collect() {
            Ok(lines) => {
                finding.mend = lines;
                let asked = commands.iter().flat_map(SuggestedCommand::placeholders);
                finding.placeholders.extend(asked);
            }
            Err(reason) => {
                let why: Unshowable = reason;
                finding.message.push_str(&format!("; what mends it can't be shown: {why}"));
            }
        }
    }

    /// What a person has to do beside the command lines.
    fn by_person(&self, remedy: &Remedy<'_>) -> String {
        let Some(fingerprint) = remedy.fingerprint(self.standings) else { return String::new() };
        let of_key = || self.standings.iter().filter(|it| it.fingerprint == fingerprint);
        let by_hand = of_key().filter(|it| match remedy {
            Remedy::Resume(rotation) => self.is_left_behind(it, rotation),
            Remedy::Retire(_) => it.by_hand.is_some() && !self.is_leak(it),
            _ => it.by_hand.is_some(),
        });
        let by_hand: Vec<_> = by_hand.map(|it| it.at.shown()).collect();
        let by_hand = by_hand.join(", ");
        let variables = || of_key().filter(|it| it.variable.is_some());
        let doubled = match remedy {
            Remedy::Create(standing, _) => Some(*standing).filter(|it| it.doubled),
            _ => variables().find(|it| it.doubled),
        };
        match (remedy, doubled) {
            (Remedy::Resume(rotation), _) if !by_hand.is_empty() => {
                let resume = Hint::from(suggestions::resume(rotation.plan.old.id));
                let resume = self.commands.hint(&resume);
                format!("; change {by_hand} by hand, and then go on with {resume}")
            }
            (Remedy::Resume(_), _) => String::new(),
            (_, Some(doubled)) => {
                let shown = doubled.at.shown();
                format!("; {shown} stands there several times: leave one, and check again")
            }
            (Remedy::Create(..), None) => String::new(),
            _ if !by_hand.is_empty() => {
                format!("; change {by_hand} by hand before the key is revoked")
            }
            (Remedy::Revoke(_), None) if variables().count() > 0 => {
                let used: Vec<_> = variables().map(|it| it.at.shown()).collect();
                format!("; it stands in {}", used.join(", "))
            }
            _ => String::new(),
        }
    }

    /// Whether the old key of a rotation stands where that does not put the new one.
    fn is_left_behind(&self, standing: &Standing, rotation: &Progress) -> bool {
        if standing.listed().is_none_or(|listed| listed.id != rotation.plan.old.id) {
            return false;
        }
        let path = standing.at.own().and_then(|own| own.canonicalize().ok());
        let is_place = |place: &Destination| match place {
            Destination::DotenvFile(file) => {
                Some(file.path()) == path.as_deref()
                    && Some(file.variable()) == standing.variable.as_ref()
            }
            _ => false,
        };
        let known = rotation.plan.destinations.iter().any(is_place);
        (standing.by_hand.is_some() && !self.is_leak(standing))
            || (standing.variable.is_some() && !known)
    }

    /// Whether whoever reads the key there is to lose it.
    fn is_leak(&self, standing: &Standing) -> bool {
        let kept = standing.at.own().is_some_and(|own| self.kept_files.contains(own));
        standing.is_leak() && !kept
    }

    fn commands_for(&self, remedy: &Remedy<'_>) -> Vec<SuggestedCommand> {
        match remedy {
            Remedy::Nothing => Vec::new(),
            Remedy::Retire(standing) => self.retire(standing),
            Remedy::Ignore(standing) => ignore(&standing.path).into_iter().collect(),
            Remedy::Create(standing, _)
                if standing.doubled || standing.key_type == KeyType::Agent =>
            {
                Vec::new()
            }
            Remedy::Create(standing, environment) => {
                let mut lines = self.hide(&[standing]);
                lines.push(self.create(standing, *environment));
                lines
            }
            Remedy::Rotate(key) => self.replace(key, keys(["rotate"]), |command| command),
            Remedy::SetDomains(key) => {
                self.replace(key, keys(["domains", "set"]), |command| self.domains(key, command))
            }
            Remedy::TellApart { used, spare } => self.tell_apart(used, spare),
            Remedy::Revoke(key) => vec![keys(["revoke"]).operand(key.id.to_string())],
            Remedy::Resume(rotation)
                if self.standings.iter().any(|it| self.is_left_behind(it, rotation)) =>
            {
                Vec::new()
            }
            Remedy::Resume(rotation) => {
                let old = rotation.plan.old.id;
                let of_key = |it: &&Standing| it.listed().is_some_and(|listed| listed.id == old);
                let leaks = self.standings.iter().filter(of_key).filter(|it| self.is_leak(it));
                vec![ignoring(suggestions::resume(old), &leaks.collect::<Vec<_>>())]
            }
        }
    }

    /// Takes a key out of the wrong hands: browsers get one of their own, servers a new
    /// one, and the old one is revoked.
    fn retire(&self, standing: &Standing) -> Vec<SuggestedCommand> {
        let of_key = || self.standings.iter().filter(|it| it.fingerprint == standing.fingerprint);
        let places: Vec<_> = of_key().filter(|it| it.variable.is_some()).collect();
        let agent = standing.key_type == KeyType::Agent;
        // What is not ours to revoke is left as it is: its text would be lost.
        if matches!(standing.state, State::Elsewhere(_, Some(_)) | State::NotListed)
            || places.iter().any(|it| it.doubled)
            || (agent && places.iter().any(|it| !it.is_shipped()))
        {
            return Vec::new();
        }
        let (shipped, kept): (Vec<_>, Vec<_>) =
            places.iter().copied().partition(|it| it.is_shipped());
        let leaks: Vec<_> = of_key().filter(|it| self.is_leak(it)).collect();
        let by_hand: Vec<_> =
            of_key().filter(|it| it.by_hand.is_some() && !self.is_leak(it)).collect();
        // What is in comments alone needs no other key.
        let used = by_hand.iter().any(|it| it.by_hand != Some(ByHand::Comment));
        let key = match (standing.listed(), kept.first().or(shipped.first())) {
            (Some(listed), _) => Some(PathBuf::from(listed.id.to_string())),
            (None, place) => place.map(|place| reference(place)),
        };
        let environment = |place: &Standing| {
            let belongs = place.purpose().and_then(Purpose::environment);
            belongs.or(place.environment).unwrap_or(Environment::Production)
        };
        let mut lines = self.hide(&places);
        let creates = shipped.iter().map(|place| self.create(place, environment(place)));
        match (key, &standing.state) {
            (Some(key), State::Live(_) | State::NotAsked | State::NoAnswer)
                if !kept.is_empty() || used =>
            {
                lines.extend(creates);
                let command = ignoring(keys(["rotate"]).file(&key), &leaks);
                lines.push(rotation(command, &kept, !by_hand.is_empty()));
            }
            (Some(key), State::Elsewhere(project, _)) => {
                let revoke = keys(["revoke"]).file(&key);
                lines.push(revoke.option("--project", project.to_string()));
                lines.extend(creates);
            }
            // Before its text is overwritten.
            (Some(key), _) => {
                lines.push(keys(["revoke"]).file(&key));
                lines.extend(creates);
            }
            (None, _) => lines.push(self.revoke_leaked(standing)),
        }
        lines
    }

    /// Revokes a key that is no variable's value, and whose id is not known.
    fn revoke_leaked(&self, standing: &Standing) -> SuggestedCommand {
        let mut others = self.standings.iter().filter(|it| it.path == standing.path);
        if others.any(|it| it.fingerprint != standing.fingerprint) {
            // They would be revoked too. Asked, the service tells their ids.
            keys(["check"]).file(&standing.path)
        } else {
            keys(["revoke"]).file_option("--leaked", &standing.path)
        }
    }

    /// Replaces a key where it stands by `command`, which takes its id and what `more` adds.
    fn replace(
        &self,
        key: &ListedKey,
        command: SuggestedCommand,
        more: impl FnOnce(SuggestedCommand) -> SuggestedCommand,
    ) -> Vec<SuggestedCommand> {
        let of_key = || {
            let is_key = |it: &&Standing| it.listed().is_some_and(|listed| listed.id == key.id);
            self.standings.iter().filter(is_key)
        };
        let places: Vec<_> = of_key().filter(|it| it.variable.is_some()).collect();
        if places.iter().any(|it| it.doubled) {
            return Vec::new();
        }
        let mut lines = self.hide(&places);
        let command = command.operand(key.id.to_string());
        lines.push(more(rotation(command, &places, of_key().any(|it| it.by_hand.is_some()))));
        lines
    }

    fn tell_apart(&self, used: &[&ListedKey], spare: &[&ListedKey]) -> Vec<SuggestedCommand> {
        let rename = |key: &&ListedKey| {
            let name = self.free_name(&key.name, &key.id.to_string());
            self.replace(key, keys(["rotate"]), |command| command.option("--name", name))
        };
        let mut lines: Vec<_> = used.iter().flat_map(rename).collect();
        let ids: Vec<_> = spare.iter().map(|key| key.id.to_string()).collect();
        // Other machines may use what no file here has.
        lines.extend(ids.iter().map(|id| keys(["show"]).operand(id).words(["--usage"])));
        if !ids.is_empty() {
            lines.push(keys(["revoke"]).operands(ids));
        }
        lines
    }

    /// Puts a new key into a place; one that browsers may see, where they do.
    fn create(&self, place: &Standing, environment: Environment) -> SuggestedCommand {
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
        command = command.file_option("--env-file", &place.path);
        if let Some(variable) = &place.variable {
            command = command.option("--var", variable.as_str());
        }
        command.words(["--overwrite"])
    }

    /// The name of the key that a place gets: after the one that stands there, else
    /// after the folder; and after what the place is for.
    fn name_for(&self, place: &Standing) -> String {
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
        self.free_name(&base, &place.at.shown())
    }

    /// `name`, or with a number behind it where a live key has that name, or another
    /// place than `place` gets it.
    fn free_name(&self, name: &str, place: &str) -> String {
        let mut names = self.names.borrow_mut();
        let free = |name: &String| {
            names.get(name).is_none_or(|other| other == place)
                && self.listed.iter().all(|key| key.name != *name)
        };
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let found = std::iter::once(name.to_owned()).chain(numbered).find(free);
        let found = found.unwrap_or_default();
        names.insert(found.clone(), place.to_owned());
        found
    }

    /// `command` with the domains of a key without those that are wrong, but for what
    /// somebody has decided to live with; with the flag that some of them need.
    fn domains(&self, key: &ListedKey, command: SuggestedCommand) -> SuggestedCommand {
        let domains = right_domains(key.domains.clone(), key.environment, |domain| {
            let normal = DomainPattern::parse(domain, Breadth::AllowBroad);
            self.kept.contains(&(key.id, domain.to_owned()))
                && normal.is_ok_and(|normal| normal.as_str() == domain)
        });
        let command = match is_broad(&domains) {
            true => command.words(["--allow-broad"]),
            false => command,
        };
        match domains[..] {
            [] => command.placeholder(DOMAIN),
            _ => command.operands(domains),
        }
    }

    /// Takes the files of `places` out of git that it tracks: no key is put into such.
    fn hide(&self, places: &[&Standing]) -> Vec<SuggestedCommand> {
        let mut tracked: Vec<_> =
            places.iter().filter(|it| it.git == GitState::Tracked).map(|it| &it.path).collect();
        tracked.dedup();
        let hide = |path| [Some(untrack(path)), ignore(path)].into_iter().flatten();
        tracked.into_iter().flat_map(|path| hide(path)).collect()
    }
}

fn keys(words: impl IntoIterator<Item = &'static str>) -> SuggestedCommand {
    SuggestedCommand::cencori(["keys"]).words(words)
}

/// How far a remedy goes that ends a key: a further one mends what the others would.
fn reach(remedy: &Remedy<'_>) -> u8 {
    match remedy {
        Remedy::Retire(_) => 3,
        Remedy::Revoke(_) => 2,
        Remedy::SetDomains(_) => 1,
        _ => 0,
    }
}
