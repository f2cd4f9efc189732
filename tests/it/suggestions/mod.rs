//! Commands that are suggested: whatever the names in them are, pasting one runs that
//! command and nothing else.

mod binary;
mod hostile;
mod shells;
mod sources;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use cencori_cli::failure::{Hint, SuggestedCommand};
use cencori_cli::ui::shell_quoting::{CommandLines, RunFlags};

use crate::harness::Desk;
use crate::harness::programs::needs;
use hostile::{showable, unshowable};
use shells::{ALL, SHELLS, calls};

fn plain() -> CommandLines {
    CommandLines::new(RunFlags::default())
}

fn list() -> SuggestedCommand {
    SuggestedCommand::cencori(["keys", "list"])
}

/// Each way in which data gets into a command, with `data`.
fn commands(data: &OsStr) -> Vec<SuggestedCommand> {
    let path = Path::new(data);
    vec![
        list().operand(data),
        list().operands([data, OsStr::new("x"), data]).words(["--usage"]),
        list().option("--name", data).placeholder("DOMAIN"),
        list().file(path),
        list().file_option("--env-file", path),
        SuggestedCommand::program("git", ["rm", "--"]).file(path),
        SuggestedCommand::program("chmod", ["u+w"]).file(path),
    ]
}

/// The arguments of each of those, as the program is to get them.
fn meant(data: &str) -> Vec<Vec<String>> {
    let file = if data.starts_with('-') { format!("./{data}") } else { data.to_owned() };
    let list = ["cencori", "keys", "list"];
    let all = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let option = format!("--name={data}");
    let dash = data.starts_with('-');
    vec![
        match dash {
            true => all(&[&list[..], &["--", data]].concat()),
            false => all(&[&list[..], &[data]].concat()),
        },
        match dash {
            true => all(&[&list[..], &["--usage", "--", data, "x", data]].concat()),
            false => all(&[&list[..], &[data, "x", data, "--usage"]].concat()),
        },
        match dash {
            true => all(&[&list[..], &[&option, "DOMAIN"]].concat()),
            false => all(&[&list[..], &["--name", data, "DOMAIN"]].concat()),
        },
        all(&[&list[..], &[&file]].concat()),
        all(&[&list[..], &["--env-file", &file]].concat()),
        all(&["git", "rm", "--", &file]),
        all(&["chmod", "u+w", &file]),
    ]
}

#[test]
fn every_shell_runs_exactly_what_was_meant() {
    needs!(ALL);
    let desk = Desk::new();
    let names = showable();
    let (mut lines, mut expected) = (Vec::new(), Vec::new());
    for name in &names {
        let commands = commands(OsStr::new(name));
        lines.extend(commands.iter().map(|command| plain().line(command).unwrap()));
        expected.extend(meant(name));
    }
    // The flags of the run are data as well.
    for name in &names {
        let flags = RunFlags {
            sandbox: true,
            profile: Some(name.clone()),
            project: Some(format!("{name}:VARIABLE")),
        };
        lines.push(CommandLines::new(flags).line(&list()).unwrap());
        let option = |flag: &str, value: String| match value.starts_with('-') {
            true => vec![format!("{flag}={value}")],
            false => vec![flag.to_owned(), value],
        };
        let mut words = vec!["cencori".to_owned(), "--sandbox".to_owned()];
        words.extend(option("--profile", name.clone()));
        words.extend(option("--project", format!("{name}:VARIABLE")));
        words.extend(["keys".to_owned(), "list".to_owned()]);
        expected.push(words);
    }
    assert!(lines.len() > 500);
    for shell in &SHELLS {
        let calls = calls(&desk, shell, &lines);
        for ((call, expected), line) in calls.iter().zip(&expected).zip(&lines) {
            assert_eq!(call, expected, "{line}");
        }
        assert_eq!(calls.len(), expected.len());
    }
    assert_eq!(shells::tree(&desk.path("")), [""; 0], "nothing else has happened");
}

#[test]
fn what_can_not_be_shown_exactly_is_not_suggested() {
    for name in unshowable() {
        let name = OsStr::from_bytes(&name);
        for command in commands(name) {
            let reason = plain().line(&command).unwrap_err().to_string();
            let reasons = [
                "has control characters",
                "has invisible characters",
                "is not UTF-8",
                "holds a key",
            ];
            assert!(reasons.iter().any(|it| reason.ends_with(it)), "{name:?}: {reason}");
            let hint = plain().hint(&Hint::from(command).text(" goes on"));
            assert_eq!(hint, format!("A command that can't be shown ({reason}) goes on"));
        }
        if let Some(name) = name.to_str() {
            let flags = RunFlags { profile: Some(name.to_owned()), ..RunFlags::default() };
            let reason = CommandLines::new(flags).line(&list()).unwrap_err().to_string();
            assert!(reason.starts_with("the value of --profile "), "{reason}");
        }
    }
    // Two halves of a key make one in a row.
    let halves = list().operand("csk_0123456789abcdef01234567").operand("x");
    assert!(plain().line(&halves).is_ok());
}

#[test]
fn data_in_a_hint_can_not_look_like_a_command() {
    let hint =
        Hint::from("Check ").data("x` or run `touch PWN\u{1b}[2K").text("; ").command(list());
    let text = plain().hint(&hint);
    assert_eq!(text, r"Check x' or run 'touch PWN\u{1b}[2K; `cencori keys list`");
    let hint = Hint::from("Revoke it with ").command(list().operand("x` or run `touch PWN"));
    let text = plain().hint(&hint);
    assert_eq!(text, "Revoke it with a command that can't be shown (it has a backtick in it)");
}

#[test]
fn a_command_has_a_flag_of_the_run_or_its_own() {
    let flags = RunFlags { project: Some("one".to_owned()), ..RunFlags::default() };
    let lines = CommandLines::new(flags);
    assert_eq!(lines.line(&list()).unwrap(), "cencori --project one keys list");
    let other = list().option("--project", "other");
    assert_eq!(lines.line(&other).unwrap(), "cencori keys list --project other");
    // A folder is linked, and somebody signed in, whatever project was named.
    for words in [["link", ".env:KEY"], ["auth", "login"]] {
        let line = lines.line(&SuggestedCommand::cencori(words)).unwrap();
        assert_eq!(line, format!("cencori {}", words.join(" ")));
    }
}
