//! Settings in files: `cencori.toml` beside a project, and the person's own
//! `config.toml` with its profiles. Neither holds a secret.
//!
//! A flag overrides a variable, a variable overrides `cencori.toml`, and that
//! overrides the profile.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::de::{Error as _, IgnoredAny};
use serde::{Deserialize, Deserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use uuid::Uuid;

use crate::disk::trust::{self, Writers};
use crate::disk::{self, around};
use crate::dotenv::{NameError, VariableName};
use crate::failure::{Failure, Hint, Kind, SuggestedCommand, closing_hint};
use crate::key;
use crate::policy::Policy;
use crate::reserved;

/// What `cencori.toml` is called.
pub const PROJECT_FILE: &str = "cencori.toml";

/// The profile that is used unless one is named. It need not be in the file.
pub const DEFAULT_PROFILE: &str = "default";

/// Largest settings file, in bytes.
const LARGEST: u64 = 64 * 1024;

/// What `cencori.toml` says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectFile {
    /// The project of this folder and those below it.
    #[serde(default, deserialize_with = "project_id")]
    pub project: Option<Uuid>,
    /// Read by [`run_table`]: a mistake in it, such as a key that was pasted there,
    /// is no reason not to revoke a key.
    #[serde(default, rename = "run")]
    _run: IgnoredAny,
    /// Read by [`policy`]: likewise.
    #[serde(default, rename = "policy")]
    _policy: IgnoredAny,
}

impl ProjectFile {
    /// Reads `text`, which is or will be the file at `path`.
    ///
    /// # Errors
    /// What is wrong, by line and column.
    pub fn parse(text: &str, path: &Path) -> Result<Self, Failure> {
        refuse_keys(text, path, |table| !["run", "policy"].contains(&table))?;
        parse(text, path)
    }

    /// The file of `folder` or the nearest one above it ([`around::upwards`]), and where
    /// it is.
    ///
    /// # Errors
    /// If the nearest one can't be read or understood, or could be somebody else's: one further up
    /// is not what was meant.
    pub fn find(folder: &Path, home: Option<&Path>) -> Result<Option<(PathBuf, Self)>, Failure> {
        for folder in around::upwards(folder, home) {
            let path = folder.join(PROJECT_FILE);
            if let Some(text) = read(&path)? {
                return Ok(Some((path.clone(), Self::parse(&text, &path)?)));
            }
        }
        Ok(None)
    }
}

/// What the `cencori.toml` at `path` holds the project's keys to.
///
/// # Errors
/// If that can't be read or understood.
pub fn policy(path: &Path) -> Result<Policy, Failure> {
    parse_policy(&read(path)?.unwrap_or_default(), path)
}

/// The policy in `text`, which is the file at `path`.
///
/// # Errors
/// What is wrong, by line and column.
pub(crate) fn parse_policy(text: &str, path: &Path) -> Result<Policy, Failure> {
    #[derive(Deserialize)]
    struct Sections {
        #[serde(default)]
        policy: Policy,
    }
    refuse_keys(text, path, |table| table == "policy")?;
    Ok(parse::<Sections>(text, path)?.policy)
}

