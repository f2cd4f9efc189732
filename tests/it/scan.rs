//! `keys scan`.

use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Stdio;

use serde_json::Value;

use crate::harness::{Desk, Run, TestSandbox, assert_snapshot};

const HEX: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";

fn secret(number: u32) -> String {
    format!("csk_{number:08x}{}", &HEX[8..])
}

fn publishable() -> String {
    format!("cpk_{HEX}")
}

/// A repository with `files`, all of them added.
fn repository(desk: &Desk, files: &[(&str, &str)]) {
    desk.succeed("git", &["init", "-q", "."]);
    for (name, content) in files {
        if let Some((folder, _)) = name.rsplit_once('/') {
            std::fs::create_dir_all(desk.path(folder)).unwrap();
        }
        desk.write(name, content);
    }
    desk.succeed("git", &["add", "-f", "."]);
}

fn places(run: &Run) -> Vec<String> {
    let findings = run.json()["findings"].as_array().expect("a list").clone();
    let place = |it: &Value| format!("{}:{}", it["path"].as_str().expect("a path"), it["line"]);
    findings.iter().map(place).collect()
}

#[test]
fn a_tree_is_searched_as_git_sees_it() {
    let desk = Desk::new();
    let key = secret(1);
    repository(
        &desk,
        &[("src/app.js", &format!("\n\n  const key = '{key}'\n")), ("forced.log", &key)],
    );
    desk.write(".gitignore", "*.log\n.env\nbuild/\n");
    desk.write(".env", format!("CENCORI_API_KEY={key}\n"));
    desk.write("debug.log", &key);
    desk.write("untracked.txt", &key);
    desk.write("picture.png", format!("\0{key}"));
    desk.write(
        "wide.txt",
        format!("\u{feff}{key}").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
    );
    std::fs::create_dir(desk.path("build")).unwrap();
    desk.write("build/out.js", &key);
    std::os::unix::fs::symlink("/etc", desk.path("link")).unwrap();
    std::os::unix::fs::symlink("debug.log", desk.path("link.txt")).unwrap();
    desk.succeed("mkfifo", &["pipe"]);
    let odd = std::ffi::OsStr::from_bytes(b"odd\xff.txt");
    std::fs::write(desk.path("").join(odd), &key).unwrap();
    // A repository within, which has rules of its own.
    std::fs::create_dir(desk.path("inner")).unwrap();
    desk.succeed("git", &["-C", "inner", "init", "-q"]);
    desk.write("inner/.gitignore", "secret.txt\n");
    desk.write("inner/secret.txt", &key);
    desk.write("inner/open.txt", &key);

    let run = desk.run(&["keys", "scan", "--offline"]).exits(3);
    assert_snapshot("scan_tree", &run.transcript());
    assert!(!run.transcript().contains(&key), "{}", run.transcript());

    let with_env = desk.run(&["keys", "scan", "--offline", "--env-files", "--json"]).exits(3);
    assert!(places(&with_env).contains(&".env:1".to_owned()), "{}", with_env.stdout);
    assert!(!places(&with_env).contains(&"debug.log:1".to_owned()), "{}", with_env.stdout);
    // What is named is searched whatever it is.
    for path in ["build", "picture.png", "debug.log", "link.txt", ".env"] {
        let named = desk.run(&["keys", "scan", "--offline", path, "--json"]).exits(3);
        assert_eq!(places(&named).len(), 1, "{path}: {}", named.stdout);
    }
    let below = desk.run(&["keys", "scan", "--offline", "src", "inner", "--json"]).exits(3);
    assert_eq!(places(&below), ["src/app.js:3", "inner/open.txt:1"]);
}

#[test]
fn a_repository_is_read_where_there_is_no_git() {
    let desk = Desk::new();
    repository(&desk, &[("a.txt", &secret(1)), (".gitignore", "*.log\n"), ("b.log", &secret(2))]);
    desk.write("c.log", secret(3));
    let desk = desk.with("PATH", "/nonexistent");
    let run = desk.run(&["keys", "scan", "--offline", "--json"]).exits(3);
    assert_eq!(places(&run), ["a.txt:1", "b.log:1"]);
}

#[test]
fn outside_a_repository_all_files_are_searched() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("a/.hidden")).unwrap();
    desk.write("a/.hidden/x", secret(1));
    desk.write(".gitignore", "a\n");
    let run = desk.run(&["keys", "scan", "--offline", "--json"]).exits(3);
    assert_eq!(places(&run), ["a/.hidden/x:1"]);
    assert_eq!(run.json()["files"], 2);
}

