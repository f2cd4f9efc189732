//! A key that the service has issued is never lost, whenever the command ends.

use std::fs::File;
use std::process::{Child, Stdio};

use serde_json::json;

use crate::harness::sandbox::eventually;
use crate::harness::{Desk, TestSandbox, assert_snapshot};

const POST: &str = "/api/projects/*/api-keys";

fn start(desk: &Desk, arguments: &[&str]) -> Child {
    let mut command = desk.command(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command runs")
}

fn kill(mut child: Child) {
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
}

fn live(sandbox: &TestSandbox) -> Vec<String> {
    sandbox.key_names(&sandbox.owner_cookie(), "production")
}

#[test]
fn killed_while_the_answer_is_on_its_way_the_next_command_revokes_the_orphan() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    sandbox.plant(
        &json!({"method": "POST", "path": POST, "fault": {"kind": "hold", "when": "after"}}),
    );
    let child = start(&desk, &["keys", "create", "web"]);
    sandbox.wait_for_held();
    kill(child);
    sandbox.clear_faults();
    assert_eq!(live(&sandbox), ["web"]);
    let next = desk.run(&["keys", "list"]).exits(0);
    assert_snapshot("interrupted_orphan", &next.transcript());
    assert!(live(&sandbox).is_empty());
    assert!(desk.open_creations().is_empty());
}

#[test]
fn killed_before_the_request_did_anything_nothing_of_later_is_revoked() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    sandbox.plant(
        &json!({"method": "POST", "path": POST, "fault": {"kind": "hold", "when": "before"}}),
    );
    let child = start(&desk, &["keys", "create", "web"]);
    sandbox.wait_for_held();
    kill(child);
    // The request is dropped with its connection: it never comes to life.
    eventually("the held request is gone", || {
        sandbox.call("GET", "/sandbox/faults").send().status == 200
    });
    desk.run(&["keys", "create", "web"]).exits(0);
    desk.run(&["keys", "list"]).exits(0);
    assert!(!live(&sandbox).is_empty(), "a key that was delivered was revoked");
}

#[test]
fn killed_with_the_key_in_hand_the_next_command_puts_it_where_it_belongs() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.write(".env", "A=1\n");
    // Whoever holds the lock on the folder keeps the command from writing.
    let lock = File::open(desk.path("")).unwrap();
    lock.lock().unwrap();
    let child = start(&desk, &["keys", "create", "web", "--env-file"]);
    let issued = || {
        let records = desk.open_creations();
        records
            .iter()
            .any(|path| std::fs::read_to_string(path).is_ok_and(|text| text.contains("issued")))
    };
    eventually("the key is kept", issued);
    // As long as its process lives, nobody else touches it.
    let meanwhile = desk.run(&["keys", "list"]).exits(0);
    assert_eq!(meanwhile.stderr, "");
    assert_eq!(desk.read(".env"), "A=1\n");
    kill(child);
    drop(lock);
    let next = desk.run(&["keys", "list"]).exits(0);
    assert_snapshot("interrupted_finished", &next.transcript());
    assert_snapshot("interrupted_finished_env", &desk.read(".env"));
    assert_eq!(live(&sandbox), ["web"]);
    assert!(desk.open_creations().is_empty());
}

#[test]
fn killed_by_its_own_sink_the_key_is_revoked_unless_it_is_somewhere() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let killed = desk.run(&["keys", "create", "nowhere", "--pipe-to", "kill -9 $PPID"]);
    assert_eq!(killed.code, None);
    let killed =
        desk.run(&["keys", "create", "somewhere", "--env-file", "--pipe-to", "kill -9 $PPID"]);
    assert_eq!(killed.code, None);
    // The second run has undone the first, the third ends the second.
    assert!(killed.stderr.contains("nothing is left behind"), "{}", killed.transcript());
    let last = desk.run(&["keys", "list"]).exits(0);
    assert_snapshot("interrupted_in_a_sink", &last.transcript());
    assert_eq!(live(&sandbox), ["somewhere"]);
    assert!(desk.open_creations().is_empty());
}

#[test]
fn somebodys_edit_in_the_meantime_survives() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let lock = File::open(desk.path("")).unwrap();
    lock.lock().unwrap();
    sandbox.plant(
        &json!({"method": "POST", "path": POST, "fault": {"kind": "hold", "when": "after"}}),
    );
    let child = start(&desk, &["keys", "create", "web", "--env-file"]);
    sandbox.wait_for_held();
    desk.write(".env", "CENCORI_API_KEY=theirs\n");
    sandbox.clear_faults();
    drop(lock);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("changed by somebody else"),
        "{output:?}"
    );
    assert_eq!(desk.read(".env"), "CENCORI_API_KEY=theirs\n");
    assert!(live(&sandbox).is_empty());
}

#[test]
fn an_answer_that_never_comes_leaves_no_key_behind() {
    for (name, fault) in [
        ("drop", json!({"kind": "drop", "when": "after"})),
        ("cut", json!({"kind": "cut"})),
        ("html", json!({"kind": "html"})),
        ("status", json!({"kind": "status", "status": 502, "when": "after"})),
        ("slow", json!({"kind": "hold", "when": "after"})),
    ] {
        let sandbox = TestSandbox::start();
        let desk = Desk::at(&sandbox);
        sandbox.plant(&json!({"method": "POST", "path": POST, "fault": fault}));
        let failed = desk.run(&["--timeout", "1", "keys", "create", "web", "--env-file"]).exits(8);
        assert_snapshot(&format!("interrupted_{name}"), &failed.transcript());
        assert!(live(&sandbox).is_empty(), "{name}");
        assert!(desk.open_creations().is_empty(), "{name}");
        assert!(!desk.path(".env").exists(), "{name}");
    }
}

#[test]
fn what_can_not_be_found_out_now_is_found_out_later() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    sandbox.plant(
        &json!({"method": "POST", "path": POST, "fault": {"kind": "drop", "when": "after"}}),
    );
    // The list before the POST is let through, the one after it is not.
    sandbox.plant(&json!({"method": "GET", "path": POST, "skip": 1, "times": 0,
                          "fault": {"kind": "status", "status": 503}}));
    let failed = desk.run(&["--timeout", "2", "keys", "create", "web"]).exits(8);
    assert_snapshot("interrupted_unknown", &failed.transcript());
    sandbox.clear_faults();
    assert_eq!(live(&sandbox), ["web"]);
    desk.run(&["keys", "list"]).exits(0);
    assert!(live(&sandbox).is_empty());
}

#[test]
fn a_refused_request_leaves_nothing_to_look_for() {
    let sandbox = TestSandbox::start();
    let member = sandbox.identity().member_email.clone();
    let desk = Desk::at(&sandbox).with("CENCORI_EMAIL", &member);
    desk.run(&["keys", "create", "web"]).exits(5);
    assert!(desk.open_creations().is_empty());
}

#[test]
fn a_damaged_record_is_told_of_and_left_alone() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let folder = desk.state().join("creations");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("x.jsonl"), "garbage\n").unwrap();
    let listed = desk.run(&["keys", "list"]).exits(0);
    assert_snapshot("interrupted_damaged", &listed.transcript());
    assert_eq!(desk.open_creations().len(), 1);
}

#[cfg(unix)]
#[test]
fn what_is_kept_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web", "--env-file", "--pipe-to", "kill -9 $PPID"]);
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let records = desk.open_creations();
    assert_eq!(mode(&records[0]), 0o600);
    assert_eq!(mode(records[0].parent().unwrap()), 0o700);
    assert_eq!(mode(&desk.path(".env")), 0o600);
}
