//! Who calls with a key, and whether the gateway would take it.

use std::time::{Duration, Instant};

use cencori_cli::api::dashboard::Authorization;
use cencori_cli::api::{
    Acceptance, ApiError, BaseUrl, Dashboard, Gateway, ListedKey, TimeRange, Transport,
};
use cencori_cli::key::Environment;
use cencori_cli::secret::Secret;
use serde_json::{Value, json};

use crate::harness::http::Call;
use crate::harness::{Desk, TestSandbox, assert_snapshot};

fn transport(sandbox: &TestSandbox) -> Transport {
    let base = BaseUrl::parse(sandbox.url()).unwrap();
    Transport::new(base, Duration::from_secs(30), Box::new(|_| ()))
}

/// The dashboard, seen by whoever has this email.
fn dashboard(sandbox: &TestSandbox, email: &str) -> Dashboard {
    let dashboard = Dashboard::new(transport(sandbox), Authorization::None);
    dashboard.sign_in(email, &sandbox.identity().owner_password).unwrap();
    dashboard
}

/// A new key: its text, and how it is listed.
fn key(sandbox: &TestSandbox, body: &Value) -> (Secret, ListedKey) {
    let row = sandbox.create_key(&sandbox.owner_cookie(), body);
    let owner = dashboard(sandbox, &sandbox.identity().owner_email);
    let project = sandbox.identity().project_id;
    let keys = owner.list_keys(project, Environment::Production).unwrap().keys;
    let listed = keys.into_iter().find(|key| row["id"] == key.id.to_string()).unwrap();
    (Secret::new(row["full_key"].as_str().unwrap()), listed)
}

fn models(sandbox: &TestSandbox, key: &Secret) -> Call {
    sandbox.call("GET", "/v1/models").bearer(key.expose())
}

fn moderation(sandbox: &TestSandbox, key: &Secret) -> Call {
    sandbox.call("POST", "/api/ai/moderation").bearer(key.expose()).json(&json!({}))
}

#[test]
fn both_logs_are_merged_without_the_tools_own_calls() {
    let sandbox = TestSandbox::start();
    let (web, listed) = key(&sandbox, &json!({ "name": "web" }));
    let (other, _) = key(&sandbox, &json!({ "name": "other" }));
    models(&sandbox, &web).header("origin", "https://a.example").send();
    models(&sandbox, &other).send();
    moderation(&sandbox, &web).header("x-cencori-app", "shop").send();
    models(&sandbox, &web).send();
    Gateway::new(transport(&sandbox)).lists_models(&web).unwrap();

    let identity = sandbox.identity();
    let member = dashboard(&sandbox, &identity.member_email);
    assert_eq!(member.accepts(&web, None), Ok(Acceptance::Accepted));
    let ask = |most| member.usage(identity.project_id, &listed, TimeRange::All, most).unwrap();
    let usage = ask(10);
    let calls = usage.calls.iter().map(|call| {
        (call.method.as_str(), call.endpoint.as_str(), call.status, call.caller_origin.as_deref())
    });
    let calls = calls.collect::<Vec<_>>();
    assert_eq!(
        calls,
        [
            ("GET", "/v1/models", 200, None),
            ("POST", "/api/ai/moderation", 400, Some("shop")),
            ("GET", "/v1/models", 200, Some("https://a.example")),
        ]
    );
    assert_eq!(usage.calls[1].client_app.as_deref(), Some("shop"));
    assert!(usage.complete && usage.server_time.is_some());
    // The sandbox, as the service of its day, does not say how far it goes back.
    assert!(!usage.whole_range);

    let newest = ask(1);
    assert_eq!(newest.calls, usage.calls[..1]);
    assert!(!newest.complete);
    let stranger = dashboard(&sandbox, &identity.stranger_email);
    let refused = stranger.usage(identity.project_id, &listed, TimeRange::All, 1).unwrap_err();
    assert_eq!(refused.status(), Some(403));
}

#[test]
fn a_page_of_own_calls_is_read_past() {
    let sandbox = TestSandbox::start();
    let (secret, listed) = key(&sandbox, &json!({ "name": "web" }));
    models(&sandbox, &secret).header("x-cencori-app", "shop").send();
    let gateway = Gateway::new(transport(&sandbox));
    for _ in 0..45 {
        assert_eq!(gateway.lists_models(&secret), Ok(Acceptance::Accepted));
    }
    let owner = dashboard(&sandbox, &sandbox.identity().owner_email);
    let project = sandbox.identity().project_id;
    let usage = owner.usage(project, &listed, TimeRange::Hour, 1).unwrap();
    assert_eq!(usage.calls[0].client_app.as_deref(), Some("shop"));
    assert!(usage.complete);
}

