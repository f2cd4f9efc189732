//! The rows in which the service tells of keys (contract, *Key management*).

use serde::Deserialize;
use uuid::Uuid;

use cencori_core::key::{self, Environment, KeyType};
use cencori_core::listed_key::ListedKey;
use cencori_core::secret::Secret;

/// The most rows that one listing has. The service does not say if there are more.
pub const LIST_LIMIT: usize = 1_000;

/// One environment's live keys, newest first.
#[derive(Debug)]
pub struct Listing {
    /// The keys.
    pub keys: Vec<ListedKey>,
    /// Whether there may be more: as many came as ever come.
    pub full: bool,
    /// The service's clock, in seconds since 1970.
    pub server_time: Option<i64>,
}

/// A row of the service, of which only four fields can be relied upon.
#[derive(Deserialize)]
pub(crate) struct Row {
    id: Uuid,
    name: String,
    key_prefix: String,
    created_at: String,
    key_hash: Option<String>,
    created_by: Option<Uuid>,
    environment: Option<String>,
    key_type: Option<String>,
    allowed_domains: Option<Vec<String>>,
    agent_id: Option<serde_json::Value>,
    pub(crate) full_key: Option<Secret>,
}

impl Row {
    pub(crate) fn into_key(self, asked_for: Environment) -> ListedKey {
        let by_prefix = key::type_of_prefix(&self.key_prefix).unwrap_or(KeyType::Secret);
        let key_type = match self.key_type.as_deref() {
            _ if self.agent_id.is_some_and(|id| !id.is_null()) => KeyType::Agent,
            Some("publishable") => KeyType::Publishable,
            _ => by_prefix,
        };
        ListedKey {
            id: self.id,
            name: self.name,
            prefix: self.key_prefix,
            key_type,
            environment: match self.environment.as_deref() {
                Some("production") => Environment::Production,
                Some("test") => Environment::Test,
                _ => asked_for,
            },
            domains: self.allowed_domains.unwrap_or_default(),
            created_at: self.created_at.parse().ok(),
            created_by: self.created_by,
            key_hash: self.key_hash,
        }
    }
}

/// The key that a row of the list tells of. `None` if `row` is something else.
pub fn from_row(row: serde_json::Value) -> Option<ListedKey> {
    let row: Row = serde_json::from_value(row).ok()?;
    Some(row.into_key(Environment::Production))
}
