//! Signing in with a browser, which knows all the ways that the service has
//! (contract, *Sign-in with a browser*): the person signs in there, and the
//! browser is sent back to this machine with a code.
//!
//! The code alone is worth nothing: it is exchanged together with a verifier
//! that never leaves this process before.

use std::io;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use url::form_urlencoded;

use super::callback::{Expected, PATH};
use super::{SignInError, listener, pkce};
use crate::api::browser_session::{self, Tokens};
use crate::api::{ApiError, BaseUrl, Transport};
use crate::secret::Secret;

/// How long a sign-in may take. The service's codes live as long.
pub const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// A sign-in under way, and the open port on which it is waited for. May be
/// shared between a thread that waits for the browser and one that waits for
/// the person: whichever answer comes first is the only one.
pub struct BrowserSignIn {
    /// Gone once there is an answer.
    listener: Mutex<Option<TcpListener>>,
    expected: Expected,
    answered: AtomicBool,
    verifier: Secret,
    url: String,
    ends: Instant,
}

/// What the browser brought: good for one exchange.
#[derive(Debug)]
pub struct Code(Secret);

impl BrowserSignIn {
    /// Begins a sign-in at `dashboard`: from here on a port of 127.0.0.1 is
    /// open.
    ///
    /// # Errors
    /// If there is no free port, or no randomness.
    pub fn begin(dashboard: &BaseUrl) -> io::Result<Self> {
        let (listener, port) = listener::bind()?;
        let verifier = pkce::random_text()?;
        let state = pkce::random_text()?;
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("code_challenge", &pkce::challenge_of(&verifier))
            .append_pair("state", state.expose())
            .append_pair("redirect_uri", &format!("http://127.0.0.1:{port}{PATH}"))
            .finish();
        Ok(Self {
            listener: Mutex::new(Some(listener)),
            expected: Expected::new(port, &state),
            answered: AtomicBool::new(false),
            verifier,
            url: format!("{}/basecode/sign-in?{query}", dashboard.origin()),
            ends: Instant::now() + LIFETIME,
        })
    }

    /// What the person opens in a browser. Nobody can use it to sign in as
    /// somebody else, but it is for this person alone.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The port of 127.0.0.1 that the browser is sent back to.
    pub fn port(&self) -> u16 {
        self.expected.port()
    }

    /// Waits until the browser is sent back, until `deadline` or the end of the
    /// sign-in's [`LIFETIME`]. After [`SignInError::TimedOut`] it may be waited
    /// for again, but requests that were half sent by then are lost: better is
    /// one long wait, on a thread of its own where something else goes on.
    ///
    /// # Errors
    /// [`SignInError::TimedOut`]; and [`SignInError::AlreadyAnswered`], at once
    /// where [`Self::accept_pasted`] takes an answer meanwhile.
    pub fn wait(&self, deadline: Instant) -> Result<Code, SignInError> {
        let mut place = self.listener.lock().unwrap_or_else(PoisonError::into_inner);
        let listener = place.as_ref().ok_or(SignInError::AlreadyAnswered)?;
        let deadline = deadline.min(self.ends);
        let result = listener::wait(listener, &self.expected, &self.answered, deadline);
        if result != Err(SignInError::TimedOut) {
            *place = None;
        }
        result.map(Code)
    }

    /// Takes the address that the browser was sent back to from the person,
    /// whose browser is on another machine and could not go there.
    ///
    /// # Errors
    /// [`SignInError::NotTheAnswer`], after which another may be pasted;
    /// [`SignInError::AlreadyAnswered`]; [`SignInError::TimedOut`].
    pub fn accept_pasted(&self, text: &str) -> Result<Code, SignInError> {
        if Instant::now() >= self.ends {
            return Err(SignInError::TimedOut);
        }
        let code = self.expected.code_in_address(text).map_err(SignInError::NotTheAnswer)?;
        if self.answered.swap(true, Ordering::SeqCst) {
            return Err(SignInError::AlreadyAnswered);
        }
        // Where it is locked, it is being waited for, and given up there.
        if let Ok(mut place) = self.listener.try_lock() {
            *place = None;
        }
        Ok(Code(code))
    }

    /// Exchanges the code for the session.
    ///
    /// # Errors
    /// Those of [`browser_session::exchange`].
    pub fn complete(&self, transport: &Transport, code: Code) -> Result<Tokens, ApiError> {
        browser_session::exchange(transport, &code.0, &self.verifier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign_in() -> BrowserSignIn {
        BrowserSignIn::begin(&BaseUrl::parse("https://cencori.com").unwrap()).unwrap()
    }

    #[test]
    fn it_ends_after_five_minutes_whatever_the_deadline() {
        let mut sign_in = sign_in();
        assert!(sign_in.ends <= Instant::now() + Duration::from_secs(300));
        let pasted = format!("http://127.0.0.1:{}/auth/callback?code=c&state=s", sign_in.port());
        sign_in.expected = Expected::new(sign_in.port(), &Secret::new("s"));
        sign_in.ends = Instant::now();
        let deadline = Instant::now() + Duration::from_secs(60);
        assert_eq!(sign_in.wait(deadline).unwrap_err(), SignInError::TimedOut);
        assert_eq!(sign_in.accept_pasted(&pasted).unwrap_err(), SignInError::TimedOut);
        assert!(Instant::now() < deadline);
    }
}
