//! HTTP to one base address: time-outs, redirects, body limits, and nothing
//! in a message that could hold a secret.

use std::io::Read;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use reqwest::blocking::Client;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Method, StatusCode, Url};
use zeroize::Zeroizing;

use super::error::words;
use super::{ApiError, retry};

pub use super::answer::Answer;

/// Longest time for a connection to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Largest body that is read, in bytes: 1,000 keys are about 0.5 MiB.
const LARGEST_BODY: u64 = 16 * 1024 * 1024;

/// Most redirects that are followed, all within one origin.
const MOST_REDIRECTS: usize = 3;

/// The address of the service: `https://HOST[:PORT]`, or `http://` where the
/// host is this machine.
#[derive(Clone, Debug)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// A sentence saying what is wrong: not a URL, neither https nor loopback,
    /// or more than an origin.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text.trim()).map_err(|error| format!("it is not a URL ({error})"))?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !bare || !url.username().is_empty() || url.password().is_some() {
            return Err("it must be only a scheme, a host and a port".to_owned());
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_loopback(&url) => Ok(Self(url)),
            "http" => Err("http:// is accepted only for this machine (127.0.0.1, [::1], \
                           localhost), because a session would cross the network unencrypted"
                .to_owned()),
            scheme => Err(format!("{scheme}:// is not supported; use https://")),
        }
    }

    /// Scheme, host and port, without a slash at the end.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let (path, query) =
            path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        url.set_path(path);
        url.set_query(query);
        url
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// One attempt, as `-v` shows it.
#[derive(Debug)]
pub struct Attempt<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Path and query; this tool puts no secret there.
    pub path: &'a str,
    /// The status, or why there is none.
    pub outcome: Result<u16, String>,
    /// From the first byte sent to the last one read.
    pub elapsed: Duration,
    /// What the service calls this request in its own logs.
    pub request_id: Option<String>,
}

