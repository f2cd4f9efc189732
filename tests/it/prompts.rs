//! What is asked at a terminal, and what the answers do.

use crate::harness::terminal::DOWN;
use crate::harness::{Desk, Terminal, TestSandbox, assert_snapshot};

const ENTER: &str = "\r";

#[test]
fn a_secret_key_is_made_by_answering_and_put_into_a_file() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let mut terminal = Terminal::run(&desk.command(&["keys", "create"]));
    terminal.answer("Type", ENTER);
    terminal.answer("Name [work]", "server\r");
    terminal.answer("Environment", ENTER);
    terminal.answer("Where to write the key", ENTER);
    let ended = terminal.end().exits(0);
    assert_snapshot("guided_secret", &ended.screen);
    let content = desk.read(".env");
    assert!(content.starts_with("CENCORI_API_KEY=csk_"), "not the variable of a secret key");
    let key = content.trim_end().replace("CENCORI_API_KEY=", "");
    assert!(!ended.text().contains(&key), "a key that is stored is not shown");
    assert_eq!(sandbox.live_keys(), ["server"]);
}

#[test]
fn a_publishable_key_is_made_by_answering_and_printed() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let mut terminal = Terminal::run(&desk.command(&["keys", "create"]));
    terminal.answer("Type", &format!("{DOWN}{ENTER}"));
    terminal.answer("Name [work]", ENTER);
    terminal.answer("Environment", ENTER);
    terminal.answer("Domains", "https://myapp.com/\r");
    // What can never match is explained, and asked for again.
    terminal.answer("Domains", "*.myapp.com, LOCALHOST\r");
    terminal.answer("Where to write the key", &format!("{DOWN}{ENTER}"));
    let ended = terminal.end().exits(0);
    assert_snapshot("guided_publishable", &ended.screen);
    assert!(!desk.path(".env").exists());
    assert_eq!(sandbox.live_keys(), ["work"]);
}

#[test]
fn a_blank_name_is_asked_for_again() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let mut terminal = Terminal::run(&desk.command(&["keys", "create", "--secret"]));
    terminal.answer("Name [work]", "   \r");
    terminal.answer("not blank", "");
    terminal.answer("Name [work]", "server\r");
    terminal.answer("Environment", &format!("{DOWN}{ENTER}"));
    terminal.answer("into .env as CENCORI_TEST_API_KEY", ENTER);
    terminal.end().exits(0);
    assert_eq!(sandbox.key_names(&sandbox.owner_cookie(), "test"), ["server"]);
}

#[test]
fn a_key_is_revoked_by_its_name_only() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web"]).exits(0);
    let mut terminal = Terminal::run(&desk.command(&["keys", "revoke", "web"]));
    terminal.answer("Type its name", "yes\r");
    terminal.answer("That is not its name", "");
    assert_eq!(sandbox.live_keys(), ["web"]);
    terminal.answer("Type its name", "web\r");
    let ended = terminal.end().exits(0);
    assert_snapshot("revoke_by_name", &ended.screen);
    assert!(sandbox.live_keys().is_empty());
}

#[test]
fn a_value_is_replaced_on_yes_only() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let create = ["keys", "create", "web", "--env-file"];
    desk.write(".env", "CENCORI_API_KEY=old\n");
    for no in ["n", ENTER] {
        let mut terminal = Terminal::run(&desk.command(&create));
        terminal.answer("Replace it?", no);
        terminal.expect("It stays. Nothing was created.");
        terminal.end().exits(2);
        assert_eq!(desk.read(".env"), "CENCORI_API_KEY=old\n");
    }
    assert!(sandbox.live_keys().is_empty());

    let mut terminal = Terminal::run(&desk.command(&create));
    terminal.answer("Replace it?", "y");
    terminal.expect("Stored in .env as CENCORI_API_KEY");
    let ended = terminal.end().exits(0);
    assert_snapshot("replace", &ended.screen);
    assert!(desk.read(".env").starts_with("CENCORI_API_KEY=csk_"));
}

#[test]
fn a_file_that_git_sees_is_ignored_on_yes() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.succeed("git", &["init", "--quiet"]);
    let create = ["keys", "create", "web", "--env-file", "--overwrite"];

    let mut terminal = Terminal::run(&desk.command(&create));
    terminal.answer("Add it to .gitignore?", "n");
    terminal.expect("warning:");
    let ended = terminal.end().exits(0);
    assert_snapshot("not_ignored", &ended.screen);
    assert!(!desk.path(".gitignore").exists());

    desk.write(".gitignore", "/node_modules");
    let mut terminal = Terminal::run(&desk.command(&create));
    terminal.answer("Add it to .gitignore?", "y");
    terminal.expect("Added /.env to .gitignore.");
    terminal.end().exits(0);
    assert_eq!(desk.read(".gitignore"), "/node_modules\n/.env\n");
    desk.succeed("git", &["check-ignore", "--quiet", ".env"]);

    // Once it is ignored there is nothing to ask any more.
    Terminal::run(&desk.command(&create)).end().exits(0);
}

/// Commands that ask at a terminal, and the flag that answers instead.
const QUESTIONS: [(&[&str], &str); 4] = [
    (&["keys", "create"], "keys create NAME"),
    (&["keys", "create", "web", "--publishable"], "--domain"),
    (&["keys", "create", "web", "--env-file"], "--overwrite"),
    (&["keys", "revoke", "web"], "--yes"),
];

#[test]
fn nothing_is_asked_where_nobody_answers() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web"]).exits(0);
    desk.write(".env", "CENCORI_API_KEY=old\n");
    for (arguments, flag) in QUESTIONS {
        let mut ci = desk.command(arguments);
        ci.env("CI", "true");
        let no_input = [arguments, &["--no-input"]].concat();
        let endings = [
            ("--no-input", Terminal::run(&desk.command(&no_input)).end()),
            ("CI", Terminal::run(&ci).end()),
            // A menu that looks only at stderr waits for ever here.
            ("a pipe", Terminal::run_without_input(&desk.command(arguments)).end()),
        ];
        for (why, ended) in endings {
            let ended = ended.exits(2);
            assert!(ended.screen.contains(flag), "{arguments:?}, {why}:\n{}", ended.screen);
            assert!(!ended.text().contains("\u{1b}[?25l"), "{arguments:?}, {why}: a hidden cursor");
        }
    }
    assert_eq!(sandbox.live_keys(), ["web"]);
    assert_eq!(desk.read(".env"), "CENCORI_API_KEY=old\n");
}
