//! From what the person named to a dashboard that is signed in: where the
//! service is, which project, and whose right.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use crate::api::dashboard::{Authorization, Listing};
use crate::api::session::SessionCookies;
use crate::api::transport::Attempt;
use crate::api::{ApiError, BaseUrl, Dashboard, ListedKey, Transport, Validity};
use crate::context::Context;
use crate::creation;
use crate::creation::journal::{self, Record};
use crate::creation::settle::{self, Settled};
use crate::credentials::{self, Credential, CredentialKind, Origin};
use crate::failure::{Failure, Kind};
use crate::key::Environment;
use crate::sandbox::{self, Sandbox};
use crate::secret::Secret;
use crate::sinks::dotenv_file;
use crate::ui::Ui;

/// The service's own address (contract, *Two bases*).
const DASHBOARD: &str = "https://cencori.com";

/// From how long before its end on the service no longer takes an access token
/// without a refresh token, in seconds (contract, *Refresh*).
const REFRESH_MARGIN: i64 = 90;

/// A signed-in dashboard and the project to work on.
pub struct Account {
    /// The service.
    pub dashboard: Dashboard,
    /// The project.
    pub project: Uuid,
    origin: Origin,
    /// Runs as long as it is used.
    _sandbox: Option<Sandbox>,
}

impl Account {
    /// Finds out without asking the service whether [`Self::open`] can't work.
    ///
    /// # Errors
    /// No project, no credential or no usable address.
    pub fn check(context: &Context) -> Result<(), Failure> {
        if !context.sandbox {
            ProjectReference::parse(context, None)?;
            credential(context, None)?;
            base(context, None)?;
        }
        Ok(())
    }

    /// Signs in. Tells of what an interrupted `keys create` has left.
    ///
    /// # Errors
    /// No project or no credential, or the service says no.
    pub fn open(context: &Context) -> Result<Self, Failure> {
        let sandbox = if context.sandbox { Some(start_sandbox(context)?) } else { None };
        let project = ProjectReference::parse(context, sandbox.as_ref())?;
        let credential = credential(context, sandbox.as_ref())?;
        let base = base(context, sandbox.as_ref())?;
        let transport = Transport::new(base, context.timeout, observer(Arc::clone(&context.ui)));
        let origin = credential.origin;
        let dashboard = sign_in(transport, credential)?;
        let project = project.resolve(&dashboard)?;
        Ok(Self { dashboard, project, origin, _sandbox: sandbox })
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
        let failure = Failure::from(error);
        match status {
            Some(404) => failure.context(format!("There is no project {}", self.project)).hint(
                "Check --project or CENCORI_PROJECT; --project .env:CENCORI_API_KEY asks a live key",
            ),
            // Also what the service says while its session store or database is
            // down (contract, *401 is ambiguous*).
            Some(401) => failure.hint(format!(
                "Check {}; if it is right, the service may be having trouble: try again in a minute",
                self.origin
            )),
            _ => failure,
        }
    }

    /// Says that an earlier `keys create` on this project was interrupted. A
    /// command that only looks, or that does something else, changes nothing
    /// about that.
    ///
    /// # Errors
    /// Where the state folder can't be read.
    pub fn tell_of_interrupted(&self, context: &Context) -> Result<(), Failure> {
        for record in self.interrupted(context)? {
            context.ui.warn(&format!(
                "An earlier `keys create` of \"{}\" was interrupted; `keys create --resume` brings it to its end.",
                record.intent.key.name
            ));
        }
        Ok(())
    }

    /// Brings to its end what an earlier `keys create` on this project had to
    /// leave unfinished. Gives how many there were.
    ///
    /// # Errors
    /// Where the state folder can't be read or the service can't be asked.
    pub fn settle_interrupted(&self, context: &Context) -> Result<usize, Failure> {
        let records = self.interrupted(context)?;
        let count = records.len();
        for record in records {
            let environment = record.intent.key.environment;
            let name = record.intent.key.name.clone();
            let listing = self.list(&[environment])?.remove(0);
            say_settled(&context.ui, &name, settle::settle(&self.dashboard, record, &listing)?);
        }
        Ok(count)
    }

