//! The way back: the new key is revoked under the same conditions as the old one.

use super::files::base64;
use super::*;
use crate::harness::assert_snapshot;

const ABORT: [&str; 3] = ["keys", "rotate", "--abort"];

/// Rotates `web` up to where the old key would be revoked.
fn before_the_end() -> (Scene, String, String) {
    let scene = Scene::new();
    let old = scene.standing();
    scene.desk.run(&["keys", "rotate", "web", "--pause-before", "revoke"]).exits(0);
    let new = scene.standing();
    (scene, old, new)
}

#[test]
fn the_new_key_is_not_revoked_while_a_file_has_it() {
    let (scene, old, new) = before_the_end();
    scene.write("k8s/secret.yaml", format!("a: 1\nkey: {new}\n"));
    let held = scene.desk.run(&ABORT).exits(7);
    assert_snapshot("rotate_abort_in_files", &held.transcript());
    assert_eq!(scene.standing(), old);
    assert!(scene.lists(&new) && scene.lists(&old));
    // As long as it is there.
    scene.desk.run(&[&ABORT[..], &["--yes"]].concat()).exits(7);
    assert!(scene.lists(&new));
    std::fs::remove_dir_all(scene.desk.path("k8s")).unwrap();
    scene.desk.run(&ABORT).exits(0);
    assert!(!scene.lists(&new));
    scene.assert_over("out of the file");
}

#[test]
fn a_file_that_can_not_be_read_may_have_the_new_key() {
    let (scene, _, new) = before_the_end();
    scene.desk.succeed("mkfifo", &[".env.local"]);
    let held = scene.desk.run(&ABORT).exits(7);
    assert!(held.stderr.contains(".env.local (can't be read)"), "{}", held.transcript());
    assert!(scene.lists(&new));
    scene.desk.run(&[&ABORT[..], &["--ignore-occurrence", ".env.local"]].concat()).exits(0);
    assert!(!scene.lists(&new));
}

#[test]
fn a_file_that_is_named_may_keep_the_new_key() {
    let (scene, _, new) = before_the_end();
    scene.desk.write("notes", &new);
    scene.desk.run(&ABORT).exits(7);
    scene.desk.run(&[&ABORT[..], &["--ignore-occurrence", "notes"]].concat()).exits(0);
    assert!(!scene.lists(&new));
    std::fs::remove_file(scene.desk.path("notes")).unwrap();
    scene.assert_over("named");
}

#[test]
fn the_new_key_is_not_revoked_while_the_logs_show_calls_with_it() {
    let (scene, _, new) = before_the_end();
    assert!(scene.accepts(&new));
    let held = scene.desk.run(&ABORT).exits(7);
    assert_snapshot("rotate_abort_in_use", &held.transcript());
    assert!(scene.lists(&new));
    // Called again after the word that the old key was restored.
    scene.write("note.txt", &new);
    scene.desk.run(&[&ABORT[..], &["--old-key-restored"]].concat()).exits(7);
    std::fs::remove_file(scene.desk.path("note.txt")).unwrap();
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert!(scene.accepts(&new));
    let held = scene.desk.run(&[&ABORT[..], &["--old-key-restored"]].concat()).exits(7);
    assert_snapshot("rotate_abort_used_since", &held.transcript());
    assert!(scene.lists(&new));
    let idle = ["--until-idle", "2s", "--at-most", "60s"];
    scene.desk.run(&[&ABORT[..], &idle].concat()).exits(0);
    assert!(!scene.lists(&new));
    scene.assert_over("in use");
}

#[test]
fn calls_before_the_word_that_the_old_key_is_back_do_not_count() {
    let scene = Scene::new();
    let begin = ["keys", "rotate", "web", "--pause-before", "deploy", "--yes"];
    scene.desk.run(&begin).exits(0);
    let new = scene.standing();
    assert!(scene.accepts(&new));
    scene.desk.run(&ABORT).exits(7);
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert!(scene.accepts(&new));
    scene.desk.run(&ABORT).exits(7);
    scene.desk.run(&[&ABORT[..], &["--old-key-restored"]].concat()).exits(0);
    scene.assert_over("by word");
}

