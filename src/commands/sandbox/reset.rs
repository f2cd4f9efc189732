//! `cencori sandbox reset`

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::sandbox;

/// Forgets all keys, sessions and logs, also for servers that are running.
///
/// # Errors
/// Where the state can't be written.
pub fn run(context: &Context) -> Result<Exit, Failure> {
    sandbox::reset(&context.sandbox_state()?)?;
    context.ui.status(
        "The sandbox has no keys, sessions and logs any more; its owner and project are the same.",
    );
    Ok(Exit::Done)
}
