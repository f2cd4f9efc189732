//! Every kind of fault, and the list of what was asked.

use std::time::{Duration, Instant};
use std::{io, thread};

use cencori_cli::sandbox;
use serde_json::{Value, json};

use crate::harness::http::Reply;
use crate::harness::sandbox::{TestSandbox, eventually};

const KEYS: &str = "/api/projects/*/api-keys";

/// A sandbox, and the cookie of its owner.
fn signed_in() -> (TestSandbox, String) {
    let sandbox = TestSandbox::start();
    let cookie = sandbox.owner_cookie();
    (sandbox, cookie)
}

fn try_create(sandbox: &TestSandbox, cookie: &str, name: &str) -> io::Result<Reply> {
    let call = sandbox.call("POST", &sandbox.keys_path()).header("cookie", cookie);
    call.json(&json!({ "name": name })).try_send()
}

fn plant_on_create(sandbox: &TestSandbox, effect: &Value) {
    sandbox.plant(&json!({ "method": "POST", "path": KEYS, "fault": effect }));
}

#[test]
fn a_request_is_held_before_its_work_and_others_are_not() {
    let (sandbox, cookie) = signed_in();
    plant_on_create(&sandbox, &json!({ "kind": "hold", "when": "before" }));
    thread::scope(|scope| {
        let held = scope.spawn(|| try_create(&sandbox, &cookie, "held").unwrap().status);
        sandbox.wait_for_held();
        assert!(sandbox.key_names(&cookie, "production").is_empty());
        sandbox.clear_faults();
        assert_eq!(held.join().unwrap(), 201);
    });
    assert_eq!(sandbox.key_names(&cookie, "production"), ["held"]);
}

#[test]
fn an_answer_is_held_after_the_work() {
    let (sandbox, cookie) = signed_in();
    plant_on_create(&sandbox, &json!({ "kind": "hold", "when": "after" }));
    thread::scope(|scope| {
        let held = scope.spawn(|| try_create(&sandbox, &cookie, "held").unwrap().status);
        sandbox.wait_for_held();
        assert_eq!(sandbox.key_names(&cookie, "production"), ["held"]);
        sandbox.clear_faults();
        assert_eq!(held.join().unwrap(), 201);
    });
}

#[test]
fn a_reset_frees_held_requests_and_removes_faults() {
    let (sandbox, cookie) = signed_in();
    plant_on_create(&sandbox, &json!({ "kind": "hold", "when": "before" }));
    sandbox.plant(&json!({ "times": 0, "fault": { "kind": "status", "status": 503 } }));
    thread::scope(|scope| {
        let held = scope.spawn(|| try_create(&sandbox, &cookie, "held").unwrap().status);
        sandbox.wait_for_held();
        sandbox::reset(&sandbox.state()).unwrap();
        assert_eq!(held.join().unwrap(), 401, "its session is gone");
    });
    sandbox.owner_cookie();
}

#[test]
fn a_fault_that_is_planted_after_a_reset_stays() {
    let sandbox = TestSandbox::start();
    sandbox::reset(&sandbox.state()).unwrap();
    sandbox.plant(&json!({ "fault": { "kind": "status", "status": 503 } }));
    assert_eq!(sandbox.call("GET", "/v1/models").send().status, 503);
}

#[test]
fn a_connection_is_dropped_before_or_after_the_work() {
    for (when, names) in [("before", vec![]), ("after", vec!["dropped"])] {
        let (sandbox, cookie) = signed_in();
        plant_on_create(&sandbox, &json!({ "kind": "drop", "when": when }));
        assert!(try_create(&sandbox, &cookie, "dropped").is_err());
        assert_eq!(sandbox.key_names(&cookie, "production"), names);
        let dropped = sandbox.requests().into_iter().find(|it| it["path"] == sandbox.keys_path());
        assert_eq!(dropped.unwrap()["status"], Value::Null);
    }
}

#[test]
fn another_status_comes_instead_of_the_work_or_after_it() {
    let (sandbox, cookie) = signed_in();
    plant_on_create(&sandbox, &json!({ "kind": "status", "status": 503 }));
    plant_on_create(&sandbox, &json!({ "kind": "status", "status": 500, "when": "after" }));
    let limit = json!({ "kind": "status", "status": 429, "retry_after": 7 });
    plant_on_create(&sandbox, &limit);
    assert_eq!(try_create(&sandbox, &cookie, "first").unwrap().status, 503);
    assert_eq!(try_create(&sandbox, &cookie, "second").unwrap().status, 500);
    let limited = try_create(&sandbox, &cookie, "third").unwrap();
    assert_eq!((limited.status, limited.header("retry-after")), (429, Some("7")));
    assert_eq!(try_create(&sandbox, &cookie, "fourth").unwrap().status, 201);
    assert_eq!(sandbox.key_names(&cookie, "production"), ["fourth", "second"]);
}

