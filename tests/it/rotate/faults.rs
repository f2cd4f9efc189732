//! What else can go wrong: the disk, the file, the service, the journal, and
//! other people.

use std::process::Stdio;

use super::*;
use crate::harness::{Run, assert_snapshot};

const ROTATE: [&str; 6] = ["keys", "rotate", "web", "--env-file", "--yes", "--no-deploy"];
const KEYS: &str = "/api/projects/*/api-keys";

impl Scene {
    /// Rotates until before `step`.
    #[track_caller]
    pub(super) fn until(&self, step: &str) {
        self.desk.run(&["keys", "rotate", "web", "--pause-before", step]).exits(0);
    }

    /// The one journal.
    fn journal(&self) -> std::path::PathBuf {
        let entries = self.desk.state().join("rotations").read_dir().unwrap();
        let mut paths = entries.map(|entry| entry.unwrap().path());
        paths.find(|path| journal_of(path)).expect("a journal")
    }

    /// Revokes a key the way another machine would.
    fn revoke_elsewhere(&self, id: &str) {
        let path = format!("{}/{id}", self.sandbox.keys_path());
        let call = self.sandbox.call("PATCH", &path).header("cookie", &self.sandbox.owner_cookie());
        assert_eq!(call.send().status, 200);
    }

    /// The ids of the old and the new key.
    pub(super) fn ids(&self) -> (String, String) {
        let status = self.desk.run(&["keys", "rotate", "--status", "--json"]).exits(0).json();
        let id = |key: &str| status["rotations"][0][key]["id"].as_str().unwrap().to_owned();
        (id("old"), id("new"))
    }
}

