//! The alarms of this application: what each watches, whom it notifies, and its runbook.
//!
//! An alarm is a file of [`definitions`], whose comment is its runbook. [`all`] lists the alarms of an environment; `stack` turns
//! them into resources. Cases in `alarms/cases` say when each fires, recovers and stays quiet; [`cases`] runs them and
//! [`mutate`] shows that they would notice a wrong alarm.

mod alarm;
pub mod backtest;
pub mod cases;
#[expect(clippy::doc_markdown, reason = "a file's comment is a runbook, which a message shows as it stands")]
mod definitions;
mod inputs;
mod metric;
pub mod mutate;
pub mod page;
mod runbook;
mod slo;
mod time_to_fire;

pub use alarm::{Alarm, Definition, Fault, Role, Severity};
pub use definitions::all;
pub use inputs::{Inputs, Source};
pub use metric::{Filtered, Metric, Observed};
pub use runbook::{Language, Runbook};
pub use slo::{Burn, NOT_VERIFIED_ON_AWS, Objective, Slo};
pub use time_to_fire::minutes_to_fire;

#[cfg(test)]
mod tests;
