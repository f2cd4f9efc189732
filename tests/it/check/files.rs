//! Each thing that can be wrong with a key in a file, by itself; and fixed by the
//! commands that are named for it.

use serde_json::json;

use super::{Project, id_of_listed, sound, text_of};
use crate::harness::CENCORI;

/// The processor time of the command with `arguments`, in seconds.
#[cfg(unix)]
fn processor_time(project: &Project, arguments: &str) -> f64 {
    let line = format!("TIMEFORMAT=%U; time \"$0\" {arguments} >/dev/null 2>&1");
    let output = project.desk.program("bash").args(["-c", &line, CENCORI]).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    text.trim().parse().unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Not how long it takes, but how much longer with more: four times the keys take four
/// times as long, and sixteen times where each is held to all others.
#[cfg(unix)]
#[test]
fn the_work_grows_with_the_number_of_keys_and_not_with_its_square() {
    let project = Project::new();
    let times = [2_000, 8_000].map(|count| {
        let name = format!(".env.{count}");
        let lines = (0..count).map(|number| format!("KEY_{number}=csk_{number:048x}\n"));
        project.write(&name, lines.collect::<String>());
        // The best of three: what else the machine does only adds.
        let time = || processor_time(&project, &format!("keys check --offline --json {name}"));
        (0..3).map(|_| time()).fold(f64::INFINITY, f64::min)
    });
    assert!(times[0] > 0.02, "{times:?}: too short to be compared");
    assert!(times[1] < 9.0 * times[0], "{times:?}");
}

#[test]
fn a_key_in_several_env_files_is_replaced_in_all_of_them() {
    let project = sound();
    let key = project.text("shared");
    for path in ["a/site.env", "a/.env", ".env.local"] {
        project.write(path, format!("KEY={key}\n"));
    }
    project.desk.succeed("git", &["add", "a/site.env"]);
    project.fixed("secret_in_git", "a/site.env:KEY", &[]);
    let text = ["a/site.env", "a/.env", ".env.local"].map(|path| project.desk.read(path));
    assert!(text[0] == text[1] && text[1] == text[2] && !text[0].contains(&key));
    // Also where git tracks several of them.
    project.desk.succeed("git", &["add", "-f", "a/.env", ".env.local"]);
    assert_eq!(project.names(&[]), ["secret_in_git", "secret_in_git"]);
    project.fix(&[]);
    assert_eq!(project.names(&[]), [""; 0]);
    assert_eq!(project.desk.read("a/.env"), project.desk.read("a/site.env"));
}

#[test]
fn what_leaked_is_replaced_where_servers_use_it() {
    for leak in ["VITE_KEY={}", "NEXT_PUBLIC_URL=https://x.example/?key={}&v=1", "VITE_KEY: {}"] {
        let project = sound();
        let key = project.text("api");
        project.write("api/.env", format!("CENCORI_API_KEY={key}\n"));
        project.write("web/.env", format!("A=1\n{}\n", leak.replace("{}", &key)));
        assert_eq!(project.names(&[]), ["secret_for_browsers"], "{leak}");
        project.fix(&[]);
        assert_eq!(project.names(&[]), [""; 0]);
        let now = project.desk.read("api/.env");
        assert!(now.starts_with("CENCORI_API_KEY=csk_") && !now.contains(&key), "{leak}");
        project.desk.run(&["keys", "verify", "api/.env:CENCORI_API_KEY"]).exits(0);
    }
    // Nothing else of the file dies with it.
    let project = sound();
    let key = project.text("leaked");
    let body = json!({ "key_type": "publishable", "allowed_domains": ["shop.example"] });
    let shop = text_of(&project.key("shop", body));
    project.write("public/index.html", format!("<script>a('{shop}');b('{key}')</script>"));
    assert_eq!(project.names(&[]), ["secret_for_browsers"]);
    project.fix(&[]);
    assert_eq!(project.names(&[]), [""; 0]);
    project.desk.run(&["keys", "show", "shop"]).exits(0);
}

#[test]
fn what_is_built_for_browsers_is_known_by_what_stands_beside_it() {
    let project = sound();
    let leaked = project.text("leaked");
    project.write("app/package.json", r#"{"devDependencies":{"vite":"7"}}"#);
    project.write("app/dist/assets/a.js", format!("fetch('{leaked}')"));
    // A server is built into a folder of that name too.
    project.write("api/package.json", r#"{"dependencies":{"express":"5"}}"#);
    project.write("api/dist/main.js", format!("fetch('{leaked}')"));
    let place = format!("app/dist/assets/a.js:{}...", &leaked[..8]);
    project.alone("secret_for_browsers", &place, &[]);
    project.alone("secret_for_browsers", &place, &["app/dist"]);
    project.fixed("secret_for_browsers", &place, &["app/dist/assets/a.js"]);
}

#[test]
fn an_env_file_may_be_a_link() {
    let project = sound();
    let leaked = project.text("leaked");
    project.write("shared/.env", format!("VITE_KEY={leaked}\n"));
    std::fs::create_dir(project.desk.path("web")).unwrap();
    std::os::unix::fs::symlink("../shared/.env", project.desk.path("web/.env.local")).unwrap();
    // Told once, under the name of the file itself, where that is searched too.
    project.fixed("secret_for_browsers", "shared/.env:VITE_KEY", &[]);
    let leaked = project.text("leaked-2");
    std::fs::create_dir(project.desk.outside("beside")).unwrap();
    std::fs::write(project.desk.outside("beside/secrets"), format!("VITE_KEY={leaked}\n")).unwrap();
    let link = project.desk.path("web/.env");
    std::os::unix::fs::symlink(project.desk.outside("beside/secrets"), &link).unwrap();
    project.fixed("secret_for_browsers", "web/.env:VITE_KEY", &[]);
    assert!(link.is_symlink());
}

#[cfg(unix)]
#[test]
fn an_env_file_that_is_a_pipe_is_not_called_right() {
    use crate::harness::Desk;
    for in_git in [true, false] {
        for ignored in [true, false] {
            let desk = Desk::new();
            if in_git {
                desk.succeed("git", &["init", "-q"]);
            }
            desk.write(".gitignore", if ignored { ".env*\n" } else { "" });
            desk.succeed("mkfifo", &[".env"]);
            for arguments in
                [&["keys", "check", "--offline"][..], &["keys", "scan", "--offline", "--env-files"]]
            {
                let run = desk.run(arguments).exits(7);
                let said = ".env could not be read: not a regular file";
                assert!(run.stderr.contains(said), "{}", run.transcript());
                assert!(!run.stderr.contains("Nothing is wrong"), "{}", run.transcript());
            }
            let json = desk.run(&["keys", "check", "--offline", "--json"]).exits(7).json();
            assert_eq!(json["complete"], false, "{json}");
            // Likewise where a link leads to one.
            std::fs::rename(desk.path(".env"), desk.path("pipe")).unwrap();
            std::os::unix::fs::symlink("pipe", desk.path(".env")).unwrap();
            for target in ["pipe", "/dev/zero"] {
                std::fs::remove_file(desk.path(".env")).unwrap();
                std::os::unix::fs::symlink(target, desk.path(".env")).unwrap();
                let run = desk.run(&["keys", "check", "--offline"]).exits(7);
                assert!(run.stderr.contains(".env could not be read"), "{}", run.transcript());
            }
        }
    }
}

#[test]
fn how_much_git_ignores_is_said() {
    let desk = crate::harness::Desk::new();
    desk.succeed("git", &["init", "-q"]);
    desk.write(".gitignore", "*\n!x\n");
    desk.write("x", "");
    desk.write("app.js", "csk_0123456789abcdef0123456789abcdef0123456789abcdef");
    let check = desk.run(&["keys", "check", "--offline"]).exits(0);
    // The rules themselves are a file that is ignored.
    let said = "Nothing is wrong; 1 file checked; git ignores 2 files.";
    assert!(check.stderr.contains(said), "{}", check.transcript());
    let json = desk.run(&["keys", "check", "--offline", "--json"]).exits(0).json();
    assert_eq!(json["ignored"], serde_json::json!({"files": 2, "folders": 0}));
}

#[test]
fn what_only_a_person_can_change_is_said_and_waited_for() {
    let project = sound();
    let key = project.text("api");
    let text = format!("API={key}\nVITE_KEY={key}\nAUTH=\"Bearer {key}\"\n");
    project.write("api/.env", text);
    let finding = project.alone("secret_for_browsers", "api/.env:VITE_KEY", &[]);
    let message = finding["message"].as_str().unwrap();
    assert!(
        message.ends_with("; change api/.env:3:14 by hand before the key is revoked"),
        "{message}"
    );
    project.fix(&[]);
    // Nothing that is in use was revoked; the same check ends it when that is done.
    project.desk.run(&["keys", "show", &id_of_listed(&finding)]).exits(0);
    project.write("notes.txt", &key);
    let finding = project.alone("live_in_tree", &format!("notes.txt:{}...", &key[..8]), &[]);
    assert_eq!(finding["fix"], json!([]), "{finding:#}");
    assert!(finding["message"].as_str().unwrap().contains("by hand, and then continue with"));
    let now = project.desk.read("api/.env");
    let new = now.lines().next().unwrap().trim_start_matches("API=").to_owned();
    project.write("api/.env", now.replace(&key, &new));
    assert_eq!(project.names(&[]), ["live_in_tree"]);
    project.fix(&[]);
    assert_eq!(project.names(&[]), [""; 0]);
    project.desk.run(&["keys", "verify", "api/.env:API"]).exits(0);

    // A value that is there twice is nobody's to guess.
    let [one, other] = [project.text("one"), project.text("other")];
    project.write("web/.env", format!("VITE_A={one}\nVITE_A={other}\n"));
    for finding in project.findings(&[]) {
        assert_eq!(finding["fix"], json!([]), "{finding:#}");
        let message = finding["message"].as_str().unwrap();
        assert!(message.contains("is set several times"), "{message}");
    }
}

#[test]
fn what_stands_elsewhere_in_the_project_is_known_wherever_one_looks() {
    let project = sound();
    let key = project.text("api");
    project.write(".env.local", format!("API={key}\n"));
    project.write("sub/notes", format!("the key: {key}"));
    let lines = project.findings(&["sub"])[0]["fix"].clone();
    assert!(lines[0].as_str().unwrap().contains("keys rotate"), "{lines}");
    let mut below = project.desk.command(&["keys", "check", "--json"]);
    let output = below.current_dir(project.desk.path("sub")).output().unwrap();
    let below: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(below["findings"].as_array().unwrap().len(), 1, "only what was asked about");
    project.fixed("live_in_tree", &format!("sub/notes:{}...", &key[..8]), &["sub"]);
    project.desk.run(&["keys", "verify", ".env.local:API"]).exits(0);
}

#[test]
fn a_folder_is_looked_into_however_it_is_named() {
    let project = sound();
    let leaked = project.text("leaked");
    project.write("web/.env", format!("VITE_KEY={leaked}\n"));
    std::fs::create_dir(project.desk.path("sub")).unwrap();
    std::os::unix::fs::symlink("web", project.desk.path("link")).unwrap();
    for path in ["web", "./web/", "sub/../web", "link", "web/..", "web/.env", "link/.env"] {
        assert_eq!(project.names(&[path]), ["secret_for_browsers"], "{path}");
    }
    let mut below = project.desk.command(&["keys", "check", ".."]);
    let output = below.current_dir(project.desk.path("sub")).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
}

#[test]
fn offline_exactly_the_key_is_revoked_before_its_text_is_gone() {
    let project = sound();
    let [leaked, used] = [project.text("leaked"), project.text("used")];
    project.write("web/.env", format!("VITE_KEY={leaked}\nAPI={used}\n"));
    project.alone("secret_for_browsers", "web/.env:VITE_KEY", &["--offline"]);
    project.fix(&["--offline"]);
    assert_eq!(project.names(&[]), [""; 0]);
    project.desk.run(&["keys", "show", "leaked"]).exits(6);
    project.desk.run(&["keys", "show", "used"]).exits(0);
    // Keys on one line are told apart by their ids, which the service knows.
    project.write("a.js", format!("a='{used}'; b='{}'", project.text("other")));
    let lines = project.findings(&["--offline", "a.js"]);
    assert_eq!(lines, [serde_json::Value::Null; 0], "nobody knows that they are live");
    project.desk.succeed("git", &["add", "a.js"]);
    for finding in project.findings(&["--offline"]) {
        let line = finding["fix"][0].as_str().unwrap();
        assert!(!line.contains("--leaked"), "{line}");
    }
}

#[test]
fn a_file_that_is_no_text_is_not_called_right() {
    let project = sound();
    let key = project.text("api");
    let bytes = [b"# cl\xe9\nVITE_KEY=".as_slice(), key.as_bytes(), b"\n"].concat();
    project.write("web/.env", bytes);
    let run = project.check(&["--json"]).exits(7);
    assert_eq!(run.json()["complete"], false);
    assert!(run.json()["warnings"][0].as_str().unwrap().starts_with("web/.env is no .env file"));
}

#[test]
fn what_is_made_for_a_place_belongs_there() {
    let project = sound();
    let key = project.text("shared");
    project.write("a/.env.production", format!("KEY={key}\n"));
    project.write("a/.env.staging", format!("CENCORI_TEST_API_KEY={key}\n"));
    let place = "a/.env.staging:CENCORI_TEST_API_KEY";
    project.fixed("shared_between_environments", place, &[]);
    assert!(project.desk.read("a/.env.staging").contains("=csk_test_"));
    // Domains that can't be given to a key are written right.
    let body =
        json!({ "key_type": "publishable", "allowed_domains": ["Shop.example", "a.com:80"] });
    let web = text_of(&project.key("shop", body));
    project.write("b/.env.test", format!("VITE_KEY={web}\n"));
    let findings = project.findings(&[]);
    project.shell(findings[0]["fix"][0].as_str().unwrap());
    let run = project.desk.run(&["keys", "show", "b/.env.test:VITE_KEY", "--json"]).exits(0);
    assert_eq!(run.json()["domains"], json!(["shop.example", "a.com"]));
}

#[test]
fn file_names_are_no_flags_and_no_patterns() {
    let project = sound();
    project.write(".gitignore", ".env\n");
    for path in ["-x.env", "[slug]/site.env", "!e/#d.env", "a 'b' $(c)/x.env"] {
        let key = project.text("odd");
        project.write(path, format!("CENCORI_API_KEY={key}\n"));
        project.desk.succeed("git", &["add", "."]);
        let place = format!("{path}:CENCORI_API_KEY");
        project.fixed("secret_in_git", &place, &[]);
        project.desk.succeed("git", &["check-ignore", "--", path]);
        project.desk.run(&["keys", "revoke", "odd", "--yes"]).exits(0);
        std::fs::remove_file(project.desk.path(path)).unwrap();
    }
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
    // All of them by the same commands.
    project.fix(&[]);
    assert!(project.desk.read(".env.test").starts_with("VITE_KEY=cpk_test_"));
    assert!(project.desk.read(".env.production").starts_with("VITE_KEY=cpk_"));
    assert_eq!(project.names(&[]), [""; 0]);
    project.desk.run(&["keys", "show", "wrong"]).exits(6);
}

#[test]
fn a_secret_key_in_a_variable_for_browsers() {
    let project = sound();
    let leaked = project.text("leaked");
    project.write("web/.env.local", format!("VITE_KEY={leaked}\n"));
    project.fixed("secret_for_browsers", "web/.env.local:VITE_KEY", &[]);
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
    project.fixed("secret_for_browsers", &place, &[]);
    project.desk.run(&["keys", "show", "leaked"]).exits(6);
}

#[test]
fn a_secret_key_in_a_file_that_git_tracks() {
    let project = sound();
    let leaked = project.text("leaked");
    project.write("src/config.js", format!("const key = '{leaked}'"));
    project.desk.succeed("git", &["add", "src"]);
    let place = format!("src/config.js:{}...", &leaked[..8]);
    project.fixed("secret_in_git", &place, &[]);
    project.desk.run(&["keys", "show", "leaked"]).exits(6);
}

#[test]
fn a_secret_key_in_a_tracked_env_file_is_replaced_out_of_sight() {
    let project = sound();
    let tracked = project.text("tracked");
    project.write("config/prod.env", format!("CENCORI_API_KEY={tracked}\n"));
    project.desk.succeed("git", &["add", "config"]);
    project.fixed("secret_in_git", "config/prod.env:CENCORI_API_KEY", &[]);
    assert!(!project.desk.read("config/prod.env").contains(&tracked));
    assert_eq!(project.desk.succeed("git", &["ls-files", "config"]), "");
    project.desk.succeed("git", &["check-ignore", "config/prod.env"]);
}

#[test]
fn a_live_key_in_the_tree() {
    let project = sound();
    let leaked = project.text("leaked");
    project.write("notes.txt", format!("the key: {leaked}"));
    project.fixed("live_in_tree", &format!("notes.txt:{}...", &leaked[..8]), &[]);
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
        project.fixed("live_in_tree", &format!("{path}:CENCORI_API_KEY"), &[]);
        project.desk.succeed("git", &["check-ignore", path, ".env"]);
        assert!(project.desk.read(path).contains(&key), "the key stays where it is used");
    }
    // Another repository ignores its own files.
    project.desk.succeed("git", &["init", "-q", "inner"]);
    project.write("inner/x.env", format!("CENCORI_API_KEY={key}\n"));
    project.fixed("live_in_tree", "inner/x.env:CENCORI_API_KEY", &[]);
    project.write("inner/y.env", format!("CENCORI_API_KEY={key}\n"));
    project.desk.succeed("git", &["-C", "inner", "add", "y.env"]);
    project.fixed("secret_in_git", "inner/y.env:CENCORI_API_KEY", &[]);
    assert!(project.desk.read("site.env") == project.desk.read("inner/y.env"));
}

#[test]
fn a_key_that_two_environments_share() {
    let project = sound();
    let key = project.text("shared");
    project.write("a/.env.production", format!("CENCORI_API_KEY={key}\n"));
    project.write("b/.env.development", format!("CENCORI_API_KEY={key}\n"));
    project.fixed("shared_between_environments", "b/.env.development:CENCORI_API_KEY", &[]);
    assert!(project.desk.read("a/.env.production").contains(&key));
    assert!(project.desk.read("b/.env.development").contains("csk_test_"));
    // Told once, where it is also of the wrong environment for its place.
    project.write("b/.env.test", format!("CENCORI_TEST_API_KEY={key}\n"));
    project.fixed("shared_between_environments", "b/.env.test:CENCORI_TEST_API_KEY", &[]);
    // Each place gets a key of its own, by a name of its own.
    for path in ["b/.env.staging", "b/.env.preview"] {
        project.write(
            path,
            format!(
                "KEY={}\n",
                project
                    .desk
                    .read("a/.env.production")
                    .trim_start_matches("CENCORI_API_KEY=")
                    .trim()
            ),
        );
    }
    for finding in project.findings(&[]) {
        project.shell(finding["fix"][0].as_str().unwrap());
    }
    assert_eq!(project.names(&[]), [""; 0]);
}

#[test]
fn a_key_of_tests_where_production_belongs() {
    let project = sound();
    let key = text_of(&project.key("tests", json!({ "environment": "test" })));
    project.write(".env.production", format!("CENCORI_API_KEY={key}\n"));
    project.fixed("wrong_environment", ".env.production:CENCORI_API_KEY", &[]);
}

#[test]
fn a_key_of_production_where_one_of_tests_belongs() {
    let project = sound();
    let body = json!({ "key_type": "publishable", "allowed_domains": ["app.myapp.com"] });
    let key = text_of(&project.key("live", body));
    project.write(".env.test.local", format!("VITE_KEY={key}\n"));
    project.fixed("wrong_environment", ".env.test.local:VITE_KEY", &[]);
    // It has the domains that the other one had.
    let made = project.desk.run(&["keys", "show", ".env.test.local:VITE_KEY", "--json"]).exits(0);
    assert_eq!(made.json()["domains"], json!(["app.myapp.com"]));
    let text = project.text("other");
    project.write(".env.local", format!("CENCORI_TEST_API_KEY={text}\n"));
    project.fixed("wrong_environment", ".env.local:CENCORI_TEST_API_KEY", &[]);
}

#[test]
fn a_key_in_an_env_file_that_is_revoked_or_unknown() {
    let project = sound();
    let key = project.text("gone");
    project.desk.run(&["keys", "revoke", "gone", "--yes"]).exits(0);
    project.write(".env.local", format!("CENCORI_API_KEY={key}\n"));
    let finding = project.alone("dead_key", ".env.local:CENCORI_API_KEY", &[]);
    assert!(finding["message"].as_str().unwrap().ends_with("... is revoked"), "{finding}");
    project.fixed("dead_key", ".env.local:CENCORI_API_KEY", &[]);
    let unknown = "0123456789abcdef".repeat(3);
    project.write(".env.local", format!("VITE_CENCORI_KEY=cpk_test_{unknown}\n"));
    let finding = project.alone("dead_key", ".env.local:VITE_CENCORI_KEY", &[]);
    assert!(finding["message"].as_str().unwrap().ends_with("... is not known to the service"));
    project.fixed("dead_key", ".env.local:VITE_CENCORI_KEY", &[]);
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
fn a_key_in_very_many_places_is_told_of_at_each_in_few_words() {
    let project = sound();
    let key = project.text("spread");
    let lines: String = (0..60).map(|number| format!("A{number}=x:{key}\n")).collect();
    project.write(".env", lines);
    project.desk.succeed("git", &["add", "-f", ".env"]);
    let findings = project.findings(&[]);
    assert_eq!(findings.len(), 60);
    for finding in &findings {
        let message = finding["message"].as_str().unwrap();
        assert!(message.contains(" and 57 more by hand"), "{message}");
    }
}
