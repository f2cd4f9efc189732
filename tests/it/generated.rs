//! `completions/` and `man/` are what the tool prints and writes, and nothing else.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::harness::Desk;
use crate::harness::programs::{needs, program};

/// What refreshes both folders.
const REFRESH: &str = "run .ci/generate, and commit what it changes";

/// A shell, and the file that its users look for.
const SCRIPTS: [(&str, &str); 5] = [
    ("bash", "cencori.bash"),
    ("elvish", "cencori.elv"),
    ("fish", "cencori.fish"),
    ("powershell", "_cencori.ps1"),
    ("zsh", "_cencori"),
];

#[test]
fn completions_are_fresh() {
    let desk = Desk::new();
    let script = |shell| desk.run(&["completions", shell]).exits(0).stdout.into_bytes();
    let generated = SCRIPTS.iter().map(|(shell, file)| ((*file).to_owned(), script(shell)));
    assert_fresh("completions", &generated.collect());
}

#[test]
fn manual_pages_are_fresh() {
    let desk = Desk::new();
    desk.run(&["man", "man"]).exits(0);
    assert_fresh("man", &files(&desk.path("man")));
}

#[test]
fn manual_pages_can_be_set() {
    needs!(["groff"]);
    let groff = program("groff");
    for (name, page) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("man")) {
        let set = |page: &[u8]| {
            let mut groff = Command::new(&groff);
            groff.args(["-man", "-Tutf8", "-ww"]).stdin(Stdio::piped());
            groff.stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut groff = groff.spawn().expect("groff runs");
            groff.stdin.take().expect("a pipe").write_all(page).expect("groff reads");
            groff.wait_with_output().expect("groff ends")
        };
        let output = set(&page);
        assert!(output.status.success(), "{name}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{name}");
        assert!(!output.stdout.is_empty(), "{name}");
        let broken = set(&[&page[..], b".XY\n"].concat());
        assert!(!broken.stderr.is_empty(), "groff tells of what it does not know");
    }
}

/// The committed folder has to hold the generated files, byte for byte.
#[track_caller]
fn assert_fresh(folder: &str, generated: &BTreeMap<String, Vec<u8>>) {
    let committed = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    let problems = differences(&committed, generated);
    assert!(problems.is_empty(), "{folder}/: {}: {REFRESH}", problems.join(", "));
}

fn differences(
    committed: &BTreeMap<String, Vec<u8>>,
    generated: &BTreeMap<String, Vec<u8>>,
) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, content) in generated {
        match committed.get(name) {
            None => problems.push(format!("{name} is missing")),
            Some(old) if old != content => problems.push(format!("{name} is stale")),
            Some(_) => {}
        }
    }
    let extra = committed.keys().filter(|name| !generated.contains_key(*name));
    problems.extend(extra.map(|name| format!("{name} is not generated any more")));
    problems
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}: {REFRESH}", folder.display()));
    let file = |entry: std::fs::DirEntry| {
        let content = std::fs::read(entry.path()).expect("a file");
        (entry.file_name().into_string().expect("UTF-8"), content)
    };
    entries.map(|entry| file(entry.expect("an entry"))).collect()
}

#[test]
fn every_kind_of_difference_is_found() {
    let folder = |files: &[(&str, &str)]| -> BTreeMap<String, Vec<u8>> {
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    };
    let committed = folder(&[("same", "1"), ("old", "1"), ("extra", "1")]);
    let generated = folder(&[("same", "1"), ("old", "2"), ("new", "1")]);
    let expected = ["new is missing", "old is stale", "extra is not generated any more"];
    assert_eq!(differences(&committed, &generated), expected);
}
