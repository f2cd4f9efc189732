//! What an argument's value is, said beside the argument: `#[arg(add =
//! Completes::Key)]`.

use clap::builder::ArgExt;
use clap::{Arg, ValueHint};

/// What a person would choose from at an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completes {
    /// KEY: live keys, and the variables of `.env` files that hold one.
    Key,
    /// KEY, where only publishable keys are of use.
    PublishableKey,
    /// KEY of `keys revoke`: as [`Self::Key`], but for the variables only those that
    /// are begun.
    RevokedKey,
    /// KEY of `keys rotate`: as [`Self::Key`], or where it goes on, the keys of
    /// open rotations.
    RotatedKey,
    /// The id of a live key.
    KeyId,
    /// A domain of the key that is named before.
    DomainOfKey,
    /// FILE:VARIABLE with a key.
    Location,
    /// A variable of the file that is named before, or of `.env`.
    Variable,
    /// A profile of config.toml.
    Profile,
    /// A `.env` file.
    EnvFile,
    /// Any file; shells know best how to complete one.
    File,
    /// A folder, likewise.
    Folder,
    /// A command, likewise.
    Command,
    /// A command and then its arguments, likewise.
    CommandLine,
}

impl ArgExt for Completes {}

impl Completes {
    /// What the value of `argument` is, by its mark or else by its hint. `None` if that is not
    /// known, or the argument lists its values itself.
    pub(super) fn of(argument: &Arg) -> Option<Self> {
        argument.get::<Self>().copied().or_else(|| match argument.get_value_hint() {
            ValueHint::AnyPath | ValueHint::FilePath => Some(Self::File),
            ValueHint::DirPath => Some(Self::Folder),
            ValueHint::CommandString => Some(Self::Command),
            ValueHint::CommandWithArguments => Some(Self::CommandLine),
            _ => None,
        })
    }
}
