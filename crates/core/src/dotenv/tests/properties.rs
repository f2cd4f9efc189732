//! Properties of files that are made up together with the answer: each piece
//! of a generated file knows what setting the target makes of it.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const TARGET: &str = "CENCORI_API_KEY";

/// One logical line without its ending.
#[derive(Clone, Debug)]
struct Piece {
    before: String,
    /// The same line once the target is set to [`NEW`].
    after: String,
    /// What plain readers see, where the line assigns the target.
    value: Option<String>,
    /// Whether dotenvy rejects it where the file ends without a line ending.
    needs_ending: bool,
    /// Whether some reader takes the next line for a part of it; `None` if it leaves that as the
    /// line before has it.
    reads_on: Option<bool>,
}

/// Stands for the new value until it is known.
const NEW: &str = "<new>";

/// A whole file: pieces with their endings, the last of which may be cut off.
#[derive(Clone, Debug)]
struct Made {
    mark: bool,
    pieces: Vec<(Piece, &'static str)>,
    final_ending: bool,
}

impl Made {
    fn text(&self, of: impl Fn(&Piece) -> &str) -> String {
        let mut text = if self.mark { "\u{feff}".to_owned() } else { String::new() };
        for (index, (piece, ending)) in self.pieces.iter().enumerate() {
            text.push_str(of(piece));
            if index + 1 < self.pieces.len() || self.final_ending || piece.needs_ending {
                text.push_str(ending);
            }
        }
        text
    }

    fn before(&self) -> String {
        self.text(|piece| &piece.before)
    }

    /// The file as it must be once the target is set.
    fn after(&self, value: &str) -> String {
        let mut text = self.text(|piece| &piece.after);
        if !self.pieces.iter().any(|(piece, _)| piece.value.is_some()) {
            // Generated values span lines only with the ending LF, so the last
            // ending can be looked up in the text.
            let crlf = text.rfind('\n').is_some_and(|end| text[..end].ends_with('\r'));
            let ending = if crlf { "\r\n" } else { "\n" };
            let place = text.len() - self.open_end().len();
            let has_lines = !text[..place].trim_start_matches('\u{feff}').is_empty();
            if has_lines && !text[..place].ends_with('\n') {
                text += ending;
            }
            let place = text.len() - self.open_end().len();
            text.insert_str(place, &format!("{TARGET}={NEW}{ending}"));
        }
        text.replace(NEW, value)
    }

    /// The last lines of the file, from the first behind which no line can be added.
    fn open_end(&self) -> String {
        let telling = |(piece, _): &(Piece, _)| piece.reads_on;
        if self.pieces.iter().filter_map(telling).next_back() != Some(true) {
            return String::new();
        }
        let closed = self.pieces.iter().rposition(|piece| telling(piece) == Some(false));
        let pieces = self.pieces[closed.map_or(0, |index| index + 1)..].to_vec();
        Self { mark: false, pieces, final_ending: self.final_ending }.before()
    }
}

/// A value as it is in the file.
#[derive(Clone, Debug)]
struct Value {
    written: String,
    plain: String,
    set: String,
}

fn value() -> impl Strategy<Value = Value> {
    let whole = |written: String, plain: String| Value { written, plain, set: NEW.to_owned() };
    let quoted = |quote: char| {
        move |plain: String| Value {
            written: format!("{quote}{plain}{quote}"),
            plain,
            set: NEW.to_owned(),
        }
    };
    let inner = || {
        select(vec![
            format!("{TARGET}=inside"),
            "OTHER=x".into(),
            "# it".into(),
            " ".into(),
            String::new(),
        ])
    };
    let lines = move |quote: char| {
        ("[a-z# é]{0,4}", prop::collection::vec(inner(), 1..4)).prop_map(move |(first, more)| {
            let plain = format!("{first}\n{}", more.join("\n"));
            whole(format!("{quote}{plain}{quote}"), plain)
        })
    };
    prop_oneof![
        4 => "[A-Za-z0-9._=/:+é-][A-Za-z0-9._=/:+#é-]{0,9}"
            .prop_map(move |text| whole(text.clone(), text)),
        // Two backticks: from one alone, shells look for another in the lines below.
        2 => r#"([a-zé #=']|``|\\"){0,8}"#.prop_map(quoted('"')),
        2 => "[a-zé #=\"`]{0,8}".prop_map(quoted('\'')),
        1 => "[a-z]{1,3}( [a-z]{1,3}){1,2}".prop_map(move |text| whole(text.clone(), text)),
        1 => select(vec!["\"a\"'b c'", "a\"b # c\"d", "'a'b", "a'#'\"=\"", "\"a\"#b", "x\\\"y"])
            .prop_map(move |text| whole(text.to_owned(), text.to_owned())),
        1 => "[a-z]{1,5}".prop_map(move |text| whole(format!("`{text}`"), text)),
        1 => "[a-z]{0,5}".prop_map(move |text| {
            whole(format!("`{text}\nOTHER=y # z`"), format!("{text}\nOTHER=y # z"))
        }),
        2 => lines('"'),
        2 => lines('\''),
    ]
}

/// What may follow a value. dotenvy recognises a comment behind an even number
/// of spaces too late: its quotes count. So only the others may have one.
fn tail() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(String::new()),
        1 => "[ \t]{1,3}",
        2 => "([ \t]{2})?[ \t]#[a-zé'\"= \\\\#]{0,8}",
        1 => "[ \t]{2}#[a-zé= #]{0,8}",
    ]
}

