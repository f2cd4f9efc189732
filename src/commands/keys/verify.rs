//! `cencori keys verify`

mod verdict;

use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use self::verdict::{Answers, Listed, Route, judge};
use super::reference::{self, Reference};
use super::{Live, as_json, describe, environments};
use crate::api::{Acceptance, ApiError, Dashboard, Validity};
use crate::commands::account::Account;
use crate::commands::completions::Completes;
use crate::commands::project::ProjectReference;
use crate::commands::service::Service;
use crate::commands::values;
use crate::context::Context;
use crate::destinations::defaults;
use crate::failure::{Exit, Failure, Kind};
use crate::key::{self, Environment, KeyType};
use crate::key_status::KeyStatus;
use crate::listed_key::ListedKey;
use crate::secret::Secret;
use crate::ui::report::Report;
use crate::ui::{Layout, printable, unless_reader_left};

/// Find out whether a key is live, whose it is, and where it works
///
/// Given the key's text (FILE:VARIABLE, or - for standard input), the command asks the service
/// about the key itself, which needs no sign-in; if you are signed in, it shows the name too. A
/// key that you name is looked up in the list of live keys. Without KEY, it is CENCORI_API_KEY in
/// the .env file that the project uses.
///
/// Exit codes: 0 live (and accepted from --origin), 3 revoked (or not accepted from there), 6
/// unknown, 8 the service can't answer now.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "KEY", add = Completes::Key, help = reference::HELP)]
    key: Option<String>,

    /// Also ask whether a page at this address can use the key
    #[arg(long, value_name = "URL", value_parser = origin)]
    origin: Option<String>,

    /// Look only in this environment
    #[arg(long, value_parser = values::environment())]
    environment: Option<Environment>,
}

/// Verifies a key.
///
/// # Errors
/// If there is no key at the named place, and as [`Account::open`] for one that is named otherwise.
/// What the service does not answer is told, not an error.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    let reference = match &arguments.key {
        Some(key) => Reference::parse(context, key)?,
        None => Reference::parse(context, &usual_place(context)).map_err(|failure| {
            failure.hint("Name the key: FILE:VARIABLE, or - for standard input")
        })?,
    };
    let verified = match reference.held() {
        Some(key) => ask(context, arguments, &reference, key)?,
        None => look_up(context, arguments, &reference)?,
    };
    unless_reader_left(context.ui.report(&verified))?;
    Ok(verified.exit())
}

/// Where a key is looked for if none is named.
fn usual_place(context: &Context) -> String {
    let (key_type, environment) = (KeyType::Secret, Environment::Production);
    let file = defaults::file(&context.directory, key_type, environment, None);
    let variable = defaults::variable(key_type, environment, file.as_ref());
    format!("{file}:{variable}")
}

/// Looks a key up whose text is not at hand.
fn look_up(
    context: &Context,
    arguments: &Args,
    reference: &Reference,
) -> Result<Verified, Failure> {
    if arguments.origin.is_some() {
        return Err(Failure::usage("--origin needs the key itself: only its text can be tried")
            .hint("Say where it is: FILE:VARIABLE, or - for standard input"));
    }
    let account = Account::open(context)?;
    account.warn_of_interrupted(context)?;
    let live = Live::list(&account, arguments.environment)?;
    let found = reference.resolve(&live.keys)?.cloned();
    let (state, said) = match (&found, live.complete) {
        (Some(_), _) => (KeyStatus::Live, "live"),
        (None, true) => (KeyStatus::Unknown, "not live: revoked before, or never of this project"),
        (None, false) => {
            (KeyStatus::Undetermined, "not among the newest 1,000, which is all it shows")
        }
    };
    Ok(Verified {
        named: reference.shown.clone(),
        shown: found.as_ref().map(|key| printable(&key.prefix)),
        state,
        source: (state != KeyStatus::Undetermined).then_some(Route::List),
        cross_checked: true,
        owner: Owner { project: Some(account.project), ..Owner::default() },
        key: found,
        origin: None,
        said: vec![(Route::List, said.to_owned())],
    })
}

