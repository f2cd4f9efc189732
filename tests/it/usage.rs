//! Who calls with a key, and whether the gateway would take it.

use std::time::{Duration, Instant};

use cencori_cli::api::dashboard::Authorization;
use cencori_cli::api::usage::{LastUse, LiveKeys};
use cencori_cli::api::{Acceptance, ApiError, BaseUrl, Dashboard, Gateway, TimeRange, Transport};
use cencori_cli::key::Environment;
use cencori_cli::listed_key::ListedKey;
use cencori_cli::secret::Secret;
use serde_json::{Value, json};

use crate::harness::http::Call;
use crate::harness::sandbox::eventually;
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
    let input = json!({ "input": "text" });
    moderation(&sandbox, &web).json(&input).send();
    models(&sandbox, &web).header("x-cencori-app", "shop").send();
    Gateway::new(transport(&sandbox)).lists_models(&web).unwrap();

    let identity = sandbox.identity();
    let member = dashboard(&sandbox, &identity.member_email);
    assert_eq!(member.accepts(&web, None), Ok(Acceptance::Accepted));
    let project = identity.project_id;
    let ask = |most| member.usage(project, (&listed).into(), TimeRange::All, most).unwrap();
    let usage = ask(10);
    let calls = usage.gateway.rows.iter().map(|call| {
        (call.method.as_str(), call.endpoint.as_str(), call.status, call.caller_origin.as_deref())
    });
    let calls = calls.collect::<Vec<_>>();
    assert_eq!(
        calls,
        [
            ("GET", "/v1/models", Some(200), Some("shop")),
            ("GET", "/v1/models", Some(200), Some("https://a.example")),
        ]
    );
    assert_eq!(usage.gateway.rows[0].client_app.as_deref(), Some("shop"));
    // A probe without an input leaves no row.
    let requests: Vec<_> =
        usage.ai.rows.iter().map(|it| (it.status.as_str(), it.model.as_str())).collect();
    assert_eq!(requests, [("success", "text-moderation-latest")]);
    assert!(usage.gateway.complete && usage.ai.complete);
    let last = usage.gateway.rows[0].at.max(usage.ai.rows[0].at);
    assert_eq!(usage.last_use(LiveKeys::Counted(2)), LastUse::At(last));

    for _ in 0..20 {
        models(&sandbox, &web).send();
    }
    let newest = ask(1);
    assert_eq!(newest.gateway.rows.len(), 20);
    assert!(!newest.gateway.complete);
    let stranger = dashboard(&sandbox, &identity.stranger_email);
    let refused = stranger.usage(project, (&listed).into(), TimeRange::All, 1).unwrap_err();
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
    let usage = owner.usage(project, (&listed).into(), TimeRange::Hour, 1).unwrap();
    assert_eq!(usage.gateway.rows[0].client_app.as_deref(), Some("shop"));
    assert!(usage.gateway.complete);
}