    fn interrupted(&self, context: &Context) -> Result<Vec<Record>, Failure> {
        // Without a place for state nothing can have been left there.
        let Ok(state) = context.state_directory() else { return Ok(Vec::new()) };
        let (records, damaged) = journal::abandoned(state).map_err(|error| {
            anyhow::Error::from(error).context("The state folder can't be read")
        })?;
        for path in damaged {
            context.ui.warn(&format!(
                "{} is the record of an interrupted `keys create`, and can't be read. If `keys list` shows \
                 a key that nobody has, revoke it; then remove the file.",
                path.display()
            ));
        }
        Ok(records.into_iter().filter(|record| record.intent.project == self.project).collect())
    }
}

fn say_settled(ui: &Ui, name: &str, settled: Settled) {
    let earlier = format!("An earlier `keys create` of \"{name}\" was interrupted");
    let known = |key: &ListedKey| format!("{} ({}, id {})", key.name, key.prefix, key.id);
    match settled {
        Settled::NothingToDo => ui.status(&format!("{earlier}; no live key has come of it.")),
        Settled::Waiting => ui.warn(&format!(
            "{earlier}. No key has come of it so far; `keys create --resume` looks again."
        )),
        Settled::Kept => ui.warn(&format!(
            "{earlier}. The service does not list its key now, nor call it revoked; it is kept, and \
             `keys create --resume` tries again."
        )),
        Settled::Finished(key, placement) => {
            let places: Vec<_> =
                placement.stored.iter().map(|place| place.sink().describe()).collect();
            ui.warn(&format!("{earlier}: {} is now in {}.", known(&key), places.join(" and in ")));
            for (place, why) in placement.failed {
                ui.warn(&format!("{}: {}.", place.sink().describe(), why.message()));
            }
        }
        Settled::Undone(key, outcome) => {
            let undone = creation::undone(&key, &outcome);
            ui.warn(&format!("{earlier} before its key was anywhere: {undone}."));
        }
        Settled::Handed(key) => ui.warn(&format!(
            "{earlier} while its key was being handed over, so that somebody may have it: {} is live. If nothing \
             uses it, revoke it by its id.",
            known(&key)
        )),
        Settled::Unclear(keys) => ui.warn(&format!(
            "{earlier}. It may have made {}, which was not revoked: it may be somebody else's. If nobody has \
             its text, revoke it by its id.",
            settle::ids(&keys)
        )),
    }
}

/// What a project can be named by.
enum ProjectReference {
    Id(Uuid),
    /// A live key of it, and where that stands.
    Key(Secret, String),
}

impl ProjectReference {
    fn parse(context: &Context, sandbox: Option<&Sandbox>) -> Result<Self, Failure> {
        let Some(text) = &context.project else {
            return match sandbox {
                Some(sandbox) => Ok(Self::Id(sandbox.identity().project_id)),
                None => Err(Failure::usage("No project is named.").hint(
                    "Name it by its UUID or by a live key of it: --project .env:CENCORI_API_KEY, or set \
                     CENCORI_PROJECT",
                )
                .hint("To try things out without an account, add --sandbox")),
            };
        };
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        if let Some((path, variable)) = super::keys::reference::file_and_variable(text) {
            let key = dotenv_file::value(&context.resolve(path.as_ref()), path, &variable)?;
            return Ok(Self::Key(key, text.clone()));
        }
        Err(Failure::usage(format!("\"{text}\" is not a project's UUID."))
            .hint("What the dashboard shows as \"Project ID\" is the project's slug, which the service's \
                   key routes do not take")
            .hint("A live key of the project tells its UUID: --project .env:CENCORI_API_KEY"))
    }

