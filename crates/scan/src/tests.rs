//! What is found, and what is not, with the reason.

use std::io::{self, Read, Write as _};

use super::stream::LARGE;
use super::{Finder, Found, in_file, in_reader, in_stream, in_text};

const HEX: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";
const BASE58: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXY";

fn key() -> String {
    format!("csk_{HEX}")
}

fn keys(found: &[Found]) -> Vec<&str> {
    found.iter().map(|found| found.key.expose()).collect()
}

fn found_in(text: impl AsRef<[u8]>) -> Vec<String> {
    let found = in_text(&Finder::new(), text.as_ref());
    keys(&found).into_iter().map(str::to_owned).collect()
}

fn json(text: &str) -> String {
    text.bytes().map(|byte| format!("\\u{byte:04x}")).collect()
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn utf_16(text: &str, big: bool) -> Vec<u8> {
    let units = text.encode_utf16();
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

/// A text, and why the key in it is found.
#[test]
fn a_key_is_found_however_it_is_written() {
    let key = key();
    let upper_escapes = json(&key).replace("005f", "005F");
    let coloured: String = key.chars().map(|one| format!("\x1b[1;31m{one}\x1b[0m")).collect();
    for (text, why) in [
        (key.clone(), "a bare key"),
        (format!("KEY={key}\r\n"), "CRLF ends it"),
        (format!("--x={key} 'y'"), "an equals sign comes before it"),
        (format!("\"{key}\""), "quotes"),
        (format!("'{key}',"), "quotes"),
        (format!("Authorization: Bearer {key}"), "a header"),
        (
            format!("https://u:{key}@host/?k={key}").replacen(&format!("?k={key}"), "", 1),
            "an address",
        ),
        (format!("é{key}é"), "letters beyond ASCII are no part of keys"),
        (format!("backup_{key}_old.txt"), "48 digits of a name are no accident"),
        (format!("--x_{key}"), "the same"),
        (format!("_{key}"), "the same"),
        (format!("sha256-{key}"), "a hyphen is no part of a key"),
        (format!("\u{7f}ELF\0\0{key}\0\0"), "a binary file"),
        // What comes before it is an escape; its last letter is none of a name.
        (format!("\"a\\n{key}\\n\""), "a line break in JSON"),
        (format!("\"a\\\\n{key}\""), "JSON in JSON"),
        (format!("\\u0022{key}\\u0022"), "a quote that JSON escapes"),
        (format!("\\x22{key}\\x22"), "a quote as nginx logs it"),
        (format!("k%3D{key}%26"), "an equals sign in an address"),
        (format!("\x1b[36m{key}\x1b[0m"), "coloured"),
        (format!("\x1b[1m\x1b[38;5;12m{key}\x1b[mfoo"), "where a colour ends, so may a word"),
        // The key itself is broken up.
        (format!("\x1b[31mcsk_\x1b[0m{HEX}"), "a search that colours what it found"),
        (format!("\x1b[01;31m\x1b[Kcsk_\x1b[m\x1b[K{HEX}\n"), "as grep colours it"),
        (format!("\x1b[31mcsk_\x1b[0m{HEX}\x1b[32mfoo"), "where a colour ends, so may a word"),
        (format!("c\x1b[0msk_{HEX}"), "broken in its beginning"),
        (format!("csk\x1b[0m_{HEX}"), "broken in its beginning"),
        (format!("csk_{}\x1b[7m{}", &HEX[..20], &HEX[20..]), "broken in its body"),
        (coloured, "each letter has a colour"),
        (format!("\\u0063sk_{HEX}"), "JSON may escape any letter"),
        (format!("c\\u0073k_{HEX}"), "the same"),
        (format!("csk\\u005F{HEX}"), "the same"),
        (format!("csk_{}\\u0030{}", &HEX[..16], &HEX[17..]), "the same"),
        (format!("\"{}\"", json(&key)), "each letter escaped"),
        (upper_escapes, "hexadecimal digits of either case"),
        (json(&key).replace('\\', "\\\\"), "JSON in JSON"),
        (format!("%63sk_{HEX}"), "addresses may escape any letter"),
        (format!("c%73k_{HEX}"), "the same"),
        (format!("csk%5F{HEX}"), "the same"),
        (format!("csk%5f{HEX}"), "the same"),
        (format!("?k={}&b", percent(&key)), "each letter escaped"),
        (format!("csk_%30{}", &HEX[1..]), "escaped in its body"),
    ] {
        assert_eq!(found_in(&text), [key.as_str()], "{why}: {text:?}");
    }
    for big in [false, true] {
        for text in [key.clone(), format!("\u{feff}{key}\r\n"), format!("ключ={key};\r\n")] {
            assert_eq!(found_in(utf_16(&text, big)), [key.as_str()], "UTF-16: {text:?}, {big}");
        }
        let both = format!("a={key}\nb=cen_{BASE58}\n");
        let odd = [b"x", utf_16(&both, big).as_slice()].concat();
        assert_eq!(found_in(odd), [key.clone(), format!("cen_{BASE58}")], "at an odd place");
    }
}

#[test]
fn every_form_is_found_in_every_spelling() {
    let forms = ["csk_", "csk_test_", "cpk_", "cpk_test_", "cake_"].map(|it| format!("{it}{HEX}"));
    let older = ["cen_", "cen_test_", "cencori_"].map(|it| format!("{it}{BASE58}"));
    let short = format!("cake_{}", &HEX[..32]);
    for key in forms.into_iter().chain(older).chain([short]) {
        let text = format!("a={key} ");
        for length in 1..key.len() {
            let broken = format!("a={}\x1b[0m{} ", &key[..length], &key[length..]);
            // A colour in the oldest form may as well end it.
            if !key.starts_with("cencori_") || length < 24 {
                assert_eq!(found_in(&broken), [key.as_str()], "{broken:?}");
            }
        }
        let spellings = [text.clone(), json(&text), percent(&text)].map(String::into_bytes);
        for text in spellings.into_iter().chain([utf_16(&text, false), utf_16(&text, true)]) {
            assert_eq!(found_in(&text), [key.as_str()], "{:?}", String::from_utf8_lossy(&text));
        }
    }
}

/// A text, and why nothing in it is a key.
#[test]
fn what_is_no_key_is_not_found() {
    let key = key();
    for (text, why) in [
        (format!("pcsk_{HEX}"), "Pinecone's keys begin so"),
        (format!("\\u0070csk_{HEX}"), "Pinecone's, escaped"),
        (format!("%70csk_{HEX}"), "Pinecone's, escaped"),
        (format!("p\x1b[31mcsk_\x1b[0m{HEX}"), "Pinecone's, coloured by a search"),
        (
            String::from_utf8(utf_16(&format!("pcsk_{HEX}"), false)).unwrap(),
            "Pinecone's, in UTF-16",
        ),
        (format!("0f3acsk_{HEX}"), "the middle of a hash or a longer token"),
        (format!("csk_{HEX}{}", &HEX[..16]), "a hash of 64 digits is no key"),
        (format!("csk_{HEX}g"), "part of a longer word"),
        (format!("csk_{}", &HEX[1..]), "truncated: nothing could be asked about it"),
        ("csk_ab12...".to_owned(), "masked"),
        (key.to_uppercase(), "the service knows lower case only: it is another text"),
        (format!("csk_{}", HEX.to_uppercase()), "the same"),
        (format!("CSK_{HEX}"), "the same"),
        (format!("csk_{}\n{}", &HEX[..24], &HEX[24..]), "wrapped: any word could be glued so"),
        (format!("csk_{}\0{}", &HEX[..24], &HEX[24..]), "a zero is no colour"),
        (
            "Y3NrXzAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==".to_owned(),
            "base64: three spellings of every byte; decode it first",
        ),
        (format!("csk&#95;{HEX}"), "HTML never escapes an underscore"),
        (format!("csk=5F{HEX}"), "nor do mails"),
        (format!("my_cencori_{BASE58}"), "a name; the oldest form has no length to tell by"),
        (format!("cencori_{}", "a".repeat(600)), "data: no key is as long"),
        ("cencori_short".to_owned(), "too short for a key"),
    ] {
        assert_eq!(found_in(&text), [""; 0], "{why}: {text:?}");
    }
}

#[test]
fn keys_that_touch_are_all_found() {
    let (one, other) = (key(), format!("cpk_test_{HEX}"));
    let old = format!("cen_{BASE58}");
    for text in [format!("{one}{other}{old}"), format!("{one}\n{other}\0{old}")] {
        assert_eq!(found_in(text), [one.as_str(), &other, &old]);
    }
    assert_eq!(found_in(format!("{one}{}", &other[..30])), [""; 0], "glued to half of one");
}

/// Gives a text in pieces of one size.
struct Dripping<'a>(&'a [u8], usize);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(buffer.len()).min(self.0.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

/// A key wherever pieces meet.
#[test]
fn pieces_make_no_difference() {
    let finder = Finder::new();
    let broken = |by: &str| format!("c{by}k_{HEX}").into_bytes();
    let spellings = [
        key().into_bytes(),
        json(&key()).into_bytes(),
        utf_16(&key(), false),
        broken("\x1b[31ms"),
        broken("s\x1b[m"),
        broken("%73"),
        broken("\\u0073"),
    ];
    // Around the end of what is searched first, and of what is read first.
    let edge = super::decoder::BEHIND + 128 * 1024;
    let reach = super::decoder::REACH;
    for piece in (edge - 60..edge + 4).chain((edge + reach - 320..edge + reach).step_by(41)) {
        for spelling in &spellings {
            let mut text = vec![b' '; piece];
            text[piece / 2] = b'\n';
            text.extend_from_slice(spelling);
            text.extend_from_slice(b" \n ");
            text.extend_from_slice(key().as_bytes());
            let whole = in_text(&finder, &text);
            assert_eq!(keys(&whole), [key(), key()], "{piece}");
            let parts = in_reader(&finder, Dripping(&text, 60_000), false).unwrap();
            let locations = |found: &[Found]| -> Vec<_> {
                found.iter().map(|found| found.location.clone()).collect()
            };
            assert_eq!(locations(&parts), locations(&whole), "{piece}");
            let threads = in_stream(&finder, Dripping(&text, 60_000)).unwrap();
            assert_eq!(locations(&threads), locations(&whole), "{piece}");
            assert_eq!((whole[0].location.line, whole[1].location.line), (2, 3));
            assert_eq!(whole[1].location.column, 2);
        }
    }
}

#[test]
fn places_are_told_in_lines_and_characters() {
    let text = format!("é{0}\n\nschön {0}\r\n{0}", key());
    let found = in_text(&Finder::new(), text.as_bytes());
    let locations: Vec<_> = found.iter().map(|it| (it.location.line, it.location.column)).collect();
    assert_eq!(locations, [(1, 2), (3, 7), (4, 1)]);
    assert_eq!(found[0].location.offset, 2);
    let wide = in_text(&Finder::new(), &utf_16(&format!("ab\ncd {}", key()), true));
    assert_eq!((wide[0].location.line, wide[0].location.column), (2, 4));
}

/// Threads, segments, and one line of 100 MB.
#[test]
fn a_large_file_is_searched_as_a_small_one() {
    let mut file = tempfile::tempfile().unwrap();
    let filler = vec![b'.'; 1_000_003];
    let mut expected = Vec::new();
    let mut offset = 0;
    for number in 0_u32..100 {
        let key = format!("csk_{number:048x}");
        file.write_all(&filler).unwrap();
        file.write_all(key.as_bytes()).unwrap();
        offset += filler.len() as u64;
        expected.push((key, offset));
        offset += 52;
    }
    assert!(offset > 3 * LARGE);
    let found = in_file(&Finder::new(), &mut file).unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|it| {
            assert_eq!((it.location.line, it.location.column), (1, it.location.offset + 1));
            (it.key.expose().to_owned(), it.location.offset)
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn the_edges_of_segments_lose_nothing_and_double_nothing() {
    let mut file = tempfile::tempfile().unwrap();
    // 53 and the size of a segment have no common factor: a key meets each edge
    // elsewhere.
    let line = format!("{}\n", key());
    let count = usize::try_from(LARGE).unwrap() / line.len() + 1_000;
    file.write_all(line.repeat(count).as_bytes()).unwrap();
    let found = in_file(&Finder::new(), &mut file).unwrap();
    assert_eq!(found.len(), count);
    for (number, found) in found.iter().enumerate() {
        assert_eq!((found.location.line, found.location.column), (number as u64 + 1, 1));
    }
}

#[test]
fn a_diff_says_where_its_lines_come_from() {
    let text = format!(
        "commit 0123456789abcdef0123456789abcdef01234567\nAuthor: A\n\n    {0} in a message\n\n\
         diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -3,4 +3,5 @@ fn\n a\n-{0}\n--- {0}\n+++ {0}\n+b\n+{0}\n \n\
         diff --git a/y b/y\nnew file mode 100644\n--- /dev/null\n+++ b/y z\t\n@@ -0,0 +1 @@\n+{0}\n",
        key()
    );
    let found = in_reader(&Finder::new(), Dripping(text.as_bytes(), 7), true).unwrap();
    let places: Vec<_> = found
        .iter()
        .map(|it| it.location.origin.clone().unwrap())
        .map(|it| (it.commit.unwrap()[..4].to_owned(), it.file))
        .collect();
    let at = |file: &str, line| ("0123".to_owned(), Some((file.to_owned(), line)));
    let message = ("0123".to_owned(), None);
    assert_eq!(places, [message, at("x", 4), at("x", 5), at("x", 4), at("x", 6), at("y z", 1)]);
    let found = in_reader(&Finder::new(), text.as_bytes(), false).unwrap();
    assert!(
        found.iter().all(|found| found.location.origin.is_none()),
        "only where it is asked for"
    );
}
