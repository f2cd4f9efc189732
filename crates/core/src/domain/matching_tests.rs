use proptest::prelude::*;

use super::*;
use crate::key::Environment::{Production, Test};

fn list(patterns: &[&str]) -> Vec<String> {
    patterns.iter().map(|pattern| (*pattern).to_owned()).collect()
}

fn decided(patterns: &[&str], origin: &str) -> Decision {
    decide(&list(patterns), &Origin::parse(origin).unwrap())
}

fn is_admitted(pattern: &str, origin: &str) -> bool {
    matches!(decided(&[pattern], origin), Decision::Admitted { .. })
}

/// What the nearest change is, in words.
fn change(patterns: &[&str], origin: &str) -> Option<String> {
    match decided(patterns, origin) {
        Decision::Refused { change, .. } => change.map(|change| change.to_string()),
        Decision::Admitted { pattern } => panic!("{origin} is admitted by {pattern}"),
    }
}

/// Every row of the contract's table: what it admits, and what it does not.
#[test]
fn patterns_match_as_the_contract_says() {
    let rows: [(&str, &[&str], &[&str]); 17] = [
        (
            "localhost",
            &["http://localhost", "localhost:3000", "https://LOCALHOST:8443/x"],
            &["http://127.0.0.1", "http://a.localhost"],
        ),
        (
            "myapp.com",
            &["https://myapp.com", "http://MyApp.com:80", "myapp.com", "https://me:pw@myapp.com/x"],
            &["https://a.myapp.com", "https://myapp.com.", "https://evilmyapp.com"],
        ),
        (
            "*.myapp.com",
            &["https://a.myapp.com", "https://a.b.myapp.com:8443", "https://myapp.com"],
            &["https://evilmyapp.com", "https://myapp.com.evil.example", "https://a.myapp.com."],
        ),
        ("*.com", &["https://any.com", "https://a.b.com"], &["https://any.org"]),
        ("[::1]", &["http://[::1]:3000", "::1", "http://[0:0::1]"], &["http://localhost"]),
        (
            "127.0.0.1",
            &["http://127.0.0.1:3000", "127.1", "0x7f.1", "2130706433", "http://127.0.0.1."],
            &["http://127.0.0.2", "http://localhost"],
        ),
        ("xn--mnchen-3ya.example", &["https://MÜNCHEN.example", "münchen。example"], &[]),
        ("MyApp.com", &[], &["https://myapp.com", "https://MyApp.com"]),
        ("myapp.com:443", &[], &["https://myapp.com", "https://myapp.com:443"]),
        ("https://myapp.com", &[], &["https://myapp.com"]),
        ("myapp.com/x", &[], &["https://myapp.com/x"]),
        (" myapp.com", &[], &["https://myapp.com"]),
        ("myapp.com ", &[], &["https://myapp.com"]),
        ("*", &[], &["https://myapp.com"]),
        (".myapp.com", &[], &["https://a.myapp.com", "https://myapp.com"]),
        ("münchen.example", &[], &["https://münchen.example"]),
        ("::1", &[], &["http://[::1]", "::1"]),
    ];
    for (pattern, admitted, refused) in rows {
        for origin in admitted {
            assert!(is_admitted(pattern, origin), "{pattern} {origin}");
        }
        for origin in refused {
            assert!(!is_admitted(pattern, origin), "{pattern} {origin}");
        }
        // Whoever says that something never matches has to be right.
        let never = StoredPattern::new(pattern).admits() == Admitted::Nothing;
        assert_eq!(never, admitted.is_empty(), "{pattern}");
        for nowhere in ["", "null", "file:///home/me/page.html", "data:text/html,x"] {
            assert!(!is_admitted(pattern, nowhere), "{pattern} {nowhere}");
        }
    }
}

