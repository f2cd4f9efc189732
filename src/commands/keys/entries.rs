//! The project's keys in the keychain: those that `cencori.toml` names.

use uuid::Uuid;

use crate::auth::credentials::keychain::{EntryName, KeyEntry, Patience};
use crate::auth::credentials::store::StoreError;
use crate::commands::run;
use crate::commands::service::Service;
use crate::context::Context;
use crate::dotenv::VariableName;
use crate::failure::Failure;
use crate::listed_key::ListedKey;
use crate::secret::Secret;

/// An entry that holds a key which was looked for.
pub(super) struct Found {
    /// What it is called.
    pub(super) name: EntryName,
    /// The variable that it is for.
    pub(super) variable: VariableName,
    entry: KeyEntry,
}

/// What came of looking for a key.
#[derive(Default)]
pub(super) struct Looked {
    /// The entries that hold it.
    pub(super) found: Vec<Found>,
    /// Those that could not be looked into, and why.
    pub(super) unread: Vec<(EntryName, StoreError)>,
}

/// The entries of `project` that `cencori.toml` names and that hold a key for which
/// `is_meant`; and why some could not be looked into.
///
/// # Errors
/// If `cencori.toml` can't be understood.
pub(super) fn holding(
    context: &Context,
    project: Uuid,
    is_meant: impl Fn(&Secret) -> bool,
) -> Result<Looked, Failure> {
    let mut looked = Looked::default();
    for (variable, name) in run::entries(context)? {
        let has_bus = context.variables.has_session_bus;
        let entry = KeyEntry::new(project, name.clone(), has_bus, Patience::Brief);
        match entry.load() {
            Ok(Some(key)) if is_meant(&key) => looked.found.push(Found { name, variable, entry }),
            Ok(_) => {}
            Err(error) => looked.unread.push((name, error)),
        }
    }
    Ok(looked)
}

/// Removes the entries that hold one of the `revoked` keys: `cencori run` would go on
/// giving it to programs. What can't be done is said; the key is revoked all the same.
pub(super) fn remove(context: &Context, project: Uuid, revoked: &[&ListedKey]) {
    let ui = &context.ui;
    // Keys of a sandbox are not in the keychain.
    let is_sandbox =
        context.sandbox || Service::find(context).is_ok_and(|it| it.is_on_this_machine());
    if revoked.is_empty() || is_sandbox {
        return;
    }
    let is_dead = |key: &Secret| revoked.iter().any(|revoked| revoked.is(&key.fingerprint()));
    let looked = match holding(context, project, is_dead) {
        Ok(looked) => looked,
        Err(failure) => {
            ui.warn(&format!(
                "Whether the keychain has a revoked key is not known: {}.",
                failure.message()
            ));
            return;
        }
    };
    for Found { name, entry, .. } in looked.found {
        match entry.remove() {
            Ok(true) => {
                ui.status(&format!("Removed {name} from the keychain: it held a revoked key."))
            }
            // Another variable has the same entry.
            Ok(false) => {}
            Err(error) => {
                ui.warn(&format!("{name} in the keychain still has a revoked key: {error}."))
            }
        }
    }
    for (name, error) in looked.unread {
        // Where there is no keychain, nothing is in it.
        if !matches!(error, StoreError::NoKeychain(_)) {
            ui.warn(&format!(
                "Whether the keychain has a revoked key as {name} is not known: {error}."
            ));
        }
    }
}
