//! Each thing that can be wrong with a key of the project, by itself; and fixed by the
//! commands that are named for it.

use serde_json::{Value, json};

use super::{Project, id_of, sound, web};

#[test]
fn a_key_that_is_too_old() {
    let project = sound();
    project.age("server", 91);
    project.fixed("too_old", "server", &[]);
    assert!(project.desk.read(".env").starts_with("# ours\nCENCORI_API_KEY=csk_"));
    // Of one that stands nowhere here only a person knows where it is used.
    project.age("web", 400);
    project.fixed("too_old", "web", &[]);
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
    project.fixed("too_old", "api", &[]);
    assert!(!project.desk.read("apps/api/.env").contains(&api));
}

#[test]
fn several_live_keys_of_one_name() {
    let project = sound();
    // What stands here is in use: the newer one is what nobody stored.
    project.text("server");
    let used = project.desk.read(".env");
    project.fixed("several_live", "server", &[]);
    assert_eq!(project.desk.read(".env"), used);
    // Where none does, the newest one is what a rotation would have stored.
    let old = [project.key("job", json!({})), project.key("job", json!({}))].map(|it| id_of(&it));
    let newest = id_of(&project.key("job", json!({})));
    let finding = project.alone("several_live", "job", &[]);
    // Who uses them is looked at first.
    assert!(finding["fix"][0].as_str().unwrap().ends_with(" --usage"));
    let line = finding["fix"][2].as_str().unwrap();
    assert!(old.iter().all(|id| line.contains(id)) && !line.contains(&newest), "{line}");
    project.fixed("several_live", "job", &[]);
    assert_eq!(project.desk.run(&["keys", "show", "job", "--json"]).exits(0).json()["id"], newest);
}

#[test]
fn keys_of_one_name_that_are_all_in_use_are_told_apart() {
    let project = sound();
    let [one, other] = [project.text("job"), project.text("job")];
    project.write("one/.env", format!("KEY={one}\n"));
    project.write("other/.env", format!("KEY={other}\n"));
    project.fixed("several_live", "job", &[]);
    // A name may begin like a flag.
    let [one, other] = [project.text("-x"), project.text("-x")];
    project.write("one/.env", format!("KEY={one}\n"));
    project.write("other/.env", format!("KEY={other}\n"));
    assert_eq!(project.names(&[]), ["several_live"]);
    project.fix(&[]);
    assert_eq!(project.names(&[]), [""; 0]);
    // Of another type or environment it is no leftover of a rotation.
    project.key("job", json!({ "environment": "test" }));
    assert_eq!(project.names(&[]), [""; 0]);
}

#[test]
fn a_rotation_that_nobody_ended() {
    let project = sound();
    let old_text = project.desk.read(".env");
    let old_text = old_text.lines().find_map(|it| it.strip_prefix("CENCORI_API_KEY=")).unwrap();
    let begin = ["keys", "rotate", "server", "--pause-before", "revoke", "--yes"];
    project.desk.run(&begin).exits(0);
    assert_eq!(project.names(&[]), [""; 0], "both keys of a young one are as they should be");
    // What is wrong with one of its keys is fixed by its end.
    let new = project.desk.read(".env");
    project.write(".env.staging", new.replace("CENCORI_API_KEY", "VITE_KEY"));
    let line = project.findings(&[])[0]["fix"][0].as_str().unwrap().to_owned();
    assert_eq!(line, format!("cencori keys rotate --resume {}", project.rotating()));
    // Unless it stands where the rotation does not put the new one.
    project.write(".env.staging", format!("VITE_KEY={old_text}\n"));
    let finding = &project.findings(&[])[0];
    assert_eq!(finding["fix"], json!([]));
    let message = finding["message"].as_str().unwrap();
    assert!(message.contains("; change .env.staging:VITE_KEY by hand, and then"), "{message}");
    std::fs::remove_file(project.desk.path(".env.staging")).unwrap();
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
    project.fixed("open_rotation", id.as_str().unwrap(), &[]);
}

#[test]
fn a_revoked_new_key_of_an_open_rotation_is_taken_back() {
    let project = sound();
    let before = project.desk.read(".env");
    let begin = ["keys", "rotate", "server", "--pause-before", "revoke", "--yes"];
    project.desk.run(&begin).exits(0);
    project.desk.run(&["keys", "revoke", ".env:CENCORI_API_KEY", "--yes"]).exits(0);
    let finding = project.alone("dead_key", ".env:CENCORI_API_KEY", &[]);
    let abort = format!("cencori keys rotate --abort {}", project.rotating());
    assert_eq!(finding["fix"], json!([abort]));
    project.fix(&[]);
    assert_eq!(project.names(&[]), [""; 0]);
    assert_eq!(project.desk.read(".env"), before);
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
    let used = |key: &str| {
        let call = project.sandbox.call("GET", "/v1/models").bearer(key);
        assert_eq!(call.send().status, 200);
    };
    used(&key);
    project.desk.write("cencori.toml", "[policy]\nmax_unused_days = 30\n");
    let server = project.desk.read(".env");
    used(server.split('=').nth(1).unwrap().lines().next().unwrap());
    assert_eq!(project.names(&["--usage"]), [""; 0]);
    // A request as old as the log is asked to go back proves that it does.
    project.sandbox.set_plan("team");
    let shown = project.desk.run(&["keys", "show", "idle", "--json"]).exits(0).json();
    project.sandbox.add_rows(&json!({ "log": "ai", "key": shown["id"] }));
    project.age("idle", 40);
    assert_eq!(project.names(&[]), [""; 0], "the logs are read where that is asked for");
    let finding = project.alone("unused", "idle", &["--usage"]);
    assert!(finding["message"].as_str().unwrap().starts_with("nobody has used idle"), "{finding}");
    project.fixed("unused", "idle", &["--usage"]);
    project.desk.run(&["keys", "show", "idle"]).exits(6);
}

