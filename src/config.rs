//! Settings in files: `cencori.toml` beside a project, and the person's own
//! `config.toml` with its profiles. Neither holds a secret.
//!
//! A flag outranks a variable, a variable outranks `cencori.toml`, and that
//! outranks the profile.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::{Error as _, IgnoredAny};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use crate::dotenv::{NameError, VariableName};
use crate::failure::{Failure, Hint, Kind};
use crate::policy::Policy;

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
    /// What `cencori run` sets: the variable, and the name of the key in the
    /// keychain.
    #[serde(default, deserialize_with = "by_variable")]
    pub run: BTreeMap<VariableName, String>,
    /// Read by [`policy`]: a mistake in it is no reason not to revoke a key.
    #[serde(default, rename = "policy")]
    _policy: IgnoredAny,
}

/// A table whose keys are names of variables.
fn by_variable<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<VariableName, String>, D::Error> {
    let table = BTreeMap::<String, String>::deserialize(deserializer)?;
    let checked = table.into_iter().map(|(name, value)| match name.parse() {
        Ok(variable) => Ok((variable, value)),
        Err(error) => {
            let error: NameError = error;
            Err(D::Error::custom(format!("`{name}` is no variable: {error}")))
        }
    });
    checked.collect()
}

impl ProjectFile {
    /// Reads `text`, which is or will be the file at `path`.
    ///
    /// # Errors
    /// What is wrong, by line and column.
    pub fn parse(text: &str, path: &Path) -> Result<Self, Failure> {
        parse(text, path)
    }

    /// The file of `folder` or the nearest one above it, and where it is.
    ///
    /// # Errors
    /// Where the nearest one can't be read or understood: one further up is
    /// not what was meant.
    pub fn find(folder: &Path) -> Result<Option<(PathBuf, Self)>, Failure> {
        for folder in folder.ancestors() {
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
    #[derive(Deserialize)]
    struct Sections {
        #[serde(default)]
        policy: Policy,
    }
    let text = read(path)?.unwrap_or_default();
    Ok(parse::<Sections>(&text, path)?.policy)
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
        Ok(metadata) if !metadata.is_file() => return Err(failed("is not a file".to_owned())),
        Ok(metadata) if metadata.len() > LARGEST => {
            return Err(failed(format!("is larger than {} KiB", LARGEST / 1024)));
        }
        Ok(_) => {}
    }
    fs::read_to_string(path).map(Some).map_err(|error| failed(format!("can't be read: {error}")))
}

/// Reads TOML. An error names line and column, and shows nothing of the file.
fn parse<T: serde::de::DeserializeOwned>(text: &str, path: &Path) -> Result<T, Failure> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().map_or("", |span| text.get(..span.start).unwrap_or(text));
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let message = error.message().replace('\n', ", ");
        Failure::usage(format!("{}, line {line}, column {column}: {message}", path.display()))
    })
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
        let text = "[run]\nCENCORI_API_KEY = \"web\"\n";
        let file: ProjectFile = parse(text, Path::new("cencori.toml")).unwrap();
        assert_eq!(file.run[&"CENCORI_API_KEY".parse().unwrap()], "web");
        let wrong = message("[run]\n\"MY-KEY\" = \"web\"\n");
        assert!(wrong.starts_with("cencori.toml, line 1, column 1: `MY-KEY` is no"), "{wrong}");
        let wrong = message("[run]\nKEY = 1\n");
        assert!(wrong.starts_with("cencori.toml, line 2, column 7: "), "{wrong}");
    }

    #[test]
    fn the_nearest_file_counts() {
        let folder = tempfile::tempdir().unwrap();
        let (above, below) = (folder.path().join("a"), folder.path().join("a/b/c"));
        fs::create_dir_all(&below).unwrap();
        let id = Uuid::new_v4();
        fs::write(above.join(PROJECT_FILE), format!("project = \"{id}\"\n")).unwrap();
        let (path, found) = ProjectFile::find(&below).unwrap().unwrap();
        assert_eq!((path, found.project), (above.join(PROJECT_FILE), Some(id)));
        fs::write(below.join(PROJECT_FILE), "project = 1\n").unwrap();
        assert!(ProjectFile::find(&below).is_err());
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
