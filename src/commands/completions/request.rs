//! What a script asks, and the form in which it reads the answer.
//!
//! A script calls `CENCORI_COMPLETE=SHELL cencori -- WORD...`. Of the words, the
//! last is the one to be completed, as far as the cursor; the first is the name of
//! the command. bash gives two texts instead: its line as far as the cursor, and
//! the end of it that it will replace.
//!
//! The first line of an answer says what the shell is to complete on its own where
//! nothing follows: `files`, `folders`, `commands` or `none`. Then comes a
//! candidate a line.

use std::ffi::{OsStr, OsString};

use super::candidates::{Answer, Candidate, Native};
use super::quoting::{self, Unquoted};

#[derive(Clone, Copy)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    Zsh,
}

/// What is asked.
pub struct Request {
    shell: Shell,
    /// The words, the last one unfinished.
    line: Vec<String>,
    /// Of the last word, what bash leaves as it is.
    kept: Unquoted,
    /// Whether the shell will put the home directory for what the last word begins
    /// with.
    at_home: bool,
}

impl Request {
    /// What `shell` asks with `arguments`. `None` if it is none of ours, or where there is nothing
    /// to complete.
    pub fn parse(shell: &OsStr, arguments: &[OsString]) -> Option<Self> {
        let shell = match shell.to_str()? {
            "bash" => Shell::Bash,
            "elvish" => Shell::Elvish,
            "fish" => Shell::Fish,
            "zsh" => Shell::Zsh,
            _ => return None,
        };
        let words = arguments.iter().map(|word| word.to_str().map(str::to_owned));
        let mut words: Vec<String> = words.collect::<Option<_>>()?;
        let mut kept = Unquoted::default();
        // Without quotes around it, that is; zsh's script sees to that itself, and
        // elvish has put it already.
        let mut at_home = !matches!(shell, Shell::Elvish) && words.last()?.starts_with("~/");
        if let Shell::Bash = shell {
            let [line, replaced] = &words[..] else { return None };
            let raw = quoting::words(line);
            at_home = raw.last()?.starts_with("~/");
            kept = quoting::unquote(raw.last()?.strip_suffix(replaced.as_str())?);
            words = raw.into_iter().map(|word| quoting::unquote(word).text).collect();
        } else if let Shell::Fish = shell {
            let last = words.last_mut()?;
            *last = quoting::unquote_fish(last);
        }
        // The name of the command and a word at least. A key is not passed on.
        let fits =
            words.len() > 1 && !words.iter().any(|word| crate::key::contains_hidden_key(word));
        fits.then_some(Self { shell, line: words, kept, at_home })
    }

    /// The words, the last one unfinished.
    pub fn line(&self) -> &[String] {
        &self.line
    }

    /// `answer` for the script.
    pub fn render(&self, answer: &Answer) -> String {
        let native = match answer.native {
            Native::None => "none",
            Native::Files => "files",
            Native::Folders => "folders",
            Native::Commands => "commands",
        };
        let lines = answer.candidates.iter().filter_map(|candidate| self.line_of(candidate));
        lines.fold(format!("{native}\n"), |text, line| text + &line + "\n")
    }

    fn line_of(&self, candidate: &Candidate) -> Option<String> {
        let value = &candidate.value;
        if value.starts_with('~') && !self.at_home {
            return None;
        }
        let described = |value: &str, separator: &str| match &candidate.description {
            Some(description) => format!("{value}{separator}{description}"),
            None => value.to_owned(),
        };
        match self.shell {
            // What it will put in the place of the word's end.
            Shell::Bash => self.kept.quoted_rest(value),
            Shell::Elvish | Shell::Fish => Some(described(value, "\t")),
            // `_describe` takes a candidate apart at its colon.
            Shell::Zsh => {
                let sign = if candidate.goes_on() { '+' } else { ' ' };
                let value = value.replace('\\', "\\\\").replace(':', "\\:");
                Some(format!("{sign}{}", described(&value, ":")))
            }
        }
    }
}
