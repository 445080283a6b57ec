//! The common parts of all functions: the main loop, JSON logs, metrics, errors that a state machine can
//! match, the deadline, settings, secrets and the AWS clients' configuration.
//!
//! It knows no task: a function has a [`Handler`] and a `main` that calls [`run`].

#![expect(missing_docs, reason = "a crate of this workspace only")]

pub mod aws;
mod deadline;
mod emf;
mod failure;
mod handler;
mod input;
mod invoke;
mod logs;
#[cfg(test)]
mod mutation_tests;
mod panics;
pub mod parameter_store;
mod recorder;
mod run;
mod secret;
pub mod secrets;
pub mod settings;

pub use deadline::Deadline;
pub use failure::{Failure, chain};
pub use handler::{Handler, Invocation};
pub use recorder::{Recorded, Recorder, Sample};
pub use run::{run, run_with};
pub use secret::Secret;
pub use secrets::{SecretError, SecretSource, Secrets};
pub use settings::SettingError;
