//! `keys verify`: alive, revoked, unknown, or nobody can say.

use serde_json::{Value, json};

use crate::harness::{Desk, Run, TestSandbox, assert_snapshot};

const ENV_KEY: &str = ".env:CENCORI_API_KEY";

/// Knows where the service is, and nothing more.
fn signed_out(sandbox: &TestSandbox) -> Desk {
    Desk::new().with("CENCORI_DASHBOARD_URL", sandbox.url())
}

/// Makes the key `web` at `desk` and puts it into `.env`; gives its text.
fn key(desk: &Desk, more: &[&str]) -> String {
    let create = [&["keys", "create", "web", "--env-file", "--var", "CENCORI_API_KEY"], more];
    desk.run(&create.concat()).exits(0);
    desk.read(".env").trim().split_once('=').expect("a value").1.to_owned()
}

/// A desk with a key in `.env`, that is signed in, and one that is not.
fn desks(sandbox: &TestSandbox, more: &[&str]) -> (Desk, Desk, String) {
    let (desk, stranger) = (Desk::at(sandbox), signed_out(sandbox));
    let key = key(&desk, more);
    stranger.write(".env", desk.read(".env"));
    (desk, stranger, key)
}

fn fail(sandbox: &TestSandbox, path: &str, fault: Value) {
    sandbox.plant(&json!({ "path": path, "times": 0, "fault": fault }));
}

fn unavailable() -> Value {
    json!({ "kind": "status", "status": 503 })
}

#[test]
fn a_live_key_says_whose_it_is_with_and_without_a_session() {
    let sandbox = TestSandbox::start();
    let (desk, stranger, key) = desks(&sandbox, &[]);
    // Without a KEY it is the one in .env.
    let run = desk.run(&["keys", "verify"]).exits(0);
    assert_snapshot("verify", &run.transcript());
    assert_snapshot("verify_json", &desk.run(&["keys", "verify", "--json"]).exits(0).transcript());
    let run = stranger.run(&["keys", "verify", ENV_KEY]).exits(0);
    assert_snapshot("verify_signed_out", &run.transcript());
    let input = stranger.run_with_input(&["keys", "verify", "-", "-v"], key.as_bytes()).exits(0);
    assert!(input.stdout.contains("(standard input)"), "{}", input.stdout);
    assert!(!input.transcript().contains(&key), "{}", input.transcript());
    // Its project is asked for it, whatever project is named.
    let elsewhere = Desk::at(&sandbox)
        .with("CENCORI_PROJECT", &sandbox.identity().foreign_project_id.to_string());
    elsewhere.write(".env", desk.read(".env"));
    let run = elsewhere.run(&["keys", "verify", "--json"]).exits(0);
    assert_eq!(run.json()["key"]["name"], "web");
}

#[test]
fn revoked_and_unknown_are_told_apart() {
    let sandbox = TestSandbox::start();
    let (desk, stranger, key) = desks(&sandbox, &[]);
    desk.run(&["keys", "revoke", "web", "--yes"]).exits(0);
    let run = stranger.run(&["keys", "verify"]).exits(3);
    assert_snapshot("verify_revoked", &run.transcript());
    let last = if key.ends_with('0') { '1' } else { '0' };
    let other = format!("{}{last}", &key[..key.len() - 1]);
    let mut runs = String::new();
    for desk in [&desk, &stranger] {
        let run = desk.run_with_input(&["keys", "verify", "-"], other.as_bytes()).exits(6);
        runs += &run.transcript();
    }
    assert_snapshot("verify_unknown", &runs);
    // A service that can't list has a database that may be down.
    fail(&sandbox, "/api/projects/*/api-keys", unavailable());
    desk.run_with_input(&["keys", "verify", "-"], other.as_bytes()).exits(8);
}

