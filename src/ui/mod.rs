//! What a person or a script gets to see.
//!
//! Call sites name the kind of text (data, status, warning, trace), never the
//! stream. Data goes to stdout, everything else to stderr. With `--json`,
//! stdout holds exactly one document and stderr at most one: warnings become a
//! field of them, progress is not told.

pub mod interrupt;
pub mod prompt;
pub mod report;
pub mod shell_quoting;

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use anstyle::{AnsiColor, Style};
use zeroize::Zeroizing;

use crate::failure::{Failure, Hint};
use crate::key;
use crate::printable::is_invisible;
pub use crate::printable::printable;
use report::Report;
use shell_quoting::{CommandLines, RunFlags};

const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// How much is told on stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors and warnings.
    Quiet,
    /// Also what was done.
    Normal,
    /// Also every request.
    Verbose,
}

/// The two output streams, and how to use them.
pub struct Ui {
    json: bool,
    verbosity: Verbosity,
    stdout_is_terminal: bool,
    /// Columns of the terminal on stdout.
    width: Option<u16>,
    warnings: Mutex<Vec<String>>,
    commands: CommandLines,
}

impl Ui {
    /// `width` is that of the terminal on stdout, `None` if there is none. The `flags` of the run
    /// are a part of the commands that are suggested.
    pub fn new(json: bool, verbosity: Verbosity, width: Option<u16>, flags: RunFlags) -> Self {
        let warnings = Mutex::new(Vec::new());
        let commands = CommandLines::new(flags);
        Self { json, verbosity, stdout_is_terminal: width.is_some(), width, warnings, commands }
    }

    /// How suggested commands are written.
    pub fn commands(&self) -> &CommandLines {
        &self.commands
    }

    /// Whether output is for a program.
    pub fn json(&self) -> bool {
        self.json
    }

    /// Prints what the command was asked for.
    ///
    /// # Errors
    /// If stdout takes no more. A reader that has gone away (`| head -1`) is an error too: only
    /// the caller knows whether that loses something.
    pub fn report(&self, report: &dyn Report) -> io::Result<()> {
        // One field of one report is a key.
        let text = Zeroizing::new(if self.json {
            let mut document = report.json();
            let warnings = self.take_warnings();
            if let (Some(object), false) = (document.as_object_mut(), warnings.is_empty()) {
                object.insert("warnings".to_owned(), warnings.into());
            }
            escaped(&Zeroizing::new(format!("{document:#}\n")))
        } else {
            report.text(&Layout { terminal: self.stdout_is_terminal, width: self.width })
        });
        match report.shows_key() {
            true => self.data(text.as_bytes()),
            false => self.data(key::mask(&text).as_bytes()),
        }
    }

    /// Prints a document of another form than that of `--json`.
    pub fn document(&self, document: &serde_json::Value) -> io::Result<()> {
        self.data(key::mask(&escaped(&format!("{document:#}\n"))).as_bytes())
    }

    /// Prints text that is the same for everybody, such as a script.
    pub fn data(&self, text: &[u8]) -> io::Result<()> {
        let mut stdout = anstream::stdout().lock();
        stdout.write_all(text)?;
        stdout.flush()
    }

    /// Says what was done or is being done.
    pub fn status(&self, text: &str) {
        if self.verbosity >= Verbosity::Normal && !self.json {
            self.line(&printable(text));
        }
    }

    /// Says what a person should look at although the command goes on.
    pub fn warn(&self, text: &str) {
        if self.json {
            self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(key::mask(text));
        } else {
            self.line(&format!("{WARNING}warning:{WARNING:#} {}", printable(text)));
        }
    }

    /// Says what a person who is there is to do now, however quiet it should be:
    /// they would wait for nothing otherwise.
    pub fn ask(&self, text: &str) {
        self.line(&printable(text));
    }

    /// Takes a line that was typed at the terminal off the screen.
    pub fn forget_line(&self, line: &str) {
        let terminal = console::Term::stderr();
        let width = usize::from(terminal.size().1).max(1);
        // Without a terminal there is nothing to be taken away.
        let _ = terminal.clear_last_lines(line.chars().count() / width + 1);
    }

