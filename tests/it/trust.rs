//! What others have prepared: links that lead away, state and settings that they could
//! have written, locks that they never release.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown, lchown, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::harness::{Desk, Terminal, TestSandbox, assert_snapshot};

const CREATE: [&str; 4] = ["keys", "create", "web", "--env-file"];
const POST: &str = "/api/projects/*/api-keys";

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout == b"0\n"
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// A repository that holds links to a folder beside it, with a file in there.
fn clone(sandbox: &TestSandbox) -> Desk {
    let desk = Desk::at(sandbox);
    fs::create_dir(desk.path(".git")).unwrap();
    fs::create_dir(desk.outside("beside")).unwrap();
    fs::write(desk.outside("beside/.bashrc"), "# mine\n").unwrap();
    symlink("../beside/.bashrc", desk.path(".env")).unwrap();
    symlink("../beside", desk.path("config")).unwrap();
    desk
}

/// The folder that the desk's own is in.
fn outside(desk: &Desk) -> String {
    desk.outside("").canonicalize().unwrap().display().to_string()
}

/// Runs the command with `arguments`; where it does not end within a minute, it is ended, with
/// exit code 124.
fn within_a_minute(desk: &Desk, arguments: &[&str]) -> Output {
    let run = desk.command(arguments);
    let mut command = desk.program("timeout");
    command.arg("60").arg(run.get_program()).args(run.get_args());
    command.output().unwrap()
}

/// Nothing was written through the links.
#[track_caller]
fn assert_untouched(desk: &Desk) {
    assert_eq!(fs::read_to_string(desk.outside("beside/.bashrc")).unwrap(), "# mine\n");
    assert_eq!(fs::read_dir(desk.outside("beside")).unwrap().count(), 1);
}

#[test]
fn a_key_does_not_leave_the_project_through_a_link() {
    let sandbox = TestSandbox::start();
    let desk = clone(&sandbox);
    let mut runs = String::new();
    for path in [".env", "config/.env", "config/.bashrc"] {
        let refused = desk.run(&[&CREATE[..], &[path]].concat()).exits(2);
        runs += &refused.transcript().replace(&outside(&desk), "[outside]");
        assert_untouched(&desk);
    }
    assert!(sandbox.requests().is_empty(), "{:?}", sandbox.requests());
    assert_snapshot("trust_links", &runs);
    desk.run(&[&CREATE[..], &["--follow-links"]].concat()).exits(0);
    let written = fs::read_to_string(desk.outside("beside/.bashrc")).unwrap();
    assert!(written.starts_with("# mine\nCENCORI_API_KEY=csk_"), "{written}");
    assert!(desk.path(".env").is_symlink());
}

#[test]
fn a_rotation_does_not_write_through_a_link_either() {
    let sandbox = TestSandbox::start();
    let desk = clone(&sandbox);
    desk.run(&[&CREATE[..], &["--follow-links"]].concat()).exits(0);
    let before = fs::read_to_string(desk.outside("beside/.bashrc")).unwrap();
    desk.run(&["keys", "rotate", "web", "--env-file", "--yes"]).exits(2);
    assert_eq!(fs::read_to_string(desk.outside("beside/.bashrc")).unwrap(), before);
    assert_eq!(sandbox.live_keys(), ["web"]);
}

#[test]
fn at_a_terminal_the_real_target_is_shown_and_asked_about() {
    let sandbox = TestSandbox::start();
    let desk = clone(&sandbox);
    let mut terminal = Terminal::run_at_width(&desk.command(&CREATE), 250);
    terminal.answer("beside/.bashrc, outside of this project", "n");
    terminal.end().exits(2);
    assert_untouched(&desk);
    let mut terminal = Terminal::run_at_width(&desk.command(&CREATE), 250);
    terminal.answer("Write there?", "y");
    terminal.end().exits(0);
    assert_eq!(sandbox.live_keys(), ["web"]);
}

