//! `cencori completions SHELL`, and what its scripts ask at each TAB.
//!
//! The scripts (`completions/`) hold no list of anything: they hand over the
//! command line, and show what comes back. So what they offer is what this very
//! program takes, with the keys, files and profiles that there are.
//!
//! An answer that is late is of no use, and one that changes something is worse:
//! whatever comes of a TAB, nothing is asked of anybody, no session is made or
//! renewed, no file is written, and no message appears.

mod candidates;
mod deadline;
mod keys;
mod line;
mod local;
mod marks;
pub(crate) mod quoting;
pub(crate) mod request;

use std::ffi::{OsStr, OsString};
use std::time::{Duration, Instant};

use clap_complete::Shell;
use clap_complete::shells::PowerShell;

pub use marks::Completes;

use crate::cli;
use crate::context::{self, Context};
use crate::failure::{Exit, Failure};
use crate::ui::shell_quoting::RunFlags;
use crate::ui::{Ui, Verbosity, unless_reader_left};
use request::Request;

/// How long an answer may take, counted from the start.
struct Limits {
    /// What the service has not told by then is left out.
    service: Duration,
    /// By then there is no answer at all: a folder on a network can hang too.
    whole: Duration,
}

impl Limits {
    /// Somebody waits with a finger on the key: at 300 ms a script must have ended.
    const REAL: Self =
        Self { service: Duration::from_millis(220), whole: Duration::from_millis(260) };

    /// Those of this run. A test that is about what is offered brings a longer one, so that
    /// it does not depend on how busy the machine is.
    fn of_this_run() -> Self {
        match context::completion_time() {
            None => Self::REAL,
            Some(service) => Self { service, whole: service * 2 },
        }
    }
}

/// Print a completion script for a shell
///
/// Save it where the shell looks for such scripts: for bash
/// ~/.local/share/bash-completion/completions/cencori, for zsh _cencori in a folder of $fpath, for
/// fish ~/.config/fish/completions/cencori.fish.
///
/// In bash, zsh, fish and elvish the script asks `cencori` at each TAB, so names of keys,
/// variables of .env files, profiles and open rotations are completed too. What the service does
/// not answer within 0.3 seconds is left out. Completion never signs in and changes nothing.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell to print a script for
    shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// If stdout takes no more.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    unless_reader_left(context.ui.data(&script(arguments.shell)))?;
    Ok(Exit::Done)
}

/// The script for `shell`, as it is in `completions/` too.
///
/// The library's own dynamic scripts are not used: bash's cuts words at colons and
/// expands what it is given, zsh's passes words on with their quotes, and
/// PowerShell's evaluates the command line. So PowerShell has a list of flags and
/// commands.
fn script(shell: Shell) -> Vec<u8> {
    let text = match shell {
        Shell::Bash => include_str!("../../../completions/cencori.bash"),
        Shell::Elvish => include_str!("../../../completions/cencori.elv"),
        Shell::Fish => include_str!("../../../completions/cencori.fish"),
        Shell::Zsh => include_str!("../../../completions/_cencori"),
        _ => {
            let mut script = Vec::new();
            // Named by its type, so that the generators for the others are left out of
            // the binary.
            clap_complete::generate(PowerShell, &mut cli::command(), "cencori", &mut script);
            return script;
        }
    };
    text.as_bytes().to_vec()
}

/// Whether `arguments` (the program's name first) are what a script asks, where
/// `CENCORI_COMPLETE` is set. A command line of a person never begins so; who has
/// exported the variable can go on working.
pub fn is_question(arguments: &[OsString]) -> bool {
    arguments.get(1).is_some_and(|argument| argument == "--")
}

/// Prints what completes the command line in `arguments`, in the form that the
/// script of `shell` reads; nothing where anything fails, or takes too long.
pub fn answer(shell: &OsStr, arguments: &[OsString]) {
    let (started, limits) = (Instant::now(), Limits::of_this_run());
    let Some(request) = Request::parse(shell, arguments.get(2..).unwrap_or_default()) else {
        return;
    };
    let left = limits.whole.saturating_sub(started.elapsed());
    let find = move || request.render(&candidates::find(request.line(), started + limits.service));
    if let Some(text) = deadline::within(left, find) {
        let _ = Ui::new(false, Verbosity::Quiet, None, RunFlags::default()).data(text.as_bytes());
    }
}
