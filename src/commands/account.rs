//! From what the person named to a dashboard that is signed in: where the
//! service is, which project, and whose right.

use uuid::Uuid;

use super::project::{ProjectReference, link_by_key};
use super::project_file;
use super::service::{self, Service};
use crate::api::Listing;
use crate::api::{ApiError, Dashboard, Gateway};
use crate::auth::credentials::Origin;
use crate::auth::sign_in::kept::KeptSession;
use crate::context::Context;
use crate::failure::{Failure, Hint, Kind, SuggestedCommand};
use crate::key::Environment;
use crate::listed_key::ListedKey;
use crate::ops::create;
use crate::ops::create::journal::{self, Intent, Record};
use crate::ops::create::recover::{self, Recovered};
use crate::ui::Ui;

/// A signed-in dashboard and the project to work on.
pub struct Account {
    /// The service.
    pub dashboard: Dashboard,
    /// The project.
    pub project: Uuid,
    /// What the dashboard calls the project, where a key told that.
    pub slug: Option<String>,
    project_origin: String,
    origin: Origin,
    /// Where the session is kept, if it is one.
    kept: Option<KeptSession>,
    /// Runs, where it is the sandbox, as long as it is used.
    service: Service,
}

/// A signed-in dashboard, for whatever project.
pub enum Access {
    /// With the project that is named somewhere.
    Linked(Box<Account>),
    /// Without one. The service, where it is the sandbox, runs as long as it is
    /// used.
    Unlinked(Box<(Dashboard, Service)>),
}

impl Access {
    /// Signs in, for the project that is named anywhere, if one is.
    ///
    /// # Errors
    /// No credential, or the service says no.
    pub fn open(context: &Context) -> Result<Self, Failure> {
        let service = Service::find(context)?;
        if let Some(project) = ProjectReference::find_named(context, &service)? {
            return Ok(Self::Linked(Box::new(Account::open_at(context, service, project)?)));
        }
        let credential = service.credential(context)?;
        let dashboard = service.sign_in(context, credential)?;
        Ok(Self::Unlinked(Box::new((dashboard, service))))
    }

    /// The dashboard.
    pub fn dashboard(&self) -> &Dashboard {
        match self {
            Self::Linked(account) => &account.dashboard,
            Self::Unlinked(unlinked) => &unlinked.0,
        }
    }

    /// What applications call.
    ///
    /// # Errors
    /// An address that can't be used.
    pub fn gateway(&self, context: &Context) -> Result<Gateway, Failure> {
        match self {
            Self::Linked(account) => account.gateway(context),
            Self::Unlinked(unlinked) => unlinked.1.gateway(context),
        }
    }

    /// The account of the project, where one is named.
    pub fn account(&self) -> Option<&Account> {
        match self {
            Self::Linked(account) => Some(account),
            Self::Unlinked(_) => None,
        }
    }
}

impl Account {
    /// Finds out without asking the service whether [`Self::open`] can't work.
    ///
    /// # Errors
    /// No project, no credential or no usable address.
    pub fn check(context: &Context) -> Result<(), Failure> {
        let service = Service::find(context)?;
        ProjectReference::find(context, &service)?;
        service.credential(context).map(drop)
    }

    /// Signs in, for the project that is named anywhere.
    ///
    /// # Errors
    /// No project or no credential, or the service says no.
    pub fn open(context: &Context) -> Result<Self, Failure> {
        let service = Service::find(context)?;
        let project = ProjectReference::find(context, &service)?;
        Self::open_at(context, service, project)
    }

    /// Signs in, for the project that `text` names.
    pub fn open_for(context: &Context, text: &str) -> Result<Self, Failure> {
        let project = ProjectReference::parse(context, text)?;
        Self::open_at(context, Service::find(context)?, project)
    }

    fn open_at(
        context: &Context,
        service: Service,
        project: ProjectReference,
    ) -> Result<Self, Failure> {
        let credential = service.credential(context)?;
        let origin = credential.origin;
        let kept = if origin == Origin::Session { Some(service.kept(context)?) } else { None };
        let dashboard = service.sign_in(context, credential)?;
        let project = project.resolve(&dashboard)?;
        Ok(Self {
            dashboard,
            project: project.id,
            slug: project.slug,
            project_origin: project.origin,
            origin,
            kept,
            service,
        })
    }

    /// What applications call.
    ///
    /// # Errors
    /// An address that can't be used.
    pub fn gateway(&self, context: &Context) -> Result<Gateway, Failure> {
        self.service.gateway(context)
    }

    /// The live keys of several environments, asked for at once.
    ///
    /// # Errors
    /// The first error; what there is without the others would be taken for
    /// all.
    pub fn list(&self, environments: &[Environment]) -> Result<Vec<Listing>, Failure> {
        std::thread::scope(|scope| {
            let calls: Vec<_> = environments
                .iter()
                .map(|&environment| {
                    scope.spawn(move || self.dashboard.list_keys(self.project, environment))
                })
                .collect();
            let listings = calls.into_iter().map(|call| match call.join() {
                Ok(listing) => listing.map_err(|error| self.explain(error)),
                Err(panic) => std::panic::resume_unwind(panic),
            });
            listings.collect()
        })
    }

