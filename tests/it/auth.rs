//! `auth login`, `status`, `logout`, and sessions that survive.

use std::time::Duration;

use serde_json::json;

use crate::harness::http::Call;
use crate::harness::sandbox::eventually;
use crate::harness::{Desk, Run, Terminal, TestSandbox, assert_snapshot};

/// A desk with nothing to sign in with.
fn signed_out(sandbox: &TestSandbox) -> Desk {
    Desk::at(sandbox).without("CENCORI_EMAIL").without("CENCORI_PASSWORD")
}

fn log_in(sandbox: &TestSandbox, desk: &Desk) -> Run {
    let identity = sandbox.identity();
    let password = identity.owner_password.expose().as_bytes();
    desk.run_with_input(
        &["auth", "login", "--email", &identity.owner_email, "--password-stdin"],
        password,
    )
}

#[test]
fn signed_in_once_every_command_is() {
    let sandbox = TestSandbox::start();
    let desk = signed_out(&sandbox);
    assert_snapshot("auth_status_signed_out", &desk.run(&["auth", "status"]).exits(4).transcript());
    let login = log_in(&sandbox, &desk).exits(0);
    assert_snapshot("auth_login", &login.transcript());
    assert_snapshot("auth_status", &desk.run(&["auth", "status"]).exits(0).transcript());
    assert_snapshot(
        "auth_status_json",
        &desk.run(&["--json", "auth", "status"]).exits(0).transcript(),
    );
    desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
    desk.run(&["keys", "list"]).exits(0);
    assert_snapshot("auth_logout", &desk.run(&["auth", "logout"]).exits(0).transcript());
    desk.run(&["keys", "list"]).exits(4);
    assert_snapshot(
        "auth_logout_again",
        &desk.run(&["--json", "auth", "logout"]).exits(0).transcript(),
    );
}

#[test]
fn sign_out_ends_the_session_at_the_service() {
    let sandbox = TestSandbox::start();
    let desk = signed_out(&sandbox);
    log_in(&sandbox, &desk).exits(0);
    let session = session_file(&desk);
    desk.run(&["auth", "logout"]).exits(0);
    assert!(!session.0.exists());
    let refresh = json!({ "refresh_token": session.1["refresh_token"] });
    let reply = sandbox.call("POST", "/api/basecode/auth/refresh").json(&refresh).send();
    assert_eq!(reply.status, 401);
}

/// The file that the session is in, and what it holds.
fn session_file(desk: &Desk) -> (std::path::PathBuf, serde_json::Value) {
    let folder = std::fs::read_dir(desk.state().join("sessions")).unwrap();
    let paths = folder.map(|entry| entry.unwrap().path());
    let path =
        paths.into_iter().find(|path| path.extension().is_some_and(|end| end == "json")).unwrap();
    let session = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    (path, session)
}

#[test]
fn variables_outrank_the_session_and_are_told_of() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    assert_snapshot("auth_login_overridden", &log_in(&sandbox, &desk).exits(0).transcript());
    let status = desk.run(&["auth", "status"]).exits(0);
    assert_snapshot("auth_status_variables", &status.transcript());
    let logout = desk.run(&["auth", "logout"]).exits(0);
    assert!(logout.stderr.contains("still sign in"), "{}", logout.transcript());
    desk.run(&["auth", "status"]).exits(0);
}

#[test]
fn what_can_not_be_asked_for_is_an_error_at_once() {
    let sandbox = TestSandbox::start();
    let desk = signed_out(&sandbox);
    let mut runs = String::new();
    for arguments in [
        &["auth", "login"][..],
        &["auth", "login", "--email", "a@b.example"],
        &["--sandbox", "auth", "login"],
    ] {
        runs += &desk.run(arguments).exits(2).transcript();
    }
    let email = &sandbox.identity().owner_email;
    let wrong =
        desk.run_with_input(&["auth", "login", "--email", email, "--password-stdin"], b"wrong\n");
    runs += &wrong.exits(4).transcript();
    assert_snapshot("auth_login_refused", &runs);
}

