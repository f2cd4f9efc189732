//! The state of one file, beside what git says of it.

#![expect(clippy::disallowed_methods, reason = "git is what the answers are compared with")]

use std::fs;
use std::path::Path;

use super::{GitState, git_state};

fn git(folder: &Path, arguments: &[&str]) -> i32 {
    let mut git = std::process::Command::new("git");
    git.args([
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b",
        "-c",
        "advice.sparseIndexExpanded=false",
    ]);
    git.arg("-C").arg(folder).args(arguments);
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    git.output().expect("git runs").status.code().expect("git ends")
}

fn write(root: &Path, names: &[&str]) {
    for name in names {
        let path = root.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, name).expect("a file");
    }
}

/// What git says, asked as a person would.
fn by_git(path: &Path) -> GitState {
    let (folder, name) = (path.parent().unwrap(), path.file_name().unwrap().to_str().unwrap());
    if git(folder, &["ls-files", "--error-unmatch", "--", name]) == 0 {
        GitState::Tracked
    } else if git(folder, &["check-ignore", "-q", "--", name]) == 0 {
        GitState::Safe
    } else {
        GitState::Exposed
    }
}

fn agree(root: &Path, names: &[&str]) -> Vec<GitState> {
    let states: Vec<_> = names.iter().map(|name| git_state(&root.join(name))).collect();
    for (name, state) in names.iter().zip(&states) {
        assert_eq!(*state, by_git(&root.join(name)), "{name}");
    }
    states
}

#[test]
fn a_file_is_as_git_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    assert_eq!(git_state(&root.join(".env")), GitState::Safe);
    git(root, &["init", "-q"]);
    let names = [
        ".env",
        "a/.env",
        "a/b/.env",
        "a/b/c/.env",
        "forced/.env",
        "forced/x",
        "sub/.env",
        "sub/x",
        "kept/.env",
        "q/.env",
    ];
    write(root, &names);
    let rules = "/.env\na/b/\nforced\n!a/b/c/.env\nq/.env\n!q/*\n";
    fs::write(root.join(".gitignore"), rules).unwrap();
    fs::write(root.join("a/.gitignore"), "!.env\n").unwrap();
    fs::write(root.join(".git/info/exclude"), "kept\n").unwrap();
    git(root, &["init", "-q", "sub"]);
    fs::write(root.join("sub/.gitignore"), ".env\n").unwrap();
    git(root, &["add", "-f", "forced/.env"]);
    let states = agree(root, &names);
    for state in [GitState::Tracked, GitState::Safe, GitState::Exposed] {
        assert!(states.contains(&state), "{states:?}");
    }
    // Files that are still to be made.
    agree(root, &["a/new.env", "a/b/new.env", "forced/new.env", "kept/new.env"]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a", root.join("link")).unwrap();
        assert_eq!(git_state(&root.join("link/.env")), git_state(&root.join("a/.env")));
    }
}

#[test]
fn a_file_where_the_index_has_only_a_tree() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    git(root, &["init", "-q"]);
    write(root, &["kept/a", "gone/.env", "gone/deep/.env"]);
    git(root, &["add", "."]);
    git(root, &["commit", "-qm", "x"]);
    git(root, &["sparse-checkout", "set", "--cone", "--sparse-index", "kept"]);
    write(root, &["gone/.env", "gone/new.env", "gone/deep/.env", "gone/deep/new.env"]);
    let names = ["gone/.env", "gone/new.env", "gone/deep/.env", "gone/deep/new.env"];
    let states: Vec<_> = names.iter().map(|name| git_state(&root.join(name))).collect();
    let (tracked, exposed) = (GitState::Tracked, GitState::Exposed);
    assert_eq!(states, [tracked, exposed, tracked, exposed]);
    // Git makes the index whole to answer.
    assert_eq!(agree(root, &names), states);
}

#[test]
fn where_case_means_nothing_it_means_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    git(root, &["init", "-q"]);
    git(root, &["config", "core.ignoreCase", "true"]);
    write(root, &["A/.Env", "b"]);
    fs::write(root.join(".gitignore"), "*.ENV\nB\n").unwrap();
    git(root, &["add", "-f", "A/.Env"]);
    assert_eq!(git_state(&root.join("A/.env")), GitState::Tracked);
    assert_eq!(git_state(&root.join("A/new.env")), GitState::Safe);
    assert_eq!(git_state(&root.join("b")), GitState::Safe);
}
