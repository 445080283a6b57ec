//! The program `prices`, which `cargo xtask prices` builds and becomes: it shows the matching rule at work and makes one live
//! search through a source's own adapter.
//!
//! What does not live here: the rule and the adapters (`price`), which stay as the function has them.

pub mod cli;
mod failure;
mod keys;
mod matched;
mod probe;
mod recording;
mod redact;

pub use cli::run;
