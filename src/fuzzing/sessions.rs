//! Cookies, tokens and stored sessions. The first line is an access token; each line
//! behind it is a `Set-Cookie` of an answer; all of it is also a stored session, and
//! what a keychain holds.

use std::cell::RefCell;
use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::first_line;
use crate::api::session::{SessionCookies, cookie_name};
use crate::auth::credentials::keychain::{Entries, pieces};
use crate::auth::credentials::store::{StoreError, StoredSession};
use crate::secret::Secret;

pub fn run(input: &[u8]) {
    let (token, lines) = first_line(input);
    if let Ok(token) = std::str::from_utf8(token) {
        from_token(&Secret::new(token));
    }
    let lines = String::from_utf8_lossy(lines);
    cookies(&lines.lines().take(64).map(str::to_owned).collect::<Vec<_>>());
    stored(input);
    in_pieces(input);
}

/// The cookies of a token say what the token says.
fn from_token(token: &Secret) {
    let name = cookie_name(token);
    let Some((cookies, expires_at)) = SessionCookies::from_access_token(token) else { return };
    let name = name.expect("a token with a session has a name for it");
    let (access, refresh, ends) = cookies.tokens().expect("its own cookies are understood");
    assert!(access == *token && refresh.expose().is_empty() && ends == expires_at);
    if let Ok(header) = cookies.header() {
        let header = header.to_str().expect("what was a text");
        assert!(header.split("; ").all(|pair| pair.starts_with(name.as_str())), "{name}");
    }
}

/// A header that is given back as it was sent says the same.
fn cookies(lines: &[String]) {
    let mut cookies = SessionCookies::default();
    let changed = cookies.absorb(lines);
    assert!(changed || cookies.is_empty(), "nothing is taken over from other cookies");
    let _ = cookies.tokens();
    let Ok(header) = cookies.header() else { return };
    let Ok(header) = header.to_str() else { return };
    let pairs: Vec<_> = header.split("; ").map(str::to_owned).collect();
    let mut again = SessionCookies::default();
    again.absorb(&pairs);
    assert_eq!(again.header().expect("a header again"), header);
}

/// What is stored is read again; what is damaged is not shown.
fn stored(input: &[u8]) {
    match StoredSession::from_bytes(input) {
        Ok(session) => {
            let again = StoredSession::from_bytes(&session.to_bytes()).expect("its own form");
            assert_eq!(session, again);
            let shown = format!("{session:?}");
            for secret in [&session.access_token, &session.refresh_token] {
                let text = secret.expose();
                assert!(text.len() < 16 || !shown.contains(text), "shown by Debug");
            }
        }
        Err(error) => assert!(error.to_string().len() < 200, "{error}"),
    }
}

/// A session of any length comes back from a keychain as it went in, whatever stood
/// there before.
fn in_pieces(input: &[u8]) {
    let keychain = Keychain::default();
    let (first, rest) = first_line(input);
    keychain.entries.borrow_mut().insert("me".to_owned(), first.to_vec());
    keychain.entries.borrow_mut().insert("me.a.0".to_owned(), rest.to_vec());
    let _ = pieces::read(&keychain, "me");
    // A session is JSON; and three entries hold enough to go wrong.
    let session = [b"{", input.repeat(6_000 / (input.len() + 1) + 1).as_slice()].concat();
    let session = &session[..session.len().min(8_000)];
    pieces::write(&keychain, "me", session).expect("room for it");
    let read = pieces::read(&keychain, "me").expect("it is whole").expect("it is there");
    assert!(*read == *session, "another session came back");
    assert!(pieces::delete(&keychain, "me").expect("it can be removed"));
    assert!(keychain.entries.borrow().is_empty(), "something was left behind");
}

#[derive(Default)]
struct Keychain {
    entries: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl Entries for Keychain {
    fn read(&self, account: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        Ok(self.entries.borrow().get(account).cloned().map(Zeroizing::new))
    }

    fn write(&self, account: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.entries.borrow_mut().insert(account.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn delete(&self, account: &str) -> Result<bool, StoreError> {
        Ok(self.entries.borrow_mut().remove(account).is_some())
    }
}
