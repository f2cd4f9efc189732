//! The service, as far as this tool uses it: typed endpoints over one
//! transport. Knows nothing of terminals.

pub mod answer;
pub mod browser_session;
pub mod dashboard;
pub mod error;
pub mod gateway;
pub mod listed_key;
pub mod parallel;
pub mod retry;
pub mod session;
pub mod transport;
pub mod usage;

pub use dashboard::{Dashboard, Validity};
pub use error::ApiError;
pub use gateway::{Acceptance, Gateway};
pub use listed_key::{ListedKey, Listing, NewKey};
pub use transport::{BaseUrl, Transport};
pub use usage::{TimeRange, Usage};
