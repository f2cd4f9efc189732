//! Which servers run on a state: each notes its address there, and whoever
//! wants to know asks at the address.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;

use super::store::Store;
use super::{Identity, tokens};

/// How long a server has to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// More than the answer of a sandbox has, in bytes.
const LONGEST_ANSWER: u64 = 4_096;

/// Notes that a server answers at `url`.
///
/// # Errors
/// When the state cannot be written.
pub(super) fn register(store: &Store, url: &str) -> anyhow::Result<()> {
    store.write(|transaction| {
        let query = "INSERT OR REPLACE INTO servers VALUES (?1, ?2)";
        transaction.execute(query, (url, tokens::now_in_milliseconds()))?;
        Ok(())
    })
}

/// Notes that none does any more.
///
/// # Errors
/// When the state cannot be written.
pub(super) fn remove(store: &Store, url: &str) -> anyhow::Result<()> {
    store.write(|transaction| {
        transaction.execute("DELETE FROM servers WHERE url = ?1", [url])?;
        Ok(())
    })
}

/// The address of a server that answers on this state now, the youngest first; `None` if there is
/// none. A state that does not exist is not created.
///
/// # Errors
/// When the state cannot be opened.
pub fn serving(state: &Path) -> anyhow::Result<Option<String>> {
    if !state.exists() {
        return Ok(None);
    }
    let store = Store::open(state)?;
    let identity = Identity::read(&store)?;
    let urls: Vec<String> = store.read(|connection| {
        let mut statement =
            connection.prepare("SELECT url FROM servers ORDER BY started_ms DESC")?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    })?;
    for url in urls {
        match project_at(&url) {
            Ok(project_id) if project_id == identity.project_id.to_string() => {
                return Ok(Some(url));
            }
            Err(error) if !is_gone(&error) => {}
            // Nobody is there, or somebody else: that server was killed.
            _ => remove(&store, &url)?,
        }
    }
    Ok(None)
}

fn is_gone(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<std::io::Error>();
    error.is_some_and(|error| error.kind() == ErrorKind::ConnectionRefused)
}

/// The project of the sandbox at `url`; empty if something else answers.
fn project_at(url: &str) -> anyhow::Result<String> {
    let address: SocketAddr = url.strip_prefix("http://").context("an odd address")?.parse()?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /sandbox HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(LONGEST_ANSWER).read_to_string(&mut answer)?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    Ok(body.get("project_id").and_then(Value::as_str).unwrap_or_default().to_owned())
}
