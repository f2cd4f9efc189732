//! The few settings that decide how git sees files.

use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::OnceLock;

use gix_config::file::{Metadata, includes, init};
use gix_config::path::interpolate;
use gix_config::{File, Source};

use super::discovery::Found;
use super::files;

/// Where the user keeps settings of git: all that the environment decides.
#[derive(Clone, Debug, Default)]
pub struct UserFolders {
    /// The home directory.
    pub home: Option<PathBuf>,
    /// The folder of configuration, `~/.config` if not named.
    pub config: Option<PathBuf>,
}

static USER: OnceLock<UserFolders> = OnceLock::new();

/// Has the user's own settings of git count, which are in `folders`. Called once, at the
/// start, by who reads the environment.
pub fn read_user_settings_from(folders: UserFolders) {
    let _ = USER.set(folders);
}

/// What the configuration says.
pub struct Settings {
    /// A file with rules for all repositories (`core.excludesFile`).
    pub excludes: Option<PathBuf>,
    /// Whether names that differ only in case are one (`core.ignoreCase`).
    pub ignore_case: bool,
    /// What objects are named by (`extensions.objectFormat`).
    pub hash: gix_hash::Kind,
}

impl Settings {
    /// Reads the user's settings, and those of a repository.
    ///
    /// # Errors
    /// If the repository's cannot be read, or say that its files are elsewhere.
    pub fn read(found: &Found) -> io::Result<Self> {
        let nobody = UserFolders::default();
        let user = USER.get().unwrap_or(&nobody);
        let interpolate = interpolate::Context {
            home_dir: user.home.as_deref(),
            ..interpolate::Context::default()
        };
        let config = user.config.clone().or_else(|| Some(user.home.as_ref()?.join(".config")));
        let config = config.map(|folder| folder.join("git"));
        let mut excludes = config.as_ref().map(|folder| folder.join("ignore"));
        let of_user = of_user(user, config.as_deref(), found, interpolate);
        if let Some(path) = of_user.as_ref().and_then(|file| file.path("core.excludesFile")) {
            excludes = path.interpolate(interpolate).ok();
        }

        let path = found.common.join("config");
        let text = files::read_own(&path)?.unwrap_or_default();
        // What it would include is not read.
        let metadata = Metadata::from(Source::Local);
        let file = File::from_bytes_no_includes(&text, metadata, init::Options::default());
        let file = file.map_err(|error| files::at(&path, error))?;
        // Not a wish, but how the files are to be read.
        let hash = file.string("extensions.objectFormat").map(|name| name.to_string());
        let hash = hash.map_or(Ok(gix_hash::Kind::Sha1), |name| gix_hash::Kind::from_str(&name));
        let hash = hash.map_err(|name| files::at(&path, format!("objects named by {name}")))?;
        if let Some(path) = file.path("core.excludesFile") {
            excludes = path.interpolate(interpolate).ok().map(|path| found.root.join(path));
        }
        let ignore_case = file.boolean("core.ignoreCase").ok().flatten();
        let ignore_case = ignore_case.unwrap_or(cfg!(any(windows, target_vendor = "apple")));
        if let Some(root) = file.path("core.worktree") {
            let root = root.interpolate(interpolate).ok().map(|root| found.git.join(root));
            let is_here = root.and_then(|root| root.canonicalize().ok());
            if is_here.as_ref() != Some(&found.root) {
                return Err(files::at(&path, "core.worktree names another folder"));
            }
        }
        // How people switch such a file off; a device is not read.
        let excludes = excludes.filter(|path| path != Path::new("/dev/null"));
        Ok(Self { excludes, ignore_case, hash })
    }
}

/// The settings of the system and of the user, with what they include. If they cannot be
/// read, none: then nothing more is ignored.
fn of_user(
    user: &UserFolders,
    config: Option<&Path>,
    found: &Found,
    interpolate: interpolate::Context<'_>,
) -> Option<File> {
    let system = cfg!(unix).then(|| (PathBuf::from("/etc/gitconfig"), Source::System));
    let paths = [
        system,
        config.map(|folder| (folder.join("config"), Source::User)),
        user.home.as_ref().map(|home| (home.join(".gitconfig"), Source::User)),
    ];
    let paths = paths.into_iter().flatten().filter(|(path, _)| path.is_file());
    let paths = paths.map(|(path, source)| Metadata::from(source).at(path));
    let conditional =
        includes::conditional::Context { git_dir: Some(&found.git), branch_name: None };
    let options = init::Options {
        includes: includes::Options::follow(interpolate, conditional),
        lossy: true,
        ignore_io_errors: true,
    };
    File::from_paths_metadata(paths, options).ok().flatten()
}
