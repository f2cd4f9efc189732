//! `keys create`: what is made, where it goes, and what is said.

use serde_json::json;

use crate::harness::{Desk, TestSandbox, assert_snapshot};

/// Makes a publishable key and puts it into `.env`.
const CREATE_WEB: [&str; 7] =
    ["keys", "create", "web", "--publishable", "--domain", "*.myapp.com", "--env-file"];

/// The status that the gateway gives `key` used from `origin`.
fn moderation(sandbox: &TestSandbox, key: &str, origin: &str) -> u16 {
    let call = sandbox.call("POST", "/api/ai/moderation").bearer(key).header("origin", origin);
    call.json(&json!({})).send().status
}

fn value_of(desk: &Desk, variable: &str) -> String {
    let content = desk.read(".env");
    let line = content.lines().find_map(|line| line.strip_prefix(&format!("{variable}=")));
    line.unwrap_or_else(|| panic!("no {variable} in {content}")).to_owned()
}

#[test]
fn a_publishable_key_goes_into_env_and_works_from_its_domains_until_revoked() {
    let sandbox =
        TestSandbox::start_with(|options| options.gateway_cache = std::time::Duration::ZERO);
    let desk = Desk::at(&sandbox);
    let created = desk.run(&CREATE_WEB);
    assert_snapshot("create_publishable", &created.exits(0).transcript());
    assert_snapshot("create_publishable_env", &desk.read(".env"));
    assert!(desk.open_creations().is_empty());

    let key = value_of(&desk, "NEXT_PUBLIC_CENCORI_PUBLISHABLE_KEY");
    // 400 means that key and origin were accepted; the body holds no input.
    assert_eq!(moderation(&sandbox, &key, "https://app.myapp.com"), 400);
    assert_eq!(moderation(&sandbox, &key, "https://evil.example"), 403);
    let revoked = desk.run(&["keys", "revoke", "web", "--yes"]).exits(0);
    assert_snapshot("revoke", &revoked.transcript());
    assert_eq!(moderation(&sandbox, &key, "https://app.myapp.com"), 401);
}

#[test]
fn the_embedded_sandbox_is_all_it_takes() {
    let desk = Desk::new();
    desk.run(&[&["--sandbox"], &CREATE_WEB[..]].concat()).exits(0);
    let key = value_of(&desk, "NEXT_PUBLIC_CENCORI_PUBLISHABLE_KEY");
    let listed = desk.run(&["--sandbox", "--json", "keys", "list"]).exits(0).json();
    assert_eq!(listed["keys"][0]["prefix"], format!("{}...", &key[..8]));
    desk.run(&["--sandbox", "keys", "revoke", "web", "--yes"]).exits(0);
    desk.run(&["--sandbox", "keys", "show", "web"]).exits(6);
}

#[test]
fn without_a_sink_the_key_is_the_only_thing_on_stdout() {
    let sandbox = TestSandbox::start();
    let created = Desk::at(&sandbox).run(&["keys", "create", "server"]).exits(0);
    assert_snapshot("create_printed", &created.transcript());
    assert_eq!(moderation(&sandbox, created.stdout.trim_end(), ""), 400);
}

#[test]
fn json_holds_the_key_only_where_stdout_is_a_sink() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let stored = desk.run(&["--json", "keys", "create", "a", "--env-file"]).exits(0);
    assert_snapshot("create_json_stored", &stored.transcript());
    let revealed =
        desk.run(&["--json", "keys", "create", "b", "--env-file", "b.env", "--reveal"]).exits(0);
    assert_snapshot("create_json_revealed", &revealed.transcript());
    assert_eq!(
        format!("CENCORI_API_KEY={}\n", revealed.json()["key"].as_str().unwrap()),
        desk.read("b.env")
    );
    let printed = desk.run(&["--json", "keys", "create", "c"]).exits(0);
    assert!(printed.json()["key"].as_str().unwrap().starts_with("csk_"));
}

#[test]
fn a_command_gets_exactly_the_key_and_no_credentials() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let line = "cat > got; env > environment; echo noise";
    let created = desk.run(&["keys", "create", "server", "--pipe-to", line]).exits(0);
    assert_eq!(created.stdout, "");
    assert!(cencori_cli::key::is_key(&desk.read("got")), "{}", desk.read("got"));
    assert!(!desk.read("environment").contains("CENCORI_PASSWORD"));
}

#[test]
fn several_destinations_each_get_the_key() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let arguments = [
        "keys",
        "create",
        "server",
        "--env-file",
        "a.env",
        "--env-file",
        "b.env",
        "--var",
        "KEY",
        "--pipe-to",
        "cat > got",
        "--pipe-to",
        "cat > got2",
    ];
    desk.run(&arguments).exits(0);
    let key = desk.read("got");
    assert_eq!(desk.read("got2"), key);
    assert_eq!(desk.read("a.env"), format!("KEY={key}\n"));
    assert_eq!(desk.read("b.env"), format!("KEY={key}\n"));
}

