//! What a TAB never does: wait, speak, or change anything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;

use super::shells::{ALL, SHELLS, path, with_command};
use super::values::{in_a_hurry, make, signed_in, values};
use crate::harness::programs::needs;
use crate::harness::{CENCORI, Desk, TestSandbox};

/// A key that is in a file.
const LOCAL: &str = ".env:CENCORI_API_KEY";

/// Long before the sandbox lets go of a request that it holds.
const SOON: Duration = Duration::from_secs(30);

fn write_key(desk: &Desk) {
    desk.write(".env", format!("CENCORI_API_KEY=csk_{}\n", "0".repeat(48)));
}

/// Every file and folder that belongs to `desk`.
fn paths(desk: &Desk) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![desk.outside("")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            folders.extend(path.is_dir().then(|| path.clone()));
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The same, with what is in them.
fn files(desk: &Desk) -> BTreeMap<PathBuf, Vec<u8>> {
    let content = |path: PathBuf| {
        let bytes = if path.is_dir() { Vec::new() } else { std::fs::read(&path).expect("a file") };
        (path, bytes)
    };
    paths(desk).into_iter().map(content).collect()
}

#[test]
fn a_service_that_does_not_answer_is_not_waited_for() {
    needs!(ALL);
    let sandbox = TestSandbox::start();
    let desk = signed_in(&sandbox);
    make(&sandbox, "web");
    write_key(&desk);
    assert_eq!(values(&desk, &["keys", "show", ""]), ["web", LOCAL], "it would answer");

    let path = "/api/projects/*/api-keys";
    let fault = json!({ "kind": "hold", "when": "before" });
    sandbox.plant(&json!({ "path": path, "times": 0, "fault": fault }));
    let desk = in_a_hurry(desk);
    let started = Instant::now();
    assert_eq!(values(&desk, &["keys", "show", ""]), [LOCAL]);
    // It ended by itself: the request is held until the sandbox ends.
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    for shell in SHELLS {
        let found = shell.complete(&desk, "cencori keys show .");
        assert_eq!(found, [LOCAL], "{shell:?}");
    }
}

#[test]
fn whatever_the_service_answers_no_word_is_said() {
    let sandbox = TestSandbox::start();
    let desk = signed_in(&sandbox);
    make(&sandbox, "web");
    write_key(&desk);
    let path = "/api/projects/*/api-keys";
    for fault in [
        json!({ "kind": "status", "status": 401 }),
        json!({ "kind": "status", "status": 403 }),
        json!({ "kind": "status", "status": 429, "retry_after": 20 }),
        json!({ "kind": "html" }),
        json!({ "kind": "cut" }),
        json!({ "kind": "redirect", "location": "https://elsewhere.example/" }),
    ] {
        sandbox.plant(&json!({ "path": path, "times": 0, "fault": fault }));
        assert_eq!(values(&desk, &["keys", "show", ""]), [LOCAL], "{fault}");
        sandbox.clear_faults();
    }
    for (name, value) in [
        ("CENCORI_DASHBOARD_URL", "http://127.0.0.1:1"),
        ("CENCORI_DASHBOARD_URL", "no address"),
        ("CENCORI_PROJECT", "slug"),
        ("CENCORI_PROJECT", "-"),
        ("CENCORI_PROFILE", "nobody"),
        ("CENCORI_ACCESS_TOKEN", "no.jwt.this"),
    ] {
        let desk = desk.clone().with(name, value);
        assert_eq!(values(&desk, &["keys", "show", ""]), [LOCAL], "{name}={value}");
    }
    assert_eq!(values(&desk, &["keys", "show", ""]), ["web", LOCAL]);
}

#[test]
fn a_session_is_used_as_it_is_and_never_renewed() {
    // One of an hour, and one that any other command would renew.
    for (lifetime, expected) in [(3_600, &["web", LOCAL][..]), (120, &[LOCAL])] {
        let sandbox = TestSandbox::start_with(|options| {
            options.access_token_lifetime = Duration::from_secs(lifetime);
        });
        make(&sandbox, "web");
        let desk = Desk::at(&sandbox).without("CENCORI_EMAIL").without("CENCORI_PASSWORD");
        let identity = sandbox.identity();
        let login = ["auth", "login", "--email", &identity.owner_email, "--password-stdin"];
        desk.run_with_input(&login, identity.owner_password.expose().as_bytes()).exits(0);
        write_key(&desk);
        let (before, asked) = (files(&desk), sandbox.requests().len());
        assert_eq!(values(&desk, &["keys", "show", ""]), expected, "{lifetime} s");
        assert!(before == files(&desk), "a file was changed");
        let since = sandbox.requests().split_off(asked);
        let lists = since.iter().filter(|it| it["path"].as_str().unwrap().ends_with("/api-keys"));
        assert_eq!(lists.count(), 2 * (expected.len() - 1), "{since:?}");
        let renewals = since.iter().filter(|it| it["method"] != "GET");
        assert_eq!(renewals.count(), 0, "{since:?}");
    }
}

#[test]
fn a_password_makes_no_session_and_rotations_are_known_without_asking() {
    let sandbox = TestSandbox::start();
    let desk = with_command(&Desk::at(&sandbox));
    desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
    desk.run(&["keys", "rotate", "web", "--pause-before", "deploy"]).exits(0);
    let (before, asked) = (files(&desk), sandbox.requests().len());
    assert_eq!(values(&desk, &["keys", "show", ""]), [LOCAL]);
    assert_eq!(values(&desk, &["keys", "rotate", "--resume", ""]), ["web"]);
    let since = sandbox.requests().split_off(asked);
    let calls = since.iter().filter(|it| !it["path"].as_str().unwrap().starts_with("/sandbox"));
    assert_eq!(calls.count(), 0, "{since:?}");
    assert!(before == files(&desk), "a file was changed");
}

#[test]
fn nobody_signed_in_leaves_nothing_behind() {
    let desk = with_command(&Desk::new());
    write_key(&desk);
    let before = files(&desk);
    assert_eq!(values(&desk, &["keys", "show", ""]), [LOCAL]);
    assert_eq!(values(&desk, &["--sandbox", "keys", "show", ""]), [LOCAL]);
    assert_eq!(values(&desk, &["keys", "rotate", "--resume", ""]), [""; 0]);
    assert_eq!(values(&desk, &["--profile", ""]), ["default"]);
    assert!(before == files(&desk), "a file was made");
}

#[test]
fn the_sandbox_is_read_and_not_touched() {
    let desk = with_command(&Desk::new());
    desk.run(&["--sandbox", "keys", "create", "web", "--env-file"]).exits(0);
    let before = files(&desk);
    assert_eq!(values(&desk, &["--sandbox", "keys", "show", "w"]), ["web"]);
    assert!(before == files(&desk), "a file was changed");
    // While somebody has it open, SQLite keeps files beside it. Reading one here would
    // undo this process's locks on it.
    let options = cencori_cli::sandbox::Options::new(
        ([127, 0, 0, 1], 0).into(),
        desk.state().join("sandbox/sandbox.db"),
    );
    let served = cencori_cli::sandbox::start(options).expect("a sandbox");
    let before = paths(&desk);
    assert!(before.iter().any(|path| path.extension().is_some_and(|end| end == "db-wal")));
    assert_eq!(values(&desk, &["--sandbox", "keys", "show", "w"]), ["web"]);
    assert_eq!(before, paths(&desk));
    drop(served);
}

#[test]
fn a_keychain_that_is_silent_is_not_waited_for() {
    let desk = with_command(&Desk::new());
    write_key(&desk);
    let socket = desk.outside("bus");
    let bus = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
    let desk = desk
        .with("DBUS_SESSION_BUS_ADDRESS", &format!("unix:path={}", socket.display()))
        .with("CENCORI_DASHBOARD_URL", "https://localhost:1")
        .with("CENCORI_PROJECT", "00000000-0000-4000-8000-000000000000");
    let desk = in_a_hurry(desk);
    let started = Instant::now();
    assert_eq!(values(&desk, &["keys", "show", ""]), [LOCAL]);
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    bus.set_nonblocking(true).expect("a flag");
    assert!(bus.accept().is_ok(), "the keychain was asked");
}

#[test]
fn only_a_script_is_answered() {
    let sandbox = TestSandbox::start();
    let desk = with_command(&Desk::at(&sandbox));
    desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
    let list = desk.run(&["keys", "list"]).exits(0).transcript();
    // The library's own variable, which people export; and ours, exported.
    for variable in ["COMPLETE", "CENCORI_COMPLETE"] {
        let desk = desk.clone().with(variable, "bash");
        assert_eq!(desk.run(&["keys", "list"]).exits(0).transcript(), list, "{variable}");
    }
    for shell in ["tcsh", "", "1"] {
        let desk = desk.clone().with("CENCORI_COMPLETE", shell);
        let run = desk.run(&["--", "cencori", "keys", ""]);
        let expected = if shell.is_empty() { Some(2) } else { Some(0) };
        assert_eq!((run.code, run.stdout.as_str()), (expected, ""), "{shell}");
    }
}

#[test]
fn scripts_say_nothing_where_there_is_no_command_or_another_one() {
    needs!(ALL);
    let desk = with_command(&Desk::new());
    // One of before, and one that has nothing to do with it.
    for (name, script) in [
        ("older", "#!/bin/sh\necho \"error: unexpected argument '$2' found\" >&2\nexit 2\n"),
        ("other", "#!/bin/sh\necho Usage: cencori FILE\necho y\n"),
    ] {
        std::fs::create_dir(desk.path(name)).unwrap();
        desk.write(&format!("{name}/cencori"), script);
        desk.succeed("chmod", &["+x", &format!("{name}/cencori")]);
    }
    let path = std::env::var("PATH").unwrap_or_default();
    for folder in ["missing", "older", "other"] {
        let folder = desk.path(folder).display().to_string();
        let desk = desk.clone().with("PATH", &format!("{folder}:{path}"));
        for shell in SHELLS {
            assert_eq!(shell.complete(&desk, "cencori keys show w"), [""; 0], "{shell:?}");
        }
    }
}

#[test]
fn scripts_name_no_place_of_one_machine() {
    let folder = Path::new(CENCORI).parent().unwrap().display().to_string();
    let desk = with_command(&Desk::new());
    for (shell, file) in [("bash", "cencori.bash"), ("zsh", "_cencori"), ("fish", "cencori.fish")] {
        let script = desk.run(&["completions", shell]).exits(0).stdout;
        assert_eq!(script, std::fs::read_to_string(path(file)).unwrap());
        assert!(!script.contains(&folder) && !script.contains("/target/"), "{shell}");
    }
}
