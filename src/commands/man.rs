//! `cencori man DIR`

use std::path::PathBuf;

use crate::cli;
use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Write the manual pages into a folder
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder; made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Writes a page for each command.
///
/// # Errors
/// Where the folder can't be written to.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    let folder = context.resolve(&arguments.folder);
    let failed = |error: std::io::Error| {
        anyhow::Error::from(error)
            .context(format!("{} can't be written to", arguments.folder.display()))
    };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    clap_mangen::generate_to(cli::command(), &folder).map_err(failed)?;
    context.ui.status(&format!("Wrote the manual pages to {}.", arguments.folder.display()));
    Ok(Exit::Done)
}
