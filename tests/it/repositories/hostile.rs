//! Repositories that somebody prepared for whoever looks into them.

use std::ffi::OsString;
use std::os::unix::fs::{chown, lchown};
use std::path::{Path, PathBuf};
use std::process::Output;

use super::{commit, found, git, key, scan, with_git, write};
use crate::harness::{CENCORI, Desk, TestSandbox};

/// A user who is nobody here.
const NOBODY: u32 = 65_534;

/// All commands that look at how git sees files.
const COMMANDS: [&[&str]; 5] = [
    &["keys", "scan", "--offline"],
    &["keys", "scan", "--offline", "--env-files"],
    &["keys", "scan", "--offline", "--staged"],
    &["keys", "check", "--offline"],
    &["keys", "create", "server", "--env-file", "--overwrite"],
];

/// A desk whose `owned` beside it is there once a repository had a command run.
struct Prey {
    desk: Desk,
    _sandbox: TestSandbox,
}

impl Prey {
    fn new() -> Self {
        let sandbox = TestSandbox::start();
        Self { desk: with_git(Desk::at(&sandbox)), _sandbox: sandbox }
    }

    fn bait(&self) -> String {
        format!("touch {}; false", self.desk.outside("owned").display())
    }

    /// Runs all commands in `folder`; each has to end by itself, and to leave what is
    /// theirs to the repository.
    #[track_caller]
    fn run_all(&self, folder: &str) -> Vec<Output> {
        let run = |arguments: &&[&str]| {
            let mut command = self.desk.program("timeout");
            command.args(["--kill-after=1", "60", CENCORI]).args(*arguments);
            let output = command.current_dir(self.desk.path(folder)).output().unwrap();
            let owned = self.desk.outside("owned");
            assert!(!owned.exists(), "{arguments:?} in {folder}: {output:?}");
            let ended = output.status.code().is_some_and(|code| code < 100);
            assert!(ended, "{arguments:?} in {folder}: {output:?}");
            output
        };
        COMMANDS.iter().map(run).collect()
    }
}

/// A partial clone that lacks a tree, which git has a command of the configuration fetch.
fn promisor(desk: &Desk, bait: &str, folder: &str) {
    git(desk, &["init", "-q", folder]);
    write(desk, &[&format!("{folder}/a/f")]);
    commit(desk, folder);
    let git = |arguments: &[&str]| git(desk, &[&["-C", folder], arguments].concat());
    git(&["sparse-checkout", "set", "--cone", "--sparse-index", "nothing"]);
    let tree = git(&["rev-parse", "HEAD:a"]);
    git(&["config", "core.repositoryformatversion", "1"]);
    git(&["config", "extensions.partialClone", "o"]);
    git(&["config", "remote.o.url", "/x"]);
    git(&["config", "remote.o.promisor", "true"]);
    git(&["config", "remote.o.uploadpack", bait]);
    let object = format!("{folder}/.git/objects/{}/{}", &tree[..2], tree[2..].trim());
    std::fs::remove_file(desk.path(&object)).unwrap();
}

#[test]
fn what_a_partial_clone_lacks_is_not_fetched() {
    let prey = Prey::new();
    promisor(&prey.desk, &prey.bait(), "e");
    prey.run_all("e");
    // Not even for files where the index has only the tree that is missing.
    write(&prey.desk, &["e/a/f", "e/a/.env"]);
    let outputs = prey.run_all("e");
    for (arguments, output) in COMMANDS.iter().zip(&outputs) {
        let stderr = String::from_utf8_lossy(&output.stderr);
        if !arguments.contains(&"--staged") && !arguments.contains(&"create") {
            assert!(stderr.contains("a/f could not be read: object "), "{arguments:?}: {output:?}");
        }
    }
    let outputs = prey.run_all("e/a");
    let stderr = String::from_utf8_lossy(&outputs[4].stderr);
    assert!(stderr.contains("Whether git tracks .env is unknown"), "{stderr}");
    // As a part of what is searched, and from below.
    prey.run_all("");
    std::fs::create_dir_all(prey.desk.path("e/b/c")).unwrap();
    prey.run_all("e/b/c");
}

