//! Keys as the service tells of them, and as it is asked for them (contract,
//! *Key management*).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::key::{self, Environment, KeyType};
use crate::secret::{Fingerprint, Secret};

/// Most rows that one listing holds; the service does not say when there are
/// more.
pub const LIST_LIMIT: usize = 1_000;

/// A key as the service lists it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListedKey {
    /// What the service calls it.
    pub id: Uuid,
    /// What its owner calls it; any text, not unique.
    pub name: String,
    /// The first characters of the key: `csk_ab12...`.
    pub prefix: String,
    /// Who may hold it.
    pub key_type: KeyType,
    /// Where it is valid.
    pub environment: Environment,
    /// From where a publishable key may be used.
    pub domains: Vec<String>,
    /// When it was made; `None` where the service's text is not a time.
    pub created_at: Option<Timestamp>,
    /// The user who made it.
    pub created_by: Option<Uuid>,
    key_hash: Option<String>,
}

impl ListedKey {
    /// The key that was made as `asked`, where only its id and text are at hand.
    pub fn made(asked: &NewKey, id: Uuid, key: &Secret) -> Self {
        Self {
            id,
            name: asked.name.clone(),
            prefix: key::mask(key.expose()),
            key_type: asked.key_type,
            environment: asked.environment,
            domains: asked.allowed_domains.clone().unwrap_or_default(),
            created_at: None,
            created_by: None,
            key_hash: Some(key.fingerprint().as_str().to_owned()),
        }
    }

    /// A key from a row of the list, as the service sends it. `None` where it is
    /// none.
    pub fn from_row(row: serde_json::Value) -> Option<Self> {
        let row: Row = serde_json::from_value(row).ok()?;
        Some(row.into_key(Environment::Production))
    }

    /// Its hash, where the service told it.
    pub fn hash(&self) -> Option<&str> {
        self.key_hash.as_deref()
    }

    /// Whether `fingerprint` is that of this key. False where the service does
    /// not tell hashes.
    pub fn is(&self, fingerprint: &Fingerprint) -> bool {
        self.key_hash.as_deref().is_some_and(|hash| fingerprint.is(hash))
    }
}

#[cfg(test)]
impl ListedKey {
    /// A key for tests of what is made of one.
    pub fn sample(
        name: &str,
        key_type: KeyType,
        environment: Environment,
        created_at: Option<Timestamp>,
    ) -> Self {
        Self {
            id: Uuid::new_v4(),
            name: name.to_owned(),
            prefix: "csk_ab12...".to_owned(),
            key_type,
            environment,
            domains: Vec::new(),
            created_at,
            created_by: None,
            key_hash: None,
        }
    }
}

/// A row of the service, of which only four fields can be relied upon.
#[derive(Deserialize)]
pub(super) struct Row {
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
    pub(super) full_key: Option<Secret>,
}

impl Row {
    pub(super) fn into_key(self, asked_for: Environment) -> ListedKey {
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

/// A key that is to be made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewKey {
    /// Any text but a blank one.
    pub name: String,
    /// Where it will be valid.
    pub environment: Environment,
    /// Secret or publishable.
    pub key_type: KeyType,
    /// From where a publishable key may be used; `None` for a secret one.
    pub allowed_domains: Option<Vec<String>>,
}
