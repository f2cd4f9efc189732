//! What several groups of tests need.

#[cfg(target_os = "linux")]
pub mod browser;
#[cfg(target_os = "linux")]
pub mod bus;
pub mod desk;
#[cfg(target_os = "linux")]
pub mod front;
pub mod http;
pub mod programs;
#[cfg(target_os = "linux")]
pub mod provider;
pub mod sandbox;
#[cfg(unix)]
pub mod terminal;

pub use desk::{CENCORI, Desk, Run, assert_snapshot};
pub use sandbox::TestSandbox;
#[cfg(unix)]
pub use terminal::Terminal;
