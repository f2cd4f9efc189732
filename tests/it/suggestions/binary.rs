//! What the built command suggests where files, folders, keys, profiles, projects and
//! entries of the keychain have hostile names.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};

use super::hostile::{HEX, showable, unshowable};
use super::shells::{ALL, SHELLS, calls, tree};
use crate::harness::programs::needs;
use crate::harness::{Desk, Run, TestSandbox};

/// The files of a hostile repository, relative to it: `.env` files and folders with one.
fn files() -> Vec<OsString> {
    let names = showable().into_iter().map(String::into_bytes).chain(unshowable());
    let names = names.filter(|name| !name.contains(&b'/') && !name.contains(&0));
    let forms = names.flat_map(|name| {
        let folder = [&name[..], b"/site.env"].concat();
        [[b".env.", &name[..]].concat(), [&name[..], b".env"].concat(), folder]
    });
    let mut files: Vec<_> = forms.map(OsString::from_vec).collect();
    // These are other files, or none.
    files.retain(|file| !file.as_bytes().starts_with(b"./") && file != ".env");
    files
}

/// Whether a name is one of those that can be shown.
fn is_showable(file: &OsStr) -> bool {
    let hidden = |name: &Vec<u8>| {
        let name = &name[..];
        file.as_bytes().windows(name.len()).any(|window| window == name)
    };
    !unshowable().iter().any(hidden)
}