#[test]
fn no_command_of_a_configuration_is_run() {
    let prey = Prey::new();
    git(&prey.desk, &["init", "-q"]);
    write(&prey.desk, &["a", "b"]);
    commit(&prey.desk, ".");
    prey.desk.write(".gitattributes", "* filter=x diff=x\n");
    for name in [
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "core.gitProxy",
        "core.askPass",
        "filter.x.clean",
        "filter.x.smudge",
        "filter.x.process",
        "diff.x.textconv",
        "diff.external",
        "credential.helper",
        "alias.ls-files",
        "gpg.program",
    ] {
        git(&prey.desk, &["config", "--local", name, &prey.bait()]);
    }
    prey.desk.write(".git/hooks/post-index-change", format!("#!/bin/sh\n{}\n", prey.bait()));
    prey.desk.succeed("chmod", &["+x", ".git/hooks/post-index-change"]);
    prey.run_all("");
}

#[test]
fn a_bare_repository_in_a_clone_is_a_folder_with_files() {
    let prey = Prey::new();
    let desk = &prey.desk;
    promisor(desk, &prey.bait(), "evil");
    git(desk, &["-C", "evil", "config", "core.worktree", "."]);
    git(desk, &["-C", "evil", "config", "core.bare", "false"]);
    git(desk, &["init", "-q", "origin"]);
    std::fs::rename(desk.path("evil/.git"), desk.path("origin/docs")).unwrap();
    desk.write("origin/docs/refs/keep", "");
    desk.write("origin/docs/info/exclude", "*\n");
    commit(desk, "origin");
    git(desk, &["clone", "-q", "origin", "clone"]);
    assert!(desk.path("clone/docs/config").exists());
    write(desk, &["clone/docs/secret"]);
    for folder in ["clone/docs", "clone/docs/objects", "clone"] {
        prey.run_all(folder);
    }
    // What it ignores is not ignored.
    let run = scan(desk, &["clone/docs"]).exits(3);
    assert!(found(&run).contains("clone/docs/secret"), "{}", run.transcript());
}

#[test]
fn a_git_folder_of_another_user_decides_nothing() {
    assert!(rustix::process::geteuid().is_root(), "only root can give a file away");
    let prey = Prey::new();
    let desk = &prey.desk;
    promisor(desk, &prey.bait(), "e");
    give_away(&desk.path("e/.git"));
    prey.run_all("e");

    // As in a shared temporary folder: theirs, around a folder that is not.
    git(desk, &["init", "-q", "shared"]);
    write(desk, &["shared/mine/key"]);
    desk.write("shared/.git/info/exclude", "*\n");
    scan(desk, &["shared/mine"]).exits(3);
    scan(desk, &["shared"]).exits(7);
    give_away(&desk.path("shared/.git"));
    for folder in ["shared", "shared/mine"] {
        let run = scan(desk, &[folder]).exits(3);
        assert!(run.stdout.contains("belongs to another user"), "{}", run.transcript());
    }
    prey.run_all("shared/mine");
    // Nor by a link of theirs to one that is not.
    std::fs::rename(desk.path("shared/.git"), desk.path("theirs")).unwrap();
    git(desk, &["init", "-q", "own"]);
    desk.write("own/.git/info/exclude", "*\n");
    std::os::unix::fs::symlink(desk.path("own/.git"), desk.path("shared/.git")).unwrap();
    scan(desk, &["shared"]).exits(7);
    lchown(desk.path("shared/.git"), Some(NOBODY), None).unwrap();
    scan(desk, &["shared"]).exits(3);
    // Nor does it make all that is around a part of what is checked.
    write(desk, &["shared/other/key"]);
    let mut check = desk.command(&["keys", "check", "--offline", "--json"]);
    let output = check.current_dir(desk.path("shared/mine")).output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["files"], 2, "{document}");
}

