//! `run`: keys in a command's environment, and in nobody else's.

use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;

use serde_json::json;

use crate::harness::{Desk, TestSandbox, assert_snapshot};

/// Runs a line of the shell with the variables of `one.env`.
fn shell(desk: &Desk, line: &str) -> String {
    desk.run(&["run", "--env-file", "one.env", "--", "sh", "-c", line]).exits(0).stdout
}

fn with_file(content: &str) -> Desk {
    let desk = Desk::new();
    desk.write("one.env", content);
    desk
}

#[test]
fn the_exit_code_is_passed_on_and_so_is_a_signal() {
    let desk = with_file("KEY=one\n");
    for code in [0, 1, 2, 77, 255] {
        let line = format!("exit {code}");
        desk.run(&["run", "--env-file", "one.env", "sh", "-c", &line]).exits(code);
    }
    let mut killed = desk.command(&["run", "--env-file", "one.env", "sh", "-c", "kill -TERM $$"]);
    assert_eq!(killed.status().unwrap().signal(), Some(15));
}

#[test]
fn the_command_takes_the_place_of_this_one() {
    let desk = with_file("KEY=one\n");
    let mut command = desk.command(&["run", "--env-file", "one.env", "--", "sh", "-c", "echo $$"]);
    let child = command.stdout(Stdio::piped()).spawn().unwrap();
    let id = child.id().to_string();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), id);
    // Its pipes too: input goes in, and a reader that leaves ends it by SIGPIPE.
    let cat = ["run", "--env-file", "one.env", "cat"];
    assert_eq!(desk.run_with_input(&cat, b"in").exits(0).stdout, "in");
    let line = "\"$0\" run --env-file one.env yes | head -n 1; echo ${PIPESTATUS[0]}";
    let output = desk.program("bash").args(["-c", line, crate::harness::CENCORI]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "y\n141\n");
}

#[test]
fn arguments_are_the_commands_own() {
    let desk = with_file("KEY=one\n");
    let run =
        desk.run(&["run", "--env-file", "one.env", "printf", "%s|", "--json", "-q", "--", "a b"]);
    assert_eq!(run.exits(0).stdout, "--json|-q|--|a b|");
}

#[test]
fn what_is_set_stays_unless_overridden() {
    let desk =
        with_file("KEY=one\nEMPTY=two\nODD.name-1=three\n").with("KEY", "mine").with("EMPTY", "");
    assert_eq!(shell(&desk, "printf %s \"$KEY,$EMPTY\""), "mine,two");
    let arguments = [
        "run",
        "--env-file",
        "one.env",
        "--override",
        "--",
        "sh",
        "-c",
        "printf %s \"$KEY,$EMPTY\"",
    ];
    assert_eq!(desk.run(&arguments).exits(0).stdout, "one,two");
    let environment = desk.run(&["run", "--env-file", "one.env", "env"]).exits(0).stdout;
    assert!(environment.contains("ODD.name-1=three\n"), "{environment}");
    // The parent's environment is the parent's.
    let line = "\"$0\" run --env-file one.env true; printf %s \"$KEY,$EMPTY\"";
    let output = desk.program("sh").args(["-c", line, crate::harness::CENCORI]).output().unwrap();
    assert_eq!(output.stdout, b"mine,");
}

#[test]
fn a_later_file_outranks_an_earlier_one() {
    let desk = with_file("A=1\nB=1\nC=1\nC=last\n");
    desk.write("two.env", "A=\nB=\"2\" # two\nD='$A'\n");
    let line = "printf %s \"$A,$B,$C,$D\"";
    let arguments =
        ["run", "--env-file", "one.env", "--env-file", "two.env", "--", "sh", "-c", line];
    assert_eq!(desk.run(&arguments).exits(0).stdout, "1,2,last,$A");
}

#[test]
fn the_right_to_make_keys_is_not_passed_on() {
    let desk = with_file("KEY=one\nCENCORI_PASSWORD=from-file\n")
        .with("CENCORI_ACCESS_TOKEN", "token")
        .with("CENCORI_EMAIL", "a@b.example");
    let run = desk.run(&["run", "--override", "--env-file", "one.env", "env"]).exits(0);
    assert!(run.stdout.contains("KEY=one\n") && !run.stdout.contains("CENCORI_"), "{}", run.stdout);
    assert!(run.stderr.contains("CENCORI_PASSWORD from one.env"), "{}", run.stderr);
}

