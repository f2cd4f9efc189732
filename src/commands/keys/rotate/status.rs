//! `cencori keys rotate --status`

use jiff::Timestamp;
use serde_json::{Value, json};

use super::ending::waits;
use super::open::{all, warn_of_damaged, warn_of_remains};
use crate::commands::keys::{as_json, describe, since};
use crate::context::Context;
use crate::failure::{Exit, Failure, Kind};
use crate::ops::rotate::journal::Found;
use crate::ui::report::{Report, table};
use crate::ui::{Layout, unless_reader_left};

/// Shows the open rotations of this machine, of every project. Asks no service.
///
/// # Errors
/// If the state folder can't be read.
pub(super) fn run(context: &Context) -> Result<Exit, Failure> {
    let found = all(context)?;
    for found in found.iter().filter(|found| found.progress.is_none()) {
        warn_of_damaged(context, &found.path);
    }
    if found.is_empty() {
        context.ui.status("No rotation is open.");
    }
    let remains = warn_of_remains(context)?;
    let unclear = remains || found.iter().any(|found| found.progress.is_none());
    unless_reader_left(context.ui.report(&Status(found)))?;
    Ok(if unclear { Exit::Unfinished(Kind::PartlyDone) } else { Exit::Done })
}

struct Status(Vec<Found>);

impl Report for Status {
    fn text(&self, layout: &Layout) -> String {
        let now = Timestamp::now();
        let rows: Vec<_> = self
            .0
            .iter()
            .filter_map(|found| Some((found.progress.as_ref()?, found.running)))
            .map(|(progress, running)| {
                let state = waits(progress);
                vec![
                    describe(&progress.plan.old),
                    progress.new.as_ref().map_or_else(|| "-".to_owned(), |new| new.prefix.clone()),
                    if running { format!("running, {state}") } else { format!("waits {state}") },
                    since(progress.since, now),
                    progress.plan.old.id.to_string(),
                ]
            })
            .collect();
        if rows.is_empty() {
            return String::new();
        }
        table(&["OLD KEY", "NEW KEY", "STATE", "SINCE", "ID"], &rows, layout)
    }

    fn json(&self) -> Value {
        let rotations = self.0.iter().filter_map(|found| {
            let progress = found.progress.as_ref()?;
            Some(json!({
                "state": progress.state.as_str(),
                "next_step": progress.state.step().as_str(),
                "running": found.running,
                "since": progress.since.to_string(),
                "project": progress.plan.project,
                "old": as_json(&progress.plan.old, progress.plan.project),
                "new": progress.new.as_ref().map(|new| as_json(new, progress.plan.project)),
            }))
        });
        let unreadable = self.0.iter().filter(|found| found.progress.is_none());
        json!({
            "rotations": rotations.collect::<Vec<_>>(),
            "unreadable": unreadable.map(|found| &found.path).collect::<Vec<_>>(),
        })
    }
}
