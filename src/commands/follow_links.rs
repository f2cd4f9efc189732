//! Which file is written to where a path leads through links, or to another user's file.

use std::path::PathBuf;

use crate::context::Context;
use crate::disk::links::{Concern, Target};
use crate::failure::Failure;

/// The flag that answers the question.
const FLAG: &str = "--follow-links";

/// The file that `target` is, which `shown` names in messages. Another user's
/// file, and one that a link leads to out of the project or into git's own folder, is
/// written to only where `follow_links` says so, or the person who is asked.
///
/// # Errors
/// If it is not.
pub fn accept(
    context: &Context,
    target: Target,
    shown: &str,
    follow_links: bool,
) -> Result<PathBuf, Failure> {
    let Target { path, concern } = target;
    let Some(concern) = concern.filter(|_| !follow_links) else { return Ok(path) };
    let leads = format!("{shown} leads through a link to {}", path.display());
    let problem = match &concern {
        Concern::Outside(project) => {
            format!("{leads}, outside of this project ({})", project.display())
        }
        Concern::Git => format!("{leads}, in git's own folder"),
        Concern::OtherOwner => format!("{leads}, which belongs to another user"),
        Concern::NamedOfOther => format!("{shown} belongs to another user"),
    };
    let prompter = context.prompter;
    if prompter.interactive()
        && prompter.confirm(&format!("{problem}. Write there?"), false, FLAG)?
    {
        return Ok(path);
    }
    Err(Failure::usage(problem).hint(match concern {
        Concern::NamedOfOther => "If that is right, write to it with --follow-links",
        _ => "Name the file that is meant by its own path, or follow the link with --follow-links",
    }))
}
