//! A sandbox in a folder of its own, and what tests do with one.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cencori_cli::sandbox::{self, Identity, Options, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::http::{Call, Reply};

/// A running sandbox. It stops, and its state is gone, when this is dropped.
pub struct TestSandbox {
    server: Sandbox,
    folder: TempDir,
}

impl TestSandbox {
    /// With the service's times.
    pub fn start() -> Self {
        Self::start_with(|_| ())
    }

    /// With other times.
    pub fn start_with(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut options = options(folder.path().join("state/sandbox.db"));
        change(&mut options);
        let server = sandbox::start(options).expect("a sandbox");
        Self { server, folder }
    }

    /// A second server over the same state.
    pub fn another_server(&self, change: impl FnOnce(&mut Options)) -> Sandbox {
        let mut options = options(self.state());
        change(&mut options);
        sandbox::start(options).expect("a second server")
    }

    /// The state file.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state/sandbox.db")
    }

    /// The address, without a slash at the end.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// Who and what is in it.
    pub fn identity(&self) -> &Identity {
        self.server.identity()
    }

    /// A request to it.
    pub fn call(&self, method: &str, path: &str) -> Call {
        Call::new(self.url(), method, path)
    }

    /// The path of the keys of the owner's project.
    pub fn keys_path(&self) -> String {
        format!("/api/projects/{}/api-keys", self.identity().project_id)
    }

    /// Signs in and gives the `Cookie` header of the session.
    pub fn sign_in(&self, email: &str) -> String {
        let password = self.identity().owner_password.expose();
        let body = json!({ "email": email, "password": password });
        let reply = self.call("POST", "/api/auth/login").json(&body).send();
        assert_eq!(reply.status, 200);
        cookie_after("", &reply)
    }

    /// The `Cookie` header of a new session of the owner.
    pub fn owner_cookie(&self) -> String {
        self.sign_in(&self.identity().owner_email)
    }

    /// Creates a key; gives its row, with `full_key`.
    pub fn create_key(&self, cookie: &str, body: &Value) -> Value {
        let call = self.call("POST", &self.keys_path()).header("cookie", cookie);
        let reply = call.json(body).send();
        assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
        reply.json()["apiKey"].clone()
    }

    /// Puts so many live keys into an environment at once, behind the sandbox's back.
    pub fn add_keys(&self, count: u32, environment: &str) {
        let state = rusqlite::Connection::open(self.state()).expect("the state");
        let insert = "WITH RECURSIVE numbers(number) AS
                (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < ?1)
            INSERT INTO api_keys (id, project_id, name, key_prefix, key_hash, created_by,
                created_at, environment, key_type)
            SELECT printf('%08x-0000-4000-8000-%012x', random() & 0xffffffff, number), ?2,
                'key ' || number, 'csk_0000...', lower(hex(randomblob(32))), ?2,
                '2026-08-20T12:34:56.789123+00:00', ?3, 'secret' FROM numbers";
        let project = self.identity().project_id.to_string();
        state.execute(insert, (count, project, environment)).expect("keys");
    }

    /// Adds rows to a log, such as `{"log": "ai", "key": "ID", "rows": 3}`.
    #[track_caller]
    pub fn add_rows(&self, rows: &Value) {
        let reply = self.call("POST", "/sandbox/logs").json(rows).send();
        assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    }

    /// Puts the owner's organization on a plan, which cuts the log of AI requests.
    #[track_caller]
    pub fn set_plan(&self, plan: &str) {
        let reply = self.call("PUT", "/sandbox/plan").json(&json!({ "plan": plan })).send();
        assert_eq!(reply.status, 204, "{}", String::from_utf8_lossy(&reply.body));
    }

    /// The names of the live keys of an environment, newest first.
    pub fn key_names(&self, cookie: &str, environment: &str) -> Vec<String> {
        let path = format!("{}?environment={environment}", self.keys_path());
        let keys = self.call("GET", &path).header("cookie", cookie).send().json();
        let keys = keys["apiKeys"].as_array().expect("a list of keys").clone();
        keys.iter().map(|key| key["name"].as_str().unwrap().to_owned()).collect()
    }

    /// The names of the live keys of production, newest first.
    pub fn live_keys(&self) -> Vec<String> {
        self.key_names(&self.owner_cookie(), "production")
    }

    /// Plants a fault, such as `{"path": "/api/*", "fault": {"kind": "cut"}}`.
    #[track_caller]
    pub fn plant(&self, fault: &Value) {
        let reply = self.call("POST", "/sandbox/faults").json(fault).send();
        assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    }

    /// Holds the next request of `method` at `path`, `when` (`before` or `after`) it
    /// does its work.
    #[track_caller]
    pub fn hold(&self, method: &str, path: &str, when: &str) {
        let fault = json!({ "kind": "hold", "when": when });
        self.plant(&json!({ "method": method, "path": path, "fault": fault }));
    }

    /// Removes all faults and lets the held requests go on.
    pub fn clear_faults(&self) {
        assert_eq!(self.call("DELETE", "/sandbox/faults").send().status, 204);
    }

    /// From now on a key that is revoked is no longer listed, but stays alive.
    pub fn keep_revoked_keys_alive(&self) {
        let state = rusqlite::Connection::open(self.state()).expect("the state");
        let trigger = "CREATE TRIGGER alive AFTER UPDATE OF revoked_at ON api_keys
                       WHEN NEW.revoked_at IS NOT NULL BEGIN
                           UPDATE api_keys SET revoked_at = NULL, environment = 'elsewhere'
                           WHERE id = NEW.id;
                       END";
        state.execute(trigger, []).expect("a trigger");
    }

    /// Waits until a request is being held.
    pub fn wait_for_held(&self) {
        assert_eq!(self.call("GET", "/sandbox/held").send().status, 200);
    }

    /// How many requests are being held.
    pub fn held(&self) -> u64 {
        let planted = self.call("GET", "/sandbox/faults").send().json();
        planted["held"].as_u64().expect("a number")
    }

    /// What was asked and how it was answered, oldest first: `method`, `path`,
    /// `query`, `status`, `client_app`.
    pub fn requests(&self) -> Vec<Value> {
        let requests = self.call("GET", "/sandbox/requests").send().json();
        requests["requests"].as_array().expect("a list of requests").clone()
    }
}