/// A line of a hint, behind `begin` and before `end`.
#[track_caller]
fn between(text: &str, begin: &str, end: &str) -> String {
    let text = text.split_once(begin).unwrap_or_else(|| panic!("{begin:?} in {text:?}")).1;
    text.split_once(end).unwrap_or_else(|| panic!("{end:?} in {text:?}")).0.to_owned()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// As an argument that is no flag.
fn as_file(path: &str) -> String {
    if path.starts_with('-') { format!("./{path}") } else { path.to_owned() }
}

#[test]
fn what_fixes_a_hostile_repository_does_nothing_else() {
    needs!(ALL);
    let desk = Desk::new();
    desk.succeed("git", &["init", "-q", "."]);
    let files = files();
    assert!(files.len() > 200, "{}", files.len());
    for (number, file) in files.iter().enumerate() {
        let path = desk.path("").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        // Each a key of its own.
        std::fs::write(&path, format!("VITE_KEY=csk_{number:048x}\n")).unwrap();
    }
    desk.succeed("git", &["add", "-A", "."]);
    desk.write("innocent.env", "");
    let check = ["keys", "check", "--offline"];
    let document = desk.run(&[&check[..], &["--json"]].concat()).exits(3).json();
    let findings: Vec<_> = document["findings"].as_array().unwrap().clone();
    let (mut lines, mut expected, mut ignored) = (Vec::new(), Vec::new(), Vec::new());
    let mut seen = Vec::new();
    for finding in &findings {
        let path = finding["path"].as_str().unwrap();
        let file = files.iter().find(|file| file.to_str() == Some(path));
        let Some(file) = file.filter(|file| is_showable(file)) else {
            assert_eq!(finding["fix"], json!([]), "{finding:#}");
            let message = finding["message"].as_str().unwrap();
            assert!(
                message.contains("what fixes it can't be shown: the file's name "),
                "{message}"
            );
            continue;
        };
        // Several findings have one and the same fix.
        if finding["finding"] != "secret_for_browsers" {
            continue;
        }
        let fix: Vec<String> = serde_json::from_value(finding["fix"].clone()).unwrap();
        assert_eq!(fix.len(), 4, "{finding:#}");
        lines.extend(fix.clone());
        // As one line, too.
        lines.push(fix.join(" && "));
        let (folder, name) =
            path.rsplit_once('/').map_or((None, path), |(it, name)| (Some(it), name));
        let mut git = words(&["git"]);
        git.extend(folder.iter().flat_map(|folder| ["-C".to_owned(), as_file(folder)]));
        if name.contains(['*', '?', '[', '\\', ':']) {
            git.push("--literal-pathspecs".to_owned());
        }
        git.extend(words(&["rm", "--cached", "-f", "--ignore-unmatch", "--", &as_file(name)]));
        let revoke = words(&["cencori", "keys", "revoke", &format!("{}:VITE_KEY", as_file(path))]);
        // The new key is called after where it is used; behind `--` no name is a flag.
        let name = format!("{path}:VITE_KEY");
        let (first, last) = if name.starts_with('-') {
            (Vec::new(), vec!["--".to_owned(), name])
        } else {
            (vec![name], Vec::new())
        };
        let flags = ["--publishable", "--domain", "DOMAIN", "--env-file", &as_file(path)];
        let flags = [&flags[..], &["--var", "VITE_KEY", "--overwrite"]].concat();
        let create = [words(&["cencori", "keys", "create"]), first, words(&flags), last].concat();
        for _ in 0..2 {
            expected.push([git.clone(), revoke.clone(), create.clone()]);
        }
        ignored.push(file.clone());
        seen.push(fix);
    }
    assert!(ignored.len() > 150, "{}", ignored.len());
    let shown = |file: &OsString| cencori_cli::key::mask(&file.to_string_lossy());
    let told = |file: &OsString| findings.iter().any(|it| it["path"] == *shown(file));
    assert!(files.iter().all(told));
    // The other forms name the same.
    let text = desk.run(&check).exits(3).stdout;
    let sarif = desk.run(&[&check[..], &["--sarif"]].concat()).exits(3).json().to_string();
    for fix in &seen {
        let line = fix.join(" && ");
        assert!(text.contains(&format!("\t{line}\n")), "{line}");
        let as_json = Value::from(format!(" To fix it: {line}")).to_string();
        assert!(sarif.contains(as_json.trim_matches('"')), "{line}");
    }
    // Nor does any form drive a terminal, or show the key that is in a name.
    let json = desk.run(&[&check[..], &["--json"]].concat()).exits(3).stdout;
    let sarif = desk.run(&[&check[..], &["--sarif"]].concat()).exits(3).stdout;
    for text in [&text, &json, &sarif] {
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\u{200b}', '\u{2060}']));
        assert!(!text.to_lowercase().contains(&HEX[8..]), "a name with a key in it");
    }

    let before = tree(&desk.path(""));
    for shell in &SHELLS {
        let calls = calls(&desk, shell, &lines);
        assert_eq!(calls.len(), expected.len() * 3);
        for (calls, expected) in calls.chunks(3).zip(&expected) {
            assert_eq!(calls, expected);
        }
        let mut after = tree(&desk.path(""));
        let added: Vec<_> = after.iter().filter(|path| !before.contains(path)).cloned().collect();
        assert!(
            !added.is_empty() && added.iter().all(|path| path.as_bytes().ends_with(b"/.gitignore"))
        );
        after.retain(|path| before.contains(path));
        assert_eq!(after, before);
        // git takes each for the name of that file, and of no other one.
        for file in &ignored {
            let mut git = desk.program("git");
            git.args(["check-ignore", "-q", "--no-index", "--"]).arg(Path::new(".").join(file));
            assert!(git.status().unwrap().success(), "{file:?}");
        }
        let innocent = ["check-ignore", "-q", "--no-index", "innocent.env"];
        assert!(!desk.program("git").args(innocent).status().unwrap().success());
        added.iter().for_each(|path| std::fs::remove_file(path).unwrap());
    }
}

/// The attack as it was made: quoted first, and rid of escape codes afterwards, the line
/// ran `touch`.
#[test]
fn a_name_that_ends_its_quotes_when_escapes_are_dropped_is_not_suggested() {
    let desk = Desk::new();
    desk.succeed("git", &["init", "-q", "."]);
    let name = ".env.\u{1b}]'\u{7}' ; touch PWN; #";
    desk.write(name, format!("VITE_KEY=csk_{HEX}\n"));
    desk.succeed("git", &["add", "-A", "."]);
    let check = ["keys", "check", "--offline"];
    for form in [&[][..], &["--json"], &["--sarif"]] {
        let run = desk.run(&[&check[..], form].concat()).exits(3);
        assert!(!run.stdout.contains("git rm") && !run.stdout.contains("keys revoke"), "{run:?}");
        assert!(run.stdout.contains("can't be shown: the file's name has control characters"));
    }
    let run = desk.run(&["keys", "create", "x", "--env-file", name]).exits(2);
    assert!(!run.stderr.contains("git rm"), "{}", run.stderr);
    assert!(run.stderr.contains("a command that can't be shown (the file's name has control"));
}

/// A line for `.gitignore` is not written through a link, which git would not read, nor to
/// a pipe or a folder; and why there is none is said.
#[test]
fn a_gitignore_that_takes_no_line_is_told() {
    for (make, why) in [
        (&["ln", "-s", "../home/.bashrc", ".gitignore"][..], "is a link, which git does not read"),
        (&["mkfifo", ".gitignore"], "is not a file"),
        (&["mkdir", ".gitignore"], "is not a file"),
    ] {
        let desk = Desk::new();
        desk.succeed("git", &["init", "-q", "."]);
        desk.write("a;b.env", format!("VITE_KEY=csk_{HEX}\n"));
        desk.succeed("git", &["add", "a;b.env"]);
        // git would wait for who writes to the pipe.
        desk.succeed(make[0], &make[1..]);
        let document = desk.run(&["keys", "check", "--offline", "--json"]).exits(3).json();
        let finding = &document["findings"][0];
        let lines = finding["fix"].to_string();
        assert!(lines.contains("git rm") && !lines.contains(".gitignore"), "{lines}");
        let message = finding["message"].as_str().unwrap();
        let told = format!("; .gitignore {why}: replace it, and have git ignore a;b.env");
        assert!(message.contains(&told), "{message}");
    }
}

#[test]
fn one_hostile_name_takes_no_command_from_the_other_files_of_its_key() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.succeed("git", &["init", "-q", "."]);
    desk.run(&["keys", "create", "server", "--env-file"]).exits(0);
    let hostile = ".env.\u{1b}[31m";
    desk.write(hostile, desk.read(".env"));
    desk.succeed("git", &["add", "-A", "-f", "."]);
    let document = desk.run(&["keys", "check", "--json"]).exits(3).json();
    let findings = document["findings"].as_array().unwrap();
    assert!(findings.len() >= 2, "{document:#}");
    for (index, finding) in findings.iter().enumerate() {
        let fix = finding["fix"].to_string();
        let message = finding["message"].as_str().unwrap();
        if index > 0 {
            // A key has one fix, however many files have it.
            assert!(message.contains("; the fix of ") && fix == "[]", "{finding:#}");
            continue;
        }
        assert!(fix.contains("git rm --cached") && fix.contains("keys rotate"), "{finding:#}");
        assert!(fix.contains("--env-file .env ") && fix.contains("--pause-before revoke"), "{fix}");
        assert!(!fix.contains("31m"), "{fix}");
        assert!(
            message.contains("by hand before the key is revoked: no command can name .env."),
            "{message}"
        );
        assert!(message.contains("the file's name has control characters"), "{message}");
    }
    // What is suggested works, and keeps the old key as long as it is in that file.
    let fix: Vec<String> = serde_json::from_value(findings[0]["fix"].clone()).unwrap();
    let rotate = fix.iter().find(|line| line.contains("keys rotate")).unwrap();
    let git: Vec<_> = fix.iter().filter(|line| !line.contains("cencori")).cloned().collect();
    desk.succeed("bash", &["-euc", &git.join("\n")]);
    let words: Vec<_> = rotate.split(' ').skip(1).chain(["--yes", "--no-deploy"]).collect();
    desk.run(&words);
    assert_eq!(sandbox.live_keys().len(), 2, "the old one is still in {hostile:?}");
    assert!(desk.read(".env") != desk.read(hostile));
}

