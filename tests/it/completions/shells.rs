//! Real shells, with the scripts of `completions/` loaded.

use std::path::{Path, PathBuf};

use crate::harness::programs::program;
use crate::harness::{CENCORI, Desk, Terminal};

/// A shell for which the command is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    Bash,
    Fish,
    Zsh,
}

/// What a test of all of them needs.
pub const ALL: [&str; 3] = ["bash", "fish", "zsh"];

/// All of them.
pub const SHELLS: [Shell; 3] = [Shell::Bash, Shell::Fish, Shell::Zsh];

/// A script in `completions/`.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(name)
}

pub fn path(name: &str) -> String {
    script(name).into_os_string().into_string().expect("UTF-8")
}

/// `desk`, on whose `PATH` the built command stands first, and which gives a completion
/// time (in milliseconds): nobody waits for it, and a busy machine may be slow.
pub fn with_command(desk: &Desk) -> Desk {
    let folder = Path::new(CENCORI).parent().expect("a folder").display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    desk.clone().with("PATH", &format!("{folder}:{path}")).with("CENCORI_COMPLETION_TIME", "60000")
}

impl Shell {
    /// What `line` becomes with each word that fits at its end: what the last
    /// argument is then, as this shell itself understands the completed line.
    pub fn complete(self, desk: &Desk, line: &str) -> Vec<String> {
        let found = match self {
            Self::Bash => bash(desk, line),
            Self::Fish => fish(desk, line),
            Self::Zsh => zsh(desk, line),
        };
        found.lines().map(str::to_owned).collect()
    }
}

/// The end of `line` that bash replaces: from the last of its `COMP_WORDBREAKS` on,
/// or behind the quote that is open. That it is so is tested in a terminal.
fn replaced(line: &str) -> &str {
    for quote in ['\'', '"'] {
        if line.matches(quote).count() % 2 == 1 {
            return &line[line.rfind(quote).expect("it is there") + 1..];
        }
    }
    &line[line.rfind([' ', ':', '=']).map_or(0, |place| place + 1)..]
}

/// As bash itself calls the function that `complete -F` names. It takes what comes
/// as it is into its line, takes a quote at its beginning for the open one, and
/// closes that unless a quote is the end.
fn bash(desk: &Desk, line: &str) -> String {
    const DRIVER: &str = r#"
        source "$1"
        COMP_LINE=$2 COMP_POINT=${#2} kept=${2%"$3"} quote=
        [[ $kept == *[\'\"] ]] && quote=${kept: -1}
        read -r -a registered <<<"$(complete -p cencori)"
        for ((i = 0; i < ${#registered[@]}; i++)); do
            [[ ${registered[i]} == -F ]] && function=${registered[i + 1]}
        done
        "$function" cencori "$3" ''
        touch 'a b.my' x.my
        for reply in "${COMPREPLY[@]}"; do
            before=$kept after=$quote
            [[ -n $quote && $reply == "$quote"* ]] && before=${kept%?}
            [[ -n $quote && $reply == *"$quote" ]] && after=
            eval "words=($before$reply$after)"
            printf '%s\n' "${words[-1]}"
        done
        rm -f 'a b.my' x.my
    "#;
    let arguments = ["--norc", "-c", DRIVER, "bash", &path("cencori.bash"), line, replaced(line)];
    quietly(desk, "bash", &arguments)
}

fn fish(desk: &Desk, line: &str) -> String {
    const DRIVER: &str = r"
        source $argv[1]
        for found in (complete --do-complete $argv[2])
            printf '%s\n' (string split \t -- $found)[1]
        end";
    quietly(desk, "fish", &["--no-config", "--command", DRIVER, &path("cencori.fish"), line])
}

/// What a program prints, which must not complain.
#[track_caller]
fn quietly(desk: &Desk, program: &str, arguments: &[&str]) -> String {
    let output = desk.program(program).args(arguments).output().expect("it runs");
    assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Ctrl-X puts everything that fits in place of the word; a function of the
/// command's name shows what the shell made of the line.
fn zsh(desk: &Desk, line: &str) -> String {
    let mut terminal = start_zsh(desk);
    // An open quote begins the last word, spaces and all.
    let words = line.split_once('\'').map_or(line, |(before, _)| before);
    let before = words.split(' ').count() - 2;
    terminal.answer(
        "ready> ",
        &format!("cencori() {{ shift {before}; print -rl -- 'line:' \"$@\" ':end' }}\r"),
    );
    terminal.answer("ready> ", &format!("{line}\u{18}\r"));
    let found = terminal.between("line:\r\n", ":end");
    terminal.answer("ready> ", "exit\r");
    terminal.end();
    // Where nothing fits, the word stays as it was.
    let word = line.rsplit(' ').next().unwrap_or_default();
    let found = found.replace('\r', "");
    if found.trim_end() == word.trim_matches(['\'', '"']) { String::new() } else { found }
}

/// A zsh that shows `ready> `, with the script loaded and Ctrl-X bound.
pub fn start_zsh(desk: &Desk) -> Terminal {
    desk.write(
        "setup.zsh",
        format!(
            "unsetopt zle_bracketed_paste prompt_sp\n\
             fpath=({} $fpath)\n\
             autoload -Uz compinit && compinit -u -D\n\
             zstyle ':completion:*' completer _complete\n\
             zstyle ':completion:everything:*' completer _all_matches _complete\n\
             zstyle ':completion:everything:*' insert true\n\
             zle -C everything complete-word _generic && bindkey '^X' everything\n",
            path("")
        ),
    );
    let mut shell = desk.program(program("zsh"));
    shell.args(["-f", "-i"]).env("PS1", "ready> ");
    let mut terminal = Terminal::run(&shell);
    terminal.answer("ready> ", "source ./setup.zsh\r");
    terminal
}
