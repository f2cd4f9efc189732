//! Repositories are seen as git sees them, and nothing that somebody put into one is run,
//! waited for or believed.

mod hostile;
mod listing;
mod staged;

use std::collections::BTreeSet;
use std::path::Path;

use crate::harness::{Desk, Run};

/// A key, different for each number.
fn key(number: u32) -> String {
    format!("csk_{number:08x}89abcdef0123456789abcdef0123456789abcdef")
}

/// A folder in which a user of git has a name.
fn desk() -> Desk {
    with_git(Desk::new())
}

fn with_git(desk: Desk) -> Desk {
    let config = "[user]\nname = a\nemail = a@b\n[init]\ndefaultBranch = main\n\
                  [protocol \"file\"]\nallow = always\n[advice]\nsparseIndexExpanded = false\n";
    std::fs::create_dir_all(desk.outside("home")).unwrap();
    std::fs::write(desk.outside("home/.gitconfig"), config).unwrap();
    desk
}

/// Files with a key each, and the folders they are in.
fn write(desk: &Desk, names: &[&str]) {
    for (number, name) in names.iter().enumerate() {
        let path = desk.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, key(u32::try_from(number).unwrap())).unwrap();
    }
}

fn git(desk: &Desk, arguments: &[&str]) -> String {
    desk.succeed("git", arguments)
}

fn commit(desk: &Desk, folder: &str) {
    git(desk, &["-C", folder, "add", "-A"]);
    git(desk, &["-C", folder, "commit", "-q", "--allow-empty", "-m", "x"]);
}

/// What git prints with a zero behind each, as text.
fn names(desk: &Desk, folder: &Path, arguments: &[&str]) -> Vec<String> {
    let output = desk.program("git").arg("-C").arg(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    let names = output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}

/// The paths in which keys were found.
fn found(run: &Run) -> BTreeSet<String> {
    let findings = run.json()["findings"].as_array().expect("a list").clone();
    findings.iter().map(|it| it["path"].as_str().expect("a path").to_owned()).collect()
}

fn scan(desk: &Desk, arguments: &[&str]) -> Run {
    desk.run(&[&["keys", "scan", "--offline", "--json"], arguments].concat())
}
