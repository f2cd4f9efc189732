//! The command lines that mend what is wrong.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::finding::{At, Finding};
use super::remedy::Remedy;
use super::standing::Standing;
use crate::api::ListedKey;
use crate::commands::keys::answers::State;
use crate::context::Context;
use crate::domain::{self, Breadth, DomainPattern, Fault};
use crate::dotenv::file_name::Purpose;
use crate::key::{Environment, KeyType};
use crate::sinks::guards::GitState;

/// What stands for the domain that only a person knows.
const DOMAIN: &str = "DOMAIN";

/// What stands for what puts a key where it is used, where no file that was looked into
/// has it: in `.env` nobody might look for it, and the old one would be revoked all the
/// same.
const COMMAND: &str = "COMMAND";

/// What has to be put into command lines before they can be run, and what that is.
pub const PLACEHOLDERS: [(&str, &str); 2] = [
    (DOMAIN, "DOMAIN stands for the site that is to use the key, such as myapp.com"),
    (
        COMMAND,
        "COMMAND stands for what puts the key where it is used, such as 'gh secret set CENCORI_API_KEY': no \
         file that was looked into has it. --env-file PATH and --keychain do that too",
    ),
];

/// What command lines are made from.
pub struct Mending<'a> {
    /// The flags that say which service and project is meant.
    flags: &'a [String],
    listed: &'a [ListedKey],
    standings: &'a [Standing],
    /// Domains that somebody has decided to live with.
    kept: HashSet<(Uuid, String)>,
    /// The names that new keys are given, and the place that each is for.
    names: RefCell<HashMap<String, String>>,
}

