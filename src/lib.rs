//! The `cencori` command: the life of a Cencori API key.
//!
//! # Where things are
//! From top to bottom; what is below knows nothing of what is above it.
//!
//! | layer | modules |
//! | --- | --- |
//! | arguments, output, questions | [`cli`], [`commands`] |
//! | the order in which things must happen | [`ops`] |
//! | where a key is written; by whose right the service is asked | [`destinations`], [`auth`] |
//! | rules | [`policy`], [`process`], [`reserved`] |
//!
//! Beside them are [`context`] (the environment of the process), [`config`] (the settings
//! in files), [`ui`] (the two output streams) and [`failure`] (how a command fails). Below
//! all of them are crates, whose direction the compiler holds:
//! - `cencori-api` ([`api`]), the client of the service;
//! - `cencori-core` ([`checkpoint`], [`disk`], [`domain`], [`dotenv`],
//!   [`journal`], [`key`], [`key_status`],
//!   [`listed_key`], [`printable`], [`secret`]);
//! - `cencori-scan` ([`scan`]), which finds keys in texts, files, trees and git's index;
//! - `cencori-sandbox` ([`sandbox`]), the stand-in for the service, which only commands
//!   start and which shares only [`secret`] with the rest.
//!
//! # Data flow
//! Arguments are parsed into types that can't be wrong ([`domain::DomainPattern`],
//! [`dotenv::VariableName`], a project's UUID); a command opens an account (the
//! dashboard, signed in, for one project), works, and hands one
//! [`ui::report::Report`] to the [`ui::Ui`]. A failure carries its kind, which
//! is the exit code.
//!
//! A shell that completes a word asks the same tree of commands
//! ([`commands::completions`]); whatever it takes and whoever is asked, the answer
//! comes within 0.3 s or not at all, and nothing is changed.
//!
//! # Files on disk
//! All below the state folder (`CENCORI_STATE_DIR`, else the platform's), all
//! for their owner only:
//! - `creations/*.jsonl`: creations under way ([`ops::create::journal`]); the only
//!   place where a key is kept, until it is where it belongs;
//! - `rotations/*.jsonl`: rotations under way, without their keys
//!   ([`ops::rotate::journal`]);
//! - `sandbox/sandbox.db`: the sandbox;
//! - `sign-in/*.html`: leads the browser to a sign-in that is under way
//!   ([`auth::sign_in::desktop`]);
//! - `sessions/*.lock`: held while a session changes ([`auth::credentials::lock`]);
//! - `sessions/*.json`: a session, only where the person wants none of the
//!   keychain ([`auth::credentials::session_file`]).
//!
//! What others could have written there is refused ([`disk::trust`]).
//!
//! In the folder of a project, `cencori.toml` ([`commands::project_file`]); in
//! the keychain, sessions and the keys that were put there
//! ([`auth::credentials::keychain`]).

pub mod auth;
pub mod cli;
pub mod commands;
pub mod config;
pub mod context;
pub mod destinations;
pub mod failure;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod ops;
pub mod policy;
pub mod process;
pub mod reserved;
pub mod ui;

// What the crates beside this one have, under the names by which it is used here.
pub use cencori_api as api;
pub use cencori_core::{
    checkpoint, disk, domain, dotenv, journal, key, key_status, listed_key, printable, secret,
};
pub use cencori_sandbox as sandbox;
pub use cencori_scan as scan;
