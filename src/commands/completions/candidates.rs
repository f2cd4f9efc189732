//! From the words of a command line to what completes the last one.

use std::ffi::OsStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use clap::Command;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, ValueCompleter};

use super::Completes;
use super::keys::Keys;
use super::line::Line;
use super::local::{self, Wanted};
use crate::cli;
use crate::key::{self, Environment, KeyType};
use crate::ui::printable;

/// What completes a word.
#[derive(Debug, Default)]
pub struct Answer {
    /// What the shell completes itself, where there are no candidates.
    pub native: Native,
    /// In the order in which they are shown.
    pub candidates: Vec<Candidate>,
}

/// What shells complete better than anybody: they know `~`, variables and colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Native {
    /// Nothing.
    #[default]
    None,
    /// Names of files.
    Files,
    /// Names of folders.
    Folders,
    /// Names of commands.
    Commands,
}

/// A word that fits.
#[derive(Debug)]
pub struct Candidate {
    /// The whole word, without quotes.
    pub value: String,
    /// What it is, in a line.
    pub description: Option<String>,
}

impl Candidate {
    /// A word that fits, and what it is.
    pub fn new(value: impl Into<String>, description: impl Into<String>) -> Self {
        Self { value: value.into(), description: Some(description.into()) }
    }

    /// Whether more of the same word is to follow.
    pub fn goes_on(&self) -> bool {
        self.value.ends_with(['/', ':', '='])
    }
}

/// What completes the last of `words`. The service is not waited for beyond
/// `deadline`.
pub fn find(words: &[String], deadline: Instant) -> Answer {
    let Some((word, before)) = words.split_last() else { return Answer::default() };
    let Some(line) = Line::read(before) else { return Answer::default() };
    let keys = Keys::new(Arc::clone(&line.context), line.environment, deadline);
    let values =
        Arc::new(Values { line, keys, native: Mutex::default(), met: AtomicBool::default() });

    let mut command = cli::command();
    command.build();
    let mut command = with_completers(command, &values);
    let (index, arguments) = (words.len() - 1, words.iter().map(Into::into).collect());
    let directory = Some(values.line.context.directory.as_path());
    let found = clap_complete::engine::complete(&mut command, arguments, index, directory);
    let mut found = found.unwrap_or_default();

    // Flags are of no use where a value is to be chosen, unless somebody asks for
    // them: shells would begin the word with the dash that all have in common.
    let is_flag = |candidate: &CompletionCandidate| {
        candidate.get_id().is_some_and(|id| id.starts_with("arg::"))
    };
    // Of most, clap takes only one.
    found.retain(|candidate| {
        let name = candidate.get_id().and_then(|id| id.strip_prefix("arg::"));
        !name.is_some_and(|name| values.line.given_for_good.iter().any(|given| given == name))
    });
    let begun = word.starts_with('-');
    if begun && word.contains("=~/") {
        // There no shell puts the home directory.
        found.clear();
    }
    if !begun && (values.met.load(Ordering::Relaxed) || !found.iter().all(is_flag)) {
        found.retain(|candidate| !is_flag(candidate));
    }
    let native = *values.native.lock().unwrap_or_else(PoisonError::into_inner);
    Answer { native, candidates: found.iter().filter_map(candidate).collect() }
}

/// Of what the engine found, what can be in a line of an answer.
fn candidate(found: &CompletionCandidate) -> Option<Candidate> {
    let value = found.get_value().to_str()?.to_owned();
    let description = found.get_help().map(|help| {
        let help = help.to_string();
        printable(help.lines().next().unwrap_or_default())
    });
    (!value.is_empty()).then_some(Candidate { value, description })
}

/// Whether `text` can be offered for a word: one that a shell, a terminal and this
/// program take for what it is, and that is short enough to be chosen. A whole key
/// is refused as an argument, a dash begins a flag, and of a tilde shells make a
/// home directory.
pub fn is_word(text: &str) -> bool {
    /// What fits into a line beside its description, in characters.
    const LONGEST: usize = 100;
    !text.trim().is_empty()
        && !text.starts_with(['-', '~'])
        && text.chars().count() <= LONGEST
        && printable(text) == text
        && !key::contains_hidden_key(text)
}

