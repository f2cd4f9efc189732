//! How a person becomes signed in.

pub(crate) mod answer;
pub mod browser;
pub mod desktop;
mod error;
pub mod kept;
mod listener;
mod pkce;

pub use browser::{BrowserSignIn, Code};
pub use error::{Mismatch, SignInError};
