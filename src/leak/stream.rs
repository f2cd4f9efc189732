//! Searching what is read piece by piece: memory stays the same however much
//! comes and however long its lines are.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::diff;
use super::finder::{Finder, Match};
use super::place::{Counter, Place};
use super::spelling::{BEHIND, REACH};
use crate::secret::Secret;

/// How much is read at a time, in bytes: it should stay in the processor's cache.
const PIECE: usize = 128 * 1024;

/// From which size on a file is worth several threads, in bytes.
pub const LARGE: u64 = 4 * SEGMENT;

/// How much of a large file one thread takes at a time, in bytes.
const SEGMENT: u64 = 4 * 1024 * 1024;

/// A key, and where it stands.
#[derive(Debug)]
pub struct Found {
    /// The key as it was meant.
    pub key: Secret,
    /// Where its spelling begins.
    pub place: Place,
}

/// The keys in all that `reader` gives, in order. With `diffs`, where that is
/// git's account of changes, each with its commit and file.
///
/// # Errors
/// What the reader says; nothing of what was found before is given then.
pub fn in_reader(finder: &Finder, mut reader: impl Read, diffs: bool) -> io::Result<Vec<Found>> {
    let mut pieces = Pieces::new(0);
    pieces.fill(&mut reader)?;
    let diff = diffs && diff::is_diff(pieces.text());
    let counter = if diff { Counter::with_diff() } else { Counter::default() };
    Ok(pieces.search(finder, &mut reader, u64::MAX, counter)?.0)
}

/// The keys in a file of `size` bytes, in order, searched by as many threads as
/// there are processors.
///
/// # Errors
/// What the file system says.
pub fn in_large_file(finder: &Finder, file: &File, size: u64) -> io::Result<Vec<Found>> {
    let segments = size.div_ceil(SEGMENT);
    let next = AtomicU64::new(0);
    let searched = Mutex::new(Vec::new());
    let work = || -> io::Result<()> {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= segments {
                return Ok(());
            }
            let start = number * SEGMENT;
            let behind = if number == 0 { 0 } else { BEHIND };
            let ours = SEGMENT.min(size - start);
            let position = start - behind as u64;
            let mut reader = ReadAt { file, position }.take(behind as u64 + ours + REACH as u64);
            let mut pieces = Pieces::new(behind);
            pieces.fill(&mut reader)?;
            let result = pieces.search(finder, &mut reader, ours, Counter::default())?;
            searched.lock().unwrap_or_else(PoisonError::into_inner).push((number, result));
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (1..threads()).map(|_| scope.spawn(work)).collect();
        let own = work();
        threads.into_iter().fold(own, |result, thread| {
            let other = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            result.and(other)
        })
    })?;
    let mut searched = searched.into_inner().unwrap_or_else(PoisonError::into_inner);
    searched.sort_by_key(|(number, _)| *number);
    let (mut all, mut counter) = (Vec::<Found>::new(), Counter::default());
    for (_, (mut found, passed)) in searched {
        found.iter_mut().for_each(|found| counter.shift(&mut found.place));
        all.extend(found);
        counter.join(&passed);
    }
    Ok(all)
}

/// How many threads search at once.
pub fn threads() -> usize {
    // More would wait for the memory, or for the disk.
    std::thread::available_parallelism().map_or(1, |number| number.get().min(8))
}

/// The keys in `text`, which is all there is.
pub fn in_text(finder: &Finder, text: &[u8]) -> Vec<Found> {
    let mut found = Vec::new();
    let matches = finder.search(text, 0..text.len());
    if !matches.is_empty() {
        locate(text, 0..text.len(), matches, &mut Counter::default(), &mut found);
    }
    found
}

/// A window that is moved over what is read.
struct Pieces {
    buffer: Vec<u8>,
    /// How much of the buffer is filled.
    length: usize,
    /// Where what has not been searched begins.
    from: usize,
    ended: bool,
}

impl Pieces {
    /// `behind`: how much comes first that is there to be looked back at only.
    fn new(behind: usize) -> Self {
        let buffer = vec![0; BEHIND + PIECE + REACH];
        Self { buffer, length: 0, from: behind, ended: false }
    }

    fn text(&self) -> &[u8] {
        &self.buffer[..self.length]
    }

    fn fill(&mut self, reader: &mut impl Read) -> io::Result<()> {
        while !self.ended && self.length < self.buffer.len() {
            match reader.read(&mut self.buffer[self.length..]) {
                Ok(0) => self.ended = true,
                Ok(count) => self.length += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Finds the keys that begin in the next `ours` bytes.
    fn search(
        mut self,
        finder: &Finder,
        reader: &mut impl Read,
        mut ours: u64,
        mut counter: Counter,
    ) -> io::Result<(Vec<Found>, Counter)> {
        let mut found = Vec::new();
        loop {
            let sure = if self.ended { self.length } else { self.length - REACH };
            let left = usize::try_from(ours).unwrap_or(usize::MAX);
            let until = sure.min(self.from.saturating_add(left)).max(self.from);
            let matches = finder.search(self.text(), self.from..until);
            let last = matches.last().map_or(until, |last| last.range.end.max(until));
            locate(self.text(), self.from..until, matches, &mut counter, &mut found);
            ours -= (until - self.from) as u64;
            if ours == 0 || (self.ended && until == self.length) {
                return Ok((found, counter));
            }
            // A key that reaches beyond what was searched is not searched again.
            let begin = until.saturating_sub(BEHIND);
            let skipped = (last - until).min(usize::try_from(ours).unwrap_or(usize::MAX));
            counter.pass(&self.buffer[until..until + skipped]);
            ours -= skipped as u64;
            self.buffer.copy_within(begin..self.length, 0);
            self.length -= begin;
            self.from = until + skipped - begin;
            self.fill(reader)?;
        }
    }
}

/// Tells the places of `matches` while it goes over `range`, in which they begin.
fn locate(
    text: &[u8],
    range: Range<usize>,
    matches: Vec<Match>,
    counter: &mut Counter,
    found: &mut Vec<Found>,
) {
    let mut from = range.start;
    for matched in matches {
        counter.pass(&text[from..matched.range.start]);
        from = matched.range.start;
        let mut place = counter.place();
        if matched.wide {
            // Every character was counted twice.
            place.column = (place.column - 1) / 2 + 1;
        }
        found.push(Found { key: matched.key, place });
    }
    counter.pass(&text[from..range.end]);
}

/// Reads a file from somewhere in it, beside others that do.
struct ReadAt<'a> {
    file: &'a File,
    position: u64,
}

impl Read for ReadAt<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = read_at(self.file, buffer, self.position)?;
        self.position += count as u64;
        Ok(count)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, position)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, position)
}

/// The keys in an open file, whatever it is: pipes are files too.
///
/// # Errors
/// What the file system says.
pub fn in_file(finder: &Finder, file: &mut File) -> io::Result<Vec<Found>> {
    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.len() >= LARGE {
        return in_large_file(finder, file, metadata.len());
    }
    if metadata.is_file() {
        file.seek(SeekFrom::Start(0))?;
    }
    in_reader(finder, file, false)
}