#[test]
fn what_is_staged_is_searched_and_not_what_lies_beside_it() {
    let desk = Desk::new();
    repository(&desk, &[("old.txt", &format!("{}\n", secret(1)))]);
    let commit = ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "x"];
    let staged = |code| desk.run(&["keys", "scan", "--staged", "--offline"]).exits(code);
    staged(3);
    desk.succeed("git", &commit);
    staged(0);
    desk.write("new.txt", format!("a\nb {}\n", secret(2)));
    staged(0);
    desk.succeed("git", &["add", "new.txt"]);
    desk.write("new.txt", "clean\n");
    assert_snapshot("scan_staged", &staged(3).transcript());
    desk.succeed("git", &["rm", "-q", "--cached", "old.txt"]);
    desk.succeed("git", &["add", "new.txt"]);
    staged(0);
    // A hook is told by a variable which index the commit is made from.
    desk.write("other.txt", secret(3));
    let hook =
        format!("#!/bin/sh\nexec '{}' keys scan --staged --offline\n", crate::harness::CENCORI);
    desk.write(".git/hooks/pre-commit", hook);
    desk.succeed("chmod", &["+x", ".git/hooks/pre-commit"]);
    desk.succeed("git", &["add", "-N", "other.txt"]);
    let mut git = desk.program("git");
    git.args(commit).args(["--only", "other.txt"]);
    let output = git.output().unwrap();
    assert!(!output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("1 key"), "{output:?}");

    let outside = Desk::new();
    let run = outside.run(&["keys", "scan", "--staged"]).exits(1);
    assert!(run.stderr.contains("The git index can't be searched"), "{}", run.stderr);
}

#[test]
fn a_history_on_standard_input_names_commits_and_files() {
    let desk = Desk::new();
    repository(&desk, &[("a b.txt", &format!("x\n{}\n", secret(1)))]);
    let who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
    desk.succeed("git", &[&who[..], &["commit", "-q", "-m", "x"]].concat());
    desk.write("a b.txt", "x\n");
    desk.succeed("git", &[&who[..], &["commit", "-qam", "y"]].concat());
    let log = desk.succeed("git", &["log", "-p"]);
    let run = desk.run_with_input(&["keys", "scan", "-", "--offline", "--json"], log.as_bytes());
    let run = run.exits(3);
    let hashes = desk.succeed("git", &["log", "--format=%H"]);
    let findings = run.json()["findings"].clone();
    for (finding, hash) in findings.as_array().unwrap().iter().zip(hashes.lines()) {
        assert_eq!(finding["commit"], hash);
        assert_eq!(
            (&finding["commit_path"], &finding["commit_line"]),
            (&"a b.txt".into(), &2.into())
        );
    }
    assert_eq!(findings.as_array().unwrap().len(), 2);
    let text = desk.run_with_input(&["keys", "scan", "-", "--offline"], log.as_bytes()).exits(3);
    assert!(text.stdout.contains(":a b.txt:2: csk_0000..."), "{}", text.stdout);
    desk.run_with_input(&["keys", "scan", "-"], b"").exits(0);
}

#[test]
fn the_service_says_which_are_live_and_what_they_are_called() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let create = |arguments: &[&str]| {
        let arguments = [&["keys", "create"], arguments].concat();
        desk.run(&arguments).exits(0).stdout
    };
    let live = create(&["server", "--environment", "test"]);
    let web = create(&["web", "--publishable", "--domain", "myapp.com"]);
    let revoked = create(&["gone"]);
    desk.run(&["keys", "revoke", "gone", "--yes"]).exits(0);
    let near = format!("{}{}", &live.trim()[..56], if live.trim().ends_with('0') { 1 } else { 0 });
    let name = "cencori_webhook_handler_function";
    let text = format!("{live}{web}{revoked}{near}\nfn {name}() {{}}\ncencori_0123456789abcdef\n");
    desk.write("leak.txt", text);
    let run = desk.run(&["keys", "scan", "leak.txt"]).exits(3);
    assert_snapshot("scan_live", &run.transcript());
    let json = desk.run(&["keys", "scan", "leak.txt", "--json"]).exits(3);
    for key in [&live, &web, &revoked, &near] {
        assert!(!json.transcript().contains(&key.trim()[12..]), "{}", json.stdout);
    }
    let states: Vec<_> =
        json.json()["findings"].as_array().unwrap().iter().map(|it| it["state"].clone()).collect();
    assert_eq!(states, ["live", "live", "revoked", "unknown", "unknown"]);
    assert_eq!(json.json()["findings"][0]["key"]["name"], "server");
    // Nothing is asked where nothing was found.
    let before = sandbox.requests().len();
    desk.write("clean.txt", "x");
    desk.run(&["keys", "scan", "clean.txt"]).exits(0);
    desk.run(&["keys", "scan", "leak.txt", "--offline"]).exits(3);
    assert_eq!(sandbox.requests().len(), before);
}

#[test]
fn without_a_session_or_a_service_findings_are_found_all_the_same() {
    let desk = Desk::new();
    desk.write("leak.txt", format!("{}\n{}\n", secret(1), publishable()));
    let run = desk.run(&["keys", "scan"]).exits(3);
    assert_snapshot("scan_signed_out", &run.transcript());
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.write("leak.txt", secret(1));
    let path = "/api/agent/setup/validate";
    let fault = serde_json::json!({ "kind": "status", "status": 503 });
    sandbox.plant(&serde_json::json!({ "path": path, "times": 0, "fault": fault }));
    let run = desk.run(&["keys", "scan"]).exits(3);
    assert_snapshot("scan_no_answer", &run.transcript());
}

