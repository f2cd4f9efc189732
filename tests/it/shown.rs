//! What is shown of other people's texts: all that is in them, and no key.

use std::collections::HashSet;

use serde_json::json;

use crate::harness::{Desk, TestSandbox};

const HEX: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";

/// What is left of `text` without all that could stand between the letters of a key.
fn bare(text: &str) -> String {
    let mut text = text.to_lowercase();
    for hidden in ["\u{1b}[31m", "\u{200b}", "\u{2060}", "\\u{1b}[31m", "\\u{200b}", "\\u{2060}"] {
        text = text.replace(hidden, "");
    }
    text
}

#[test]
fn no_complaint_about_the_command_line_shows_a_key_that_hides() {
    let desk = Desk::new();
    let forms = [
        format!("csk_{HEX}"),
        format!("csk_0123\u{1b}[31m{}", &HEX[4..]),
        format!("c\u{1b}[31msk_{HEX}"),
        format!("csk_\u{200b}{HEX}"),
        format!("csk_0123456789\u{2060}{}", &HEX[10..]),
        format!("%63sk_{HEX}"),
        format!("csk%5F{HEX}"),
        format!("csk_{}", HEX.to_uppercase()),
        format!("CSK_{}", HEX.to_uppercase()),
    ];
    for form in &forms {
        let flag = format!("--{form}");
        let value = format!("--environment={form}");
        for arguments in [
            &["keys", "list", form][..],
            &["keys", form],
            &["keys", "list", &flag],
            &["keys", "list", &value],
            &["keys", "list", "--", form],
            &["--timeout", form, "keys", "list"],
        ] {
            for more in [&[][..], &["--json"]] {
                let run = desk.run(&[more, arguments].concat()).exits(2);
                let shown = bare(&(run.stdout.clone() + &run.stderr));
                assert!(!shown.contains("456789abcdef"), "{form:?}: {}", run.stderr);
                assert!(run.stderr.contains("whole key"), "{form:?}: {}", run.stderr);
            }
        }
    }
}

#[test]
fn a_complaint_about_the_command_line_drives_no_terminal() {
    let desk = Desk::new();
    let hostile = "a\u{202e}b\u{200b}c\u{9b}31md\u{7}e\u{e0041}";
    let run = desk.run(&["keys", "list", hostile]).exits(2);
    assert!(run.stderr.starts_with("error: unexpected argument "), "{}", run.stderr);
    assert!(run.stderr.contains("'(argument 3, not shown)'"), "{}", run.stderr);
    let raw =
        |text: &str| text.chars().any(|it| "\u{202e}\u{200b}\u{9b}\u{7}\u{e0041}".contains(it));
    assert!(!raw(&run.stderr));
    let error = desk.run(&["--json", "keys", "list", hostile]).exits(2);
    let message = error.error()["message"].as_str().unwrap().to_owned();
    assert!(!raw(&error.stderr) && message.contains("(argument 4, not shown)"), "{message}");
}

