//! Which files go to browsers, by where they are: what frameworks build, and what they serve as it
//! is.

use std::path::{Path, PathBuf};

use super::framework;

/// What there is in a folder of this name that goes to browsers, as paths below it.
struct Output {
    name: &'static str,
    parts: &'static [&'static str],
    /// Whether all of it goes there where it has none of these, but is a site.
    site: bool,
}

const fn parts(name: &'static str, parts: &'static [&'static str]) -> Output {
    Output { name, parts, site: false }
}

/// A folder that servers are built into too.
const fn either(name: &'static str) -> Output {
    Output { name, parts: &["browser", "client", "public"], site: true }
}

/// By the defaults of Next.js, Nuxt, SvelteKit, Astro, Vite, Create React App,
/// Gatsby, Angular and Storybook.
const OUTPUTS: [Output; 12] = [
    parts("public", &[""]),
    parts("static", &[""]),
    parts("_site", &[""]),
    parts("storybook-static", &[""]),
    parts(".next", &["static"]),
    parts(".nuxt", &["dist/client"]),
    parts(".output", &["public"]),
    parts(".svelte-kit", &["output/client"]),
    parts(".vercel", &["output/static"]),
    either("dist"),
    either("build"),
    either("out"),
];

/// What shows that a folder is a site: the page that it begins with, or what Vite
/// leaves for a server that has pages of its own.
const SITES: [&str; 3] = ["index.html", "manifest.json", ".vite/manifest.json"];

/// Of the folder `folder`, if it is one of these by its name, the folders that go to
/// browsers.
pub fn in_output(folder: &Path) -> Vec<PathBuf> {
    let named = |output: &&Output| folder.file_name().is_some_and(|name| name == output.name);
    let Some(output) = OUTPUTS.iter().find(named) else { return Vec::new() };
    let found = output.parts.iter().map(|part| folder.join(part));
    let found: Vec<_> = found.filter(|part| part.is_dir()).collect();
    let is_site = || {
        let beside = folder.parent().is_some_and(framework::has_framework);
        beside || SITES.iter().any(|page| folder.join(page).is_file())
    };
    if found.is_empty() && output.site && is_site() { vec![folder.to_owned()] } else { found }
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
        std::fs::create_dir_all(root.join("app")).unwrap();
        let package = r#"{"devDependencies":{"vite":"7"}}"#;
        std::fs::write(root.join("app/package.json"), package).unwrap();
        assert!(goes("app/dist/assets/a.js"));
        // What is built for the server is beside it.
        assert!(goes("app/build/client/a.js") && !goes("app/build/server/a.js"));
    }
}
