//! `keys revoke`, and KEY in all its forms.

use serde_json::{Value, json};

use crate::harness::{Desk, Run, TestSandbox, assert_snapshot};

const KEYS: &str = "/api/projects/*/api-keys";
const KEY: &str = "/api/projects/*/api-keys/*";

fn live(sandbox: &TestSandbox) -> Vec<String> {
    let cookie = sandbox.owner_cookie();
    ["production", "test"]
        .iter()
        .flat_map(|environment| sandbox.key_names(&cookie, environment))
        .collect()
}

fn create(desk: &Desk, name: &str) -> Value {
    desk.run(&["--json", "keys", "create", name]).exits(0).json()
}

#[test]
fn a_key_can_be_named_in_every_form() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let text = |key: &Value, field: &str| key[field].as_str().unwrap().to_owned();
    let first = create(&desk, "by: its name");
    let keys: Vec<_> = (0..5).map(|number| create(&desk, &format!("key {number}"))).collect();
    desk.write("some.env", format!("A=1\nK='{}'\n", text(&keys[3], "key")));
    let shown = |reference: &str| {
        desk.run(&["--json", "keys", "show", reference]).exits(0).json()["id"].clone()
    };
    assert_eq!(shown("by: its name"), first["id"]);
    assert_eq!(shown(&text(&keys[0], "id")), keys[0]["id"]);
    assert_eq!(shown(&text(&keys[1], "prefix")), keys[1]["id"]);
    assert_eq!(shown(text(&keys[2], "prefix").trim_end_matches('.')), keys[2]["id"]);
    assert_eq!(shown("some.env:K"), keys[3]["id"]);
    let input = format!(" {}\n", text(&keys[4], "key"));
    let shown =
        desk.run_with_input(&["--json", "keys", "show", "-"], input.as_bytes()).exits(0).json();
    assert_eq!(shown["id"], keys[4]["id"]);

    let by_input =
        desk.run_with_input(&["keys", "revoke", "-", "--yes"], input.as_bytes()).exits(0);
    assert!(by_input.stdout.starts_with("revoked: key 4"), "{}", by_input.transcript());
    desk.run(&["keys", "revoke", "some.env:K", "--yes"]).exits(0);
    desk.run(&["keys", "revoke", &text(&keys[1], "prefix"), "--yes"]).exits(0);
    assert_eq!(live(&sandbox), ["key 2", "key 0", "by: its name"]);
}

#[test]
fn a_key_that_fits_nothing() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let unknown = format!("K=csk_{}\n", "0".repeat(48));
    desk.write(".env", format!("{unknown}EMPTY=\nTEXT=hello\nTWICE=a\nTWICE=b\n"));
    let mut runs = String::new();
    for reference in [
        "web",
        "csk_ab12...",
        "00000000-0000-4000-8000-000000000000",
        ".env:K",
        ".env:EMPTY",
        ".env:TEXT",
        ".env:TWICE",
        ".env:NONE",
        "other/.env:K",
        "not a file:K",
    ] {
        runs += &desk.run(&["keys", "revoke", reference, "--yes"]).exits(6).transcript();
    }
    assert_snapshot("revoke_nothing_fits", &runs);
    desk.run(&["keys", "revoke", "web", "--yes", "--ignore-missing"]).exits(0);
}

#[test]
fn names_of_two_environments_are_told_apart() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    create(&desk, "server");
    desk.run(&["keys", "create", "server", "--environment", "test"]).exits(0);
    desk.run(&["keys", "revoke", "server", "--yes"]).exits(6);
    desk.run(&["keys", "revoke", "server", "--environment", "test", "--yes"]).exits(0);
    assert_eq!(sandbox.live_keys(), ["server"]);
}

#[test]
fn several_keys_get_a_line_each() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    for name in ["a", "b", "c"] {
        create(&desk, name);
    }
    let dry = desk.run(&["keys", "revoke", "a", "b", "--dry-run"]).exits(0);
    assert_snapshot("revoke_dry_run", &dry.transcript());
    assert_eq!(live(&sandbox).len(), 3);
    let partly = desk.run(&["keys", "revoke", "a", "nope", "b", "a", "--yes"]).exits(7);
    assert_snapshot("revoke_partly", &partly.transcript());
    assert_eq!(live(&sandbox), ["c"]);
    let json = desk.run(&["--json", "keys", "revoke", "c", "nope", "--yes"]).exits(7);
    assert_snapshot("revoke_json", &json.transcript());
    desk.run(&["keys", "revoke", "a", "b", "--yes"]).exits(6);
    desk.run(&["keys", "revoke", "a", "b", "--yes", "--ignore-missing"]).exits(0);
}

