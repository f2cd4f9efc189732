//! Programs that tests run besides the command: on a machine where one is
//! missing, the tests put it there, so that `cargo test` is all there is to run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// How long package managers wait for each other, in seconds.
const PATIENCE: u32 = 300;

/// The program `name`, from the Debian package of that name.
#[track_caller]
pub fn program(name: &str) -> PathBuf {
    program_of(name, name)
}

/// The program `name`, from a Debian package.
#[track_caller]
pub fn program_of(name: &str, package: &str) -> PathBuf {
    // Tests run in parallel, and so may whole test runs; a program that stands
    // there already may be waiting for the rest of its package. Where the lock
    // is somebody else's, that one has no right to install anything either.
    let lock = std::fs::File::create(std::env::temp_dir().join("cencori-tests-install.lock")).ok();
    if let Some(lock) = &lock {
        lock.lock().expect("the lock");
    }
    find(name).unwrap_or_else(|| {
        install(name, package);
        find(name).unwrap_or_else(|| panic!("the package {package} has no program {name}"))
    })
}

/// Debian's Python, which can offer services on a bus.
#[cfg(target_os = "linux")]
#[track_caller]
pub fn python_with_dbus() -> PathBuf {
    let python = PathBuf::from("/usr/bin/python3");
    let can = || {
        let mut command = Command::new(&python);
        let imports = command.args(["-c", "import dbus, gi"]).output();
        imports.is_ok_and(|output| output.status.success())
    };
    let lock = std::fs::File::create(std::env::temp_dir().join("cencori-tests-install.lock")).ok();
    if let Some(lock) = &lock {
        lock.lock().expect("the lock");
    }
    if !can() {
        install("python3 with dbus", "python3-dbus");
        install("python3 with gi", "python3-gi");
        assert!(can(), "the packages python3-dbus and python3-gi don't work");
    }
    python
}

fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file())
}

#[track_caller]
fn install(name: &str, package: &str) {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    if !is_root || !Path::new("/usr/bin/apt-get").exists() {
        panic!("this test runs {name}: install the package {package}, and run the tests again");
    }
    static UPDATED: OnceLock<()> = OnceLock::new();
    UPDATED.get_or_init(|| apt_get(package, &["update"]));
    apt_get(package, &["install", "-y", "--no-install-recommends", package]);
}

#[track_caller]
fn apt_get(package: &str, arguments: &[&str]) {
    let mut command = Command::new("apt-get");
    command.arg(format!("-oDPkg::Lock::Timeout={PATIENCE}")).args(arguments);
    let output = command.env("DEBIAN_FRONTEND", "noninteractive").output();
    let output = output.expect("apt-get runs");
    assert!(
        output.status.success(),
        "this test needs the package {package}; apt-get {arguments:?} failed:\n{}",
        String::from_utf8_lossy(&output.stderr),
    );
}
