//! `cencori auth logout`

use serde_json::json;

use crate::api::browser_session;
use crate::auth::credentials::store::StoreError;
use crate::auth::sign_in::kept as sign_in;
use crate::commands::service::{self, Service};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::ui::Layout;
use crate::ui::report::Report;

/// Sign out: end the session at the service and remove it here
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Ends the session. None is as good.
///
/// # Errors
/// If the session may still be stored.
pub fn run(context: &Context) -> Result<Exit, Failure> {
    context.clean_up();
    let service = Service::find(context)?;
    let kept = service.kept(context)?;
    let session = match kept.store(service::patience(context)).load() {
        Ok(session) => session,
        // Where there is none, nothing is kept in it.
        Err(StoreError::NoKeychain(_)) => None,
        Err(error) => {
            // What can't be read can't be used either; it is to go all the same.
            kept.forget()?;
            context.ui.warn(&format!(
                "{error}. It is removed here, but may still be valid at the service."
            ));
            None
        }
    };
    let mut ended = false;
    if let Some(session) = &session {
        match browser_session::sign_out(&service.transport(context), &sign_in::tokens(session)) {
            Ok(()) => ended = true,
            Err(error) => context.ui.warn(&format!(
                "The service could not be told ({error}); the session ends there when it is not renewed."
            )),
        }
        kept.forget()?;
    }
    let host = service.base().origin();
    context.ui.status(&match &session {
        Some(_) => format!("Signed out of {host}."),
        None => format!("No session of {host} was kept here."),
    });
    if let Some(origin) = service::overriding(context) {
        context.ui.warn(&format!("Commands still sign in, by {origin}."));
    }
    context.ui.report(&SignedOut { host, was_signed_in: session.is_some(), ended })?;
    Ok(Exit::Done)
}

struct SignedOut {
    host: String,
    was_signed_in: bool,
    ended: bool,
}

impl Report for SignedOut {
    fn text(&self, _: &Layout) -> String {
        String::new()
    }

    fn json(&self) -> serde_json::Value {
        json!({ "host": self.host, "was_signed_in": self.was_signed_in, "ended_at_service": self.ended })
    }
}
