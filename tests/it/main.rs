//! Tests that run the whole thing from outside.

#![allow(missing_docs)]
#![allow(clippy::disallowed_methods, reason = "tests set up the surroundings of the command")]

mod admission;
mod auth;
mod bad_input;
#[cfg(target_os = "linux")]
mod browser;
mod callback;
#[cfg(unix)]
mod check;
mod completions;
mod create;
mod domain_changes;
mod domains;
mod drips;
#[cfg(target_os = "linux")]
mod env_edits;
mod env_file;
#[cfg(target_os = "linux")]
mod env_metadata;
#[cfg(unix)]
mod env_readers;
mod exchanges;
mod generated;
mod harness;
mod interrupted;
#[cfg(unix)]
mod interrupts;
#[cfg(target_os = "linux")]
mod keychain;
#[cfg(target_os = "linux")]
mod keychain_providers;
mod leaked;
mod link;
mod list;
#[cfg(unix)]
mod no_secrets;
mod prompts;
#[cfg(unix)]
mod repositories;
mod revoke;
mod rotate;
#[cfg(unix)]
mod run;
mod sandbox;
#[cfg(unix)]
mod scan;
mod session_file;
mod shown;
mod sign_in;
#[cfg(unix)]
mod streams;
#[cfg(unix)]
mod suggestions;
#[cfg(unix)]
mod terminals;
mod tls;
#[cfg(unix)]
mod trust;
mod usage;
mod verify;
