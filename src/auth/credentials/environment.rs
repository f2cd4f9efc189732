//! Credentials in environment variables, for machines.

use super::{Credential, CredentialKind, Origin};
use crate::context::Variables;
use crate::failure::Failure;

/// The credential that the variables hold, if any. A token overrides a
/// password.
///
/// # Errors
/// If only one of `CENCORI_EMAIL` and `CENCORI_PASSWORD` is set: using another source then would
/// act as somebody the caller did not mean.
pub fn find(variables: &Variables) -> Result<Option<Credential>, Failure> {
    if let Some(token) = &variables.access_token {
        let kind = CredentialKind::Token(token.clone());
        return Ok(Some(Credential { kind, origin: Origin::AccessTokenVariable }));
    }
    match (&variables.email, &variables.password) {
        (Some(email), Some(password)) => {
            let kind = CredentialKind::Password {
                email: email.trim().to_owned(),
                password: password.clone(),
            };
            Ok(Some(Credential { kind, origin: Origin::PasswordVariables }))
        }
        (Some(_), None) => {
            Err(Failure::usage("CENCORI_EMAIL is set, but CENCORI_PASSWORD is not.")
                .hint("Set both, or unset CENCORI_EMAIL"))
        }
        (None, Some(_)) => {
            Err(Failure::usage("CENCORI_PASSWORD is set, but CENCORI_EMAIL is not.")
                .hint("Set both, or unset CENCORI_PASSWORD"))
        }
        (None, None) => Ok(None),
    }
}
