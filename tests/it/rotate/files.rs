//! A key that is in a file of the project is not revoked: it is replaced there, or the
//! rotation waits until a person has done it.

use std::path::Path;

use super::*;
use crate::harness::assert_snapshot;

impl Scene {
    /// Writes a file into a folder that may have to be made.
    pub(super) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let folder = Path::new(path).parent().unwrap();
        std::fs::create_dir_all(self.desk.path("").join(folder)).unwrap();
        self.desk.write(path, content);
    }

    /// Whether the service still lists the key with this text.
    pub(super) fn lists(&self, key: &str) -> bool {
        self.desk.run_with_input(&["keys", "show", "-"], key.as_bytes()).code == Some(0)
    }
}

fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

pub(super) fn base64(bytes: &[u8]) -> String {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// A line with `key` that goes on in the next one.
fn broken_up(key: &str, broken: &str, quote: &str) -> String {
    let half = key.len() / 2;
    if half == 0 {
        return String::new();
    }
    format!("KEY={quote}{}{broken}{}{quote}\n", &key[..half], &key[half..])
}

/// Files that have `key`, which a person has to change unless the file can be rewritten.
fn files(key: &str) -> Vec<(&'static str, Vec<u8>)> {
    let large = "# a comment that makes it large\n".repeat(40_000);
    vec![
        (".env.local", [b"# caf\xe9\nCENCORI_API_KEY=", key.as_bytes(), b"\n"].concat()),
        (".env.local", [&[0xff, 0xfe][..], &utf_16(&format!("A=1\r\nKEY={key}\r\n"))].concat()),
        (".env.local", utf_16(&format!("A=1\r\nKEY={key}\r\n"))),
        (".env.local", format!("NUL=\0\nKEY={key}\n").into()),
        (".env.local", format!("{large}CENCORI_API_KEY={key}\n").into()),
        (".env.local", format!("my.key={key}\n").into()),
        (".env.local", format!("my-key={key}\n").into()),
        (".env.local", format!("SP={key}; export SP\n").into()),
        (".env.local", format!("export A={key} B=1\n").into()),
        (".env.local", format!("URL=https://x.example/?key={key}&v=1\n").into()),
        (".env.local", format!("URL=https://user:{key}@x.example/\n").into()),
        (".env.local", format!("KEYS={key},csk_{}\n", "0".repeat(48)).into()),
        (".env.local", format!("TEXT=\"first\n{key}\nlast\"\n").into()),
        (".env.local", format!("JSON='{{\"key\":\"{key}\"}}'\n").into()),
        (".env.local", format!("A=1\n# CENCORI_API_KEY={key}\n").into()),
        (".env.local", format!("A=1 # {key}\n").into()),
        (".env.local", format!("KEY: {key}\n").into()),
        (".env.example", format!("CENCORI_API_KEY={key}\n").into()),
        (".envrc", format!("export X=\"$(printf %s {key})\"\n").into()),
        ("docker/app.env", format!("AUTH=Bearer {key}\n").into()),
        ("k8s/secret.yaml", format!("stringData:\n  key: {key}\n").into()),
        ("src/deep/er/config.json", format!("{{\"key\":\"{key}\"}}").into()),
        ("a file with 'quotes'", key.into()),
        ("config.yaml", utf_16(&format!("a: 1\nkey: {key}\n"))),
        ("cache.bin", [b"\0\x01\xff", key.as_bytes(), b"\0"].concat()),
        ("notes", format!("pasted twice: x{key}\n").into()),
        (".env.local", format!("A=prefix7{key}\n").into()),
        ("deploy.sh", broken_up(key, "\\\n", "").into()),
        ("values.yaml", broken_up(key, "\\\r\n  ", "\"").into()),
        ("split.sh", broken_up(key, "\"\"", "\"").into()),
        ("split.py", broken_up(key, "''", "'").into()),
        ("escaped.js", key.replacen("csk_", "\\x63\\x73\\x6b\\x5F", 1).into()),
        ("k8s/encoded.yaml", format!("data:\n  key: {}\n", base64(key.as_bytes())).into()),
        (
            "basic",
            format!("Authorization: Basic {}\n", base64(format!("me:{key}").as_bytes())).into(),
        ),
        (".env.local", format!("ENCODED={}\n", base64(format!("KEY={key}\n").as_bytes())).into()),
    ]
}

const ROTATE: [&str; 5] = ["keys", "rotate", "web", "--yes", "--no-deploy"];

#[test]
fn a_key_in_another_file_is_replaced_there_or_not_revoked() {
    let scene = Scene::new();
    for repository in [false, true] {
        if repository {
            scene.desk.succeed("git", &["init", "-q", "."]);
            scene.desk.write(".gitignore", ".env*\ndocker\n");
        }
        for number in 0..files("").len() {
            let old = scene.standing();
            let (path, content) = files(&old).swap_remove(number);
            scene.write(path, &content);
            let begin = String::from_utf8_lossy(&content[..content.len().min(60)]).into_owned();
            let what = format!("{path}, {begin:?}, in a repository: {repository}");
            let run = scene.desk.run(&ROTATE);
            if run.code == Some(0) {
                let now = String::from_utf8(std::fs::read(scene.desk.path(path)).unwrap()).unwrap();
                assert!(now.contains(&scene.standing()) && !now.contains(&old), "{what}: {now:?}");
            } else {
                assert_eq!(run.code, Some(7), "{what}: {}", run.transcript());
                assert!(run.stderr.contains(&format!("{path}:")), "{what}: {}", run.transcript());
                assert!(scene.lists(&old), "{what}: the old key is in that file");
                // As long as it is there.
                scene.desk.run(&["keys", "rotate", "--resume"]).exits(7);
                assert!(scene.lists(&old), "{what}");
                std::fs::remove_file(scene.desk.path(path)).unwrap();
                scene.desk.run(&["keys", "rotate", "--resume"]).exits(0);
            }
            assert!(!scene.lists(&old), "{what}");
            let _ = std::fs::remove_file(scene.desk.path(path));
            scene.assert_over(&what);
        }
    }
}

#[test]
fn a_monorepo_is_rotated_in_one_run_with_all_its_files() {
    for (inside, marker) in
        [("", ".git"), ("apps/web", ".git"), ("apps/web", "cencori.toml"), ("", "")]
    {
        let scene = Scene::new();
        let old = scene.standing();
        match marker {
            ".git" => {
                scene.desk.succeed("git", &["init", "-q", "."]);
                scene.desk.write(".gitignore", ".env*\n*.env\n.dev.vars\n");
            }
            "" => {}
            file => scene.desk.write(file, ""),
        }
        let files = [
            ("apps/web/.env", "A=1\nCENCORI_API_KEY={}\nB=2\n"),
            ("apps/api/.env.local", "KEY={} # note\n"),
            ("apps/worker/.dev.vars", "CENCORI_API_KEY={}\n"),
            (".envrc", "export CENCORI_API_KEY={}\n"),
            ("docker/app.env", "ONE={}\r\nTWO={}\r\n"),
        ];
        for (path, text) in files {
            scene.write(path, text.replace("{}", &old));
        }
        for number in 0..120 {
            scene.write(&format!("packages/{number}/.env"), format!("KEY={old}\n"));
        }
        let mut command = scene.desk.command(&ROTATE);
        let rotated = command.current_dir(scene.desk.path(inside)).output().unwrap();
        let what = format!("{inside:?} {marker:?}");
        let run = crate::harness::Run::of(&ROTATE, rotated).exits(0);
        let new = scene.standing();
        for (path, text) in files {
            assert_eq!(scene.desk.read(path), text.replace("{}", &new), "{what}: {path}");
        }
        for number in 0..120 {
            let path = format!("packages/{number}/.env");
            assert_eq!(scene.desk.read(&path), format!("KEY={new}\n"), "{what}: {path}");
        }
        assert!(!scene.lists(&old), "{what}");
        assert_eq!(scene.live(), ["web"], "{what}: {}", run.transcript());
    }
}

#[test]
fn what_is_left_is_in_the_plan_and_named_when_it_holds() {
    let scene = Scene::new();
    let old = scene.standing();
    scene.write("apps/web/.env", format!("CENCORI_API_KEY={old}\n"));
    scene.write("k8s/secret.yaml", format!("stringData:\n  key: {old}\n"));
    scene.write("app.js", format!("use('{old}', '{old}')\n"));
    scene.desk.write("cencori.toml", "");
    let held = scene.desk.run(&ROTATE).exits(7);
    assert_snapshot("rotate_held_by_files", &held.transcript());
    let held = scene.desk.run(&["keys", "rotate", "--resume", "--json"]).exits(7);
    let message = held.error()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("k8s/secret.yaml:2:8") && message.contains("app.js:1:6"), "{message}");
    // The exception is for this file alone, and is kept.
    let ignore = ["keys", "rotate", "--resume", "--ignore-occurrence", "app.js"];
    let held = scene.desk.run(&ignore).exits(7);
    assert!(!held.stderr.contains("app.js"), "{}", held.transcript());
    assert!(scene.lists(&old));
    scene.write("k8s/secret.yaml", "stringData:\n");
    scene.desk.run(&["keys", "rotate", "--resume"]).exits(0);
    assert!(!scene.lists(&old));
    assert!(scene.desk.read("app.js").contains(&old), "nobody else's files are written");
    std::fs::remove_file(scene.desk.path("app.js")).unwrap();

    // Said at the beginning; a file that is named so is no destination.
    let old = scene.standing();
    scene.write("apps/web/.env", format!("CENCORI_API_KEY={old}\n"));
    let ignore = ["--ignore-occurrence", "apps/web/.env", "--pause-before", "revoke"];
    scene.desk.run(&[&["keys", "rotate", "web"], &ignore[..]].concat()).exits(0);
    scene.desk.run(&["keys", "rotate", "--resume", "--yes"]).exits(0);
    assert_eq!(scene.desk.read("apps/web/.env"), format!("CENCORI_API_KEY={old}\n"));
    std::fs::remove_file(scene.desk.path("apps/web/.env")).unwrap();
    let missing = [&ROTATE[..], &["--ignore-occurrence", "no/such.env"]].concat();
    let missing = scene.desk.run(&missing).exits(2);
    assert_snapshot("rotate_ignores_a_missing_file", &missing.transcript());
    scene.assert_over("ignored");
}

