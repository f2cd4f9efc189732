//! `cencori completions SHELL`

use clap_complete::Shell;

use crate::cli;
use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// Where stdout takes no more.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    context.ui.data(&script(arguments.shell))?;
    Ok(Exit::Done)
}

/// The script for `shell`, as it stands in `completions/` too.
pub fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::command(), "cencori", &mut script);
    script
}
