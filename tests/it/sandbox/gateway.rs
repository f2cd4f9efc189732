//! What an application meets: caches, origins, rate, and the logs of it.

use std::time::Duration;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::harness::http::{Call, Reply};
use crate::harness::sandbox::{TestSandbox, eventually};

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn moderate(url: &str, key: &Value) -> Reply {
    let call = Call::new(url, "POST", "/api/ai/moderation").bearer(text(&key["full_key"]));
    call.json(&json!({})).send()
}

fn revoke(sandbox: &TestSandbox, cookie: &str, key: &Value) {
    let path = format!("{}/{}", sandbox.keys_path(), text(&key["id"]));
    assert_eq!(sandbox.call("PATCH", &path).header("cookie", cookie).send().status, 200);
}

fn change_state(sandbox: &TestSandbox, statement: &str) {
    Connection::open(sandbox.state()).unwrap().execute(statement, []).unwrap();
}

#[test]
fn a_revoked_key_lives_on_in_both_caches() {
    let sandbox = TestSandbox::start();
    let second = sandbox.another_server(|options| options.gateway_cache = Duration::from_secs(3));
    let cookie = sandbox.owner_cookie();
    let key = sandbox.create_key(&cookie, &json!({ "name": "used" }));
    // The first server fills the shared cache, the second reads it.
    assert_eq!(moderate(sandbox.url(), &key).status, 400);
    assert_eq!(moderate(second.url(), &key).status, 400);
    revoke(&sandbox, &cookie, &key);

    change_state(&sandbox, "UPDATE cached_keys SET expires_ms = 0");
    assert_eq!(moderate(sandbox.url(), &key).status, 401, "it never read the shared cache");
    assert_eq!(moderate(second.url(), &key).status, 400, "it remembers");
    eventually("the second server forgets", || moderate(second.url(), &key).status == 401);
}

#[test]
fn the_shared_cache_alone_keeps_a_revoked_key_too() {
    let sandbox = TestSandbox::start();
    let second = sandbox.another_server(|_| ());
    let cookie = sandbox.owner_cookie();
    let key = sandbox.create_key(&cookie, &json!({ "name": "used" }));
    assert_eq!(moderate(sandbox.url(), &key).status, 400);
    revoke(&sandbox, &cookie, &key);
    assert_eq!(moderate(second.url(), &key).status, 400);
}

#[test]
fn what_reads_the_database_sees_a_revocation_at_once() {
    let sandbox = TestSandbox::start();
    let cookie = sandbox.owner_cookie();
    let [used, unused] = ["used", "unused"]
        .map(|name| sandbox.create_key(&cookie, &json!({ "name": name, "environment": "test" })));
    assert_eq!(moderate(sandbox.url(), &used).status, 400);
    revoke(&sandbox, &cookie, &used);
    revoke(&sandbox, &cookie, &unused);
    assert_eq!(moderate(sandbox.url(), &used).status, 400);
    assert_eq!(moderate(sandbox.url(), &unused).status, 401, "it was in no cache");
    for path in ["/v1/models", "/api/v1/models", "/api/agent/setup/validate"] {
        let reply = sandbox.call("GET", path).bearer(text(&used["full_key"])).send();
        assert_eq!(reply.status, 401, "{path}");
    }
}

#[test]
fn without_caches_a_revocation_is_seen_at_once() {
    let sandbox = TestSandbox::start_with(|options| options.gateway_cache = Duration::ZERO);
    let cookie = sandbox.owner_cookie();
    let key = sandbox.create_key(&cookie, &json!({ "name": "used" }));
    assert_eq!(moderate(sandbox.url(), &key).status, 400);
    assert_eq!(moderate(sandbox.url(), &key).status, 400);
    revoke(&sandbox, &cookie, &key);
    assert_eq!(moderate(sandbox.url(), &key).status, 401);
}

