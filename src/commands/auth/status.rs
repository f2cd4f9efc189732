//! `cencori auth status`

use jiff::Timestamp;
use serde_json::json;

use crate::api::Dashboard;
use crate::auth::credentials::Origin;
use crate::auth::credentials::keychain::Patience;
use crate::auth::credentials::store::SessionStore as _;
use crate::commands::service::{self, Service};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::ui::Layout;
use crate::ui::report::Report;

/// Show who is signed in, how, and until when
///
/// Exits with 4 if nobody is signed in.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Shows who is signed in: asks the service, not only the store.
///
/// # Errors
/// If nobody is, or the service can't be asked.
pub fn run(context: &Context) -> Result<Exit, Failure> {
    let service = Service::find(context)?;
    let credential = service.credential(context)?;
    let origin = credential.origin;
    let dashboard = service.sign_in(context, credential)?;
    let profile = dashboard.profile().map_err(|error| match (error.status(), origin) {
        (Some(401), Origin::Session) => refused(context, &service, &dashboard),
        (Some(401), _) => Failure::from(error).hint(origin.advice_when_refused()),
        _ => Failure::from(error),
    })?;
    let (mut store, mut expires_at, mut insecure) = (None, None, false);
    let mut overridden = service::overridden(context, origin);
    if origin == Origin::Session {
        let kept = service.kept(context)?;
        store = Some(kept.store(Patience::Brief).describe());
        expires_at =
            kept.load()?.and_then(|session| Timestamp::from_second(session.expires_at).ok());
        insecure = kept.may_use_keychain() && kept.file().path().exists();
    } else if let Some(place) = unused(context, &service) {
        overridden.push(format!("the session in {place}"));
    }
    if insecure {
        context.ui.warn("The session is in a file: whoever can read it can manage your keys.");
    }
    let host = service.base().origin();
    let profile_name = service.profile_name().to_owned();
    context.ui.report(&Status {
        email: profile.email,
        host,
        profile: profile_name,
        source: origin.to_string(),
        store,
        expires_at,
        overridden,
    })?;
    Ok(Exit::Done)
}

fn refused(context: &Context, service: &Service, dashboard: &Dashboard) -> Failure {
    service
        .kept(context)
        .map_or_else(|failure| failure, |kept| service::why_refused(&kept, dashboard))
}

/// Where a session is kept that is not used: one in a file, which can be seen
/// without asking the keychain.
fn unused(context: &Context, service: &Service) -> Option<String> {
    let file = service.kept(context).ok()?.file();
    file.path().exists().then(|| file.describe())
}

struct Status {
    email: Option<String>,
    host: String,
    profile: String,
    source: String,
    store: Option<String>,
    /// When the access token ends; it is renewed until the session ends.
    expires_at: Option<Timestamp>,
    overridden: Vec<String>,
}

impl Report for Status {
    fn text(&self, _: &Layout) -> String {
        let mut lines = vec![
            (
                "signed in as",
                crate::ui::printable(
                    self.email.as_deref().unwrap_or("an account without an email"),
                ),
            ),
            ("host", self.host.clone()),
            ("profile", self.profile.clone()),
            ("by", self.source.clone()),
        ];
        lines.extend(self.overridden.iter().map(|other| ("overridden", other.clone())));
        lines.extend(self.store.iter().map(|store| ("kept in", store.clone())));
        lines.extend(self.expires_at.iter().map(|time| ("renewed by", format!("{time:.0}"))));
        lines.iter().map(|(label, value)| format!("{label:<13} {value}\n")).collect()
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "email": self.email,
            "host": self.host,
            "profile": self.profile,
            "source": self.source,
            "store": self.store,
            "expires_at": self.expires_at.map(|time| time.to_string()),
            "overridden": self.overridden,
        })
    }
}
