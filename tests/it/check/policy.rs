//! `[policy]` of `cencori.toml`, and how a check ends.

use serde_json::json;

use super::Project;
use crate::harness::{Terminal, assert_snapshot};

/// A key `server` that is old, and one called `web` with two wrong domains.
fn wanting() -> Project {
    let project = Project::new();
    project.text("server");
    project.age("server", 100);
    let domains = json!(["localhost", "*.github.io"]);
    project.key("web", json!({ "key_type": "publishable", "allowed_domains": domains }));
    project
}

#[test]
fn limits_are_those_of_the_policy() {
    let project = wanting();
    project.write("cencori.toml", "[policy]\nmax_age_days = 200\n");
    assert_eq!(project.names(&[]), ["too_broad", "local_in_production"]);
    project.age("web", 2);
    project.write("cencori.toml", "[policy]\nmax_age_days = 1\n");
    assert_eq!(project.names(&[]).iter().filter(|name| *name == "too_old").count(), 2);
    // Also from a folder further down.
    std::fs::create_dir(project.desk.path("below")).unwrap();
    project.write("cencori.toml", "[policy]\nmax_age_days = 200\n");
    let mut below = project.desk.command(&["keys", "check", "--json"]);
    below.current_dir(project.desk.path("below"));
    let document: serde_json::Value =
        serde_json::from_slice(&below.output().unwrap().stdout).unwrap();
    assert_eq!(document["findings"].as_array().unwrap().len(), 2);
}

#[test]
fn one_finding_at_one_place_is_suppressed_until_a_day() {
    let project = wanting();
    let suppression = |finding: &str, place: &str, until: &str| {
        format!(
            "[[policy.suppression]]\nfinding = \"{finding}\"\nlocation = \"{place}\"\nreason = \"the vendor is slow\"\n\
             until = {until}\n"
        )
    };
    let text = [
        suppression("too_old", "server", "2999-12-31"),
        suppression("local_in_production", "web localhost", "\"2999-12-31\""),
        suppression("too_broad", "web *.github.io", "2020-01-31"),
        suppression("too_old", "web", "2999-12-31"),
    ];
    project.write("cencori.toml", text.concat());
    let mut runs = project.check(&[]).exits(3).transcript();
    runs += &project.check(&["--json"]).exits(3).transcript();
    assert_snapshot("check_suppressed", &runs);
    // What is suppressed is no reason to fail.
    project.write(
        "cencori.toml",
        text[..2].concat() + &suppression("too_broad", "web *.github.io", "2999-12-31"),
    );
    assert_eq!(project.check(&["--fail-on", "note"]).exits(0).stdout, "");
}

#[test]
fn a_suppression_is_for_what_stands_there_now() {
    let project = Project::new();
    let [one, other] = [project.text("one"), project.text("other")];
    project.write("a/notes.txt", &one);
    let place = project.alone("live_in_tree", &format!("a/notes.txt:{}...", &one[..8]), &[]);
    project.write(
        "cencori.toml",
        format!(
            "[[policy.suppression]]\nfinding = \"live_in_tree\"\nlocation = {}\nreason = \"x\"\nuntil = 2999-12-31\n",
            place["location"]
        ),
    );
    assert_eq!(project.names(&[]), [""; 0]);
    // By the same name from a folder further down, and however the file is named.
    for arguments in [&[][..], &[".."], &["../a/notes.txt", "."]] {
        let mut below = project.desk.command(&[&["keys", "check"], arguments].concat());
        let output = below.current_dir(project.desk.path("a")).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("1 suppressed"), "it was seen: {arguments:?}: {said}");
    }
    // Not by a line, which something else may come to stand in.
    project.write("cencori.toml", project.desk.read("cencori.toml").replace(&one[..8], "1:1#"));
    let run = project.check(&[]).exits(3);
    assert!(run.stderr.contains("suppresses nothing"), "{}", run.stderr);
    let text = project.desk.read("cencori.toml");
    project.write("cencori.toml", text.replace("1:1#...", "1:1"));
    let run = project.check(&[]).exits(3);
    let called = format!("that location is called a/notes.txt:{}...", &one[..8]);
    assert!(run.stderr.contains(&called), "{}", run.stderr);
    project.write("cencori.toml", text.replace("1:1#...", &format!("{}...", &one[..8])));
    project.write("a/notes.txt", format!("{one}\n{other}\n"));
    assert_eq!(project.findings(&[])[0]["line"], 2);
}

#[test]
fn a_policy_that_says_nothing_clear_is_refused() {
    let project = Project::new();
    let mut runs = String::new();
    for text in [
        "[policy]\nmax_age = 90\n",
        "[policy]\nmax_age_days = 0\n",
        "[[policy.suppression]]\nfinding = \"to_old\"\nlocation = \"a\"\nreason = \"x\"\nuntil = 2999-12-31\n",
        "[[policy.suppression]]\nfinding = \"too_old\"\nlocation = \"a\"\nreason = \" \"\nuntil = 2999-12-31\n",
        "[[policy.suppression]]\nfinding = \"too_old\"\nlocation = \"a\"\nreason = \"x\"\n",
        "[[policy.suppression]]\nfinding = \"too_old\"\nlocation = \"a\"\nreason = \"x\"\nuntil = \"soon\"\n",
    ] {
        project.write("cencori.toml", text);
        runs += &project.check(&[]).exits(2).transcript();
    }
    assert_snapshot("check_policy_refused", &runs);
    // Nothing else is held up by it.
    project.desk.run(&["keys", "list"]).exits(0);
}

#[test]
fn it_fails_from_the_severity_on_that_is_asked_for() {
    let project = Project::new();
    let domains = json!(["*.b.example", "a.b.example"]);
    project.key("web", json!({ "key_type": "publishable", "allowed_domains": domains }));
    assert!(project.check(&[]).exits(0).stdout.contains("shadowed"), "a note is told all the same");
    project.check(&["--fail-on", "note"]).exits(3);
    project.text("server");
    project.age("server", 100);
    project.check(&["--fail-on", "warning"]).exits(3);
    project.check(&["--fail-on", "error"]).exits(0);
}

#[test]
fn what_is_found_is_told_in_every_form() {
    let project = wanting();
    let text = project.text("leaked");
    project.write("src/a b.js", format!("\n  key = '{text}'"));
    project.write(".env.test", format!("VITE_KEY={text}\n"));
    project.desk.succeed("git", &["add", "src"]);
    let mut runs = project.check(&[]).exits(3).transcript();
    runs += &project.check(&["--json"]).exits(3).transcript();
    runs += &project.check(&["-q", "--offline"]).exits(3).transcript();
    assert_snapshot("check", &runs);
    assert_snapshot("check_sarif", &project.check(&["--sarif"]).exits(3).transcript());
    assert!(!runs.contains(&text));
    let command = project.desk.command(&["keys", "check"]);
    let ended = Terminal::run_at_width(&command, 120).end().exits(3);
    assert_snapshot("check_terminal", &ended.text());
}

#[test]
fn nothing_wrong_says_so() {
    let project = Project::new();
    let mut runs = project.check(&[]).exits(0).transcript();
    runs += &project.check(&["--json"]).exits(0).transcript();
    runs += &project.check(&["--no-files"]).exits(0).transcript();
    runs += &project.check(&["--offline"]).exits(0).transcript();
    assert_snapshot("check_nothing", &runs);
}
