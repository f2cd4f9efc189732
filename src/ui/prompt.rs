//! Questions to a person. Where nobody is there to answer, each is an error
//! that names the flag or argument that answers it.

use console::Term;
use dialoguer::{Confirm, Input, Password, Select};

use super::{interrupt, printable};
use crate::failure::{Failure, Hint};
use crate::secret::Secret;

/// Asks on stderr and reads from the terminal, if there is one.
#[derive(Clone, Copy, Debug)]
pub struct Prompter {
    obstacle: Option<&'static str>,
}

impl Prompter {
    /// `obstacle`: why nobody can be asked, as `there is no terminal to ask at`.
    /// There is one only where both stdin and stderr are one: looking at one of
    /// them would wait for ever (dialoguer looks at stderr alone).
    pub fn new(obstacle: Option<&'static str>) -> Self {
        Self { obstacle }
    }

    /// Whether somebody can answer.
    pub fn interactive(self) -> bool {
        self.obstacle.is_none()
    }

    /// That `what` is needed, and why nobody was asked for it.
    pub fn refuse(self, what: &str) -> Failure {
        Failure::usage(match self.obstacle {
            Some(obstacle) => format!("{what}, and {obstacle}"),
            None => what.to_owned(),
        })
    }

    /// Asks for a text until `check` accepts it.
    pub fn text(
        self,
        question: &str,
        default: Option<String>,
        flag: &str,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<String, Failure> {
        self.must_be_interactive(question, flag)?;
        let terminal = Term::stderr();
        loop {
            let mut input = Input::<String>::new().with_prompt(printable(question));
            if let Some(default) = &default {
                input = input.default(default.clone());
            }
            let answer = answered(input.interact_text_on(&terminal))?;
            // The library's own check erases its complaint, and miscounts the
            // lines where that is wider than the terminal.
            match check(&answer) {
                Ok(()) => return Ok(answer),
                Err(problem) => {
                    let _ = terminal.write_line(&printable(&problem));
                }
            }
        }
    }

    /// Has one of `words` typed; gives its index. Nothing is chosen by a bare Enter,
    /// so that one which was typed ahead decides nothing.
    pub fn word(self, question: &str, words: &[&str], flag: &str) -> Result<usize, Failure> {
        let list = match words {
            [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => words.join(""),
        };
        let find = |answer: &str| {
            let answer = answer.trim().to_lowercase();
            words.iter().position(|word| *word == answer)
        };
        let check = |answer: &str| match find(answer) {
            Some(_) => Ok(()),
            None => Err(format!("Type one of these words: {list}.")),
        };
        forget_what_was_typed();
        let question = format!("{} Type {list}", question.trim_end_matches(':'));
        let answer = self.text(&question, None, flag, check)?;
        Ok(find(&answer).unwrap_or_default())
    }

    /// Asks for a password, which is not shown.
    pub fn password(self, question: &str, flag: &str) -> Result<Secret, Failure> {
        self.must_be_interactive(question, flag)?;
        interrupt::watch();
        let password = Password::new().with_prompt(printable(question));
        answered(password.interact_on(&Term::stderr())).map(Secret::new)
    }

    /// Offers a choice; gives the index of what was chosen.
    pub fn choose(self, question: &str, options: &[&str], flag: &str) -> Result<usize, Failure> {
        self.must_be_interactive(question, flag)?;
        interrupt::watch();
        let select = Select::new().with_prompt(printable(question)).items(options).default(0);
        answered(select.interact_on(&Term::stderr()))
    }

    /// Asks yes or no; bare Enter means `default`.
    pub fn confirm(self, question: &str, default: bool, flag: &str) -> Result<bool, Failure> {
        self.must_be_interactive(question, flag)?;
        interrupt::watch();
        let confirm = Confirm::new().with_prompt(printable(question)).default(default);
        answered(confirm.interact_on(&Term::stderr()))
    }

    fn must_be_interactive(self, question: &str, flag: &str) -> Result<(), Failure> {
        if self.interactive() {
            return Ok(());
        }
        let question = question.trim_end_matches(['?', ':']);
        let failure = self.refuse(&format!("An answer is needed ({})", printable(question)));
        Err(failure.hint(Hint::from("Answer it on the command line: ").data(flag)))
    }
}

fn answered<T>(answer: dialoguer::Result<T>) -> Result<T, Failure> {
    answer.map_err(|dialoguer::Error::IO(error)| {
        if error.kind() == std::io::ErrorKind::Interrupted {
            interrupt::end();
        }
        anyhow::Error::from(error).context("The terminal went away during a question").into()
    })
}

/// What was typed before a question was there was no answer to it.
#[cfg(unix)]
fn forget_what_was_typed() {
    use rustix::termios::{QueueSelector, tcflush};
    let _ = tcflush(std::io::stdin(), QueueSelector::IFlush);
}

#[cfg(not(unix))]
fn forget_what_was_typed() {}
