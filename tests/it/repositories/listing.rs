//! The files of a repository, beside what `git ls-files` lists.

use std::collections::BTreeSet;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use super::{commit, desk, found, git, key, names, scan, write};
use crate::harness::Desk;

/// The files that git has or would add below `folder`, and those of repositories in it.
fn listed(desk: &Desk, folder: &Path) -> BTreeSet<String> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let mut files = BTreeSet::new();
    for name in names(desk, folder, &arguments) {
        let path = folder.join(&name);
        if path.is_dir() && path.join(".git").exists() {
            let inner = listed(desk, &path);
            let name = name.trim_end_matches('/');
            files.extend(inner.into_iter().map(|file| format!("{name}/{file}")));
        } else if path.symlink_metadata().is_ok_and(|it| it.is_file()) {
            files.insert(name);
        }
    }
    files
}

/// Each file with a key is found that git lists, and no other.
#[track_caller]
fn agree(desk: &Desk) {
    let expected = listed(desk, &desk.path(""));
    let run = scan(desk, &[]).exits(3);
    let with_key = |name: &String| std::fs::read(desk.path(name)).unwrap().starts_with(b"csk_");
    let expected: BTreeSet<_> = expected.into_iter().filter(with_key).collect();
    assert!(!expected.is_empty());
    assert_eq!(found(&run), expected, "{}", run.transcript());
}

#[test]
fn rules_of_all_kinds() {
    let desk = desk();
    git(&desk, &["init", "-q"]);
    let files = [
        "a.log",
        "keep.log",
        "forced.log",
        "b/a.log",
        "b/keep.log",
        "b/c/x.txt",
        "b/c/y.txt",
        "build/out.js",
        "build/forced.js",
        "src/build/x.js",
        "deep/a/b/c/tmp",
        "anchored",
        "sub/anchored",
        "spaces ",
        "#hash",
        "!bang",
        "foo.TXT",
        "foo.txt",
        "of-user",
        "of-git",
        "own-user",
        "q/only/this",
        "q/only/that",
        "crlf",
        "\u{e9}/\u{fc}.txt",
        "w/[x]",
        "w/x",
        ".hidden/x",
        "tab\tname",
        "line\nbreak",
        "\"quoted\"",
        "dir-only",
        "dir/dir-only/x",
    ];
    write(&desk, &files);
    desk.write(
        ".gitignore",
        "*.log\n!keep.log\nbuild/\n/anchored\n**/tmp\nspaces\\ \n\\#hash\n\\!bang\n*.txt\n\
         !b/c/x.txt\nq/*/*\n!q/only/this\ncrlf\r\nw/\\[x]\ndir-only/\n",
    );
    desk.write("b/.gitignore", "!a.log\n/c/y.*\n");
    desk.write(".git/info/exclude", "of-git\n");
    git(&desk, &["add", "-f", "forced.log", "build/forced.js"]);
    agree(&desk);
    // By default, then as the user's settings say, also in a file that they include.
    std::fs::create_dir_all(desk.outside("home/.config/git")).unwrap();
    std::fs::write(desk.outside("home/.config/git/ignore"), "of-user\n").unwrap();
    agree(&desk);
    assert!(!found(&scan(&desk, &[])).contains("of-user"));
    std::fs::write(desk.outside("home/own"), "own-user\n").unwrap();
    std::fs::write(desk.outside("home/more"), "[core]\nexcludesFile = ~/own\n").unwrap();
    git(&desk, &["config", "--global", "include.path", "~/more"]);
    agree(&desk);
    assert!(!found(&scan(&desk, &[])).contains("own-user"));
    // As people switch it off.
    std::fs::write(desk.outside("home/more"), "[core]\nexcludesFile = /dev/null\n").unwrap();
    agree(&desk);
    assert!(found(&scan(&desk, &[])).contains("own-user"));
    // From a folder in it, and one that is ignored as a whole but for what is tracked.
    for (folder, expected) in [("b/c", &["b/c/x.txt"][..]), ("build", &["build/forced.js"])] {
        let run = scan(&desk, &[folder]).exits(3);
        assert_eq!(found(&run), expected.iter().map(|it| (*it).to_owned()).collect());
    }
}

#[test]
fn ignored_env_files_however_deep() {
    let desk = desk();
    git(&desk, &["init", "-q"]);
    write(&desk, &[".env", "a/.env.local", "a/b.env", "node_modules/x/y/.env", "node_modules/z"]);
    desk.write(".gitignore", "node_modules\n.env*\n");
    let others = ["ls-files", "-z", "--others", "--ignored", "--exclude-standard"];
    let expected =
        names(&desk, &desk.path(""), &[&others[..], &["--", ":(glob)**/.env*"]].concat());
    assert_eq!(expected.len(), 3);
    let run = scan(&desk, &["--env-files"]).exits(3);
    let expected: BTreeSet<_> = expected.into_iter().chain(["a/b.env".to_owned()]).collect();
    assert_eq!(found(&run), expected);
}

