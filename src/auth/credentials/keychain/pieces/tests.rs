use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::*;

/// Names and contents of entries.
type Contents = BTreeMap<String, Vec<u8>>;

/// A keychain in memory that takes as much as the narrowest real one, and dies
/// at a given change.
#[derive(Default)]
struct Memory {
    entries: RefCell<Contents>,
    changes: Cell<usize>,
    dies_at: Option<usize>,
}

impl Memory {
    fn names(&self) -> Vec<String> {
        self.entries.borrow().keys().cloned().collect()
    }

    fn change(&self) -> Result<(), StoreError> {
        self.changes.set(self.changes.get() + 1);
        let dies = self.dies_at.is_some_and(|at| self.changes.get() > at);
        if dies { Err(StoreError::TimedOut(3)) } else { Ok(()) }
    }
}

impl Entries for Memory {
    fn read(&self, account: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        Ok(self.entries.borrow().get(account).cloned().map(Zeroizing::new))
    }

    fn write(&self, account: &str, bytes: &[u8]) -> Result<(), StoreError> {
        assert!(bytes.len() <= 2_560, "Windows refuses {} bytes", bytes.len());
        self.change()?;
        self.entries.borrow_mut().insert(account.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn delete(&self, account: &str) -> Result<bool, StoreError> {
        self.change()?;
        Ok(self.entries.borrow_mut().remove(account).is_some())
    }
}

/// As JSON begins, `length` bytes long, and unlike any other of these.
fn session(length: usize, number: usize) -> Vec<u8> {
    let mut bytes = format!("{{\"session\":{number},").into_bytes();
    bytes.extend((bytes.len()..length).map(|place| b'0' + ((place * 7 + number) % 10) as u8));
    bytes
}

fn read_back(entries: &Memory) -> Option<Vec<u8>> {
    read(entries, "p@h").unwrap().map(|bytes| bytes.to_vec())
}

#[test]
fn sessions_of_every_length_come_back() {
    let entries = Memory::default();
    for (number, length) in
        [100, 2_560, 2_561, 5_120, 9_000, 5_121, 2_561, 2_560, 81_920, 100].into_iter().enumerate()
    {
        write(&entries, "p@h", &session(length, number)).unwrap();
        assert_eq!(read_back(&entries), Some(session(length, number)));
        let pieces = if length <= 2_560 { 0 } else { length.div_ceil(2_560) };
        assert_eq!(entries.names().len(), 1 + pieces, "{length}: {:?}", entries.names());
    }
    assert!(write(&entries, "p@h", &session(81_921, 0)).is_err());
    assert_eq!(entries.names(), ["p@h"]);
    write(&entries, "p@h", &session(6_000, 0)).unwrap();
    assert_eq!(entries.names(), ["p@h", "p@h.a.0", "p@h.a.1", "p@h.a.2"]);
    assert_eq!(delete(&entries, "p@h"), Ok(true));
    assert_eq!(entries.names(), [""; 0]);
    assert_eq!(delete(&entries, "p@h"), Ok(false));
    assert_eq!(read_back(&entries), None);
}

#[test]
fn whenever_a_save_dies_the_old_or_the_new_session_is_there() {
    for old in [100, 6_000, 20_000] {
        for new in [200, 3_000, 20_001] {
            for dies_at in 0.. {
                let mut entries = Memory::default();
                write(&entries, "p@h", &session(9_000, 0)).unwrap();
                write(&entries, "p@h", &session(old, 1)).unwrap();
                entries.changes.set(0);
                entries.dies_at = Some(dies_at);
                let result = write(&entries, "p@h", &session(new, 2));
                let found = read_back(&entries).expect("a session");
                assert!(
                    found == session(new, 2) || (result.is_err() && found == session(old, 1)),
                    "{old} to {new}, died at {dies_at}"
                );
                // The next save leaves nothing of all that.
                entries.dies_at = None;
                write(&entries, "p@h", &session(300, 3)).unwrap();
                assert_eq!(entries.names(), ["p@h"], "{old} to {new}, died at {dies_at}");
                if result.is_ok() {
                    break;
                }
            }
        }
    }
}

#[test]
fn a_torn_session_is_no_signing_out() {
    let tears: [fn(&mut Contents); 3] = [
        |entries| drop(entries.remove("p@h.a.1")),
        |entries| entries.get_mut("p@h.a.0").unwrap()[5] ^= 1,
        |entries| entries.get_mut("p@h.a.0").unwrap().push(b' '),
    ];
    for tear in tears {
        let entries = Memory::default();
        write(&entries, "p@h", &session(6_000, 0)).unwrap();
        tear(&mut entries.entries.borrow_mut());
        let error = read(&entries, "p@h").unwrap_err();
        assert!(matches!(error, StoreError::Damaged(_)), "{error}");
        write(&entries, "p@h", &session(6_000, 1)).unwrap();
        assert_eq!(read_back(&entries), Some(session(6_000, 1)));
    }
}

#[test]
fn what_only_looks_like_an_index_is_none() {
    for text in ["pieces c 1 x", "pieces a 0 x", "pieces a 33 x", "pieces a 1", "{} a 1 x", ""] {
        assert_eq!(Index::of(text.as_bytes()), None, "{text}");
    }
    let index = Index { set: 'b', count: 32, digest: "00".into() };
    assert_eq!(Index::of(index.text().as_bytes()), Some(index));
}
