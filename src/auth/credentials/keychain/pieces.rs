//! A session in as many entries as it needs: Windows takes at most 2,560 bytes
//! in one.
//!
//! Nearly always one entry is enough, and replacing it is one step. A longer
//! session is put into pieces (`ACCOUNT.a.0`, `ACCOUNT.a.1`, ...) first, and
//! then named by the first entry with the digest of the whole; the next one
//! goes to `ACCOUNT.b.0`, ... So whenever a process dies, the first entry
//! stands for a whole session, the old one or the new. What it does not name is
//! removed after each save.

use zeroize::Zeroizing;

use super::Entries;
use crate::auth::credentials::store::StoreError;

/// Most bytes in one entry: `CRED_MAX_CREDENTIAL_BLOB_SIZE`.
const ENTRY: usize = 5 * 512;

/// Most pieces; a session is never that long.
const PIECES: usize = 32;

/// How often a session that another process replaces meanwhile is read.
const READINGS: usize = 3;

/// The sets of pieces, used in turn.
const SETS: [char; 2] = ['a', 'b'];

/// What the first entry says where it does not hold the session itself. A
/// session is JSON and begins with a brace.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Index {
    set: char,
    count: usize,
    digest: String,
}

impl Index {
    fn of(first: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(first).ok()?;
        let words: Vec<_> = text.split(' ').collect();
        let ["pieces", set, count, digest] = words[..] else { return None };
        let set = SETS.into_iter().find(|known| *set == known.to_string())?;
        let count = count.parse().ok().filter(|count| (1..=PIECES).contains(count))?;
        Some(Self { set, count, digest: digest.to_owned() })
    }

    fn text(&self) -> String {
        format!("pieces {} {} {}", self.set, self.count, self.digest)
    }
}

/// The session's bytes, if there is one.
///
/// # Errors
/// [`StoreError::Damaged`] where a piece is missing or is not what was written:
/// somebody changed entries by hand. That is no "signed out", which the person
/// would wonder about.
pub fn read(
    entries: &impl Entries,
    account: &str,
) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
    for _ in 0..READINGS {
        let Some(first) = entries.read(account)? else { return Ok(None) };
        let Some(index) = Index::of(&first) else { return Ok(Some(first)) };
        if let Some(whole) = join(entries, account, &index)? {
            return Ok(Some(whole));
        }
        // Another process may have replaced it between the two readings.
    }
    Err(StoreError::Damaged("a part of the session in the keychain is missing or changed".into()))
}

/// Stores `bytes` in place of what was there.
///
/// # Errors
/// Whatever the keychain says. Up to the moment where the new session takes
/// its place the old one is untouched.
pub fn write(entries: &impl Entries, account: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let used = if bytes.len() <= ENTRY {
        entries.write(account, bytes)?;
        None
    } else {
        let set = match entries.read(account)?.and_then(|first| Index::of(&first)) {
            Some(Index { set: 'a', .. }) => 'b',
            _ => 'a',
        };
        let index = Index { set, count: bytes.len().div_ceil(ENTRY), digest: digest(bytes) };
        if index.count > PIECES {
            return Err(StoreError::Broken(format!("the session has {} bytes", bytes.len())));
        }
        for (number, piece) in bytes.chunks(ENTRY).enumerate() {
            entries.write(&piece_name(account, set, number), piece)?;
        }
        entries.write(account, index.text().as_bytes())?;
        Some(index)
    };
    for set in SETS {
        let kept = used.as_ref().filter(|index| index.set == set).map_or(0, |index| index.count);
        delete_pieces(entries, account, set, kept)?;
    }
    Ok(())
}

/// Removes all entries of the session. True if there was one.
///
/// # Errors
/// Whatever the keychain says.
pub fn delete(entries: &impl Entries, account: &str) -> Result<bool, StoreError> {
    let was_there = entries.delete(account)?;
    for set in SETS {
        delete_pieces(entries, account, set, 0)?;
    }
    Ok(was_there)
}

fn join(
    entries: &impl Entries,
    account: &str,
    index: &Index,
) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
    let mut whole = Zeroizing::new(Vec::with_capacity(index.count * ENTRY));
    for number in 0..index.count {
        let name = piece_name(account, index.set, number);
        match entries.read(&name)? {
            // A longer one is none of ours, and would make the buffer grow.
            Some(piece) if piece.len() <= ENTRY => whole.extend_from_slice(&piece),
            _ => return Ok(None),
        }
    }
    Ok((digest(&whole) == index.digest).then_some(whole))
}

/// Removes the pieces of a set from the number `kept` on, the last one first:
/// who dies at it leaves no gap behind which others could not be found.
fn delete_pieces(
    entries: &impl Entries,
    account: &str,
    set: char,
    kept: usize,
) -> Result<(), StoreError> {
    let mut end = kept;
    while end < PIECES && entries.read(&piece_name(account, set, end))?.is_some() {
        end += 1;
    }
    for number in (kept..end).rev() {
        entries.delete(&piece_name(account, set, number))?;
    }
    Ok(())
}

fn piece_name(account: &str, set: char, number: usize) -> String {
    format!("{account}.{set}.{number}")
}

fn digest(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
