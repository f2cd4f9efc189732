//! Requests and addresses as nobody's browser sends them.

use proptest::prelude::*;

use super::*;

const STATE: &str = "sssssssssssssssssssssssssssssssssssssssssss";
const CODE: &str = "ccccccccccccccccccccccccccccccccccccccccccc";
const PORT: u16 = 4_999;

fn expected() -> Expected {
    Expected::new(PORT, &Secret::new(STATE))
}

fn request(line: &str, headers: &[&str]) -> String {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    format!("{line} HTTP/1.1\r\n{headers}\r\n")
}

fn target() -> String {
    format!("/auth/callback?code={CODE}&state={STATE}")
}

fn good() -> String {
    request(&format!("GET {}", target()), &["Host: 127.0.0.1:4999", "Accept: */*"])
}

#[track_caller]
fn refused(request: &str, refusal: Refusal) {
    assert_eq!(expected().judge(request.as_bytes()), Verdict::Refused(refusal), "{request}");
}

#[test]
fn the_answer_is_accepted_and_every_beginning_of_it_is_incomplete() {
    let good = good();
    assert_eq!(expected().judge(good.as_bytes()), Verdict::Answer(Secret::new(CODE)));
    for end in 0..good.len() {
        assert_eq!(expected().judge(&good.as_bytes()[..end]), Verdict::Incomplete);
    }
}

#[test]
fn parameters_that_may_come_to_be_are_passed_over() {
    let more = request(
        &format!("GET /auth/callback?iss=a&state={STATE}&code={CODE}&session_state="),
        &["host:127.0.0.1:4999", "Content-Length: 0"],
    );
    assert_eq!(expected().judge(more.as_bytes()), Verdict::Answer(Secret::new(CODE)));
}

#[test]
fn other_hosts_are_refused() {
    let get = format!("GET {}", target());
    let hosts: [&[&str]; 9] = [
        &[],
        &["Host: localhost:4999"],
        &["Host: 127.0.0.1"],
        &["Host: 127.0.0.1:5000"],
        &["Host: 127.0.0.1.evil.example:4999"],
        &["Host: evil.example"],
        &["Host: 127.1:4999"],
        &["Host: [::1]:4999"],
        &["Host: 127.0.0.1:4999", "Host: 127.0.0.1:4999"],
    ];
    for headers in hosts {
        refused(&request(&get, headers), Refusal::Host);
    }
}

#[test]
fn other_paths_and_methods_and_bodies_are_refused() {
    let host = "Host: 127.0.0.1:4999";
    let query = format!("code={CODE}&state={STATE}");
    for path in [
        "/",
        "/favicon.ico",
        "/auth/callback/",
        "/auth/../auth/callback",
        "//auth/callback",
        "/auth/callbac%6b",
        "/AUTH/callback",
        "http://127.0.0.1:4999/auth/callback",
        "*",
    ] {
        refused(&request(&format!("GET {path}?{query}"), &[host]), Refusal::Path);
    }
    for method in ["POST", "HEAD", "OPTIONS", "PUT", "get", "CONNECT"] {
        refused(&request(&format!("{method} {}", target()), &[host]), Refusal::Method);
    }
    let get = format!("GET {}", target());
    for header in ["Content-Length: 1", "Content-Length: x", "Transfer-Encoding: chunked"] {
        refused(&request(&get, &[host, header]), Refusal::Body);
    }
    refused(&format!("{}x", good()), Refusal::Body);
    refused(&format!("{}{}", good(), good()), Refusal::Body);
}

#[test]
fn what_answers_something_else_is_refused() {
    let longer = format!("{STATE}s");
    let upper = STATE.to_uppercase();
    for query in [
        String::new(),
        format!("code={CODE}"),
        format!("state={STATE}"),
        format!("code=&state={STATE}"),
        format!("code={CODE}&state="),
        format!("code={CODE}&state={}", &STATE[1..]),
        format!("code={CODE}&state={longer}"),
        format!("code={CODE}&state={upper}"),
        format!("code={CODE}&state={STATE}&state={STATE}"),
        format!("code={CODE}&code={CODE}&state={STATE}"),
        format!("code={CODE}%0a&state={STATE}"),
        format!("code={}&state={STATE}", "c".repeat(513)),
        format!("error=access_denied&state={STATE}"),
    ] {
        let line = format!("GET /auth/callback?{query}");
        refused(&request(&line, &["Host: 127.0.0.1:4999"]), Refusal::NotTheAnswer);
    }
}