#[test]
fn a_key_whose_use_can_not_be_told_is_a_note_without_advice() {
    let project = sound();
    project.age("server", 100);
    project.desk.write("cencori.toml", "[policy]\nmax_age_days = 30\n");
    // On the free plan nobody sees what called 7 days ago, by another route.
    let findings = project.findings(&["--usage"]);
    let [old, unknown] = &findings[..] else { panic!("{findings:#?}") };
    assert_eq!(
        (&old["finding"], &unknown["finding"]),
        (&json!("too_old"), &json!("use_undetermined"))
    );
    assert!(old["fix"][0].as_str().unwrap().contains("keys rotate"), "{old}");
    assert_eq!((&unknown["fix"], &unknown["severity"]), (&json!([]), &json!("note")));
    let message = unknown["message"].as_str().unwrap();
    assert!(message.contains("within 90 days is not known: depending on the"), "{message}");
    project.desk.write("cencori.toml", "[policy]\nmax_age_days = 365\n");
    project.check(&["--usage"]).exits(0);
    // Incidents of the project are no calls, and no failure either.
    project.sandbox.add_rows(&json!({ "log": "incident", "rows": 200 }));
    assert_eq!(project.names(&["--usage"]), ["use_undetermined"]);
    // Within 7 days an empty log is proof, unless there are too many keys.
    project.desk.write("cencori.toml", "[policy]\nmax_age_days = 365\nmax_unused_days = 7\n");
    assert_eq!(project.names(&["--usage"]), ["unused"]);
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
        project.fixed(rule, &format!("web {wrong}"), &[]);
        project.desk.run(&["keys", "show", &id]).exits(6);
    }
}

#[test]
fn what_is_right_about_a_list_of_domains_stays() {
    let project = Project::new();
    let broad = ["*.github.io", "Shop.example", "localhost", "a.example", "shop.example."];
    web(&project, &broad);
    let domains = |project: &Project| {
        project.desk.run(&["keys", "show", "web", "--json"]).exits(0).json()["domains"].clone()
    };
    let expected = ["too_broad", "never_matches", "trailing_dot", "local_in_production"];
    assert_eq!(project.names(&[]), expected);
    // One command fixes them all: the second would find no key any more.
    project.fix(&[]);
    assert_eq!(domains(&project), json!(["shop.example", "a.example"]));
    assert_eq!(project.names(&[]), [""; 0]);
    // What somebody has decided to live with stays, be it broad.
    let project = Project::new();
    web(&project, &["*.github.io", "localhost"]);
    let suppression = "[[policy.suppression]]\nfinding = \"too_broad\"\nlocation = \"web *.github.io\"\n\
                   reason = \"ours\"\nuntil = 2999-12-31\n";
    project.write("cencori.toml", suppression);
    project.fixed("local_in_production", "web localhost", &[]);
    assert_eq!(domains(&project), json!(["*.github.io"]));
}

#[test]
fn a_long_command_is_told_once_however_much_it_fixes() {
    let project = sound();
    let wrong = (0..100).map(|number| format!("Shop{number}.Example")).collect::<Vec<_>>();
    let id = web(&project, &wrong.iter().map(String::as_str).collect::<Vec<_>>());
    let findings = project.findings(&[]);
    let of_web: Vec<_> = findings.iter().filter(|it| it["finding"] == "never_matches").collect();
    assert!(of_web.len() == wrong.len() && of_web.iter().all(|it| id_of(&it["key"]) == id));
    let first = of_web[0]["location"].as_str().unwrap();
    assert_eq!(of_web[0]["fix"][0].as_str().unwrap().matches(".example").count(), wrong.len());
    for other in &of_web[1..] {
        assert_eq!(other["fix"], json!([]));
        let message = other["message"].as_str().unwrap();
        let end = format!("; the fix of {first} fixes this too");
        assert!(message.ends_with(&end), "{message}");
    }
    project.shell(of_web[0]["fix"][0].as_str().unwrap());
    assert!(!project.names(&[]).contains(&"never_matches".to_owned()));
}
