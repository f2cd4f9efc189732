//! The `cencori` command. Everything it does is in the library.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::from(cencori_cli::cli::run(std::env::args_os()))
}