#[test]
fn the_origin_decides_where_a_publishable_key_works() {
    let sandbox = TestSandbox::start();
    let cookie = sandbox.owner_cookie();
    for (pattern, accepted, refused) in [
        ("localhost", vec!["http://localhost", "https://localhost:3000"], vec!["http://127.0.0.1"]),
        (
            "myapp.com",
            vec!["https://myapp.com", "http://MyApp.com:80"],
            vec!["https://a.myapp.com"],
        ),
        (
            "*.myapp.com",
            vec!["https://a.myapp.com", "https://a.b.myapp.com", "https://myapp.com"],
            vec!["https://evilmyapp.com", "https://myapp.com.evil.example", "null", "myapp.com"],
        ),
        ("*.com", vec!["https://any.com"], vec!["https://any.org"]),
        ("[::1]", vec!["http://[::1]:3000"], vec!["http://localhost"]),
        ("127.0.0.1", vec!["http://127.0.0.1:3000"], vec!["http://127.0.0.2"]),
        ("Myapp.com", vec![], vec!["https://myapp.com"]),
        ("myapp.com:443", vec![], vec!["https://myapp.com", "https://myapp.com:443"]),
        ("https://myapp.com", vec![], vec!["https://myapp.com"]),
        ("myapp.com/x", vec![], vec!["https://myapp.com/x"]),
        (" myapp.com", vec![], vec!["https://myapp.com"]),
        ("*", vec![], vec!["https://myapp.com"]),
        (".myapp.com", vec![], vec!["https://a.myapp.com"]),
        ("münchen.example", vec![], vec!["https://xn--mnchen-3ya.example"]),
        ("::1", vec![], vec!["http://[::1]"]),
    ] {
        let body =
            json!({ "name": pattern, "key_type": "publishable", "allowed_domains": [pattern] });
        let key = sandbox.create_key(&cookie, &body);
        let ask = |origin: &str| {
            let call = sandbox.call("POST", "/api/ai/moderation").header("origin", origin);
            call.bearer(text(&key["full_key"])).json(&json!({})).send()
        };
        for origin in accepted {
            assert_eq!(ask(origin).status, 400, "{pattern} {origin}");
        }
        for origin in refused {
            let reply = ask(origin);
            assert_eq!(reply.status, 403, "{pattern} {origin}");
            assert_eq!(reply.json()["code"], "domain_not_allowed");
        }
    }
}

#[test]
fn sixty_calls_are_let_through_and_every_call_restarts_the_window() {
    let sandbox = TestSandbox::start();
    let cookie = sandbox.owner_cookie();
    let key = sandbox.create_key(&cookie, &json!({ "name": "busy" }));
    for left in (0..60).rev() {
        let reply = moderate(sandbox.url(), &key);
        assert_eq!(reply.status, 400);
        assert_eq!(reply.header("x-ratelimit-limit"), Some("60"));
        assert_eq!(reply.header("x-ratelimit-remaining"), Some(left.to_string().as_str()));
    }
    let refused = moderate(sandbox.url(), &key);
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), Some("60"));
    assert_eq!(refused.json()["code"], "rate_limit_exceeded");
    assert_eq!(refused.json()["retry_after_ms"], 60_000);

    change_state(&sandbox, "UPDATE rates SET window_ends_ms = window_ends_ms - 50000");
    assert_eq!(moderate(sandbox.url(), &key).status, 429);
    change_state(&sandbox, "UPDATE rates SET window_ends_ms = window_ends_ms - 50000");
    assert_eq!(moderate(sandbox.url(), &key).status, 429, "the refused call restarted it");
    change_state(&sandbox, "UPDATE rates SET window_ends_ms = window_ends_ms - 60000");
    assert_eq!(moderate(sandbox.url(), &key).status, 400);
    let models = sandbox.call("GET", "/v1/models").bearer(text(&key["full_key"])).send();
    assert_eq!(models.header("x-ratelimit-limit"), None);
}

#[test]
fn inputs_are_moderated() {
    let sandbox = TestSandbox::start();
    let key = sandbox.create_key(&sandbox.owner_cookie(), &json!({ "name": "real" }));
    for (input, results) in [(json!("one"), 1), (json!(["one", "two"]), 2)] {
        let call = sandbox.call("POST", "/api/ai/moderation").bearer(text(&key["full_key"]));
        let reply = call.json(&json!({ "input": input })).send();
        assert_eq!(reply.status, 200);
        assert_eq!(reply.json()["results"].as_array().unwrap().len(), results);
    }
}

#[test]
fn browsers_may_ask_first() {
    let sandbox = TestSandbox::start();
    for path in ["/v1/models", "/api/v1/models", "/api/ai/moderation"] {
        let reply = sandbox.call("OPTIONS", path).header("origin", "https://a.example").send();
        assert_eq!(reply.status, 204);
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        assert!(reply.header("x-request-id").is_some());
    }
}

/// The log at `path` for the person with this cookie.
fn log(sandbox: &TestSandbox, cookie: &str, path: &str) -> Reply {
    let path = format!("/api/projects/{}/{path}", sandbox.identity().project_id);
    sandbox.call("GET", &path).header("cookie", cookie).send()
}

