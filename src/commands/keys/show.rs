//! `cencori keys show`

use jiff::Timestamp;
use uuid::Uuid;

use super::reference::{self, Reference};
use super::{Live, age, as_json};
use crate::api::ListedKey;
use crate::commands::account::Account;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::key::Environment;
use crate::ui::report::Report;
use crate::ui::{Layout, printable, unless_reader_left};

/// Show one live key
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "KEY", help = reference::HELP)]
    key: String,

    /// Look only in this environment
    #[arg(long)]
    environment: Option<Environment>,
}

/// Shows what the service knows of a key.
///
/// # Errors
/// Where no key fits, or several do.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    let reference = Reference::parse(context, &arguments.key)?;
    let account = Account::open(context)?;
    account.tell_of_interrupted(context)?;
    let live = Live::list(&account, arguments.environment)?;
    let key = reference.resolve(&live.keys)?.cloned().ok_or_else(|| match live.complete {
        true => reference.missing(),
        false => reference.missing().hint(
            "Older keys were not looked at: the service lists the newest 1,000 of an environment",
        ),
    })?;
    unless_reader_left(context.ui.report(&Details { key, project: account.project }))?;
    Ok(Exit::Done)
}

struct Details {
    key: ListedKey,
    project: Uuid,
}

impl Report for Details {
    fn text(&self, _: &Layout) -> String {
        let key = &self.key;
        let created = match key.created_at {
            Some(time) => format!("{time:.0} ({} ago)", age(key, Timestamp::now())),
            None => "unknown".to_owned(),
        };
        let mut lines = vec![
            ("name", printable(&key.name)),
            ("id", key.id.to_string()),
            ("type", key.key_type.to_string()),
            ("environment", key.environment.to_string()),
            ("prefix", printable(&key.prefix)),
        ];
        lines.extend(key.domains.iter().map(|domain| ("domain", printable(domain))));
        lines.extend([
            ("created", created.replace("just now ago", "just now")),
            ("project", self.project.to_string()),
        ]);
        lines.iter().map(|(label, value)| format!("{label:<12} {value}\n")).collect()
    }

    fn json(&self) -> serde_json::Value {
        as_json(&self.key, self.project)
    }
}
