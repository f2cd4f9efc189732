//! The command line: global flags, the tree of commands, and how a run ends.

use std::ffi::OsString;
use std::time::Duration;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Parser, Subcommand};

use crate::commands::completions::Completes;
use crate::commands::deferred::Deferred;
use crate::commands::{auth, completions, keys, link, man, run, sandbox};
use crate::context::{self, Context};
use crate::failure::{Exit, Failure, Hint, SuggestedCommand};
use crate::key;
use crate::scan::repository::{self, UserFolders};
use crate::ui::shell_quoting::RunFlags;
use crate::ui::{Ui, Verbosity};

/// Manage Cencori API keys: create them where they are used, rotate them without an outage, and
/// revoke them for certain.
#[derive(Debug, Parser)]
#[command(name = "cencori", version, max_term_width = 100, after_help = after_help())]
pub struct Cli {
    #[command(flatten)]
    global: Global,

    #[command(subcommand)]
    command: Command,
}

/// The variables that this tool reads, and what each is for.
pub const VARIABLES: [(&str, &str); 11] = [
    ("CENCORI_EMAIL", "with CENCORI_PASSWORD: signs in as this account; kept in memory only"),
    ("CENCORI_PASSWORD", "the account's password"),
    ("CENCORI_ACCESS_TOKEN", "a session's access token, used instead of the two above"),
    ("CENCORI_PROJECT", "as --project"),
    ("CENCORI_PROFILE", "as --profile"),
    ("CENCORI_CONFIG_DIR", "the folder of config.toml"),
    ("CENCORI_DASHBOARD_URL", "another address of the service, such as a sandbox's"),
    ("CENCORI_GATEWAY_URL", "another address of the gateway, if it is not the service's"),
    ("CENCORI_STATE_DIR", "the folder for the sandbox and for interrupted work"),
    ("CI", "if set: as --no-input"),
    ("NO_COLOR", "if set: as --color never"),
];

/// How a run can end ([`crate::failure::Kind`], [`Exit`]).
pub const EXIT_CODES: [(&str, &str); 9] = [
    ("0", "done, or already so"),
    ("1", "failed"),
    ("2", "wrong usage, or an answer is needed that only a person can give"),
    ("3", "findings, if a command is asked to fail on them"),
    ("4", "not signed in"),
    ("5", "not allowed"),
    ("6", "not found, or ambiguous"),
    ("7", "partly done"),
    ("8", "the service can't be reached or is failing: try again"),
];

fn after_help() -> String {
    let table = |rows: &[(&str, &str)], width: usize| -> String {
        rows.iter().map(|(name, meaning)| format!("  {name:<width$}  {meaning}\n")).collect()
    };
    format!(
        "Variables (an empty one counts as unset):\n{}\nExit codes:\n{}\nCtrl-C ends with SIGINT.",
        table(&VARIABLES, 21),
        table(&EXIT_CODES, 1),
    )
}

/// Flags that every command takes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// The project: its UUID, or FILE:VARIABLE with a live key of it
    #[arg(long, global = true, value_name = "PROJECT", add = Completes::Location)]
    pub project: Option<String>,

    /// The profile in config.toml to use, with its own service and session
    #[arg(long, global = true, value_name = "NAME", add = Completes::Profile)]
    pub profile: Option<String>,

    /// Use the embedded sandbox, as its owner, instead of the service
    #[arg(long, global = true)]
    pub sandbox: bool,

    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    pub json: bool,

    /// Print only errors and warnings
    #[arg(short, long, global = true)]
    pub quiet: bool,

    /// Show every request
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,

    /// Never ask: fail, and name the flag that answers
    #[arg(long, global = true)]
    pub no_input: bool,

    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,

    /// The longest time that one call to the service may take, such as `30s` or `2m`
    #[arg(long, global = true, value_name = "SECONDS", default_value = "30", value_parser = timeout)]
    pub timeout: Duration,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sign in, sign out, and show who is signed in
    #[command(subcommand)]
    Auth(Deferred<auth::Command>),

    /// Create, list, rotate, revoke and check keys, and find leaked ones
    #[command(subcommand)]
    Keys(Deferred<keys::Command>),

    /// Run a local stand-in for the service
    #[command(subcommand)]
    Sandbox(Deferred<sandbox::Command>),

    Link(link::Args),
    Run(run::Args),

    // A comment on these would hide that of their Args, which is the help.
    Completions(completions::Args),
    Man(man::Args),
}

/// The whole command tree, for completions and manual pages.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the command that `arguments` (the program's name first) ask for.
/// Gives the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(shell) = context::completing_shell()
        && completions::is_question(&arguments)
    {
        completions::answer(&shell, &arguments);
        return 0;
    }
    let cli = match parse(&arguments) {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    match cli.global.color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
    let ui = context::ui(&cli.global);
    let result = match refuse_keys(&arguments) {
        Err(failure) => Err(failure),
        Ok(()) => Context::new(&cli.global).and_then(|context| dispatch(&context, cli.command)),
    };
    match result {
        Ok(exit) => exit.code(),
        Err(failure) => {
            ui.failure(&failure);
            failure.kind.exit_code()
        }
    }
}