#[test]
fn a_log_that_is_no_log_is_an_error() {
    let sandbox = TestSandbox::start();
    let (_, listed) = key(&sandbox, &json!({ "name": "web" }));
    let owner = dashboard(&sandbox, &sandbox.identity().owner_email);
    let project = sandbox.identity().project_id;
    for path in ["/api/projects/*/logs", "/api/projects/*/logs/gateway"] {
        sandbox.plant(&json!({ "path": path, "fault": { "kind": "html" } }));
        let error = owner.usage(project, (&listed).into(), TimeRange::Day, 1).unwrap_err();
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
    models(sandbox, &web).header("x-cencori-app", "worker").send();
    let id = id_of(&desk, "web");
    for (model, rows, cost_usd) in [("gpt-4o", 3, 0.0125), ("claude-sonnet-4-5", 1, 0.4)] {
        sandbox.add_rows(&json!({
            "log": "ai", "key": id, "rows": rows, "model": model, "cost_usd": cost_usd,
        }));
    }
    sandbox.add_rows(&json!({ "log": "ai", "key": id, "status": "error", "cost_usd": 0 }));
    desk
}

fn id_of(desk: &Desk, key: &str) -> String {
    let shown = desk.run(&["keys", "show", key, "--json"]).exits(0).json();
    shown["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_list_tells_the_last_use_and_a_key_who_calls() {
    let sandbox = TestSandbox::start();
    let desk = used_and_idle(&sandbox);
    assert_snapshot("list_usage", &desk.run(&["keys", "list", "--usage"]).exits(0).transcript());
    let list = desk.run(&["keys", "list", "--usage", "--json"]).exits(0).json();
    let [web, idle] = [&list["keys"][0], &list["keys"][1]];
    assert!(web["last_used_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(
        (&web["calls"], &web["ai_requests"], &web["name"]),
        (&json!(4), &json!(5), &json!("web"))
    );
    assert_eq!((&web["tokens"], &web["cost_usd"]), (&json!(75), &json!(0.4375)));
    assert_eq!((&web["usage"], &idle["usage"]), (&json!("used"), &json!("unused")));
    assert_eq!((&idle["last_used_at"], &idle["calls"]), (&Value::Null, &json!(0)));
    let plain = desk.run(&["keys", "list", "--json"]).exits(0).json();
    assert_eq!(plain["keys"][0].get("calls"), None);

    let show = |key: &str| desk.run(&["keys", "show", key, "--usage"]).exits(0).transcript();
    assert_snapshot("show_usage", &(show("web") + &show("idle")));
    let web = desk.run(&["keys", "show", "web", "--usage", "--json"]).exits(0);
    assert_snapshot("show_usage_json", &web.transcript());
}

#[test]
fn incidents_of_the_project_are_nobodys_use() {
    let sandbox = TestSandbox::start();
    let desk = used_and_idle(&sandbox);
    let web = id_of(&desk, "web");
    // They come first, fill every page, and are counted.
    sandbox.add_rows(&json!({ "log": "incident", "rows": 300 }));
    let list = desk.run(&["keys", "list", "--usage", "--json"]).exits(0).json();
    let [web_row, idle] = [&list["keys"][0], &list["keys"][1]];
    assert_eq!((&web_row["ai_requests"], &idle["ai_requests"]), (&json!(5), &json!(0)));
    assert_eq!((&web_row["cost_usd"], &web_row["tokens_complete"]), (&json!(0.4375), &json!(true)));
    assert_eq!((&web_row["usage"], &idle["usage"]), (&json!("used"), &json!("unused")));
    let idle = desk.run(&["keys", "show", "idle", "--usage"]).exits(0);
    assert!(idle.stdout.contains("last use      never"), "{}", idle.stdout);
    for request in sandbox.requests() {
        assert_ne!(request["status"], 500, "{request}");
    }
    // What only they hide is not called "never": a request that was filtered.
    let idle = id_of(&desk, "idle");
    let before = json!({
        "log": "ai", "key": idle, "status": "filtered", "newest_seconds_ago": 1_800,
    });
    sandbox.add_rows(&before);
    let shown = desk.run(&["keys", "show", "idle", "--usage", "--json"]).exits(0).json();
    assert_eq!((&shown["usage"], &shown["ai_requests"]), (&json!("undetermined"), &json!(1)));
    assert_eq!(shown["undetermined_because"], "incidents");
    assert_eq!((&shown["last_used_at"], &shown["tokens_complete"]), (&Value::Null, &json!(false)));
    let more = json!({ "log": "ai", "key": web, "rows": 250, "newest_seconds_ago": 3_600 });
    sandbox.add_rows(&more);
    let shown = desk.run(&["keys", "show", "web", "--usage", "--json"]).exits(0).json();
    assert_eq!((&shown["ai_requests"], &shown["tokens"]), (&json!(255), &json!(255 * 15)));
    assert_eq!(shown["models"][0]["ai_requests"], 254);
    let statuses = sandbox.requests().into_iter().filter(|request| request["status"] == 500);
    assert_eq!(statuses.count(), 0);
}

#[test]
fn an_empty_log_tells_nothing_of_a_project_with_many_keys() {
    let sandbox = TestSandbox::start();
    sandbox.add_keys(990, "production");
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "late", "--environment", "test"]).exits(0);
    let show = || desk.run(&["keys", "show", "late", "--usage", "--json"]).exits(0).json();
    assert_eq!(show()["undetermined_because"], "many_keys");
    let told = desk.run(&["keys", "list", "--usage", "--environment", "test"]).exits(0);
    let why = told.stderr.lines().find(|line| line.starts_with("The last use of 1 key is unknown"));
    assert!(why.is_some_and(|why| why.contains("1,000")), "{}", told.transcript());
    let text = desk.run(&["keys", "show", "late", "--usage"]).exits(0);
    assert!(
        text.stdout.contains("last use      unknown: the project has about 1,000"),
        "{}",
        text.stdout
    );
    let list = ["keys", "list", "--usage", "--environment", "test", "--json"];
    assert_eq!(desk.run(&list).exits(0).json()["keys"][0]["usage"], "undetermined");
    let late = id_of(&desk, "late");
    sandbox.add_rows(&json!({ "log": "gateway", "key": late }));
    // The other log is still empty.
    let shown = show();
    assert_eq!((&shown["usage"], &shown["calls"]), (&json!("undetermined"), &json!(1)));
    assert!(shown["last_used_at"].is_string());
    sandbox.add_rows(&json!({ "log": "ai", "key": late }));
    assert_eq!(show()["usage"], "used");
}

#[test]
fn what_the_plan_has_cut_off_is_not_called_never() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "old"]).exits(0);
    let made = "UPDATE api_keys SET created_at = '2026-01-01T00:00:00.000000+00:00'";
    rusqlite::Connection::open(sandbox.state()).unwrap().execute(made, []).unwrap();
    let show = || desk.run(&["keys", "show", "old", "--usage", "--json"]).exits(0).json();
    assert_eq!(show()["undetermined_because"], "plan");
    let old = id_of(&desk, "old");
    let ago = |log: &str, days: u32| json!({ "log": log, "key": old, "newest_seconds_ago": days * 86_400 });
    sandbox.add_rows(&ago("ai", 20));
    assert_eq!((&show()["usage"], &show()["ai_requests"]), (&json!("undetermined"), &json!(0)));
    sandbox.add_rows(&ago("gateway", 25));
    let text = desk.run(&["keys", "show", "old", "--usage"]).exits(0).stdout;
    assert!(text.contains("(25 days ago or later: depending on the project's plan"), "{text}");
    sandbox.set_plan("pro");
    assert_eq!((&show()["usage"], &show()["ai_requests"]), (&json!("used"), &json!(1)));
}

#[test]
fn a_list_with_usage_takes_two_rounds_of_requests() {
    let sandbox = TestSandbox::start();
    let desk = used_and_idle(&sandbox);
    let rounds: [&[&str]; 2] =
        [&["/api/projects/*/api-keys"], &["/api/projects/*/logs", "/api/projects/*/logs/gateway"]];
    // Two lists; then the two logs of both keys.
    for (paths, requests) in rounds.into_iter().zip([2, 4]) {
        for path in paths {
            let fault = json!({ "kind": "hold", "when": "before" });
            sandbox.plant(&json!({ "path": path, "times": 2, "fault": fault }));
        }
        let mut child = desk.command(&["keys", "list", "--usage", "-q"]).spawn().unwrap();
        eventually("all are asked for at once", || sandbox.held() == requests);
        sandbox.clear_faults();
        assert!(child.wait().unwrap().success());
    }
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
