//! A key as the service lists it, and a key that the service is asked for (contract,
//! *Key management*). Neither holds the key's text.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::key::{self, Environment, KeyType};
use crate::secret::{Fingerprint, Secret};

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
    /// When it was made; `None` if the service's text is not a time.
    pub created_at: Option<Timestamp>,
    /// The user who made it.
    pub created_by: Option<Uuid>,
    /// Its fingerprint, if the service told it.
    pub key_hash: Option<String>,
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

    /// Its hash, where the service told it.
    pub fn hash(&self) -> Option<&str> {
        self.key_hash.as_deref()
    }

    /// Whether `fingerprint` is that of this key. False if the service does not tell hashes.
    pub fn is(&self, fingerprint: &Fingerprint) -> bool {
        self.key_hash.as_deref().is_some_and(|hash| fingerprint.is(hash))
    }
}

impl ListedKey {
    /// A key of nobody, for tests of what is made of one.
    #[doc(hidden)]
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
