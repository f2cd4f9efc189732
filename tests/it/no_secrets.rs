//! No command shows a key that it was not asked for, at any verbosity.

use base64::prelude::*;
use serde_json::json;

use crate::harness::{Desk, TestSandbox};

/// What runs with `$KEY` in a file, and with `$TEXT`, which holds keys, on standard
/// input. Between them they are every command that has to do with keys.
const LINES: [&str; 42] = [
    "keys list",
    "keys list --usage",
    "keys show .env:CENCORI_API_KEY",
    "keys show .env:CENCORI_API_KEY --usage",
    "keys show - ",
    "keys verify",
    "keys verify .env:CENCORI_API_KEY --origin https://myapp.com",
    "keys verify -",
    "keys verify site",
    "keys scan",
    "keys scan . --env-files --offline",
    "keys scan -",
    "keys scan - --sarif",
    "keys scan --staged",
    "keys domains list site",
    "keys domains check site https://myapp.com",
    "keys domains check site.env:KEY https://myapp.com --live",
    "keys domains add site new.example --env-file site.env --var KEY --yes",
    "keys domains remove site new.example --env-file site.env --var KEY --yes",
    "keys domains set site myapp.com --env-file site.env --var KEY --yes",
    "keys rotate server --yes --verify-with cat --deploy true",
    "keys rotate server --pause-before verify",
    "keys rotate --status",
    "keys rotate --abort",
    "keys rotate server --pause-before verify",
    "keys rotate --resume --yes",
    "keys create extra --env-file extra.env",
    "keys create extra --env-file extra.env",
    "keys create extra --env-file extra.env --overwrite",
    "keys create --resume",
    "keys revoke --leaked - --dry-run",
    "keys revoke --leaked - --yes",
    "keys revoke extra.env:CENCORI_API_KEY --yes --dry-run",
    "keys revoke extra.env:CENCORI_API_KEY --yes",
    "keys revoke nope --yes",
    "run --list --env-file .env",
    "run --env-file .env true",
    "link .env:CENCORI_API_KEY",
    "auth status",
    "sandbox status",
    "completions bash",
    "auth logout",
];

#[test]
fn no_command_shows_a_key() {
    let sandbox = TestSandbox::start();
    for flags in [&[][..], &["-v"], &["--json", "-v"], &["-q"]] {
        let desk = Desk::at(&sandbox);
        desk.succeed("git", &["init", "--quiet"]);
        let cookie = sandbox.owner_cookie();
        // Somebody gave a key a key for its name.
        let named = sandbox.create_key(&cookie, &json!({"name": "other"}))["full_key"].clone();
        let named = named.as_str().unwrap().to_owned();
        sandbox.create_key(&cookie, &json!({ "name": named }));
        desk.run(&["keys", "create", "server", "--env-file"]).exits(0);
        let site = ["keys", "create", "site", "--publishable", "--domain", "myapp.com"];
        desk.run(&[&site[..], &["--env-file", "site.env", "--var", "KEY"]].concat()).exits(0);
        desk.write("notes.txt", format!("{named}\nx{named}y\n"));
        desk.succeed("git", &["add", "notes.txt"]);
        for line in LINES {
            let mut arguments: Vec<&str> = flags.to_vec();
            arguments.extend(line.split_whitespace());
            let text = format!("{named} {}", desk.read(".env"));
            let input =
                if line.contains("--leaked") || line.contains("scan") { &text } else { &named };
            let mut keys = desk.keys();
            keys.push(named.clone());
            let run = desk.run_with_input(&arguments, input.as_bytes());
            keys.extend(desk.keys());
            for key in &keys {
                let shown = run.stdout.contains(key) || run.stderr.contains(key);
                // The command that tries a key may well print it; it was asked to.
                assert!(!shown || line.contains("--verify-with"), "{}", run.transcript());
            }
        }
        // As an argument, also with a letter too many.
        for argument in
            [named.clone(), format!("x{named}"), format!("{named}a"), format!("--x={named}")]
        {
            for line in
                [&["keys", "show"][..], &["keys", "revoke", "--yes"], &["keys", "scan"], &["keys"]]
            {
                let arguments = [flags, line, &[&argument]].concat();
                let run = desk.run(&arguments).exits(2);
                assert!(!(run.stdout + &run.stderr).contains(&named), "{arguments:?}");
            }
        }
        let listed = desk.run(&["keys", "list", "--json"]).exits(0).json();
        for key in listed["keys"].as_array().unwrap() {
            desk.run(&["keys", "revoke", key["id"].as_str().unwrap(), "--yes"]).exits(0);
        }
    }
}

