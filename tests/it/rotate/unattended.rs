//! Rotations that nobody looks at: how the new key comes into use is said, and a key that
//! is still called is not revoked.

use super::*;
use crate::harness::{Terminal, assert_snapshot};

/// The flags of which one has to be given where nobody is asked.
const WAYS: [&[&str]; 4] = [
    &["--no-deploy", "--yes"],
    &["--deploy", "true", "--yes"],
    &["--until-idle", "1s", "--yes"],
    &["--pause-before", "deploy"],
];

impl Scene {
    /// Requests that make a key.
    fn creations(&self) -> usize {
        let requests = self.sandbox.requests();
        requests.iter().filter(|it| it["method"] == "POST").filter(is_creation).count()
    }
}

fn is_creation(request: &&serde_json::Value) -> bool {
    request["path"].as_str().is_some_and(|path| path.ends_with("/api-keys"))
}

#[test]
fn how_the_new_key_comes_into_use_has_to_be_said() {
    let scene = Scene::new();
    let before = (scene.standing(), scene.creations());
    let refused = scene.desk.run(&["keys", "rotate", "web", "--yes"]).exits(2);
    assert_snapshot("rotate_without_deployment", &refused.transcript());
    // At a terminal too, where nothing is to be asked.
    let yes = ["keys", "rotate", "web", "--yes"];
    let refused = Terminal::run(&scene.desk.command(&yes)).end().exits(2);
    assert!(refused.text().contains("--no-deploy"), "{}", refused.text());
    for change in ["add", "set"] {
        let publishable = ["keys", "create", "site", "--publishable", "--domain", "a.example"];
        scene.desk.run(&publishable).exits(0);
        let change = ["keys", "domains", change, "site", "b.example", "--pipe-to", "cat"];
        scene.desk.run(&[&change[..], &["--yes"]].concat()).exits(2);
        scene.desk.run(&["keys", "revoke", "site", "--yes"]).exits(0);
    }
    assert_eq!((scene.standing(), scene.creations()), (before.0, before.1 + 2));
    for way in WAYS {
        scene.desk.run(&[&["keys", "rotate", "web"], way].concat()).exits(0);
        scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
        scene.assert_over(way[0]);
    }
    let both = ["keys", "rotate", "web", "--yes", "--deploy", "true", "--no-deploy"];
    scene.desk.run(&both).exits(2);
}

/// A journal that says neither how it is deployed nor that it was put off on purpose, as
/// one of a rotation that was begun at a terminal, or by an earlier version.
#[test]
fn so_it_has_where_a_rotation_goes_on_that_did_not_say() {
    for (way, code) in [(&[][..], 2), (&["--no-deploy"], 0), (&["--deploy", "true"], 0)] {
        let scene = Scene::new();
        let mut terminal = Terminal::run(&scene.desk.command(&["keys", "rotate", "web"]));
        terminal.answer("Begin?", "y");
        terminal.answer("Deploy now", "later\r");
        terminal.end().exits(0);
        let journal = scene.desk.state().join("rotations").read_dir().unwrap();
        let mut paths = journal.map(|entry| entry.unwrap().path());
        let journal = paths.find(|path| journal_of(path)).unwrap();
        let text = std::fs::read_to_string(&journal).unwrap();
        let older = text
            .replace("\"no_deploy\":false,\"paused\":false,\"ignored\":[],", "")
            .replace("\"last_call\":{\"at\":null}", "\"in_use\":false");
        assert!(!older.contains("paused"), "{older}");
        std::fs::write(&journal, older.replace(",\"in_use\":false,\"in_use\":false", "")).unwrap();
        let resume = [&["keys", "rotate", "--resume", "--yes"], way].concat();
        let run = scene.desk.run(&resume).exits(code);
        if code == 2 {
            assert_snapshot("rotate_resumed_without_deployment", &run.transcript());
            assert_eq!(scene.live(), ["web", "web"]);
            scene.desk.run(&["keys", "rotate", "--abort"]).exits(0);
        }
        scene.assert_over(&format!("{way:?}"));
    }
}