#[test]
fn repositories_in_repositories() {
    let desk = desk();
    git(&desk, &["init", "-q"]);
    write(&desk, &["a", "inner/open", "inner/closed", "ignored/x", "empty/x", "inner/deep/x"]);
    for folder in ["inner", "ignored", "inner/deep"] {
        git(&desk, &["init", "-q", folder]);
    }
    // No repository, whatever its name.
    std::fs::create_dir(desk.path("empty/.git")).unwrap();
    desk.write(".gitignore", "ignored\n");
    desk.write("inner/.gitignore", "closed\n");
    agree(&desk);
    commit(&desk, "inner/deep");
    commit(&desk, "inner");
    agree(&desk);
}

#[test]
fn submodules() {
    let desk = desk();
    let other = desk.outside("other").display().to_string();
    git(&desk, &["init", "-q", &other]);
    std::fs::write(desk.outside("other/tracked.txt"), key(7)).unwrap();
    git(&desk, &["-C", &other, "add", "."]);
    git(&desk, &["-C", &other, "commit", "-qm", "x"]);
    git(&desk, &["init", "-q"]);
    write(&desk, &["a"]);
    git(&desk, &["submodule", "--quiet", "add", &other, "lib/sub"]);
    commit(&desk, ".");
    write(&desk, &["lib/sub/new", "lib/sub/x.log", "lib/b"]);
    // A submodule is searched although it is ignored by name; its rules are its own.
    desk.write(".gitignore", "lib/sub\nnew\n");
    desk.write("lib/sub/.gitignore", "*.log\n");
    agree(&desk);
    assert!(found(&scan(&desk, &["lib/sub"])).contains("lib/sub/tracked.txt"));
}

#[test]
fn linked_worktrees() {
    let desk = desk();
    let main = desk.outside("main").display().to_string();
    git(&desk, &["init", "-q", &main]);
    std::fs::write(desk.outside("main/a"), key(1)).unwrap();
    std::fs::write(desk.outside("main/forced.log"), key(1)).unwrap();
    std::fs::write(desk.outside("main/.git/info/exclude"), "*.log\n").unwrap();
    git(&desk, &["-C", &main, "add", "-f", "."]);
    git(&desk, &["-C", &main, "commit", "-qm", "x"]);
    let here = desk.path("").display().to_string();
    git(&desk, &["-C", &main, "worktree", "add", "-q", "--force", &here, "-b", "other"]);
    write(&desk, &["b", "c.log"]);
    git(&desk, &["add", "b"]);
    agree(&desk);
    // A worktree in the worktree.
    git(&desk, &["worktree", "add", "-q", "within", "-b", "third"]);
    write(&desk, &["within/d"]);
    agree(&desk);
}

#[test]
fn indexes_of_all_kinds() {
    let kinds: [&[&str]; 6] = [
        &["update-index", "--index-version", "4"],
        &["update-index", "--split-index"],
        &["update-index", "--untracked-cache"],
        &["update-index", "--skip-worktree", "d/a"],
        &["update-index", "--assume-unchanged", "d/a"],
        &["-c", "index.skipHash=true", "add", "d"],
    ];
    for kind in kinds {
        let desk = desk();
        git(&desk, &["init", "-q"]);
        write(&desk, &["a", "b.log", "d/a", "d/b.log", "e.log"]);
        git(&desk, &["add", "-f", "a", "b.log", "d"]);
        git(&desk, kind);
        desk.write(".gitignore", "*.log\nd\n");
        write(&desk, &["new", "d/new"]);
        agree(&desk);
        // What follows a split.
        git(&desk, &["rm", "-q", "--cached", "-f", "a"]);
        git(&desk, &["add", "new"]);
        agree(&desk);
    }
}

#[test]
fn objects_with_longer_names() {
    let desk = desk();
    git(&desk, &["init", "-q", "--object-format=sha256"]);
    write(&desk, &["a", "b.log"]);
    desk.write(".gitignore", "*.log\n");
    git(&desk, &["add", "-f", "."]);
    agree(&desk);
    assert_eq!(found(&scan(&desk, &["--staged"]).exits(3)).len(), 2);
    commit(&desk, ".");
    scan(&desk, &["--staged"]).exits(0);
}

