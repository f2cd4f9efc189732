//! `keys check`.

mod files;
mod policy;
mod project;
mod surroundings;

use std::path::Path;

use serde_json::{Value, json};

use crate::harness::{CENCORI, Desk, Run, TestSandbox};

/// What the tests put where a command line leaves a domain to the person.
const DOMAIN: &str = "'*.myapp.com'";

/// A repository that ignores `.env` files, signed in to a sandbox.
struct Project {
    sandbox: TestSandbox,
    desk: Desk,
}

impl Project {
    fn new() -> Self {
        let sandbox = TestSandbox::start();
        let desk = Desk::at(&sandbox);
        desk.succeed("git", &["init", "-q", "."]);
        desk.write(".gitignore", ".env*\nnode_modules\ndist\n");
        Self { sandbox, desk }
    }

    /// A key of the service that nothing was done with.
    fn key(&self, name: &str, more: Value) -> Value {
        let mut body = json!({ "name": name, "environment": "production", "key_type": "secret" });
        let more = more.as_object().cloned().unwrap_or_default();
        body.as_object_mut().expect("an object").extend(more);
        self.sandbox.create_key(&self.sandbox.owner_cookie(), &body)
    }

    /// The text of a new secret key of production.
    fn text(&self, name: &str) -> String {
        text_of(&self.key(name, json!({})))
    }

    /// Makes the newest key of this name, and its calls, so many days older.
    fn age(&self, name: &str, days: u32) {
        let state = rusqlite::Connection::open(self.sandbox.state()).unwrap();
        let back = format!("-{days} days");
        let format = "strftime('%Y-%m-%dT%H:%M:%fZ', created_at, ?1)";
        let keys = format!("UPDATE api_keys SET created_at = {format} WHERE name = ?2");
        assert_eq!(state.execute(&keys, [&back, name]).unwrap(), 1);
        let microseconds = i64::from(days) * 86_400_000_000;
        for log in ["gateway_calls", "ai_requests"] {
            let rows = format!(
                "UPDATE {log} SET created_us = created_us - {microseconds} \
                 WHERE api_key_id IN (SELECT id FROM api_keys WHERE name = ?1)"
            );
            state.execute(&rows, [name]).unwrap();
        }
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        if let Some(folder) = Path::new(path).parent() {
            std::fs::create_dir_all(self.desk.path("").join(folder)).unwrap();
        }
        self.desk.write(path, content);
    }

    fn check(&self, arguments: &[&str]) -> Run {
        self.desk.run(&[&["keys", "check"], arguments].concat())
    }

    /// The findings, the worst first.
    #[track_caller]
    fn findings(&self, arguments: &[&str]) -> Vec<Value> {
        let run = self.check(&[&["--json", "--fail-on", "note"], arguments].concat());
        let findings = run.json()["findings"].as_array().expect("a list").clone();
        run.exits(if findings.is_empty() { 0 } else { 3 });
        findings
    }

    /// The names of the findings.
    #[track_caller]
    fn names(&self, arguments: &[&str]) -> Vec<String> {
        let name = |finding: Value| finding["finding"].as_str().expect("a name").to_owned();
        self.findings(arguments).into_iter().map(name).collect()
    }

    /// The one finding has to be `name`, at `place`; it is fixed by the commands that it
    /// names, as a person would run them, and nothing is left to find.
    #[track_caller]
    fn fixed(&self, name: &str, place: &str, arguments: &[&str]) {
        self.alone(name, place, arguments);
        self.fix(arguments);
        assert_eq!(self.findings(arguments), [Value::Null; 0], "{name} is fixed");
    }

    #[track_caller]
    fn alone(&self, name: &str, place: &str, arguments: &[&str]) -> Value {
        let findings = self.findings(arguments);
        let one = (&findings[0]["finding"], &findings[0]["location"]);
        assert_eq!((findings.len(), one), (1, (&json!(name), &json!(place))), "{findings:#?}");
        findings[0].clone()
    }

    /// Runs the commands that the first finding names.
    #[track_caller]
    fn fix(&self, arguments: &[&str]) {
        let finding = self.findings(arguments)[0].clone();
        let lines = finding["fix"].as_array().expect("a list");
        assert!(!lines.is_empty(), "{finding:#}");
        for line in lines {
            self.shell(line.as_str().expect("a line"));
        }
    }

    /// Runs a command line as somebody who agrees to everything.
    #[track_caller]
    fn shell(&self, line: &str) {
        let folder = Path::new(CENCORI).parent().expect("a folder").display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        let asks = ["rotate", "revoke", "domains"].iter().any(|word| line.contains(word));
        let agreed = match asks && line.starts_with("cencori") {
            true if line.contains("revoke") && !line.contains("rotate") => " --yes",
            true if line.contains("--pause-before") => " --yes",
            true => " --yes --no-deploy",
            false => "",
        };
        let line =
            line.replace(" DOMAIN", &format!(" {DOMAIN}")).replace(" COMMAND", " 'cat >new'");
        let desk = self.desk.clone().with("PATH", &format!("{folder}:{path}"));
        desk.succeed("bash", &["-euc", &format!("{line}{agreed}")]);
    }
}

fn text_of(key: &Value) -> String {
    key["full_key"].as_str().expect("a key").to_owned()
}

fn id_of_listed(finding: &Value) -> String {
    id_of(&finding["key"])
}

fn id_of(key: &Value) -> String {
    key["id"].as_str().expect("an id").to_owned()
}

/// A publishable key with these domains, nowhere in the tree.
fn web(project: &Project, domains: &[&str]) -> String {
    let body = json!({ "key_type": "publishable", "allowed_domains": domains });
    id_of(&project.key("web", body))
}

/// A folder in which nothing is wrong.
fn sound() -> Project {
    let project = Project::new();
    let secret = project.text("server");
    project.write(".env", format!("# ours\nCENCORI_API_KEY={secret}\nOTHER=1\n"));
    project.write("src/app.js", "const key = process.env.CENCORI_API_KEY\n");
    project.desk.succeed("git", &["add", "."]);
    web(&project, &["*.myapp.com", "localhost.myapp.com.de"]);
    assert_eq!(project.names(&[]), [""; 0]);
    project
}
