//! The search for keys: a whole text against the same text in pieces, and against git's
//! account of changes. The first three bytes say where the edge of a piece falls and how
//! the reader gives it.

use std::io::{self, Read};

use crate::key;
use crate::scan::{Finder, Found, decoder, in_reader, in_stream, in_text};

/// Longest text behind what fills the piece before it.
const LONGEST: usize = 12 * 1024;

/// Where the first pieces end, about; see `crates/scan/src/stream.rs`.
const EDGE: usize = 128 * 1024;

pub fn run(input: &[u8]) {
    let [place, size, filler, text @ ..] = input else { return };
    let text = &text[..text.len().min(LONGEST)];
    let finder = Finder::new();
    let whole = in_text(&finder, text);
    for found in &whole {
        assert!(key::is_key(found.key.expose()), "what is found is a key");
    }
    if let Ok(text) = std::str::from_utf8(text) {
        // What is longer than any key is data.
        let short = text.len() <= decoder::LONGEST && key::contains_key(text);
        assert!(!short || !whole.is_empty(), "a key was not found");
    }
    compare(&whole, &in_pieces(&finder, text, *size, true), "as git's account of changes", |it| {
        (it.location.offset, it.location.line, it.location.column)
    });
    // Every text, at every edge: a few bytes around it decide.
    let filler = if filler % 2 == 0 { b' ' } else { b'\n' };
    let before =
        if *place < 4 { 0 } else { (EDGE + usize::from(*place) * 24).saturating_sub(text.len()) };
    let text = [vec![filler; before], text.to_vec()].concat();
    let whole = in_text(&finder, &text);
    let all = |it: &Found| (it.location.offset, it.location.line, it.location.column);
    compare(&whole, &in_pieces(&finder, &text, *size, false), "in pieces", all);
    let parts = in_stream(&finder, Pieces { rest: &text, size: *size }).expect("no error");
    compare(&whole, &parts, "in threads", all);
}

fn in_pieces(finder: &Finder, text: &[u8], size: u8, diffs: bool) -> Vec<Found> {
    in_reader(finder, Pieces { rest: text, size }, diffs).expect("no error")
}

fn compare<T: PartialEq + std::fmt::Debug>(
    whole: &[Found],
    parts: &[Found],
    how: &str,
    place: impl Fn(&Found) -> T,
) {
    let told = |found: &[Found]| -> Vec<(String, T)> {
        found.iter().map(|it| (it.key.expose().to_owned(), place(it))).collect()
    };
    assert_eq!(told(whole), told(parts), "{how}");
}

/// Gives `size` times 97 bytes at most at a time.
struct Pieces<'a> {
    rest: &'a [u8],
    size: u8,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.rest.len().min(buffer.len()).min((usize::from(self.size) + 1) * 97);
        let (now, later) = self.rest.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.rest = later;
        Ok(count)
    }
}
