//! What goes wrong outside: each with a clear message, the right exit code, and
//! nothing lost.

use serde_json::json;

use crate::harness::{Desk, Run, TestSandbox, assert_snapshot};

const KEYS: &str = "/api/projects/*/api-keys";

/// One transcript of several runs.
fn transcript(runs: &[Run]) -> String {
    runs.iter().map(Run::transcript).collect::<Vec<_>>().join("\n")
}

#[test]
fn projects_and_people() {
    let sandbox = TestSandbox::start();
    let identity = sandbox.identity();
    let desk = || Desk::at(&sandbox);
    let list = ["keys", "list"];
    let nowhere = "00000000-0000-4000-8000-000000000000";
    let foreign = identity.foreign_project_id.to_string();
    let runs = [
        desk().without("CENCORI_PROJECT").run(&list).exits(2),
        desk().with("CENCORI_PROJECT", "my-project").run(&list).exits(2),
        desk().with("CENCORI_PROJECT", nowhere).run(&list).exits(6),
        desk().with("CENCORI_PROJECT", &foreign).run(&list).exits(5),
        desk().with("CENCORI_EMAIL", &identity.member_email).run(&list).exits(5),
        desk().with("CENCORI_EMAIL", &identity.stranger_email).run(&list).exits(5),
        desk().with("CENCORI_EMAIL", &identity.member_email).run(&["keys", "create", "x"]).exits(5),
        desk().with("CENCORI_PASSWORD", "wrong").run(&list).exits(4),
        desk().with("CENCORI_PASSWORD", "").run(&list).exits(2),
        desk().without("CENCORI_EMAIL").without("CENCORI_PASSWORD").run(&list).exits(4),
        desk().with("CENCORI_ACCESS_TOKEN", "org_machine_credential").run(&list).exits(4),
        desk().with("CENCORI_DASHBOARD_URL", "http://cencori.com").run(&list).exits(2),
    ];
    assert_snapshot("bad_projects_and_people", &transcript(&runs));
}

#[test]
fn a_service_that_fails() {
    let mut runs = Vec::new();
    for (fault, code) in [
        (json!({"kind": "hold", "when": "before"}), 8),
        (json!({"kind": "html"}), 8),
        (json!({"kind": "status", "status": 500}), 8),
        (json!({"kind": "status", "status": 503}), 8),
        (json!({"kind": "status", "status": 429, "retry_after": 60}), 8),
        (json!({"kind": "cut"}), 8),
        (json!({"kind": "drop", "when": "before"}), 8),
        (json!({"kind": "redirect", "location": "https://evil.example/api"}), 8),
    ] {
        let sandbox = TestSandbox::start();
        sandbox.plant(&json!({"path": KEYS, "times": 0, "fault": fault}));
        let arguments = ["--timeout", "1", "keys", "list", "--environment", "test"];
        runs.push(Desk::at(&sandbox).run(&arguments).exits(code));
    }
    assert_snapshot("bad_service", &transcript(&runs));
}

#[test]
fn a_service_that_can_not_be_reached() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    drop(sandbox);
    assert_snapshot(
        "bad_unreachable",
        &desk.run(&["--timeout", "1", "keys", "list"]).exits(8).transcript(),
    );
}

#[test]
fn passing_faults_are_passed_over() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    for fault in [
        json!({"kind": "status", "status": 503}),
        json!({"kind": "status", "status": 429, "retry_after": 1}),
        json!({"kind": "drop", "when": "before"}),
        json!({"kind": "cut"}),
        json!({"kind": "slow", "milliseconds": 300}),
    ] {
        sandbox.plant(&json!({"path": KEYS, "times": 1, "fault": fault}));
        desk.run(&["keys", "list"]).exits(0);
    }
}

#[test]
fn what_does_not_fit_together() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let long = "x".repeat(10_000);
    let mut runs = vec![];
    for arguments in [
        &["keys", "create"][..],
        &["keys", "create", ""],
        &["keys", "create", "  "],
        &["keys", "create", &long],
        &["keys", "create", "a\nb"],
        &["keys", "create", "web", "--publishable"],
        &["keys", "create", "web", "--domain", "a.com"],
        &["keys", "create", "web", "--secret", "--domain", "a.com"],
        &["keys", "create", "web", "--secret", "--publishable"],
        &["keys", "create", "web", "--environment", "staging"],
        &["keys", "create", "web", "--env-file", "--var", "MY-KEY"],
        &["keys", "create", "web", "--env-file", "--var", "NEXT_PUBLIC_KEY"],
        &["keys", "create", "web", "--var", "KEY"],
        &["keys", "create", "web", "--pipe-to", "no-such-program --flag"],
        &["keys", "create", "web", "--pipe-to", "cat 'unclosed"],
        &["keys", "revoke"],
        &["keys", "list", "--older-than", "soon"],
    ] {
        runs.push(desk.run(arguments).exits(2));
    }
    assert!(sandbox.requests().is_empty(), "{:?}", sandbox.requests());
    assert_snapshot("bad_arguments", &transcript(&runs).replace(&long, "xxx[10,000]"));
}

