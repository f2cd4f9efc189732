//! The commands that continue a rotation, or back.

use uuid::Uuid;

use super::journal::Progress;
use crate::failure::{Hint, SuggestedCommand};

/// Goes on with the rotation of the key with the id `old`.
pub fn resume(old: Uuid) -> SuggestedCommand {
    SuggestedCommand::cencori(["keys", "rotate", "--resume"]).operand(old.to_string())
}

/// Goes back with it: the old key stays, and the new one is revoked.
pub fn abort(old: Uuid) -> SuggestedCommand {
    SuggestedCommand::cencori(["keys", "rotate", "--abort"]).operand(old.to_string())
}

/// Goes on with it in its direction: forward, or back.
pub fn go_on(progress: &Progress) -> SuggestedCommand {
    let old = progress.plan.old.id;
    if progress.state.is_aborting() { abort(old) } else { resume(old) }
}

/// Goes on with it on a machine that does not have its journal.
pub fn resume_elsewhere(project: Uuid, old: Uuid, new: Uuid) -> SuggestedCommand {
    elsewhere("--resume", project, old, new)
}

/// Goes back with it on such a machine.
pub fn abort_elsewhere(project: Uuid, old: Uuid, new: Uuid) -> SuggestedCommand {
    elsewhere("--abort", project, old, new)
}

fn elsewhere(way: &'static str, project: Uuid, old: Uuid, new: Uuid) -> SuggestedCommand {
    SuggestedCommand::cencori(["keys", "rotate", way])
        .option("--project", project.to_string())
        .option("--old", old.to_string())
        .option("--new", new.to_string())
}

/// What is left where the new key is of no use.
pub fn go_back(old: Uuid) -> Hint {
    Hint::from(abort(old)).text(" puts the old key back")
}

/// What ends a rotation that can't go either way.
pub fn recovery_hint(old: Uuid, new: Option<Uuid>) -> Hint {
    let revoke = SuggestedCommand::cencori(["keys", "revoke"]);
    Hint::from("If the new key is of no use, revoke it with ")
        .command(revoke.operands(new.map(|new| new.to_string())))
        .text("; ")
        .command(resume(old))
        .text(" then ends the rotation")
}

/// Whether `hint` says already how to go on, or back.
pub fn is_in(hint: &Hint) -> bool {
    hint.commands().any(|command| command.is_cencori(&["keys", "rotate"]))
}
