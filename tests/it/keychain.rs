//! Sessions in a real keyring, and answers in time where there is none.

use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use cencori_cli::auth::credentials::keychain::{Keychain, Patience};
use cencori_cli::auth::credentials::lock::SessionLock;
use cencori_cli::auth::credentials::store::{SessionName, SessionStore, StoredSession};
use cencori_cli::secret::Secret;

use crate::harness::bus::{BUS, Bus, KEYRING, Service};
use crate::harness::programs::{needs, program};

/// Tells a process that a test started what to do.
const STEPS_OF_CHILD: &str = "KEYCHAIN_TEST_STEPS";

/// Begins each line of such a process that says what came of a step.
const RESULT: &str = "step: ";

#[test]
fn a_session_outlives_the_process_and_the_keyring() {
    needs!(KEYRING);
    let home = tempfile::tempdir().unwrap();
    let bus = Bus::start(home.path(), Service::Unlocked);
    let steps = |steps| run(home.path(), Some(bus.address()), steps).results;
    assert_eq!(steps("load remove"), ["nothing", "removed false"]);
    assert_eq!(steps("save:900 save:901"), ["saved", "saved"]);
    assert_eq!(steps("load"), ["loaded 901"]);
    drop(bus);
    let bus = Bus::start(home.path(), Service::Unlocked);
    let steps = |steps| run(home.path(), Some(bus.address()), steps).results;
    assert_eq!(steps("load remove"), ["loaded 901", "removed true"]);
    assert_eq!(steps("load"), ["nothing"]);
}

#[test]
fn a_long_session_leaves_no_pieces_behind() {
    needs!(KEYRING, ["secret-tool"]);
    let home = tempfile::tempdir().unwrap();
    let bus = Bus::start(home.path(), Service::Unlocked);
    let steps = |steps| run(home.path(), Some(bus.address()), steps).results;
    assert_eq!(steps("save:9000 load"), ["saved", "loaded 9000"]);
    assert_eq!(
        entries(&bus),
        ["p@host:1", "p@host:1.a.0", "p@host:1.a.1", "p@host:1.a.2", "p@host:1.a.3"]
    );
    assert_eq!(steps("save:4000 load"), ["saved", "loaded 4000"]);
    assert_eq!(entries(&bus), ["p@host:1", "p@host:1.b.0", "p@host:1.b.1"]);
    assert_eq!(steps("save:800 load"), ["saved", "loaded 800"]);
    assert_eq!(entries(&bus), ["p@host:1"]);
    assert_eq!(steps("save:4000 remove load"), ["saved", "removed true", "nothing"]);
    assert_eq!(entries(&bus), [""; 0]);
}

#[test]
fn a_load_is_quick() {
    needs!(KEYRING);
    let home = tempfile::tempdir().unwrap();
    let bus = Bus::start(home.path(), Service::Unlocked);
    run(home.path(), Some(bus.address()), "save:1200");
    let loads: Vec<_> =
        (0..10).map(|_| run(home.path(), Some(bus.address()), "load").longest).collect();
    println!("loads in processes of their own: {loads:?}");
    let quickest = loads.iter().min().unwrap();
    assert!(*quickest < Duration::from_millis(100), "{loads:?}");
}

#[test]
fn without_a_bus_the_answer_comes_at_once() {
    let home = tempfile::tempdir().unwrap();
    let run = run(home.path(), None, "load save:900 remove");
    let answer = r#"NoKeychain("there is no D-Bus session")"#;
    assert_eq!(run.results, [answer; 3]);
    assert!(run.longest < Duration::from_millis(100), "{:?}", run.longest);
}

#[test]
fn the_bus_of_the_runtime_folder_needs_no_address() {
    needs!(KEYRING);
    let home = tempfile::tempdir().unwrap();
    let bus = Bus::start(home.path(), Service::Unlocked);
    let socket = bus.address().strip_prefix("unix:path=").unwrap().split(',').next().unwrap();
    // A link of the hard kind: libdbus does not follow the others.
    fs::hard_link(socket, home.path().join("bus")).unwrap();
    let mut process = process(home.path(), None, "save:900 load");
    assert_eq!(
        Run::of(process.env("XDG_RUNTIME_DIR", home.path())).results,
        ["saved", "loaded 900"]
    );
}

#[test]
fn a_bus_that_is_gone_is_no_keychain() {
    let home = tempfile::tempdir().unwrap();
    for address in ["unix:path=/nowhere/bus", "disabled:", "nonsense"] {
        let run = run(home.path(), Some(address), "load");
        assert!(run.results[0].starts_with("NoKeychain("), "{address}: {:?}", run.results);
        assert!(run.longest < Duration::from_secs(1), "{address}: {:?}", run.longest);
    }
}

