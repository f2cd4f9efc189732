//! What holds for any input, as far as it is looked for by fuzzing: the bodies of the
//! targets in `fuzz/targets`, here so that they reach what is private, and so that the
//! tests run each of them on the inputs in `fuzz/seeds`. In no other build.
//!
//! A body panics if a promise is broken.

mod answers;
mod callback;
mod domains;
mod dotenv;
mod finder;
mod journals;
mod masking;
mod quoting;
mod repository;
mod sessions;
mod settings;
#[cfg(test)]
mod tests;

/// A target's body.
pub type Body = fn(&[u8]);

/// The targets: the name of each, and its body.
pub const TARGETS: [(&str, Body); 11] = [
    ("answers", answers::run),
    ("callback", callback::run),
    ("domains", domains::run),
    ("dotenv", dotenv::run),
    ("finder", finder::run),
    ("journals", journals::run),
    ("masking", masking::run),
    ("quoting", quoting::run),
    ("repository", repository::run),
    ("sessions", sessions::run),
    ("settings", settings::run),
];

/// Runs the target `name` on `input`.
///
/// # Panics
/// If there is no such target, or if the input breaks a promise.
pub fn run(name: &str, input: &[u8]) {
    let (_, body) = TARGETS.iter().find(|(known, _)| *known == name).expect("a target");
    body(input);
}

/// Splits `input` behind its first line.
fn first_line(input: &[u8]) -> (&[u8], &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    (&input[..end], input.get(end + 1..).unwrap_or_default())
}
