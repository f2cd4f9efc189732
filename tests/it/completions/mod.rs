//! The scripts in `completions/`, sourced by the shells that they are for, and what
//! the command answers them. PowerShell has no package here: of its script only the
//! freshness is checked.

mod offers;
mod shells;
mod silence;
mod values;

use crate::harness::programs::{needs, program};
use crate::harness::{Desk, Terminal};
use shells::{Shell, path, start_zsh, with_command};

/// What stands on the command line, the last word unfinished, and all that fits
/// there.
const CASES: [(&[&str], &[&str]); 6] = [
    (&["comp"], &["completions"]),
    (&["keys", "re"], &["revoke"]),
    (&["keys", "create", "--env"], &["--env-file", "--environment"]),
    (&["keys", "create", "--environment", ""], &["production", "test"]),
    (&["keys", "list", "--type", ""], &["agent", "publishable", "secret"]),
    (&["sandbox", "serve", "--ga"], &["--gateway-cache"]),
];

fn sorted(words: &str) -> Vec<String> {
    let mut words: Vec<_> = words.split_whitespace().map(str::to_owned).collect();
    words.sort();
    words
}

#[test]
fn bash_completes() {
    needs!(["bash"]);
    completes(Shell::Bash);
}

#[test]
fn fish_completes() {
    needs!(["fish"]);
    completes(Shell::Fish);
}

#[track_caller]
fn completes(shell: Shell) {
    let desk = with_command(&Desk::new());
    for (words, expected) in CASES {
        let found = shell.complete(&desk, &format!("cencori {}", words.join(" ")));
        assert_eq!(sorted(&found.join(" ")), expected, "{words:?}");
    }
}

#[test]
fn zsh_completes() {
    needs!(["zsh"]);
    let desk = with_command(&Desk::new());
    let mut terminal = start_zsh(&desk);
    terminal.answer("ready> ", "cencori() { print -r -- \"line: $* :end\" }\r");
    for (words, expected) in CASES {
        terminal.answer("ready> ", &format!("cencori {}\u{18}\r", words.join(" ")));
        let line = terminal.between("line: ", " :end");
        let before = words[..words.len() - 1].join(" ");
        let completed = line.strip_prefix(before.as_str()).unwrap_or(&line);
        assert_eq!(sorted(completed), expected, "{words:?}: {line}");
    }
    terminal.answer("ready> ", "exit\r");
    terminal.end();
}

#[test]
fn elvish_completes() {
    needs!(["elvish"]);
    let desk = with_command(&Desk::new());
    desk.write(
        "setup.elv",
        format!(
            "eval (slurp < '{}')\nset edit:prompt = {{ put 'ready> ' }}\n",
            path("cencori.elv")
        ),
    );
    // Only the interactive shell has its line editor.
    let mut shell = desk.program(program("elvish"));
    shell.args(["-norc"]);
    let mut terminal = Terminal::run(&shell);
    terminal.answer("work", "eval (slurp < setup.elv)\r");
    for (words, expected) in CASES {
        let words_quoted: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
        let line = format!(
            "var found = [($edit:completion:arg-completer[cencori] cencori {})]; \
             echo line':' (each {{|it| put $it[stem] }} $found) ':'end\r",
            words_quoted.join(" ")
        );
        terminal.answer("ready> ", &line);
        let line = terminal.between("line: ", " :end");
        let last = words[words.len() - 1];
        // The shell itself filters by the word's beginning.
        let fitting: Vec<_> = line.split(' ').filter(|word| word.starts_with(last)).collect();
        assert_eq!(sorted(&fitting.join(" ")), expected, "{words:?}: {line}");
    }
    terminal.answer("ready> ", "exit\r");
    terminal.end();
}