#[test]
fn a_folder_that_becomes_a_link_after_the_check_is_not_written_to() {
    let sandbox = TestSandbox::start();
    for swap in
        ["mv own away; ln -s ../beside own", "rm own/.env; ln -s ../../beside/.bashrc own/.env"]
    {
        let desk = clone(&sandbox);
        fs::create_dir(desk.path("own")).unwrap();
        desk.write("own/.env", "A=1\n");
        sandbox.hold("POST", POST, "before");
        let mut command = desk.command(&["keys", "create", "web", "--env-file", "own/.env"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        sandbox.wait_for_held();
        desk.succeed("sh", &["-c", swap]);
        sandbox.clear_faults();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains("by now") && stderr.contains("is revoked"), "{stderr}");
        assert_untouched(&desk);
        assert!(sandbox.live_keys().is_empty());
    }
}

#[test]
fn a_project_file_is_never_made_or_changed_through_a_link() {
    let sandbox = TestSandbox::start();
    let project = sandbox.identity().project_id.to_string();
    let desk = clone(&sandbox).without("CENCORI_PROJECT");
    let mut runs = String::new();
    for (target, code) in [("../beside/new", 1), ("../beside/.bashrc", 2)] {
        let _ = fs::remove_file(desk.path("cencori.toml"));
        symlink(target, desk.path("cencori.toml")).unwrap();
        let refused = desk.run(&["link", &project]).exits(code);
        runs += &refused.transcript().replace(&outside(&desk), "[outside]");
        assert_untouched(&desk);
    }
    assert!(sandbox.requests().is_empty(), "{:?}", sandbox.requests());
    assert_snapshot("trust_project_file_links", &runs);
    // One inside the project stays a link.
    fs::remove_file(desk.path("cencori.toml")).unwrap();
    desk.write("shared.toml", "");
    symlink("shared.toml", desk.path("cencori.toml")).unwrap();
    desk.run(&["link", &project]).exits(0);
    assert!(desk.path("cencori.toml").is_symlink());
    assert!(desk.read("shared.toml").contains(&project));
}

#[test]
fn git_is_not_told_to_ignore_a_file_through_a_link() {
    let sandbox = TestSandbox::start();
    let desk = clone(&sandbox);
    fs::remove_dir(desk.path(".git")).unwrap();
    desk.succeed("git", &["init", "-q"]);
    fs::remove_file(desk.path(".env")).unwrap();
    symlink("../beside/.bashrc", desk.path(".gitignore")).unwrap();
    let mut terminal = Terminal::run(&desk.command(&CREATE));
    terminal.answer("Add it to .gitignore?", "y");
    terminal.end().exits(1);
    assert_untouched(&desk);
}

#[test]
fn a_file_that_others_can_read_is_warned_of() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.write(".env", "A=1\n");
    set_mode(&desk.path(".env"), 0o644);
    let quiet = desk.run(&CREATE).exits(0);
    assert!(!quiet.stderr.contains("can read"), "nobody else comes into the folder");
    set_mode(&desk.outside(""), 0o755);
    if !fs::metadata("/tmp").is_ok_and(|folder| folder.permissions().mode() & 0o001 != 0) {
        return;
    }
    let warned = desk.run(&[&CREATE[..], &["--var", "OTHER"]].concat()).exits(0);
    assert_snapshot("trust_readable", &warned.transcript());
    desk.succeed("chmod", &["go-rwx", ".env"]);
    let quiet = desk.run(&[&CREATE[..], &["--var", "THIRD"]].concat()).exits(0);
    assert!(!quiet.stderr.contains("can read"), "{}", quiet.transcript());
}

#[test]
fn state_that_others_can_write_to_is_refused_until_they_can_not() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let killed = desk.run(&["keys", "create", "a", "--env-file", "--pipe-to", "kill -9 $PPID"]);
    assert_eq!(killed.code, None);
    desk.run(&["keys", "create", "b"]).exits(0);
    desk.run(&["keys", "rotate", "b", "--env-file", ".env.b", "--pause-before", "verify", "--yes"])
        .exits(0);
    let killed = desk.run(&[
        "keys",
        "create",
        "a",
        "--env-file",
        "--var",
        "A",
        "--pipe-to",
        "kill -9 $PPID",
    ]);
    assert_eq!(killed.code, None);
    let rotation = fs::read_dir(desk.state().join("rotations")).unwrap().next().unwrap().unwrap();
    let records = desk.open_creations();
    let (of_rotation, record): (Vec<_>, Vec<_>) = records
        .iter()
        .partition(|path| path.file_name().unwrap().to_string_lossy().starts_with("rotation-"));
    let resume = ["keys", "rotate", "--resume", "--yes"];
    let create: &[&str] = &["keys", "create", "x"];
    for (path, command) in [
        (desk.state(), create),
        (desk.state().join("creations"), create),
        (desk.state().join("rotations"), &resume),
        (rotation.path(), &resume),
        (of_rotation[0].clone(), &resume),
        (record[0].clone(), create),
        (record[0].clone(), &["keys", "list"]),
    ] {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        let live = sandbox.live_keys();
        for others in [0o020, 0o002] {
            set_mode(&path, mode | others);
            let refused = desk.run(command);
            let said = refused.stderr.contains(&path.display().to_string())
                && refused.stderr.contains("chmod go-w");
            assert!(
                refused.code == Some(1) && said,
                "{}: {}",
                path.display(),
                refused.transcript()
            );
        }
        set_mode(&path, mode);
        if is_root() {
            chown(&path, Some(12), None).unwrap();
            let refused = desk.run(command).exits(1);
            assert!(refused.stderr.contains("another user"), "{}", refused.transcript());
            assert!(!refused.stderr.contains("chmod"), "{}", refused.transcript());
            chown(&path, Some(0), None).unwrap();
        }
        assert_eq!(sandbox.live_keys(), live, "{}", path.display());
    }
    desk.run(&resume).exits(0);
    desk.run(create).exits(0);
}