/// Asks about a key whose text is at hand, whoever is signed in, if anybody.
fn ask(
    context: &Context,
    arguments: &Args,
    reference: &Reference,
    key: &Secret,
) -> Result<Verified, Failure> {
    let service = Service::find(context)?;
    let gateway = service.gateway(context)?;
    let dashboard = service.anonymous(context);
    let (validate, models) = std::thread::scope(|scope| {
        let models = scope.spawn(|| gateway.lists_models(key));
        let validate = dashboard.validity(key);
        (validate, models.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let mut answers = Answers { validate, models, ai: None, listed: Listed::NotAsked };
    if arguments.origin.is_some() || !answers.are_definite() {
        answers.ai = Some(dashboard.accepts(key, arguments.origin.as_deref()));
    }
    // A list shows live keys only.
    if answers.validate != Ok(Validity::Revoked) {
        answers.listed = listed(context, arguments, &service, key, &answers.validate);
    }
    let (state, source) = judge(&answers);
    let said = said(&answers);
    let cross_checked = matches!(answers.listed, Listed::Missing);
    let mut owner = match answers.validate {
        Ok(Validity::Live { project, slug, name, organization }) => {
            Owner { project: Some(project), slug, name, organization }
        }
        _ => Owner::default(),
    };
    let origin = arguments.origin.clone().zip(answers.ai);
    let key_found = match answers.listed {
        Listed::Found(key, project) => {
            owner.project = Some(project);
            Some(*key)
        }
        Listed::NotAsked | Listed::Failed | Listed::Missing => None,
    };
    Ok(Verified {
        named: reference.shown.clone(),
        shown: Some(key::mask(key.expose())),
        state,
        source,
        cross_checked,
        owner,
        key: key_found,
        origin,
        said,
    })
}

/// Looks for the key by its hash, in the project that it says it is of, else in
/// the one that is named. Why that can't be done is told only where somebody
/// could expect it to.
fn listed(
    context: &Context,
    arguments: &Args,
    service: &Service,
    key: &Secret,
    validate: &Result<Validity, ApiError>,
) -> Listed {
    let look = || -> Result<Option<Listed>, Failure> {
        let credential = match service.credential(context) {
            Err(failure) if failure.kind == Kind::NotSignedIn => return Ok(None),
            credential => credential?,
        };
        let dashboard = service.sign_in(context, credential)?;
        let project = match validate {
            Ok(Validity::Live { project, .. }) => *project,
            _ => match ProjectReference::find(context, service) {
                Ok(project) => project.resolve(&dashboard)?.id,
                Err(_) => return Ok(None),
            },
        };
        match find(&dashboard, project, arguments.environment, key) {
            // Somebody else's project, which the service looked up.
            Err(error) if error.status() == Some(403) => Ok(Some(Listed::Missing)),
            // No such project, or its database is down.
            Err(error) if error.status() == Some(404) => Ok(None),
            other => Ok(Some(other?)),
        }
    };
    match look() {
        Ok(listed) => listed.unwrap_or(Listed::NotAsked),
        Err(failure) => {
            context.ui.warn(&format!("The list of keys can't be read: {}.", failure.message()));
            Listed::Failed
        }
    }
}

fn find(
    dashboard: &Dashboard,
    project: Uuid,
    environment: Option<Environment>,
    key: &Secret,
) -> Result<Listed, ApiError> {
    let fingerprint = key.fingerprint();
    for environment in environments(environment) {
        let keys = dashboard.list_keys(project, environment)?.keys;
        if let Some(found) = keys.into_iter().find(|listed| listed.is(&fingerprint)) {
            return Ok(Listed::Found(Box::new(found), project));
        }
    }
    Ok(Listed::Missing)
}

/// What each route said, in words.
fn said(answers: &Answers) -> Vec<(Route, String)> {
    let took = |answer: &Result<Acceptance, ApiError>| match answer {
        Ok(Acceptance::Accepted) => "accepted".to_owned(),
        Ok(Acceptance::InvalidKey) => "invalid, or its database is down".to_owned(),
        Ok(Acceptance::RevokedKey) => "revoked".to_owned(),
        Ok(Acceptance::DomainNotAllowed) => "not from this origin".to_owned(),
        Ok(Acceptance::NetworkDenied) => {
            "not from this machine, which the networks that the project allows exclude".to_owned()
        }
        Err(error) => error.to_string(),
    };
    let validate = match &answers.validate {
        Ok(Validity::Live { .. }) => "live".to_owned(),
        Ok(Validity::Revoked) => "revoked".to_owned(),
        Ok(Validity::Unknown) => "invalid, or its database is down".to_owned(),
        Err(error) => error.to_string(),
    };
    let listed = match &answers.listed {
        Listed::NotAsked | Listed::Failed => None,
        Listed::Found(..) => Some("live"),
        Listed::Missing => Some("not in one that you may read"),
    };
    let mut said = vec![(Route::Validate, validate), (Route::Models, took(&answers.models))];
    said.extend(answers.ai.as_ref().map(|answer| (Route::Ai, took(answer))));
    said.extend(listed.map(|listed| (Route::List, listed.to_owned())));
    said
}

/// What a browser sends for a page at `text`: scheme, host and port, the host in
/// lower case and in punycode.
fn origin(text: &str) -> Result<String, String> {
    let url = Url::parse(text).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
    url.map(|url| url.origin().ascii_serialization())
        .ok_or_else(|| "give it as https://HOST, as a browser shows it".to_owned())
}

/// Whose a key is.
#[derive(Default)]
struct Owner {
    project: Option<Uuid>,
    slug: Option<String>,
    name: Option<String>,
    organization: Option<String>,
}

struct Verified {
    /// How the key was named.
    named: String,
    /// The key's beginning.
    shown: Option<String>,
    state: KeyStatus,
    /// Which route decided.
    source: Option<Route>,
    /// Whether it is certain that the service's database answers.
    cross_checked: bool,
    owner: Owner,
    key: Option<ListedKey>,
    /// From where, and whether it is taken from there.
    origin: Option<(String, Result<Acceptance, ApiError>)>,
    /// What each route said.
    said: Vec<(Route, String)>,
}

impl Verified {
    fn exit(&self) -> Exit {
        match (self.state, self.is_taken()) {
            (KeyStatus::Live, None | Some(Some(true))) => Exit::Done,
            (KeyStatus::Live, Some(Some(false))) | (KeyStatus::Revoked, _) => Exit::Findings,
            (KeyStatus::Unknown, _) => Exit::Unfinished(Kind::NotFound),
            (KeyStatus::Undetermined, _) | (KeyStatus::Live, Some(None)) => {
                Exit::Unfinished(Kind::Unavailable)
            }
        }
    }

    /// Whether it is taken from the origin that was asked about, where one was,
    /// and where the service could say. A live key that is called invalid there
    /// is one that the service can't look up now.
    fn is_taken(&self) -> Option<Option<bool>> {
        self.origin.as_ref().map(|(_, answer)| match answer {
            Ok(Acceptance::Accepted) => Some(true),
            Ok(Acceptance::DomainNotAllowed | Acceptance::NetworkDenied) => Some(false),
            Ok(Acceptance::RevokedKey) => Some(false),
            Ok(Acceptance::InvalidKey) if self.state != KeyStatus::Live => Some(false),
            Ok(Acceptance::InvalidKey) | Err(_) => None,
        })
    }

    fn state_in_words(&self) -> String {
        match (self.state, self.source) {
            (KeyStatus::Undetermined, _) => "undetermined: the service can't tell now".to_owned(),
            (state, Some(route)) if route.may_lag() => {
                format!("{}, or revoked within the last 125 s", state.as_str())
            }
            (KeyStatus::Unknown, _) if !self.cross_checked => {
                "unknown, unless the service's database is down; signed in, that is checked"
                    .to_owned()
            }
            (state, _) => state.as_str().to_owned(),
        }
    }

    fn owner_in_words(&self) -> Option<String> {
        let project = self.owner.project?;
        let name = self.owner.name.as_deref().or(self.owner.slug.as_deref());
        Some(name.map_or(project.to_string(), |name| format!("{} ({project})", printable(name))))
    }
}

impl Report for Verified {
    fn text(&self, _: &Layout) -> String {
        let key = match &self.shown {
            Some(shown) => format!("{shown} ({})", self.named),
            None => self.named.clone(),
        };
        let mut lines = vec![("key", key), ("state", self.state_in_words())];
        lines.extend(self.key.as_ref().map(|key| ("name", describe(key))));
        lines.extend(self.owner_in_words().map(|project| ("project", project)));
        let organization = self.owner.organization.as_deref();
        lines.extend(organization.map(|name| ("organization", printable(name))));
        if let Some((origin, _)) = &self.origin {
            let network = matches!(self.origin, Some((_, Ok(Acceptance::NetworkDenied))));
            let taken = match self.is_taken().flatten() {
                Some(false) if network => {
                    "allowed, but not from this machine: the networks that the project allows exclude it"
                }
                Some(true) if self.state == KeyStatus::Revoked => {
                    "still taken from there, for up to 125 s after it was revoked"
                }
                Some(true) => "taken from there",
                Some(false) => "not taken from there",
                None => "the service can't say now",
            };
            lines.push(("origin", format!("{origin}: {taken}")));
        }
        for (index, (route, said)) in self.said.iter().enumerate() {
            let route = match route {
                Route::Validate => "the dashboard",
                Route::Models => "the gateway",
                Route::Ai => "the AI routes, up to 125 s late",
                Route::List => "the list of live keys",
            };
            let label = if index == 0 { "asked" } else { "" };
            lines.push((label, format!("{route}: {}", printable(said))));
        }
        let lines = lines.iter().map(|(label, value)| format!("{label:<12} {value}\n"));
        key::mask(&lines.collect::<String>())
    }

    fn json(&self) -> Value {
        let said = self.said.iter().map(|(route, said)| {
            json!({ "route": route.as_str(), "said": said, "may_lag": route.may_lag() })
        });
        let project = self.key.as_ref().and(self.owner.project);
        json!({
            "named": self.named,
            "prefix": self.shown,
            "state": self.state.as_str(),
            "source": self.source.map(Route::as_str),
            "may_lag": self.source.is_some_and(Route::may_lag),
            "project": self.owner.project,
            "project_name": self.owner.name,
            "project_slug": self.owner.slug,
            "organization": self.owner.organization,
            "key": self.key.as_ref().zip(project).map(|(key, project)| as_json(key, project)),
            "origin": self.origin.as_ref().map(|(origin, _)| json!({
                "origin": origin, "accepted": self.is_taken().flatten(), "may_lag": true,
            })),
            "asked": said.collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        let read = |text: &str| origin(text).ok();
        assert_eq!(read("https://A.Example/shop?x").as_deref(), Some("https://a.example"));
        assert_eq!(read("http://localhost:3000").as_deref(), Some("http://localhost:3000"));
        assert_eq!(
            read("https://bücher.example:443").as_deref(),
            Some("https://xn--bcher-kva.example")
        );
        for bad in ["a.example", "localhost:3000", "null", "", "file:///x", "*.a.example"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