#[test]
fn the_new_key_is_not_revoked_while_the_logs_can_not_be_read() {
    let (scene, _, new) = before_the_end();
    let fault = json!({ "kind": "status", "status": 500 });
    for logs in ["/api/projects/*/logs", "/api/projects/*/http-traffic*"] {
        scene.sandbox.plant(&json!({ "path": logs, "times": 0, "fault": fault }));
    }
    scene.desk.run(&ABORT).exits(8);
    assert!(scene.struck() && scene.lists(&new));
    scene.sandbox.clear_faults();
    scene.desk.run(&ABORT).exits(0);
    scene.assert_over("logs");
}

#[test]
fn the_old_key_is_not_lost_where_its_variable_has_another_value() {
    let (scene, old, new) = before_the_end();
    let theirs = "# ours\nA=1\nCENCORI_API_KEY=theirs\n";
    scene.desk.write(".env", theirs);
    let stopped = scene.desk.run(&ABORT).exits(7);
    assert_snapshot("rotate_abort_would_lose", &stopped.transcript());
    assert!(scene.lists(&new), "nothing is lost while it lives");
    assert_eq!(scene.desk.read(".env"), theirs);
    scene.desk.write(".env", "# ours\nA=1\n");
    scene.desk.run(&ABORT).exits(0);
    assert_eq!(scene.standing(), old);
    scene.assert_over("put back");
}

#[test]
fn a_value_of_others_stays_where_the_old_key_is_elsewhere_or_given_up() {
    for elsewhere in [true, false] {
        let (scene, old, new) = before_the_end();
        scene.desk.write(".env", "CENCORI_API_KEY=theirs\n");
        if elsewhere {
            scene.desk.write("notes", &old);
            scene.desk.run(&ABORT).exits(0);
        } else {
            scene.desk.run(&ABORT).exits(7);
            let given_up = scene.desk.run(&[&ABORT[..], &["--leave-failed"]].concat()).exits(7);
            assert_snapshot("rotate_abort_given_up", &given_up.transcript());
        }
        assert_eq!(scene.desk.read(".env"), "CENCORI_API_KEY=theirs\n");
        assert!(!scene.lists(&new) && scene.live() == ["web"]);
    }
}

#[test]
fn a_request_that_outlives_its_rotation_is_told_of_as_what_it_is() {
    let scene = Scene::new();
    scene.sandbox.hold("POST", "/api/projects/*/api-keys", "before");
    let mut command = scene.desk.command(&["keys", "rotate", "web", "--yes", "--no-deploy"]);
    let mut child = command.spawn().unwrap();
    scene.sandbox.wait_for_held();
    child.kill().unwrap();
    child.wait().unwrap();
    let status = scene.desk.run(&["keys", "rotate", "--status", "--json"]).exits(0).json();
    assert_eq!(status["rotations"][0]["next_step"], "create");
    scene.desk.run(&ABORT).exits(0);
    // The request may still make a key.
    let told = scene.desk.run(&["keys", "list"]).exits(0);
    assert_snapshot("rotate_request_left", &told.transcript());
    scene.sandbox.clear_faults();
    scene.desk.run(&["keys", "create", "--resume"]).exits(0);
    scene.assert_over("request");
}

#[test]
fn no_answer_of_the_logs_outlasts_at_most() {
    let (scene, old, _) = before_the_end();
    scene.sandbox.hold("GET", "/api/projects/*/logs", "before");
    // Each call alone could take an hour.
    let wait = ["--until-idle", "1s", "--at-most", "2s", "--timeout", "3600"];
    let resume = [&["keys", "rotate", "--resume", "--yes"][..], &wait[..]].concat();
    let gave_up = scene.desk.run(&resume).exits(8);
    assert!(gave_up.stderr.contains("can't be seen within --at-most"), "{}", gave_up.transcript());
    assert!(scene.accepts(&old));
    scene.sandbox.clear_faults();
    scene.desk.run(&["keys", "rotate", "--resume", "--yes", "--until-idle", "1s"]).exits(0);
    scene.assert_over("at most");
}