fn with_completers(command: Command, values: &Arc<Values>) -> Command {
    let command = command.mut_args(|argument| match Completes::of(&argument) {
        None => argument,
        Some(what) => {
            let completer = Completer { what, values: Arc::clone(values) };
            argument.add(ArgValueCompleter::new(completer))
        }
    });
    command.mut_subcommands(|below| with_completers(below, values))
}

/// Completes the values of one argument.
struct Completer {
    what: Completes,
    values: Arc<Values>,
}

impl ValueCompleter for Completer {
    fn complete(&self, word: &OsStr) -> Vec<CompletionCandidate> {
        let Some(word) = word.to_str() else { return Vec::new() };
        let found = self.values.of(self.what, word).into_iter();
        found
            .map(|candidate| {
                let help = candidate.description.map(Into::into);
                CompletionCandidate::new(candidate.value).help(help)
            })
            .collect()
    }
}

/// What there is to choose from.
struct Values {
    line: Line,
    keys: Keys,
    /// What the shell is to complete.
    native: Mutex<Native>,
    /// Whether a value was looked for.
    met: AtomicBool,
}

impl Values {
    /// What fits `word`, where it is a value that is `what`.
    fn of(&self, what: Completes, word: &str) -> Vec<Candidate> {
        self.met.store(true, Ordering::Relaxed);
        let (line, context) = (&self.line, &*self.line.context);
        match what {
            Completes::Key => self.keys_and_locations(word, false),
            Completes::PublishableKey => self.keys_and_locations(word, true),
            // The only place would be put there as if it were the only key.
            Completes::RevokedKey if word.is_empty() => {
                self.but_given(self.keys.named(word, false))
            }
            Completes::RevokedKey => self.keys_and_locations(word, false),
            Completes::RotatedKey if line.shows_rotations => Vec::new(),
            Completes::RotatedKey if line.goes_on => local::open_rotations(context, word),
            Completes::RotatedKey => self.keys_and_locations(word, false),
            Completes::KeyId => self.keys.ids(word),
            Completes::DomainOfKey => {
                self.keys.domains_of(line.key.as_deref(), word, &line.domains)
            }
            Completes::Location => local::locations(context, word, Wanted::default()),
            Completes::Variable => {
                let key_type =
                    if line.publishable { KeyType::Publishable } else { KeyType::Secret };
                let environment = line.environment.unwrap_or(Environment::Production);
                local::variables(context, line.env_file.as_deref(), (key_type, environment), word)
            }
            Completes::Profile => local::profiles(context, word),
            Completes::EnvFile => {
                self.leave(Native::Files);
                local::env_files(context, word)
            }
            Completes::File => self.leave(Native::Files),
            Completes::Folder => self.leave(Native::Folders),
            Completes::CommandLine if line.command_begun => self.leave(Native::Files),
            Completes::Command | Completes::CommandLine => self.leave(Native::Commands),
        }
    }

    /// Leaves it to the shell.
    fn leave(&self, native: Native) -> Vec<Candidate> {
        *self.native.lock().unwrap_or_else(PoisonError::into_inner) = native;
        Vec::new()
    }

    fn keys_and_locations(&self, word: &str, publishable: bool) -> Vec<Candidate> {
        let wanted = Wanted { publishable, environment: self.line.environment };
        let locations = local::locations(&self.line.context, word, wanted);
        // With a place begun, no other form of KEY is meant.
        let mut found = match word.contains(':') && !locations.is_empty() {
            true => Vec::new(),
            false => self.keys.named(word, publishable),
        };
        found.extend(locations);
        self.but_given(found)
    }

    fn but_given(&self, mut found: Vec<Candidate>) -> Vec<Candidate> {
        found.retain(|candidate| !self.line.keys.contains(&candidate.value));
        found
    }
}
