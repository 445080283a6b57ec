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

mod callers;
mod closing;
mod combine;
mod crashing;
mod disk;
mod dying;
mod harness;
mod living;
mod matrix;
mod misbehaving;
mod outside;
mod parallel;
mod permissions;
mod processes;
mod programs;
mod providers;
mod proxy;
mod second_pass;
mod secrets;
mod targets;
mod telling;
mod terminal;
