//! Words for a shell: what is completed says what it is meant to say, as another reader
//! of the shell's language takes it apart. Words are separated by zeros: the first is
//! what was typed so far, the others are values.

use crate::commands::completions::quoting::{Open, unquote, unquote_fish, words};
use crate::commands::completions::request::Request;
use crate::failure::SuggestedCommand;
use crate::ui::shell_quoting::{CommandLines, RunFlags, quoted_for_powershell};

pub fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut parts = text.split('\0');
    let typed = parts.next().unwrap_or_default();
    let values: Vec<_> = parts.take(8).collect();

    for word in words(typed) {
        assert!(typed.contains(word));
        let _ = unquote_fish(word);
    }
    // bash has cut the line into words; the last one goes on.
    let last = words(typed).last().copied().unwrap_or_default();
    let kept = unquote(last);
    for value in values.iter().copied().chain([kept.text.as_str()]) {
        if value.contains(['\n', '\r']) {
            continue;
        }
        let Some(rest) = kept.quoted_rest(value) else { continue };
        let whole = typed_by_readline(last, kept.open(), &rest);
        // The home directory is the one thing that the shell is to put in.
        let read = shlex::split(&whole);
        assert_eq!(read.as_deref(), Some(&[value.to_owned()][..]), "{last:?} + {rest:?}");
        let again = unquote(&whole);
        assert_eq!(again.text, value, "{whole:?}");
    }
    suggested(&values);
    for shell in ["bash", "elvish", "fish", "zsh"] {
        let arguments: Vec<_> = text.split('\0').map(Into::into).collect();
        let _ = Request::parse(shell.as_ref(), &arguments);
    }
}

/// A command that is suggested runs with the arguments that it is made of.
fn suggested(values: &[&str]) {
    let [flag, operands @ ..] = values else { return };
    let flags =
        RunFlags { project: operands.first().map(|it| (*it).to_owned()), ..RunFlags::default() };
    let command = SuggestedCommand::cencori(["keys", "show"]).option("--name", flag);
    let command = command.operands(operands);
    let lines = CommandLines::new(flags);
    for command in [command, SuggestedCommand::program("git", ["rm"]).operands(operands)] {
        let (line, argv) = (lines.line(&command), lines.argv(&command));
        let Ok(line) = line else { continue };
        let argv = argv.expect("what can be written as a line can be written as words");
        assert!(!line.chars().any(char::is_control), "{line:?}");
        assert_eq!(shlex::split(&line), Some(argv.clone()), "{line:?}");
        for value in operands {
            assert!(argv.iter().any(|word| word == value), "{value:?} is not in {argv:?}");
        }
    }
    for value in values {
        if let Ok(word) = quoted_for_powershell(value) {
            assert_eq!(read_by_powershell(&word).as_deref(), Some(*value), "{word}");
        }
    }
}

/// The word that PowerShell reads (about_Quoting_Rules); `None` if it may be more than a word, or
/// another one.
fn read_by_powershell(word: &str) -> Option<String> {
    let is_quote =
        |it: char| matches!(it, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}');
    let Some(quoted) = word.strip_prefix('\'') else {
        let plain = |it: char| it.is_ascii_alphanumeric() || "_-./\\:".contains(it);
        return word.chars().all(plain).then(|| word.to_owned());
    };
    let mut text = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        if is_quote(character) {
            match characters.next() {
                None => return Some(text),
                Some(second) if is_quote(second) => {}
                Some(_) => return None,
            }
        }
        text.push(character);
    }
    None
}

/// What the line is when readline has put `rest` behind `word`: where a quote is
/// open, one that `rest` begins with is taken for that one, and one is added unless
/// `rest` ends with it.
fn typed_by_readline(word: &str, open: Open, rest: &str) -> String {
    let quote = match open {
        Open::Nothing => return format!("{word}{rest}"),
        Open::Single => '\'',
        Open::Double => '"',
    };
    let rest = rest.strip_prefix(quote).unwrap_or(rest);
    let end = if rest.ends_with(quote) { String::new() } else { quote.to_string() };
    format!("{word}{rest}{end}")
}
