//! The pages of signing in (contract, *Sign-in with a browser*), as plain as
//! they can be: nothing is loaded from anywhere, and no script runs but theirs.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse};
use url::Url;

use super::browser_sign_in::Challenge;
use super::extract::Parameters;
use super::refusal::{Answer, Refusal};
use super::service::Service;
use super::sessions::Caller;
use super::tokens;

const STYLE: &str = include_str!("pages/page.css");
const SIGN_IN: &str = concat!(include_str!("pages/form.js"), include_str!("pages/sign_in.js"));
const LOG_IN: &str = concat!(include_str!("pages/form.js"), include_str!("pages/log_in.js"));

/// `GET /basecode/sign-in`: asks whoever is signed in whether an application
/// on this machine may be so too.
pub(super) async fn sign_in(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    parameters: Parameters,
) -> Answer {
    let parameter = |name| parameters.get(name).unwrap_or_default();
    let challenge = Challenge {
        code_challenge: parameter("code_challenge"),
        state: parameter("state"),
        redirect_uri: parameter("redirect_uri"),
    };
    if !challenge.is_valid() {
        let reason = "The address of this page is not what an application should have opened. \
                      Start the sign-in again from there.";
        return refusal("This sign-in can't continue", reason);
    }
    match Caller::of(&service, &headers) {
        // Signing in comes after the question, which is the same for all.
        Err(Refusal::SignedOut) => ask(&challenge, None),
        caller => {
            let Caller { user, cookies } = caller?;
            Ok((cookies, ask(&challenge, Some(&user.email))?).into_response())
        }
    }
}

fn ask(challenge: &Challenge<'_>, email: Option<&str>) -> Answer {
    let (who, action) = match email {
        Some(email) => (escaped(email), format!("Continue as {}", escaped(email))),
        None => ("you".to_owned(), "Sign in and continue".to_owned()),
    };
    let content = format!(
        include_str!("pages/sign_in.html"),
        who = who,
        action = action,
        code_challenge = escaped(challenge.code_challenge),
        state = escaped(challenge.state),
        redirect_uri = escaped(challenge.redirect_uri),
    );
    page(StatusCode::OK, "Sign in to an application", &content, SIGN_IN)
}

/// `GET /login`: a form for email and password, which leads on to the path in
/// `redirect`.
pub(super) async fn log_in(parameters: Parameters) -> Answer {
    let redirect = parameters.get("redirect").unwrap_or("/");
    let Some(redirect) = own_path(redirect) else {
        let reason = "This address would lead to somewhere else after signing in.";
        return refusal("This sign-in can't continue", reason);
    };
    let content = format!(include_str!("pages/log_in.html"), redirect = escaped(&redirect));
    page(StatusCode::OK, "Sign in", &content, LOG_IN)
}

fn refusal(title: &str, reason: &str) -> Answer {
    let content = format!(include_str!("pages/refusal.html"), title = title, reason = reason);
    page(StatusCode::BAD_REQUEST, title, &content, "")
}

/// `content` and `script` must be fit for HTML.
fn page(status: StatusCode, title: &str, content: &str, script: &str) -> Answer {
    let nonce = tokens::random_token()?;
    let page = format!(
        include_str!("pages/page.html"),
        title = title,
        nonce = nonce,
        style = STYLE,
        content = content,
        script = script,
    );
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; \
         connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = [
        ("content-security-policy", policy.as_str()),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ];
    Ok((status, headers, Html(page)).into_response())
}

/// `redirect` as a browser would understand it, where that is a path of the
/// server it came from.
fn own_path(redirect: &str) -> Option<String> {
    // Any origin will do to find out whether it is left.
    let base = Url::parse("http://own.invalid/").ok()?;
    let target = base.join(redirect).ok().filter(|_| redirect.starts_with('/'))?;
    let path = &target[url::Position::BeforePath..];
    // `/.//host` is a path here, and what it comes to, `//host`, another server.
    let again = base.join(path).ok()?;
    (target.origin() == base.origin() && again == target).then(|| path.to_owned())
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_paths_are_returned_to() {
        for (redirect, path) in [
            ("/", "/"),
            ("/a/../b?c=d&e=%2F#f", "/b?c=d&e=%2F#f"),
            ("/http://elsewhere.example", "/http://elsewhere.example"),
        ] {
            assert_eq!(own_path(redirect).as_deref(), Some(path), "{redirect}");
        }
        for elsewhere in [
            "",
            "a",
            "//elsewhere.example",
            "/\\elsewhere.example",
            "\\\\elsewhere.example",
            "/\t/elsewhere.example",
            "/\n/elsewhere.example",
            "/.//elsewhere.example",
            "/a/..//elsewhere.example",
            "///elsewhere.example",
            " //elsewhere.example",
            "https://elsewhere.example/",
            "http://own.invalid/",
            "javascript:alert(1)",
            "data:text/html,a",
        ] {
            assert_eq!(own_path(elsewhere), None, "{elsewhere:?}");
        }
    }

    #[test]
    fn values_can_not_leave_their_attribute() {
        assert_eq!(escaped("\"'<b>&amp;"), "&quot;&#39;&lt;b&gt;&amp;amp;");
    }
}
