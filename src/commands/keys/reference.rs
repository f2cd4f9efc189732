//! KEY on the command line: what it can look like, and which key it means.

use std::io::Read as _;
use std::path::Path;

use uuid::Uuid;

use super::{Live, describe};
use crate::api::listing::LIST_LIMIT;
use crate::commands::account::Account;
use crate::context::Context;
use crate::destinations::dotenv_file;
use crate::dotenv;
use crate::failure::{Failure, Hint, Kind, SuggestedCommand};
use crate::key::{self, Environment};
use crate::listed_key::ListedKey;
use crate::secret::Secret;
use crate::ui::printable;

/// What KEY can be, for every command's help.
pub const HELP: &str = "A key: its id, its exact name, its prefix from the list, FILE:VARIABLE that has it, or \
                        - to read it from standard input";

/// Longest standard input that is taken for a key, in bytes.
const LONGEST_INPUT: u64 = 4_096;

/// A key as the person named it.
#[derive(Debug)]
pub struct Reference {
    /// What they wrote.
    pub shown: String,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Id(Uuid),
    /// The key itself is at hand.
    Held(Secret),
    NameOrPrefix,
}

/// Which command names the keys that there are.
pub(super) fn shows_live() -> Hint {
    Hint::from(SuggestedCommand::cencori(["keys", "list"])).text(" shows what is live")
}

impl Reference {
    /// Reads one KEY, with the file or the standard input that it points at.
    ///
    /// # Errors
    /// If there is nothing, or nothing that is a key.
    pub fn parse(context: &Context, text: &str) -> Result<Self, Failure> {
        let held = |key: Secret, place: &str| {
            if key::is_key(key.expose()) {
                return Ok(Form::Held(key));
            }
            Err(Failure::new(Kind::NotFound, format!("The value in {place} is not a Cencori key.")))
        };
        if text.trim().is_empty() {
            return Err(Failure::usage("KEY is empty").hint(shows_live()));
        }
        let form = if text == "-" {
            held(read_standard_input()?, "standard input")?
        } else if let Ok(id) = text.parse() {
            Form::Id(id)
        } else if let Some((path, variable)) = place(context, text) {
            held(dotenv_file::value(&context.resolve(path.as_ref()), path, variable)?, text)?
        } else {
            Form::NameOrPrefix
        };
        let shown = if text == "-" { "standard input".to_owned() } else { printable(text) };
        Ok(Self { shown, form })
    }

    /// The key that is meant, among `keys`; `None` if none fits.
    ///
    /// # Errors
    /// [`Kind::Ambiguous`] where several fit; they are told apart by their ids.
    pub fn resolve<'a>(&self, keys: &'a [ListedKey]) -> Result<Option<&'a ListedKey>, Failure> {
        let mut fitting: Vec<_> = keys.iter().filter(|key| self.fits(key)).collect();
        fitting.dedup_by_key(|key| key.id);
        match fitting[..] {
            [] => Ok(None),
            [key] => Ok(Some(key)),
            _ => {
                let list: Vec<_> =
                    fitting.iter().map(|key| format!("{} {}", key.id, describe(key))).collect();
                let message =
                    format!("\"{}\" fits {} keys: {}.", self.shown, fitting.len(), list.join("; "));
                Err(Failure::new(Kind::Ambiguous, message)
                    .hint("Name one by its id, or by its prefix"))
            }
        }
    }

    /// The live key of the project that is meant.
    ///
    /// # Errors
    /// If none fits, or several do, or the service can't be asked.
    pub fn find(
        &self,
        account: &Account,
        environment: Option<Environment>,
    ) -> Result<ListedKey, Failure> {
        self.find_among(&Live::list(account, environment)?)
    }

    /// The one of `live` that is meant.
    ///
    /// # Errors
    /// If none fits, or several do.
    pub(super) fn find_among(&self, live: &Live) -> Result<ListedKey, Failure> {
        self.resolve(&live.keys)?.cloned().ok_or_else(|| match live.complete {
            true => self.missing(),
            false => self.missing().hint(
                Hint::from("Older keys were not looked at: the service lists the newest ")
                    .data(LIST_LIMIT)
                    .text(" of an environment"),
            ),
        })
    }

    /// What to say where no key fits.
    pub fn missing(&self) -> Failure {
        Failure::new(
            Kind::NotFound,
            format!(
                "No live key fits \"{}\": it may have been revoked before, or never have existed in this \
                 project. The service does not tell which.",
                self.shown
            ),
        )
        .hint(shows_live())
    }

    /// The id, where that is what was written.
    pub fn id(&self) -> Option<Uuid> {
        match self.form {
            Form::Id(id) => Some(id),
            _ => None,
        }
    }

    /// The key itself, where it is at hand.
    pub fn held(&self) -> Option<&Secret> {
        match &self.form {
            Form::Held(key) => Some(key),
            _ => None,
        }
    }

    /// Whether `key` may be meant.
    pub fn fits(&self, key: &ListedKey) -> bool {
        match &self.form {
            Form::Id(id) => key.id == *id,
            Form::Held(held) => key.is(&held.fingerprint()),
            Form::NameOrPrefix => {
                let prefix = key.prefix.trim_end_matches('.');
                printable(&key.name) == self.shown
                    || (!prefix.is_empty() && self.shown.trim_end_matches('.') == prefix)
            }
        }
    }
}

/// Whether `text` is read as a name or a prefix, and as nothing else that KEY can
/// be.
pub fn is_plain(context: &Context, text: &str) -> bool {
    text != "-" && text.parse::<Uuid>().is_err() && place(context, text).is_none()
}

/// FILE and VARIABLE, where that is what `text` means.
fn place<'text>(context: &Context, text: &'text str) -> Option<(&'text str, &'text str)> {
    let (path, variable) = file_and_variable(text)?;
    let meant = context.resolve(path.as_ref()).exists() || looks_like_a_path(path);
    meant.then_some((path, variable))
}

/// FILE and VARIABLE of `FILE:VARIABLE`. The file need not exist.
pub fn file_and_variable(text: &str) -> Option<(&str, &str)> {
    let named = text.rsplit_once(':');
    named.filter(|(path, variable)| !path.is_empty() && dotenv::is_name(variable))
}

/// Whether a missing file was meant: a key's name may well have a colon.
fn looks_like_a_path(path: &str) -> bool {
    let name = Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or_default();
    path.contains('/') || name.starts_with(".env")
}

/// The key on standard input.
///
/// # Errors
/// If there is none.
pub fn read_standard_input() -> Result<Secret, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .take(LONGEST_INPUT)
        .read_to_string(&mut text)
        .map_err(|_| Failure::usage("Standard input can't be read as text."))?;
    let text = zeroize::Zeroizing::new(text);
    if text.trim().is_empty() {
        return Err(Failure::usage("Standard input is empty; a key was expected there."));
    }
    Ok(Secret::new(text.trim()))
}
