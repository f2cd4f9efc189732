//! The command lines that mend what is wrong.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::finding::{At, Finding};
use super::names::Names;
use super::occurrences::{Occurrences, OfKey};
use super::remedy::{Group, Remedy};
use super::standing::Standing;
use super::words::{
    folder_of, ignore, is_broad, name_of, option, quoted, reference, right_domains, rotation,
    shortened, untrack, word_of,
};
use crate::api::ListedKey;
use crate::commands::keys::answers::State;
use crate::context::Context;
use crate::domain::{Breadth, DomainPattern};
use crate::dotenv::file_name::Purpose;
use crate::key::{Environment, KeyType};
use crate::rotation::journal::Progress;
use crate::sinks::Destination;
use crate::sinks::guards::GitState;

/// How long command lines are that only the first of the findings has that they mend,
/// in bytes: each domain of a key, or each file with it, can have one.
const LONG: usize = 1_000;

/// What command lines are made from.
pub struct Mending<'a> {
    /// The flags that say which service and project is meant.
    flags: &'a [String],
    occurrences: Occurrences<'a>,
    /// Domains that somebody has decided to live with.
    kept: HashSet<(Uuid, String)>,
    /// The names that new keys are given, and the place that each is for.
    names: RefCell<Names<'a>>,
    /// What has been written for remedies that come to the same.
    written: HashMap<Group<'a>, Written>,
}