    fn resolve(self, dashboard: &Dashboard) -> Result<Uuid, Failure> {
        match self {
            Self::Id(id) => Ok(id),
            Self::Key(key, place) => match dashboard.validity(&key)? {
                Validity::Live(project) => Ok(project),
                Validity::Revoked => Err(dead(&format!("The key in {place} is revoked"))),
                Validity::Unknown => {
                    Err(dead(&format!("The service does not know the key in {place}")))
                }
            },
        }
    }
}

fn dead(message: &str) -> Failure {
    Failure::new(Kind::NotFound, message).hint("Name the project by its UUID, or by a live key")
}

fn start_sandbox(context: &Context) -> Result<Sandbox, Failure> {
    let any_port = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let options = sandbox::Options::new(any_port, context.sandbox_state()?);
    sandbox::start(options)
        .map_err(|error| Failure::from(error.context("The sandbox can't be started")))
}

fn base(context: &Context, sandbox: Option<&Sandbox>) -> Result<BaseUrl, Failure> {
    let text = match sandbox {
        Some(sandbox) => sandbox.url(),
        None => context.variables.dashboard_url.as_deref().unwrap_or(DASHBOARD),
    };
    BaseUrl::parse(text).map_err(|problem| {
        Failure::usage(format!("CENCORI_DASHBOARD_URL can't be used: {problem}."))
            .hint("Give it as https://HOST, or unset it to use https://cencori.com")
    })
}

fn credential(context: &Context, sandbox: Option<&Sandbox>) -> Result<Credential, Failure> {
    if let Some(sandbox) = sandbox {
        let identity = sandbox.identity();
        let kind = CredentialKind::Password {
            email: identity.owner_email.clone(),
            password: identity.owner_password.clone(),
        };
        return Ok(Credential { kind, origin: Origin::Sandbox });
    }
    credentials::environment::find(&context.variables)?.ok_or_else(|| {
        Failure::new(Kind::NotSignedIn, "Nobody is signed in.")
            .hint("Set CENCORI_EMAIL and CENCORI_PASSWORD to an organization owner's, or CENCORI_ACCESS_TOKEN")
            .hint("To try things out without an account, add --sandbox")
    })
}

fn sign_in(transport: Transport, credential: Credential) -> Result<Dashboard, Failure> {
    let origin = credential.origin;
    match credential.kind {
        CredentialKind::Password { email, password } => {
            let dashboard = Dashboard::new(transport, Authorization::None);
            dashboard.sign_in(&email, &password).map_err(|error| match error.status() {
                Some(400) => Failure::new(Kind::NotSignedIn, format!("Wrong password, or no account, for {email}."))
                    .hint(format!("Check {origin}; an account that signs in with Google, GitHub or SSO has no password")),
                _ => Failure::from(error).context("Signing in failed"),
            })?;
            Ok(dashboard)
        }
        CredentialKind::Token(token) => {
            let authorization = match SessionCookies::from_access_token(&token) {
                None => Authorization::Bearer(token),
                Some((_, end)) if end < Timestamp::now().as_second() + REFRESH_MARGIN => {
                    return Err(Failure::new(
                        Kind::NotSignedIn,
                        format!("The token in {origin} has run out."),
                    )
                    .hint("Set it to a fresh one; the service takes none in its last 90 seconds"));
                }
                Some((cookies, _)) => Authorization::Session(cookies),
            };
            Ok(Dashboard::new(transport, authorization))
        }
    }
}

/// Shows each attempt under `-v`.
fn observer(ui: Arc<Ui>) -> Box<dyn Fn(&Attempt<'_>) + Send + Sync> {
    Box::new(move |attempt| {
        let outcome = match &attempt.outcome {
            Ok(status) => status.to_string(),
            Err(cause) => cause.clone(),
        };
        let id =
            attempt.request_id.as_deref().map_or_else(String::new, |id| format!(" request {id}"));
        let elapsed = attempt.elapsed.as_millis();
        ui.trace(&format!("{} {} {outcome} {elapsed} ms{id}", attempt.method, attempt.path));
    })
}
