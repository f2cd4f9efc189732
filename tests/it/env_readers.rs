//! What real readers of `.env` files make of one that a key was put into.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::harness::programs::{PYTHON, needs, program};
use crate::harness::{Desk, TestSandbox};

type Variables = BTreeMap<String, String>;

/// The names that tests look for.
const NAMES: [&str; 3] = ["CENCORI_API_KEY", "A", "B"];

/// The variables of `.env` as `reader` has them.
type Reader = fn(&Desk) -> Option<Variables>;

const READERS: [(&str, Reader); 4] =
    [("bash", bash), ("node", node), ("python-dotenv", python), ("dotenvy", dotenvy)];

fn bash(desk: &Desk) -> Option<Variables> {
    let line = "set -a; . ./.env 2>/dev/null; exec env -0";
    Some(variables(desk.succeed("bash", &["-c", line]).split('\0')))
}

/// `node --env-file`, which Node has from 20.6 on.
fn node(desk: &Desk) -> Option<Variables> {
    let node = program("node");
    let script = "process.stdout.write(JSON.stringify(process.env))";
    let mut command = desk.program(&node);
    let output = command.args(["--env-file=.env", "-e", script]).output().unwrap();
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(stderr.contains("bad option"), "{stderr}");
        return None;
    }
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn python(desk: &Desk) -> Option<Variables> {
    let script = "import dotenv, json; print(json.dumps(dotenv.dotenv_values('.env')))";
    let read: BTreeMap<String, Value> =
        serde_json::from_str(&desk.succeed(PYTHON, &["-c", script])).unwrap();
    let read =
        read.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())));
    Some(read.collect())
}

fn dotenvy(desk: &Desk) -> Option<Variables> {
    let text = desk.read(".env");
    let read = dotenvy::from_read_iter(text.trim_start_matches('\u{feff}').as_bytes()).flatten();
    // The first of several counts.
    Some(read.collect::<Vec<_>>().into_iter().rev().collect())
}

fn variables<'a>(lines: impl Iterator<Item = &'a str>) -> Variables {
    let pairs = lines.filter_map(|line| line.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What all readers have of `.env`, of the names that tests look for.
fn read(desk: &Desk) -> Vec<(&'static str, Variables)> {
    let read = READERS.iter().filter_map(|(name, reader)| Some((*name, reader(desk)?)));
    let mut read: Vec<_> = read.collect();
    for (_, variables) in &mut read {
        variables.retain(|name, _| NAMES.contains(&name.as_str()));
    }
    read
}

#[test]
fn every_reader_sees_the_key_and_what_it_saw_before() {
    needs!(["bash", "node", "python3:dotenv"]);
    let sandbox = TestSandbox::start();
    let desk = Desk::at(&sandbox);
    for before in [
        "B=1\nA=x\\\n",
        "B=1\nA=x\\",
        "B=1\nA=`x\n",
        "B=1\n# of A\nA=\"`\"\n",
        "B=1\nA=$(x\n",
        "B=1\nA=(x\n",
        "B=1\nA=${B\n",
        "B=1\nA=:(",
        "B=1\nA=x|\n",
        "B=1\nA='`(' # $(\n",
        "B=1\nA= \n",
        "B=1\nA= ",
        "B=1\nA=\t\n",
        "B=1\nA\n",
        "B=1\nA",
        "B=1\nexport B\n",
        "B=1\n# of A\nA\n\n# c\n",
        "B=1\nA\nA\n",
        "A=x\\\n",
        "A",
        "B=1\nA=2",
        "B=1\r\nA=2\r\n",
        "B=1\nA='x y' # c",
        "B=1\nCENCORI_API_KEY=\"old\" # c\nA=2\n",
        "export CENCORI_API_KEY='old'\nA=2\n",
        "B=1\nCENCORI_API_KEY=`old`\n",
    ] {
        desk.write(".env", before);
        let old = read(&desk);
        desk.run(&["keys", "create", "web", "--env-file", "--overwrite"]).exits(0);
        let written = desk.read(".env");
        let key = desk.keys_in(&written).remove(0);
        for ((reader, new), (_, old)) in read(&desk).into_iter().zip(old) {
            let what = format!("{reader}: {before:?} became {written:?}");
            let seen = new.get("CENCORI_API_KEY").map(|seen| seen.trim_end_matches('\r'));
            assert_eq!(seen, Some(key.as_str()), "{what}");
            let rest = |variables: &Variables| {
                let mut rest = variables.clone();
                rest.remove("CENCORI_API_KEY");
                rest
            };
            assert_eq!(rest(&new), rest(&old), "{what}");
        }
    }
}