/// The hint of one run as text and as JSON, which are the same.
#[track_caller]
fn hint(desk: &Desk, arguments: &[&str], number: usize) -> String {
    let run = |more: &[&str]| -> Run { desk.run(&[more, arguments].concat()) };
    let text = run(&[]);
    let error = run(&["--json"]).error();
    let hint = error["hints"][number].as_str().unwrap_or_else(|| panic!("{error}")).to_owned();
    assert!(text.stderr.contains(&format!("hint: {hint}\n")), "{}: {hint}", text.stderr);
    hint
}

#[test]
fn hints_with_hostile_keys_profiles_and_projects_do_nothing_else() {
    needs!(ALL);
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let cookie = sandbox.owner_cookie();
    let key = sandbox.create_key(&cookie, &json!({ "name": "server" }));
    let key = key["full_key"].as_str().unwrap().to_owned();
    let names = showable().into_iter().map(String::into_bytes).chain(unshowable());
    // No argument has a zero in it, and none that holds a key is looked at.
    let names = names.filter_map(|name| String::from_utf8(name).ok());
    let names: Vec<_> =
        names.filter(|name| !name.contains("sk_") && !name.contains("SK_")).collect();
    let mut config = String::new();
    for name in &names {
        let name = toml_edit::Key::new(name);
        config.push_str(&format!("[profiles.{name}]\ndashboard_url = \"{}\"\n", sandbox.url()));
    }
    let folder = desk.outside("home/.config/cencori");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), config).unwrap();
    let (mut lines, mut expected, mut refused) = (Vec::new(), Vec::new(), 0);
    let mut take = |hint: String, begin: &str, end: &str, call: Vec<String>| {
        if hint.contains("ommand that can't be shown (") {
            refused += 1;
        } else {
            lines.push(between(&hint, begin, end));
            expected.push(call);
        }
    };
    let option = |flag: &str, value: &str| match value.starts_with('-') {
        true => vec![format!("{flag}={value}")],
        false => words(&[flag, value]),
    };
    for name in &names {
        let profile = format!("--profile={name}");
        let shown = hint(&desk, &[&profile, "keys", "show", "nothing"], 0);
        let call = [words(&["cencori"]), option("--profile", name), words(&["keys", "list"])];
        take(shown, "`", "` shows what is live", call.concat());
        if !name.contains('/') {
            desk.write(name, format!("KEY={key}\n"));
            let project = format!("--project={name}:KEY");
            let shown = hint(&desk, &[&project, "keys", "show", "nothing"], 0);
            let project = option("--project", &format!("{name}:KEY"));
            let call = [words(&["cencori"]), project, words(&["keys", "list"])];
            take(shown, "`", "` shows what is live", call.concat());
            std::fs::remove_file(desk.path(name)).unwrap();
        }
        let plain = name.trim() == name && !name.chars().any(char::is_control);
        if plain && name != "-" {
            let body = json!({
                "name": name, "key_type": "publishable", "allowed_domains": ["myapp.com"],
            });
            sandbox.create_key(&cookie, &body);
            let remove = ["keys", "domains", "remove", "--", name, "myapp.com"];
            let shown = hint(&desk, &remove, 0);
            let revoke = words(&["cencori", "keys", "revoke"]);
            let dash = if name.starts_with('-') { words(&["--"]) } else { Vec::new() };
            take(shown, "or revoke it with `", "`", [revoke, dash, words(&[name])].concat());
        }
    }
    assert!(lines.len() > 150 && refused > 40, "{} {refused}", lines.len());
    // What names no project is no project, and no command either.
    for name in &names {
        let text = toml_edit::Value::from(name.as_str());
        desk.write("cencori.toml", format!("project = {text}\n"));
        let unnamed = desk.clone().without("CENCORI_PROJECT");
        let run = unnamed.run(&["keys", "list"]).exits(2);
        assert!(!run.stderr.contains("PWN`") && !run.stderr.contains('\u{1b}'), "{}", run.stderr);
    }
    std::fs::remove_file(desk.path("cencori.toml")).unwrap();
    let before = tree(&desk.path(""));
    for shell in &SHELLS {
        let calls = calls(&desk, shell, &lines);
        for ((call, expected), line) in calls.iter().zip(&expected).zip(&lines) {
            assert_eq!(call, expected, "{line}");
        }
        assert_eq!(calls.len(), expected.len());
    }
    assert_eq!(tree(&desk.path("")), before);
}

