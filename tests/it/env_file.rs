//! `.env` files as they are found: kept as they are but for one value, or
//! refused before a key is made.

use std::process::Command;

use crate::harness::{CENCORI, Desk, Run, TestSandbox, assert_snapshot};

const CREATE: [&str; 5] = ["keys", "create", "web", "--env-file", "--overwrite"];

/// The key in `.env`, which has to be the only thing that differs from
/// `template` with `{}` in its place.
#[track_caller]
fn assert_only_the_value_differs(desk: &Desk, template: &str) {
    let content = desk.read(".env");
    let key = content
        .split(['=', '\'', '"', '\n', '\r', ' '])
        .find(|part| cencori_cli::key::is_key(part));
    let key = key.unwrap_or_else(|| panic!("no key in {content:?}"));
    assert_eq!(content, template.replace("{}", key));
}

#[test]
fn every_other_byte_stays() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    for (before, after) in [
        ("A=1", "A=1\nCENCORI_API_KEY={}\n"),
        ("A=1\r\nB=2\r\n", "A=1\r\nB=2\r\nCENCORI_API_KEY={}\r\n"),
        ("# c\n\nCENCORI_API_KEY=old # note\nB='x y'", "# c\n\nCENCORI_API_KEY={} # note\nB='x y'"),
        ("export CENCORI_API_KEY=\"old\"\n", "export CENCORI_API_KEY={}\n"),
        ("\u{feff}CENCORI_API_KEY=old\r\n", "\u{feff}CENCORI_API_KEY={}\r\n"),
        (
            "CENCORI_API_KEY=a\nM=\"1\nCENCORI_API_KEY=no\n2\"\nCENCORI_API_KEY=b\n",
            "CENCORI_API_KEY={}\nM=\"1\nCENCORI_API_KEY=no\n2\"\nCENCORI_API_KEY={}\n",
        ),
        ("", "CENCORI_API_KEY={}\n"),
    ] {
        desk.write(".env", before);
        desk.run(&CREATE).exits(0);
        assert_only_the_value_differs(&desk, after);
    }
}

