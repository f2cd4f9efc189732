//! The client's matcher against what decides in the end: the gateway, and what
//! a browser makes of an address.

use std::collections::HashMap;

use cencori_cli::domain::{Decision, Origin, decide};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use url::Url;

use crate::harness::TestSandbox;
#[cfg(target_os = "linux")]
use crate::harness::browser::{BROWSER, Browser};
use crate::harness::http::Call;
use crate::harness::programs::needs;

/// Rounds of [`SIDE`] patterns with as many origins: 100,000 pairs.
const ROUNDS: usize = 10;
const SIDE: usize = 100;

/// A host as people write it, also oddly.
fn host() -> impl Strategy<Value = String> {
    let label = prop::sample::select(vec![
        "a",
        "b",
        "WWW",
        "evil",
        "bücher",
        "日本",
        "ß",
        "xn--bcher-kva",
        "my_app",
        "1",
        "0x7f",
        "-x",
        "q\u{ad}q",
        "Å",
    ]);
    let below = prop::sample::select(vec![
        "myapp.com",
        "MyApp.com",
        "evilmyapp.com",
        "myapp.com.evil.org",
        "com",
        "co.uk",
        "me.github.io",
        "BÜCHER.example",
        "ｍｙａｐｐ。com",
        "localhost",
        "10.com",
    ]);
    let name = (prop::collection::vec(label, 0..3), below).prop_map(|(mut labels, below)| {
        labels.push(below);
        labels.join(".")
    });
    let address = prop::sample::select(vec![
        "127.0.0.1",
        "127.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7F000001",
        "2130706433",
        "1.2.3.256",
        "192.0.2.1",
        "192.000.002.001",
        "[::1]",
        "[0:0::1]",
        "[2001:DB8::A]",
        "[::ffff:1.2.3.4]",
        "[1:2]",
    ]);
    let host = prop_oneof![4 => name, 1 => address.prop_map(str::to_owned)];
    (host, prop::bool::weighted(0.1)).prop_map(|(host, dot)| if dot { host + "." } else { host })
}

/// The address of a page, or what else a request may say. Most can be visited.
fn address() -> impl Strategy<Value = String> {
    let before = prop::sample::select(vec![
        "https://",
        "https://",
        "https://",
        "http://",
        "HTTPS://",
        "https://me:p%40w@",
        "blob:https://",
        "https:",
        "blob:http://me@",
    ]);
    let behind = prop::sample::select(vec![
        "",
        ":3000",
        ":443",
        ":80/",
        "/x",
        ":8443/x?y#z",
        "/9115d58c",
        "?q",
    ]);
    (before, host(), behind).prop_map(|(before, host, behind)| format!("{before}{host}{behind}"))
}

fn origin() -> impl Strategy<Value = String> {
    let other = prop::sample::select(vec![
        "",
        "null",
        "file:///home/me/x.html",
        "data:text/html,x",
        "about:blank",
        "blob:null/9115d58c",
        "capacitor://localhost",
        "capacitor://LocalHost",
        "chrome-extension://abcdef/x",
        "blob:blob:https://myapp.com/x",
        "blob:ftp://myapp.com/x",
    ]);
    prop_oneof![
        8 => address(),
        2 => host(),
        1 => other.prop_map(str::to_owned),
    ]
}

/// What a service stores: good patterns, and others.
fn pattern() -> impl Strategy<Value = String> {
    let good = prop::sample::select(vec![
        "*.com",
        "*.myapp.com",
        "*.myapp.com",
        "myapp.com",
        "www.myapp.com",
        "*.www.myapp.com",
        "*.example",
        "*.xn--bcher-kva.example",
        "*.localhost",
        "localhost",
        "*.io",
        "*.me.github.io",
        "127.0.0.1",
        "*.127.0.0.1",
        "[::1]",
        "[2001:db8::a]",
        "192.0.2.1",
        "*.org",
        "*.co.uk",
        "*.evilmyapp.com",
        "*.",
        "*.1",
        "myapp.com.",
        "*.com.",
        "evil.com",
    ]);
    let before = prop::sample::select(vec!["", "*.", "*.", "https://", ".", " ", "*", "*.*."]);
    let behind = prop::sample::select(vec!["", "", "", ":3000", "/x", " ", "."]);
    let odd = (before, host(), behind)
        .prop_map(|(before, host, behind)| format!("{before}{host}{behind}"));
    prop_oneof![1 => good.prop_map(str::to_owned), 1 => odd]
}

/// `count` values, the same in every run.
fn sample<T: std::fmt::Debug>(
    runner: &mut TestRunner,
    strategy: impl Strategy<Value = T>,
    count: usize,
    fits: impl Fn(&T) -> bool,
) -> Vec<T> {
    let values = std::iter::repeat_with(|| strategy.new_tree(runner).expect("a value").current());
    values.filter(|value| fits(value)).take(count).collect()
}

