//! HTTP calls: the client of all sources, its keys, and their redaction from errors and logs.

pub mod base_url;
pub mod client;
pub mod keys;
pub mod observer;
pub mod redaction;
