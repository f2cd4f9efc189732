//! What goes to which stream, and what goes nowhere.

use std::os::unix::process::CommandExt as _;
use std::process::Stdio;

use serde_json::json;

use crate::harness::{CENCORI, Desk, Run, TestSandbox, assert_snapshot};

/// Every command of the tree.
const COMMANDS: [&[&str]; 28] = [
    &[],
    &["keys"],
    &["keys", "create"],
    &["keys", "list"],
    &["keys", "show"],
    &["keys", "rotate"],
    &["keys", "domains"],
    &["keys", "domains", "check"],
    &["keys", "domains", "list"],
    &["keys", "domains", "add"],
    &["keys", "domains", "remove"],
    &["keys", "domains", "set"],
    &["keys", "revoke"],
    &["keys", "verify"],
    &["keys", "scan"],
    &["keys", "check"],
    &["sandbox"],
    &["sandbox", "serve"],
    &["sandbox", "status"],
    &["sandbox", "reset"],
    &["auth"],
    &["auth", "login"],
    &["auth", "status"],
    &["auth", "logout"],
    &["link"],
    &["run"],
    &["completions"],
    &["man"],
];

fn a_key() -> String {
    format!("csk_{}", "0123456789abcdef".repeat(3))
}

#[test]
fn version_and_help_go_to_stdout() {
    let desk = Desk::new();
    assert_snapshot("version", &desk.run(&["--version"]).exits(0).transcript());
    for command in COMMANDS {
        let help = desk.run(&[command, &["--help"]].concat()).exits(0);
        let name = [&["help"], command].concat().join("_");
        assert_snapshot(&name, &help.transcript());
        let widest = help.stdout.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(100), "{command:?}: {widest:?} columns");
    }
}

#[test]
fn no_command_is_left_out_here() {
    fn count(command: &clap::Command) -> usize {
        1 + command.get_subcommands().map(count).sum::<usize>()
    }
    let mut command = cencori_cli::cli::command().disable_help_subcommand(true);
    command.build();
    assert_eq!(count(&command), COMMANDS.len(), "COMMANDS lacks one");
}

#[test]
fn a_closed_stdout_is_no_failure_of_a_list() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web"]).exits(0);
    let closed = |arguments: &str| {
        let line = format!("\"$0\" {arguments} >&-");
        let output = desk.program("sh").args(["-c", &line, CENCORI]).output().expect("sh runs");
        (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
    };
    assert_eq!(closed("keys list"), (Some(0), String::new()));
    assert_eq!(closed("--version"), (Some(0), String::new()));
    assert_eq!(closed("completions zsh"), (Some(0), String::new()));
    // Nobody would see the key, so there must be none.
    let (code, stderr) = closed("keys create lost");
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("Nothing was created"), "{stderr}");
    assert_eq!(sandbox.live_keys(), ["web"]);
}

#[test]
fn a_reader_that_goes_away_is_no_failure_of_a_list() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let cookie = sandbox.owner_cookie();
    // More than the 64 KiB that a pipe holds, so that the writer meets its end.
    for number in 0..400 {
        let name = format!("{number:03}-{}", "long".repeat(50));
        sandbox.create_key(&cookie, &json!({ "name": name }));
    }
    for arguments in ["keys list", "keys list --json", "completions zsh", "--help"] {
        // The shell's own pipe status tells how each part of it ended.
        let line = format!("\"$0\" {arguments} | head -n 1; echo \"${{PIPESTATUS[0]}}\"");
        let output = desk.program("bash").args(["-c", &line, CENCORI]).output().expect("bash runs");
        let stdout = String::from_utf8(output.stdout).expect("UTF-8");
        let stderr = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(stdout.ends_with("\n0\n"), "{arguments}: {stdout}");
        assert_eq!(stdout.lines().count(), 2, "{arguments}: {stdout}");
        assert_eq!(stderr, "", "{arguments}");
    }
}

#[test]
fn an_error_is_one_document_on_stderr() {
    let desk = Desk::new();
    let mut transcripts = String::new();
    for arguments in [
        &["--json"][..],
        &["--json", "keys"],
        &["keys", "lisst", "--json"],
        &["keys", "list", "--typo", "--json"],
        &["keys", "list", "--type", "odd", "--json"],
        &["keys", "revoke", "--json"],
        &["keys", "revoke", "web", "--json"],
        &["keys", "create", "--json"],
        &["keys", "create", "web", "--domain", "*.myapp.com", "--json"],
        &["keys", "list", "--json", "--quiet", "--verbose"],
        &["--json", "--timeout", "never", "keys", "list"],
    ] {
        let run = desk.run(arguments).exits(2);
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert_eq!(run.error()["code"], "usage", "{arguments:?}");
        transcripts += &run.transcript();
    }
    assert_snapshot("json_usage_errors", &transcripts);
}