#[test]
fn commands_at_once_lose_nothing() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.write(".env", "# mine\n");
    let names: Vec<_> = (0..8).map(|number| format!("KEY_{number}")).collect();
    let children: Vec<_> = names
        .iter()
        .map(|name| {
            desk.command(&["keys", "create", name, "--env-file", "--var", name]).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let content = desk.read(".env");
    assert!(content.starts_with("# mine\n"));
    assert_eq!(content.lines().count(), 9, "{content}");
    assert!(names.iter().all(|name| content.contains(&format!("\n{name}=csk_"))), "{content}");
}

#[cfg(unix)]
#[test]
fn mode_owner_and_links_are_kept() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.write("real.env", "A=1\n");
    std::fs::set_permissions(desk.path("real.env"), std::fs::Permissions::from_mode(0o640))
        .unwrap();
    symlink("real.env", desk.path(".env")).unwrap();
    desk.run(&CREATE).exits(0);
    assert!(std::fs::symlink_metadata(desk.path(".env")).unwrap().is_symlink());
    let root = std::fs::metadata(desk.path("real.env")).unwrap().uid() == 0;
    if root {
        std::os::unix::fs::chown(desk.path("real.env"), Some(12), Some(34)).unwrap();
        // Another user's file is not written to unasked.
        desk.run(&[&CREATE[..], &["--follow-links"]].concat()).exits(0);
    }
    let metadata = std::fs::metadata(desk.path("real.env")).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o640);
    if root {
        assert_eq!((metadata.uid(), metadata.gid()), (12, 34));
    }
    assert!(desk.read("real.env").starts_with("A=1\nCENCORI_API_KEY=csk_"));
    let left: Vec<_> =
        std::fs::read_dir(desk.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

/// Runs the command as somebody who is not root, whom no permission stops.
#[cfg(unix)]
fn run_as_nobody(desk: &Desk, arguments: &[&str]) -> Run {
    let own = String::from_utf8(Command::new("id").arg("-u").output().unwrap().stdout).unwrap();
    if own.trim() != "0" {
        return desk.run(arguments);
    }
    let copy = desk.outside("cencori");
    std::fs::copy(CENCORI, &copy).unwrap();
    let home = desk.outside("home");
    desk.succeed("mkdir", &["-p", home.to_str().unwrap()]);
    let top = desk.outside("");
    desk.succeed(
        "chown",
        &["nobody", top.to_str().unwrap(), home.to_str().unwrap(), desk.path("").to_str().unwrap()],
    );
    let mut command = desk.program("setpriv");
    command.args(["--reuid=nobody", "--clear-groups", copy.to_str().unwrap()]).args(arguments);
    Run::of(arguments, command.output().unwrap())
}

#[cfg(unix)]
#[test]
fn files_that_can_not_be_used_are_refused_before_a_key_is_made() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let sandbox = TestSandbox::start();
    let mut runs = String::new();
    let mut refuse = |what: &str, prepare: &dyn Fn(&Desk), arguments: &[&str]| {
        let desk = Desk::at(&sandbox);
        prepare(&desk);
        // Reading a pipe would wait for a writer.
        let content =
            || desk.path(".env").is_file().then(|| std::fs::read(desk.path(".env")).unwrap());
        let before = content();
        let run = run_as_nobody(&desk, arguments).exits(1);
        runs += &format!("{what}\n{}\n", run.transcript());
        assert_eq!(content(), before, "{what}");
    };
    let mode = |desk: &Desk, name: &str, mode: u32| {
        std::fs::set_permissions(desk.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    refuse("a folder", &|desk| std::fs::create_dir(desk.path(".env")).unwrap(), &CREATE);
    refuse("a dangling link", &|desk| symlink("nowhere", desk.path(".env")).unwrap(), &CREATE);
    refuse("a pipe", &|desk| drop(desk.succeed("mkfifo", &[".env"])), &CREATE);
    refuse("not UTF-8", &|desk| desk.write(".env", b"A=1\nB=\xff\n"), &CREATE);
    refuse("50 MB", &|desk| desk.write(".env", vec![b'\n'; 50_000_000]), &CREATE);
    refuse("an open quote", &|desk| desk.write(".env", "A=\"x\nB=1\n"), &CREATE);
    refuse(
        "unreadable",
        &|desk| {
            desk.write(".env", "A=1\n");
            mode(desk, ".env", 0o000);
        },
        &CREATE,
    );
    refuse(
        "read-only",
        &|desk| {
            desk.write(".env", "A=1\n");
            mode(desk, ".env", 0o444);
        },
        &CREATE,
    );
    refuse("no folder", &|_| (), &["keys", "create", "web", "--env-file", "no/such/.env"]);
    assert!(sandbox.requests().is_empty(), "{:?}", sandbox.requests());
    assert_snapshot("bad_env_files", &runs);
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_found_before_a_key_is_made() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.write(".env", "A=1\n".repeat(1_000));
    // No file may grow beyond 1 KiB: writing fails half-way, as on a full disk.
    let line = "ulimit -f 1; trap '' XFSZ; exec \"$0\" keys create web --env-file";
    let output = desk.program("bash").args(["-c", line, CENCORI]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains(".env can't be written: File too large"), "{stderr}");
    assert!(stderr.ends_with("Nothing was created.\n"), "{stderr}");
    assert_eq!(desk.read(".env"), "A=1\n".repeat(1_000));
    assert_eq!(std::fs::read_dir(desk.path("")).unwrap().count(), 1, "a temporary file was left");
    assert!(sandbox.requests().is_empty());
}

#[test]
fn a_line_that_stops_strict_readers_is_warned_of() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.write(".env", "A=1\nMY KEY = no\n");
    let warned = desk.run(&CREATE).exits(0);
    assert_snapshot("env_file_obstacle", &warned.transcript());
}

#[test]
fn a_value_that_shells_read_on_is_not_overwritten() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let mut runs = String::new();
    for before in [
        "A=1\nCENCORI_API_KEY=old\\\nmore\nB=2\n",
        "CENCORI_API_KEY=$(cat\n  key.txt)\n",
        "CENCORI_API_KEY=(one\ntwo)\n",
    ] {
        desk.write(".env", before);
        let run = desk.run(&CREATE).exits(1);
        runs += &run.transcript();
        assert_eq!(desk.read(".env"), before);
    }
    assert!(sandbox.requests().is_empty(), "{:?}", sandbox.requests());
    assert_snapshot("env_file_read_on", &runs);
}

