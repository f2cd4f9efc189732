//! What stands against putting a key into a `.env`: git, browsers, and the
//! wrong environment.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use wait_timeout::ChildExt as _;

use super::command::CREDENTIALS;
use super::dotenv_file::DotenvFile;
use super::variable;
use crate::dotenv::VariableName;
use crate::dotenv::file_name::Purpose;
use crate::failure::{Failure, Hint, SuggestedCommand};
use crate::key::{Environment, KeyType};

/// How git sees a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GitState {
    /// In the index: what is written to it is one `git commit -a` from being
    /// published.
    Tracked,
    /// Neither tracked nor ignored: one `git add .` from being tracked.
    Exposed,
    /// Ignored, or outside any repository.
    Safe,
    /// There is a repository, and git does not answer for it.
    Unknown,
}

/// How long git may take to answer; it takes milliseconds.
const GIT_TIMEOUT: Duration = Duration::from_secs(5);

/// What would have git look at another repository than the one around the file.
const GIT_VARIABLES: [&str; 5] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_NAMESPACE"];

/// Asks git about the file at `path` (absolute).
pub fn git_state(path: &Path) -> GitState {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return GitState::Safe;
    };
    if !folder.ancestors().any(|folder| folder.join(".git").exists()) {
        return GitState::Safe;
    }
    let ask = |arguments: &[&str]| {
        let mut git = git(folder);
        git.args(arguments).arg("--").arg(name);
        git.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = git.spawn().ok()?;
        let status = child.wait_timeout(GIT_TIMEOUT).ok()?;
        if status.is_none() {
            let _ = child.kill();
            let _ = child.wait();
        }
        status?.code()
    };
    // ls-files: 0 tracked, 1 not. check-ignore: 0 ignored, 1 not.
    match ask(&["ls-files", "--error-unmatch"]) {
        Some(0) => GitState::Tracked,
        Some(1) => match ask(&["check-ignore", "--quiet"]) {
            Some(0) => GitState::Safe,
            Some(1) => GitState::Exposed,
            _ => GitState::Unknown,
        },
        _ => GitState::Unknown,
    }
}

/// git, about the repository around `folder`, whatever the variables name.
pub fn git(folder: &Path) -> Command {
    let mut git = git_as_told(folder);
    for variable in GIT_VARIABLES {
        git.env_remove(variable);
    }
    git
}

/// git, started in `folder`, about the repository and the index that it is told
/// by variables, if it is.
pub fn git_as_told(folder: &Path) -> Command {
    let mut git = Command::new("git");
    // A monitor that the repository's settings name would be run; and that
    // somebody else owns the repository is no reason not to look at it.
    git.args(["-c", "core.fsmonitor=false", "-c", "safe.directory=*"]).current_dir(folder);
    for variable in CREDENTIALS {
        git.env_remove(variable);
    }
    git
}

/// Refuses what must not be done.
///
/// # Errors
/// A secret key into a variable that browsers get to see; any key into a file
/// that git tracks.
pub fn refuse(file: &DotenvFile, key_type: KeyType, git: GitState) -> Result<(), Failure> {
    refuse_variable(file.variable(), key_type)?;
    if git == GitState::Tracked {
        let shown = file.shown();
        return Err(Failure::usage(format!(
            "{shown} is tracked by git: the key would be in its next commit."
        ))
        .hint(
            Hint::from("Untrack it first with ")
                .command(untrack(file.named()))
                .text(" and have git ignore it, or name another file"),
        ));
    }
    Ok(())
}

/// Takes a file out of git's index, if it is there, whatever was staged of it, and leaves
/// it where it is. `path` is its name from where the person stands.
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
/// Where the variable is such a one.
pub fn refuse_variable(variable: &VariableName, key_type: KeyType) -> Result<(), Failure> {
    match variable::browser_prefix(variable) {
        Some(prefix) if key_type != KeyType::Publishable => Err(Failure::usage(format!(
            "{variable} begins with {prefix}: it is shipped to every browser, and a secret key must \
             stay on the server.",
        ))
        .hint("Name another variable with --var, or make a --publishable key")),
        _ => Ok(()),
    }
}

/// What does not stand against it, but should be known.
///
/// # Errors
/// Where the file can't be read, or not as a `.env`.
pub fn warnings(
    file: &DotenvFile,
    environment: Environment,
    git: GitState,
) -> Result<Vec<String>, Failure> {
    let shown = file.shown();
    let mut warnings = Vec::new();
    if git == GitState::Unknown {
        warnings.push(format!("git could not be asked whether it tracks {shown}."));
    }
    let name = file.path().file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let belongs = Purpose::of(name).and_then(Purpose::environment);
    let other = match belongs.filter(|belongs| *belongs != environment) {
        Some(Environment::Test) => Some("tests"),
        Some(Environment::Production) => Some("production"),
        None => None,
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
