//! The scripts in `completions/`, sourced by the shells that they are for.
//! PowerShell has no package here: of its script only the freshness is checked.

use std::path::{Path, PathBuf};

use crate::harness::programs::program;
use crate::harness::{Desk, Terminal};

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

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(name)
}

fn path(name: &str) -> String {
    script(name).into_os_string().into_string().expect("UTF-8")
}

fn sorted(words: &str) -> Vec<String> {
    let mut words: Vec<_> = words.split_whitespace().map(str::to_owned).collect();
    words.sort();
    words
}

#[test]
fn bash_completes() {
    program("bash");
    // As bash itself calls the function that `complete -F` names.
    const DRIVER: &str = r#"
        source "$1"; shift
        COMP_WORDS=(cencori "$@") COMP_CWORD=$#
        read -r -a registered <<<"$(complete -p cencori)"
        for ((i = 0; i < ${#registered[@]}; i++)); do
            [[ ${registered[i]} == -F ]] && function=${registered[i + 1]}
        done
        "$function" cencori "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let desk = Desk::new();
    let script = path("cencori.bash");
    for (words, expected) in CASES {
        let arguments = [&["--norc", "-c", DRIVER, "bash", script.as_str()], words].concat();
        assert_eq!(sorted(&desk.succeed("bash", &arguments)), expected, "{words:?}");
    }
}

#[test]
fn fish_completes() {
    program("fish");
    let desk = Desk::new();
    let script = path("cencori.fish");
    for (words, expected) in CASES {
        let line = format!("cencori {}", words.join(" "));
        let driver = "source $argv[1]; complete --do-complete $argv[2]";
        let arguments = ["--no-config", "--command", driver, script.as_str(), line.as_str()];
        let shown = desk.succeed("fish", &arguments);
        // The description stands behind a tab.
        let words_only: Vec<_> =
            shown.lines().map(|line| line.split('\t').next().unwrap_or_default()).collect();
        assert_eq!(sorted(&words_only.join(" ")), expected, "{words:?}");
    }
}

#[test]
fn zsh_completes() {
    program("zsh");
    let desk = Desk::new();
    // A function of the command's name shows what the line editor made of the
    // line; Ctrl-X puts everything that fits in place of the word.
    desk.write(
        "setup.zsh",
        format!(
            "unsetopt zle_bracketed_paste prompt_sp\n\
             fpath=({} $fpath)\n\
             autoload -Uz compinit && compinit -u -D\n\
             zstyle ':completion:*' completer _complete\n\
             zstyle ':completion:everything:*' completer _all_matches _complete\n\
             zstyle ':completion:everything:*' insert true\n\
             zle -C everything complete-word _generic && bindkey '^X' everything\n\
             cencori() {{ print -r -- \"line: $* :end\" }}\n",
            path("")
        ),
    );
    let mut shell = desk.program(program("zsh"));
    shell.args(["-f", "-i"]).env("PS1", "ready> ");
    let mut terminal = Terminal::run(&shell);
    terminal.answer("ready> ", "source ./setup.zsh\r");
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
    program("elvish");
    let desk = Desk::new();
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
    // The generator of the script has no values of options for this shell.
    for (words, expected) in CASES.into_iter().filter(|(words, _)| !words.ends_with(&[""])) {
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
