//! The port that a sign-in with a browser waits on: what it refuses, that it
//! goes on waiting then, and that nobody stands in the way of the browser.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use cencori_cli::api::{BaseUrl, Transport};
use cencori_cli::auth::sign_in::{BrowserSignIn, Code, Mismatch, SignInError};
use serde_json::json;
use url::Url;

use crate::harness::TestSandbox;
use crate::harness::http::{Call, Reply};

/// Longer than any of these tests takes.
const LONG: Duration = Duration::from_secs(60);

fn begin() -> BrowserSignIn {
    BrowserSignIn::begin(&BaseUrl::parse("https://cencori.com").unwrap()).unwrap()
}

fn parameter(sign_in: &BrowserSignIn, name: &str) -> String {
    let url = Url::parse(sign_in.url()).unwrap();
    let mut pairs = url.query_pairs();
    pairs.find(|(found, _)| found == name).expect("the parameter").1.into_owned()
}

fn answer(sign_in: &BrowserSignIn) -> String {
    format!("/auth/callback?code={}&state={}", "c".repeat(43), parameter(sign_in, "state"))
}

fn call(sign_in: &BrowserSignIn, method: &str, target: &str) -> Call {
    Call::new(&format!("http://127.0.0.1:{}", sign_in.port()), method, target)
}

/// Waits on a thread while `meanwhile` is done.
fn waiting<T>(
    sign_in: &BrowserSignIn,
    meanwhile: impl FnOnce() -> T,
) -> (Result<Code, SignInError>, T) {
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| sign_in.wait(Instant::now() + LONG));
        let done = meanwhile();
        (waiting.join().unwrap(), done)
    })
}

#[track_caller]
fn is_done(reply: &Reply) {
    let page = String::from_utf8_lossy(&reply.body);
    assert_eq!(reply.status, 200, "{page}");
    assert!(page.contains("close this tab") && page.contains("history.replaceState"), "{page}");
    assert!(!page.contains("ccc"), "{page}");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    let policy = reply.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
}

