//! The sources themselves: a text names no command.

use std::path::Path;

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
    for (file, text) in sources() {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in lines {
            let names = BEGINNINGS.iter().any(|beginning| line.contains(beginning));
            if names && !ALLOWED.iter().any(|allowed| line.contains(allowed)) {
                problems.push(format!("{}: {}", file, line.trim()));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The name and the text of each source file of the command and of the crates beside it.
fn sources() -> Vec<(String, String)> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    let mut folders = vec![workspace.join("src"), workspace.join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("UTF-8");
                sources.push((path.display().to_string(), text));
            }
        }
    }
    assert!(sources.len() > 100, "the sources are not where they were");
    sources
}