#[test]
fn an_origin_is_what_a_browser_sends() {
    for (text, header) in [
        ("https://A.Example/shop?x", Some("https://a.example")),
        ("http://me:pw@a.example:8080/", Some("http://a.example:8080")),
        ("https://a.example:443", Some("https://a.example")),
        ("https://a.example.:8443", Some("https://a.example.:8443")),
        ("a.example", Some("https://a.example")),
        ("localhost:3000", Some("https://localhost:3000")),
        ("http:3000", Some("https://http:3000")),
        ("//a.example/x", Some("https://a.example")),
        ("https:a.example", Some("https://a.example")),
        ("2001:DB8::A", Some("https://[2001:db8::a]")),
        ("http://0177.0.0.1", Some("http://127.0.0.1")),
        ("blob:https://a.example:8443/9115d58c", Some("https://a.example:8443")),
        ("blob:null/9115d58c", Some("null")),
        ("blob:ftp://a.example/x", Some("null")),
        ("blob:blob:https://a.example/x", Some("null")),
        ("capacitor://LocalHost", Some("capacitor://localhost")),
        ("chrome-extension://abcdef/page.html", Some("chrome-extension://abcdef")),
        ("file:///x", Some("null")),
        ("file://server/x", Some("null")),
        ("about:blank", Some("null")),
        ("foo:///x", Some("null")),
        ("null", Some("null")),
        (" \t", None),
    ] {
        let origin = Origin::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(origin.header(), header, "{text}");
    }
    let key = format!("https://csk_{}.example", "0123456789abcdef".repeat(3));
    for bad in ["https://", "/shop", "?x", "a b.example", "https://a.example:99999", "[::g]", &key]
    {
        let error = Origin::parse(bad).unwrap_err().to_string();
        assert!(!error.contains(&key[12..40]), "{error}");
    }
    let error = Origin::parse("https://me:hunter2@a b/").unwrap_err().to_string();
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn a_refusal_names_the_nearest_change() {
    for (patterns, origin, expected) in [
        (
            &["myapp.com"][..],
            "app.myapp.com",
            "Add app.myapp.com, or *.myapp.com for all subdomains",
        ),
        (
            &["a.myapp.com"],
            "x.a.myapp.com",
            "Add x.a.myapp.com, or *.a.myapp.com for all subdomains",
        ),
        (&["other.com"], "x.y.co.uk", "Add x.y.co.uk, or *.y.co.uk for all subdomains"),
        (&["*.com"], "me.github.io", "Add me.github.io, or *.me.github.io for all subdomains"),
        (&[], "github.io", "Add github.io"),
        (&[], "http://localhost:3000", "Add localhost"),
        (&["localhost"], "127.1", "Add 127.0.0.1"),
        (&["::1"], "http://[::1]:3000", "The pattern ::1 never matches: write [::1]"),
        (
            &["x.com", "MyApp.com"],
            "myapp.com",
            "The pattern MyApp.com never matches: write myapp.com",
        ),
        (&[".myapp.com"], "a.myapp.com", "The pattern .myapp.com never matches: write *.myapp.com"),
        (
            &["https://myapp.com:3000"],
            "myapp.com",
            "The pattern https://myapp.com:3000 never matches: write myapp.com",
        ),
        (
            &["myapp.com."],
            "myapp.com",
            "The pattern myapp.com. matches only a dot at the end: write myapp.com",
        ),
        (&["*.myapp.com"], "a.myapp.com.", "Visit a.myapp.com, without the dot at its end"),
        (
            &["myapp.com"],
            "a.localhost.",
            "Visit a.localhost, without the dot at its end. Add a.localhost, or *.a.localhost for all subdomains",
        ),
    ] {
        assert_eq!(change(patterns, origin).as_deref(), Some(expected), "{patterns:?} {origin}");
    }
    for nowhere in ["", "null", "file:///x", "https://*.com"] {
        assert_eq!(change(&["myapp.com"], nowhere), None, "{nowhere}");
    }
}

/// The codes of the faults of each pattern.
fn codes(patterns: &[&str], environment: crate::key::Environment) -> Vec<Vec<&'static str>> {
    let each = faults(&list(patterns), environment).into_iter();
    each.map(|faults| faults.iter().map(Fault::code).collect()).collect()
}

