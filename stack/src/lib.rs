//! This application in the languages of Step Functions and CloudFormation.
//!
//! Start with [`workflow`]: the whole state machine on one page. Here live the environment, the typed flow, the
//! resources and the checks. What does not live here: the functions' code, the formats themselves (`asl`, `cfn`), and
//! anything that touches a disk, a network or a clock.
//!
//! | module | answers |
//! | --- | --- |
//! | [`environment`] | what differs between environments, and what is wrong with an environment's file |
//! | [`flow`] | how a machine is wired so that a wrong wiring does not compile |
//! | [`workflow`] | which machine that is |
//! | [`closer`] | who closes a session whose execution ended without a catcher |
//! | [`timing`] | how long an execution can take |
//! | [`resources`] | what else the application is made of |
//! | [`monitoring`] | its alarms, and alarms of a template as CloudWatch evaluates them |
//! | [`mod@lint`] | what is wrong with the alarms of anyone's template |
//! | [`mod@check`] | what is wrong with all of it |
//! | [`manual`](mod@manual) | the manual of its rules |
//! | [`mod@synth`] | the files that a person or CloudFormation reads |

#![expect(missing_docs, reason = "nobody outside of the workspace uses this crate")]

pub mod app;
pub mod check;
mod checked;
pub mod closer;
pub mod environment;
mod expect_valid;
pub mod flow;
pub mod lint;
pub mod manual;
pub mod monitoring;
#[cfg(test)]
mod mutation_tests;
pub mod names;
mod needs;
pub mod report;
pub mod resources;
pub mod session_write;
pub mod synth;
pub mod timing;
pub mod workflow;

pub use app::{App, app};
pub use check::check;
pub use checked::{CheckedTemplate, checked};
pub use environment::{Environment, EnvironmentError};
pub use report::{Finding, Report, Severity};
pub use synth::synth;

#[cfg(test)]
mod tests;
