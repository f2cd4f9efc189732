//! A small HTTP client that hides nothing: no redirect is followed, nothing is
//! sent twice, and an answer that ends early is given as it came.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// A request that is being put together.
#[derive(Clone)]
pub struct Call {
    address: SocketAddr,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call {
    /// A request to the server at `url` (`http://ADDRESS:PORT`).
    pub fn new(url: &str, method: &str, path: &str) -> Self {
        let address = url.strip_prefix("http://").expect("an http address");
        let address: SocketAddr = address.parse().expect("an address");
        let headers = vec![("host".to_owned(), address.to_string())];
        let (method, path) = (method.to_owned(), path.to_owned());
        Self { address, method, path, headers, body: Vec::new() }
    }

    /// With this header, in place of one of the same name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(old, _)| !old.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a key or token as `Authorization: Bearer`.
    pub fn bearer(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    /// With a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string().as_bytes())
    }

    /// With a body of any type.
    pub fn body(mut self, content_type: &str, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self.header("content-type", content_type)
    }

    /// Sends it and reads the answer, which has to be a whole one.
    #[track_caller]
    pub fn send(self) -> Reply {
        let line = format!("{} {}", self.method, self.path);
        let reply = self.try_send().unwrap_or_else(|error| panic!("{line}: {error}"));
        assert!(reply.whole, "{line}: the answer was cut short");
        reply
    }

    /// Sends it and reads what comes.
    ///
    /// # Errors
    /// When the connection ends before the head of an answer.
    pub fn try_send(self) -> io::Result<Reply> {
        let mut stream = self.send_only()?;
        let (mut answer, mut chunk) = (Vec::new(), [0; 16 * 1024]);
        loop {
            match stream.read(&mut chunk) {
                Ok(0) => return Reply::parse(&answer),
                Ok(count) => answer.extend_from_slice(&chunk[..count]),
                // Some test's command has ended; a read with a time limit is not
                // taken up again by itself.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if answer.is_empty() => return Err(error),
                Err(_) => return Reply::parse(&answer),
            }
            // Not every server closes the connection when it is asked to.
            if let Ok(reply) = Reply::parse(&answer)
                && reply.whole
                && reply.header("content-length").is_some()
            {
                return Ok(reply);
            }
        }
    }

    /// Sends it and gives the connection, on which nothing was read.
    ///
    /// # Errors
    /// When it cannot be sent.
    pub fn send_only(self) -> io::Result<TcpStream> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let mut request = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            request += &format!("{name}: {value}\r\n");
        }
        request += &format!("content-length: {}\r\nconnection: close\r\n\r\n", self.body.len());
        let mut request = request.into_bytes();
        request.extend_from_slice(&self.body);
        stream.write_all(&request)?;
        Ok(stream)
    }
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers, names in lower case, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Whether the body is as long as the head said.
    pub whole: bool,
}

impl Reply {
    fn parse(answer: &[u8]) -> io::Result<Self> {
        let incomplete = || io::Error::new(io::ErrorKind::UnexpectedEof, "no head of an answer");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(incomplete)?;
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let body = answer[end + 4..].to_vec();
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let whole = length.is_none_or(|(_, length)| *length == body.len().to_string());
        Ok(Self { status: status.ok_or_else(incomplete)?, headers, body, whole })
    }

    /// The first header of this name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The values of all `Set-Cookie` headers.
    pub fn set_cookies(&self) -> Vec<&str> {
        let cookies = self.headers.iter().filter(|(name, _)| name == "set-cookie");
        cookies.map(|(_, value)| value.as_str()).collect()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.body)))
    }
}
