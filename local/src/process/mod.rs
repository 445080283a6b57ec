//! Processes that never outlive us: the launch step, the thread that starts programs, the supervisor, the walk over
//! a process tree, and who holds a connection. What the processes do is not known here.
//!
//! The chain, without `unsafe`:
//!
//! ```text
//! supervisor S ──launch(TERM)──► worker W ──launch(KILL)──► function F ──► whatever F starts
//! ```
//!
//! * S, W and F are child subreapers: an orphan comes up to the nearest one. What F left is killed and reaped by W when
//!   F ends; until then it is F's own, with its memory.
//! * The *launch step* is this binary again: it asks the kernel for a signal when its parent dies, checks that the
//!   parent is still the one that started it, and then becomes the program.
//! * S killed: W gets SIGTERM and ends in order. W killed: F dies by its parent-death signal, S ends the rest.
//! * The parent-death signal follows the *thread* that started the child, so all children are started from one thread
//!   that lives as long as the process.

pub mod launch;
pub mod peer;
pub mod spawner;
pub mod supervisor;
pub mod tree;

pub use launch::{DeathSignal, LAUNCH, launch};
pub use spawner::{Launcher, Program, Running};
pub use supervisor::{WORKER, supervise};
