//! Each thing that can be wrong, by itself; and mended by the commands that are named
//! for it.

use serde_json::{Value, json};

use super::{Project, id_of, text_of};

/// A publishable key with these domains, nowhere in the tree.
fn web(project: &Project, domains: &[&str]) -> String {
    let body = json!({ "key_type": "publishable", "allowed_domains": domains });
    id_of(&project.key("web", body))
}

/// A folder in which nothing is wrong.
fn sound() -> Project {
    let project = Project::new();
    let secret = project.text("server");
    project.write(".env", format!("# ours\nCENCORI_API_KEY={secret}\nOTHER=1\n"));
    project.write("src/app.js", "const key = process.env.CENCORI_API_KEY\n");
    project.desk.succeed("git", &["add", "."]);
    web(&project, &["*.myapp.com", "localhost.myapp.com.de"]);
    assert_eq!(project.names(&[]), [""; 0]);
    project
}

#[test]
fn a_key_that_is_too_old() {
    let project = sound();
    project.age("server", 91);
    project.mended("too_old", "server", &[]);
    assert!(project.desk.read(".env").starts_with("# ours\nCENCORI_API_KEY=csk_"));
    // Of one that stands nowhere here only a person knows where it is used.
    project.age("web", 400);
    project.mended("too_old", "web", &[]);
    assert!(project.desk.read("new").starts_with("cpk_"));
}

#[test]
fn a_key_of_the_limit_s_age_is_not_too_old() {
    let project = sound();
    project.age("server", 89);
    assert_eq!(project.names(&[]), [""; 0]);
}

#[test]
fn an_old_key_in_another_folder_is_replaced_there() {
    let project = sound();
    let api = project.text("api");
    project.write("apps/api/.env", format!("CENCORI_API_KEY={api}\n"));
    project.age("api", 100);
    project.mended("too_old", "api", &[]);
    assert!(!project.desk.read("apps/api/.env").contains(&api));
}

#[test]
fn a_key_in_several_env_files_is_replaced_in_all_of_them() {
    let project = sound();
    let key = project.text("shared");
    for path in ["a/site.env", "a/.env", ".env.local"] {
        project.write(path, format!("KEY={key}\n"));
    }
    project.desk.succeed("git", &["add", "a/site.env"]);
    project.mended("secret_in_git", "a/site.env:KEY", &[]);
    let text = ["a/site.env", "a/.env", ".env.local"].map(|path| project.desk.read(path));
    assert!(text[0] == text[1] && text[1] == text[2] && !text[0].contains(&key));
}

#[test]
fn a_key_at_the_wrong_place_in_every_way_is_replaced_by_one_that_belongs_there() {
    let project = sound();
    let key = project.text("wrong");
    project.write(".env.test", format!("VITE_KEY={key}\n"));
    project.write(".env.production", format!("VITE_KEY={key}\n"));
    project.desk.succeed("git", &["add", "-f", ".env.test"]);
    let expected = ["secret_for_browsers", "secret_for_browsers", "secret_in_git"];
    assert_eq!(project.names(&[]), expected);
    let finding = &project.findings(&[])[1];
    for line in finding["mend"].as_array().unwrap() {
        project.shell(line.as_str().unwrap());
    }
    assert!(project.desk.read(".env.test").starts_with("VITE_KEY=cpk_test_"));
    // The key is revoked by then, and its other place has a dead one.
    project.mended("dead_key", ".env.production:VITE_KEY", &[]);
    assert!(project.desk.read(".env.production").starts_with("VITE_KEY=cpk_"));
}

#[test]
fn a_secret_key_in_a_variable_for_browsers() {
    let project = sound();
    let leaked = project.text("leaked");
    project.write("web/.env.local", format!("VITE_KEY={leaked}\n"));
    project.mended("secret_for_browsers", "web/.env.local:VITE_KEY", &[]);
    assert!(project.desk.read("web/.env.local").starts_with("VITE_KEY=cpk_"));
    project.desk.run(&["keys", "show", "leaked"]).exits(6);
}