#[test]
fn a_template_takes_no_key() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let mut runs = String::new();
    for name in [".env.example", ".env.local.sample", ".env.bak"] {
        desk.write(name, "CENCORI_API_KEY=\n");
        runs += &desk.run(&["keys", "create", "web", "--env-file", name]).exits(2).transcript();
        assert_eq!(desk.read(name), "CENCORI_API_KEY=\n");
    }
    assert!(sandbox.requests().is_empty(), "{:?}", sandbox.requests());
    assert_snapshot("env_file_template", &runs);
}

#[test]
fn a_file_of_another_environment_is_warned_of() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let create = |file: &str, environment: &str| {
        let arguments = ["keys", "create", "web", "--environment", environment, "--env-file", file];
        desk.run(&arguments).exits(0).stderr
    };
    for (file, environment, other) in [
        (".dev.vars", "production", Some("development")),
        (".env.development", "production", Some("development")),
        (".env.test", "production", Some("tests")),
        (".env.production", "test", Some("production")),
        (".env.development.local", "test", None),
        (".env", "production", None),
    ] {
        let stderr = create(file, environment);
        let warning = other.map(|other| {
            format!("{file} looks like a file for {other}; this key is for {environment}.")
        });
        match warning {
            Some(warning) => assert!(stderr.contains(&warning), "{file}: {stderr}"),
            None => assert!(!stderr.contains("looks like"), "{file}: {stderr}"),
        }
    }
}

#[test]
fn a_file_that_next_js_reads_before_is_named() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let create = |files: &[&str], environment: &str| {
        let mut arguments =
            vec!["keys", "create", "web", "--overwrite", "--environment", environment];
        files.iter().for_each(|file| arguments.extend(["--env-file", file]));
        arguments.extend(["--var", "CENCORI_API_KEY"]);
        desk.run(&arguments).exits(0)
    };
    let is_warned = |files: &[&str], environment: &str, winner: &str| {
        let stderr = create(files, environment).stderr;
        stderr.contains(&format!("Next.js reads CENCORI_API_KEY from {winner} before"))
    };
    desk.write(".env.local", "CENCORI_API_KEY=old\n");
    assert!(!is_warned(&[".env.development"], "test", ".env.local"), "there is no Next.js");
    desk.write("package.json", r#"{"dependencies":{"next":"15"}}"#);
    assert_snapshot("env_file_next", &create(&[".env.development"], "test").transcript());
    assert!(is_warned(&[".env"], "production", ".env.local"));
    assert!(is_warned(&[".env.production"], "production", ".env.local"));
    // Not read in tests, or not before, or it gets the key too.
    assert!(!is_warned(&[".env.test"], "test", ".env.local"));
    assert!(!is_warned(&[".env.development.local"], "test", ".env.local"));
    assert!(!is_warned(&[".env.development", ".env.local"], "test", ".env.local"));
    desk.write(".env.local", "OTHER=old\n");
    desk.write(".env.test", "CENCORI_API_KEY=old\n");
    assert!(is_warned(&[".env"], "production", ".env.production"));
}