#[test]
fn a_key_that_was_called_with_after_its_replacement_is_kept() {
    let scene = Scene::new();
    let old = scene.standing();
    // That it was in use before is no reason: its users were told of the new one.
    assert!(scene.accepts(&old));
    let call = "curl -sf -o called -H \"authorization: Bearer $(cat old)\" \"$GATEWAY/v1/models\"";
    scene.desk.write("../old", &old);
    let desk = scene.desk.clone().with("GATEWAY", scene.sandbox.url());
    let call = call.replace("cat old", "cat ../old");
    let held = desk.run(&["keys", "rotate", "web", "--yes", "--deploy", &call]).exits(7);
    assert_snapshot("rotate_held_by_a_call", &held.transcript());
    std::fs::remove_file(scene.desk.path("called")).unwrap();
    std::fs::remove_file(scene.desk.path("../old")).unwrap();
    assert_eq!(scene.live(), ["web", "web"]);
    // It does not become idle by being asked again.
    scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(7);
    assert_eq!(scene.live(), ["web", "web"]);
    scene.desk.run(&["keys", "rotate", "--resume", "--until-idle", "1s"]).exits(0);
    scene.assert_over("idle");

    // Or somebody says so who was shown it.
    let old = scene.standing();
    scene.desk.run(&["keys", "rotate", "web", "--pause-before", "revoke"]).exits(0);
    assert!(scene.accepts(&old));
    scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(7);
    let mut terminal = Terminal::run(&scene.desk.command(&["keys", "rotate", "--resume"]));
    terminal.expect("/v1/models");
    terminal.answer("Revoking web", "revoke\r");
    terminal.end().exits(0);
    scene.assert_over("agreed");
}

#[test]
fn what_the_logs_can_not_tell_is_said_and_is_no_idleness() {
    let scene = Scene::new();
    let fault = json!({ "kind": "status", "status": 503 });
    let logs = json!({ "path": "/api/projects/*/logs/gateway", "times": 0, "fault": fault });
    scene.sandbox.plant(&logs);
    let rotate = ["--timeout", "1", "keys", "rotate", "web", "--yes", "--no-deploy"];
    let told = scene.desk.run(&rotate).exits(8);
    assert!(told.stderr.contains("is still used can't be seen"), "{}", told.transcript());
    assert_eq!(scene.live(), ["web", "web"]);
    scene.desk.run(&["--timeout", "1", "keys", "rotate", "--resume", "--yes"]).exits(8);
    assert_eq!(scene.live(), ["web", "web"]);
    scene.sandbox.clear_faults();
    scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
    scene.assert_over("seen");
    // The logs could not be asked when the new key was stored, and can be now.
    let old = scene.standing();
    scene.sandbox.plant(&logs);
    let pause = ["--timeout", "1", "keys", "rotate", "web", "--pause-before", "revoke"];
    scene.desk.run(&pause).exits(0);
    scene.sandbox.clear_faults();
    assert!(scene.accepts(&old));
    scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(7);
    assert!(scene.accepts(&old));
}

#[test]
fn a_command_that_is_missing_is_found_before_a_key_is_made() {
    let scene = Scene::new();
    let before = (scene.standing(), scene.creations());
    let mut runs = String::new();
    for flag in ["--deploy", "--verify-with"] {
        for line in ["./x.sh", "no-such-program --now", "echo 'open", ""] {
            let run = ["keys", "rotate", "web", "--yes", flag, line, "--until-idle", "1s"];
            runs += &scene.desk.run(&run).exits(2).transcript();
        }
    }
    assert_snapshot("rotate_missing_commands", &runs);
    assert_eq!((scene.standing(), scene.creations()), before);
    scene.assert_over("missing commands");
    scene.desk.run(&["keys", "rotate", "web", "--pause-before", "deploy"]).exits(0);
    scene.desk.run(&["keys", "rotate", "--resume", "--yes", "--deploy", "./x.sh"]).exits(2);
    assert_eq!(scene.live(), ["web", "web"]);
    // Also where it was begun, and runs from elsewhere.
    scene.desk.write("x.sh", "#!/bin/sh\ntrue\n");
    scene.desk.succeed("chmod", &["+x", "x.sh"]);
    let resume = ["keys", "rotate", "--resume", "--yes", "--deploy", "./x.sh"];
    scene.desk.run(&resume).exits(0);
    scene.assert_over("made");
}

#[test]
fn agreement_is_not_word_that_the_old_key_is_back() {
    let scene = Scene::new();
    std::fs::rename(scene.desk.path(".env"), scene.desk.path("away")).unwrap();
    let begin = ["--pipe-to", "cat > piped", "--pause-before", "verify"];
    scene.desk.run(&[&["keys", "rotate", "web"], &begin[..]].concat()).exits(0);
    let stopped = scene.desk.run(&["keys", "rotate", "--abort", "--yes"]).exits(7);
    assert_snapshot("rotate_abort_needs_word", &stopped.transcript());
    assert_eq!(scene.live(), ["web", "web"]);
    scene.desk.run(&["keys", "rotate", "--resume", "--old-key-restored"]).exits(2);
    // The word of a person does not count for what is in a file of the project.
    scene.desk.run(&["keys", "rotate", "--abort", "--old-key-restored"]).exits(7);
    assert_eq!(scene.live(), ["web", "web"]);
    scene.desk.write("piped", "");
    scene.desk.run(&["keys", "rotate", "--abort", "--old-key-restored"]).exits(0);
    assert_eq!(scene.live(), ["web"]);
}

