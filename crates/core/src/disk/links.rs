//! Where the links in a path lead. A repository can hold links to anywhere.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use super::{around, folder_of, trust};

/// Most links that are followed in one path; Linux follows as many.
const MOST_LINKS: usize = 40;

/// The file that a path means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The file itself: absolute, without links. It need not exist, its folder does.
    pub path: PathBuf,
    /// Why it is not written to without the user's word, if so.
    pub concern: Option<Concern>,
}

/// Why a file is not written to unasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concern {
    /// A link leads out of this folder, which is the project's.
    Outside(PathBuf),
    /// A link leads to one of git's own files: what they say, git does.
    Git,
    /// A link leads to a file of another user.
    OtherOwner,
    /// It was named itself, and belongs to another user.
    NamedOfOther,
}

/// Why a path means no file.
#[derive(Debug)]
pub enum Nowhere {
    /// It is a link, to this path, where nothing is.
    Dangling(PathBuf),
    /// There is no folder for the file.
    NoFolder(io::Error),
    /// Whatever else the file system says.
    Failed(io::Error),
}

/// Finds the file that `path` (absolute) means. Links are looked at on the whole way:
/// where one of them is part of a project ([`around::project`]), the file has to be in
/// that project, no file of git's, and to belong to the user. The links in folders at or above
/// the `home` folder are the user's or the system's own.
///
/// # Errors
/// [`Nowhere`].
pub fn follow(path: &Path, marker: &str, home: Option<&Path>) -> Result<Target, Nowhere> {
    let target = match fs::canonicalize(path) {
        Ok(target) => target,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if let Ok(to) = fs::read_link(path) {
                return Err(Nowhere::Dangling(to));
            }
            let folder = fs::canonicalize(folder_of(path)).map_err(Nowhere::NoFolder)?;
            folder.join(path.file_name().unwrap_or_default())
        }
        Err(error) => return Err(Nowhere::Failed(error)),
    };
    let home = home.and_then(|home| home.canonicalize().ok());
    let link = first_link(path, home.as_deref()).map_err(Nowhere::Failed)?;
    let metadata = fs::metadata(&target).ok();
    let Some(folder) = link else {
        let of_other = metadata.is_some_and(|metadata| trust::is_of_other(&metadata));
        return Ok(Target { path: target, concern: of_other.then_some(Concern::NamedOfOther) });
    };
    let project = around::project(&folder, marker, home.as_deref());
    let concern = match target.strip_prefix(&project) {
        Err(_) => Some(Concern::Outside(project)),
        // Where case counts for nothing, `.GIT` is the same folder.
        Ok(inside)
            if inside.iter().any(|part| part.eq_ignore_ascii_case(".git"))
                || folder_of(&target).ancestors().any(is_gits_own) =>
        {
            Some(Concern::Git)
        }
        Ok(_) => {
            let is_own = metadata.is_none_or(|metadata| trust::is_own(&metadata));
            (!is_own).then_some(Concern::OtherOwner)
        }
    };
    Ok(Target { path: target, concern })
}

/// Whether git would take `folder` for its own, whatever it is called: a `.git` that is a
/// file names any folder, that one's `commondir` another, and a bare repository needs
/// neither (gitrepository-layout(5)).
fn is_gits_own(folder: &Path) -> bool {
    let has = |name: &str| folder.join(name).symlink_metadata().is_ok();
    has("HEAD") && has("commondir") || has("objects") && has("refs")
}

