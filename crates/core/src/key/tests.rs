//! Recognising keys, and what their prefixes tell.

use super::*;

const HEX: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";
const BASE58: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXY";

#[test]
fn every_form_is_recognised() {
    for prefix in ["csk_", "csk_test_", "cpk_", "cpk_test_", "cake_"] {
        assert!(is_key(&format!("{prefix}{HEX}")), "{prefix}");
    }
    for prefix in ["cen_", "cen_test_"] {
        assert!(is_key(&format!("{prefix}{BASE58}")), "{prefix}");
    }
    assert!(is_key("cencori_0123456789.abc-_"));
}

#[test]
fn keys_of_agents_have_one_of_two_lengths() {
    let key = |digits: usize| format!("cake_{}", &HEX[..digits]);
    for digits in [32, 48] {
        assert!(is_key(&key(digits)), "{digits}");
        assert_eq!(mask(&format!("({})", key(digits))), "(cake_0123...)");
        // Whatever key follows without a space, and whichever this one follows.
        for next in [format!("csk_{HEX}"), key(32), key(48)] {
            let both = format!("{}{next}", key(digits));
            assert_eq!(end_of_key(both.as_bytes(), 0), Some(5 + digits), "{both}");
            assert_eq!(end_of_key(both.as_bytes(), 5 + digits), Some(both.len()), "{both}");
        }
    }
    for digits in [31, 33, 40, 47] {
        assert!(!contains_key(&key(digits)), "{digits}");
    }
    assert!(!contains_key(&format!("{}0", key(48))));
    assert_eq!(mask(&key(40)), "cake_0123...");
}

#[test]
fn what_only_looks_like_a_key_is_not_one() {
    for text in [
        format!("pcsk_{HEX}"),
        format!("csk_{HEX}0"),
        format!("csk_{HEX}g"),
        format!("my_cencori_{BASE58}"),
        format!("csk_{}", &HEX[1..]),
        format!("csk_{}", HEX.to_uppercase()),
        format!("cen_{}0", &BASE58[1..]),
        "cencori_short".to_owned(),
        String::new(),
        "csk_".to_owned(),
    ] {
        assert!(!is_key(&text), "{text}");
        assert!(!contains_key(&text), "{text}");
    }
}

#[test]
fn masking_leaves_nothing_of_the_body_but_four_characters() {
    let text = format!("KEY='csk_test_{HEX}', é=cpk_{HEX}");
    assert_eq!(mask(&text), "KEY='csk_test_0123...', é=cpk_0123...");
    assert_eq!(mask("nothing here"), "nothing here");
    // What is no key for a letter more may hold one.
    assert_eq!(mask(&format!("xcsk_{HEX}f, csk_{HEX}z")), "xcsk_0123...f, csk_0123...z");
}

#[test]
fn keys_may_touch_each_other_and_underscores() {
    let text = format!("a_csk_{HEX}csk_{HEX}cen_{BASE58}cpk_{HEX}_b");
    assert_eq!(mask(&text), "a_csk_0123...csk_0123...cen_1234...cpk_0123..._b");
}

#[test]
fn prefixes_tell_the_environment_where_it_is_in_them() {
    assert_eq!(environment_of("csk_ab"), Some(Environment::Production));
    assert_eq!(environment_of("cen_test_ab"), Some(Environment::Test));
    assert_eq!(environment_of("cake_ab"), None);
    assert_eq!(environment_of("cencori_ab"), None);
}

#[test]
fn prefixes_tell_the_type() {
    assert_eq!(type_of_prefix("cpk_test_ab12..."), Some(KeyType::Publishable));
    assert_eq!(type_of_prefix("cake_ab12..."), Some(KeyType::Agent));
    assert_eq!(type_of_prefix("cen_..."), Some(KeyType::Secret));
    assert_eq!(type_of_prefix("sk_live"), None);
}

#[test]
fn what_people_type_hides_no_key_and_all_that_could_is_known() {
    for harmless in [
        "lsit",
        "--environmnet",
        "--ignore-occurrences",
        "a_very_long_name_of_a_file_in_a_folder",
        ".env.local:NEXT_PUBLIC_CENCORI_KEY",
        "*.preview.myapp.com",
        "2026-11-25",
        "12months",
        "http://localhost:8787",
    ] {
        assert!(!may_contain_key(harmless), "{harmless}");
    }
    let hex = &HEX[..40];
    for hidden in [
        hex,
        &HEX[..20],
        "0123.4567.89ab.cdef.0123",
        "%2563sk_",
        "&#99;sk_",
        "\u{441}sk_",
        "c'sk_",
        "cs\u{301}k_",
        "csk_ab12 cd34",
        "a_very_long_name_of_a_file_in_a_deep_folder",
        "123456789ABCDEFGHJKLMNPQRSTUVWXY",
        "AbCdEfGhJkLmNpQrStUv",
    ] {
        assert!(may_contain_key(hidden), "{hidden}");
    }
}
