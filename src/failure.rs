//! How a command fails: what happened, of which kind, and what to do next.
//!
//! The kind decides the exit code and the `code` in JSON, so scripts can tell
//! apart what they can act on; the table is in the README and in
//! `cencori --help`.

mod hint;
mod service;
mod suggested_command;

use std::fmt;
use std::io;
use std::path::Path;

use crate::disk::lock::Held;
use crate::disk::trust::Untrusted;

pub use hint::{Hint, Part};
pub use suggested_command::{Argument, Data, Program, SuggestedCommand};

/// Why a command did not do what it was asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing more precise is known.
    Failed,
    /// The command line is wrong, or lacks an answer that only a person can give.
    Usage,
    /// Nobody is signed in, or the credential was refused.
    NotSignedIn,
    /// Signed in, but not allowed to do this.
    NotAllowed,
    /// What was named does not exist.
    NotFound,
    /// The name fits several.
    Ambiguous,
    /// Some of it was done, some was not.
    PartlyDone,
    /// The service can't be reached or is failing: trying again may help.
    Unavailable,
    /// The command that was to be run can't be (`cencori run`): as shells say it.
    NotExecutable,
    /// There is no such command to be run (`cencori run`): as shells say it.
    NoCommand,
}

impl Kind {
    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotSignedIn => 4,
            Self::NotAllowed => 5,
            Self::NotFound | Self::Ambiguous => 6,
            Self::PartlyDone => 7,
            Self::Unavailable => 8,
            Self::NotExecutable => 126,
            Self::NoCommand => 127,
        }
    }

    /// The value of `error.code` in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::NotSignedIn => "not_signed_in",
            Self::NotAllowed => "not_allowed",
            Self::NotFound => "not_found",
            Self::Ambiguous => "ambiguous",
            Self::PartlyDone => "partly_done",
            Self::Unavailable => "unavailable",
            Self::NotExecutable => "not_executable",
            Self::NoCommand => "no_command",
        }
    }
}

/// A failed command, ready to be shown.
#[derive(Debug)]
pub struct Failure {
    /// Decides the exit code.
    pub kind: Kind,
    /// What happened and what state things are in now, in whole sentences.
    pub source: anyhow::Error,
    /// What to do next: only advice that would work.
    pub hints: Vec<Hint>,
}

impl Failure {
    /// A failure of `kind` with its message.
    pub fn new(kind: Kind, message: impl fmt::Display) -> Self {
        Self { kind, source: anyhow::Error::msg(message.to_string()), hints: Vec::new() }
    }

    /// A wrong command line, or a question that nobody is there to answer.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Adds what to do next.
    pub fn hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Puts what was being done, or what state things are in, before the
    /// message.
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.source = self.source.context(context.to_string());
        self
    }

    /// Says behind the message what state things are in: `Nothing was created`.
    pub fn state(mut self, state: &str) -> Self {
        self.source = anyhow::Error::msg(format!("{}. {state}", self.message()));
        self
    }

    /// Whether the reason is a file that others could have written.
    pub fn is_untrusted(&self) -> bool {
        let untrusted = |cause: &io::Error| cause.get_ref().is_some_and(|it| it.is::<Untrusted>());
        self.source.chain().any(|cause| cause.downcast_ref().is_some_and(untrusted))
    }

    /// Adds how to do without a `cencori.toml` that others could have written, for commands
    /// that want the project from it.
    pub fn or_name_the_project(self) -> Self {
        match self.is_untrusted() {
            true => self.hint("Or name the project with `--project` or CENCORI_PROJECT"),
            false => self,
        }
    }

    /// The whole message: every cause, outermost first, without the last full
    /// stop, so that it can be part of a sentence.
    pub fn message(&self) -> String {
        format!("{:#}", self.source).trim_end_matches('.').to_owned()
    }
}

impl From<anyhow::Error> for Failure {
    fn from(source: anyhow::Error) -> Self {
        let inner = source.chain().find_map(|cause| cause.downcast_ref::<io::Error>()?.get_ref());
        let held = inner.is_some_and(|inner| inner.is::<Held>());
        let hint = inner.and_then(|inner| inner.downcast_ref::<Untrusted>()).map(distrust_hint);
        let kind = if held { Kind::Unavailable } else { Kind::Failed };
        Self { kind, source, hints: hint.into_iter().collect() }
    }
}

/// Keeps others from writing to `paths`.
pub fn closing_hint<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Hint {
    let chmod = SuggestedCommand::program("chmod", ["go-w"]);
    let close = paths.into_iter().fold(chmod, |command, path| command.file(path));
    Hint::from("If all that it says is yours, keep others from writing to it with ").command(close)
}

/// What to do about a file that others could have written.
fn distrust_hint(untrusted: &Untrusted) -> Hint {
    if untrusted.can_be_closed() {
        return closing_hint([untrusted.path()]);
    }
    Hint::from("What another user has written is not used: move it away")
}

impl From<io::Error> for Failure {
    fn from(source: io::Error) -> Self {
        anyhow::Error::from(source).into()
    }
}

/// How a command that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, or already so.
    Done,
    /// Looked, and found what was asked to fail on (`--fail-if-any`).
    Findings,
    /// Of several things not all were done; a line each has said which.
    Unfinished(Kind),
    /// A command was run in the place of this one, and ended with this code.
    Passed(u8),
}

impl Exit {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings => 3,
            Self::Unfinished(kind) => kind.exit_code(),
            Self::Passed(code) => code,
        }
    }
}
