//! What surrounds the process, read once: this is the only place that looks at
//! the environment, the current directory and the terminals. A command is
//! handed the result.

#![expect(
    clippy::disallowed_methods,
    reason = "reading the surroundings is what this module is for"
)]

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::cli::Global;
use crate::config::{PROJECT_FILE, ProjectFile, Settings};
use crate::disk::folder::LEFTOVER_AGE;
use crate::disk::trust::{self, Writers};
use crate::disk::{self, Folder, around, links};
use crate::failure::{Failure, Hint, Kind};
use crate::secret::Secret;
use crate::ui::prompt::Prompter;
use crate::ui::shell_quoting::RunFlags;
use crate::ui::{Ui, Verbosity};

/// Everything a command may know besides its own arguments.
pub struct Context {
    /// The output.
    pub ui: Arc<Ui>,
    /// The person, if there is one.
    pub prompter: Prompter,
    /// Where relative paths start.
    pub directory: PathBuf,
    /// The variables that mean something to this tool.
    pub variables: Variables,
    /// The project that was named, by flag or else by variable.
    pub project: Option<String>,
    /// The profile that was named, by flag or else by variable.
    pub profile: Option<String>,
    /// Whether there is a browser before which somebody sits.
    pub desktop: Desktop,
    /// Whether the embedded sandbox stands in for the service.
    pub sandbox: bool,
    /// How long one call to the service may take.
    pub timeout: Duration,
}

/// Whether somebody sits before this machine, and could see a browser.
#[derive(Clone, Debug)]
pub struct Desktop {
    /// The terminal is on another machine (`SSH_CONNECTION`, `SSH_TTY`): a
    /// browser would open where nobody sees it, and could not reach this
    /// machine's loopback from there.
    pub over_ssh: bool,
    /// Windows can be shown: always on macOS and Windows; elsewhere with
    /// `DISPLAY` or `WAYLAND_DISPLAY`, and under WSL.
    pub has_display: bool,
    /// This is Windows' subsystem for Linux (`WSL_DISTRO_NAME`), and the browser is
    /// Windows'.
    pub is_wsl: bool,
    /// The home folder (`HOME`), where one is named.
    pub home: Option<PathBuf>,
}

/// The environment variables of this tool. An empty one counts as unset.
pub struct Variables {
    /// `CENCORI_DASHBOARD_URL`: where keys are managed.
    pub dashboard_url: Option<String>,
    /// `CENCORI_GATEWAY_URL`: what applications call.
    pub gateway_url: Option<String>,
    /// `CENCORI_ACCESS_TOKEN`.
    pub access_token: Option<Secret>,
    /// `CENCORI_EMAIL`.
    pub email: Option<String>,
    /// `CENCORI_PASSWORD`.
    pub password: Option<Secret>,
    /// Whether there is a D-Bus session, on which a keychain could be found.
    pub has_session_bus: bool,
    /// The folder for what must survive: `CENCORI_STATE_DIR`, else the
    /// platform's place for state.
    state_directory: Option<PathBuf>,
    /// The folder of the person's own settings, likewise.
    config_directory: Option<PathBuf>,
    /// `HOME`, which is what shells put for a `~`.
    home: Option<PathBuf>,
}

impl Context {
    /// Looks around.
    ///
    /// # Errors
    /// If the current directory is gone.
    pub fn new(global: &Global) -> Result<Self, Failure> {
        let directory = std::env::current_dir().map_err(|error| {
            anyhow::Error::from(error).context("The current directory can't be read")
        })?;
        #[cfg(feature = "checkpoints")]
        for (name, stops) in [("CENCORI_CHECKPOINT", false), ("CENCORI_STOP_AT", true)] {
            if let Some(number) = text(name).and_then(|number| number.parse().ok()) {
                crate::checkpoint::arm(number, stops);
            }
        }
        Ok(Self {
            ui: ui(global),
            prompter: Prompter::new(obstacle_to_asking(global)),
            directory,
            variables: Variables {
                dashboard_url: text("CENCORI_DASHBOARD_URL"),
                gateway_url: text("CENCORI_GATEWAY_URL"),
                access_token: text("CENCORI_ACCESS_TOKEN").map(Secret::new),
                email: text("CENCORI_EMAIL"),
                password: text("CENCORI_PASSWORD").map(Secret::new),
                has_session_bus: has_session_bus(),
                state_directory: state_directory(),
                config_directory: config_directory(),
                home: raw("HOME").map(PathBuf::from),
            },
            // The variable names a project of the service, not of the sandbox.
            project: global
                .project
                .clone()
                .or_else(|| if global.sandbox { None } else { text("CENCORI_PROJECT") }),
            profile: global.profile.clone().or_else(|| text("CENCORI_PROFILE")),
            desktop: desktop(),
            sandbox: global.sandbox,
            timeout: global.timeout,
        })
    }

    /// The folder for what must survive the process: interrupted creations and
    /// the sandbox.
    ///
    /// # Errors
    /// If nothing in the environment says where that could be, or if other users can write to it.
    pub fn state_directory(&self) -> Result<&Path, Failure> {
        self.existing_state()?.ok_or_else(|| {
            Failure::usage("There is no home directory to keep state in.")
                .hint("Name a folder in CENCORI_STATE_DIR")
        })
    }

