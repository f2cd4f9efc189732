//! What a rotation does where nothing goes wrong, in all its forms.

use std::io::BufRead as _;
use std::time::Duration;

use serde_json::Value;

use super::*;
use crate::harness::assert_snapshot;
use crate::harness::bus::KEYRING;
use crate::harness::front::{FRONT, desk_with_keychain};
use crate::harness::programs::needs;
use crate::harness::sandbox::eventually;

/// The one live key of an environment, as the service lists it.
fn only(scene: &Scene, environment: &str) -> Value {
    let path = format!("{}?environment={environment}", scene.sandbox.keys_path());
    let call = scene.sandbox.call("GET", &path).header("cookie", &scene.sandbox.owner_cookie());
    let keys = call.send().json()["apiKeys"].clone();
    assert_eq!(keys.as_array().unwrap().len(), 1, "{keys}");
    keys[0].clone()
}

#[test]
fn unattended_from_beginning_to_end() {
    let scene = Scene::new();
    let before = scene.standing();
    let rotated = scene.desk.run(&[
        "keys",
        "rotate",
        "web",
        "--env-file",
        "--deploy",
        "cp .env deployed; env | sort > environment",
        "--verify-with",
        "cat > tried",
        "--until-idle",
        "1s",
        "--yes",
    ]);
    assert_snapshot("rotate", &rotated.exits(0).transcript());
    assert_ne!(scene.standing(), before);
    assert!(!scene.accepts(&before));
    assert_eq!(scene.desk.read("tried"), scene.standing());
    assert_eq!(scene.desk.read("deployed"), scene.desk.read(".env"));
    // A deployment gets no right to make keys.
    assert!(!scene.desk.read("environment").contains("CENCORI_PASSWORD"));
    for file in ["tried", "deployed"] {
        std::fs::remove_file(scene.desk.path(file)).unwrap();
    }
    scene.assert_over("unattended");
    let rotated =
        scene.desk.run(&["keys", "rotate", "web", "--yes", "--no-deploy", "--json"]).exits(0);
    assert_snapshot("rotate_json", &rotated.transcript());
}

#[test]
fn the_new_key_takes_over_what_the_old_one_was() {
    let scene = Scene::new();
    scene.desk.run(&["keys", "revoke", "web", "--yes"]).exits(0);
    scene.desk.write(".env", "");
    let create = ["keys", "create", "site", "--publishable", "--environment", "test"];
    let domains = ["--domain", "*.myapp.com", "--domain", "localhost", "--env-file"];
    scene.desk.run(&[&create[..], &domains].concat()).exits(0);
    let old = only(&scene, "test");
    let rotated = scene.desk.run(&["keys", "rotate", "site", "--yes", "--no-deploy"]).exits(0);
    assert_snapshot("rotate_publishable", &rotated.transcript());
    let new = only(&scene, "test");
    assert_ne!(old["id"], new["id"]);
    for field in ["name", "key_type", "environment", "allowed_domains"] {
        assert_eq!(old[field], new[field], "{field}");
    }
    let changed = ["--name", "shop", "--domain", "shop.example", "--yes", "--no-deploy"];
    scene.desk.run(&[&["keys", "rotate", "site"], &changed[..]].concat()).exits(0);
    let new = only(&scene, "test");
    assert_eq!((&new["name"], &new["allowed_domains"]), (&json!("shop"), &json!(["shop.example"])));
}

