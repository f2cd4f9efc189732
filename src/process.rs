//! Child processes: the one place where a program is started, so that none gets the
//! right to manage keys (`clippy.toml` refuses `Command::new` elsewhere).

#![expect(clippy::disallowed_methods, reason = "starting programs is what this module is for")]

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use wait_timeout::ChildExt as _;

/// Variables that give the right to make keys: no child process gets them.
pub const CREDENTIALS: [&str; 3] = ["CENCORI_ACCESS_TOKEN", "CENCORI_EMAIL", "CENCORI_PASSWORD"];

/// How long a program that opens a page is watched for failing at once.
const OPENING: Duration = Duration::from_millis(250);

/// `program`, not yet started, with the environment of this process but its
/// credentials.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    without_credentials(Command::new(program))
}

/// Opens the file at `path` with whatever the desktop opens such files with, which lives on after
/// this process and says nothing in the terminal. False if there is nothing that does.
pub fn open(path: &Path) -> bool {
    open::commands(path).into_iter().any(|opener| {
        let mut opener = without_credentials(opener);
        opener.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // Ctrl-C at this terminal is not for the browser.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut opener, 0);
        let Ok(mut child) = opener.spawn() else { return false };
        // Some openers stay as long as what they have opened.
        child.wait_timeout(OPENING).is_ok_and(|status| status.is_none_or(|it| it.success()))
    })
}

fn without_credentials(mut command: Command) -> Command {
    for variable in CREDENTIALS {
        command.env_remove(variable);
    }
    command
}
