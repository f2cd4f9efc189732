//! Which service a command talks to, and signing in to it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::api::dashboard::Authorization;
use crate::api::session::SessionCookies;
use crate::api::transport::Attempt;
use crate::api::{BaseUrl, Dashboard, Gateway, Transport};
use crate::auth::credentials::keychain::Patience;
use crate::auth::credentials::store::SessionName;
use crate::auth::credentials::{self, Credential, CredentialKind, Origin};
use crate::auth::sign_in::kept::{self, KeptSession};
use crate::config::Profile;
use crate::context::Context;
use crate::failure::{Failure, Hint, Kind, SuggestedCommand};
use crate::sandbox::{self, Sandbox};
use crate::secret::Secret;
use crate::ui::Ui;

/// The service's own address (contract, *Two bases*).
const DASHBOARD: &str = "https://cencori.com";

/// What applications call there (contract, *Two bases*).
const GATEWAY: &str = "https://api.cencori.com";

/// From how long before its end on the service no longer takes an access token
/// without a refresh token, in seconds (contract, *Refresh*).
const REFRESH_MARGIN: i64 = 90;

/// The service, or the sandbox in its place.
pub struct Service {
    base: BaseUrl,
    profile: (String, Profile),
    /// Runs as long as it is used.
    sandbox: Option<Sandbox>,
}

impl Service {
    /// Finds out where the service is: the sandbox where that is asked for, else
    /// by variable, by profile, or its own address.
    ///
    /// # Errors
    /// An address that can't be used, or an unknown profile.
    pub fn find(context: &Context) -> Result<Self, Failure> {
        let (settings, folder) = context.settings()?;
        let profile = settings.profile(context.profile.as_deref(), &folder)?;
        let sandbox = if context.sandbox { Some(start_sandbox(context)?) } else { None };
        let (text, source) =
            match (&sandbox, &context.variables.dashboard_url, &profile.1.dashboard_url) {
                (Some(sandbox), _, _) => (sandbox.url(), "the sandbox"),
                (None, Some(url), _) => (url.as_str(), "CENCORI_DASHBOARD_URL"),
                (None, None, Some(url)) => (url.as_str(), "The profile's dashboard_url"),
                (None, None, None) => (DASHBOARD, "the service's address"),
            };
        let base = BaseUrl::parse(text).map_err(|problem| {
            Failure::usage(format!("{source} can't be used: {problem}"))
                .hint("Give it as https://HOST, or leave it out to use https://cencori.com")
        })?;
        Ok(Self { base, profile, sandbox })
    }

    /// Where the service is.
    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// The profile in use.
    pub fn profile(&self) -> &Profile {
        &self.profile.1
    }

    /// The name of the profile in use.
    pub fn profile_name(&self) -> &str {
        &self.profile.0
    }

    /// The sandbox, where it is in.
    pub fn sandbox(&self) -> Option<&Sandbox> {
        self.sandbox.as_ref()
    }

    /// What calls are made with; every one is shown under `-v`.
    pub fn transport(&self, context: &Context) -> Transport {
        transport_to(self.base.clone(), context)
    }

    /// The dashboard, seen by nobody: for what a key says of itself.
    pub fn anonymous(&self, context: &Context) -> Dashboard {
        Dashboard::new(self.transport(context), Authorization::None)
    }

    /// What applications call: the sandbox where that is in; else by variable, by profile, or what
    /// belongs to the dashboard: the service's own where that is the service's, and the same
    /// address elsewhere.
    ///
    /// # Errors
    /// An address that can't be used.
    pub fn gateway(&self, context: &Context) -> Result<Gateway, Failure> {
        let named = match (&context.variables.gateway_url, &self.profile.1.gateway_url) {
            _ if self.sandbox.is_some() => None,
            (Some(url), _) => Some((url.as_str(), "CENCORI_GATEWAY_URL")),
            (None, Some(url)) => Some((url.as_str(), "The profile's gateway_url")),
            (None, None) if self.base.origin() == DASHBOARD => Some((GATEWAY, "The gateway")),
            (None, None) => None,
        };
        let base = match named {
            None => self.base.clone(),
            Some((text, source)) => BaseUrl::parse(text).map_err(|problem| {
                Failure::usage(format!("{source} can't be used: {problem}")).hint(
                    Hint::from("Give it as https://HOST, or leave it out to use ").text(GATEWAY),
                )
            })?,
        };
        Ok(Gateway::new(transport_to(base, context)))
    }