#[test]
fn all_places_are_found_by_what_stands_there() {
    let scene = Scene::new();
    let before = scene.standing();
    scene.desk.write(".env.local", format!("# b\nA='{before}'\nexport B={before} # note\r\n"));
    scene.desk.write(".env.other", "CENCORI_API_KEY=theirs\n");
    scene.desk.write(".env.broken", b"\xff\xfe");
    let rotated = scene.desk.run(&["keys", "rotate", "web", "--yes", "--no-deploy"]).exits(0);
    assert_snapshot("rotate_places", &rotated.transcript());
    let new = scene.standing();
    assert_eq!(scene.desk.read(".env.local"), format!("# b\nA={new}\nexport B={new} # note\r\n"));
    assert_eq!(scene.desk.read(".env.other"), "CENCORI_API_KEY=theirs\n");
    // Named ones, and no others: a new file, and a command.
    let named = ["--env-file", "new.env", "--env-file", ".env", "--pipe-to", "cat > piped"];
    let named = [&["keys", "rotate", "web", "--yes", "--no-deploy"], &named[..]].concat();
    assert_snapshot("rotate_named_places", &scene.desk.run(&named).exits(7).transcript());
    assert_eq!(scene.live(), ["web", "web"], "the old one is in .env.local");
    let ignore = ["keys", "rotate", "--resume", "--ignore-occurrence", ".env.local"];
    scene.desk.run(&ignore).exits(0);
    assert_eq!(scene.live(), ["web"]);
    let newer = scene.standing();
    assert_eq!(scene.desk.read("new.env"), format!("CENCORI_API_KEY={newer}\n"));
    assert_eq!(scene.desk.read("piped"), newer);
    assert!(scene.desk.read(".env.local").contains(&new));
}

#[test]
fn in_pieces_on_machines_that_share_nothing() {
    let elsewhere = |scene: &Scene| Desk::at(&scene.sandbox);
    let begin = |scene: &Scene| {
        let pause = ["--pipe-to", "cat > secret", "--pause-before", "deploy", "--json"];
        let paused = scene.desk.run(&[&["keys", "rotate", "web"], &pause[..]].concat()).exits(0);
        let document = paused.json();
        let elsewhere = document["resume"]["elsewhere"].as_array().unwrap().clone();
        let resume: Vec<String> =
            elsewhere.iter().skip(1).map(|word| word.as_str().unwrap().to_owned()).collect();
        (paused, resume, scene.desk.read("secret"))
    };
    let run = |desk: &Desk, resume: &[String], more: &[&str], input: &str| {
        let words = resume.iter().map(String::as_str).chain(more.iter().copied());
        desk.run_with_input(&words.collect::<Vec<_>>(), input.as_bytes())
    };

    let scene = Scene::new();
    let (paused, resume, new) = begin(&scene);
    assert_snapshot("rotate_paused", &paused.transcript());
    let job = elsewhere(&scene);
    // Never silently unverified, and not without consent.
    let refused = run(&job, &resume, &["--yes"], "").exits(2);
    assert_snapshot("rotate_unverifiable", &refused.transcript());
    let wrong = scene.standing();
    run(&job, &resume, &["--yes", "--new-key", "-"], "csk_nonsense").exits(6);
    std::fs::remove_file(scene.desk.path("secret")).unwrap();
    assert_eq!(scene.live(), ["web", "web"]);
    job.write("deployed.env", format!("KEY={new}\n"));
    let done = run(&job, &resume, &["--yes", "--new-key", "deployed.env:KEY", "--json"], "");
    assert_snapshot("rotate_elsewhere", &done.exits(0).transcript());
    assert_eq!(scene.live(), ["web"]);
    assert_eq!(wrong, new, "the first machine has put it into its own .env too");
    // The machine that began finds that nothing is left to be done.
    let later = scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
    assert_snapshot("rotate_done_elsewhere", &later.transcript());
    scene.assert_over("elsewhere");

    // By standard input; in steps, with a journal of its own.
    let (_, resume, new) = begin(&scene);
    run(&elsewhere(&scene), &resume, &["--new-key", "-", "--pause-before", "revoke"], &new)
        .exits(0);
    let job = elsewhere(&scene);
    run(&job, &resume, &["--new-key", "-", "--pause-before", "revoke"], &new).exits(0);
    run(&job, &resume, &[], "").exits(2);
    // A check that comes too late is not taken for made.
    let late = job.run(&["keys", "rotate", "--resume", "--yes", "--verify-with", "false"]).exits(2);
    assert_snapshot("rotate_too_late", &late.transcript());
    job.run(&["keys", "rotate", "--resume", "--yes", "--pause-before", "deploy"]).exits(2);
    job.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
    assert_eq!(scene.live(), ["web"]);

    // By the usage logs.
    scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
    let (_, resume, new) = begin(&scene);
    let job = elsewhere(&scene);
    let unused = run(&job, &resume, &["--yes", "--until-used", "1s"], "").exits(7);
    assert_snapshot("rotate_unused", &unused.transcript());
    assert!(scene.accepts(&new));
    run(&job, &resume, &["--yes", "--until-used", "1s"], "").exits(0);
    assert_eq!(scene.live(), ["web"]);

    // By name.
    scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
    let (_, resume, _) = begin(&scene);
    let skipped = run(&elsewhere(&scene), &resume, &["--yes", "--skip-verify"], "").exits(0);
    assert_snapshot("rotate_skipped", &skipped.transcript());
    assert_eq!(scene.live(), ["web"]);
    // Once more: that the old key was ever there can't be told.
    let again = run(&elsewhere(&scene), &resume, &["--yes", "--skip-verify"], "").exits(6);
    assert_snapshot("rotate_nothing_left", &again.transcript());
    // The wrong way round.
    scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
    let (_, mut resume, _) = begin(&scene);
    let place = |word: &str| resume.iter().position(|other| other == word).unwrap() + 1;
    let (old, new) = (place("--old"), place("--new"));
    resume.swap(old, new);
    let swapped = run(&elsewhere(&scene), &resume, &["--yes", "--skip-verify"], "").exits(2);
    assert_snapshot("rotate_swapped", &swapped.transcript());
    assert_eq!(scene.live(), ["web", "web"]);
}