    /// Says what a person should look at, as [`Self::warn`] does, and what to do
    /// about it.
    pub fn warn_with(&self, text: &str, hint: impl Into<Hint>) {
        let hint = hint.into();
        if self.json {
            self.warn(&format!("{text} {}.", self.commands.hint(&hint)));
        } else {
            self.warn(text);
            self.hint(hint);
        }
    }

    /// Says what could be done next.
    pub fn hint(&self, hint: impl Into<Hint>) {
        if self.verbosity >= Verbosity::Normal && !self.json {
            let hint = self.commands.hint(&hint.into());
            self.line(&format!("{HINT}hint:{HINT:#} {hint}"));
        }
    }

    /// Shows a technical step (`-v`). Must not be given headers or bodies.
    pub fn trace(&self, text: &str) {
        if self.verbosity >= Verbosity::Verbose {
            self.line(&printable(text));
        }
    }

    /// Shows why the command failed, and what to do next.
    pub fn failure(&self, failure: &Failure) {
        let message = key::mask(&format!("{}.", printable(&failure.message())));
        let hints: Vec<String> =
            failure.hints.iter().map(|hint| key::mask(&self.commands.hint(hint))).collect();
        if self.json {
            let mut error = serde_json::json!({
                "code": failure.kind.code(), "message": message, "hints": hints,
            });
            let warnings = self.take_warnings();
            if !warnings.is_empty() {
                error["warnings"] = warnings.into();
            }
            self.line(&escaped(&serde_json::json!({ "error": error }).to_string()));
            return;
        }
        self.line(&format!("{ERROR}error:{ERROR:#} {message}"));
        for hint in hints {
            self.line(&format!("{HINT}hint:{HINT:#} {hint}"));
        }
    }

    /// Shows what is wrong with the command line: `text` has several lines, the first of
    /// which begins with `error: `.
    pub fn complaint(&self, text: &str) {
        // Line by line a key that has a line break in it would be none.
        for (number, line) in key::mask(text).trim_end().lines().enumerate() {
            let line = printable(line);
            match line.strip_prefix("error:").filter(|_| number == 0) {
                Some(rest) => self.line(&format!("{ERROR}error:{ERROR:#}{rest}")),
                None => self.line(&line),
            }
        }
    }

    fn take_warnings(&self) -> Vec<String> {
        std::mem::take(&mut self.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// One line on stderr. Keys are masked here whatever the caller did; a
    /// stderr that takes no more is nothing that could be reported anywhere.
    fn line(&self, text: &str) {
        let mut stderr = anstream::stderr().lock();
        let _ = writeln!(stderr, "{}", key::mask(text));
    }
}

/// What a report needs to know of the place it is shown at.
pub struct Layout {
    /// Whether a person looks at it.
    pub terminal: bool,
    /// Columns, where there is a terminal.
    pub width: Option<u16>,
}

/// `json`, one document, with the characters that [`printable`] writes out escaped:
/// JSON itself asks for that only of those below a space, and terminals obey
/// others too (U+009B begins a command as ESC [ does). Texts keep their meaning.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if character != '\n' && is_invisible(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(character);
        }
    }
    text
}

/// The result of printing something that is there to be looked at, where a
/// reader that has seen enough (`| head -1`) has missed nothing.
///
/// # Errors
/// As `result`, but for a reader that has gone away.
pub fn unless_reader_left(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_on_a_terminal_does_not_drive_it_and_means_the_same() {
        let document =
            serde_json::json!({ "name": "a\u{9b}31m\u{7f}\u{202e}\u{1b}[0m é\u{2060}\u{e0041}" });
        let text = escaped(&format!("{document:#}\n"));
        assert_eq!(
            text,
            "{\n  \"name\": \"a\\u009b31m\\u007f\\u202e\\u001b[0m é\\u2060\\udb40\\udc41\"\n}\n"
        );
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), document);
    }
}
