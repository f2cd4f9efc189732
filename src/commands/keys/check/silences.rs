//! What `cencori.toml` says that somebody has decided to live with.

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

/// Silences of `findings` what `policy` says, whose folder itself is `folder`, and tells of
/// what has run out by `today`; and of what silences nothing, where that was looked
/// for.
pub fn apply(
    ui: &Ui,
    findings: &mut [Finding<'_>],
    policy: &Policy,
    folder: &Path,
    today: Date,
    seen: Seen,
) {
    for silence in &policy.silence {
        let named = |finding: &Finding<'_>| finding.at.names(folder);
        let of_rule = || findings.iter().filter(|it| it.rule == silence.finding);
        let shown = of_rule().find(|it| it.at.shown() == silence.place).map(named);
        let meant: Vec<_> = findings
            .iter_mut()
            .filter(|it| it.rule == silence.finding && named(it).contains(&silence.place))
            .collect();
        let what = format!("{} at {}", silence.finding.as_str(), silence.place);
        if let (Some(names), true) = (shown, meant.is_empty()) {
            // A line is no place: something else may come to stand there.
            let name = names.into_iter().next().unwrap_or_default();
            say(ui, &what, &format!("silences nothing: that place is called {name}"));
        } else if meant.is_empty() {
            if seen.all && (!silence.finding.needs_logs() || seen.usage) {
                say(ui, &what, "silences nothing that was found: take it out");
            }
        } else if silence.until < today {
            say(ui, &what, &format!("has run out on {}", silence.until));
        } else {
            for finding in meant {
                finding.silenced = Some((silence.reason.clone(), silence.until));
            }
        }
    }
}

fn say(ui: &Ui, what: &str, how: &str) {
    ui.warn(&format!("The silence in cencori.toml of {what} {how}."));
}