#[test]
fn a_failed_verification_leaves_the_old_key_alive() {
    let scene = Scene::new();
    let before = scene.standing();
    let check = "NEW=$(cat) sh -c 'test \"$NEW\" = x'";
    let arguments = ["keys", "rotate", "web", "--yes", "--no-deploy", "--verify-with", check];
    let failed = scene.desk.run(&arguments).exits(1);
    assert_snapshot("rotate_verify_failed", &failed.transcript());
    assert!(scene.accepts(&before));
    scene.assert_served("verification");
    let aborted = scene.desk.run(&["keys", "rotate", "--abort"]).exits(0);
    assert_snapshot("rotate_aborted", &aborted.transcript());
    assert_eq!(scene.standing(), before);
    scene.assert_over("aborted");
    // A passing fault is lived with; one that stays is not.
    scene.sandbox.plant(&json!({"path": "/api/agent/setup/validate",
        "fault": {"kind": "status", "status": 401}}));
    scene.desk.run(&["keys", "rotate", "web", "--yes", "--no-deploy"]).exits(0);
    assert!(scene.struck());
    scene.assert_over("passing");
    scene.sandbox.clear_faults();
    scene.sandbox.plant(&json!({"path": "/v1/models", "times": 0,
        "fault": {"kind": "status", "status": 503}}));
    let stays = scene
        .desk
        .run(&["--timeout", "1", "keys", "rotate", "web", "--yes", "--no-deploy"])
        .exits(8);
    assert_snapshot("rotate_gateway_down", &stays.transcript());
    scene.sandbox.clear_faults();
    scene.desk.run(&["keys", "rotate", "--resume"]).exits(0);
    scene.assert_over("stays");
}

#[test]
fn a_failed_deployment_is_tried_again() {
    let scene = Scene::new();
    let failed = scene.desk.run(&["keys", "rotate", "web", "--yes", "--deploy", "exit 3"]).exits(1);
    assert_snapshot("rotate_deploy_failed", &failed.transcript());
    scene.assert_served("deployment");
    let status = scene.desk.run(&["keys", "rotate", "--status"]).exits(0);
    assert_snapshot("rotate_status", &status.transcript());
    let status = scene.desk.run(&["keys", "rotate", "--status", "--json"]).exits(0);
    assert_snapshot("rotate_status_json", &status.transcript());
    scene.desk.run(&["keys", "rotate", "--resume", "web"]).exits(1);
    scene.desk.run(&["keys", "rotate", "--resume", "nope"]).exits(6);
    scene.desk.run(&["keys", "rotate", "--resume", "web", "--env-file"]).exits(2);
    scene.desk.run(&["keys", "rotate", "--resume", "web", "--deploy", "true"]).exits(0);
    scene.assert_over("deployment");
    let none = scene.desk.run(&["keys", "rotate", "--resume"]).exits(0);
    assert_snapshot("rotate_none_open", &none.transcript());
    let none = scene.desk.run(&["keys", "rotate", "--resume", "--json"]).exits(0);
    assert_eq!(none.json()["outcome"], "none_open");
}

