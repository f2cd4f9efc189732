//! What the browser is sent back with, and whether it is the answer that is
//! waited for. No sockets and no clock, so that every case can be tested.

use std::borrow::Cow;

use url::{Host, Url, form_urlencoded};

use super::error::Mismatch;
use crate::secret::{Fingerprint, Secret};

/// The path of the answer; the service sends nobody to another.
pub(crate) const PATH: &str = "/auth/callback";

/// Longest head of a request, in bytes. Cookies know no ports: a browser sends
/// those of everything that ever ran on 127.0.0.1, this service's own sandbox
/// with its session of up to 7 KiB included.
pub(crate) const LONGEST_HEAD: usize = 16 * 1024;

/// Most headers of a request. Browsers send about fifteen.
const MOST_HEADERS: usize = 100;

/// Longest code. Today's have 43 characters.
const LONGEST_CODE: usize = 512;

/// How the right answer is known.
pub(crate) struct Expected {
    port: u16,
    /// Comparing digests takes the same time however much of the text is right.
    state: Fingerprint,
}

/// What a request is, as far as it has come in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// More is needed to say.
    Incomplete,
    /// Not the answer.
    Refused(Refusal),
    /// The answer, with its code.
    Answer(Secret),
}

/// Why a request is not the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is not HTTP.
    Malformed,
    /// Its head is too long.
    TooLong,
    /// It was meant for another name: somebody pointed one at this machine
    /// (DNS rebinding).
    Host,
    /// It is for another path.
    Path,
    /// It has another method.
    Method,
    /// It has a body.
    Body,
    /// It answers another sign-in, or nothing.
    NotTheAnswer,
    /// It comes after the answer.
    Second,
}

impl Expected {
    /// The answer to `state`, on `port`.
    pub(crate) fn new(port: u16, state: &Secret) -> Self {
        Self { port, state: state.fingerprint() }
    }

    /// The port that it comes to.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What the first bytes of a connection are.
    pub(crate) fn judge(&self, bytes: &[u8]) -> Verdict {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        let head = match request.parse(bytes) {
            Err(_) => return Verdict::Refused(Refusal::Malformed),
            Ok(httparse::Status::Partial) if bytes.len() > LONGEST_HEAD => {
                return Verdict::Refused(Refusal::TooLong);
            }
            Ok(httparse::Status::Partial) => return Verdict::Incomplete,
            Ok(httparse::Status::Complete(head)) => head,
        };
        if head > LONGEST_HEAD {
            return Verdict::Refused(Refusal::TooLong);
        }
        match self.code_of_request(&request, bytes.len() > head) {
            Ok(code) => Verdict::Answer(code),
            Err(refusal) => Verdict::Refused(refusal),
        }
    }

    fn code_of_request(
        &self,
        request: &httparse::Request<'_, '_>,
        more_follows: bool,
    ) -> Result<Secret, Refusal> {
        let values = |name: &'static str| {
            let named = request.headers.iter().filter(move |it| it.name.eq_ignore_ascii_case(name));
            named.map(|header| header.value)
        };
        let host = format!("127.0.0.1:{}", self.port);
        if !values("host").eq([host.as_bytes()]) {
            return Err(Refusal::Host);
        }
        let target = request.path.unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if path != PATH {
            return Err(Refusal::Path);
        }
        if request.method != Some("GET") {
            return Err(Refusal::Method);
        }
        let announced = values("content-length").any(|length| length != b"0")
            || values("transfer-encoding").next().is_some();
        if announced || more_follows {
            return Err(Refusal::Body);
        }
        self.code(query).map_err(|_| Refusal::NotTheAnswer)
    }

    /// The code in an address that somebody copied.
    ///
    /// # Errors
    /// If it is not that of the answer.
    pub(crate) fn code_in_address(&self, text: &str) -> Result<Secret, Mismatch> {
        // Some browsers leave the scheme away in what is copied.
        let text = text.trim();
        let whole = match text.starts_with("127.0.0.1:") {
            true => Cow::Owned(format!("http://{text}")),
            false => Cow::Borrowed(text),
        };
        let url = Url::parse(&whole).map_err(|_| Mismatch::NoAddress)?;
        let here = url.scheme() == "http"
            && url.host() == Some(Host::Ipv4(std::net::Ipv4Addr::LOCALHOST))
            && url.port_or_known_default() == Some(self.port)
            && url.username().is_empty()
            && url.password().is_none()
            && url.path() == PATH;
        if !here {
            return Err(Mismatch::AnotherPlace { port: self.port });
        }
        self.code(url.query().unwrap_or_default())
    }

    fn code(&self, query: &str) -> Result<Secret, Mismatch> {
        let only = |name: &str| {
            let mut values =
                form_urlencoded::parse(query.as_bytes()).filter(|(found, _)| found == name);
            let value = values.next().map(|(_, value)| Secret::new(value));
            value.filter(|_| values.next().is_none())
        };
        if only("state").is_none_or(|state| state.fingerprint() != self.state) {
            return Err(Mismatch::AnotherSignIn);
        }
        only("code").filter(|code| is_code(code.expose())).ok_or(Mismatch::NoCode)
    }
}

fn is_code(text: &str) -> bool {
    (1..=LONGEST_CODE).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

impl Refusal {
    /// The status of the refusing answer.
    pub(crate) fn status(self) -> &'static str {
        match self {
            Self::Malformed | Self::Body | Self::NotTheAnswer => "400 Bad Request",
            Self::Path => "404 Not Found",
            Self::Method => "405 Method Not Allowed",
            Self::Second => "409 Conflict",
            Self::Host => "421 Misdirected Request",
            Self::TooLong => "431 Request Header Fields Too Large",
        }
    }

    /// What the refusing answer says.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Malformed => "This is not a request that is understood here.",
            Self::TooLong => {
                "The browser sends too much along, probably cookies of other programs on \
                 127.0.0.1. Paste the address of this page into the terminal instead."
            }
            Self::Host => "Only 127.0.0.1 is answered here.",
            Self::Path => "There is nothing here.",
            Self::Method => "Only GET is answered here.",
            Self::Body => "A request with a body is not answered here.",
            Self::NotTheAnswer => {
                "This does not belong to the sign-in that is under way. Start again from the \
                 terminal."
            }
            Self::Second => "This sign-in has been answered already.",
        }
    }
}

#[cfg(test)]
#[path = "callback_tests.rs"]
mod tests;