#[test]
fn a_publishable_key_is_told_and_no_failure() {
    let desk = Desk::new();
    desk.write("index.html", publishable());
    let run = desk.run(&["keys", "scan", "--offline"]).exits(0);
    assert_snapshot("scan_publishable", &run.transcript());
}

#[test]
fn what_can_not_be_read_is_named() {
    let desk = Desk::new();
    desk.write("fine.txt", "x");
    let run = desk.run(&["keys", "scan", "fine.txt", "missing.txt"]).exits(6);
    assert_snapshot("scan_missing", &run.transcript());
    // Not even root may read these.
    let run = desk.run(&["keys", "scan", "--offline", "/proc/self/mem", "fine.txt"]).exits(7);
    assert!(run.stderr.contains("/proc/self/mem could not be read"), "{}", run.stderr);
    std::os::unix::net::UnixListener::bind(desk.path("socket")).unwrap();
    desk.run(&["keys", "scan", "--offline"]).exits(0);
}

#[test]
fn a_pipe_that_is_named_is_read() {
    let desk = Desk::new();
    let line = format!("\"$0\" keys scan --offline <(echo {})", secret(1));
    let mut bash = desk.program("bash");
    let output = bash.args(["-c", &line, crate::harness::CENCORI]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
}

/// As GitHub's code scanning asks for: *SARIF support for code scanning*.
#[test]
fn sarif_has_what_code_scanning_reads() {
    let desk = Desk::new();
    desk.write("a b.txt", format!("é {}\n{}\n", secret(1), secret(1)));
    desk.write("index.html", publishable());
    let run = desk.run(&["keys", "scan", "--offline", "--sarif"]).exits(3);
    assert_snapshot("scan_sarif", &run.stdout);
    let document = run.json();
    assert_eq!(document["version"], "2.1.0");
    let run_of = &document["runs"][0];
    let rules = run_of["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<_> = rules.iter().map(|rule| &rule["id"]).collect();
    let results = run_of["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    let mut fingerprints = std::collections::HashSet::new();
    for result in results {
        assert!(ids.contains(&&result["ruleId"]));
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(["a%20b.txt", "index.html"].contains(&uri), "{uri}");
        assert!(place["region"]["startLine"].as_u64() >= Some(1));
        let fingerprint = result["partialFingerprints"]["cencoriKey/v1"].as_str().unwrap();
        assert!(fingerprints.insert(fingerprint.to_owned()));
    }
    // Neither the key nor the service's hash of it.
    let hash = desk.succeed("sh", &["-c", &format!("printf %s {} | sha256sum", secret(1))]);
    assert!(!run.stdout.contains(&hash[..16]) && !run.stdout.contains(&HEX[8..20]));
    // The same in the next run, wherever the lines have gone.
    desk.write("a b.txt", format!("\n\né {}\n\n{}\n", secret(1), secret(1)));
    let again = desk.run(&["keys", "scan", "--offline", "--sarif"]).exits(3).json();
    for result in again["runs"][0]["results"].as_array().unwrap() {
        let fingerprint = result["partialFingerprints"]["cencoriKey/v1"].as_str().unwrap();
        assert!(fingerprints.contains(fingerprint));
    }
    let none = Desk::new().run(&["keys", "scan", "--offline", "--sarif"]).exits(0);
    assert_eq!(none.json()["runs"][0]["results"], serde_json::json!([]));
    desk.run(&["keys", "scan", "--sarif", "--json"]).exits(2);
}

/// The hooks' definitions say what the command can do.
#[test]
fn the_pre_commit_hooks_run() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let hooks = std::fs::read_to_string(root.join(".pre-commit-hooks.yaml")).unwrap();
    let entries = hooks.lines().filter_map(|line| line.trim().strip_prefix("entry: cencori "));
    let desk = Desk::new();
    repository(&desk, &[("a.txt", &secret(1))]);
    let runs = entries.map(|entry| desk.run(&entry.split(' ').collect::<Vec<_>>()).exits(3));
    assert_eq!(runs.count(), 3);
}

/// Memory does not grow with what is read.
#[cfg(target_os = "linux")]
#[test]
fn a_hundred_megabytes_in_one_line_take_little_memory() {
    let desk = Desk::new();
    let mut command = desk.program("sh");
    // The limit is on all of the address space, threads' stacks among it.
    let line = "ulimit -v 200000; exec \"$0\" keys scan --offline -";
    command.args(["-c", line, crate::harness::CENCORI]).arg0("sh");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let filler = vec![b'x'; 1_000_000];
    for _ in 0..300 {
        stdin.write_all(&filler).unwrap();
    }
    stdin.write_all(format!(" {}", secret(1)).as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("1:300000002: csk_0000"));
}
