//! One thing that is wrong, where, and what fixes it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use uuid::Uuid;

use super::fix::Fix;
use crate::dotenv::VariableName;
use crate::key;
use crate::listed_key::ListedKey;
use crate::policy::{Rule, Severity};
use crate::ui::printable;

/// One thing that is wrong.
pub struct Finding<'a> {
    /// What kind of thing.
    pub rule: Rule,
    /// Where.
    pub at: At,
    /// What is wrong, as a sentence without its full stop.
    pub message: String,
    /// The key, where it is one of the project's.
    pub key: Option<&'a ListedKey>,
    /// What is to be done.
    pub fix: Fix<'a>,
    /// The command lines that do it, in their order.
    pub fix_commands: Vec<String>,
    /// What has to be put into them before they can be run.
    pub placeholders: BTreeSet<&'static str>,
    /// Why somebody has decided to live with it, and until when, if so.
    pub suppressed: Option<(String, Date)>,
}

/// Where something is wrong.
#[derive(Clone, Debug)]
pub enum At {
    /// A key of the project.
    Key(KeyName),
    /// One domain of a key, as it is stored.
    Domain(KeyName, String),
    /// A variable in a `.env` file.
    Variable {
        /// The file, as the person would name it.
        path: PathBuf,
        /// The file itself ([`own_path`]).
        own: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The variable.
        variable: VariableName,
    },
    /// A key in a file.
    File {
        /// The file, as the person would name it.
        path: PathBuf,
        /// The file itself ([`own_path`]).
        own: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The column, from 1, in characters.
        column: u64,
        /// What can be shown of the key.
        masked: String,
    },
}

/// What a key of the project is called.
#[derive(Clone, Debug)]
pub struct KeyName {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: Uuid,
    /// Whether no other key has that name.
    pub unique: bool,
}

impl KeyName {
    /// The name, or the id where the name is not its alone.
    fn shown(&self) -> String {
        if self.unique { self.name.clone() } else { self.id.to_string() }
    }

    /// The names that mean it, that which is shown first. One that is not its alone
    /// means it too: a rotation makes several keys of one name for a while.
    fn all(&self) -> [String; 3] {
        [self.shown(), self.name.clone(), self.id.to_string()]
    }
}

impl At {
    /// The location for people.
    pub fn shown(&self) -> String {
        let text = match self {
            Self::Key(key) => key.shown(),
            Self::Domain(key, domain) => format!("{} {domain}", key.shown()),
            Self::Variable { path, variable, .. } => format!("{}:{variable}", path.display()),
            Self::File { path, line, column, .. } => format!("{}:{line}:{column}", path.display()),
        };
        key::mask(&printable(&text))
    }

    /// What the location is called in `cencori.toml`, whose folder itself is `folder`; the first
    /// name is the one to use. A file's is that from there, and has the key in it
    /// instead of a line: what gets there later is another finding.
    pub fn names(&self, folder: &Path) -> Vec<String> {
        let from_folder = |own: &Path| {
            let path = own.strip_prefix(folder).unwrap_or(own);
            let parts = path.components().map(|part| part.as_os_str().to_string_lossy());
            parts.collect::<Vec<_>>().join("/")
        };
        match self {
            Self::Key(key) => key.all().to_vec(),
            Self::Domain(key, domain) => key.all().map(|name| format!("{name} {domain}")).to_vec(),
            Self::Variable { own, variable, .. } => {
                vec![format!("{}:{variable}", from_folder(own))]
            }
            Self::File { own, masked, .. } => vec![format!("{}:{masked}", from_folder(own))],
        }
    }

    /// The file itself, where it is one.
    pub fn own(&self) -> Option<&Path> {
        match self {
            Self::Variable { own, .. } | Self::File { own, .. } => Some(own),
            Self::Key(_) | Self::Domain(..) => None,
        }
    }

    /// The file, with line and column where they are known.
    pub fn file(&self) -> Option<(&Path, u64, Option<u64>)> {
        match self {
            Self::Variable { path, line, .. } => Some((path, *line, None)),
            Self::File { path, line, column, .. } => Some((path, *line, Some(*column))),
            Self::Key(_) | Self::Domain(..) => None,
        }
    }
}

impl<'a> Finding<'a> {
    /// A finding that nobody has suppressed yet, and whose command lines are still to be
    /// made.
    pub fn new(
        rule: Rule,
        at: At,
        message: String,
        key: Option<&'a ListedKey>,
        fix: Fix<'a>,
    ) -> Self {
        Self {
            rule,
            at,
            message,
            key,
            fix,
            fix_commands: Vec::new(),
            placeholders: BTreeSet::new(),
            suppressed: None,
        }
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }
}
