//! Asking the gateway itself, as sparingly as can be.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::super::super::reference::Reference;
use crate::api::{Acceptance, Dashboard};
use crate::domain::Origin;
use crate::failure::Failure;
use crate::secret::Secret;
use crate::ui::Ui;

/// Most origins that are asked about: a third of what a project has, which its
/// users need too (contract, *What an application meets*).
const MOST: usize = 20;

/// What the gateway said of each origin, in their order.
pub(super) struct Gateway {
    pub(super) said: Vec<Said>,
}

/// What it said of one.
#[derive(Clone)]
pub(super) enum Said {
    Accepted,
    Refused,
    /// It could not say: why.
    Failed(String),
    /// It was not asked, because of what it said before.
    NotAsked,
}

/// Checks before anything is asked that the gateway can be.
///
/// # Errors
/// A key whose text is not at hand, and too many origins.
pub(super) fn check(reference: &Reference, origins: &[Origin]) -> Result<(), Failure> {
    if reference.held().is_none() {
        return Err(Failure::usage("--live needs the key itself: only its text can be tried")
            .hint("Say where it is: FILE:VARIABLE, or - for standard input"));
    }
    let mut distinct: Vec<_> = origins.iter().map(Origin::header).collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() > MOST {
        let count = distinct.len();
        return Err(Failure::usage(format!(
            "{count} origins are too many for --live: each is one of the project's 60 calls, so {MOST} are \
             the most"
        ))
        .hint("Leave --live out, or give fewer"));
    }
    Ok(())
}

/// Asks about each of `origins`, of which is known whether the list admits it.
/// Each is asked about once, one after the other; the first that can't be
/// answered, and a rate that is used up, end it.
pub(super) fn ask(
    ui: &Ui,
    dashboard: &Dashboard,
    key: &Secret,
    origins: &[(&Origin, bool)],
) -> Gateway {
    let mut answers: HashMap<Option<&str>, Said> = HashMap::new();
    let mut ended = None;
    let mut calls = 0;
    for (origin, _) in origins {
        if ended.is_some() || answers.contains_key(&origin.header()) {
            continue;
        }
        calls += 1;
        let said = match dashboard.probe(key, origin.header()) {
            Ok(probe) => {
                ended = probe
                    .used_up
                    .then_some("The gateway says that the project's calls are used up (429)");
                Said::of(probe.acceptance)
            }
            Err(error) => Said::Failed(error.to_string()),
        };
        if matches!(said, Said::Failed(_)) {
            ended = Some("The gateway can't say now");
        }
        answers.insert(origin.header(), said);
    }
    let of = |origin: &Origin| answers.get(&origin.header()).cloned().unwrap_or(Said::NotAsked);
    let said: Vec<_> = origins.iter().map(|(origin, _)| of(origin)).collect();
    ui.status(&format!(
        "The gateway was asked {calls} {}, each one of the project's 60 calls. Its answers may be up to \
         125 s late.",
        if calls == 1 { "time" } else { "times" }
    ));
    let left = said.iter().filter(|said| matches!(said, Said::NotAsked)).count();
    if let Some(why) = ended.filter(|_| left > 0) {
        let of = said.len();
        ui.warn(&format!("{why}: it was asked no further, and {left} of {of} are left."));
    }
    for ((origin, admitted), said) in origins.iter().zip(&said) {
        if said.accepted().is_some_and(|accepted| accepted != *admitted) {
            let (own, its) =
                if *admitted { ("admitted", "refuses") } else { ("refused", "accepts") };
            ui.warn(&format!(
                "By the listed domains {origin} is {own}, but the gateway {its} it. The gateway's answer is \
                 what browsers meet."
            ));
        }
    }
    Gateway { said }
}

impl Gateway {
    /// Whether each is accepted; `None` if that is not known.
    pub(super) fn accepted(&self) -> impl Iterator<Item = Option<bool>> {
        self.said.iter().map(Said::accepted)
    }
}

impl Said {
    fn of(acceptance: Acceptance) -> Self {
        match acceptance {
            // The networks are looked at after the domain.
            Acceptance::Accepted | Acceptance::NetworkDenied => Self::Accepted,
            Acceptance::DomainNotAllowed => Self::Refused,
            // It is in the list of live keys, so the gateway can't look it up, or
            // it was revoked a moment ago.
            Acceptance::InvalidKey => {
                Self::Failed("it calls the key invalid, or its database is down".to_owned())
            }
            Acceptance::RevokedKey => Self::Failed("it calls the key revoked".to_owned()),
        }
    }

    pub(super) fn accepted(&self) -> Option<bool> {
        match self {
            Self::Accepted => Some(true),
            Self::Refused => Some(false),
            Self::Failed(_) | Self::NotAsked => None,
        }
    }

    /// For a table, beside what the list says.
    pub(super) fn describe(&self, admitted: bool) -> String {
        let word = match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Failed(why) => return format!("can't say: {why}"),
            Self::NotAsked => "not asked",
        };
        match self.accepted() {
            Some(accepted) if accepted != admitted => format!("{word} (differs)"),
            _ => word.to_owned(),
        }
    }

    pub(super) fn as_json(&self, admitted: bool) -> Value {
        let error = match self {
            Self::Failed(why) => Some(why),
            _ => None,
        };
        json!({
            "asked": !matches!(self, Self::NotAsked),
            "accepted": self.accepted(),
            "agrees": self.accepted().map(|accepted| accepted == admitted),
            "may_lag": true,
            "error": error,
        })
    }
}