#[test]
fn settings_that_others_can_write_to_are_refused() {
    let sandbox = TestSandbox::start();
    let project = sandbox.identity().project_id.to_string();
    let desk = Desk::at(&sandbox).without("CENCORI_PROJECT").with("CENCORI_CONFIG_DIR", "config");
    fs::create_dir(desk.path("config")).unwrap();
    desk.write("config/config.toml", "");
    desk.write("cencori.toml", format!("project = \"{project}\"\n"));
    desk.run(&["keys", "list"]).exits(0);
    let mut runs = String::new();
    for name in ["cencori.toml", "config/config.toml"] {
        set_mode(&desk.path(name), 0o646);
        runs += &desk.run(&["keys", "list"]).exits(1).transcript();
        set_mode(&desk.path(name), 0o644);
    }
    assert_snapshot("trust_settings", &runs);
    if is_root() {
        chown(desk.path("cencori.toml"), Some(12), None).unwrap();
        let refused = desk.run(&["keys", "list"]).exits(1);
        assert!(refused.stderr.contains("another user (uid 12)"), "{}", refused.transcript());
        // A link that somebody else made, to a file that is trusted.
        chown(desk.path("cencori.toml"), Some(0), None).unwrap();
        fs::rename(desk.path("cencori.toml"), desk.path("real.toml")).unwrap();
        symlink("real.toml", desk.path("cencori.toml")).unwrap();
        desk.run(&["keys", "list"]).exits(0);
        lchown(desk.path("cencori.toml"), Some(12), None).unwrap();
        let refused = desk.run(&["keys", "list"]).exits(1);
        assert!(refused.stderr.contains("another user (uid 12)"), "{}", refused.transcript());
    }
}

#[test]
fn a_project_file_in_a_shared_folder_counts_for_nobody_below() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox).without("CENCORI_PROJECT");
    let shared = desk.path("shared");
    fs::create_dir_all(shared.join("work")).unwrap();
    set_mode(&shared, 0o1777);
    fs::write(shared.join("cencori.toml"), "project = \"not a project\"\n").unwrap();
    let mut below = desk.command(&["keys", "list"]);
    let output = below.current_dir(shared.join("work")).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("No project is named"), "{stderr}");
}

#[test]
fn a_project_file_in_a_folder_that_others_can_write_to_is_refused() {
    let sandbox = TestSandbox::start();
    let project = sandbox.identity().project_id.to_string();
    let desk = Desk::at(&sandbox).without("CENCORI_PROJECT");
    let toml = format!("project = \"{project}\"\n");
    desk.write("cencori.toml", &toml);
    desk.run(&["keys", "list"]).exits(0);
    set_mode(&desk.path(""), 0o777);
    let refused = desk.run(&["keys", "list"]).exits(1);
    assert!(refused.stderr.contains("/cencori.toml can't be trusted: Refusing to use"));
    assert!(refused.stderr.contains("hint: ") && refused.stderr.contains("`chmod go-w "));
    // None is made there, either: no command would read it.
    fs::remove_file(desk.path("cencori.toml")).unwrap();
    let refused = desk.run(&["link", &project]).exits(1);
    assert!(refused.stderr.contains("cencori.toml would not be trusted"), "{}", refused.stderr);
    assert!(!desk.path("cencori.toml").exists());
    // As in /tmp: what is there is where its owner put it.
    set_mode(&desk.path(""), 0o1777);
    desk.write("cencori.toml", &toml);
    desk.run(&["keys", "list"]).exits(0);
    if is_root() {
        set_mode(&desk.path(""), 0o775);
        desk.run(&["keys", "list"]).exits(0);
        chown(desk.path(""), None, Some(12)).unwrap();
        desk.run(&["keys", "list"]).exits(1);
    }
}

