//! Step Functions for this machine, Standard type: executions with their names, histories and ends, run by the `asl`
//! interpreter. The HTTP API over it is in [`api`], what tasks call in [`task_executor`].

pub mod api;
pub mod engine;
pub mod error;
pub mod execution;
mod live;
pub mod machine;
pub mod recovery;
mod request;
pub mod store;
pub mod task_executor;

pub use engine::Engine;
pub use error::StatesError;
pub use execution::{Ended, Execution, Snapshot};
pub use machine::Machine;
pub use store::{ExecutionStore, StoreError, Summary};