/// Where the old key is when the rotation is to end, in a file that is not rewritten.
const OCCURRENCES: [Option<(&str, &str)>; 4] = [
    None,
    Some(("apps/web/.env", "KEY={}\n")),
    Some(("k8s/secret.yaml", "key: {}\n")),
    Some((".env.local", "URL=https://x.example/?key={}\n")),
];

/// What the usage logs say then.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Logs {
    NoCall,
    Call,
    Down,
}

/// The driver does what the pure decision says: every combination of what can be seen and
/// said revokes the old key or keeps it, by the words of the promise.
#[test]
fn no_combination_revokes_a_key_that_is_visibly_used() {
    for occurrence in OCCURRENCES {
        for logs in [Logs::NoCall, Logs::Call, Logs::Down] {
            for flag in ["", "--until-idle", "--ignore-occurrence"] {
                let what = format!("{occurrence:?}, {logs:?}, {flag}");
                let scene = Scene::new();
                let old = scene.standing();
                let begin = ["keys", "rotate", "web", "--pause-before", "revoke"];
                scene.desk.run(&begin).exits(0);
                if let Some((path, text)) = occurrence {
                    scene.write(path, text.replace("{}", &old));
                }
                if logs == Logs::Call {
                    assert!(scene.accepts(&old));
                }
                if logs == Logs::Down {
                    let fault = json!({ "kind": "status", "status": 503 });
                    let path = "/api/projects/*/logs";
                    let planted = json!({ "path": path, "times": 0, "fault": fault });
                    scene.sandbox.plant(&planted);
                }
                let resume = ["--timeout", "1", "keys", "rotate", "--resume", "--yes"];
                let more = match (flag, occurrence) {
                    ("--until-idle", _) => vec!["--until-idle", "1s", "--at-most", "5s"],
                    ("--ignore-occurrence", Some((path, _))) => vec![flag, path],
                    _ => vec![],
                };
                let run = scene.desk.run(&[&resume[..], &more].concat());
                scene.sandbox.clear_faults();
                let ignored = flag == "--ignore-occurrence";
                let in_a_file = occurrence.is_some() && !ignored;
                let in_the_logs = match flag {
                    "--until-idle" => logs == Logs::Down,
                    // What can't be seen is no idleness either.
                    _ => logs != Logs::NoCall,
                };
                let used = in_a_file || in_the_logs;
                assert_eq!(scene.lists(&old), used, "{what}: {}", run.transcript());
                let code = run.code.unwrap();
                assert_eq!(code == 0, !used, "{what}: {}", run.transcript());
                if in_a_file || (logs == Logs::Call && used) {
                    assert_eq!(code, 7, "{what}: {}", run.transcript());
                }
            }
        }
    }
}

const RESUME: [&str; 3] = ["keys", "rotate", "--resume"];

#[test]
fn how_long_a_key_has_to_be_idle_is_kept_from_when_it_is_said() {
    let scene = Scene::new();
    let old = scene.standing();
    scene.write("note.txt", &old);
    scene.desk.run(&["keys", "rotate", "web", "--no-deploy", "--yes"]).exits(7);
    // The note stops it before it waits.
    scene.desk.run(&[&RESUME[..], &["--until-idle", "1h"]].concat()).exits(7);
    std::fs::remove_file(scene.desk.path("note.txt")).unwrap();
    scene.desk.run(&[&RESUME[..], &["--at-most", "1s"]].concat()).exits(7);
    assert!(scene.lists(&old));
    scene.desk.run(&[&RESUME[..], &["--until-idle", "1s"]].concat()).exits(0);
    scene.assert_over("kept");
}

#[test]
fn that_the_new_key_has_to_be_used_is_kept() {
    let scene = Scene::new();
    let old = scene.standing();
    let begin = ["keys", "rotate", "web", "--no-deploy", "--until-used", "1s", "--yes"];
    scene.desk.run(&begin).exits(7);
    scene.desk.run(&RESUME).exits(7);
    assert!(scene.lists(&old));
    assert!(scene.accepts(&scene.standing()));
    scene.desk.run(&RESUME).exits(0);
    scene.assert_over("used");
}

