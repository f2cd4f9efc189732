//! Settings in files: `cencori.toml` beside a project, and the person's own
//! `config.toml` with its profiles. Neither holds a secret.
//!
//! A flag outranks a variable, a variable outranks `cencori.toml`, and that
//! outranks the profile.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;
use uuid::Uuid;

use crate::disk::around;
use crate::disk::trust::{self, Writers};
use crate::dotenv::{NameError, VariableName};
use crate::failure::{Failure, Hint, Kind, SuggestedCommand};
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
        parse(text, path)
    }

    /// The file of `folder` or the nearest one above it ([`around::upwards`]), and where
    /// it is.
    ///
    /// # Errors
    /// Where the nearest one can't be read or understood, or could be somebody else's:
    /// one further up is not what was meant.
    pub fn find(folder: &Path, home: Option<&Path>) -> Result<Option<(PathBuf, Self)>, Failure> {
        for folder in around::upwards(folder, home) {
            let path = folder.join(PROJECT_FILE);
            if let Some(text) = read(&path)? {
                return Ok(Some((path.clone(), parse(&text, &path)?)));
            }
        }
        Ok(None)
    }
}

/// What the `cencori.toml` at `path` holds the project's keys to.
///
/// # Errors
/// Where that can't be read or understood.
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
    Ok(parse::<Sections>(text, path)?.policy)
}

/// What `cencori run` sets by the `cencori.toml` with this `text`, which is or will be
/// the file at `path`: each variable, and the name of its key in the keychain.
///
/// # Errors
/// Where that can't be understood. And where a key stands there itself, which is not
/// repeated, or where a variable is none that a key goes into ([`reserved`]): the file
/// may come from somebody else.
pub fn run_table(text: &str, path: &Path) -> Result<BTreeMap<VariableName, String>, Failure> {
    #[derive(Deserialize)]
    struct Sections {
        #[serde(default)]
        run: BTreeMap<Spanned<String>, Spanned<String>>,
    }
    let mut table = BTreeMap::new();
    for (name, value) in parse::<Sections>(text, path)?.run {
        let wrong = |start: usize, problem: &str| {
            let place = place(text, Some(start));
            Failure::usage(format!("{}, {place}: {problem}", path.display()))
        };
        for part in [&name, &value] {
            if key::has_secret(part.get_ref()) {
                let problem = "a key stands under [run], where its name in the keychain belongs";
                let create = SuggestedCommand::cencori(["keys", "create"]).placeholder("NAME");
                return Err(wrong(part.span().start, problem)
                    .hint(
                        "Take the key out of the file, and revoke it: who can read the file has it",
                    )
                    .hint(
                        Hint::from(create.words(["--keychain"]))
                            .text(" stores a new one, and notes its name there"),
                    ));
            }
        }
        let variable: VariableName = name.get_ref().parse().map_err(|error: NameError| {
            let problem = format!("`{}` is no variable: {error}", name.get_ref());
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
/// As [`run_table`], or where the file can't be read.
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
    pub project: Option<Uuid>,
}

impl Settings {
    /// Reads `config.toml` in `folder`; none is as good as an empty one.
    ///
    /// # Errors
    /// Where it can't be read or understood.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join("config.toml");
        read(&path)?.map_or_else(|| Ok(Self::default()), |text| parse(&text, &path))
    }

    /// The profile called `named`, else the one that the file names, else the
    /// default one; with its name.
    ///
    /// # Errors
    /// Where there is no such profile.
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

/// The file's text; `None` where there is no file.
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
    trust::check(path, &metadata, Writers::PrivateGroup).map_err(io::Error::from)?;
    // Whoever made a link chose which of the trusted files is read.
    trust::check_owner(path, &fs::symlink_metadata(path).map_err(unreadable)?)
        .map_err(io::Error::from)?;
    let mut text = String::new();
    file.take(LARGEST + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > LARGEST {
        return Err(failed(format!("is larger than {} KiB", LARGEST / 1024)));
    }
    Ok(Some(text))
}

/// Reads TOML. An error names line and column. It may repeat what stands there, but
/// no key.
pub(crate) fn parse<T: serde::de::DeserializeOwned>(text: &str, path: &Path) -> Result<T, Failure> {
    toml::from_str(text).map_err(|error| {
        let place = place(text, error.span().map(|span| span.start));
        let message = key::mask(&error.message().replace('\n', ", "));
        Failure::usage(format!("{}, {place}: {message}", path.display()))
    })
}

/// Line and column of the byte at `start`.
fn place(text: &str, start: Option<usize>) -> String {
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
