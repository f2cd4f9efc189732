//! A rotation with a person at a terminal.

use super::*;
use crate::harness::terminal::{CTRL_C, DOWN};
use crate::harness::{Terminal, assert_snapshot};

const ENTER: &str = "\r";

fn choose(number: usize) -> String {
    format!("{}{ENTER}", DOWN.repeat(number))
}

#[test]
fn from_the_choice_of_the_key_to_its_revocation() {
    let scene = Scene::new();
    scene.desk.run(&["keys", "create", "newer"]).exits(0);
    let before = scene.standing();
    assert!(scene.accepts(&before), "it is in use");
    let mut terminal = Terminal::run(&scene.desk.command(&["keys", "rotate"]));
    terminal.answer("Key to be replaced", ENTER);
    terminal.answer("Begin?", "y");
    terminal.answer("Deploy now", "deployed\r");
    terminal.answer("Revoking web", "revoke\r");
    let ended = terminal.end().exits(0);
    assert_snapshot("guided_rotation", &ended.screen);
    assert!(!scene.accepts(&before));
    assert!(!ended.text().contains(&before) && !ended.text().contains(&scene.standing()));
    scene.desk.run(&["keys", "revoke", "newer", "--yes"]).exits(0);
    scene.assert_over("guided");
}

#[test]
fn every_step_can_be_put_off_to_another_terminal() {
    let scene = Scene::new();
    let before = scene.standing();
    let mut terminal = Terminal::run(&scene.desk.command(&["keys", "rotate", "web"]));
    terminal.answer("Begin?", "n");
    terminal.end().exits(0);
    scene.assert_over("not begun");
    assert_eq!(scene.standing(), before);

    let mut terminal = Terminal::run(&scene.desk.command(&["keys", "rotate", "web"]));
    terminal.answer("Begin?", "y");
    terminal.answer("Deploy now", "later\r");
    let later = terminal.end().exits(0);
    assert_snapshot("guided_rotation_later", &later.screen);
    scene.assert_served("later");

    let mut terminal = Terminal::run(&scene.desk.command(&["keys", "rotate", "--resume"]));
    terminal.answer("Deploy now", "deployed\r");
    terminal.answer("Revoking web", CTRL_C);
    terminal.end().was_interrupted();
    scene.assert_served("interrupted");
    assert!(scene.accepts(&before));

    let mut terminal = Terminal::run(&scene.desk.command(&["keys", "rotate", "--resume"]));
    terminal.answer("Revoking web", "later\r");
    terminal.end().exits(0);
    let mut terminal = Terminal::run(&scene.desk.command(&["keys", "rotate", "--resume"]));
    terminal.answer("Revoking web", "abort\r");
    // The new key is deployed, and has to be deployed back before the new key dies.
    terminal.answer("with the old one", "deployed\r");
    let aborted = terminal.end().exits(0);
    assert_snapshot("guided_rotation_aborted", &aborted.screen);
    assert_eq!(scene.standing(), before);
    scene.assert_over("aborted");
}

#[test]
fn what_fails_can_be_tried_again() {
    let scene = Scene::new();
    let command = ["keys", "rotate", "web", "--deploy", "test -e ready"];
    let mut terminal = Terminal::run(&scene.desk.command(&command));
    terminal.answer("Begin?", "y");
    terminal.expect("What now?");
    scene.desk.write("ready", "");
    terminal.press("again\r");
    terminal.answer("Revoking web", "revoke\r");
    let ended = terminal.end().exits(0);
    assert_snapshot("guided_rotation_again", &ended.screen);
    scene.assert_over("again");
}

#[test]
fn the_open_ones_are_chosen_from() {
    let scene = Scene::new();
    scene.desk.run(&["keys", "create", "other", "--env-file", "other.env"]).exits(0);
    for name in ["web", "other"] {
        scene.desk.run(&["keys", "rotate", name, "--pause-before", "deploy"]).exits(0);
    }
    let mut terminal = Terminal::run(&scene.desk.command(&["keys", "rotate", "--abort"]));
    terminal.answer("Rotation", &choose(1));
    terminal.end().exits(0);
    assert_eq!(scene.live().iter().filter(|name| *name == "other").count(), 1);
    assert_eq!(scene.live().len(), 3);
}

#[test]
fn an_enter_that_was_typed_ahead_revokes_nothing() {
    let scene = Scene::new();
    let before = scene.standing();
    let command = ["keys", "rotate", "web", "--deploy", "true"];
    let mut terminal = Terminal::run(&scene.desk.command(&command));
    terminal.answer("Begin?", "y\r\r\r\r");
    terminal.expect("Revoking web");
    terminal.press("rev\r");
    terminal.expect("Type one of these words");
    assert!(scene.accepts(&before));
    terminal.answer("Revoking web", "later\r");
    terminal.end().exits(0);
    // What was agreed to where nobody was, is asked of whoever is there.
    let begin = ["keys", "rotate", "--resume", "--yes", "--pause-before", "revoke"];
    scene.desk.run(&begin).exits(2);
    let mut terminal = Terminal::run(&scene.desk.command(&["keys", "rotate", "--resume"]));
    terminal.answer("Revoking web", "revoke\r");
    terminal.end().exits(0);
    scene.assert_over("typed ahead");
}
