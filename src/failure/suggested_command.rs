//! A command that a person may run next.
//!
//! Data is never a command: a [`SuggestedCommand`] is a list of arguments, and
//! nothing can make one from a line that is ready. [`crate::ui::shell_quoting`]
//! turns it into a line, quoted for the person's shell, and refuses to where
//! the line would not be what it looks like.

use std::ffi::{OsStr, OsString};
use std::path::Path;

/// A program and its arguments. Without the flags that say which service,
/// account and project is meant: those of this run are added when it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestedCommand {
    program: Program,
    arguments: Vec<Argument>,
}

/// What is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// This tool.
    Cencori,
    /// Another one, by its name.
    Other(&'static str),
    /// What adds a line, the first argument, to a file, the second. The line is one of its
    /// own whatever the last one ends with.
    AppendLine,
}

/// One argument, or a flag with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A word that is in our own source: a subcommand, a flag, `-`.
    Word(&'static str),
    /// What the person has to put in, as `DOMAIN`.
    Placeholder(&'static str),
    /// Data that stands alone.
    Operand(Data),
    /// Data that is the value of a flag.
    Value(&'static str, Data),
}

/// What comes from a file, from the service or from the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// What it is called in a sentence: `the file's name`.
    pub what: &'static str,
    /// It itself.
    pub value: OsString,
}

const FILE: &str = "the file's name";
const ARGUMENT: &str = "an argument";

impl SuggestedCommand {
    /// `cencori` with the `words` of a subcommand, such as `["keys", "list"]`.
    pub fn cencori(words: impl IntoIterator<Item = &'static str>) -> Self {
        Self { program: Program::Cencori, arguments: Vec::new() }.words(words)
    }

    /// Another program, by its name, with the first of its arguments.
    pub fn program(name: &'static str, words: impl IntoIterator<Item = &'static str>) -> Self {
        Self { program: Program::Other(name), arguments: Vec::new() }.words(words)
    }

    /// What adds `line` to the file at `path`.
    pub fn append_line(line: impl AsRef<OsStr>, path: &Path) -> Self {
        Self { program: Program::AppendLine, arguments: Vec::new() }.operand(line).file(path)
    }

    /// Adds words of our own: flags, `-`, `--`.
    pub fn words(mut self, words: impl IntoIterator<Item = &'static str>) -> Self {
        self.arguments.extend(words.into_iter().map(Argument::Word));
        self
    }

    /// Adds a word that the person has to replace, such as `DOMAIN`.
    pub fn placeholder(mut self, word: &'static str) -> Self {
        self.arguments.push(Argument::Placeholder(word));
        self
    }

    /// Adds `value`, which is no flag whatever it begins with.
    pub fn operand(mut self, value: impl AsRef<OsStr>) -> Self {
        let data = Data { what: ARGUMENT, value: value.as_ref().to_owned() };
        self.arguments.push(Argument::Operand(data));
        self
    }

    /// Adds each of `values` as [`Self::operand`] does.
    pub fn operands(self, values: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        values.into_iter().fold(self, Self::operand)
    }

    /// Adds `flag` with `value`, whatever that begins with.
    pub fn option(mut self, flag: &'static str, value: impl AsRef<OsStr>) -> Self {
        let data = Data { what: ARGUMENT, value: value.as_ref().to_owned() };
        self.arguments.push(Argument::Value(flag, data));
        self
    }

    /// Adds the name of a file. One that begins like a flag begins with `./`.
    pub fn file(mut self, path: &Path) -> Self {
        self.arguments.push(Argument::Operand(file(path)));
        self
    }

    /// Adds `flag` with the name of a file, as [`Self::file`] does.
    pub fn file_option(mut self, flag: &'static str, path: &Path) -> Self {
        self.arguments.push(Argument::Value(flag, file(path)));
        self
    }

    /// What is run.
    pub fn what(&self) -> Program {
        self.program
    }

    /// The arguments, in their order.
    pub fn arguments(&self) -> &[Argument] {
        &self.arguments
    }

    /// Whether it is this tool's subcommand of these words.
    pub fn is_cencori(&self, words: &[&'static str]) -> bool {
        let begins = self.arguments.iter().zip(words);
        self.program == Program::Cencori
            && self.arguments.len() >= words.len()
            && begins.into_iter().all(|(argument, word)| *argument == Argument::Word(word))
    }

    /// The words that the person has to replace, in their order.
    pub fn placeholders(&self) -> impl Iterator<Item = &'static str> {
        self.arguments.iter().filter_map(|argument| match argument {
            Argument::Placeholder(word) => Some(*word),
            _ => None,
        })
    }
}

fn file(path: &Path) -> Data {
    let value = if path.as_os_str().as_encoded_bytes().starts_with(b"-") {
        Path::new(".").join(path).into_os_string()
    } else {
        path.as_os_str().to_owned()
    };
    Data { what: FILE, value }
}