#[test]
fn what_is_too_long_or_no_http_is_refused() {
    let get = format!("GET {}", target());
    let cookie = |length| format!("Cookie: {}", "a".repeat(length));
    let host = "Host: 127.0.0.1:4999";
    // The member of the sandbox has a session of that size.
    let long = request(&get, &[host, &cookie(7_000)]);
    assert!(matches!(expected().judge(long.as_bytes()), Verdict::Answer(_)));
    refused(&request(&get, &[host, &cookie(LONGEST_HEAD)]), Refusal::TooLong);
    refused(&format!("{get} HTTP/1.1\r\nA: {}", "a".repeat(LONGEST_HEAD)), Refusal::TooLong);
    for malformed in ["\0", "GET\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "\u{16}\u{3}\u{1}TLS"] {
        refused(malformed, Refusal::Malformed);
    }
    let many: Vec<_> = (0..=MOST_HEADERS).map(|number| format!("A{number}: a")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    refused(&request(&get, &many), Refusal::Malformed);
}

#[test]
fn the_address_can_be_pasted() {
    let address = format!("http://127.0.0.1:4999{}", target());
    for pasted in [
        address.clone(),
        format!("  {address}\r\n"),
        format!("{address}#"),
        address.trim_start_matches("http://").to_owned(),
    ] {
        assert_eq!(expected().code_in_address(&pasted), Ok(Secret::new(CODE)), "{pasted}");
    }
}

#[test]
fn other_addresses_are_told_apart() {
    let target = target();
    let elsewhere = Mismatch::AnotherPlace { port: PORT };
    for (pasted, mismatch) in [
        (String::new(), Mismatch::NoAddress),
        (CODE.to_owned(), Mismatch::NoAddress),
        (format!("https://127.0.0.1:4999{target}"), elsewhere),
        (format!("http://127.0.0.1:5000{target}"), elsewhere),
        (format!("http://127.0.0.1{target}"), elsewhere),
        (format!("http://localhost:4999{target}"), elsewhere),
        (format!("http://127.0.0.2:4999{target}"), elsewhere),
        (format!("http://evil.example:4999{target}"), elsewhere),
        (format!("http://127.0.0.1:4999@evil.example{target}"), elsewhere),
        (format!("http://a@127.0.0.1:4999{target}"), elsewhere),
        (format!("http://127.0.0.1:4999/x{target}"), elsewhere),
        (format!("https://cencori.com/basecode/sign-in?state={STATE}"), elsewhere),
        (format!("http://127.0.0.1:4999/auth/callback?code={CODE}"), Mismatch::AnotherSignIn),
        (format!("http://127.0.0.1:4999/auth/callback?state={STATE}"), Mismatch::NoCode),
        ("http://127.0.0.1:4999/auth/callback".to_owned(), Mismatch::AnotherSignIn),
    ] {
        assert_eq!(expected().code_in_address(&pasted), Err(mismatch), "{pasted}");
    }
}

proptest! {
    #[test]
    fn nothing_but_the_right_state_is_an_answer(bytes: Vec<u8>, text: String, place in 0usize..100) {
        // Neither noise, nor the answer with something else in the middle.
        let mut changed = good();
        let place = place.min(changed.len());
        changed.insert_str(place, &text);
        prop_assert!(!matches!(expected().judge(&bytes), Verdict::Answer(_)));
        if let Verdict::Answer(_) = expected().judge(changed.as_bytes()) {
            prop_assert!(changed.contains(&format!("state={STATE}")), "{}", changed);
        }
        let _ = expected().code_in_address(&text);
    }
}