#[test]
fn a_secret_key_in_a_file_for_browsers() {
    let project = sound();
    let leaked = project.text("leaked");
    // git ignores what is built.
    project.write("dist/index.html", "<script src=/a.js></script>");
    project.write("dist/a.js", format!("fetch('{leaked}')"));
    let place = format!("dist/a.js:{}...", &leaked[..8]);
    project.mended("secret_for_browsers", &place, &[]);
    project.desk.run(&["keys", "show", "leaked"]).exits(6);
}

#[test]
fn a_secret_key_in_a_file_that_git_tracks() {
    let project = sound();
    let leaked = project.text("leaked");
    project.write("src/config.js", format!("const key = '{leaked}'"));
    project.desk.succeed("git", &["add", "src"]);
    let place = format!("src/config.js:{}...", &leaked[..8]);
    project.mended("secret_in_git", &place, &[]);
    project.desk.run(&["keys", "show", "leaked"]).exits(6);
}

#[test]
fn a_secret_key_in_a_tracked_env_file_is_replaced_out_of_sight() {
    let project = sound();
    let tracked = project.text("tracked");
    project.write("config/prod.env", format!("CENCORI_API_KEY={tracked}\n"));
    project.desk.succeed("git", &["add", "config"]);
    project.mended("secret_in_git", "config/prod.env:CENCORI_API_KEY", &[]);
    assert!(!project.desk.read("config/prod.env").contains(&tracked));
    assert_eq!(project.desk.succeed("git", &["ls-files", "config"]), "");
    project.desk.succeed("git", &["check-ignore", "config/prod.env"]);
}

#[test]
fn a_live_key_in_the_tree() {
    let project = sound();
    let leaked = project.text("leaked");
    project.write("notes.txt", format!("the key: {leaked}"));
    project.mended("live_in_tree", &format!("notes.txt:{}...", &leaked[..8]), &[]);
    project.desk.run(&["keys", "show", "leaked"]).exits(6);
}

#[test]
fn a_live_key_in_an_env_file_that_git_does_not_ignore() {
    let project = sound();
    let key = project.text("site");
    // Not all files end with a line break.
    project.write(".gitignore", ".env");
    for path in ["site.env", "apps/a [1]/web site.env"] {
        project.write(path, format!("CENCORI_API_KEY={key}\n"));
        project.mended("live_in_tree", &format!("{path}:CENCORI_API_KEY"), &[]);
        project.desk.succeed("git", &["check-ignore", path, ".env"]);
        assert!(project.desk.read(path).contains(&key), "the key stays where it is used");
    }
    // Another repository ignores its own files.
    project.desk.succeed("git", &["init", "-q", "inner"]);
    project.write("inner/x.env", format!("CENCORI_API_KEY={key}\n"));
    project.mended("live_in_tree", "inner/x.env:CENCORI_API_KEY", &[]);
    project.write("inner/y.env", format!("CENCORI_API_KEY={key}\n"));
    project.desk.succeed("git", &["-C", "inner", "add", "y.env"]);
    project.mended("secret_in_git", "inner/y.env:CENCORI_API_KEY", &[]);
    assert!(project.desk.read("site.env") == project.desk.read("inner/y.env"));
}

#[test]
fn a_key_that_two_environments_share() {
    let project = sound();
    let key = project.text("shared");
    project.write("a/.env.production", format!("CENCORI_API_KEY={key}\n"));
    project.write("b/.env.development", format!("CENCORI_API_KEY={key}\n"));
    project.mended("shared_between_environments", "b/.env.development:CENCORI_API_KEY", &[]);
    assert!(project.desk.read("a/.env.production").contains(&key));
    assert!(project.desk.read("b/.env.development").contains("csk_test_"));
}

#[test]
fn a_key_of_tests_where_production_belongs() {
    let project = sound();
    let key = text_of(&project.key("tests", json!({ "environment": "test" })));
    project.write(".env.production", format!("CENCORI_API_KEY={key}\n"));
    project.mended("wrong_environment", ".env.production:CENCORI_API_KEY", &[]);
}

