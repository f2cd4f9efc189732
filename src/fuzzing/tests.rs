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

/// A few changes of each seed, the same ones each time: what a long run finds at once
/// is found here too.
#[test]
fn every_target_holds_on_what_is_near_its_seeds() {
    for (name, body) in TARGETS {
        let folder = fuzz().join("seeds").join(name);
        let mut seeds: Vec<_> =
            fs::read_dir(&folder).unwrap().map(|seed| seed.unwrap().path()).collect();
        seeds.sort();
        let seeds: Vec<_> = seeds.iter().map(|path| fs::read(path).unwrap()).collect();
        let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
        for _ in 0..ROUNDS {
            let mut input = seeds[numbers.below(seeds.len())].clone();
            for _ in 0..=numbers.below(4) {
                change(&mut input, &seeds, &mut numbers);
            }
            body(&input);
        }
    }
}

const ROUNDS: usize = 100;

/// xorshift64, by Marsaglia.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }
}

fn change(input: &mut Vec<u8>, seeds: &[Vec<u8>], numbers: &mut Numbers) {
    /// What means something to one of the readers.
    const MEANS: &[u8] =
        b"\0\n\r\t \"'`\\#=:.*@/%?&$;!-_+,{}[]()<>|~cskenx019aZ\x1b\x7f\xc3\xa9\xff";
    let place = numbers.below(input.len());
    let end = (place + numbers.below(24)).min(input.len());
    let byte = MEANS[numbers.below(MEANS.len())];
    match numbers.below(6) {
        0 => input.insert(place, byte),
        1 if !input.is_empty() => input[place] = byte,
        2 => drop(input.drain(place..end)),
        3 => {
            let part = input[place..end].to_vec();
            let to = numbers.below(input.len());
            input.splice(to..to, part);
        }
        4 => {
            let other = &seeds[numbers.below(seeds.len())];
            let from = numbers.below(other.len());
            let part = &other[from..(from + numbers.below(64)).min(other.len())];
            input.splice(place..place, part.iter().copied());
        }
        _ => {
            if let Some(byte) = input.get_mut(place) {
                *byte ^= 1 << numbers.below(8);
            }
        }
    }
}
