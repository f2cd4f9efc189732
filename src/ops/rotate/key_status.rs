//! Whether the keys of a rotation are live.

use super::Rotation;
use crate::api::{Dashboard, Listing, Validity};
use crate::failure::Failure;
use crate::key_status::KeyStatus;
use crate::listed_key::ListedKey;
use crate::ops::revoke;
use crate::secret::Secret;

impl Rotation {
    pub(super) fn old_status(
        &self,
        dashboard: &Dashboard,
        listing: &Listing,
    ) -> Result<KeyStatus, Failure> {
        key_status(dashboard, listing, &self.journal.progress.plan.old, self.old_text())
    }

    pub(super) fn new_status(
        &self,
        dashboard: &Dashboard,
        listing: &Listing,
    ) -> Result<KeyStatus, Failure> {
        match &self.journal.progress.new {
            Some(new) => key_status(dashboard, listing, new, self.new_text()),
            None => Ok(KeyStatus::Revoked),
        }
    }
}

/// Whether `key` is live. `listing` is its environment's, from just now; if it was cut before
/// the key, only the key's text could tell more.
fn key_status(
    dashboard: &Dashboard,
    listing: &Listing,
    key: &ListedKey,
    text: Option<&Secret>,
) -> Result<KeyStatus, Failure> {
    if listing.keys.iter().any(|listed| listed.id == key.id) {
        return Ok(KeyStatus::Live);
    }
    if revoke::shows(listing, key) {
        return Ok(KeyStatus::Revoked);
    }
    Ok(match text.map(|text| dashboard.validity(text)).transpose()? {
        Some(Validity::Live { .. }) => KeyStatus::Live,
        Some(Validity::Revoked) => KeyStatus::Revoked,
        Some(Validity::Unknown) | None => KeyStatus::Undetermined,
    })
}
