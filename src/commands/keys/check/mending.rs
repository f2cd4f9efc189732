//! The command lines that mend what is wrong.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::finding::{At, Finding};
use super::remedy::Remedy;
use super::standing::Standing;
use super::words::{
    folder_of, ignore, ignoring, is_broad, name_of, option, quoted, reference, right_domains,
    rotation, untrack, word_of,
};
use crate::api::ListedKey;
use crate::commands::keys::answers::State;
use crate::context::Context;
use crate::domain::{Breadth, DomainPattern};
use crate::dotenv::file_name::Purpose;
use crate::key::{Environment, KeyType};
use crate::leak::ByHand;
use crate::rotation::journal::Progress;
use crate::sinks::Destination;
use crate::sinks::guards::GitState;

/// What command lines are made from.
pub struct Mending<'a> {
    /// The flags that say which service and project is meant.
    flags: &'a [String],
    listed: &'a [ListedKey],
    standings: &'a [Standing],
    /// Domains that somebody has decided to live with.
    kept: HashSet<(Uuid, String)>,
    /// Files with a key that somebody has decided to live with.
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
        let kept_files = silenced().filter_map(|finding| finding.at.own().map(Path::to_owned));
        let mending = Self {
            flags: &context.repeated_flags,
            listed,
            standings,
            kept: kept.collect(),
            kept_files: kept_files.collect(),
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
            finding.mend = mending.lines(&remedy);
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
                let id = rotation.plan.old.id;
                format!(
                    "; change {by_hand} by hand, and then go on with `keys rotate --resume {id}`"
                )
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

    fn lines(&self, remedy: &Remedy<'_>) -> Vec<String> {
        match remedy {
            Remedy::Retire(standing) => self.retire(standing),
            Remedy::Ignore(standing) => vec![ignore(&standing.path)],
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
            Remedy::Rotate(key) => self.replace(key, &["rotate"], Vec::new()),
            Remedy::SetDomains(key) => self.replace(key, &["domains", "set"], self.domains(key)),
            Remedy::TellApart { used, spare } => self.tell_apart(used, spare),
            Remedy::Revoke(key) => vec![self.keys(&["revoke", &key.id.to_string()], Vec::new())],
            Remedy::Resume(rotation)
                if self.standings.iter().any(|it| self.is_left_behind(it, rotation)) =>
            {
                Vec::new()
            }
            Remedy::Resume(rotation) => {
                let old = rotation.plan.old.id;
                let leaks = self.standings.iter().filter(|it| self.is_leak(it));
                let of_key = |it: &&Standing| it.listed().is_some_and(|listed| listed.id == old);
                let leaks: Vec<_> = leaks.filter(of_key).collect();
                vec![self.keys(&["rotate", "--resume", &old.to_string()], ignoring(&leaks))]
            }
        }
    }

    /// Takes a key out of the wrong hands: browsers get one of their own, servers a new
    /// one, and the old one is revoked.
    fn retire(&self, standing: &Standing) -> Vec<String> {
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
            (Some(listed), _) => Some(listed.id.to_string()),
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
                lines.push(
                    self.keys(&["rotate", &key], rotation(&kept, &leaks, !by_hand.is_empty())),
                );
            }
            (Some(key), State::Elsewhere(project, _)) => {
                let project = project.to_string();
                lines.push(self.keys(&["revoke", &key, "--project", &project], Vec::new()));
                lines.extend(creates);
            }
            // Before its text is overwritten.
            (Some(key), _) => {
                lines.push(self.keys(&["revoke", &key], Vec::new()));
                lines.extend(creates);
            }
            (None, _) => lines.push(self.revoke_leaked(standing)),
        }
        lines
    }

    /// Revokes a key that is no variable's value, and whose id is not known.
    fn revoke_leaked(&self, standing: &Standing) -> String {
        let path = word_of(&standing.path);
        let line = |it: &Standing| it.at.file().map(|(_, line, _)| line);
        let others = || {
            let others = self.standings.iter().filter(|it| it.path == standing.path);
            others.filter(|it| it.fingerprint != standing.fingerprint)
        };
        match line(standing) {
            // Asked, the service tells their ids.
            Some(_) if others().any(|it| line(it) == line(standing)) => {
                self.keys(&["check", &path], Vec::new())
            }
            Some(line) if others().count() > 0 => {
                let revoke = self.keys(&["revoke", "--leaked", "-"], Vec::new());
                format!("sed -n {line}p {} | {revoke}", quoted(&path))
            }
            _ => self.keys(&["revoke", "--leaked", &path], Vec::new()),
        }
    }

    /// Replaces a key where it stands by the command `words`, which takes its id and
    /// `more`.
    fn replace(&self, key: &ListedKey, words: &[&str], more: Vec<String>) -> Vec<String> {
        let of_key = || {
            let is_key = |it: &&Standing| it.listed().is_some_and(|listed| listed.id == key.id);
            self.standings.iter().filter(is_key)
        };
        let places: Vec<_> = of_key().filter(|it| it.variable.is_some()).collect();
        if places.iter().any(|it| it.doubled) {
            return Vec::new();
        }
        let mut lines = self.hide(&places);
        let mut arguments = vec![key.id.to_string()];
        arguments.extend(rotation(&places, &[], of_key().any(|it| it.by_hand.is_some())));
        arguments.extend(more);
        lines.push(self.keys(words, arguments));
        lines
    }

    fn tell_apart(&self, used: &[&ListedKey], spare: &[&ListedKey]) -> Vec<String> {
        let rename = |key: &&ListedKey| {
            let name = self.free_name(&key.name, &key.id.to_string());
            self.replace(key, &["rotate"], option("--name", &name))
        };
        let mut lines: Vec<_> = used.iter().flat_map(rename).collect();
        let ids: Vec<_> = spare.iter().map(|key| key.id.to_string()).collect();
        // Other machines may use what no file here has.
        lines.extend(ids.iter().map(|id| self.keys(&["show", id, "--usage"], Vec::new())));
        if !ids.is_empty() {
            lines.push(self.keys(&["revoke"], ids));
        }
        lines
    }

    /// Puts a new key into a place; one that browsers may see, where they do.
    fn create(&self, place: &Standing, environment: Environment) -> String {
        let Some(variable) = &place.variable else { return String::new() };
        let shipped = place.is_shipped();
        let path = word_of(&place.path);
        let mut arguments = vec![self.name_for(place)];
        if shipped || place.key_type == KeyType::Publishable {
            arguments.push("--publishable".to_owned());
            let known = place.listed().map(|listed| listed.domains.clone());
            let domains = right_domains(known.unwrap_or_default(), environment, |_| false);
            arguments.extend(domains.iter().flat_map(|domain| option("--domain", domain)));
        }
        if environment == Environment::Test {
            arguments.extend(["--environment", "test"].map(str::to_owned));
        }
        let rest = ["--env-file", &path, "--var", variable.as_str(), "--overwrite"];
        arguments.extend(rest.map(str::to_owned));
        self.keys(&["create"], arguments)
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

    /// The domains of a key without those that are wrong, but for what somebody has
    /// decided to live with; with the flag that some of them need.
    fn domains(&self, key: &ListedKey) -> Vec<String> {
        let domains = right_domains(key.domains.clone(), key.environment, |domain| {
            let normal = DomainPattern::parse(domain, Breadth::AllowBroad);
            self.kept.contains(&(key.id, domain.to_owned()))
                && normal.is_ok_and(|normal| normal.as_str() == domain)
        });
        let flag = is_broad(&domains).then(|| "--allow-broad".to_owned());
        let end = domains.iter().any(|it| it.starts_with('-')).then(|| "--".to_owned());
        flag.into_iter().chain(end).chain(domains).collect()
    }

    /// Takes the files of `places` out of git that it tracks: no key is put into such.
    fn hide(&self, places: &[&Standing]) -> Vec<String> {
        let mut tracked: Vec<_> =
            places.iter().filter(|it| it.git == GitState::Tracked).map(|it| &it.path).collect();
        tracked.dedup();
        tracked.into_iter().flat_map(|path| [untrack(path), ignore(path)]).collect()
    }

    fn keys(&self, words: &[&str], more: Vec<String>) -> String {
        let flags = self.flags.iter().map(String::as_str);
        let words = flags.chain(["keys"]).chain(words.iter().copied());
        let words = words.chain(more.iter().map(String::as_str)).map(quoted);
        format!("cencori {}", words.collect::<Vec<_>>().join(" "))
    }
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