#[test]
fn what_is_no_folder_in_the_state_folder_is_named() {
    let sandbox = TestSandbox::start();
    for name in ["", "creations", "rotations", "sessions"] {
        for make in [&["mkfifo", "-m", "600"][..], &["install", "-m", "600", "/dev/null"]] {
            let desk = Desk::at(&sandbox);
            let path = if name.is_empty() { desk.state() } else { desk.state().join(name) };
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            if !name.is_empty() {
                set_mode(&desk.state(), 0o700);
            }
            let shown = path.display().to_string();
            desk.succeed(make[0], &[&make[1..], &[shown.as_str()]].concat());
            for arguments in [&CREATE[..], &["keys", "rotate", "--status"], &["keys", "list"]] {
                let run = desk.run(arguments).exits(1);
                assert!(run.stderr.contains(&format!("{shown} is not a folder")), "{}", run.stderr);
            }
        }
    }
    assert!(sandbox.live_keys().is_empty());
}

#[test]
fn a_lock_that_is_never_released_ends_in_an_error() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let own = format!("process {} holds the lock on ", std::process::id());
    let held = File::open(desk.path("")).unwrap();
    held.lock().unwrap();
    let refused = desk.run(&CREATE).exits(8);
    assert!(refused.stderr.contains(&own), "{}", refused.transcript());
    assert!(refused.stderr.contains("Nothing was created"), "{}", refused.transcript());
    drop(held);
    desk.run(&CREATE).exits(0);
    desk.run(&["keys", "rotate", "web", "--env-file", "--pause-before", "verify", "--yes"])
        .exits(0);
    let record = File::open(&desk.open_creations()[0]).unwrap();
    record.lock().unwrap();
    let refused = desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(8);
    assert!(refused.stderr.contains(&own), "{}", refused.transcript());
    drop(record);
    desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
}

#[test]
fn a_key_does_not_get_into_gits_own_folder_through_a_link() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.succeed("git", &["init", "-q"]);
    let config = desk.read(".git/config");
    symlink(".git/config", desk.path(".env")).unwrap();
    symlink(".git/hooks", desk.path("hooks")).unwrap();
    for path in [".env", "hooks/pre-commit"] {
        let refused = desk.run(&[&CREATE[..], &[path]].concat()).exits(2);
        assert!(refused.stderr.contains("in git's own folder"), "{}", refused.transcript());
        assert!(refused.stderr.contains("Nothing was created"), "{}", refused.transcript());
    }
    assert_eq!(desk.read(".git/config"), config);
    assert!(!desk.path(".git/hooks/pre-commit").exists());
    // Also where a `.git` file names it.
    fs::remove_file(desk.path(".env")).unwrap();
    let elsewhere = format!("--separate-git-dir={}", desk.path("gd").display());
    desk.succeed("git", &["init", "-q", &elsewhere, "."]);
    assert!(desk.path(".git").is_file());
    symlink("gd/config", desk.path(".env")).unwrap();
    let config = desk.read("gd/config");
    let refused = desk.run(&CREATE).exits(2);
    assert!(refused.stderr.contains("in git's own folder"), "{}", refused.transcript());
    assert_eq!(desk.read("gd/config"), config);
    assert!(sandbox.requests().is_empty(), "{:?}", sandbox.requests());
}

#[test]
fn state_is_not_kept_where_another_users_link_leads() {
    assert!(is_root(), "only root can give a link away");
    let desk = Desk::new();
    let (shared, plant) = (desk.outside("shared"), desk.outside("plant"));
    for folder in [&shared, &plant] {
        fs::create_dir(folder).unwrap();
        set_mode(folder, 0o700);
    }
    let state = shared.join("state");
    symlink(&plant, &state).unwrap();
    let desk = desk.with("CENCORI_STATE_DIR", state.to_str().unwrap());
    let create = |name| {
        desk.run(&["--sandbox", "keys", "create", name, "--env-file", &format!("{name}.env")])
    };
    create("own").exits(0);
    fs::remove_dir_all(&plant).unwrap();
    fs::create_dir(&plant).unwrap();
    set_mode(&plant, 0o700);
    set_mode(&shared, 0o777);
    let refused = create("open").exits(1);
    assert!(refused.stderr.contains("/shared: other users can write to it"), "{}", refused.stderr);
    set_mode(&shared, 0o1777);
    lchown(&state, Some(65_534), None).unwrap();
    let refused = create("theirs").exits(1);
    assert!(
        refused.stderr.contains("/shared/state: it belongs to another user"),
        "{}",
        refused.stderr
    );
    assert_eq!(fs::read_dir(&plant).unwrap().count(), 0);
}

