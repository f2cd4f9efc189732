//! A D-Bus session of the test's own, with or without a real GNOME Keyring on
//! it.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::programs::program;

/// What a bus needs.
pub const BUS: [&str; 2] = ["dbus-run-session", "dbus-send"];

/// What a bus with a keyring needs.
pub const KEYRING: [&str; 3] = ["dbus-run-session", "dbus-send", "gnome-keyring-daemon"];

/// A bus on which nothing can be started.
const BARE: &str = r#"<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"#;

/// Who waits for the keyring: a first call that met none would have the bus
/// start a second one, which outlives the bus.
const FUNCTIONS: &str = r#"
ask() {
    dbus-send --print-reply=literal --dest=org.freedesktop.DBus /org/freedesktop/DBus \
        org.freedesktop.DBus.$1 string:org.freedesktop.secrets $2
}
is_there() { ask NameHasOwner | grep -q true; }
patiently() { for _ in $(seq 500); do "$@" && return; sleep 0.02; done; }
is_gone() { ! is_there; }"#;

/// Lives until the test closes its input, and leaves no keyring behind.
const REST: &str = r#"
echo "$DBUS_SESSION_BUS_ADDRESS"
cat
is_there || exit 0
set -- $(ask GetConnectionUnixProcessID)
kill "$2"
patiently is_gone"#;

/// What is on the bus.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// A keyring, open.
    Unlocked,
    /// A keyring that wants a password, and no desktop to ask for it.
    Locked,
    /// Nothing, and nothing to start.
    None,
}

/// A bus; it and what is on it end when this is dropped.
pub struct Bus {
    process: Child,
    address: String,
}

impl Bus {
    /// Starts a bus. What its keyring keeps is in `home`.
    pub fn start(home: &Path, service: Service) -> Self {
        let run = program("dbus-run-session");
        let mut command = Command::new(run);
        let keyring = match service {
            Service::None => {
                let config = home.join("bus.conf");
                std::fs::write(&config, BARE).expect("a file");
                command.arg("--config-file").arg(config);
                "true"
            }
            Service::Unlocked => {
                "printf password | $KEYRING --unlock --components=secrets; patiently is_there"
            }
            Service::Locked => "ask StartServiceByName uint32:0",
        };
        let runtime = home.join("runtime");
        std::fs::create_dir_all(&runtime).expect("a folder");
        std::fs::set_permissions(&runtime, PermissionsExt::from_mode(0o700)).expect("a mode");
        let script = format!("{FUNCTIONS}\n{keyring} >/dev/null\n{REST}");
        command.args(["--", "sh", "-c", &script]).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        // By its own name too: the bus takes root's home from elsewhere.
        let data = home.join(".local/share");
        command.env("HOME", home).env("XDG_RUNTIME_DIR", &runtime).env("XDG_DATA_HOME", data);
        if service != Service::None {
            command.env("KEYRING", program("gnome-keyring-daemon"));
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("dbus-run-session runs");
        let mut address = String::new();
        let output = process.stdout.as_mut().expect("a pipe");
        BufReader::new(output).read_line(&mut address).expect("a line");
        let address = address.trim().to_owned();
        assert!(address.starts_with("unix:"), "no bus: {address:?}");
        Self { process, address }
    }

    /// The value of `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
