//! `revoke --leaked`: from the text of a key to the proof that it is revoked.

use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::harness::sandbox::eventually;
use crate::harness::{Desk, Run, TestSandbox, assert_snapshot};

const KEYS: &str = "/api/projects/*/api-keys";
const KEY: &str = "/api/projects/*/api-keys/*";
const LEAKED: [&str; 5] = ["keys", "revoke", "--leaked", "-", "--yes"];

/// Makes a key and gives its text.
fn make(sandbox: &TestSandbox, name: &str) -> String {
    let key = sandbox.create_key(&sandbox.owner_cookie(), &json!({ "name": name }));
    key["full_key"].as_str().unwrap().to_owned()
}

/// A key that was never issued, one hexadecimal digit away from `key`.
fn beside(key: &str) -> String {
    let last = if key.ends_with('0') { "1" } else { "0" };
    format!("{}{last}", &key[..key.len() - 1])
}

/// The outcome of each key, in the order of the input.
fn outcomes(run: &Run) -> Vec<String> {
    let document = run.json();
    let keys = document["keys"].as_array().unwrap().clone();
    keys.iter().map(|key| key["outcome"].as_str().unwrap().to_owned()).collect()
}

fn json_of(desk: &Desk, more: &[&str], input: &str) -> Run {
    desk.run_with_input(&[&LEAKED[..], &["--json"], more].concat(), input.as_bytes())
}

#[test]
fn every_key_of_a_report_is_revoked_and_nothing_else() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let (first, second) = (make(&sandbox, "first"), make(&sandbox, "second"));
    make(&sandbox, "innocent");
    let gone = make(&sandbox, "gone");
    desk.run(&["keys", "revoke", "gone", "--yes"]).exits(0);
    let report = json!([
        {"RuleID": "generic", "Match": format!("KEY={first}"), "Secret": first, "File": "a.js"},
        {"RuleID": "generic", "Match": second.replacen('c', "\\u0063", 1), "File": "b.js"},
        {"RuleID": "generic", "Secret": gone},
    ]);
    let report = serde_json::to_string_pretty(&report).unwrap();
    let dry = ["keys", "revoke", "--leaked", "-", "--dry-run"];
    assert_snapshot(
        "leaked_dry_run",
        &desk.run_with_input(&dry, report.as_bytes()).exits(3).transcript(),
    );
    assert_eq!(sandbox.live_keys().len(), 3);
    desk.write("report.json", &report);
    let done = desk.run(&["keys", "revoke", "--leaked", "report.json", "--yes"]).exits(0);
    assert_snapshot("leaked", &done.transcript());
    assert_eq!(sandbox.live_keys(), ["innocent"]);
    // Once more: that is as good.
    let again = json_of(&desk, &[], &report).exits(0);
    assert_snapshot("leaked_json", &again.transcript());
    let nothing = desk.run_with_input(&LEAKED, b"csk_short pcsk_0123\n").exits(0);
    assert_snapshot("leaked_nothing", &nothing.transcript());
}

#[test]
fn whose_a_key_is_is_told_apart() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let ours = make(&sandbox, "ours");
    // A test key, and one in the project of a stranger.
    let cookie = sandbox.owner_cookie();
    let test = sandbox.create_key(&cookie, &json!({"name": "test", "environment": "test"}));
    let stranger = sandbox.sign_in(&sandbox.identity().stranger_email);
    let path = format!("/api/projects/{}/api-keys", sandbox.identity().foreign_project_id);
    let foreign = sandbox.call("POST", &path).header("cookie", &stranger);
    let foreign = foreign.json(&json!({"name": "foreign"})).send().json();
    let foreign = foreign["apiKey"]["full_key"].as_str().unwrap().to_owned();
    let input =
        format!("{ours}\n{}\n{foreign}\n{}\n", test["full_key"].as_str().unwrap(), beside(&ours));
    let asked = json_of(&desk, &["--no-ask"], &input).exits(7);
    assert_eq!(outcomes(&asked), ["revoked", "revoked", "not_asked", "not_asked"]);
    let sent: Vec<Value> = sandbox.requests();
    let validated =
        |sent: &[Value]| sent.iter().filter(|it| it["path"] == "/api/agent/setup/validate").count();
    assert_eq!(validated(&sent), 0);
    let told = desk.run_with_input(&LEAKED, input.as_bytes()).exits(7);
    assert_snapshot("leaked_owners", &told.transcript());
    // Without a project of our own, the service says where each belongs.
    let ours = make(&sandbox, "ours");
    let unlinked = desk.without("CENCORI_PROJECT");
    let input = format!("{ours}\n{foreign}\n{}\n", beside(&ours));
    let asked = json_of(&unlinked, &[], &input).exits(7);
    assert_eq!(outcomes(&asked), ["revoked", "not_yours", "unknown"]);
    // While its database is down the service calls every key invalid.
    let fault = json!({"kind": "status", "status": 401});
    sandbox.plant(&json!({"path": "/api/agent/setup/validate", "times": 0, "fault": fault}));
    let down = json_of(&unlinked, &[], &input).exits(7);
    assert_eq!(outcomes(&down), ["failed", "failed", "failed"]);
}

