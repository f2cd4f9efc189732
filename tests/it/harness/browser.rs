//! Chromium without a window, and what somebody does in it, over WebDriver.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::http::Call;
use super::programs::program;

/// How long a page may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// The name of the member that holds an element's reference (WebDriver,
/// *Elements*).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What a browser that is led by a test needs.
pub const BROWSER: [&str; 2] = ["chromedriver", "chromium"];

/// A browser with a profile of its own. It ends when this is dropped.
pub struct Browser {
    driver: Child,
    url: String,
    session: String,
    _home: TempDir,
}

impl Browser {
    /// Starts one.
    #[track_caller]
    pub fn start() -> Self {
        let chromium = program("chromium");
        let chromedriver = program("chromedriver");
        let home = tempfile::tempdir().expect("a temporary folder");
        let mut driver = Command::new(chromedriver)
            .arg("--port=0")
            .env("HOME", home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let port = port_of(&mut driver);
        let url = format!("http://127.0.0.1:{port}");
        let mut browser = Self { driver, url, session: String::new(), _home: home };
        let profile = browser._home.path().join("profile");
        let options = json!({
            "binary": chromium,
            // Root can have no sandbox of Chromium's kind; and nothing is to be
            // loaded from anywhere else.
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic",
                "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--no-proxy-server",
                "--window-size=1000,800", format!("--user-data-dir={}", profile.display()),
            ],
        });
        let capabilities = json!({
            "capabilities": { "alwaysMatch": { "goog:chromeOptions": options } },
        });
        let session = browser.command("POST", "/session", &capabilities);
        let id = session["sessionId"].as_str().expect("the name of the session");
        browser.session = format!("/session/{id}");
        browser
    }

    /// Goes to `url`.
    #[track_caller]
    pub fn open(&self, url: &str) {
        self.in_session("POST", "/url", &json!({ "url": url }));
    }

    /// What stands in the address bar.
    #[track_caller]
    pub fn address(&self) -> String {
        self.in_session("GET", "/url", &Value::Null).as_str().expect("an address").to_owned()
    }

    /// Waits until `text` can be read on the page.
    #[track_caller]
    pub fn expect(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let shown = self.text();
            if shown.contains(text) {
                return;
            }
            let address = self.address();
            assert!(Instant::now() < deadline, "\"{text}\" is not shown at {address}:\n{shown}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// All that can be read on the page.
    #[track_caller]
    pub fn text(&self) -> String {
        // Between two pages there is no body.
        let script = "return document.body ? document.body.innerText : ''";
        self.evaluate(script).as_str().expect("a text").to_owned()
    }

    /// Types into the field with this label, in place of what is there.
    #[track_caller]
    pub fn fill(&self, label: &str, text: &str) {
        let field = self.find(&format!("//input[@id=//label[.='{label}']/@for]"));
        self.in_session("POST", &format!("/element/{field}/clear"), &json!({}));
        self.in_session("POST", &format!("/element/{field}/value"), &json!({ "text": text }));
    }

    /// Presses the button that says `text`.
    #[track_caller]
    pub fn press(&self, text: &str) {
        let button = self.find(&format!("//button[.='{text}']"));
        self.in_session("POST", &format!("/element/{button}/click"), &json!({}));
    }

    /// What `script` returns on the page.
    #[track_caller]
    pub fn evaluate(&self, script: &str) -> Value {
        self.in_session("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    #[track_caller]
    fn find(&self, path: &str) -> String {
        let element =
            self.in_session("POST", "/element", &json!({ "using": "xpath", "value": path }));
        element[ELEMENT].as_str().expect("an element").to_owned()
    }

    #[track_caller]
    fn in_session(&self, method: &str, path: &str, body: &Value) -> Value {
        self.command(method, &format!("{}{path}", self.session), body)
    }

    #[track_caller]
    fn command(&self, method: &str, path: &str, body: &Value) -> Value {
        let call = Call::new(&self.url, method, path);
        let call = if body.is_null() { call } else { call.json(body) };
        let reply = call.send();
        let value = reply.json()["value"].clone();
        assert_eq!(reply.status, 200, "{method} {path}: {}", value["message"]);
        value
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Killing the driver alone would leave its browser behind.
        if !self.session.is_empty() {
            let _ = Call::new(&self.url, "DELETE", &self.session).try_send();
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The port that the driver says it has chosen.
#[track_caller]
fn port_of(driver: &mut Child) -> u16 {
    let mut output = BufReader::new(driver.stdout.take().expect("a pipe")).lines();
    let port = output.by_ref().map_while(Result::ok).find_map(|line| {
        line.rsplit_once("started successfully on port ")
            .and_then(|(_, port)| port.trim_end_matches('.').parse().ok())
    });
    // It must not meet a closed pipe later on.
    std::thread::spawn(move || output.for_each(drop));
    port.expect("chromedriver says its port")
}