#[test]
fn an_answer_is_slow() {
    let (sandbox, cookie) = signed_in();
    plant_on_create(&sandbox, &json!({ "kind": "slow", "milliseconds": 200 }));
    let started = Instant::now();
    assert_eq!(try_create(&sandbox, &cookie, "slow").unwrap().status, 201);
    assert!(started.elapsed() >= Duration::from_millis(200));
}

#[test]
fn an_answer_is_cut_short() {
    let (sandbox, cookie) = signed_in();
    plant_on_create(&sandbox, &json!({ "kind": "cut" }));
    let reply = try_create(&sandbox, &cookie, "cut").unwrap();
    assert_eq!(reply.status, 201);
    assert!(!reply.whole);
    let length: usize = reply.header("content-length").unwrap().parse().unwrap();
    assert_eq!(reply.body.len(), length / 2);
    assert_eq!(sandbox.key_names(&cookie, "production"), ["cut"]);
}

#[test]
fn a_page_comes_instead_of_json() {
    let (sandbox, cookie) = signed_in();
    plant_on_create(&sandbox, &json!({ "kind": "html" }));
    let reply = try_create(&sandbox, &cookie, "page").unwrap();
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(sandbox.key_names(&cookie, "production"), ["page"]);
}

#[test]
fn a_request_is_sent_elsewhere() {
    let (sandbox, cookie) = signed_in();
    plant_on_create(&sandbox, &json!({ "kind": "redirect", "location": "http://evil.example/" }));
    let reply = try_create(&sandbox, &cookie, "redirected").unwrap();
    assert_eq!((reply.status, reply.header("location")), (307, Some("http://evil.example/")));
    assert!(sandbox.key_names(&cookie, "production").is_empty());
}

#[test]
fn faults_skip_repeat_and_are_listed() {
    let (sandbox, cookie) = signed_in();
    let fault = json!({ "kind": "status", "status": 503 });
    sandbox.plant(&json!({ "path": KEYS, "skip": 1, "times": 2, "fault": fault }));
    let statuses = (0..4)
        .map(|_| sandbox.call("GET", &sandbox.keys_path()).header("cookie", &cookie).send().status);
    assert_eq!(statuses.collect::<Vec<_>>(), [200, 503, 503, 200]);
    let faults = sandbox.call("GET", "/sandbox/faults").send().json();
    assert_eq!(faults["faults"][0]["struck"], 2);
    assert_eq!(faults["faults"][0]["path"], KEYS);

    sandbox.clear_faults();
    sandbox.plant(&json!({ "times": 0, "fault": fault }));
    for _ in 0..3 {
        assert_eq!(sandbox.call("GET", "/v1/models").send().status, 503);
    }
    assert_eq!(sandbox.call("GET", "/sandbox").send().status, 200, "controls are never struck");
}

#[test]
fn a_web_page_cannot_plant_a_fault() {
    let sandbox = TestSandbox::start();
    let fault = json!({ "fault": { "kind": "cut" } }).to_string();
    let call = sandbox.call("POST", "/sandbox/faults");
    assert_eq!(call.clone().body("text/plain", fault.as_bytes()).send().status, 415);
    assert_eq!(call.clone().send().status, 415);
    assert_eq!(call.json(&json!({ "fault": { "kind": "melt" } })).send().status, 400);
    let preflight = sandbox.call("OPTIONS", "/sandbox/faults").send();
    assert_eq!(preflight.header("access-control-allow-origin"), None);
    let faults = sandbox.call("GET", "/sandbox/faults").send().json();
    assert_eq!(faults, json!({ "faults": [], "held": 0 }));
}

#[test]
fn requests_are_listed_without_what_could_be_secret() {
    let sandbox = TestSandbox::start();
    let call = sandbox.call("GET", "/v1/models?a=1").header("x-cencori-app", "cencori-cli");
    call.bearer("csk_secret").send();
    let expected = json!([{
        "method": "GET", "path": "/v1/models", "query": "a=1", "status": 401,
        "client_app": "cencori-cli",
    }]);
    assert_eq!(Value::from(sandbox.requests()), expected);
}

#[test]
fn a_held_request_whose_client_went_away_is_not_counted() {
    let (sandbox, cookie) = signed_in();
    plant_on_create(&sandbox, &json!({ "kind": "hold", "when": "before" }));
    let call = sandbox.call("POST", &sandbox.keys_path()).header("cookie", &cookie);
    let connection = call.json(&json!({ "name": "gone" })).send_only().unwrap();
    sandbox.wait_for_held();
    drop(connection);
    eventually("it is no longer held", || sandbox.held() == 0);
    sandbox.clear_faults();
    assert!(sandbox.key_names(&cookie, "production").is_empty());
    let statuses: Vec<Value> = sandbox.requests().iter().map(|it| it["status"].clone()).collect();
    assert_eq!(statuses, [json!(200), Value::Null, json!(200)], "the one in the middle got none");
}
