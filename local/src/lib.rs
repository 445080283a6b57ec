//! The embedded environment: everything that the pipeline meets on AWS, in one process tree on this machine.
//!
//! [`Embedded`] is the whole of it, brought up from a checked template. What does not live here: AWS accounts, the
//! functions' code, the languages themselves (`asl`, `cfn`) and the bodies of the commands (`platform`).
//!
//! | module | stands for |
//! | --- | --- |
//! | [`lambda`] | Lambda: the Runtime API, sandboxes, limits |
//! | [`states`] | Step Functions: executions, their API |
//! | [`events`] | `EventBridge`: status changes to rules to machines |
//! | [`dynamodb`] | `DynamoDB` |
//! | [`ssm`] | SSM parameters |
//! | [`stubs`] | Bedrock and the price sources, with faults and quotas |
//! | [`logs`] | CloudWatch Logs |
//! | [`metrics`] | CloudWatch's metrics: emitted, filtered from logs, published by AWS |
//! | [`alarms`] | CloudWatch's alarms |
//! | [`sns`] | SNS: topics and their subscribers |
//! | [`data_folder`] | where state survives a restart |
//! | [`process`] | processes that never outlive us |
//! | [`control`] | the way into an environment that stays up |
//! | [`embedded`] | all of them put together |
//! | [`cli`] | the commands of the program `local` |

#![expect(missing_docs, reason = "nobody outside of the workspace uses this crate")]

pub mod alarms;
mod aws_json;
pub mod cli;
pub mod clock;
pub mod control;
pub mod data_folder;
pub mod dynamodb;
pub mod embedded;
pub mod events;
#[cfg(test)]
mod fixture;
pub mod lambda;
mod lock;
pub mod logs;
mod loopback;
pub mod metrics;
#[cfg(test)]
mod mutation_tests;
mod news;
pub mod process;
pub mod serve;
pub mod sns;
pub mod ssm;
pub mod states;
pub mod stubs;

pub use embedded::{Config, Embedded, UpError, Urls};