#[test]
fn a_pipe_in_the_place_of_the_sandboxs_database_is_not_waited_for() {
    let desk = Desk::new();
    let folder = desk.state().join("sandbox");
    fs::create_dir_all(&folder).unwrap();
    set_mode(&desk.state(), 0o700);
    set_mode(&folder, 0o700);
    desk.succeed("mkfifo", &["-m", "600", folder.join("sandbox.db").to_str().unwrap()]);
    for arguments in [&["--sandbox", "keys", "list"][..], &["sandbox", "status"]] {
        let output = within_a_minute(&desk, arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
        assert!(stderr.contains("sandbox.db is not a regular file"), "{arguments:?}: {stderr}");
    }
}

#[test]
fn another_users_file_gets_no_key_unasked() {
    if !is_root() {
        return;
    }
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.write(".env", "A=1\n");
    chown(desk.path(".env"), Some(12), None).unwrap();
    let refused = desk.run(&CREATE).exits(2);
    assert!(refused.stderr.contains(".env belongs to another user"), "{}", refused.transcript());
    let mut terminal = Terminal::run(&desk.command(&CREATE));
    terminal.answer(".env belongs to another user. Write there?", "n");
    terminal.end().exits(2);
    assert_eq!(desk.read(".env"), "A=1\n");
    assert!(sandbox.requests().is_empty(), "{:?}", sandbox.requests());
    desk.run(&[&CREATE[..], &["--follow-links"]].concat()).exits(0);
    assert!(desk.read(".env").contains("CENCORI_API_KEY=csk_"));
}

#[test]
fn a_pipe_in_the_place_of_a_state_folder_is_not_waited_for() {
    let sandbox = TestSandbox::start();
    for name in ["creations", "rotations", "sessions"] {
        let desk = Desk::at(&sandbox);
        fs::create_dir_all(desk.state()).unwrap();
        set_mode(&desk.state(), 0o700);
        desk.succeed("mkfifo", &["-m", "600", desk.state().join(name).to_str().unwrap()]);
        let output = within_a_minute(&desk, &CREATE);
        assert_ne!(output.status.code(), Some(124), "{name} was waited for: {output:?}");
        if name == "creations" {
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.code() == Some(1) && stderr.contains("state folder"), "{stderr}");
            assert!(sandbox.live_keys().is_empty());
        }
    }
}

#[test]
fn of_a_link_messages_name_also_what_it_leads_to() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.succeed("git", &["init", "-q"]);
    desk.write("notes.txt", "A=1\n");
    symlink("notes.txt", desk.path(".env")).unwrap();
    let created = desk.run(&CREATE).exits(0);
    for said in
        ["Stored in .env (a link to notes.txt)", "git does not ignore .env (a link to notes.txt)"]
    {
        assert!(created.stderr.contains(said), "{}", created.transcript());
    }
    assert!(desk.read("notes.txt").contains("CENCORI_API_KEY=csk_"));
    fs::create_dir(desk.path("a")).unwrap();
    symlink("../notes.txt", desk.path("a/.env")).unwrap();
    let held = desk.run(&[&CREATE[..], &["a/.env"]].concat()).exits(2);
    let real = desk.path("notes.txt").canonicalize().unwrap();
    let said = format!("a/.env (a link to {})", real.display());
    assert!(held.stderr.contains(&said), "{}", held.transcript());
}

#[test]
fn what_git_tracks_is_the_file_that_a_link_leads_to() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.succeed("git", &["init", "-q"]);
    desk.write("pub.txt", "A=1\n");
    desk.succeed("git", &["add", "pub.txt"]);
    symlink("pub.txt", desk.path(".env")).unwrap();
    let refused = desk.run(&CREATE).exits(2);
    assert!(refused.stderr.contains("/pub.txt is tracked by git"), "{}", refused.transcript());
    let untrack = refused.stderr.split('`').nth(1).unwrap();
    desk.succeed("sh", &["-c", untrack]);
    assert_eq!(desk.succeed("git", &["ls-files"]), "");
    desk.run(&CREATE).exits(0);
}

