//! `cencori auth login`

use std::io::{BufRead as _, Read as _};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Instant;

use serde_json::json;

use crate::api::browser_session::Tokens;
use crate::commands::service::{self, Service};
use crate::context::Context;
use crate::credentials::keychain::Patience;
use crate::credentials::store::StoredSession;
use crate::failure::{Exit, Failure, Hint, Kind, SuggestedCommand};
use crate::secret::Secret;
use crate::sign_in::browser::LIFETIME;
use crate::sign_in::desktop::open_browser;
use crate::sign_in::{BrowserSignIn, Code, SignInError, kept};
use crate::ui::Layout;
use crate::ui::report::Report;

/// Longest password that is read from standard input, in bytes.
const LONGEST_PASSWORD: u64 = 4_096;

/// Sign in, once
///
/// Opens the service's sign-in page in a browser, which works for Google, GitHub
/// and SSO accounts too. Over SSH, open the address that is shown wherever you
/// are, and paste the address that the browser was sent back to. The session is
/// kept in the system's keychain, and renewed for as long as it is used.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Sign in with a password instead of a browser
    #[arg(long)]
    email: Option<String>,

    /// Read the password from standard input
    #[arg(long, requires = "email")]
    password_stdin: bool,

    /// Keep the session in a file that only you can read, not in the keychain
    #[arg(long)]
    insecure_storage: bool,
}

/// Signs in, and keeps the session.
///
/// # Errors
/// Where it can't be kept, or the service says no.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    if context.sandbox {
        return Err(Failure::usage("With --sandbox every command signs in on its own"));
    }
    let service = Service::find(context)?;
    let kept = service.kept(context)?;
    let insecure = arguments.insecure_storage || !kept.may_use_keychain();
    // The desktop is asked to unlock the keychain only where somebody sits.
    let patience = if context.prompter.interactive() { Patience::Person } else { Patience::Brief };
    if arguments.email.is_none() && !context.prompter.interactive() {
        return Err(context.prompter.refuse("A browser sign-in needs a person").hint(
            Hint::from("Sign in with ")
                .command(
                    SuggestedCommand::cencori(["auth", "login", "--email"])
                        .placeholder("EMAIL")
                        .words(["--password-stdin"]),
                )
                .text(
                    ", or set CENCORI_EMAIL and CENCORI_PASSWORD, or CENCORI_ACCESS_TOKEN, which \
                     need no sign-in",
                ),
        ));
    }
    // Found out before anybody types a password.
    kept.rehearse(insecure, patience)?;
    let session = match &arguments.email {
        Some(email) => with_password(context, &service, email.trim(), arguments.password_stdin)?,
        None => with_browser(context, &service)?,
    };
    let place = kept.keep(&session, insecure, patience)?;
    let signed_in = SignedIn { host: service.base().origin(), email: session.email, place };
    context.ui.status(&format!(
        "Signed in to {} as {}. The session is kept in {}.",
        signed_in.host,
        signed_in.email.as_deref().unwrap_or("an account without an email"),
        signed_in.place
    ));
    if arguments.insecure_storage {
        context.ui.warn("Whoever can read that file can manage your keys.");
    }
    if let Some(origin) = service::outranking(context) {
        context.ui.warn(&format!(
            "Commands go on signing in by {origin}, which comes before this session."
        ));
    }
    context.ui.report(&signed_in)?;
    Ok(Exit::Done)
}

fn with_password(
    context: &Context,
    service: &Service,
    email: &str,
    from_input: bool,
) -> Result<StoredSession, Failure> {
    let password = if from_input {
        let mut text = zeroize::Zeroizing::new(String::new());
        std::io::stdin()
            .take(LONGEST_PASSWORD)
            .read_to_string(&mut text)
            .map_err(|_| Failure::usage("The password on standard input can't be read as text"))?;
        // The service does not trim passwords; `echo` adds a line break.
        Secret::new(
            text.strip_suffix('\n')
                .map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line)),
        )
    } else {
        context.prompter.password(&format!("Password of {email}"), "--password-stdin")?
    };
    if password.expose().is_empty() || email.is_empty() {
        return Err(Failure::usage("An empty email or password signs nobody in"));
    }
    let advice =
        "An account that signs in with Google, GitHub or SSO has no password: leave --email out";
    let transport = service.transport(context);
    let dashboard = service::sign_in_with_password(transport, email, &password, advice)?;
    let tokens = dashboard.tokens(Some(email)).ok_or_else(|| {
        Failure::new(
            Kind::Failed,
            "The service signed in with a session that this version does not know",
        )
    })?;
    session_of(&tokens)
}

fn with_browser(context: &Context, service: &Service) -> Result<StoredSession, Failure> {
    let sign_in = BrowserSignIn::begin(service.base()).map_err(|error| {
        anyhow::Error::from(error).context("A sign-in can't be begun on this machine")
    })?;
    let sign_in = Arc::new(sign_in);
    context.ui.ask(&format!("Sign in at {}", sign_in.url()));
    if open_browser(sign_in.url(), context.desktop) {
        context.ui.ask("It should open in your browser.");
    }
    context.ui.ask(&format!(
        "If the browser is on another machine, paste the address it was sent back to. Waiting for {} minutes at \
         most; Ctrl-C gives up.",
        LIFETIME.as_secs() / 60
    ));
    let code = wait(context, &sign_in)?;
    let tokens = sign_in.complete(&service.transport(context), code).map_err(|error| {
        Failure::from(error).context("The sign-in in the browser was not accepted")
    })?;
    session_of(&tokens)
}

/// The first of the two answers: the browser's, or what the person pastes.
fn wait(context: &Context, sign_in: &Arc<BrowserSignIn>) -> Result<Code, Failure> {
    let (answer, answers) = mpsc::channel();
    let (by_browser, by_person) = (answer.clone(), answer);
    let waiting = Arc::clone(sign_in);
    std::thread::spawn(move || {
        match waiting.wait(Instant::now() + LIFETIME) {
            // The person's answer is on its way then.
            Err(SignInError::AlreadyAnswered) => {}
            result => drop(by_browser.send(result)),
        }
    });
    let (pasted, ui) = (Arc::clone(sign_in), Arc::clone(&context.ui));
    // Left behind at the end, waiting for a line.
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            // What was pasted has a code in it.
            ui.forget_line(&line);
            match pasted.accept_pasted(line.trim()) {
                Ok(code) => {
                    let _ = by_person.send(Ok(code));
                    return;
                }
                Err(SignInError::NotTheAnswer(mismatch)) => ui.ask(&format!("{mismatch}.")),
                Err(_) => return,
            }
        }
    });
    let result = answers.recv().unwrap_or(Err(SignInError::TimedOut));
    result.map_err(|error| {
        Failure::new(Kind::NotSignedIn, error).hint(
            Hint::from("Run ")
                .command(SuggestedCommand::cencori(["auth", "login"]))
                .text(" again, or add --email to use a password"),
        )
    })
}

fn session_of(tokens: &Tokens) -> Result<StoredSession, Failure> {
    kept::stored(tokens).ok_or_else(|| {
        Failure::new(
            Kind::Failed,
            "The service signed in with a token that this version does not know",
        )
    })
}

struct SignedIn {
    host: String,
    email: Option<String>,
    place: String,
}

impl Report for SignedIn {
    fn text(&self, _: &Layout) -> String {
        String::new()
    }

    fn json(&self) -> serde_json::Value {
        json!({ "host": self.host, "email": self.email, "store": self.place })
    }
}