#[test]
fn no_answer_of_the_logs_outlasts_at_most_beside_the_wait_for_idleness_either() {
    let scene = Scene::new();
    let old = scene.standing();
    let hold = json!({ "path": "/api/projects/*/logs/gateway", "times": 0,
        "fault": { "kind": "hold", "when": "before" } });
    let wait = ["--until-idle", "1s", "--at-most", "2s", "--timeout", "3600"];
    for way in [&["web", "--yes", "--no-deploy"][..], &["--abort"]] {
        scene.sandbox.plant(&hold);
        let rotate = [&["keys", "rotate"], way, &wait[..]].concat();
        let gave_up = scene.desk.run(&rotate).exits(8);
        assert!(gave_up.stderr.contains("was not revoked"), "{}", gave_up.transcript());
        assert!(!gave_up.stderr.contains("3600"), "{}", gave_up.transcript());
        assert_eq!(scene.live(), ["web", "web"]);
        scene.sandbox.clear_faults();
    }
    scene.desk.run(&ABORT).exits(0);
    assert_eq!(scene.standing(), old);
    scene.assert_over("held");
}

#[test]
fn the_word_that_the_old_key_is_back_is_believed_of_a_command() {
    let scene = Scene::new();
    std::fs::remove_file(scene.desk.path(".env")).unwrap();
    let begin = ["--pipe-to", "cat > /dev/null", "--pause-before", "deploy", "--yes"];
    scene.desk.run(&[&["keys", "rotate", "web"], &begin[..]].concat()).exits(0);
    let said = [&ABORT[..], &["--yes", "--old-key-restored"]].concat();
    let aborted = scene.desk.run(&said).exits(0);
    assert_snapshot("rotate_abort_by_word", &aborted.transcript());
    assert_eq!(scene.live(), ["web"]);
}

#[test]
fn a_person_at_a_terminal_is_asked_whether_the_old_key_is_back_in_a_command() {
    let scene = Scene::new();
    std::fs::remove_file(scene.desk.path(".env")).unwrap();
    let begin = ["--pipe-to", "cat > /dev/null", "--pause-before", "deploy", "--yes"];
    scene.desk.run(&[&["keys", "rotate", "web"], &begin[..]].concat()).exits(0);
    let mut terminal = crate::harness::Terminal::run(&scene.desk.command(&ABORT));
    terminal.answer("Put the old key back there", "later\r");
    terminal.end().exits(0);
    assert_eq!(scene.live(), ["web", "web"]);
    // Where nobody is asked, the word is needed.
    for more in [&["--yes"][..], &[]] {
        let refused = scene.desk.run(&[&ABORT[..], more].concat()).exits(7);
        assert!(refused.stderr.contains("--old-key-restored"), "{}", refused.transcript());
        assert_eq!(scene.live(), ["web", "web"]);
    }
    let mut terminal = crate::harness::Terminal::run(&scene.desk.command(&ABORT));
    terminal.answer("Put the old key back there", "restored\r");
    let ended = terminal.end().exits(0);
    assert!(ended.text().contains("As you said, the old key is back in"), "{}", ended.text());
    assert_eq!(scene.live(), ["web"]);
}

