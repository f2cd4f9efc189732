//! Searching what is read piece by piece: memory stays the same however much
//! comes and however long its lines are.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::decoder::{BEHIND, REACH};
use super::diff;
use super::finder::{Encoding, Finder, Match};
use super::location::{Counter, Location};
use cencori_core::secret::Secret;

/// How much is read at a time, in bytes: it should stay in the processor's cache.
const PIECE: usize = 128 * 1024;

/// From which size on a file is worth several threads, in bytes.
pub const LARGE: u64 = 4 * SEGMENT;

/// How much of a large file one thread takes at a time, in bytes.
const SEGMENT: u64 = 4 * 1024 * 1024;

/// A key, and where it is.
#[derive(Debug)]
pub struct Found {
    /// The key as it was meant.
    pub key: Secret,
    /// Where its spelling begins.
    pub location: Location,
    /// How it is written. Of UTF-16 every character was counted twice.
    pub encoding: Encoding,
}

impl Found {
    /// Another reading of what is there.
    pub fn read_as(&self, key: Secret) -> Self {
        Self { key, location: self.location.clone(), ..*self }
    }
}

/// What was found when all that comes before is counted.
fn counted(mut found: Vec<Found>) -> Vec<Found> {
    for found in found.iter_mut().filter(|found| found.encoding == Encoding::Utf16) {
        found.location.column = (found.location.column - 1) / 2 + 1;
    }
    found
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
    Ok(counted(pieces.search(finder, &mut reader, u64::MAX, counter)?.0))
}

/// The same of what keeps a processor busy by itself, such as standard input:
/// several threads search, unless it is git's account of changes, which has to be
/// followed from its beginning.
///
/// # Errors
/// What the reader says; nothing of what was found before is given then.
pub fn in_stream(finder: &Finder, mut reader: impl Read + Send) -> io::Result<Vec<Found>> {
    let mut first = Pieces::new(0);
    first.fill(&mut reader)?;
    if diff::is_diff(first.text()) {
        let counter = Counter::with_diff();
        return Ok(counted(first.search(finder, &mut reader, u64::MAX, counter)?.0));
    }
    let source = Mutex::new((0, Some(first), reader));
    in_threads(|parts| {
        let mut spare = Pieces::new(0);
        loop {
            let (number, piece) = {
                let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
                let (number, next, reader) = &mut *source;
                let Some(piece) = next.take() else { return Ok(()) };
                if !piece.ended {
                    spare.follow(&piece);
                    spare.fill(reader)?;
                    *next = Some(spare);
                }
                *number += 1;
                (*number - 1, piece)
            };
            let (mut found, mut counter) = (Vec::new(), Counter::default());
            let range = piece.from..piece.sure();
            let matches = finder.search(piece.text(), range.clone());
            locate(piece.text(), range, matches, &mut counter, &mut found);
            parts.lock().unwrap_or_else(PoisonError::into_inner).add(number, found, counter);
            if piece.ended {
                return Ok(());
            }
            spare = piece;
        }
    })
}

/// The keys in a file of `size` bytes, in order, searched by as many threads as
/// there are processors.
///
/// # Errors
/// What the file system says.
pub fn in_large_file(finder: &Finder, file: &File, size: u64) -> io::Result<Vec<Found>> {
    let segments = size.div_ceil(SEGMENT);
    let next = AtomicU64::new(0);
    in_threads(|parts| {
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
            let (found, counter) = pieces.search(finder, &mut reader, ours, Counter::default())?;
            parts.lock().unwrap_or_else(PoisonError::into_inner).add(number, found, counter);
        }
    })
}

/// What was found in the parts of a text, joined in their order.
#[derive(Default)]
struct Parts {
    found: Vec<Found>,
    counter: Counter,
    /// The number of the part that comes next.
    next: u64,
    /// Those that were done before it.
    waiting: Vec<(u64, Vec<Found>, Counter)>,
}

impl Parts {
    /// Takes what was found in part `number`, from 0, and what counts all of it.
    fn add(&mut self, number: u64, found: Vec<Found>, counter: Counter) {
        self.waiting.push((number, found, counter));
        while let Some(next) = self.waiting.iter().position(|(number, ..)| *number == self.next) {
            let (_, mut found, passed) = self.waiting.swap_remove(next);
            found.iter_mut().for_each(|found| self.counter.shift(&mut found.location));
            self.found.extend(found);
            self.counter.join(&passed);
            self.next += 1;
        }
    }
}

/// Has all threads do `work`, and gives what they found.
fn in_threads(work: impl Fn(&Mutex<Parts>) -> io::Result<()> + Sync) -> io::Result<Vec<Found>> {
    let parts = Mutex::new(Parts::default());
    std::thread::scope(|scope| {
        let threads: Vec<_> = (1..threads()).map(|_| scope.spawn(|| work(&parts))).collect();
        let own = work(&parts);
        threads.into_iter().fold(own, |result, thread| {
            let other = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            result.and(other)
        })
    })?;
    Ok(counted(parts.into_inner().unwrap_or_else(PoisonError::into_inner).found))
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
    counted(found)
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

    /// Up to where what begins is there to the end.
    fn sure(&self) -> usize {
        if self.ended { self.length } else { self.length - REACH }
    }

    /// Moves to what comes behind `other`, as far as that has read it.
    fn follow(&mut self, other: &Self) {
        let kept = &other.buffer[other.sure() - BEHIND..other.length];
        self.buffer[..kept.len()].copy_from_slice(kept);
        (self.length, self.from, self.ended) = (kept.len(), BEHIND, false);
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
            let sure = self.sure();
            let left = usize::try_from(ours).unwrap_or(usize::MAX);
            let until = sure.min(self.from.saturating_add(left)).max(self.from);
            let matches = finder.search(self.text(), self.from..until);
            let ends = matches.iter().map(|matched| matched.range.end);
            let last = ends.max().map_or(until, |last| last.max(until));
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

/// Tells the locations of `matches` while it goes over `range`, in which they begin.
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
        let Match { key, encoding, .. } = matched;
        found.push(Found { key, location: counter.location(), encoding });
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

/// How much a pipe should hold, in bytes: as much as Linux gives without asking.
#[cfg(target_os = "linux")]
const PIPE: usize = 1024 * 1024;

/// Has the pipe `input` hold more than it does by default, so that the program at
/// its other end waits less often. Of anything else it changes nothing, and where
/// the system does not give as much, it only takes longer.
#[cfg(target_os = "linux")]
pub fn widen_pipe(input: &impl std::os::fd::AsFd) {
    let _ = rustix::pipe::fcntl_setpipe_size(input, PIPE);
}

/// Elsewhere pipes grow by themselves, or can't be changed.
#[cfg(not(target_os = "linux"))]
pub fn widen_pipe<T>(_: &T) {}

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
