//! The dashboard's routes for key management (contract, *Key management* and
//! *Finding a project*).

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use uuid::Uuid;

use super::ApiError;
use super::browser_session::Tokens;
use super::listing::{LIST_LIMIT, Listing, Row};
use super::session::SessionCookies;
use super::transport::{Answer, Transport};
use cencori_core::key::Environment;
use cencori_core::listed_key::{ListedKey, NewKey};
use cencori_core::secret::Secret;

/// Says in the service's logs which program called (contract, *Usage of a key*).
pub(super) const APP: HeaderName = HeaderName::from_static("x-cencori-app");

/// This program there.
const APP_NAME: HeaderValue = HeaderValue::from_static(OWN_APP);

/// This program's name there.
pub(super) const OWN_APP: &str = "cencori-cli";

/// What calls identify themselves with.
#[derive(Debug)]
pub enum Authorization {
    /// Nothing: for signing in, and for routes that take a key.
    None,
    /// A session, which any answer may renew.
    Session(SessionCookies),
    /// A machine credential.
    Bearer(Secret),
}

/// The dashboard, seen by whoever is signed in.
pub struct Dashboard {
    transport: Transport,
    authorization: Mutex<Authorization>,
    renewal: Option<Renewal>,
    /// What the service has said yes to.
    known: Mutex<Known>,
}

/// What the service has said yes to: a no to it later is no answer.
#[derive(Default)]
struct Known {
    /// The session.
    session: bool,
    projects: HashSet<Uuid>,
}

/// The pauses before a project that the service knew, and then did not find, is asked
/// for again.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(200), Duration::from_millis(400), Duration::from_millis(800)];

/// Gets a session to continue in place of the one whose access token was refused; `None` if there
/// is none.
pub type Renewal = Box<dyn Fn(&Secret) -> Option<SessionCookies> + Send + Sync>;

/// A user of the service.
#[derive(Clone, Debug, Deserialize)]
pub struct Profile {
    /// What the service calls them.
    pub id: Uuid,
    /// Their address.
    pub email: Option<String>,
}

/// What the service says of a key itself (contract, *Finding a project*).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Alive.
    Live {
        /// The project that it belongs to.
        project: Uuid,
        /// What the dashboard calls that project, and has in its addresses.
        slug: Option<String>,
        /// What its people call it.
        name: Option<String>,
        /// The organization that owns it.
        organization: Option<String>,
    },
    /// Revoked.
    Revoked,
    /// Not known: deleted, never issued, or the service's database is down.
    Unknown,
}

impl Dashboard {
    /// The dashboard behind `transport`.
    pub fn new(transport: Transport, authorization: Authorization) -> Self {
        let known = Mutex::default();
        Self { transport, authorization: Mutex::new(authorization), renewal: None, known }
    }

    /// Has a session that is refused renewed by `renewal`, once a call.
    pub fn renewed_by(self, renewal: Renewal) -> Self {
        Self { renewal: Some(renewal), ..self }
    }

    /// Says that there is this project: that the service does not find it means then
    /// that it is having trouble.
    pub fn knows(&self, project: Uuid) {
        self.known().projects.insert(project);
    }

    /// How it is reached.
    pub fn transport(&self) -> &Transport {
        &self.transport
    }

