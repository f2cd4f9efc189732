//! Programs that tests run besides the command. None of them is installed by a test: one
//! that needs a program which is not there is skipped, and says so on stderr.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program and its Debian package a line.
const KNOWN: &str = include_str!("../../programs.txt");

/// Where it is set, a test that would be skipped fails.
const ALL_ARE_REQUIRED: &str = "CENCORI_TESTS_NEED_ALL";

/// Debian's Python, whose modules are packages too.
pub const PYTHON: &str = "/usr/bin/python3";

/// Ends the test if one of the programs in the arrays is missing. At the head of each test
/// that runs one.
macro_rules! needs {
    ($($programs:expr),+ $(,)?) => {
        if !$crate::harness::programs::are_here(&[$(&$programs[..]),+].concat()) {
            return;
        }
    };
}
pub(crate) use needs;

/// Whether all of these programs are on this machine. If not, says on stderr what is
/// skipped, and what to install.
///
/// # Panics
/// If not, where `CENCORI_TESTS_NEED_ALL` is set.
pub fn are_here(programs: &[&str]) -> bool {
    let missing = programs.iter().filter(|name| find(name).is_none());
    let missing: Vec<_> = missing.map(|name| package_of(name)).collect();
    if missing.is_empty() {
        return true;
    }
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let packages = missing.join(" ");
    assert!(std::env::var_os(ALL_ARE_REQUIRED).is_none(), "{test} needs {packages}");
    // Not by a macro, whose output the test runner keeps to itself.
    let said = format!("skipped {test}: needs {packages} (apt-get install {packages})\n");
    let _ = std::io::stderr().write_all(said.as_bytes());
    false
}

/// The path of the program `name`.
///
/// # Panics
/// If it is missing: the test that runs it has to begin with `needs!`.
#[track_caller]
pub fn program(name: &str) -> PathBuf {
    find(name).unwrap_or_else(|| panic!("no {name}: begin the test with needs!([{name:?}])"))
}

fn find(name: &str) -> Option<PathBuf> {
    if let Some(module) = name.strip_prefix("python3:") {
        let mut command = Command::new(PYTHON);
        let output = command.args(["-c", &format!("import {module}")]).output().ok()?;
        return output.status.success().then(|| PathBuf::from(PYTHON));
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| Path::is_file(path))
}

/// The Debian package that has the program `name`.
#[track_caller]
fn package_of(name: &str) -> &'static str {
    let lines = KNOWN.lines().filter_map(|line| line.split_once(' '));
    let package = lines.filter(|(program, _)| *program == name).map(|(_, package)| package).next();
    package.unwrap_or_else(|| panic!("{name} is missing in tests/programs.txt"))
}
