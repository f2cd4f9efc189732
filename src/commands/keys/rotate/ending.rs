//! How a run of a rotation ends, and what is said of it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::commands::account::Account;
use crate::commands::keys::{as_json, describe, destination_flags, gateway_cache};
use crate::context::Context;
use crate::failure::{Failure, Hint, Kind, SuggestedCommand};
use crate::listed_key::ListedKey;
use crate::ops::revoke::Outcome;
use crate::ops::rotate::Rotation;
use crate::ops::rotate::journal::Progress;
use crate::ops::rotate::state::{State, Step};
use crate::ops::rotate::suggestions;
use crate::ui::Layout;
use crate::ui::report::Report;
use crate::ui::shell_quoting::CommandLines;

/// What is known at the end beside what the rotation itself knows.
#[derive(Default)]
pub(super) struct Ending {
    /// Whether storing has failed, and no destination has the new key.
    pub(super) nowhere: bool,
    /// Why it went back.
    pub(super) cause: Option<Failure>,
    /// The destinations that do not have the old key again, in words.
    pub(super) left: Vec<String>,
    /// By what the new key was verified in this run.
    pub(super) verified: Option<&'static str>,
    /// How the old key was found to be revoked.
    pub(super) outcome: Option<Outcome>,
    /// After how long the gateway had forgotten the old key.
    pub(super) forgotten: Option<Duration>,
}

/// The rotation waits for another run: says what that needs.
pub(super) fn put_off(
    context: &Context,
    rotation: &Rotation,
    ending: Ending,
    paused: bool,
) -> Rotated {
    let progress = rotation.progress().clone();
    let ui = &context.ui;
    ui.status(&format!("The rotation is kept, {}.", waits(&progress)));
    ui.hint(ways_on(&progress));
    let outcome = if paused { "paused" } else { "later" };
    Rotated { progress, ending, outcome, commands: ui.commands().clone() }
}

/// The commands that continue an open rotation. One that is aborting goes one way only.
pub(super) fn ways_on(progress: &Progress) -> Hint {
    let old = progress.plan.old.id;
    if progress.state.is_aborting() {
        return Hint::from(suggestions::abort(old)).text(" finishes the abort");
    }
    Hint::from(suggestions::resume(old))
        .text(" continues, ")
        .command(suggestions::abort(old))
        .text(" puts the old key back")
}

/// Ends the rotation, whichever way it went.
pub(super) fn close(
    context: &Context,
    rotation: Rotation,
    mut ending: Ending,
) -> Result<Rotated, Failure> {
    let ui = &context.ui;
    let progress = rotation.progress().clone();
    let given = rotation.old_text().is_some();
    if let Err(error) = rotation.close() {
        ui.warn_with(
            &format!("The state folder can't be cleaned up ({error})."),
            Hint::from(suggestions::resume(progress.plan.old.id)).text(" tries again"),
        );
    }
    let old = describe(&progress.plan.old);
    match progress.state {
        State::Revoked => {
            match ending.forgotten {
                Some(time) => ui.status(&format!(
                    "The gateway refuses the old key too, {} seconds after its revocation.",
                    time.as_secs()
                )),
                None if progress.plan.instructions.wait && !given => {}
                None => {
                    ui.status("The gateway may still accept the old key, for up to 125 seconds.")
                }
            }
            Ok(Rotated { progress, ending, outcome: "rotated", commands: ui.commands().clone() })
        }
        State::Aborted => {
            let new = progress.new.as_ref().map(describe);
            let state = match new {
                Some(new) => format!("{old} is live as before, and {new} is revoked"),
                None => format!("{old} is live as before"),
            };
            if let Some(cause) = ending.cause.take() {
                return Err(cause.state(&state));
            }
            if !ending.left.is_empty() {
                let message = format!(
                    "The old key was not put back in {}: what still gets the new key there fails",
                    ending.left.join(" and in ")
                );
                return Err(Failure::new(Kind::PartlyDone, message).state(&state));
            }
            ui.status(&format!("{state}."));
            Ok(Rotated { progress, ending, outcome: "aborted", commands: ui.commands().clone() })
        }
        _ => {
            let new = progress.new.as_ref().map(describe).unwrap_or_default();
            let message = format!("Both {old} and {new} have been revoked");
            Err(Failure::new(Kind::Failed, message).hint(
                Hint::from("Make a new key with ")
                    .command(SuggestedCommand::cencori(["keys", "create"])),
            ))
        }
    }
}