#[test]
fn a_bus_without_a_service_is_no_keychain() {
    needs!(BUS);
    let home = tempfile::tempdir().unwrap();
    let bus = Bus::start(home.path(), Service::None);
    let run = run(home.path(), Some(bus.address()), "load save:900 remove");
    for result in &run.results {
        assert!(result.contains("no Secret Service is running"), "{result}");
        // What the bus itself said.
        assert!(result.contains("org.freedesktop.secrets"), "{result}");
    }
    assert!(run.longest < Duration::from_secs(1), "{:?}", run.longest);
}

#[test]
fn a_silent_bus_is_left_behind() {
    let home = tempfile::tempdir().unwrap();
    let socket = home.path().join("silent");
    // Accepts, by its backlog, and never says a word.
    let _listener = UnixListener::bind(&socket).unwrap();
    let address = format!("unix:path={}", socket.display());
    let started = Instant::now();
    let run = run(home.path(), Some(&address), "load");
    assert_eq!(run.results, ["TimedOut(3)"]);
    // With the process's own end, which no thread may hold up.
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}

#[test]
fn a_save_that_is_left_behind_keeps_others_from_writing() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(run(home.path(), None, "save:900 unlock").results[1], "free");
    let socket = home.path().join("silent");
    let _listener = UnixListener::bind(&socket).unwrap();
    let address = format!("unix:path={}", socket.display());
    let run = run(home.path(), Some(&address), "save:900 unlock");
    assert_eq!(run.results, ["TimedOut(3)", "held"]);
    // Till the end of its process.
    let lock = SessionName::new("p", "host:1").lock_file(home.path());
    SessionLock::acquire(&lock, Duration::ZERO).unwrap();
}

#[test]
fn a_locked_keyring_says_so_where_nobody_is_there() {
    needs!(KEYRING);
    let home = tempfile::tempdir().unwrap();
    let bus = Bus::start(home.path(), Service::Unlocked);
    assert_eq!(run(home.path(), Some(bus.address()), "save:900").results, ["saved"]);
    drop(bus);
    let bus = Bus::start(home.path(), Service::Locked);
    let locked = run(home.path(), Some(bus.address()), "load save:901 remove");
    assert_eq!(locked.results, ["Locked"; 3]);
    assert!(locked.longest < Duration::from_secs(4), "{:?}", locked.longest);
    // Somebody is to be asked, but there is no desktop to ask on.
    assert_eq!(run(home.path(), Some(bus.address()), "ask").results, ["Locked"]);
    drop(bus);
    // Nothing of that has harmed it.
    let bus = Bus::start(home.path(), Service::Unlocked);
    assert_eq!(run(home.path(), Some(bus.address()), "load").results, ["loaded 900"]);
}

#[test]
fn only_who_signs_in_is_asked_for_a_password() {
    needs!(KEYRING);
    let home = tempfile::tempdir().unwrap();
    let bus = Bus::start(home.path(), Service::Unlocked);
    assert_eq!(run(home.path(), Some(bus.address()), "save:900").results, ["saved"]);
    drop(bus);
    let asked = home.path().join("asked");
    silent_prompter(home.path(), &asked);
    let bus = Bus::start(home.path(), Service::Locked);
    let locked = run(home.path(), Some(bus.address()), "load save:901 remove");
    assert_eq!(locked.results, ["Locked"; 3]);
    assert!(locked.longest < Duration::from_secs(4), "{:?}", locked.longest);
    assert!(!asked.exists(), "a question appeared that nobody could answer in time");
    let mut asking = process(home.path(), Some(bus.address()), "ask").spawn().unwrap();
    let started = Instant::now();
    while !asked.exists() {
        assert!(started.elapsed() < Duration::from_secs(30), "nobody was asked");
        thread::sleep(Duration::from_millis(20));
    }
    // Longer than any other command would wait.
    thread::sleep(Patience::Brief.deadline() + Duration::from_millis(500));
    assert!(asking.try_wait().unwrap().is_none(), "the person was not waited for");
    asking.kill().unwrap();
    asking.wait().unwrap();
}

/// Puts a desktop onto the buses of `home` whose prompts nobody answers; the
/// first one makes the file `asked`.
fn silent_prompter(home: &Path, asked: &Path) {
    let services = home.join(".local/share/dbus-1/services");
    fs::create_dir_all(&services).unwrap();
    // It never takes the name, and ends with the bus.
    let script = format!("touch '{}'; exec dbus-monitor", asked.display());
    let name = "org.gnome.keyring.SystemPrompter";
    let service = format!("[D-BUS Service]\nName={name}\nExec=/bin/sh -c \"{script}\"\n");
    fs::write(services.join(format!("{name}.service")), service).unwrap();
}