    /// What there is to sign in with.
    ///
    /// # Errors
    /// Nothing, or half of something.
    pub fn credential(&self, context: &Context) -> Result<Credential, Failure> {
        if let Some(sandbox) = &self.sandbox {
            let identity = sandbox.identity();
            let kind = CredentialKind::Password {
                email: identity.owner_email.clone(),
                password: identity.owner_password.clone(),
            };
            return Ok(Credential { kind, origin: Origin::Sandbox });
        }
        if let Some(credential) = credentials::environment::find(&context.variables)? {
            return Ok(credential);
        }
        match self.kept(context)?.load() {
            Ok(Some(session)) => {
                Ok(Credential { kind: CredentialKind::Session(session), origin: Origin::Session })
            }
            Ok(None) => Err(Failure::new(Kind::NotSignedIn, "Nobody is signed in")
                .hint(
                    Hint::from("Sign in with ")
                        .command(SuggestedCommand::cencori(["auth", "login"]))
                        .text(
                            "; or set CENCORI_EMAIL and CENCORI_PASSWORD to an organization owner's, or \
                             CENCORI_ACCESS_TOKEN",
                        ),
                )
                .hint("To try things out without an account, add --sandbox")),
            Err(failure) => Err(failure.context("Nobody is signed in by variables, and no session can be read")),
        }
    }

    /// The dashboard, as seen by whoever is signed in, for a look that leaves nothing behind: no
    /// session is made or renewed, and no keychain asks. `None` if that can't be.
    pub fn with_saved_session(&self, context: &Context) -> Option<Dashboard> {
        if let Some(named) = credentials::environment::find(&context.variables).ok()? {
            // A password would make a session each time.
            let token = matches!(named.kind, CredentialKind::Token(_));
            return if token { self.sign_in(context, named).ok() } else { None };
        }
        let kept = self.kept(context).ok()?;
        // That keychain can't be told not to open a window.
        if cfg!(target_os = "macos") && kept.is_in_keychain() {
            return None;
        }
        let session = kept.load().ok()?.filter(|session| !kept::ends_soon(session))?;
        let (cookies, _) = SessionCookies::from_access_token(&session.access_token)?;
        Some(Dashboard::new(self.transport(context), Authorization::Session(cookies)))
    }

    /// Where the session of this profile at this host is kept.
    ///
    /// # Errors
    /// If there is no place for state.
    pub fn kept(&self, context: &Context) -> Result<KeptSession, Failure> {
        let origin = self.base.origin();
        let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
        let name = SessionName::new(self.profile_name(), host);
        let state = context.state_directory()?.to_owned();
        let keychain = !self.is_on_this_machine();
        let has_bus = context.variables.has_session_bus;
        Ok(KeptSession::new(name, state, has_bus, keychain, patience(context)))
    }

    /// Whether it is a sandbox, or something like it: plain http is accepted on
    /// this machine only. What belongs to one never enters the keychain.
    pub fn is_on_this_machine(&self) -> bool {
        !self.base.origin().starts_with("https://")
    }

