//! How a command that is suggested is written: for the shell of whoever reads
//! it, complete, and only where pasting it runs exactly that.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fmt;

use super::printable;
use crate::failure::{Argument, Data, Hint, Part, Program, SuggestedCommand};
use crate::key;

/// What a suggested command stands between in a sentence.
const QUOTE: char = '`';

/// The flags of this run that say which service, account and project is meant:
/// a command that is run later needs them too.
#[derive(Clone, Debug, Default)]
pub struct RunFlags {
    /// `--sandbox`.
    pub sandbox: bool,
    /// `--profile`, as it was given.
    pub profile: Option<String>,
    /// `--project`, as it was given.
    pub project: Option<String>,
}

/// The syntax of a shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shell {
    /// sh, bash, zsh, and what fish has in common with them.
    Posix,
    /// PowerShell, of any version.
    PowerShell,
}

/// Writes suggested commands, and the hints that name them.
#[derive(Clone, Debug)]
pub struct CommandLines {
    flags: RunFlags,
    shell: Shell,
}

/// Why a command can't be shown: as a line it would not be what it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unshowable {
    what: &'static str,
    why: &'static str,
}

impl fmt::Display for Unshowable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.what, self.why)
    }
}

impl CommandLines {
    /// Of a run with these flags, for the shell that people of this system use.
    pub fn new(flags: RunFlags) -> Self {
        let shell = if cfg!(windows) { Shell::PowerShell } else { Shell::Posix };
        Self { flags, shell }
    }

    /// The command as one line.
    ///
    /// # Errors
    /// If an argument can't be shown as it is, or holds a key.
    pub fn line(&self, command: &SuggestedCommand) -> Result<String, Unshowable> {
        let words = self.words(command)?;
        let words = words.iter().map(|word| match word {
            Word::Own(text) => Ok(Cow::Borrowed(*text)),
            Word::Data(what, text) => {
                self.shell.quoted(text).map_err(|why| Unshowable { what, why })
            }
        });
        let words = words.collect::<Result<Vec<_>, _>>()?;
        let line = match (command.what(), self.shell, &words[..]) {
            (Program::AppendLine, Shell::Posix, [line, file]) => {
                format!("printf '\\n%s\\n' {line} >> {file}")
            }
            (Program::AppendLine, Shell::PowerShell, [line, file]) => {
                format!("Add-Content -LiteralPath {file} -Value '', {line}")
            }
            _ => words.join(" "),
        };
        // What is harmless in each argument may not be so in their row.
        match obstacle(&line, key::contains_hidden_key) {
            Some(why) => Err(Unshowable { what: "the line", why }),
            None => Ok(line),
        }
    }

    /// The program and its arguments, as no shell has to read them.
    pub fn argv(&self, command: &SuggestedCommand) -> Result<Vec<String>, Unshowable> {
        let words = self.words(command)?.into_iter().map(|word| match word {
            Word::Own(text) => text.to_owned(),
            Word::Data(_, text) => text,
        });
        Ok(words.collect())
    }

    /// The hint as a sentence. A command that can't be shown is replaced by the
    /// reason.
    pub fn hint(&self, hint: &Hint) -> String {
        let mut text = String::new();
        for part in hint.parts() {
            match part {
                Part::Text(own) => text.push_str(own),
                // Between two of these it would be taken for a command.
                Part::Data(data) => text.push_str(&printable(data).replace(QUOTE, "'")),
                Part::Command(command) => match self.in_quotes(command) {
                    Ok(line) => text.push_str(&format!("{QUOTE}{line}{QUOTE}")),
                    Err(reason) => {
                        let article = if text.is_empty() { "A" } else { "a" };
                        text.push_str(&format!("{article} command that can't be shown ({reason})"));
                    }
                },
            }
        }
        key::mask(&text)
    }