#[test]
fn calls_are_logged_with_who_made_them() {
    let sandbox = TestSandbox::start();
    let cookie = sandbox.owner_cookie();
    let [key, other] = ["a", "b"].map(|name| sandbox.create_key(&cookie, &json!({ "name": name })));
    let models = sandbox.call("GET", "/v1/models").bearer(text(&key["full_key"]));
    models.clone().header("x-cencori-app", "cencori-cli").send();
    models.header("origin", "https://a.example").send();
    sandbox.call("GET", "/v1/models").bearer(text(&other["full_key"])).send();
    sandbox.call("GET", "/v1/models").bearer("csk_unknown").send();
    assert_eq!(moderate(sandbox.url(), &key).status, 400);

    let of_key = format!("api_key_id={}", text(&key["id"]));
    let page = log(&sandbox, &cookie, &format!("logs/gateway?{of_key}")).json();
    let rows = page["requests"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["caller_origin"], "https://a.example");
    assert_eq!(rows[0]["client_app"], Value::Null);
    assert_eq!(rows[1]["caller_origin"], "cencori-cli");
    assert_eq!(rows[1]["client_app"], "cencori-cli");
    assert_eq!(rows[1]["endpoint"], "/v1/models");
    assert_eq!(rows[1]["status_code"], 200);
    assert_eq!(rows[1]["api_key_prefix"], key["key_prefix"]);

    // A probe without an input leaves no row.
    let page = log(&sandbox, &cookie, &format!("logs?{of_key}")).json();
    assert_eq!(page["pagination"]["total"], 0);
    let moderation = sandbox.call("POST", "/api/ai/moderation").bearer(text(&key["full_key"]));
    assert_eq!(moderation.json(&json!({ "input": "text" })).send().status, 200);
    let page = log(&sandbox, &cookie, &format!("logs?{of_key}")).json();
    assert_eq!(page["pagination"]["total"], 1);
    assert_eq!(page["requests"][0]["source"], "ai_request");
    assert_eq!(page["requests"][0].get("status_code"), None);

    let page = log(&sandbox, &cookie, "logs/gateway?per_page=2&page=2&time_range=all").json();
    let expected = json!({ "page": 2, "per_page": 2, "total": 3, "total_pages": 2 });
    assert_eq!(page["pagination"], expected);
    assert_eq!(page["requests"].as_array().unwrap().len(), 1);
    let page = log(&sandbox, &cookie, "logs/gateway?environment=test").json();
    assert_eq!(page["pagination"]["total"], 0);

    change_state(&sandbox, "UPDATE gateway_calls SET created_us = created_us - 7200000000");
    let total = |range| log(&sandbox, &cookie, range).json()["pagination"]["total"].clone();
    assert_eq!(total("logs/gateway?time_range=1h"), 0);
    assert_eq!(total("logs/gateway"), 3);
    revoke(&sandbox, &cookie, &key);
    assert_eq!(total("logs/gateway"), 3);
    revoke(&sandbox, &cookie, &other);
    assert_eq!(total("logs/gateway"), 0, "no live key is left");
}

#[test]
fn members_read_the_logs_and_strangers_do_not() {
    let sandbox = TestSandbox::start();
    let identity = sandbox.identity();
    let member = sandbox.sign_in(&identity.member_email);
    let stranger = sandbox.sign_in(&identity.stranger_email);
    for path in ["logs", "logs/gateway"] {
        assert_eq!(log(&sandbox, &member, path).status, 200);
        assert_eq!(log(&sandbox, &stranger, path).status, 403);
        assert_eq!(log(&sandbox, "", path).status, 401);
    }
}

#[test]
fn the_plan_cuts_the_log_of_ai_requests_and_a_reset_takes_it_back() {
    let sandbox = TestSandbox::start();
    let cookie = sandbox.owner_cookie();
    let key = sandbox.create_key(&cookie, &json!({ "name": "old" }));
    for days in [8, 40, 100] {
        let ago = days * 86_400;
        sandbox.add_rows(&json!({ "log": "ai", "key": key["id"], "newest_seconds_ago": ago }));
    }
    let total = |path: &str| log(&sandbox, &cookie, path).json()["pagination"]["total"].clone();
    assert_eq!(total("logs?time_range=all"), 0, "free is what it begins with");
    for (plan, shown) in [("pro", 1), ("team", 2), ("enterprise", 3), ("free", 0)] {
        sandbox.set_plan(plan);
        assert_eq!(total("logs?time_range=all"), shown, "{plan}");
    }
    sandbox.set_plan("enterprise");
    cencori_cli::sandbox::reset(&sandbox.state()).unwrap();
    let cookie = sandbox.owner_cookie();
    let key = sandbox.create_key(&cookie, &json!({ "name": "old" }));
    let ago = json!({ "log": "ai", "key": key["id"], "newest_seconds_ago": 8 * 86_400 });
    sandbox.add_rows(&ago);
    assert_eq!(log(&sandbox, &cookie, "logs?time_range=all").json()["pagination"]["total"], 0);
}

#[test]
fn what_is_no_row_of_a_log_is_refused() {
    let sandbox = TestSandbox::start();
    let rows = |body: &Value| sandbox.call("POST", "/sandbox/logs").json(body).send().status;
    assert_eq!(rows(&json!({ "log": "gateway", "key": uuid::Uuid::nil() })), 404);
    assert_eq!(rows(&json!({ "log": "incident", "key": uuid::Uuid::nil() })), 400);
    assert_eq!(rows(&json!({ "log": "incident", "rows": 2 })), 201);
    let plain = sandbox.call("PUT", "/sandbox/plan").body("text/plain", b"{\"plan\":\"pro\"}");
    assert_eq!(plain.send().status, 415);
    let plan = sandbox.call("PUT", "/sandbox/plan").json(&json!({ "plan": "gold" })).send();
    assert_eq!(plan.status, 400);
}
