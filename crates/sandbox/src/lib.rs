//! A faithful local stand-in for the service: the routes of the contract with
//! their quirks, over one SQLite file, on loopback only.
//!
//! It is what newcomers try, what applications are developed against and what the tests
//! run against. Several processes may use one state at once. A request goes from
//! `server` (sockets, faults) to `routes` (all of them, in one list) to a handler, which
//! takes from it what it needs.
//!
//! Of the workspace it uses one type of `cencori-core`, [`Secret`], and nothing of the
//! client; of the command, `commands` alone may use it. So neither side can hide a
//! mistake of the other: each has its own domain rules, cookies and hashes, tested
//! against the contract.
//!
//! # Example
//! ```
//! # fn main() -> anyhow::Result<()> {
//! let folder = tempfile::tempdir()?;
//! let state = folder.path().join("sandbox.db");
//! let options = cencori_sandbox::Options::new("127.0.0.1:0".parse()?, &state);
//! let sandbox = cencori_sandbox::start(options)?;
//!
//! assert!(sandbox.url().starts_with("http://127.0.0.1:"));
//! assert_eq!(sandbox.identity().owner_email, "owner@example.com");
//! // Nobody has made a key yet.
//! assert!(cencori_sandbox::live_keys(&state, None)?.is_empty());
//! # Ok(())
//! # }
//! ```

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, bail};
use cencori_core::secret::Secret;
use tokio::runtime;
use tokio::sync::oneshot;
use uuid::Uuid;

use service::Service;
use store::Store;

mod browser_sign_in;
mod controls;
mod cookies;
mod extract;
mod faults;
mod gateway;
mod key_cache;
mod keys;
mod logs;
mod origins;
mod pages;
mod projects;
mod refusal;
mod routes;
mod seed;
mod server;
mod service;
mod serving;
mod sessions;
mod sign_in;
mod store;
mod tokens;

pub use keys::live_keys;
pub use serving::serving;

/// Threads that answer requests. They wait for the disk, so a few will do.
const WORKERS: usize = 16;

/// How a sandbox is to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen: a loopback address; port 0 is any free one.
    pub listen: SocketAddr,
    /// The SQLite file; created (0600, in a folder with 0700) where absent.
    pub state: PathBuf,
    /// How long each of the gateway's two caches keeps a key. The service: 60 s.
    pub gateway_cache: Duration,
    /// How long an access token lasts. The service: 3,600 s.
    pub access_token_lifetime: Duration,
    /// After how much silence the gateway counts calls from nought again. The
    /// service: 60 s.
    pub rate_window: Duration,
}

impl Options {
    /// The times of the service.
    pub fn new(listen: SocketAddr, state: impl Into<PathBuf>) -> Self {
        Self {
            listen,
            state: state.into(),
            gateway_cache: Duration::from_secs(60),
            access_token_lifetime: Duration::from_secs(3_600),
            rate_window: Duration::from_secs(60),
        }
    }
}

/// Who and what is in a sandbox from the start.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The email of the owner of the project.
    pub owner_email: String,
    /// The owner's password; the other two have the same.
    pub owner_password: Secret,
    /// The owner's project.
    pub project_id: Uuid,
    /// The email of a member of the organization who is not its owner. The
    /// session of this one needs two cookies.
    pub member_email: String,
    /// The email of someone who has nothing to do with the project.
    pub stranger_email: String,
    /// The stranger's project.
    pub foreign_project_id: Uuid,
}

impl Identity {
    fn read(store: &Store) -> anyhow::Result<Self> {
        store.read(|connection| {
            let query = "SELECT owner_email, password, project_id, member_email, stranger_email,
                foreign_project_id FROM identity";
            let texts: [String; 6] = connection.query_row(query, [], |row| {
                let text = |column| row.get::<usize, String>(column);
                Ok([text(0)?, text(1)?, text(2)?, text(3)?, text(4)?, text(5)?])
            })?;
            let [owner_email, password, project_id, member_email, stranger_email, foreign] = texts;
            Ok(Self {
                owner_email,
                owner_password: Secret::new(password),
                project_id: project_id.parse()?,
                member_email,
                stranger_email,
                foreign_project_id: foreign.parse()?,
            })
        })
    }
}

/// A running server on a thread of its own. It stops when this is dropped.
pub struct Sandbox {
    url: String,
    identity: Identity,
    store: Arc<Store>,
    /// Dropping it tells the thread to stop.
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<anyhow::Result<()>>>,
}

/// Starts a server.
///
/// # Errors
/// When the address is not a loopback one or is taken, and when the state
/// cannot be opened.
pub fn start(options: Options) -> anyhow::Result<Sandbox> {
    if !options.listen.ip().is_loopback() {
        bail!(
            "the sandbox listens on loopback only (such as 127.0.0.1), not on {}: whoever \
             reaches it can use its keys and plant faults",
            options.listen.ip()
        );
    }
    let store = Arc::new(Store::open(&options.state)?);
    let listener = TcpListener::bind(options.listen)
        .with_context(|| format!("listening on {}", options.listen))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let url = format!("http://{address}");
    let service = Service::new(store.clone(), &options, url.clone(), address.port())?;
    let identity = service.identity.clone();
    serving::register(&store, &url)?;

    let (stop, stopped) = oneshot::channel();
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(WORKERS)
        .build()?;
    let serve = move || {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            server::serve(listener, service, stopped).await
        })
    };
    let thread = std::thread::Builder::new().name("sandbox".to_owned()).spawn(serve)?;
    Ok(Sandbox { url, identity, store, stop: Some(stop), thread: Some(thread) })
}

impl Sandbox {
    /// `http://127.0.0.1:PORT`: dashboard and gateway, without a slash at the
    /// end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Who and what is in it.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Serves until the process ends.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported by the thread itself.
            let _ = thread.join();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported by the thread itself.
            let _ = thread.join();
        }
        // Left in place, the row costs the next reader one refused connection.
        let _ = serving::remove(&self.store, &self.url);
    }
}

/// Who and what is in the sandbox of a state file. It is created where it does
/// not exist.
///
/// # Errors
/// When it cannot be opened.
pub fn identity(state: &Path) -> anyhow::Result<Identity> {
    Identity::read(&Store::open(state)?)
}

/// Back to the first state: keys, logs, sessions, caches and faults are gone,
/// also for servers that run on it. The identities stay.
///
/// # Errors
/// When it cannot be opened or written.
pub fn reset(state: &Path) -> anyhow::Result<()> {
    Store::open(state)?.reset()
}