/// What has been written for a remedy.
struct Written {
    by_person: String,
    lines: Vec<String>,
    /// Where it was written first, if it is too long to be repeated with each finding.
    at: Option<String>,
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
        let kept = findings.iter().filter(|it| it.silenced.is_some());
        let kept = kept.filter_map(|finding| match &finding.at {
            At::Domain(key, domain) => Some((key.id, domain.clone())),
            _ => None,
        });
        let mut mending = Self {
            flags: &context.repeated_flags,
            occurrences: Occurrences::new(standings),
            kept: kept.collect(),
            names: RefCell::new(Names::new(listed)),
            written: HashMap::new(),
        };
        let mut ends: HashMap<Uuid, Remedy<'a>> = HashMap::new();
        for finding in findings.iter().filter(|it| it.silenced.is_none()) {
            let Some(id) = finding.remedy.ends() else { continue };
            let known = ends.entry(id).or_insert_with(|| finding.remedy.clone());
            if finding.remedy.reach() > known.reach() {
                *known = finding.remedy.clone();
            }
        }
        let mut rotated: HashMap<Uuid, &'a Progress> = HashMap::new();
        for rotation in rotations {
            for key in rotation.keys() {
                rotated.entry(key.id).or_insert(rotation);
            }
        }
        // What is long is written where it is looked for.
        let (open, silenced): (Vec<_>, Vec<_>) =
            findings.iter_mut().partition(|finding| finding.silenced.is_none());
        for finding in open.into_iter().chain(silenced) {
            let open = finding.silenced.is_none();
            let shared = finding.remedy.ends().and_then(|id| ends.get(&id)).filter(|_| open);
            let remedy = shared.unwrap_or(&finding.remedy).clone();
            let rotation = remedy.key().and_then(|id| rotated.get(&id).copied());
            let remedy = rotation.map_or(remedy, Remedy::Resume);
            mending.write(&remedy, finding);
        }
    }

    /// Writes into `finding` what `remedy` comes to.
    fn write(&mut self, remedy: &Remedy<'a>, finding: &mut Finding<'a>) {
        let alone = match remedy {
            // Revoked by the file and line that it is in.
            Remedy::Retire(standing) => standing.listed().is_none() && !self.is_variable(standing),
            _ => false,
        };
        let Some(group) = remedy.group().filter(|_| !alone) else {
            finding.message.push_str(&self.by_person(remedy));
            finding.mend = self.lines(remedy);
            return;
        };
        if let Some(written) = self.written.get(&group) {
            finding.message.push_str(&written.by_person);
            match &written.at {
                Some(at) => {
                    finding.message.push_str(&format!("; the command at {at} mends this too"));
                }
                None => finding.mend = written.lines.clone(),
            }
            return;
        }
        let (by_person, lines) = (self.by_person(remedy), self.lines(remedy));
        finding.message.push_str(&by_person);
        finding.mend = lines.clone();
        let long = lines.iter().map(String::len).sum::<usize>() > LONG;
        let at = long.then(|| finding.at.shown());
        let lines = if long { Vec::new() } else { lines };
        self.written.insert(group, Written { by_person, lines, at });
    }

    /// Whether the key of `standing` is a variable's value somewhere.
    fn is_variable(&self, standing: &Standing) -> bool {
        let of_key = self.occurrences.of(&standing.fingerprint);
        of_key.is_some_and(|of_key| !of_key.variables.is_empty())
    }

    /// What a person has to do beside the command lines.
    fn by_person(&self, remedy: &Remedy<'_>) -> String {
        let fingerprint = remedy.fingerprint(&self.occurrences);
        let of_key = fingerprint.and_then(|fingerprint| self.occurrences.of(fingerprint));
        let Some(of_key) = of_key else { return String::new() };
        let by_hand = match remedy {
            Remedy::Resume(rotation) => {
                let behind = of_key.all.iter().filter(|it| self.is_left_behind(it, rotation));
                shortened(behind.copied())
            }
            Remedy::Create(..) => String::new(),
            _ => shortened(of_key.by_hand.iter().copied()),
        };
        let doubled = match remedy {
            Remedy::Create(standing, _) => Some(*standing).filter(|it| it.doubled),
            _ => of_key.variables.iter().copied().find(|it| it.doubled),
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
            (Remedy::Revoke(_), None) if !of_key.variables.is_empty() => {
                format!("; it stands in {}", shortened(of_key.variables.iter().copied()))
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
        standing.by_hand || (standing.variable.is_some() && !known)
    }

    /// Whether the old key of a rotation stands anywhere where that does not put the new
    /// one.
    fn leaves_behind(&self, rotation: &Progress) -> bool {
        let of_key = self.occurrences.of_listed(rotation.plan.old.id);
        of_key.is_some_and(|it| it.all.iter().any(|it| self.is_left_behind(it, rotation)))
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
            Remedy::Resume(rotation) if self.leaves_behind(rotation) => Vec::new(),
            Remedy::Resume(rotation) => {
                let id = rotation.plan.old.id.to_string();
                vec![self.keys(&["rotate", "--resume", &id], Vec::new())]
            }
        }
    }

    /// Takes a key out of the wrong hands: browsers get one of their own, servers a new
    /// one, and the old one is revoked.
    fn retire(&self, standing: &Standing) -> Vec<String> {
        let Some(of_key) = self.occurrences.of(&standing.fingerprint) else { return Vec::new() };
        let places = &of_key.variables;
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
        let by_hand = || of_key.by_hand.iter().any(|it| it.browser_prefix().is_none());
        let key = match (standing.listed(), kept.first().or(shipped.first())) {
            (Some(listed), _) => Some(listed.id.to_string()),
            (None, place) => place.map(|place| reference(place)),
        };
        let environment = |place: &Standing| {
            let belongs = place.purpose().and_then(Purpose::environment);
            belongs.or(place.environment).unwrap_or(Environment::Production)
        };
        let mut lines = self.hide(places);
        let creates = shipped.iter().map(|place| self.create(place, environment(place)));
        match (key, &standing.state) {
            (Some(key), State::Live(_) | State::NotAsked | State::NoAnswer)
                if !kept.is_empty() || by_hand() =>
            {
                lines.extend(creates);
                lines.push(self.keys(&["rotate", &key], rotation(&kept, by_hand())));
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
        match standing.at.file() {
            // Asked, the service tells their ids.
            Some(_) if self.occurrences.shares_line(standing) => {
                self.keys(&["check", &path], Vec::new())
            }
            Some((_, line, _)) if self.occurrences.shares_file(standing) => {
                let revoke = self.keys(&["revoke", "--leaked", "-"], Vec::new());
                format!("sed -n {line}p {} | {revoke}", quoted(&path))
            }
            _ => self.keys(&["revoke", "--leaked", &path], Vec::new()),
        }
    }

    /// Replaces a key where it stands by the command `words`, which takes its id and
    /// `more`.
    fn replace(&self, key: &ListedKey, words: &[&str], more: Vec<String>) -> Vec<String> {
        let nowhere = OfKey::default();
        let of_key = self.occurrences.of_listed(key.id).unwrap_or(&nowhere);
        let places = &of_key.variables;
        if places.iter().any(|it| it.doubled) {
            return Vec::new();
        }
        let mut lines = self.hide(places);
        let mut arguments = vec![key.id.to_string()];
        arguments.extend(rotation(places, !of_key.by_hand.is_empty()));
        arguments.extend(more);
        lines.push(self.keys(words, arguments));
        lines
    }

    fn tell_apart(&self, used: &[&ListedKey], spare: &[&ListedKey]) -> Vec<String> {
        let rename = |key: &&ListedKey| {
            let name = self.names.borrow_mut().free(&key.name, &key.id.to_string());
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
        self.names.borrow_mut().free(&base, &place.at.shown())
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