#[test]
fn conflicts_and_intentions() {
    let desk = desk();
    git(&desk, &["init", "-q"]);
    write(&desk, &["a"]);
    commit(&desk, ".");
    git(&desk, &["checkout", "-q", "-b", "other"]);
    desk.write("a", key(2));
    commit(&desk, ".");
    git(&desk, &["checkout", "-q", "main"]);
    desk.write("a", key(3));
    commit(&desk, ".");
    let merge = desk.program("git").args(["merge", "-q", "other"]).output().unwrap();
    assert!(!merge.status.success());
    desk.write("a", key(4));
    desk.write("b", key(5));
    git(&desk, &["add", "-N", "b"]);
    desk.write(".gitignore", "a\nb\n");
    agree(&desk);
    assert_eq!(found(&scan(&desk, &[])).len(), 2);
}

#[test]
fn a_sparse_index_and_what_lies_where_it_has_only_trees() {
    for sparse in ["--sparse-index", "--no-sparse-index"] {
        let desk = desk();
        git(&desk, &["init", "-q"]);
        write(&desk, &["kept/a", "gone/a", "gone/deep/b", "gone/c.log"]);
        commit(&desk, ".");
        git(&desk, &["sparse-checkout", "set", "--cone", sparse, "kept"]);
        desk.write(".git/info/exclude", "*.log\na\n");
        assert!(!desk.path("gone").exists());
        agree(&desk);
        write(&desk, &["gone/a", "gone/new", "gone/new.log", "gone/c.log", "gone/deep/b"]);
        // Git makes the index whole where it looks into it; the command does not.
        let run = scan(&desk, &[]).exits(3);
        let expected = listed(&desk, &desk.path(""));
        assert_eq!(found(&run), expected, "{}", run.transcript());
        assert!(expected.contains("gone/c.log") && !expected.contains("gone/new.log"));
    }
}

#[test]
fn names_that_are_no_text() {
    let desk = desk();
    git(&desk, &["init", "-q"]);
    for name in [&b"tracked\xff.log"[..], b"dir\xfe/x", b"ignored\xff", b"new\xfe"] {
        let path = desk.path("").join(std::ffi::OsStr::from_bytes(name));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, key(1)).unwrap();
    }
    desk.write(".gitignore", b"*.log\nignored\xff\n");
    git(&desk, &["add", "-f", ":(glob)*.log"]);
    let expected = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let mut expected: BTreeSet<_> = names(&desk, &desk.path(""), &expected).into_iter().collect();
    expected.remove(".gitignore");
    assert_eq!(expected.len(), 3);
    assert_eq!(found(&scan(&desk, &[]).exits(3)), expected);
}

#[test]
fn a_damaged_index_is_named_and_all_files_are_searched() {
    let whole = |desk: &Desk| std::fs::read(desk.path(".git/index")).unwrap();
    let damages: [fn(Vec<u8>) -> Vec<u8>; 5] = [
        |index| index[..50].to_vec(),
        |_| Vec::new(),
        |_| b"no index at all, but longer than its trailer has to be".to_vec(),
        |mut index| {
            index[70] ^= 1;
            index
        },
        // More entries than there are, with no checksum to tell.
        |mut index| {
            index[8..12].copy_from_slice(&[0xff; 4]);
            let trailer = index.len() - 20;
            index[trailer..].fill(0);
            index
        },
    ];
    for damage in damages {
        let desk = desk();
        git(&desk, &["init", "-q"]);
        desk.write("a", "clean");
        desk.write(".gitignore", "*.log\n");
        git(&desk, &["add", "-A"]);
        desk.write(".git/index", damage(whole(&desk)));
        // Not "no keys", as if git's view of the files were known.
        let run = scan(&desk, &[]).exits(7);
        assert!(run.stdout.contains(".git/index: "), "{}", run.transcript());
        assert_eq!(run.json()["files"], 2);
        let run = desk.run(&["keys", "check", "--offline"]);
        assert!(run.code != Some(0) || !run.stderr.contains("Nothing is wrong"), "{run:?}");
        assert!(run.stderr.contains(".git/index: "), "{}", run.transcript());
        let run = scan(&desk, &["--staged"]).exits(1);
        assert!(run.stderr.contains(".git/index: "), "{}", run.transcript());
        desk.write("b.log", key(1));
        assert_eq!(found(&scan(&desk, &[]).exits(3)).len(), 1);
    }
}

#[test]
fn the_rest_of_a_split_index_is_missed() {
    let desk = desk();
    git(&desk, &["init", "-q"]);
    write(&desk, &["a.log"]);
    desk.write(".gitignore", "*.log\n");
    git(&desk, &["add", "-f", "."]);
    git(&desk, &["update-index", "--split-index"]);
    for entry in std::fs::read_dir(desk.path(".git")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().as_bytes().starts_with(b"sharedindex") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let run = scan(&desk, &[]).exits(3);
    assert_eq!(found(&run).len(), 1);
    assert!(run.stdout.contains("sharedindex."), "{}", run.transcript());
}