/// Is told of every attempt.
pub type Observer = Box<dyn Fn(&Attempt<'_>) + Send + Sync>;

/// Makes calls to one base address.
pub struct Transport {
    base: BaseUrl,
    timeout: Duration,
    observer: Observer,
    client: OnceLock<Client>,
    /// Until when the service wants to be left alone.
    pause: Mutex<Option<Instant>>,
    /// When every call has to be over, where its caller has that little time.
    end: Mutex<Option<Instant>>,
}

impl Transport {
    /// `timeout` is for a whole call, repetitions and pauses included.
    pub fn new(base: BaseUrl, timeout: Duration, observer: Observer) -> Self {
        let (pause, end) = (Mutex::new(None), Mutex::new(None));
        Self { base, timeout, observer, client: OnceLock::new(), pause, end }
    }

    /// Makes `calls`, none of which goes on after `end`.
    pub fn within<T>(&self, end: Option<Instant>, calls: impl FnOnce() -> T) -> T {
        let before = self.end_by(end);
        let result = calls();
        self.end_by(before);
        result
    }

    fn end_by(&self, end: Option<Instant>) -> Option<Instant> {
        std::mem::replace(&mut *self.end.lock().unwrap_or_else(PoisonError::into_inner), end)
    }

    /// The address that calls go to.
    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// How long a whole call may take.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Makes a call, again where [`retry::pause`] says so. `path` may have a
    /// query. Gives any answer that has a status and is not a redirect; what
    /// the status means is for [`Answer::json`] to say.
    ///
    /// # Errors
    /// [`ApiError`] where no whole answer came.
    pub fn send(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        body: Option<&serde_json::Value>,
    ) -> Result<Answer, ApiError> {
        let end = *self.end.lock().unwrap_or_else(PoisonError::into_inner);
        let deadline = Instant::now() + self.timeout;
        let deadline = end.map_or(deadline, |end| deadline.min(end));
        let mut attempt = 1;
        loop {
            self.wait_for_the_others(deadline);
            let left = deadline.saturating_duration_since(Instant::now());
            let result = self.attempt(method, path, headers, body, left);
            let error = match &result {
                Err(error) => error.clone(),
                Ok(answer) => match answer.refusal() {
                    Some(refusal) => refusal,
                    None => return result,
                },
            };
            self.slow_down(&error);
            let left = deadline.saturating_duration_since(Instant::now());
            match retry::pause(method.as_str(), attempt, &error, left) {
                Some(pause) => std::thread::sleep(pause),
                None => return result,
            }
            attempt += 1;
        }
    }

    /// A service that asks one call to wait means all of them: those that run
    /// beside it would only be told the same.
    fn slow_down(&self, error: &ApiError) {
        if let Some(asked) = retry::pause_for_all(error) {
            let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
            *pause = (*pause).max(Some(Instant::now() + asked));
        }
    }

    /// Waits as long as another call was asked to, unless that would use up the
    /// time.
    fn wait_for_the_others(&self, deadline: Instant) {
        let until = *self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = until.filter(|until| *until < deadline) {
            std::thread::sleep(until.saturating_duration_since(Instant::now()));
        }
    }

    fn attempt(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        body: Option<&serde_json::Value>,
        left: Duration,
    ) -> Result<Answer, ApiError> {
        let started = Instant::now();
        let mut request = self
            .client()?
            .request(method.clone(), self.base.join(path))
            .headers(headers.clone())
            .timeout(left);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let mut request_id = None;
        let result = request.send().map_err(|error| self.lost(&error)).and_then(|response| {
            request_id = header(response.headers(), "x-request-id")
                .or_else(|| header(response.headers(), "x-vercel-id"))
                .map(|id| words(&id));
            self.read(response)
        });
        (self.observer)(&Attempt {
            method: method.as_str(),
            path,
            outcome: match &result {
                Ok(answer) => Ok(answer.status),
                Err(error) => Err(error.to_string()),
            },
            elapsed: started.elapsed(),
            request_id,
        });
        result
    }

    fn read(&self, response: reqwest::blocking::Response) -> Result<Answer, ApiError> {
        let status = response.status();
        let headers = response.headers();
        if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
            let to = header(headers, LOCATION.as_str());
            let to = to.map_or_else(|| "another address".to_owned(), |to| words(&to));
            return Err(ApiError::Redirected { to });
        }
        let cookies = headers
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok().map(str::to_owned))
            .collect();
        let retry_after = header(headers, RETRY_AFTER.as_str())
            .and_then(|seconds| seconds.parse().ok())
            .map(Duration::from_secs);
        let server_time = header(headers, "date")
            .and_then(|date| jiff::fmt::rfc2822::parse(&date).ok())
            .map(|date| date.timestamp().as_second());
        let content_type = header(headers, CONTENT_TYPE.as_str()).unwrap_or_default();
        let expected = response.content_length().unwrap_or_default();
        let body = read(response, expected).map_err(|error| ApiError::Interrupted {
            base: self.base.origin(),
            // A time-out is one of reqwest within one of `std::io`.
            cause: match error.get_ref().and_then(|it| it.downcast_ref::<reqwest::Error>()) {
                Some(error) if error.is_timeout() => self.time_was_up(),
                _ => innermost(&error),
            },
        })?;
        if body.len() as u64 > LARGEST_BODY {
            let what = format!("it is larger than {} MiB", LARGEST_BODY / 1024 / 1024);
            return Err(ApiError::Unintelligible { status: status.as_u16(), what });
        }
        Ok(Answer {
            status: status.as_u16(),
            cookies,
            server_time,
            body,
            retry_after,
            content_type,
        })
    }

    fn lost(&self, error: &reqwest::Error) -> ApiError {
        let base = self.base.origin();
        if error.is_connect() {
            let cause = if error.is_timeout() {
                format!("no connection within {} s", CONNECT_TIMEOUT.min(self.timeout).as_secs())
            } else {
                innermost(error)
            };
            return ApiError::Unreachable { base, cause };
        }
        if error.is_redirect() {
            return ApiError::Redirected { to: "too many other addresses".to_owned() };
        }
        let cause = if error.is_timeout() { self.time_was_up() } else { innermost(error) };
        ApiError::Interrupted { base, cause }
    }

    fn time_was_up(&self) -> String {
        let is_limited = self.end.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        if is_limited {
            return "the time was up".to_owned();
        }
        format!("the time was up ({} s; --timeout gives it more)", self.timeout.as_secs())
    }

    /// The client is built when the first request is certain: it reads the
    /// platform's root certificates, which takes longer than all else at start.
    fn client(&self) -> Result<&Client, ApiError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        // An error means that one is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .user_agent(concat!("cencori-cli/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(within_origin());
        if self.base.0.scheme() == "http" {
            // Loopback: no certificates to check, and no proxy on the way.
            builder = builder.tls_certs_only([]).no_proxy();
        } else {
            builder = builder.https_only(true);
        }
        let client = builder.build().map_err(|error| ApiError::Unreachable {
            base: self.base.origin(),
            cause: format!("TLS can't be set up: {}", innermost(&error)),
        })?;
        Ok(self.client.get_or_init(|| client))
    }
}