#[test]
fn a_key_that_nobody_would_see_is_not_made() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    for line in ["exec \"$0\" keys create web >&-", "exec \"$0\" keys create web >/dev/null"] {
        let mut shell = desk.program("sh");
        let output = shell.args(["-c", line, crate::harness::CENCORI]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(
            String::from_utf8_lossy(&output.stderr).contains("Nobody would see the key"),
            "{output:?}"
        );
    }
    assert!(sandbox.requests().is_empty());
}

#[test]
fn a_key_that_could_not_be_printed_is_revoked() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    // /dev/full takes nothing.
    let line = "exec \"$0\" keys create web >/dev/full";
    let output = desk.program("sh").args(["-c", line, crate::harness::CENCORI]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("is revoked; nothing is left behind"),
        "{output:?}"
    );
    assert!(sandbox.live_keys().is_empty());
    assert!(desk.open_creations().is_empty());
}

#[test]
fn a_key_that_could_not_be_kept_is_revoked() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    // How long the record of an intent is with this command.
    let command = "kill -9 $PPID; :";
    desk.run(&["keys", "create", "one", "--pipe-to", command]);
    let record = std::fs::read_to_string(&desk.open_creations()[0]).unwrap();
    let intent = record.lines().next().unwrap().len() + 1;
    desk.run(&["keys", "create", "--resume"]).exits(0);
    desk.run(&["keys", "revoke", "one", "--yes"]).exits(0);
    // With more behind it, it just fits into 1 KiB, and the key does not.
    assert!(intent < 1_000, "{intent}");
    let command = format!("{command} {}", "x".repeat(1_024 - intent - 10));
    let line = "ulimit -f 1; trap '' XFSZ; exec \"$0\" keys create two --pipe-to \"$1\"";
    let output = desk
        .program("bash")
        .args(["-c", line, crate::harness::CENCORI, &command])
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(stderr.contains("could not be kept"), "{stderr}");
    assert!(stderr.contains("is revoked; nothing is left behind"), "{stderr}");
    assert!(sandbox.live_keys().is_empty());
    assert!(desk.open_creations().is_empty());
}

#[test]
fn standard_input_that_holds_no_key() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let runs = [
        desk.run(&["keys", "show", "-"]).exits(2),
        desk.run_with_input(&["keys", "show", "-"], b"\n").exits(2),
        desk.run_with_input(&["keys", "show", "-"], b"hello").exits(6),
        desk.run_with_input(&["keys", "show", "-"], &[0xff; 10]).exits(2),
    ];
    assert_snapshot("bad_standard_input", &transcript(&runs));
}

/// The service answers so of any project while its database is down.
#[test]
fn a_project_that_is_not_found_while_nothing_can_be_read_is_not_missing() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let fault = |path: &str, status: u16, error: &str| {
        let fault = serde_json::json!({
            "kind": "status", "status": status, "body": { "error": error },
        });
        sandbox.plant(&serde_json::json!({ "path": path, "times": 0, "fault": fault }));
    };
    fault("/api/projects/*/api-keys", 404, "Project not found");
    desk.run(&["keys", "list"]).exits(6);
    for (status, error) in [(500, "Internal server error"), (404, "Profile not found")] {
        sandbox.clear_faults();
        fault("/api/projects/*/api-keys", 404, "Project not found");
        fault("/api/user/profile", status, error);
        let runs = [
            desk.run(&["keys", "list"]).exits(8),
            desk.run(&["keys", "create", "web", "--env-file"]).exits(8),
        ];
        for run in runs {
            assert!(run.stderr.contains("try again in a minute"), "{}", run.transcript());
        }
    }
    assert!(!desk.path(".env").exists());
    sandbox.clear_faults();
    assert!(sandbox.live_keys().is_empty());
}

#[test]
fn a_refused_network_is_not_said_to_be_a_missing_right() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let body =
        serde_json::json!({ "error": "Network not allowed", "code": "network_access_denied" });
    let fault = serde_json::json!({ "kind": "status", "status": 403, "body": body });
    sandbox.plant(&serde_json::json!({
        "path": "/api/projects/*/api-keys", "times": 0, "fault": fault,
    }));
    assert_snapshot("bad_network", &desk.run(&["keys", "list"]).exits(5).transcript());
}
