//! The state of a sandbox: one SQLite file that several processes may use at
//! once.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use anyhow::{Context, bail};
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use super::seed;

/// The layout below. A file with another number is refused, not converted.
const VERSION: i64 = 2;

/// How long to wait for another process that is writing. A command may come to wait
/// twice, and a lock may be one that is never released.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Every id is text; times are milliseconds (`..._ms`) or microseconds (`..._us`)
/// since 1970, or the text that the service shows.
const SCHEMA: &str = "
CREATE TABLE identity (
    owner_email TEXT NOT NULL, member_email TEXT NOT NULL, stranger_email TEXT NOT NULL,
    password TEXT NOT NULL, project_id TEXT NOT NULL, foreign_project_id TEXT NOT NULL,
    signing_secret TEXT NOT NULL
);
CREATE TABLE generation (number INTEGER NOT NULL);
CREATE TABLE servers (url TEXT PRIMARY KEY, started_ms INTEGER NOT NULL);
CREATE TABLE users (
    id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, first_name TEXT NOT NULL,
    last_name TEXT NOT NULL, picture TEXT
);
CREATE TABLE organizations (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, slug TEXT NOT NULL, owner_id TEXT NOT NULL,
    plan TEXT NOT NULL DEFAULT 'free'
);
CREATE TABLE members (
    organization_id TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (organization_id, user_id)
);
CREATE TABLE projects (
    id TEXT PRIMARY KEY, organization_id TEXT NOT NULL, name TEXT NOT NULL, slug TEXT NOT NULL
);
CREATE TABLE api_keys (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL, name TEXT NOT NULL, key_prefix TEXT NOT NULL,
    key_hash TEXT NOT NULL UNIQUE, created_by TEXT NOT NULL, created_at TEXT NOT NULL,
    revoked_at TEXT, environment TEXT NOT NULL, key_type TEXT NOT NULL, allowed_domains TEXT
);
CREATE INDEX live_keys ON api_keys (project_id, environment, sequence) WHERE revoked_at IS NULL;
CREATE TABLE sessions (id TEXT PRIMARY KEY, user_id TEXT NOT NULL);
CREATE TABLE refresh_tokens (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL UNIQUE,
    session_id TEXT NOT NULL, used_ms INTEGER
);
CREATE INDEX tokens_of_session ON refresh_tokens (session_id, sequence);
CREATE TABLE failed_sign_ins (email TEXT NOT NULL, failed_ms INTEGER NOT NULL);
CREATE INDEX failures_of_email ON failed_sign_ins (email, failed_ms);
CREATE TABLE sign_in_codes (
    code TEXT PRIMARY KEY, challenge TEXT NOT NULL, user_id TEXT NOT NULL,
    expires_ms INTEGER NOT NULL
);
CREATE TABLE cached_keys (
    key_hash TEXT PRIMARY KEY, configuration TEXT NOT NULL, expires_ms INTEGER NOT NULL
);
CREATE TABLE rates (
    project_id TEXT PRIMARY KEY, calls INTEGER NOT NULL, window_ends_ms INTEGER NOT NULL
);
CREATE TABLE gateway_calls (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, project_id TEXT NOT NULL,
    created_us INTEGER NOT NULL, request_id TEXT NOT NULL, endpoint TEXT NOT NULL,
    method TEXT NOT NULL, status_code INTEGER NOT NULL, latency_ms INTEGER, caller_origin TEXT,
    client_app TEXT, api_key_id TEXT NOT NULL, environment TEXT NOT NULL
);
CREATE INDEX gateway_calls_of_key ON gateway_calls (project_id, api_key_id, created_us);
CREATE TABLE ai_requests (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, project_id TEXT NOT NULL,
    created_us INTEGER NOT NULL, status TEXT NOT NULL, model TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, cost_usd REAL NOT NULL,
    latency_ms INTEGER, api_key_id TEXT NOT NULL, environment TEXT NOT NULL
);
CREATE INDEX ai_requests_of_key ON ai_requests (project_id, api_key_id, created_us);
CREATE TABLE security_incidents (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, project_id TEXT NOT NULL,
    created_us INTEGER NOT NULL, status TEXT NOT NULL
);
CREATE INDEX incidents_of_project ON security_incidents (project_id, created_us);
";

/// What a reset empties; whatever is not here stays.
const EMPTIED: [&str; 10] = [
    "api_keys",
    "sessions",
    "refresh_tokens",
    "failed_sign_ins",
    "sign_in_codes",
    "cached_keys",
    "rates",
    "gateway_calls",
    "ai_requests",
    "security_incidents",
];

/// An open state file.
pub(super) struct Store {
    path: PathBuf,
    /// Connections that nobody uses right now.
    idle: Mutex<Vec<Connection>>,
    /// Held while this process writes: waiting here is fair and wakes at once,
    /// where waiting for SQLite's own lock polls.
    writing: Mutex<()>,
}