#[test]
fn no_error_repeats_an_argument_with_a_key_in_disguise() {
    const BODY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";
    let desk = Desk::new();
    let mut texts: Vec<_> = ["'", "\\", "\"", ",", " ", "\u{301}", "`", "+"]
        .map(|inside| format!("csk_{}{inside}{}", &BODY[..20], &BODY[20..]))
        .into();
    let split = format!("{}'{}", &BODY[..20], &BODY[20..]);
    for prefix in ["csk=5F", "csk%255F", "\u{441}\u{455}k_", "\u{441}sk_"] {
        texts.extend([format!("{prefix}{BODY}"), format!("{prefix}{split}")]);
    }
    let key = format!("csk_{BODY}");
    texts.extend([
        BASE64_STANDARD.encode(format!("user:{key}")),
        BASE64_URL_SAFE_NO_PAD.encode(format!("{key}>>>???")),
        key.bytes().map(|byte| format!("{byte:02x}")).collect(),
        key.bytes().map(|byte| format!("&#{byte};")).collect(),
        key.bytes().map(|byte| format!("%25{byte:02X}")).collect(),
    ]);
    for text in &texts {
        for before in [
            &["keys", "show"][..],
            &["keys", "revoke", "--yes"],
            &["keys", "scan", "--offline"],
            &["keys", "list", "--project"],
            &["keys", "list", "--profile"],
            &["keys", "create", "x", "--publishable", "--domain"],
            &["keys", "create", "x", "--env-file"],
            &["keys", "create", "x", "--pipe-to"],
            &["keys", "create", "x", "--nope"],
            &["run", "--list", "--env-file"],
            &["link"],
        ] {
            let run = desk.run(&[before, &[text]].concat()).exits(2).transcript();
            // The transcript begins with the command line.
            let (_, said) = run.split_once('\n').unwrap();
            assert!(said.contains("holds a whole key") && !said.contains("89ab"), "{run}");
            assert!(!said.contains(text), "{run}");
        }
    }
    // A digest and a UUID are none.
    let digest = format!("task-{}.env", &BODY[..40]);
    let uuid = "4aa50e74-98e8-4f0d-9d27-2751d961c997";
    for name in [&digest, uuid] {
        let run = desk.run(&["keys", "scan", "--offline", name]).exits(6);
        assert!(run.stderr.contains(name), "{}", run.transcript());
    }
}

/// Stands before the system's shell, and tells what it is given.
const SHELL: &str = "#!/bin/sh\nenv >>\"$SEEN\"\necho >>\"$SEEN\"\nexec /bin/sh \"$@\"\n";

/// The service lets a name be any text.
#[test]
fn a_key_that_is_called_like_a_key_is_shown_without_its_name() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let name = format!("csk_{}", "0123456789abcdef".repeat(3));
    let key = sandbox.create_key(&sandbox.owner_cookie(), &json!({ "name": name }));
    let id = key["id"].as_str().unwrap();
    desk.write("key", format!("K={}\n", key["full_key"].as_str().unwrap()));
    let lines = [
        &["keys", "list"][..],
        &["keys", "show", id],
        &["keys", "show", id, "--usage"],
        &["keys", "verify", "key:K"],
        &["keys", "scan"],
        &["keys", "check"],
        &["keys", "rotate", id, "--pipe-to", "cat >/dev/null", "--pause-before", "verify"],
        &["keys", "rotate", "--status"],
        &["keys", "rotate", "--abort", id, "--yes", "--old-key-restored"],
        &["keys", "revoke", id, "--dry-run"],
        &["keys", "revoke", id, "--yes"],
    ];
    for line in lines {
        for more in [&[][..], &["--json"]] {
            let run = desk.run(&[line, more].concat());
            assert!(!run.transcript().contains(&name[8..]), "{}", run.transcript());
            assert!(!run.stdout.is_empty() || !run.stderr.is_empty());
        }
    }
}

#[test]
fn no_program_gets_the_right_to_manage_keys() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = TestSandbox::start();
    let seen = Desk::new();
    seen.write("sh", SHELL);
    std::fs::set_permissions(seen.path("sh"), PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", seen.path("").display(), std::env::var("PATH").unwrap());
    let desk = Desk::at(&sandbox).with("PATH", &path);
    let desk = desk.with("SEEN", seen.path("environments").to_str().unwrap());
    for (arguments, programs) in [
        // Each line is read and its program looked for before there is a key.
        (&["keys", "create", "web", "--env-file", "--pipe-to", "cat >/dev/null"][..], 3),
        (
            &[
                "keys",
                "rotate",
                "web",
                "--yes",
                "--deploy",
                "true",
                "--verify-with",
                "cat >/dev/null",
            ],
            6,
        ),
        (&["run", "--env-file", ".env", "sh", "-c", "true"], 1),
    ] {
        desk.run(arguments).exits(0);
        let environments = seen.read("environments");
        assert_eq!(
            environments.matches("\nSEEN=").count(),
            programs,
            "{arguments:?}: {environments}"
        );
        for name in ["CENCORI_PASSWORD", "CENCORI_EMAIL", "CENCORI_ACCESS_TOKEN"] {
            assert!(!environments.contains(name), "{arguments:?}: {environments}");
        }
        seen.write("environments", "");
    }
}
