//! A Secret Service that does what a test says: one that asks, forgets, or is slow.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::bus::{Bus, Service};
use super::programs::PYTHON;

/// What a provider needs, besides a bus.
pub const PROVIDER: [&str; 4] = ["dbus-run-session", "dbus-send", "python3:dbus", "python3:gi"];

/// A service on a bus of its own. Both end when this is dropped.
pub struct Provider {
    process: Child,
    bus: Bus,
    home: TempDir,
}

impl Provider {
    /// Starts one that behaves as `mode` says (`provider.py`).
    pub fn start(mode: &str) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let bus = Bus::start(home.path(), Service::None);
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/harness/provider.py");
        let file = home.path().join("mode");
        std::fs::write(&file, mode).expect("a file");
        let mut command = Command::new(PYTHON);
        command.arg("-B").arg(script).arg(&file).env("DBUS_SESSION_BUS_ADDRESS", bus.address());
        let mut process = command.stdout(Stdio::piped()).spawn().expect("python runs");
        let mut line = String::new();
        let output = process.stdout.as_mut().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("a line");
        assert_eq!(line, "ready\n");
        Self { process, bus, home }
    }

    /// From now on it behaves as `mode` says.
    pub fn behave(&self, mode: &str) {
        std::fs::write(self.home.path().join("mode"), mode).expect("a file");
    }

    /// The value of `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        self.bus.address()
    }

    /// What was called since the last time that this was asked.
    pub fn calls(&self) -> Vec<String> {
        let path = self.home.path().join("mode.log");
        let calls = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(path, "").expect("a file");
        calls.lines().map(str::to_owned).collect()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
