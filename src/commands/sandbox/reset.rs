//! `cencori sandbox reset`

use super::Access;
use crate::context::Context;
use crate::failure::{Exit, Failure, Hint};
use crate::sandbox;

/// Forgets all keys, sessions and logs, also for servers that are running.
///
/// # Errors
/// Where the state can't be written.
pub fn run(context: &Context) -> Result<Exit, Failure> {
    let state = context.sandbox_state()?;
    sandbox::reset(&state).map_err(|error| {
        Failure::from(error).hint(
            Hint::from("To begin with a sandbox of other accounts, remove ").data(state.display()),
        )
    })?;
    let identity = sandbox::identity(&state)?;
    let url = sandbox::serving(&state)?;
    context.ui.status(
        "The sandbox has no keys, sessions and logs any more; its owner and project are the same.",
    );
    context.ui.report(&Access { url: url.as_deref(), identity: &identity })?;
    Ok(Exit::Done)
}
