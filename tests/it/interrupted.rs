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

/// Starts a creation, holds its request, and takes the lock on the folder, which
/// keeps the command from writing once it goes on.
fn start_and_lock_out(sandbox: &TestSandbox, desk: &Desk) -> (Child, File) {
    sandbox.hold("POST", POST, "before");
    let child = start(desk, &["keys", "create", "web", "--env-file"]);
    sandbox.wait_for_held();
    let lock = File::open(desk.path("")).unwrap();
    lock.lock().unwrap();
    (child, lock)
}

fn kill(mut child: Child) {
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
}

/// Whether a record holds a key.
fn issued(desk: &Desk) -> bool {
    let holds = |path| std::fs::read_to_string(path).is_ok_and(|text| text.contains("\"issued\""));
    desk.open_creations().iter().any(holds)
}

#[test]
fn killed_while_the_answer_is_on_its_way_the_next_creation_revokes_the_orphan() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    sandbox.hold("POST", POST, "after");
    let child = start(&desk, &["keys", "create", "web"]);
    sandbox.wait_for_held();
    kill(child);
    sandbox.clear_faults();
    assert_eq!(sandbox.live_keys(), ["web"]);
    // A command that only looks changes nothing.
    assert_snapshot("interrupted_looking", &desk.run(&["keys", "list"]).exits(0).transcript());
    desk.run(&["keys", "revoke", "web", "--dry-run"]).exits(0);
    assert_eq!(sandbox.live_keys(), ["web"]);
    let next = desk.run(&["keys", "create", "--resume"]).exits(0);
    assert_snapshot("interrupted_orphan", &next.transcript());
    assert!(sandbox.live_keys().is_empty());
    assert!(desk.open_creations().is_empty());
}

#[test]
fn killed_before_the_request_did_anything_nothing_of_later_is_revoked() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    sandbox.hold("POST", POST, "before");
    let child = start(&desk, &["keys", "create", "web"]);
    sandbox.wait_for_held();
    kill(child);
    // The request is dropped with its connection: it never comes to life.
    eventually("the held request is gone", || {
        sandbox.call("GET", "/sandbox/faults").send().status == 200
    });
    desk.run(&["keys", "create", "web"]).exits(0);
    desk.run(&["keys", "create", "--resume"]).exits(0);
    assert_eq!(sandbox.live_keys(), ["web"], "a key that was delivered was revoked");
}

#[test]
fn killed_with_the_key_in_hand_the_next_creation_puts_it_where_it_belongs() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.write(".env", "A=1\n");
    let (child, lock) = start_and_lock_out(&sandbox, &desk);
    sandbox.clear_faults();
    eventually("the key is kept", || issued(&desk));
    // As long as its process lives, nobody else touches it.
    let meanwhile = desk.run(&["keys", "list"]).exits(0);
    assert_eq!(meanwhile.stderr, "");
    desk.run(&["keys", "create", "--resume"]).exits(0);
    assert_eq!(desk.read(".env"), "A=1\n");
    kill(child);
    drop(lock);
    let next = desk.run(&["keys", "create", "--resume"]).exits(0);
    assert_snapshot("interrupted_finished", &next.transcript());
    assert_snapshot("interrupted_finished_env", &desk.read(".env"));
    assert_eq!(sandbox.live_keys(), ["web"]);
    assert!(desk.open_creations().is_empty());
}

#[test]
fn a_key_that_a_command_may_have_is_left_alone() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let killed = desk.run(&["keys", "create", "given", "--pipe-to", "cat > got; kill -9 $PPID"]);
    assert_eq!(killed.code, None);
    let resumed = desk.run(&["keys", "create", "--resume"]).exits(0);
    assert_snapshot("interrupted_handed", &resumed.transcript());
    let killed = desk.run(&["keys", "create", "both", "--env-file", "--pipe-to", "kill -9 $PPID"]);
    assert_eq!(killed.code, None);
    let resumed = desk.run(&["keys", "create", "--resume"]).exits(0);
    assert_snapshot("interrupted_in_a_sink", &resumed.transcript());
    assert_eq!(sandbox.live_keys(), ["both", "given"]);
    assert!(desk.open_creations().is_empty());
    assert_snapshot(
        "interrupted_nothing",
        &desk.run(&["keys", "create", "--resume"]).exits(0).transcript(),
    );
}

