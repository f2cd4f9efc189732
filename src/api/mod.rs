//! The service, as far as this tool uses it: typed endpoints over one
//! transport. Knows nothing of terminals.

pub mod browser_session;
pub mod dashboard;
pub mod error;
pub mod listed_key;
pub mod retry;
pub mod session;
pub mod transport;

pub use dashboard::{Dashboard, Validity};
pub use error::ApiError;
pub use listed_key::{ListedKey, Listing, NewKey};
pub use transport::{BaseUrl, Transport};
