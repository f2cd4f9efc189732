//! What output looks like at a terminal, and what must never get there.

use serde_json::json;

use crate::harness::{Desk, Terminal, TestSandbox, assert_snapshot};

fn with_keys() -> (TestSandbox, Desk) {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "server"]).exits(0);
    let domains = ["--domain", "*.a-rather-long-name.myapp.com", "--domain", "localhost"];
    desk.run(&[&["keys", "create", "web", "--publishable"][..], &domains].concat()).exits(0);
    (sandbox, desk)
}

#[test]
fn a_list_is_a_table_as_wide_as_the_terminal() {
    let (_sandbox, desk) = with_keys();
    let list = desk.command(&["keys", "list"]);
    for columns in [100, 80, 60] {
        let ended = Terminal::run_at_width(&list, columns).end().exits(0);
        let widest = ended.screen.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(columns.into()), "{}", ended.screen);
        // Narrower than that, a prefix goes over two lines and is another each time.
        if columns >= 80 {
            assert_snapshot(&format!("table_{columns}"), &ended.screen);
        }
    }
}

#[test]
fn colours_can_be_refused_and_forced() {
    let desk = Desk::new();
    let fails = ["keys", "show", "web"];
    let at_terminal =
        |command: &std::process::Command| Terminal::run(command).end().exits(2).text();
    let red = "\u{1b}[1m\u{1b}[31merror:";
    assert!(at_terminal(&desk.command(&fails)).contains(red));

    let mut no_color = desk.command(&fails);
    no_color.env("NO_COLOR", "1");
    let mut empty = desk.command(&fails);
    empty.env("NO_COLOR", "");
    let never = [&fails[..], &["--color", "never"]].concat();
    for plain in [no_color, desk.command(&never)] {
        let text = at_terminal(&plain);
        assert!(text.contains("error:") && !text.contains('\u{1b}'), "{text:?}");
    }
    assert!(at_terminal(&empty).contains(red), "an empty variable counts as unset");

    let always = [&fails[..], &["--color", "always"]].concat();
    assert!(desk.run(&always).exits(2).stderr.contains(red));
    assert!(!desk.run(&fails).exits(2).stderr.contains('\u{1b}'));
}

/// Clears the screen, sets the title, colours by a one-byte command, and turns
/// the reading direction round.
const HOSTILE: &str = "a\u{1b}[2Jb\u{1b}]0;owned\u{7}c\u{9b}31md\u{202e}e\u{8}\u{7f}";

#[test]
fn names_from_the_service_do_not_drive_the_terminal() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let body = json!({
        "name": HOSTILE, "environment": "production", "key_type": "publishable",
        "allowed_domains": [format!("{HOSTILE}.example")],
    });
    let key = sandbox.create_key(&sandbox.owner_cookie(), &body);
    let id = key["id"].as_str().unwrap();

    for arguments in [
        &["keys", "list"][..],
        &["keys", "list", "--json"],
        &["keys", "show", id],
        &["keys", "show", id, "--json"],
        &["keys", "revoke", id, "--dry-run"],
        &["keys", "revoke", id, "--dry-run", "--json"],
    ] {
        let text = Terminal::run(&desk.command(arguments)).end().exits(0).text();
        let odd = text.chars().find(|character| {
            (character.is_control() && !"\r\n".contains(*character)) || *character == '\u{202e}'
        });
        assert_eq!(odd, None, "{arguments:?}: {text:?}");
    }

    let listed = desk.run(&["keys", "list", "--json"]).exits(0).json();
    assert_eq!(listed["keys"][0]["name"], HOSTILE, "programs get it as it is");

    let mut terminal = Terminal::run(&desk.command(&["keys", "revoke", id]));
    let shown = "a\\u{1b}[2Jb\\u{1b}]0;owned\\u{7}c\\u{9b}31md\\u{202e}e\\u{8}\\u{7f}";
    terminal.answer("Type its name", &format!("{shown}\r"));
    let ended = terminal.end().exits(0);
    for sequence in ["\u{1b}[2J", "\u{1b}]0;", "\u{9b}", "\u{202e}", "\u{7}"] {
        assert!(!ended.text().contains(sequence), "{sequence:?}: {}", ended.screen);
    }
    assert_snapshot("hostile_name_revoked", &ended.screen);
}