#[test]
fn a_session_is_renewed_before_it_ends() {
    // Always about to end: every command renews it.
    let sandbox =
        TestSandbox::start_with(|options| options.access_token_lifetime = Duration::from_secs(120));
    let desk = signed_out(&sandbox);
    log_in(&sandbox, &desk).exits(0);
    let before = session_file(&desk).1;
    for _ in 0..3 {
        desk.run(&["keys", "list"]).exits(0);
    }
    let after = session_file(&desk).1;
    assert_ne!(before["refresh_token"], after["refresh_token"]);
    // None of them was renewed by the service on its own.
    assert_eq!(after["email"], before["email"]);
}

#[test]
fn twenty_commands_at_once_end_with_one_good_session() {
    let sandbox =
        TestSandbox::start_with(|options| options.access_token_lifetime = Duration::from_secs(120));
    let desk = signed_out(&sandbox);
    log_in(&sandbox, &desk).exits(0);
    let children: Vec<_> =
        (0..20).map(|_| desk.command(&["--quiet", "keys", "list"]).spawn().unwrap()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    desk.run(&["keys", "list"]).exits(0);
}

#[test]
fn a_renewal_whose_answer_is_lost_is_recovered_from() {
    let sandbox =
        TestSandbox::start_with(|options| options.access_token_lifetime = Duration::from_secs(120));
    let desk = signed_out(&sandbox);
    log_in(&sandbox, &desk).exits(0);
    sandbox.plant(
        &json!({"path": "/api/basecode/auth/refresh", "fault": {"kind": "drop", "when": "after"}}),
    );
    let lost = desk.run(&["keys", "list"]).exits(8);
    assert_snapshot("auth_renewal_lost", &lost.transcript());
    desk.run(&["keys", "list"]).exits(0);
    desk.run(&["keys", "list"]).exits(0);
}

#[test]
fn what_a_401_means_is_found_out_and_nothing_is_deleted() {
    let sandbox = TestSandbox::start();
    let desk = signed_out(&sandbox);
    log_in(&sandbox, &desk).exits(0);
    sandbox.plant(
        &json!({"path": "/api/projects/*/api-keys", "times": 0, "fault": {"kind": "status", "status": 401}}),
    );
    let trouble = desk.run(&["keys", "list", "--environment", "test"]).exits(8);
    assert_snapshot("auth_401_trouble", &trouble.transcript());
    sandbox.clear_faults();
    desk.run(&["keys", "list"]).exits(0);
    // Ended elsewhere: the session is of no use, and still not deleted.
    let session = session_file(&desk).1;
    let tokens =
        json!({"access_token": session["access_token"], "refresh_token": session["refresh_token"]});
    assert_eq!(sandbox.call("POST", "/api/basecode/auth/logout").json(&tokens).send().status, 200);
    let ended = desk.run(&["keys", "list", "--environment", "test"]).exits(4);
    assert_snapshot("auth_401_ended", &ended.transcript());
    assert!(session_file(&desk).0.exists());
}

#[test]
fn a_session_that_the_service_calls_ended_is_renewed_on_the_way() {
    let sandbox = TestSandbox::start();
    let desk = signed_out(&sandbox);
    log_in(&sandbox, &desk).exits(0);
    for path in ["/api/projects/*/api-keys", "/api/user/profile"] {
        sandbox
            .plant(&json!({"path": path, "times": 1, "fault": {"kind": "status", "status": 401}}));
        desk.run(&["keys", "list"]).exits(0);
        desk.run(&["auth", "status"]).exits(0);
    }
    // All at once, each with a session that was good by this machine's clock.
    sandbox.plant(&json!({"path": "/api/projects/*/api-keys", "times": 10, "fault": {"kind": "status", "status": 401}}));
    let children: Vec<_> = (0..10)
        .map(|_| {
            desk.command(&["--quiet", "keys", "list", "--environment", "test"]).spawn().unwrap()
        })
        .collect();
    let failed = children
        .into_iter()
        .filter_map(|mut child| child.wait().unwrap().code())
        .filter(|code| *code != 0);
    // Whoever met the fault twice says that it is the service.
    assert!(failed.collect::<Vec<_>>().iter().all(|code| *code == 8));
    sandbox.clear_faults();
    desk.run(&["keys", "list"]).exits(0);
}

#[test]
fn a_session_file_that_is_none_is_refused_and_can_be_removed() {
    let sandbox = TestSandbox::start();
    let desk = signed_out(&sandbox);
    log_in(&sandbox, &desk).exits(0);
    let path = session_file(&desk).0;
    std::fs::write(&path, "garbage").unwrap();
    desk.run(&["auth", "status"]).exits(4);
    desk.run(&["auth", "logout"]).exits(0);
    assert!(!path.exists());
    desk.succeed("mkfifo", &[path.to_str().unwrap()]);
    desk.run(&["auth", "status"]).exits(4);
    desk.run(&["auth", "logout"]).exits(0);
    assert!(!path.exists());
}

#[test]
fn profiles_keep_sessions_apart() {
    let (first, second) = (TestSandbox::start(), TestSandbox::start());
    let desk = signed_out(&first).without("CENCORI_DASHBOARD_URL").without("CENCORI_PROJECT");
    let desk = desk.with("CENCORI_CONFIG_DIR", "config");
    std::fs::create_dir(desk.path("config")).unwrap();
    let profile = |name: &str, sandbox: &TestSandbox| {
        format!(
            "[profiles.{name}]\ndashboard_url = \"{}\"\nproject = \"{}\"\n",
            sandbox.url(),
            sandbox.identity().project_id
        )
    };
    desk.write("config/config.toml", profile("one", &first) + &profile("two", &second));
    for (name, sandbox) in [("one", &first), ("two", &second)] {
        let desk = &desk;
        let identity = sandbox.identity();
        let arguments = [
            "--profile",
            name,
            "auth",
            "login",
            "--email",
            &identity.owner_email,
            "--password-stdin",
        ];
        desk.run_with_input(&arguments, identity.owner_password.expose().as_bytes()).exits(0);
    }
    desk.run(&["--profile", "one", "keys", "create", "in-one"]).exits(0);
    desk.run(&["--profile", "one", "keys", "show", "in-one"]).exits(0);
    desk.run(&["--profile", "two", "keys", "show", "in-one"]).exits(6);
    desk.run(&["--profile", "one", "auth", "logout"]).exits(0);
    desk.run(&["--profile", "one", "keys", "list"]).exits(4);
    desk.run(&["--profile", "two", "keys", "list"]).exits(0);
}

/// Does in the sandbox what the page does for a person who is signed in; gives
/// the address that the browser is sent back to.
fn authorize(sandbox: &TestSandbox, url: &str) -> String {
    authorize_as(sandbox, &sandbox.owner_cookie(), url)
}

fn authorize_as(sandbox: &TestSandbox, cookie: &str, url: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    let of = |name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    let body = json!({
        "code_challenge": of("code_challenge"), "state": of("state"), "redirect_uri": of("redirect_uri"),
    });
    let call = sandbox.call("POST", "/api/basecode/auth/authorize").header("cookie", cookie);
    call.json(&body).send().json()["callback_url"].as_str().unwrap().to_owned()
}

#[cfg(unix)]
#[test]
fn the_browser_brings_the_session() {
    let sandbox = TestSandbox::start();
    let desk = signed_out(&sandbox);
    let mut terminal = Terminal::run_at_width(&desk.command(&["auth", "login"]), 400);
    let url = terminal.between("Sign in at ", "\r\n");
    let callback = authorize(&sandbox, &url);
    let (address, path) = callback.split_at(callback.find("/auth").unwrap());
    assert_eq!(Call::new(address, "GET", path).send().status, 200);
    let ended = terminal.end().exits(0);
    assert!(ended.screen.contains("Signed in to"), "{}", ended.screen);
    assert!(!ended.text().contains("code="), "{}", ended.text());
    desk.run(&["keys", "list"]).exits(0);
}

#[cfg(unix)]
#[test]
fn without_a_browser_the_address_can_be_pasted() {
    let sandbox = TestSandbox::start();
    let desk = signed_out(&sandbox);
    let mut terminal = Terminal::run_at_width(&desk.command(&["auth", "login", "--quiet"]), 400);
    let url = terminal.between("Sign in at ", "\r\n");
    terminal.expect("Ctrl-C gives up");
    terminal.press("https://example.com/\r");
    terminal.expect("not the address");
    terminal.press(&format!("{}\r", authorize(&sandbox, &url)));
    terminal.end().exits(0);
    desk.run(&["auth", "status"]).exits(0);
}

/// Puts a program of this name before all others; what it is given it tells in the
/// folder `seen`.
#[cfg(unix)]
fn with_program(desk: Desk, name: &str, script: &str) -> Desk {
    use std::os::unix::fs::PermissionsExt;
    let (programs, seen) = (desk.outside("programs"), desk.outside("seen"));
    for folder in [&programs, &seen] {
        std::fs::create_dir_all(folder).unwrap();
    }
    let path = programs.join(name);
    let script = format!("#!/bin/sh\nseen='{}'\n{script}\n", seen.display());
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    desk.with("PATH", &path).with("DISPLAY", ":0")
}

#[cfg(unix)]
fn seen(desk: &Desk, name: &str) -> String {
    std::fs::read_to_string(desk.outside("seen").join(name)).unwrap_or_default()
}

/// Tells all that it is given.
#[cfg(unix)]
const OPENER: &str = "printf '%s\\n' \"$@\" >\"$seen/arguments\"; env >\"$seen/environment\"
stat -c %a \"$1\" \"${1%/*}\" >\"$seen/modes\"; cat \"$1\" >\"$seen/page\"; touch \"$seen/done\"";

#[cfg(unix)]
#[test]
fn what_opens_the_browser_gets_no_secret() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox).with("CENCORI_ACCESS_TOKEN", "token");
    let desk = with_program(desk, "xdg-open", OPENER);
    let desk = with_program(desk, "xdg-mime", "env >\"$seen/mime\"");
    let mut terminal = Terminal::run_at_width(&desk.command(&["auth", "login"]), 400);
    let url = terminal.between("Sign in at ", "\r\n");
    terminal.expect("It should open in your browser");
    eventually("the page is opened", || desk.outside("seen/done").exists());
    let arguments = seen(&desk, "arguments");
    let page = arguments.trim_end();
    assert!(page.ends_with(".html") && !arguments.contains("state="), "{arguments}");
    assert!(page.starts_with(desk.state().to_str().unwrap()), "{arguments}");
    assert_eq!(seen(&desk, "modes"), "600\n700\n");
    assert!(seen(&desk, "page").contains(&url.replace('&', "&amp;")), "{}", seen(&desk, "page"));
    for environment in ["environment", "mime"] {
        let environment = seen(&desk, environment);
        assert!(environment.contains("CENCORI_DASHBOARD_URL="), "{environment}");
        for name in ["CENCORI_PASSWORD", "CENCORI_EMAIL", "CENCORI_ACCESS_TOKEN"] {
            assert!(!environment.contains(name), "{environment}");
        }
    }
    assert!(std::path::Path::new(page).exists());
    terminal.press(&format!("{}\r", authorize(&sandbox, &url)));
    terminal.end().exits(0);
    assert!(!std::path::Path::new(page).exists(), "the page stays behind");
}

