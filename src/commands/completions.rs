//! `cencori completions SHELL`

use clap_complete::Shell;

use crate::cli;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::ui::unless_reader_left;

/// Print a completion script for a shell
///
/// Put it where the shell looks for such scripts, such as
/// ~/.local/share/bash-completion/completions/cencori for bash, _cencori in a
/// folder of $fpath for zsh, ~/.config/fish/completions/cencori.fish for fish.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell that the script is for
    shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// Where stdout takes no more.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    unless_reader_left(context.ui.data(&script(arguments.shell)))?;
    Ok(Exit::Done)
}

/// The script for `shell`, as it stands in `completions/` too.
pub fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::command(), "cencori", &mut script);
    script
}
