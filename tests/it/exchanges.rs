//! Plays what the service itself answered, in order, against the sandbox.

use std::collections::HashMap;

use cencori_cli::secret::Secret;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::harness::http::Reply;
use crate::harness::sandbox::TestSandbox;

/// Plays the steps and remembers what later ones refer to.
struct Player {
    sandbox: TestSandbox,
    /// What a placeholder stands for, by its whole text.
    known: HashMap<String, String>,
    cookies: HashMap<&'static str, String>,
}

impl Player {
    fn new() -> Self {
        let sandbox = TestSandbox::start();
        let identity = sandbox.identity().clone();
        let known = [
            ("{home}", identity.project_id.to_string()),
            ("{foreign}", identity.foreign_project_id.to_string()),
            ("{nowhere}", Uuid::new_v4().to_string()),
            ("<owner email>", identity.owner_email.clone()),
            ("<owner password>", identity.owner_password.expose().to_owned()),
        ];
        let known = known.map(|(name, value)| (name.to_owned(), value)).into();
        let cookies = HashMap::from([
            ("owner", sandbox.sign_in(&identity.owner_email)),
            ("member", sandbox.sign_in(&identity.member_email)),
            ("stranger", sandbox.sign_in(&identity.stranger_email)),
        ]);
        Self { sandbox, known, cookies }
    }