#[test]
fn no_complaint_about_the_command_line_shows_a_key_in_a_spelling_that_nobody_knows() {
    let desk = Desk::new();
    // In bodies that are whole, and in parts of such.
    let forms = [
        format!("csk_{}&#52;{}", &HEX[..4], &HEX[5..]),
        format!("csk_{}%2534{}", &HEX[..4], &HEX[5..]),
        format!("csk_{}\u{ff14}{}", &HEX[..4], &HEX[5..]),
        format!("csk_{}4\u{301}{}", &HEX[..4], &HEX[5..]),
        format!("csk_{}'{}", &HEX[..20], &HEX[20..]),
        format!("csk_{}.{}.{}", &HEX[..10], &HEX[10..20], &HEX[20..]),
        format!("csk_{}", &HEX[..40]),
        "c'en_123456789ABCDEFGHJKLMNPQRSTUVWXY".to_owned(),
        "\u{441}en_123456789ABCDEFGHJKLMNPQRSTUVWXY".to_owned(),
        "%2563en_123456789ABCDEFGHJKLMNPQRSTUVWXY".to_owned(),
        "12345 6789ABCDEFGHJKLMNPQRSTUVWXY".to_owned(),
    ];
    for form in &forms {
        let flag = format!("--{form}");
        let value = format!("--environment={form}");
        for arguments in [
            &["keys", "list", form][..],
            &["keys", form],
            &["keys", "list", &flag],
            &["keys", "list", &value],
            &["keys", "list", "--older-than", form],
            &["keys", "list", "--", form],
            &["--timeout", form, "keys", "list"],
            &["sandbox", "serve", "--access-token-lifetime", form],
            &[form],
        ] {
            for more in [&[][..], &["--json"]] {
                let run = desk.run(&[more, arguments].concat()).exits(2);
                let shown: String = bare(&(run.stdout.clone() + &run.stderr));
                let letters: String = shown.chars().filter(char::is_ascii_alphanumeric).collect();
                let leaks = ["56789abcdef", "456789abcd", "89abcdefgh", "abcdef0123"];
                assert!(!leaks.iter().any(|it| letters.contains(it)), "{form:?}: {}", run.stderr);
                // What is a key in disguise is refused before it can be complained about.
                let refused = run.stderr.contains("An argument holds a whole key");
                assert!(refused || run.stderr.contains("not shown)"), "{form:?}: {}", run.stderr);
            }
        }
    }
}

#[test]
fn what_was_mistyped_is_shown() {
    let desk = Desk::new();
    for (arguments, shown) in [
        (&["keys", "lsit"][..], "unrecognized subcommand 'lsit'"),
        (&["keys", "lsit"], "a similar subcommand exists: 'list'"),
        (&["kesy"], "unrecognized subcommand 'kesy'"),
        (&["keys", "list", "--environmnet"], "unexpected argument '--environmnet' found"),
        (&["keys", "list", "--environmnet"], "a similar argument exists: '--environment'"),
        (&["keys", "list", "--environment", "prod"], "invalid value 'prod'"),
        (&["--timeout", "soon", "keys", "list"], "'soon' for '--timeout <SECONDS>': give a time"),
        (&["--timeout", "\u{441}oon", "keys", "list"], "(argument 2, not shown)"),
        (&["--timeout", "\u{441}oon", "keys", "list"], "'--timeout <SECONDS>': give a time"),
        (&["keys", "list", ".env:CENCORI_API_KEY"], "unexpected argument '.env:CENCORI_API_KEY'"),
        (&["keys", "list", "-q", "-v"], "'--quiet' cannot be used with '--verbose'"),
    ] {
        let run = desk.run(arguments).exits(2);
        assert!(run.stderr.contains(shown), "{}", run.stderr);
    }
}

#[test]
fn names_that_differ_never_look_alike() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let cookie = sandbox.owner_cookie();
    let names = [
        "server",
        "server\u{115f}",
        "ser\u{ad}ver",
        "ser\u{2060}ver",
        "ser\u{e0041}ver",
        "ser\u{feff}ver",
        "ser\u{a0}ver",
        "ser\u{200d}ver",
        "server\u{fe0f}",
        "ser\u{202e}ver",
        "ser\u{1b}[31mver",
        "ser\u{180e}ver",
        "ser\u{2800}ver",
        "🔑",
        "🔑\u{fe0f}",
    ];
    for name in names {
        sandbox.create_key(&cookie, &json!({ "name": name }));
    }
    let invisible = |text: &str| text.chars().any(cencori_cli::printable::is_invisible);
    let list = desk.run(&["keys", "list"]).exits(0);
    let shown: HashSet<_> =
        list.stdout.lines().skip(1).map(|line| line.split('\t').next()).collect();
    assert_eq!(shown.len(), names.len(), "{}", list.stdout);
    let lines = list.stdout.replace(['\t', '\n'], "");
    assert!(!invisible(&lines), "{:?}", list.stdout);
    // In JSON they are the names as they are, in characters that can be seen.
    let list = desk.run(&["keys", "list", "--json"]).exits(0);
    assert!(!invisible(&list.stdout.replace('\n', "")), "{:?}", list.stdout);
    let document = list.json();
    let told: HashSet<_> = document["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["name"].as_str().unwrap())
        .collect();
    assert_eq!(told, HashSet::from(names));
}
