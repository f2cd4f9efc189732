//! One thing that is wrong, where, and what mends it.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use uuid::Uuid;

use crate::api::ListedKey;
use crate::dotenv::VariableName;
use crate::key;
use crate::policy::{Rule, Severity};
use crate::ui::printable;

/// One thing that is wrong.
pub struct Finding {
    /// What kind of thing.
    pub rule: Rule,
    /// Where.
    pub at: At,
    /// What is wrong, as a sentence without its full stop.
    pub message: String,
    /// The key, as far as it is known.
    pub key: Option<ListedKey>,
    /// The command lines that mend it, in their order.
    pub mend: Vec<String>,
    /// Why somebody has decided to live with it, and until when, if so.
    pub silenced: Option<(String, Date)>,
}

/// Where something is wrong.
#[derive(Clone, Debug)]
pub enum At {
    /// A key of the project.
    Key {
        /// Its name, or its id where the name is not its alone.
        shown: String,
        /// Its id.
        id: Uuid,
    },
    /// One domain of a key.
    Domain {
        /// As for a key.
        shown: String,
        /// The key's id.
        id: Uuid,
        /// The domain, as it is stored.
        domain: String,
    },
    /// A variable in a `.env` file.
    Variable {
        /// The file, as the person would name it.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The variable.
        variable: VariableName,
    },
    /// A key in a file.
    File {
        /// The file, as the person would name it.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The column, from 1, in characters.
        column: u64,
        /// What can be shown of the key.
        masked: String,
    },
}

impl At {
    /// The place for people.
    pub fn shown(&self) -> String {
        let text = match self {
            Self::Key { shown, .. } => shown.clone(),
            Self::Domain { shown, domain, .. } => format!("{shown} {domain}"),
            Self::Variable { path, variable, .. } => format!("{}:{variable}", path.display()),
            Self::File { path, line, column, .. } => format!("{}:{line}:{column}", path.display()),
        };
        key::mask(&printable(&text))
    }

    /// What the place is called in `cencori.toml`, which stands in `folder`; the first
    /// name is the one to use. A file's is that from there, and has the key in it
    /// instead of a line: what comes to stand there later is another finding.
    pub fn names(&self, directory: &Path, folder: &Path) -> Vec<String> {
        let from_folder = |path: &Path| {
            let whole = directory.join(path);
            let path = whole.strip_prefix(folder).unwrap_or(path);
            let parts = path.components().map(|part| part.as_os_str().to_string_lossy());
            parts.filter(|part| part != ".").collect::<Vec<_>>().join("/")
        };
        match self {
            Self::Key { shown, id } => vec![shown.clone(), id.to_string()],
            Self::Domain { shown, id, domain } => {
                vec![format!("{shown} {domain}"), format!("{id} {domain}")]
            }
            Self::Variable { path, variable, .. } => {
                vec![format!("{}:{variable}", from_folder(path))]
            }
            Self::File { path, masked, .. } => vec![format!("{}:{masked}", from_folder(path))],
        }
    }

    /// The file, with line and column where they are known.
    pub fn file(&self) -> Option<(&Path, u64, Option<u64>)> {
        match self {
            Self::Variable { path, line, .. } => Some((path, *line, None)),
            Self::File { path, line, column, .. } => Some((path, *line, Some(*column))),
            Self::Key { .. } | Self::Domain { .. } => None,
        }
    }
}

impl Finding {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }
}