/// What a browser sends for a page at `text`, worked out apart from the
/// client's own [`Origin`]: the serialisation is that of the `url` crate.
fn sent(text: &str) -> Option<String> {
    if text.is_empty() || text == "null" {
        return (!text.is_empty()).then(|| "null".to_owned());
    }
    let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    let known = ["https", "http", "blob", "file", "data", "about", "capacitor", "chrome-extension"];
    let text = match scheme {
        Some(scheme) if known.contains(&scheme.as_str()) => text.to_owned(),
        _ => format!("https://{text}"),
    };
    let url = Url::parse(&text).expect("a URL");
    let nested = url.scheme() == "blob" && !url.path().starts_with("http");
    Some(match (url.origin().is_tuple() && !nested, url.host_str()) {
        (true, _) => url.origin().ascii_serialization(),
        // Such schemes are their programs' own, and are sent.
        (false, Some(host)) if url.scheme() != "file" => {
            format!("{}://{}", url.scheme(), host.to_lowercase())
        }
        _ => "null".to_owned(),
    })
}

fn key_of(sandbox: &TestSandbox, cookie: &str, patterns: &[&String]) -> Value {
    let body = json!({ "name": "pairs", "key_type": "publishable", "allowed_domains": patterns });
    sandbox.create_key(cookie, &body)["full_key"].clone()
}

/// Whether the gateway takes `key` from a page that sends `header`.
fn takes(sandbox: &TestSandbox, key: &Value, header: Option<&str>) -> bool {
    let mut call: Call = sandbox.call("POST", "/api/ai/moderation");
    if let Some(header) = header {
        call = call.header("origin", header);
    }
    let reply = call.bearer(key.as_str().expect("a key")).json(&json!({})).send();
    match reply.status {
        400 => true,
        403 => false,
        other => panic!("{other}: {}", String::from_utf8_lossy(&reply.body)),
    }
}

/// Every pair is put to the gateway over HTTP, but not each by a call of its own:
/// for each origin one key has all the patterns that the client says refuse it,
/// and where that key is refused, each of them refuses. What is said to be
/// admitted is asked one by one.
#[test]
fn a_hundred_thousand_pairs_are_decided_as_the_gateway_decides() {
    let sandbox =
        TestSandbox::start_with(|options| options.rate_window = std::time::Duration::ZERO);
    let cookie = sandbox.owner_cookie();
    let mut runner = TestRunner::deterministic();
    let (mut pairs, mut admitted) = (0, 0);
    for _ in 0..ROUNDS {
        let patterns = sample(&mut runner, pattern(), SIDE, |_| true);
        let origins = sample(&mut runner, origin(), SIDE, |text| Origin::parse(text).is_ok());
        let mut singles: HashMap<&String, Value> = HashMap::new();
        for text in &origins {
            let origin = Origin::parse(text).unwrap();
            let header = sent(text);
            assert_eq!(origin.header(), header.as_deref(), "{text}");
            let (admit, refuse): (Vec<_>, Vec<_>) = patterns.iter().partition(|pattern| {
                let decision = decide(std::slice::from_ref(*pattern), &origin);
                matches!(decision, Decision::Admitted { .. })
            });
            let key = key_of(&sandbox, &cookie, &refuse);
            assert!(
                !takes(&sandbox, &key, header.as_deref()),
                "{text}: one of {refuse:?} admits it"
            );
            for pattern in &admit {
                let key = singles
                    .entry(*pattern)
                    .or_insert_with(|| key_of(&sandbox, &cookie, &[*pattern]));
                assert!(takes(&sandbox, key, header.as_deref()), "{text}: {pattern} refuses it");
            }
            pairs += admit.len() + refuse.len();
            admitted += admit.len();
        }
    }
    assert_eq!(pairs, 100_000);
    assert!(admitted > 3_000, "only {admitted} pairs are admitted");
}

#[test]
#[cfg(target_os = "linux")]
fn a_browser_makes_the_same_of_an_address() {
    needs!(BROWSER);
    let mut runner = TestRunner::deterministic();
    // What the client calls no address has to be none to the browser too.
    let mut texts = sample(&mut runner, address(), 600, |_| true);
    texts.extend(["data:text/html,x", "about:blank", "blob:null/9115d58c"].map(str::to_owned));
    let browser = Browser::start();
    let script = format!(
        "return {}.map(text => {{ try {{ return new URL(text).origin }} catch {{ return '-' }} }})",
        json!(texts)
    );
    let answers = browser.evaluate(&script);
    let answers = answers.as_array().expect("a list");
    assert_eq!(answers.len(), texts.len());
    let mut differing = Vec::new();
    for (text, answer) in texts.iter().zip(answers) {
        let own = Origin::parse(text);
        let own = own.as_ref().map_or("-", |origin| origin.header().expect("a header"));
        if own != answer {
            differing.push(format!("{text}: {own}, but the browser says {answer}"));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    let visited = answers.iter().filter(|answer| *answer != "-").count();
    assert!((300..texts.len()).contains(&visited), "{visited} can be visited");
}
