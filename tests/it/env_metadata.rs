//! What a `.env` has besides its text survives, or the file is refused before a key is
//! made.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::Command;

use crate::harness::{CENCORI, Desk, Run, TestSandbox, assert_snapshot};

const CREATE: [&str; 5] = ["keys", "create", "web", "--env-file", "--overwrite"];
const ACCESS_LIST: &str = "system.posix_acl_access";

/// An access control list (`acl(5)`, as Linux keeps it: a version, then tag, rights and
/// id of each entry) that lets the user 12 read.
fn access_list() -> Vec<u8> {
    const NOBODY: u32 = u32::MAX;
    let entries = [(1, 6, NOBODY), (2, 4, 12), (4, 0, NOBODY), (16, 4, NOBODY), (32, 0, NOBODY)];
    let mut bytes = 2_u32.to_le_bytes().to_vec();
    for (tag, rights, id) in entries {
        bytes.extend(u16::to_le_bytes(tag));
        bytes.extend(u16::to_le_bytes(rights));
        bytes.extend(u32::to_le_bytes(id));
    }
    bytes
}

/// Runs `prepare` in a mount namespace of its own, and the command after it. `None` if the system
/// allows that to nobody but root.
fn run_mounted(desk: &Desk, prepare: &str, arguments: &[&str]) -> Option<Run> {
    let allowed = Command::new("unshare").args(["-m", "true"]).status();
    if !allowed.is_ok_and(|status| status.success()) {
        return None;
    }
    let script = format!("set -e; {prepare}; exec \"$0\" \"$@\"");
    let mut command = desk.program("unshare");
    let output = command.args(["-m", "sh", "-c", &script, CENCORI]).args(arguments).output();
    Some(Run::of(arguments, output.unwrap()))
}

#[test]
fn attributes_and_access_lists_survive() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.write(".env", "A=1\n");
    let path = desk.path(".env");
    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    if let Err(error) = xattr::set(&path, "user.note", b"mine") {
        assert_eq!(error.kind(), std::io::ErrorKind::Unsupported, "{error}");
        return;
    }
    xattr::set(&path, ACCESS_LIST, &access_list()).unwrap();
    let mode = fs::metadata(&path).unwrap().mode();
    let inode = fs::metadata(&path).unwrap().ino();
    desk.run(&CREATE).exits(0);
    assert_ne!(fs::metadata(&path).unwrap().ino(), inode, "it is a new file");
    assert_eq!(xattr::get(&path, "user.note").unwrap().unwrap(), b"mine");
    assert_eq!(xattr::get(&path, ACCESS_LIST).unwrap().unwrap(), access_list());
    assert_eq!(fs::metadata(&path).unwrap().mode(), mode);
}

#[test]
fn a_file_gets_no_access_list_of_its_folder() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.write(".env", "A=1\n");
    if xattr::set(desk.path(""), "system.posix_acl_default", &access_list()).is_err() {
        return;
    }
    desk.run(&CREATE).exits(0);
    assert_eq!(xattr::get(desk.path(".env"), ACCESS_LIST).unwrap(), None);
    // A new one is for its owner only, whatever the folder says.
    desk.run(&["keys", "create", "api", "--env-file", "new.env"]).exits(0);
    let mode = fs::metadata(desk.path("new.env")).unwrap().mode() & 0o777;
    assert_eq!(mode, 0o600);
}

#[test]
fn files_that_can_not_be_replaced_whole_are_refused_before_a_key_is_made() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let mut runs = String::new();

    desk.write(".env", "A=1\n");
    fs::hard_link(desk.path(".env"), desk.path("other")).unwrap();
    runs += &desk.run(&CREATE).exits(1).transcript();
    assert_eq!(desk.read("other"), "A=1\n");
    fs::remove_file(desk.path("other")).unwrap();

    desk.write("outside.env", "A=1\n");
    let mounted = run_mounted(&desk, "mount --bind outside.env .env", &CREATE);
    if let Some(run) = mounted {
        assert_snapshot("env_mounted", &run.exits(1).transcript());
        assert_eq!(desk.read("outside.env"), "A=1\n");
    }

    // Only root may mark a file so, and only on some file systems.
    if desk.program("chattr").args(["+i", ".env"]).output().is_ok_and(|it| it.status.success()) {
        let refused = desk.run(&CREATE);
        desk.succeed("chattr", &["-i", ".env"]);
        assert!(refused.stderr.contains("chattr -ia"), "{}", refused.transcript());
        assert_eq!(refused.code, Some(1));
    }

    // The key would be in a file that nothing could read any more.
    let almost = "#".repeat(16 * 1024 * 1024 - 60) + "\nCENCORI_API_KEY=\n";
    desk.write(".env", &almost);
    runs += &desk.run(&CREATE).exits(1).transcript();
    assert!(desk.read(".env") == almost);

    for line in [
        "export CENCORI_API_KEY=old B=1",
        "CENCORI_API_KEY=old; B=2",
        "CENCORI_API_KEY=old; export CENCORI_API_KEY",
    ] {
        desk.write(".env", format!("A=1\n{line}\n"));
        runs += &desk.run(&CREATE).exits(1).transcript();
        assert_eq!(desk.read(".env"), format!("A=1\n{line}\n"));
    }
    let left: Vec<_> =
        fs::read_dir(desk.path("")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(sandbox.requests().is_empty(), "{:?}", sandbox.requests());
    assert_snapshot("env_not_replaced", &runs);
}

#[test]
fn a_key_is_found_under_names_and_in_lines_that_only_some_readers_take() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let key = |name: &str| desk.run(&["keys", "create", name]).exits(0).stdout.trim().to_owned();
    let keys = ["one", "two", "three", "four", "five"].map(key);
    let [one, two, three, four, five] = &keys;
    let text = format!(
        "my.key={one}\nmy-key={two}\nK={three}; export K\nexport A=1 B={four}\nC='{five}'; D=1\n"
    );
    desk.write(".env", &text);
    for (variable, name) in
        [("my.key", "one"), ("my-key", "two"), ("K", "three"), ("B", "four"), ("C", "five")]
    {
        let shown = desk.run(&["--json", "keys", "show", &format!(".env:{variable}")]).exits(0);
        assert_eq!(shown.json()["name"], name, "{variable}");
    }
    let found = desk.run(&["--json", "keys", "scan", "--env-files"]).exits(3).json();
    let checked = desk.run(&["--json", "keys", "check", "--fail-on", "error"]);
    assert_eq!(found["findings"].as_array().unwrap().len(), 5, "{found:#}");
    // All of them dead, they are told of by both.
    desk.run(&["keys", "revoke", "one", "two", "three", "four", "five", "--yes"]).exits(0);
    assert_eq!(checked.code, Some(0), "{}", checked.transcript());
    let findings = desk.run(&["--json", "keys", "check", "--fail-on", "note"]).exits(3).json();
    let findings = findings["findings"].as_array().unwrap().clone();
    let dead = findings.iter().filter(|it| it["finding"] == "dead_key").count();
    assert_eq!(dead, 5, "{findings:#?}");
}