#[test]
fn if_one_of_two_destinations_fails_the_key_stays_in_the_other() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let partly = desk.run(&[
        "keys",
        "create",
        "server",
        "--env-file",
        "--pipe-to",
        "cat >/dev/null; exit 3",
    ]);
    assert_snapshot("create_partly", &partly.exits(7).transcript());
    assert_eq!(moderation(&sandbox, &value_of(&desk, "CENCORI_API_KEY"), ""), 400);
    assert!(desk.open_creations().is_empty());
}

#[test]
fn where_the_only_sink_fails_the_key_is_revoked() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let failed = desk.run(&["keys", "create", "server", "--pipe-to", "cat > got; exit 3"]).exits(1);
    assert_snapshot("create_sink_failed", &failed.transcript());
    assert_eq!(moderation(&sandbox, &desk.read("got"), ""), 401);
    assert!(desk.open_creations().is_empty());
}

#[test]
fn variables_follow_type_environment_and_framework() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "a", "--environment", "test", "--env-file"]).exits(0);
    desk.write("package.json", r#"{"devDependencies":{"vite":"7"}}"#);
    desk.run(&["keys", "create", "b", "--publishable", "--domain", "localhost", "--env-file"])
        .exits(0);
    assert!(value_of(&desk, "CENCORI_TEST_API_KEY").starts_with("csk_test_"));
    assert!(value_of(&desk, "VITE_CENCORI_PUBLISHABLE_KEY").starts_with("cpk_"));
}

#[test]
fn a_standing_value_is_replaced_only_when_that_is_said() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.write(".env", "CENCORI_API_KEY=old\nOTHER=1\n");
    let refused = desk.run(&["keys", "create", "server", "--env-file"]).exits(2);
    assert_snapshot("create_would_overwrite", &refused.transcript());
    assert_eq!(desk.read(".env"), "CENCORI_API_KEY=old\nOTHER=1\n");
    assert!(sandbox.requests().is_empty(), "asked before the file was checked");
    desk.run(&["keys", "create", "server", "--env-file", "--overwrite"]).exits(0);
    assert!(value_of(&desk, "CENCORI_API_KEY").starts_with("csk_"));
    // An empty value is no value.
    desk.write(".env", "CENCORI_API_KEY=\n");
    desk.run(&["keys", "create", "server", "--env-file"]).exits(0);
}

#[test]
fn git_decides_what_may_be_written() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.succeed("git", &["init", "--quiet"]);
    let exposed = desk.run(&["keys", "create", "a", "--env-file"]).exits(0);
    assert_snapshot("create_exposed_to_git", &exposed.transcript());
    desk.write(".gitignore", ".env*\n");
    let ignored = desk.run(&["keys", "create", "b", "--env-file", ".env.local"]).exits(0);
    assert!(!ignored.stderr.contains("warning"), "{}", ignored.transcript());
    desk.succeed("git", &["add", "--force", ".env"]);
    let before = desk.read(".env");
    let tracked = ["keys", "create", "c", "--env-file", ".env", "--overwrite"];
    let tracked = desk.run(&tracked).exits(2);
    assert_snapshot("create_tracked_by_git", &tracked.transcript());
    assert_eq!(desk.read(".env"), before);
}

#[test]
fn a_repository_that_can_not_be_read_is_told_of() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.succeed("git", &["init", "--quiet"]);
    desk.write(".env", "");
    desk.succeed("git", &["add", ".env"]);
    // What points git elsewhere does not keep the file from being seen.
    let elsewhere = Desk::at(&sandbox).path("");
    let mut create = desk.command(&["keys", "create", "a", "--env-file"]);
    let output = create.env("GIT_DIR", elsewhere).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    desk.clone().with("PATH", "/nonexistent").run(&["keys", "create", "b", "--env-file"]).exits(2);
    let index = std::fs::read(desk.path(".git/index")).unwrap();
    desk.write(".git/index", &index[..50]);
    let told = desk.run(&["keys", "create", "b", "--env-file"]).exits(0);
    assert!(told.stderr.contains("Whether git tracks .env is unknown"), "{}", told.transcript());
}

#[test]
fn a_live_key_that_is_overwritten_is_named() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "first", "--env-file"]).exits(0);
    let second = desk.run(&["keys", "create", "second", "--env-file", "--overwrite"]).exits(0);
    assert_snapshot("create_overwrites_a_live_key", &second.transcript());
    let third = ["--json", "keys", "create", "third", "--env-file", "--overwrite", "--reveal"];
    let warnings = desk.run(&third).exits(0).json()["warnings"].clone();
    assert!(warnings[0].as_str().unwrap().contains("still live"), "{warnings}");
}

#[cfg(unix)]
#[test]
fn a_stream_is_no_file() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    std::os::unix::fs::symlink("/proc/self/fd/1", desk.path("link")).unwrap();
    for path in ["/dev/stdout", "/proc/self/fd/1", "link", "/dev/null"] {
        desk.run(&["keys", "create", "a", "--env-file", path]).exits(1);
    }
    assert!(sandbox.requests().is_empty());
}

