//! https with certificates of our own: the platform's roots decide.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use crate::harness::Desk;

/// A TLS server that answers every request with a page. It ends when this is
/// dropped.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(desk: &Desk) -> Self {
        desk.succeed(
            "openssl",
            &[
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-keyout",
                "key.pem",
                "-out",
                "certificate.pem",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost",
                "-addext",
                "basicConstraints=critical,CA:FALSE",
            ],
        );
        let mut command = desk.program("openssl");
        command.args([
            "s_server",
            "-accept",
            "127.0.0.1:0",
            "-cert",
            "certificate.pem",
            "-key",
            "key.pem",
            "-www",
        ]);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("openssl runs");
        // It says where it listens: `ACCEPT 127.0.0.1:12345`.
        let lines = BufReader::new(child.stdout.as_mut().expect("a pipe")).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("ACCEPT 127.0.0.1:")?.parse().ok());
        Self { child, port: port.expect("a port") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn only_a_certificate_that_the_platform_trusts_is_taken() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    let desk = desk
        .with("CENCORI_DASHBOARD_URL", &format!("https://localhost:{}", server.port))
        .with("CENCORI_ACCESS_TOKEN", "token")
        .with("CENCORI_PROJECT", "00000000-0000-4000-8000-000000000000");
    let refused = desk.run(&["keys", "list", "--timeout", "2"]).exits(8);
    assert!(
        refused.stderr.contains("can't be reached: invalid peer certificate"),
        "{}",
        refused.transcript()
    );
    let roots = desk.path("certificate.pem").display().to_string();
    // Trusted, it is heard: what it serves is no answer of the service.
    let heard =
        desk.with("SSL_CERT_FILE", &roots).run(&["keys", "list", "--timeout", "2"]).exits(8);
    assert!(heard.stderr.contains("it is text/html, not JSON"), "{}", heard.transcript());
}
