//! `keys rotate`.

mod back;
mod faults;
mod files;
mod flows;
mod guided;
mod kills;
mod unattended;

use serde_json::json;

use crate::harness::sandbox::eventually;
use crate::harness::{Desk, TestSandbox};

/// A sandbox with one key, `web`, which is in `.env`.
struct Scene {
    sandbox: TestSandbox,
    desk: Desk,
}

impl Scene {
    fn new() -> Self {
        Self::at(TestSandbox::start())
    }

    fn at(sandbox: TestSandbox) -> Self {
        let desk = Desk::at(&sandbox);
        desk.write(".env", "# ours\nA=1\n");
        desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
        Self { sandbox, desk }
    }

    /// The key in `.env`.
    #[track_caller]
    fn standing(&self) -> String {
        let text = self.desk.read(".env");
        let line = text.lines().find_map(|line| line.strip_prefix("CENCORI_API_KEY="));
        line.unwrap_or_else(|| panic!("no key in {text:?}")).to_owned()
    }

    /// The names of the live keys.
    fn live(&self) -> Vec<String> {
        self.sandbox.live_keys()
    }

    /// Whether the service accepts `key`.
    fn accepts(&self, key: &str) -> bool {
        let call = self.sandbox.call("GET", "/v1/models");
        call.header("authorization", &format!("Bearer {key}")).send().status == 200
    }

    /// Whether a fault has struck.
    fn struck(&self) -> bool {
        let planted = self.sandbox.call("GET", "/sandbox/faults").send().json();
        let faults = planted["faults"].as_array().expect("a list of faults");
        faults.iter().any(|fault| fault["struck"] != 0)
    }

    /// What must hold at any instant.
    #[track_caller]
    fn assert_served(&self, what: &str) {
        assert!(self.accepts(&self.standing()), "{what}: the key in .env is dead");
    }

    /// What must hold when it is over, whichever way it went.
    #[track_caller]
    fn assert_over(&self, what: &str) {
        self.assert_served(what);
        assert_eq!(self.live(), ["web"], "{what}: live keys");
        assert!(self.desk.read(".env").starts_with("# ours\nA=1\n"), "{what}: .env");
        let open = self.desk.state().join("rotations");
        let open = open.read_dir().map_or(0, |entries| {
            entries.filter(|entry| journal_of(&entry.as_ref().unwrap().path())).count()
        });
        assert_eq!(open, 0, "{what}: open rotations");
        let secrets = self.desk.files_with_keys();
        assert_eq!(secrets, [self.desk.path(".env")], "{what}: files with keys");
    }
}

fn journal_of(path: &std::path::Path) -> bool {
    path.extension().is_some_and(|extension| extension == "jsonl")
}
