//! Repositories: whatever is in a file that says how git sees files, it is read or refused,
//! and what is staged names no file outside and none of git's. The input's first line says
//! which file it is, the rest is that.

use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

use crate::scan::repository::Repository;

/// The files, by the letter that stands for each. An index gets an end that no checksum is
/// compared with.
const FILES: [(&[u8], &str); 6] = [
    (b"i", ".git/index"),
    (b"c", ".git/config"),
    (b"e", ".git/info/exclude"),
    (b"g", ".gitignore"),
    (b"h", ".git/HEAD"),
    (b"p", ".git/packed-refs"),
];

pub fn run(input: &[u8]) {
    let (kind, content) = super::first_line(input);
    let Some((_, name)) = FILES.iter().find(|(letter, _)| *letter == kind) else { return };
    let repository = Prepared::new();
    let mut content = content.to_vec();
    if kind == b"i" {
        content.extend([0; 20]);
    }
    fs::write(repository.root.join(name), content).expect("a file");
    look_at(&repository.root);
}

/// An empty repository.
struct Prepared {
    _folder: TempDir,
    root: PathBuf,
}

impl Prepared {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a path");
        for name in [".git/objects", ".git/refs", ".git/info"] {
            fs::create_dir_all(root.join(name)).expect("a folder");
        }
        fs::write(root.join(".git/HEAD"), "ref: refs/heads/main\n").expect("a file");
        Self { _folder: folder, root }
    }
}

fn look_at(root: &Path) {
    let Ok(Some(repository)) = Repository::around(root) else { return };
    if let Ok(Some(mut folder)) = repository.folder(root) {
        let _ = folder.read_rules(root);
        for name in ["a", ".env", "b.log"] {
            let _ = folder.file(OsStr::new(name));
            let (below, _) = folder.below(OsStr::new(name));
            let _ = below.file(OsStr::new("c"));
            let _ = below.tracks_nothing();
        }
    }
    let Ok(staged) = repository.staged() else { return };
    for (path, object) in staged.files {
        let mut parts = path.components();
        let is_name = |part| matches!(part, Component::Normal(name) if name != ".git");
        assert!(parts.all(is_name), "{}", path.display());
        let _ = repository.content(&object);
    }
}