impl Store {
    /// Opens a state file; creates it (0600, in a folder with 0700) and seeds
    /// it where it does not exist.
    ///
    /// # Errors
    /// When the file cannot be created, opened or written, or was written by
    /// another version of the sandbox.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        create(path).with_context(|| format!("creating the sandbox's state {}", path.display()))?;
        let store = Self {
            path: path.to_path_buf(),
            idle: Mutex::new(Vec::new()),
            writing: Mutex::new(()),
        };
        store
            .prepare()
            .with_context(|| format!("opening the sandbox's state {}", path.display()))?;
        Ok(store)
    }

    /// Runs `work` on a connection, for reading.
    ///
    /// # Errors
    /// Those of `work`, and when the file cannot be opened.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let connection = self.connection()?;
        let result = work(&connection);
        lock(&self.idle).push(connection);
        result
    }

    /// Runs `work` in a transaction that holds the write lock from its start,
    /// so that what it reads is still so when it writes. It is committed when
    /// `work` succeeds and taken back when it fails.
    ///
    /// # Errors
    /// Those of `work`, and when the file cannot be opened or written.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let _writing = lock(&self.writing);
        let mut connection = self.connection()?;
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .with_context(|| format!("writing to the sandbox's state {}", self.path.display()))?;
        let result = work(&transaction)?;
        transaction.commit()?;
        lock(&self.idle).push(connection);
        Ok(result)
    }

    /// Counts the resets of this state: what a process remembers of an earlier
    /// generation is void.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn generation(&self) -> anyhow::Result<i64> {
        self.read(|connection| {
            Ok(connection.query_row("SELECT number FROM generation", [], |row| row.get(0))?)
        })
    }

    /// Back to the first state; identities and running servers stay.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn reset(&self) -> anyhow::Result<()> {
        self.write(|transaction| {
            for table in EMPTIED {
                transaction.execute(&format!("DELETE FROM {table}"), [])?;
            }
            transaction.execute("UPDATE organizations SET plan = 'free'", [])?;
            transaction.execute("UPDATE generation SET number = number + 1", [])?;
            Ok(())
        })
    }

    /// Makes and fills the tables of a new file.
    fn prepare(&self) -> anyhow::Result<()> {
        if self.read(version)? == VERSION {
            return Ok(());
        }
        // Another process may have done it since: look again under the lock.
        self.write(|transaction| match version(transaction)? {
            VERSION => Ok(()),
            0 => {
                transaction.execute_batch(SCHEMA)?;
                seed::seed(transaction)?;
                Ok(transaction.pragma_update(None, "user_version", VERSION)?)
            }
            other => bail!("it has the layout {other}, this program knows {VERSION}"),
        })
    }

    fn connection(&self) -> anyhow::Result<Connection> {
        let idle = lock(&self.idle).pop();
        idle.map_or_else(|| Ok(connect(&self.path)?), Ok)
    }
}

/// Locks `mutex`, also where another thread panicked with it: nothing that is
/// kept in one here can be left half-changed.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn version(connection: &Connection) -> anyhow::Result<i64> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Two processes that switch a new file to WAL at once are told "busy"
    // without waiting, whatever the time-out: try again.
    let started = Instant::now();
    while let Err(error) = connection.pragma_update(None, "journal_mode", "WAL") {
        let is_busy = matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
        );
        if !is_busy || started.elapsed() > BUSY_TIMEOUT {
            return Err(error);
        }
        thread::sleep(Duration::from_millis(10));
    }
    // A sandbox survives the end of its process, it need not survive a power cut.
    connection.pragma_update(None, "synchronous", "OFF")?;
    Ok(connection)
}

/// Opens a state file to look at it: nothing is made or written, also not what
/// SQLite keeps beside a file in WAL mode.
///
/// # Errors
/// When there is no such file, or it can't be read so.
pub(super) fn look(path: &Path) -> anyhow::Result<Connection> {
    let beside = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        Path::new(&name).exists()
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    match (beside("-wal"), beside("-shm")) {
        // Somebody has it open.
        (true, true) => Ok(Connection::open_with_flags(path, flags)?),
        // Nobody has, and all is in the file itself.
        (false, false) => {
            let name: String = path.to_str().context("its name is not UTF-8")?.to_owned();
            let name = name.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
            let name = format!("file:{name}?immutable=1");
            Ok(Connection::open_with_flags(name, flags | OpenFlags::SQLITE_OPEN_URI)?)
        }
        _ => bail!("it was not closed well"),
    }
}

/// Creates the folder and an empty file where they do not exist. The file
/// holds a password and sessions, so nobody else may read it.
fn create(path: &Path) -> io::Result<()> {
    let mut folder = fs::DirBuilder::new();
    let mut file = fs::OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        folder.mode(0o700);
        file.mode(0o600);
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        folder.recursive(true).create(parent)?;
    }
    file.create(true).append(true).open(path).map(drop)
}
