//! Examples, one for each rule. The properties are in `properties`.

use super::*;

mod properties;

/// A variable name that the test knows to be one.
fn name(text: &str) -> VariableName {
    text.parse().unwrap()
}

/// A value that the test knows to be bare.
fn bare(text: &str) -> Bare {
    Bare::new(Secret::new(text)).unwrap()
}

/// `file` after `K` was set to `new`.
fn with_k_set(file: &str) -> String {
    let mut document = Document::parse(file.as_bytes()).unwrap();
    document.set(&name("K"), &bare("new")).unwrap();
    String::from_utf8(document.render()).unwrap()
}

/// What plain readers see of `K`.
fn values_of_k(file: &str) -> Vec<String> {
    Document::parse(file.as_bytes()).unwrap().values("K")
}

/// Asserts the value of `K` in the first file, and that setting it gives the
/// second, in which dotenvy sees the new value.
#[track_caller]
fn assert_set(file: &str, value: &str, expected: &str) {
    assert_eq!(values_of_k(file), [value], "{file:?}");
    assert_eq!(with_k_set(file), expected, "{file:?}");
    let seen = read_back(expected.as_bytes(), &name("K"));
    assert_eq!(seen.value, Some(Secret::new("new")), "{expected:?}");
}

#[test]
fn lines_on_which_all_readers_agree() {
    assert_set("K=old\n", "old", "K=new\n");
    assert_set("K=old", "old", "K=new");
    assert_set("K=a=b=\n", "a=b=", "K=new\n");
}

