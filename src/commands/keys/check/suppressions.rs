//! What `cencori.toml` says that somebody has decided to live with.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use jiff::civil::Date;

use super::finding::Finding;
use crate::policy::Policy;
use crate::ui::Ui;

/// What was looked at.
#[derive(Clone, Copy)]
pub struct Seen {
    /// Whether the service was asked, and the whole of the policy's folder searched.
    pub all: bool,
    /// Whether the logs were read too.
    pub usage: bool,
}

/// Suppresses those of `findings` that `policy` names; `folder` is the folder of the policy.
/// Warns of suppressions that have run out by `today`, and of those that suppress nothing,
/// if everything was looked at.
pub fn apply(
    ui: &Ui,
    findings: &mut [Finding<'_>],
    policy: &Policy,
    folder: &Path,
    today: Date,
    seen: Seen,
) {
    // By each name, and by what is shown of the location: both lists may be long.
    let (mut by_name, mut by_shown) = (HashMap::new(), HashMap::new());
    let rules: HashSet<_> =
        policy.suppression.iter().map(|suppression| suppression.finding).collect();
    for (index, finding) in findings.iter().enumerate().filter(|(_, it)| rules.contains(&it.rule)) {
        for name in finding.at.names(folder) {
            by_name.entry((finding.rule, name)).or_insert_with(BTreeSet::new).insert(index);
        }
        by_shown.entry((finding.rule, finding.at.shown())).or_insert(index);
    }
    for suppression in &policy.suppression {
        let location = (suppression.finding, suppression.location.clone());
        let meant = by_name.get(&location);
        let what = format!("{} at {}", suppression.finding.as_str(), suppression.location);
        if let (Some(shown), None) = (by_shown.get(&location), meant) {
            // A line is no location: something else may get there.
            let names = findings[*shown].at.names(folder);
            let name = names.into_iter().next().unwrap_or_default();
            say(ui, &what, &format!("suppresses nothing: that location is called {name}"));
        } else if meant.is_none() {
            if seen.all && (!suppression.finding.needs_logs() || seen.usage) {
                say(ui, &what, "suppresses nothing that was found: take it out");
            }
        } else if suppression.until < today {
            say(ui, &what, &format!("has run out on {}", suppression.until));
        } else {
            for index in meant.into_iter().flatten() {
                findings[*index].suppressed = Some((suppression.reason.clone(), suppression.until));
            }
        }
    }
}

fn say(ui: &Ui, what: &str, how: &str) {
    ui.warn(&format!("The suppression in cencori.toml of {what} {how}."));
}
