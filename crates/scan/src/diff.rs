//! What a diff says of itself: `git log -p`, `git show`, `git diff`.

use super::location::Origin;

/// Most of a line that is kept to be understood, in bytes.
const KEPT: usize = 4_096;

/// Follows a diff, line by line.
#[derive(Default)]
pub struct Diff {
    /// The line that is being read, as far as it matters.
    line: Vec<u8>,
    commit: Option<String>,
    old_file: Option<String>,
    new_file: Option<String>,
    /// Numbers of the next lines of the two files.
    old: u64,
    new: u64,
    /// Lines of the two files that the hunk still has: what looks like a header
    /// in it is none.
    old_left: u64,
    new_left: u64,
}

/// Whether a text that begins like this is a diff.
pub fn is_diff(beginning: &[u8]) -> bool {
    const FIRST: [&[u8]; 3] = [b"diff --git ", b"commit ", b"From "];
    FIRST.iter().any(|first| beginning.starts_with(first))
        && (beginning.starts_with(FIRST[0])
            || memchr::memmem::find(beginning, b"\ndiff --git ").is_some())
}

impl Diff {
    /// Goes over `text`, which follows what came before.
    pub fn pass(&mut self, text: &[u8]) {
        let mut from = 0;
        for end in memchr::memchr_iter(b'\n', text) {
            self.keep(&text[from..end]);
            self.end_line();
            from = end + 1;
        }
        self.keep(&text[from..]);
    }

    /// Where the line comes from that is being read.
    pub fn origin(&self) -> Option<Origin> {
        let file = match (self.in_hunk(), self.line.first()) {
            (true, Some(b'-')) => self.old_file.clone().map(|file| (file, self.old)),
            (true, _) => self.new_file.clone().map(|file| (file, self.new)),
            (false, _) => None,
        };
        let commit = self.commit.clone();
        (commit.is_some() || file.is_some()).then_some(Origin { commit, file })
    }

    fn keep(&mut self, part: &[u8]) {
        let room = KEPT.saturating_sub(self.line.len());
        // In a hunk only what a line begins with matters.
        let room = if self.in_hunk() { room.min(16) } else { room };
        self.line.extend_from_slice(&part[..part.len().min(room)]);
    }

    fn in_hunk(&self) -> bool {
        self.old_left + self.new_left > 0
    }

    fn end_line(&mut self) {
        if self.in_hunk() {
            let (old, new) = match self.line.first() {
                Some(b'-') => (1, 0),
                Some(b'+') => (0, 1),
                Some(b'\\') => (0, 0),
                _ => (1, 1),
            };
            self.old += old;
            self.new += new;
            self.old_left = self.old_left.saturating_sub(old);
            self.new_left = self.new_left.saturating_sub(new);
        } else {
            self.read_header();
        }
        self.line.clear();
    }

    fn read_header(&mut self) {
        let line = String::from_utf8_lossy(&self.line);
        let line = line.trim_end_matches('\r');
        if let Some(hunk) = line.strip_prefix("@@ -") {
            if let Some((old, new)) = hunk_of(hunk) {
                (self.old, self.old_left) = old;
                (self.new, self.new_left) = new;
            }
        } else if let Some(file) = line.strip_prefix("--- ") {
            self.old_file = file_of(file);
        } else if let Some(file) = line.strip_prefix("+++ ") {
            self.new_file = file_of(file);
        } else if let Some(rest) = line.strip_prefix("commit ").or(line.strip_prefix("From ")) {
            let name = rest.split(' ').next().unwrap_or_default();
            if name.len() >= 7 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                self.commit = Some(name.to_owned());
                (self.old_file, self.new_file) = (None, None);
            }
        }
    }
}

/// First line and number of lines, of both files: `7,3 +7,4 @@ ...`.
fn hunk_of(text: &str) -> Option<((u64, u64), (u64, u64))> {
    let (ranges, _) = text.split_once(" @@")?;
    let (old, new) = ranges.split_once(" +")?;
    let range = |text: &str| match text.split_once(',') {
        Some((first, count)) => Some((first.parse().ok()?, count.parse().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    };
    Some((range(old)?, range(new)?))
}

/// The name of a file without `a/` or `b/`; none for `/dev/null`. Behind a name
/// with a space git puts a tab.
fn file_of(text: &str) -> Option<String> {
    let name = text.trim_end_matches('\t').trim_matches('"');
    let name = name.strip_prefix("a/").or(name.strip_prefix("b/")).unwrap_or(name);
    (name != "/dev/null").then(|| name.to_owned())
}
