//! Tests that run the whole thing from outside.

#![allow(missing_docs)]
#![allow(clippy::disallowed_methods, reason = "tests set up the surroundings of the command")]

#[cfg(unix)]
mod completions;
mod exchanges;
mod generated;
mod harness;
#[cfg(unix)]
mod interrupts;
mod layers;
mod list;
#[cfg(unix)]
mod prompts;
mod sandbox;
#[cfg(unix)]
mod streams;
#[cfg(unix)]
mod terminals;