    /// The command as [`Self::line`], for a place between [`QUOTE`]s: one within it would
    /// end it, and begin another one.
    fn in_quotes(&self, command: &SuggestedCommand) -> Result<String, Unshowable> {
        let line = self.line(command)?;
        match line.contains(QUOTE) {
            true => Err(Unshowable { what: "it", why: "has a backtick in it" }),
            false => Ok(line),
        }
    }

    fn words(&self, command: &SuggestedCommand) -> Result<Vec<Word>, Unshowable> {
        let mut words = Vec::new();
        match command.what() {
            Program::Cencori => {
                words.push(Word::Own("cencori"));
                self.add_flags(command, &mut words)?;
            }
            Program::Other(name) => words.push(Word::Own(name)),
            Program::AppendLine => {}
        }
        let arguments = command.arguments();
        let ends_flags = arguments.contains(&Argument::Word("--"));
        let like_flag = |it: &Argument| match it {
            Argument::Operand(data) => begins_like_a_flag(&data.value),
            _ => false,
        };
        // Behind `--` nothing is a flag; so all flags must come before it.
        let moves = !ends_flags && arguments.iter().any(like_flag);
        let mut behind = Vec::new();
        for argument in arguments {
            match argument {
                Argument::Word(word) | Argument::Placeholder(word) => words.push(Word::Own(word)),
                Argument::Operand(data) if moves => behind.push(Word::data(data)?),
                Argument::Operand(data) => words.push(Word::data(data)?),
                Argument::Value(flag, data) => add_option(flag, data, &mut words)?,
            }
        }
        if moves {
            words.push(Word::Own("--"));
            words.extend(behind);
        }
        Ok(words)
    }

    /// Adds the flags of this run but for those that `command` has itself.
    fn add_flags(
        &self,
        command: &SuggestedCommand,
        words: &mut Vec<Word>,
    ) -> Result<(), Unshowable> {
        if self.flags.sandbox {
            words.push(Word::Own("--sandbox"));
        }
        // What `link` and `auth` do is about no project, or about another one.
        let of_none = ["auth", "link"].iter().any(|word| command.is_cencori(&[word]));
        let project = self.flags.project.as_ref().filter(|_| !of_none);
        let named = [
            ("--profile", "the value of --profile", self.flags.profile.as_ref()),
            ("--project", "the value of --project", project),
        ];
        for (flag, what, value) in named {
            let is_own = |it: &Argument| matches!(it, Argument::Value(own, _) if *own == flag);
            if let (Some(value), false) = (value, command.arguments().iter().any(is_own)) {
                let value = OsString::from(value);
                add_option(flag, &Data { what, value }, words)?;
            }
        }
        Ok(())
    }
}