/// The `Cookie` header that a browser which sent `cookie` sends after `reply`.
pub fn cookie_after(cookie: &str, reply: &Reply) -> String {
    let mut kept: Vec<(&str, &str)> =
        cookie.split("; ").filter_map(|pair| pair.split_once('=')).collect();
    for set in reply.set_cookies() {
        let (pair, attributes) = set.split_once(';').expect("attributes");
        let (name, value) = pair.split_once('=').expect("a value");
        kept.retain(|(old, _)| *old != name);
        if !attributes.contains("Max-Age=0") {
            kept.push((name, value));
        }
    }
    kept.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

/// The session's JSON in a `Cookie` header.
pub fn session_of(cookie: &str) -> Value {
    let mut pieces: Vec<(&str, &str)> =
        cookie.split("; ").filter_map(|pair| pair.split_once('=')).collect();
    pieces.sort();
    let value: String = pieces.iter().map(|(_, piece)| *piece).collect();
    let encoded = value.strip_prefix("base64-").expect("an encoded session");
    let json = URL_SAFE_NO_PAD.decode(encoded).expect("base64url");
    serde_json::from_slice(&json).expect("a session")
}

/// The `Cookie` header, of one piece, for a session's JSON.
pub fn cookie_of(session: &Value) -> String {
    format!("sb-127-auth-token=base64-{}", URL_SAFE_NO_PAD.encode(session.to_string()))
}

/// Tries until `done` is, for ten seconds at most.
#[track_caller]
pub fn eventually(what: &str, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < Duration::from_secs(10), "not in time: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn options(state: PathBuf) -> Options {
    Options::new(([127, 0, 0, 1], 0).into(), state)
}