#[test]
fn several_open_ones_are_told_apart() {
    let scene = Scene::new();
    scene.desk.run(&["keys", "create", "other", "--env-file", "other.env"]).exits(0);
    for name in ["web", "other"] {
        scene.desk.run(&["keys", "rotate", name, "--pause-before", "verify"]).exits(0);
    }
    let which = scene.desk.run(&["keys", "rotate", "--abort"]).exits(6);
    assert_snapshot("rotate_which", &which.transcript());
    scene.desk.run(&["keys", "rotate", "--abort", "other.env:CENCORI_API_KEY"]).exits(0);
    scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
    scene.desk.run(&["keys", "revoke", "other", "--yes"]).exits(0);
    std::fs::remove_file(scene.desk.path("other.env")).unwrap();
    scene.assert_over("several");
}

#[test]
fn the_old_key_is_given_back_to_a_command_too() {
    let scene = Scene::new();
    let before = scene.standing();
    let places = ["--env-file", "--pipe-to", "cat > piped", "--pause-before", "verify"];
    scene.desk.run(&[&["keys", "rotate", "web"], &places[..]].concat()).exits(0);
    assert_eq!(scene.desk.read("piped"), scene.standing());
    scene.desk.run(&["keys", "rotate", "--abort"]).exits(0);
    assert_eq!((scene.desk.read("piped"), scene.standing()), (before.clone(), before));
    // Where its text is not at hand, the person does it.
    std::fs::remove_file(scene.desk.path("piped")).unwrap();
    std::fs::rename(scene.desk.path(".env"), scene.desk.path("away")).unwrap();
    let places = ["--pipe-to", "cat > piped", "--pause-before", "verify"];
    scene.desk.run(&[&["keys", "rotate", "web"], &places[..]].concat()).exits(0);
    let stopped = scene.desk.run(&["keys", "rotate", "--abort"]).exits(7);
    assert_snapshot("rotate_abort_out_of_reach", &stopped.transcript());
    assert_eq!(scene.live(), ["web", "web"]);
    scene.desk.run(&["keys", "rotate", "--abort", "--yes"]).exits(7);
    assert_eq!(scene.live(), ["web", "web"], "nobody has said that it is back");
    scene.desk.write("piped", "");
    scene.desk.run(&["keys", "rotate", "--abort", "--old-key-restored"]).exits(0);
    std::fs::remove_file(scene.desk.path("piped")).unwrap();
    std::fs::rename(scene.desk.path("away"), scene.desk.path(".env")).unwrap();
    scene.assert_over("out of reach");
}

#[test]
fn a_place_that_was_empty_is_empty_again() {
    let scene = Scene::new();
    scene.desk.write("second.env", "A=1\r\n\r\nB=2");
    let places = ["--env-file", ".env", "--env-file", "second.env", "--pause-before", "verify"];
    scene.desk.run(&[&["keys", "rotate", "web"], &places[..]].concat()).exits(0);
    let written = scene.desk.read("second.env");
    assert!(written.starts_with("A=1\r\n\r\nB=2\r\nCENCORI_API_KEY=csk_"), "{written:?}");
    scene.desk.run(&["keys", "rotate", "--abort"]).exits(0);
    assert_eq!(scene.desk.read("second.env"), "A=1\r\n\r\nB=2\r\n");
    scene.assert_over("empty again");
}

