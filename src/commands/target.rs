//! Which file is written to where a path leads through links.

use std::path::PathBuf;

use crate::context::Context;
use crate::disk::links::{Concern, Target};
use crate::failure::Failure;

/// The flag that answers the question.
const FLAG: &str = "--follow-links";

/// The file that `target` is, which `shown` names in messages. A link that leads out of
/// the project, or to another user's file, is followed only where `follow_links` says
/// so, or the person who is asked.
///
/// # Errors
/// Where it is not.
pub fn accept(
    context: &Context,
    target: Target,
    shown: &str,
    follow_links: bool,
) -> Result<PathBuf, Failure> {
    let Target { path, concern } = target;
    let why = match concern {
        Some(_) if follow_links => return Ok(path),
        None => return Ok(path),
        Some(Concern::Outside(project)) => {
            format!("outside of this project ({})", project.display())
        }
        Some(Concern::OtherOwner) => "which belongs to another user".to_owned(),
    };
    let leads = format!("{shown} leads through a link to {}, {why}", path.display());
    let prompter = context.prompter;
    if prompter.interactive() && prompter.confirm(&format!("{leads}. Write there?"), false, FLAG)? {
        return Ok(path);
    }
    Err(Failure::usage(leads).hint(
        "Name the file that is meant by its own path, or follow the link with --follow-links",
    ))
}