#[cfg(unix)]
#[test]
fn a_browser_that_can_not_read_the_page_is_not_opened() {
    let sandbox = TestSandbox::start();
    let exports = "home/.local/share/flatpak/exports/share/applications";
    let flatpak = |desk: &Desk| {
        std::fs::create_dir_all(desk.outside(exports)).unwrap();
        std::fs::write(desk.outside(exports).join("org.example.Browser.desktop"), "").unwrap();
    };
    let editor = "case $3 in text/html) echo editor.desktop;; *) echo browser.desktop;; esac";
    for script in ["echo org.example.Browser.desktop", editor] {
        let desk = with_program(signed_out(&sandbox), "xdg-open", OPENER);
        let desk = with_program(desk, "xdg-mime", script);
        flatpak(&desk);
        let mut terminal = Terminal::run_at_width(&desk.command(&["auth", "login"]), 400);
        let url = terminal.between("Sign in at ", "\r\n");
        terminal.expect("Open this address in your browser.");
        terminal.press(&format!("{}\r", authorize(&sandbox, &url)));
        terminal.end().exits(0);
        assert!(!desk.outside("seen/arguments").exists(), "{script}");
    }
}

#[cfg(unix)]
#[test]
fn another_account_needs_a_yes() {
    let sandbox = TestSandbox::start();
    let desk = signed_out(&sandbox);
    log_in(&sandbox, &desk).exits(0);
    let owner = &sandbox.identity().owner_email;
    let member = sandbox.identity().member_email.clone();
    let session = session_file(&desk).1;
    let sign_in = |cookie: &str| {
        let mut terminal = Terminal::run_at_width(&desk.command(&["auth", "login"]), 400);
        let url = terminal.between("Sign in at ", "\r\n");
        // Typed before there is a question, it answers none.
        terminal.press("yes\r");
        terminal.press(&format!("{}\r", authorize_as(&sandbox, cookie, &url)));
        terminal
    };
    let stranger = sandbox.sign_in(&member);
    for answer in ["no\r", "\r"] {
        let mut terminal = sign_in(&stranger);
        terminal.expect(&format!(
            "This signs you in as {member}; so far you are signed in as {owner}."
        ));
        terminal.press(answer);
        let ended = terminal.end().exits(1);
        assert!(ended.screen.contains(&format!("Still signed in as {owner}")), "{}", ended.screen);
        assert!(ended.screen.contains("The new session was ended"), "{}", ended.screen);
        assert_eq!(session_file(&desk).1, session);
        let last = sandbox.requests().pop().unwrap();
        assert_eq!(
            (&last["path"], &last["status"]),
            (&json!("/api/basecode/auth/logout"), &json!(200))
        );
    }
    // The same account needs none.
    let ended = sign_in(&sandbox.owner_cookie()).end().exits(0);
    assert!(!ended.screen.contains("Type yes"), "{}", ended.screen);
    let mut terminal = sign_in(&stranger);
    terminal.expect("Type yes");
    terminal.press("yes\r");
    terminal.end().exits(0);
    assert_eq!(session_file(&desk).1["email"], member);
}