#[test]
fn a_key_of_production_where_one_of_tests_belongs() {
    let project = sound();
    let body = json!({ "key_type": "publishable", "allowed_domains": ["app.myapp.com"] });
    let key = text_of(&project.key("live", body));
    project.write(".env.test.local", format!("VITE_KEY={key}\n"));
    project.mended("wrong_environment", ".env.test.local:VITE_KEY", &[]);
    // It has the domains that the other one had.
    let made = project.desk.run(&["keys", "show", ".env.test.local:VITE_KEY", "--json"]).exits(0);
    assert_eq!(made.json()["domains"], json!(["app.myapp.com"]));
    let text = project.text("other");
    project.write(".env.local", format!("CENCORI_TEST_API_KEY={text}\n"));
    project.mended("wrong_environment", ".env.local:CENCORI_TEST_API_KEY", &[]);
}

#[test]
fn a_key_in_an_env_file_that_is_revoked_or_unknown() {
    let project = sound();
    let key = project.text("gone");
    project.desk.run(&["keys", "revoke", "gone", "--yes"]).exits(0);
    project.write(".env.local", format!("CENCORI_API_KEY={key}\n"));
    let finding = project.alone("dead_key", ".env.local:CENCORI_API_KEY", &[]);
    assert!(finding["message"].as_str().unwrap().ends_with("... is revoked"), "{finding}");
    project.mended("dead_key", ".env.local:CENCORI_API_KEY", &[]);
    let unknown = "0123456789abcdef".repeat(3);
    project.write(".env.local", format!("VITE_CENCORI_KEY=cpk_test_{unknown}\n"));
    let finding = project.alone("dead_key", ".env.local:VITE_CENCORI_KEY", &[]);
    assert!(finding["message"].as_str().unwrap().ends_with("... is not known to the service"));
    project.mended("dead_key", ".env.local:VITE_CENCORI_KEY", &[]);
    assert!(project.desk.read(".env.local").contains("=cpk_test_"));
}

#[test]
fn what_is_dead_and_no_value_of_an_env_file_is_nothing_to_tell_of() {
    let project = sound();
    let key = project.text("gone");
    project.desk.run(&["keys", "revoke", "gone", "--yes"]).exits(0);
    project.write("src/old.js", &key);
    project.write(".env.example", format!("CENCORI_API_KEY={key}\n"));
    project.write(".env.local", format!("# CENCORI_API_KEY={key}\n"));
    project.desk.succeed("git", &["add", "-f", "."]);
    project.desk.succeed("git", &["rm", "-q", "--cached", ".env"]);
    assert_eq!(project.names(&[]), [""; 0]);
}

#[test]
fn several_live_keys_of_one_name() {
    let project = sound();
    // What stands here is in use: the newer one is what nobody stored.
    project.text("server");
    let used = project.desk.read(".env");
    project.mended("several_live", "server", &[]);
    assert_eq!(project.desk.read(".env"), used);
    // Where none does, the newest one is what a rotation would have stored.
    let old = [project.key("job", json!({})), project.key("job", json!({}))].map(|it| id_of(&it));
    let newest = id_of(&project.key("job", json!({})));
    let finding = project.alone("several_live", "job", &[]);
    let line = finding["mend"][0].as_str().unwrap();
    assert!(old.iter().all(|id| line.contains(id)) && !line.contains(&newest), "{line}");
    project.mended("several_live", "job", &[]);
    assert_eq!(project.desk.run(&["keys", "show", "job", "--json"]).exits(0).json()["id"], newest);
}

#[test]
fn keys_of_one_name_that_are_all_in_use_are_told_apart() {
    let project = sound();
    let [one, other] = [project.text("job"), project.text("job")];
    project.write("one/.env", format!("KEY={one}\n"));
    project.write("other/.env", format!("KEY={other}\n"));
    project.mended("several_live", "job", &[]);
    // Of another type or environment it is no leftover of a rotation.
    project.key("job", json!({ "environment": "test" }));
    assert_eq!(project.names(&[]), [""; 0]);
}

#[test]
fn a_rotation_that_nobody_ended() {
    let project = sound();
    let begin = ["keys", "rotate", "server", "--pause-before", "revoke", "--yes"];
    project.desk.run(&begin).exits(0);
    assert_eq!(project.names(&[]), [""; 0], "both keys of a young one are as they should be");
    let folder = project.desk.state().join("rotations");
    let journal = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&journal).unwrap();
    let old = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(8 * 24);
    let lines = text.lines().map(|line| {
        let mut entry: Value = serde_json::from_str(line).unwrap();
        if entry.get("at").is_some() {
            entry["at"] = old.to_string().into();
        }
        format!("{entry}\n")
    });
    std::fs::write(&journal, lines.collect::<String>()).unwrap();
    let id = project.alone("open_rotation", &project.rotating(), &[])["key"]["id"].clone();
    // It needs no service, and is found without one.
    assert_eq!(project.names(&["--offline"]), ["open_rotation"]);
    project.mended("open_rotation", id.as_str().unwrap(), &[]);
}