#[test]
fn each_fault_is_found_alone_and_gone_where_it_is_fixed() {
    for (pattern, code, instead) in [
        ("MyApp.com", "never_matches", Some("myapp.com")),
        (" myapp.com", "never_matches", Some("myapp.com")),
        ("münchen.example", "never_matches", Some("xn--mnchen-3ya.example")),
        ("https://myapp.com/", "never_matches", Some("myapp.com")),
        ("localhost.example:3000", "never_matches", Some("localhost.example")),
        (".myapp.com", "never_matches", Some("*.myapp.com")),
        ("*.0x7f.1", "never_matches", Some("127.0.0.1")),
        ("foo.*", "never_matches", None),
        ("*", "never_matches", None),
        ("", "never_matches", None),
        // It would let strangers in, so it is not advised.
        ("https://*.com", "never_matches", None),
        ("myapp.com.", "trailing_dot", Some("myapp.com")),
        ("*.myapp.com.", "trailing_dot", Some("*.myapp.com")),
        ("*.", "trailing_dot", None),
        ("*.192.0.2.1", "address_wildcard", Some("192.0.2.1")),
        ("*.[2001:db8::1]", "address_wildcard", Some("[2001:db8::1]")),
        ("*.127.1", "address_end", None),
        ("*.0.2.1", "address_end", None),
        ("*.com", "too_broad", None),
        ("*.github.io", "too_broad", None),
        ("*.vercel.app", "too_broad", None),
        ("*.kawasaki.jp", "too_broad", None),
        ("*.internal", "too_broad", None),
        ("github.io", "bare_suffix", None),
        ("com", "bare_suffix", None),
        ("localhost", "local_in_production", None),
        ("*.localhost", "local_in_production", None),
        ("a.localhost", "local_in_production", None),
        ("127.0.0.1", "local_in_production", None),
        ("127.8.8.8", "local_in_production", None),
        ("[::1]", "local_in_production", None),
        ("[::ffff:7f00:1]", "local_in_production", None),
        ("0.0.0.0", "local_in_production", None),
    ] {
        assert_eq!(codes(&[pattern], Production), [[code]], "{pattern}");
        let fault = &faults(&list(&[pattern]), Production)[0][0];
        let fixed = fault.instead().map(DomainPattern::as_str);
        assert_eq!(fixed, instead, "{pattern}");
        if let Some(fixed) = fixed.filter(|fixed| *fixed != "127.0.0.1") {
            assert_eq!(codes(&[fixed], Production), [[""; 0]], "{fixed}");
        }
    }
    for good in
        ["myapp.com", "*.myapp.com", "intranet", "192.0.2.1", "kawasaki.jp", "*.me.github.io"]
    {
        assert_eq!(codes(&[good], Production), [[""; 0]], "{good}");
    }
    // What runs on the own machine is what keys for tests are for.
    assert_eq!(codes(&["localhost", "[::1]"], Test), [[""; 0], [""; 0]]);
}

#[test]
fn what_another_pattern_admits_is_shadowed() {
    let shadowed = |patterns: &[&str]| {
        let each = faults(&list(patterns), Test).into_iter();
        each.map(|faults| match faults.last() {
            Some(Fault::Shadowed { by }) => by.clone(),
            _ => String::new(),
        })
        .collect::<Vec<_>>()
    };
    assert_eq!(shadowed(&["myapp.com", "*.myapp.com"]), ["*.myapp.com", ""]);
    assert_eq!(shadowed(&["*.a.myapp.com", "*.myapp.com"]), ["*.myapp.com", ""]);
    assert_eq!(shadowed(&["*.myapp.com", "*.a.myapp.com"]), ["", "*.myapp.com"]);
    assert_eq!(shadowed(&["myapp.com", "myapp.com"]), ["", "myapp.com"]);
    assert_eq!(shadowed(&["*.myapp.com", "*.myapp.com"]), ["", "*.myapp.com"]);
    assert_eq!(shadowed(&["*.myapp.com", "evilmyapp.com", "myapp.com.evil.com"]), [""; 3]);
    // What never matches neither needs another nor stands in for one.
    assert_eq!(shadowed(&["MyApp.com", "MyApp.com"]), ["", ""]);
    assert_eq!(shadowed(&["[::1]", "*.[::1]"]), ["*.[::1]", ""]);
}

#[test]
fn what_a_wildcard_admits_is_said_as_it_is_done() {
    let stored = StoredPattern::new("*.myapp.com");
    assert_eq!(stored.admits().to_string(), "every subdomain, and myapp.com itself");
    let decision = decided(&["*.myapp.com"], "myapp.com");
    assert_eq!(decision, Decision::Admitted { pattern: "*.myapp.com".to_owned() });
    let only = StoredPattern::new("myapp.com").admits().to_string();
    assert_eq!(only, "only myapp.com, any port");
    assert!(!is_admitted("myapp.com", "www.myapp.com"));
}