#[test]
fn a_checkout_of_another_user_hides_nothing_not_even_from_root() {
    assert!(rustix::process::geteuid().is_root(), "only root can give a file away");
    let desk = with_git(Desk::new());
    git(&desk, &["init", "-q", "theirs"]);
    write(&desk, &["theirs/tracked.log", "theirs/new", "theirs/ignored.log", "theirs/.env"]);
    desk.write("theirs/.gitignore", "*.log\n");
    git(&desk, &["-C", "theirs", "add", "-f", "tracked.log"]);
    desk.write("theirs/.git/info/exclude", "*\n");
    let own = scan(&desk, &["theirs"]).exits(3);
    assert_eq!(found(&own), ["theirs/tracked.log".to_owned()].into());
    // The folder, all that is in it, and everything of git's.
    desk.succeed("chown", &["-R", &NOBODY.to_string(), "theirs"]);
    let mut status = desk.program("git");
    let refused = status.args(["-C", "theirs", "status"]).output().unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("dubious ownership"), "{refused:?}");
    for sudo in [None, Some("65534")] {
        let desk = sudo.map_or(desk.clone(), |user| desk.clone().with("SUDO_UID", user));
        let run = scan(&desk, &["theirs"]).exits(3);
        let all = ["tracked.log", "new", "ignored.log", ".env"].map(|it| format!("theirs/{it}"));
        assert_eq!(found(&run), all.into(), "{}", run.transcript());
        assert!(run.stdout.contains("belongs to another user"), "{}", run.transcript());
    }
    for name in ["tracked.log", "new", "ignored.log", ".env"] {
        desk.write(&format!("theirs/{name}"), "");
    }
    let run = scan(&desk, &["theirs"]).exits(7);
    assert!(run.stdout.contains("belongs to another user"), "{}", run.transcript());
    let mut check = desk.command(&["keys", "check", "--offline"]);
    let output = check.current_dir(desk.path("theirs")).output().unwrap();
    assert_eq!(output.status.code(), Some(7), "{output:?}");
}

fn give_away(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            give_away(&path);
        } else {
            chown(path, Some(NOBODY), None).unwrap();
        }
    }
    chown(folder, Some(NOBODY), None).unwrap();
}

/// A repository in which all kinds of files are that it can have.
fn full(desk: &Desk) {
    git(desk, &["init", "-q"]);
    write(desk, &["a", "d/b", "d/e/c"]);
    desk.write(".gitignore", "*.log\n");
    commit(desk, ".");
    git(desk, &["gc", "-q"]);
    // Loose, as nothing else has this content.
    desk.write("new", key(99));
    git(desk, &["add", "new"]);
    git(desk, &["update-index", "--split-index"]);
    desk.write("d/.gitignore", "*.log\n");
    desk.write(".git/objects/info/alternates", "");
    desk.write(".git/commondir", ".\n");
    git(desk, &["config", "core.excludesFile", ".git/own"]);
    desk.write(".git/own", "");
}

/// The files of such a repository that say how git sees files; `*` for any text.
const FILES: [&str; 14] = [
    ".git/HEAD",
    ".git/config",
    ".git/index",
    ".git/info/exclude",
    ".git/packed-refs",
    ".git/objects/info/alternates",
    ".git/commondir",
    ".git/own",
    ".gitignore",
    "d/.gitignore",
    ".git/objects/pack/*.idx",
    ".git/objects/pack/*.pack",
    ".git/sharedindex.*",
    "object",
];

fn file(desk: &Desk, name: &str) -> PathBuf {
    if name == "object" {
        let id = git(desk, &["rev-parse", ":new"]);
        return desk.path(&format!(".git/objects/{}/{}", &id[..2], id[2..].trim()));
    }
    let Some((before, after)) = name.split_once('*') else { return desk.path(name) };
    let (folder, before) = before.rsplit_once('/').unwrap();
    let mut names = std::fs::read_dir(desk.path(folder)).unwrap().map(|it| it.unwrap().file_name());
    let is_it = |name: &OsString| {
        name.to_str().is_some_and(|name| name.starts_with(before) && name.ends_with(after))
    };
    desk.path(folder).join(names.find(is_it).unwrap_or_else(|| panic!("no {name}")))
}