#[cfg(unix)]
#[test]
fn a_password_is_asked_for_and_not_shown() {
    let sandbox = TestSandbox::start();
    let desk = signed_out(&sandbox);
    let identity = sandbox.identity();
    let mut terminal =
        Terminal::run(&desk.command(&["auth", "login", "--email", &identity.owner_email]));
    terminal.answer_secretly("Password of", &format!("{}\r", identity.owner_password.expose()));
    let ended = terminal.end().exits(0);
    assert!(!ended.text().contains(identity.owner_password.expose()), "{}", ended.text());
}

#[cfg(target_os = "linux")]
mod keychain {
    use std::time::Instant;

    use super::*;
    use crate::harness::bus::{Bus, KEYRING, Service};
    use crate::harness::front::{FRONT, Front};
    use crate::harness::programs::needs;

    #[test]
    fn the_session_is_in_the_keychain_and_survives_its_restart() {
        needs!(FRONT, KEYRING);
        let sandbox = TestSandbox::start();
        let desk = signed_out(&sandbox);
        let front = Front::start(&sandbox, &desk);
        let home = tempfile::tempdir().unwrap();
        let bus = Bus::start(home.path(), Service::Unlocked);
        let desk = front.before(desk).with("DBUS_SESSION_BUS_ADDRESS", bus.address());
        let login = log_in(&sandbox, &desk).exits(0);
        assert!(login.stderr.contains("keychain"), "{}", login.transcript());
        assert!(
            !desk.state().join("sessions").read_dir().unwrap().any(|entry| {
                entry.unwrap().path().extension().is_some_and(|end| end == "json")
            })
        );
        let status = desk.run(&["auth", "status"]).exits(0);
        assert!(status.stdout.contains("kept in"), "{}", status.transcript());
        desk.run(&["keys", "list"]).exits(0);
        drop(bus);
        let bus = Bus::start(home.path(), Service::Unlocked);
        let desk = desk.with("DBUS_SESSION_BUS_ADDRESS", bus.address());
        desk.run(&["keys", "list"]).exits(0);
        desk.run(&["auth", "logout"]).exits(0);
        desk.run(&["keys", "list"]).exits(4);
    }