#[test]
fn what_can_not_be_run_is_told_as_shells_tell_it() {
    let desk = with_file("KEY=one\n");
    desk.write("plain", "text");
    let mut runs = String::new();
    for (arguments, code) in [
        (&["run", "--env-file", "one.env", "no-such-command"][..], 127),
        (&["--json", "run", "--env-file", "one.env", "./plain"], 126),
        (&["run"], 2),
        (&["run", "--env-file", "none.env", "true"], 6),
        (&["run", "true"], 2),
    ] {
        runs += &desk.run(arguments).exits(code).transcript();
    }
    for wrong in ["\"MY-KEY\" = \"web\"", "KEY = \"default@cencori.com\"", "KEY = 1"] {
        desk.write("cencori.toml", format!("# Ours.\n[run]\n{wrong}\n"));
        runs += &desk.run(&["run", "true"]).exits(2).transcript();
    }
    assert_snapshot("run_refused", &runs);
}

#[test]
fn the_list_names_sources_and_no_values() {
    let desk = with_file("A_KEY=secret-1\nB=secret-2\n").with("B", "secret-3");
    desk.write("cencori.toml", "[run]\nCENCORI_API_KEY = \"web\"\nA_KEY = \"overridden\"\n");
    let runs = [
        &["run", "--list", "--env-file", "one.env"][..],
        &["run", "--list", "--override", "--env-file", "one.env", "some", "command"],
        &["--json", "run", "--list", "--env-file", "one.env"],
    ];
    let runs: String = runs.iter().map(|run| desk.run(run).exits(0).transcript()).collect();
    assert!(!runs.contains("secret-"), "{runs}");
    assert_snapshot("run_list", &runs);
}

#[test]
fn no_key_goes_where_programs_read_instructions() {
    let desk = Desk::new();
    let mut runs = String::new();
    for name in ["LD_PRELOAD", "https_proxy", "BASH_ENV", "NODE_OPTIONS", "DATABASE_URL", "WGETRC"]
    {
        desk.write("cencori.toml", format!("[run]\nCENCORI_API_KEY = \"web\"\n{name} = \"web\"\n"));
        let run = desk.run(&["run", "touch", "ran"]).exits(2);
        desk.run(&["run", "--list"]).exits(2);
        // Also where it would stay as it is.
        desk.clone().with(name, "mine").run(&["run", "touch", "ran"]).exits(2);
        runs += &run.transcript();
    }
    assert!(!desk.path("ran").exists());
    assert_snapshot("run_instructions", &runs);
    // A file on the command line is the person's own word.
    std::fs::remove_file(desk.path("cencori.toml")).unwrap();
    desk.write("one.env", "NODE_OPTIONS=--max-old-space-size=100\nDATABASE_URL=postgres://db\n");
    let line = "printf %s \"$NODE_OPTIONS $DATABASE_URL\"";
    assert_eq!(shell(&desk, line), "--max-old-space-size=100 postgres://db");
}

#[test]
fn a_key_in_the_projects_file_is_refused_and_not_repeated() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let row = sandbox.create_key(&sandbox.owner_cookie(), &json!({"name": "pasted"}));
    let key = row["full_key"].as_str().unwrap().to_owned();
    let project = sandbox.identity().project_id;
    let texts = [
        format!("[run]\nCENCORI_API_KEY = \"{key}\"\n"),
        format!("[run]\n{key} = \"web\"\n"),
        format!("[run]\n\"{key}-\" = \"web\"\n"),
        format!("run = \"{key}\"\n"),
        format!("[run]\nCENCORI_API_KEY = {key}\n"),
        format!("{key} = \"web\"\n"),
    ];
    let mut runs = String::new();
    for text in &texts {
        desk.write("cencori.toml", text);
        for arguments in
            [&["run", "touch", "ran"][..], &["run", "--list"], &["--json", "run", "--list"]]
        {
            runs += &desk.run(arguments).exits(2).transcript();
        }
    }
    assert!(!desk.path("ran").exists());
    assert!(!runs.contains(&key[10..]), "{runs}");
    assert_snapshot("run_pasted_key", &runs);
    // Nor one with something put into it.
    for inside in ["'", "`", ",", " ", "+", "\\\\", "\u{301}"] {
        let disguised = format!("{}{inside}{}", &key[..14], &key[14..]);
        desk.write("cencori.toml", format!("[run]\nA_KEY = \"{disguised}\"\n"));
        for arguments in [&["run", "--list"][..], &["--json", "run", "--list"], &["run", "true"]] {
            let run = desk.run(arguments).exits(2).transcript();
            assert!(run.contains("contains a key") && !run.contains(&key[14..]), "{run}");
        }
    }
    // It is in nobody's way who revokes it.
    desk.write("cencori.toml", format!("project = \"{project}\"\n{}", texts[0]));
    let desk = desk.without("CENCORI_PROJECT");
    desk.run(&["keys", "revoke", "--leaked", "cencori.toml", "--yes"]).exits(0);
    assert_eq!(sandbox.live_keys(), [""; 0]);
}