#[test]
fn beyond_the_rows_that_are_listed_a_live_key_is_out_of_reach() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let oldest = make(&sandbox, "oldest");
    let second = make(&sandbox, "second");
    let cookie = sandbox.owner_cookie();
    for number in 0..999 {
        sandbox.create_key(&cookie, &json!({"name": format!("{number}")}));
    }
    let input = format!("{oldest}\n{}\n{second}\n", beside(&second));
    let told = desk.run_with_input(&LEAKED, input.as_bytes()).exits(7);
    assert_snapshot("leaked_out_of_reach", &told.transcript());
    assert!(!sandbox.live_keys().contains(&"second".to_owned()));
    // One place is free now.
    assert_eq!(outcomes(&json_of(&desk, &[], &oldest).exits(0)), ["revoked"]);
}

#[test]
fn what_the_service_answers_is_never_taken_for_the_truth() {
    for (what, fault, code, outcome) in [
        (
            "500, and it did it",
            json!({"method": "PATCH", "fault": {"kind": "status", "status": 500, "when": "after"}}),
            0,
            "already_revoked",
        ),
        (
            "the answer is lost",
            json!({"method": "PATCH", "fault": {"kind": "drop", "when": "after"}}),
            0,
            "revoked",
        ),
        (
            "a passing fault",
            json!({"method": "PATCH", "times": 2, "fault": {"kind": "status", "status": 503}}),
            0,
            "revoked",
        ),
        (
            "200, and it did not",
            json!({"method": "PATCH", "times": 0, "fault": {"kind": "status", "status": 200}}),
            7,
            "failed",
        ),
        (
            "it dies between revoking and listing",
            json!({"method": "GET", "skip": 2, "times": 0, "fault": {"kind": "drop", "when": "before"}}),
            7,
            "failed",
        ),
        (
            "the list can't be had, and the key can be asked about",
            json!({"method": "GET", "path": KEYS, "skip": 2, "times": 0, "fault": {"kind": "status", "status": 503}}),
            0,
            "revoked",
        ),
    ] {
        let sandbox = TestSandbox::start();
        let desk = Desk::at(&sandbox);
        let key = make(&sandbox, "web");
        sandbox.plant(&fault);
        let run = json_of(&desk, &["--timeout", "1"], &key);
        assert_eq!(run.code, Some(code), "{what}: {}", run.transcript());
        assert_eq!(outcomes(&run), [outcome], "{what}: {}", run.transcript());
        sandbox.clear_faults();
        assert_eq!(outcomes(&json_of(&desk, &[], &key).exits(0)).len(), 1, "{what}");
        assert!(sandbox.live_keys().is_empty(), "{what}");
    }
}

