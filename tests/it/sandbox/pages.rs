//! The pages of the sandbox, as they are sent. Browsers open them elsewhere.

use url::form_urlencoded::Serializer;

use crate::harness::TestSandbox;
use crate::harness::http::Reply;

const REDIRECT: &str = "http://127.0.0.1:4999/auth/callback";

fn sign_in_page(challenge: &str, state: &str, redirect: &str) -> String {
    let query = Serializer::new(String::new())
        .append_pair("code_challenge", challenge)
        .append_pair("state", state)
        .append_pair("redirect_uri", redirect)
        .finish();
    format!("/basecode/sign-in?{query}")
}

fn log_in_page(redirect: &str) -> String {
    let query = Serializer::new(String::new()).append_pair("redirect", redirect).finish();
    format!("/login?{query}")
}

#[track_caller]
fn text(reply: &Reply, status: u16) -> String {
    let page = String::from_utf8_lossy(&reply.body).into_owned();
    assert_eq!(reply.status, status, "{page}");
    let policy = reply.header("content-security-policy").expect("a policy");
    let nonce = policy.split_once("'nonce-").expect("a nonce").1.split_once('\'').unwrap().0;
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; \
             connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
        )
    );
    assert_eq!(page.matches(nonce).count(), 2, "{page}");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    for loading in ["src=", "href=", "url(", "@import", "onclick", "style="] {
        assert!(!page.contains(loading), "{loading}: {page}");
    }
    page
}

#[test]
fn the_question_says_who_is_asked_and_for_what() {
    let sandbox = TestSandbox::start();
    let path = sign_in_page(&"c".repeat(43), &"s".repeat(43), REDIRECT);
    let email = &sandbox.identity().owner_email;
    let nobody = text(&sandbox.call("GET", &path).send(), 200);
    assert!(nobody.contains("as <strong>you</strong>") && !nobody.contains(email), "{nobody}");
    let cookie = sandbox.owner_cookie();
    let owner = text(&sandbox.call("GET", &path).header("cookie", &cookie).send(), 200);
    for said in [format!("Continue as {email}"), "Basecode".to_owned(), REDIRECT.to_owned()] {
        assert!(owner.contains(&said), "{said}: {owner}");
    }
    let again = text(&sandbox.call("GET", &path).header("cookie", &cookie).send(), 200);
    assert_ne!(owner, again, "each has a nonce of its own");
}

#[test]
fn a_question_that_the_service_would_not_take_is_not_asked() {
    let sandbox = TestSandbox::start();
    let (challenge, state) = ("c".repeat(43), "s".repeat(43));
    for path in [
        "/basecode/sign-in".to_owned(),
        sign_in_page("short", &state, REDIRECT),
        sign_in_page(&challenge, "\"><script>alert(1)</script>", REDIRECT),
        sign_in_page(&challenge, &state, "http://localhost:4999/auth/callback"),
        sign_in_page(&challenge, &state, "http://evil.example/auth/callback"),
        sign_in_page(&challenge, &state, "javascript:alert(1)"),
    ] {
        let page = text(&sandbox.call("GET", &path).send(), 400);
        assert!(!page.contains("<form") && !page.contains("alert(1)"), "{page}");
    }
}

#[test]
fn signing_in_leads_nowhere_else() {
    let sandbox = TestSandbox::start();
    let form =
        |redirect: &str, status| text(&sandbox.call("GET", &log_in_page(redirect)).send(), status);
    assert!(form("/basecode/sign-in?a=b&c=d", 200).contains("=\"/basecode/sign-in?a=b&amp;c=d\""));
    let escaped = form("/\"><script>alert(1)</script>", 200);
    assert!(!escaped.contains("<script>alert(1)"), "{escaped}");
    for elsewhere in ["https://evil.example", "//evil.example", "/\\evil.example", "/.//evil"] {
        let page = form(elsewhere, 400);
        assert!(!page.contains("<form") && !page.contains("evil"), "{page}");
    }
    let page = text(&sandbox.call("GET", "/login").send(), 200);
    assert!(page.contains("data-redirect=\"/\""), "{page}");
}

#[test]
fn pages_are_only_got() {
    let sandbox = TestSandbox::start();
    for path in ["/login", "/basecode/sign-in"] {
        assert_eq!(sandbox.call("POST", path).send().status, 405);
    }
}