/// A host as people write it, also oddly.
fn host() -> impl Strategy<Value = String> {
    let label = prop::sample::select(vec![
        "a",
        "A",
        "www",
        "myapp",
        "MyApp",
        "evil",
        "com",
        "Example",
        "bücher",
        "日本",
        "xn--bcher-kva",
        "ß",
        "co",
        "uk",
        "github",
        "io",
        "1",
        "0x7f",
        "my_app",
        "-",
    ]);
    let name = prop::collection::vec(label, 1..5).prop_map(|labels| labels.join("."));
    let odd = prop::sample::select(vec![
        "localhost",
        "a.localhost",
        "127.0.0.1",
        "127.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "2130706433",
        "[::1]",
        "[0:0::1]",
        "[::ffff:127.0.0.1]",
        "192.0.2.1",
        "*.com",
        "a..b",
    ]);
    let host = prop_oneof![3 => name, 1 => odd.prop_map(str::to_owned)];
    (host, prop::bool::weighted(0.1)).prop_map(|(host, dot)| if dot { host + "." } else { host })
}

fn origin() -> impl Strategy<Value = String> {
    let before = prop::sample::select(vec![
        "",
        "https://",
        "http://",
        "HTTPS://",
        "https://me:pw@",
        "blob:https://",
        "capacitor://",
        "file://",
        "blob:file://",
    ]);
    let behind = prop::sample::select(vec!["", ":3000", ":443", "/x", ":8443/x?y#z"]);
    let page = (before, host(), behind)
        .prop_map(|(before, host, behind)| format!("{before}{host}{behind}"));
    prop_oneof![20 => page, 1 => Just("null".to_owned()), 1 => Just(String::new())]
}

fn pattern() -> impl Strategy<Value = String> {
    let before =
        prop::sample::select(vec!["", "", "", "*.", "*.", "*.", "https://", ".", " ", "*"]);
    let behind = prop::sample::select(vec!["", "", "", "", ":3000", "/x", " "]);
    (before, host(), behind).prop_map(|(before, host, behind)| format!("{before}{host}{behind}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6000))]

    #[test]
    fn what_is_said_of_a_pattern_is_true(patterns in prop::collection::vec(pattern(), 1..4), text in origin()) {
        let Ok(origin) = Origin::parse(&text) else { return Ok(()) };
        let faults = faults(&patterns, Production);
        for (pattern, faults) in patterns.iter().zip(&faults) {
            let stored = StoredPattern::new(pattern);
            let matched = origin.host().is_some_and(|host| stored.matches(host));
            // Hosts that no name server has are no counterexample, nor are those of
            // a program's own scheme, which are any text.
            let web = origin.header().is_some_and(|header| header.starts_with("http"));
            let real = web && origin.host().is_some_and(|host| {
                host.starts_with('[') || (host.chars().all(is_host_character) && !host.contains(".."))
            });
            let dotted = origin.host().is_some_and(|host| host.ends_with('.'));
            for fault in faults {
                match fault {
                    Fault::NeverMatches { .. } => prop_assert!(!(matched && real), "{pattern}"),
                    Fault::TrailingDot { .. } => prop_assert!(!matched || dotted, "{pattern}"),
                    Fault::Shadowed { by } => {
                        let by = origin.host().is_some_and(|host| StoredPattern::new(by).matches(host));
                        prop_assert!(!matched || by, "{pattern}");
                    }
                    _ => {}
                }
            }
            // What admits something admits what it says.
            let (Admitted::Host(host) | Admitted::Subdomains(host)) = stored.admits() else { continue };
            if !host.is_empty() {
                let page = Origin::parse(&format!("https://{host}")).unwrap();
                prop_assert!(stored.matches(page.host().unwrap()), "{pattern} {host}");
            }
        }
    }

    #[test]
    fn a_change_does_what_it_says(patterns in prop::collection::vec(pattern(), 0..4), text in origin()) {
        let Ok(origin) = Origin::parse(&text) else { return Ok(()) };
        let Decision::Refused { change: Some(change), .. } = decide(&patterns, &origin) else { return Ok(()) };
        let (changes, host) = match change {
            Change::WithoutDot { host, and } => (and.map(|and| *and), host),
            other => (Some(other), origin.host().unwrap().to_owned()),
        };
        let page = Origin::Page { header: format!("https://{host}"), host };
        let lists: Vec<Vec<String>> = match &changes {
            None => vec![patterns],
            Some(Change::Rewrite { pattern, to, .. }) => {
                let rewrite = |old: &String| if old == pattern { to.to_string() } else { old.clone() };
                vec![patterns.iter().map(rewrite).collect()]
            }
            Some(change) => change.patterns().into_iter().map(|add| {
                patterns.iter().cloned().chain([add.to_string()]).collect()
            }).collect(),
        };
        for list in lists {
            let admitted = matches!(decide(&list, &page), Decision::Admitted { .. });
            prop_assert!(admitted, "{list:?} {page}");
        }
    }
}
