//! Whether the keys of a rotation are alive.

use super::Rotation;
use crate::api::{Dashboard, ListedKey, Listing, Validity};
use crate::failure::Failure;
use crate::revocation;
use crate::secret::Secret;

/// Whether a key is alive, as far as the service can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// Alive.
    Live,
    /// Revoked.
    Dead,
    /// The list was cut before it, and its text is not at hand.
    Unknown,
}

impl Rotation {
    pub(super) fn old_life(
        &self,
        dashboard: &Dashboard,
        listing: &Listing,
    ) -> Result<Life, Failure> {
        life(dashboard, listing, &self.journal.progress.plan.old, self.old_text())
    }

    pub(super) fn new_life(
        &self,
        dashboard: &Dashboard,
        listing: &Listing,
    ) -> Result<Life, Failure> {
        match &self.journal.progress.new {
            Some(new) => life(dashboard, listing, new, self.new_text()),
            None => Ok(Life::Dead),
        }
    }
}

/// Whether `key` is alive. `listing` is its environment's, from just now.
fn life(
    dashboard: &Dashboard,
    listing: &Listing,
    key: &ListedKey,
    text: Option<&Secret>,
) -> Result<Life, Failure> {
    if listing.keys.iter().any(|listed| listed.id == key.id) {
        return Ok(Life::Live);
    }
    if revocation::shows(listing, key) {
        return Ok(Life::Dead);
    }
    Ok(match text.map(|text| dashboard.validity(text)).transpose()? {
        Some(Validity::Live { .. }) => Life::Live,
        Some(Validity::Revoked) => Life::Dead,
        Some(Validity::Unknown) | None => Life::Unknown,
    })
}
