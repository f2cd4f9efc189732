//! How the gateway finds a key: through two caches, so that a revoked key that
//! was in use lives on for up to two cache times (contract, *What an
//! application meets*).

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Instant;

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use super::service::{Service, milliseconds};
use super::store::lock;
use super::tokens;

/// What the gateway knows of a live key.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct KeyConfiguration {
    /// The key's id.
    pub(super) id: String,
    /// Its project.
    pub(super) project_id: String,
    /// `production` or `test`.
    pub(super) environment: String,
    /// From where a publishable key may be used; `None` for other types.
    pub(super) allowed_domains: Option<Vec<String>>,
}

/// The cache of one server process.
#[derive(Default)]
pub(super) struct KeyCache(Mutex<Remembered>);

#[derive(Default)]
struct Remembered {
    /// The generation of the state that the keys are of.
    generation: i64,
    /// By hash; good until then.
    keys: HashMap<String, (KeyConfiguration, Instant)>,
}

/// The configuration of a live key, read from the database.
///
/// # Errors
/// When the state cannot be read.
pub(super) fn live_key(
    connection: &Connection,
    key_hash: &str,
) -> anyhow::Result<Option<KeyConfiguration>> {
    let query = "SELECT id, project_id, environment, allowed_domains
        FROM api_keys WHERE key_hash = ?1 AND revoked_at IS NULL";
    let key = connection.query_row(query, [key_hash], |row| {
        let domains: Option<String> = row.get(3)?;
        Ok(KeyConfiguration {
            id: row.get(0)?,
            project_id: row.get(1)?,
            environment: row.get(2)?,
            allowed_domains: domains.and_then(|domains| serde_json::from_str(&domains).ok()),
        })
    });
    Ok(key.optional()?)
}

/// The configuration of a key as the gateway's AI routes see it. The shared
/// cache is filled from the database, the one of the process when it finds a
/// key in the shared one; what is not found is not kept.
///
/// # Errors
/// When the state cannot be used.
pub(super) fn find(service: &Service, key: &str) -> anyhow::Result<Option<KeyConfiguration>> {
    let key_hash = tokens::key_hash(key);
    if service.gateway_cache.is_zero() {
        return service.store.read(|connection| live_key(connection, &key_hash));
    }
    let generation = service.store.generation()?;
    if let Some(key) = remembered(&service.key_cache, generation, &key_hash) {
        return Ok(Some(key));
    }
    let now = tokens::now_in_milliseconds();
    let shared: Option<String> = service.store.read(|connection| {
        let query = "SELECT configuration FROM cached_keys WHERE key_hash = ?1 AND expires_ms > ?2";
        Ok(connection.query_row(query, (&key_hash, now), |row| row.get(0)).optional()?)
    })?;
    if let Some(shared) = shared {
        let key: KeyConfiguration = serde_json::from_str(&shared)?;
        if let Some(until) = Instant::now().checked_add(service.gateway_cache) {
            let mut memory = lock(&service.key_cache.0);
            // A reset since then voids what was read before it.
            if memory.generation == generation {
                memory.keys.insert(key_hash, (key.clone(), until));
            }
        }
        return Ok(Some(key));
    }
    service.store.write(|transaction| {
        let Some(key) = live_key(transaction, &key_hash)? else { return Ok(None) };
        let expires = now.saturating_add(milliseconds(service.gateway_cache));
        let query = "INSERT OR REPLACE INTO cached_keys VALUES (?1, ?2, ?3)";
        transaction.execute(query, (&key_hash, serde_json::to_string(&key)?, expires))?;
        Ok(Some(key))
    })
}

fn remembered(cache: &KeyCache, generation: i64, key_hash: &str) -> Option<KeyConfiguration> {
    let mut memory = lock(&cache.0);
    if memory.generation != generation {
        *memory = Remembered { generation, ..Remembered::default() };
    }
    let now = Instant::now();
    memory.keys.get(key_hash).filter(|(_, until)| *until > now).map(|(key, _)| key.clone())
}
