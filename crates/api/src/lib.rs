//! The client of the Cencori service: typed calls over one transport.
//!
//! [`Dashboard`] manages keys, [`Gateway`] is what applications call models through, and
//! [`Usage`] is what the service's logs tell of a key. [`Transport`] brings what they all
//! share: a time limit for a whole call, repetitions where they can do no harm, no redirect
//! to elsewhere. What went wrong is an [`ApiError`], which says what is known about the
//! state of things and can hold no secret; what a person can do about it is said by the
//! command.
//!
//! The crate depends on `cencori-core`. It knows no terminal, no settings and no
//! files. The local stand-in for the service (`cencori-sandbox`) shares nothing with it but
//! the type of a secret, so that a mistake of one can't be hidden by the same mistake of the
//! other.
//!
//! # Example
//! The live test keys of a project:
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use cencori_api::dashboard::Authorization;
//! use cencori_api::{BaseUrl, Dashboard, Transport};
//! use cencori_core::key::Environment;
//! use cencori_core::secret::Secret;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let base = BaseUrl::parse("https://cencori.com")?;
//! let transport = Transport::new(base, Duration::from_secs(30), Box::new(|_attempt| ()));
//! let token = Secret::new("the access token of a session".to_owned());
//! let dashboard = Dashboard::new(transport, Authorization::Bearer(token));
//! let project = "3f0c6f7e-5a55-4d55-9c3c-0f2f4b8f1e11".parse()?;
//! for key in dashboard.list_keys(project, Environment::Test)?.keys {
//!     println!("{} {}", key.prefix, key.name);
//! }
//! # Ok(())
//! # }
//! ```

pub mod answer;
pub mod browser_session;
pub mod dashboard;
pub mod error;
pub mod gateway;
pub mod listing;
pub mod parallel;
pub mod retry;
pub mod session;
pub mod transport;
pub mod usage;

pub use dashboard::{Dashboard, Validity};
pub use error::ApiError;
pub use gateway::{Acceptance, Gateway};
pub use listing::Listing;
pub use transport::{BaseUrl, Transport};
pub use usage::{TimeRange, Usage};