#[test]
fn a_revoked_key_that_is_still_taken_is_called_revoked() {
    let sandbox = TestSandbox::start();
    let (desk, stranger, _) = desks(&sandbox, &[]);
    let verify = ["keys", "verify", "--origin", "https://a.example"];
    stranger.run(&verify).exits(0);
    desk.run(&["keys", "revoke", "web", "--yes"]).exits(0);
    assert_snapshot("verify_lagging", &stranger.run(&verify).exits(3).transcript());
}

#[test]
fn a_publishable_key_is_tried_from_an_origin() {
    let sandbox = TestSandbox::start();
    let (_, desk, _) = desks(&sandbox, &["--publishable", "--domain", "*.myapp.com"]);
    let from = |origin: &str| desk.run(&["keys", "verify", "--origin", origin]);
    assert_snapshot("verify_origin", &from("https://a.MyApp.com/shop").exits(0).transcript());
    assert_snapshot("verify_origin_refused", &from("https://evil.example").exits(3).transcript());
    from("evil.example").exits(2);
    // Nobody is asked without --origin: that counts against the project's rate.
    let asked = |sandbox: &TestSandbox| {
        let requests = sandbox.requests().into_iter();
        requests.filter(|request| request["path"] == "/api/ai/moderation").count()
    };
    let before = asked(&sandbox);
    desk.run(&["keys", "verify"]).exits(0);
    assert_eq!(asked(&sandbox), before);
    fail(&sandbox, "/api/ai/moderation", unavailable());
    let run = desk.run(&["keys", "verify", "--json", "--origin", "https://a.myapp.com"]).exits(8);
    let document = run.json();
    assert_eq!(document["state"], "live");
    assert_eq!(document["origin"]["accepted"], Value::Null);
    sandbox.clear_faults();
    fail(&sandbox, "/api/ai/moderation", json!({ "kind": "status", "status": 429 }));
    from("https://a.myapp.com").exits(0);
}

#[test]
fn no_key_is_called_unknown_by_one_route_alone() {
    let sandbox = TestSandbox::start();
    let (desk, stranger, _) = desks(&sandbox, &[]);
    // As with a database that is down.
    fail(&sandbox, "/api/agent/setup/validate", json!({ "kind": "status", "status": 401 }));
    let state = |run: &Run| (run.json()["state"].clone(), run.json()["source"].clone());
    let run = stranger.run(&["keys", "verify", "--json"]).exits(0);
    assert_eq!(state(&run), (json!("live"), json!("models")));
    fail(&sandbox, "/v1/models", unavailable());
    let run = stranger.run(&["keys", "verify"]).exits(8);
    assert_snapshot("verify_undetermined", &run.transcript());
    let run = desk.run(&["keys", "verify", "--json"]).exits(0);
    assert_eq!(state(&run), (json!("live"), json!("list")));
    fail(&sandbox, "/api/projects/*/api-keys", unavailable());
    let run = desk.run(&["keys", "verify", "--json"]).exits(8);
    assert_eq!(state(&run), (json!("undetermined"), Value::Null));
    assert!(run.json()["warnings"][0].as_str().unwrap().contains("can't be read"));
}

#[test]
fn a_route_that_may_lag_answers_where_no_other_does() {
    let sandbox = TestSandbox::start();
    let (_, desk, _) = desks(&sandbox, &[]);
    fail(&sandbox, "/api/agent/setup/validate", json!({ "kind": "html" }));
    let run = desk.run(&["keys", "verify", "--json"]).exits(0);
    assert_eq!(run.json()["source"], "models");
    assert_eq!(run.json()["may_lag"], false);
    fail(&sandbox, "/v1/models", json!({ "kind": "html" }));
    let run = desk.run(&["keys", "verify"]).exits(0);
    assert_snapshot("verify_may_lag", &run.transcript());
    fail(&sandbox, "/api/ai/moderation", json!({ "kind": "html" }));
    desk.run(&["keys", "verify"]).exits(8);
    drop(sandbox);
    desk.run(&["keys", "verify"]).exits(8);
}