    /// The live keys of one environment.
    ///
    /// # Errors
    /// [`ApiError`]: 401 signed out, 403 not an owner, 404 no such project.
    pub fn list_keys(&self, project: Uuid, environment: Environment) -> Result<Listing, ApiError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Keys {
            api_keys: Vec<Row>,
        }
        let path = format!("/api/projects/{project}/api-keys?environment={environment}");
        let answer = self.call(&Method::GET, &path, None)?;
        let rows = answer.json::<Keys>()?.api_keys;
        Ok(Listing {
            full: rows.len() >= LIST_LIMIT,
            keys: rows.into_iter().map(|row| row.into_key(environment)).collect(),
            server_time: answer.server_time,
        })
    }

    /// Makes a key and gives it: the only time that the service tells it.
    /// Never sent twice, because the service has no way to tell a repetition.
    ///
    /// # Errors
    /// [`ApiError`]; where [`ApiError::leaves_doubt`], the key may exist.
    pub fn create_key(&self, project: Uuid, key: &NewKey) -> Result<(ListedKey, Secret), ApiError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Created {
            api_key: Row,
        }
        let body = serde_json::json!({
            "name": key.name,
            "environment": key.environment,
            "key_type": key.key_type,
            "allowed_domains": key.allowed_domains,
        });
        let answer =
            self.call(&Method::POST, &format!("/api/projects/{project}/api-keys"), Some(&body))?;
        let mut row = answer.json::<Created>()?.api_key;
        let secret = row.full_key.take().ok_or_else(|| ApiError::Unintelligible {
            status: answer.status,
            what: "it holds no key".to_owned(),
        })?;
        Ok((row.into_key(key.environment), secret))
    }

    /// Asks for a key to be revoked. The service does that on a PATCH,
    /// whatever its body says, and answers 500 where the key is revoked
    /// already: whether it worked is found out by listing again.
    ///
    /// # Errors
    /// [`ApiError`]; most of them do not mean that the key is still alive.
    pub fn revoke_key(&self, project: Uuid, id: Uuid) -> Result<(), ApiError> {
        let path = format!("/api/projects/{project}/api-keys/{id}");
        self.call(&Method::PATCH, &path, None)?.json::<serde_json::Value>().map(drop)
    }

    /// Whoever is signed in.
    ///
    /// # Errors
    /// [`ApiError`]: 401 where nobody is.
    pub fn profile(&self) -> Result<Profile, ApiError> {
        #[derive(Deserialize)]
        struct Answer {
            profile: Profile,
        }
        Ok(self.call(&Method::GET, "/api/user/profile", None)?.json::<Answer>()?.profile)
    }

    /// The session that was signed in to with a password, to be kept. `email` is who it belongs
    /// to. `None` if there is none, or not of the known form.
    pub fn tokens(&self, email: Option<&str>) -> Option<Tokens> {
        let Authorization::Session(session) = &*self.lock() else { return None };
        let (access_token, refresh_token, expires_at) = session.tokens()?;
        Some(Tokens { access_token, refresh_token, expires_at, email: email.map(str::to_owned) })
    }

    /// Asks the service about a key itself. Sees a revocation at once.
    ///
    /// # Errors
    /// [`ApiError`] where the service can't say.
    pub fn validity(&self, key: &Secret) -> Result<Validity, ApiError> {
        #[derive(Deserialize)]
        struct Valid {
            project_id: Uuid,
            project_slug: Option<String>,
            project_name: Option<String>,
            org_name: Option<String>,
        }
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, bearer(key)?);
        let answer =
            self.transport.send(&Method::GET, "/api/agent/setup/validate", &headers, None)?;
        match answer.json::<Valid>() {
            Ok(valid) => {
                self.knows(valid.project_id);
                Ok(Validity::Live {
                    project: valid.project_id,
                    slug: valid.project_slug,
                    name: valid.project_name,
                    organization: valid.org_name,
                })
            }
            Err(ApiError::Refused { status: 401, message, .. }) if message.contains("revoked") => {
                Ok(Validity::Revoked)
            }
            Err(ApiError::Refused { status: 401, .. }) => Ok(Validity::Unknown),
            Err(error) => Err(error),
        }
    }

    /// Signs in with a password; the session is used from then on.
    ///
    /// # Errors
    /// [`ApiError`]: 400 for a wrong password or an unknown user, 429 for too
    /// many tries.
    pub fn sign_in(&self, email: &str, password: &Secret) -> Result<(), ApiError> {
        let body = serde_json::json!({"email": email, "password": password.expose()});
        let answer = self.transport.send(
            &Method::POST,
            "/api/auth/login",
            &HeaderMap::new(),
            Some(&body),
        )?;
        answer.json::<serde_json::Value>()?;
        let mut session = SessionCookies::default();
        session.absorb(&answer.cookies);
        if session.is_empty() {
            let what = "it signs in without a session cookie".to_owned();
            return Err(ApiError::Unintelligible { status: answer.status, what });
        }
        *self.lock() = Authorization::Session(session);
        Ok(())
    }

    /// Makes a call by whoever is signed in.
    ///
    /// A session that is refused can have run out by the service's clock, which is not
    /// ours: it is renewed, and what is safe to send twice is sent again. 401 and 404
    /// are also the service's answers while a part of it is down. What it has said yes
    /// to is asked for again, and that it keeps saying no is
    /// [`ApiError::Contradicted`].
    pub(super) fn call(
        &self,
        method: &Method,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<Answer, ApiError> {
        let project = project_of(path);
        let mut answer = self.call_renewing(method, path, body)?;
        let is_known = project.is_some_and(|project| self.known().projects.contains(&project));
        // Of a project that nobody has seen yet, a second no is taken for one.
        let pauses = if is_known { &PAUSES[..] } else { &PAUSES[..1] };
        for pause in pauses {
            let Some(ApiError::Refused { status: 404, .. }) = answer.refusal() else { break };
            if method != Method::GET || project.is_none() {
                break;
            }
            std::thread::sleep(*pause);
            answer = self.call_renewing(method, path, body)?;
        }
        match answer.refusal() {
            Some(ApiError::Refused { status: 404, message, .. }) if is_known => {
                return Err(ApiError::Contradicted { status: 404, message });
            }
            None => {
                let mut known = self.known();
                known.session = true;
                known.projects.extend(project);
            }
            Some(_) => {}
        }
        Ok(answer)
    }

    /// Makes a call, with a renewed session where the one in use is refused.
    fn call_renewing(
        &self,
        method: &Method,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<Answer, ApiError> {
        let used = match &*self.lock() {
            Authorization::Session(session) => {
                session.tokens().map(|(access_token, _, _)| access_token)
            }
            _ => None,
        };
        let answer = self.call_once(method, path, body)?;
        let Some(ApiError::Refused { status: 401, message, .. }) = answer.refusal() else {
            return Ok(answer);
        };
        let still_good = match (&self.renewal, used) {
            (Some(renewal), Some(used)) => match renewal(&used) {
                Some(session) => {
                    *self.lock() = Authorization::Session(session);
                    true
                }
                None => false,
            },
            _ => self.known().session,
        };
        match (still_good, method) {
            (true, &Method::GET) => {
                let again = self.call_once(method, path, body)?;
                // What a session is worth that was renewed, whoever keeps it finds out.
                match again.refusal() {
                    Some(ApiError::Refused { status: 401, message, .. })
                        if self.renewal.is_none() =>
                    {
                        Err(ApiError::Contradicted { status: 401, message })
                    }
                    _ => Ok(again),
                }
            }
            (true, _) => Err(ApiError::Contradicted { status: 401, message }),
            (false, _) => Ok(answer),
        }
    }

    fn call_once(
        &self,
        method: &Method,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<Answer, ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert(APP, APP_NAME);
        match &*self.lock() {
            Authorization::None => {}
            Authorization::Session(session) => {
                headers.insert(COOKIE, session.header().map_err(|_| unsendable())?);
            }
            Authorization::Bearer(token) => {
                headers.insert(AUTHORIZATION, bearer(token)?);
            }
        }
        let answer = self.transport.send(method, path, &headers, body)?;
        if let Authorization::Session(session) = &mut *self.lock() {
            // A renewed session makes the old one unusable (contract, *Refresh*).
            session.absorb(&answer.cookies);
        }
        Ok(answer)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Authorization> {
        self.authorization.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The project that a path is about.
fn project_of(path: &str) -> Option<Uuid> {
    path.strip_prefix("/api/projects/")?.split('/').next()?.parse().ok()
}

/// The headers of a call that a key makes for itself.
///
/// # Errors
/// If the key has characters that can't be sent.
pub(super) fn headers_of(key: &Secret) -> Result<HeaderMap, ApiError> {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, bearer(key)?);
    headers.insert(APP, APP_NAME);
    Ok(headers)
}

/// `Bearer` is written with a capital: `validate` knows no other spelling.
fn bearer(token: &Secret) -> Result<HeaderValue, ApiError> {
    let mut value =
        HeaderValue::from_str(&format!("Bearer {}", token.expose())).map_err(|_| unsendable())?;
    value.set_sensitive(true);
    Ok(value)
}

fn unsendable() -> ApiError {
    ApiError::Refused {
        status: 401,
        message: "the credential has characters that can't be sent".to_owned(),
        retry_after: None,
    }
}
