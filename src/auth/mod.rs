//! By whose right the service is asked: variables, a kept session, a sign-in with a browser.

pub mod credentials;
pub mod sign_in;
