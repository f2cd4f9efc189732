//! What to do next, said so that no data can become a command.

use std::fmt;

use super::SuggestedCommand;

/// Advice: text of our own, data, and commands. It is put together where it is
/// shown ([`crate::ui::shell_quoting`]): data in it can't look like a command,
/// and commands are complete and quoted.
///
/// ```
/// use cencori_cli::failure::{Hint, SuggestedCommand};
/// let list = SuggestedCommand::cencori(["keys", "list"]);
/// let hint = Hint::from("See which keys are live with ").command(list);
/// # assert_eq!(hint.commands().count(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    parts: Vec<Part>,
}

/// A piece of a [`Hint`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text that is in our own source.
    Text(&'static str),
    /// What comes from elsewhere.
    Data(String),
    /// A command.
    Command(SuggestedCommand),
}

impl Hint {
    /// Goes on with text.
    pub fn text(mut self, text: &'static str) -> Self {
        self.parts.push(Part::Text(text));
        self
    }

    /// Goes on with data: a name, a number, what an error says.
    pub fn data(mut self, data: impl fmt::Display) -> Self {
        self.parts.push(Part::Data(data.to_string()));
        self
    }

    /// Goes on with a command.
    pub fn command(mut self, command: SuggestedCommand) -> Self {
        self.parts.push(Part::Command(command));
        self
    }

    /// Goes on with another hint.
    pub fn and(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self
    }

    /// The pieces, in their order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The commands in it.
    pub fn commands(&self) -> impl Iterator<Item = &SuggestedCommand> {
        self.parts.iter().filter_map(|part| match part {
            Part::Command(command) => Some(command),
            _ => None,
        })
    }
}

impl From<&'static str> for Hint {
    fn from(text: &'static str) -> Self {
        Self::default().text(text)
    }
}

impl From<SuggestedCommand> for Hint {
    fn from(command: SuggestedCommand) -> Self {
        Self::default().command(command)
    }
}
