//! Step Functions for this machine, Standard type: executions with their names, histories and ends, run by the `asl`
//! interpreter. The HTTP API over it is in [`api`], what tasks reach in [`world`].

pub mod api;
mod archive;
pub mod engine;
pub mod error;
pub mod execution;
pub mod listed;
pub mod machine;
mod request;
pub mod restart;
mod room;
pub mod world;

pub use engine::Engine;
pub use error::StatesError;
pub use execution::{Ended, Execution, Snapshot, Status};
pub use listed::Listed;
pub use machine::Machine;
