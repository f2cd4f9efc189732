//! `keys domains add`, `remove` and `set`: a replacement key with another list.

use serde_json::json;

use crate::harness::{Desk, TestSandbox, assert_snapshot};

/// A publishable key `web` for two domains, which is in `.env`.
fn scene() -> (TestSandbox, Desk) {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let create = ["keys", "create", "web", "--publishable", "--env-file"];
    let domains = ["--domain", "myapp.com", "--domain", "*.myapp.com"];
    desk.run(&[&create[..], &domains].concat()).exits(0);
    (sandbox, desk)
}

/// The domains of the one live key.
fn domains(desk: &Desk) -> Vec<String> {
    let listed = desk.run(&["keys", "list", "--json"]).exits(0).json();
    let keys = listed["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 1, "{listed:#}");
    let domains = keys[0]["domains"].as_array().unwrap().clone();
    domains.iter().map(|domain| domain.as_str().unwrap().to_owned()).collect()
}

fn key(desk: &Desk) -> String {
    let text = desk.read(".env");
    text.trim_end().split_once('=').unwrap().1.to_owned()
}

#[test]
fn the_list_is_changed_by_a_replacement() {
    let (sandbox, desk) = scene();
    let before = key(&desk);
    let added = desk.run(&[
        "keys",
        "domains",
        "add",
        "web",
        "localhost",
        "myapp.com",
        "--yes",
        "--no-deploy",
    ]);
    assert_snapshot("domains_add", &added.exits(0).transcript());
    assert_eq!(domains(&desk), ["myapp.com", "*.myapp.com", "localhost"]);
    assert_ne!(key(&desk), before);
    let from = |origin: &str| {
        let call = sandbox.call("POST", "/api/ai/moderation").json(&json!({}));
        let call = call.header("authorization", &format!("Bearer {}", key(&desk)));
        call.header("origin", origin).send().status
    };
    assert_eq!((from("http://localhost:3000"), from("https://other.example")), (400, 403));
    let removed = [
        "keys",
        "domains",
        "remove",
        "web",
        "localhost",
        "*.myapp.com",
        "--yes",
        "--no-deploy",
        "--json",
    ];
    let removed = desk.run(&removed).exits(0);
    assert_snapshot("domains_remove", &removed.transcript());
    assert_eq!(domains(&desk), ["myapp.com"]);
    desk.run(&[
        "keys",
        "domains",
        "set",
        ".env:NEXT_PUBLIC_CENCORI_PUBLISHABLE_KEY",
        "shop.example",
        "--yes",
        "--no-deploy",
    ])
    .exits(0);
    assert_eq!(domains(&desk), ["shop.example"]);
    assert_eq!(from("https://shop.example"), 400);
}

#[test]
fn nothing_to_change_makes_no_key() {
    let (_sandbox, desk) = scene();
    let before = key(&desk);
    let mut runs = String::new();
    for arguments in [
        &["keys", "domains", "add", "web", "myapp.com"][..],
        &["keys", "domains", "remove", "web", "other.example", "--yes", "--no-deploy"],
        &[
            "keys",
            "domains",
            "set",
            "web",
            "*.myapp.com",
            "myapp.com",
            "--yes",
            "--no-deploy",
            "--json",
        ],
    ] {
        runs += &desk.run(arguments).exits(0).transcript();
    }
    assert_snapshot("domains_unchanged", &runs);
    assert_eq!(key(&desk), before);
}

#[test]
fn what_can_not_be_is_refused_before_a_key_is_made() {
    let (_sandbox, desk) = scene();
    desk.run(&["keys", "create", "server"]).exits(0);
    let before = key(&desk);
    let mut runs = String::new();
    for (arguments, code) in [
        (
            &[
                "keys",
                "domains",
                "remove",
                "web",
                "myapp.com",
                "*.myapp.com",
                "--yes",
                "--no-deploy",
            ][..],
            2,
        ),
        (&["keys", "domains", "add", "web", "https://myapp.com/", "--yes", "--no-deploy"], 2),
        (&["keys", "domains", "add", "web", "*.github.io", "--yes", "--no-deploy"], 2),
        (&["keys", "domains", "add", "server", "myapp.com", "--yes", "--no-deploy"], 2),
        (&["keys", "domains", "add", "nope", "myapp.com", "--yes", "--no-deploy"], 6),
        (&["keys", "domains", "add", "web", "new.example"], 2),
        (&["keys", "domains", "add", "web"], 2),
    ] {
        runs += &desk.run(arguments).exits(code).transcript();
    }
    assert_snapshot("domains_refused", &runs);
    assert_eq!(key(&desk), before);
}

#[test]
fn it_is_a_rotation_with_all_its_safety() {
    let (_sandbox, desk) = scene();
    let before = key(&desk);
    let paused = ["keys", "domains", "add", "web", "new.example", "--pause-before", "deploy"];
    desk.run(&paused).exits(0);
    assert_ne!(key(&desk), before);
    desk.run(&["keys", "domains", "add", "web", "new.example", "--yes", "--no-deploy"]).exits(2);
    desk.run(&["keys", "rotate", "--abort"]).exits(0);
    assert_eq!(key(&desk), before);
    assert_eq!(domains(&desk), ["myapp.com", "*.myapp.com"]);
    let failed = [
        "keys",
        "domains",
        "add",
        "web",
        "new.example",
        "--yes",
        "--no-deploy",
        "--verify-with",
        "false",
    ];
    desk.run(&failed).exits(1);
    desk.run(&["keys", "rotate", "--resume", "--verify-with", "true"]).exits(0);
    assert_eq!(domains(&desk), ["myapp.com", "*.myapp.com", "new.example"]);
}