#[test]
fn killed_with_the_key_in_hand_and_the_file_taken_it_is_revoked() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.write(".env", "");
    let (child, lock) = start_and_lock_out(&sandbox, &desk);
    sandbox.clear_faults();
    eventually("the key is kept", || issued(&desk));
    kill(child);
    drop(lock);
    // Meanwhile the file has come under version control.
    desk.succeed("git", &["init", "--quiet"]);
    desk.succeed("git", &["add", ".env"]);
    let resumed = desk.run(&["keys", "create", "--resume"]).exits(0);
    assert_snapshot("interrupted_tracked", &resumed.transcript());
    assert_eq!(desk.read(".env"), "");
    assert!(sandbox.live_keys().is_empty());
}

#[test]
fn a_key_that_is_not_listed_now_stays_on_disk() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let (child, lock) = start_and_lock_out(&sandbox, &desk);
    sandbox.clear_faults();
    eventually("the key is kept", || issued(&desk));
    kill(child);
    drop(lock);
    // Another sandbox knows neither the project's keys nor the key itself.
    let (own, other) = (desk.open_creations(), TestSandbox::start());
    let record = std::fs::read_to_string(&own[0]).unwrap();
    let identity =
        (sandbox.identity().project_id.to_string(), other.identity().project_id.to_string());
    std::fs::write(&own[0], record.replace(&identity.0, &identity.1)).unwrap();
    let elsewhere = desk
        .with("CENCORI_DASHBOARD_URL", other.url())
        .with("CENCORI_PASSWORD", other.identity().owner_password.expose())
        .with("CENCORI_PROJECT", &identity.1);
    let resumed = elsewhere.run(&["keys", "create", "--resume"]).exits(0);
    assert_snapshot("interrupted_not_listed", &resumed.transcript());
    assert_eq!(elsewhere.open_creations().len(), 1);
}

#[test]
fn somebodys_edit_in_the_meantime_survives() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let (child, lock) = start_and_lock_out(&sandbox, &desk);
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
    assert!(sandbox.live_keys().is_empty());
}

#[test]
fn what_a_killed_process_left_beside_the_file_is_taken_away() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let leftover = format!(".env.cencori-{}.tmp", "0a".repeat(16));
    desk.write(&leftover, "CENCORI_API_KEY=left behind\n");
    // The user's own, and nobody else's business.
    desk.write(".env.cencori-new", "MINE=1\n");
    desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
    assert!(!desk.path(&leftover).exists());
    assert_eq!(desk.read(".env.cencori-new"), "MINE=1\n");
    assert_eq!(std::fs::read_dir(desk.path("")).unwrap().count(), 2);
}

/// A file that a process which was killed two minutes ago could have left.
fn leave(path: &std::path::Path) -> File {
    std::fs::write(path, "OTHER_SECRET=1\n").unwrap();
    let file = File::options().append(true).open(path).unwrap();
    let earlier = std::time::SystemTime::now() - std::time::Duration::from_secs(120);
    file.set_modified(earlier).unwrap();
    file
}

#[test]
fn what_killed_processes_left_is_taken_away_by_every_command_that_writes() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web"]).exits(0);
    let temporary = |number: u32| format!(".env.cencori-{number:032x}.tmp");
    for folder in ["creations", "rotations"] {
        std::fs::create_dir_all(desk.state().join(folder)).unwrap();
    }
    std::fs::create_dir(desk.path("below")).unwrap();
    for command in [
        &["keys", "revoke", "nothing", "--yes"][..],
        &["keys", "rotate", "nothing", "--yes"],
        &["keys", "create", "x", "--env-file", "below/.env"],
        &["keys", "domains", "add", "nothing", "a.example.com", "--yes"],
        &["link", "nothing"],
        &["auth", "logout"],
    ] {
        let dead = [
            desk.path(&temporary(1)),
            desk.state().join("creations/5a1c8e2e-0000-4000-8000-000000000000.new"),
            desk.state().join("rotations/.tmpAb12Cd.new"),
            desk.state().join("rotations").join(temporary(1)),
        ];
        for path in &dead {
            leave(path);
        }
        let running = leave(&desk.path(&temporary(2)));
        running.lock().unwrap();
        // A minute has not passed: its process may be about to lock it.
        desk.write(&temporary(3), "");
        let run = desk.run(command);
        let left: Vec<_> = dead.iter().filter(|path| path.exists()).collect();
        assert!(left.is_empty(), "{left:?} {}", run.transcript());
        assert!(desk.path(&temporary(2)).exists(), "{}", run.transcript());
        assert!(desk.path(&temporary(3)).exists(), "{}", run.transcript());
    }
    let looking = leave(&desk.path(&temporary(1)));
    desk.run(&["keys", "list"]).exits(0);
    assert!(desk.path(&temporary(1)).exists(), "a command that only looks changes nothing");
    drop(looking);
}

