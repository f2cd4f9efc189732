//! The commands: a file each, a folder for each noun. A command's file holds
//! its arguments (whose comments are its help) and one function that does it.

pub mod account;
pub mod auth;
pub mod completions;
pub mod deferred;
pub mod follow_links;
pub mod keys;
pub mod link;
pub mod man;
pub mod project;
pub mod project_file;
pub mod run;
pub mod sandbox;
pub mod service;
mod values;
