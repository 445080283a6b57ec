//! Wait states.

use std::time::Duration;

use serde_json::Value;

use super::{
    branch::{StateContext, Step, next},
    context::ContextObject,
    failure::Failure,
    shape,
};
use crate::model::{Path, Wait, WaitFor, timestamp_of};

/// The longest that a state may wait: a year, as long as an execution may run. Source: Step Functions quotas, "Maximum
/// execution time"; a recorded execution that failed for a longer wait.
const MAX_DELAY: Duration = Duration::from_hours(365 * 24);

pub(super) async fn run<'m>(state: &'m Wait, cx: &StateContext<'_, '_>) -> Result<Step<'m>, Failure> {
    let context = cx.context(0);
    let input = shape::select(&state.input_path, cx.input.value(), &context)?;
    let until = |at: jiff::Timestamp| at.duration_since(cx.entered_at).try_into().unwrap_or(Duration::ZERO);
    let delay = match &state.wait_for {
        WaitFor::Seconds(seconds) => Duration::from_secs(*seconds),
        WaitFor::SecondsPath(path) => Duration::from_secs(seconds(path, "SecondsPath", &input, &context)?),
        WaitFor::Timestamp(at) => until(at.at()),
        WaitFor::TimestampPath(path) => until(timestamp(path, &input, &context)?),
    };
    if delay > MAX_DELAY {
        return Err(Failure::runtime(&context.place, "Wait state delay is too long."));
    }
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let output = shape::select(&state.output_path, &input, &context)?;
    Ok(Step { output: cx.output(output)?, next: next(&state.transition) })
}

/// The whole number of seconds at `path`, or AWS's words for anything else.
pub(super) fn seconds(
    path: &Path,
    field: &str,
    data: &Value,
    context: &ContextObject<'_>,
) -> Result<u64, Failure> {
    let found = shape::read(path, data, context)?;
    if let Some(seconds) = found.as_u64() {
        return Ok(seconds);
    }
    let why = if found.is_i64() { "references a negative value" } else { "cannot be parsed as a long value" };
    Err(Failure::runtime(&context.place, &format!("The {field} parameter {why}: {path} == {found}")))
}

fn timestamp(path: &Path, data: &Value, context: &ContextObject<'_>) -> Result<jiff::Timestamp, Failure> {
    let found = shape::read(path, data, context)?;
    if let Some(at) = found.as_str().and_then(timestamp_of) {
        return Ok(at);
    }
    let plain = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
    let cause = format!(
        "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: \
         {path} == {plain}"
    );
    Err(Failure::runtime(&context.place, &cause))
}
