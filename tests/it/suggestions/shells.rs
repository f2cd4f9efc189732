//! Shells that run what was suggested, with programs that only note how they were
//! called.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::harness::Desk;
use crate::harness::programs::program;

/// Notes its arguments, each behind a zero, and goes on to the next line.
const STUB: &str =
    "#!/bin/sh\n{ printf '%s\\0' \"${0##*/}\" \"$@\"; printf '\\036'; } >>\"$CALLS\"\n";

/// A shell, as somebody pastes lines into it.
pub struct Shell {
    name: &'static str,
    /// Before the lines, so that all is expanded that is at a prompt.
    begin: &'static str,
}

/// What a test of all of them needs.
pub const ALL: [&str; 3] = ["bash", "fish", "zsh"];

pub const SHELLS: [Shell; 3] = [
    Shell { name: "bash", begin: "set -o history\nset -H\n: an earlier touch PWN\n" },
    Shell { name: "zsh", begin: "setopt bang_hist\n: an earlier touch PWN\n" },
    Shell { name: "fish", begin: "" },
];

/// Runs `lines` in `shell`, in the folder of `desk`. Gives the calls of the programs
/// that are named in lines: `cencori`, `git`, `chmod`.
pub fn calls(desk: &Desk, shell: &Shell, lines: &[String]) -> Vec<Vec<String>> {
    let stubs = desk.outside("stubs");
    std::fs::create_dir_all(&stubs).unwrap();
    for name in ["cencori", "git", "chmod"] {
        let stub = stubs.join(name);
        std::fs::write(&stub, STUB).unwrap();
        std::fs::set_permissions(&stub, PermissionsExt::from_mode(0o755)).unwrap();
    }
    let log = desk.outside("calls");
    std::fs::write(&log, "").unwrap();
    let script = desk.outside("script");
    std::fs::write(&script, format!("{}{}\n", shell.begin, lines.join("\n"))).unwrap();
    let arguments: &[&str] = match shell.name {
        "bash" => &["--norc", "--noprofile"],
        "zsh" => &["-f", "-i"],
        _ => &["--no-config"],
    };
    let home = desk.outside("scratch");
    std::fs::create_dir_all(&home).unwrap();
    let path = format!("{}:/usr/bin:/bin", stubs.display());
    let mut command = desk.program(program(shell.name));
    command.args(arguments).env("PATH", path).env("HOME", home).env("CALLS", &log);
    // From standard input, line by line, as from a keyboard.
    let output = command.stdin(std::fs::File::open(&script).unwrap()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("not found") && !said.contains("rror"), "{}: {said}", shell.name);
    let text = std::fs::read_to_string(&log).expect("UTF-8");
    let calls = text.split_terminator('\u{1e}');
    calls.map(|call| call.split_terminator('\0').map(str::to_owned).collect()).collect()
}

/// Everything below `folder`, but for what git keeps there.
pub fn tree(folder: &Path) -> Vec<std::ffi::OsString> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() && !path.ends_with(".git") {
                folders.push(path.clone());
            }
            found.push(path.into_os_string());
        }
    }
    found.sort();
    found
}
