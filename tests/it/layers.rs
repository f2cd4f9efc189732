//! The sources keep to the map at the top of `src/lib.rs`: imports go one way, and only
//! certain rooms look outside or speak. What is a crate of its own already (`crates/`)
//! can't import from here; the rest holds for it too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The layers of the table in `src/lib.rs`, from top to bottom.
const LAYERS: [&str; 4] = ["commands", "work", "access", "rules"];

/// The modules beside the layers, and what each of them may use.
const BESIDE: [(&str, &[&str]); 4] = [
    ("config", &["failure", "policy", "reserved"]),
    // The global flags, for what they say of the surroundings.
    ("context", &["cli", "config", "failure", "ui"]),
    ("failure", &[]),
    ("ui", &["failure"]),
];

/// The service's stand-in is for commands alone: a crate, which is named like a module.
const SANDBOX: &str = "sandbox";

/// Macros that print, and crates that print or ask.
const VOICES: [&str; 8] = [
    "println!",
    "eprintln!",
    "print!",
    "eprint!",
    "dbg!",
    "dialoguer::",
    "console::",
    "anstream::",
];

/// What looks at the surroundings of the process.
const EYES: [&str; 8] = [
    "env::var",
    "env::vars",
    "env::var_os",
    "env::args",
    "current_dir()",
    "home_dir()",
    ".is_terminal()",
    "IsTerminal",
];

/// A module of the crate's root, and what stands in one of its files.
struct Source {
    /// Below `src`, or below the workspace in another crate.
    file: String,
    /// Of another crate: `crates`.
    module: String,
    /// How deep the file's own module lies below the root: 1 for `src/key.rs`.
    depth: usize,
    text: String,
}

/// The layer of each module in a layer, by its place from the top.
type Table = BTreeMap<String, usize>;

