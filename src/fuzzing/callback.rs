//! What a browser, or whoever else finds the port, sends to the address of a sign-in.
//! The input is what one connection brings, and also what a person pastes.

use crate::auth::sign_in::callback::{Expected, PATH, Verdict};
use crate::secret::Secret;

const STATE: &str = "0123456789012345678901234567890123456789012";
const PORT: u16 = 4321;

pub fn run(input: &[u8]) {
    let expected = Expected::new(PORT, &Secret::new(STATE));
    let whole = expected.judge(input);
    // The listener judges whatever has come in by then. A verdict stands when more
    // comes; only an answer that goes on is none.
    let mut cut = 1;
    while cut < input.len() {
        match expected.judge(&input[..cut]) {
            Verdict::Incomplete => {}
            Verdict::Refused(refusal) => {
                let _ = (refusal.status(), refusal.text());
                assert!(!matches!(whole, Verdict::Answer(_)), "refused, and then the answer");
            }
            Verdict::Answer(_) => assert!(!matches!(whole, Verdict::Answer(_))),
        }
        cut += 1 + cut / 8;
    }
    if let Verdict::Answer(code) = whole {
        is_the_answer(input, &code);
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(code) = expected.code_in_address(text) {
        assert_code(&code);
        // Readers of addresses take line breaks and tabs out (WHATWG URL, section 4.4):
        // a terminal may have broken what was pasted.
        let text = text.replace(['\n', '\r', '\t'], "");
        assert!(text.contains("127.0.0.1") || !text.contains("localhost"));
        assert!(text.contains(PATH), "{text}");
    }
}

/// Whether the request is one that only this sign-in is answered by.
fn is_the_answer(input: &[u8], code: &Secret) {
    assert_code(code);
    let text = String::from_utf8_lossy(input);
    let mut lines = text.trim_start_matches(['\r', '\n']).lines();
    let line = lines.next().expect("a line");
    let target = line.strip_prefix("GET ").expect("a GET").trim_start();
    let query = target.strip_prefix(PATH).and_then(|it| it.strip_prefix('?')).expect("the path");
    let query = query.split(' ').next().expect("a query");
    let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
    for (name, value) in [("state", STATE), ("code", code.expose())] {
        let values: Vec<_> = pairs.iter().filter(|(found, _)| found == name).collect();
        assert!(matches!(values[..], [(_, found)] if found == value), "{name} in {query}");
    }
    let named = |name: &'static str| {
        lines
            .clone()
            .filter_map(|line| line.split_once(':'))
            .filter(move |(found, _)| found.trim().eq_ignore_ascii_case(name))
    };
    let hosts: Vec<_> = named("host").map(|(_, host)| host.trim().to_owned()).collect();
    assert_eq!(hosts, [format!("127.0.0.1:{PORT}")]);
    assert_eq!(named("transfer-encoding").count(), 0);
    assert!(named("content-length").all(|(_, length)| length.trim() == "0"));
}

fn assert_code(code: &Secret) {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    assert!(!code.expose().is_empty() && code.expose().bytes().all(plain));
}
