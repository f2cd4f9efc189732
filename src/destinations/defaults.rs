//! Where a key goes when nobody says: the file and the variable that the
//! application in a folder reads (contract, *Names and files in applications*).
//!
//! This is the one module that decides it, for every command.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::Path;

use super::dotenv_file;
use super::guards::{self, GitState};
use crate::disk;
use crate::dotenv::VariableName;
use crate::dotenv::file_name::{self, Purpose};
use crate::key::{self, Environment, KeyType};
use crate::scan::framework;

/// The usual files, in the order in which applications prefer them.
const FILES: [&str; 9] = [
    ".env.production.local",
    ".env.development.local",
    ".env.test.local",
    ".env.local",
    ".env.production",
    ".env.development",
    ".env.test",
    ".dev.vars",
    ".env",
];

/// The files in which a key is looked for when nobody says where, in this order.
pub const SEARCHED: [&str; 5] =
    [".env", ".env.local", ".env.development", ".env.production", ".dev.vars"];

/// The settings of a Cloudflare Worker.
const WORKERS: [&str; 3] = ["wrangler.toml", "wrangler.json", "wrangler.jsonc"];

/// Files with these extensions are sources of a web application.
const SOURCES: [&str; 12] =
    ["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte", "astro", "html"];

/// Folders whose files nobody wrote here.
const NOT_SOURCES: [&str; 7] =
    ["node_modules", "dist", "build", "out", "coverage", "target", "vendor"];

/// How many sources, and how many folders, are looked through for a name. It takes
/// some 50 ms.
const MOST_SOURCES: usize = 2_000;

/// Largest file in which a name is looked for, in bytes.
const LARGEST: u64 = 256 * 1024;

/// The file of `folder` that a key goes into: that in which its variable is set
/// already, else the one that the project uses. `variable` is the name that somebody
/// chose for it.
pub fn file(
    folder: &Path,
    key_type: KeyType,
    environment: Environment,
    variable: Option<&VariableName>,
) -> &'static str {
    // The name of a publishable key's is the same in all files of a folder.
    let known = match (variable, key_type) {
        (Some(variable), _) => Some(variable.clone()),
        (None, KeyType::Publishable) => Some(publishable_variable(folder)),
        (None, _) => None,
    };
    let is_set = |file: &&&str| {
        let path = folder.join(file);
        let variable = known.clone().unwrap_or_else(|| secret_variable(environment, &path));
        let assignments = dotenv_file::assignments(&path, file).unwrap_or_default();
        assignments.iter().any(|(name, ..)| name == variable.as_str())
    };
    let mut files = FILES.iter().filter(|file| serves(file, environment));
    if let Some(file) = files.find(is_set) {
        return file;
    }
    let local = folder.join(".env.local");
    let is_worker = || WORKERS.iter().any(|name| folder.join(name).is_file());
    if framework::is_next(folder)
        || (local.is_file() && guards::git_state(&local) == GitState::Safe)
    {
        ".env.local"
    } else if is_worker() {
        ".dev.vars"
    } else {
        ".env"
    }
}

/// Whether a file is read where keys of `environment` are used.
fn serves(file: &str, environment: Environment) -> bool {
    match (Purpose::of(file), environment) {
        // Wrangler has no other file.
        _ if file == ".dev.vars" => true,
        (None, _) => true,
        (Some(Purpose::Production), _) => environment == Environment::Production,
        (Some(_), _) => environment == Environment::Test,
    }
}

/// The variable that a key goes into in `file`.
pub fn variable(key_type: KeyType, environment: Environment, file: &Path) -> VariableName {
    match key_type {
        KeyType::Publishable => publishable_variable(disk::folder_of(file)),
        KeyType::Secret | KeyType::Agent => secret_variable(environment, file),
    }
}