/// What is said where a step fails.
pub(super) fn stopped(rotation: &Rotation, failure: Failure) -> Failure {
    let Progress { plan, state, new, .. } = rotation.progress();
    let old = describe(&plan.old);
    let present = match state.step() {
        Step::Revoke => {
            // Whether the new key is still in its destinations may be what can't be told.
            format!("The rotation is kept, stopped {BEFORE_REVOCATION}")
        }
        Step::Restore | Step::RevokeNew => {
            format!("The old key, {old}, is still live; the abort is not finished")
        }
        _ => {
            let waits = waits(rotation.progress());
            format!("{old} is still live, and the rotation is kept, {waits}")
        }
    };
    let failure = failure.state(&present);
    if failure.hints.iter().any(suggestions::is_in) {
        return failure;
    }
    let id = plan.old.id;
    if state.is_aborting() {
        return failure.hint(Hint::from(suggestions::abort(id)).text(" tries again"));
    }
    let hint = Hint::from(suggestions::resume(id))
        .text(" continues; ")
        .command(suggestions::abort(id))
        .text(" puts the old key back");
    let failure = failure.hint(hint);
    match new {
        // A machine that is thrown away takes the journal with it.
        Some(new) => failure.hint(
            Hint::from("On another machine: ")
                .command(
                    suggestions::resume_elsewhere(plan.project, id, new.id)
                        .words(["--new-key"])
                        .placeholder("FILE:VARIABLE"),
                )
                .text(", where FILE:VARIABLE has the new key"),
        ),
        None => failure,
    }
}

const BEFORE_REVOCATION: &str = "before the revocation of the old key";

/// What an open rotation waits for.
pub(in crate::commands) fn waits(progress: &Progress) -> &'static str {
    match progress.state.step() {
        Step::Create => "before the new key is created",
        Step::Store => "before the new key is in all its destinations",
        Step::Deploy => "before the deployment",
        Step::Verify => "before the verification",
        Step::AwaitIdle if progress.plan.instructions.until_idle.is_none() => BEFORE_REVOCATION,
        Step::AwaitIdle => "until the old key is idle",
        Step::Revoke => BEFORE_REVOCATION,
        Step::Restore => "aborting, before the old key is back in all its destinations",
        Step::RevokeNew => "aborting, before the new key is revoked",
        Step::Close => "to be cleaned up",
    }
}

/// Waits until the gateway refuses the old key, or would by the contract. Gives how long that
/// took; `None` if it could not be asked.
pub(super) fn await_gateway(
    context: &Context,
    account: &Account,
    rotation: &Rotation,
) -> Result<Option<Duration>, Failure> {
    context.ui.status(gateway_cache::WAITING);
    let Some(text) = rotation.old_text() else {
        std::thread::sleep(gateway_cache::LONGEST);
        context
            .ui
            .status("125 seconds have passed; the old key's text is not at hand to ask with.");
        return Ok(None);
    };
    let domains = &rotation.progress().plan.old.domains;
    let refused = gateway_cache::until_refused(&account.dashboard, text, domains);
    refused.map(Some).ok_or_else(|| {
        let message =
            "The old key is revoked, but after 125 seconds the gateway still does not refuse it";
        Failure::new(Kind::Unavailable, message).hint(
            Hint::from(suggestions::resume(rotation.progress().plan.old.id)).text(" asks again"),
        )
    })
}

/// What has become of a rotation.
pub(super) struct Rotated {
    pub(super) progress: Progress,
    pub(super) ending: Ending,
    outcome: &'static str,
    commands: CommandLines,
}

impl Report for Rotated {
    fn text(&self, _: &Layout) -> String {
        let short = |key: &ListedKey| format!("{} {}", describe(key), key.id);
        let Progress { plan, new, .. } = &self.progress;
        match (self.outcome, new) {
            ("rotated", Some(new)) => {
                format!("rotated: {} is replaced by {}\n", describe(&plan.old), describe(new))
            }
            ("aborted", _) => format!("aborted: {}\n", short(&plan.old)),
            (_, Some(new)) => format!("old {}\nnew {}\n", short(&plan.old), short(new)),
            (_, None) => format!("old {}\n", short(&plan.old)),
        }
    }

    fn json(&self) -> Value {
        let Progress { plan, new, state, .. } = &self.progress;
        let mut document = json!({
            "outcome": self.outcome,
            "state": state.as_str(),
            "next_step": (state.step() != Step::Close).then(|| state.step().as_str()),
            "project": plan.project,
            "old": as_json(&plan.old, plan.project),
            "new": new.as_ref().map(|new| as_json(new, plan.project)),
            "destinations": plan.destinations.iter().map(destination_flags::named).collect::<Vec<_>>(),
        });
        if let Some(verified) = self.ending.verified {
            document["verified_by"] = verified.into();
        }
        if let Some(outcome) = &self.ending.outcome {
            let words =
                if *outcome == Outcome::AlreadyRevoked { "already_revoked" } else { "revoked" };
            document["old_key"] = words.into();
        }
        if let Some(time) = self.ending.forgotten {
            document["gateway_refused_after_seconds"] = time.as_secs().into();
        }
        if let (Some(new), true) = (new, state.step() != Step::Close) {
            let (old, new, project) = (plan.old.id, new.id, plan.project);
            let here = self.commands.argv(&suggestions::resume(old));
            let elsewhere = suggestions::resume_elsewhere(project, old, new);
            document["resume"] = json!({
                "here": here.ok(), "elsewhere": self.commands.argv(&elsewhere).ok(),
            });
        }
        document
    }
}
