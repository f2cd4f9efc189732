//! What `keys scan --staged` searches, beside what `git diff --cached` names.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;

use super::{commit, desk, found, git, key, names, scan, write};
use crate::harness::Desk;

#[track_caller]
fn agree(desk: &Desk) -> BTreeSet<String> {
    let arguments = ["diff", "--cached", "--name-only", "-z", "--no-renames", "--diff-filter=AMT"];
    let expected: BTreeSet<_> = names(desk, &desk.path(""), &arguments).into_iter().collect();
    let run = scan(desk, &["--staged"]).exits(if expected.is_empty() { 0 } else { 3 });
    assert_eq!(found(&run), expected, "{}", run.transcript());
    expected
}

/// A repository with a commit, and with changes of all kinds in its index.
fn changed(desk: &Desk) {
    git(desk, &["init", "-q"]);
    write(desk, &["same", "mode", "text", "gone", "moved", "d/same", "d/text", "d/e/f", "type"]);
    commit(desk, ".");
    assert!(agree(desk).is_empty());
    for (number, name) in (100..).zip(["text", "d/text", "new", "d/new", "n/e/w"]) {
        let path = desk.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, key(number)).unwrap();
    }
    std::fs::set_permissions(desk.path("mode"), PermissionsExt::from_mode(0o755)).unwrap();
    git(desk, &["mv", "moved", "d/moved"]);
    git(desk, &["rm", "-q", "gone"]);
    git(desk, &["add", "."]);
    std::fs::remove_file(desk.path("type")).unwrap();
    std::os::unix::fs::symlink(key(200), desk.path("type")).unwrap();
    git(desk, &["add", "."]);
    assert_eq!(agree(desk).len(), 8);
}

#[test]
fn changes_of_all_kinds() {
    let desk = desk();
    changed(&desk);
    // The index is taken as it is, with and without what it knows of trees.
    git(&desk, &["write-tree"]);
    agree(&desk);
    git(&desk, &["update-index", "--split-index"]);
    agree(&desk);
    git(&desk, &["gc", "-q"]);
    git(&desk, &["pack-refs", "--all"]);
    agree(&desk);
    git(&desk, &["checkout", "-q", "--detach"]);
    agree(&desk);
}

#[test]
fn before_the_first_commit_all_is_new() {
    let desk = desk();
    git(&desk, &["init", "-q"]);
    scan(&desk, &["--staged"]).exits(0);
    write(&desk, &["a", "b/c"]);
    git(&desk, &["add", "."]);
    let run = scan(&desk, &["--staged"]).exits(3);
    assert_eq!(found(&run).len(), 2);
}

#[test]
fn in_worktrees_and_with_borrowed_objects() {
    let desk = desk();
    let (main, here) = (desk.outside("main"), desk.path("").display().to_string());
    let main = main.display().to_string();
    git(&desk, &["init", "-q", &main]);
    std::fs::write(desk.outside("main/a"), key(1)).unwrap();
    git(&desk, &["-C", &main, "add", "."]);
    git(&desk, &["-C", &main, "commit", "-qm", "x"]);
    git(&desk, &["-C", &main, "worktree", "add", "-q", "--force", &here, "-b", "other"]);
    write(&desk, &["b"]);
    git(&desk, &["add", "."]);
    assert_eq!(agree(&desk).len(), 1);

    git(&desk, &["clone", "-q", "--shared", &main, "borrows"]);
    write(&desk, &["borrows/c"]);
    git(&desk, &["-C", "borrows", "add", "."]);
    let mut scan = desk.command(&["keys", "scan", "--staged", "--offline"]);
    let output = scan.current_dir(desk.path("borrows")).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("1 key in 1 place"), "{output:?}");
}

#[test]
fn in_folders_of_which_a_sparse_index_has_only_the_trees() {
    let desk = desk();
    git(&desk, &["init", "-q"]);
    write(&desk, &["kept/a", "gone/a", "gone/deep/b"]);
    commit(&desk, ".");
    std::fs::write(desk.path("gone/deep/b"), key(50)).unwrap();
    commit(&desk, ".");
    git(&desk, &["sparse-checkout", "set", "--cone", "--sparse-index", "kept"]);
    scan(&desk, &["--staged"]).exits(0);
    git(&desk, &["update-ref", "HEAD", "HEAD^"]);
    let run = scan(&desk, &["--staged"]).exits(3);
    assert_eq!(found(&run), BTreeSet::from(["gone/deep/b".to_owned()]));
    agree(&desk);
}

#[test]
fn an_object_that_is_missing_is_named_and_no_clean_result() {
    let desk = desk();
    git(&desk, &["init", "-q"]);
    write(&desk, &["d/a"]);
    commit(&desk, ".");
    desk.write("b", "clean");
    git(&desk, &["add", "b"]);
    scan(&desk, &["--staged"]).exits(0);
    let remove = |name: &str| {
        let id = git(&desk, &["rev-parse", name]);
        let id = id.trim();
        std::fs::remove_file(desk.path(&format!(".git/objects/{}/{}", &id[..2], &id[2..])))
            .unwrap();
        id.to_owned()
    };
    let id = remove(":b");
    let run = scan(&desk, &["--staged"]).exits(7);
    assert!(
        run.stdout.contains(&format!("b could not be read: object {id} is missing")),
        "{run:?}"
    );
    // A tree that the commit has: what is there is searched as if it were new.
    git(&desk, &["update-index", "--force-remove", "b"]);
    std::fs::write(desk.path("d/c"), key(9)).unwrap();
    git(&desk, &["add", "d/c"]);
    let id = remove("HEAD:d");
    let run = scan(&desk, &["--staged"]).exits(3);
    assert!(run.stdout.contains(&format!("object {id} is missing")), "{run:?}");
    assert_eq!(found(&run).len(), 2);
    let id = remove("HEAD");
    let run = scan(&desk, &["--staged"]).exits(1);
    assert!(run.stderr.contains(&format!("object {id} is missing")), "{run:?}");
}

#[test]
fn only_the_index_of_the_commit_is_taken_from_the_variables() {
    let desk = desk();
    git(&desk, &["init", "-q"]);
    write(&desk, &["a"]);
    git(&desk, &["add", "."]);
    std::fs::rename(desk.path(".git/index"), desk.path(".git/other")).unwrap();
    scan(&desk, &["--staged"]).exits(0);
    let named = desk.clone().with("GIT_INDEX_FILE", ".git/other");
    scan(&named, &["--staged"]).exits(3);
    // Neither does it decide how files are seen beside it.
    desk.write(".gitignore", "a\n");
    scan(&named, &[]).exits(0);
    let elsewhere = Desk::new();
    git(&elsewhere, &["init", "-q"]);
    let folder = elsewhere.path(".git").display().to_string();
    for name in ["GIT_DIR", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE"] {
        scan(&named.clone().with(name, &folder), &["--staged"]).exits(3);
    }
}