    /// The dashboard, as seen by whoever `credential` stands for.
    ///
    /// # Errors
    /// If the credential is refused, or has run out.
    pub fn sign_in(&self, context: &Context, credential: Credential) -> Result<Dashboard, Failure> {
        let transport = self.transport(context);
        let origin = credential.origin;
        match credential.kind {
            CredentialKind::Password { email, password } => {
                let advice = Hint::from("Check ")
                    .data(origin)
                    .text("; an account that signs in with Google, GitHub or SSO has no password");
                sign_in_with_password(transport, &email, &password, advice)
            }
            CredentialKind::Session(session) => {
                let fresh = self.kept(context)?.fresh(session, &transport)?;
                if let Some(error) = fresh.unstored {
                    context.ui.warn(&format!(
                        "The renewed session could not be stored, and is used for this run only: {error}."
                    ));
                    context.ui.hint(error.hint());
                }
                let cookies = SessionCookies::from_access_token(&fresh.session.access_token);
                let (cookies, _) = cookies.ok_or_else(|| {
                    Failure::new(
                        Kind::NotSignedIn,
                        "The session that is kept is not of a known kind",
                    )
                    .hint(
                        Hint::from("Sign in again with ")
                            .command(SuggestedCommand::cencori(["auth", "login"])),
                    )
                })?;
                let (kept, another) = (self.kept(context)?, self.transport(context));
                let renewal = move |used: &Secret| {
                    let renewed =
                        kept.renew(&another, |stored| stored.access_token == *used).ok()?;
                    Some(SessionCookies::from_access_token(&renewed.session.access_token)?.0)
                };
                let dashboard = Dashboard::new(transport, Authorization::Session(cookies));
                Ok(dashboard.renewed_by(Box::new(renewal)))
            }
            CredentialKind::Token(token) => {
                let authorization = match SessionCookies::from_access_token(&token) {
                    None => Authorization::Bearer(token),
                    Some((_, end)) if end < Timestamp::now().as_second() + REFRESH_MARGIN => {
                        let message = format!("The token in {origin} has run out");
                        return Err(Failure::new(Kind::NotSignedIn, message).hint(
                            "Set it to a fresh one; the service takes none in its last 90 seconds",
                        ));
                    }
                    Some((cookies, _)) => Authorization::Session(cookies),
                };
                Ok(Dashboard::new(transport, authorization))
            }
        }
    }
}

/// How long the keychain is waited for: the desktop asks only where somebody sits, and
/// may be asked.
pub fn patience(context: &Context) -> Patience {
    if context.prompter.interactive() { Patience::Person } else { Patience::Brief }
}

/// What a 401 to a session that was kept means (contract, *401 is ambiguous*):
/// a service that renews it knows it.
pub fn why_refused(kept: &KeptSession, dashboard: &Dashboard) -> Failure {
    match kept.renew(dashboard.transport(), |_| true) {
        Ok(_) => Failure::new(
            Kind::Unavailable,
            "The service refused the session, and renewed it when asked: it is having trouble",
        )
        .hint("Try again in a minute"),
        Err(failure) => failure,
    }
}

/// The variables that sign in, whatever session is kept.
pub fn overriding(context: &Context) -> Option<Origin> {
    credentials::environment::find(&context.variables)
        .ok()
        .flatten()
        .map(|credential| credential.origin)
}

/// What would sign in too, if the credential of `origin` did not.
pub fn overridden(context: &Context, origin: Origin) -> Vec<String> {
    let password = context.variables.email.is_some() && context.variables.password.is_some();
    match origin {
        Origin::AccessTokenVariable if password => vec![Origin::PasswordVariables.to_string()],
        _ => Vec::new(),
    }
}

/// Signs in with a password. `advice` is what to do where it is refused.
///
/// # Errors
/// A wrong password or an unknown account, or the service can't be asked.
pub fn sign_in_with_password(
    transport: Transport,
    email: &str,
    password: &Secret,
    advice: impl Into<Hint>,
) -> Result<Dashboard, Failure> {
    let dashboard = Dashboard::new(transport, Authorization::None);
    dashboard.sign_in(email, password).map_err(|error| match error.status() {
        Some(400) => {
            let message = format!("Wrong password, or no account, for {email}");
            Failure::new(Kind::NotSignedIn, message).hint(advice)
        }
        _ => Failure::from(error).context("Signing in failed"),
    })?;
    Ok(dashboard)
}

/// Every call is shown under `-v`.
fn transport_to(base: BaseUrl, context: &Context) -> Transport {
    Transport::new(base, context.timeout, observer(Arc::clone(&context.ui)))
}

fn start_sandbox(context: &Context) -> Result<Sandbox, Failure> {
    let any_port = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let options = sandbox::Options::new(any_port, context.sandbox_state()?);
    sandbox::start(options)
        .map_err(|error| Failure::from(error.context("The sandbox can't be started")))
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