#[test]
fn what_the_service_answers_is_never_taken_for_the_truth() {
    let fault = |method: &str, path: &str, fault: Value, skip: u32, times: u32| json!({"method": method, "path": path, "skip": skip, "times": times, "fault": fault});
    let failing = json!({"kind": "status", "status": 503});
    let mut runs = String::new();
    let mut revoke = |what: &str, planted: Value, code: i32, left: usize| -> Run {
        let sandbox = TestSandbox::start();
        let desk = Desk::at(&sandbox);
        create(&desk, "web");
        sandbox.plant(&planted);
        let run = desk.run(&["--timeout", "1", "keys", "revoke", "web", "--yes"]).exits(code);
        runs += &format!("{what}\n{}\n", run.transcript());
        sandbox.clear_faults();
        assert_eq!(live(&sandbox).len(), left, "{what}");
        run
    };
    revoke(
        "500, and it did it",
        fault("PATCH", KEY, json!({"kind": "status", "status": 500, "when": "after"}), 0, 1),
        0,
        0,
    );
    revoke(
        "the answer is lost",
        fault("PATCH", KEY, json!({"kind": "drop", "when": "after"}), 0, 1),
        0,
        0,
    );
    revoke(
        "500, and it did not",
        fault("PATCH", KEY, json!({"kind": "status", "status": 500}), 0, 0),
        8,
        1,
    );
    revoke(
        "200, and it did not",
        fault("PATCH", KEY, json!({"kind": "status", "status": 200}), 0, 1),
        1,
        1,
    );
    // Both environments are listed before; the third list is the proof.
    revoke("it can't be asked again", fault("GET", KEYS, failing, 2, 0), 8, 0);
    assert_snapshot("revoke_untrusted", &runs);
}

#[test]
fn somebody_else_may_revoke_it_meanwhile() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let key = create(&desk, "web");
    sandbox.hold("PATCH", KEY, "before");
    let child = desk
        .command(&["--json", "keys", "revoke", "web", "--yes"])
        .stdout(std::process::Stdio::piped())
        .spawn();
    sandbox.wait_for_held();
    let path = format!("{}/{}", sandbox.keys_path(), key["id"].as_str().unwrap());
    let cookie = sandbox.owner_cookie();
    assert_eq!(sandbox.call("PATCH", &path).header("cookie", &cookie).send().status, 200);
    sandbox.clear_faults();
    let output = child.unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["revocations"][0]["outcome"], "already_revoked");
}

#[test]
fn beyond_a_thousand_keys_absence_proves_nothing() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    create(&desk, "oldest");
    let cookie = sandbox.owner_cookie();
    for number in 0..999 {
        sandbox.create_key(&cookie, &json!({"name": format!("filler {number}")}));
    }
    let listed =
        desk.run(&["--json", "keys", "list", "--environment", "production"]).exits(0).json();
    assert_eq!(listed["keys"].as_array().unwrap().len(), 1_000);
    assert!(listed["warnings"][0].as_str().unwrap().contains("its limit"));
    // While it is being revoked another key pushes it off the list, and the
    // service did nothing.
    sandbox.hold("PATCH", KEY, "before");
    let arguments = ["--timeout", "3", "keys", "revoke", "oldest", "--yes"];
    let child = desk.command(&arguments).stderr(std::process::Stdio::piped()).spawn().unwrap();
    sandbox.wait_for_held();
    sandbox.create_key(&cookie, &json!({"name": "newest"}));
    // The held PATCH is never let go on: it runs out of time.
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(8), "{stderr}");
    assert!(stderr.contains("Whether oldest") && stderr.contains("is not known"), "{stderr}");
}

#[test]
fn what_a_cut_list_does_not_show_is_never_called_dead() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "oldest", "--env-file"]).exits(0);
    let id = desk.run(&["--json", "keys", "show", "oldest"]).exits(0).json()["id"].clone();
    let cookie = sandbox.owner_cookie();
    for number in 0..1_000 {
        sandbox.create_key(&cookie, &json!({"name": format!("filler {number}")}));
    }
    let mut runs = String::new();
    for arguments in [
        &["keys", "revoke", "oldest", "--yes", "--ignore-missing"][..],
        &["keys", "revoke", ".env:CENCORI_API_KEY", "--yes", "--ignore-missing"],
        &["keys", "revoke", id.as_str().unwrap(), "--yes", "--ignore-missing"],
    ] {
        runs += &desk.run(arguments).exits(1).transcript();
    }
    assert_snapshot("revoke_beyond_the_list", &runs);
    // The last one revoked it by its id, which only the key itself can prove.
    let proven = desk.run(&["keys", "revoke", ".env:CENCORI_API_KEY", "--yes"]).exits(0);
    assert!(proven.stdout.starts_with("already revoked"), "{}", proven.transcript());
    desk.run(&["keys", "list", "--older-than", "90d", "--fail-if-any"]).exits(7);
}

