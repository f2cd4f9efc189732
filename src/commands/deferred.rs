//! Commands that are set up only when they are asked for: setting up all of them
//! takes longer than most of what a command does before its first request.

use clap::builder::{Resettable, StyledStr};
use clap::error::Error;
use clap::{ArgMatches, Command, FromArgMatches, Subcommand};

/// The subcommands `T`, set up when one of them is invoked.
#[derive(Debug)]
pub struct Deferred<T>(pub T);

impl<T: FromArgMatches> FromArgMatches for Deferred<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl<T: Subcommand> Subcommand for Deferred<T> {
    fn augment_subcommands(command: Command) -> Command {
        command.defer(|command| {
            // What was said of the group counts, not what its own type says.
            let (about, long) = (command.get_about().cloned(), command.get_long_about().cloned());
            let set = |text: Option<StyledStr>| text.map_or(Resettable::Reset, Resettable::Value);
            T::augment_subcommands(command).about(set(about)).long_about(set(long))
        })
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        command.defer(T::augment_subcommands_for_update)
    }

    fn has_subcommand(name: &str) -> bool {
        T::has_subcommand(name)
    }
}
