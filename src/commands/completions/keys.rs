//! The live keys, as far as the service tells them in time.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Instant;

use jiff::Timestamp;

use super::candidates::{Candidate, is_word};
use super::deadline;
use crate::api::listing;
use crate::commands::keys::reference::{self, Reference};
use crate::commands::keys::{age, environments};
use crate::commands::project::ProjectReference;
use crate::commands::service::Service;
use crate::context::Context;
use crate::key::{self, Environment, KeyType};
use crate::listed_key::ListedKey;
use crate::sandbox;
use crate::ui::printable;

/// The live keys of the project that is named, asked for when they are needed.
pub struct Keys {
    context: Arc<Context>,
    environment: Option<Environment>,
    deadline: Instant,
    known: OnceLock<Vec<ListedKey>>,
}

impl Keys {
    /// Those of one environment, or of both. Whoever has to be asked is not waited
    /// for beyond `deadline`.
    pub fn new(context: Arc<Context>, environment: Option<Environment>, deadline: Instant) -> Self {
        Self { context, environment, deadline, known: OnceLock::new() }
    }

    /// What a person can write for the keys that `word` may mean: names, and ids
    /// where a name does not say which; with more typed than that, ids and prefixes.
    pub fn named(&self, word: &str, publishable: bool) -> Vec<Candidate> {
        let now = Timestamp::now();
        let all = self.live();
        let names = Names::of(&self.context, all);
        let of_interest = |key: &&ListedKey| !publishable || key.key_type == KeyType::Publishable;
        let keys = || all.iter().filter(of_interest);
        let named = keys().filter_map(|key| match names.name_of(key) {
            Some(name) if name.starts_with(word) => Some(Candidate::new(name, what(key, now))),
            None if word.is_empty() => Some(by_id(key, now)),
            _ => None,
        });
        let mut found: Vec<_> = named.collect();
        if found.is_empty() && !word.is_empty() {
            found.extend(ids(keys(), word));
        }
        // A key may well have a name that looks like a prefix.
        if key::type_of_prefix(word).is_some() {
            let prefixes = keys().filter_map(|key| {
                let prefix = names.prefix_of(key).filter(|prefix| prefix.starts_with(word))?;
                // Then it is there by its name.
                let fits = prefix != key.name || names.name_of(key).is_none();
                fits.then(|| Candidate::new(prefix, named_what(key, now)))
            });
            found.extend(prefixes);
        }
        found
    }

    /// The ids that begin with `word`.
    pub fn ids(&self, word: &str) -> Vec<Candidate> {
        ids(self.live().iter(), word)
    }

    /// The domains of the key that `named` means which begin with `word`, but for
    /// those that are `given` already.
    pub fn domains_of(&self, named: Option<&str>, word: &str, given: &[String]) -> Vec<Candidate> {
        // Standard input is not ours.
        let Some(named) = named.filter(|named| *named != "-") else { return Vec::new() };
        let Ok(reference) = Reference::parse(&self.context, named) else { return Vec::new() };
        let Ok(Some(key)) = reference.resolve(self.live()) else { return Vec::new() };
        let fits = |domain: &&String| {
            domain.starts_with(word) && is_word(domain) && !given.contains(domain)
        };
        let domains = key.domains.iter().filter(fits);
        domains.map(|domain| Candidate { value: domain.clone(), description: None }).collect()
    }

    fn live(&self) -> &[ListedKey] {
        self.known.get_or_init(|| self.ask().unwrap_or_default())
    }

    fn ask(&self) -> Option<Vec<ListedKey>> {
        let (context, environment) = (Arc::clone(&self.context), self.environment);
        let left = self.deadline.saturating_duration_since(Instant::now());
        deadline::within(left, move || match context.sandbox {
            true => of_sandbox(&context, environment),
            false => of_service(&context, environment),
        })
        .flatten()
    }
}