/// Every SDK reads `CENCORI_API_KEY`, in each environment. A test key has another name
/// only if a production key may be beside it.
fn secret_variable(environment: Environment, file: &Path) -> VariableName {
    let purpose = file.file_name().and_then(|name| Purpose::of(name.to_str()?));
    match (environment, purpose) {
        (Environment::Test, None) => name("CENCORI_TEST_API_KEY"),
        (Environment::Production, _) | (Environment::Test, Some(_)) => name("CENCORI_API_KEY"),
    }
}

/// The variable for publishable keys that is in the `.env` files of `folder`, else the one in its
/// sources, else the one of its framework.
fn publishable_variable(folder: &Path) -> VariableName {
    let in_env_files = || {
        let paths = disk::paths_in(folder).unwrap_or_default();
        // What is there to be copied tells the name too.
        let mut paths: Vec<_> =
            paths.into_iter().filter(|path| file_name::of(path).is_some()).collect();
        paths.sort();
        paths.truncate(MOST_SOURCES);
        paths.iter().find_map(|path| names_in(path, folder).into_iter().next())
    };
    let default = || {
        let prefix = framework::framework_prefix(folder).unwrap_or("NEXT_PUBLIC_");
        name(&format!("{prefix}CENCORI_PUBLISHABLE_KEY"))
    };
    in_env_files().or_else(|| in_sources(folder)).unwrap_or_else(default)
}

/// The name that most of the sources below `folder` have, if it is that of a package.
fn in_sources(folder: &Path) -> Option<VariableName> {
    if !folder.join("package.json").is_file() {
        return None;
    }
    let mut files: BTreeMap<VariableName, usize> = BTreeMap::new();
    let mut folders = VecDeque::from([folder.to_owned()]);
    let (mut searched, mut left) = (0, MOST_SOURCES);
    // What is nearer comes first.
    while let (Some(below), true) = (folders.pop_front(), left > 0) {
        let mut entries: Vec<_> = fs::read_dir(below).into_iter().flatten().flatten().collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let Ok(kind) = entry.file_type() else { continue };
            let (path, file_name) = (entry.path(), entry.file_name());
            let file_name = file_name.to_string_lossy();
            let skipped = file_name.starts_with('.') || NOT_SOURCES.contains(&&*file_name);
            if kind.is_dir() && !skipped && searched + folders.len() < MOST_SOURCES {
                folders.push_back(path);
            } else if kind.is_file() && left > 0 && is_source(&path) {
                left -= 1;
                for name in names_in(&path, folder) {
                    *files.entry(name).or_default() += 1;
                }
            }
        }
        searched += 1;
    }
    let most = files.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(*name)));
    most.map(|(name, _)| name.clone())
}

fn is_source(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| SOURCES.contains(&extension))
}

/// The names of variables for publishable keys in the file at `path`, each once, as far
/// as the framework of `folder` ships them.
fn names_in(path: &Path, folder: &Path) -> Vec<VariableName> {
    let small = fs::metadata(path).is_ok_and(|it| it.is_file() && it.len() <= LARGEST);
    let text = small.then(|| fs::read(path).ok()).flatten().unwrap_or_default();
    let is_part = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let mut names = Vec::new();
    for destination in memchr::memmem::find_iter(&text, b"CENCORI_") {
        let begin =
            text[..destination].iter().rposition(|byte| !is_part(byte)).map_or(0, |at| at + 1);
        let length = text[destination..].iter().take_while(|byte| is_part(byte)).count();
        let Ok(word) = std::str::from_utf8(&text[begin..destination + length]) else { continue };
        let Ok(found) = word.parse::<VariableName>() else { continue };
        let prefix = framework::browser_prefix(&found).unwrap_or_default();
        let expected = framework::framework_prefix(folder).unwrap_or(prefix);
        let rest = word.strip_prefix(prefix).filter(|_| !prefix.is_empty() && prefix == expected);
        if matches!(rest, Some("CENCORI_KEY" | "CENCORI_PUBLISHABLE_KEY"))
            && !names.contains(&found)
        {
            names.push(found);
        }
    }
    names
}