#[test]
fn hints_with_hostile_files_do_nothing_else() {
    needs!(ALL);
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.succeed("git", &["init", "-q", "."]);
    let (mut lines, mut expected, mut refused) = (Vec::new(), Vec::new(), 0);
    let files = files().into_iter().filter_map(|file| file.into_string().ok());
    let files: Vec<_> =
        files.filter(|file| !file.contains("sk_") && !file.contains("SK_")).collect();
    for file in files.iter().step_by(3) {
        let path = desk.path(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "A=1\n").unwrap();
        let flag = format!("--env-file={file}");
        let create = ["keys", "create", "x", &flag];
        // git does not track it yet, and it can't be written.
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o444)).unwrap();
        let shown = hint(&desk, &create, 0);
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        // By its name no program reads it.
        if shown == "Name the file that your program reads" {
            continue;
        }
        if shown.contains("can't be shown (") {
            refused += 1;
        } else {
            lines.push(between(&shown, "Allow writing to it with `", "`, or name another file"));
            expected.push(words(&["chmod", "u+w", &as_file(file)]));
        }
        desk.succeed("git", &["--literal-pathspecs", "add", "--", file]);
        let shown = hint(&desk, &create, 0);
        if shown.contains("can't be shown (") {
            refused += 1;
            desk.succeed("git", &["--literal-pathspecs", "rm", "-q", "--cached", "--", file]);
            continue;
        }
        lines.push(between(&shown, "Untrack it first with `", "` and have git ignore it"));
        desk.succeed("git", &["--literal-pathspecs", "rm", "-q", "--cached", "--", file]);
        let pattern = file.contains(['*', '?', '[', '\\', ':']);
        let literal = if pattern { words(&["--literal-pathspecs"]) } else { Vec::new() };
        let rm = words(&["rm", "--cached", "-f", "--ignore-unmatch", "--", &as_file(file)]);
        expected.push([words(&["git"]), literal, rm].concat());
    }
    assert!(lines.len() > 100 && refused > 40, "{} {refused}", lines.len());
    let before = tree(&desk.path(""));
    for shell in &SHELLS {
        let calls = calls(&desk, shell, &lines);
        for ((call, expected), line) in calls.iter().zip(&expected).zip(&lines) {
            assert_eq!(call, expected, "{line}");
        }
        assert_eq!(calls.len(), expected.len());
    }
    assert_eq!(tree(&desk.path("")), before);
}

