//! `cencori man DIR`

use std::io;
use std::path::{Path, PathBuf};

use clap::ValueHint;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::cli::{self, EXIT_CODES, VARIABLES};
use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Write the manual pages to a folder
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder; created if it does not exist
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: PathBuf,
}

/// Writes a page for each command.
///
/// # Errors
/// If the folder can't be written to.
pub fn run(context: &Context, arguments: &Args) -> Result<Exit, Failure> {
    let folder = context.resolve(&arguments.folder);
    let failed = |error: std::io::Error| {
        anyhow::Error::from(error)
            .context(format!("{} can't be written to", arguments.folder.display()))
    };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    // Pages of their own for `help keys`, `help keys create` would say nothing.
    let mut root = cli::command().disable_help_subcommand(true);
    root.build();
    write_pages(&root, &folder).map_err(failed)?;
    context.ui.status(&format!("Wrote the manual pages to {}.", arguments.folder.display()));
    Ok(Exit::Done)
}

/// Writes the page of `command`, and those of the commands below it.
fn write_pages(command: &clap::Command, folder: &Path) -> io::Result<()> {
    for below in command.get_subcommands() {
        write_pages(below, folder)?;
    }
    let page = Man::new(command.clone());
    std::fs::write(folder.join(page.get_filename()), render(command, &page)?)
}

fn render(command: &clap::Command, page: &Man) -> io::Result<String> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let mut text = Vec::new();
    page.render_name_section(&mut text)?;
    synopsis(command).to_writer(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut text)?;
    }
    if name == "cencori" {
        definitions("ENVIRONMENT", &VARIABLES).to_writer(&mut text)?;
        definitions("EXIT STATUS", &EXIT_CODES).to_writer(&mut text)?;
    } else {
        let mut also = Roff::new();
        also.control("SH", ["SEE ALSO"]);
        also.text([roman("cencori(1) for the variables that are read, and the exit codes")]);
        also.to_writer(&mut text)?;
    }
    // Each section brings the definitions that it needs; once is enough. The
    // generator's own title leaves a missing date out, and what follows it
    // ends up in its place.
    let definitions = Roff::new().render();
    let sections = String::from_utf8_lossy(&text).replace(&definitions, "");
    let version = env!("CARGO_PKG_VERSION");
    let title =
        format!(".TH {} 1 \"\" \"cencori {version}\" \"Cencori manual\"", name.to_uppercase());
    Ok(format!("{definitions}{title}\n{sections}"))
}

/// The usage line of the help. The generator's own has every global flag in it,
/// and none of their values.
fn synopsis(command: &clap::Command) -> Roff {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage);
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let mut section = Roff::new();
    section.control("SH", ["SYNOPSIS"]);
    section.text([bold(name), roman(usage.strip_prefix(name).unwrap_or_default())]);
    section
}

fn definitions(heading: &str, rows: &[(&str, &str)]) -> Roff {
    let mut section = Roff::new();
    section.control("SH", [heading]);
    for (term, meaning) in rows {
        section.control("TP", []).text([bold(*term)]).text([roman(*meaning)]);
    }
    section
}