/// Reads up to a byte more than [`LARGEST_BODY`]; `expected` is how many bytes are said to
/// come. A buffer that grew by itself would leave what was read so far behind in the
/// memory that it gave up.
fn read(source: impl Read, expected: u64) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let first = usize::try_from(expected.min(LARGEST_BODY)).unwrap_or_default() + 1;
    let mut body = Zeroizing::new(vec![0; first.max(4_096)]);
    let (mut source, mut length) = (source.take(LARGEST_BODY + 1), 0);
    loop {
        if length == body.len() {
            let mut larger = Zeroizing::new(vec![0; body.len() * 2]);
            larger[..length].copy_from_slice(&body);
            body = larger;
        }
        match source.read(&mut body[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    body.truncate(length);
    Ok(body)
}

/// Follows redirects within the origin that was asked, and stops at any other:
/// what is sent (a session, a key) was meant for that origin alone.
fn within_origin() -> Policy {
    Policy::custom(|attempt| {
        let same = attempt
            .previous()
            .first()
            .is_some_and(|first| first.origin() == attempt.url().origin());
        if !same {
            attempt.stop()
        } else if attempt.previous().len() > MOST_REDIRECTS {
            attempt.error("too many redirects")
        } else {
            attempt.follow()
        }
    })
}

fn header(headers: &HeaderMap<HeaderValue>, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// The innermost cause: the outer ones only say that a request failed, and may
/// repeat its address.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    words(&cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read_whole_however_much_of_it_was_announced() {
        for length in [0, 1, 4_095, 4_096, 4_097, 100_000] {
            let sent: Vec<u8> = (0..length).map(|number| (number % 251) as u8).collect();
            for expected in [0, length as u64, 10] {
                let body: Zeroizing<Vec<u8>> = read(&sent[..], expected).unwrap();
                assert_eq!(*body, sent, "{length} {expected}");
            }
        }
        let endless = read(std::io::repeat(b'x'), u64::MAX).unwrap();
        assert_eq!(endless.len() as u64, LARGEST_BODY + 1);
    }

    #[test]
    fn only_https_and_this_machine_are_accepted() {
        for good in [
            "https://cencori.com",
            "https://x.example:8443/",
            "http://127.0.0.1:8787",
            "http://localhost:1",
            "http://[::1]:80",
        ] {
            assert!(BaseUrl::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "http://cencori.com",
            "http://127.0.0.1.evil.example",
            "ftp://localhost",
            "https://user@cencori.com",
            "https://cencori.com/api",
            "https://x/?a",
            "cencori.com",
            "",
        ] {
            assert!(BaseUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
