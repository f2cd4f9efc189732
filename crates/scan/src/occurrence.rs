//! Where a key occurs in the files of a project, and whether another key can be
//! written there.

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::candidates::Candidates;
use super::finder::{Encoding, Finder};
use super::stream::{self, Found};
use super::tree::{self, Ignored, Searched};
use cencori_core::disk;
use cencori_core::dotenv::file_name::{self, EnvFile};
use cencori_core::dotenv::read_file::{self, FileError};
use cencori_core::dotenv::{Document, VariableName};
use cencori_core::secret::{Fingerprint, Secret};

/// A key found in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The file itself ([`own_path`]).
    pub path: PathBuf,
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1, in characters.
    pub column: u64,
    /// The variable whose whole value the key is, in a `.env` file that can be edited;
    /// else why only a person can put another key there.
    pub rewritable: Result<VariableName, ByHand>,
}

/// Why only a person can put another key where one was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ByHand {
    /// The file is no `.env` file.
    OtherFile,
    /// It is one that is there to be copied, or a copy.
    Copy,
    /// It is one by its name, and can't be edited, for this reason.
    NotEditable(String),
    /// The key is part of a longer value, of this variable where the line begins with
    /// one: a list, a URL, several lines, another statement behind it.
    LongerValue(Option<VariableName>),
    /// The line is a comment, or the key is in the comment behind the value.
    Comment,
    /// The variable has a name that not every shell takes.
    Name,
    /// The key is in base64.
    Base64,
}

impl fmt::Display for ByHand {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotEditable(why) => {
                return write!(formatter, "a .env file that can't be edited: {why}");
            }
            Self::OtherFile => "not a .env file",
            Self::Copy => "a template or a copy",
            Self::LongerValue(_) => "part of a longer value",
            Self::Comment => "in a comment",
            Self::Name => "in a variable with a name that some shells refuse",
            Self::Base64 => "in base64",
        })
    }
}

/// What was found in one file, and what the file is called by whoever searched it.
#[derive(Debug)]
pub struct InFile {
    /// The name of the file.
    pub named: PathBuf,
    /// The keys, in order.
    pub found: Vec<Found>,
}

/// What was `found` by the file itself ([`own_path`]), each file once, however often it
/// was searched. A `.env` file that is a link is told of by the name of the file that it
/// leads to, where that is searched too and is a `.env` file by its name.
pub fn by_file(found: Vec<(PathBuf, Found)>) -> BTreeMap<PathBuf, InFile> {
    let mut files: BTreeMap<PathBuf, InFile> = BTreeMap::new();
    for (path, found) in found {
        let own = own_path(&path);
        let file = files.entry(own).or_insert_with(|| InFile { named: path, found: Vec::new() });
        file.found.push(found);
    }
    let known: HashSet<_> = files.keys().filter(|path| is_used(path)).cloned().collect();
    let mut targets = HashSet::new();
    files.retain(|path, _| {
        target_of(path).is_none_or(|target| !known.contains(&target) && targets.insert(target))
    });
    for file in files.values_mut() {
        file.found.sort_by(|one, other| one.location.cmp(&other.location));
        file.found.dedup_by(|one, other| one.location == other.location && one.key == other.key);
    }
    files
}

/// The file that a link leads to; `None` for what is no link.
fn target_of(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().filter(|target| target != path)
}

/// Where the keys occur that were `found` in the file `path`, in the same order. Of the
/// file's text `document` is what it says as a `.env` file, where it is one and can be
/// read as such.
pub fn in_file(path: &Path, document: Option<&Document>, found: &[Found]) -> Vec<Occurrence> {
    let mut assigned = assigned(document, found);
    let why_not = LazyCell::new(|| match read_file::document(path) {
        Ok(_) => "it was changed while it was read".to_owned(),
        Err(error @ FileError::NoText(_)) => error.to_string(),
        Err(error) => format!("it {error}"),
    });
    let occurrence = |found: &Found| {
        let at = (found.location.line, found.key.fingerprint());
        let text = found.encoding != Encoding::Base64;
        let name = if text { assigned.get_mut(&at).and_then(VecDeque::pop_front) } else { None };
        let rewritable = match (document, name) {
            _ if !text => Err(ByHand::Base64),
            (_, Some(name)) => name.parse().map_err(|_| ByHand::Name),
            (Some(document), None) => Err(by_hand(document, found.location.line)),
            (None, None) => Err(match file_name::of(path) {
                Some(EnvFile::Used) => ByHand::NotEditable(why_not.clone()),
                Some(EnvFile::Copy) => ByHand::Copy,
                None => ByHand::OtherFile,
            }),
        };
        let (line, column) = (found.location.line, found.location.column);
        Occurrence { path: path.to_owned(), line, column, rewritable }
    };
    found.iter().map(occurrence).collect()
}

/// The names that have one of the keys for their whole value, by line and key, in the
/// order of the file.
fn assigned(
    document: Option<&Document>,
    found: &[Found],
) -> HashMap<(u64, Fingerprint), VecDeque<String>> {
    let mut assigned: HashMap<_, VecDeque<String>> = HashMap::new();
    let Some(document) = document else { return assigned };
    let lines: HashSet<u64> = found.iter().map(|found| found.location.line).collect();
    for (name, value, line) in document.assignments() {
        let line = line as u64;
        if lines.contains(&line) {
            let at = (line, Secret::new(value).fingerprint());
            assigned.entry(at).or_default().push_back(name.to_owned());
        }
    }
    assigned
}

