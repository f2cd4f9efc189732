//! The one address that the browser is sent back to: listens until the answer
//! is there, and refuses everything else.
//!
//! One thread looks at all connections in turn and waits for none, so that one
//! that is silent or slow is in nobody's way; browsers open such ones too.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use zeroize::Zeroizing;

use super::SignInError;
use super::callback::{Expected, LONGEST_HEAD, Refusal, Verdict};
use crate::secret::Secret;

/// How often the connections are looked at.
const PAUSE: Duration = Duration::from_millis(10);

/// How long a connection may take to send its request.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a refused connection is heard out. Closing it with something
/// unread could take the refusal away from its reader.
const HEARING: Duration = Duration::from_secs(2);

/// Most connections at a time.
const MOST_CONNECTIONS: usize = 64;

/// Bytes that are read at once.
const CHUNK: usize = 4 * 1024;

/// How often that is done for one connection, before it is another's turn.
const CHUNKS: usize = 64;

/// The service sends nobody to a lower port.
const LOWEST_PORT: u16 = 1_024;

/// A listener on a free port of loopback, with its port.
///
/// # Errors
/// If none is to be had.
pub(super) fn bind() -> io::Result<(TcpListener, u16)> {
    // Systems give high ports, unless somebody set them up otherwise.
    for _ in 0..100 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        if port >= LOWEST_PORT {
            listener.set_nonblocking(true)?;
            return Ok((listener, port));
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrNotAvailable, "no port of 1024 or above is free"))
}

/// Waits for the answer. `answered` says, and is told, that there was one.
///
/// # Errors
/// [`SignInError::TimedOut`], and [`SignInError::AlreadyAnswered`] as soon as
/// there is an answer from elsewhere.
pub(super) fn wait(
    listener: &TcpListener,
    expected: &Expected,
    answered: &AtomicBool,
    deadline: Instant,
) -> Result<Secret, SignInError> {
    let mut connections = Vec::new();
    loop {
        if answered.load(Ordering::SeqCst) {
            return Err(SignInError::AlreadyAnswered);
        }
        accept_all(listener, &mut connections);
        let mut code = None;
        connections.retain_mut(|connection: &mut Connection| {
            let (stays, answer) = connection.serve(expected, answered);
            code = code.take().or(answer);
            stays
        });
        if let Some(code) = code {
            return Ok(code);
        }
        if connections.len() >= MOST_CONNECTIONS {
            // The older half has had the most time to say something.
            connections.drain(..MOST_CONNECTIONS / 2);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(SignInError::TimedOut);
        }
        std::thread::sleep(PAUSE.min(left));
    }
}

fn accept_all(listener: &TcpListener, connections: &mut Vec<Connection>) {
    while connections.len() < MOST_CONNECTIONS {
        match listener.accept() {
            Ok((stream, _)) if stream.set_nonblocking(true).is_ok() => {
                connections.push(Connection::new(stream));
            }
            // That one is broken, or went away before it was received.
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            // Nobody is there; or something is short, and may not be next time.
            Err(_) => return,
        }
    }
}

/// A connection.
struct Connection {
    stream: TcpStream,
    since: Instant,
    /// It can hold a code.
    heard: Zeroizing<Vec<u8>>,
    dismissed: bool,
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        // Room for all that is ever kept: growing would leave copies behind.
        let heard = Zeroizing::new(Vec::with_capacity(LONGEST_HEAD + CHUNK));
        Self { stream, since: Instant::now(), heard, dismissed: false }
    }

    /// Hears what is there to be heard. Gives whether the connection goes on,
    /// and the code where it has brought the answer.
    fn serve(&mut self, expected: &Expected, answered: &AtomicBool) -> (bool, Option<Secret>) {
        let open = self.read();
        if self.dismissed {
            return (open && self.since.elapsed() < HEARING, None);
        }
        match expected.judge(&self.heard) {
            Verdict::Incomplete => (open && self.since.elapsed() < PATIENCE, None),
            Verdict::Refused(refusal) => (self.refuse(refusal), None),
            Verdict::Answer(_) if answered.swap(true, Ordering::SeqCst) => {
                (self.refuse(Refusal::Second), None)
            }
            Verdict::Answer(code) => {
                self.say(&done());
                (false, Some(code))
            }
        }
    }

    /// Whether more may come.
    fn read(&mut self) -> bool {
        let mut chunk = Zeroizing::new([0; CHUNK]);
        // One that never stops talking is heard out by and by, as all are.
        for _ in 0..CHUNKS {
            if !self.dismissed && self.heard.len() > LONGEST_HEAD {
                break;
            }
            match self.stream.read(&mut *chunk) {
                Ok(0) => return false,
                Ok(_) if self.dismissed => {}
                Ok(count) => self.heard.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
            }
        }
        true
    }

    fn refuse(&mut self, refusal: Refusal) -> bool {
        let text = format!("{}\n", refusal.text());
        self.say(&response(refusal.status(), "text/plain", "default-src 'none'", &text));
        self.dismissed = true;
        self.since = Instant::now();
        true
    }

    /// An answer is far smaller than what the system takes on at once. Who
    /// does not get it has gone away.
    fn say(&mut self, response: &str) {
        let _ = self.stream.write_all(response.as_bytes());
        let _ = self.stream.shutdown(Shutdown::Write);
    }
}

/// The page that says so.
fn done() -> String {
    const STYLE: &str = include_str!("done/page.css");
    const SCRIPT: &str = include_str!("done/page.js");
    let page = format!(include_str!("done/page.html"), style = STYLE, script = SCRIPT);
    let hash = |text: &str| STANDARD.encode(digest(&SHA256, text.as_bytes()));
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; form-action 'none'; \
         base-uri 'none'; frame-ancestors 'none'",
        hash(SCRIPT),
        hash(STYLE),
    );
    response("200 OK", "text/html", &policy, &page)
}

fn response(status: &str, content_type: &str, policy: &str, body: &str) -> String {
    let length = body.len();
    let allow = if status.starts_with("405") { "Allow: GET\r\n" } else { "" };
    format!(
        "HTTP/1.1 {status}\r\n\
         Content-Type: {content_type}; charset=utf-8\r\n\
         Content-Length: {length}\r\n\
         {allow}\
         Content-Security-Policy: {policy}\r\n\
         Cache-Control: no-store\r\n\
         Referrer-Policy: no-referrer\r\n\
         X-Content-Type-Options: nosniff\r\n\
         Connection: close\r\n\
         \r\n\
         {body}"
    )
}