/// What the sandbox's file says; a sandbox that is not there is not made.
fn of_sandbox(context: &Context, environment: Option<Environment>) -> Option<Vec<ListedKey>> {
    let project = match &context.project {
        Some(project) => Some(project.parse().ok()?),
        None => None,
    };
    let rows = sandbox::live_keys(&context.sandbox_state().ok()?, project).ok()?;
    let keys = rows.into_iter().filter_map(listing::from_row);
    let wanted = environments(environment);
    Some(keys.filter(|key| wanted.contains(&key.environment)).collect())
}

/// What the service says to who is signed in.
fn of_service(context: &Context, environment: Option<Environment>) -> Option<Vec<ListedKey>> {
    // Standard input is not ours.
    if context.project.as_deref() == Some("-") {
        return None;
    }
    let service = Service::find(context).ok()?;
    let project = ProjectReference::find(context, &service).ok()?;
    let dashboard = &service.with_saved_session(context)?;
    let project = project.resolve(dashboard).ok()?.id;
    let environments = environments(environment);
    thread::scope(|scope| {
        let list = |environment| scope.spawn(move || dashboard.list_keys(project, environment));
        let calls: Vec<_> = environments.into_iter().map(list).collect();
        let listings = calls.into_iter().map(|call| call.join().ok()?.ok());
        let listings: Option<Vec<_>> = listings.collect();
        Some(listings?.into_iter().flat_map(|listing| listing.keys).collect())
    })
}

/// How many keys have each name, and each prefix, as KEY is compared with them.
struct Names<'a> {
    context: &'a Context,
    names: HashMap<String, usize>,
    prefixes: HashMap<&'a str, usize>,
}

impl<'a> Names<'a> {
    fn of(context: &'a Context, keys: &'a [ListedKey]) -> Self {
        let (mut names, mut prefixes) = (HashMap::new(), HashMap::new());
        for key in keys {
            *names.entry(printable(&key.name)).or_default() += 1;
            *prefixes.entry(prefix(key)).or_default() += 1;
        }
        Self { context, names, prefixes }
    }

    /// The name of `key`, where it means this one alone, and can be written.
    fn name_of<'k>(&self, key: &'k ListedKey) -> Option<&'k str> {
        let name = key.name.as_str();
        let alone = is_word(name) && self.names.get(name) == Some(&1) && self.no_other(key, name);
        (alone && reference::is_plain(self.context, name)).then_some(name)
    }

    /// The prefix of `key`, likewise.
    fn prefix_of<'k>(&self, key: &'k ListedKey) -> Option<&'k str> {
        let prefix = prefix(key);
        let names = self.names.get(prefix).map_or(0, |times| *times);
        let alone = names == usize::from(key.name == prefix) && self.no_other(key, prefix);
        (alone && is_word(prefix)).then_some(prefix)
    }

    /// Whether `text` is the prefix of no key but `key`.
    fn no_other(&self, key: &ListedKey, text: &str) -> bool {
        let text = text.trim_end_matches('.');
        let times = self.prefixes.get(text).map_or(0, |times| *times);
        times == usize::from(prefix(key) == text)
    }
}

fn prefix(key: &ListedKey) -> &str {
    key.prefix.trim_end_matches('.')
}

fn ids<'a>(keys: impl Iterator<Item = &'a ListedKey>, word: &str) -> Vec<Candidate> {
    let now = Timestamp::now();
    keys.map(|key| by_id(key, now)).filter(|id| id.value.starts_with(word)).collect()
}

fn by_id(key: &ListedKey, now: Timestamp) -> Candidate {
    Candidate::new(key.id.to_string(), named_what(key, now))
}

/// What a key is, for who sees its name: `publishable, production, cpk_ab12..., 94 days`.
fn what(key: &ListedKey, now: Timestamp) -> String {
    let (prefix, age) = (printable(&key.prefix), age(key, now));
    key::mask(&format!("{}, {}, {prefix}, {age}", key.key_type, key.environment))
}

/// What a key is, for who does not.
fn named_what(key: &ListedKey, now: Timestamp) -> String {
    /// The most of a name that is shown, in characters.
    const MOST: usize = 40;
    let name: String = key::mask(&printable(&key.name)).chars().take(MOST).collect();
    format!("{name}: {}", what(key, now))
}
