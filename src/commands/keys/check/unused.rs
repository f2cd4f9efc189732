//! Which keys nobody uses, by the service's logs.

use jiff::Timestamp;
use uuid::Uuid;

use super::project::days;
use crate::api::{ListedKey, TimeRange, parallel};
use crate::commands::account::Account;
use crate::context::Context;
use crate::key::KeyType;
use crate::policy::Policy;

/// A key of which the logs tell of no call for as long as the policy has it.
pub struct Unused {
    /// The key.
    pub id: Uuid,
    /// Whether the logs are known to go back that far.
    pub proven: bool,
}

/// The keys that nobody uses, and whether all logs could be read. A key that is younger
/// than the policy's limit can't have been unused for so long.
pub fn find(
    context: &Context,
    account: &Account,
    listed: &[ListedKey],
    policy: &Policy,
    now: Timestamp,
) -> (Vec<Unused>, bool) {
    let most = policy.max_unused_days;
    let long_ago = |time: Timestamp| now.duration_since(time) > days(most);
    let old: Vec<_> = listed
        .iter()
        .filter(|key| key.key_type != KeyType::Agent && key.created_at.is_none_or(long_ago))
        .collect();
    let range = match most {
        0 | 1 => TimeRange::Day,
        2..=7 => TimeRange::Week,
        8..=30 => TimeRange::Month,
        _ => TimeRange::All,
    };
    let usages = parallel::map(&old, |key| {
        account.dashboard.usage_of(account.project, (key.id, key.environment), range, 1)
    });
    let (mut unused, mut failed) = (Vec::new(), Vec::new());
    for (key, usage) in old.iter().zip(usages) {
        match usage {
            Ok(usage) => {
                let last = usage.calls.first().map(|call| call.at);
                if last.is_none_or(long_ago) {
                    let proven = last.is_some() || (usage.complete && usage.whole_range);
                    unused.push(Unused { id: key.id, proven });
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
