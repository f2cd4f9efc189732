//! The command lines that mend what is wrong.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::standing::Standing;
use crate::api::ListedKey;
use crate::commands::keys::answers::State;
use crate::context::Context;
use crate::domain::{self, Breadth, DomainPattern, Fault};
use crate::dotenv::VariableName;
use crate::key::{Environment, KeyType};
use crate::sinks::guards::GitState;

/// What stands for the domains that only a person knows.
const DOMAIN: &str = "DOMAIN";

/// What stands for what puts a key where it is used, where no file here has it: that in
/// `.env` nobody might look for it, and the old one would be revoked all the same.
const COMMAND: &str = "COMMAND";

/// What command lines are made from.
pub struct Mending<'a> {
    /// The flags that say which service and project is meant.
    flags: Vec<String>,
    listed: &'a [ListedKey],
    standings: &'a [Standing],
}

/// A key that is to be made for a variable.
pub struct Wanted<'a> {
    /// The file.
    pub path: &'a Path,
    /// The variable.
    pub variable: &'a VariableName,
    /// Its type.
    pub key_type: KeyType,
    /// Its environment.
    pub environment: Environment,
    /// The domains of a publishable key, as far as they are known.
    pub domains: &'a [String],
}

impl<'a> Mending<'a> {
    /// For the keys of the project that are `listed`, and those in files.
    pub fn new(context: &Context, listed: &'a [ListedKey], standings: &'a [Standing]) -> Self {
        Self { flags: context.repeated_flags.clone(), listed, standings }
    }

    /// Replaces a key where it stands.
    pub fn rotate(&self, key: &ListedKey) -> String {
        self.keys(&["rotate", &key.id.to_string()], self.places(key))
    }

    /// The same, and gives the new key another name than others have.
    pub fn rotate_and_rename(&self, key: &ListedKey) -> String {
        let name = self.free_name(&key.name);
        self.keys(&["rotate", &key.id.to_string(), "--name", &name], self.places(key))
    }

    /// Replaces the key that stands in a variable of a file, which is out of git by
    /// then, and in the other files in which git does not track it.
    pub fn rotate_in(&self, standing: &Standing, variable: &VariableName) -> String {
        let path = standing.path.display().to_string();
        let alike = |it: &&Standing| {
            it.fingerprint == standing.fingerprint
                && it.variable.is_some()
                && it.path != standing.path
                && it.git != GitState::Tracked
        };
        let mut files = vec![path.clone()];
        files.extend(self.standings.iter().filter(alike).map(|it| it.path.display().to_string()));
        files.dedup();
        let files = files.into_iter().flat_map(|file| ["--env-file".to_owned(), file]).collect();
        self.keys(&["rotate", &format!("{path}:{variable}")], files)
    }

    /// Goes on with an open rotation.
    pub fn resume(&self, old: Uuid) -> String {
        self.keys(&["rotate", "--resume", &old.to_string()], Vec::new())
    }

    /// Revokes keys.
    pub fn revoke(&self, keys: &[&ListedKey]) -> String {
        self.keys(&["revoke"], keys.iter().map(|key| key.id.to_string()).collect())
    }

    /// Revokes what stands in a file, and replaces it where it is used here.
    pub fn revoke_leaked(&self, path: &Path) -> String {
        let path = path.display().to_string();
        self.keys(&["revoke", "--leaked", &path, "--rotate"], Vec::new())
    }

    /// Puts a new key into a variable.
    pub fn create(&self, wanted: &Wanted<'_>) -> String {
        let variable = wanted.variable.as_str();
        let name = self.free_name(&variable.to_ascii_lowercase().replace('_', "-"));
        let mut arguments = vec![name];
        if wanted.key_type == KeyType::Publishable {
            arguments.push("--publishable".to_owned());
            let one = [DOMAIN.to_owned()];
            let domains = if wanted.domains.is_empty() { &one[..] } else { wanted.domains };
            arguments.extend(domains.iter().flat_map(|it| ["--domain".to_owned(), it.clone()]));
            arguments.extend(is_broad(domains).then(|| "--allow-broad".to_owned()));
        }
        if wanted.environment == Environment::Test {
            arguments.extend(["--environment", "test"].map(str::to_owned));
        }
        let path = wanted.path.display().to_string();
        let place = ["--env-file", &path, "--var", variable, "--overwrite"];
        arguments.extend(place.map(str::to_owned));
        self.keys(&["create"], arguments)
    }

