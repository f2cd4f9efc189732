//! What is not offered, because the command would refuse it.

use serde_json::json;

use super::values::{make, make_as, signed_in, values};
use crate::harness::{Desk, TestSandbox};

fn key(prefix: &str) -> String {
    format!("{prefix}{}", "1".repeat(48))
}

#[test]
fn a_variable_whose_name_holds_a_key_is_left_out() {
    let desk = Desk::new();
    let key = key("csk_");
    desk.write(".env", format!("{key}=1\nFOO_{key}=1\nFOO=1\n"));
    assert_eq!(values(&desk, &["keys", "create", "--env-file", ".env", "--var", ""]), ["FOO"]);
}

#[test]
fn places_hold_a_key_of_the_type_and_the_environment_that_are_wanted() {
    let desk = Desk::new();
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
    let desk = Desk::new();
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
    let desk = Desk::new();
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
    assert_eq!(values(&desk, &["keys", "revoke", ""]), [""; 0]);
    assert_eq!(values(&desk, &["keys", "revoke", "."]), [".env:LIVE"]);
}
