//! `cencori auth login`

use std::io::{BufRead as _, Read as _};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Instant;

use serde_json::json;
use zeroize::Zeroizing;

use crate::api::browser_session::{self, Tokens};
use crate::auth::credentials::store::StoredSession;
use crate::auth::sign_in::browser::LIFETIME;
use crate::auth::sign_in::desktop::open_browser;
use crate::auth::sign_in::{BrowserSignIn, Code, SignInError, kept};
use crate::commands::service::{self, Service};
use crate::context::Context;
use crate::failure::{Exit, Failure, Hint, Kind, SuggestedCommand};
use crate::secret::Secret;
use crate::ui::Layout;
use crate::ui::report::Report;

/// Longest password that is read from standard input, in bytes.
const LONGEST_PASSWORD: u64 = 4_096;

/// Sign in
///
/// Opens the sign-in page of the service in a browser, which works for Google, GitHub and SSO
/// accounts too. Over SSH, open the address on your own machine, and paste the
/// address that the browser ends at. The session is kept in the system's keychain and is renewed
/// as long as you use it. If the browser signs in to another account than before, you are asked to
/// confirm.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Sign in with a password instead of a browser
    #[arg(long)]
    email: Option<String>,

    /// Read the password from standard input
    #[arg(long, requires = "email")]
    password_stdin: bool,

    /// Keep the session in a file that only you can read, instead of the keychain
    #[arg(long)]
    insecure_storage: bool,
}

