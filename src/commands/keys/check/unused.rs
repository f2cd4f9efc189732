//! Which keys nobody uses, as far as the service's logs can tell.

use jiff::Timestamp;
use uuid::Uuid;

use super::project_findings::days;
use crate::api::TimeRange;
use crate::api::usage::{LastUse, LiveKeys, Undetermined};
use crate::commands::account::Account;
use crate::commands::keys::usage;
use crate::context::Context;
use crate::key::KeyType;
use crate::listed_key::ListedKey;
use crate::policy::Policy;

/// A key that was not used for as long as the policy has it, as far as the logs show.
pub struct Unused {
    /// The key.
    pub id: Uuid,
    /// Why it may have been used all the same, where the logs can't tell.
    pub undetermined: Option<Undetermined>,
}

/// The keys that nobody seems to use, and whether all logs could be read. A key that is
/// younger than the policy's limit can't have been unused for so long. `live_keys` are
/// those of the project.
pub fn find(
    context: &Context,
    account: &Account,
    listed: &[ListedKey],
    live_keys: LiveKeys,
    policy: &Policy,
    now: Timestamp,
) -> (Vec<Unused>, bool) {
    let most = policy.max_unused_days;
    let long_ago = |time: Timestamp| now.duration_since(time) > days(most);
    let is_old =
        |key: &&ListedKey| key.key_type != KeyType::Agent && key.created_at.is_none_or(long_ago);
    let old: Vec<_> = listed.iter().filter(is_old).cloned().collect();
    let range = match most {
        0 | 1 => TimeRange::Day,
        2..=7 => TimeRange::Week,
        // What is older proves that the log goes back far enough.
        _ => TimeRange::All,
    };
    let usages = usage::of_each(account, &old, live_keys, range, 1);
    let (mut unused, mut failed) = (Vec::new(), Vec::new());
    for (key, usage) in old.iter().zip(usages) {
        match usage {
            Ok(usage) => {
                let last_use: LastUse = usage.last_use;
                if last_use.seen().is_none_or(long_ago) {
                    unused.push(Unused { id: key.id, undetermined: last_use.undetermined() });
                }
            }
            Err(error) => failed.push(error),
        }
    }
    if let Some(error) = failed.first() {
        let count = failed.len();
        context.ui.warn(&format!("The logs of {count} keys can't be read: {error}."));
    }
    (unused, failed.is_empty())
}