#[test]
fn a_sandboxs_key_does_not_go_into_the_keychain() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let refused = desk.run(&["keys", "create", "web", "--keychain"]).exits(2).transcript()
        + &desk.run(&["--sandbox", "keys", "create", "web", "--keychain"]).exits(2).transcript();
    assert_snapshot("run_sandbox_key", &refused);
    assert!(!desk.path("cencori.toml").exists());
}

#[cfg(target_os = "linux")]
mod keychain {
    use super::*;
    use crate::harness::bus::{Bus, KEYRING, Service};
    use crate::harness::front::{FRONT, Front, desk_with_keychain};
    use crate::harness::programs::{needs, program};

    /// Of nobody.
    const PROJECT: &str = "00000000-0000-4000-8000-000000000000";

    const PRINT: [&str; 5] = ["run", "--", "sh", "-c", "printf %s \"$CENCORI_API_KEY\""];

    #[test]
    fn a_key_goes_from_the_service_to_the_command() {
        needs!(FRONT, KEYRING);
        let sandbox = TestSandbox::start();
        let (desk, _keychain) = desk_with_keychain(&sandbox);

        let created = desk.run(&["keys", "create", "web", "--keychain", "--reveal"]).exits(0);
        let key = created.stdout.trim().to_owned();
        assert_snapshot("run_create_keychain", &created.transcript());
        assert_snapshot("run_project_file", &desk.read("cencori.toml"));
        // Nothing but the keychain is needed for it.
        let desk = desk.without("CENCORI_EMAIL").without("CENCORI_PASSWORD");
        assert_eq!(desk.run(&PRINT).exits(0).stdout, key);
        std::fs::create_dir_all(desk.path("a/b")).unwrap();
        let below = desk.command(&PRINT).current_dir(desk.path("a/b")).output().unwrap();
        assert_eq!(below.stdout, key.as_bytes());
        let verbose = desk.run(&["-v", "run", "true"]).exits(0).transcript();
        assert!(verbose.contains("keychain (web)") && !verbose.contains(&key), "{verbose}");
        // A file on the command line overrides it, a variable that is set both.
        desk.write("one.env", "CENCORI_API_KEY=other\n");
        assert_eq!(shell(&desk, "printf %s \"$CENCORI_API_KEY\""), "other");
        let desk = desk.with("CENCORI_API_KEY", "mine");
        assert_eq!(desk.run(&PRINT).exits(0).stdout, "mine");
        let desk = desk.without("CENCORI_API_KEY");

        // What stands there stays, unless it is said otherwise.
        let identity = sandbox.identity();
        let desk = desk
            .with("CENCORI_EMAIL", &identity.owner_email)
            .with("CENCORI_PASSWORD", identity.owner_password.expose());
        let again = desk.run(&["keys", "create", "app", "--keychain", "web"]).exits(2);
        assert_snapshot("run_name_taken", &again.transcript());
        assert_eq!(desk.run(&PRINT).exits(0).stdout, key);
        let arguments = ["--json", "keys", "create", "app", "--keychain", "web", "--overwrite"];
        let replaced = desk.run(&arguments).exits(0);
        assert_snapshot("run_replaced", &replaced.transcript());
        let now = desk.run(&PRINT).exits(0).stdout;
        assert!(now.starts_with("csk_") && now != key, "{now}");
        assert!(desk.open_creations().is_empty());

        // Several places at once, and a file that somebody wrote.
        desk.write("cencori.toml", "# Ours.\nproject = \"00000000-0000-4000-8000-000000000000\"\n\n[run]   # keys\nCENCORI_API_KEY   = \"web\"   # server\n");
        let arguments = [
            "keys",
            "create",
            "ci",
            "--environment",
            "test",
            "--env-file",
            "--keychain",
            "my ci key",
            "--pipe-to",
            "cat > piped",
        ];
        desk.run(&arguments).exits(0);
        assert_snapshot("run_project_file_kept", &desk.read("cencori.toml"));
        let line = "printf %s \"$CENCORI_TEST_API_KEY\"";
        let test = desk.run(&["run", "--", "sh", "-c", line]).exits(0).stdout;
        assert_eq!(test, desk.read("piped"));
        assert_eq!(desk.read(".env"), format!("CENCORI_TEST_API_KEY={test}\n"));

        // A name that could be a session's, a variable that browsers see, and a
        // file that can't be changed.
        let mut runs = String::new();
        for arguments in [
            &["keys", "create", "a@b", "--keychain"][..],
            &["keys", "create", "x", "--keychain", "a@b"],
            &["keys", "create", "x", "--keychain", "--var", "VITE_KEY"],
        ] {
            runs += &desk.run(arguments).exits(2).transcript();
        }
        desk.write("cencori.toml", "run = \"web\"\n");
        runs += &desk.run(&["keys", "create", "x", "--keychain"]).exits(2).transcript();
        assert_snapshot("run_create_refused", &runs);
        let names = sandbox.live_keys();
        assert_eq!(names, ["app", "web"]);
    }

