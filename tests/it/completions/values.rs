//! What there is to choose from.

use serde_json::json;

use super::shells::{ALL, SHELLS, Shell, path, with_command};
use crate::harness::programs::needs;
use crate::harness::sandbox::session_of;
use crate::harness::{Desk, Terminal, TestSandbox, assert_snapshot};

/// Names that a shell makes something else of, if they are not quoted.
const AWKWARD: [&str; 9] = [
    "my key",
    "it's",
    "say \"hi\"",
    "$(touch pwned)",
    "`id`",
    "*.my",
    "a:b",
    "back\\slash",
    "now!",
];

/// Names that no command line should have: their keys are offered by their ids.
const UNFIT: [&str; 4] = ["-dash", "two\nlines", "\u{1b}[31mred", "tab\there"];

/// Signed in to `sandbox` with a token, and with the command on the `PATH`.
pub fn signed_in(sandbox: &TestSandbox) -> Desk {
    let session = session_of(&sandbox.owner_cookie());
    let token = session["access_token"].as_str().expect("a token").to_owned();
    let desk = Desk::at(sandbox).without("CENCORI_EMAIL").without("CENCORI_PASSWORD");
    with_command(&desk.with("CENCORI_ACCESS_TOKEN", &token))
}

/// With a limit that is soon over, in milliseconds, and not so short that a busy machine
/// can't find what is in a file by then.
pub fn in_a_hurry(desk: Desk) -> Desk {
    desk.with("CENCORI_COMPLETION_TIME", "2000")
}

/// Makes a key by the sandbox itself, which takes any name. Gives its id.
pub fn make(sandbox: &TestSandbox, name: &str) -> String {
    let body = json!({ "name": name, "environment": "production", "key_type": "secret" });
    make_as(sandbox, &body)["id"].as_str().expect("an id").to_owned()
}

/// Makes one as `body` says, and gives what is listed of it.
pub fn make_as(sandbox: &TestSandbox, body: &serde_json::Value) -> serde_json::Value {
    sandbox.create_key(&sandbox.owner_cookie(), body)
}

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort();
    words
}

#[test]
fn bash_names_each_key_and_nothing_else() {
    needs!(["bash"]);
    names_each_key_and_nothing_else(Shell::Bash);
}

#[test]
fn fish_names_each_key_and_nothing_else() {
    needs!(["fish"]);
    names_each_key_and_nothing_else(Shell::Fish);
}

#[test]
fn zsh_names_each_key_and_nothing_else() {
    needs!(["zsh"]);
    names_each_key_and_nothing_else(Shell::Zsh);
}

#[track_caller]
fn names_each_key_and_nothing_else(shell: Shell) {
    let sandbox = TestSandbox::start();
    let desk = signed_in(&sandbox);
    let mut expected: Vec<String> = AWKWARD.map(str::to_owned).to_vec();
    AWKWARD.iter().for_each(|name| drop(make(&sandbox, name)));
    expected.extend(UNFIT.iter().chain(&["twice", "twice"]).map(|name| make(&sandbox, name)));
    desk.write(".env", format!("CENCORI_API_KEY=csk_{}\nOTHER=1\n", "0".repeat(48)));
    // fish shows what begins with a dot only when one is typed.
    expected.extend((shell != Shell::Fish).then(|| ".env:CENCORI_API_KEY".to_owned()));
    let found = shell.complete(&desk, "cencori keys show ");
    assert_eq!(sorted(found), sorted(expected));
    assert!(!desk.path("pwned").exists());

    for (line, expected) in [
        ("cencori keys revoke my", "my key"),
        ("cencori keys rotate 'my k", "my key"),
        ("cencori keys verify a:", "a:b"),
        ("cencori keys show .env:CEN", ".env:CENCORI_API_KEY"),
        ("cencori --project .env:CEN", ".env:CENCORI_API_KEY"),
        ("cencori link .e", ".env:CENCORI_API_KEY"),
    ] {
        assert_eq!(shell.complete(&desk, line), [expected], "{line}");
    }
}

