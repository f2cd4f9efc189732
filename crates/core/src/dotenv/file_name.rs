//! What the name of a `.env` file, or of a variable in one, says of what it is for.

use std::path::Path;

use crate::disk;
use crate::key::Environment;

/// Words by which a file says that it is there to be copied, or a copy.
const COPIES: [&str; 12] = [
    "example", "examples", "sample", "template", "tmpl", "dist", "defaults", "schema", "bak",
    "backup", "old", "orig",
];

/// A name of a `.env` file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvFile {
    /// One that is read as it is.
    Used,
    /// One that nothing reads: there to be copied, such as `.env.example`, or a copy.
    Copy,
}

/// What kind of `.env` file the file at `path` is by its name, if it is one: `.env`,
/// `.env.local`, `site.env`, `.dev.vars`.
pub fn of(path: &Path) -> Option<EnvFile> {
    let name = path.file_name()?.to_str()?;
    let env = name.starts_with(".env") || name.ends_with(".env") || name == ".dev.vars";
    // A temporary one is what a killed process left; the next write takes it away.
    if !env || disk::is_temporary(name.as_ref()) {
        return None;
    }
    let copy = name.ends_with('~') || words(name).any(|word| COPIES.contains(&word.as_str()));
    Some(if copy { EnvFile::Copy } else { EnvFile::Used })
}

/// What a file or a variable is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// Live traffic.
    Production,
    /// The rehearsal of it.
    Staging,
    /// Work on the program.
    Development,
    /// Tests.
    Test,
}

impl Purpose {
    /// What `name`, of a file or of a variable, says; `None` if it says nothing.
    pub fn of(name: &str) -> Option<Self> {
        words(name).find_map(|word| match word.as_str() {
            "production" | "prod" => Some(Self::Production),
            "staging" | "stage" | "preview" => Some(Self::Staging),
            "development" | "dev" => Some(Self::Development),
            "test" | "testing" => Some(Self::Test),
            _ => None,
        })
    }

    /// The environment whose keys belong there, where no other's does.
    pub fn environment(self) -> Option<Environment> {
        match self {
            Self::Production => Some(Environment::Production),
            Self::Test => Some(Environment::Test),
            Self::Staging | Self::Development => None,
        }
    }
}

/// The words of a name: `.env.test.local` has `env`, `test` and `local`.
fn words(name: &str) -> impl Iterator<Item = String> {
    name.split(['.', '_', '-']).map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_names() {
        let of = |path: &str| of(Path::new(path));
        for used in [".env", "a/.env.local", ".env.test", "site.env", ".envrc", ".dev.vars"] {
            assert_eq!(of(used), Some(EnvFile::Used), "{used}");
        }
        for copy in [".env.example", ".env.local.sample", ".env-template", ".env.bak", ".env~"] {
            assert_eq!(of(copy), Some(EnvFile::Copy), "{copy}");
        }
        let temporary = format!(".env.cencori-{}.tmp", "0a".repeat(16));
        for other in ["env", "a.js", ".env/a.js", &temporary, "environment"] {
            assert_eq!(of(other), None, "{other}");
        }
        assert_eq!(of(".env.cencori-new"), Some(EnvFile::Used), "somebody's own");
    }

    #[test]
    fn purposes_are_whole_words() {
        assert_eq!(Purpose::of(".env.production.local"), Some(Purpose::Production));
        assert_eq!(Purpose::of("CENCORI_TEST_API_KEY"), Some(Purpose::Test));
        assert_eq!(Purpose::of(".dev.vars"), Some(Purpose::Development));
        for name in [".env", ".env.local", "CENCORI_API_KEY", "LATEST_KEY", "PRODUCT_KEY"] {
            assert_eq!(Purpose::of(name), None, "{name}");
        }
    }
}