#[test]
fn quiet_leaves_the_data_and_the_warnings() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let first = desk.run(&["keys", "create", "web", "--quiet"]).exits(0);
    assert_eq!(first.stderr, "");
    let second = desk.run(&["keys", "create", "web", "-q"]).exits(0);
    assert_snapshot("quiet", &second.transcript());
    let empty = desk.run(&["keys", "list", "-q", "--environment", "test"]).exits(0);
    assert_eq!((empty.stdout.as_str(), empty.stderr.as_str()), ("", ""));
}

#[test]
fn verbose_shows_requests_and_no_secret() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let create = desk.run(&["keys", "create", "web", "--env-file", "-v"]).exits(0);
    assert_snapshot("verbose", &create.transcript());
    let text = create.transcript();
    let key = desk.read(".env").trim_end().replace("CENCORI_API_KEY=", "");
    let cookie = sandbox.owner_cookie();
    let session = cookie.split_once('=').expect("a session").1[..20].to_owned();
    for secret in [&key, sandbox.identity().owner_password.expose(), &session, "ookie"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn empty_variables_count_as_unset() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox)
        .with("CENCORI_ACCESS_TOKEN", "")
        .with("CENCORI_STATE_DIR", "")
        .with("XDG_STATE_HOME", "");
    desk.run(&["keys", "create", "web"]).exits(0);
    assert!(desk.state().join("creations").exists(), "the state is kept at home");
    let elsewhere = desk.outside("elsewhere");
    let desk = desk.with("CENCORI_STATE_DIR", elsewhere.to_str().expect("UTF-8"));
    desk.run(&["keys", "create", "app"]).exits(0);
    assert!(elsewhere.join("creations").exists(), "a folder that is named is used");

    let no_project = Desk::at(&sandbox).with("CENCORI_PROJECT", "");
    let run = no_project.run(&["keys", "list"]).exits(2);
    assert!(run.stderr.contains("No project is named"), "{}", run.stderr);
    let nobody = Desk::at(&sandbox).with("CENCORI_EMAIL", "").with("CENCORI_PASSWORD", "");
    let run = nobody.run(&["keys", "list"]).exits(4);
    assert!(run.stderr.contains("Nobody is signed in"), "{}", run.stderr);
    let half = Desk::at(&sandbox).with("CENCORI_PASSWORD", "");
    let run = half.run(&["keys", "list"]).exits(2);
    assert!(run.stderr.contains("CENCORI_PASSWORD is not"), "{}", run.stderr);
    let service = Desk::new().with("CENCORI_DASHBOARD_URL", "");
    // The sandbox needs no address; a wrong one would be refused.
    service.run(&["keys", "list", "--sandbox"]).exits(0);
}

/// The refusal has to say what is wrong without the key.
#[track_caller]
fn refuses(run: &Run, key: &str) {
    assert!(run.stderr.contains("An argument holds a whole key"), "{}", run.stderr);
    assert!(!run.stderr.contains(&key[8..]), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn a_key_on_standard_input_is_found_and_not_repeated() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let key = desk.run(&["keys", "create", "web"]).exits(0).stdout;
    let shown = desk.run_with_input(&["keys", "show", "-", "-v"], key.as_bytes()).exits(0);
    assert!(shown.stdout.contains("web"), "{}", shown.stdout);
    assert!(!shown.transcript().contains(key.trim()), "{}", shown.transcript());
    let empty = desk.run_with_input(&["keys", "show", "-"], b"\n").exits(2);
    assert!(empty.stderr.contains("Standard input is empty"), "{}", empty.stderr);
    let other = desk.run_with_input(&["keys", "show", "-"], b"hunter2").exits(6);
    assert!(!other.stderr.contains("hunter2"), "{}", other.stderr);
}

#[test]
fn a_key_as_an_argument_is_refused_and_not_repeated() {
    let desk = Desk::new();
    let key = a_key();
    let unknown = format!("--key={key}");
    let place = format!(".env:{key}");
    let quoted = format!("'{key}'");
    for command in COMMANDS {
        for odd in [&key, &unknown, &place, &quoted] {
            let positions: [&[&str]; 3] = [
                &[command, &[odd.as_str()]].concat(),
                &[&[odd.as_str()], command].concat(),
                &[command, &["--project", odd.as_str(), "extra"]].concat(),
            ];
            for arguments in positions {
                for json in [&[][..], &["--json"]] {
                    let arguments = [arguments, json].concat();
                    let run = desk.run(&arguments).exits(2);
                    refuses(&run, &key);
                }
            }
        }
    }
    let pasted = desk.run(&["keys", "show", &key]).exits(2);
    assert_snapshot("key_as_argument", &pasted.stderr);
}

#[test]
fn a_name_that_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let desk = Desk::new();
    let odd = std::ffi::OsStr::from_bytes(b"a\xffb");
    let mut command = desk.command(&["keys", "create"]);
    command.arg(odd).arg0("cencori").stdout(Stdio::piped());
    let output = command.output().expect("the command runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}