#[test]
fn what_was_not_searched_for_is_said_before_a_revocation() {
    for way in ["--resume", "--abort"] {
        let scene = Scene::new();
        let began = ["keys", "rotate", "web", "--pause-before", "verify", "--json"];
        let began = scene.desk.run(&began).exits(0).json();
        let id = |key: &str| began[key]["id"].as_str().unwrap().to_owned();
        let job = Desk::at(&scene.sandbox);
        let (old, new) = (id("old"), id("new"));
        let adopt = ["keys", "rotate", "--resume", "--old", &old, "--new", &new, "--skip-verify"];
        job.run(&[&adopt[..], &["--pause-before", "revoke"]].concat()).exits(0);
        // Seen by nobody who does not know the text.
        job.write("notes", base64(scene.standing().as_bytes()));
        let more: &[&str] = if way == "--abort" { &["--old-key-restored"] } else { &[] };
        let ended = job.run(&[&["keys", "rotate", way, "--yes"], more].concat()).exits(0);
        let said = "warning: Not searched for: base64 of web (";
        assert_eq!(ended.stderr.matches(said).count(), 1, "{}", ended.transcript());
        assert_eq!(scene.live(), ["web"]);
        // Where the text is known, there is nothing to be said.
        let other = ["keys", "create", "other", "--env-file", "other.env"];
        job.run(&other).exits(0);
        let run = job.run(&["keys", "rotate", "other", "--yes", "--no-deploy"]).exits(0);
        assert!(!run.stderr.contains("Not searched for"), "{}", run.transcript());
    }
}

#[test]
fn a_folder_that_is_named_may_keep_the_key_in_all_its_files() {
    let scene = Scene::new();
    let old = scene.standing();
    for path in ["notes/a.md", "notes/deep/.env", "notes2/a.md"] {
        scene.write(path, format!("KEY={old}\n"));
    }
    let ignoring =
        ["keys", "rotate", "web", "--yes", "--no-deploy", "--ignore-occurrence", "notes"];
    let held = scene.desk.run(&ignoring).exits(7);
    assert!(held.stderr.contains("it is in notes2/a.md:1:5 (not"), "{}", held.transcript());
    std::fs::remove_dir_all(scene.desk.path("notes2")).unwrap();
    scene.desk.run(&["keys", "rotate", "--resume"]).exits(0);
    assert_eq!(scene.desk.read("notes/deep/.env"), format!("KEY={old}\n"));
    assert!(!scene.lists(&old));
}

#[test]
fn a_sandbox_that_is_reset_leaves_no_rotation_of_its_keys() {
    let desk = Desk::new();
    desk.write(".env", "A=1\n");
    desk.run(&["--sandbox", "keys", "create", "web", "--env-file"]).exits(0);
    desk.run(&["--sandbox", "keys", "rotate", "web", "--pause-before", "deploy"]).exits(0);
    let reset = desk.run(&["sandbox", "reset"]).exits(0);
    assert!(reset.stderr.contains("Forgot 1 open rotation of its keys."), "{}", reset.transcript());
    let status = desk.run(&["keys", "rotate", "--status", "--json"]).exits(0).json();
    assert_eq!(status["rotations"], json!([]));
    let left = std::fs::read_dir(desk.state().join("creations")).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().path()).collect();
    assert!(!left.iter().any(|path| journal_of(path)), "{left:?}");
}

#[test]
fn a_destination_that_had_no_key_before_needs_none_put_back() {
    for step in ["deploy", "verify"] {
        let scene = Scene::new();
        let before = scene.standing();
        let into = ["--env-file", "new.env", "--var", "OTHER", "--pause-before", step, "--yes"];
        scene.desk.run(&[&["keys", "rotate", "web"], &into[..]].concat()).exits(0);
        let aborted = scene.desk.run(&[&ABORT[..], &["--yes"]].concat()).exits(0);
        assert!(aborted.stderr.contains("new.env as OTHER has no key again"), "{}", aborted.stderr);
        assert_eq!(scene.desk.read("new.env"), "");
        assert_eq!(scene.standing(), before);
        scene.assert_over(step);
    }
}

