//! `keys domains check` and `keys domains list`.

use serde_json::{Value, json};

use crate::harness::{Desk, TestSandbox, assert_snapshot};

const CHECK: [&str; 3] = ["keys", "domains", "check"];

/// A publishable key `web` with these domains as they are, its text in `.env`.
fn stored(sandbox: &TestSandbox, domains: &[&str]) -> Desk {
    let body = json!({ "name": "web", "key_type": "publishable", "allowed_domains": domains });
    let key = sandbox.create_key(&sandbox.owner_cookie(), &body);
    let desk = Desk::at(sandbox);
    desk.write(".env", format!("KEY={}\n", key["full_key"].as_str().expect("a key")));
    desk
}

/// How often the gateway was asked.
fn probes(sandbox: &TestSandbox) -> usize {
    let requests = sandbox.requests().into_iter();
    requests.filter(|request| request["path"] == "/api/ai/moderation").count()
}

#[test]
fn domains_are_checked_without_a_service() {
    // No address, no session, no project.
    let desk = Desk::new();
    let check = |arguments: &[&str]| desk.run(&[&CHECK, arguments].concat());
    let mut runs = check(&[
        "--domain",
        "myapp.com",
        "--domain",
        "*.shop.com",
        "https://myapp.com:3000/x",
        "SHOP.com",
        "a.b.shop.com",
    ])
    .exits(0)
    .transcript();
    runs += &check(&[
        "--domain",
        "myapp.com",
        "--domain",
        "Shop.com",
        "https://app.myapp.com",
        "shop.com",
        "myapp.com.",
        "null",
        "",
        "127.1",
        "blob:https://myapp.com/9115d58c",
    ])
    .exits(3)
    .transcript();
    assert_snapshot("domains_check", &runs);
    let run =
        check(&["--domain", "MyApp.com", "--json", "--", "myapp.com", "x.myapp.com"]).exits(3);
    assert_snapshot("domains_check_json", &run.transcript());
    // Nothing at all is a request without Origin.
    let run = check(&["--domain", "myapp.com", "--json"]).exits(3).json();
    assert_eq!(run["origins"][0]["reason"], "no_origin");
    assert_eq!(run["origins"][0]["origin"], Value::Null);

    let mut wrong =
        check(&["--domain", "myapp.com", "https://me:hunter2@a b"]).exits(2).transcript();
    wrong += &check(&[]).exits(2).transcript();
    wrong += &check(&["--domain", "myapp.com", "--live", "myapp.com"]).exits(2).transcript();
    assert_snapshot("domains_check_wrong", &wrong);
}

#[test]
fn a_wildcard_means_the_same_everywhere() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    for (domain, words, apex, below) in [
        ("*.myapp.com", "every subdomain, and myapp.com itself", true, true),
        ("myapp.com", "only myapp.com, any port", true, false),
    ] {
        let created = desk
            .run(&[
                "keys",
                "create",
                domain,
                "--publishable",
                "--domain",
                domain,
                "--env-file",
                "--var",
                "KEY",
                "--overwrite",
            ])
            .exits(0);
        let said = created.stderr.contains(&format!("{domain} allows {words}."));
        assert_eq!(said, below, "{}", created.stderr);
        let list = desk.run(&["keys", "domains", "list", domain]).exits(0).stdout;
        assert!(list.contains(&format!("{domain}\t{words}\t-\n")), "{list}");
        for (origin, admitted) in
            [("https://myapp.com", apex), ("https://www.myapp.com:3000", below)]
        {
            let arguments = [&CHECK[..], &[".env:KEY", "--live", "--json", origin]].concat();
            let run = desk.run(&arguments).exits(if admitted { 0 } else { 3 }).json();
            let answer = &run["origins"][0];
            assert_eq!(answer["admitted"], admitted, "{domain} {origin}");
            assert_eq!(answer["gateway"]["accepted"], admitted, "{domain} {origin}");
            assert_eq!(answer["gateway"]["agrees"], true, "{domain} {origin}");
        }
    }
}

