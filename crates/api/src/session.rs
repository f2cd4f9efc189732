//! The dashboard's session: a Supabase cookie (contract, *Session*).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::HeaderValue;
use serde::Deserialize;

use cencori_core::secret::Secret;

/// Longest value of one cookie, in characters; a longer session is split.
const CHUNK: usize = 3_180;

/// The cookies of one session, by name.
#[derive(Debug, Default)]
pub struct SessionCookies(BTreeMap<String, Secret>);

/// The claims of an access token that matter here.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    exp: i64,
}

impl Claims {
    fn of(token: &Secret) -> Option<Self> {
        let parts = token.expose().split('.').collect::<Vec<_>>();
        let [_, claims, _] = parts[..] else { return None };
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }

    /// The ref in it is the first label of the Supabase host (contract,
    /// *Cookie*).
    fn cookie_name(&self) -> Option<String> {
        let issuer = url::Url::parse(&self.iss).ok()?;
        Some(format!("sb-{}-auth-token", issuer.host_str()?.split('.').next()?))
    }
}

/// What the session cookie of this access token is called, before it is split. `None` if the text
/// is not a JWT of the service's kind.
pub fn cookie_name(token: &Secret) -> Option<String> {
    Claims::of(token)?.cookie_name()
}

impl SessionCookies {
    /// The session that an access token alone makes: without a refresh token it works until 90 s
    /// before the token ends, and is not renewed. `None` if the text is not a JWT of the service's
    /// kind.
    ///
    /// Gives the cookies, and when the token ends in seconds since 1970.
    pub fn from_access_token(token: &Secret) -> Option<(Self, i64)> {
        let claims = Claims::of(token)?;
        let name = claims.cookie_name()?;
        let session = serde_json::json!({
            "access_token": token.expose(),
            "refresh_token": "",
            "expires_at": claims.exp,
            // Without a user in it every answer would repeat the whole cookie.
            "user": {},
        });
        let value = Secret::new(format!("base64-{}", URL_SAFE_NO_PAD.encode(session.to_string())));
        let mut cookies = BTreeMap::new();
        if value.expose().len() <= CHUNK {
            cookies.insert(name, value);
        } else {
            // Base64 is ASCII, so that any byte is a character's end.
            for (number, chunk) in value.expose().as_bytes().chunks(CHUNK).enumerate() {
                let chunk = Secret::new(String::from_utf8_lossy(chunk));
                cookies.insert(format!("{name}.{number}"), chunk);
            }
        }
        Some((Self(cookies), claims.exp))
    }

    /// The session in the cookies: access token, refresh token, and when the first ends in seconds
    /// since 1970. `None` if they are not of the known form.
    pub fn tokens(&self) -> Option<(Secret, Secret, i64)> {
        #[derive(Deserialize)]
        struct Session {
            access_token: Secret,
            refresh_token: Secret,
            expires_at: i64,
        }
        let mut pieces: Vec<_> = self.0.iter().collect();
        // `.10` comes after `.9`.
        pieces.sort_by_key(|(name, _)| {
            name.rsplit_once('.').and_then(|(_, number)| number.parse::<u32>().ok())
        });
        let value = pieces.iter().map(|(_, piece)| piece.expose()).collect::<Vec<_>>().concat();
        let value = zeroize::Zeroizing::new(value);
        let bytes =
            zeroize::Zeroizing::new(URL_SAFE_NO_PAD.decode(value.strip_prefix("base64-")?).ok()?);
        let session: Session = serde_json::from_slice(&bytes).ok()?;
        Some((session.access_token, session.refresh_token, session.expires_at))
    }

    /// Takes over what an answer sets or clears. True if a session cookie was among it.
    pub fn absorb(&mut self, set_cookies: &[String]) -> bool {
        let mut changed = false;
        for line in set_cookies {
            let mut parts = line.split(';');
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            let name = name.trim();
            if !(name.starts_with("sb-") && name.contains("-auth-token")) {
                continue;
            }
            let cleared = value.trim().is_empty()
                || parts.any(|attribute| attribute.trim().eq_ignore_ascii_case("max-age=0"));
            if cleared {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), Secret::new(value.trim()));
            }
            changed = true;
        }
        changed
    }

    /// Whether there is a session at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of the `Cookie` header: the session leaves its type here, for
    /// the wire.
    ///
    /// # Errors
    /// If a value has bytes that no header can carry.
    pub fn header(&self) -> Result<HeaderValue, reqwest::header::InvalidHeaderValue> {
        let pairs: Vec<_> =
            self.0.iter().map(|(name, value)| format!("{name}={}", value.expose())).collect();
        let mut header = HeaderValue::from_str(&pairs.join("; "))?;
        header.set_sensitive(true);
        Ok(header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &serde_json::Value) -> Secret {
        let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
        Secret::new(format!("eyJhbGciOiJIUzI1NiJ9.{claims}.sig"))
    }

    #[test]
    fn an_access_token_becomes_the_cookie_of_its_issuer() {
        let token =
            token(&serde_json::json!({"iss": "https://abcd.supabase.co/auth/v1", "exp": 99}));
        let (cookies, expires_at) = SessionCookies::from_access_token(&token).unwrap();
        assert_eq!(expires_at, 99);
        let header = cookies.header().unwrap();
        let value = header.to_str().unwrap().strip_prefix("sb-abcd-auth-token=base64-").unwrap();
        let session: serde_json::Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(value).unwrap()).unwrap();
        assert_eq!(session["access_token"], token.expose());
        assert_eq!(session["expires_at"], 99);
        assert_eq!(session["user"], serde_json::json!({}));
    }

    #[test]
    fn a_long_session_is_split_and_a_loopback_issuer_is_named_by_its_first_label() {
        let claims =
            serde_json::json!({"iss": "http://127.0.0.1:5/x", "exp": 1, "pad": "x".repeat(5_000)});
        let (cookies, _) = SessionCookies::from_access_token(&token(&claims)).unwrap();
        let names: Vec<_> = cookies.0.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "sb-127-auth-token.0",
                "sb-127-auth-token.1",
                "sb-127-auth-token.2",
                "sb-127-auth-token.3"
            ]
            .into_iter()
            .take(names.len())
            .collect::<Vec<_>>()
        );
        assert!(names.len() > 1);
        assert!(cookies.0.values().all(|value| value.expose().len() <= CHUNK));
    }

    #[test]
    fn what_is_no_jwt_is_not_taken_for_one() {
        for text in ["", "a.b.c", "org_abc", "a.e30.c"] {
            assert!(SessionCookies::from_access_token(&Secret::new(text)).is_none(), "{text}");
        }
    }

    #[test]
    fn answers_replace_and_clear_cookies() {
        let mut cookies = SessionCookies::default();
        let lines =
            |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        assert!(!cookies.absorb(&lines(&["theme=dark; Path=/"])));
        assert!(cookies.absorb(&lines(&["sb-1-auth-token.0=a; Path=/", "sb-1-auth-token.1=b"])));
        assert!(
            cookies
                .absorb(&lines(&["sb-1-auth-token.1=; Max-Age=0", "sb-1-auth-token.0=c; Secure"]))
        );
        assert_eq!(cookies.header().unwrap(), "sb-1-auth-token.0=c");
    }
}
