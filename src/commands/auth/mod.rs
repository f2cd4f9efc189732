//! `cencori auth`

pub mod login;
pub mod logout;
pub mod status;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Signing in, once.
#[derive(Debug, Subcommand)]
#[expect(
    missing_docs,
    reason = "a variant's comment would hide that of its Args, which is the help"
)]
pub enum Command {
    Login(login::Args),
    Status(status::Args),
    Logout(logout::Args),
}

/// Runs one of them.
///
/// # Errors
/// As the command does.
pub fn run(context: &Context, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Login(arguments) => login::run(context, &arguments),
        Command::Status(_) => status::run(context),
        Command::Logout(_) => logout::run(context),
    }
}