    #[test]
    fn what_needs_no_kept_session_never_touches_the_bus() {
        let sandbox = TestSandbox::start();
        let desk = Desk::at(&sandbox);
        let socket = desk.outside("bus");
        let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        listener.set_nonblocking(true).unwrap();
        let desk =
            desk.with("DBUS_SESSION_BUS_ADDRESS", &format!("unix:path={}", socket.display()));
        for arguments in [
            &["--version"][..],
            &["keys", "create", "web", "--env-file"],
            &["keys", "list"],
            &["link"],
            &["sandbox", "status"],
            &["--sandbox", "keys", "list"],
            &["completions", "bash"],
        ] {
            desk.run(arguments).exits(0);
            let untouched = listener.accept().unwrap_err().kind();
            assert_eq!(untouched, std::io::ErrorKind::WouldBlock, "{arguments:?}");
        }
    }

    #[test]
    fn without_a_keychain_or_with_a_locked_one_there_is_an_answer() {
        needs!(FRONT, KEYRING);
        let sandbox = TestSandbox::start();
        let desk = signed_out(&sandbox);
        let front = Front::start(&sandbox, &desk);
        let desk = front.before(desk);
        let started = Instant::now();
        let none = log_in(&sandbox, &desk).exits(4);
        assert!(started.elapsed() < Duration::from_secs(1));
        assert_snapshot(
            "auth_no_keychain",
            &none.transcript().replace(&front.port().to_string(), "[port]"),
        );
        let list = desk.run(&["keys", "list"]).exits(4);
        assert_snapshot("auth_no_keychain_list", &list.transcript());

        // A keyring is only locked once it was set up.
        let home = tempfile::tempdir().unwrap();
        let bus = Bus::start(home.path(), Service::Unlocked);
        let desk = desk.with("DBUS_SESSION_BUS_ADDRESS", bus.address());
        log_in(&sandbox, &desk).exits(0);
        drop(bus);
        let bus = Bus::start(home.path(), Service::Locked);
        let locked = desk.with("DBUS_SESSION_BUS_ADDRESS", bus.address());
        let started = Instant::now();
        let list = locked.run(&["keys", "list"]).exits(4);
        assert!(started.elapsed() < Duration::from_secs(4));
        assert_snapshot("auth_locked_keychain_list", &list.transcript());

        // The file is for whoever asks for it, and is told of again and again.
        let identity = sandbox.identity();
        let arguments = [
            "auth",
            "login",
            "--email",
            &identity.owner_email,
            "--password-stdin",
            "--insecure-storage",
        ];
        let login =
            locked.run_with_input(&arguments, identity.owner_password.expose().as_bytes()).exits(0);
        assert!(login.stderr.contains("Whoever can read that file"), "{}", login.transcript());
        let status = locked.run(&["auth", "status"]).exits(0);
        assert!(status.stderr.contains("whoever can read it"), "{}", status.transcript());
        locked.run(&["keys", "list"]).exits(0);
    }
}