#[test]
fn the_gateway_is_waited_for() {
    let sandbox = TestSandbox::start_with(|options| {
        options.gateway_cache = Duration::from_secs(1);
    });
    let scene = Scene::at(sandbox);
    let before = scene.standing();
    // In use, so that the gateway knows it by heart.
    let used = scene.sandbox.call("POST", "/api/ai/moderation").json(&json!({}));
    assert_eq!(used.header("authorization", &format!("Bearer {before}")).send().status, 400);
    let waited = scene
        .desk
        .run(&["keys", "rotate", "web", "--yes", "--no-deploy", "--wait", "--json"])
        .exits(0);
    let seconds = waited.json()["gateway_refused_after_seconds"].as_u64().unwrap();
    assert!(seconds < 125, "{}", waited.transcript());
    let again = scene.sandbox.call("POST", "/api/ai/moderation").json(&json!({}));
    assert_eq!(again.header("authorization", &format!("Bearer {before}")).send().status, 401);
    scene.assert_over("waited");
}

#[test]
fn a_key_that_is_still_used_is_not_idle() {
    let scene = Scene::new();
    let before = scene.standing();
    let mut command = scene.desk.command(&["keys", "rotate", "web", "--yes", "--until-idle", "2s"]);
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut calls = 0;
    eventually("it waits", || scene.live().len() == 2);
    // The old key is at work for longer than it would have to be idle.
    let begun = std::time::Instant::now();
    while begun.elapsed() < Duration::from_secs(3) {
        assert!(scene.accepts(&before), "revoked after {calls} calls");
        calls += 1;
        assert!(child.try_wait().unwrap().is_none(), "it did not wait");
    }
    assert!(child.wait().unwrap().success());
    assert!(!scene.accepts(&before));
    scene.assert_over("idle");
}

/// What ends with 7 because the logs can't tell `reason`: both keys are live, and the
/// rotation is kept.
#[track_caller]
fn assert_can_not_tell(scene: &Scene, before: &str, until_idle: &str, reason: &str) {
    let arguments = ["keys", "rotate", ".env:CENCORI_API_KEY", "--yes", "--until-idle", until_idle];
    let run = scene.desk.run(&arguments).exits(7);
    assert!(run.stderr.contains(reason), "{}", run.transcript());
    assert!(scene.accepts(before), "{}", run.transcript());
    scene.assert_served(reason);
    let status = scene.desk.run(&["keys", "rotate", "--status", "--json"]).exits(0).json();
    assert_eq!(status["rotations"][0]["state"], "verified", "{status}");
}

#[test]
fn what_the_logs_can_not_tell_is_not_idle() {
    let scene = Scene::new();
    let before = scene.standing();
    // A test key that is in use behind 1,200 keys of production shows no call.
    scene.sandbox.add_keys(1_200, "production");
    scene
        .desk
        .run(&[
            "keys",
            "create",
            "late",
            "--environment",
            "test",
            "--env-file",
            "late.env",
            "--var",
            "CENCORI_API_KEY",
        ])
        .exits(0);
    let late = scene.desk.read("late.env");
    let late = late.trim().strip_prefix("CENCORI_API_KEY=").unwrap();
    assert!(scene.accepts(late));
    let arguments = ["keys", "rotate", "late", "--yes", "--until-idle", "1s"];
    let run = scene.desk.run(&arguments).exits(7);
    assert_snapshot("rotate_many_keys", &run.transcript());
    assert!(scene.accepts(late));
    drop(scene);

    // Ten days are more than the free plan's log is known to have. That is found before
    // a key is made and, where it is asked for later, before the old one is revoked.
    let scene = Scene::new();
    let (old, plan) = (scene.standing(), "the log of AI requests may go back only 7 days");
    let refused = scene.desk.run(&["keys", "rotate", "web", "--yes", "--until-idle", "10d"]);
    assert_snapshot("rotate_plan_too_short", &refused.exits(2).transcript());
    assert_eq!((scene.standing(), scene.live()), (old.clone(), vec!["web".to_owned()]));
    scene.desk.run(&["keys", "rotate", "web", "--pause-before", "revoke"]).exits(0);
    let held = scene.desk.run(&["keys", "rotate", "--resume", "--yes", "--until-idle", "10d"]);
    let held = held.exits(7);
    assert!(held.stderr.contains(plan) && scene.accepts(&old), "{}", held.transcript());
    scene.desk.run(&["keys", "rotate", "--resume", "--yes", "--until-idle", "1s"]).exits(0);
    scene.assert_over("plan");

    // Incidents alone are no calls, and hide none.
    let scene = Scene::new();
    scene.sandbox.add_rows(&json!({ "log": "incident", "rows": 300 }));
    scene.desk.run(&["keys", "rotate", "web", "--yes", "--until-idle", "1s"]).exits(0);
    scene.assert_over("incidents");
    assert!(!scene.accepts(&before));

    // They hide one that was filtered.
    let scene = Scene::new();
    let before = scene.standing();
    let web = scene.desk.run(&["keys", "show", "web", "--json"]).exits(0).json();
    scene.sandbox.add_rows(&json!({ "log": "incident", "rows": 300 }));
    scene.sandbox.add_rows(&json!({
        "log": "ai", "key": web["id"], "status": "filtered", "newest_seconds_ago": 1_800,
    }));
    assert_can_not_tell(&scene, &before, "1s", "security incidents fill the log");
    // By another way it is ended: as the hint says.
    let id = web["id"].as_str().unwrap();
    scene.desk.run(&["keys", "revoke", id, "--yes"]).exits(0);
    scene.desk.run(&["keys", "rotate", "--resume", id, "--yes"]).exits(0);
    scene.assert_over("revoked by hand");
}

