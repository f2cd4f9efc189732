//! Tests that run the whole thing from outside.

#![allow(missing_docs)]
#![allow(clippy::disallowed_methods, reason = "tests set up the surroundings of the command")]

mod exchanges;
mod harness;
mod list;
mod sandbox;
