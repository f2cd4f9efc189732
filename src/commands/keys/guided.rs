//! What `keys create` does with a person: asks for what the command line does
//! not say. Where nobody can answer, the question names the flag.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::create::{Args, Request, check_name, parse_domains};
use super::destination_flags::{usual_file, variable_for};
use crate::commands::account::Account;
use crate::context::Context;
use crate::destinations::dotenv_file::DotenvFile;
use crate::disk::{self, Folder};
use crate::domain::{Breadth, DomainPattern};
use crate::failure::{Failure, Hint, SuggestedCommand};
use crate::key::{Environment, KeyType};
use crate::listed_key::NewKey;
use crate::ui::printable;

/// The key that the arguments and, where they leave something open, the person
/// ask for. Everything is asked for only where not even a name is given.
///
/// # Errors
/// What does not fit together, or can't be asked.
pub(super) fn request(context: &Context, arguments: &Args) -> Result<Request, Failure> {
    if !arguments.domains.is_empty() && !arguments.publishable {
        return Err(Failure::usage(
            "Only publishable keys have allowed domains; the service would drop them.",
        )
        .hint("Add --publishable, or leave --domain out"));
    }
    // Mistakes on the command line are told before anything is asked.
    let domains = parse_domains(&arguments.domains, arguments.allow_broad)?;
    if let Some(name) = &arguments.name {
        check_name(name).map_err(Failure::usage)?;
    }
    let guided = arguments.name.is_none();
    if guided && !context.prompter.interactive() {
        return Err(context.prompter.refuse("The key has no name").hint(
            Hint::from("Name it: ")
                .command(SuggestedCommand::cencori(["keys", "create"]).placeholder("NAME")),
        ));
    }
    if guided {
        // Without these the answers would be for nothing.
        Account::check(context)?;
    }

    let key_type = match (arguments.secret, arguments.publishable) {
        (_, true) => KeyType::Publishable,
        (true, _) => KeyType::Secret,
        _ if guided => ask_type(context)?,
        _ => KeyType::Secret,
    };
    let name = match &arguments.name {
        Some(name) => name.trim().to_owned(),
        None => ask_name(context)?,
    };
    let environment = match arguments.environment {
        Some(environment) => environment,
        None if guided => ask_environment(context)?,
        None => Environment::Production,
    };
    let allowed_domains = match key_type {
        KeyType::Publishable if domains.is_empty() => {
            Some(ask_domains(context, arguments.allow_broad)?)
        }
        KeyType::Publishable => Some(domains),
        _ => None,
    };
    let flags = &arguments.destinations;
    let nowhere = flags.env_files.is_empty()
        && flags.keychain.is_none()
        && flags.pipe_to.is_empty()
        && !arguments.reveal;
    let asked = match guided && nowhere {
        true => ask_to_store(context, arguments, key_type, environment)?,
        false => None,
    };
    let env_files = match asked {
        Some(path) => vec![path],
        None => flags.files(context, key_type, environment),
    };
    Ok(Request { key: NewKey { name, environment, key_type, allowed_domains }, env_files })
}

fn ask_type(context: &Context) -> Result<KeyType, Failure> {
    let options = ["secret: for servers", "publishable: for browsers, from its domains only"];
    let chosen = context.prompter.choose("Type", &options, "--secret or --publishable")?;
    Ok([KeyType::Secret, KeyType::Publishable][chosen])
}

fn ask_name(context: &Context) -> Result<String, Failure> {
    let folder = context.directory.file_name().map(|name| printable(&name.to_string_lossy()));
    let default = folder.filter(|name| check_name(name).is_ok());
    let check = |answer: &str| check_name(answer).map(drop);
    let name = context.prompter.text("Name", default, "NAME", check)?;
    Ok(name.trim().to_owned())
}

fn ask_environment(context: &Context) -> Result<Environment, Failure> {
    let options = Environment::ALL.map(Environment::as_str);
    let chosen = context.prompter.choose("Environment", &options, "--environment")?;
    Ok(Environment::ALL[chosen])
}