#[test]
fn what_stands_against_it_is_found_before_a_key_is_made() {
    let scene = Scene::new();
    let before = scene.standing();
    let refuse = |name: &str, arguments: &[&str], code| {
        let refused = scene.desk.run(arguments).exits(code);
        assert_snapshot(&format!("rotate_refuses_{name}"), &refused.transcript());
        assert_eq!(scene.standing(), before);
        scene.assert_over(name);
    };
    refuse("nobody_to_ask", &["keys", "rotate", "web"], 2);
    refuse("no_key", &["keys", "rotate", "--yes", "--no-deploy"], 2);
    refuse("unknown", &["keys", "rotate", "nope", "--yes", "--no-deploy"], 6);
    refuse(
        "domains",
        &["keys", "rotate", "web", "--domain", "myapp.com", "--yes", "--no-deploy"],
        2,
    );
    scene.desk.write("other.env", "CENCORI_API_KEY=theirs\n");
    refuse(
        "other_value",
        &["keys", "rotate", "web", "--env-file", "other.env", "--yes", "--no-deploy"],
        2,
    );
    refuse(
        "nowhere",
        &["keys", "rotate", "web", "--yes", "--no-deploy", "--pipe-to", "no-such-program"],
        2,
    );
    scene.desk.succeed("git", &["init", "--quiet"]);
    scene.desk.succeed("git", &["add", ".env"]);
    refuse("tracked", &["keys", "rotate", "web", "--yes", "--no-deploy"], 2);
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_found_before_a_key_is_made() {
    let scene = Scene::new();
    let text = scene.desk.read(".env") + &"B=1\n".repeat(1_000);
    scene.desk.write(".env", &text);
    let line = "ulimit -f 2; trap '' XFSZ; exec \"$0\" keys rotate web --yes --no-deploy";
    let full = scene.desk.program("bash").args(["-c", line, crate::harness::CENCORI]).output();
    let full =
        crate::harness::Run::of(&["keys", "rotate", "web", "--yes", "--no-deploy"], full.unwrap());
    assert_snapshot("rotate_full_disk", &full.exits(1).transcript());
    assert_eq!(scene.desk.read(".env"), text);
    scene.assert_over("full disk");
}

#[test]
fn somebodys_edit_survives_and_the_new_key_does_not() {
    let scene = Scene::new();
    scene.sandbox.hold("POST", KEYS, "before");
    let mut command = scene.desk.command(&ROTATE);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    scene.sandbox.wait_for_held();
    let edited = "# ours\nA=1\nCENCORI_API_KEY=theirs\n";
    scene.desk.write(".env", edited);
    scene.sandbox.clear_faults();
    let ended = crate::harness::Run::of(&ROTATE, child.wait_with_output().unwrap()).exits(1);
    assert_snapshot("rotate_edited", &ended.transcript());
    assert_eq!(scene.desk.read(".env"), edited);
    assert_eq!(scene.live(), ["web"]);
    assert!(scene.desk.files_with_keys().is_empty());
}

#[test]
fn where_one_of_two_places_fails_it_waits_and_can_go_both_ways() {
    for (end, code) in [("--resume", 0), ("--abort", 0)] {
        let scene = Scene::new();
        scene.desk.write("second.env", format!("CENCORI_API_KEY={}\n", scene.standing()));
        scene.sandbox.hold("POST", KEYS, "before");
        let mut command = scene.desk.command(&["keys", "rotate", "web", "--yes", "--no-deploy"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        scene.sandbox.wait_for_held();
        scene.desk.write("second.env", "CENCORI_API_KEY=theirs\n");
        scene.sandbox.clear_faults();
        let partly = crate::harness::Run::of(
            &["keys", "rotate", "web", "--yes", "--no-deploy"],
            child.wait_with_output().unwrap(),
        );
        assert_snapshot("rotate_partly_stored", &partly.exits(7).transcript());
        scene.assert_served("partly");
        if end == "--resume" {
            scene.desk.run(&["keys", "rotate", end]).exits(7);
            // The person has made room.
            scene.desk.write("second.env", "");
        }
        let ended = scene.desk.run(&["keys", "rotate", end]).exits(code);
        assert_snapshot(&format!("rotate_partly_stored{end}"), &ended.transcript());
        scene.desk.write("second.env", "");
        scene.assert_over(end);
    }
}

#[test]
fn a_service_that_is_down_for_a_while_is_waited_for() {
    for skip in 0..12 {
        let scene = Scene::new();
        let fault = json!({ "kind": "status", "status": 503 });
        scene.sandbox.plant(&json!({ "skip": skip, "times": 0, "fault": fault }));
        let stopped =
            scene.desk.run(&["--timeout", "1", "keys", "rotate", "web", "--yes", "--no-deploy"]);
        if stopped.code == Some(0) {
            assert!(skip > 8, "{skip}: {}", stopped.transcript());
            break;
        }
        assert_eq!(stopped.code, Some(8), "{skip}: {}", stopped.transcript());
        assert!(!stopped.stderr.contains("csk_0123"), "{}", stopped.transcript());
        scene.assert_served_later(skip);
        scene.desk.run(&["keys", "rotate", "--resume"]).exits(0);
        scene.assert_over(&format!("down from request {skip} on"));
    }
}

impl Scene {
    fn assert_served_later(&self, skip: u64) {
        self.sandbox.clear_faults();
        self.assert_served(&format!("down from request {skip} on"));
    }
}

#[test]
fn an_error_on_every_second_call_is_lived_with() {
    for first in 0..2 {
        let scene = Scene::new();
        for number in 0..60 {
            let fault = json!({ "kind": "status", "status": 500 });
            scene.sandbox.plant(&json!({ "skip": 2 * number + first, "fault": fault }));
        }
        let mut run = scene.desk.run(&ROTATE);
        for _ in 0..6 {
            if run.code == Some(0) {
                break;
            }
            assert!([7, 8].contains(&run.code.unwrap()), "{}", run.transcript());
            run = scene.desk.run(&["keys", "rotate", "--resume"]);
        }
        scene.sandbox.clear_faults();
        assert_eq!(run.code, Some(0), "{}", run.transcript());
        scene.assert_over("every second call");
    }
}

#[test]
fn an_answer_that_never_comes_leaves_everything_as_it_was() {
    let scene = Scene::new();
    let before = scene.standing();
    scene.sandbox.plant(
        &json!({"method": "POST", "path": KEYS, "fault": {"kind": "drop", "when": "after"}}),
    );
    let lost = scene.desk.run(&ROTATE).exits(8);
    assert_snapshot("rotate_answer_lost", &lost.transcript());
    assert_eq!(scene.standing(), before);
    scene.assert_over("answer lost");
    scene.desk.run(&ROTATE).exits(0);
    assert_ne!(scene.standing(), before);
}

#[test]
fn a_revocation_is_what_the_list_says() {
    for (name, fault) in [
        ("done", json!({"kind": "status", "status": 500, "when": "after"})),
        ("lost", json!({"kind": "drop", "when": "after"})),
    ] {
        let scene = Scene::new();
        scene.sandbox.plant(&json!({ "method": "PATCH", "fault": fault }));
        scene.desk.run(&ROTATE).exits(0);
        scene.assert_over(name);
    }
    // Says that it is done, and did nothing.
    let scene = Scene::new();
    scene.sandbox.plant(
        &json!({"method": "PATCH", "fault": {"kind": "status", "status": 200, "when": "before"}}),
    );
    let stopped = scene.desk.run(&ROTATE).exits(1);
    assert_snapshot("rotate_not_revoked", &stopped.transcript());
    scene.desk.run(&["keys", "rotate", "--resume"]).exits(0);
    scene.assert_over("not revoked");
}

#[test]
fn a_clock_that_was_set_back_changes_nothing() {
    let scene = Scene::new();
    scene.until("verify");
    let text = std::fs::read_to_string(scene.journal()).unwrap();
    let year = "\"at\":\"20";
    assert!(text.contains(year));
    std::fs::write(scene.journal(), text.replace(year, "\"at\":\"21")).unwrap();
    let status = scene.desk.run(&["keys", "rotate", "--status"]).exits(0);
    assert!(status.stdout.contains("just now"), "{}", status.transcript());
    scene.desk.run(&["keys", "rotate", "--resume", "--yes", "--until-idle", "1s"]).exits(0);
    scene.assert_over("clock");
}

#[test]
fn a_journal_that_was_cut_short_is_taken_up_where_it_ends() {
    let whole = {
        let scene = Scene::new();
        scene.until("revoke");
        std::fs::read_to_string(scene.journal()).unwrap()
    };
    let lines = whole.lines().count();
    for (kept, torn) in (1..lines).flat_map(|kept| [(kept, 0), (kept, 20)]) {
        for end in ["--resume", "--abort"] {
            let scene = Scene::new();
            scene.until("revoke");
            let text = std::fs::read_to_string(scene.journal()).unwrap();
            let mut start: String = text.split_inclusive('\n').take(kept).collect();
            start.push_str(&text[start.len()..start.len() + torn]);
            std::fs::write(scene.journal(), start).unwrap();
            let what = format!("{kept} lines and {torn} bytes, {end}");
            let ended = scene.desk.run(&["keys", "rotate", end, "--yes"]);
            assert_eq!(ended.code, Some(0), "{what}: {}", ended.transcript());
            scene.assert_over(&what);
        }
    }
}

#[test]
fn a_journal_that_is_no_journal_is_said_and_left_alone() {
    for (name, text) in [
        ("garbage", "{\"not\": \"ours\"}\n"),
        ("empty", ""),
        ("out_of_order", "<first>{\"event\":\"revoked\",\"at\":\"2026-01-01T00:00:00Z\"}\n"),
        ("binary", "\u{0}\u{1}\u{2}\n"),
        ("unknown_line", "<first>{\"event\":\"nothing\",\"at\":\"2026-01-01T00:00:00Z\"}\n"),
        ("without_new_key", "<first>{\"event\":\"created\",\"at\":\"2026-01-01T00:00:00Z\"}\n"),
    ] {
        let scene = Scene::new();
        scene.until("verify");
        let (journal, before) = (scene.journal(), scene.standing());
        let first = std::fs::read_to_string(&journal).unwrap();
        let first = first.split_inclusive('\n').next().unwrap();
        let text = text.replace("<first>", first);
        std::fs::write(&journal, &text).unwrap();
        for arguments in [&["--resume", "--yes"][..], &["--abort"]] {
            let arguments = [&["keys", "rotate"], arguments].concat();
            scene.desk.run(&arguments).exits(1);
        }
        let resumed = scene.desk.run(&["keys", "rotate", "--resume"]).exits(1);
        assert_snapshot("rotate_damaged", &resumed.transcript());
        let status = scene.desk.run(&["keys", "rotate", "--status"]).exits(7);
        assert_snapshot("rotate_damaged_status", &status.transcript());
        assert_eq!(std::fs::read_to_string(&journal).unwrap(), text, "{name}");
        assert_eq!(scene.standing(), before, "{name}");
        assert_eq!(scene.live(), ["web", "web"], "{name}");
    }
}

#[test]
fn a_journal_of_another_key_is_not_taken_for_that_of_its_name() {
    let scene = Scene::new();
    scene.until("verify");
    let (journal, (old, _)) = (scene.journal(), scene.ids());
    let text = std::fs::read_to_string(&journal).unwrap();
    std::fs::write(&journal, text.replace(&old, "00000000-0000-4000-8000-000000000000")).unwrap();
    let into = ["--env-file", "other.env", "--yes", "--no-deploy"];
    let begun = scene.desk.run(&[&["keys", "rotate", &old], &into[..]].concat()).exits(1);
    assert!(begun.stderr.contains("can't be read"), "{}", begun.transcript());
    assert!(!begun.stderr.contains("is open already"), "{}", begun.transcript());
    assert_eq!(scene.live(), ["web", "web"]);
}

#[test]
fn a_journal_that_was_cut_is_named_by_whatever_is_about_its_keys() {
    let scene = Scene::new();
    scene.until("verify");
    let (journal, (old, new)) = (scene.journal(), scene.ids());
    let whole = std::fs::read_to_string(&journal).unwrap();
    std::fs::write(&journal, &whole[..whole.len() / 2]).unwrap();
    let name = format!("{old}.jsonl");
    for (key, code) in [(&old, 1), (&new, 6)] {
        for way in ["--resume", "--abort"] {
            let told = scene.desk.run(&["keys", "rotate", way, key]).exits(code);
            assert!(told.stderr.contains(&name), "{}", told.transcript());
        }
    }
    scene.desk.run(&["keys", "rotate", &old, "--yes", "--no-deploy"]).exits(2);
    assert_eq!(scene.live(), ["web", "web"]);
    let another = scene.desk.run(&["keys", "rotate", &new, "--pause-before", "deploy"]).exits(0);
    assert!(another.stderr.contains(&name), "{}", another.transcript());
}

#[test]
fn a_key_that_somebody_else_has_revoked_meanwhile() {
    // The old one: the new one is stored, and there is only the way forward.
    let scene = Scene::new();
    scene.until("verify");
    scene.revoke_elsewhere(&scene.ids().0);
    let aborted = scene.desk.run(&["keys", "rotate", "--abort"]).exits(1);
    assert_snapshot("rotate_abort_without_old", &aborted.transcript());
    scene.assert_served("abort without the old key");
    let resumed = scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
    assert_snapshot("rotate_resume_without_old", &resumed.transcript());
    scene.assert_over("old");
    // The new one: there is only the way back.
    let scene = Scene::new();
    scene.until("verify");
    scene.revoke_elsewhere(&scene.ids().1);
    let resumed = scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(1);
    assert_snapshot("rotate_resume_without_new", &resumed.transcript());
    scene.desk.run(&["keys", "rotate", "--abort"]).exits(0);
    scene.assert_over("new");
    // The new one, after it was verified.
    let scene = Scene::new();
    scene.until("revoke");
    scene.revoke_elsewhere(&scene.ids().1);
    scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(1);
    assert_eq!(scene.live(), ["web"], "the last live key was revoked");
    scene.desk.run(&["keys", "rotate", "--abort"]).exits(0);
    scene.assert_over("new, verified");
    // Both.
    let scene = Scene::new();
    scene.until("verify");
    let (old, new) = scene.ids();
    scene.revoke_elsewhere(&old);
    scene.revoke_elsewhere(&new);
    let resumed = scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(1);
    assert_snapshot("rotate_both_gone", &resumed.transcript());
    assert!(scene.live().is_empty());
    assert_eq!(scene.desk.run(&["keys", "rotate", "--status"]).exits(0).stdout, "");
    assert_eq!(scene.desk.files_with_keys(), [scene.desk.path(".env")]);
}

#[test]
fn a_session_that_ran_out_during_the_deployment() {
    let scene = Scene::new();
    let identity = scene.sandbox.identity();
    let (email, password) = (identity.owner_email.clone(), identity.owner_password.expose());
    let log_in = ["auth", "login", "--email", &email, "--password-stdin"];
    let desk = scene.desk.clone().without("CENCORI_EMAIL").without("CENCORI_PASSWORD");
    let desk = desk.with("BINARY", crate::harness::CENCORI);
    desk.run_with_input(&log_in, password.as_bytes()).exits(0);
    // Ended for good.
    let command = "\"$BINARY\" auth logout";
    let stopped = desk.run(&["keys", "rotate", "web", "--yes", "--deploy", command]).exits(4);
    assert_snapshot("rotate_signed_out", &stopped.transcript());
    scene.assert_served("signed out");
    desk.run_with_input(&log_in, password.as_bytes()).exits(0);
    desk.run(&["keys", "rotate", "--resume"]).exits(0);
    scene.assert_over("signed out");
    // Run out, and renewed.
    let fault = json!({"kind": "status", "status": 401});
    for skip in 2..4 {
        scene.sandbox.plant(&json!({"method": "GET", "path": KEYS, "skip": skip, "fault": fault}));
        desk.run(&["keys", "rotate", "web", "--yes", "--no-deploy"]).exits(0);
        assert!(scene.struck());
        scene.sandbox.clear_faults();
        scene.assert_over("renewed");
    }
}

#[test]
fn two_rotations_of_one_key_can_not_run() {
    let scene = Scene::new();
    scene.sandbox.hold("POST", KEYS, "before");
    let mut command = scene.desk.command(&ROTATE);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    scene.sandbox.wait_for_held();
    let second = scene.desk.run(&ROTATE).exits(1);
    assert_snapshot("rotate_running", &second.transcript());
    scene.desk.run(&["keys", "rotate", "--resume"]).exits(1);
    let status = scene.desk.run(&["keys", "rotate", "--status"]).exits(0);
    assert!(status.stdout.contains("running"), "{}", status.transcript());
    scene.sandbox.clear_faults();
    assert!(child.wait_with_output().unwrap().status.success());
    scene.assert_over("two at once");
    scene.until("deploy");
    let third = scene
        .desk
        .run(&["keys", "rotate", ".env:CENCORI_API_KEY", "--yes", "--no-deploy"])
        .exits(2);
    assert_snapshot("rotate_open", &third.transcript());
}

#[test]
fn the_old_key_dies_only_while_the_new_one_stands_in_its_places() {
    // Taken out, replaced by the old one, or by something else; while it waits, or by
    // the deployment itself.
    let gone = |scene: &Scene| std::fs::remove_file(scene.desk.path(".env")).unwrap();
    let emptied = |scene: &Scene| scene.desk.write(".env", "# ours\nA=1\n");
    for (name, change) in [("gone", &gone as &dyn Fn(&Scene)), ("emptied", &emptied)] {
        for step in ["deploy", "verify", "revoke"] {
            let scene = Scene::new();
            scene.until(step);
            let new = scene.standing();
            change(&scene);
            let stopped = scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(1);
            if step == "revoke" {
                assert_snapshot(&format!("rotate_displaced_{name}"), &stopped.transcript());
            }
            assert_eq!(scene.live(), ["web", "web"], "{name}");
            scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
            assert_eq!(scene.standing(), new, "{name}: it is put there again");
            assert_eq!(scene.live(), ["web"]);
            // And the way back brings the old one back.
            let scene = Scene::new();
            let before = scene.standing();
            scene.until(step);
            change(&scene);
            scene.desk.run(&["keys", "rotate", "--abort"]).exits(0);
            assert_eq!(scene.standing(), before, "{name}");
            assert_eq!(scene.live(), ["web"]);
        }
    }
    let scene = Scene::new();
    let before = scene.desk.read(".env");
    scene.desk.write("backup", &before);
    let deploy = ["keys", "rotate", "web", "--yes", "--deploy", "cp backup .env"];
    scene.desk.run(&deploy).exits(1);
    assert_eq!(scene.live(), ["web", "web"]);
    scene.assert_served("put back by the deployment");
    std::fs::remove_file(scene.desk.path("backup")).unwrap();
    let other = format!("{}OTHER={}\n", scene.desk.read(".env"), scene.standing());
    scene.desk.write(".env", other);
    let beside = scene.desk.run(&["keys", "rotate", "--resume", "--deploy", "true"]).exits(7);
    assert_snapshot("rotate_old_beside", &beside.transcript());
    assert_eq!(scene.live(), ["web", "web"]);
    scene.desk.run(&["keys", "rotate", "--abort", "--deploy", "true"]).exits(0);
    scene.assert_over("the old one beside it");
}

#[test]
fn a_place_that_can_not_be_written_can_be_given_up() {
    for (end, left) in [("--resume", "csk_"), ("--abort", "csk_")] {
        let scene = Scene::new();
        scene.desk.write("second.env", format!("CENCORI_API_KEY={}\n", scene.standing()));
        scene.until("deploy");
        let new = scene.standing();
        let second = scene.desk.path("second.env");
        std::fs::remove_file(&second).unwrap();
        std::fs::create_dir(&second).unwrap();
        let resume = ["keys", "rotate", end, "--yes"];
        let stopped = scene.desk.run(&resume);
        assert_ne!(stopped.code, Some(0), "{}", stopped.transcript());
        assert_eq!(scene.live(), ["web", "web"]);
        let given_up = scene.desk.run(&[&resume[..], &["--leave-failed"]].concat());
        assert_snapshot(&format!("rotate_given_up{end}"), &given_up.transcript());
        if end == "--resume" {
            assert_eq!(scene.standing(), new);
        }
        assert!(scene.standing().starts_with(left));
        scene.assert_over(end);
    }
}

#[test]
fn where_the_old_text_is_lost_there_is_no_way_back() {
    let scene = Scene::new();
    scene.until("deploy");
    std::fs::remove_dir_all(scene.desk.state().join("creations")).unwrap();
    let refused = scene.desk.run(&["keys", "rotate", "--abort", "--yes"]).exits(1);
    assert_snapshot("rotate_no_way_back", &refused.transcript());
    scene.assert_served("no way back");
    scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
    scene.assert_over("forward");
}

#[test]
fn one_that_can_go_neither_way_can_be_ended() {
    let scene = Scene::new();
    scene.sandbox.hold("POST", KEYS, "after");
    let mut command = scene.desk.command(&ROTATE);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    scene.sandbox.wait_for_held();
    scene.desk.write(".env", "CENCORI_API_KEY=mine\n");
    let path = format!("{}?environment=production", scene.sandbox.keys_path());
    let call = scene.sandbox.call("GET", &path).header("cookie", &scene.sandbox.owner_cookie());
    let keys = call.send().json()["apiKeys"].clone();
    let id = |number: usize| keys[number]["id"].as_str().unwrap().to_owned();
    scene.revoke_elsewhere(&id(1));
    scene.sandbox.clear_faults();
    let stuck = crate::harness::Run::of(&ROTATE, child.wait_with_output().unwrap()).exits(1);
    assert_snapshot("rotate_stuck", &stuck.transcript());
    // Either room is made for the new key, or it is revoked.
    scene.desk.run(&["keys", "rotate", "--resume"]).exits(1);
    let second = Scene::new();
    drop(second);
    scene.desk.run(&["keys", "revoke", &id(0), "--yes"]).exits(0);
    scene.desk.run(&["keys", "rotate", "--resume"]).exits(1);
    let status = scene.desk.run(&["keys", "rotate", "--status"]).exits(0);
    assert_eq!(status.stdout, "");
    assert!(scene.desk.files_with_keys().is_empty());
    assert_eq!(scene.desk.read(".env"), "CENCORI_API_KEY=mine\n");
}

#[test]
fn a_journal_that_is_gone_is_told_of() {
    let scene = Scene::new();
    scene.until("deploy");
    std::fs::remove_file(scene.journal()).unwrap();
    let status = scene.desk.run(&["keys", "rotate", "--status"]).exits(7);
    assert_snapshot("rotate_without_journal", &status.transcript());
    scene.desk.run(&["keys", "rotate", "--resume"]).exits(1);
    scene.assert_served("without a journal");
}

#[test]
fn without_its_stash_it_takes_the_key_from_where_it_stands() {
    let empty = |record: &std::path::Path| std::fs::write(record, "").unwrap();
    let garbled = |record: &std::path::Path| std::fs::write(record, "{\"entry\":1}\n").unwrap();
    let removed = |record: &std::path::Path| std::fs::remove_file(record).unwrap();
    for spoil in [&empty as &dyn Fn(&std::path::Path), &garbled, &removed] {
        let scene = Scene::new();
        scene.desk.write(".env.local", format!("KEY={}\n", scene.standing()));
        scene.until("revoke");
        let records = scene.desk.state().join("creations").read_dir().unwrap();
        let mut records = records.map(|entry| entry.unwrap().path());
        spoil(&records.find(|path| journal_of(path)).unwrap());
        // One place has lost it, the other one still has it.
        scene.desk.write(".env.local", "A=1\n");
        scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(1);
        scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
        assert_eq!(scene.desk.read(".env.local"), format!("A=1\nKEY={}\n", scene.standing()));
        std::fs::remove_file(scene.desk.path(".env.local")).unwrap();
        scene.assert_over("without its stash");
    }
}

#[test]
fn a_place_that_has_the_old_key_is_not_given_up() {
    let scene = Scene::new();
    let old = scene.standing();
    std::fs::create_dir(scene.desk.path("b")).unwrap();
    scene.desk.write("b/.env", format!("CENCORI_API_KEY={old}\n"));
    let places = ["--env-file", ".env", "--env-file", "b/.env", "--pause-before", "revoke"];
    scene.desk.run(&[&["keys", "rotate", "web"], &places[..]].concat()).exits(0);
    // With another value beside it, so that it is not replaced.
    scene.desk.write("b/.env", format!("CENCORI_API_KEY={old}\nCENCORI_API_KEY=theirs\n"));
    scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(1);
    scene.desk.run(&["keys", "rotate", "--resume", "--yes", "--leave-failed"]).exits(7);
    assert!(scene.accepts(&old));
    scene.desk.run(&["keys", "rotate", "--abort"]).exits(0);
    std::fs::remove_dir_all(scene.desk.path("b")).unwrap();
    scene.assert_over("in the way");
}

#[test]
fn what_is_over_stands_in_nobodys_way() {
    let scene = Scene::new();
    let mut number = 1;
    // Killed behind the revocation, before the rotation is forgotten.
    while scene.live().len() != 1
        || scene.desk.run(&["keys", "rotate", "--status"]).stdout.is_empty()
    {
        scene.desk.run(&["keys", "rotate", "--resume"]).exits(0);
        let mut command = scene.desk.command(&ROTATE);
        let killed = command.env("CENCORI_CHECKPOINT", (40 + number).to_string()).output().unwrap();
        assert!(number < 40, "{killed:?}");
        number += 1;
    }
    let status = scene.desk.run(&["keys", "rotate", "--status"]).exits(0);
    if status.stdout.contains("to be cleaned up") {
        scene.desk.run(&ROTATE).exits(0);
    } else {
        scene.desk.run(&["keys", "rotate", "--resume"]).exits(0);
    }
    scene.assert_over("over");
}

#[test]
fn that_the_new_key_is_in_use_already_is_said() {
    let scene = Scene::new();
    scene.until("deploy");
    // Deployed by hand while the rotation waits.
    assert!(scene.accepts(&scene.standing()));
    let held = scene.desk.run(&["keys", "rotate", "--abort"]).exits(7);
    assert_snapshot("rotate_abort_in_use", &held.transcript());
    assert_eq!(scene.live(), ["web", "web"]);
    scene.desk.run(&["keys", "rotate", "--abort", "--old-key-restored"]).exits(0);
    scene.assert_over("in use");
}

#[test]
fn neither_key_is_called_dead_while_it_is_accepted() {
    let begin = || {
        let scene = Scene::new();
        scene.desk.run(&["keys", "rotate", "web", "--pause-before", "revoke"]).exits(0);
        scene.sandbox.keep_revoked_keys_alive();
        scene
    };
    let (forward, back) = (begin(), begin());
    let mut runs = String::new();
    // Asked again, it finds no key in the list that it could revoke.
    for _ in 0..2 {
        let resumed = forward.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(8);
        let aborted = back.desk.run(&["keys", "rotate", "--abort"]).exits(8);
        runs += &(resumed.transcript() + &aborted.transcript());
    }
    assert_snapshot("rotate_still_accepted", &runs);
}

#[test]
fn the_new_key_is_found_in_whichever_place_can_be_read() {
    let scene = Scene::new();
    let places = ["--env-file", ".env", "--env-file", "site.env", "--pause-before", "verify"];
    scene.desk.run(&[&["keys", "rotate", "web"], &places[..]].concat()).exits(0);
    std::fs::remove_dir_all(scene.desk.state().join("creations")).unwrap();
    let env = scene.desk.read(".env");
    std::fs::remove_file(scene.desk.path(".env")).unwrap();
    std::fs::create_dir(scene.desk.path(".env")).unwrap();
    // First it is verified, then it is to be stored again.
    let resume = |code| scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(code);
    let runs = resume(1).transcript() + &resume(7).transcript();
    assert_snapshot("rotate_one_place_unreadable", &runs);
    std::fs::remove_dir(scene.desk.path(".env")).unwrap();
    scene.desk.write(".env", "");
    scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
    assert_eq!(scene.live(), ["web"]);
    assert_eq!(scene.desk.read("site.env"), format!("CENCORI_API_KEY={}\n", scene.standing()));
    assert!(env.contains(&scene.standing()));
}

#[test]
fn what_a_service_in_trouble_answers_is_no_statement_about_the_project() {
    let no_project = json!({ "error": "Project not found" });
    let forbidden = json!({ "error": "Forbidden" });
    for (status, body) in
        [(404, &no_project), (500, &forbidden), (401, &json!({ "error": "Unauthorized" }))]
    {
        for (method, path) in
            [("GET", KEYS), ("POST", KEYS), ("PATCH", "/api/projects/*/api-keys/*")]
        {
            let scene = Scene::new();
            let skip = if method == "GET" { 2 } else { 0 };
            let fault = json!({ "kind": "status", "status": status, "body": body });
            scene.sandbox.plant(&json!({
                "method": method, "path": path, "skip": skip, "times": 0, "fault": fault,
            }));
            let case = format!("{status} {method}");
            let run = scene.desk.run(&["keys", "rotate", "web", "--yes", "--no-deploy"]).exits(8);
            assert!(scene.struck(), "{case}");
            for wrong in ["no project", "finds no project", "auth login", "CENCORI_PASSWORD"] {
                assert!(!run.stderr.contains(wrong), "{case}: {}", run.transcript());
            }
            scene.assert_served(&case);
            scene.sandbox.clear_faults();
            let open = scene.desk.run(&["keys", "rotate", "--status", "--json"]).exits(0).json();
            if open["rotations"].as_array().is_some_and(|open| !open.is_empty()) {
                scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
            }
            scene.assert_over(&case);
            // One that passes is lived with.
            if method == "GET" {
                let fault = json!({ "kind": "status", "status": status, "body": body });
                scene
                    .sandbox
                    .plant(&json!({ "method": method, "path": path, "skip": 2, "fault": fault }));
                scene.desk.run(&["keys", "rotate", "web", "--yes", "--no-deploy"]).exits(0);
                assert!(scene.struck(), "{case}");
                scene.assert_over(&case);
            }
        }
    }
}

#[test]
fn a_gateway_that_excludes_this_machine_verifies_nothing() {
    let body = json!({ "error": "x", "code": "network_access_denied" });
    let fault = json!({ "kind": "status", "status": 403, "body": body });
    for going_on in [&["--skip-verify"][..], &["--verify-with", "cat > tried"]] {
        let scene = Scene::new();
        scene.sandbox.plant(&json!({ "path": "/v1/models", "times": 0, "fault": fault }));
        let stopped = scene.desk.run(&ROTATE).exits(7);
        assert!(scene.struck());
        assert_eq!(scene.live().len(), 2, "{}", stopped.transcript());
        assert!(!stopped.stderr.contains("The gateway accepts"), "{}", stopped.transcript());
        assert!(stopped.stderr.contains("not verified"), "{}", stopped.transcript());
        let resume = [&["keys", "rotate", "--resume", "--yes"], going_on].concat();
        let done = scene.desk.run(&resume).exits(0);
        assert!(!done.stderr.contains("The gateway accepts"), "{}", done.transcript());
        scene.sandbox.clear_faults();
        assert_eq!(scene.live(), ["web"]);
        scene.assert_served("gone on");
    }
}

/// `revoke --leaked --rotate` with `key` as its input.
fn leak(scene: &Scene, key: &str, more: &[&str]) -> Run {
    let leaked = [&["keys", "revoke", "--leaked", "-", "--rotate"], more].concat();
    scene.desk.run_with_input(&leaked, key.as_bytes())
}

#[test]
fn a_leaked_new_key_of_an_open_rotation_dies_at_once_and_the_old_one_is_put_back() {
    let scene = Scene::new();
    let old = scene.standing();
    scene.until("revoke");
    let new = scene.standing();
    // Use is no reason to let a leaked key live.
    assert!(scene.accepts(&new));
    let dry = ["keys", "revoke", "--leaked", "-", "--rotate", "--dry-run"];
    let dry = scene.desk.run_with_input(&dry, new.as_bytes()).exits(3);
    assert_snapshot("leaked_new_of_rotation_dry_run", &dry.transcript());
    assert!(scene.lists(&new));
    let leaked = ["keys", "revoke", "--leaked", "-", "--rotate", "--yes"];
    let done = scene.desk.run_with_input(&leaked, new.as_bytes()).exits(0);
    assert_snapshot("leaked_new_of_rotation", &done.transcript());
    assert!(!scene.lists(&new));
    assert_eq!(scene.standing(), old);
    scene.assert_over("gone back");
}

#[test]
fn a_leaked_key_of_an_open_rotation_dies_also_where_the_rotation_can_not_be_ended() {
    let scene = Scene::new();
    scene.until("revoke");
    let new = scene.standing();
    let (old, _) = scene.ids();
    scene.desk.write(".env", "CENCORI_API_KEY=theirs\n");
    let leaked = ["keys", "revoke", "--leaked", "-", "--rotate", "--yes", "--json"];
    let open = scene.desk.run_with_input(&leaked, new.as_bytes()).exits(7);
    assert!(!scene.lists(&new));
    assert_eq!(open.json()["keys"][0]["outcome"], "revoked");
    assert_eq!(open.json()["keys"][0]["rotation"]["outcome"], "open");
    assert_eq!(open.json()["keys"][0]["rotation"]["old"], old);
    scene.desk.write(".env", "# ours\nA=1\n");
    scene.desk.run(&["keys", "rotate", "--abort", &old, "--yes"]).exits(0);
    scene.assert_over("put back");
}

#[test]
fn a_second_run_ends_the_rotation_that_the_first_one_left_open() {
    let scene = Scene::new();
    let old = scene.standing();
    scene.until("revoke");
    let new = scene.standing();
    let (id, _) = scene.ids();
    scene.desk.write(".env", "CENCORI_API_KEY=theirs\n");
    leak(&scene, &new, &["--yes"]).exits(7);
    for more in ["--yes", "--dry-run"] {
        let again = leak(&scene, &new, &[more, "--json"]).exits(7);
        let key = &again.json()["keys"][0];
        assert_eq!(key["outcome"], "already_revoked");
        assert_eq!(key["rotation"], json!({ "old": id, "outcome": "open" }));
    }
    scene.desk.write(".env", "# ours\nA=1\n");
    let done = leak(&scene, &new, &["--yes", "--json"]).exits(0);
    assert_eq!(done.json()["keys"][0]["rotation"]["outcome"], "ended");
    assert_eq!(scene.standing(), old);
    scene.assert_over("put back");
}

#[test]
fn a_leaked_old_key_of_an_open_rotation_dies_at_once_and_the_rotation_goes_forward() {
    for (pause, more) in [("deploy", &["--no-deploy"][..]), ("revoke", &[])] {
        let scene = Scene::new();
        let old = scene.standing();
        scene.until(pause);
        let (id, _) = scene.ids();
        let leaked = ["keys", "revoke", "--leaked", "-", "--rotate", "--yes"];
        let open = scene.desk.run_with_input(&leaked, old.as_bytes()).exits(7);
        assert!(!scene.lists(&old));
        let resume = format!("cencori keys rotate --resume {id}");
        assert!(open.stderr.contains(&resume), "{}", open.transcript());
        scene.desk.run(&[&["keys", "rotate", "--resume", "--yes"], more].concat()).exits(0);
        scene.assert_over("gone forward");
    }
}

#[test]
fn where_both_keys_of_an_open_rotation_have_leaked_both_die() {
    let scene = Scene::new();
    let old = scene.standing();
    scene.until("revoke");
    let both = format!("{old} {}", scene.standing());
    let leaked = ["keys", "revoke", "--leaked", "-", "--rotate", "--yes"];
    let done = scene.desk.run_with_input(&leaked, both.as_bytes()).exits(0);
    assert_snapshot("leaked_both_of_rotation", &done.transcript());
    assert_eq!(scene.live(), [""; 0]);
    let status = scene.desk.run(&["keys", "rotate", "--status", "--json"]).exits(0).json();
    assert_eq!(status["rotations"], json!([]));
}

#[test]
fn a_leaked_new_key_is_revoked_unreplaced_without_rotate_and_the_abort_is_named() {
    let scene = Scene::new();
    scene.until("revoke");
    let (old, _) = scene.ids();
    let leaked = ["keys", "revoke", "--leaked", "-", "--yes"];
    let done = scene.desk.run_with_input(&leaked, scene.standing().as_bytes()).exits(0);
    let abort = format!("cencori keys rotate --abort {old}");
    assert!(done.stderr.contains(&abort), "{}", done.transcript());
    scene.desk.run(&["keys", "rotate", "--abort", &old, "--yes"]).exits(0);
    scene.assert_over("gone back");
}

#[test]
fn where_the_gateway_excludes_this_machine_a_leaked_key_dies_all_the_same() {
    let scene = Scene::new();
    let body = json!({ "error": "x", "code": "network_access_denied" });
    let fault = json!({ "kind": "status", "status": 403, "body": body });
    scene.sandbox.plant(&json!({ "path": "/v1/models", "times": 0, "fault": fault }));
    let key = scene.standing();
    let revoked = leak(&scene, &key, &["--yes"]).exits(0);
    assert!(scene.struck());
    let said = "whether the new one works is not verified";
    assert!(revoked.stderr.contains(said), "{}", revoked.transcript());
    scene.sandbox.clear_faults();
    assert!(!scene.accepts(&key));
    scene.assert_over("excluded");
}

#[test]
fn what_a_paused_rotation_waits_for_is_the_revocation() {
    let scene = Scene::new();
    let paused = scene.desk.run(&["keys", "rotate", "web", "--pause-before", "revoke"]).exits(0);
    let status = scene.desk.run(&["keys", "rotate", "--status"]).exits(0);
    assert!(paused.stderr.contains("before the revocation of the old key"));
    assert!(status.stdout.contains("before the revocation of the old key"));
    for run in [paused, status] {
        assert!(!run.transcript().contains("is idle"), "{}", run.transcript());
    }
}

#[test]
fn an_abort_claims_no_more_than_that_the_old_key_is_back() {
    let scene = Scene::new();
    let key = scene.standing();
    scene.desk.write(".env", format!("# ours\nA=1\nCENCORI_API_KEY='{key}' # c\n"));
    scene.until("revoke");
    let done = scene.desk.run(&["keys", "rotate", "--abort", "--yes"]).exits(0);
    assert!(!done.stderr.contains("as it was"), "{}", done.transcript());
    assert!(done.stderr.contains("has the old key again"), "{}", done.transcript());
    assert!(scene.desk.read(".env").contains(&key));
}