#[test]
fn what_comes_into_the_project_during_a_rotation_holds_it_too() {
    let scene = Scene::new();
    let old = scene.standing();
    let deploy = "cp .env.before k8s.yaml; rm .env.before";
    scene.desk.write(".env.before", format!("x {old}\n"));
    let run = ["keys", "rotate", "web", "--yes", "--deploy", deploy];
    let held = scene.desk.run(&run).exits(7);
    assert!(held.stderr.contains("k8s.yaml:1:3"), "{}", held.transcript());
    assert!(scene.lists(&old));
    std::fs::remove_file(scene.desk.path("k8s.yaml")).unwrap();
    scene.desk.run(&["keys", "rotate", "--resume"]).exits(0);
    scene.assert_over("deployed into the project");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_can_not_be_read_holds_it() {
    use crate::harness::{CENCORI, Run};
    let scene = Scene::new();
    scene.write("secrets/app.env", "whatever");
    let path = scene.desk.path("secrets/app.env");
    let id = |arguments: &[&str]| scene.desk.succeed("id", arguments).trim().to_owned();
    // Nothing keeps root from reading.
    let root = id(&["-u"]) == "0";
    let binary = scene.desk.outside("cencori");
    std::fs::copy(CENCORI, &binary).unwrap();
    if root {
        let top = scene.desk.outside("").display().to_string();
        scene.desk.succeed("chown", &["-R", "nobody", &top]);
    }
    scene.desk.succeed("chmod", &["000", &path.display().to_string()]);
    let run = |arguments: &[&str]| {
        let mut command = match root {
            true => {
                let mut command = scene.desk.program("setpriv");
                command.args(["--reuid=nobody", "--clear-groups"]).arg(&binary);
                command
            }
            false => scene.desk.program(&binary),
        };
        Run::of(arguments, command.args(arguments).output().unwrap())
    };
    let held = run(&ROTATE).exits(7);
    assert!(held.stderr.contains("secrets/app.env (can't be read)"), "{}", held.transcript());
    assert_eq!(scene.live(), ["web", "web"]);
    let ignore = ["keys", "rotate", "--resume", "--ignore-occurrence", "secrets/app.env"];
    run(&ignore).exits(0);
    assert_eq!(scene.live(), ["web"]);
}

#[test]
fn a_leaked_key_is_revoked_all_the_same_and_what_has_it_is_named() {
    let scene = Scene::new();
    let old = scene.standing();
    scene.write("apps/web/.env", format!("CENCORI_API_KEY={old}\n"));
    scene.write("k8s/secret.yaml", format!("key: {old}\n"));
    let leaked = ["keys", "revoke", "--leaked", "-", "--rotate", "--yes"];
    let run = scene.desk.run_with_input(&leaked, old.as_bytes()).exits(0);
    assert_snapshot("leaked_rotated_with_files_left", &run.transcript());
    assert!(!scene.lists(&old));
    let new = scene.standing();
    assert_eq!(scene.desk.read("apps/web/.env"), format!("CENCORI_API_KEY={new}\n"));
    assert_eq!(scene.live(), ["web"]);
    // Where nothing can be rewritten it is revoked at once.
    scene.desk.write(".env", "");
    scene.write("apps/web/.env", "");
    scene.write("k8s/secret.yaml", format!("key: {new}\n"));
    let run = scene.desk.run_with_input(&leaked, new.as_bytes()).exits(0);
    assert!(run.stderr.contains("k8s/secret.yaml:1:6"), "{}", run.transcript());
    assert_eq!(scene.live(), [""; 0]);
}

#[test]
fn that_a_key_is_in_the_project_is_said_before_it_is_revoked() {
    let scene = Scene::new();
    scene.write("k8s/secret.yaml", format!("key: {}\n", scene.standing()));
    let dry = scene.desk.run(&["keys", "revoke", "web", "--dry-run"]).exits(0);
    assert_snapshot("revoke_warns_of_files", &dry.transcript());
    let mut terminal =
        crate::harness::Terminal::run(&scene.desk.command(&["keys", "revoke", "web"]));
    terminal.expect("k8s/secret.yaml:1:6");
    terminal.answer("Type its name", "web\r");
    terminal.end().exits(0);
    assert_eq!(scene.live(), [""; 0]);
}

#[test]
fn ignored_files_are_searched_whatever_they_are_called() {
    let scene = Scene::new();
    scene.desk.succeed("git", &["init", "-q", "."]);
    let ignored = ".env*\nk8s\n*.tfvars\nlocal.json\ndist\n.next\nnode_modules\n";
    scene.desk.write(".gitignore", ignored);
    for path in [
        "k8s/secret.yaml",
        "prod.tfvars",
        "local.json",
        "dist/server.js",
        ".next/server/app/deep/page.js",
        "dist/.git/config",
    ] {
        let old = scene.standing();
        scene.write(path, format!("key = \"{old}\"\n"));
        let run = scene.desk.run(&ROTATE);
        if path.contains(".git/") {
            run.exits(0);
            continue;
        }
        let run = run.exits(7);
        assert!(run.stderr.contains(&format!("{path}:1:8")), "{}", run.transcript());
        assert!(scene.lists(&old), "{path}");
        std::fs::remove_file(scene.desk.path(path)).unwrap();
        scene.desk.run(&["keys", "rotate", "--resume"]).exits(0);
    }
    // What is not looked at is said.
    let old = scene.standing();
    scene.write("dist/node_modules/package/index.js", &old);
    scene.write("node_modules/package/index.js", &old);
    let run = scene.desk.run(&ROTATE).exits(0);
    assert_snapshot("rotate_not_searched", &run.transcript());
}

#[test]
fn what_a_link_leads_to_outside_of_the_project_is_searched() {
    for repository in [false, true] {
        let scene = Scene::new();
        if repository {
            scene.desk.succeed("git", &["init", "-q", "."]);
            scene.desk.write(".gitignore", ".env*\nresult\n");
        }
        let outside = tempfile::tempdir().unwrap();
        std::fs::create_dir(outside.path().join("deep")).unwrap();
        std::fs::write(outside.path().join("deep/secret.yaml"), scene.standing()).unwrap();
        // In a circle, too, and to what is searched itself.
        let link = |to: &Path, at: &str| {
            std::os::unix::fs::symlink(to, scene.desk.path("").join(at)).unwrap();
        };
        std::os::unix::fs::symlink(outside.path(), outside.path().join("again")).unwrap();
        link(outside.path(), "linked");
        link(&scene.desk.path(""), "circle");
        link(Path::new("/"), "all");
        link(Path::new("loop"), "loop");
        let held = scene.desk.run(&ROTATE).exits(7);
        let said = "deep/secret.yaml:1:1";
        assert_eq!(held.stderr.matches(said).count(), 2, "{}", held.transcript());
        assert!(held.stderr.contains("Not searched: all"), "{}", held.transcript());
        std::fs::remove_file(scene.desk.path("linked")).unwrap();
        link(&outside.path().join("deep/secret.yaml"), "file");
        let held = scene.desk.run(&["keys", "rotate", "--resume"]).exits(7);
        assert!(held.stderr.contains("it is in file:1:1"), "{}", held.transcript());
        std::fs::remove_file(scene.desk.path("file")).unwrap();
        scene.desk.run(&["keys", "rotate", "--resume"]).exits(0);
        for link in ["circle", "all", "loop"] {
            std::fs::remove_file(scene.desk.path("").join(link)).unwrap();
        }
        scene.assert_over("linked");
    }
}

#[test]
fn a_pipe_in_the_place_of_an_env_file_can_not_be_read() {
    for ignored in ["", ".env*\n"] {
        let scene = Scene::new();
        let old = scene.standing();
        scene.desk.succeed("git", &["init", "-q", "."]);
        scene.desk.write(".gitignore", ignored);
        scene.desk.succeed("mkfifo", &[".env.local", "pipe"]);
        std::os::unix::fs::symlink("pipe", scene.desk.path("linked.env")).unwrap();
        let held = scene.desk.run(&ROTATE).exits(7);
        let said = "it is in .env.local (can't be read), linked.env (can't be read)";
        assert!(held.stderr.contains(said), "{}", held.transcript());
        assert!(scene.lists(&old));
        let ignoring = ["--ignore-occurrence", ".env.local", "--ignore-occurrence", "linked.env"];
        scene.desk.run(&[&["keys", "rotate", "--resume"], &ignoring[..]].concat()).exits(0);
        assert!(!scene.lists(&old));
    }
}
