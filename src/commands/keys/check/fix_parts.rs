//! What the commands that fix a finding are put together from.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::key_in_file::KeyInFile;
use crate::domain::{self, Breadth, DomainPattern, Fault};
use crate::failure::SuggestedCommand;
use crate::key::Environment;

/// What stands for the domain that only a person knows.
pub const DOMAIN: &str = "DOMAIN";

/// What stands for what puts a key where it is used, where no file that was looked into
/// has it: in `.env` nobody might look for it, and the old one would be revoked all the
/// same.
pub const COMMAND: &str = "COMMAND";

/// Most locations of a key that one message names.
const MOST_PLACES: usize = 3;

/// What has to be put into command lines before they can be run, and what that is.
pub const PLACEHOLDERS: [(&str, &str); 2] = [
    (DOMAIN, "DOMAIN is the site that uses the key, such as myapp.com"),
    (
        COMMAND,
        "COMMAND is what puts the key where it is used, such as 'gh secret set CENCORI_API_KEY': no \
         file that was looked into has it. --env-file PATH and --keychain do that too",
    ),
];

/// The first of `keys_in_files`, and how many more there are.
pub fn shortened<'a>(keys_in_files: impl Iterator<Item = &'a KeyInFile>) -> String {
    let mut keys_in_files = keys_in_files.peekable();
    let shown: Vec<_> = keys_in_files.by_ref().take(MOST_PLACES).map(|it| it.at.shown()).collect();
    let shown = shown.join(", ");
    match keys_in_files.count() {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// How a key is named as KEY by where it is.
pub fn reference(key_in_file: &KeyInFile) -> PathBuf {
    let mut key = key_in_file.path.as_os_str().to_owned();
    if let Some(variable) = &key_in_file.variable {
        key.push(":");
        key.push(variable.as_str());
    }
    key.into()
}

/// Of `domains` those that are right, or that `stay` all the same, each written right.
pub fn right_domains(
    mut domains: Vec<String>,
    environment: Environment,
    stays: impl Fn(&str) -> bool,
) -> Vec<String> {
    // What is written right may turn out to be wrong in another way.
    for _ in 0..2 {
        let faults = domain::faults(&domains, environment);
        let (mut right, mut known) = (Vec::new(), HashSet::new());
        for (domain, faults) in domains.into_iter().zip(faults) {
            let instead = faults.iter().find_map(Fault::instead).map(ToString::to_string);
            let domain = if faults.is_empty() || stays(&domain) { Some(domain) } else { instead };
            right.extend(domain.filter(|domain| known.insert(domain.clone())));
        }
        domains = right;
    }
    domains
}

/// Has git ignore a file, whichever repository the file is in: the line goes into its own
/// folder.
///
/// # Errors
/// Why no line can go there: through a link git reads nothing, and what a link leads to is
/// not the project's; and a pipe or a folder takes none.
pub fn ignore(path: &Path) -> Result<SuggestedCommand, String> {
    let file = path.with_file_name(".gitignore");
    let name = path.file_name().unwrap_or_default();
    let is = match file.symlink_metadata() {
        Ok(metadata) if metadata.is_symlink() => Some("is a link, which git does not read"),
        Ok(metadata) if !metadata.is_file() => Some("is not a file"),
        _ => None,
    };
    if let Some(is) = is {
        let file = file.display();
        return Err(format!("{file} {is}: replace it, and have git ignore {}", name.display()));
    }
    let mut line = OsString::from("/");
    // What is no text is refused where the command is shown.
    for character in name.to_string_lossy().chars() {
        // What else means more than itself does so at the beginning only (gitignore(5)).
        if "*?[\\ ".contains(character) {
            line.push("\\");
        }
        line.push(character.to_string());
    }
    Ok(SuggestedCommand::append_line(line, &file))
}

/// Whether one of `domains` has to be allowed.
pub fn is_broad(domains: &[String]) -> bool {
    let refused = |domain: &String| DomainPattern::parse(domain, Breadth::Careful).is_err();
    domains.iter().any(refused)
}