    /// An error of a call on the project, with what it means there.
    pub fn explain(&self, error: ApiError) -> Failure {
        let status = error.status();
        // The service finds no project either while its database is down (contract,
        // *401, 404 and some 500s are ambiguous*): what else is read from there tells.
        if status == Some(404)
            && let Err(trouble) = self.dashboard.profile()
        {
            let message = format!(
                "The service does not find project {}, and can't tell who is signed in ({trouble})",
                self.project
            );
            return Failure::new(Kind::Unavailable, message)
                .hint("Its database seems to be down: try again in a minute");
        }
        let failure = Failure::from(error);
        match status {
            Some(404) => failure
                .context(format!("The service finds no project {}", self.project))
                .hint(
                    Hint::from("Check ")
                        .data(&self.project_origin)
                        .text("; ")
                        .command(link_by_key())
                        .text(" asks a live key"),
                )
                .hint("The service answers so too while its database is down"),
            Some(401) if let Some(kept) = &self.kept => service::why_refused(kept, &self.dashboard),
            Some(401) => failure.hint(self.origin.advice_when_refused()),
            _ => failure,
        }
    }

    /// Says that an earlier `keys create` on this project was interrupted. A
    /// command that only looks, or that does something else, changes nothing
    /// about that.
    ///
    /// # Errors
    /// If the state folder can't be read.
    pub fn warn_of_interrupted(&self, context: &Context) -> Result<(), Failure> {
        for record in self.interrupted(context)? {
            context.ui.warn_with(
                &format!("{}.", earlier(&record.intent)),
                Hint::from(resume()).text(" brings it to its end"),
            );
        }
        Ok(())
    }

    /// Brings to the end what an earlier `keys create` on this project had to leave unfinished.
    /// Gives how many there were.
    ///
    /// # Errors
    /// If the state folder can't be read or the service can't be asked.
    pub fn recover_interrupted(&self, context: &Context) -> Result<usize, Failure> {
        let records = self.interrupted(context)?;
        let count = records.len();
        for mut record in records {
            for destination in &mut record.intent.destinations {
                destination.set_session_bus(context.variables.has_session_bus);
            }
            let environment = record.intent.key.environment;
            let earlier = earlier(&record.intent);
            let listing = self.list(&[environment])?.remove(0);
            let recovered = recover::recover(&self.dashboard, record, &listing)?;
            if let Recovered::Finished(_, placement) = &recovered {
                project_file::note(&context.ui, &placement.stored);
            }
            say_recovered(&context.ui, &earlier, &resume(), recovered);
        }
        Ok(count)
    }

    fn interrupted(&self, context: &Context) -> Result<Vec<Record>, Failure> {
        // Without a state folder nothing can have been left there.
        let Some(state) = context.existing_state()? else { return Ok(Vec::new()) };
        let (records, damaged) = journal::abandoned(state).map_err(|error| {
            anyhow::Error::from(error).context("The state folder can't be read")
        })?;
        for path in damaged {
            context.ui.warn_with(
                &format!(
                    "{} is the record of an interrupted `keys create`, and can't be read.",
                    path.display()
                ),
                Hint::from("If ")
                    .command(SuggestedCommand::cencori(["keys", "list"]))
                    .text(" shows a key that nobody has, revoke it; then remove the file"),
            );
        }
        Ok(records.into_iter().filter(|record| record.intent.project == self.project).collect())
    }
}

/// Brings to the end what was interrupted, where that is no open rotation's to do.
fn resume() -> SuggestedCommand {
    SuggestedCommand::cencori(["keys", "create", "--resume"])
}

/// What was interrupted: a creation, or a request for the new key of a rotation that has
/// been ended since without knowing what came of it.
fn earlier(intent: &Intent) -> String {
    let name = &intent.key.name;
    match intent.rotation {
        None => format!("An earlier `keys create` of \"{name}\" was interrupted"),
        Some(old) => format!(
            "An earlier rotation of \"{name}\", id {old}, was ended before the service had answered its \
             request for a new key"
        ),
    }
}

/// Says what became of an `earlier` request for a key; `resume` looks at it again.
pub(super) fn say_recovered(
    ui: &Ui,
    earlier: &str,
    resume: &SuggestedCommand,
    recovered: Recovered,
) {
    let again = |does| Hint::from(resume.clone()).text(does);
    let known = |key: &ListedKey| format!("{} ({}, id {})", key.name, key.prefix, key.id);
    match recovered {
        Recovered::NothingToDo => ui.status(&format!("{earlier}; no live key has come of it.")),
        Recovered::Waiting => ui.warn_with(
            &format!(
                "{earlier}. No key has come of it so far; within ten minutes one still may."
            ),
            again(" looks again then"),
        ),
        Recovered::Kept => ui.warn_with(
            &format!(
                "{earlier}. The service does not list its key now, nor call it revoked; it is kept."
            ),
            again(" tries again"),
        ),
        Recovered::Finished(key, placement) => {
            let places: Vec<_> =
                placement.stored.iter().map(|place| place.storage().describe()).collect();
            ui.warn(&format!("{earlier}: {} is now in {}.", known(&key), places.join(" and in ")));
            for (place, why) in placement.failed {
                ui.warn(&format!("{}: {}.", place.storage().describe(), why.message()));
            }
        }
        Recovered::RolledBack(key, outcome) => {
            let undone = create::describe_undo(&key, &outcome);
            ui.warn(&format!("{earlier} before its key was anywhere: {undone}."));
        }
        Recovered::Disclosed(key) => ui.warn_with(
            &format!(
                "{earlier} while its key was being handed over, so that somebody may have it: {} is live.",
                known(&key)
            ),
            Hint::from("If nothing uses it, revoke it with ")
                .command(SuggestedCommand::cencori(["keys", "revoke"]).operand(key.id.to_string())),
        ),
        Recovered::Unclear(keys) => ui.warn(&format!(
            "{earlier}. It may have made {}, which was not revoked: it may be somebody else's. If nobody has \
             its text, revoke it by its id.",
            recover::ids(&keys)
        )),
    }
}
