//! Signing in with a real browser, from the address that is opened to a session
//! that works.

use std::time::{Duration, Instant};

use cencori_cli::api::browser_session::Tokens;
use cencori_cli::api::{BaseUrl, Transport};
use cencori_cli::auth::sign_in::BrowserSignIn;
use serde_json::json;

use crate::harness::browser::{BROWSER, Browser};
use crate::harness::programs::needs;
use crate::harness::sandbox::cookie_of;
use crate::harness::{TestSandbox, sandbox::eventually};

/// Longer than any of these tests takes.
const LONG: Duration = Duration::from_secs(120);

/// Signs in with `browser`, in which `in_browser` does what a person would.
fn sign_in(sandbox: &TestSandbox, browser: &Browser, in_browser: impl FnOnce()) -> Tokens {
    let base = BaseUrl::parse(sandbox.url()).unwrap();
    let sign_in = BrowserSignIn::begin(&base).unwrap();
    let code = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| sign_in.wait(Instant::now() + LONG));
        browser.open(sign_in.url());
        in_browser();
        waiting.join().unwrap().expect("the answer")
    });
    browser.expect("You can close this tab");
    // The code is gone from the address, and so from what goes back to it.
    let callback = format!("http://127.0.0.1:{}/auth/callback", sign_in.port());
    eventually("the address is replaced", || browser.address() == callback);
    let transport = Transport::new(base, LONG, Box::new(|_| ()));
    sign_in.complete(&transport, code).expect("a session")
}

/// Whose session it is, as the dashboard sees it.
fn email_of(sandbox: &TestSandbox, tokens: &Tokens) -> String {
    let cookie = cookie_of(&json!({
        "access_token": tokens.access_token.expose(),
        "refresh_token": tokens.refresh_token.expose(),
        "expires_at": tokens.expires_at,
        "user": {},
    }));
    let profile = sandbox.call("GET", "/api/user/profile").header("cookie", &cookie).send();
    profile.json()["profile"]["email"].as_str().expect("an email").to_owned()
}

fn log_in(browser: &Browser, email: &str, password: &str) {
    browser.fill("Email", email);
    browser.fill("Password", password);
    browser.press("Sign in");
}

#[test]
fn a_person_signs_in_and_comes_back() {
    needs!(BROWSER);
    let (sandbox, browser) = (TestSandbox::start(), Browser::start());
    let email = sandbox.identity().owner_email.clone();
    let password = sandbox.identity().owner_password.expose();
    let tokens = sign_in(&sandbox, &browser, || {
        browser.expect("Basecode");
        browser.press("Sign in and continue");
        browser.expect("Password");
        log_in(&browser, &email, "wrong");
        browser.expect("Wrong email or password.");
        log_in(&browser, &email, password);
        browser.expect(&format!("as {email}"));
        browser.press(&format!("Continue as {email}"));
    });
    assert_eq!(tokens.email.as_deref(), Some(email.as_str()));
    assert_eq!(email_of(&sandbox, &tokens), email);

    // Once the browser is signed in, one click does it, and it is another session.
    let again = sign_in(&sandbox, &browser, || {
        browser.press(&format!("Continue as {email}"));
    });
    assert_ne!(tokens.refresh_token, again.refresh_token);
    assert_eq!(email_of(&sandbox, &again), email);
}

#[test]
fn a_long_cookie_that_comes_along_is_not_in_the_way() {
    needs!(BROWSER);
    // Cookies know no ports: the callback gets the session of the sandbox too,
    // which in the member's case needs two cookies.
    let (sandbox, browser) = (TestSandbox::start(), Browser::start());
    let email = sandbox.identity().member_email.clone();
    browser.open(&format!("{}/login", sandbox.url()));
    log_in(&browser, &email, sandbox.identity().owner_password.expose());
    browser.expect("This is the Cencori sandbox.");
    let tokens = sign_in(&sandbox, &browser, || {
        browser.press(&format!("Continue as {email}"));
    });
    assert_eq!(email_of(&sandbox, &tokens), email);
}

#[test]
fn a_browser_is_led_nowhere_else_and_runs_nothing_else() {
    needs!(BROWSER);
    let (sandbox, browser) = (TestSandbox::start(), Browser::start());
    let elsewhere = TestSandbox::start();
    let host = elsewhere.url().trim_start_matches("http:");
    for redirect in [elsewhere.url(), host, &format!("/\\{host}"), &format!("/.{host}")] {
        browser.open(&format!("{}/login?redirect={redirect}", sandbox.url()));
        browser.expect("This sign-in can't continue");
        assert_eq!(browser.evaluate("return document.forms.length"), 0, "{redirect}");
    }
    assert_eq!(elsewhere.requests(), [""; 0], "nobody was sent there");

    let injected = "/%22%3E%3Cscript%3Edocument.title='taken'%3C/script%3E";
    browser.open(&format!("{}/login?redirect={injected}", sandbox.url()));
    browser.expect("Password");
    assert_ne!(browser.evaluate("return document.title"), "taken");
    assert_eq!(browser.evaluate("return document.scripts.length"), 1);
    // What is allowed is what was asked for: fonts and forms as designed.
    assert_eq!(browser.evaluate("return getComputedStyle(document.body).display"), "grid");
}