/// What `cencori run` sets by the `cencori.toml` with this `text`, which is or will be
/// the file at `path`: each variable, and the name of its key in the keychain.
///
/// # Errors
/// If that can't be understood. And if the file contains a key itself, anywhere, or if
/// a variable is none that a key goes into ([`reserved`]): the file may come from
/// somebody else.
pub fn run_table(text: &str, path: &Path) -> Result<BTreeMap<VariableName, String>, Failure> {
    #[derive(Deserialize)]
    struct Sections {
        #[serde(default)]
        run: BTreeMap<Spanned<String>, Spanned<String>>,
    }
    refuse_keys(text, path, |_| true)?;
    // In a comment.
    if let Some(line) = text.lines().position(key::contains_hidden_key) {
        return Err(key_in_file(path, &format!("line {}: the line", line + 1)));
    }
    let mut table = BTreeMap::new();
    for (name, value) in parse::<Sections>(text, path)?.run {
        let wrong = |start: usize, problem: &str| {
            let location = location(text, Some(start));
            Failure::usage(format!("{}, {location}: {problem}", path.display()))
        };
        let variable: VariableName = name.get_ref().parse().map_err(|error: NameError| {
            let problem = match shown(name.get_ref()) {
                Some(name) => format!("`{name}` is no variable: {error}"),
                None => format!("this is no variable: {error}"),
            };
            wrong(name.span().start, &problem)
        })?;
        if let Some(reason) = reserved::reason(&variable) {
            let problem = format!("no key is put into {variable}: {reason}");
            return Err(wrong(name.span().start, &problem)
                .hint("Name the variable that your program reads, such as CENCORI_API_KEY"));
        }
        table.insert(variable, value.into_inner());
    }
    Ok(table)
}

/// As [`run_table`], of the file at `path`.
///
/// # Errors
/// As [`run_table`], or if the file can't be read.
pub fn run_table_of(path: &Path) -> Result<BTreeMap<VariableName, String>, Failure> {
    run_table(&read(path)?.unwrap_or_default(), path)
}

/// The person's own settings.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The profile that is used unless one is named.
    pub profile: Option<String>,
    /// The profiles, by name.
    #[serde(default)]
    pub profiles: BTreeMap<String, Profile>,
}

/// A host and a session, apart from those of other profiles.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The address of the service; its own where absent.
    pub dashboard_url: Option<String>,
    /// The address of the gateway, where it is not the one that belongs to the
    /// service.
    pub gateway_url: Option<String>,
    /// The project, where nothing closer names one.
    #[serde(default, deserialize_with = "project_id")]
    pub project: Option<Uuid>,
}

impl Settings {
    /// Reads `config.toml` in `folder`; none is as good as an empty one.
    ///
    /// # Errors
    /// If it can't be read or understood.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join("config.toml");
        let Some(text) = read(&path)? else { return Ok(Self::default()) };
        refuse_keys(&text, &path, |_| true)?;
        parse(&text, &path)
    }

    /// The profile called `named`, else the one that the file names, else the
    /// default one; with its name.
    ///
    /// # Errors
    /// If there is no such profile.
    pub fn profile(
        &self,
        named: Option<&str>,
        folder: &Path,
    ) -> Result<(String, Profile), Failure> {
        let name = named.or(self.profile.as_deref()).unwrap_or(DEFAULT_PROFILE);
        match self.profiles.get(name) {
            Some(profile) => Ok((name.to_owned(), profile.clone())),
            None if name == DEFAULT_PROFILE => Ok((name.to_owned(), Profile::default())),
            None => {
                let path = folder.join("config.toml");
                Err(Failure::usage(format!("There is no profile {name} in {}", path.display()))
                    .hint(
                        Hint::from("Add it there: [profiles.")
                            .data(toml_edit::Key::new(name))
                            .text("], with dashboard_url = \"https://...\""),
                    ))
            }
        }
    }
}

/// The file's text; `None` if there is no file.
fn read(path: &Path) -> Result<Option<String>, Failure> {
    let failed =
        |problem: String| Failure::new(Kind::Failed, format!("{} {problem}", path.display()));
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        // A folder above the own one may well be closed.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(None),
        Err(error) => return Err(failed(format!("can't be looked at: {error}"))),
        // Opening a pipe would wait for who writes to it.
        Ok(metadata) if !metadata.is_file() => return Err(failed("is not a file".to_owned())),
        Ok(_) => {}
    }
    let unreadable = |error: io::Error| failed(format!("can't be read: {error}"));
    let file = File::open(path).map_err(unreadable)?;
    // Of the open file, so that it is the one that is read.
    let metadata = file.metadata().map_err(unreadable)?;
    let folder = disk::folder_of(path);
    trust::check(path, &metadata, Writers::PrivateGroup).map_err(|untrusted| {
        // In a checkout with umask 0 both are open, and one without the other is no remedy.
        let both = untrusted.can_be_closed()
            && trust::check_folder(folder).is_err()
            && fs::metadata(folder).is_ok_and(|it| trust::is_own(&it));
        let mut failure = Failure::from(io::Error::from(untrusted));
        if both {
            failure.hints = vec![closing_hint([path, folder])];
        }
        failure
    })?;
    // Whoever made a link chose which of the trusted files is read.
    trust::check_owner(path, &fs::symlink_metadata(path).map_err(unreadable)?)
        .map_err(io::Error::from)?;
    trust::check_folder(folder).map_err(|error| {
        Failure::from(error).context(format!("{} can't be trusted", path.display()))
    })?;
    let mut text = String::new();
    file.take(LARGEST + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > LARGEST {
        return Err(failed(format!("is larger than {} KiB", LARGEST / 1024)));
    }
    Ok(Some(text))
}

