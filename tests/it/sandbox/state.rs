//! The state file: who may use it, several servers on it, and starting over.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs, thread};

use cencori_cli::sandbox::{self, Options};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::harness::http::Call;
use crate::harness::sandbox::{TestSandbox, session_of};

/// Names the state to a process that a test started.
const STATE_OF_CHILD: &str = "SANDBOX_TEST_STATE";

#[test]
fn a_list_has_at_most_a_thousand_keys_newest_first() {
    let sandbox = TestSandbox::start();
    let cookie = sandbox.owner_cookie();
    sandbox.create_key(&cookie, &json!({ "name": "oldest" }));
    let state = Connection::open(sandbox.state()).unwrap();
    let copies = "
        WITH RECURSIVE numbers (number) AS
            (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 1003)
        INSERT INTO api_keys (id, project_id, name, key_prefix, key_hash, created_by, created_at,
            environment, key_type)
        SELECT 'id ' || number, project_id, number, key_prefix, 'hash ' || number, created_by,
            created_at, environment, key_type
        FROM api_keys JOIN numbers";
    state.execute(copies, []).unwrap();
    let names = sandbox.key_names(&cookie, "production");
    assert_eq!(names.len(), 1_000);
    assert_eq!((names[0].as_str(), names[999].as_str()), ("1003", "4"));
}

#[test]
fn keys_of_one_microsecond_keep_their_order() {
    let sandbox = TestSandbox::start();
    let cookie = sandbox.owner_cookie();
    let names: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    for name in &names {
        sandbox.create_key(&cookie, &json!({ "name": name }));
    }
    let state = Connection::open(sandbox.state()).unwrap();
    state
        .execute("UPDATE api_keys SET created_at = '2026-01-01T00:00:00.000000+00:00'", [])
        .unwrap();
    let newest_first: Vec<String> = names.into_iter().rev().collect();
    assert_eq!(sandbox.key_names(&cookie, "production"), newest_first);
}

#[test]
fn two_servers_write_at_once() {
    let sandbox = TestSandbox::start();
    let second = sandbox.another_server(|_| ());
    let cookie = sandbox.owner_cookie();
    thread::scope(|scope| {
        for url in [sandbox.url(), second.url(), sandbox.url(), second.url()] {
            scope.spawn(|| create_keys(url, &sandbox.keys_path(), &cookie));
        }
    });
    assert_eq!(sandbox.key_names(&cookie, "production").len(), 40);
}

fn create_keys(url: &str, path: &str, cookie: &str) {
    for _ in 0..10 {
        let call = Call::new(url, "POST", path).header("cookie", cookie);
        let reply = call.json(&json!({ "name": "one of many" })).send();
        assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    }
}

#[test]
fn processes_that_start_on_no_state_at_once_share_one() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("new/sandbox.db");
    let children: Vec<_> = (0..4)
        .map(|_| {
            Command::new(env::current_exe().unwrap())
                .args(["--ignored", "--exact", "sandbox::state::a_process_of_its_own"])
                .env(STATE_OF_CHILD, &state)
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let connection = Connection::open(&state).unwrap();
    let count = |table: &str| -> i64 {
        let query = format!("SELECT count(*) FROM {table}");
        connection.query_row(&query, [], |row| row.get(0)).unwrap()
    };
    assert_eq!((count("identity"), count("api_keys"), count("servers")), (1, 40, 0));
}

#[test]
#[ignore = "part of processes_that_start_on_no_state_at_once_share_one"]
fn a_process_of_its_own() {
    let Some(state) = env::var_os(STATE_OF_CHILD) else { return };
    let options = Options::new(([127, 0, 0, 1], 0).into(), state);
    let sandbox = sandbox::start(options).unwrap();
    let identity = sandbox.identity();
    let password = identity.owner_password.expose();
    let body = json!({ "email": identity.owner_email, "password": password });
    let reply = Call::new(sandbox.url(), "POST", "/api/auth/login").json(&body).send();
    assert_eq!(reply.status, 200);
    let cookie = reply.set_cookies()[0].split(';').next().unwrap().to_owned();
    let path = format!("/api/projects/{}/api-keys", identity.project_id);
    create_keys(sandbox.url(), &path, &cookie);
}

#[test]
fn a_reset_leaves_the_identities_and_nothing_else() {
    let sandbox = TestSandbox::start();
    let cookie = sandbox.owner_cookie();
    let key = sandbox.create_key(&cookie, &json!({ "name": "gone" }));
    let ask = |path: &str| {
        let call = sandbox.call(if path.contains("ai") { "POST" } else { "GET" }, path);
        call.bearer(key["full_key"].as_str().unwrap()).send().status
    };
    assert_eq!((ask("/v1/models"), ask("/api/ai/moderation")), (200, 400));
    assert_eq!(ask("/api/ai/moderation"), 400, "now the process remembers it");

    sandbox::reset(&sandbox.state()).unwrap();
    assert_eq!((ask("/v1/models"), ask("/api/ai/moderation")), (401, 401));
    let reply = sandbox.call("GET", "/api/user/profile").header("cookie", &cookie).send();
    assert_eq!(reply.status, 401);
    let cookie = sandbox.owner_cookie();
    assert!(sandbox.key_names(&cookie, "production").is_empty());
    let identity = sandbox::identity(&sandbox.state()).unwrap();
    assert_eq!(identity.project_id, sandbox.identity().project_id);
}

#[test]
fn a_state_is_kept_from_run_to_run() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("sandbox.db");
    let before = sandbox::identity(&state).unwrap();
    let options = Options::new(([127, 0, 0, 1], 0).into(), &state);
    let running = sandbox::start(options).unwrap();
    assert_eq!(running.identity().owner_password.expose(), before.owner_password.expose());
    assert_eq!(before.owner_password.expose().len(), 20);
    assert_eq!(sandbox::serving(&state).unwrap().as_deref(), Some(running.url()));
    drop(running);
    assert_eq!(sandbox::serving(&state).unwrap(), None);
}

