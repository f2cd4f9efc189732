//! `cencori keys domains list`

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::as_json;
use super::super::reference::{self, Reference};
use crate::commands::account::Account;
use crate::commands::completions::Completes;
use crate::commands::values;
use crate::context::Context;
use crate::domain::{self, Admitted, Fault, StoredPattern};
use crate::failure::{Exit, Failure};
use crate::key::{self, Environment};
use crate::listed_key::ListedKey;
use crate::ui::report::{Report, table};
use crate::ui::{Layout, printable, unless_reader_left};

/// List the domains of a publishable key, what each allows, and what is wrong with it
///
/// The service stores any text as a domain and compares it as it is. A domain can match nothing,
/// or more than was meant; another domain can make it redundant; and a production key can work
/// from the visitor's own machine.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "KEY", add = Completes::PublishableKey, help = reference::HELP)]
    key: String,

    /// Look only in this environment
    #[arg(long, value_parser = values::environment())]
    environment: Option<Environment>,
}

/// Lists the domains of a key.
///
/// # Errors
/// If no key fits, or several do.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    let reference = Reference::parse(context, &arguments.key)?;
    let account = Account::open(context)?;
    account.warn_of_interrupted(context)?;
    let key = reference.find(&account, arguments.environment)?;
    if !super::has_domains(&key) {
        super::say_any_origin(&context.ui, &key);
    } else if key.domains.is_empty() {
        context.ui.status("No domains: the key is taken from nowhere.");
    }
    let faults = domain::faults(&key.domains, key.environment);
    let list = List { key, faults, project: account.project };
    unless_reader_left(context.ui.report(&list))?;
    Ok(Exit::Done)
}

struct List {
    key: ListedKey,
    /// What is wrong with each of its domains.
    faults: Vec<Vec<Fault>>,
    project: Uuid,
}

impl Report for List {
    fn text(&self, layout: &Layout) -> String {
        if self.key.domains.is_empty() {
            return String::new();
        }
        let rows = self.key.domains.iter().zip(&self.faults).map(|(pattern, faults)| {
            let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
            let wrong = if faults.is_empty() { "-".to_owned() } else { faults.join(". ") };
            let admits = StoredPattern::new(pattern).admits().to_string();
            [pattern.clone(), admits, wrong].map(|cell| key::mask(&printable(&cell))).to_vec()
        });
        let rows: Vec<_> = rows.collect();
        table(&["DOMAIN", "ADMITS", "WRONG"], &rows, layout)
    }

    fn json(&self) -> Value {
        let domains = self.key.domains.iter().zip(&self.faults).map(|(pattern, faults)| {
            let admits = StoredPattern::new(pattern).admits();
            let faults = faults.iter().map(fault_as_json).collect::<Vec<_>>();
            json!({
                // Somebody may have stored a key for a domain.
                "pattern": key::mask(pattern),
                "admits": admits_as_json(&admits),
                "faults": faults,
            })
        });
        json!({
            "key": as_json(&self.key, self.project),
            "any_origin": !super::has_domains(&self.key),
            "domains": domains.collect::<Vec<_>>(),
        })
    }
}

fn admits_as_json(admits: &Admitted) -> Value {
    let (kind, host) = match admits {
        Admitted::Nothing => ("nothing", None),
        Admitted::Host(host) => ("host", Some(host)),
        Admitted::Subdomains(domain) => ("subdomains", Some(domain)),
        Admitted::Addresses(end) => ("addresses", Some(end)),
    };
    json!({ "kind": kind, "host": host, "words": admits.to_string() })
}

fn fault_as_json(fault: &Fault) -> Value {
    let by = match fault {
        Fault::Shadowed { by } => Some(key::mask(by)),
        _ => None,
    };
    json!({
        "code": fault.code(),
        "message": key::mask(&fault.to_string()),
        "instead": fault.instead().map(|instead| instead.as_str()),
        "by": by,
    })
}