fn ask_domains(context: &Context, allow_broad: bool) -> Result<Vec<String>, Failure> {
    if !context.prompter.interactive() {
        return Err(Failure::usage(
            "A publishable key needs at least one domain that it works from.",
        )
        .hint("Add --domain 'myapp.com', or '*.myapp.com' for all its subdomains too"));
    }
    let split = |answer: &str| -> Vec<String> {
        answer.split([',', ' ']).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let breadth = if allow_broad { Breadth::AllowBroad } else { Breadth::Careful };
    let check = |answer: &str| {
        let domains = split(answer);
        if domains.is_empty() {
            return Err("At least one is needed.".to_owned());
        }
        domains.iter().try_for_each(|domain| match DomainPattern::parse(domain, breadth) {
            Ok(_) => Ok(()),
            Err(error) if error.is_too_broad() => {
                Err(format!("{error}. If that is meant, begin again with --allow-broad."))
            }
            Err(error) => Err(match &error.suggestion {
                Some(suggestion) => format!("{error}. Did you mean {suggestion}?"),
                None => format!("{error}."),
            }),
        })
    };
    let question = "Domains, such as myapp.com, *.myapp.com, localhost";
    let answer = context.prompter.text(question, None, "--domain", check)?;
    parse_domains(&split(&answer), allow_broad)
}

fn ask_to_store(
    context: &Context,
    arguments: &Args,
    key_type: KeyType,
    environment: Environment,
) -> Result<Option<PathBuf>, Failure> {
    let path = usual_file(context, &arguments.destinations, key_type, environment);
    let variable = variable_for(context, &arguments.destinations, &path, key_type, environment);
    let into_file = format!("into {} as {variable}", path.display());
    let options = [into_file.as_str(), "print it here, once"];
    let chosen = context.prompter.choose("Where to write the key", &options, "--env-file")?;
    Ok((chosen == 0).then_some(path))
}

/// Deals with a file that git would pick up: on a terminal offers to have it
/// ignored, elsewhere warns.
///
/// # Errors
/// If `.gitignore` can't be written.
pub(super) fn ignore(context: &Context, file: &DotenvFile) -> Result<(), Failure> {
    let shown = file.shown();
    let name = file.path().file_name().unwrap_or_default().to_string_lossy();
    // Other names would need escapes that git and its readers disagree on.
    let plain = name
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || "._-".contains(character));
    let question = format!("git does not ignore {shown}. Add it to .gitignore?");
    if !context.prompter.interactive()
        || !plain
        || !context.prompter.confirm(&question, true, "")?
    {
        context.ui.warn(&format!(
            "git does not ignore {shown}: one `git add .` would track it, key and all."
        ));
        return Ok(());
    }
    add_to_gitignore(disk::folder_of(file.path()), &name)
        .map_err(|error| anyhow::Error::from(error).context(".gitignore can't be written"))?;
    context.ui.status(&format!("Added /{name} to .gitignore."));
    Ok(())
}

/// Adds `name` to the `.gitignore` of `folder`; one that is a link is left alone.
fn add_to_gitignore(folder: &Path, name: &str) -> std::io::Result<()> {
    let gitignore = ".gitignore".as_ref();
    let folder = Folder::open_exactly(folder)?.lock()?;
    let file = folder.file(gitignore)?;
    let mut content = Vec::new();
    if let Some(mut file) = file.as_ref() {
        file.read_to_end(&mut content)?;
    }
    let ending = if content.ends_with(b"\r\n") { "\r\n" } else { "\n" };
    let separator = if content.is_empty() || content.ends_with(b"\n") { "" } else { ending };
    content.extend(format!("{separator}/{name}{ending}").as_bytes());
    match file {
        Some(_) => folder.replace_if(gitignore, &content, file.as_ref(), || true).map(drop),
        None => folder.create(gitignore, &content),
    }
}