#[test]
fn a_server_that_was_killed_is_not_taken_for_a_running_one() {
    let sandbox = TestSandbox::start();
    let other = TestSandbox::start();
    let state = Connection::open(sandbox.state()).unwrap();
    let later = "INSERT INTO servers VALUES (?1, 9000000000000)";
    // One port is nobody's, the other is now that of another sandbox.
    state.execute(later, ["http://127.0.0.1:1"]).unwrap();
    state.execute(later, [other.url()]).unwrap();
    assert_eq!(sandbox::serving(&sandbox.state()).unwrap().as_deref(), Some(sandbox.url()));
    let rows: i64 = state.query_row("SELECT count(*) FROM servers", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 1);
    assert_eq!(sandbox::serving(Path::new("/nowhere/at/all")).unwrap(), None);
}

#[test]
#[cfg(unix)]
fn nobody_else_may_read_the_state() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = TestSandbox::start();
    sandbox.owner_cookie();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = sandbox.state().parent().unwrap().to_path_buf();
    assert_eq!(mode(&folder), 0o700);
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn a_file_that_is_no_state_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    fs::write(&path, "not a database, but long enough to look at".repeat(20)).unwrap();
    let error = sandbox::identity(&path).unwrap_err();
    assert!(format!("{error:#}").contains("notes.txt"), "{error:#}");
    assert!(fs::read_to_string(&path).unwrap().starts_with("not a database"));
}

#[test]
fn only_loopback_is_listened_on() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("sandbox.db");
        let listen: SocketAddr = address.parse().unwrap();
        let error = sandbox::start(Options::new(listen, &state)).map(drop).unwrap_err();
        assert!(error.to_string().contains("loopback only"), "{error}");
        assert!(!state.exists());
    }
}

#[test]
fn other_host_names_are_refused() {
    let sandbox = TestSandbox::start();
    let port = sandbox.url().rsplit(':').next().unwrap();
    let status = |host: &str| sandbox.call("GET", "/sandbox").header("host", host).send().status;
    assert_eq!(status(&format!("localhost:{port}")), 200);
    assert_eq!(status(&format!("[::1]:{port}")), 200);
    assert_eq!(status(&format!("evil.example:{port}")), 421);
    assert_eq!(status("localhost.evil.example"), 421);
}

#[test]
fn access_tokens_name_the_issuer_that_the_cookie_is_named_after() {
    use base64::Engine;
    let sandbox = TestSandbox::start();
    let session = session_of(&sandbox.owner_cookie());
    let claims = session["access_token"].as_str().unwrap().split('.').nth(1).unwrap();
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["iss"], format!("{}/auth/v1", sandbox.url()));
    assert_eq!(claims["exp"], session["expires_at"]);
}
