//! `cencori sandbox reset`

use super::Access;
use crate::context::Context;
use crate::failure::{Exit, Failure, Hint};
use crate::ops::rotate::{Rotation, journal};
use crate::sandbox::{self, Identity};

/// Forgets all keys, sessions and logs, also for servers that are running; and the open
/// rotations of those keys, which nothing could end any more.
///
/// # Errors
/// If the state can't be written.
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
    let forgotten = forget_rotations(context, &identity)?;
    if forgotten > 0 {
        let rotations = if forgotten == 1 { "rotation" } else { "rotations" };
        context.ui.status(&format!("Forgot {forgotten} open {rotations} of its keys."));
    }
    context.ui.report(&Access { url: url.as_deref(), identity: &identity })?;
    Ok(Exit::Done)
}

/// Forgets the rotations of the sandbox's project that no process is at. Gives how many.
fn forget_rotations(context: &Context, identity: &Identity) -> Result<usize, Failure> {
    let Some(state) = context.existing_state()? else { return Ok(0) };
    let unusable = |error| anyhow::Error::from(error).context("The state folder can't be read");
    let mut forgotten = 0;
    for found in journal::all(state).map_err(unusable)? {
        let ours = found.progress.filter(|it| it.plan.project == identity.project_id);
        let Some(progress) = ours.filter(|_| !found.running) else { continue };
        if let Ok(rotation) = Rotation::take(state, progress.plan.old.id) {
            rotation.close().map_err(unusable)?;
            forgotten += 1;
        }
    }
    Ok(forgotten)
}