fn head(names: Vec<&'static str>) -> impl Strategy<Value = (String, bool)> {
    let indent = select(vec!["", "", "", " ", "\t", "  ", "\u{3000}"]);
    let export = select(vec!["", "", "", "export ", "export\t  "]);
    let space = select(vec!["", "", "", " ", "\t "]);
    (indent, export, select(names), space).prop_map(|(indent, export, name, space)| {
        (format!("{indent}{export}{name}{space}="), name == TARGET)
    })
}

fn assignment(names: Vec<&'static str>) -> impl Strategy<Value = Piece> {
    let space = select(vec!["", "", "", " ", "\t "]);
    (head(names), space, value(), tail()).prop_map(|((head, ours), space, value, tail)| {
        let before = format!("{head}{space}{}{tail}", value.written);
        let after = if ours { format!("{head}{space}{}{tail}", value.set) } else { before.clone() };
        let reads_on = Some(before.ends_with('\\'));
        Piece { before, after, value: ours.then_some(value.plain), needs_ending: true, reads_on }
    })
}

fn empty(names: Vec<&'static str>) -> impl Strategy<Value = Piece> {
    (head(names), "[ \t]{0,3}", select(vec!["", "#", "# note", "#note=1"])).prop_map(
        |((head, ours), space, comment)| {
            let before = format!("{head}{space}{comment}");
            let gap = if space.is_empty() && !comment.is_empty() { " " } else { "" };
            let after =
                if ours { format!("{head}{NEW}{gap}{space}{comment}") } else { before.clone() };
            let reads_on = Some(!space.is_empty() && comment.is_empty());
            Piece { before, after, value: ours.then(String::new), needs_ending: true, reads_on }
        },
    )
}

fn other_line() -> impl Strategy<Value = Piece> {
    let comment = "[ \t]{0,2}#[a-zé'\"= \\\\#]{0,6}(CENCORI_API_KEY=old)?['\"]?";
    let malformed = select(vec![
        "MY WORD",
        "-x",
        "=v",
        "CENCORI_API_KEY",
        "1K=v",
        "CENCORI_API_KEY: v",
        "export",
        "CENCORI_API_KEY v=1",
        "MY-KEY=v",
        "MY.KEY=v",
        "x CENCORI_API_KEY=v",
        "é=v",
        "a\\=b",
        "CENCORI_API_KEY-2=v",
        "[section]",
        " \u{feff}CENCORI_API_KEY=1",
        "\"quoted\"=1",
    ]);
    let piece = |before: String, reads_on| Piece {
        after: before.clone(),
        before,
        value: None,
        needs_ending: true,
        reads_on,
    };
    prop_oneof![
        prop_oneof!["[ \t]{0,3}", comment].prop_map(move |before| piece(before, None)),
        malformed.prop_map(move |before| piece(before.to_owned(), Some(!before.contains('=')))),
    ]
}

