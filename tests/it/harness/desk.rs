//! A folder to run the built command in, with nothing of the surroundings of
//! the test: no variables, no home, no terminal.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::rc::Rc;

use serde_json::Value;
use tempfile::TempDir;

use super::sandbox::TestSandbox;

/// The built command.
pub const CENCORI: &str = env!("CARGO_BIN_EXE_cencori");

/// A folder with variables of its own. All is gone when the last clone is dropped.
#[derive(Clone)]
pub struct Desk {
    folder: Rc<TempDir>,
    variables: Vec<(String, String)>,
}

impl Desk {
    /// Without a service.
    pub fn new() -> Self {
        let folder = Rc::new(tempfile::tempdir().expect("a temporary folder"));
        std::fs::create_dir(folder.path().join("work")).expect("a folder");
        // What is in it is read by nobody else, as in a home folder.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let private = std::fs::Permissions::from_mode(0o700);
            std::fs::set_permissions(folder.path(), private).expect("its mode");
        }
        let home = folder.path().join("home").display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        let variables = [("HOME", home.as_str()), ("PATH", path.as_str()), ("LC_ALL", "C.UTF-8")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Self { folder, variables }
    }

    /// Signed in to `sandbox` as the owner, for the owner's project.
    pub fn at(sandbox: &TestSandbox) -> Self {
        let identity = sandbox.identity();
        Self::new()
            .with("CENCORI_DASHBOARD_URL", sandbox.url())
            .with("CENCORI_EMAIL", &identity.owner_email)
            .with("CENCORI_PASSWORD", identity.owner_password.expose())
            .with("CENCORI_PROJECT", &identity.project_id.to_string())
    }

    /// With this variable, in place of one of the same name.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without this variable.
    pub fn without(mut self, name: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self
    }

    /// A path in the folder that commands run in.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    /// Where the command keeps its state.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("home/.local/state/cencori")
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).expect("a file");
    }

    /// A file of the folder.
    #[track_caller]
    pub fn read(&self, name: &str) -> String {
        let bytes =
            std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        String::from_utf8(bytes).expect("UTF-8")
    }

    /// Records of creations that are not ended.
    pub fn open_creations(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.state().join("creations")) else {
            return Vec::new();
        };
        let paths = entries.map(|entry| entry.expect("an entry").path());
        paths
            .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
            .collect()
    }

    /// Every file below the folder, and of the command's state, in which a key
    /// stands.
    pub fn files_with_keys(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = std::fs::read(&path).expect("a file");
                    if cencori_cli::key::contains_key(&String::from_utf8_lossy(&bytes)) {
                        found.push(path);
                    }
                }
            }
        }
        found.sort();
        found
    }

    /// The keys that are in the `.env` files of the folder.
    pub fn keys(&self) -> Vec<String> {
        let files = [".env", "site.env", "extra.env"].into_iter();
        let texts = files.filter_map(|name| std::fs::read_to_string(self.path(name)).ok());
        let keys = texts.flat_map(|text| {
            let values = text.lines().filter_map(|line| line.split_once('='));
            values.map(|(_, value)| value.to_owned()).collect::<Vec<_>>()
        });
        keys.filter(|value| cencori_cli::key::is_key(value)).collect()
    }

    /// The keys in `text`, which is that of a `.env`.
    pub fn keys_in(&self, text: &str) -> Vec<String> {
        let words = text.split(['=', '\'', '"', '\n', '\r', ' ']);
        words.filter(|word| cencori_cli::key::is_key(word)).map(str::to_owned).collect()
    }

    /// Some program in this folder.
    pub fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.variables.iter().cloned());
        command.current_dir(self.path("")).stdin(Stdio::null());
        command
    }

    /// The command with `arguments`, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(CENCORI);
        command.args(arguments);
        command
    }

    /// Runs the command with `arguments`.
    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(arguments, self.command(arguments).output().expect("the command runs"))
    }

    /// Runs the command with `input` on its standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Run {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command runs");
        // A command may well end without reading everything.
        let _ = child.stdin.take().expect("a pipe").write_all(input);
        Run::of(arguments, child.wait_with_output().expect("the command ends"))
    }

    /// Runs some program; it has to succeed.
    #[track_caller]
    pub fn succeed(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.program(program).args(arguments).output().expect("the program runs");
        assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// The path of a file beside the folder, out of sight of what runs in it.
    pub fn outside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// How a run of the command ended.
#[derive(Debug)]
pub struct Run {
    arguments: Vec<String>,
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Run {
    /// What `output` says of a run with `arguments`.
    pub fn of(arguments: &[&str], output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self {
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// It has to have ended with `code`.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.transcript());
        self
    }

    /// Its standard output as JSON: one document.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", self.transcript()))
    }

    /// The one error on standard error as JSON.
    #[track_caller]
    pub fn error(&self) -> Value {
        let document: Value = serde_json::from_str(&self.stderr)
            .unwrap_or_else(|error| panic!("{error}: {}", self.transcript()));
        document["error"].clone()
    }

    /// What a person would see of it.
    pub fn transcript(&self) -> String {
        let part = |name: &str, text: &str| {
            if text.is_empty() {
                String::new()
            } else {
                format!("--- {name} ---\n{}\n", text.trim_end())
            }
        };
        let code = self.code.map_or("a signal".to_owned(), |code| code.to_string());
        format!(
            "$ cencori {}\n{}{}--- exit {code} ---\n",
            self.arguments.join(" "),
            part("stdout", &self.stdout),
            part("stderr", &self.stderr),
        )
    }
}

/// Compares `text` with the snapshot `name`, after what differs from run to run
/// (ids, keys, addresses) was replaced.
#[track_caller]
pub fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    for (pattern, replacement) in [
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "[id]"),
        (r"(c[sp]k_(?:test_)?)[0-9a-f]{48}", "${1}[48 hex]"),
        (r"(c[sp]k_(?:test_)?)[0-9a-f]{4}\.\.\.", "${1}[4]..."),
        (r"\b[0-9a-f]{32}:", "[32 hex]:"),
        (r"127\.0\.0\.1(:|%3A)\d+", "127.0.0.1${1}[port]"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[time]"),
        (r"\d+ ms", "[n] ms"),
        (r"/[^ \n]*/work/", "[work]/"),
        (r"/[^ \n]*/home/", "[home]/"),
    ] {
        settings.add_filter(pattern, replacement);
    }
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("../snapshots");
    settings.bind(|| insta::assert_snapshot!(name, text));
}
