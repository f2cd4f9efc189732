//! Signing in as a machine: variables, and sessions that the service renews.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::sandbox::session_of;
use crate::harness::{Desk, TestSandbox, assert_snapshot};

fn access_token(sandbox: &TestSandbox, email: &str) -> String {
    session_of(&sandbox.sign_in(email))["access_token"].as_str().expect("a token").to_owned()
}

fn without_password(desk: Desk) -> Desk {
    desk.without("CENCORI_EMAIL").without("CENCORI_PASSWORD")
}

#[test]
fn an_access_token_stands_for_its_session() {
    let sandbox = TestSandbox::start();
    let token = access_token(&sandbox, &sandbox.identity().owner_email);
    let before = sandbox.requests().len();
    let desk = without_password(Desk::at(&sandbox)).with("CENCORI_ACCESS_TOKEN", &token);
    desk.run(&["keys", "create", "web"]).exits(0);
    assert!(
        sandbox.requests()[before..].iter().all(|request| request["path"] != "/api/auth/login")
    );
    // It overrides the other variables.
    let desk =
        Desk::at(&sandbox).with("CENCORI_PASSWORD", "wrong").with("CENCORI_ACCESS_TOKEN", &token);
    desk.run(&["keys", "list"]).exits(0);
}

#[test]
fn a_long_session_is_sent_in_pieces() {
    let sandbox = TestSandbox::start();
    // The member's session is long; what is refused is the role, not the cookie.
    let member = sandbox.identity().member_email.clone();
    let token = access_token(&sandbox, &member);
    let desk = without_password(Desk::at(&sandbox)).with("CENCORI_ACCESS_TOKEN", &token);
    desk.run(&["keys", "list"]).exits(5);
    Desk::at(&sandbox).with("CENCORI_EMAIL", &member).run(&["keys", "list"]).exits(5);
}

#[test]
fn a_token_that_ran_out_is_not_even_sent() {
    let sandbox =
        TestSandbox::start_with(|options| options.access_token_lifetime = Duration::from_secs(60));
    let token = access_token(&sandbox, &sandbox.identity().owner_email);
    let before = sandbox.requests().len();
    let desk = without_password(Desk::at(&sandbox)).with("CENCORI_ACCESS_TOKEN", &token);
    assert_snapshot("sign_in_token_ran_out", &desk.run(&["keys", "list"]).exits(4).transcript());
    assert_eq!(sandbox.requests().len(), before);
}

#[test]
fn a_session_that_is_renewed_with_every_answer_is_kept_up_with() {
    // With less than 90 s left, the service renews the session at every request
    // and takes a refresh token only once.
    let sandbox =
        TestSandbox::start_with(|options| options.access_token_lifetime = Duration::from_secs(60));
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
    desk.run(&["keys", "list"]).exits(0);
    desk.run(&["keys", "revoke", "web", "--yes"]).exits(0);
}

#[test]
fn no_secret_is_shown_at_any_verbosity() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let password = sandbox.identity().owner_password.expose().to_owned();
    let mut shown = String::new();
    for arguments in [
        &["-v", "keys", "create", "web", "--env-file"][..],
        &["-v", "--json", "keys", "list"],
        &["-v", "keys", "show", "web"],
        &["-v", "keys", "revoke", ".env:CENCORI_API_KEY", "--yes"],
        &["-v", "keys", "show", "web"],
    ] {
        shown += &desk.run(arguments).transcript();
    }
    let key = desk.read(".env").trim().replace("CENCORI_API_KEY=", "");
    let hash = ring::digest::digest(&ring::digest::SHA256, key.as_bytes());
    let hash: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    for secret in [key.as_str(), &key[10..], &hash, &password, "base64-", "eyJ", "Bearer"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn texts_of_the_service_are_defused() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let name = "evil\u{1b}[2J\u{202e}\nname";
    let body =
        json!({"name": name, "key_type": "publishable", "allowed_domains": ["a.com\u{1b}[31m"]});
    sandbox.create_key(&sandbox.owner_cookie(), &body);
    // What can't be seen is written out, and such a name is taken as it is shown.
    let shown = "evil\\u{1b}[2J\\u{202e} name";
    for arguments in
        [&["keys", "list"][..], &["keys", "show", shown], &["keys", "revoke", shown, "--yes"]]
    {
        let run = desk.run(arguments).exits(0);
        assert!(run.stdout.contains(shown), "{}", run.transcript());
        assert!(!run.stdout.contains(['\u{1b}', '\u{202e}']), "{}", run.transcript());
    }
    let listed: Value = desk.run(&["--json", "keys", "list"]).exits(0).json();
    assert_eq!(listed["keys"].as_array().unwrap().len(), 0);
}
