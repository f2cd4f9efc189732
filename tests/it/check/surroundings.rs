//! `keys check` where something is missing: the service, the session, the project, git.

use serde_json::json;

use super::{Project, text_of};
use crate::harness::{Desk, TestSandbox, assert_snapshot};

#[test]
fn without_the_service_what_needs_none_is_checked() {
    let project = Project::new();
    let key = project.text("server");
    project.age("server", 100);
    project.write("a/.env.production", format!("KEY={key}\n"));
    project.write("a/.env.staging", format!("KEY={key}\nVITE_KEY={key}\n"));
    project.write("a/prod.env", format!("KEY=csk_test_{}\n", "0123456789abcdef".repeat(3)));
    project.write("a/b.js", &key);
    project.desk.succeed("git", &["add", "a"]);
    let expected = [
        "secret_for_browsers",
        "secret_in_git",
        "secret_in_git",
        "wrong_environment",
        "shared_between_environments",
    ];
    assert_eq!(project.names(&["--offline"]), expected);
    assert_eq!(project.sandbox.requests().len(), 2, "the sign-in and the key of this test");
    // Where nobody is signed in it is told too, and why that is not all.
    let nobody = project.desk.clone().without("CENCORI_EMAIL").without("CENCORI_PASSWORD");
    let run = nobody.run(&["keys", "check", "--json"]).exits(3);
    assert_eq!(run.json()["findings"].as_array().unwrap().len(), expected.len());
    assert!(run.json()["warnings"][0].as_str().unwrap().starts_with("The service was not asked"));
}

#[test]
fn nothing_is_called_right_that_was_not_looked_at() {
    let project = Project::new();
    let nobody = project.desk.clone().without("CENCORI_EMAIL").without("CENCORI_PASSWORD");
    let mut runs = nobody.run(&["keys", "check"]).exits(4).transcript();
    runs += &nobody.run(&["keys", "check", "--json"]).exits(4).transcript();
    let unlinked = project.desk.clone().without("CENCORI_PROJECT");
    runs += &unlinked.run(&["keys", "check"]).exits(2).transcript();
    assert_snapshot("check_not_asked", &runs);
    nobody.run(&["keys", "check", "--offline"]).exits(0);
    let path = "/api/projects/*/api-keys";
    let fault = json!({ "kind": "status", "status": 503 });
    project.sandbox.plant(&json!({ "path": path, "times": 0, "fault": fault }));
    project.check(&[]).exits(8);
    project.sandbox.clear_faults();
    // A key of which the service can't say how it is with it.
    let unknown = "0123456789abcdef".repeat(3);
    project.write(".env", format!("KEY=csk_{unknown}\n"));
    let path = "/api/agent/setup/validate";
    project.sandbox.plant(&json!({ "path": path, "times": 0, "fault": fault }));
    let run = project.check(&[]).exits(7);
    assert!(run.stderr.contains("could not say whether 1 of 1 keys are live"), "{}", run.stderr);
}

#[test]
fn keys_beyond_the_limit_of_the_list_are_not_called_right() {
    let project = Project::new();
    let cookie = project.sandbox.owner_cookie();
    for number in 0..1_000 {
        let body = json!({ "name": format!("key-{number}") });
        project.sandbox.create_key(&cookie, &body);
    }
    let run = project.check(&["--no-files"]).exits(7);
    assert!(run.stderr.contains("older ones were not checked"), "{}", run.stderr);
}

#[test]
fn logs_that_can_not_be_read_are_said_to_be() {
    let project = Project::new();
    project.text("server");
    project.age("server", 89);
    project.write("cencori.toml", "[policy]\nmax_unused_days = 30\n");
    let fault = json!({ "kind": "status", "status": 503 });
    let path = "/api/projects/*/logs/gateway";
    project.sandbox.plant(&json!({ "path": path, "times": 0, "fault": fault }));
    let run = project.check(&["--usage"]).exits(7);
    assert!(run.stderr.contains("The logs of 1 keys can't be read"), "{}", run.stderr);
}