/// One word of a line.
enum Word {
    /// Of our own, with nothing in it that a shell reads otherwise.
    Own(&'static str),
    /// Data, and what that is.
    Data(&'static str, String),
}

impl Word {
    fn data(data: &Data) -> Result<Self, Unshowable> {
        Ok(Self::Data(data.what, exact(data)?.to_owned()))
    }
}

fn add_option(flag: &'static str, data: &Data, words: &mut Vec<Word>) -> Result<(), Unshowable> {
    let value = exact(data)?;
    if begins_like_a_flag(&data.value) {
        words.push(Word::Data(data.what, format!("{flag}={value}")));
    } else {
        words.extend([Word::Own(flag), Word::Data(data.what, value.to_owned())]);
    }
    Ok(())
}

fn begins_like_a_flag(value: &OsStr) -> bool {
    value.as_encoded_bytes().starts_with(b"-")
}

/// The text of `data`, where all of it can be seen.
fn exact(data: &Data) -> Result<&str, Unshowable> {
    let unshowable = |why| Unshowable { what: data.what, why };
    // The replacement character stands for what was not, when somebody made it a text.
    let text = data.value.to_str().filter(|text| !text.contains(char::REPLACEMENT_CHARACTER));
    let text = text.ok_or(unshowable("is not UTF-8"))?;
    obstacle(text, key::contains_disguised_key).map_or(Ok(text), |why| Err(unshowable(why)))
}

/// Why `text` can't be shown as it is; `contains_key` says whether it has a key. Digits of
/// several arguments are no key in disguise.
fn obstacle(text: &str, contains_key: fn(&str) -> bool) -> Option<&'static str> {
    if text.chars().any(char::is_control) {
        Some("has control characters")
    } else if printable(text) != text {
        Some("has invisible characters")
    } else if contains_key(text) {
        Some("holds a key")
    } else {
        None
    }
}

impl Shell {
    fn quoted(self, word: &str) -> Result<Cow<'_, str>, &'static str> {
        match self {
            Self::Posix => shlex::try_quote(word).map_err(|_| "has control characters"),
            Self::PowerShell => quoted_for_powershell(word),
        }
    }
}

/// A word for PowerShell, where single quotes stand for themselves when they are
/// doubled, also the typographic ones (about_Quoting_Rules). Versions before 7.3
/// hand an empty argument, a double quote and a backslash at the end to programs in
/// another way (about_Parsing, *Passing arguments that contain quote characters*).
pub(crate) fn quoted_for_powershell(word: &str) -> Result<Cow<'_, str>, &'static str> {
    if word.is_empty() {
        return Err("is empty");
    }
    if word.contains('"') || word.ends_with('\\') {
        return Err("can't be passed on by every version of PowerShell");
    }
    // Of what begins with a dash PowerShell takes apart what a `.` or `:` is in.
    let plain = |it: char| it.is_ascii_alphanumeric() || "_-./\\:".contains(it);
    let is_flag = |it: char| it.is_ascii_alphanumeric() || it == '-';
    let plain =
        if word.starts_with('-') { word.chars().all(is_flag) } else { word.chars().all(plain) };
    if plain {
        return Ok(word.into());
    }
    let mut quoted = String::from("'");
    for character in word.chars() {
        if matches!(character, '\'' | '\u{2018}'..='\u{201b}') {
            quoted.push(character);
        }
        quoted.push(character);
    }
    quoted.push('\'');
    Ok(quoted.into())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn powershell_takes_each_word_as_it_is_meant() {
        for plain in ["keys", "a_b-c.d", "C:\\Users\\x", "./-x", "--env-file", "-x"] {
            assert_eq!(Shell::PowerShell.quoted(plain).unwrap(), plain);
        }
        // about_Quoting_Rules, about_Parsing; typographic quotes end a quoted word too.
        for (word, line) in [
            ("a b", "'a b'"),
            ("it's", "'it''s'"),
            ("' ; calc; '", "''' ; calc; '''"),
            ("\u{2019} ; calc; \u{201a}", "'\u{2019}\u{2019} ; calc; \u{201a}\u{201a}'"),
            ("$(calc)", "'$(calc)'"),
            ("$env:X", "'$env:X'"),
            ("`calc", "'`calc'"),
            ("@a", "'@a'"),
            ("a,b;c|d&e", "'a,b;c|d&e'"),
            ("--%", "'--%'"),
            ("--profile=-x", "'--profile=-x'"),
            ("-a.b", "'-a.b'"),
            ("{calc}", "'{calc}'"),
            ("# no", "'# no'"),
            ("é", "'é'"),
        ] {
            assert_eq!(Shell::PowerShell.quoted(word).unwrap(), line);
        }
        for refused in ["", "a\"b", "a b\\"] {
            assert!(Shell::PowerShell.quoted(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_line_is_added_to_a_file_by_what_the_shell_has() {
        let command = SuggestedCommand::append_line("/it's.env", Path::new("a b/.gitignore"));
        let line =
            |shell| CommandLines { flags: RunFlags::default(), shell }.line(&command).unwrap();
        assert_eq!(line(Shell::Posix), "printf '\\n%s\\n' \"/it's.env\" >> 'a b/.gitignore'");
        let expected = "Add-Content -LiteralPath 'a b/.gitignore' -Value '', '/it''s.env'";
        assert_eq!(line(Shell::PowerShell), expected);
    }
}