/// The file in the folder of `file` that sets `variable` too and that Next.js reads
/// before `file`, where the folder is one of Next.js and a key of `environment` is to be
/// used (Next.js, *Environment Variable Load Order*).
pub fn read_before(
    file: &Path,
    variable: &VariableName,
    environment: Environment,
) -> Option<&'static str> {
    const DEVELOPMENT: [&str; 4] =
        [".env.development.local", ".env.local", ".env.development", ".env"];
    const PRODUCTION: [&str; 4] =
        [".env.production.local", ".env.local", ".env.production", ".env"];
    // `.env.local` is not read in tests.
    const TEST: [&str; 3] = [".env.test.local", ".env.test", ".env"];
    let (folder, name) = (disk::folder_of(file), file.file_name()?.to_str()?);
    let order = match (Purpose::of(name), environment) {
        (Some(Purpose::Test), _) => &TEST[..],
        (Some(Purpose::Development), _) | (None, Environment::Test) => &DEVELOPMENT,
        (Some(Purpose::Production), _) | (None, Environment::Production) => &PRODUCTION,
        (Some(Purpose::Staging), _) => return None,
    };
    let before = &order[..order.iter().position(|other| *other == name)?];
    let sets = |other: &&&str| {
        let assignments = dotenv_file::assignments(&folder.join(other), other).unwrap_or_default();
        assignments.iter().any(|(set, ..)| set == variable.as_str())
    };
    before.iter().find(|_| framework::is_next(folder)).and(before.iter().find(sets)).copied()
}

/// The first key in the usual files of `folder`: in which file, and in which variable.
pub fn find_key(folder: &Path) -> Option<(&'static str, String)> {
    SEARCHED.iter().find_map(|file| {
        let assignments = dotenv_file::assignments(&folder.join(file), file).ok()?;
        let found = assignments.into_iter().find(|(_, value, _)| key::is_key(value.expose()));
        found.map(|(variable, ..)| (*file, variable))
    })
}

