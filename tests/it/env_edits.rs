//! Somebody else writes to the `.env` while a key is put into it: whatever the instant,
//! nothing of theirs is lost, and no key is said to be where it is not.

use std::process::{Child, Stdio};

use crate::harness::sandbox::eventually;
use crate::harness::{Desk, Run, TestSandbox};

const CREATE: [&str; 4] = ["keys", "create", "web", "--env-file"];

/// Whether the child is stopped (`proc_pid_stat(5)`: the state is behind the name).
fn is_stopped(child: &Child) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T'))
}

/// Runs the command, and `edit` while it is stopped at checkpoint `number`. `None` if it has no
/// such checkpoint.
fn edited_at(desk: &Desk, number: u32, edit: impl FnOnce()) -> Option<Run> {
    let mut command = desk.command(&CREATE);
    command.env("CENCORI_STOP_AT", number.to_string());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut ended = false;
    eventually("it is stopped, or ends", || {
        ended = child.try_wait().unwrap().is_some();
        ended || is_stopped(&child)
    });
    if !ended {
        edit();
        desk.succeed("kill", &["-CONT", &child.id().to_string()]);
    }
    let output = child.wait_with_output().unwrap();
    (!ended).then(|| Run::of(&CREATE, output))
}

#[test]
fn a_line_that_is_added_meanwhile_stays() {
    let mut number = 1;
    loop {
        let sandbox = TestSandbox::start();
        let desk = Desk::at(&sandbox);
        desk.write(".env", "A=1\n");
        let add = || desk.write(".env", desk.read(".env") + "MEANWHILE=1\n");
        let Some(run) = edited_at(&desk, number, add) else { break };
        let content = desk.read(".env");
        let what = format!("checkpoint {number}: {content}{}", run.transcript());
        assert_eq!(run.code, Some(0), "{what}");
        assert!(content.starts_with("A=1\n"), "{what}");
        assert!(content.contains("MEANWHILE=1\n"), "{what}");
        assert!(content.contains("\nCENCORI_API_KEY=csk_"), "{what}");
        assert_eq!(sandbox.live_keys(), ["web"], "{what}");
        number += 1;
    }
    assert!(number > 10, "only {number} checkpoints");
}

#[test]
fn a_key_that_is_overwritten_at_once_is_not_said_to_be_stored() {
    for number in 1..100 {
        let sandbox = TestSandbox::start();
        let desk = Desk::at(&sandbox);
        desk.write(".env", "A=1\n");
        let mut was_there = false;
        let overwrite = || {
            was_there = desk.read(".env").contains("CENCORI_API_KEY=csk_");
            if was_there {
                // As an editor does that has the old content.
                desk.write(".env", "A=2\n");
            }
        };
        let run = edited_at(&desk, number, overwrite).expect("a checkpoint behind the write");
        if was_there {
            assert_eq!(run.code, Some(1), "{}", run.transcript());
            assert!(run.stderr.contains("does not read back"), "{}", run.transcript());
            assert!(!run.stderr.contains("Stored"), "{}", run.transcript());
            assert_eq!(desk.read(".env"), "A=2\n");
            assert!(sandbox.live_keys().is_empty(), "a key that is in no place was left live");
            return;
        }
    }
    panic!("the key was never in the file");
}
