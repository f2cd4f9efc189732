use proptest::prelude::*;

use super::*;

/// The host that a browser on this page sends as its origin.
fn host_of(origin: &str) -> String {
    url::Url::parse(origin).unwrap().host_str().unwrap().to_owned()
}

/// The gateway's rule (contract, *Origin check*).
fn admits(pattern: &str, host: &str) -> bool {
    let wildcard = pattern.strip_prefix("*.");
    host == pattern
        || wildcard.is_some_and(|rest| host == rest || host.ends_with(&format!(".{rest}")))
}

fn careful(text: &str) -> Result<DomainPattern, DomainError> {
    DomainPattern::parse(text, Breadth::Careful)
}

#[test]
fn what_is_only_written_differently_is_normalised() {
    for (text, expected) in [
        ("myapp.com", "myapp.com"),
        ("  MyApp.COM\t", "myapp.com"),
        ("*.MyApp.com", "*.myapp.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("*.BÜCHER.example", "*.xn--bcher-kva.example"),
        ("ｍｙａｐｐ。com", "myapp.com"),
        ("my_app.example.com", "my_app.example.com"),
        ("localhost", "localhost"),
        ("*.localhost", "*.localhost"),
        ("intranet", "intranet"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "[::1]"),
        ("[0:0:0:0:0:0:0:1]", "[::1]"),
        ("[2001:DB8::A]", "[2001:db8::a]"),
        ("[::ffff:1.2.3.4]", "[::ffff:102:304]"),
        ("github.io", "github.io"),
        ("com", "com"),
        ("*.myapp.github.io", "*.myapp.github.io"),
        ("*.myapp.co.uk", "*.myapp.co.uk"),
        ("*.myapp.internal", "*.myapp.internal"),
        ("*.www.ck", "*.www.ck"),
        ("a.b.c.d.example.com", "a.b.c.d.example.com"),
        ("1.example.com", "1.example.com"),
    ] {
        let pattern = careful(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(pattern.as_str(), expected, "{text}");
        assert_eq!(pattern.to_string(), expected, "{text}");
    }
}

/// Each refusal: the text, a word of its reason, and the suggestion.
const REFUSED: [(&str, &str, Option<&str>); 67] = [
    ("", "cannot be empty", None),
    (" \t", "cannot be empty", None),
    ("https://app.com", "a scheme", Some("app.com")),
    ("HTTPS://App.com/", "a scheme", Some("app.com")),
    ("https://app.com:3000/a?b#c", "a scheme", Some("app.com")),
    ("http://user:pw@app.com", "a scheme", Some("app.com")),
    ("https:app.com", "a scheme", Some("app.com")),
    ("https://*.app.com", "a scheme", Some("*.app.com")),
    ("https://*.com", "a scheme", None),
    ("https://bücher.example", "a scheme", Some("xn--bcher-kva.example")),
    ("http://[::1]:80", "a scheme", Some("[::1]")),
    ("https://", "a scheme", None),
    ("file:///tmp", "a scheme", None),
    ("//app.com", "a path", Some("app.com")),
    ("app.com/", "a path", Some("app.com")),
    ("app.com/login", "a path", Some("app.com")),
    ("app.com?a=1", "a path", Some("app.com")),
    ("app.com#top", "a path", Some("app.com")),
    ("app.com\\x", "a path", Some("app.com")),
    ("me@app.com", "an `@`", Some("app.com")),
    ("app.com:3000", "every port", Some("app.com")),
    ("localhost:3000", "every port", Some("localhost")),
    ("localhost:*", "every port", Some("localhost")),
    ("app.com:", "every port", Some("app.com")),
    ("http:3000", "every port", Some("http")),
    ("*.app.com:443", "every port", Some("*.app.com")),
    ("[::1]:3000", "every port", Some("[::1]")),
    ("app.com:abc", "a `:`", None),
    ("my app.com", "a space", None),
    ("a.com, b.com", "a space", None),
    ("a.com\u{0}b", "a space", None),
    ("a.com,b.com", "a `,`", None),
    ("'app.com'", "a `'`", None),
    ("<app.com>", "a `<`", None),
    ("app%2ecom", "a `%`", Some("app.com")),
    ("%2a.app.com", "a `*`", Some("*.app.com")),
    ("*", "matches nothing", None),
    ("foo.*", "a `*`", None),
    ("*foo.com", "a `*`", Some("*.foo.com")),
    ("a.*.com", "a `*`", None),
    ("**.x.com", "a `*`", Some("*.x.com")),
    ("*.*.x.com", "a `*`", Some("*.x.com")),
    ("＊.x.com", "a `*`", Some("*.x.com")),
    ("*-preview.x.com", "a `*`", None),
    ("*.", "no host", None),
    (".myapp.com", "begins with a dot", Some("*.myapp.com")),
    (".com", "begins with a dot", None),
    ("*..myapp.com", "begins with a dot", Some("*.myapp.com")),
    ("a..b", "between two dots", Some("a.b")),
    (".", "between two dots", None),
    ("myapp.com.", "ends with a dot", Some("myapp.com")),
    ("*.myapp.com.", "ends with a dot", Some("*.myapp.com")),
    ("::1", "brackets", Some("[::1]")),
    ("2001:DB8::A", "brackets", Some("[2001:db8::a]")),
    ("127.1", "another form", Some("127.0.0.1")),
    ("0x7f.1", "another form", Some("127.0.0.1")),
    ("2130706433", "another form", Some("127.0.0.1")),
    ("*.127.0.0.1", "no subdomains", Some("127.0.0.1")),
    ("*.[::1]", "no subdomains", Some("[::1]")),
    ("1.2.3.256", "no host", None),
    ("xn--a.com", "no host", None),
    ("a\u{378}.com", "no host", None),
    ("*.com", "other people", None),
    ("*.co.uk", "other people", None),
    ("*.GitHub.io", "other people", None),
    ("*.kawasaki.jp", "other people", None),
    ("*.internal", "top-level domain", None),
];

#[test]
fn what_cannot_match_or_matches_too_much_is_refused() {
    for (text, reason, suggestion) in REFUSED {
        let error = careful(text).map(|pattern| panic!("{text:?} gave {pattern}")).unwrap_err();
        let message = error.to_string();
        assert!(message.contains(reason), "{text:?}: {message}");
        assert_eq!(error.suggestion.as_deref(), suggestion, "{text:?}");
        if let Some(suggestion) = suggestion {
            assert_eq!(careful(suggestion).unwrap().as_str(), suggestion);
        }
    }
}

#[test]
fn lengths_are_those_of_the_domain_name_system() {
    let label = "a".repeat(63);
    let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
    assert_eq!(careful(&longest).unwrap().as_str().len(), 253);
    assert!(careful(&format!("{longest}a")).unwrap_err().to_string().contains("253"));
    assert!(careful(&format!("{label}a.com")).unwrap_err().to_string().contains("63"));
    // 40 letters, but more than 63 octets in punycode.
    let text = format!("{}.com", "büäöéçñ日本語ж".repeat(4));
    assert!(careful(&text).unwrap_err().to_string().contains("63"));
}

#[test]
fn broad_patterns_are_accepted_when_asked_for() {
    for text in [
        "*.com",
        "*.co.uk",
        "*.github.io",
        "*.vercel.app",
        "*.kawasaki.jp",
        "*.ck",
        "*.a.ck",
        "*.internal",
        "*.local",
        "*.test",
        "*.рф",
        "*.公司.cn",
        "*.compute.amazonaws.com",
    ] {
        let error = careful(text).unwrap_err();
        assert!(error.is_too_broad(), "{text}: {error}");
        assert_eq!(error.suggestion, None, "{text}");
        DomainPattern::parse(text, Breadth::AllowBroad).unwrap();
    }
    let error = DomainPattern::parse("https://*.com", Breadth::AllowBroad).unwrap_err();
    assert_eq!(error.suggestion.as_deref(), Some("*.com"));
    assert!(!error.is_too_broad());
}

#[test]
fn a_message_can_be_shown_on_a_terminal() {
    let text = format!("a\u{1b}[31m\nb{}", "c".repeat(500));
    let message = careful(&text).unwrap_err().to_string();
    assert!(!message.contains(char::is_control) && message.len() < 200, "{message}");
}

#[test]
fn a_password_is_not_shown() {
    let error = careful("https://me:hunter2@app.com/@x").unwrap_err();
    assert!(error.to_string().starts_with("`https://...@app.com/@x` has a scheme"), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[test]
fn a_key_is_no_domain_and_is_not_shown() {
    let body = "0123456789abcdef".repeat(3);
    for text in [format!("csk_{body}"), format!("https://cpk_{body}.com")] {
        let error = careful(&text).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(&body), "{error}");
        assert_eq!(error.suggestion, None);
    }
}

/// Texts that are close to domains, and some that are anything.
fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "*",
        ".",
        "*.",
        "a",
        "com",
        "co.uk",
        "github.io",
        "MyApp",
        "é",
        "日本",
        "ß",
        "。",
        "＊",
        "xn--",
        "-",
        "_",
        ":",
        "3000",
        "https://",
        "/",
        "@",
        "[",
        "]",
        "::1",
        "127",
        "0x7f",
        "%41",
        " ",
        "\u{ad}",
        "\u{200d}",
        "localhost",
        ",",
        "1",
        "\u{202e}",
    ]);
    prop_oneof![
        3 => prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()),
        1 => "\\PC{0,12}",
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn an_accepted_pattern_is_its_own_normal_form_and_matches(
        text in text(),
        careful in any::<bool>(),
    ) {
        let breadth = if careful { Breadth::Careful } else { Breadth::AllowBroad };
        match DomainPattern::parse(&text, breadth) {
            Ok(pattern) => {
                let again = DomainPattern::parse(pattern.as_str(), breadth);
                prop_assert_eq!(&again, &Ok(pattern.clone()));
                let mut hosts = vec![pattern.as_str().to_owned()];
                if let Some(domain) = pattern.as_str().strip_prefix(WILDCARD) {
                    hosts = vec![domain.to_owned(), format!("www.{domain}")];
                }
                for host in hosts {
                    let sent = host_of(&format!("http://{host}:3000"));
                    prop_assert!(admits(pattern.as_str(), &sent), "{}", sent);
                }
            }
            Err(error) => {
                if let Some(suggestion) = &error.suggestion {
                    let parsed = DomainPattern::parse(suggestion, breadth).unwrap();
                    prop_assert_eq!(parsed.as_str(), suggestion);
                }
                prop_assert!(!error.to_string().contains(char::is_control));
            }
        }
    }

    #[test]
    fn what_a_browser_sends_is_accepted_as_it_is(
        host in "[a-z0-9_é日]([a-z_é日-]{0,8}[a-z0-9日])?(\\.[a-z0-9]([a-z-]{0,8}z)?){0,3}",
    ) {
        // Not everything of this form is a host.
        if let Ok(url) = url::Url::parse(&format!("https://{host}:8443/path")) {
            let sent = url.host_str().unwrap();
            let pattern = careful(sent);
            prop_assert_eq!(pattern.as_ref().map(DomainPattern::as_str), Ok(sent));
            if url.domain().is_some() {
                prop_assert_eq!(careful(&host), pattern);
            }
        }
    }
}
