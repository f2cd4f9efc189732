//! What all routes of one running server share.

use std::sync::Arc;
use std::time::Duration;

use super::key_cache::KeyCache;
use super::store::Store;
use super::tokens::Signer;
use super::{Identity, Options};

/// One server over one state.
pub(super) struct Service {
    /// The state, shared with other processes.
    pub(super) store: Arc<Store>,
    /// Who and what is in it.
    pub(super) identity: Identity,
    /// The server's own address, without a slash at the end.
    pub(super) url: String,
    /// The `iss` of the access tokens that it signs.
    pub(super) issuer: String,
    /// Signs and checks access tokens; its secret is part of the state.
    pub(super) signer: Signer,
    /// How long an access token lasts.
    pub(super) access_token_lifetime: Duration,
    /// How long each of the gateway's two caches keeps a key; zero is never.
    pub(super) gateway_cache: Duration,
    /// How long the gateway counts calls after the last one.
    pub(super) rate_window: Duration,
    /// The cache of this process.
    pub(super) key_cache: KeyCache,
}

impl Service {
    /// A service that will answer at `port`.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub(super) fn new(
        store: Arc<Store>,
        options: &Options,
        url: String,
        port: u16,
    ) -> anyhow::Result<Self> {
        let identity = Identity::read(&store)?;
        let secret: String = store.read(|connection| {
            Ok(connection.query_row("SELECT signing_secret FROM identity", [], |row| row.get(0))?)
        })?;
        Ok(Self {
            store,
            identity,
            url,
            // The cookie is named after the first label of this host. An IPv6
            // address would make a name that no cookie can have.
            issuer: format!("http://127.0.0.1:{port}/auth/v1"),
            signer: Signer::new(secret.as_bytes()),
            access_token_lifetime: options.access_token_lifetime,
            gateway_cache: options.gateway_cache,
            rate_window: options.rate_window,
            key_cache: KeyCache::default(),
        })
    }
}

/// A duration in whole milliseconds, as the state keeps times.
pub(super) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