#[test]
fn a_keyring_that_was_never_set_up_has_no_session_and_takes_none() {
    needs!(KEYRING);
    let home = tempfile::tempdir().unwrap();
    let bus = Bus::start(home.path(), Service::Locked);
    let run = run(home.path(), Some(bus.address()), "load remove save:900");
    assert_eq!(run.results[..2], ["nothing", "removed false"]);
    assert!(run.results[2].contains("no default keychain"), "{:?}", run.results);
    assert!(run.longest < Duration::from_secs(4), "{:?}", run.longest);
}

/// What a process said of its steps.
struct Run {
    results: Vec<String>,
    longest: Duration,
}

impl Run {
    #[track_caller]
    fn of(process: &mut Command) -> Self {
        let output = process.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        // The first one stands behind what the test runner says.
        let lines = text.lines().filter_map(|line| line.split_once(RESULT));
        let lines = lines.map(|(_, result)| result.split_once(' ').unwrap());
        let (times, results): (Vec<u64>, _) =
            lines.map(|(time, result)| (time.parse::<u64>().unwrap(), result.to_owned())).unzip();
        let longest = Duration::from_micros(times.into_iter().max().expect("a step"));
        Self { results, longest }
    }
}

/// Takes `steps` in a process of its own that has the bus at `address`.
#[track_caller]
fn run(home: &Path, address: Option<&str>, steps: &str) -> Run {
    Run::of(&mut process(home, address, steps))
}

fn process(home: &Path, address: Option<&str>, steps: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "--nocapture", "keychain::a_process_of_its_own"]);
    command.env_clear().env(STEPS_OF_CHILD, steps).env("HOME", home);
    if let Some(address) = address {
        command.env("DBUS_SESSION_BUS_ADDRESS", address);
    }
    command.stdout(Stdio::piped());
    command
}

#[test]
#[ignore = "part of the tests of this file"]
fn a_process_of_its_own() {
    let Ok(steps) = env::var(STEPS_OF_CHILD) else { return };
    let home = env::var_os("HOME").unwrap();
    let has_bus = ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"];
    let has_bus = has_bus.iter().any(|name| env::var_os(name).is_some());
    let name = SessionName::new("p", "host:1");
    let acquire = || SessionLock::acquire(&name.lock_file(Path::new(&home)), Duration::ZERO);
    let mut lock = Some(acquire().unwrap());
    let keychain = Keychain::new(name.clone(), has_bus, Patience::Brief);
    let asking = Keychain::new(name.clone(), has_bus, Patience::Person);
    for step in steps.split(' ') {
        let started = Instant::now();
        let result = match (step.split_once(':'), &lock) {
            (Some((_, length)), Some(lock)) => {
                keychain.save(&session(length.parse().unwrap()), lock).map(|()| "saved".into())
            }
            (None, Some(lock)) if step == "remove" => {
                keychain.remove(lock).map(|removed| format!("removed {removed}"))
            }
            (None, Some(_)) if step == "unlock" => {
                lock = None;
                Ok(acquire().map_or("held", |_| "free").to_owned())
            }
            _ => {
                let keychain = if step == "ask" { &asking } else { &keychain };
                keychain.load().map(|loaded| loaded.map_or("nothing".into(), |it| checked(&it)))
            }
        };
        let result = result.unwrap_or_else(|error| format!("{error:?}"));
        println!("{RESULT}{} {result}", started.elapsed().as_micros());
    }
}

/// A session of which `length` tells the content.
fn session(length: usize) -> StoredSession {
    StoredSession {
        access_token: Secret::new("0123456789".repeat(length / 10 + 1)[..length].to_owned()),
        refresh_token: Secret::new(format!("refresh {length}")),
        expires_at: 1_800_000_000,
        cookie_name: "sb-abcd-auth-token".into(),
        email: Some("owner@example.com".into()),
    }
}

fn checked(loaded: &StoredSession) -> String {
    let length = loaded.access_token.expose().len();
    assert_eq!(*loaded, session(length));
    format!("loaded {length}")
}

/// The names of this tool's entries in the keyring, as another program sees
/// them.
fn entries(bus: &Bus) -> Vec<String> {
    let mut command = Command::new(program("secret-tool"));
    command.args(["search", "--all", "service", "cencori"]);
    let output = command.env("DBUS_SESSION_BUS_ADDRESS", bus.address()).output().unwrap();
    // Attributes go to one stream, secrets to the other.
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let names = text.lines().filter_map(|line| line.strip_prefix("attribute.username = "));
    let mut names: Vec<_> = names.map(str::to_owned).collect();
    names.sort();
    names
}
