//! Keys that stand where they should not: in a text, a file, a tree of files,
//! git's index.
//!
//! What a key looks like is decided by [`crate::key`] alone. Here is how its
//! forms are found fast ([`finder`]), also where they are not written letter by
//! letter ([`spelling`]), and told where they stand ([`place`]); where one occurs in a
//! project, and whether it can be replaced there ([`occurrence`]); and what is done
//! about them ([`response`]).

pub mod bundles;
pub mod candidates;
pub mod decoder;
mod diff;
pub mod finder;
mod known;
pub mod location;
pub mod occurrence;
pub mod repository;
pub mod response;
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