#[test]
fn the_domains_of_a_key_are_checked_and_the_gateway_is_asked_only_when_told() {
    let sandbox = TestSandbox::start();
    let desk = stored(&sandbox, &["*.myapp.com", "MyApp.com"]);
    let check = |arguments: &[&str]| desk.run(&[&CHECK, arguments].concat());
    let mut runs = check(&["web", "a.myapp.com"]).exits(0).transcript();
    runs += &check(&["web", "evil.com", "null"]).exits(3).transcript();
    runs += &check(&["shop", "evil.com"]).exits(6).transcript();
    assert_snapshot("domains_check_key", &runs);
    assert_eq!(probes(&sandbox), 0);

    let live = [".env:KEY", "--live", "a.myapp.com", "evil.com", "https://a.myapp.com/x", ""];
    assert_snapshot("domains_check_live", &check(&live).exits(3).transcript());
    assert_eq!(probes(&sandbox), 3, "what was answered is not asked again");
    let json = check(&[".env:KEY", "--live", "a.myapp.com", "--json"]).exits(0);
    assert_snapshot("domains_check_live_json", &json.transcript());

    let mut wrong = check(&["web", "--live", "evil.com"]).exits(2).transcript();
    let many: Vec<_> = (0..21).map(|number| format!("a{number}.com")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let run = check(&[&[".env:KEY", "--live"], &many[..]].concat()).exits(2);
    wrong += &run.stderr;
    assert_snapshot("domains_check_live_wrong", &wrong);
    assert_eq!(probes(&sandbox), 4);
}

/// Changes the stored domains behind the gateway's back: its caches keep the old
/// ones, as those of a service that has another rule would.
#[test]
fn a_gateway_that_answers_otherwise_is_a_finding() {
    let sandbox = TestSandbox::start();
    let desk = stored(&sandbox, &["myapp.com"]);
    let check = [&CHECK[..], &[".env:KEY", "--live", "myapp.com", "other.com"]].concat();
    desk.run(&check).exits(3);
    let connection = rusqlite::Connection::open(sandbox.state()).unwrap();
    connection.execute("UPDATE api_keys SET allowed_domains = '[\"other.com\"]'", []).unwrap();
    let run = desk.run(&check).exits(3);
    assert_snapshot("domains_check_differs", &run.transcript());
    let run = desk.run(&[&check[..], &["--json"]].concat()).exits(3).json();
    assert_eq!(run["origins"][1]["admitted"], true);
    assert_eq!(run["origins"][1]["gateway"]["agrees"], false);
    assert_eq!(run["admitted"], false);
    // Also where the list admits all that is asked about.
    let only = [&CHECK[..], &[".env:KEY", "--live", "other.com"]].concat();
    desk.run(&only).exits(3);
}

#[test]
fn a_gateway_that_can_not_say_is_asked_no_further() {
    let sandbox = TestSandbox::start();
    let desk = stored(&sandbox, &["*.com"]);
    let check = [&CHECK[..], &[".env:KEY", "--live", "a.com", "b.com", "c.com"]].concat();
    let path = "/api/ai/moderation";
    let used_up = json!({ "kind": "status", "status": 429, "retry_after": 60 });
    sandbox.plant(&json!({ "path": path, "times": 0, "fault": used_up }));
    // A 429 comes after the domain was looked at.
    let mut runs = desk.run(&check).exits(8).transcript();
    assert_eq!(probes(&sandbox), 1);
    sandbox.clear_faults();
    let down = json!({ "kind": "status", "status": 503 });
    sandbox.plant(&json!({ "path": path, "times": 0, "fault": down }));
    runs += &desk.run(&check).exits(8).transcript();
    assert_eq!(probes(&sandbox), 2);
    assert_snapshot("domains_check_live_ended", &runs);
}

#[test]
fn a_secret_key_has_no_domains() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "server", "--env-file", "--var", "KEY"]).exits(0);
    let mut runs =
        desk.run(&[&CHECK[..], &["server", "evil.com", ""]].concat()).exits(0).transcript();
    runs += &desk.run(&["keys", "domains", "list", "server"]).exits(0).transcript();
    assert_snapshot("domains_secret", &runs);
    let json = desk.run(&["keys", "domains", "list", "server", "--json"]).exits(0).json();
    assert_eq!((&json["any_origin"], &json["domains"]), (&json!(true), &json!([])));
    let live = [&CHECK[..], &[".env:KEY", "--live", "--json", "evil.com"]].concat();
    let live = desk.run(&live).exits(0).json();
    assert_eq!(live["origins"][0]["gateway"]["agrees"], true);
}

#[test]
fn each_domain_is_listed_with_what_is_wrong() {
    let sandbox = TestSandbox::start();
    let domains = [
        "myapp.com",
        "*.myapp.com",
        "MyApp.com",
        "https://shop.com:3000",
        "münchen.example",
        "*",
        ".shop.com",
        "*.github.io",
        "*.internal",
        "vercel.app",
        "localhost",
        "shop.com.",
        "*.192.0.2.1",
        "::1",
        "a\u{1b}[31mb.com",
    ];
    let desk = stored(&sandbox, &domains);
    let list = ["keys", "domains", "list", "web"];
    assert_snapshot("domains_list", &desk.run(&list).exits(0).transcript());
    let json = desk.run(&[&list[..], &["--json"]].concat()).exits(0).json();
    assert_eq!(json["domains"].as_array().unwrap().len(), domains.len());
    assert_snapshot(
        "domains_list_json",
        &format!("{:#}", json!(json["domains"].as_array().unwrap()[..4])),
    );

    let test = json!({
        "name": "dev", "key_type": "publishable", "allowed_domains": ["localhost"], "environment": "test",
    });
    sandbox.create_key(&sandbox.owner_cookie(), &test);
    let run = desk.run(&["keys", "domains", "list", "dev"]).exits(0);
    assert!(run.stdout.contains("localhost\tonly localhost, any port\t-\n"), "{}", run.stdout);
    desk.run(&["keys", "domains", "list", "shop"]).exits(6);
}