/// Reads TOML. An error names line and column. It may repeat what is there, but nothing
/// that could hide a key.
pub(crate) fn parse<T: serde::de::DeserializeOwned>(text: &str, path: &Path) -> Result<T, Failure> {
    toml::from_str(text).map_err(|error| {
        let location = location(text, error.span().map(|span| span.start));
        let message = error.message().replace('\n', ", ");
        let part = error.span().and_then(|span| text.get(span)).unwrap_or_default();
        // What is repeated is in quotes.
        let message = match shown(part.trim_matches(['"', '\''])) {
            Some(_) => &message[..],
            None => message.split(['`', '"']).next().unwrap_or_default().trim_end(),
        };
        Failure::usage(format!("{}, {location}: {}", path.display(), key::mask(message)))
    })
}

/// `text`, if no key can hide in it.
fn shown(text: &str) -> Option<&str> {
    Some(text).filter(|text| !key::may_contain_key(text))
}

/// Refuses a file with a key in one of the tables and other fields of the top that are
/// `wanted`.
///
/// # Errors
/// Which field has the key, which is not repeated.
fn refuse_keys(text: &str, path: &Path, wanted: impl Fn(&str) -> bool) -> Result<(), Failure> {
    // If it is no TOML, whoever reads it says so.
    let Ok(document) = DeTable::parse(text) else { return Ok(()) };
    for (name, value) in document.get_ref() {
        let top = name.get_ref().as_ref();
        if !wanted(top) {
            continue;
        }
        let found = match key::contains_disguised_key(top) {
            true => Some((name.span().start, "the name of a field".to_owned())),
            false => key_in(value, top),
        };
        if let Some((start, field)) = found {
            let location = location(text, Some(start));
            let message = format!("{}, {location}: {field} contains a key", path.display());
            let failure = Failure::usage(message)
                .hint("Take the key out of the file, and revoke it: who can read the file has it");
            return Err(match top {
                "run" => failure.hint(
                    Hint::from(
                        SuggestedCommand::cencori(["keys", "create"])
                            .placeholder("NAME")
                            .words(["--keychain"]),
                    )
                    .text(" stores a new one, and notes its name there"),
                ),
                _ => failure,
            });
        }
    }
    Ok(())
}

/// There is a key in the file at `path`; `at` says where.
fn key_in_file(path: &Path, at: &str) -> Failure {
    Failure::usage(format!("{}, {at} contains a key", path.display()))
        .hint("Take the key out of the file, and revoke it: who can read the file has it")
}

/// Where a key is in `value`, which is that of `field`: the byte, and the field in words.
fn key_in(value: &Spanned<DeValue<'_>>, field: &str) -> Option<(usize, String)> {
    match value.get_ref() {
        DeValue::String(text) => {
            let field = shown(field).map_or("this field".to_owned(), |it| format!("`{it}`"));
            key::contains_disguised_key(text).then(|| (value.span().start, field))
        }
        DeValue::Array(values) => values.iter().find_map(|value| key_in(value, field)),
        DeValue::Table(table) => table.iter().find_map(|(name, value)| {
            if key::contains_disguised_key(name.get_ref()) {
                let table = shown(field).unwrap_or("this table");
                return Some((name.span().start, format!("a name in `{table}`")));
            }
            key_in(value, &format!("{field}.{}", name.get_ref()))
        }),
        _ => None,
    }
}

