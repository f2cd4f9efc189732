//! Which files go to browsers, by where they stand: what frameworks build, and what
//! they serve as it is.

use std::path::{Path, PathBuf};

/// What there is in a folder of this name that goes to browsers, as paths below it.
struct Output {
    name: &'static str,
    parts: &'static [&'static str],
    /// Whether all of it goes there where it has a page to begin with.
    whole_with_index: bool,
}

const fn whole(name: &'static str) -> Output {
    Output { name, parts: &[""], whole_with_index: false }
}

const fn parts(name: &'static str, parts: &'static [&'static str]) -> Output {
    Output { name, parts, whole_with_index: false }
}

/// A folder that servers are built into too.
const fn either(name: &'static str) -> Output {
    Output { name, parts: &["browser", "client", "public", "static"], whole_with_index: true }
}

/// By the defaults of Next.js, Nuxt, SvelteKit, Astro, Vite, Create React App,
/// Gatsby, Angular and Storybook.
const OUTPUTS: [Output; 11] = [
    whole("public"),
    whole("static"),
    whole("_site"),
    whole("storybook-static"),
    parts(".next", &["static"]),
    parts(".nuxt", &["dist/client"]),
    parts(".output", &["public"]),
    parts(".svelte-kit", &["output/client"]),
    either("dist"),
    either("build"),
    either("out"),
];

/// The page that a site begins with.
const INDEX: &str = "index.html";

/// Of the folder `folder`, if it is one of these by its name, the folders that go to
/// browsers.
pub fn in_output(folder: &Path) -> Vec<PathBuf> {
    let named = |output: &&Output| folder.file_name().is_some_and(|name| name == output.name);
    let Some(output) = OUTPUTS.iter().find(named) else { return Vec::new() };
    if output.whole_with_index && folder.join(INDEX).is_file() {
        return vec![folder.to_owned()];
    }
    let parts = output.parts.iter().map(|part| folder.join(part));
    parts.filter(|part| part.is_dir()).collect()
}

/// Whether the file at `path` below `root` goes to browsers: a page does wherever it
/// is.
pub fn goes_to_browsers(root: &Path, path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("html" | "htm") => return true,
        // What a server runs, beside what it serves.
        Some("php") => return false,
        _ => {}
    }
    let below = path.ancestors().skip(1).take_while(|folder| *folder != root);
    below.flat_map(in_output).any(|part| path.starts_with(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_for_browsers_is_told_from_what_is_built_for_servers() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("public/site");
        let goes = |path: &str| {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            goes_to_browsers(&root, &path)
        };
        for path in [
            "index.html",
            "apps/web/public/config.js",
            "static/a.js",
            ".next/static/chunks/1.js",
            ".output/public/a.js",
            "server/dist/client/a.js",
        ] {
            assert!(goes(path), "{path}");
        }
        for path in [
            "src/a.js",
            "public/index.php",
            ".next/server/a.js",
            "server/dist/main.js",
            "client/src/a.js",
        ] {
            assert!(!goes(path), "{path}");
        }
        assert!(goes("web/dist/index.html") && goes("web/dist/assets/a.js"));
    }
}