/// Whether the folder at `path` (absolute), or what will be made there, is where this user
/// put it: links on the way are the user's or root's, and lie where nobody else can put
/// others in their place; so does every folder. What is missing is made by this user.
///
/// # Errors
/// If it may be elsewhere ([`trust::Untrusted`]), or whatever the file system says.
pub fn check_way(path: &Path) -> io::Result<()> {
    let checked = walk(path, |step| {
        trust::check_folder(step.folder)?;
        let metadata = fs::symlink_metadata(step.entry)?;
        if step.to.is_some() {
            trust::check_owner(step.entry, &metadata)?;
        }
        Ok(None::<()>)
    });
    match checked {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The folder of the first link on the way along `path` that a project could hold: any
/// but those that lead to a folder from one at or above `home`.
fn first_link(path: &Path, home: Option<&Path>) -> io::Result<Option<PathBuf>> {
    walk(path, |Step { folder, to, is_last, .. }| {
        let is_beyond = folder.parent().is_none()
            || home.is_some_and(|home| home == folder || home.starts_with(folder));
        let is_it = to.is_some() && (!is_beyond || is_last);
        Ok(is_it.then(|| folder.to_owned()))
    })
}

/// A step on the way along a path.
struct Step<'a> {
    /// Where it is: absolute, without links.
    folder: &'a Path,
    /// What it comes to.
    entry: &'a Path,
    /// If that is a link, where it leads.
    to: Option<&'a Path>,
    /// Whether no step follows but those of the link.
    is_last: bool,
}

/// Goes along `path` (absolute) and all links on the way, until `look` finds something.
fn walk<T>(
    path: &Path,
    mut look: impl FnMut(Step<'_>) -> io::Result<Option<T>>,
) -> io::Result<Option<T>> {
    let mut folder = PathBuf::new();
    // What is left of the way, the next step last.
    let mut steps: Vec<_> = parts(path);
    let mut links = 0;
    while let Some(step) = steps.pop() {
        match Path::new(&step).components().next() {
            Some(Component::ParentDir) => {
                folder.pop();
                continue;
            }
            Some(Component::CurDir) | None => continue,
            // An absolute link begins anew here.
            Some(Component::Prefix(_) | Component::RootDir) => {
                folder.push(step);
                continue;
            }
            Some(Component::Normal(_)) => {}
        }
        let entry = folder.join(&step);
        let to = fs::read_link(&entry).ok();
        let is_last = steps.is_empty();
        if let found @ Some(_) =
            look(Step { folder: &folder, entry: &entry, to: to.as_deref(), is_last })?
        {
            return Ok(found);
        }
        let Some(to) = to else {
            folder = entry;
            continue;
        };
        links += 1;
        if links > MOST_LINKS {
            return Err(io::Error::other("too many links"));
        }
        steps.extend(parts(&to));
    }
    Ok(None)
}

/// The steps of `path`, the first one last.
fn parts(path: &Path) -> Vec<PathBuf> {
    path.components().rev().map(|part| PathBuf::from(part.as_os_str())).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    const MARKER: &str = "marker.toml";

    struct Scene {
        _folder: tempfile::TempDir,
        home: PathBuf,
        clone: PathBuf,
    }

    /// A repository `clone`, and something else, in a home folder.
    fn scene() -> Scene {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().canonicalize().unwrap().join("home");
        let clone = home.join("clone");
        fs::create_dir_all(clone.join(".git")).unwrap();
        fs::create_dir_all(clone.join("web")).unwrap();
        fs::create_dir_all(home.join("private")).unwrap();
        fs::write(home.join("private/.bashrc"), "").unwrap();
        fs::write(clone.join("shared.env"), "").unwrap();
        Scene { _folder: folder, home, clone }
    }

    impl Scene {
        fn concern(&self, path: impl AsRef<Path>) -> Option<Concern> {
            follow(&self.clone.join(path), MARKER, Some(&self.home)).unwrap().concern
        }

        fn outside(&self) -> Option<Concern> {
            Some(Concern::Outside(self.clone.clone()))
        }
    }

    #[test]
    fn links_are_followed_inside_the_project() {
        let scene = scene();
        symlink("../shared.env", scene.clone.join("web/.env")).unwrap();
        symlink("web", scene.clone.join("linked")).unwrap();
        for path in [".env", "web/.env", "linked/.env", "linked/new.env", "web/../web/.env"] {
            assert_eq!(scene.concern(path), None, "{path}");
        }
        let target = follow(&scene.clone.join("linked/.env"), MARKER, Some(&scene.home)).unwrap();
        assert_eq!(target.path, scene.clone.join("shared.env"));
    }

    #[test]
    fn a_link_that_leads_out_of_the_project_is_told_of() {
        let scene = scene();
        symlink("../../private/.bashrc", scene.clone.join("web/.env")).unwrap();
        symlink("../private", scene.clone.join("linked")).unwrap();
        symlink("linked", scene.clone.join("twice")).unwrap();
        for path in ["web/.env", "linked/.env", "linked/.bashrc", "twice/.env", "web/../linked/x"] {
            assert_eq!(scene.concern(path), scene.outside(), "{path}");
        }
    }

    #[test]
    fn a_link_into_gits_own_folder_is_told_of() {
        let scene = scene();
        fs::create_dir_all(scene.clone.join("sub/.GIT/hooks")).unwrap();
        symlink(".git/config", scene.clone.join(".env")).unwrap();
        fs::write(scene.clone.join(".git/config"), "").unwrap();
        symlink("sub/.GIT/hooks", scene.clone.join("hooks")).unwrap();
        for path in [".env", "hooks/pre-commit"] {
            assert_eq!(scene.concern(path), Some(Concern::Git), "{path}");
        }
        assert_eq!(scene.concern(".git/config"), None, "it was named itself");
    }

    #[test]
    fn a_link_into_gits_own_folder_of_another_name_is_told_of() {
        let scene = scene();
        for name in ["gd/objects", "gd/refs", "gd/hooks", "linked", "common/objects", "common/refs"]
        {
            fs::create_dir_all(scene.clone.join(name)).unwrap();
        }
        let files = [
            "gd/HEAD",
            "gd/config",
            "gd/hooks/x",
            "linked/HEAD",
            "linked/commondir",
            "common/config",
        ];
        for name in files {
            fs::write(scene.clone.join(name), "").unwrap();
        }
        for to in ["gd/config", "gd/hooks/x", "linked/HEAD", "common/config"] {
            let link = scene.clone.join(".env");
            let _ = fs::remove_file(&link);
            symlink(to, link).unwrap();
            assert_eq!(scene.concern(".env"), Some(Concern::Git), "{to}");
            assert_eq!(scene.concern(to), None, "it was named itself");
        }
    }

    #[test]
    fn the_way_to_a_folder_leads_through_nothing_that_others_can_change() {
        use std::os::unix::fs::{PermissionsExt as _, lchown};
        let scene = scene();
        let (shared, link) = (scene.home.join("shared"), scene.home.join("shared/link"));
        let own = scene.home.join("private");
        fs::create_dir_all(shared.join("own")).unwrap();
        symlink(&own, &link).unwrap();
        symlink(&link, scene.home.join("twice")).unwrap();
        let set_mode =
            |mode| fs::set_permissions(&shared, fs::Permissions::from_mode(mode)).unwrap();
        let ways =
            [&link, &scene.home.join("twice"), &shared.join("own"), &shared.join("missing/x")];
        for (mode, trusted) in [(0o700, true), (0o777, false), (0o1777, true)] {
            set_mode(mode);
            for way in ways {
                assert_eq!(check_way(way).is_ok(), trusted, "{mode:o} {}", way.display());
            }
        }
        assert!(check_way(&scene.clone.join("../private/x")).is_ok());
        assert!(check_way(&scene.home.join("missing/x")).is_ok());
        if lchown(&link, Some(12), None).is_ok() {
            for way in &ways[..2] {
                let error = check_way(way).unwrap_err().to_string();
                assert!(error.contains("shared/link: it belongs to another user"), "{error}");
            }
        }
    }

    #[test]
    fn what_the_user_names_without_links_may_be_anywhere() {
        let scene = scene();
        assert_eq!(scene.concern("../private/.env"), None);
        assert_eq!(scene.concern("/tmp/x.env"), None);
    }

    #[test]
    fn links_of_the_home_folder_are_the_users_own() {
        let scene = scene();
        let elsewhere = scene.home.parent().unwrap().join("disk");
        fs::create_dir_all(elsewhere.join("app/.git")).unwrap();
        symlink(&elsewhere, scene.home.join("code")).unwrap();
        assert_eq!(scene.concern("../code/app/.env"), None);
        // But not those of what is in there.
        symlink(scene.home.join("private"), elsewhere.join("app/linked")).unwrap();
        let outside = Some(Concern::Outside(elsewhere.join("app")));
        assert_eq!(scene.concern("../code/app/linked/.env"), outside);
    }

    #[test]
    fn a_link_to_another_users_file_is_told_of() {
        let scene = scene();
        if !trust::is_own(&fs::metadata("/proc/self/exe").unwrap()) {
            return;
        }
        if std::os::unix::fs::chown(scene.clone.join("shared.env"), Some(12), None).is_err() {
            return;
        }
        symlink("shared.env", scene.clone.join(".env")).unwrap();
        assert_eq!(scene.concern(".env"), Some(Concern::OtherOwner));
        assert_eq!(scene.concern("shared.env"), Some(Concern::NamedOfOther));
    }

    #[test]
    fn a_link_to_nothing_means_no_file() {
        let scene = scene();
        symlink("nothing", scene.clone.join(".env")).unwrap();
        let nowhere = follow(&scene.clone.join(".env"), MARKER, Some(&scene.home));
        assert!(matches!(nowhere, Err(Nowhere::Dangling(to)) if to == Path::new("nothing")));
        let nowhere = follow(&scene.clone.join("no/.env"), MARKER, Some(&scene.home));
        assert!(matches!(nowhere, Err(Nowhere::NoFolder(_))));
    }
}
