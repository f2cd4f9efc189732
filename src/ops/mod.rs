//! What the commands do: the order in which things must happen so that no key is lost and
//! none is revoked too early. Nothing here prints, asks or reads the command line.

pub mod create;
pub mod revoke;
pub mod revoke_leaked;
pub mod rotate;