    /// As [`Self::state_directory`]; `None` if nothing can have been left in one, because there is
    /// no place for it.
    ///
    /// # Errors
    /// If other users can write to it, to a folder in it, or to where it is: what is there
    /// decides which keys are revoked. Also if one of them is not a folder.
    pub fn existing_state(&self) -> Result<Option<&Path>, Failure> {
        let Some(state) = self.variables.state_directory.as_deref() else { return Ok(None) };
        links::check_way(state).map_err(|error| {
            let message = format!("The state folder {} can't be used: {error}", state.display());
            Failure::new(Kind::Failed, message).hint(
                "Name a folder in CENCORI_STATE_DIR that nobody else can move or replace by a link",
            )
        })?;
        for name in ["", "creations", "rotations", "sessions", "sandbox", "sandbox/sandbox.db"] {
            // Joining nothing would end the path with a slash.
            let path = if name.is_empty() { state.to_owned() } else { state.join(name) };
            // Each can be a link of its own, to where others can write.
            links::check_way(&path).map_err(|error| {
                let message = format!("Refusing to use the state folder: {error}");
                Failure::new(Kind::Failed, message)
                    .hint(Hint::from("Move away the link ").data(path.display()))
            })?;
            trust::check_path(&path, Writers::Owner)?;
            let Ok(metadata) = path.metadata() else { continue };
            let (is_right, right, use_of_it) = match name.ends_with(".db") {
                true => (metadata.is_file(), "regular file", "the sandbox's database"),
                false => (metadata.is_dir(), "folder", "a folder for interrupted work"),
            };
            if !is_right {
                let message = format!(
                    "Refusing to use the state folder: {} is not a {right}",
                    path.display()
                );
                return Err(Failure::new(Kind::Failed, message)
                    .hint(Hint::from("Move it away: ").text(use_of_it).text(" is made there")));
            }
        }
        Ok(Some(state))
    }

    /// Takes away what killed processes have left behind, here and in the state folder:
    /// for every command that changes something.
    pub fn clean_up(&self) {
        if let Ok(Some(state)) = self.existing_state() {
            disk::clean_up_state(state);
        }
        let project = around::project(&self.directory, PROJECT_FILE, self.home());
        for folder in [&self.directory, &project] {
            if let Ok(folder) = Folder::open(folder) {
                folder.clean_up(LEFTOVER_AGE, disk::is_temporary);
            }
        }
    }

    /// The home folder, if the surroundings name one.
    pub fn home(&self) -> Option<&Path> {
        self.variables.home.as_deref()
    }

    /// The `cencori.toml` of this folder or the nearest one above it, and where it is.
    pub fn project_file(&self) -> Result<Option<(PathBuf, ProjectFile)>, Failure> {
        ProjectFile::find(&self.directory, self.home())
    }

    /// The settings that the person made, and the folder they are in.
    ///
    /// # Errors
    /// If they can't be read or understood.
    pub fn settings(&self) -> Result<(Settings, PathBuf), Failure> {
        match &self.variables.config_directory {
            Some(folder) => Ok((Settings::read(folder)?, folder.clone())),
            None => Ok((Settings::default(), PathBuf::new())),
        }
    }

    /// The sandbox's state file.
    pub fn sandbox_state(&self) -> Result<PathBuf, Failure> {
        Ok(self.state_directory()?.join("sandbox").join("sandbox.db"))
    }

    /// Whether what is printed is thrown away: stdout is the null device, which
    /// is also what a closed one is replaced by before `main`.
    pub fn stdout_is_discarded(&self) -> bool {
        stdout_is_null().unwrap_or(false)
    }

    /// The index that git names to the hooks of a commit (`GIT_INDEX_FILE`): all that
    /// counts of its variables.
    pub fn git_index(&self) -> Option<PathBuf> {
        raw("GIT_INDEX_FILE").map(|path| self.resolve(path.as_ref()))
    }

    /// The home directory, and the folder for configuration that is named instead of the
    /// one in it: where the user keeps settings of git.
    pub fn user_folders(&self) -> (Option<PathBuf>, Option<PathBuf>) {
        (self.variables.home.clone(), raw("XDG_CONFIG_HOME").map(PathBuf::from))
    }

    /// Whether the variable `name`, whatever it means and to whom, is set. An
    /// empty one counts as unset.
    pub fn is_set(&self, name: &str) -> bool {
        raw(name).is_some()
    }

    /// `path` as it is on a command line that no shell has read yet: with `~/` for the home
    /// directory.
    pub fn resolve_typed(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), &self.variables.home) {
            (Some(rest), Some(home)) => self.resolve(home).join(rest),
            _ => self.resolve(path.as_ref()),
        }
    }

    /// `path` as seen from the current folder.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.directory.join(path)
    }
}

/// The shell that asks for completions, if one does.
pub fn completing_shell() -> Option<OsString> {
    raw("CENCORI_COMPLETE")
}

