//! Each target holds on the inputs that are kept, and can be run.

use std::fs;
use std::path::{Path, PathBuf};

use super::TARGETS;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

#[test]
fn every_target_holds_on_its_seeds() {
    for (name, body) in TARGETS {
        let folder = fuzz().join("seeds").join(name);
        let seeds = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut count = 0;
        for seed in seeds {
            let path = seed.unwrap().path();
            let input = fs::read(&path).unwrap();
            assert!(input.len() <= 4_096, "{} is no small seed", path.display());
            body(&input);
            // What is cut off anywhere is input too.
            (0..input.len()).step_by(7).for_each(|end| body(&input[..end]));
            count += 1;
        }
        assert!(count > 0, "{name} has no seeds");
    }
}

#[test]
fn every_target_can_be_run_by_its_name() {
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        let entry = format!("[[bin]]\nname = \"{name}\"\npath = \"targets/{name}.rs\"\n");
        assert!(manifest.contains(&entry), "{name} is not in fuzz/Cargo.toml");
        let target = fs::read_to_string(fuzz().join(format!("targets/{name}.rs"))).unwrap();
        let body = format!("cencori_cli::fuzzing::run(\"{name}\", input)");
        assert!(target.contains(&body), "fuzz/targets/{name}.rs does not run it");
    }
    let entries = manifest.matches("[[bin]]").count();
    assert_eq!(entries, TARGETS.len());
}
