//! `cencori sandbox`

pub mod reset;
pub mod serve;
pub mod status;

use clap::Subcommand;
use serde_json::json;

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::sandbox::Identity;
use crate::ui::Layout;
use crate::ui::report::Report;

/// What can be done with the sandbox.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a variant's comment would hide that of its Args")]
pub enum Command {
    Serve(serve::Args),
    /// Show the sandbox's address and its owner
    Status,
    /// Delete all keys, sessions and logs of the sandbox; accounts and projects stay
    Reset,
}

/// Runs one of them.
///
/// # Errors
/// As the command does.
pub fn run(context: &Context, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Serve(arguments) => serve::run(context, &arguments),
        Command::Status => status::run(context),
        Command::Reset => reset::run(context),
    }
}

/// How the sandbox is reached and signed in to.
struct Access<'a> {
    /// Where it is served, if it is.
    url: Option<&'a str>,
    identity: &'a Identity,
}

impl Report for Access<'_> {
    fn text(&self, _: &Layout) -> String {
        let Identity { owner_email, owner_password, project_id, .. } = self.identity;
        format!(
            "url             {}\nowner email     {owner_email}\nowner password  {}\nproject id      {project_id}\n",
            self.url.unwrap_or("not served"),
            owner_password.expose(),
        )
    }

    fn json(&self) -> serde_json::Value {
        let identity = self.identity;
        json!({
            "url": self.url,
            "owner_email": identity.owner_email,
            "owner_password": identity.owner_password.expose(),
            "project_id": identity.project_id,
            "member_email": identity.member_email,
            "stranger_email": identity.stranger_email,
            "foreign_project_id": identity.foreign_project_id,
        })
    }
}