#[test]
fn a_person_at_bash_gets_the_word_that_they_began() {
    needs!(["bash"]);
    let sandbox = TestSandbox::start();
    let desk = signed_in(&sandbox);
    let names = ["my key", "it's", "*.my", "say \"hi\"", "dogs'", "'cats"];
    names.iter().for_each(|name| drop(make(&sandbox, name)));
    desk.write(".env", format!("CENCORI_API_KEY=csk_{}\n", "0".repeat(48)));
    desk.write("x.my", "");
    let mut shell = desk.program("bash");
    shell.args(["--norc", "-i"]).env("PS1", "ready> ").env("INPUTRC", "/dev/null");
    let mut terminal = Terminal::run(&shell);
    terminal.answer("ready> ", &format!("source {}\r", path("cencori.bash")));
    // With the word breaks that every bash has; a function shows what bash made of
    // the line.
    terminal.answer("ready> ", "cencori() { printf 'word<%s>' \"${@:3}\" end; }\r");
    desk.write("a file", "");
    terminal.answer("ready> ", "cencori keys scan a\t\r");
    assert_eq!(terminal.between("word<", ">word<end>"), "a file");
    let home = desk.outside("home");
    std::fs::create_dir_all(&home).unwrap();
    let in_home = format!("{}/.env:HERE", home.display());
    desk.write(&home.join(".env").display().to_string(), format!("HERE=csk_{}\n", "0".repeat(48)));
    for (typed, word) in [
        (".env:CEN", ".env:CENCORI_API_KEY"),
        ("~/.e", &in_home),
        ("~/.env:H", &in_home),
        ("--project=.env:", "--project=.env:CENCORI_API_KEY"),
        ("my", "my key"),
        ("'my", "my key"),
        ("\"my k", "my key"),
        ("my\\ ", "my key"),
        ("it", "it's"),
        ("'it", "it's"),
        ("*", "*.my"),
        ("'*", "*.my"),
        ("\"say", "say \"hi\""),
        ("\"say \\\"hi\\\"", "say \"hi\""),
        ("'say", "say \"hi\""),
        ("say", "say \"hi\""),
        ("'dog", "dogs'"),
        ("\"dogs", "dogs'"),
        ("'dogs'\\''", "dogs'"),
        ("'dogs", "dogs'"),
        ("dogs\\''", "dogs'"),
        ("\\'", "'cats"),
        ("\"'", "'cats"),
    ] {
        terminal.answer("ready> ", &format!("cencori keys show {typed}\t\r"));
        assert_eq!(terminal.between("word<", ">word<end>"), word, "{typed}");
    }
    terminal.answer("ready> ", "exit\r");
    terminal.end();
}

/// What is offered at the end of `words`, without a shell: value, tab, description.
pub fn offered(desk: &Desk, words: &[&str]) -> Vec<String> {
    let mut command = desk.command(&["--", "cencori"]);
    let output = command.args(words).env("CENCORI_COMPLETE", "fish").output().expect("it runs");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(!cencori_cli::key::contains_key(&text), "{text}");
    text.lines().skip(1).map(str::to_owned).collect()
}

/// The values alone.
pub fn values(desk: &Desk, words: &[&str]) -> Vec<String> {
    let value = |line: String| line.split('\t').next().unwrap_or_default().to_owned();
    offered(desk, words).into_iter().map(value).collect()
}

#[test]
fn each_shell_completes_profiles_variables_domains_and_rotations() {
    needs!(ALL);
    let sandbox = TestSandbox::start();
    let desk = signed_in(&sandbox);
    desk.run(&["keys", "create", "old", "--env-file"]).exits(0);
    desk.run(&["keys", "rotate", "old", "--pause-before", "deploy"]).exits(0);
    let domains = ["*.myapp.com", "$(id)"];
    let body = json!({
        "name": "web", "environment": "test", "key_type": "publishable", "allowed_domains": domains,
    });
    make_as(&sandbox, &body);
    let config = "[profiles.staging]\ndashboard_url = 'https://x.example'\n[profiles.'a b']\n";
    desk.write("config.toml", config);
    let settings = desk.path("").display().to_string();
    let desk = desk.with("CENCORI_CONFIG_DIR", &settings);
    desk.write("site.env", "SITE_KEY=1\nexport SITE_NAME=x\n");
    for shell in SHELLS {
        for (line, expected) in [
            ("cencori --profile ", &["a b", "default", "staging"][..]),
            ("cencori keys create --env-file site.env --var SITE", &["SITE_KEY", "SITE_NAME"]),
            ("cencori keys create --env-file s", &["site.env"]),
            ("cencori keys domains list w", &["web"]),
            ("cencori keys domains remove web ", &["$(id)", "*.myapp.com"]),
            ("cencori keys rotate --resume ", &["old"]),
            ("cencori keys rotate --abort o", &["old"]),
        ] {
            assert_eq!(sorted(shell.complete(&desk, line)), expected, "{shell:?}: {line}");
        }
        // What the shell completes itself; bash does so only at a terminal.
        if shell != Shell::Bash {
            assert_eq!(shell.complete(&desk, "cencori keys scan si"), ["site.env"], "{shell:?}");
        }
    }
}

