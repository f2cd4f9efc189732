//! Sessions in a file, and the lock that processes share.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use cencori_cli::auth::credentials::lock::SessionLock;
use cencori_cli::auth::credentials::session_file::SessionFile;
use cencori_cli::auth::credentials::store::{SessionName, SessionStore, StoreError, StoredSession};
use cencori_cli::secret::Secret;
use cencori_cli::ui::shell_quoting::{CommandLines, RunFlags};

/// Tells a process that a test started what to do, and where.
const TASK_OF_CHILD: &str = "SESSION_TEST_TASK";
const FOLDER_OF_CHILD: &str = "SESSION_TEST_FOLDER";

/// How often a process changes what it shares with others.
const TURNS: usize = 25;

#[test]
fn a_session_is_kept_in_a_file_of_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let file = SessionFile::new(name().file(&state));
    assert_eq!(file.load(), Ok(None));
    assert!(!state.exists(), "looking makes nothing");
    let lock = lock(&state);
    assert_eq!(file.remove(&lock), Ok(false));
    for length in [10, 20_000] {
        file.save(&session(length), &lock).unwrap();
        assert_eq!(file.load(), Ok(Some(session(length))));
        assert_eq!(file_names(&state), ["p@host%3A1.json", "p@host%3A1.lock"]);
    }
    #[cfg(unix)]
    {
        assert_eq!(mode(file.path()), 0o600);
        assert_eq!(mode(file.path().parent().unwrap()), 0o700);
    }
    assert_eq!(file.describe(), format!("the file {}", file.path().display()));
    assert_eq!(file.remove(&lock), Ok(true));
    assert_eq!(file.load(), Ok(None));
}

#[test]
#[cfg(unix)]
fn a_file_that_others_can_read_is_refused_until_it_is_replaced() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = SessionFile::new(name().file(folder.path()));
    let lock = lock(folder.path());
    file.save(&session(10), &lock).unwrap();
    for exposed in [0o604, 0o640, 0o620, 0o644] {
        fs::set_permissions(file.path(), fs::Permissions::from_mode(exposed)).unwrap();
        let error = file.load().unwrap_err();
        assert_eq!(error, StoreError::Exposed(file.path().to_owned()));
        let hint = CommandLines::new(RunFlags::default()).hint(&error.hint());
        assert!(hint.contains(&format!("`chmod 600 '{}'`", file.path().display())), "{hint}");
        assert!(file.path().exists(), "and it is not deleted");
    }
    file.save(&session(11), &lock).unwrap();
    assert_eq!(file.load(), Ok(Some(session(11))));
    fs::set_permissions(file.path(), fs::Permissions::from_mode(0o400)).unwrap();
    assert_eq!(file.load(), Ok(Some(session(11))));
}

#[test]
fn what_is_no_session_is_left_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = SessionFile::new(name().file(folder.path()));
    let lock = lock(folder.path());
    file.save(&session(10), &lock).unwrap();
    // Written into, so that the mode stays.
    fs::write(file.path(), "half a ses").unwrap();
    let error = file.load().unwrap_err().to_string();
    assert!(error.contains("p@host%3A1.json: what is stored is not a session"), "{error}");
    assert_eq!(fs::read_to_string(file.path()).unwrap(), "half a ses");
}

#[test]
fn a_reader_sees_whole_sessions_while_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let file = SessionFile::new(name().file(folder.path()));
    let lock = lock(folder.path());
    file.save(&session(0), &lock).unwrap();
    drop(lock);
    let mut writers: Vec<_> = (0..2).map(|_| child("write", folder.path())).collect();
    let mut readings = 0;
    while writers.iter_mut().any(|writer| writer.try_wait().unwrap().is_none()) {
        let read = file.load().unwrap().expect("a session");
        assert_eq!(read, session(read.access_token.expose().len()));
        readings += 1;
    }
    writers.into_iter().for_each(succeed);
    assert!(readings > TURNS, "{readings}");
    assert_eq!(file_names(folder.path()).len(), 2, "no temporary file stays");
}

#[test]
fn processes_change_a_session_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let file = SessionFile::new(name().file(folder.path()));
    file.save(&session(0), &lock(folder.path())).unwrap();
    let children: Vec<_> = (0..4).map(|_| child("count", folder.path())).collect();
    children.into_iter().for_each(succeed);
    assert_eq!(file.load(), Ok(Some(session(4 * TURNS))));
}

#[test]
fn a_lock_is_waited_for_and_ends_with_its_process() {
    let folder = tempfile::tempdir().unwrap();
    let mut holder = child("hold", folder.path());
    let lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.contains("held")));
    let path = name().lock_file(folder.path());
    let started = Instant::now();
    let busy = SessionLock::acquire(&path, Duration::from_millis(1_200)).map(drop);
    let Err(StoreError::Busy(message)) = busy else { panic!("{busy:?}") };
    assert!(message.contains(&path.display().to_string()), "{message}");
    assert!(message.ends_with("did not release it within 1 s"), "{message}");
    if cfg!(target_os = "linux") {
        assert!(message.starts_with(&format!("process {} holds", holder.id())), "{message}");
    }
    let waited = started.elapsed();
    assert!((1_200..3_000).contains(&waited.as_millis()), "{waited:?}");
    let waiting = thread::spawn(move || SessionLock::acquire(&path, Duration::from_secs(60)));
    holder.kill().unwrap();
    holder.wait().unwrap();
    waiting.join().unwrap().unwrap();
}

#[test]
#[ignore = "part of the tests of this file"]
fn a_process_of_its_own() {
    let Ok(task) = env::var(TASK_OF_CHILD) else { return };
    let folder = env::var_os(FOLDER_OF_CHILD).unwrap();
    let folder = Path::new(&folder);
    let file = SessionFile::new(name().file(folder));
    if task == "hold" {
        let _lock = lock(folder);
        println!("held");
        thread::sleep(Duration::from_secs(600));
    }
    for turn in 0..TURNS {
        let lock = lock(folder);
        let length = match task.as_str() {
            "write" => turn * 997,
            _ => file.load().unwrap().unwrap().access_token.expose().len() + 1,
        };
        file.save(&session(length), &lock).unwrap();
    }
}

fn child(task: &str, folder: &Path) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "--nocapture", "session_file::a_process_of_its_own"]);
    command.env(TASK_OF_CHILD, task).env(FOLDER_OF_CHILD, folder);
    command.stdout(Stdio::piped()).spawn().unwrap()
}

fn succeed(child: Child) {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

fn name() -> SessionName {
    SessionName::new("p", "host:1")
}

#[track_caller]
fn lock(state: &Path) -> SessionLock {
    SessionLock::acquire(&name().lock_file(state), Duration::from_secs(60)).unwrap()
}

/// A session of which `length` tells the content.
fn session(length: usize) -> StoredSession {
    StoredSession {
        access_token: Secret::new("x".repeat(length)),
        refresh_token: Secret::new(format!("refresh {length}")),
        expires_at: length as i64,
        cookie_name: "sb-127-auth-token".into(),
        email: None,
    }
}

fn file_names(state: &Path) -> Vec<String> {
    let entries = fs::read_dir(state.join("sessions")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