#[test]
fn where_nothing_can_be_done_nothing_is_said_to_be_done() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let key = make(&sandbox, "web");
    let mut runs = String::new();
    let mut run = |desk: &Desk, arguments: &[&str], code| {
        runs += &desk.run_with_input(arguments, key.as_bytes()).exits(code).transcript();
    };
    run(&desk, &["keys", "revoke", "--leaked", "-"], 2);
    run(&desk, &["keys", "revoke", "--leaked", "nowhere", "--yes"], 6);
    run(&desk, &["keys", "revoke", "--leaked", "-", "web", "--yes"], 2);
    let signed_out = desk.clone().without("CENCORI_EMAIL").without("CENCORI_PASSWORD");
    run(&signed_out, &LEAKED, 4);
    sandbox.plant(&json!({"path": KEYS, "times": 0, "fault": {"kind": "status", "status": 503}}));
    run(&desk, &["--timeout", "1", "keys", "revoke", "--leaked", "-", "--yes"], 8);
    sandbox.clear_faults();
    let member = sandbox.identity().member_email.clone();
    run(&desk.with("CENCORI_EMAIL", &member), &LEAKED, 7);
    assert_snapshot("leaked_refused", &runs);
    assert_eq!(sandbox.live_keys(), ["web"]);
}

/// Makes `count` keys and begins to revoke them, as far as the sandbox, which holds
/// each request, lets it come.
fn held_revocations(sandbox: &TestSandbox, desk: &Desk, count: usize) -> Child {
    let names = (0..count).map(|number| number.to_string());
    let keys: Vec<String> = names.map(|name| make(sandbox, &name)).collect();
    let hold = json!({"kind": "hold", "when": "before"});
    sandbox.plant(&json!({"method": "PATCH", "path": KEY, "times": 0, "fault": hold}));
    desk.write("keys", keys.join("\n"));
    let mut command = desk.command(&["keys", "revoke", "--leaked", "keys", "--yes", "--json"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    eventually("eight are under way", || sandbox.held() == 8);
    child
}

#[test]
fn many_are_revoked_eight_at_a_time() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let child = held_revocations(&sandbox, &desk, 40);
    assert_eq!(sandbox.held(), 8, "more than eight at once");
    sandbox.clear_faults();
    let done = Run::of(&[], child.wait_with_output().unwrap()).exits(0);
    assert_eq!(outcomes(&done), vec!["revoked"; 40]);
    assert!(sandbox.live_keys().is_empty());
}

#[cfg(unix)]
#[test]
fn ctrl_c_says_what_is_done_and_what_is_not() {
    use std::os::unix::process::ExitStatusExt as _;
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let child = held_revocations(&sandbox, &desk, 12);
    desk.succeed("kill", &["-INT", &child.id().to_string()]);
    // The signal is taken by a thread of its own, which can't be watched from here:
    // what comes of it can.
    eventually("the signal is taken", || signal_is_caught(child.id()));
    sandbox.clear_faults();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.signal(), Some(2), "{output:?}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let keys = document["keys"].as_array().unwrap();
    let count = |outcome: &str| keys.iter().filter(|key| key["outcome"] == outcome).count();
    assert_eq!((count("revoked"), count("not_tried")), (8, 4), "{document:#}");
    assert_eq!(sandbox.live_keys().len(), 4);
}

/// Whether no SIGINT is waiting to be taken by the process (proc(5)).
#[cfg(unix)]
fn signal_is_caught(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let pending = status.lines().find_map(|line| line.strip_prefix("ShdPnd:"));
    pending.is_some_and(|bits| u64::from_str_radix(bits.trim(), 16).is_ok_and(|bits| bits & 2 == 0))
}

#[test]
fn a_key_that_stands_here_can_be_replaced_first() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
    let before = desk.read(".env");
    let (_, key) = before.trim().split_once('=').unwrap();
    let other = make(&sandbox, "other");
    let input = format!("{key}\n{other}\n");
    let arguments = [&LEAKED[..], &["--rotate"]].concat();
    let done = desk.run_with_input(&arguments, input.as_bytes()).exits(0);
    assert_snapshot("leaked_rotated", &done.transcript());
    assert_eq!(sandbox.live_keys(), ["web"]);
    let after = desk.read(".env");
    assert_ne!(before, after);
    desk.run(&["keys", "verify"]).exits(0);
    // Where it can't be replaced, it is left for the person to decide.
    let (_, key) = after.trim().split_once('=').unwrap();
    sandbox.plant(&json!({"method": "POST", "path": KEYS, "times": 0,
        "fault": {"kind": "status", "status": 503, "when": "before"}}));
    let failed = desk.run_with_input(&arguments, key.as_bytes()).exits(7);
    assert_snapshot("leaked_not_replaced", &failed.transcript());
    assert_eq!(sandbox.live_keys(), ["web"]);
}

