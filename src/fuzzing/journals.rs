//! Journals of creations and rotations, whatever a crash or another program left in
//! them: they are understood or refused, reading loses nothing that was written, and
//! what is appended is read again. The part before the first zero is the journal of a
//! creation, the part behind it that of a rotation.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::ops::create;
use crate::ops::rotate::journal::{self, Details, Journal};
use crate::ops::rotate::state::Event;

/// The old key of the rotation, which names the file.
const OLD: Uuid = Uuid::from_u128(0x0123_4567_89ab_4def_8123_4567_89ab_cdef);

/// How long a process that is being started may hold a lock, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn run(input: &[u8]) {
    let zero = input.iter().position(|byte| *byte == 0).unwrap_or(input.len());
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path();
    let of_creation = &input[..zero];
    if !of_creation.is_empty() {
        creation(state, of_creation);
    }
    if let Some(of_rotation) = input.get(zero + 1..).filter(|it| !it.is_empty()) {
        rotation(state, of_rotation);
    }
}

fn put(state: &Path, folder: &str, name: &str, content: &[u8]) -> std::path::PathBuf {
    let folder = state.join(folder);
    crate::disk::create_private_folder(&folder).expect("a folder");
    let path = folder.join(name);
    let mut file = crate::disk::append_private(&path).expect("a file");
    std::io::Write::write_all(&mut file, content).expect("a file");
    path
}

fn creation(state: &Path, content: &[u8]) {
    let path = put(state, "creations", "journal.jsonl", content);
    let (mut records, damaged) = create::journal::abandoned(state).expect("a folder");
    assert_eq!(records.len() + damaged.len(), 1);
    let Some(mut record) = records.pop() else {
        assert_kept(&path, content);
        return;
    };
    assert_kept(&path, content);
    let shown = format!("{record:?}");
    if let Some((_, key)) = &record.issued {
        assert!(key.expose().len() < 16 || !shown.contains(key.expose()), "shown by Debug");
    }
    let (intent, issued) = (serde_json::to_value(&record.intent).ok(), record.issued.clone());
    record.mark_disclosed().expect("room for a line");
    drop(record);
    let record = once_unlocked(|| create::journal::abandoned(state).expect("a folder").0.pop());
    assert!(record.disclosed && record.issued == issued);
    assert_eq!(serde_json::to_value(&record.intent).ok(), intent);
}

fn rotation(state: &Path, content: &[u8]) {
    let path = put(state, "rotations", &format!("{OLD}.jsonl"), content);
    let found = journal::all(state).expect("a folder");
    assert_eq!(found.len(), 1);
    assert_eq!(fs::read(&path).expect("a file"), content, "looking changes nothing");
    let Ok(taken) = Journal::take(state, OLD) else {
        // Of another key, by what it says itself.
        let other = found[0].progress.as_ref().is_none_or(|it| it.plan.old.id != OLD);
        assert!(other, "what is listed can't be taken");
        return;
    };
    assert_kept(&path, content);
    let listed = found[0].progress.as_ref().expect("what can be taken is listed");
    assert_eq!(listed.state, taken.progress.state);
    assert_eq!(listed.plan.old.id, taken.progress.plan.old.id);
    drop(taken);
    for event in Event::ALL {
        let mut journal = once_unlocked(|| Journal::take(state, OLD).ok());
        let had_new = journal.progress.new.is_some();
        let new = (!had_new).then(|| journal.progress.plan.old.clone());
        let before = fs::read(&path).expect("a file");
        let noted = journal.note(event, Details { new, ..Details::default() });
        let state_after = journal.progress.state;
        drop(journal);
        let again = once_unlocked(|| Journal::take(state, OLD).ok());
        assert_eq!(again.progress.state, state_after);
        let now = fs::read(&path).expect("a file");
        assert_eq!(noted.is_ok(), now.len() > before.len());
    }
}

/// What was understood before is understood again, once nobody holds its lock: a child
/// process that another thread starts has all open files until it is another program.
fn once_unlocked<T>(mut attempt: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(done) = attempt() {
            return done;
        }
        assert!(started.elapsed() < PATIENCE, "what was understood is understood again");
        std::thread::yield_now();
    }
}

/// Only an unfinished last line is cut off.
fn assert_kept(path: &Path, content: &[u8]) {
    let now = fs::read(path).expect("a file");
    let end = content.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    assert!(now == content || now == content[..end], "more than an unfinished line is gone");
}