#[test]
fn pipes_and_files_without_end_are_not_waited_for() {
    for name in FILES {
        for large in [false, true] {
            let prey = Prey::new();
            full(&prey.desk);
            let path = file(&prey.desk, name);
            std::fs::remove_file(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
            let path = path.display().to_string();
            if large {
                prey.desk.succeed("truncate", &["-s", "1T", &path]);
            } else {
                prey.desk.succeed("mkfifo", &[&path]);
            }
            let outputs = prey.run_all("");
            // Never as if all had been seen: the key is found, or what is wrong is told.
            for output in &outputs[..3] {
                assert!(matches!(output.status.code(), Some(1 | 3 | 7)), "{name}: {output:?}");
            }
        }
    }
}

#[test]
fn a_git_that_is_no_folder_is_not_waited_for() {
    for make in ["mkfifo", "touch"] {
        let prey = Prey::new();
        write(&prey.desk, &["a"]);
        prey.desk.succeed(make, &[".git"]);
        let outputs = prey.run_all("");
        assert_eq!(outputs[0].status.code(), Some(3), "{outputs:?}");
        let stderr = String::from_utf8_lossy(&outputs[0].stderr);
        assert!(stderr.contains("/.git: "), "{stderr}");
    }
}

#[test]
fn what_the_configuration_would_include_is_not_read() {
    let prey = Prey::new();
    git(&prey.desk, &["init", "-q"]);
    write(&prey.desk, &["a"]);
    prey.desk.succeed("mkfifo", &["pipe"]);
    let pipe = prey.desk.path("pipe").display().to_string();
    let here = prey.desk.path("").display().to_string();
    let text =
        format!("\n[include]\npath = {pipe}\n[includeIf \"gitdir:{here}\"]\npath = {pipe}\n");
    let config = prey.desk.read(".git/config") + &text;
    prey.desk.write(".git/config", config);
    for output in prey.run_all("") {
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!stderr.contains("could not be read"), "{stderr}");
    }
}

#[test]
fn a_configuration_that_names_other_files_is_not_believed() {
    let desk = with_git(Desk::new());
    git(&desk, &["init", "-q", "e"]);
    write(&desk, &["e/a"]);
    desk.write("e/.git/info/exclude", "*\n");
    scan(&desk, &["e"]).exits(7);
    git(&desk, &["-C", "e", "config", "core.worktree", "/usr"]);
    let run = scan(&desk, &["e"]).exits(3);
    assert!(run.stdout.contains("core.worktree names another folder"), "{}", run.transcript());
}

#[test]
fn a_repository_below_does_not_hide_what_the_one_around_tracks() {
    let desk = with_git(Desk::new());
    git(&desk, &["init", "-q"]);
    write(&desk, &["inner/a", "inner/deep/b", "inner/other"]);
    git(&desk, &["add", "inner/a", "inner/deep"]);
    git(&desk, &["init", "-q", "inner"]);
    desk.write("inner/.git/info/exclude", "*\n");
    let run = scan(&desk, &[]).exits(3);
    let expected = ["inner/a", "inner/deep/b", "inner/other"].map(str::to_owned);
    assert_eq!(found(&run), expected.into(), "{}", run.transcript());
}

/// Puts `path` into the index of `e`: git writes no such path itself, so one of the same
/// length is put in its place.
fn put_into_index(desk: &Desk, path: &str) {
    let id = desk.succeed("git", &["-C", "e", "hash-object", "-w", "secret"]);
    let harmless = "a".repeat(path.len());
    let info = format!("100644,{},{harmless}", id.trim());
    desk.succeed("git", &["-C", "e", "update-index", "--add", "--cacheinfo", &info]);
    let mut index = std::fs::read(desk.path("e/.git/index")).unwrap();
    let at = index.windows(path.len()).position(|it| it == harmless.as_bytes()).unwrap();
    index[at..at + path.len()].copy_from_slice(path.as_bytes());
    let trailer = index.len() - 20;
    index[trailer..].fill(0);
    desk.write("e/.git/index", index);
}

#[test]
fn an_index_names_no_file_outside_and_none_of_git() {
    for path in [
        "../../secret",
        "/etc/passwd",
        ".git/config",
        ".GIT/config",
        "git~1/config",
        "a/../../b",
        "a/./b",
        "a//b",
        "a/.git/config",
        "..",
    ] {
        let desk = with_git(Desk::new());
        git(&desk, &["init", "-q", "e"]);
        write(&desk, &["e/secret"]);
        put_into_index(&desk, path);
        std::fs::remove_file(desk.path("e/secret")).unwrap();
        let mut staged = desk.command(&["keys", "scan", "--offline", "--staged"]);
        let output = staged.current_dir(desk.path("e")).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{path}: {output:?}");
        assert!(output.stdout.is_empty(), "{path}: {output:?}");
        assert!(stderr.contains("/e/.git/index: a path in it is "), "{path}: {stderr}");
        let run = scan(&desk, &["e"]).exits(7);
        assert_eq!(run.json()["files"], 0);
        assert!(run.stdout.contains("index: a path in it is"), "{path}: {}", run.transcript());
    }
}