#[test]
fn what_another_machine_began_is_noted_only_if_it_may_be_ended() {
    let scene = Scene::new();
    let (old, new) = before_the_end_elsewhere(&scene);
    let adopt = ["keys", "rotate", "--resume", "--old", &old, "--new", &new, "--skip-verify"];
    let refused = scene.desk.run(&adopt).exits(2);
    assert!(refused.stderr.contains("Nothing was changed"), "{}", refused.transcript());
    let again = format!("--old {old} --new {new} --skip-verify --yes");
    assert!(refused.stderr.contains(&again), "{}", refused.transcript());
    let status = scene.desk.run(&["keys", "rotate", "--status", "--json"]).exits(0).json();
    assert_eq!(status["rotations"].as_array().map(Vec::len), Some(0), "{status}");
}

#[test]
fn an_abort_of_what_another_machine_began_notes_nothing_until_the_old_key_is_back() {
    let scene = Scene::new();
    let (old, new) = before_the_end_elsewhere(&scene);
    let ids = ["--old", &old, "--new", &new];
    let refused = scene.desk.run(&[&ABORT[..], &ids, &["--yes"]].concat()).exits(2);
    assert!(refused.stderr.contains("Nothing was changed"), "{}", refused.transcript());
    let again = format!("--old {old} --new {new} --old-key-restored");
    assert!(refused.stderr.contains(&again), "{}", refused.transcript());
    let status = scene.desk.run(&["keys", "rotate", "--status", "--json"]).exits(0).json();
    assert_eq!(status["rotations"], serde_json::json!([]));
    assert_eq!(scene.live().len(), 2);
    // The way forward is open.
    let more = ["--skip-verify", "--yes"];
    scene.desk.run(&[&["keys", "rotate", "--resume"], &ids[..], &more].concat()).exits(0);
    assert!(scene.lists(&scene.standing()));
    scene.assert_over("gone on");
}

/// A rotation that waits before its last step, begun by another machine: this one has no
/// journal of it. The ids of its keys.
fn before_the_end_elsewhere(scene: &Scene) -> (String, String) {
    scene.until("revoke");
    let ids = scene.ids();
    std::fs::remove_dir_all(scene.desk.state().join("rotations")).unwrap();
    std::fs::remove_dir_all(scene.desk.state().join("creations")).unwrap();
    ids
}

#[test]
fn a_late_no_deploy_does_not_revoke_a_new_key_that_is_in_use() {
    for way in ["--abort", "--resume"] {
        let scene = Scene::new();
        scene.until("verify");
        let (old, new) = scene.ids();
        let calls = json!({ "log": "gateway", "key": new, "rows": 3, "app": "web" });
        scene.sandbox.add_rows(&calls);
        scene.desk.run(&[&ABORT[..], &["--yes"]].concat()).exits(7);
        let late = ["keys", "rotate", way, &old, "--yes", "--no-deploy"];
        let held = scene.desk.run(&late).exits(7);
        assert!(held.stderr.contains("show calls with the new key"), "{}", held.transcript());
        assert_eq!(scene.live().len(), 2);
    }
}

/// Between putting the old key back and revoking the new one a run can end.
#[test]
fn what_changes_after_the_old_key_is_back_does_not_lose_it() {
    for (change, exit) in [("rm .env", 0), (": > .env", 0), ("echo CENCORI_API_KEY=x > .env", 7)] {
        let (scene, old, _) = before_the_end();
        let fault = json!({ "kind": "html" });
        let path = "/api/projects/*/logs/gateway";
        scene.sandbox.plant(&json!({ "path": path, "times": 0, "fault": fault }));
        scene.desk.run(&[&ABORT[..], &["--yes"]].concat()).exits(8);
        assert_eq!(scene.standing(), old);
        scene.sandbox.clear_faults();
        scene.desk.succeed("sh", &["-c", change]);
        let run = scene.desk.run(&[&ABORT[..], &["--yes"]].concat()).exits(exit);
        match exit {
            0 => assert_eq!(scene.standing(), old, "{}", run.transcript()),
            _ => assert_eq!(scene.live().len(), 2, "{}", run.transcript()),
        }
    }
}
