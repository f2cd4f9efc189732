//! `link`, `cencori.toml` and profiles: named once, found from any folder below.

use crate::harness::{Desk, TestSandbox, assert_snapshot};

fn unlinked(sandbox: &TestSandbox) -> Desk {
    Desk::at(sandbox).without("CENCORI_PROJECT")
}

#[test]
fn a_live_key_in_env_is_enough() {
    let sandbox = TestSandbox::start();
    Desk::at(&sandbox).run(&["keys", "create", "web"]).exits(0);
    let desk = unlinked(&sandbox);
    assert_snapshot("link_nothing_named", &desk.run(&["keys", "list"]).exits(2).transcript());
    assert_snapshot("link_no_key", &desk.run(&["link"]).exits(6).transcript());
    let key = Desk::at(&sandbox).run(&["keys", "create", "server"]).exits(0).stdout;
    desk.write(".env.local", format!("OTHER=1\nCENCORI_API_KEY={key}"));
    assert_snapshot("link", &desk.run(&["link"]).exits(0).transcript());
    let project = sandbox.identity().project_id.to_string();
    assert_snapshot("link_file", &desk.read("cencori.toml"));
    assert!(desk.read("cencori.toml").contains(&project));
    assert!(!desk.read("cencori.toml").contains("csk_"));
    assert_snapshot("link_again", &desk.run(&["link"]).exits(0).transcript());

    // From any folder below.
    std::fs::create_dir_all(desk.path("a/b")).unwrap();
    let mut below = desk.command(&["keys", "show", "server"]);
    assert!(below.current_dir(desk.path("a/b")).output().unwrap().status.success());
}

#[test]
fn a_project_is_linked_in_every_form_and_checked() {
    let sandbox = TestSandbox::start();
    let identity = sandbox.identity();
    let project = identity.project_id.to_string();
    let desk = unlinked(&sandbox);
    desk.run(&["link", &project]).exits(0);
    let key = desk.run(&["keys", "create", "server"]).exits(0).stdout;
    desk.write("some.env", format!("K={key}"));
    std::fs::remove_file(desk.path("cencori.toml")).unwrap();
    assert_eq!(desk.run(&["--json", "link", "some.env:K"]).exits(0).json()["project"], project);
    std::fs::remove_file(desk.path("cencori.toml")).unwrap();
    desk.run_with_input(&["link", "-"], key.as_bytes()).exits(0);
    std::fs::remove_file(desk.path("cencori.toml")).unwrap();
    desk.run(&[
        "link",
        "some.env:K",
        "https://cencori.com/dashboard/acme/projects/sandbox-project",
    ])
    .exits(6);
    let mut runs = String::new();
    for (arguments, code) in [
        (&["link", "00000000-0000-4000-8000-000000000000"][..], 6),
        (&["link", &identity.foreign_project_id.to_string()], 5),
        (&["link", "my-project"], 2),
        (&["link", &project, "some.env:K"], 2),
        (&["link", &project, "https://cencori.com/dashboard/x"], 2),
        (&["link", "none.env:K"], 6),
    ] {
        runs += &desk.run(arguments).exits(code).transcript();
        assert!(!desk.path("cencori.toml").exists());
    }
    assert_snapshot("link_refused", &runs);
}

#[test]
fn a_standing_file_keeps_its_comments() {
    let sandbox = TestSandbox::start();
    let desk = unlinked(&sandbox);
    let old = "# Ours.\n\nproject   =   \"00000000-0000-4000-8000-000000000000\"   # old\n# End.\n";
    desk.write("cencori.toml", old);
    let project = sandbox.identity().project_id.to_string();
    desk.run(&["link", &project]).exits(0);
    assert_eq!(
        desk.read("cencori.toml"),
        old.replace("00000000-0000-4000-8000-000000000000", &project)
    );
}

#[test]
fn a_file_that_commands_could_not_read_is_not_written() {
    let sandbox = TestSandbox::start();
    let desk = unlinked(&sandbox);
    let project = sandbox.identity().project_id.to_string();
    for content in ["foo = 1\n", "project = \n"] {
        desk.write("cencori.toml", content);
        let refused = desk.run(&["link", &project]).exits(2);
        assert!(refused.stderr.contains("line 1, column"), "{}", refused.transcript());
        assert_eq!(desk.read("cencori.toml"), content);
    }
    // A project that is no UUID is fixed.
    desk.write("cencori.toml", "project = \"slug\"\n");
    desk.run(&["link", &project]).exits(0);
}

#[test]
fn a_wrong_file_is_told_of_by_line_and_column() {
    let sandbox = TestSandbox::start();
    let desk = unlinked(&sandbox);
    let mut runs = String::new();
    for content in
        ["project = nope\n", "# c\nproject = \"slug\"\n", "projekt = \"x\"\n", "project = \n"]
    {
        desk.write("cencori.toml", content);
        runs += &desk.run(&["keys", "list"]).exits(2).transcript();
    }
    assert_snapshot("link_wrong_files", &runs);
}

#[test]
fn flag_variable_file_and_profile_outrank_each_other_in_this_order() {
    let sandbox = TestSandbox::start();
    let project = sandbox.identity().project_id.to_string();
    let nowhere = "00000000-0000-4000-8000-000000000000";
    let settings = format!(
        "profile = \"work\"\n[profiles.work]\ndashboard_url = \"{}\"\nproject = \"{project}\"\n\
         [profiles.empty]\ndashboard_url = \"{}\"\n",
        sandbox.url(),
        sandbox.url()
    );
    let desk =
        unlinked(&sandbox).without("CENCORI_DASHBOARD_URL").with("CENCORI_CONFIG_DIR", "config");
    std::fs::create_dir(desk.path("config")).unwrap();
    desk.write("config/config.toml", settings);
    desk.run(&["keys", "list"]).exits(0);
    desk.run(&["--profile", "empty", "keys", "list"]).exits(2);
    assert_snapshot(
        "profile_unknown",
        &desk.run(&["--profile", "nope", "keys", "list"]).exits(2).transcript(),
    );
    desk.write("cencori.toml", format!("project = \"{nowhere}\"\n"));
    let by_file = desk.run(&["keys", "list"]).exits(6);
    assert!(by_file.stderr.contains("cencori.toml"), "{}", by_file.transcript());
    let desk = desk.with("CENCORI_PROJECT", &project);
    desk.run(&["keys", "list"]).exits(0);
    desk.run(&["--project", nowhere, "keys", "list"]).exits(6);
    // The sandbox has a project of its own.
    desk.run(&["--sandbox", "keys", "list"]).exits(0);
}