/// A name made of plain words, which a test goes through.
fn name(name: &str) -> VariableName {
    name.parse().expect("a default name is a variable name")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new(files: &[(&str, &str)]) -> Self {
            let folder = Self(tempfile::tempdir().unwrap());
            files.iter().for_each(|(path, text)| folder.write(path, text));
            folder
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.0.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn file(&self, environment: Environment) -> &'static str {
            file(self.0.path(), KeyType::Secret, environment, None)
        }

        fn publishable(&self) -> String {
            let path = self.0.path().join(".env");
            variable(KeyType::Publishable, Environment::Production, &path).to_string()
        }
    }

    const NEXT: (&str, &str) = ("package.json", r#"{"dependencies":{"next":"15"}}"#);
    const VITE: (&str, &str) = ("package.json", r#"{"devDependencies":{"vite":"7"}}"#);

    #[test]
    fn the_file_is_the_one_that_the_project_uses() {
        use Environment::{Production, Test};
        let set = "CENCORI_API_KEY=old\n";
        for (files, production, test) in [
            (&[][..], ".env", ".env"),
            (&[VITE], ".env", ".env"),
            (&[NEXT], ".env.local", ".env.local"),
            (&[("wrangler.toml", "")], ".dev.vars", ".dev.vars"),
            (&[("wrangler.jsonc", "{}")], ".dev.vars", ".dev.vars"),
            (&[("wrangler.json", "{}"), NEXT], ".env.local", ".env.local"),
            (&[(".env.local", "A=1\n")], ".env.local", ".env.local"),
            (&[NEXT, (".env", set)], ".env", ".env.local"),
            (&[(".env", set), (".env.local", "A=1\n")], ".env", ".env.local"),
            (&[(".env.production", set), (".env", "A=1\n")], ".env.production", ".env"),
            (&[(".env.development", set)], ".env", ".env.development"),
            (&[(".env.example", set)], ".env", ".env"),
            (&[("wrangler.toml", ""), (".env", set)], ".env", ".dev.vars"),
        ] {
            let folder = Folder::new(files);
            assert_eq!(folder.file(Production), production, "{files:?}");
            assert_eq!(folder.file(Test), test, "{files:?}");
        }
        let folder = Folder::new(&[(".env.local", "MINE=1\n"), (".env", "OTHER=1\n")]);
        let other = "OTHER".parse().unwrap();
        assert_eq!(file(folder.0.path(), KeyType::Secret, Production, Some(&other)), ".env");
    }

    #[test]
    fn a_local_file_that_git_would_add_is_not_chosen() {
        let folder = Folder::new(&[(".env.local", "A=1\n")]);
        let done = crate::process::command("git").arg("init").current_dir(&folder.0).output();
        assert!(done.unwrap().status.success());
        assert_eq!(folder.file(Environment::Production), ".env");
        folder.write(".gitignore", ".env*\n");
        assert_eq!(folder.file(Environment::Production), ".env.local");
    }

    #[test]
    fn a_test_key_has_another_name_only_beside_one_of_production() {
        use Environment::{Production, Test};
        for file in [".env", "a/.env.local", "site.env", "cencori.toml"] {
            let of = |environment| variable(KeyType::Secret, environment, Path::new(file));
            assert_eq!(of(Test).as_str(), "CENCORI_TEST_API_KEY", "{file}");
            assert_eq!(of(Production).as_str(), "CENCORI_API_KEY", "{file}");
        }
        for file in [".env.development", ".env.test", ".env.test.local", "a/.dev.vars", ".env.dev"]
        {
            let of = variable(KeyType::Secret, Test, Path::new(file));
            assert_eq!(of.as_str(), "CENCORI_API_KEY", "{file}");
        }
    }

    #[test]
    fn a_publishable_key_has_the_name_that_the_project_has_for_it() {
        let short = "const key = process.env.NEXT_PUBLIC_CENCORI_KEY;\n";
        let long = "process.env.NEXT_PUBLIC_CENCORI_PUBLISHABLE_KEY!";
        let vite = "import.meta.env.VITE_CENCORI_KEY";
        for (files, name) in [
            (&[][..], "NEXT_PUBLIC_CENCORI_PUBLISHABLE_KEY"),
            (&[VITE], "VITE_CENCORI_PUBLISHABLE_KEY"),
            (&[NEXT, ("src/app/page.tsx", short)], "NEXT_PUBLIC_CENCORI_KEY"),
            (
                &[NEXT, ("a.ts", short), ("b.ts", long), ("c.ts", long)],
                "NEXT_PUBLIC_CENCORI_PUBLISHABLE_KEY",
            ),
            (
                &[NEXT, ("a.ts", long), (".env.example", "# NEXT_PUBLIC_CENCORI_KEY=\n")],
                "NEXT_PUBLIC_CENCORI_KEY",
            ),
            (&[VITE, ("src/main.ts", vite)], "VITE_CENCORI_KEY"),
            // Of another framework, of other people, of nothing, or of something else.
            (&[VITE, ("src/main.ts", short)], "VITE_CENCORI_PUBLISHABLE_KEY"),
            (
                &[NEXT, ("node_modules/@cencori/sdk/a.js", short), (".next/static/a.js", short)],
                "NEXT_PUBLIC_CENCORI_PUBLISHABLE_KEY",
            ),
            (&[("src/a.ts", short)], "NEXT_PUBLIC_CENCORI_PUBLISHABLE_KEY"),
            (
                &[NEXT, ("a.ts", "NEXT_PUBLIC_CENCORI_KEY_OLD, MY_NEXT_PUBLIC_CENCORI_KEY")],
                "NEXT_PUBLIC_CENCORI_PUBLISHABLE_KEY",
            ),
        ] {
            assert_eq!(Folder::new(files).publishable(), name, "{files:?}");
        }
    }

    #[test]
    fn every_framework_has_its_name() {
        for prefix in framework::prefixes() {
            name(&format!("{prefix}CENCORI_PUBLISHABLE_KEY"));
        }
    }
}
