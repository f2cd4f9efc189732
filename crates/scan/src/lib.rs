//! Finding Cencori keys: in a text, a file, a pipe, a tree of files, git's index.
//!
//! What a key looks like is decided by [`cencori_core::key`] alone. Here is how keys are
//! found fast ([`finder`]), also in JSON escapes, percent encoding, UTF-16 and between
//! colour codes ([`decoder`]), in streams of any length ([`stream`]) and in all files of a
//! folder ([`tree`]); how git sees a file, without git ([`repository`]); and where a key
//! occurs in a project, and whether another one can be written there ([`occurrence`]).
//!
//! The crate depends on `cencori-core`. It knows no network, no settings and no terminal.
//! A repository is only read: nothing that its configuration names is run, and no other
//! program is started.
//!
//! # Example
//!
//! ```
//! use cencori_scan::{Finder, in_text};
//!
//! let key = format!("csk_{}", "0123456789abcdef".repeat(3));
//! let log = format!("started\nauthorization: Bearer {key}\n");
//! let found = in_text(&Finder::new(), log.as_bytes());
//! assert_eq!(found.len(), 1);
//! assert_eq!((found[0].location.line, found[0].location.column), (2, 23));
//! assert_eq!(found[0].key.expose(), key);
//! ```

pub mod bundles;
pub mod candidates;
pub mod decoder;
mod diff;
pub mod finder;
pub mod framework;
mod known;
pub mod location;
pub mod occurrence;
pub mod repository;
pub mod staged;
pub mod stream;
pub mod tree;

#[cfg(test)]
mod tests;

pub use candidates::Candidates;
pub use finder::{Encoding, Finder};
pub use location::{Location, Origin};
pub use occurrence::{ByHand, Occurrence, ProjectKeys};
pub use stream::{Found, in_file, in_reader, in_stream, in_text, widen_pipe};
