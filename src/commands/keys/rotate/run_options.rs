//! How a run of a rotation goes about it.

use std::time::Duration;

use super::Args;
use super::flags::{Flags, Pause};
use crate::commands::keys::reference::Reference;
use crate::context::Context;
use crate::failure::Failure;
use crate::ops::rotate::state::Step;
use crate::secret::Secret;

/// How this run goes about it.
pub(super) struct RunOptions {
    /// Whether somebody is asked before a step that they may want to put off.
    pub(super) asks: bool,
    /// The step that it stops before.
    pub(super) pause_before: Option<Step>,
    /// The new key, where it was given.
    pub(super) new_key: Option<Secret>,
    /// How long the new key must have been idle on the way back.
    pub(super) new_until_idle: Option<Duration>,
    /// How long a key may take to be idle.
    pub(super) at_most: Option<Duration>,
    /// Whether a person has put the old key back where only they could.
    pub(super) old_key_restored: bool,
    /// Whether the old key has leaked, and is revoked whatever still uses it.
    pub(super) leaked: bool,
    /// Whether destinations that fail are given up.
    pub(super) leave_failed: bool,
}

impl RunOptions {
    /// What the command line says. Whoever sits there is asked, unless they say now
    /// that nothing is to be asked.
    pub(super) fn new(context: &Context, flags: &Flags) -> Self {
        Self {
            asks: context.prompter.interactive() && !flags.yes,
            pause_before: flags.pause_before.map(Pause::step),
            new_key: None,
            new_until_idle: None,
            at_most: flags.at_most,
            old_key_restored: false,
            leaked: false,
            leave_failed: false,
        }
    }

    /// The same for a rotation that goes on.
    pub(super) fn resumed(self, context: &Context, arguments: &Args) -> Result<Self, Failure> {
        let held = |text: &String| {
            let reference = Reference::parse(context, text)?;
            reference.held().cloned().ok_or_else(|| {
                Failure::usage(format!("\"{text}\" is no location of a key"))
                    .hint("Give it as FILE:VARIABLE, or - for standard input")
            })
        };
        let new_key = arguments.new_key.as_ref().map(held).transpose()?;
        let Args { leave_failed, old_key_restored, .. } = *arguments;
        let new_until_idle = arguments.flags.until_idle.filter(|_| arguments.abort);
        Ok(Self { new_key, leave_failed, old_key_restored, new_until_idle, ..self })
    }
}