#[test]
fn the_gateway_is_waited_for() {
    let sandbox = TestSandbox::start_with(|options| {
        options.gateway_cache = std::time::Duration::from_secs(1);
    });
    let desk = Desk::at(&sandbox);
    let key = make(&sandbox, "web");
    let ask = || {
        let call = sandbox.call("POST", "/api/ai/moderation").json(&json!({}));
        call.header("authorization", &format!("Bearer {key}")).send().status
    };
    assert_eq!(ask(), 400);
    let done = json_of(&desk, &["--wait"], &key).exits(0).json();
    assert!(done["keys"][0]["gateway_refused_after_seconds"].is_u64(), "{done:#}");
    assert_eq!(ask(), 401);
    // Also without a list, where the text is at hand.
    let key = make(&sandbox, "web");
    let arguments = ["keys", "revoke", "-", "--yes", "--wait", "--json"];
    let done = desk.run_with_input(&arguments, key.as_bytes()).exits(0).json();
    let first = &done["revocations"][0];
    assert!(first["gateway_refused_after_seconds"].is_u64(), "{done:#}");
}

#[test]
fn a_key_without_a_length_is_read_in_every_way_that_makes_sense() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    let key = make(&sandbox, "inner");
    let (old, name) = ("cencori_AbCdEf0123456789XyZ", "cencori_abcdefghijklmnopqrstu");
    // The service has issued such keys once; none can be made any more.
    let state = rusqlite::Connection::open(sandbox.state()).unwrap();
    for text in [old, name] {
        let made = make(&sandbox, text);
        let hash = |text: &str| {
            let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
            digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let query = "UPDATE api_keys SET key_hash = ?1 WHERE key_hash = ?2";
        assert_eq!(state.execute(query, (hash(text), hash(&made))).unwrap(), 1);
    }
    let input = format!("key is {old}. And {name}..., cencori_api_key_{key}\n");
    let dry = ["keys", "revoke", "--leaked", "-", "--dry-run"];
    let dry = desk.run_with_input(&dry, input.as_bytes()).exits(3);
    assert_snapshot("leaked_readings", &dry.transcript());
    let scanned = desk.run_with_input(&["keys", "scan", "-"], input.as_bytes()).exits(3);
    assert_snapshot("scan_readings", &scanned.transcript());
    let offline = desk.run_with_input(&["keys", "scan", "--offline", "-"], input.as_bytes());
    assert!(offline.exits(3).stdout.contains("csk_"), "a key with a length is no guess");
    assert_eq!(outcomes(&json_of(&desk, &[], &input).exits(0)), ["revoked"; 3]);
    assert!(sandbox.live_keys().is_empty());
}

#[test]
fn flags_of_leaked_keys_do_nothing_else() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    make(&sandbox, "web");
    let refused = desk.run(&["keys", "revoke", "web", "--rotate", "--yes"]).exits(2);
    assert_snapshot("revoke_rotate", &refused.transcript());
    desk.run(&["keys", "revoke", "web", "--no-ask", "--yes"]).exits(2);
    assert_eq!(sandbox.live_keys(), ["web"]);
}

#[test]
fn no_key_is_called_unknown_because_of_one_answer() {
    let sandbox = TestSandbox::start();
    let key = make(&sandbox, "web");
    let desk = Desk::at(&sandbox).without("CENCORI_PROJECT");
    let fault = json!({"kind": "status", "status": 401});
    sandbox.plant(&json!({"path": "/api/agent/setup/validate", "fault": fault}));
    assert_eq!(outcomes(&json_of(&desk, &["--dry-run"][..0], &key).exits(0)), ["revoked"]);
    assert!(sandbox.live_keys().is_empty());
}