#[test]
fn a_tree_of_a_sparse_index_names_no_file_outside() {
    let desk = with_git(Desk::new());
    git(&desk, &["init", "-q", "e"]);
    write(&desk, &["e/d/f"]);
    commit(&desk, "e");
    git(&desk, &["-C", "e", "sparse-checkout", "set", "--cone", "--sparse-index", "nothing"]);
    let tree = git(&desk, &["-C", "e", "rev-parse", "HEAD:d"]);
    let blob = git(&desk, &["-C", "e", "rev-parse", "HEAD:d/f"]);
    git(&desk, &["-C", "e", "update-ref", "-d", "HEAD"]);
    // Of the folder `d` the index has only a tree. Git itself takes no such tree into one.
    let hostile = desk.path("tree");
    let object = [b"100644 ..\0".to_vec(), bytes_of(blob.trim())].concat();
    std::fs::write(&hostile, object).unwrap();
    let hostile = hostile.display().to_string();
    let arguments = ["-C", "e", "hash-object", "-t", "tree", "--literally", "-w", &hostile];
    let hostile = git(&desk, &arguments);
    let index = std::fs::read(desk.path("e/.git/index")).unwrap();
    let (old, new) = (bytes_of(tree.trim()), bytes_of(hostile.trim()));
    let mut index = index;
    let mut at = 0;
    while let Some(next) = index[at..].windows(20).position(|it| it == old) {
        index[at + next..at + next + 20].copy_from_slice(&new);
        at += next + 20;
    }
    assert!(at > 0, "no tree in the index");
    let trailer = index.len() - 20;
    index[trailer..].fill(0);
    desk.write("e/.git/index", index);
    let mut staged = desk.command(&["keys", "scan", "--offline", "--staged"]);
    let output = staged.current_dir(desk.path("e")).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    assert!(stderr.contains("d/ could not be read: a path in it is"), "{stderr}");
    assert!(output.stdout.is_empty(), "{output:?}");
}

/// The bytes of an object's name.
fn bytes_of(id: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&id[at..at + 2], 16).unwrap();
    (0..id.len()).step_by(2).map(digits).collect()
}

#[test]
fn why_an_index_is_not_searched_is_said_with_its_path() {
    assert!(rustix::process::geteuid().is_root(), "only root can give a file away");
    let desk = with_git(Desk::new());
    let staged = |desk: &Desk| desk.run(&["keys", "scan", "--offline", "--staged"]).exits(1).stderr;
    let outside = staged(&desk);
    assert!(outside.contains("is in no git repository"), "{outside}");
    assert!(outside.contains("hint: Run this in a repository"), "{outside}");
    git(&desk, &["init", "-q"]);
    let index = desk.path(".git/index");
    let index = index.to_str().unwrap();
    let prepare: [(&dyn Fn(), &str); 3] = [
        (&|| desk.write(".git/index", "junk"), ".git/index: "),
        (
            &|| {
                desk.succeed("rm", &[index]);
                desk.succeed("mkfifo", &[index]);
            },
            ".git/index: not a regular file",
        ),
        (&|| give_away(&desk.path(".git")), ".git: belongs to another user"),
    ];
    for (prepare, expected) in prepare {
        prepare();
        let stderr = staged(&desk);
        assert!(stderr.contains(expected), "{stderr}");
        assert!(!stderr.contains("hint:"), "{stderr}");
    }
}