#[test]
fn a_named_key_is_looked_up_in_the_list() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    key(&desk, &[]);
    let mut runs = desk.run(&["keys", "verify", "web"]).exits(0).transcript();
    runs += &desk.run(&["keys", "verify", "app"]).exits(6).transcript();
    runs += &desk
        .run(&["keys", "verify", "web", "--origin", "https://a.example"])
        .exits(2)
        .transcript();
    assert_snapshot("verify_by_name", &runs);
    signed_out(&sandbox).run(&["keys", "verify", "web"]).exits(2);
    let nothing = signed_out(&sandbox).run(&["keys", "verify"]).exits(6);
    assert_snapshot("verify_nothing", &nothing.transcript());
}

#[test]
fn the_gateway_has_an_address_of_its_own() {
    let (sandbox, other) = (TestSandbox::start(), TestSandbox::start());
    let (_, desk, _) = desks(&sandbox, &[]);
    let asked = || other.requests().iter().any(|request| request["path"] == "/v1/models");
    desk.run(&["keys", "verify"]).exits(0);
    assert!(!asked());
    let config = desk.outside("config");
    std::fs::create_dir(&config).unwrap();
    let profile = format!("[profiles.default]\ngateway_url = \"{}\"\n", other.url());
    std::fs::write(config.join("config.toml"), profile).unwrap();
    let desk = desk.with("CENCORI_CONFIG_DIR", config.to_str().unwrap());
    // The two don't agree: that one never had the key.
    desk.run(&["keys", "verify"]).exits(8);
    assert!(asked());
    let desk = desk.with("CENCORI_GATEWAY_URL", sandbox.url());
    desk.run(&["keys", "verify"]).exits(0);
    let desk = desk.with("CENCORI_GATEWAY_URL", "http://gateway.example");
    let run = desk.run(&["keys", "verify"]).exits(2);
    assert!(run.stderr.contains("CENCORI_GATEWAY_URL can't be used"), "{}", run.stderr);
    // The sandbox is its own gateway.
    let created = desk.run(&["keys", "create", "a", "--sandbox"]).exits(0).stdout;
    desk.run_with_input(&["keys", "verify", "-", "--sandbox"], created.as_bytes()).exits(0);
}

#[test]
fn a_network_that_is_not_allowed_is_told_as_it_is() {
    let sandbox = TestSandbox::start();
    let domain = ["--publishable", "--domain", "*.myapp.com"];
    let (_, desk, _) = desks(&sandbox, &domain);
    let body = json!({ "error": "Network not allowed", "code": "network_access_denied" });
    fail(&sandbox, "/api/ai/moderation", json!({ "kind": "status", "status": 403, "body": body }));
    let arguments = ["keys", "verify", "--origin", "https://a.myapp.com"];
    assert_snapshot("verify_network", &desk.run(&arguments).exits(3).transcript());
    let document = desk.run(&[&arguments[..], &["--json"]].concat()).exits(3).json();
    assert_eq!(
        (&document["state"], &document["origin"]["accepted"]),
        (&json!("live"), &json!(false))
    );
}

#[test]
fn a_project_that_a_service_in_trouble_does_not_find_proves_nothing() {
    let sandbox = TestSandbox::start();
    let (desk, ..) = desks(&sandbox, &[]);
    // All that reads the database, while that is down.
    for path in ["/api/agent/setup/validate", "/v1/models", "/api/ai/moderation"] {
        let body = json!({ "error": { "code": "invalid_api_key" } });
        fail(&sandbox, path, json!({ "kind": "status", "status": 401, "body": body }));
    }
    let body = json!({ "error": "Project not found" });
    fail(
        &sandbox,
        "/api/projects/*/api-keys",
        json!({ "kind": "status", "status": 404, "body": body }),
    );
    let run = desk.run(&["keys", "verify"]);
    assert!(run.stdout.contains("unless the service's database is down"), "{}", run.transcript());
}