#[test]
fn the_address_asks_what_the_service_wants_to_be_asked() {
    let mut seen = Vec::new();
    for _ in 0..20 {
        let sign_in = begin();
        let url = Url::parse(sign_in.url()).unwrap();
        assert_eq!(url.origin().ascii_serialization(), "https://cencori.com");
        assert_eq!(url.path(), "/basecode/sign-in");
        assert_eq!(url.query_pairs().count(), 3);
        assert!(sign_in.port() >= 1_024);
        let redirect = format!("http://127.0.0.1:{}/auth/callback", sign_in.port());
        assert_eq!(parameter(&sign_in, "redirect_uri"), redirect);
        let (challenge, state) =
            (parameter(&sign_in, "code_challenge"), parameter(&sign_in, "state"));
        assert_eq!(challenge.len(), 43);
        assert!((43..=128).contains(&state.len()));
        for text in [challenge, state] {
            assert!(text.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-".contains(&it)));
            assert!(!seen.contains(&text), "{text} came twice");
            seen.push(text);
        }
    }
}

#[test]
fn everything_but_the_answer_is_refused_and_does_not_end_the_wait() {
    let sign_in = begin();
    let target = answer(&sign_in);
    let wrong_state = format!("/auth/callback?code=c&state={}", "x".repeat(43));
    let (result, ()) = waiting(&sign_in, || {
        let get = |target: &str| call(&sign_in, "GET", target);
        let localhost = format!("localhost:{}", sign_in.port());
        for (call, status) in [
            (get(&wrong_state), 400),
            (get("/auth/callback"), 400),
            (get("/"), 404),
            (get(&target.replace("/auth", "")), 404),
            (call(&sign_in, "POST", &target), 405),
            (call(&sign_in, "HEAD", &target), 405),
            (get(&target).header("host", &localhost), 421),
            (get(&target).header("host", "cencori.example"), 421),
            (get(&target).body("text/plain", b"a"), 400),
            // More than the system takes on for a connection that nobody reads.
            (get(&target).body("text/plain", &vec![b'a'; 1_000_000]), 400),
            (get(&target).header("cookie", &"a".repeat(100_000)), 431),
        ] {
            let reply = call.clone().send();
            assert_eq!(reply.status, status, "{}", String::from_utf8_lossy(&reply.body));
            assert!(reply.header("set-cookie").is_none());
            assert!(!String::from_utf8_lossy(&reply.body).contains("ccc"));
        }
        is_done(&get(&target).send());
    });
    result.expect("the answer");
}

#[test]
fn the_second_answer_is_refused() {
    let sign_in = begin();
    let target = answer(&sign_in);
    // Both are there before anybody looks, so that one pass sees both.
    let streams = [0, 1].map(|_| call(&sign_in, "GET", &target).send_only().unwrap());
    sign_in.wait(Instant::now() + LONG).expect("the answer");
    let mut statuses = streams.map(|mut stream| {
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply.split(' ').nth(1).expect("a status").to_owned()
    });
    statuses.sort();
    assert_eq!(statuses, ["200", "409"]);
    // Afterwards there is nobody any more.
    TcpStream::connect(("127.0.0.1", sign_in.port())).unwrap_err();
    let again = sign_in.wait(Instant::now() + LONG);
    assert_eq!(again.unwrap_err(), SignInError::AlreadyAnswered);
    let pasted = format!("http://127.0.0.1:{}{target}", sign_in.port());
    let pasted = sign_in.accept_pasted(&pasted);
    assert_eq!(pasted.unwrap_err(), SignInError::AlreadyAnswered);
}

#[test]
fn the_silent_and_the_slow_are_in_nobodys_way() {
    let sign_in = begin();
    let target = answer(&sign_in);
    let connect = || TcpStream::connect(("127.0.0.1", sign_in.port())).unwrap();
    // More than are heard at a time.
    let silent: Vec<_> = (0..100).map(|_| connect()).collect();
    let mut slow = connect();
    slow.write_all(b"GET /auth").unwrap();
    let started = Instant::now();
    let (result, ()) = waiting(&sign_in, || {
        is_done(&call(&sign_in, "GET", &target).send());
    });
    result.expect("the answer");
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    drop(silent);
}

#[test]
fn who_never_stops_talking_is_in_nobodys_way_either() {
    let sign_in = begin();
    let target = answer(&sign_in);
    let mut endless = call(&sign_in, "GET", "/").send_only().unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| sign_in.wait(Instant::now() + LONG));
        // It ends when the other side has had enough.
        scope.spawn(move || while endless.write_all(&[b'a'; 100_000]).is_ok() {});
        // Until it is in full flow.
        std::thread::sleep(Duration::from_millis(200));
        is_done(&call(&sign_in, "GET", &target).send());
        waiting.join().unwrap().expect("the answer");
    });
}

#[test]
fn an_answer_that_comes_in_pieces_is_put_together() {
    let sign_in = begin();
    let target = answer(&sign_in);
    let (result, reply) = waiting(&sign_in, || {
        let mut stream = TcpStream::connect(("127.0.0.1", sign_in.port())).unwrap();
        let request =
            format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", sign_in.port());
        for piece in request.as_bytes().chunks(20) {
            stream.write_all(piece).unwrap();
            std::thread::sleep(Duration::from_millis(15));
        }
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply
    });
    result.expect("the answer");
    assert!(reply.starts_with("HTTP/1.1 200 OK\r\n"), "{reply}");
}

#[test]
fn the_deadline_is_kept_also_while_somebody_is_silent() {
    let sign_in = begin();
    let _silent = TcpStream::connect(("127.0.0.1", sign_in.port())).unwrap();
    let started = Instant::now();
    let result = sign_in.wait(started + Duration::from_millis(200));
    assert_eq!(result.unwrap_err(), SignInError::TimedOut);
    let elapsed = started.elapsed();
    assert!(elapsed >= Duration::from_millis(200) && elapsed < Duration::from_secs(5));
    // It can be waited for again.
    let target = answer(&sign_in);
    let (result, ()) = waiting(&sign_in, || is_done(&call(&sign_in, "GET", &target).send()));
    result.expect("the answer");
}