    /// Gives a key its domains without the one at `index`, or with what was meant by
    /// it. Others that were only written wrong are written right with it: the service
    /// would not have them again.
    pub fn set_domains(&self, key: &ListedKey, index: usize) -> String {
        let faults = domain::faults(&key.domains, key.environment);
        let mut domains: Vec<String> = Vec::new();
        for (number, (pattern, faults)) in key.domains.iter().zip(&faults).enumerate() {
            let instead = faults.iter().find_map(Fault::instead).map(ToString::to_string);
            let kept = DomainPattern::parse(pattern, Breadth::AllowBroad)
                .is_ok_and(|parsed| parsed.as_str() == pattern && number != index);
            domains.extend(if kept { Some(pattern.clone()) } else { instead });
        }
        let mut seen = HashSet::new();
        domains.retain(|domain| seen.insert(domain.clone()));
        if domains.is_empty() {
            domains.push(DOMAIN.to_owned());
        }
        let mut arguments = vec![key.id.to_string()];
        arguments.extend(is_broad(&domains).then(|| "--allow-broad".to_owned()));
        arguments.extend(domains);
        arguments.extend(self.places(key));
        self.keys(&["domains", "set"], arguments)
    }

    /// Has git ignore a file, whichever repository it is in: the line goes into its own
    /// folder, and is one of its own whatever the last one ends with.
    pub fn ignore(&self, path: &Path) -> String {
        let (folder, name) = (folder_of(path), name_of(path));
        let mut line = String::from("/");
        for character in name.chars() {
            // What else means more than itself does so at the beginning only.
            line.extend("*?[\\ ".contains(character).then_some('\\'));
            line.push(character);
        }
        let file = folder.map_or_else(|| PathBuf::from(".gitignore"), |it| it.join(".gitignore"));
        format!("printf '\\n%s\\n' {} >> {}", quoted(&line), quoted(&file.display().to_string()))
    }

    /// Takes a file out of git's index, and leaves it where it is.
    pub fn untrack(&self, path: &Path) -> String {
        let folder = folder_of(path).map(|it| format!("-C {} ", quoted(&it.display().to_string())));
        format!("git {}rm --cached -- {}", folder.unwrap_or_default(), quoted(&name_of(path)))
    }

    /// The flags by which a rotation finds the places of `key`: it looks into the files
    /// of this folder by itself.
    fn places(&self, key: &ListedKey) -> Vec<String> {
        let stands = |it: &&Standing| {
            let listed = matches!(&it.state, State::Live(listed) if listed.id == key.id);
            listed && it.variable.is_some()
        };
        let mut files: Vec<&PathBuf> =
            self.standings.iter().filter(stands).map(|standing| &standing.path).collect();
        files.dedup();
        let here = |path: &&&PathBuf| path.components().count() == 1;
        if files.is_empty() {
            return ["--pipe-to", COMMAND].map(str::to_owned).to_vec();
        }
        if files.iter().filter(here).count() == files.len() {
            return Vec::new();
        }
        let files = files.into_iter().map(|file| file.display().to_string());
        files.flat_map(|file| ["--env-file".to_owned(), file]).collect()
    }

    /// `name`, or with a number behind it where a live key has that name.
    fn free_name(&self, name: &str) -> String {
        let free = |name: &String| self.listed.iter().all(|key| key.name != *name);
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        std::iter::once(name.to_owned()).chain(numbered).find(free).unwrap_or_default()
    }

    fn keys(&self, words: &[&str], more: Vec<String>) -> String {
        let flags = self.flags.iter().map(String::as_str);
        let words = flags.chain(["keys"]).chain(words.iter().copied());
        let words = words.chain(more.iter().map(String::as_str)).map(quoted);
        format!("cencori {}", words.collect::<Vec<_>>().join(" "))
    }
}

/// What has to be put into one of `lines` before it can be run.
pub fn advice(lines: &[&String]) -> Vec<&'static str> {
    let asks = |what: &str| lines.iter().any(|line| line.split(' ').any(|word| word == what));
    let domain = "DOMAIN stands for the site that is to use the key, such as myapp.com";
    let command = "COMMAND stands for what puts the key where it is used, such as 'gh secret set \
                   CENCORI_API_KEY': no file here has it. --env-file PATH and --keychain do that too";
    let advice = [(DOMAIN, domain), (COMMAND, command)];
    advice.into_iter().filter(|(what, _)| asks(what)).map(|(_, advice)| advice).collect()
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

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A word for a shell. None has a zero in it, which no shell can be told.
fn quoted(word: &str) -> String {
    shlex::try_quote(word).map(String::from).unwrap_or_default()
}