#[test]
fn imports_go_one_way() {
    let (sources, table) = (sources(), table());
    let problems: Vec<_> = sources.iter().flat_map(|source| wrong_uses(source, &table)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let own = sources.iter().filter(|source| source.module != "crates");
    let uses: usize = own.map(|source| modules_used(source).len()).sum();
    assert!(uses > 100, "{uses} uses were found: the sources are not read right");
}

#[test]
fn every_module_has_its_place() {
    let table = table();
    for source in sources() {
        let known = table.contains_key(&source.module)
            || BESIDE.iter().any(|(module, _)| *module == source.module)
            || ["crates", "fuzzing", "lib", "main"].contains(&source.module.as_str());
        assert!(known, "{}: add its module to the map in src/lib.rs", source.file);
    }
}

#[test]
fn only_some_rooms_speak_or_look_outside() {
    let table = table();
    let problems: Vec<_> =
        sources().iter().flat_map(|source| wrong_words(source, &table)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// A command that is suggested is a `SuggestedCommand`: in a text it would lack the flags
/// of the run, and nothing would quote what is put into it.
#[test]
fn no_text_names_a_command_to_run() {
    const BEGINNINGS: [&str; 12] = [
        "`cencori ",
        "(cencori ",
        "`git ",
        "(git ",
        "`chmod ",
        "(chmod ",
        "`keys list",
        "`keys rotate",
        "`keys revoke",
        "`keys create -",
        "`auth login -",
        "`link ",
    ];
    // A rule of SARIF is the same in every run; the other one is a warning of the command.
    const ALLOWED: [&str; 2] = ["with `cencori keys revoke KEY`, and", "one `git add .` would"];
    let mut problems = Vec::new();
    for source in sources() {
        let lines = source.text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in lines {
            let names = BEGINNINGS.iter().any(|beginning| line.contains(beginning));
            if names && !ALLOWED.iter().any(|allowed| line.contains(allowed)) {
                problems.push(format!("{}: {}", source.file, line.trim()));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_kind_of_violation_is_found() {
    let table = table();
    let violations = [
        ("process.rs", "use crate::api::Transport; use crate::failure::Failure;"),
        ("api/error.rs", "use crate::{ui::Ui, secret::Secret};"),
        ("api/error.rs", "use crate::{\n    policy,\n    sinks::{self, Sink},\n};"),
        ("api/error.rs", "fn f() { crate::ui::printable(\"\"); }"),
        ("api/error.rs", "use super::super::creation;"),
        ("sinks/guards.rs", "use crate::commands::keys;"),
        ("sinks/guards.rs", "use crate::context::Context;"),
        ("creation/mod.rs", "use super::sandbox::Sandbox;"),
        ("creation/mod.rs", "use cencori_sandbox::Sandbox;"),
        ("crates/sandbox/src/keys.rs", "use cencori_core::{secret::Secret, domain};"),
        ("ui/mod.rs", "use crate::api::ListedKey;"),
    ];
    for (file, text) in violations {
        assert!(!wrong_uses(&source(file, text), &table).is_empty(), "{file}: {text}");
    }
    let allowed = [
        ("commands/keys/list.rs", "use crate::{api, sandbox, ui}; use super::super::creation;"),
        ("api/mod.rs", "// as crate::ui does\nconst A: &str = \"crate::ui\"; use super::policy;"),
        ("api/error.rs", "use super::ui;"),
        ("crates/sandbox/src/lib.rs", "use cencori_core::secret::Secret; use crate::keys;"),
        ("credentials/environment.rs", "use crate::context::Variables;"),
        ("sinks/mod.rs", "use crate::failure::Failure; use crate::process;"),
    ];
    for (file, text) in allowed {
        assert_eq!(wrong_uses(&source(file, text), &table), [""; 0], "{file}: {text}");
    }
    let words = [
        ("sinks/mod.rs", "fn f() { eprintln!(\"x\"); }"),
        ("creation/mod.rs", "use dialoguer::Confirm;"),
        ("commands/man.rs", "println!();"),
        ("crates/core/src/disk.rs", "use anstream::stdout;"),
        ("commands/man.rs", "std::env::var(\"HOME\")"),
        ("ui/mod.rs", "use std::io::IsTerminal as _;"),
    ];
    for (file, text) in words {
        assert!(!wrong_words(&source(file, text), &table).is_empty(), "{file}: {text}");
    }
}

fn wrong_uses(source: &Source, table: &Table) -> Vec<String> {
    if source.module == "crates" {
        return wrong_uses_of_core(source);
    }
    let used = modules_used(source).into_iter();
    let wrong = used.filter(|used| *used != source.module && !may_use(&source.module, used, table));
    wrong.map(|used| format!("{}: must not use crate::{used}", source.file)).collect()
}

/// What the sandbox has in common with the client could hide the same mistake in both.
fn wrong_uses_of_core(source: &Source) -> Vec<String> {
    let code = code_of(&source.text);
    let uses = code.match_indices("cencori_core::").filter(|_| source.file.contains("sandbox"));
    let used = uses.flat_map(|(start, root)| first_names(&code[start + root.len()..]));
    let wrong = used.filter(|used| !["key", "secret"].contains(&used.as_str()));
    wrong.map(|used| format!("{}: must not use cencori_core::{used}", source.file)).collect()
}

fn may_use(module: &str, used: &str, table: &Table) -> bool {
    let layer = |module: &str| table.get(module).map(|place| LAYERS[*place]);
    if let Some((_, allowed)) = BESIDE.iter().find(|(beside, _)| *beside == module) {
        return allowed.contains(&used);
    }
    match (layer(module), used) {
        (None, _) | (Some("commands"), _) => true,
        (_, "ui" | SANDBOX) => false,
        (_, "context") => ["credentials", "sign_in"].contains(&module),
        (from, "failure") => from != Some("rules"),
        // Neighbours may know each other.
        _ => table.get(used).is_some_and(|below| below >= &table[module]),
    }
}

fn wrong_words(source: &Source, table: &Table) -> Vec<String> {
    let code = code_of(&source.text);
    let mut words: Vec<&str> = Vec::new();
    if source.module != "ui" {
        let commands = table.get(&source.module) == Some(&0) || source.module == "context";
        // Commands have colours to choose and a width to find out.
        words.extend(VOICES.iter().filter(|voice| !(commands && voice.ends_with("::"))));
    }
    if !["context", "main"].contains(&source.module.as_str()) {
        words.extend(EYES);
    }
    let found = words.into_iter().filter(|word| code.contains(word));
    found.map(|word| format!("{}: {word} does not belong there", source.file)).collect()
}

/// The modules of the crate's root that a file names: after `crate::`, also in
/// braces, or after enough `super::` to reach the root.
fn modules_used(source: &Source) -> Vec<String> {
    let code = code_of(&source.text);
    let roots = ["crate::".to_owned(), "super::".repeat(source.depth)];
    let mut used = Vec::new();
    if code.contains("cencori_sandbox::") {
        used.push(SANDBOX.to_owned());
    }
    for root in roots.iter().filter(|root| !root.is_empty()) {
        for (start, _) in code.match_indices(root.as_str()) {
            // One `super::` too many or too few is another path.
            if code[..start].ends_with("::") {
                continue;
            }
            used.extend(first_names(&code[start + root.len()..]));
        }
    }
    used.retain(|name| is_module(name));
    used
}

/// The first segment of a path, or of each path in a group of them.
fn first_names(path: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim().chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect()
    };
    let Some(group) = path.strip_prefix('{') else { return vec![name(path)] };
    let (mut depth, mut names, mut start) = (0, Vec::new(), 0);
    for (place, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            ',' if depth == 0 => {
                names.push(name(&group[start..place]));
                start = place + 1;
            }
            '}' if depth == 0 => {
                names.push(name(&group[start..place]));
                break;
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    names
}

/// `text` without comments and without what stands in quotes.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            raw.find("\"#").map_or(rest.len(), |end| end + 5)
        } else if rest.starts_with("'\"'") {
            3
        } else if character == '"' {
            quoted(rest)
        } else {
            code.push(character);
            character.len_utf8()
        };
        rest = &rest[skipped..];
    }
    code
}

/// The length of the literal that `text` begins with.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, character)| {
        let ends = *character == '"' && !escaped;
        escaped = *character == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(place, _)| place + 1)
}

fn table() -> Table {
    let text = std::fs::read_to_string(root().join("lib.rs")).expect("src/lib.rs");
    let mut table = Table::new();
    for (place, layer) in LAYERS.iter().enumerate() {
        let row = text.lines().find(|line| line.starts_with(&format!("//! | {layer} |")));
        let row = row.unwrap_or_else(|| panic!("src/lib.rs has no row for the layer {layer}"));
        let modules = row.split('|').nth(2).expect("a column").split(',');
        let modules = modules.map(|name| name.trim().trim_matches(['[', ']', '`']).to_owned());
        table.extend(modules.map(|name| (name, place)));
    }
    table
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn root() -> PathBuf {
    workspace().join("src")
}

fn is_module(name: &str) -> bool {
    name == SANDBOX
        || !name.is_empty()
            && (root().join(format!("{name}.rs")).is_file() || root().join(name).is_dir())
}

fn source(file: &str, text: &str) -> Source {
    let parts: Vec<_> = file.trim_end_matches(".rs").split('/').collect();
    let depth = parts.iter().filter(|part| !["mod", "lib", "main"].contains(part)).count();
    Source { file: file.to_owned(), module: parts[0].to_owned(), depth, text: text.to_owned() }
}

fn sources() -> Vec<Source> {
    let mut sources = Vec::new();
    let mut folders = vec![root(), workspace().join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("UTF-8");
                let below = path.strip_prefix(root()).or(path.strip_prefix(workspace()));
                let file = below.expect("in the workspace").display().to_string();
                sources.push(source(&file, &text));
            }
        }
    }
    sources
}