#[test]
fn an_address_that_is_pasted_ends_the_wait() {
    let sign_in = begin();
    let target = answer(&sign_in);
    let (told, is_told) = mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| told.send(sign_in.wait(Instant::now() + LONG)).unwrap());
        let wrong = sign_in.accept_pasted(&format!("http://127.0.0.1:1{target}"));
        let mismatch = Mismatch::AnotherPlace { port: sign_in.port() };
        assert_eq!(wrong.unwrap_err(), SignInError::NotTheAnswer(mismatch));
        is_told.recv_timeout(Duration::from_millis(100)).expect_err("it still waits");
        sign_in.accept_pasted(&format!("http://127.0.0.1:{}{target}", sign_in.port())).unwrap();
        let waited = is_told.recv_timeout(LONG).unwrap();
        assert_eq!(waited.unwrap_err(), SignInError::AlreadyAnswered);
    });
    TcpStream::connect(("127.0.0.1", sign_in.port())).unwrap_err();
}

#[test]
fn errors_and_debug_output_have_no_code_in_them() {
    let sign_in = begin();
    let target = answer(&sign_in);
    let code = sign_in.accept_pasted(&format!("http://127.0.0.1:{}{target}", sign_in.port()));
    assert!(!format!("{code:?}").contains("ccc"));
    let error = begin().accept_pasted(&format!("http://127.0.0.1:1{target}")).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("ccc"));
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_but_loopback_is_bound() {
    let sign_in = begin();
    let port = format!(":{:04X}", sign_in.port());
    let listening = |file: &str| -> Vec<String> {
        let table = std::fs::read_to_string(file).unwrap_or_default();
        let lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        // 0A: listening.
        let lines = lines.filter(|line| line[1].ends_with(&port) && line[3] == "0A");
        lines.map(|line| line[1].to_owned()).collect()
    };
    assert_eq!(listening("/proc/self/net/tcp"), [format!("0100007F{port}")]);
    assert_eq!(listening("/proc/self/net/tcp6"), [""; 0]);
}

/// A sign-in at a sandbox, with the code that the page would have got.
fn authorized(sandbox: &TestSandbox) -> (BrowserSignIn, Transport, Code) {
    let base = BaseUrl::parse(sandbox.url()).unwrap();
    let sign_in = BrowserSignIn::begin(&base).unwrap();
    let body = json!({
        "code_challenge": parameter(&sign_in, "code_challenge"),
        "state": parameter(&sign_in, "state"),
        "redirect_uri": parameter(&sign_in, "redirect_uri"),
    });
    let authorize = sandbox.call("POST", "/api/basecode/auth/authorize").json(&body);
    let reply = authorize.header("cookie", &sandbox.owner_cookie()).send();
    let callback = reply.json()["callback_url"].as_str().expect("an address").to_owned();
    let code = sign_in.accept_pasted(&callback).unwrap();
    (sign_in, Transport::new(base, LONG, Box::new(|_| ())), code)
}

#[test]
fn a_pasted_address_becomes_a_session_that_is_renewed_and_ends() {
    use cencori_cli::api::browser_session;

    let sandbox = TestSandbox::start();
    let (sign_in, transport, code) = authorized(&sandbox);
    let tokens = sign_in.complete(&transport, code).unwrap();
    assert_eq!(tokens.email.as_deref(), Some(sandbox.identity().owner_email.as_str()));
    let now = jiff::Timestamp::now().as_second();
    assert!((now + 3_590..=now + 3_600).contains(&tokens.expires_at));
    assert!(!format!("{tokens:?}").contains(tokens.access_token.expose()));

    let renewed = browser_session::refresh(&transport, &tokens.refresh_token).unwrap();
    assert_ne!(renewed.refresh_token, tokens.refresh_token);
    browser_session::sign_out(&transport, &renewed).unwrap();
    let ended = browser_session::refresh(&transport, &renewed.refresh_token).unwrap_err();
    assert_eq!(ended.status(), Some(401));
}

#[test]
fn a_code_is_sent_once_whatever_becomes_of_it() {
    let sandbox = TestSandbox::start();
    let (sign_in, transport, code) = authorized(&sandbox);
    sandbox
        .plant(&json!({ "path": "/api/basecode/auth/exchange", "fault": { "kind": "status", "status": 503 } }));
    let error = sign_in.complete(&transport, code).unwrap_err();
    assert_eq!(error.status(), Some(503));
    let sent = sandbox.requests();
    let sent = sent.iter().filter(|it| it["path"] == "/api/basecode/auth/exchange");
    assert_eq!(sent.count(), 1);

    // A code of another sign-in is of no use.
    sandbox.clear_faults();
    let (_, transport, code) = authorized(&sandbox);
    let error = begin().complete(&transport, code).unwrap_err();
    assert_eq!(error.status(), Some(400));
}