impl Project {
    /// The id of the old key of the one open rotation.
    fn rotating(&self) -> String {
        let status = self.desk.run(&["keys", "rotate", "--status", "--json"]).exits(0).json();
        status["rotations"][0]["old"]["id"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_key_that_nobody_uses() {
    let project = sound();
    project.age("server", 60);
    let key = project.text("idle");
    let call = || project.sandbox.call("GET", "/v1/models").bearer(&key).send();
    assert_eq!(call().status, 200);
    project.desk.write("cencori.toml", "[policy]\nmax_unused_days = 30\n");
    let server = project.desk.read(".env");
    let server = server.split('=').nth(1).unwrap().lines().next().unwrap().to_owned();
    assert_eq!(project.sandbox.call("GET", "/v1/models").bearer(&server).send().status, 200);
    assert_eq!(project.names(&["--usage"]), [""; 0]);
    project.age("idle", 40);
    assert_eq!(project.names(&[]), [""; 0], "the logs are read where that is asked for");
    let finding = project.alone("unused", "idle", &["--usage"]);
    assert!(finding["message"].as_str().unwrap().contains("tell of no call"), "{finding}");
    project.mended("unused", "idle", &["--usage"]);
    project.desk.run(&["keys", "show", "idle"]).exits(6);
    // Of all time the logs tell the last call.
    project.desk.write("cencori.toml", "[policy]\nmax_unused_days = 50\n");
    project.age("server", 1);
    assert_eq!(project.names(&["--usage"]), [""; 0]);
    project.age("server", 60);
    let finding = &project.findings(&["--usage"])[1];
    assert!(finding["message"].as_str().unwrap().starts_with("nobody has used"), "{finding}");
}

#[test]
fn domains_that_are_wrong() {
    for (rule, wrong, domains) in [
        ("too_broad", "*.github.io", &["*.github.io", "a.example"][..]),
        ("address_end", "*.0.1", &["*.0.1"]),
        ("never_matches", "https://a.example", &["https://a.example", "b.example"]),
        ("trailing_dot", "a.example.", &["a.example."]),
        ("address_wildcard", "*.10.0.0.1", &["*.10.0.0.1"]),
        ("bare_suffix", "vercel.app", &["a.vercel.app", "vercel.app"]),
        ("local_in_production", "localhost", &["localhost", "a.example"]),
        ("shadowed", "a.b.example", &["*.b.example", "a.b.example"]),
    ] {
        let project = Project::new();
        let id = web(&project, domains);
        let finding = project.alone(rule, &format!("web {wrong}"), &[]);
        assert_eq!(finding["domain"], wrong);
        assert_eq!(finding["key"]["id"], id);
        project.mended(rule, &format!("web {wrong}"), &[]);
        project.desk.run(&["keys", "show", &id]).exits(6);
    }
}

#[test]
fn what_is_right_about_a_list_of_domains_stays() {
    let project = Project::new();
    web(&project, &["*.github.io", "Shop.example", "localhost", "a.example"]);
    let domains = |project: &Project| {
        project.desk.run(&["keys", "show", "web", "--json"]).exits(0).json()["domains"].clone()
    };
    assert_eq!(project.names(&[]), ["too_broad", "never_matches", "local_in_production"]);
    project.mend(&[]);
    assert_eq!(domains(&project), json!(["shop.example", "localhost", "a.example"]));
    assert_eq!(project.names(&[]), ["local_in_production"]);
    project.mend(&[]);
    assert_eq!(domains(&project), json!(["shop.example", "a.example"]));
    // What is broad stays where another thing is mended.
    let project = Project::new();
    web(&project, &["*.github.io", "localhost"]);
    let finding = project.findings(&[])[1].clone();
    project.shell(finding["mend"][0].as_str().unwrap());
    assert_eq!(domains(&project), json!(["*.github.io"]));
}