#[test]
fn a_log_that_is_no_log_is_an_error() {
    let sandbox = TestSandbox::start();
    let (_, listed) = key(&sandbox, &json!({ "name": "web" }));
    let owner = dashboard(&sandbox, &sandbox.identity().owner_email);
    let project = sandbox.identity().project_id;
    for path in ["/api/projects/*/logs", "/api/projects/*/logs/gateway"] {
        sandbox.plant(&json!({ "path": path, "fault": { "kind": "html" } }));
        let error = owner.usage(project, &listed, TimeRange::Day, 1).unwrap_err();
        assert!(matches!(error, ApiError::Unintelligible { .. }), "{error}");
    }
}

#[test]
fn the_gateway_says_which_keys_it_takes_and_from_where() {
    let sandbox = TestSandbox::start_with(|options| options.gateway_cache = Duration::ZERO);
    let body =
        json!({ "name": "web", "key_type": "publishable", "allowed_domains": ["*.myapp.com"] });
    let (web, listed) = key(&sandbox, &body);
    let gateway = Gateway::new(transport(&sandbox));
    let owner = dashboard(&sandbox, &sandbox.identity().owner_email);
    assert_eq!(owner.accepts(&web, Some("https://a.myapp.com")), Ok(Acceptance::Accepted));
    for refused in [None, Some("https://evil.example"), Some("null")] {
        assert_eq!(owner.accepts(&web, refused), Ok(Acceptance::DomainNotAllowed), "{refused:?}");
    }
    assert!(owner.accepts(&web, Some("https://a\n.example")).is_err());
    assert_eq!(gateway.lists_models(&web), Ok(Acceptance::Accepted));

    owner.revoke_key(sandbox.identity().project_id, listed.id).unwrap();
    assert_eq!(gateway.lists_models(&web), Ok(Acceptance::InvalidKey));
    assert_eq!(owner.accepts(&web, None), Ok(Acceptance::InvalidKey));
}

#[test]
fn a_gateway_that_can_not_say_is_an_error() {
    let sandbox = TestSandbox::start();
    let (secret, _) = key(&sandbox, &json!({ "name": "web" }));
    let gateway = Gateway::new(transport(&sandbox));
    let owner = dashboard(&sandbox, &sandbox.identity().owner_email);
    for fault in [
        json!({ "kind": "html" }),
        json!({ "kind": "status", "status": 401 }),
        json!({ "kind": "status", "status": 403 }),
        json!({ "kind": "status", "status": 500 }),
        json!({ "kind": "status", "status": 400 }),
        json!({ "kind": "status", "status": 200 }),
        json!({ "kind": "cut" }),
    ] {
        sandbox.plant(&json!({ "path": "/api/ai/moderation", "fault": fault }));
        assert!(owner.accepts(&secret, None).is_err(), "moderation: {fault}");
        sandbox.plant(&json!({ "path": "/v1/models", "times": 4, "fault": fault }));
        assert!(gateway.lists_models(&secret).is_err(), "models: {fault}");
        sandbox.clear_faults();
    }
}

#[test]
fn one_429_holds_up_all_calls_and_no_post_is_sent_again() {
    let sandbox = TestSandbox::start();
    let (secret, _) = key(&sandbox, &json!({ "name": "web" }));
    let owner = dashboard(&sandbox, &sandbox.identity().owner_email);
    let fault = json!({ "kind": "status", "status": 429, "retry_after": 1 });
    sandbox.plant(&json!({ "path": "/api/ai/moderation", "fault": fault }));
    let started = Instant::now();
    // Key and domain were checked before the rate was.
    assert_eq!(owner.accepts(&secret, None), Ok(Acceptance::Accepted));
    assert!(started.elapsed() < Duration::from_secs(1));
    owner.profile().unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1), "{:?}", started.elapsed());
    let posts =
        sandbox.requests().into_iter().filter(|request| request["path"] == "/api/ai/moderation");
    assert_eq!(posts.count(), 1);
}

/// `web`, which three called with, and `idle`, which nobody did.
fn used_and_idle(sandbox: &TestSandbox) -> Desk {
    let desk = Desk::at(sandbox);
    desk.run(&["keys", "create", "idle"]).exits(0);
    let web = Secret::new(desk.run(&["keys", "create", "web"]).exits(0).stdout.trim());
    for path in ["/", "/cart?user=7"] {
        let page = format!("https://shop.example{path}");
        models(sandbox, &web).header("referer", &page).send();
    }
    models(sandbox, &web).send();
    moderation(sandbox, &web).header("x-cencori-app", "worker").send();
    desk
}