    #[test]
    fn a_key_is_given_to_its_own_project_only() {
        needs!(FRONT, KEYRING, ["secret-tool"]);
        let sandbox = TestSandbox::start();
        let (desk, _keychain) = desk_with_keychain(&sandbox);
        desk.run(&["keys", "create", "web", "--keychain"]).exits(0);
        let project = sandbox.identity().project_id.to_string();
        let desk = desk.without("CENCORI_PROJECT");
        let key = desk.run(&PRINT).exits(0).stdout;
        assert!(key.starts_with("csk_"), "{key}");

        // What a clone of somebody else's repository asks for.
        let mut runs = String::new();
        desk.write(
            "cencori.toml",
            format!("project = \"{PROJECT}\"\n[run]\nCENCORI_API_KEY = \"web\"\n"),
        );
        runs += &desk.run(&PRINT).exits(6).transcript();
        // It is its person who says otherwise, with a flag or a variable.
        let named = [&["--project", &project], &PRINT[..]].concat();
        assert_eq!(desk.run(&named).exits(0).stdout, key);
        assert_eq!(desk.clone().with("CENCORI_PROJECT", &project).run(&PRINT).exits(0).stdout, key);
        // Where every browser would get to see it, only a publishable one is given.
        let linked = format!("project = \"{project}\"\n[run]\n");
        desk.write("cencori.toml", format!("{linked}VITE_KEY = \"web\"\n"));
        let refused = desk.run(&["run", "touch", "ran"]).exits(2);
        assert!(refused.stderr.contains("shipped to every browser"), "{}", refused.transcript());
        assert!(!desk.path("ran").exists());
        desk.write("cencori.toml", &linked);
        let site = ["keys", "create", "site", "--publishable", "--domain", "myapp.com"];
        desk.run(&[&site[..], &["--keychain", "--var", "VITE_KEY"]].concat()).exits(0);
        let line = ["run", "--", "sh", "-c", "printf %s \"$VITE_KEY\""];
        let given = desk.run(&line).exits(0).stdout;
        assert!(given.starts_with("cpk_"), "{given}");
        desk.write("cencori.toml", "[run]\nCENCORI_API_KEY = \"web\"\n");
        runs += &desk.run(&PRINT).exits(2).transcript();

        // One that was stored without a project is given to none.
        let store = ["store", "--label", "old", "service", "cencori", "username", "key:old"];
        let mut tool = desk.program(program("secret-tool"));
        let mut tool = tool.args(store).stdin(Stdio::piped()).spawn().unwrap();
        tool.stdin.take().unwrap().write_all(key.as_bytes()).unwrap();
        assert!(tool.wait().unwrap().success());
        let file = format!("project = \"{project}\"\n[run]\nCENCORI_API_KEY = \"old\"\n");
        desk.write("cencori.toml", file);
        runs += &desk.run(&PRINT).exits(6).transcript();
        assert_snapshot("run_another_project", &runs);
        desk.run(&["keys", "create", "new", "--keychain", "old"]).exits(0);
        assert_ne!(desk.run(&PRINT).exits(0).stdout, key);

        // A variable that it could not be given in is refused before there is a key.
        let create = ["keys", "create", "x", "--keychain", "--var", "LD_PRELOAD"];
        assert_snapshot("run_create_instructions", &desk.run(&create).exits(2).transcript());
        assert_eq!(sandbox.live_keys(), ["new", "site", "web"]);
    }

