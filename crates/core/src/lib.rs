//! What the `cencori` command knows of keys and files before it talks to anybody.
//!
//! Keys and where they are valid ([`key`]), secrets that don't show themselves
//! ([`secret`]), the domains that a publishable key may be used from ([`domain`]),
//! `.env` files that are changed in one line and nowhere else ([`dotenv`]), files that are
//! whole at any instant ([`disk`]), and journals of work that a kill may interrupt
//! ([`journal`]). All of it can be used without a network, a
//! terminal, a command line or a person: the crate depends on nothing that has to do
//! with these, and prints nothing. Its errors say what happened; what to do about it is
//! said by the command.
//!
//! Everything else in the workspace may depend on this crate; it depends on none of it.
//!
//! # Example
//! A key is put into a `.env` file; every other byte stays as it was.
//!
//! ```
//! use cencori_core::dotenv::{Bare, Document};
//! use cencori_core::key;
//! use cencori_core::secret::Secret;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let key = Secret::new(format!("csk_{}", "0123456789abcdef".repeat(3)));
//! assert!(key::is_key(key.expose()));
//! assert_eq!(format!("{key:?}"), "Secret(redacted)");
//!
//! let mut file = Document::parse(b"# server\nPORT=3000\nCENCORI_API_KEY='old'\n")?;
//! let value = Bare::new(key).ok_or("not a value that every reader takes as it is")?;
//! let set = file.set(&"CENCORI_API_KEY".parse()?, &value);
//! assert!(set.is_ok(), "its line is shared with another variable");
//! let line = format!("CENCORI_API_KEY={}", value.secret().expose());
//! assert_eq!(file.render(), format!("# server\nPORT=3000\n{line}\n").into_bytes());
//! # Ok(())
//! # }
//! ```

pub mod checkpoint;
pub mod disk;
pub mod domain;
pub mod dotenv;
pub mod journal;
pub mod key;
pub mod key_status;
pub mod listed_key;
pub mod printable;
pub mod secret;