#[test]
fn a_repository_that_ignores_everything_was_not_searched() {
    for (rules, elsewhere) in
        [(".git/info/exclude", false), (".git/info/exclude", true), ("a/.gitignore", false)]
    {
        let desk = with_git(Desk::new());
        git(&desk, &["init", "-q"]);
        write(&desk, &["a/key", "a/b/key"]);
        if elsewhere {
            std::fs::rename(desk.path(".git"), desk.outside("git")).unwrap();
            desk.write(".git", format!("gitdir: {}\n", desk.outside("git").display()));
            std::fs::write(desk.outside("git/info/exclude"), "*\n").unwrap();
        } else {
            desk.write(rules, "*\n");
        }
        for command in ["scan", "check"] {
            for path in [".", "a"] {
                let arguments = ["keys", command, "--offline", path];
                let run = desk.run(&arguments);
                // What is ignored as a whole, and named, is searched.
                if path == "a" && !rules.starts_with('a') {
                    let run = run.exits(if command == "scan" { 3 } else { 0 });
                    assert!(run.stderr.contains("2 files"), "{}", run.transcript());
                    continue;
                }
                let run = run.exits(7);
                assert!(
                    run.stderr.contains("Nothing was searched: git ignores all that is there"),
                    "{rules}: {}",
                    run.transcript()
                );
            }
        }
        let run = scan(&desk, &[]).exits(7);
        let ignored = if rules.starts_with('a') { (2, 1) } else { (0, 1) };
        assert_eq!(run.json()["ignored"]["files"], ignored.0, "{}", run.transcript());
        assert_eq!(run.json()["ignored"]["folders"], ignored.1, "{}", run.transcript());
        // One file that is not ignored was searched, and the others are counted.
        std::fs::remove_file(desk.path("a/key")).unwrap();
        desk.write("tracked", "");
        git(&desk, &["add", "-f", "tracked"]);
        let run = desk.run(&["keys", "scan", "--offline"]).exits(0);
        assert!(run.stderr.contains("No keys in 1 file; git ignores "), "{}", run.stderr);
    }
}

#[test]
fn rules_whose_comparison_would_not_end_do_not_count() {
    let prey = Prey::new();
    git(&prey.desk, &["init", "-q"]);
    let deep = format!("{}x", "a/".repeat(120));
    write(&prey.desk, &["x", &deep]);
    prey.desk.write(".gitignore", format!("{}b\n{}c\n", "**/a/".repeat(30), "a/**/".repeat(25)));
    let outputs = prey.run_all("");
    assert_eq!(outputs[0].status.code(), Some(3), "{outputs:?}");
    let stderr = String::from_utf8_lossy(&outputs[0].stderr);
    assert!(stderr.contains(".gitignore could not be read: a rule in it has **"), "{stderr}");
    // Deeper than any folder that a person has, fewer of them would do as well.
    let deeper = format!("{}x", "a/".repeat(1_000));
    prey.desk.write(".gitignore", format!("{}b\n", "**/a/".repeat(3)));
    std::fs::create_dir_all(prey.desk.path(deeper.strip_suffix('x').unwrap())).unwrap();
    prey.run_all("");
}

#[test]
fn an_index_does_not_hide_a_folder_by_calling_it_unchanged() {
    let desk = with_git(Desk::new());
    git(&desk, &["init", "-q", "e"]);
    write(&desk, &["e/secret"]);
    let secret = git(&desk, &["-C", "e", "hash-object", "-w", "secret"]);
    std::fs::remove_file(desk.path("e/secret")).unwrap();
    std::fs::create_dir(desk.path("e/d")).unwrap();
    desk.write("e/d/f", "harmless\n");
    commit(&desk, "e");
    // Git writes into the index of which trees its entries are; they become others.
    git(&desk, &["-C", "e", "read-tree", "HEAD"]);
    let harmless = git(&desk, &["-C", "e", "rev-parse", "HEAD:d/f"]);
    let mut index = std::fs::read(desk.path("e/.git/index")).unwrap();
    assert!(index.windows(4).any(|it| it == b"TREE"), "no trees in the index");
    let old = bytes_of(harmless.trim());
    let at = index.windows(20).position(|it| it == old).unwrap();
    index[at..at + 20].copy_from_slice(&bytes_of(secret.trim()));
    let trailer = index.len() - 20;
    index[trailer..].fill(0);
    desk.write("e/.git/index", index);
    let mut staged = desk.command(&["keys", "scan", "--offline", "--staged"]);
    let output = staged.current_dir(desk.path("e")).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("d/f:1"), "{output:?}");
}
