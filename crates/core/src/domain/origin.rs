//! From where a page calls, as its browser says it in the header `Origin`.

use std::fmt;
use std::net::Ipv6Addr;

use url::Url;

use super::error::quotable;

/// What the gateway gets to see of where a request comes from.
///
/// By the standards (HTML, *Origin*; URL, *Origin*): the scheme, host and port
/// of the page's URL, without user, path and query. The origin of a `blob:` URL
/// is that of the URL in it. What has no host (`file:`, `data:`, a sandboxed
/// frame) sends `null`. The host is in lower case, in punycode, an IPv4 address
/// in its one form, and keeps a dot at its end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The request has no `Origin`, and no `Referer` in its place: a server or
    /// a command line calls.
    Absent,
    /// `null`.
    Opaque,
    /// A page at a host.
    Page {
        /// The header: `https://app.myapp.com:3000`.
        header: String,
        /// The host in it, which alone decides.
        host: String,
    },
}

impl Origin {
    /// Takes an origin as a person gives one: the URL of a page, `null`, or
    /// nothing for a request without `Origin`. What has no scheme is the host,
    /// or the host and port, of a page over https; the scheme decides nothing.
    ///
    /// # Errors
    /// What no browser can visit.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::Absent);
        }
        if text == "null" {
            return Ok(Self::Opaque);
        }
        let refused = || OriginError { text: quotable(text) };
        let host = text.strip_prefix("//").unwrap_or(text);
        // `/shop` is a path without a host, which a parser would read as one. A
        // key is a slip, and must not be sent anywhere.
        if host.starts_with(super::BEHIND_HOST) || crate::key::contains_key(text) {
            return Err(refused());
        }
        let url = if text.parse::<Ipv6Addr>().is_ok() {
            format!("https://[{text}]")
        } else if has_scheme(text) {
            text.to_owned()
        } else {
            format!("https://{host}")
        };
        let origin = Url::parse(&url).map(|url| Self::of(&url)).map_err(|_| refused())?;
        // Lower case can make a key of what was none.
        match origin.header().is_some_and(crate::key::contains_key) {
            true => Err(refused()),
            false => Ok(origin),
        }
    }

    /// The origin of a page at `url`.
    fn of(url: &Url) -> Self {
        if url.scheme() == "blob" {
            // One level deep, and only these (URL, *Origin*).
            return match Url::parse(url.path()) {
                Ok(inner) if ["http", "https"].contains(&inner.scheme()) => Self::of(&inner),
                _ => Self::Opaque,
            };
        }
        let host = url.host_str().filter(|host| !host.is_empty() && url.scheme() != "file");
        let Some(host) = host else { return Self::Opaque };
        // Web views and extensions have schemes of their own and send them:
        // `capacitor://localhost`. The parser leaves their hosts as they are;
        // browsers know these schemes, and write lower case.
        let host = host.to_ascii_lowercase();
        let port = url.port().map_or(String::new(), |port| format!(":{port}"));
        Self::Page { header: format!("{}://{host}{port}", url.scheme()), host }
    }

    /// What is sent as `Origin`; `None` if nothing is.
    pub fn header(&self) -> Option<&str> {
        match self {
            Self::Absent => None,
            Self::Opaque => Some("null"),
            Self::Page { header, .. } => Some(header),
        }
    }

    /// The host that is compared; `None` if there is none, which no list of domains admits.
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::Absent | Self::Opaque => None,
            Self::Page { host, .. } => Some(host),
        }
    }
}

/// `https://app.myapp.com`, `null`, or `(none)`.
impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.header().unwrap_or("(none)"))
    }
}

/// Whether `text` is a URL rather than a host: it has `://` before a path, or
/// begins with a scheme that is written without. `localhost:3000` has none, and
/// neither has a host that is called `data` and has a port.
fn has_scheme(text: &str) -> bool {
    const WITHOUT_SLASHES: [&str; 7] =
        ["about", "blob", "data", "file", "http", "https", "javascript"];
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    let port = rest.split(super::BEHIND_HOST).next().unwrap_or_default();
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    name(scheme)
        && (rest.starts_with("//")
            || (!is_port && WITHOUT_SLASHES.iter().any(|known| scheme.eq_ignore_ascii_case(known))))
}

/// Why a text is no origin. `Display` is one sentence, fit for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginError {
    text: String,
}

impl fmt::Display for OriginError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` is no address of a page that a browser can visit", self.text)
    }
}

impl std::error::Error for OriginError {}
