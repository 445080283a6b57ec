//! CloudWatch's language: metrics, metric math, alarms, composite alarms and mute rules, and how CloudWatch evaluates them.
//!
//! The crate is pure: time is an argument, data comes through [`series::Store`]. It knows no pipeline and no network.
//!
//! | module | answers |
//! | --- | --- |
//! | [`metric`] | what identifies a metric, and its units and statistics |
//! | [`catalogue`] | which metrics AWS publishes, with which dimensions |
//! | [`series`] | the values of metrics, and their statistics |
//! | [`math`] | metric math |
//! | [`alarm`] | a metric alarm, and one evaluation of it |
//! | [`composite`] | an alarm over the states of others |
//! | [`mute`] | times in which alarms do not act |
//! | [`engine`] | all alarms together, as time goes on |
//! | [`lint`] | what is wrong with the alarms of a template |
//! | [`conformance`] | AWS's documented cases |

pub mod alarm;
pub mod catalogue;
pub mod composite;
pub mod conformance;
pub mod engine;
#[cfg(test)]
mod fixture;
pub mod lint;
pub mod math;
pub mod metric;
pub mod mute;
pub mod series;

pub use metric::{Metric, Statistic, Unit};