#[cfg(target_os = "linux")]
#[test]
fn a_kill_leaves_no_copy_of_the_file_that_git_would_see() {
    let mut left_behind = 0;
    for number in 1.. {
        let sandbox = TestSandbox::start();
        let desk = Desk::at(&sandbox);
        desk.write(".env", "OTHER_SECRET=1\n");
        let mut command = desk.command(&["keys", "create", "web", "--env-file"]);
        let output = command.env("CENCORI_CHECKPOINT", number.to_string()).output().unwrap();
        if output.status.code() == Some(0) {
            break;
        }
        for entry in std::fs::read_dir(desk.path("")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(name.starts_with(".env"), "checkpoint {number} leaves {name}");
            left_behind += u32::from(name != ".env");
        }
        desk.run(&["keys", "create", "--resume"]).exits(0);
        desk.run(&["keys", "create", "other", "--env-file", "--overwrite"]).exits(0);
        let left = desk.files_with_keys();
        assert_eq!(left, [desk.path(".env")], "checkpoint {number}");
        for folder in [desk.path(""), desk.state().join("creations")] {
            for entry in std::fs::read_dir(folder).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                // An answer that may still come is waited for, and its record kept.
                let known = [".env", "issued"].contains(&name.as_str()) || name.ends_with(".jsonl");
                assert!(known, "checkpoint {number}: {name}");
            }
        }
    }
    // Only between getting a name and taking the other's place.
    assert!(left_behind <= 2, "{left_behind} of the checkpoints leave a file");
}

#[test]
fn a_key_that_somebody_else_made_is_not_taken_for_the_lost_one() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let lost = |desk: &Desk| {
        sandbox.plant(
            &json!({"method": "POST", "path": POST, "fault": {"kind": "drop", "when": "before"}}),
        );
        desk.run(&["keys", "create", "web", "--env-file", "lost.env"]).exits(8)
    };
    assert_snapshot("interrupted_nothing_came", &lost(&desk).transcript());
    // This machine tries again, and knows the key as its own.
    desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
    desk.run(&["keys", "create", "--resume"]).exits(0);
    assert_eq!(sandbox.live_keys(), ["web"]);
    // Another machine of the same account, after the request was given up.
    let mut record = std::fs::read_to_string(&desk.open_creations()[0]).unwrap();
    let start = record.find("\"server_time\":").unwrap() + 14;
    let end = start + record[start..].find(',').unwrap();
    let earlier = record[start..end].parse::<i64>().unwrap() - 60;
    record.replace_range(start..end, &earlier.to_string());
    std::fs::write(&desk.open_creations()[0], record).unwrap();
    sandbox.create_key(&sandbox.owner_cookie(), &json!({"name": "web"}));
    let resumed = desk.run(&["keys", "create", "--resume"]).exits(0);
    assert_snapshot("interrupted_unclear", &resumed.transcript());
    assert_eq!(sandbox.live_keys(), ["web", "web"]);
    assert!(desk.open_creations().is_empty());
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
        assert!(sandbox.live_keys().is_empty(), "{name}");
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
    assert_eq!(sandbox.live_keys(), ["web"]);
    desk.run(&["keys", "create", "--resume"]).exits(0);
    assert!(sandbox.live_keys().is_empty());
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