impl<'a> Mending<'a> {
    /// Writes the command lines into `findings`, which are in order, the worst first.
    /// What ends one and the same key is one remedy, the one that goes furthest: of two
    /// the second would find no key any more.
    pub fn all(
        context: &'a Context,
        listed: &'a [ListedKey],
        standings: &'a [Standing],
        findings: &mut [Finding<'a>],
    ) {
        let kept = findings.iter().filter(|it| it.silenced.is_some());
        let kept = kept.filter_map(|finding| match &finding.at {
            At::Domain(key, domain) => Some((key.id, domain.clone())),
            _ => None,
        });
        let mending = Self {
            flags: &context.repeated_flags,
            listed,
            standings,
            kept: kept.collect(),
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
            finding.mend = mending.lines(shared.unwrap_or(&finding.remedy));
        }
    }

    fn lines(&self, remedy: &Remedy<'_>) -> Vec<String> {
        match remedy {
            Remedy::Retire(standing) => self.retire(standing),
            Remedy::Ignore(standing) => vec![ignore(&standing.path)],
            Remedy::Create(standing, environment) => {
                let mut lines = self.hide(&[standing]);
                lines.push(self.create(standing, *environment));
                lines
            }
            Remedy::Rotate(key) => self.replace(key, &["rotate"], Vec::new()),
            Remedy::SetDomains(key) => self.replace(key, &["domains", "set"], self.domains(key)),
            Remedy::TellApart { used, spare } => self.tell_apart(used, spare),
            Remedy::Revoke(key) => vec![self.keys(&["revoke", &key.id.to_string()], Vec::new())],
            Remedy::Resume(id) => {
                vec![self.keys(&["rotate", "--resume", &id.to_string()], Vec::new())]
            }
        }
    }

    /// Takes a key out of the wrong hands: browsers get one of their own, servers a new
    /// one, and the old one is revoked.
    fn retire(&self, standing: &Standing) -> Vec<String> {
        let places: Vec<_> = self.standings.iter().filter(|it| is_place_of(it, standing)).collect();
        let mut lines = self.hide(&places);
        let environment = |place: &Standing| {
            let belongs = place.purpose().and_then(Purpose::environment);
            belongs.or(place.environment).unwrap_or(Environment::Production)
        };
        let (shipped, kept): (Vec<_>, Vec<_>) = places.into_iter().partition(|it| it.is_shipped());
        lines.extend(shipped.into_iter().map(|place| self.create(place, environment(place))));
        match (kept.first(), &standing.state) {
            // Only its owners can.
            (_, State::Elsewhere(_, Some(_))) => {}
            (_, State::Elsewhere(..) | State::NotListed) => {
                lines.push(self.revoke_leaked(standing))
            }
            (Some(place), _) if standing.key_type != KeyType::Agent => {
                let key = standing.listed().map(|listed| listed.id.to_string());
                let key = key.unwrap_or_else(|| place.at.shown());
                lines.push(self.keys(&["rotate", &key], env_files(&kept)));
            }
            (_, State::Live(listed)) => {
                lines.push(self.keys(&["revoke", &listed.id.to_string()], Vec::new()));
            }
            _ => lines.push(self.revoke_leaked(standing)),
        }
        lines
    }

    /// Revokes a key whose id is not known; of a file with several, what its line has.
    fn revoke_leaked(&self, standing: &Standing) -> String {
        let path = word_of(&standing.path);
        let others = self.standings.iter().filter(|it| it.path == standing.path);
        let others = others.filter(|it| it.fingerprint != standing.fingerprint).count() > 0;
        match standing.at.file() {
            Some((_, line, _)) if others => {
                let revoke = self.keys(&["revoke", "--leaked", "-"], Vec::new());
                format!("sed -n {line}p {} | {revoke}", quoted(&path))
            }
            _ => self.keys(&["revoke", "--leaked", &path], Vec::new()),
        }
    }

    /// Replaces a key where it stands by the command `words`, which takes its id and
    /// `more`.
    fn replace(&self, key: &ListedKey, words: &[&str], more: Vec<String>) -> Vec<String> {
        let is_place = |it: &&Standing| {
            it.variable.is_some() && it.listed().is_some_and(|listed| listed.id == key.id)
        };
        let places: Vec<_> = self.standings.iter().filter(is_place).collect();
        let mut lines = self.hide(&places);
        let mut arguments = vec![key.id.to_string()];
        arguments.extend(match &places[..] {
            [] => ["--pipe-to", COMMAND].map(str::to_owned).to_vec(),
            places => env_files(places),
        });
        arguments.extend(more);
        lines.push(self.keys(words, arguments));
        lines
    }

    fn tell_apart(&self, used: &[&ListedKey], spare: &[&ListedKey]) -> Vec<String> {
        let rename = |key: &&ListedKey| {
            let name = self.free_name(&key.name, &key.id.to_string());
            self.replace(key, &["rotate"], vec!["--name".to_owned(), name])
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
            let known = place.listed().map_or(&[][..], |listed| &listed.domains);
            let one = [DOMAIN.to_owned()];
            let domains = if known.is_empty() { &one[..] } else { known };
            arguments.extend(is_broad(domains).then(|| "--allow-broad".to_owned()));
            arguments.extend(domains.iter().flat_map(|it| ["--domain".to_owned(), it.clone()]));
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
        let kept = |domain: &String| {
            let normal = DomainPattern::parse(domain, Breadth::AllowBroad);
            self.kept.contains(&(key.id, domain.clone()))
                && normal.is_ok_and(|normal| normal.as_str() == domain)
        };
        let mut domains = key.domains.clone();
        // What is written right may turn out to be wrong in another way.
        for _ in 0..2 {
            let faults = domain::faults(&domains, key.environment);
            let mut right = Vec::new();
            for (domain, faults) in domains.into_iter().zip(faults) {
                let instead = faults.iter().find_map(Fault::instead).map(ToString::to_string);
                let stays = faults.is_empty() || kept(&domain);
                let domain = if stays { Some(domain) } else { instead };
                right.extend(domain.filter(|domain| !right.contains(domain)));
            }
            domains = right;
        }
        if domains.is_empty() {
            domains.push(DOMAIN.to_owned());
        }
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

/// Whether `other` is a variable with the key of `standing`.
fn is_place_of(other: &Standing, standing: &Standing) -> bool {
    other.variable.is_some() && other.fingerprint == standing.fingerprint
}

fn env_files(places: &[&Standing]) -> Vec<String> {
    let mut files: Vec<_> = places.iter().map(|it| word_of(&it.path)).collect();
    files.dedup();
    files.into_iter().flat_map(|file| ["--env-file".to_owned(), file]).collect()
}

/// Has git ignore a file, unless it does, whichever repository the file is in: the line
/// goes into its own folder, and is one of its own whatever the last one ends with.
fn ignore(path: &Path) -> String {
    let (folder, name) = (folder_of(path), name_of(path));
    let mut line = String::from("/");
    for character in name.chars() {
        // What else means more than itself does so at the beginning only.
        line.extend("*?[\\ ".contains(character).then_some('\\'));
        line.push(character);
    }
    let file = folder.map_or_else(|| PathBuf::from(".gitignore"), |it| it.join(".gitignore"));
    let add = format!("printf '\\n%s\\n' {} >> {}", quoted(&line), quoted(&word_of(&file)));
    format!("{} check-ignore -q -- {} || {add}", git(path), quoted(&name))
}

/// Takes a file out of git's index, if it is there, and leaves it where it is.
fn untrack(path: &Path) -> String {
    format!("{} rm --cached --ignore-unmatch -- {}", git(path), quoted(&name_of(path)))
}

/// git, in the folder of a file.
fn git(path: &Path) -> String {
    match folder_of(path) {
        Some(folder) => format!("git -C {}", quoted(&word_of(folder))),
        None => "git".to_owned(),
    }
}

/// What has to be put into `lines` before they can be run.
pub fn placeholders(lines: &[String]) -> Vec<&'static str> {
    let asks = |what: &str| lines.iter().any(|line| line.split(' ').any(|word| word == what));
    PLACEHOLDERS.iter().map(|(what, _)| *what).filter(|what| asks(what)).collect()
}

/// Whether one of `domains` has to be allowed.
fn is_broad(domains: &[String]) -> bool {
    let refused = |domain: &String| DomainPattern::parse(domain, Breadth::Careful).is_err();
    domains.iter().any(|domain| domain != DOMAIN && refused(domain))
}

/// The folder of a file, where that is not this one.
fn folder_of(path: &Path) -> Option<&Path> {
    path.parent().filter(|folder| !folder.as_os_str().is_empty())
}

/// A path as an argument that is no flag.
fn word_of(path: &Path) -> String {
    let path = path.display().to_string();
    if path.starts_with('-') { format!("./{path}") } else { path }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A word for a shell. None has a zero in it, which no shell can be told.
fn quoted(word: &str) -> String {
    shlex::try_quote(word).map(String::from).unwrap_or_default()
}