/// How long the service may take to tell what completes a word, if the run has a limit of
/// its own: only in builds for tests (feature `checkpoints`), in milliseconds.
pub fn completion_time() -> Option<Duration> {
    let milliseconds = cfg!(feature = "checkpoints").then(|| text("CENCORI_COMPLETION_TIME"))??;
    milliseconds.parse().ok().map(Duration::from_millis)
}

/// Why nobody can be asked anything, if so.
fn obstacle_to_asking(global: &Global) -> Option<&'static str> {
    let terminals = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if global.no_input {
        Some("--no-input forbids asking")
    } else if global.json {
        Some("--json forbids asking")
    } else if text("CI").is_some() {
        Some("nobody is asked if CI is set")
    } else if !terminals {
        Some("there is no terminal to ask at")
    } else {
        None
    }
}

/// The output that the global flags ask for.
pub fn ui(global: &Global) -> Arc<Ui> {
    let verbosity = match (global.quiet, global.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, true) => Verbosity::Verbose,
        (false, false) => Verbosity::Normal,
    };
    let width = std::io::stdout().is_terminal().then(|| console::Term::stdout().size().1);
    let flags = RunFlags {
        sandbox: global.sandbox,
        profile: global.profile.clone(),
        project: global.project.clone(),
    };
    Arc::new(Ui::new(global.json, verbosity, width, flags))
}

#[cfg(unix)]
fn stdout_is_null() -> std::io::Result<bool> {
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let stdout = std::fs::File::from(std::io::stdout().as_fd().try_clone_to_owned()?).metadata()?;
    let null = std::fs::metadata("/dev/null")?;
    Ok(stdout.file_type().is_char_device() && stdout.rdev() == null.rdev())
}

#[cfg(not(unix))]
fn stdout_is_null() -> std::io::Result<bool> {
    Ok(false)
}

fn text(name: &str) -> Option<String> {
    raw(name).and_then(|value| value.into_string().ok())
}

fn raw(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Inside the Windows subsystem for Linux, Windows' browser is used.
fn desktop() -> Desktop {
    let windows = ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"];
    Desktop {
        over_ssh: ["SSH_CONNECTION", "SSH_TTY"].into_iter().any(|name| raw(name).is_some()),
        has_display: cfg!(any(windows, target_os = "macos"))
            || windows.into_iter().any(|name| raw(name).is_some()),
        is_wsl: raw("WSL_DISTRO_NAME").is_some(),
        home: raw("HOME").map(PathBuf::from),
    }
}

fn has_session_bus() -> bool {
    is_bus(raw("DBUS_SESSION_BUS_ADDRESS"), raw("XDG_RUNTIME_DIR"))
}

/// Whether libdbus would find a bus that runs: by the address in the
/// environment, else by the socket of systemd's user session. Asked for a bus
/// where there is neither it may start one (`autolaunch:`), which nobody ends.
#[cfg(unix)]
fn is_bus(address: Option<OsString>, runtime: Option<OsString>) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    if let Some(address) = address {
        return !address.to_string_lossy().starts_with("autolaunch:");
    }
    let socket = runtime.map(|folder| PathBuf::from(folder).join("bus"));
    let metadata = socket.and_then(|socket| std::fs::symlink_metadata(socket).ok());
    metadata.is_some_and(|metadata| metadata.file_type().is_socket())
}

#[cfg(not(unix))]
fn is_bus(_: Option<OsString>, _: Option<OsString>) -> bool {
    false
}

fn state_directory() -> Option<PathBuf> {
    own_or_platform("CENCORI_STATE_DIR", "XDG_STATE_HOME", ".local/state", "LOCALAPPDATA")
}

fn config_directory() -> Option<PathBuf> {
    own_or_platform("CENCORI_CONFIG_DIR", "XDG_CONFIG_HOME", ".config", "APPDATA")
}

/// The folder that our own variable names, else the platform's: XDG Base
/// Directory Specification on Unix, a variable of the system on Windows.
fn own_or_platform(own: &str, xdg: &str, below_home: &str, windows: &str) -> Option<PathBuf> {
    let platform = || {
        let base = if cfg!(windows) {
            raw(windows).map(PathBuf::from)
        } else {
            // The specification has relative paths ignored.
            let xdg = raw(xdg).map(PathBuf::from).filter(|path| path.is_absolute());
            xdg.or_else(|| raw("HOME").map(|home| PathBuf::from(home).join(below_home)))
        };
        base.map(|base| base.join("cencori"))
    };
    // A relative folder would move with the current directory, and what was put
    // there would not be found again.
    let own = raw(own).map(PathBuf::from);
    own.or_else(platform).and_then(|path| std::path::absolute(path).ok())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_bus_is_one_that_runs_already() {
        let runtime = tempfile::tempdir().unwrap();
        let folder = || Some(runtime.path().as_os_str().to_owned());
        assert!(!is_bus(None, None) && !is_bus(None, folder()));
        assert!(is_bus(Some("unix:path=/run/bus".into()), None));
        let _bus = std::os::unix::net::UnixListener::bind(runtime.path().join("bus")).unwrap();
        assert!(is_bus(None, folder()));
        assert!(!is_bus(Some("autolaunch:".into()), folder()));
    }
}