#[test]
fn descriptions_tell_keys_apart() {
    let sandbox = TestSandbox::start();
    let desk = signed_in(&sandbox);
    let whole_key = format!("csk_{}", "1".repeat(48));
    for name in ["web", "twice", "twice", &whole_key] {
        make(&sandbox, name);
    }
    desk.write(".env", format!("CENCORI_API_KEY={whole_key}\n"));
    let shown = offered(&desk, &["keys", "show", ""]).join("\n").replace('\t', "  ");
    assert_snapshot("completions_of_key", &shown);
}

#[test]
fn what_is_typed_and_named_decides_what_is_offered() {
    let sandbox = TestSandbox::start();
    let desk = signed_in(&sandbox);
    let id = make(&sandbox, "api");
    make(&sandbox, "web");
    let cookie = sandbox.owner_cookie();
    let body = json!({ "name": "ci", "environment": "test", "key_type": "secret" });
    let test_key = sandbox.create_key(&cookie, &body);
    let prefix = test_key["key_prefix"].as_str().expect("a prefix").trim_end_matches('.');

    assert_eq!(values(&desk, &["keys", "show", ""]), ["web", "api", "ci"]);
    assert_eq!(values(&desk, &["keys", "show", "a"]), ["api"]);
    assert_eq!(values(&desk, &["keys", "show", &id[..9]]), [&id[..]]);
    assert_eq!(values(&desk, &["keys", "show", "csk_test_"]), [prefix]);
    assert_eq!(values(&desk, &["keys", "show", "nothing"]), [""; 0]);
    assert_eq!(values(&desk, &["keys", "revoke", "web", "api", ""]), ["ci"]);
    assert_eq!(values(&desk, &["keys", "show", "--environment", "test", ""]), ["ci"]);
    assert_eq!(values(&desk, &["keys", "domains", "list", ""]), [""; 0], "none is publishable");
    assert_eq!(values(&desk, &["keys", "rotate", "--resume", ""]), [""; 0], "none is open");
    let foreign = sandbox.identity().foreign_project_id.to_string();
    assert_eq!(values(&desk, &["--project", &foreign, "keys", "show", ""]), [""; 0]);
    let ids = values(&desk, &["keys", "rotate", "--resume", "--new", ""]);
    assert_eq!(ids.len(), 3);
    assert_eq!(values(&desk, &["keys", "rotate", "--status", ""]), [""; 0]);

    let url = sandbox.url();
    desk.write("config.toml", format!("[profiles.here]\ndashboard_url = '{url}'\n"));
    let settings = desk.path("").display().to_string();
    let desk = desk.with("CENCORI_CONFIG_DIR", &settings).without("CENCORI_DASHBOARD_URL");
    assert_eq!(values(&desk, &["--profile", "here", "keys", "show", "a"]), ["api"]);
    assert_eq!(values(&desk, &["keys", "show", "--profile=here", "a"]), ["api"]);
}

#[test]
fn the_folder_that_is_named_is_looked_into() {
    let desk = with_command(&Desk::new());
    let line = format!("A_KEY=csk_{}\nOTHER=2\n", "a".repeat(48));
    std::fs::create_dir_all(desk.path("config/deep")).unwrap();
    desk.write("config/.env", &line);
    desk.write("config/app.conf", &line);
    desk.write("big.env", format!("{line}X={}\n", "x".repeat(2 << 20)));
    desk.succeed("mkfifo", &["pipe.env"]);
    desk.write("na me.env", &line);
    assert_eq!(values(&desk, &["keys", "show", ""]), ["na me.env:A_KEY"]);
    let within = ["config/.env:A_KEY", "config/deep/"];
    assert_eq!(values(&desk, &["keys", "show", "config/"]), within);
    assert_eq!(values(&desk, &["link", "config/app.conf:"]), ["config/app.conf:A_KEY"]);
    let variables = values(&desk, &["keys", "create", "--env-file", "config/.env", "--var", ""]);
    assert_eq!(variables, ["A_KEY", "OTHER"]);
}