    /// `text` with its placeholders replaced.
    fn resolve(&self, text: &str) -> String {
        self.known.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    /// Creates a key with this name, which is what a step calls it.
    fn create_key(&mut self, name: &str, environment: &str) {
        let body = json!({ "name": name, "environment": environment });
        let key = self.sandbox.create_key(&self.cookies["owner"], &body);
        self.known.insert(format!("{{{name}}}"), key["id"].as_str().unwrap().to_owned());
    }

    /// Puts rows where a step with `seed` says.
    fn seed(&mut self, seed: &Value) {
        let mut rows = seed.as_object().unwrap().clone();
        match rows.remove("what").unwrap().as_str().unwrap() {
            "live production keys" => {
                let count = rows["rows"].as_u64().unwrap();
                self.sandbox.add_keys(count.try_into().unwrap(), "production");
            }
            "tester is revoked; a test key `late` is created" => {
                let path = self.resolve(&format!("{}/{{tester}}", self.sandbox.keys_path()));
                let call = self.sandbox.call("PATCH", &path);
                assert_eq!(call.header("cookie", &self.cookies["owner"]).send().status, 200);
                self.create_key("late", "test");
            }
            log @ ("gateway" | "ai" | "incident") => {
                // The environment is the key's.
                rows.remove("environment");
                rows.insert("log".to_owned(), log.into());
                if let Some(Value::String(name)) = rows.get("key") {
                    let id = self.known[&format!("{{{name}}}")].clone();
                    rows.insert("key".to_owned(), id.into());
                }
                self.sandbox.add_rows(&rows.into());
            }
            other => panic!("{other}"),
        }
    }

    fn send(&self, step: &Value) -> Reply {
        let text = |name: &str| step[name].as_str();
        let path = self.resolve(text("path").unwrap());
        let mut call = self.sandbox.call(text("method").unwrap(), &path);
        if let Some(cookie) = self.cookies.get(text("as").unwrap()) {
            call = call.header("cookie", cookie);
        }
        for (name, value) in step["headers"].as_object().unwrap_or(&Map::new()) {
            call = call.header(name, &self.resolve(value.as_str().unwrap()));
        }
        if let Some(key) = text("bearer") {
            call = call.bearer(&self.resolve(key));
        }
        match (step.get("body"), text("raw_body")) {
            (Some(body), _) => {
                let body = self.resolve(&body.to_string());
                call.body("application/json", body.as_bytes()).send()
            }
            (None, Some(body)) => call.body("application/json", body.as_bytes()).send(),
            (None, None) => call.send(),
        }
    }

    /// Remembers the key that a create gave, or the tokens and the code of a
    /// sign-in with a browser.
    fn remember(&mut self, step: &Value, reply: &Reply) {
        let mut know = |name: String, value: &str| self.known.insert(name, value.to_owned());
        if let Some(name) = step["save"].as_str() {
            let key = &reply.json()["apiKey"];
            let full_key = key["full_key"].as_str().expect("a key");
            let prefix_length = full_key.rfind('_').unwrap() + 1 + 4;
            know(format!("{{{name}}}"), key["id"].as_str().unwrap());
            know(format!("[key {name}]"), full_key);
            know(format!("[prefix {name}]"), &format!("{}...", &full_key[..prefix_length]));
            let digest = serde_json::to_value(Secret::new(full_key).fingerprint()).unwrap();
            know(format!("[sha256 {name}]"), digest.as_str().unwrap());
        }
        let step_name = step["name"].as_str().unwrap();
        if step_name == "authorize" {
            let url = reply.json()["callback_url"].as_str().expect("an address").to_owned();
            let code = url.split("code=").nth(1).unwrap().split('&').next().unwrap();
            assert_eq!(code.len(), 43);
            know("[code]".to_owned(), code);
        }
        if matches!(step_name, "exchange" | "refresh") {
            for token in ["access_token", "refresh_token"] {
                know(
                    format!("[{token} of the {step_name}]"),
                    reply.json()[token].as_str().unwrap(),
                );
            }
        }
    }

    /// What is different from the recorded answer; nothing where it is the same.
    fn differences(&self, step: &Value, reply: &Reply) -> Vec<String> {
        let answer = &step["answer"];
        let body = String::from_utf8_lossy(&reply.body);
        let mut found = Vec::new();
        let mut compare = |what: &str, same: bool, got: &dyn std::fmt::Debug| {
            if !same {
                found.push(format!("{what}: {got:?}"));
            }
        };
        compare("status", answer["status"] == reply.status, &reply.status);
        let content_type = reply.header("content-type");
        compare("type", answer["content_type"].as_str() == content_type, &content_type);
        let sets_cookie = !reply.set_cookies().is_empty();
        let expected = answer["sets_cookie"].as_bool().unwrap_or(false);
        compare("sets a cookie", sets_cookie == expected, &sets_cookie);
        let same_body = match (answer.get("body"), answer["text"].as_str()) {
            (Some(expected), _) => self.same(expected, &reply.json()),
            (None, Some(text)) => body == text,
            (None, None) if answer["body_is"] == "html" => body.contains("<html"),
            (None, None) => body.is_empty(),
        };
        compare("body", same_body, &body);
        found
    }

    /// The same for an answer of which only the number of rows, their sources, the
    /// first row and the pagination were recorded.
    fn log_differences(&self, step: &Value, reply: &Reply) -> Vec<String> {
        let answer = &step["answer"];
        let body = reply.json();
        let mut got = json!({ "status": reply.status });
        match body["requests"].as_array() {
            None => got["body"] = body,
            Some(rows) => {
                let mut sources = Map::new();
                for row in rows {
                    let source = row["source"].as_str().unwrap_or("gateway");
                    let count = sources.get(source).and_then(Value::as_u64).unwrap_or(0);
                    sources.insert(source.to_owned(), (count + 1).into());
                }
                got["rows"] = rows.len().into();
                got["sources"] = sources.into();
                if let Some(first) = rows.first() {
                    got["first_row"] = first.clone();
                }
                got["pagination"] = body["pagination"].clone();
            }
        }
        if self.same(answer, &got) { Vec::new() } else { vec![format!("{got:#}")] }
    }

    /// Whether a value is the recorded one, or of its kind.
    fn same(&self, expected: &Value, value: &Value) -> bool {
        match (expected, value) {
            (Value::String(expected), value) => match (expected.as_str(), value) {
                ("<uuid>", Value::String(text)) => Uuid::parse_str(text).is_ok(),
                ("<time>", Value::String(text)) => is_time(text),
                ("<text>" | "<token>" | "<prefix>", Value::String(text)) => !text.is_empty(),
                ("<list>", value) => value.is_array(),
                ("<seconds>", value) => value.is_u64(),
                (_, Value::String(text)) => self.resolve(expected) == *text,
                _ => false,
            },
            (Value::Array(expected), Value::Array(values)) => {
                expected.len() == values.len()
                    && expected.iter().zip(values).all(|(expected, it)| self.same(expected, it))
            }
            (Value::Object(expected), Value::Object(values)) => {
                let open = expected.contains_key("...");
                (open || expected.len() == values.len())
                    && expected.iter().filter(|(name, _)| *name != "...").all(|(name, expected)| {
                        values.get(name).is_some_and(|value| self.same(expected, value))
                    })
            }
            (expected, value) => expected == value,
        }
    }
}

/// `2026-08-20T12:34:56.789123+00:00`
fn is_time(text: &str) -> bool {
    text.len() == 32 && text.ends_with("+00:00") && text.parse::<jiff::Timestamp>().is_ok()
}

#[test]
fn the_sandbox_answers_as_the_service_did() {
    let exchanges = include_str!("../exchanges.json");
    let exchanges: Value = serde_json::from_str(exchanges).unwrap();
    let steps = exchanges["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 92);
    let mut player = Player::new();
    let mut failures = Vec::new();
    for step in steps {
        let reply = player.send(step);
        player.remember(step, &reply);
        for difference in player.differences(step, &reply) {
            failures.push(format!("{}: {difference}", step["name"]));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn the_sandbox_has_the_logs_that_the_service_has() {
    let exchanges = include_str!("../exchanges-logs.json");
    let exchanges: Value = serde_json::from_str(exchanges).unwrap();
    let steps = exchanges["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 46);
    let mut player = Player::new();
    for (name, environment) in
        [("busy", "production"), ("many", "production"), ("old", "production"), ("tester", "test")]
    {
        player.create_key(name, environment);
    }
    let mut failures = Vec::new();
    for step in steps {
        if let Some(seed) = step.get("seed") {
            player.seed(seed);
            continue;
        }
        let reply = player.send(step);
        for difference in player.log_differences(step, &reply) {
            failures.push(format!("{}: {difference}", step["name"]));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