fn dispatch(context: &Context, command: Command) -> Result<Exit, Failure> {
    let (home, config) = context.user_folders();
    repository::read_user_settings_from(UserFolders { home, config });
    match command {
        Command::Auth(Deferred(command)) => auth::run(context, command),
        Command::Keys(Deferred(command)) => keys::run(context, command),
        Command::Link(arguments) => link::run(context, &arguments),
        Command::Run(arguments) => run::run(context, &arguments),
        Command::Sandbox(Deferred(command)) => sandbox::run(context, command),
        Command::Completions(arguments) => completions::run(context, &arguments),
        Command::Man(arguments) => man::run(context, &arguments),
    }
}

/// Parses; where that fails, or help was asked for, says what clap has to say and gives
/// the exit code. clap repeats the argument that it could not place: that can be a key,
/// and anything else.
fn parse(arguments: &[OsString]) -> Result<Cli, u8> {
    Cli::try_parse_from(arguments).map_err(|mut error| {
        let json = arguments.iter().any(|argument| argument == "--json");
        let ui = Ui::new(json, Verbosity::Normal, None, RunFlags::default());
        let is_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && !json;
        if !error.use_stderr() || is_help {
            let _ = error.print();
        } else if let Err(failure) = refuse_keys(arguments) {
            ui.failure(&failure);
        } else {
            leave_out_what_may_be_secret(&mut error, arguments);
            if json {
                ui.failure(&usage_failure(&error));
            } else {
                ui.complaint(&error.render().to_string());
            }
        }
        u8::try_from(error.exit_code()).unwrap_or(1)
    })
}

/// Has an error of clap repeat only those arguments that can hold no key in any spelling;
/// of the others it says which they are. What our own parsers say of a value does not
/// repeat it.
fn leave_out_what_may_be_secret(error: &mut clap::Error, arguments: &[OsString]) {
    // Here the argument is one of ours, and its name is in our own source.
    let names_our_own = matches!(
        error.kind(),
        ErrorKind::ArgumentConflict
            | ErrorKind::InvalidValue
            | ErrorKind::MissingRequiredArgument
            | ErrorKind::NoEquals
            | ErrorKind::TooFewValues
            | ErrorKind::TooManyValues
            | ErrorKind::ValueValidation
            | ErrorKind::WrongNumberOfValues
    );
    let kinds =
        [ContextKind::InvalidSubcommand, ContextKind::InvalidValue, ContextKind::InvalidArg];
    for kind in kinds {
        let Some(ContextValue::String(text)) = error.get(kind) else { continue };
        if !key::may_contain_key(text) || (kind == ContextKind::InvalidArg && names_our_own) {
            continue;
        }
        let holds = |argument: &OsString| argument.to_string_lossy().contains(text.as_str());
        let number = arguments.iter().skip(1).position(holds).map(|index| index + 1);
        let number = number.map_or_else(String::new, |number| format!("argument {number}, "));
        error.insert(kind, ContextValue::String(format!("({number}not shown)")));
        // Other advice repeats it.
        let advice = "only short, plain arguments are repeated here: others may contain a key";
        let advice = ContextValue::StyledStrs(vec![StyledStr::from(advice)]);
        error.insert(ContextKind::Suggested, advice);
    }
}

/// What clap found wrong, in the form in which all else is told: its first
/// paragraph says what, the others what to do.
fn usage_failure(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let usage = text.lines().find(|line| line.starts_with("Usage: ")).unwrap_or_default();
        return Failure::usage("A command is missing")
            .hint(Hint::default().data(usage))
            .hint("See --help for all of them");
    }
    let mut paragraphs = text.split("\n\n").map(str::trim);
    let what = paragraphs.next().unwrap_or_default();
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let failure = Failure::usage(one_line(what.strip_prefix("error: ").unwrap_or(what)));
    paragraphs.filter(|paragraph| !paragraph.is_empty()).fold(failure, |failure, paragraph| {
        let advice = one_line(paragraph);
        failure.hint(Hint::default().data(advice.strip_prefix("tip: ").unwrap_or(&advice)))
    })
}

/// A key on the command line is in the shell's history and in the process
/// list by now.
fn refuse_keys(arguments: &[OsString]) -> Result<(), Failure> {
    let exposed =
        arguments.iter().any(|argument| key::contains_disguised_key(&argument.to_string_lossy()));
    if !exposed {
        return Ok(());
    }
    Err(Failure::usage(
        "An argument holds a whole key, as it is or encoded: it is now in the shell's history, \
         and others on this machine could see it in the process list. Nothing was done.",
    )
    .hint(
        Hint::from("Say where the key is, such as ")
            .command(SuggestedCommand::cencori(["keys", "show", ".env:CENCORI_API_KEY"]))
            .text(", or give `-` instead, and the key on standard input"),
    )
    .hint("Remove it from the history, and think about revoking it"))
}

fn timeout(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<u64>().ok().map(Duration::from_secs);
    let given = seconds.or_else(|| text.parse::<jiff::SignedDuration>().ok()?.try_into().ok());
    match given {
        Some(timeout) if !timeout.is_zero() && timeout <= Duration::from_secs(3_600) => Ok(timeout),
        _ => Err("give a time from 1 s to 1 h, such as 30 or 90s".to_owned()),
    }
}
