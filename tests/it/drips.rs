//! Answers that never end: a server that sends a byte now and then.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use crate::harness::Desk;

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/// What comes first, and then again and again.
const DRIPS: [(&str, &str); 4] = [
    ("HTTP/1.1 200 OK\r\nx-slow: ", "a"),
    ("", "HTTP/1.1 100 Continue\r\n\r\n"),
    ("content-length: 1000000\r\n\r\n", " "),
    ("transfer-encoding: chunked\r\n\r\n", "1\r\n \r\n"),
];

/// Each is shorter than the time that a call has, so that only a limit for the whole call
/// ends it.
const PAUSE: Duration = Duration::from_millis(200);

/// How often something is sent, to a client that does not go away: for a minute.
const TIMES: u32 = 300;

/// Starts a server all of whose answers drip, and gives its address. Its threads end with
/// the test.
fn serve(first: &'static str, again: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || drip(stream, first, again));
        }
    });
    url
}

fn drip(mut stream: TcpStream, first: &str, again: &str) -> Option<()> {
    let read = stream.read(&mut [0; 16 * 1024]).ok()?;
    let head = if again == " " || first.starts_with("transfer") { HEAD } else { "" };
    stream.write_all(format!("{head}{first}").as_bytes()).ok().filter(|()| read > 0)?;
    for _ in 0..TIMES {
        stream.write_all(again.as_bytes()).ok()?;
        std::thread::sleep(PAUSE);
    }
    None
}

#[test]
fn an_answer_that_drips_ends_with_the_time_of_its_call() {
    let key = format!("csk_{}", "0123456789abcdef".repeat(3));
    let over = "the time was up (1 s; --timeout gives it more)";
    for (first, again) in DRIPS {
        let url = serve(first, again);
        let desk = Desk::new()
            .with("CENCORI_DASHBOARD_URL", &url)
            .with("CENCORI_PROJECT", "4aa50e74-98e8-4f0d-9d27-2751d961c997");
        let signed_in = desk.clone().with("CENCORI_ACCESS_TOKEN", "token");
        let by_password =
            desk.with("CENCORI_EMAIL", "me@example.com").with("CENCORI_PASSWORD", "password");
        // The dashboard, its route that changes something, the sign-in, and the gateway.
        for (desk, arguments, routes) in [
            (&signed_in, &["keys", "list", "--timeout", "1"][..], 1),
            (&signed_in, &["keys", "create", "a", "--timeout", "1"], 1),
            (&by_password, &["keys", "list", "--timeout", "1"], 1),
            (&signed_in, &["keys", "verify", "-", "--timeout", "1"], 3),
        ] {
            let run = desk.run_with_input(arguments, key.as_bytes()).exits(8);
            let said = run.stdout.clone() + &run.stderr;
            assert!(said.matches(over).count() >= routes, "{again:?}: {}", run.transcript());
        }
    }
}