#[test]
fn a_key_at_hand_that_was_revoked_before_is_known_to_be_dead() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
    desk.run(&["keys", "revoke", "web", "--yes"]).exits(0);
    let again = desk.run(&["--json", "keys", "revoke", ".env:CENCORI_API_KEY", "--yes"]).exits(0);
    assert_eq!(again.json()["revocations"][0]["outcome"], "already_revoked");
}

#[test]
fn a_key_at_hand_of_another_project_is_named_as_such() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let (stranger, foreign) =
        (&sandbox.identity().stranger_email, sandbox.identity().foreign_project_id);
    let other = Desk::at(&sandbox)
        .with("CENCORI_EMAIL", stranger)
        .with("CENCORI_PROJECT", &foreign.to_string());
    let key = other.run(&["keys", "create", "theirs"]).exits(0).stdout;
    let run = desk.run_with_input(&["keys", "revoke", "-", "--yes"], key.as_bytes()).exits(6);
    assert!(run.stderr.contains(&format!("in another project: {foreign}")), "{}", run.transcript());
}

#[test]
fn a_held_key_is_also_asked_about_itself() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
    desk.run(&["keys", "revoke", ".env:CENCORI_API_KEY", "--yes"]).exits(0);
    let paths: Vec<_> = sandbox.requests().iter().map(|request| request["path"].clone()).collect();
    assert_eq!(paths.last().unwrap(), "/api/agent/setup/validate");
}

#[test]
fn a_project_can_be_named_by_a_live_key() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
    let desk = desk.without("CENCORI_PROJECT");
    desk.run(&["--project", ".env:CENCORI_API_KEY", "keys", "show", "web"]).exits(0);
    desk.run(&["--project", ".env:CENCORI_API_KEY", "keys", "revoke", "web", "--yes"]).exits(0);
    let dead = desk.run(&["--project", ".env:CENCORI_API_KEY", "keys", "list"]).exits(6);
    assert_snapshot("project_by_dead_key", &dead.transcript());
}

#[test]
fn a_key_that_is_still_accepted_is_never_called_dead() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
    desk.run(&["keys", "create", "other", "--env-file", "other.env"]).exits(0);
    sandbox.keep_revoked_keys_alive();
    let revoked = desk.run(&["keys", "revoke", ".env:CENCORI_API_KEY", "--yes"]).exits(1);
    let leaked = desk.run(&["keys", "revoke", "--leaked", "other.env", "--yes"]).exits(7);
    assert_snapshot("revoke_still_accepted", &(revoked.transcript() + &leaked.transcript()));
    assert_eq!(live(&sandbox), [""; 0], "the list shows none of them");
}

#[test]
fn a_key_that_is_not_there_needs_no_yes() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
    let missing = desk.run(&["keys", "revoke", "nope"]).exits(6);
    assert!(!missing.stderr.contains("--yes"), "{}", missing.transcript());
    desk.run(&["keys", "revoke", "nope", "--ignore-missing"]).exits(0);
    let missing = desk.run(&["keys", "rotate", "nope"]).exits(6);
    assert!(!missing.stderr.contains("--yes"), "{}", missing.transcript());
    // What is there is asked about, and stays.
    for named in [&["web"][..], &["nope", "web"]] {
        let asked = desk.run(&[&["keys", "revoke"], named].concat()).exits(2);
        assert!(asked.stderr.contains("--yes"), "{}", asked.transcript());
    }
    let mut runs = desk.run(&["keys", "revoke", "web"]).exits(2).transcript();
    runs += &desk.run(&["keys", "rotate", "web"]).exits(2).transcript();
    assert_snapshot("revoke_without_yes", &runs);
    assert_eq!(sandbox.live_keys(), ["web"]);
}

#[test]
fn a_key_that_may_be_beyond_the_list_is_not_revoked_without_a_yes() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let first = desk.run(&["keys", "create", "first", "--json"]).exits(0).json();
    sandbox.add_keys(1_000, "production");
    desk.run(&["keys", "revoke", first["id"].as_str().unwrap()]).exits(2);
    let patches = sandbox.requests().into_iter().filter(|it| it["method"] == "PATCH");
    assert_eq!(patches.count(), 0);
}

#[test]
fn files_that_have_a_key_which_is_revoked_unasked_are_named() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
    let would = desk.run(&["keys", "revoke", "web", "--dry-run"]).exits(0);
    let revoked = desk.run(&["keys", "revoke", "web", "--yes"]).exits(0);
    assert_snapshot("revoke_in_files", &(would.transcript() + &revoked.transcript()));
    assert!(live(&sandbox).is_empty());
}
