//! The folders around one: how far up a project reaches.

use std::path::{Path, PathBuf};

use super::trust::{self, Writers};

/// `folder` (absolute) and those above it in which a file may speak for it, nearest
/// first: up to the root of the repository or the home folder, and not into one that
/// other users can write to, such as `/tmp`.
pub fn upwards<'a>(folder: &'a Path, home: Option<&Path>) -> impl Iterator<Item = &'a Path> {
    let home = home.map(|home| home.canonicalize().unwrap_or_else(|_| home.to_owned()));
    let mut ended = false;
    folder.ancestors().take_while(move |above| {
        if ended || (*above != folder && is_shared(above)) {
            return false;
        }
        ended = home.as_deref() == Some(above) || is_repository(above) || is_shared(above);
        true
    })
}

/// The folder of the project that `folder` (absolute) is in: the nearest with a file
/// called `marker`, else the root of the repository, else `folder` itself. The home
/// folder is no project of the folders in it.
pub fn project(folder: &Path, marker: &str, home: Option<&Path>) -> PathBuf {
    let home = home.and_then(|home| home.canonicalize().ok());
    let folders = || upwards(folder, home.as_deref());
    let marked = folders().find(|it| it.join(marker).is_file());
    let root = marked.or_else(|| folders().find(|it| is_repository(it)));
    let root = root.filter(|root| *root == folder || home.as_deref() != Some(root));
    root.unwrap_or(folder).to_owned()
}

fn is_repository(folder: &Path) -> bool {
    folder.join(".git").symlink_metadata().is_ok()
}

fn is_shared(folder: &Path) -> bool {
    trust::check_path(folder, Writers::PrivateGroup).is_err()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A home folder with `projects/web/src` in it.
    fn home() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().canonicalize().unwrap().join("home");
        let deep = home.join("projects/web/src");
        fs::create_dir_all(&deep).unwrap();
        (folder, home, deep)
    }

    fn names(folder: &Path, home: Option<&Path>) -> Vec<String> {
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into();
        upwards(folder, home).map(name).collect()
    }

    #[test]
    fn the_way_up_ends_at_home_and_at_the_repository() {
        let (_folder, home, deep) = home();
        assert_eq!(names(&deep, Some(&home)), ["src", "web", "projects", "home"]);
        // A file, as in a worktree.
        fs::write(home.join("projects/web/.git"), "gitdir: x").unwrap();
        assert_eq!(names(&deep, Some(&home)), ["src", "web"]);
    }

    #[cfg(unix)]
    #[test]
    fn the_way_up_ends_before_a_folder_that_others_can_write_to() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, home, deep) = home();
        let shared = home.join("projects");
        fs::set_permissions(&shared, fs::Permissions::from_mode(0o1777)).unwrap();
        assert_eq!(names(&deep, Some(&home)), ["src", "web"]);
        assert_eq!(names(&shared, Some(&home)), ["projects"], "whoever is in it asked for it");
    }

    #[test]
    fn a_project_is_that_of_the_marker_else_the_repository_else_the_folder() {
        let (_folder, home, deep) = home();
        let project = || project(&deep, "marker.toml", Some(&home));
        assert_eq!(project(), deep);
        fs::create_dir(home.join(".git")).unwrap();
        assert_eq!(project(), deep, "all of the home folder is no project");
        fs::create_dir(home.join("projects/.git")).unwrap();
        assert_eq!(project(), home.join("projects"));
        fs::write(home.join("projects/web/marker.toml"), "").unwrap();
        assert_eq!(project(), home.join("projects/web"));
    }
}