#[test]
fn quotes_go_with_the_value_because_some_readers_keep_them() {
    assert_set("K=\"a # b\"\n", "a # b", "K=new\n");
    assert_set("K='a \" b'\n", "a \" b", "K=new\n");
    assert_set("K=\"\"\n", "", "K=new\n");
    assert_set(r#"K="a\"b" # c"#, r#"a\"b"#, "K=new # c");
}

#[test]
fn a_quote_behind_a_backslash_closes_only_where_nothing_better_does() {
    assert_set("K=\"C:\\dir\\\"\nL=\"x\"\n", "C:\\dir\\", "K=new\nL=\"x\"\n");
    assert_set("K='C:\\' # it's\n", "C:\\", "K=new # it's\n");
}

#[test]
fn export_and_spacing_are_kept() {
    assert_set("export K=old\n", "old", "export K=new\n");
    assert_set("  export \t K  =  old  \n", "old", "  export \t K  =  new  \n");
    assert_set("K = old\n", "old", "K = new\n");
}

#[test]
fn export_is_also_a_name() {
    let document = Document::parse(b"export=1\nexport = 2\nexport export = 3\nexport\n").unwrap();
    assert_eq!(document.values("export"), ["1", "2", "3"]);
}

#[test]
fn a_comment_behind_a_space_is_kept_and_one_behind_a_value_is_part_of_it() {
    assert_set("K=v # note\n", "v", "K=new # note\n");
    assert_set("K=v\t#note\n", "v", "K=new\t#note\n");
    assert_set("K=v#note\n", "v#note", "K=new\n");
    assert_set("K=v#a # b\n", "v#a", "K=new # b\n");
    assert_set("K=\"v\"#note\n", "\"v\"#note", "K=new\n");
}

#[test]
fn an_empty_value_is_filled_in() {
    assert_set("K=\n", "", "K=new\n");
    assert_set("K=", "", "K=new");
    assert_set("K=  \n", "", "K=new  \n");
    assert_set("K= # note\n", "", "K=new # note\n");
    assert_set("K=# note\n", "", "K=new # note\n");
    assert_set("K =\r\n", "", "K =new\r\n");
}

#[test]
fn values_that_no_quoting_rule_fits_are_replaced_whole() {
    assert_set("K=\"a\"'b # c' # d\n", "\"a\"'b # c'", "K=new # d\n");
    assert_set("K=a\"b # c\"d\n", "a\"b # c\"d", "K=new\n");
    assert_set("K=a \\\" b # c\n", "a \\\" b", "K=new # c\n");
    assert_set("K=a b c # d\n", "a b c", "K=new # d\n");
    assert_set("K=`a b`\n", "a b", "K=new\n");
    assert_set("K=don't\n", "don't", "K=new\n");
}

#[test]
fn a_multi_line_value_is_one_value() {
    assert_set("K=\"a\nK=x\nb\" # c\nL=1\n", "a\nK=x\nb", "K=new # c\nL=1\n");
    assert_set("K='a\r\nK=x'\r\nL=1\r\n", "a\r\nK=x", "K=new\r\nL=1\r\n");
    assert_set("K=`a\nK=x`\nL=1\n", "a\nK=x", "K=new\nL=1\n");
    assert_set("L=\"a\nK=x\n\"\nK=1\n", "1", "L=\"a\nK=x\n\"\nK=new\n");
    assert_set("L='a\n# K=\"x\n'\nK=1\n", "1", "L='a\n# K=\"x\n'\nK=new\n");
    assert_set("MY-KEY=\"a\nK=x\n\"\nK=1\n", "1", "MY-KEY=\"a\nK=x\n\"\nK=new\n");
}

#[test]
fn a_quote_that_nothing_closes_ends_with_its_line() {
    assert_set("K=\"abc\nL=1\n", "\"abc", "K=new\nL=1\n");
    assert_set("K=\"abc\nL=\"1\"\n", "\"abc", "K=new\nL=\"1\"\n");
    assert_set("K='it # is\nL=1\n", "'it", "K=new # is\nL=1\n");
    // dotenvy joins these lines as long as the quote of `L` is open.
    assert_eq!(with_k_set("L=\"abc\nK=1\n"), "L=\"abc\nK=new\n");
}

#[test]
fn every_standing_line_is_set() {
    assert_set_all("K=1\nL=2\nexport K='3'\n#K=4\n", "K=new\nL=2\nexport K=new\n#K=4\n");
}

#[track_caller]
fn assert_set_all(file: &str, expected: &str) {
    assert_eq!(with_k_set(file), expected);
    assert!(values_of_k(expected).iter().all(|value| value == "new"));
}

#[test]
fn what_is_no_assignment_of_the_name_is_left_alone() {
    for line in [
        "#K=1",
        "  # K=1",
        "K",
        "K 1",
        "K: 1",
        "1K=1",
        "K.L=1",
        "K-L=1",
        "KK=1",
        "k=1",
        "é=1",
        "=1",
        "x K=1",
        "export",
        "export K",
        "\u{feff}K=1",
    ] {
        let file = format!("A=1\n{line}\n");
        assert_eq!(values_of_k(&file), [""; 0], "{line}");
        // Behind a line without `=` Node would look for one in the next.
        let expected = match line.contains('=') {
            true => format!("{file}K=new\n"),
            false => format!("A=1\nK=new\n{line}\n"),
        };
        assert_eq!(with_k_set(&file), expected, "{line}");
    }
}

#[test]
fn a_new_line_stands_before_lines_that_some_reader_would_join_it_to() {
    for open in ["A=x\\", "A= ", "A=\t\t", "export A= ", "A", "export A", "A: 1", "'x' y \\"] {
        for rest in ["", "\n", "\r\n", "\n\n# c\n", "\n# c \\\n", "\nB\n"] {
            let file = format!("{open}{rest}");
            let ending = if rest.contains('\r') { "\r\n" } else { "\n" };
            assert_eq!(with_k_set(&file), format!("K=new{ending}{file}"), "{file:?}");
            let file = format!("\u{feff}X=1\n# c\n\n{open}{rest}");
            let expected = file.replacen("X=1\n", &format!("X=1\nK=new{ending}"), 1);
            assert_eq!(with_k_set(&file), expected, "{file:?}");
        }
        // What stands behind it has been joined to it before.
        let file = format!("{open}\nB=1\n");
        assert_eq!(with_k_set(&file), format!("{file}K=new\n"), "{file:?}");
    }
    for closed in ["A=x", "A=", "A= # c", "A='x\\'", "# c \\", "A= \"\"", "x y=1"] {
        let file = format!("{closed}\n");
        assert_eq!(with_k_set(&file), format!("{file}K=new\n"), "{file:?}");
    }
}

#[test]
fn a_line_that_sets_more_than_the_variable_is_not_changed() {
    for (line, values) in [
        ("K=1 B=2", &["1"][..]),
        ("export K=1 B=2", &["1"]),
        ("export B=2 K='1'", &["1"]),
        ("K=1; B=2", &["1"]),
        ("K=1;B=2", &["1"]),
        ("K=\"1\"; export K", &["1"]),
        ("K=1 ; export B # note", &["1"]),
        ("B=2 && K=1", &["1"]),
        ("K=1; K=2", &["1", "2"]),
    ] {
        let file = format!("# c\n{line}\n");
        let mut document = Document::parse(file.as_bytes()).unwrap();
        assert_eq!(document.values("K"), values, "{line}");
        assert_eq!(document.set(&name("K"), &bare("new")), Err(EditError::SharedLine(2)), "{line}");
        assert_eq!(document.remove(&name("K")), Err(EditError::SharedLine(2)), "{line}");
        assert_eq!(document.render(), file.as_bytes(), "{line}");
    }
    // One value, and text that is no assignment.
    for line in ["K=a b", "K='1' # B=2", "K=\"x; B=2\"", "K=x;", "K=a; see", "K=http://h?a=1&b=2"] {
        let after = with_k_set(&format!("{line}\n"));
        assert!(after.starts_with("K=new"), "{line}: {after}");
    }
}

#[test]
fn a_value_that_shells_read_on_is_not_changed() {
    for continued in [
        "K=old\\\nmore\n",
        "export K=old\\\nmore\n",
        "K=old \\\n  B=2\n",
        "K=$(cat\n  file)\n",
        "K=(a\n# )\nb)\n",
        "K=${A:-\nb}\n",
        "K=\"$(cat\nfile)\" x\n",
        "K=a |\n\n cat\n",
        "K=`a\nb` c\n",
        "K=$(a # )\n)\n",
    ] {
        let file = format!("# it's\n{continued}L=1\n");
        let mut document = Document::parse(file.as_bytes()).unwrap();
        let refused = Err(EditError::ContinuedLine(2));
        assert_eq!(document.set(&name("K"), &bare("new")), refused, "{file}");
        assert_eq!(document.remove(&name("K")), refused, "{file}");
        assert_eq!(document.render(), file.as_bytes(), "{file}");
    }
    // Shells see an end where the line has its own, or none at all.
    for line in [
        "K=old\\\\",
        "K=o # \\",
        "K='o\\'",
        "K=$(a)",
        "K=\"(\"",
        "K=\\(",
        "K='$('",
        "K=$(",
        "K=(a",
        "K=`o",
        "K=$'\\''",
        "K=$#",
        "K=a&",
    ] {
        let after = with_k_set(&format!("{line}\nL=1\n"));
        assert!(after.starts_with("K=new") && after.ends_with("\nL=1\n"), "{line}: {after}");
    }
}

#[test]
fn a_new_line_stands_before_what_shells_do_not_see_the_end_of() {
    for open in [
        "A=`x",
        "A=$(x",
        "A=(x",
        "A=${x",
        "A=\"`\"",
        "A=\"$(\"",
        "A=x \\\nB=(",
        "A=$(\n# )",
        "A=x|",
        "A=x&&",
        "A=:(",
        "A=<<E",
        "A=$(cat <<-'E'",
        "cat <<E >&2; A=1",
        "A=1 <<E\nline\nE",
    ] {
        for rest in ["", "\n", "\n# c\n", "\nC=1\n", "\nC='1'"] {
            let file = format!("X=1\n# c\n{open}{rest}");
            let expected = file.replacen("X=1\n", "X=1\nK=new\n", 1);
            let joins = open.ends_with(['|', '&']) && rest.contains('C');
            if !joins {
                assert_eq!(with_k_set(&file), expected, "{file:?}");
            }
        }
    }
    for closed in
        ["A=`x`", "A=`'`", "A=$(x)", "A=(x y)", "A=\"(\"", "A='`'", "A=x # `(", "A=\\`", "A=x|y"]
            .into_iter()
            .chain(["A=\"<<E\"", "A='<<E'", "A=1 # <<E", "A=x<y", "A=x<<<y", "A=\\<<E"])
    {
        assert_eq!(with_k_set(&format!("{closed}\n")), format!("{closed}\nK=new\n"));
    }
}

#[test]
fn a_name_that_only_some_readers_take_is_found() {
    let document = Document::parse(b"my.key=1\nmy-key=2\n1K=3\n").unwrap();
    assert_eq!(document.values("my.key"), ["1"]);
    assert_eq!(document.values("my-key"), ["2"]);
    assert_eq!(document.values("1K"), ["3"]);
    assert!(is_name("my.key-1") && !is_name("") && !is_name("//host") && !is_name("a b"));
}

#[test]
fn a_new_line_takes_the_endings_of_the_file() {
    assert_eq!(with_k_set(""), "K=new\n");
    assert_eq!(with_k_set("\u{feff}"), "\u{feff}K=new\n");
    assert_eq!(with_k_set("A=1"), "A=1\nK=new\n");
    assert_eq!(with_k_set("A=1\r\n"), "A=1\r\nK=new\r\n");
    assert_eq!(with_k_set("A=1\r\nB=2"), "A=1\r\nB=2\r\nK=new\r\n");
    assert_eq!(with_k_set("A=1\r\nB=2\n"), "A=1\r\nB=2\nK=new\n");
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_name() {
    assert_set("\u{feff}K=old\n", "old", "\u{feff}K=new\n");
}

#[test]
fn a_lone_carriage_return_ends_a_line() {
    assert_eq!(with_k_set("K=1\rB=2\r"), "K=new\rB=2\r");
    assert_eq!(with_k_set("A=1\rB=2\r"), "A=1\rB=2\r\nK=new\n");
}

#[test]
fn assignments_come_with_their_lines() {
    let document =
        Document::parse(b"\xef\xbb\xbfA=1\n\n# x\nB='2\n3'\r\nexport C=4 # 5\nmy.name-1=6")
            .unwrap();
    let found: Vec<_> = document.assignments().collect();
    let expected = [("A", "1", 1), ("B", "2\n3", 4), ("C", "4", 6), ("my.name-1", "6", 7)];
    assert_eq!(found, expected.map(|(name, value, line)| (name, value.to_owned(), line)));
}

#[test]
fn what_is_no_text_is_refused_without_being_shown() {
    for (bytes, expected) in [
        (&b"A=1\nB=se\xffcret\n"[..], "line 2: the text is not UTF-8"),
        (b"A=1\n\nB=se\0cret\n", "line 3: the text holds a NUL character"),
        (b"\xff\xfeK\0=\0", "line 1: the file is UTF-16, save it as UTF-8"),
    ] {
        let error = Document::parse(bytes).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(!format!("{error:?}").contains("cret"));
    }
}

#[test]
fn a_dump_of_a_document_does_not_show_its_values() {
    let document = Document::parse(b"K=hidden").unwrap();
    assert!(!format!("{document:?}{:?}", bare("hidden")).contains("hidden"));
}

#[test]
fn names_and_values_are_checked() {
    for good in ["K", "_", "a1_B"] {
        assert_eq!(name(good).to_string(), good);
    }
    for bad in ["", "1K", "K-L", "K.L", "K=", " K", "é", "K\n"] {
        assert_eq!(bad.parse::<VariableName>(), Err(NameError), "{bad}");
    }
    assert_eq!(bare("a.Z_0-9").secret(), &Secret::new("a.Z_0-9"));
    for bad in ["", " ", "a b", "a#", "$A", "'a'", "é", "a\n"] {
        assert!(Bare::new(Secret::new(bad)).is_none(), "{bad}");
    }
}

#[test]
fn reading_back_takes_the_first_value() {
    let seen = read_back(b"\xef\xbb\xbfK=1\nK=2\n", &name("K"));
    assert_eq!(seen, ReadBack { value: Some(Secret::new("1")), rejected_line: None });
    let seen = read_back(b"L=1\n", &name("K"));
    assert_eq!(seen, ReadBack { value: None, rejected_line: None });
}

#[test]
fn reading_back_names_the_first_line_that_dotenvy_rejects() {
    let long = format!("A=1\n#{}\nA b\nK=1\n", "x".repeat(20_000));
    for (file, value, line) in [
        ("A=1\n\n# c\nA=b c\nA b\nK=1\n", Some("1"), Some(4)),
        ("K=1\nA=b c\n", Some("1"), None),
        ("\nA=b c", None, Some(2)),
        ("A=1\nB='x\nK=1\n\n\n", None, Some(2)),
        ("A=1\nB='x\ny' z\nK=1\n", Some("1"), Some(2)),
        ("A=1\n'x\ny'\nK=1\n", Some("1"), Some(2)),
        ("A=1\nK=1 ", None, Some(2)),
        (&long, Some("1"), Some(3)),
    ] {
        let expected = ReadBack { value: value.map(Secret::new), rejected_line: line };
        assert_eq!(read_back(file.as_bytes(), &name("K")), expected, "{file:?}");
    }
    let seen = read_back(b"A=\xff\nK=1\n", &name("K"));
    assert_eq!(seen, ReadBack { value: Some(Secret::new("1")), rejected_line: Some(1) });
}

#[test]
fn a_value_that_a_new_one_makes_longer_is_noticed() {
    for (text, keeps) in [
        ("M=\"a\nCENCORI_API_KEY=b\"c\n\"\n", false),
        ("M=\"a\nCENCORI_API_KEY=bc\nN=1\n", true),
        ("M=\"a\nb\"\nCENCORI_API_KEY=\"c\"\n", true),
    ] {
        let before = Document::parse(text.as_bytes()).unwrap();
        let mut after = Document::parse(text.as_bytes()).unwrap();
        after.set(&name("CENCORI_API_KEY"), &bare("v1")).unwrap();
        assert_eq!(after.keeps_others(&before, &name("CENCORI_API_KEY")), keeps, "{text}");
    }
}
