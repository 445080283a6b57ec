//! The ends of an execution that are failures, and the share of them.

use cloudwatch::alarm::Query;

use crate::{Inputs, Observed, alarm::sum};

/// Their sum, as an expression.
pub(super) const FAILURES: &str = "failed + timed_out + aborted";

/// Their metrics.
pub(super) fn failures(inputs: &Inputs) -> [Query; 3] {
    [
        sum(inputs, "failed", Observed::ExecutionsFailed),
        sum(inputs, "timed_out", Observed::ExecutionsTimedOut),
        sum(inputs, "aborted", Observed::ExecutionsAborted),
    ]
}

/// Their share in percent, and its metrics.
pub(super) fn failure_percent(inputs: &Inputs) -> (Vec<Query>, String) {
    let succeeded = sum(inputs, "succeeded", Observed::ExecutionsSucceeded);
    let metrics = failures(inputs).into_iter().chain([succeeded]).collect();
    (metrics, format!("100 * ({FAILURES}) / ({FAILURES} + succeeded)"))
}
