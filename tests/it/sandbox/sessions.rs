//! Session cookies: renewal, reuse, pieces, and how they get lost.

use std::collections::HashSet;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::harness::http::{Call, Reply};
use crate::harness::sandbox::{TestSandbox, cookie_after, cookie_of, session_of};

/// Access tokens that end so soon that every request renews the session.
fn always_renewing() -> TestSandbox {
    TestSandbox::start_with(|options| options.access_token_lifetime = Duration::from_secs(60))
}

fn profile(sandbox: &TestSandbox, cookie: &str) -> Reply {
    sandbox.call("GET", "/api/user/profile").header("cookie", cookie).send()
}

fn refresh_token(cookie: &str) -> String {
    session_of(cookie)["refresh_token"].as_str().unwrap().to_owned()
}

/// Lets every use of a refresh token be long ago.
fn age_uses(sandbox: &TestSandbox) {
    let state = Connection::open(sandbox.state()).unwrap();
    state.execute("UPDATE refresh_tokens SET used_ms = used_ms - 11000", []).unwrap();
}

#[test]
fn a_session_that_ends_soon_is_renewed_in_the_answer() {
    let sandbox = always_renewing();
    let first = sandbox.owner_cookie();
    let reply = profile(&sandbox, &first);
    assert_eq!(reply.status, 200);
    let second = cookie_after(&first, &reply);
    assert_ne!(refresh_token(&first), refresh_token(&second));
    assert_eq!(profile(&sandbox, &second).status, 200);
    let session = session_of(&second);
    assert_eq!(session["token_type"], "bearer");
    assert_eq!(session["user"]["email"], sandbox.identity().owner_email);
    assert_eq!(session["expires_in"], 60);
}

#[test]
fn a_session_that_lasts_is_left_alone() {
    let sandbox = TestSandbox::start();
    let cookie = sandbox.owner_cookie();
    let reply = profile(&sandbox, &cookie);
    assert_eq!((reply.status, reply.set_cookies().len()), (200, 0));
}

#[test]
fn the_token_before_the_current_one_may_be_replayed_at_any_time() {
    let sandbox = always_renewing();
    let first = sandbox.owner_cookie();
    let second = cookie_after(&first, &profile(&sandbox, &first));
    age_uses(&sandbox);
    let replayed = cookie_after(&first, &profile(&sandbox, &first));
    assert_eq!(refresh_token(&replayed), refresh_token(&second));
    assert_eq!(profile(&sandbox, &second).status, 200);
}

#[test]
fn an_older_token_is_good_for_ten_seconds_and_then_ends_the_session() {
    let sandbox = always_renewing();
    let first = sandbox.owner_cookie();
    let second = cookie_after(&first, &profile(&sandbox, &first));
    let third = cookie_after(&second, &profile(&sandbox, &second));

    let soon = profile(&sandbox, &first);
    assert_eq!(soon.status, 200);
    assert_eq!(refresh_token(&cookie_after(&first, &soon)), refresh_token(&third));

    age_uses(&sandbox);
    assert_eq!(profile(&sandbox, &first).status, 401);
    assert_eq!(profile(&sandbox, &third).status, 401, "the whole session has ended");
}