fn made() -> impl Strategy<Value = Made> {
    const NAMES: [&str; 5] = [TARGET, "OTHER", "_x1", "CENCORI_API_KEY_OLD", "cencori_api_key"];
    let names = prop_oneof![Just(NAMES.to_vec()), Just(NAMES[1..].to_vec())];
    names.prop_flat_map(|names| {
        let piece = prop_oneof![
            5 => assignment(names.clone()),
            1 => empty(names),
            3 => other_line(),
        ];
        let piece = (piece, any::<bool>()).prop_map(|(mut piece, ends_alone)| {
            // dotenvy rejects a last line that ends with a space or backslash.
            piece.needs_ending = !ends_alone || piece.before.ends_with([' ', '\t', '\\']);
            piece
        });
        let endings = select(vec![vec!["\n"], vec!["\r\n"], vec!["\n", "\r\n"]]);
        let pieces = endings.prop_flat_map(move |endings| {
            prop::collection::vec((piece.clone(), select(endings)), 0..9)
        });
        (any::<bool>(), pieces, any::<bool>()).prop_map(|(mark, pieces, final_ending)| Made {
            mark,
            pieces,
            final_ending,
        })
    })
}

fn set(file: &str, value: &str) -> String {
    let mut document = Document::parse(file.as_bytes()).unwrap();
    document.set(&name(TARGET), &bare(value)).unwrap();
    String::from_utf8(document.render()).unwrap()
}

/// Text of the characters that mean something, and some that do not.
const SOUP: &str = "([K=#'\"`\\\\ \t\r\né$]|export |CENCORI_API_KEY=|\u{feff}){0,60}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn parsing_and_rendering_changes_nothing(
        text in prop_oneof![any::<String>(), SOUP.prop_map(|text| text)],
    ) {
        prop_assume!(!text.contains('\0'));
        prop_assert_eq!(Document::parse(text.as_bytes()).unwrap().render(), text.into_bytes());
    }

    #[test]
    fn no_text_is_too_strange(text in SOUP) {
        let mut document = Document::parse(text.as_bytes()).unwrap();
        let stands = !document.values(TARGET).is_empty();
        let shared = document.set(&name(TARGET), &bare("v1")).is_err();
        let after = String::from_utf8(document.render()).unwrap();
        if shared {
            prop_assert!(stands);
            prop_assert_eq!(&after, &text);
        } else if !stands {
            let (before, behind) = after.split_once("CENCORI_API_KEY=v1").unwrap();
            // At the end with the ending that was missing, else before whole lines.
            let behind = behind.strip_prefix("\r\n").or(behind.strip_prefix('\n')).unwrap();
            match behind {
                "" => prop_assert_eq!(before.strip_prefix(&text).unwrap().trim(), ""),
                _ => prop_assert_eq!([before, behind].concat(), &text[..]),
            }
        }
        read_back(text.as_bytes(), &name(TARGET));
    }

    #[test]
    fn any_bytes_are_parsed_or_refused(bytes in any::<Vec<u8>>()) {
        if let Ok(document) = Document::parse(&bytes) {
            prop_assert_eq!(document.render(), &bytes[..]);
        }
        read_back(&bytes, &name(TARGET));
    }

    #[test]
    fn the_values_are_those_that_were_written(made in made()) {
        let expected: Vec<_> =
            made.pieces.iter().filter_map(|(piece, _)| piece.value.clone()).collect();
        let document = Document::parse(made.before().as_bytes()).unwrap();
        prop_assert_eq!(document.values(TARGET), expected);
    }

    #[test]
    fn setting_changes_the_values_and_no_other_byte(
        made in made(),
        value in "[A-Za-z0-9._-]{1,60}",
    ) {
        prop_assert_eq!(set(&made.before(), &value), made.after(&value));
    }

    #[test]
    fn dotenvy_reads_the_new_value(made in made(), value in "[A-Za-z0-9._-]{1,60}") {
        let after = set(&made.before(), &value);
        let seen = read_back(after.as_bytes(), &name(TARGET));
        prop_assert_eq!(seen.value, Some(Secret::new(&value)));
        // The same without our own reading of its answers.
        let text = after.trim_start_matches('\u{feff}');
        let first = dotenvy::from_read_iter(text.as_bytes())
            .flatten()
            .find_map(|(name, value)| (name == TARGET).then_some(value));
        prop_assert_eq!(first, Some(value));
    }

    #[test]
    fn every_standing_line_has_the_new_value(made in made()) {
        let standing = made.pieces.iter().filter(|(piece, _)| piece.value.is_some()).count();
        let after = Document::parse(set(&made.before(), "v1").as_bytes()).unwrap();
        prop_assert_eq!(after.values(TARGET), vec!["v1"; standing.max(1)]);
    }

    #[test]
    fn only_the_last_setting_counts(made in made()) {
        let once = set(&made.before(), "v2");
        prop_assert_eq!(set(&once, "v2"), &once[..]);
        prop_assert_eq!(set(&set(&made.before(), "v1"), "v2"), once);
    }
}