#[test]
fn outside_of_a_repository_files_are_looked_into_all_the_same() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let cookie = sandbox.owner_cookie();
    let key = text_of(&sandbox.create_key(&cookie, &json!({ "name": "server" })));
    desk.write(".env", format!("CENCORI_API_KEY={key}\n"));
    desk.run(&["keys", "check"]).exits(0);
    desk.write("config.json", format!("{{\"key\":\"{key}\"}}"));
    let findings = desk.run(&["keys", "check", "--json"]).exits(3).json()["findings"].clone();
    assert_eq!(findings[0]["finding"], "live_in_tree");
    // A file may be named by itself; what is around it is nobody's project.
    let named = desk.run(&["keys", "check", ".env"]).exits(0);
    assert!(named.stderr.ends_with("1 key and 1 file checked.\n"), "{}", named.stderr);
    desk.run(&["keys", "check", "config.json"]).exits(3);
    desk.run(&["keys", "check", "missing"]).exits(6);
}

#[test]
fn an_index_that_git_can_not_read_is_said_to_be_and_ends() {
    let project = Project::new();
    let key = project.text("leaked");
    project.write("dist/a.txt", &key);
    project.write("notes.txt", &key);
    project.desk.succeed("git", &["add", "."]);
    let index = std::fs::read(project.desk.path(".git/index")).unwrap();
    project.write(".git/index", &index[..50]);
    let run = project.check(&["--json"]).exits(3);
    let warning = run.json()["warnings"][0].as_str().unwrap().to_owned();
    assert!(warning.starts_with("The repository of . could not be read:"), "{warning}");
    assert!(warning.contains(".git/index: "), "{warning}");
    assert_eq!(run.json()["findings"].as_array().unwrap().len(), 2);
}

#[test]
fn whose_a_key_of_another_organization_is_is_said() {
    let project = Project::new();
    let stranger = project.sandbox.sign_in(&project.sandbox.identity().stranger_email);
    let path = format!("/api/projects/{}/api-keys", project.sandbox.identity().foreign_project_id);
    let call = project.sandbox.call("POST", &path).header("cookie", &stranger);
    let made = call.json(&json!({ "name": "theirs", "environment": "production" })).send();
    let key = text_of(&made.json()["apiKey"]);
    project.write("notes.txt", &key);
    let findings = project.findings(&[]);
    let message = findings[0]["message"].as_str().unwrap();
    assert!(message.contains("have them revoke it; take it out"), "{message}");
    assert_eq!(findings[0]["fix"], json!([]));
}

#[test]
fn keys_of_agents_and_of_other_projects_are_left_alone() {
    let project = Project::new();
    let body = json!({ "key_type": "publishable", "allowed_domains": ["a.example"] });
    let key = text_of(&project.key("web", body));
    project.write("src/app.js", format!("init('{key}')"));
    project.desk.succeed("git", &["add", "src"]);
    assert_eq!(project.names(&[]), [""; 0], "a publishable key is made to be seen");
    project.text("agent");
    let state = rusqlite::Connection::open(project.sandbox.state()).unwrap();
    state
        .execute("UPDATE api_keys SET key_prefix = 'cake_ab12...' WHERE name = 'agent'", [])
        .unwrap();
    project.age("agent", 400);
    assert_eq!(project.names(&["--usage"]), [""; 0]);
}

#[test]
fn command_lines_name_the_service_and_the_project_that_were_named() {
    let project = Project::new();
    project.text("server");
    project.age("server", 100);
    let id = project.sandbox.identity().project_id.to_string();
    let desk = project.desk.clone().without("CENCORI_PROJECT");
    let run = desk.run(&["keys", "check", "--project", &id, "--json"]).exits(3);
    let line = run.json()["findings"][0]["fix"][0].as_str().unwrap().to_owned();
    assert!(line.starts_with(&format!("cencori --project {id} keys rotate ")), "{line}");
}
