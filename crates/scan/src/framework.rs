//! Which variables browsers get to see, by the frameworks that ship them.

use std::path::Path;

use cencori_core::dotenv::VariableName;

/// A framework that ships variables with a certain prefix to browsers.
struct Framework {
    /// Its package, as `package.json` names it.
    package: &'static str,
    /// Variables beginning so end up in the browser's bundle.
    prefix: &'static str,
}

/// Those built on another come before it: SvelteKit and Astro bring Vite.
const FRAMEWORKS: [Framework; 9] = [
    Framework { package: "next", prefix: "NEXT_PUBLIC_" },
    Framework { package: "nuxt", prefix: "NUXT_PUBLIC_" },
    Framework { package: "expo", prefix: "EXPO_PUBLIC_" },
    Framework { package: "react-scripts", prefix: "REACT_APP_" },
    Framework { package: "gatsby", prefix: "GATSBY_" },
    Framework { package: "@vue/cli-service", prefix: "VUE_APP_" },
    Framework { package: "@sveltejs/kit", prefix: "PUBLIC_" },
    Framework { package: "astro", prefix: "PUBLIC_" },
    Framework { package: "vite", prefix: "VITE_" },
];

/// Further prefixes that are shipped to browsers, of tools that no new key is
/// named after.
const OTHER_PREFIXES: [&str; 6] =
    ["NG_APP_", "SNOWPACK_PUBLIC_", "PLASMO_PUBLIC_", "STORYBOOK_", "TARO_APP_", "BUN_PUBLIC_"];

/// Largest `package.json` that is looked at, in bytes.
const LARGEST_PACKAGE: u64 = 1024 * 1024;

/// The prefix by which `name` is shipped to browsers, if it is.
pub fn browser_prefix(name: &VariableName) -> Option<&'static str> {
    // Names are told apart by case, but not on Windows.
    let name = name.as_str().to_ascii_uppercase();
    prefixes().find(|prefix| name.starts_with(prefix))
}

/// What variables begin with that are shipped to browsers.
pub fn prefixes() -> impl Iterator<Item = &'static str> {
    FRAMEWORKS.iter().map(|framework| framework.prefix).chain(OTHER_PREFIXES)
}

/// Whether the `package.json` in `folder` names a framework that builds for browsers.
pub fn has_framework(folder: &Path) -> bool {
    framework_in(folder).is_some()
}

/// The prefix of the variables that the framework in `folder` ships to browsers.
pub fn framework_prefix(folder: &Path) -> Option<&'static str> {
    framework_in(folder).map(|framework| framework.prefix)
}

/// Whether the `package.json` in `folder` names Next.js.
pub fn is_next(folder: &Path) -> bool {
    framework_in(folder).is_some_and(|framework| framework.package == "next")
}

fn framework_in(folder: &Path) -> Option<&'static Framework> {
    let path = folder.join("package.json");
    let small = std::fs::metadata(&path)
        .is_ok_and(|found| found.is_file() && found.len() <= LARGEST_PACKAGE);
    let text = small.then(|| std::fs::read(&path).ok()).flatten()?;
    let package: serde_json::Value = serde_json::from_slice(&text).ok()?;
    FRAMEWORKS.iter().find(|framework| {
        ["dependencies", "devDependencies"]
            .iter()
            .any(|kind| package[kind].get(framework.package).is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frameworks_are_known_by_their_package() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(framework_prefix(folder.path()), None);
        for framework in &FRAMEWORKS {
            let package =
                format!(r#"{{"devDependencies":{{"{}":"1","vite":"5"}}}}"#, framework.package);
            std::fs::write(folder.path().join("package.json"), package).unwrap();
            assert_eq!(framework_prefix(folder.path()), Some(framework.prefix));
        }
        std::fs::write(folder.path().join("package.json"), "{").unwrap();
        assert_eq!(framework_prefix(folder.path()), None);
    }

    #[test]
    fn browser_variables_are_known_by_their_prefix() {
        let prefix = |name: &str| browser_prefix(&name.parse().unwrap());
        assert_eq!(prefix("VITE_CENCORI_API_KEY"), Some("VITE_"));
        assert_eq!(prefix("PUBLIC_X"), Some("PUBLIC_"));
        assert_eq!(prefix("CENCORI_API_KEY"), None);
    }
}
