//! What forbids putting a key into a `.env`: git, browsers, and the
//! wrong environment.

use std::path::Path;

use super::dotenv_file::DotenvFile;
use crate::dotenv::VariableName;
use crate::dotenv::file_name::{self, EnvFile, Purpose};
use crate::failure::{Failure, Hint, SuggestedCommand};
use crate::key::{Environment, KeyType};
use crate::reserved;
use crate::scan::framework;
pub use crate::scan::repository::{GitState, git_state};

/// Refuses what must not be done.
///
/// # Errors
/// A secret key into a variable that browsers get to see; any key into a file
/// that git tracks, or that is there to be copied.
pub fn refuse(file: &DotenvFile, key_type: KeyType, git: GitState) -> Result<(), Failure> {
    refuse_variable(file.variable(), key_type)?;
    if git == GitState::Tracked {
        let real = file.real();
        let shown = real.display();
        return Err(Failure::usage(format!(
            "{shown} is tracked by git: the key would be in its next commit."
        ))
        .hint(
            Hint::from("Untrack it first with ")
                .command(untrack(real))
                .text(" and have git ignore it, or name another file"),
        ));
    }
    if file_name::of(file.real()) == Some(EnvFile::Copy) {
        let shown = file.shown();
        let message = format!(
            "{shown} is a template or a copy by its name: no program reads it, and a template is committed."
        );
        return Err(Failure::usage(message).hint("Name the file that your program reads"));
    }
    Ok(())
}

/// Takes a file out of git's index, if it is there, whatever was staged of it, and leaves
/// it where it is. `path` is its name as seen from the current folder.
pub fn untrack(path: &Path) -> SuggestedCommand {
    let name = path.file_name().unwrap_or_default();
    let git = SuggestedCommand::program("git", []);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let git = folder.into_iter().fold(git, |git, folder| git.file_option("-C", folder));
    // Else git takes some characters for a pattern, and what it fits goes too.
    let is_pattern = name.as_encoded_bytes().iter().any(|byte| b"*?[\\:".contains(byte));
    let git = if is_pattern { git.words(["--literal-pathspecs"]) } else { git };
    git.words(["rm", "--cached", "-f", "--ignore-unmatch", "--"]).file(Path::new(name))
}

/// Lets the owner of a file write to it.
pub fn make_writable(path: &Path) -> SuggestedCommand {
    let program = if cfg!(windows) { ("attrib", "-r") } else { ("chmod", "u+w") };
    SuggestedCommand::program(program.0, [program.1]).file(path)
}

/// Refuses a secret key in a variable that browsers get to see, wherever the
/// variable is set.
///
/// # Errors
/// If the variable is such a one.
pub fn refuse_variable(variable: &VariableName, key_type: KeyType) -> Result<(), Failure> {
    match framework::browser_prefix(variable) {
        Some(prefix) if key_type != KeyType::Publishable => Err(Failure::usage(format!(
            "{variable} begins with {prefix}: it is shipped to every browser, and a secret key must \
             stay on the server.",
        ))
        .hint("Name another variable with --var, or create a --publishable key")),
        _ => Ok(()),
    }
}

/// Refuses a variable into which `cencori run` would put no key of the keychain.
///
/// # Errors
/// If the variable is such a one, or as [`refuse_variable`].
pub fn refuse_keychain_variable(variable: &VariableName, key_type: KeyType) -> Result<(), Failure> {
    if let Some(reason) = reserved::reason(variable) {
        return Err(Failure::usage(format!("No key is put into {variable}: {reason}"))
            .hint("Name the variable that your program reads with --var"));
    }
    refuse_variable(variable, key_type)
}

/// What does not forbid it, but should be known.
///
/// # Errors
/// If the file can't be read, or not as a `.env`.
pub fn warnings(
    file: &DotenvFile,
    environment: Environment,
    git: GitState,
) -> Result<Vec<String>, Failure> {
    let shown = file.shown();
    let mut warnings = Vec::new();
    if git == GitState::Unknown {
        warnings
            .push(format!("Whether git tracks {shown} is unknown: its repository cannot be read."));
    }
    let name = file.path().file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let other = match (Purpose::of(name), environment) {
        (Some(Purpose::Test), Environment::Production) => Some("tests"),
        (Some(Purpose::Development), Environment::Production) => Some("development"),
        (Some(Purpose::Production), Environment::Test) => Some("production"),
        _ => None,
    };
    if let Some(other) = other {
        warnings
            .push(format!("{shown} looks like a file for {other}; this key is for {environment}."));
    }
    if let Some(line) = file.obstacle()? {
        warnings.push(format!(
            "A strict reader (dotenvy) gives up at line {line} of {shown}, before it comes to {}.",
            file.variable()
        ));
    }
    Ok(warnings)
}
