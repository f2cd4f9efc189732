//! Killed at any instant, one `--resume` or one `--abort` brings it to an end at
//! which exactly one key is alive: the one that is in use.

use std::process::{Child, Stdio};
use std::time::Instant;

use super::*;

const ROTATE: [&str; 6] = ["keys", "rotate", "web", "--env-file", "--yes", "--no-deploy"];

/// How it is brought to the end.
const ENDS: [&str; 2] = ["--resume", "--abort"];

impl Scene {
    fn start(&self) -> Child {
        let mut command = self.desk.command(&ROTATE);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Brings it to the end, whichever that is.
    #[track_caller]
    fn end_with(&self, end: &str, what: &str) {
        let ended = self.desk.run(&["keys", "rotate", end]);
        // An old key that is revoked already is no way back.
        let too_late = ended.code == Some(1) && ended.stderr.contains("no way back");
        let well = ended.code == Some(0) || (end == "--abort" && too_late);
        assert!(well, "{what}: {}", ended.transcript());
        self.assert_over(what);
    }
}

#[test]
fn at_every_write() {
    for end in ENDS {
        let mut number = 1;
        loop {
            let scene = Scene::new();
            let killed = scene
                .desk
                .command(&ROTATE)
                .env("CENCORI_CHECKPOINT", number.to_string())
                .output()
                .unwrap();
            let what = format!("checkpoint {number}, {end}");
            if killed.status.code() == Some(0) {
                break;
            }
            assert_eq!(killed.status.code(), None, "{what}: {killed:?}");
            scene.assert_served(&what);
            scene.end_with(end, &what);
            number += 1;
        }
        assert!(number > 20, "only {number} checkpoints");
    }
}

/// Every request of a rotation, in turn, is held or loses its answer, before or
/// after the sandbox has done its work.
#[test]
fn at_every_request() {
    for end in ENDS {
        for when in ["before", "after"] {
            for kind in ["hold", "drop"] {
                let mut number = 0;
                while at_request(number, kind, when, end) {
                    number += 1;
                }
                assert!(number >= 8, "only {number} requests");
            }
        }
    }
}

/// Whether a rotation has that many requests.
fn at_request(number: u64, kind: &str, when: &str, end: &str) -> bool {
    let what = format!("request {number}, {kind} {when}, {end}");
    let scene = Scene::new();
    let fault = json!({ "kind": kind, "when": when });
    scene.sandbox.plant(&json!({ "skip": number, "fault": fault }));
    let mut child = scene.start();
    let mut ended = None;
    eventually("it ends, or its request is held", || {
        ended = child.try_wait().unwrap();
        ended.is_some() || (kind == "hold" && scene.sandbox.held() > 0)
    });
    if ended.is_none() {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let struck = scene.struck();
    scene.sandbox.clear_faults();
    scene.assert_served(&what);
    scene.end_with(end, &what);
    struck
}

/// The instants are spread evenly over the time that a rotation takes; what
/// happens at one of them differs from run to run.
#[test]
fn at_two_hundred_instants() {
    let scene = Scene::new();
    let begun = Instant::now();
    scene.desk.run(&ROTATE).exits(0);
    let whole = begun.elapsed();
    let mut killed = 0;
    for number in 0..200 {
        let what = format!("instant {number} of 200 in {whole:?}");
        let mut child = scene.start();
        // Not waiting for an event is what this test is about.
        std::thread::sleep(whole * number / 200);
        child.kill().unwrap();
        killed += u32::from(child.wait().unwrap().code().is_none());
        scene.assert_served(&what);
        let end = ENDS[usize::try_from(number % 2).unwrap()];
        scene.end_with(end, &what);
    }
    assert!(killed > 100, "only {killed} were killed");
}

#[test]
fn while_it_is_being_brought_to_its_end() {
    for end in [&["keys", "rotate", "--resume", "--yes"][..], &["keys", "rotate", "--abort"]] {
        let mut number = 1;
        loop {
            let what = format!("checkpoint {number} of {end:?}");
            let scene = Scene::new();
            let begin = ["keys", "rotate", "web", "--no-deploy", "--pause-before", "verify"];
            scene.desk.run(&begin).exits(0);
            let mut command = scene.desk.command(end);
            let killed = command.env("CENCORI_CHECKPOINT", number.to_string()).output().unwrap();
            if killed.status.code() == Some(0) {
                break;
            }
            assert_eq!(killed.status.code(), None, "{what}: {killed:?}");
            scene.assert_served(&what);
            scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
            scene.assert_over(&what);
            number += 1;
        }
        assert!(number > 10, "only {number} checkpoints");
    }
}

#[test]
fn while_a_leaked_new_key_is_revoked_and_the_old_one_put_back() {
    let leaked = ["keys", "revoke", "--leaked", "leak", "--rotate", "--yes"];
    let abort = ["keys", "rotate", "--abort", "--yes"];
    let again = ["keys", "revoke", "--leaked", "-", "--rotate", "--yes"];
    let mut number = 1;
    loop {
        let mut over = false;
        for goes_on in [&abort[..], &again] {
            let what = format!("checkpoint {number}, {goes_on:?}");
            let scene = Scene::new();
            let old = scene.standing();
            scene.desk.run(&["keys", "rotate", "web", "--pause-before", "revoke"]).exits(0);
            let new = scene.standing();
            let leak = scene.desk.outside("leak");
            std::fs::write(&leak, &new).unwrap();
            let leaked =
                leaked.map(|word| if word == "leak" { leak.to_str().unwrap() } else { word });
            let mut command = scene.desk.command(&leaked);
            let killed = command.env("CENCORI_CHECKPOINT", number.to_string()).output().unwrap();
            std::fs::remove_file(&leak).unwrap();
            over = killed.status.code() == Some(0);
            assert!(over || killed.status.code().is_none(), "{what}: {killed:?}");
            if !over {
                assert!(scene.lists(&old), "{what}");
                scene.desk.run_with_input(goes_on, new.as_bytes()).exits(0);
            }
            assert!(!scene.lists(&new), "{what}");
            assert_eq!(scene.standing(), old, "{what}");
            // Of what is over, a journal may be left.
            scene.desk.run(&abort).exits(0);
            scene.assert_over(&what);
        }
        if over {
            break;
        }
        number += 1;
    }
    assert!(number > 5, "only {number} checkpoints");
}

/// The rotation finds the old key in a file that it rewrites and in one that it can't.
fn with_two_more_files() -> (Scene, String) {
    let scene = Scene::new();
    let old = scene.standing();
    scene.write("apps/web/.env", format!("CENCORI_API_KEY={old}\n"));
    scene.write("k8s/secret.yaml", format!("key: {old}\n"));
    (scene, old)
}

const ROTATE_ALL: [&str; 5] = ["keys", "rotate", "web", "--yes", "--no-deploy"];

impl Scene {
    /// Goes on until the file holds it, or back; then the file is changed, and it is brought to
    /// the end.
    #[track_caller]
    fn end_held(&self, old: &str, end: &str, what: &str) {
        assert!(self.lists(old), "{what}: the old key is in a file");
        let begun = !self.desk.run(&["keys", "rotate", "--status"]).exits(0).stdout.is_empty();
        let held = self.desk.run(&["keys", "rotate", end]);
        let code = if begun && end == "--resume" { 7 } else { 0 };
        assert_eq!(held.code, Some(code), "{what}: {}", held.transcript());
        assert!(self.lists(old), "{what}: the old key is in a file");
        std::fs::remove_file(self.desk.path("k8s/secret.yaml")).unwrap();
        self.desk.run(&["keys", "rotate", end]).exits(0);
        let forward = begun && end == "--resume";
        assert_eq!(self.lists(old), !forward, "{what}");
        let web = self.desk.read("apps/web/.env");
        assert_eq!(web, format!("CENCORI_API_KEY={}\n", self.standing()), "{what}");
        std::fs::remove_file(self.desk.path("apps/web/.env")).unwrap();
        self.assert_over(what);
    }
}

#[test]
fn at_every_write_a_key_in_a_file_stays_alive() {
    for end in ENDS {
        let mut number = 1;
        loop {
            let (scene, old) = with_two_more_files();
            let mut command = scene.desk.command(&ROTATE_ALL);
            let killed = command.env("CENCORI_CHECKPOINT", number.to_string()).output().unwrap();
            let what = format!("checkpoint {number}, {end}");
            if killed.status.code() == Some(7) {
                break;
            }
            assert_eq!(killed.status.code(), None, "{what}: {killed:?}");
            scene.end_held(&old, end, &what);
            number += 1;
        }
        assert!(number > 20, "only {number} checkpoints");
    }
}

#[test]
fn at_every_lost_answer_a_key_in_a_file_stays_alive() {
    for (end, fault) in [
        ("--resume", json!({ "kind": "drop", "when": "after" })),
        ("--abort", json!({ "kind": "status", "status": 500 })),
    ] {
        for number in 0.. {
            let what = format!("request {number}, {fault}, {end}");
            let (scene, old) = with_two_more_files();
            scene.sandbox.plant(&json!({ "skip": number, "fault": fault }));
            let run = scene.desk.run(&ROTATE_ALL);
            assert_ne!(run.code, Some(0), "{what}: {}", run.transcript());
            let struck = scene.struck();
            scene.sandbox.clear_faults();
            scene.end_held(&old, end, &what);
            if !struck {
                assert!(number >= 8, "only {number} requests");
                break;
            }
        }
    }
}