    #[test]
    fn an_interrupted_creation_is_finished_and_noted() {
        needs!(FRONT, KEYRING, ["secret-tool"]);
        let sandbox = TestSandbox::start();
        let (desk, _keychain) = desk_with_keychain(&sandbox);
        // Dies with the key on disk, before anything was noted.
        let line = "cat > piped; kill -9 $PPID";
        let arguments = ["keys", "create", "web", "--keychain", "--pipe-to", line];
        assert_eq!(desk.run(&arguments).code, None);
        assert!(!desk.path("cencori.toml").exists());
        // As if it had died before the key was in the keychain.
        let account = format!("key:{}:web", sandbox.identity().project_id);
        let clear = ["clear", "service", "cencori", "username", account.as_str()];
        let tool = program("secret-tool");
        assert!(desk.program(tool).args(clear).status().unwrap().success());
        desk.run(&["keys", "create", "--resume"]).exits(0);
        assert_eq!(desk.run(&PRINT).exits(0).stdout, desk.read("piped"));
        assert!(desk.open_creations().is_empty());
    }

    #[test]
    fn a_key_that_is_not_to_be_had_is_an_error_that_names_its_variable() {
        needs!(KEYRING);
        let desk = Desk::new();
        desk.write("cencori.toml", "[run]\nCENCORI_API_KEY = \"web\"\n");
        let mut runs = desk.run(&PRINT).exits(2).transcript();
        runs += &desk.run(&[&["--sandbox"], &PRINT[..]].concat()).exits(2).transcript();
        desk.write(
            "cencori.toml",
            format!("project = \"{}\"\n{}", PROJECT, desk.read("cencori.toml")),
        );
        runs += &desk.run(&PRINT).exits(1).transcript();
        let home = tempfile::tempdir().unwrap();
        let bus = Bus::start(home.path(), Service::Unlocked);
        let desk = desk.with("DBUS_SESSION_BUS_ADDRESS", bus.address());
        runs += &desk.run(&PRINT).exits(6).transcript();
        drop(bus);
        // The keyring was set up by now, and is locked after a restart.
        let bus = Bus::start(home.path(), Service::Locked);
        let desk = desk.with("DBUS_SESSION_BUS_ADDRESS", bus.address());
        runs += &desk.run(&PRINT).exits(1).transcript();
        assert_snapshot("run_no_key", &runs);
        // What needs no keychain does not ask it.
        let desk = desk.with("CENCORI_API_KEY", "mine");
        assert_eq!(desk.run(&PRINT).exits(0).stdout, "mine");
    }

    #[test]
    fn no_key_is_made_where_the_keychain_takes_none() {
        needs!(FRONT, KEYRING);
        let sandbox = TestSandbox::start();
        let desk = Desk::at(&sandbox);
        let front = Front::start(&sandbox, &desk);
        let desk = front.before(desk);
        let mut runs = desk.run(&["keys", "create", "web", "--keychain"]).exits(1).transcript();
        // Answers, and has no keychain to write to.
        let home = tempfile::tempdir().unwrap();
        let bus = Bus::start(home.path(), Service::Locked);
        let desk = desk.with("DBUS_SESSION_BUS_ADDRESS", bus.address());
        runs += &desk.run(&["keys", "create", "web", "--keychain"]).exits(1).transcript();
        drop(bus);
        // Set up once, a keyring is there, and locked after a restart.
        drop(Bus::start(home.path(), Service::Unlocked));
        let bus = Bus::start(home.path(), Service::Locked);
        let desk = desk.with("DBUS_SESSION_BUS_ADDRESS", bus.address());
        runs += &desk.run(&["keys", "create", "web", "--keychain"]).exits(1).transcript();
        assert_snapshot("run_no_keychain", &runs);
        assert_eq!(sandbox.live_keys(), [""; 0]);
        assert!(!desk.path("cencori.toml").exists());
    }
}
