//! Calls over HTTP: the client that every source shares, its keys, and what keeps these out of errors and logs. It knows no
//! provider.

pub mod base_url;
pub mod client;
mod guard;
pub mod keys;
pub mod observer;
pub mod redaction;
