//! What every environment can do, and what is done with it.
//!
//! Here live the trait [`Platform`] that the embedded and the real environment implement, the types that pass through it,
//! packaging, the bodies of the commands `deploy` and `run` (generic over [`Platform`], so that the two sides cannot
//! drift) and the two renderings of what a command found. What does not live here: servers, SDKs, and the knowledge of
//! which target it is.

#![expect(missing_docs, reason = "nobody outside of the workspace uses this crate")]

pub mod bench;
pub mod bounded_file;
pub mod color;
pub mod deploy;
pub mod environments;
pub mod error_report;
pub mod execution;
pub mod exit_code;
#[cfg(test)]
mod fixture;
pub mod launch;
pub mod package;
pub mod plain;
pub mod platform;
pub mod prices;
pub mod progress;
pub mod report;
pub mod run;
pub mod show;
pub mod trace;
pub mod usage;
pub mod width;

pub use execution::{Execution, ExecutionStatus, Started};
pub use package::{Artifact, Package};
pub use platform::{Location, Platform, PlatformError};