#[test]
fn twenty_requests_with_one_expired_cookie_agree_on_one_session() {
    let sandbox = always_renewing();
    let second =
        sandbox.another_server(|options| options.access_token_lifetime = Duration::from_secs(60));
    let mut cookie = sandbox.owner_cookie();
    for _ in 0..5 {
        let replies: Vec<Reply> = thread::scope(|scope| {
            let ask = |url| Call::new(url, "GET", "/api/user/profile").header("cookie", &cookie);
            let urls = [sandbox.url(), second.url()].into_iter().cycle().take(20);
            let calls: Vec<Call> = urls.map(ask).collect();
            let asking: Vec<_> =
                calls.into_iter().map(|call| scope.spawn(|| call.send())).collect();
            asking.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(replies.iter().all(|reply| reply.status == 200));
        let renewed: HashSet<String> =
            replies.iter().map(|reply| refresh_token(&cookie_after(&cookie, reply))).collect();
        assert_eq!(renewed.len(), 1);
        assert!(!renewed.contains(&refresh_token(&cookie)));
        cookie = cookie_after(&cookie, &replies[0]);
    }
}

#[test]
fn early_errors_lose_the_new_cookie_and_the_old_one_can_be_replayed() {
    let sandbox = always_renewing();
    let foreign = sandbox.identity().foreign_project_id.to_string();
    let nowhere = "00000000-0000-4000-8000-000000000000";
    for (project, status) in [(nowhere, 404), (foreign.as_str(), 403), ("a-slug", 500)] {
        let cookie = sandbox.owner_cookie();
        let path = format!("/api/projects/{project}/api-keys");
        let reply = sandbox.call("GET", &path).header("cookie", &cookie).send();
        assert_eq!((reply.status, reply.set_cookies().len()), (status, 0));
        let replayed = profile(&sandbox, &cookie);
        assert_eq!((replayed.status, replayed.set_cookies().len()), (200, 1));
    }
}

#[test]
fn a_later_error_keeps_the_new_cookie() {
    let sandbox = always_renewing();
    let cookie = sandbox.owner_cookie();
    let call = sandbox.call("POST", &sandbox.keys_path()).header("cookie", &cookie);
    let reply = call.json(&json!({ "name": " " })).send();
    assert_eq!((reply.status, reply.set_cookies().len()), (400, 1));
}

#[test]
fn a_long_session_comes_in_pieces_and_stays_so_when_renewed() {
    let sandbox = always_renewing();
    let cookie = sandbox.sign_in(&sandbox.identity().member_email);
    assert!(cookie.contains("sb-127-auth-token.0="), "{cookie}");
    assert!(cookie.contains("; sb-127-auth-token.1="), "{cookie}");
    assert!(cookie.split("; ").all(|piece| piece.split_once('=').unwrap().1.len() <= 3_180));
    let reply = profile(&sandbox, &cookie);
    assert_eq!(reply.status, 200);
    assert_eq!(refresh_token(&cookie_after(&cookie, &reply)).len(), 43);
}

#[test]
fn pieces_that_are_no_longer_needed_are_cleared() {
    let sandbox = always_renewing();
    let session = session_of(&sandbox.owner_cookie());
    let whole = cookie_of(&session);
    let value = whole.split_once('=').unwrap().1;
    let (left, right) = value.split_at(100);
    let pieces = format!("sb-127-auth-token.0={left}; sb-127-auth-token.1={right}");
    let reply = profile(&sandbox, &pieces);
    assert_eq!(reply.status, 200);
    let cleared = reply.set_cookies();
    let cleared = cleared.iter().filter(|cookie| cookie.contains("Max-Age=0")).count();
    assert_eq!(cleared, 2);
    assert!(cookie_after(&pieces, &reply).starts_with("sb-127-auth-token="));
}

#[test]
fn a_session_without_a_user_is_repeated_whole() {
    let sandbox = TestSandbox::start();
    let mut session = session_of(&sandbox.owner_cookie());
    session.as_object_mut().unwrap().remove("user");
    session["padding"] = Value::from("p".repeat(5_000));
    let cookie = cookie_of(&session);
    let reply = profile(&sandbox, &cookie);
    assert_eq!(reply.status, 200);
    let repeated = cookie_after(&cookie, &reply);
    assert_eq!(session_of(&repeated), session);
    assert!(repeated.contains("sb-127-auth-token.2="), "one long cookie became pieces");
    assert!(!repeated.contains("sb-127-auth-token="));

    session["user"] = json!({});
    assert_eq!(profile(&sandbox, &cookie_of(&session)).set_cookies().len(), 0);
}

#[test]
fn an_access_token_alone_works_while_it_lasts() {
    let sandbox = TestSandbox::start();
    let mut session = session_of(&sandbox.owner_cookie());
    session["refresh_token"] = Value::from("");
    assert_eq!(profile(&sandbox, &cookie_of(&session)).status, 200);
    session["expires_at"] = Value::from(jiff::Timestamp::now().as_second() + 80);
    assert_eq!(profile(&sandbox, &cookie_of(&session)).status, 401);
    session["expires_at"] = Value::from(jiff::Timestamp::now().as_second() + 1_000);
    session["access_token"] = Value::from("eyJhbGciOiJIUzI1NiJ9.e30.x");
    assert_eq!(profile(&sandbox, &cookie_of(&session)).status, 401);
}

#[test]
fn an_ended_session_takes_its_access_token_along() {
    let sandbox = TestSandbox::start();
    let cookie = sandbox.owner_cookie();
    let session = session_of(&cookie);
    let body = json!({
        "access_token": session["access_token"], "refresh_token": session["refresh_token"],
    });
    let reply = sandbox.call("POST", "/api/basecode/auth/logout").json(&body).send();
    assert_eq!(reply.json(), json!({ "ok": true }));
    assert_eq!(profile(&sandbox, &cookie).status, 401);
}

#[test]
fn too_many_wrong_passwords_are_stopped() {
    let sandbox = TestSandbox::start();
    let email = &sandbox.identity().owner_email;
    let try_password = |password: &str| {
        let body = json!({ "email": email, "password": password });
        sandbox.call("POST", "/api/auth/login").json(&body).send()
    };
    for _ in 0..30 {
        assert_eq!(try_password("wrong").status, 400);
    }
    let reply = try_password(sandbox.identity().owner_password.expose());
    assert_eq!(reply.status, 429);
    assert_eq!(reply.json()["code"], "over_request_rate_limit");
    sandbox.sign_in(&sandbox.identity().member_email);
}
