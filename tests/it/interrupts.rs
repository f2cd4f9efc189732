//! Ctrl-C, wherever it comes.
use crate::harness::terminal::CTRL_C;
use crate::harness::{Desk, Terminal, TestSandbox, assert_snapshot};

#[test]
fn at_a_text_question_nothing_has_happened() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web"]).exits(0);
    let mut terminal = Terminal::run(&desk.command(&["keys", "revoke", "web"]));
    terminal.answer("Type its name", &format!("we{CTRL_C}"));
    let ended = terminal.end().was_interrupted();
    assert!(!ended.text().contains("error:"), "{}", ended.screen);
    assert_eq!(sandbox.live_keys(), ["web"]);
}

#[test]
fn at_a_menu_the_cursor_is_shown_again() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    // Often, because a signal's handler and the end of the question race.
    for _ in 0..20 {
        let mut terminal = Terminal::run(&desk.command(&["keys", "create"]));
        terminal.expect("publishable:");
        terminal.press(CTRL_C);
        cursor_is_back(&terminal.end().was_interrupted().text());
    }
    assert!(sandbox.live_keys().is_empty());
}

#[test]
fn at_a_text_question_after_a_menu_it_ends_the_same_way() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    for _ in 0..20 {
        let mut terminal = Terminal::run(&desk.command(&["keys", "create"]));
        terminal.answer("publishable:", "\r");
        terminal.answer("Name [work]", CTRL_C);
        cursor_is_back(&terminal.end().was_interrupted().text());
    }
    assert!(sandbox.live_keys().is_empty());
}

#[test]
fn at_yes_or_no_the_cursor_is_shown_again() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.write(".env", "CENCORI_API_KEY=old\n");
    let mut terminal = Terminal::run(&desk.command(&["keys", "create", "web", "--env-file"]));
    terminal.answer("Replace it?", CTRL_C);
    cursor_is_back(&terminal.end().was_interrupted().text());
    assert_eq!(desk.read(".env"), "CENCORI_API_KEY=old\n");
    assert!(sandbox.live_keys().is_empty());
}

#[track_caller]
fn cursor_is_back(text: &str) {
    let hidden = text.rfind("\u{1b}[?25l").expect("a menu hides the cursor");
    let shown = text.rfind("\u{1b}[?25h");
    assert!(shown.is_some_and(|shown| shown > hidden), "the cursor stays hidden: {text:?}");
    assert!(!text.contains("error:"), "{text:?}");
}

/// A create whose request was received but not answered leaves a key that
/// nobody knows, and the next command revokes it.
fn interrupt_a_create(arguments: &[&str], answer: impl Fn(&mut Terminal)) -> String {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    sandbox.hold("POST", "/api/projects/*/api-keys", "after");
    let mut terminal = Terminal::run(&desk.command(arguments));
    answer(&mut terminal);
    sandbox.wait_for_held();
    terminal.press(CTRL_C);
    terminal.end().was_interrupted();
    sandbox.clear_faults();

    assert_eq!(sandbox.live_keys(), ["web"], "the service did its work");
    assert!(!desk.path(".env").exists());
    let next = desk.run(&["keys", "create", "--resume"]).exits(0);
    assert!(sandbox.live_keys().is_empty());
    assert!(desk.open_creations().is_empty());
    next.transcript()
}

#[test]
fn during_a_call_it_ends_at_once_and_the_next_command_clears_up() {
    let next = interrupt_a_create(&["keys", "create", "web", "--env-file"], |_| ());
    assert_snapshot("after_an_interrupt", &next);
}

#[test]
fn during_a_call_after_questions_it_ends_at_once_too() {
    // A menu has changed by then what the signal does.
    let next = interrupt_a_create(&["keys", "create"], |terminal| {
        terminal.answer("Type", "\r");
        terminal.answer("Name [work]", "web\r");
        terminal.answer("Environment", "\r");
        terminal.answer("Where to write the key", "\r");
    });
    assert!(next.contains("is revoked; nothing is left behind"), "{next}");
}
