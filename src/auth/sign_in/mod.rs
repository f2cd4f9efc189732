//! How a person becomes signed in.

pub mod browser;
pub(crate) mod callback;
pub mod desktop;
mod error;
pub mod kept;
mod listener;
mod pkce;

pub use browser::{BrowserSignIn, Code};
pub use error::{Mismatch, SignInError};