#[test]
fn a_project_that_is_not_ours_is_no_obstacle() {
    let sandbox = TestSandbox::start();
    let key = make(&sandbox, "web");
    let foreign = sandbox.identity().foreign_project_id.to_string();
    let desk = Desk::at(&sandbox).with("CENCORI_PROJECT", &foreign);
    let done = desk.run_with_input(&LEAKED, key.as_bytes()).exits(0);
    assert_snapshot("leaked_other_project", &done.transcript());
    assert!(sandbox.live_keys().is_empty());
}

#[test]
fn what_would_be_replaced_where_is_told_in_a_dry_run() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
    let before = desk.read(".env");
    let (_, key) = before.trim().split_once('=').unwrap();
    desk.write("notes", format!("twice: {key}\n"));
    let arguments = ["keys", "revoke", "--leaked", "-", "--rotate", "--dry-run"];
    let run = desk.run_with_input(&arguments, key.as_bytes());
    assert_snapshot("leaked_rotate_dry_run", &run.transcript());
    // Nothing is replaced that is in no file, or in none that can be rewritten.
    let nowhere = make(&sandbox, "nowhere");
    let by_hand = make(&sandbox, "by hand");
    desk.write("values.yaml", format!("a: 1\nkey: {by_hand}\n"));
    let input = format!("{key} {nowhere} {by_hand}");
    let why = "no .env file or keychain entry here has it";
    let json = [&arguments[..], &["--json"]].concat();
    let dry = desk.run_with_input(&json, input.as_bytes()).exits(3).json()["keys"].clone();
    let reasons = |keys: &Value| [0, 1, 2].map(|number| keys[number]["not_replaced"].clone());
    assert_eq!(reasons(&dry), [json!(null), json!(why), json!(why)]);
    assert_eq!(dry[0]["occurrences"][0]["replaced"], Value::Null, "nothing is done yet");
    assert_eq!(desk.read(".env"), before);
    assert_eq!(sandbox.live_keys(), ["by hand", "nowhere", "web"]);
    // So it is once it is done.
    let done =
        desk.run_with_input(&[&LEAKED[..], &["--rotate", "--json"]].concat(), input.as_bytes());
    let done = done.exits(0).json()["keys"].clone();
    assert_eq!(reasons(&done), [json!(null), json!(why), json!(why)]);
    let replaced = |place: &Value| (place["line"].clone(), place["replaced"].clone());
    let places = done[0]["occurrences"].as_array().unwrap().iter().map(replaced);
    assert_eq!(places.collect::<Vec<_>>(), [(json!(1), json!(true)), (json!(1), json!(false))]);
    assert_eq!(replaced(&done[2]["occurrences"][0]), (json!(2), json!(false)));
    assert_eq!(sandbox.live_keys(), ["web"]);
}

#[test]
fn where_a_leaked_key_is_in_the_project_is_told_to_programs_too() {
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    desk.run(&["keys", "create", "web", "--env-file"]).exits(0);
    let key = desk.read(".env").trim().split_once('=').unwrap().1.to_owned();
    desk.write("notes", format!("twice: {key}\n"));
    let nowhere = make(&sandbox, "nowhere");
    let input = format!("{key}\n{nowhere}\n");
    let dry = ["keys", "revoke", "--leaked", "-", "--rotate", "--dry-run", "--json"];
    let keys = desk.run_with_input(&dry, input.as_bytes()).exits(3).json()["keys"].clone();
    let found = &keys[0]["occurrences"];
    assert_eq!((&found[0]["variable"], &found[0]["line"]), (&json!("CENCORI_API_KEY"), &json!(1)));
    assert_eq!(found[1]["by_hand"], "not a .env file");
    assert!(found[1]["path"].as_str().unwrap().ends_with("/notes"), "{found}");
    assert_eq!((&keys[1]["occurrences"], &keys[1]["replaced_by"]), (&json!([]), &Value::Null));
    // That nothing takes the place of a key is said.
    let arguments = [&LEAKED[..], &["--rotate"]].concat();
    let done = desk.run_with_input(&arguments, nowhere.as_bytes()).exits(0);
    let said = "; not replaced: no .env file or keychain entry here has it";
    assert!(done.stdout.contains(said), "{}", done.transcript());
}
