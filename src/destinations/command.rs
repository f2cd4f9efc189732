//! A command that takes the key on its standard input: `gh secret set`,
//! `vercel env add`, ...

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command as Process, Stdio};

use serde::{Deserialize, Serialize};

use super::{Restored, Storage};
use crate::failure::{Failure, Kind};
use crate::listed_key::ListedKey;
use crate::process;
use crate::secret::Secret;

/// A line for the platform's shell.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Command {
    /// What the person wrote.
    pub line: String,
    /// Where it is run; unset, where this process is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<PathBuf>,
}

impl Command {
    fn process(&self) -> Process {
        let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        // The command gets the key, not the right to make more of them.
        let mut process = process::command(shell);
        process.arg(flag).arg(&self.line);
        if let Some(directory) = &self.directory {
            process.current_dir(directory);
        }
        process
    }

    /// Runs the line with `key` on its standard input, and waits for it. What it
    /// prints goes to stderr.
    ///
    /// # Errors
    /// If it can't be run, or does not end well.
    pub fn run_with(&self, key: &Secret) -> Result<(), Failure> {
        let mut child = self
            .process()
            .stdin(Stdio::piped())
            // stdout of this process is for its own data.
            .stdout(std::io::stderr())
            .spawn()
            .map_err(|error| self.failed(&format!("can't be started: {error}")))?;
        let written = match child.stdin.take() {
            // Exactly the key: many programs keep a line break as part of it.
            Some(mut input) => input.write_all(key.expose().as_bytes()),
            None => Ok(()),
        };
        let status =
            child.wait().map_err(|error| self.failed(&format!("can't be waited for: {error}")))?;
        match written {
            _ if !status.success() => Err(self.failed(&format!("failed ({status})"))),
            // One that exits with 0 without reading everything knows what it does.
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(self.failed(&format!("could not be given the key: {error}")))
            }
            _ => Ok(()),
        }
    }

    /// Runs the line, and waits for it. It may read from the terminal of the
    /// person who is `there`.
    pub fn run(&self, there: bool) -> Result<(), Failure> {
        let mut process = self.process();
        process.stdin(if there { Stdio::inherit() } else { Stdio::null() });
        self.wait_for(process)
    }

    fn wait_for(&self, mut process: Process) -> Result<(), Failure> {
        let status = process
            .stdout(std::io::stderr())
            .status()
            .map_err(|error| self.failed(&format!("can't be started: {error}")))?;
        if status.success() { Ok(()) } else { Err(self.failed(&format!("failed ({status})"))) }
    }

    /// Lets the shell read the line without running it, and look for its
    /// program, where that is a plain word. The line was given by `flag`.
    ///
    /// # Errors
    /// Why it can't be run.
    pub fn check(&self, flag: &str) -> Result<(), Failure> {
        let program = self.line.split_whitespace().next().unwrap_or_default();
        if program.is_empty() {
            return Err(Failure::usage(format!("{flag} has no command."))
                .hint("Name one, such as './my-script.sh'"));
        }
        if cfg!(windows) {
            return Ok(());
        }
        let silent = |arguments: &[&str]| {
            let mut shell = process::command("sh");
            if let Some(directory) = &self.directory {
                shell.current_dir(directory);
            }
            shell
                .args(arguments)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        };
        if !silent(&["-n", "-c", &self.line]) {
            return Err(Failure::usage(format!("The shell can't read `{}`.", self.line))
                .hint("Check its quotes; the line is run by sh -c"));
        }
        let plain =
            |character: char| character.is_ascii_alphanumeric() || "._/+-".contains(character);
        if program.chars().all(plain) && !silent(&["-c", "command -v -- \"$1\"", "sh", program]) {
            return Err(Failure::usage(format!("There is no program `{program}`."))
                .hint("Install it, or give its full path"));
        }
        Ok(())
    }

    fn failed(&self, what: &str) -> Failure {
        Failure::new(Kind::Failed, format!("The command `{}` {what}", self.line))
    }
}

impl Storage for Command {
    fn describe(&self) -> String {
        format!("the command `{}`", self.line)
    }

    fn preflight(&self) -> Result<(), Failure> {
        self.check("--pipe-to")
    }

    fn store(&self, key: &Secret) -> Result<(), Failure> {
        self.run_with(key)
    }

    fn find(&self, _: &ListedKey) -> Result<Option<Secret>, Failure> {
        Ok(None)
    }

    fn restore(&self, new: Option<&ListedKey>, old: Option<&Secret>) -> Result<Restored, Failure> {
        match (new, old) {
            (None, _) => Ok(Restored::Done),
            (Some(_), Some(old)) => self.run_with(old).map(|()| Restored::Done),
            (Some(_), None) => Ok(Restored::OutOfReach),
        }
    }
}