/// Signs in, and keeps the session.
///
/// # Errors
/// If it can't be kept, or the service says no.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    if context.sandbox {
        return Err(Failure::usage("With --sandbox every command signs in on its own"));
    }
    context.clean_up();
    let service = Service::find(context)?;
    let kept = service.kept(context)?;
    let insecure = arguments.insecure_storage || !kept.may_use_keychain();
    let patience = service::patience(context);
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
    kept.preflight(insecure, patience)?;
    let session = match &arguments.email {
        // Who is meant is said on the command line.
        Some(email) => with_password(context, &service, email.trim(), arguments.password_stdin)?,
        None => {
            let earlier = kept.load().ok().flatten();
            with_browser(context, &service, earlier.as_ref())?
        }
    };
    let place = kept.keep(&session, insecure, patience).map_err(|failure| {
        let failure = failure.state(&give_up(context, &service, &session));
        let in_file = ["auth", "login", "--insecure-storage"];
        let is_said = |hint: &Hint| hint.commands().any(|command| command.is_cencori(&in_file));
        if insecure || failure.hints.iter().any(is_said) {
            return failure;
        }
        // Where the keychain has just failed, a file is what is left.
        let in_file = SuggestedCommand::cencori(in_file);
        failure.hint(
            Hint::from("Keep the session in a file that only you can read with ").command(in_file),
        )
    })?;
    let email = session.email.clone();
    let signed_in = SignedIn { host: service.base().origin(), email, place };
    context.ui.status(&format!(
        "Signed in to {} as {}. The session is kept in {}.",
        signed_in.host,
        name(&session),
        signed_in.place
    ));
    if arguments.insecure_storage {
        context.ui.warn("Whoever can read that file can manage your keys.");
    }
    if let Some(origin) = service::overriding(context) {
        context.ui.warn(&format!("Commands keep using {origin}, which overrides this session."));
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

/// Ends a session that is not kept at the service. Says what has become of it.
fn give_up(context: &Context, service: &Service, session: &StoredSession) -> String {
    match browser_session::sign_out(&service.transport(context), &kept::tokens(session)) {
        Ok(()) => "The new session was ended, and nobody has it".to_owned(),
        Err(error) => format!(
            "The new session could not be ended ({error}); it ends by itself when it is not renewed"
        ),
    }
}

/// `earlier` is the session that is kept here so far.
fn with_browser(
    context: &Context,
    service: &Service,
    earlier: Option<&StoredSession>,
) -> Result<StoredSession, Failure> {
    let sign_in = BrowserSignIn::begin(service.base()).map_err(|error| {
        anyhow::Error::from(error).context("A sign-in can't be begun on this machine")
    })?;
    let sign_in = Arc::new(sign_in);
    context.ui.ask(&format!("Sign in at {}", sign_in.url()));
    // Removed at the end.
    let page = open_browser(sign_in.url(), &context.desktop, context.state_directory()?);
    context.ui.ask(match page {
        Some(_) => "It should open in your browser; if it does not, open the address yourself.",
        None => "Open this address in your browser.",
    });
    context.ui.ask(&format!(
        "If the browser is on another machine, paste the address it was sent back to. Waiting for {} minutes at \
         most; Ctrl-C gives up.",
        LIFETIME.as_secs() / 60
    ));
    let events = listen(&sign_in);
    let code = wait(context, &sign_in, &events)?;
    drop(page);
    let tokens = sign_in.complete(&service.transport(context), code).map_err(|error| {
        Failure::from(error).context("The sign-in in the browser was not accepted")
    })?;
    let session = session_of(&tokens)?;
    match earlier.filter(|earlier| !is_same_account(earlier, &session)) {
        Some(earlier) if !agreed(context, earlier, &session, &events) => {
            let message = format!("Still signed in as {}", name(earlier));
            let ended = give_up(context, service, &session);
            Err(Failure::new(Kind::Failed, message).state(&ended))
        }
        _ => Ok(session),
    }
}

/// What happens while a sign-in in the browser is waited for.
enum Event {
    /// The browser has answered, or too much time has passed.
    Answered(Result<Code, SignInError>),
    /// A line was typed. It can have a code in it.
    Typed(Zeroizing<String>),
}

/// Begins to listen to the browser and to the person.
fn listen(sign_in: &Arc<BrowserSignIn>) -> Receiver<Event> {
    let (by_browser, events) = mpsc::channel();
    let by_person = by_browser.clone();
    let waiting = Arc::clone(sign_in);
    std::thread::spawn(move || {
        match waiting.wait(Instant::now() + LIFETIME) {
            // The person's answer is being dealt with then.
            Err(SignInError::AlreadyAnswered) => {}
            result => drop(by_browser.send(Event::Answered(result))),
        }
    });
    // Left behind at the end, waiting for a line.
    std::thread::spawn(move || {
        let lines = std::io::stdin().lock().lines().map_while(Result::ok);
        let _ = lines.map(Zeroizing::new).map(Event::Typed).try_for_each(|it| by_person.send(it));
    });
    events
}

/// The first of the two answers: the browser's, or what the person pastes.
fn wait(
    context: &Context,
    sign_in: &BrowserSignIn,
    events: &Receiver<Event>,
) -> Result<Code, Failure> {
    let result = loop {
        match events.recv() {
            Ok(Event::Answered(result)) => break result,
            Ok(Event::Typed(line)) => {
                context.ui.forget_line(&line);
                match sign_in.accept_pasted(line.trim()) {
                    Ok(code) => break Ok(code),
                    Err(SignInError::NotTheAnswer(mismatch)) => {
                        context.ui.ask(&format!("{mismatch}."));
                    }
                    // What the browser has brought is on its way.
                    Err(_) => {}
                }
            }
            Err(_) => break Err(SignInError::TimedOut),
        }
    };
    result.map_err(|error| {
        Failure::new(Kind::NotSignedIn, error).hint(
            Hint::from("Run ")
                .command(SuggestedCommand::cencori(["auth", "login"]))
                .text(" again, or add --email to use a password"),
        )
    })
}

/// Whether the person wants to be signed in as somebody else than so far: whoever can
/// make a browser answer for them could sign them in to an account of their own.
fn agreed(
    context: &Context,
    earlier: &StoredSession,
    session: &StoredSession,
    events: &Receiver<Event>,
) -> bool {
    // What was typed before the question is no answer to it.
    while events.try_recv().is_ok() {}
    context.ui.ask(&format!(
        "This signs you in as {}; so far you are signed in as {}. Type yes to change the account.",
        name(session),
        name(earlier)
    ));
    loop {
        match events.recv() {
            Ok(Event::Typed(line)) => {
                let line = line.trim();
                return ["y", "yes"].iter().any(|yes| line.eq_ignore_ascii_case(yes));
            }
            Ok(Event::Answered(_)) => {}
            Err(_) => return false,
        }
    }
}

fn is_same_account(one: &StoredSession, other: &StoredSession) -> bool {
    match (&one.email, &other.email) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        // Which account it is is not known.
        _ => false,
    }
}

fn name(session: &StoredSession) -> &str {
    session.email.as_deref().unwrap_or("an account without an email")
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
