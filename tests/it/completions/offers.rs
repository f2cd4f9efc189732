//! What is not offered, because the command would refuse it.

use serde_json::json;

use super::shells::{ALL, SHELLS, Shell, with_command};
use super::values::{in_a_hurry, make, make_as, signed_in, values};
use crate::harness::programs::needs;
use crate::harness::{Desk, TestSandbox};

fn key(prefix: &str) -> String {
    format!("{prefix}{}", "1".repeat(48))
}

#[test]
fn a_variable_whose_name_holds_a_key_is_left_out() {
    let desk = with_command(&Desk::new());
    let key = key("csk_");
    desk.write(".env", format!("{key}=1\nFOO_{key}=1\nFOO=1\n"));
    assert_eq!(values(&desk, &["keys", "create", "--env-file", ".env", "--var", ""]), ["FOO"]);
}

#[test]
fn places_hold_a_key_of_the_type_and_the_environment_that_are_wanted() {
    let desk = with_command(&Desk::new());
    let (live, test, site) = (key("csk_"), key("csk_test_"), key("cpk_"));
    desk.write(".env", format!("LIVE={live}\nTEST={test}\nSITE={site}\n"));
    let all = [".env:LIVE", ".env:TEST", ".env:SITE"];
    assert_eq!(values(&desk, &["keys", "show", ""]), all);
    for command in ["add", "list", "check"] {
        assert_eq!(values(&desk, &["keys", "domains", command, ""]), [".env:SITE"], "{command}");
    }
    let of = |environment| values(&desk, &["keys", "show", "--environment", environment, ""]);
    assert_eq!(of("test"), [".env:TEST"]);
    assert_eq!(of("production"), [".env:LIVE", ".env:SITE"]);
    assert_eq!(values(&desk, &["--project", ""]), all, "a project is in either");
}

#[test]
fn a_flag_is_offered_once_unless_it_can_be_repeated() {
    let desk = with_command(&Desk::new());
    let flags = |words: &[&str]| values(&desk, &[words, &["--"]].concat());
    let once = flags(&["keys", "list"]);
    assert!(once.contains(&"--json".to_owned()), "{once:?}");
    let again = flags(&["keys", "list", "--json", "--project", "x"]);
    let left_out: Vec<_> = once.iter().filter(|flag| !again.contains(flag)).collect();
    assert_eq!(left_out, ["--project", "--json"]);
    let repeated = flags(&["keys", "rotate", "web", "--env-file", ".env", "--environment", "test"]);
    assert!(repeated.contains(&"--env-file".to_owned()), "{repeated:?}");
    assert!(!repeated.contains(&"--environment".to_owned()), "{repeated:?}");
}

#[test]
fn only_a_regular_file_is_offered_as_one() {
    let desk = with_command(&Desk::new());
    desk.succeed("mkfifo", &["pipe.env"]);
    std::fs::create_dir(desk.path("folder.env")).unwrap();
    desk.write("a.env", "");
    for (target, link) in [("/dev/null", "null.env"), ("missing", "gone.env"), ("a.env", "b.env")] {
        std::os::unix::fs::symlink(target, desk.path(link)).unwrap();
    }
    assert_eq!(values(&desk, &["keys", "create", "--env-file", ""]), ["a.env", "b.env"]);
}

#[test]
fn a_name_that_looks_like_a_prefix_hides_none() {
    let sandbox = TestSandbox::start();
    let desk = signed_in(&sandbox);
    let body = json!({ "name": "api", "environment": "test", "key_type": "secret" });
    let row = make_as(&sandbox, &body);
    let prefix = row["key_prefix"].as_str().expect("a prefix").trim_end_matches('.');
    make(&sandbox, "csk_test_alike");
    let found = values(&desk, &["keys", "show", "csk_test_"]);
    assert_eq!(found, ["csk_test_alike", prefix]);
}

#[test]
fn nothing_is_revoked_because_it_was_the_only_word_in_time() {
    let sandbox = TestSandbox::start();
    let desk = signed_in(&sandbox);
    make(&sandbox, "web");
    desk.write(".env", format!("LIVE={}\n", key("csk_")));
    assert_eq!(values(&desk, &["keys", "revoke", ""]), ["web"]);
    let fault = json!({ "kind": "hold", "when": "before" });
    let path = "/api/projects/*/api-keys";
    sandbox.plant(&json!({ "path": path, "times": 0, "fault": fault }));
    let desk = in_a_hurry(desk);
    assert_eq!(values(&desk, &["keys", "revoke", ""]), [""; 0]);
    assert_eq!(values(&desk, &["keys", "revoke", "."]), [".env:LIVE"]);
}

/// What a shell would put the home directory for, and what it leaves as it is.
#[test]
fn a_tilde_is_the_home_directory_and_nothing_else() {
    needs!(ALL);
    let sandbox = TestSandbox::start();
    let desk = signed_in(&sandbox);
    let home = desk.path("home").display().to_string();
    let desk = desk.with("HOME", &home);
    std::fs::create_dir(desk.path("home")).unwrap();
    desk.write("home/.env", format!("LIVE={}\nOTHER=1\n", key("csk_")));
    desk.write("home/notes.txt", "");
    desk.write("config.toml", "[profiles.'~']\n[profiles.'~/x']\n[profiles.a]\n");
    let settings = desk.path("").display().to_string();
    let desk = desk.with("CENCORI_CONFIG_DIR", &settings);
    let mut ids = vec![make(&sandbox, "~"), make(&sandbox, "~root"), make(&sandbox, "~/x")];
    ids.sort();
    for shell in SHELLS {
        let sorted = |line| {
            let mut found = shell.complete(&desk, line);
            found.sort();
            found
        };
        assert_eq!(sorted("cencori keys show "), ids, "{shell:?}");
        assert_eq!(sorted("cencori --profile "), ["a", "default"], "{shell:?}");

        // fish shows the word as it stays on the line.
        let place = if shell == Shell::Fish { "~".to_owned() } else { home.clone() };
        for typed in ["~/.env:", "~/.e"] {
            let found = shell.complete(&desk, &format!("cencori keys show {typed}"));
            assert_eq!(found, [format!("{place}/.env:LIVE")], "{shell:?}: {typed}");
        }
        let line = "cencori keys create --env-file ~/.env --var O";
        assert_eq!(shell.complete(&desk, line), ["OTHER"], "{shell:?}");
        assert_eq!(shell.complete(&desk, "cencori --project=~/.e"), [""; 0], "{shell:?}");
        // What zsh completes itself; bash does so only at a terminal.
        if shell == Shell::Zsh {
            let file = shell.complete(&desk, "cencori keys scan ~/notes");
            assert_eq!(file, [format!("{place}/notes.txt")], "{shell:?}");
        }
        // zsh would wait for the quote's end.
        if shell != Shell::Zsh {
            let quoted = shell.complete(&desk, "cencori keys show '~/.e");
            assert_eq!(quoted, [""; 0], "{shell:?}");
        }
    }
    assert_eq!(values(&desk, &["keys", "show", "~/.e"]), ["~/.env:LIVE"]);
}