#[test]
fn that_the_new_key_has_to_be_used_is_kept_from_when_it_is_said() {
    let scene = Scene::new();
    let old = scene.standing();
    scene.desk.run(&["keys", "rotate", "web", "--pause-before", "verify", "--yes"]).exits(0);
    scene.desk.run(&[&RESUME[..], &["--until-used", "1s"]].concat()).exits(7);
    // The gateway alone would accept it.
    scene.desk.run(&RESUME).exits(7);
    assert!(scene.lists(&old));
    assert!(scene.accepts(&scene.standing()));
    scene.desk.run(&RESUME).exits(0);
    scene.assert_over("used");
}

#[test]
fn a_refused_command_leaves_nothing_behind_and_says_what_to_add() {
    let scene = Scene::new();
    let old = scene.standing();
    scene.write("note.txt", &old);
    scene.desk.run(&["keys", "rotate", "web", "--pause-before", "revoke"]).exits(0);
    let flags = ["--ignore-occurrence", "note.txt", "--until-idle", "1h"];
    let refused = scene.desk.run(&[&RESUME[..], &flags].concat()).exits(2);
    assert!(refused.stderr.contains("--until-idle 3600s"), "{}", refused.transcript());
    assert!(refused.stderr.contains("--ignore-occurrence note.txt"), "{}", refused.transcript());
    assert!(refused.stderr.contains("--yes`"), "{}", refused.transcript());
    // Neither was kept: the file holds the key, and nothing is waited for.
    let held = scene.desk.run(&[&RESUME[..], &["--yes"]].concat()).exits(7);
    assert!(held.stderr.contains("note.txt"), "{}", held.transcript());
    let mut terminal = Terminal::run(&scene.desk.command(&[&RESUME[..], &flags[..2]].concat()));
    terminal.expect("note.txt may keep the old key");
    terminal.answer("Revoking web", "revoke\r");
    terminal.end().exits(0);
    assert!(!scene.lists(&old));
}

#[test]
fn what_a_resume_was_told_is_known_to_the_next_one() {
    let scene = Scene::new();
    scene.desk.run(&["keys", "rotate", "web", "--pause-before", "deploy"]).exits(0);
    let resume = |more: &[&str]| scene.desk.run(&[&RESUME[..], more].concat());
    let told = ["--deploy", "touch deployed", "--verify-with", "cat > tried", "--wait"];
    // The deployment fails: it has to be tried again, by the same command.
    scene.desk.write("deployed", "");
    let failing = ["--deploy", "false", "--verify-with", "true", "--yes"];
    resume(&failing).exits(1);
    std::fs::remove_file(scene.desk.path("deployed")).unwrap();
    resume(&[&told[..], &["--pause-before", "verify"]].concat()).exits(0);
    assert!(scene.desk.path("deployed").exists());
    let paused = resume(&["--pause-before", "revoke"]).exits(0);
    assert!(scene.desk.path("tried").exists(), "{}", paused.transcript());
    std::fs::remove_file(scene.desk.path("tried")).unwrap();
    let done = resume(&["--yes"]).exits(0);
    assert!(done.stderr.contains("The gateway refuses the old key too"), "{}", done.transcript());
    std::fs::remove_file(scene.desk.path("deployed")).unwrap();
    scene.assert_over("told once");
}

#[test]
fn a_flag_that_comes_too_late_changes_nothing() {
    let scene = Scene::new();
    let deploy = ["--deploy", "echo x >> deployed", "--pause-before", "revoke"];
    scene.desk.run(&[&["keys", "rotate", "web"], &deploy[..]].concat()).exits(0);
    let late = [&RESUME[..], &["--no-deploy", "--skip-verify"]].concat();
    let mut terminal = crate::harness::Terminal::run(&scene.desk.command(&late));
    terminal.answer("Revoking web", "abort\r");
    terminal.end().exits(0);
    assert_eq!(scene.desk.read("deployed"), "x\nx\n", "deployed with the old key again");
    std::fs::remove_file(scene.desk.path("deployed")).unwrap();
    scene.assert_over("too late");
}

#[test]
fn no_word_is_needed_for_a_key_that_is_revoked_already() {
    let scene = Scene::new();
    let begin = ["keys", "rotate", "web", "--pause-before", "revoke", "--json"];
    let begun = scene.desk.run(&begin).exits(0).json();
    let old = begun["old"]["id"].as_str().unwrap();
    scene.desk.run(&RESUME).exits(2);
    Desk::at(&scene.sandbox).run(&["keys", "revoke", old, "--yes"]).exits(0);
    scene.desk.run(&RESUME).exits(0);
    scene.assert_over("revoked elsewhere");
}