#[test]
fn keys_and_files_of_different_environments_are_warned_of() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let warned = |arguments: &[&str]| desk.run(arguments).exits(0).stderr.contains("warning:");
    assert!(warned(&["keys", "create", "a", "--env-file", ".env.test"]));
    assert!(warned(&[
        "keys",
        "create",
        "b",
        "--environment",
        "test",
        "--env-file",
        ".env.production.local"
    ]));
    assert!(!warned(&["keys", "create", "c", "--env-file", ".env.production"]));
    assert!(!warned(&["keys", "create", "d", "--environment", "test", "--env-file", ".env.test2"]));
}

#[test]
fn a_second_key_of_one_name_is_warned_of() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web"]).exits(0);
    let second = desk.run(&["keys", "create", " web "]).exits(0);
    assert!(second.stderr.contains("live key named web exists already"), "{}", second.transcript());
    assert_snapshot(
        "revoke_ambiguous",
        &desk.run(&["keys", "revoke", "web", "--yes"]).exits(6).transcript(),
    );
}

#[test]
fn domains_are_normalised_and_wrong_ones_refused_before_anything_is_asked() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let create = |domain: &str| {
        desk.run(&["--json", "keys", "create", "web", "--publishable", "--domain", domain])
    };
    assert_eq!(
        create(" *.BÜCHER.example ").exits(0).json()["domains"],
        json!(["*.xn--bcher-kva.example"])
    );
    let asked = sandbox.requests().len();
    let mut refusals = String::new();
    for domain in [
        "https://app.com",
        "app.com:3000",
        "app.com/x",
        "*",
        "foo.*",
        "*foo.com",
        "a b.com",
        ".myapp.com",
        "a..com",
        "::1",
        "*.com",
        "*.co.uk",
        "*.github.io",
        "exa\u{1b}[31mmple.com",
        "",
    ] {
        let error = create(domain).exits(2).error();
        refusals += &format!("{domain:?}\n  {}\n", error["message"].as_str().unwrap());
        for hint in error["hints"].as_array().unwrap() {
            refusals += &format!("  hint: {}\n", hint.as_str().unwrap());
        }
    }
    assert_snapshot("create_refused_domains", &refusals);
    assert_eq!(sandbox.requests().len(), asked);
    let broad =
        ["keys", "create", "web", "--publishable", "--domain", "*.github.io", "--allow-broad"];
    desk.run(&broad).exits(0);
}

#[test]
fn a_key_goes_where_the_project_reads_it() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let stored = |arguments: &[&str]| {
        let run = desk.run(&[&["keys", "create", "a"], arguments].concat()).exits(0);
        let line = run.stderr.lines().find_map(|line| line.strip_prefix("Stored in "));
        line.unwrap_or_else(|| panic!("{}", run.transcript())).trim_end_matches('.').to_owned()
    };
    let test = ["--environment", "test", "--env-file"];
    let publishable = ["--publishable", "--domain", "localhost", "--env-file"];
    // A test key has the name that SDKs read, but not where production's would be.
    assert_eq!(stored(&test), ".env as CENCORI_TEST_API_KEY");
    for file in [".env.development", ".env.test", ".dev.vars", "app/.env.test.local"] {
        std::fs::create_dir_all(desk.path("app")).unwrap();
        assert_eq!(stored(&[&test[..], &[file]].concat()), format!("{file} as CENCORI_API_KEY"));
    }
    // The next one goes where the variable is set, and asks.
    let again = desk.run(&[&["keys", "create", "a"], &test[..]].concat()).exits(2);
    assert!(again.stderr.contains("in .env.development has a value already"), "{}", again.stderr);
    for file in [".env", ".env.development", ".env.test", ".dev.vars"] {
        std::fs::remove_file(desk.path(file)).unwrap();
    }

    desk.write("wrangler.jsonc", "{}");
    assert_eq!(stored(&["--env-file"]), ".dev.vars as CENCORI_API_KEY");
    std::fs::remove_file(desk.path(".dev.vars")).unwrap();
    desk.write("package.json", r#"{"dependencies":{"next":"15"}}"#);
    assert_eq!(stored(&["--env-file"]), ".env.local as CENCORI_API_KEY");
    // `keys verify` and `link` look there too, and a rotation replaces it there.
    desk.run(&["keys", "verify"]).exits(0);
    desk.run(&["link"]).exits(0);
    let name = "NEXT_PUBLIC_CENCORI_PUBLISHABLE_KEY";
    assert_eq!(stored(&publishable), format!(".env.local as {name}"));
    std::fs::remove_file(desk.path(".env.local")).unwrap();
    std::fs::create_dir_all(desk.path("src/app")).unwrap();
    desk.write("src/app/page.tsx", "const key = process.env.NEXT_PUBLIC_CENCORI_KEY!;\n");
    assert_eq!(stored(&publishable), ".env.local as NEXT_PUBLIC_CENCORI_KEY");
    // What was named goes first.
    let named = [&publishable[..], &[".env", "--var", "MY_KEY"]].concat();
    assert_eq!(stored(&named), ".env as MY_KEY");
}
