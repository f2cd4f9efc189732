//! The session cookie as Supabase's browser library writes and reads it
//! (contract, *Session*): `base64-` and the base64url of the session's JSON,
//! cut into pieces where it is long.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE_NO_PAD};
use serde_json::Value;

/// The name: `127` is the first label of the sandbox's issuer.
const NAME: &str = "sb-127-auth-token";

/// What a value begins with when it is encoded.
const ENCODED: &str = "base64-";

/// A longer value is cut into pieces of this many characters.
const LONGEST: usize = 3_180;

/// Browsers forget a cookie after at most 400 days.
const LIFETIME: &str = "Path=/; Max-Age=34560000; SameSite=Lax";

/// Reads what the library's own decoder reads: bits left over are ignored.
const DECODER: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a request's cookies hold.
pub(super) enum SessionCookie {
    /// No session, or nothing that could be one.
    Absent,
    /// Something that the library throws at: the dashboard answers 500.
    Unreadable,
    /// The session's JSON.
    Session(Value),
}

/// The session in a `Cookie` header.
pub(super) fn read(header: &str) -> SessionCookie {
    let cookies: Vec<(&str, &str)> = pairs(header).collect();
    let value = |name: &str| cookies.iter().find(|(found, _)| *found == name).map(|pair| pair.1);
    let joined = value(NAME).map(str::to_owned).or_else(|| {
        let pieces = (0..).map_while(|index| value(&format!("{NAME}.{index}")));
        Some(pieces.collect::<String>()).filter(|joined| !joined.is_empty())
    });
    let Some(joined) = joined else { return SessionCookie::Absent };
    let json = match joined.strip_prefix(ENCODED) {
        None => joined.into_bytes(),
        Some(encoded) => match decode(encoded) {
            Some(json) => json,
            None => return SessionCookie::Unreadable,
        },
    };
    match serde_json::from_slice::<Value>(&json) {
        Ok(session) if is_session(&session) => SessionCookie::Session(session),
        _ => SessionCookie::Absent,
    }
}

/// The `Set-Cookie` values that make a browser which sent `header` keep
/// `session`, and forget pieces of another count.
pub(super) fn write(header: &str, session: &Value) -> Vec<String> {
    let value = format!("{ENCODED}{}", URL_SAFE_NO_PAD.encode(session.to_string()));
    let pieces: Vec<(String, &str)> = if value.len() <= LONGEST {
        vec![(NAME.to_owned(), value.as_str())]
    } else {
        // The value is ASCII, so every byte is a boundary.
        let starts = (0..value.len()).step_by(LONGEST).enumerate();
        starts
            .map(|(index, start)| {
                let end = value.len().min(start + LONGEST);
                (format!("{NAME}.{index}"), &value[start..end])
            })
            .collect()
    };
    let stale = pairs(header)
        .map(|(name, _)| name)
        .filter(|name| is_ours(name) && !pieces.iter().any(|(kept, _)| kept == name))
        .map(|name| format!("{name}=; Path=/; Max-Age=0; SameSite=Lax"));
    stale.chain(pieces.iter().map(|(name, piece)| format!("{name}={piece}; {LIFETIME}"))).collect()
}

fn pairs(header: &str) -> impl Iterator<Item = (&str, &str)> {
    header.split(';').filter_map(|pair| pair.trim().split_once('='))
}

fn is_ours(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(NAME) else { return false };
    rest.is_empty() || rest.strip_prefix('.').is_some_and(|index| index.parse::<u32>().is_ok())
}

/// The bytes, or `None` for a character outside of base64url and for what is
/// no UTF-8.
fn decode(encoded: &str) -> Option<Vec<u8>> {
    let mut letters: Vec<u8> = encoded
        .bytes()
        .filter(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'='))
        .collect();
    if letters.len() % 4 == 1 && letters.last().is_some_and(u8::is_ascii_alphanumeric) {
        // Six bits are no byte: the library drops them.
        letters.pop();
    }
    let bytes = DECODER.decode(letters).ok()?;
    String::from_utf8(bytes).ok().map(String::into_bytes)
}

fn is_session(json: &Value) -> bool {
    ["access_token", "refresh_token", "expires_at"].iter().all(|name| json.get(name).is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn session(padding: usize) -> Value {
        json!({
            "access_token": "a", "refresh_token": "r", "expires_at": 1, "padding": "p".repeat(padding),
        })
    }

    /// What a browser sends back after these `Set-Cookie` values.
    fn sent_back(cookies: &[String]) -> String {
        let kept = cookies.iter().filter(|cookie| !cookie.contains("Max-Age=0"));
        kept.filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn short_and_long_sessions_are_read_back() {
        for padding in [0, 5_000] {
            let header = sent_back(&write("", &session(padding)));
            assert!(
                matches!(read(&header), SessionCookie::Session(read) if read == session(padding))
            );
        }
    }

    #[test]
    fn pieces_of_another_count_are_cleared() {
        let long = sent_back(&write("other=1", &session(5_000)));
        assert!(long.split("; ").count() > 1);
        let cookies = write(&format!("other=1; {long}"), &session(0));
        let cleared = cookies.iter().filter(|cookie| cookie.contains("Max-Age=0")).count();
        assert_eq!(cleared, long.split("; ").count());
        assert_eq!(cookies.len(), cleared + 1);
    }

    #[test]
    fn what_cannot_be_decoded_is_told_from_what_is_no_session() {
        assert!(matches!(read("sb-127-auth-token=base64-!!!"), SessionCookie::Unreadable));
        assert!(matches!(read("sb-127-auth-token=base64-_w"), SessionCookie::Unreadable));
        assert!(matches!(read("sb-127-auth-token=garbage"), SessionCookie::Absent));
        assert!(matches!(read("sb-127-auth-token=base64-e30"), SessionCookie::Absent));
        assert!(matches!(read("other=1"), SessionCookie::Absent));
    }
}