/// A project's id.
fn project_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Uuid>, D::Error> {
    let id = String::deserialize(deserializer)?.parse();
    // What the library says repeats parts of the text.
    id.map(Some).map_err(|_| D::Error::custom("a project's id is a UUID, and this is none"))
}

/// Line and column of the byte at `start`.
fn location(text: &str, start: Option<usize>) -> String {
    let before = start.map_or("", |start| text.get(..start).unwrap_or(text));
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        parse::<ProjectFile>(text, Path::new("cencori.toml")).unwrap_err().message()
    }

    #[test]
    fn mistakes_are_told_by_line_and_column() {
        assert!(message("# x\nproject = nope\n").starts_with("cencori.toml, line 2, column 11: "));
        assert!(message("project = \"slug\"\n").starts_with("cencori.toml, line 1, column 11: "));
        assert!(
            message("\nprojekt = \"x\"\n")
                .starts_with("cencori.toml, line 2, column 1: unknown field")
        );
    }

    #[test]
    fn variables_are_names_of_variables() {
        let table = |text: &str| run_table(text, Path::new("cencori.toml"));
        let message = |text: &str| table(text).unwrap_err().message();
        let read = table("[run]\nCENCORI_API_KEY = \"web\"\n").unwrap();
        assert_eq!(read[&"CENCORI_API_KEY".parse().unwrap()], "web");
        let wrong = message("[run]\n\"MY-KEY\" = \"web\"\n");
        assert!(wrong.starts_with("cencori.toml, line 2, column 1: `MY-KEY` is no"), "{wrong}");
        let wrong = message("[run]\nKEY = 1\n");
        assert!(wrong.starts_with("cencori.toml, line 2, column 7: "), "{wrong}");
        let wrong = message("[run]\nA_KEY = \"a\"\nhttp_Proxy = \"web\"\n");
        assert!(wrong.starts_with("cencori.toml, line 3, column 1: no key is put into"), "{wrong}");
    }

    #[test]
    fn no_mistake_repeats_a_key() {
        let key = format!("csk_{}", "0123456789abcdef".repeat(3));
        let texts = [
            format!("[run]\nKEY = \"{key}\"\n"),
            format!("[run]\nKEY = \"x {key} y\"\n"),
            format!("[run]\n{key} = \"web\"\n"),
            format!("[run]\n\"{key}-\" = \"web\"\n"),
            format!("run = \"{key}\"\n"),
            format!("[run]\nKEY = {key}\n"),
            format!("[run.{key}]\nKEY = 1\n"),
            format!("[run]\nKEY = [\"{key}\"]\n"),
            format!("{key} = 1\n"),
            format!("project = \"{key}\"\n"),
        ];
        for text in texts {
            let path = Path::new("cencori.toml");
            let failures = [ProjectFile::parse(&text, path).err(), run_table(&text, path).err()];
            let failures: Vec<_> = failures.into_iter().flatten().collect();
            assert!(!failures.is_empty(), "{text}");
            for failure in failures {
                let shown = format!("{} {:?}", failure.message(), failure.hints);
                assert!(!shown.contains(&key) && !shown.contains(&key[10..]), "{shown}");
            }
        }
    }

    #[test]
    fn a_key_is_told_by_the_field_that_it_is_in() {
        let key = format!("csk_{}", "0123456789abcdef".repeat(3));
        let path = Path::new("cencori.toml");
        let project = |text: &str| ProjectFile::parse(text, path).map(|_| ()).unwrap_err();
        let run = |text: &str| run_table(text, path).map(|_| ()).unwrap_err();
        let policy = |text: &str| parse_policy(text, path).map(|_| ()).unwrap_err();
        for (failure, expected) in [
            (
                project(&format!("project = \"{key}\"\n")),
                "line 1, column 11: `project` contains a key",
            ),
            (
                project(&format!("\n[a.b]\nc = [1, \"{key}\"]\n")),
                "line 3, column 9: `a.b.c` contains",
            ),
            (project(&format!("{key} = 1\n")), "line 1, column 1: the name of a field contains"),
            (run(&format!("project = \"{key}\"\n")), "column 11: `project` contains a key"),
            (run(&format!("[run]\nKEY = \"{key}\"\n")), "line 2, column 7: `run.KEY` contains"),
            (run(&format!("[run]\n{key} = \"a\"\n")), "line 2, column 1: a name in `run` contains"),
            (run(&format!("[policy]\nx = \"{key}\"\n")), "line 2, column 5: `policy.x` contains"),
            (run(&format!("# {key}\n")), "line 1: the line contains a key"),
            (
                policy(&format!("[policy]\nx = \"{key}\"\n")),
                "line 2, column 5: `policy.x` contains",
            ),
        ] {
            let message = failure.message();
            assert!(message.contains(expected), "{message}");
            assert!(!message.contains(&key[10..]), "{message}");
        }
        // A key there is no reason not to revoke one.
        assert!(ProjectFile::parse(&format!("[run]\nKEY = \"{key}\"\n"), path).is_ok());
        // Nothing is repeated that could be one.
        let body = &key[4..];
        for text in [
            format!("[run]\n\"csk-{body}\" = \"a\"\n"),
            format!("[run]\n\"csk-{}-{}\" = \"a\"\n", &body[..20], &body[20..]),
            format!("[run]\n\"c'sk_{}.{}\" = \"a\"\n", &body[..20], &body[20..]),
            "[run]\n\"cen-123456789ABCDEFGHJKLMNPQRSTUVWXY\" = \"a\"\n".to_owned(),
            format!("\"c'sk_{}.{}\" = \"a\"\n", &body[..20], &body[20..]),
            format!("run = \"csk_{}.{}\"\n", &body[..20], &body[20..]),
            format!("project = \"csk_{}.{}\"\n", &body[..20], &body[20..]),
            format!("project = \"sk_{}\"\n", &body[..28]),
        ] {
            let failures = [ProjectFile::parse(&text, path).err(), run_table(&text, path).err()];
            let messages: Vec<_> = failures.into_iter().flatten().map(|it| it.message()).collect();
            assert!(!messages.is_empty(), "{text}");
            for message in messages {
                assert!(!message.contains("89ab") && !message.contains("89AB"), "{message}");
            }
        }
        assert_eq!(
            message("project = \"sk_0123\"\n"),
            "cencori.toml, line 1, column 11: a project's id is a UUID, and this is none"
        );
    }

    #[test]
    fn the_nearest_file_counts() {
        let folder = tempfile::tempdir().unwrap();
        let (above, below) = (folder.path().join("a"), folder.path().join("a/b/c"));
        fs::create_dir_all(&below).unwrap();
        let id = Uuid::new_v4();
        fs::write(above.join(PROJECT_FILE), format!("project = \"{id}\"\n")).unwrap();
        let (path, found) = ProjectFile::find(&below, None).unwrap().unwrap();
        assert_eq!((path, found.project), (above.join(PROJECT_FILE), Some(id)));
        fs::write(below.join(PROJECT_FILE), "project = 1\n").unwrap();
        assert!(ProjectFile::find(&below, None).is_err());
    }

    #[test]
    fn profiles_are_found_by_name_and_the_default_needs_no_entry() {
        let text = "profile = \"work\"\n[profiles.work]\ndashboard_url = \"https://a.example\"\n";
        let settings: Settings = parse(text, Path::new("config.toml")).unwrap();
        let folder = Path::new("/x");
        assert_eq!(settings.profile(None, folder).unwrap().0, "work");
        assert_eq!(settings.profile(Some("default"), folder).unwrap().1.dashboard_url, None);
        assert!(settings.profile(Some("nope"), folder).is_err());
    }
}
