//! How a rotation is to be done, on the command line: of `keys rotate`, and of
//! whatever else replaces a key.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;

use crate::commands::keys::destination_flags::DestinationFlags;
use crate::context::Context;
use crate::failure::Failure;
use crate::ops::rotate::journal::Instructions;
use crate::ops::rotate::state::Step;
use crate::scan::occurrence::own_path;

/// How a rotation is to be done.
#[derive(Debug, Default, clap::Args)]
pub struct Flags {
    #[command(flatten)]
    pub(super) destinations: DestinationFlags,

    /// Run this command to deploy the new key; it must exit with 0
    #[arg(help_heading = "Deployment and verification", long, value_name = "COMMAND", value_hint = clap::ValueHint::CommandString)]
    pub(super) deploy: Option<String>,

    /// Deploy nothing: what uses the key reads it again from where it is written
    ///
    /// If nobody can be asked, one of --no-deploy, --deploy, --until-idle and --pause-before is
    /// required.
    #[arg(help_heading = "Deployment and verification", long, conflicts_with = "deploy")]
    pub(super) no_deploy: bool,

    /// Verify the new key with this command, which gets it on standard input; it must exit with 0
    #[arg(help_heading = "Deployment and verification", long, value_name = "COMMAND", value_hint = clap::ValueHint::CommandString)]
    pub(super) verify_with: Option<String>,

    /// Treat the new key as verified once the usage logs show it in use; wait this long, such as
    /// `15m`
    #[arg(help_heading = "Deployment and verification", long, value_name = "TIME", value_parser = parse_time, conflicts_with = "skip_verify")]
    pub(super) until_used: Option<Duration>,

    /// Revoke the old key without knowing whether the new one works
    #[arg(help_heading = "Deployment and verification", long)]
    pub(super) skip_verify: bool,

    /// Revoke the old key only after the usage logs have shown no call with it for this long, such
    /// as `15m`. With --abort, the same for the new key
    #[arg(help_heading = "Revocation of the old key", long, value_name = "TIME", value_parser = parse_time)]
    pub(super) until_idle: Option<Duration>,

    /// Stop waiting for --until-idle after this long; the rotation stays open
    #[arg(help_heading = "Revocation of the old key", long, value_name = "TIME", value_parser = parse_time)]
    pub(super) at_most: Option<Duration>,

    /// Revoke the key even though this file or folder of the project has it or can't be read;
    /// repeatable
    ///
    /// The project is the folder of cencori.toml, else the repository, else this folder. No key
    /// that is in one of its files is revoked without this flag. The files that you name keep the
    /// key.
    #[arg(help_heading = "Revocation of the old key", long = "ignore-occurrence", value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    pub(super) ignored: Vec<PathBuf>,

    /// Wait until the gateway refuses the old key too, up to 125 seconds
    #[arg(help_heading = "Revocation of the old key", long)]
    pub(super) wait: bool,

    /// Ask nothing; the other flags decide
    #[arg(short, long)]
    pub(super) yes: bool,

    /// Stop before this step, and show how to continue
    #[arg(long, value_name = "STEP")]
    pub(super) pause_before: Option<Pause>,
}

impl Flags {
    /// Refuses what can't be.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn check(&self) -> Result<(), Failure> {
        match (self.at_most, self.until_idle) {
            (Some(_), None) => Err(Failure::usage("--at-most is for --until-idle")
                .hint("Say how long the old key must be idle: --until-idle 15m")),
            (Some(most), Some(idle)) if most < idle => {
                Err(Failure::usage("--at-most must be longer than --until-idle"))
            }
            _ => Ok(()),
        }
    }

    /// Whether it says how the new key comes into use, or that both keys stay until
    /// somebody goes on.
    pub(super) fn says_how_to_deploy(&self) -> bool {
        self.deploy.is_some()
            || self.no_deploy
            || self.until_idle.is_some()
            || self.pause_before.is_some()
    }

    /// What is kept of it with the rotation, whose commands are run in the folder of
    /// `context`.
    ///
    /// # Errors
    /// If a file does not exist that is to be ignored.
    pub(super) fn instructions(&self, context: &Context) -> Result<Instructions, Failure> {
        let ignored = self.ignored.iter().map(|path| existing(context, path));
        Ok(Instructions {
            deploy: self.deploy.clone(),
            verify_with: self.verify_with.clone(),
            skip_verify: self.skip_verify,
            until_idle: self.until_idle.map(|time| time.as_secs()),
            until_used: self.until_used.map(|time| time.as_secs()),
            yes: self.yes,
            no_deploy: self.no_deploy,
            paused: self.pause_before.is_some(),
            ignored: ignored.collect::<Result<_, _>>()?,
            wait: self.wait,
            directory: context.directory.clone(),
        })
    }
}

/// The file or folder that the person named: a wrong name is most often a typing error.
fn existing(context: &Context, path: &Path) -> Result<PathBuf, Failure> {
    let own = own_path(&context.resolve(path));
    match std::fs::symlink_metadata(&own) {
        Ok(_) => Ok(own),
        Err(error) => {
            let message = format!("--ignore-occurrence {}: {error}", path.display());
            Err(Failure::usage(message)
                .hint("Name a file or a folder of the project, or leave it out"))
        }
    }
}

/// The steps that a rotation can stop before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Pause {
    /// The new key is written to its destinations
    Deploy,
    /// The new key is deployed
    Verify,
    /// The new key is verified, and the old one is about to be revoked
    Revoke,
}

impl Pause {
    pub(super) fn step(self) -> Step {
        match self {
            Self::Deploy => Step::Deploy,
            Self::Verify => Step::Verify,
            Self::Revoke => Step::AwaitIdle,
        }
    }
}

/// A time such as `90s`, `15m`, `2h` or `1d`.
fn parse_time(text: &str) -> Result<Duration, String> {
    // `mo` and `y` have no fixed length.
    let time = crate::commands::keys::time_in("dhms", text).map(SignedDuration::unsigned_abs);
    time.ok_or_else(|| "give a time in days, hours, minutes or seconds, such as 15m".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let seconds = |text: &str| parse_time(text).map(|time| time.as_secs()).ok();
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds("15m"), Some(900));
        assert_eq!(seconds("1h30m"), Some(5_400));
        assert_eq!(seconds("2d"), Some(172_800));
        for bad in ["", "0s", "15", "-15m", "15mo", "1y", "soon"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
