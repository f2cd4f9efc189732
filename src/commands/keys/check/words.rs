//! The words that the command lines of a mending are made of.

use std::path::{Path, PathBuf};

use super::standing::Standing;
use crate::domain::{self, Breadth, DomainPattern, Fault};
use crate::key::Environment;

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

/// How a place is named as a KEY.
pub fn reference(place: &Standing) -> String {
    let variable = place.variable.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{}:{variable}", word_of(&place.path))
}

/// The flags of a rotation of a key that stands in `places`, and stays in the files of
/// `leaks`. Where a person has to change another place too, both keys stay until they go
/// on.
pub fn rotation(places: &[&Standing], leaks: &[&Standing], by_hand: bool) -> Vec<String> {
    let mut flags = match places {
        [] => ["--pipe-to", COMMAND].map(str::to_owned).to_vec(),
        places => flag_for_each("--env-file", places),
    };
    flags.extend(ignoring(leaks));
    if by_hand {
        flags.extend(["--pause-before", "revoke"].map(str::to_owned));
    }
    flags
}

/// Of `domains` those that are right, or that `stay` all the same, each written right;
/// what stands for one that only a person knows, where none is left.
pub fn right_domains(
    mut domains: Vec<String>,
    environment: Environment,
    stays: impl Fn(&str) -> bool,
) -> Vec<String> {
    // What is written right may turn out to be wrong in another way.
    for _ in 0..2 {
        let faults = domain::faults(&domains, environment);
        let mut right = Vec::new();
        for (domain, faults) in domains.into_iter().zip(faults) {
            let instead = faults.iter().find_map(Fault::instead).map(ToString::to_string);
            let domain = if faults.is_empty() || stays(&domain) { Some(domain) } else { instead };
            right.extend(domain.filter(|domain| !right.contains(domain)));
        }
        domains = right;
    }
    if domains.is_empty() {
        domains.push(DOMAIN.to_owned());
    }
    domains
}

/// A flag with its value, which may begin like a flag itself.
pub fn option(flag: &str, value: &str) -> Vec<String> {
    match value.strip_prefix('-') {
        Some(_) => vec![format!("{flag}={value}")],
        None => vec![flag.to_owned(), value.to_owned()],
    }
}

/// The flags by which a rotation revokes a key although it is in the files of `leaks`.
pub fn ignoring(leaks: &[&Standing]) -> Vec<String> {
    flag_for_each("--ignore-occurrence", leaks)
}

/// `flag` with each of the files of `places`, each once.
fn flag_for_each(flag: &str, places: &[&Standing]) -> Vec<String> {
    let mut files: Vec<_> = places.iter().map(|it| word_of(&it.path)).collect();
    files.dedup();
    files.into_iter().flat_map(|file| [flag.to_owned(), file]).collect()
}

/// Has git ignore a file, unless it does, whichever repository the file is in: the line
/// goes into its own folder, and is one of its own whatever the last one ends with.
pub fn ignore(path: &Path) -> String {
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

/// Takes a file out of git's index, if it is there, whatever was staged of it, and leaves
/// it where it is.
pub fn untrack(path: &Path) -> String {
    format!("{} rm --cached -f --ignore-unmatch -- {}", git(path), quoted(&name_of(path)))
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
pub fn is_broad(domains: &[String]) -> bool {
    let refused = |domain: &String| DomainPattern::parse(domain, Breadth::Careful).is_err();
    domains.iter().any(|domain| domain != DOMAIN && refused(domain))
}

/// The folder of a file, where that is not this one.
pub fn folder_of(path: &Path) -> Option<&Path> {
    path.parent().filter(|folder| !folder.as_os_str().is_empty())
}

/// A path as an argument that is no flag.
pub fn word_of(path: &Path) -> String {
    let path = path.display().to_string();
    if path.starts_with('-') { format!("./{path}") } else { path }
}

/// The name of a file without its folder.
pub fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A word for a shell. None has a zero in it, which no shell can be told.
pub fn quoted(word: &str) -> String {
    shlex::try_quote(word).map(String::from).unwrap_or_default()
}