/// Why a key on this line of a `.env` file is no variable's whole value.
fn by_hand(document: &Document, line: u64) -> ByHand {
    let text = usize::try_from(line).ok().and_then(|line| document.line(line)).unwrap_or_default();
    if text.trim_start().starts_with('#') {
        return ByHand::Comment;
    }
    // `NAME: value` is read by some too.
    let name = text.split_once(['=', ':']).map(|(name, _)| name.trim());
    let name = name.map(|name| name.trim_start_matches("export ").trim());
    ByHand::LongerValue(name.and_then(|name| name.parse().ok()))
}

/// Every key in the files of a project, from one search.
#[derive(Debug, Default)]
pub struct ProjectKeys {
    files: BTreeMap<PathBuf, InFile>,
    /// Files and folders that could not be read: what is in them is not known.
    pub unread: Vec<PathBuf>,
    /// Folders that were not searched: of dependencies, and ignored links to the outside.
    pub left_out: Vec<PathBuf>,
}

impl ProjectKeys {
    /// Searches the folder `root`, ignored files too, and the files `beside` it that exist.
    /// Keys whose texts are `known` are found in more ways than others. What is below
    /// `hidden` is this tool's own, and no file of the project.
    pub fn search(
        root: &Path,
        beside: &[PathBuf],
        hidden: Option<&Path>,
        known: Vec<Secret>,
    ) -> Self {
        let finder = Finder::new().with_known(known);
        let mut searched = match root.metadata() {
            Ok(_) => tree::in_folder(&finder, root, Ignored::Everything),
            Err(error) => {
                Searched { unread: vec![(root.to_owned(), error)], ..Searched::default() }
            }
        };
        let root = own_path(root);
        for path in beside.iter().filter(|path| !own_path(path).starts_with(&root)) {
            match File::open(path).and_then(|mut file| stream::in_file(&finder, &mut file)) {
                Ok(found) => searched.found.extend(found.into_iter().map(|it| (path.clone(), it))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => searched.unread.push((path.clone(), error)),
            }
        }
        let hidden = hidden.map(own_path);
        let shown = |path: &PathBuf| hidden.as_ref().is_none_or(|hidden| !path.starts_with(hidden));
        let mut found = Vec::new();
        for (path, one) in searched.found {
            // A key without a length may be read in several ways.
            let others = Candidates::default().add(&finder, &one.key);
            found.extend(others.into_iter().map(|key| (path.clone(), one.read_as(key))));
            found.push((path, one));
        }
        let mut files = by_file(found);
        files.retain(|path, _| shown(path));
        let unread = searched.unread.into_iter().map(|(path, _)| own_path(&path));
        let unread = unread.filter(|path| shown(path)).collect();
        searched.left_out.sort();
        Self { files, unread, left_out: searched.left_out }
    }

    /// The text of the key that `is_key` knows, where it was found.
    pub fn text(&self, is_key: impl Fn(&Secret) -> bool) -> Option<&Secret> {
        let mut found = self.files.values().flat_map(|file| &file.found);
        found.find(|found| is_key(&found.key)).map(|found| &found.key)
    }

    /// Where the key occurs that `is_key` knows. What is rewritten through a link is
    /// told of once.
    pub fn occurrences(&self, is_key: impl Fn(&Secret) -> bool) -> Vec<Occurrence> {
        let mut occurrences = Vec::new();
        for (path, file) in &self.files {
            let of_key = |found: &&Found| is_key(&found.key);
            if file.found.iter().any(|found| of_key(&found)) {
                let document = is_used(path).then(|| read_file::document(path).ok()).flatten();
                let all = in_file(path, document.as_ref(), &file.found);
                let of_key = file.found.iter().zip(all).filter(|(found, _)| of_key(found));
                occurrences.extend(of_key.map(|(_, occurrence)| occurrence));
            }
        }
        let rewritten = occurrences.iter().filter(|it| it.rewritable.is_ok());
        let targets: HashSet<_> = rewritten.filter_map(|it| target_of(&it.path)).collect();
        occurrences.retain(|it| !targets.contains(&it.path));
        occurrences
    }
}

/// Whether the file at `path` is a `.env` file that programs read, by its name.
pub fn is_used(path: &Path) -> bool {
    file_name::of(path) == Some(EnvFile::Used)
}

/// The one path of a file or folder, however it was named: absolute where the file
/// exists. A link to a file is a file of its own; what a link to a folder or `..` names
/// is the folder.
pub fn own_path(path: &Path) -> PathBuf {
    if let (true, Ok(folder)) = (path.is_dir(), path.canonicalize()) {
        return folder;
    }
    let folder = disk::folder_of(path).canonicalize();
    let own = folder.ok().zip(path.file_name()).map(|(folder, name)| folder.join(name));
    own.unwrap_or_else(|| path.to_owned())
}
