//! Tests that run the whole thing from outside.

#![allow(missing_docs)]
#![allow(clippy::disallowed_methods, reason = "tests set up the surroundings of the command")]

mod bad_input;
mod create;
mod env_file;
mod exchanges;
mod harness;
mod interrupted;
mod list;
mod revoke;
mod sandbox;
mod sign_in;
mod tls;