#[test]
fn a_lock_on_the_sandbox_that_is_never_released_ends_in_an_error() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "list", "--sandbox"]).exits(0);
    let state = desk.state().join("sandbox/sandbox.db");
    let held = rusqlite::Connection::open(&state).unwrap();
    held.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = desk.run(&[&CREATE[..], &["--sandbox"]].concat());
    assert_ne!(refused.code, Some(0));
    let named = refused.stderr.contains(&state.display().to_string());
    assert!(named && refused.stderr.contains("is locked"), "{}", refused.transcript());
    drop(held);
    desk.run(&[&CREATE[..], &["--sandbox"]].concat()).exits(0);
}

#[test]
fn many_files_that_others_can_read_are_told_of_once() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    set_mode(&desk.outside(""), 0o755);
    if !fs::metadata("/tmp").is_ok_and(|folder| folder.permissions().mode() & 0o001 != 0) {
        return;
    }
    desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
    let key = desk.read(".env");
    for number in 10..20 {
        let folder = desk.path(&format!("app{number}"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(".env"), &key).unwrap();
        set_mode(&folder.join(".env"), 0o644);
    }
    let rotate = ["keys", "rotate", "web", "--yes", "--no-deploy"];
    let stderr = desk.run(&rotate).exits(0).stderr;
    let told: Vec<_> = stderr.lines().filter(|line| line.contains("can read")).collect();
    assert_eq!(
        told,
        [
            "warning: Other users of this machine can read app10/.env, app11/.env, app12/.env and 7 more files."
        ],
        "{stderr}"
    );
    assert_eq!(stderr.matches("go-rwx").count(), 1, "{stderr}");
}

#[test]
fn what_a_new_key_is_noted_in_is_looked_at_before_there_is_one() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&CREATE).exits(0);
    let issued = desk.state().join("creations/issued");
    let refuse = |what: &str| {
        let before = sandbox.requests().len();
        let refused = desk.run(&["keys", "create", "other"]).exits(1);
        assert!(refused.stderr.contains("creations/issued"), "{what}: {}", refused.transcript());
        assert!(refused.stderr.contains("Nothing was created"), "{}", refused.transcript());
        let posts = sandbox.requests().split_off(before).into_iter().filter(|request| {
            let is_key = request["path"].as_str().is_some_and(|path| path.ends_with("/api-keys"));
            request["method"] == "POST" && is_key
        });
        assert_eq!(posts.count(), 0, "{what}");
    };
    set_mode(&issued, 0o666);
    refuse("others can write to it");
    fs::remove_file(&issued).unwrap();
    symlink("elsewhere", &issued).unwrap();
    refuse("a link");
    fs::remove_file(&issued).unwrap();
    fs::create_dir(&issued).unwrap();
    refuse("a folder");
    fs::remove_dir(&issued).unwrap();
    desk.run(&["keys", "create", "other"]).exits(0);
}

#[test]
fn a_project_file_that_is_no_file_is_neither_read_nor_replaced() {
    let sandbox = TestSandbox::start();
    let project = sandbox.identity().project_id.to_string();
    let desk = Desk::at(&sandbox).without("CENCORI_PROJECT");
    let mut makes = vec![&["mkfifo"][..]];
    if is_root() {
        // As /dev/zero, in the folder itself.
        makes.push(&["mknod", "-m", "644"]);
    }
    for make in makes {
        let device = ["c", "1", "5"];
        let rest = if make[0] == "mknod" { &device[..] } else { &[] };
        desk.succeed(make[0], &[&make[1..], &["cencori.toml"], rest].concat());
        for arguments in
            [&["link", &project][..], &["keys", "check"], &["run", "true"], &["keys", "list"]]
        {
            let output = within_a_minute(&desk, arguments);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
            assert!(stderr.contains("cencori.toml is not a file"), "{arguments:?}: {stderr}");
        }
        assert!(!fs::metadata(desk.path("cencori.toml")).unwrap().is_file());
        fs::remove_file(desk.path("cencori.toml")).unwrap();
    }
}

