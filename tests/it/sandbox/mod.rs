//! The sandbox from outside: what the recorded exchanges do not show.

mod faults;
mod gateway;
mod pages;
mod routes;
mod sessions;
mod state;