#[test]
fn a_plan_whose_log_goes_back_is_waited_by() {
    let scene = Scene::new();
    let before = scene.standing();
    let web = scene.desk.run(&["keys", "show", "web", "--json"]).exits(0).json();
    scene.sandbox.set_plan("pro");
    let row = json!({ "log": "ai", "key": web["id"], "newest_seconds_ago": 20 * 86_400 });
    scene.sandbox.add_rows(&row);
    // The log is known to have ten days, so that they can be waited for.
    let arguments = ["keys", "rotate", "web", "--yes", "--until-idle", "10d"];
    let mut command = scene.desk.command(&arguments);
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let told = std::io::BufReader::new(child.stderr.take().unwrap()).lines();
    let told: Vec<_> = told.map(Result::unwrap).take_while(|it| !it.contains("is idle;")).collect();
    assert!(child.try_wait().unwrap().is_none(), "{told:#?}");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(scene.accepts(&before));
}

#[test]
fn a_new_key_is_not_called_unused_where_the_logs_can_not_tell() {
    let scene = Scene::new();
    scene.sandbox.add_keys(1_200, "test");
    let keep = ["keys", "rotate", ".env:CENCORI_API_KEY", "--pause-before", "verify"];
    scene.desk.run(&keep).exits(0);
    let resume = ["keys", "rotate", "--resume", "--yes", "--until-used", "1s"];
    let run = scene.desk.run(&resume).exits(7);
    assert!(
        run.stderr.contains("can't tell whether the new key is in use"),
        "{}",
        run.transcript()
    );
    assert!(scene.accepts(&scene.standing()));
    scene.desk.run(&resume).exits(0);
}

#[test]
fn a_key_in_the_keychain_is_replaced_there_and_put_back() {
    needs!(FRONT, KEYRING);
    let sandbox = TestSandbox::start();
    let (desk, _keychain) = desk_with_keychain(&sandbox);
    let standing = || {
        let line = "printf %s \"$CENCORI_API_KEY\"";
        desk.run(&["run", "--", "sh", "-c", line]).exits(0).stdout
    };
    desk.run(&["keys", "create", "web", "--keychain", "my web", "--env-file"]).exits(0);
    let first = standing();
    let rotated = desk.run(&["keys", "rotate", "web", "--yes", "--no-deploy"]).exits(0);
    assert_snapshot("rotate_keychain", &rotated.transcript());
    let second = standing();
    assert_ne!(first, second);
    assert_eq!(desk.read(".env"), format!("CENCORI_API_KEY={second}\n"));
    desk.run(&["keys", "rotate", "web", "--pause-before", "verify"]).exits(0);
    assert_ne!(standing(), second);
    desk.run(&["keys", "rotate", "--abort"]).exits(0);
    assert_eq!(standing(), second);
    // A new entry, which an abort takes away again.
    let named = ["--env-file", "--keychain", "another", "--pause-before", "verify"];
    desk.run(&[&["keys", "rotate", "web"], &named[..]].concat()).exits(0);
    assert_ne!(standing(), second);
    desk.run(&["keys", "rotate", "--abort"]).exits(0);
    desk.run(&["run", "true"]).exits(6);
}