#[test]
#[cfg(target_os = "linux")]
fn hints_with_hostile_entries_of_the_keychain_do_nothing_else() {
    needs!(ALL, FRONT, KEYRING);
    use crate::harness::bus::KEYRING;
    use crate::harness::front::{FRONT, desk_with_keychain};

    let sandbox = TestSandbox::start();
    let (desk, _keychain) = desk_with_keychain(&sandbox);
    let names = showable().into_iter().map(String::into_bytes).chain(unshowable());
    let names = names.filter_map(|name| String::from_utf8(name).ok());
    let (mut lines, mut expected, mut refused) = (Vec::new(), Vec::new(), 0);
    for name in names {
        let text = toml_edit::Value::from(name.as_str());
        desk.write("cencori.toml", format!("[run]\nCENCORI_API_KEY = {text}\n"));
        let run = desk.run(&["--json", "run", "--", "true"]);
        let error = run.error();
        let shown = error["hints"][0].as_str().unwrap_or_default();
        // Some are no names of entries; that is said, and no more.
        if run.code == Some(2) || shown.contains("can't be shown (") {
            assert!(!run.stderr.contains("--var CENCORI_API_KEY"), "{}", run.stderr);
            refused += 1;
            continue;
        }
        lines.push(between(shown, "Make one with `", "`"));
        let mut call = words(&["cencori", "keys", "create", "NAME"]);
        call.extend(match name.starts_with('-') {
            true => vec![format!("--keychain={name}")],
            false => words(&["--keychain", &name]),
        });
        call.extend(words(&["--var", "CENCORI_API_KEY"]));
        expected.push(call);
    }
    assert!(lines.len() > 40 && refused > 20, "{} {refused}", lines.len());
    let before = tree(&desk.path(""));
    for shell in &SHELLS {
        assert_eq!(calls(&desk, shell, &lines), expected);
    }
    assert_eq!(tree(&desk.path("")), before);
}