#[test]
fn no_link_within_the_state_folder_leads_to_what_others_could_have_written() {
    let sandbox = TestSandbox::start();
    for name in ["creations", "rotations", "sessions", "sandbox", "sandbox/sandbox.db"] {
        let desk = Desk::at(&sandbox);
        let link = desk.state().join(name);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        for folder in [&desk.state(), link.parent().unwrap()] {
            set_mode(folder, 0o700);
        }
        let shared = desk.outside("shared");
        fs::create_dir(&shared).unwrap();
        let plant = shared.join("plant");
        if name.ends_with(".db") {
            fs::write(&plant, "").unwrap();
            set_mode(&plant, 0o600);
        } else {
            fs::create_dir(&plant).unwrap();
            set_mode(&plant, 0o700);
        }
        symlink(&plant, &link).unwrap();
        // Whoever can write to the folder can put another in the place of what is there.
        set_mode(&shared, 0o777);
        let refuse = |why: &str| {
            for arguments in [&CREATE[..], &["keys", "rotate", "--status"], &["keys", "list"]] {
                let refused = desk.run(arguments).exits(1);
                assert!(refused.stderr.contains(why), "{name}: {}", refused.transcript());
            }
        };
        refuse("other users can write to it");
        set_mode(&shared, 0o700);
        if is_root() {
            lchown(&link, Some(12), None).unwrap();
            refuse("it belongs to another user");
            lchown(&link, Some(0), None).unwrap();
        }
        // A link of one's own, to what is one's own.
        desk.run(&["keys", "list"]).exits(0);
    }
    assert!(sandbox.live_keys().is_empty());
}

#[test]
fn a_journal_behind_a_link_decides_nothing() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let begin = ["keys", "create", "a", "--env-file", "--pipe-to", "kill -9 $PPID"];
    assert_eq!(desk.run(&begin).code, None);
    let journal = desk.open_creations().remove(0);
    let elsewhere = desk.outside("elsewhere");
    fs::rename(&journal, &elsewhere).unwrap();
    let planted = fs::read(&elsewhere).unwrap();
    symlink(&elsewhere, &journal).unwrap();
    let live = sandbox.live_keys();
    assert_eq!(live.len(), 1);
    for owner in [0, 12] {
        if is_root() {
            lchown(&journal, Some(owner), None).unwrap();
        }
        for arguments in [&["keys", "create", "b"][..], &["keys", "create", "--resume"]] {
            desk.run(arguments);
        }
        assert_eq!(fs::read(&elsewhere).unwrap(), planted);
        assert!(sandbox.live_keys().contains(&live[0]), "{:?}", sandbox.live_keys());
    }
}

/// As GitLab's runner checks out, with umask 0.
#[test]
fn in_a_checkout_that_everybody_can_write_to_one_remedy_is_enough() {
    let sandbox = TestSandbox::start();
    let project = sandbox.identity().project_id.to_string();
    let checkout = || {
        let desk = Desk::at(&sandbox).without("CENCORI_PROJECT");
        desk.succeed("git", &["init", "-q"]);
        desk.write("cencori.toml", format!("project = \"{project}\"\n"));
        desk.write("notes", "none\n");
        set_mode(&desk.path("cencori.toml"), 0o666);
        set_mode(&desk.path(""), 0o777);
        desk
    };
    for arguments in [&["keys", "list"][..], &["keys", "check"]] {
        let desk = checkout();
        let refused = desk.run(arguments).exits(1);
        assert!(refused.stderr.contains("other users can write to it"), "{}", refused.stderr);
        assert!(refused.stderr.contains("`--project` or CENCORI_PROJECT"), "{}", refused.stderr);
        let (_, rest) = refused.stderr.split_once("`chmod ").unwrap();
        let remedy = format!("chmod {}", rest.split_once('`').unwrap().0);
        desk.succeed("sh", &["-c", &remedy]);
        desk.run(arguments).exits(0);
    }
    let desk = checkout().with("CENCORI_PROJECT", &project);
    let check = desk.run(&["keys", "check"]).exits(0);
    assert_eq!(check.stderr.matches("its policy is not used").count(), 1, "{}", check.stderr);
    desk.run(&["keys", "scan"]).exits(0);
    desk.run(&["keys", "create", "a", "--env-file"]).exits(0);
    desk.run(&["keys", "revoke", "--leaked", ".env", "--yes"]).exits(0);
    assert!(sandbox.live_keys().is_empty());
}
