//! `cencori sandbox status`

use super::Access;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::sandbox;

/// Shows how to reach the sandbox, and who owns it. Makes one if there is
/// none.
///
/// # Errors
/// If its state can't be read or made.
pub fn run(context: &Context) -> Result<Exit, Failure> {
    let state = context.sandbox_state()?;
    let identity = sandbox::identity(&state)?;
    let url = sandbox::serving(&state)?;
    context.ui.report(&Access { url: url.as_deref(), identity: &identity })?;
    Ok(Exit::Done)
}
