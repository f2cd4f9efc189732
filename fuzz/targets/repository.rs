#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| cencori_cli::fuzzing::run("repository", input));
