//! `cencori.toml` and `config.toml`: any text is understood or refused in one line that
//! shows no key, and a change leaves all else as it was. The input is the file.

use std::path::Path;

use toml_edit::{DocumentMut, Item};

use crate::commands::project_file::replace_value;
use crate::config::{self, ProjectFile, Settings};
use crate::failure::Failure;
use crate::key;

pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let path = Path::new("cencori.toml");
    refused_well(config::parse_policy(text, path).err());
    refused_well(config::parse::<Settings>(text, path).err());
    refused_well(config::run_table(text, path).err());
    if let Err(failure) = ProjectFile::parse(text, path) {
        return refused_well(Some(failure));
    }
    let mut document: DocumentMut = text.parse().expect("two readers of TOML agree");
    // The last line gets an end.
    let read = document.to_string();
    assert!(read == text || read == format!("{text}\n"), "reading changes nothing: {read:?}");
    // As `link` does it.
    let Some(value) = document.get_mut("project").and_then(Item::as_value_mut) else { return };
    let id = "01234567-89ab-4def-8123-456789abcdef";
    replace_value(value, id);
    let changed = document.to_string();
    let again = ProjectFile::parse(&changed, path).expect("what was written can be read");
    assert_eq!(again.project.map(|project| project.to_string()).as_deref(), Some(id));
    let run = |text: &str| config::run_table(text, path).map_err(|failure| failure.message());
    assert_eq!(run(&changed).ok(), run(text).ok(), "nothing else changes");
    let comments = |text: &str| text.matches('#').count();
    assert_eq!(comments(&changed), comments(text), "comments stay");
}

fn refused_well(failure: Option<Failure>) {
    let Some(failure) = failure else { return };
    let message = failure.message();
    assert!(message.starts_with("cencori.toml, line "), "{message}");
    // As every message is shown.
    let shown = key::mask(&crate::ui::printable(&message));
    assert!(!key::contains_hidden_key(&shown), "{shown}");
}
