//! What several groups of tests need.

pub mod desk;
pub mod http;
pub mod sandbox;

pub use desk::{CENCORI, Desk, Run, assert_snapshot};
pub use sandbox::TestSandbox;