#[test]
fn a_list_tells_the_last_use_and_a_key_who_calls() {
    let sandbox = TestSandbox::start();
    let desk = used_and_idle(&sandbox);
    assert_snapshot("list_usage", &desk.run(&["keys", "list", "--usage"]).exits(0).transcript());
    let list = desk.run(&["keys", "list", "--usage", "--json"]).exits(0).json();
    assert!(list["keys"][0]["last_used_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!((&list["keys"][0]["calls"], &list["keys"][0]["name"]), (&json!(4), &json!("web")));
    assert_eq!(list["keys"][1]["last_used_at"], Value::Null);
    // Nobody knows how far the logs go back.
    assert_eq!(list["keys"][1]["never_used"], false);
    let plain = desk.run(&["keys", "list", "--json"]).exits(0).json();
    assert_eq!(plain["keys"][0].get("calls"), None);

    let show = |key: &str| desk.run(&["keys", "show", key, "--usage"]).exits(0).transcript();
    assert_snapshot("show_usage", &(show("web") + &show("idle")));
    let web = desk.run(&["keys", "show", "web", "--usage", "--json"]).exits(0);
    assert_snapshot("show_usage_json", &web.transcript());
}

#[test]
fn logs_that_can_not_be_read_are_not_called_unused() {
    let sandbox = TestSandbox::start();
    let desk = used_and_idle(&sandbox);
    let path = "/api/projects/*/logs/gateway";
    let refused = json!({ "kind": "status", "status": 403 });
    sandbox.plant(&json!({ "path": path, "fault": refused }));
    let run = desk.run(&["keys", "list", "--usage"]).exits(7);
    assert!(run.stderr.contains("The logs of 1 of 2 keys can't be read"), "{}", run.stderr);
    sandbox.plant(&json!({ "path": path, "times": 0, "fault": { "kind": "html" } }));
    let run = desk.run(&["keys", "list", "--usage"]).exits(8);
    assert_eq!(run.stdout, "");
    let run = desk.run(&["keys", "show", "web", "--usage"]).exits(8);
    assert!(run.stderr.contains("can't be read"), "{}", run.stderr);
}

#[test]
fn a_member_sees_the_use_of_a_key_whose_id_they_know() {
    let sandbox = TestSandbox::start();
    let owner = used_and_idle(&sandbox);
    let keys = owner.run(&["keys", "list", "--json"]).exits(0).json();
    let [web, idle] = [0, 1].map(|index| keys["keys"][index]["id"].as_str().unwrap().to_owned());
    let member = Desk::at(&sandbox).with("CENCORI_EMAIL", &sandbox.identity().member_email);
    let mut runs = String::new();
    for id in [&web, &idle] {
        runs += &member.run(&["keys", "show", id, "--usage"]).exits(0).transcript();
    }
    assert_snapshot("show_usage_member", &runs);
    let run = member.run(&["keys", "show", &web, "--usage", "--json"]).exits(0);
    assert_eq!((&run.json()["id"], &run.json()["calls"]), (&json!(web), &json!(4)));
    member.run(&["keys", "show", "web", "--usage"]).exits(5);
    member.run(&["keys", "show", &web]).exits(5);
    let stranger = Desk::at(&sandbox).with("CENCORI_EMAIL", &sandbox.identity().stranger_email);
    stranger.run(&["keys", "show", &web, "--usage"]).exits(5);
}

#[test]
fn many_logs_are_read_at_once() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let cookie = sandbox.owner_cookie();
    for number in 0..32 {
        sandbox.create_key(&cookie, &json!({ "name": format!("key {number}") }));
    }
    let slow = json!({ "kind": "slow", "milliseconds": 200 });
    for path in ["/api/projects/*/logs", "/api/projects/*/logs/gateway"] {
        sandbox.plant(&json!({ "path": path, "times": 0, "fault": slow }));
    }
    let started = Instant::now();
    desk.run(&["keys", "list", "--usage", "-q"]).exits(0);
    // One after the other they take 12.8 s, eight at a time 1.6 s.
    let elapsed = started.elapsed();
    assert!(
        (Duration::from_millis(1_600)..Duration::from_secs(8)).contains(&elapsed),
        "{elapsed:?}"
    );
}
