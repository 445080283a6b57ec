//! End to end: whole orders through real processes and real HTTP, in embedded environments side by side.
//!
//! `harness` brings an environment up; every other file is one thing that must hold. What one part does by itself is
//! tested beside that part.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests say what they expect by failing; clippy knows a test by its attribute, not its helpers"
)]

mod cached_prices;
mod callers;
mod closing;
mod combine;
mod crashing;
mod disk;
mod harness;
mod incidents;
mod killed_function;
mod matrix;
mod misbehaving;
mod output;
mod outside;
mod parallel;
mod permissions;
mod price_sources;
mod processes;
mod programs;
mod providers;
mod proxy;
mod second_pass;
mod secrets;
mod targets;
mod terminal;
