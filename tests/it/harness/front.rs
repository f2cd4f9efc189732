//! A TLS front of a sandbox: the keychain is for hosts beyond this machine, and
//! those are reached by https only.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};

use tempfile::TempDir;

use super::bus::{Bus, Service};
use super::programs::program;
use super::provider::Provider;
use super::sandbox::eventually;
use super::{Desk, TestSandbox};

/// Makes a key and a certificate for `localhost` that signs itself.
const CERTIFICATE: &str = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
                           -days 2 -keyout key.pem -out certificate.pem -subj /CN=localhost \
                           -addext subjectAltName=DNS:localhost \
                           -addext basicConstraints=critical,CA:FALSE";

/// What a front needs.
pub const FRONT: [&str; 2] = ["openssl", "stunnel4"];

/// A running front; its files are on the desk. It ends when this is dropped.
pub struct Front {
    child: Child,
    port: u16,
}

impl Front {
    /// Starts one before `sandbox`.
    pub fn start(sandbox: &TestSandbox, desk: &Desk) -> Self {
        let stunnel = program("stunnel4");
        desk.succeed("openssl", &CERTIFICATE.split_whitespace().collect::<Vec<_>>());
        // Freed at once: nobody else takes a port of these by chance.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = sandbox.url().trim_start_matches("http://");
        let folder = desk.path("");
        let folder = folder.display().to_string();
        let folder = folder.trim_end_matches('/');
        desk.write(
            "stunnel.conf",
            format!(
                "foreground = yes\npid =\n[front]\naccept = 127.0.0.1:{port}\nconnect = {address}\n\
                 cert = {folder}/certificate.pem\nkey = {folder}/key.pem\n"
            ),
        );
        let mut command = desk.program(stunnel);
        let child = command.arg("stunnel.conf").stderr(Stdio::null()).spawn().unwrap();
        eventually("stunnel listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        Self { child, port }
    }

    /// The port that it listens at.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `desk`, for which the service is behind this front.
    pub fn before(&self, desk: Desk) -> Desk {
        let roots = desk.path("certificate.pem").display().to_string();
        desk.with("CENCORI_DASHBOARD_URL", &format!("https://localhost:{}", self.port))
            .with("SSL_CERT_FILE", &roots)
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A desk at `sandbox`, behind a TLS front, with a Secret Service that behaves as
/// `mode` says.
pub fn desk_with_provider(sandbox: &TestSandbox, mode: &str) -> (Desk, Front, Provider) {
    let desk = Desk::at(sandbox);
    let front = Front::start(sandbox, &desk);
    let provider = Provider::start(mode);
    let desk = front.before(desk).with("DBUS_SESSION_BUS_ADDRESS", provider.address());
    (desk, front, provider)
}

/// What a desk with a keychain leans on. It ends when this is dropped.
pub struct Keychain {
    _front: Front,
    _bus: Bus,
    _home: TempDir,
}

/// A desk at `sandbox`, behind a TLS front, with a keyring that is open.
pub fn desk_with_keychain(sandbox: &TestSandbox) -> (Desk, Keychain) {
    let desk = Desk::at(sandbox);
    let front = Front::start(sandbox, &desk);
    let home = tempfile::tempdir().expect("a temporary folder");
    let bus = Bus::start(home.path(), Service::Unlocked);
    let desk = front.before(desk).with("DBUS_SESSION_BUS_ADDRESS", bus.address());
    (desk, Keychain { _front: front, _bus: bus, _home: home })
}
