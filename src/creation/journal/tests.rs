//! What is written leaves nothing behind.

use super::*;

#[test]
fn a_line_with_a_key_never_outgrows_its_buffer() {
    for text in ["csk_0123", "\u{1}\u{1}\u{1}", ""] {
        let key = Secret::new(text.repeat(1_000));
        for entry in [
            Entry::Issued { id: Uuid::nil(), key: key.clone() },
            Entry::Replaced { key: key.clone() },
        ] {
            let line = entry.line().unwrap();
            let room = 256 + 6 * key.expose().len();
            assert_eq!(line.capacity(), room, "no smaller one was left behind");
            let read: Entry = serde_json::from_slice(&line).unwrap();
            let (Entry::Issued { key: read, .. } | Entry::Replaced { key: read }) = read else {
                panic!("another entry");
            };
            assert_eq!(read, key);
        }
    }
}
