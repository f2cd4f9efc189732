//! Scaffold.

pub mod key;
pub mod sandbox;
pub mod secret;