#[test]
fn what_was_idle_once_is_looked_at_again() {
    let scene = Scene::new();
    let before = scene.standing();
    scene
        .desk
        .run(&["keys", "rotate", "web", "--until-idle", "2s", "--pause-before", "revoke"])
        .exits(0);
    assert!(scene.accepts(&before));
    scene
        .desk
        .run(&["keys", "rotate", ".env:CENCORI_API_KEY", "--at-most", "1s", "--yes", "--no-deploy"])
        .exits(2);
    let gave_up = ["keys", "rotate", "--resume", "--yes", "--at-most", "1s"];
    let gave_up = scene.desk.run(&gave_up).exits(7);
    assert_snapshot("rotate_gave_up", &gave_up.transcript());
    assert!(scene.accepts(&before));
    scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
    scene.assert_over("idle again");
}

#[test]
fn commands_are_run_where_it_was_begun() {
    let scene = Scene::new();
    scene.desk.write("deploy.sh", "test \"$1\" = ok && cp .env deployed\n");
    let deploy = ["--deploy", "sh deploy.sh ok", "--pause-before", "deploy"];
    scene.desk.run(&[&["keys", "rotate", "web"], &deploy[..]].concat()).exits(0);
    let mut elsewhere = scene.desk.command(&["keys", "rotate", "--resume", "--yes"]);
    let elsewhere = elsewhere.current_dir(std::env::temp_dir()).output().unwrap();
    assert!(elsewhere.status.success(), "{elsewhere:?}");
    assert_eq!(scene.desk.read("deployed"), scene.desk.read(".env"));
    std::fs::remove_file(scene.desk.path("deployed")).unwrap();
    scene.assert_over("elsewhere");
}

#[test]
fn what_was_deployed_is_deployed_back_before_the_new_key_dies() {
    let scene = Scene::new();
    let before = scene.standing();
    let begin = |deploy: &[&str]| {
        let begin = ["keys", "rotate", "web", "--pause-before", "revoke"];
        scene.desk.run(&[&begin, deploy].concat()).exits(0);
    };
    begin(&["--deploy", "cp .env deployed"]);
    assert!(!scene.desk.read("deployed").contains(&before));
    let aborted = scene.desk.run(&["keys", "rotate", "--abort"]).exits(0);
    assert_snapshot("rotate_deployed_back", &aborted.transcript());
    assert_eq!(scene.desk.read("deployed"), scene.desk.read(".env"));
    std::fs::remove_file(scene.desk.path("deployed")).unwrap();
    scene.assert_over("deployed back");
    // Where it was made and deployed by others, nobody knows how.
    let paused = scene.desk.run(&["keys", "rotate", "web", "--pause-before", "deploy", "--json"]);
    let paused = paused.exits(0).json();
    let ids =
        [&paused["old"]["id"], &paused["new"]["id"]].map(|id| id.as_str().unwrap().to_owned());
    let job = Desk::at(&scene.sandbox);
    let adopt = ["keys", "rotate", "--resume", "--old", &ids[0], "--new", &ids[1]];
    job.run(&[&adopt[..], &["--pause-before", "verify"]].concat()).exits(0);
    let refused = job.run(&["keys", "rotate", "--abort"]).exits(2);
    assert_snapshot("rotate_not_deployed_back", &refused.transcript());
    scene.assert_served("not deployed back");
    scene.desk.run(&["keys", "rotate", "--abort"]).exits(7);
    scene.desk.run(&["keys", "rotate", "--abort", "--old-key-restored"]).exits(0);
    // Nothing is left to be lost.
    job.run(&["keys", "rotate", "--abort", "--yes"]).exits(0);
    scene.assert_over("by others");
}
