//! Commands and keychains that ask, forget, are slow, or are used by many at once.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::bus::{Bus, KEYRING, Service};
use crate::harness::front::{FRONT, Front, desk_with_keychain, desk_with_provider};
use crate::harness::programs::{needs, program};
use crate::harness::provider::PROVIDER;
use crate::harness::{Desk, Run, Terminal, TestSandbox, assert_snapshot};

const PRINT: [&str; 5] = ["run", "--", "sh", "-c", "printf %s \"$CENCORI_API_KEY\""];

/// Shorter than what somebody is waited for.
const NOBODY: Duration = Duration::from_secs(40);

fn signed_out(desk: Desk) -> Desk {
    desk.without("CENCORI_EMAIL").without("CENCORI_PASSWORD")
}

fn log_in(sandbox: &TestSandbox, desk: &Desk) -> Run {
    let identity = sandbox.identity();
    let password = identity.owner_password.expose().as_bytes();
    let email = &identity.owner_email;
    desk.run_with_input(&["auth", "login", "--email", email, "--password-stdin"], password)
}

/// What another program finds in the keychain.
fn secret_tool(desk: &Desk, verb: &str, account: &str) -> String {
    let mut tool = desk.program(program("secret-tool"));
    let output = tool.args([verb, "service", "cencori", "username", account]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn account(sandbox: &TestSandbox, name: &str) -> String {
    format!("key:{}:{name}", sandbox.identity().project_id)
}

#[test]
fn an_abort_writes_the_old_key_into_an_entry_that_is_gone() {
    needs!(FRONT, KEYRING, ["secret-tool"]);
    let sandbox = TestSandbox::start();
    let (desk, _keychain) = desk_with_keychain(&sandbox);
    let key = desk.run(&["keys", "create", "ab", "--keychain", "--reveal"]).exits(0).stdout;
    desk.run(&["keys", "rotate", "ab", "--pause-before", "verify", "--yes"]).exits(0);
    let entry = account(&sandbox, "ab");
    assert_ne!(secret_tool(&desk, "lookup", &entry), key.trim());
    secret_tool(&desk, "clear", &entry);
    desk.run(&["keys", "rotate", "--abort", "--yes"]).exits(0);
    assert_eq!(secret_tool(&desk, "lookup", &entry), key.trim());
    assert_eq!(desk.run(&PRINT).exits(0).stdout, key.trim());
    assert_eq!(sandbox.live_keys(), ["ab"]);
}

#[test]
fn an_entry_that_can_not_be_read_now_is_not_called_displaced() {
    needs!(FRONT, PROVIDER);
    let sandbox = TestSandbox::start();
    let (desk, _front, provider) = desk_with_provider(&sandbox, "good");
    desk.run(&["keys", "create", "web", "--keychain"]).exits(0);
    desk.run(&["keys", "rotate", "web", "--pause-before", "revoke", "--yes"]).exits(0);
    provider.behave("locked");
    let stopped = desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(1);
    assert_snapshot("keychain_rotate_locked", &stopped.transcript());
    assert_eq!(sandbox.live_keys(), ["web", "web"]);
    // It goes on as it stood.
    provider.behave("good");
    desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
    assert_eq!(sandbox.live_keys(), ["web"]);
}

#[test]
fn twenty_commands_at_once_all_store_their_keys() {
    needs!(FRONT, KEYRING, ["secret-tool"]);
    let sandbox = TestSandbox::start();
    let (desk, _keychain) = desk_with_keychain(&sandbox);
    let names: Vec<_> = (0..20).map(|number| format!("k{number}")).collect();
    let commands: Vec<_> = names
        .iter()
        .map(|name| {
            let variable = format!("KEY_{name}").to_uppercase();
            let arguments = ["keys", "create", name, "--keychain", "--var", &variable];
            let mut command = desk.command(&arguments);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for command in commands {
        Run::of(&["keys", "create"], command.wait_with_output().unwrap()).exits(0);
    }
    let environment = desk.run(&["run", "env"]).exits(0).stdout;
    assert_eq!(environment.lines().filter(|line| line.starts_with("KEY_K")).count(), 20);
    assert_eq!(sandbox.live_keys().len(), 20);
    assert!(desk.open_creations().is_empty());
    assert_eq!(secret_tool(&desk, "lookup", "rehearsal"), "");
}

#[test]
fn a_keychain_that_asks_and_agrees_at_once_is_like_any_other() {
    needs!(FRONT, PROVIDER);
    let sandbox =
        TestSandbox::start_with(|options| options.access_token_lifetime = Duration::from_secs(120));
    let (desk, _front, provider) = desk_with_provider(&sandbox, "completes");
    let signed_in = signed_out(desk.clone());
    log_in(&sandbox, &signed_in).exits(0);
    // Each renews the session, and stores it.
    for _ in 0..3 {
        assert_eq!(signed_in.run(&["keys", "list"]).exits(0).stderr, "No live keys to list.\n");
    }
    signed_in.run(&["keys", "create", "web", "--keychain"]).exits(0);
    assert!(signed_in.run(&PRINT).exits(0).stdout.starts_with("csk_"));
    signed_in.run(&["keys", "rotate", "web", "--yes", "--no-deploy"]).exits(0);
    signed_in.run(&["auth", "logout"]).exits(0);
    signed_in.run(&["auth", "status"]).exits(4);
    assert!(provider.calls().iter().any(|call| call == "Prompt"));
}

#[test]
fn a_renewed_session_that_nobody_lets_be_stored_is_used_all_the_same() {
    needs!(FRONT, PROVIDER);
    let sandbox =
        TestSandbox::start_with(|options| options.access_token_lifetime = Duration::from_secs(120));
    let (desk, _front, provider) = desk_with_provider(&sandbox, "good");
    let desk = signed_out(desk);
    log_in(&sandbox, &desk).exits(0);
    provider.behave("asks");
    // Time and again: the stored session is renewed anew by each.
    for _ in 0..3 {
        let list = desk.run(&["keys", "list"]).exits(0);
        assert_snapshot("keychain_asks_list", &list.transcript());
    }
    provider.behave("good");
    assert_eq!(desk.run(&["keys", "list"]).exits(0).stderr, "No live keys to list.\n");
    provider.behave("asks");
    // No key is made that it would not take.
    let create = desk.run(&["keys", "create", "web", "--keychain"]).exits(1);
    assert!(
        create.stderr.contains("asks somebody whenever something is stored"),
        "{}",
        create.stderr
    );
    assert_eq!(sandbox.live_keys(), [""; 0]);
}

#[test]
fn a_session_that_is_not_kept_is_ended() {
    needs!(FRONT, PROVIDER);
    let sandbox = TestSandbox::start();
    let (desk, _front, provider) = desk_with_provider(&sandbox, "good");
    let desk = signed_out(desk);
    let mut runs = String::new();
    for mode in ["forgets", "refuses", "asks"] {
        provider.behave(mode);
        let login = log_in(&sandbox, &desk);
        assert_ne!(login.code, Some(0), "{mode}: {}", login.transcript());
        runs += &login.transcript();
        let last = sandbox.requests().pop().unwrap();
        assert_eq!(
            (&last["path"], &last["status"]),
            (&json!("/api/basecode/auth/logout"), &json!(200)),
            "{mode}"
        );
    }
    assert_snapshot("keychain_login_not_kept", &runs);
    provider.behave("good");
    desk.run(&["auth", "status"]).exits(4);
}

#[test]
fn a_sign_out_waits_for_nobody() {
    needs!(FRONT, KEYRING);
    let sandbox = TestSandbox::start();
    let desk = signed_out(Desk::at(&sandbox));
    let front = Front::start(&sandbox, &desk);
    let desk = front.before(desk);
    // Nothing is kept where there is no keychain.
    let logout = desk.run(&["auth", "logout"]).exits(0);
    assert!(logout.stderr.contains("No session of"), "{}", logout.transcript());

    let home = tempfile::tempdir().unwrap();
    let bus = Bus::start(home.path(), Service::Unlocked);
    let desk = desk.with("DBUS_SESSION_BUS_ADDRESS", bus.address());
    log_in(&sandbox, &desk).exits(0);
    drop(bus);
    let bus = Bus::start(home.path(), Service::Locked);
    let desk = desk.with("DBUS_SESSION_BUS_ADDRESS", bus.address());
    let started = Instant::now();
    let locked = desk.run(&["auth", "logout"]).exits(4);
    assert!(started.elapsed() < NOBODY, "{:?}", started.elapsed());
    assert!(locked.stderr.contains("The keychain is locked"), "{}", locked.transcript());
    drop(bus);
    // Also at a terminal, where somebody forbids to be asked.
    let socket = desk.outside("silent");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let address = format!("unix:path={}", socket.display());
    let silent = desk.with("DBUS_SESSION_BUS_ADDRESS", &address);
    for desk in [silent.clone(), silent.with("CI", "1")] {
        let started = Instant::now();
        let arguments: &[&str] = &["auth", "logout", "--no-input"];
        let ended = Terminal::run(&desk.command(arguments)).end().exits(4);
        assert!(started.elapsed() < NOBODY, "{:?}: {}", started.elapsed(), ended.screen);
    }
}

#[test]
fn a_command_has_one_connection_and_one_deadline() {
    needs!(FRONT, PROVIDER);
    let sandbox = TestSandbox::start();
    let (desk, _front, provider) = desk_with_provider(&sandbox, "good");
    let project = sandbox.identity().project_id;
    let mut file = format!("project = \"{project}\"\n[run]\n");
    for number in 0..6 {
        let name = format!("k{number}");
        desk.run(&["keys", "create", &name, "--keychain", "--var", &format!("KEY_{number}")])
            .exits(0);
        file += &format!("KEY_{number} = \"{name}\"\n");
    }
    desk.write("cencori.toml", file);
    provider.calls();
    let environment = desk.run(&["run", "env"]).exits(0).stdout;
    assert_eq!(environment.lines().filter(|line| line.starts_with("KEY_")).count(), 6);
    let calls = provider.calls();
    assert_eq!(calls.iter().filter(|call| *call == "OpenSession").count(), 1, "{calls:?}");
    assert_eq!(calls.iter().filter(|call| *call == "GetSecret").count(), 6, "{calls:?}");
    provider.behave("slow");
    // Each of them is read in time; it is all of them that are not.
    let run = desk.run(&["run", "true"]).exits(1);
    assert!(run.stderr.contains("did not answer within 6 s"), "{}", run.transcript());
    assert!(provider.calls().iter().filter(|call| *call == "GetSecret").count() > 1);
}

#[test]
fn a_live_key_that_is_overwritten_is_named() {
    needs!(FRONT, KEYRING);
    let sandbox = TestSandbox::start();
    let (desk, _keychain) = desk_with_keychain(&sandbox);
    let create = ["keys", "create", "old", "--environment", "test", "--keychain", "web"];
    desk.run(&create).exits(0);
    // Whatever environment it is of.
    let over = desk.run(&["keys", "create", "new", "--keychain", "web", "--overwrite"]).exits(0);
    assert!(over.stderr.contains("is still live: old ("), "{}", over.transcript());
    let over = desk.run(&["keys", "create", "next", "--keychain", "web", "--overwrite"]).exits(0);
    assert!(over.stderr.contains("is still live: new ("), "{}", over.transcript());
}

#[test]
fn a_revoked_key_leaves_the_keychain() {
    needs!(FRONT, KEYRING, ["secret-tool"]);
    let sandbox = TestSandbox::start();
    let (desk, _keychain) = desk_with_keychain(&sandbox);
    desk.run(&["keys", "create", "one", "--keychain", "--var", "ONE_KEY"]).exits(0);
    desk.run(&["keys", "create", "two", "--keychain", "--var", "TWO_KEY"]).exits(0);
    let leaked =
        desk.run(&["keys", "create", "three", "--keychain", "--var", "THREE_KEY", "--reveal"]);
    let leaked = leaked.exits(0).stdout;
    let standing = |name| secret_tool(&desk, "lookup", &account(&sandbox, name));
    let revoked = desk.run(&["keys", "revoke", "one", "--yes"]).exits(0);
    assert!(revoked.stderr.contains("Removed one from the keychain"), "{}", revoked.transcript());
    assert!(standing("one").is_empty() && standing("two").starts_with("csk_"));
    let input = format!("leaked: {leaked}");
    let arguments = ["keys", "revoke", "--leaked", "-", "--yes"];
    desk.run_with_input(&arguments, input.as_bytes()).exits(0);
    assert!(standing("three").is_empty() && standing("two").starts_with("csk_"));
    // Nothing was revoked, and nothing is removed.
    desk.run(&["keys", "revoke", "two", "--dry-run"]).exits(0);
    assert!(standing("two").starts_with("csk_"));
}
