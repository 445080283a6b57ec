//! Lambda for this machine: functions are programs that speak the Runtime API, each in a warm sandbox of its own.

pub mod environment;
pub mod failure;
pub mod function;
pub mod host;
mod lifecycle;
pub mod platform;
mod runtime_api;
mod sandbox;
pub mod settings;

pub use failure::{Ending, FailedInvocation, Failure};
pub use host::Host;
pub use settings::{FunctionSettings, INIT_LIMIT};
