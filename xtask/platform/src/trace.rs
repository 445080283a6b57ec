//! Where time went: the work of one execution as spans, read from its history.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::execution::Event;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// Its tasks and waits.
    pub spans: Vec<Span>,
    /// From the first event to the last.
    pub total_ms: u64,
}

/// One visit of a state that takes time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    pub state: String,
    /// When it was entered, after the first event.
    pub start_ms: u64,
    /// When it was left or last heard of, after the first event.
    pub end_ms: u64,
    pub attempts: u32,
    /// Whether it was left with a result: not when it failed, even if the execution went on without.
    pub ended: bool,
}

impl Span {
    fn entered(state: &str, at_ms: u64) -> Self {
        Self { state: state.to_owned(), start_ms: at_ms, end_ms: at_ms, attempts: 0, ended: false }
    }

    pub const fn duration_ms(&self) -> u64 {
        self.end_ms.saturating_sub(self.start_ms)
    }
}

/// The fields of an event that tell where time went. Whatever else an event has, or lacks, is no reason to show nothing.
struct Step<'a> {
    id: u64,
    previous: u64,
    kind: &'a str,
    at: Timestamp,
    state: Option<&'a str>,
}

impl<'a> Step<'a> {
    fn read(event: &'a Event) -> Option<Self> {
        let name = |details: &str| event.get(details)?.get("name")?.as_str();
        Some(Self {
            id: event.get("id")?.as_u64()?,
            previous: event.get("previousEventId").and_then(Value::as_u64).unwrap_or(0),
            kind: event.get("type")?.as_str()?,
            at: moment(event.get("timestamp")?)?,
            state: name("stateEnteredEventDetails").or_else(|| name("stateExitedEventDetails")),
        })
    }
}

/// Whether an event of this type tells that an attempt of a task failed.
pub(crate) fn is_failure(kind: &str) -> bool {
    matches!(kind, "LambdaFunctionFailed" | "LambdaFunctionTimedOut" | "TaskFailed" | "TaskTimedOut")
}

impl Trace {
    /// Reads a history, oldest event first. Events that are not in AWS's shape are passed over.
    #[must_use]
    pub fn of(history: &[Event]) -> Self {
        let steps: Vec<_> = history.iter().filter_map(Step::read).collect();
        let Some(start) = steps.first().map(|step| step.at) else {
            return Self::default();
        };
        let since = |at: Timestamp| u64::try_from(at.duration_since(start).as_millis()).unwrap_or(0);

        let mut spans: Vec<Span> = Vec::new();
        // The span that an event belongs to: its own if it enters a state, else that of the event before it. In
        // parallel branches the event before is the branch's.
        let mut owners: BTreeMap<u64, usize> = BTreeMap::new();
        let mut failures: BTreeSet<u64> = BTreeSet::new();
        for step in &steps {
            let elapsed_ms = since(step.at);
            if let ("TaskStateEntered" | "WaitStateEntered", Some(state)) = (step.kind, step.state) {
                owners.insert(step.id, spans.len());
                spans.push(Span::entered(state, elapsed_ms));
                continue;
            }
            let Some(&owner) = owners.get(&step.previous) else {
                continue;
            };
            let Some(span) = spans.get_mut(owner) else {
                continue;
            };
            // A Parallel state that fails or tries again follows the branch that failed: that task ended before.
            let is_around = step.kind.starts_with("Parallel");
            if is_around || step.state.is_some_and(|state| state != span.state) {
                continue;
            }
            span.end_ms = elapsed_ms;
            if step.kind.ends_with("StateExited") {
                // Behind a failure a catcher took it. What comes next belongs to nobody or to the next state.
                span.ended = !failures.contains(&step.previous);
                continue;
            }
            if is_failure(step.kind) {
                failures.insert(step.id);
            }
            span.attempts += u32::from(matches!(step.kind, "LambdaFunctionScheduled" | "TaskScheduled"));
            owners.insert(step.id, owner);
        }
        Self { spans, total_ms: steps.last().map_or(0, |step| since(step.at)) }
    }
}

/// RFC 3339 as the command line of AWS prints it, or epoch seconds as they are on the wire.
fn moment(timestamp: &Value) -> Option<Timestamp> {
    if let Some(text) = timestamp.as_str() {
        return text.parse().ok();
    }
    #[expect(clippy::cast_possible_truncation, reason = "a moment in milliseconds is far below 2^63")]
    let epoch_ms = (timestamp.as_f64()? * 1_000.0).round() as i64;
    Timestamp::from_millisecond(epoch_ms).ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    /// One event a line: `id previous type [state] at_ms`.
    pub(crate) fn history(lines: &str) -> Vec<Event> {
        let event = |line: &str| {
            let words: Vec<_> = line.split_whitespace().collect();
            let (head, at_ms) = (&words[..words.len() - 1], words[words.len() - 1]);
            let at = Timestamp::from_millisecond(1_795_305_600_000 + at_ms.parse::<i64>().unwrap()).unwrap();
            let mut event = json!({
                "id": head[0].parse::<u64>().unwrap(),
                "previousEventId": head[1].parse::<u64>().unwrap(),
                "type": head[2],
                "timestamp": at.to_string(),
            });
            if let Some(state) = head.get(3) {
                let details = if head[2].ends_with("Entered") { "stateEntered" } else { "stateExited" };
                event[format!("{details}EventDetails")] = json!({ "name": state });
            }
            event
        };
        lines.lines().filter(|line| !line.trim().is_empty()).map(event).collect()
    }

    pub(crate) const COOKED: &str = "
        1 0 ExecutionStarted 0
        2 0 ParallelStateEntered ParallelProcessing 0
        3 2 ParallelStateStarted 0
        4 3 TaskStateEntered GenerateRecipe 1
        5 3 TaskStateEntered FetchPrices 1
        6 4 LambdaFunctionScheduled 1
        7 5 LambdaFunctionScheduled 1
        8 6 LambdaFunctionStarted 2
        9 7 LambdaFunctionStarted 2
        10 9 LambdaFunctionSucceeded 880
        11 10 TaskStateExited FetchPrices 880
        12 8 LambdaFunctionSucceeded 1504
        13 12 TaskStateExited GenerateRecipe 1504
        14 13 ParallelStateSucceeded 1504
        15 13 ParallelStateExited ParallelProcessing 1504
        16 15 TaskStateEntered PriceRecipe 1505
        17 16 LambdaFunctionScheduled 1505
        18 17 LambdaFunctionStarted 1505
        19 18 LambdaFunctionSucceeded 1520
        20 19 TaskStateExited PriceRecipe 1520
        21 20 TaskStateEntered CombineResults 1520
        22 21 LambdaFunctionScheduled 1520
        23 22 LambdaFunctionStarted 1520
        24 23 LambdaFunctionSucceeded 1526
        25 24 TaskStateExited CombineResults 1526
        26 25 ExecutionSucceeded 1527";

    fn check(lines: &str, expect: &[(&str, u64, u64, u32, bool)]) {
        let trace = Trace::of(&history(lines));
        let spans = trace.spans.iter();
        let found: Vec<_> =
            spans.map(|s| (s.state.as_str(), s.start_ms, s.end_ms, s.attempts, s.ended)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn branches_overlap() {
        check(
            COOKED,
            &[
                ("GenerateRecipe", 1, 1504, 1, true),
                ("FetchPrices", 1, 880, 1, true),
                ("PriceRecipe", 1505, 1520, 1, true),
                ("CombineResults", 1520, 1526, 1, true),
            ],
        );
        assert_eq!(Trace::of(&history(COOKED)).total_ms, 1527);
    }

    #[test]
    fn a_failed_task_ends_when_it_was_last_heard_of() {
        let lines = "
            1 0 ExecutionStarted 0
            2 0 TaskStateEntered GenerateRecipe 0
            3 2 LambdaFunctionScheduled 0
            4 3 LambdaFunctionFailed 70
            5 4 TaskStateEntered HandleFailure 71
            6 5 TaskScheduled 71
            7 6 TaskStateExited HandleFailure 75
            8 7 ExecutionFailed 76";
        check(lines, &[("GenerateRecipe", 0, 70, 1, false), ("HandleFailure", 71, 75, 1, true)]);
    }

    #[test]
    fn a_retried_parallel_state_visits_its_tasks_again() {
        let lines = "
            1 0 ExecutionStarted 0
            2 0 ParallelStateEntered ParallelProcessing 0
            3 2 ParallelStateStarted 0
            4 3 TaskStateEntered FetchPrices 0
            5 4 LambdaFunctionScheduled 0
            6 3 TaskStateEntered GenerateRecipe 0
            7 6 LambdaFunctionScheduled 0
            8 5 LambdaFunctionFailed 10
            9 8 TaskStateAborted 10
            10 7 TaskStateAborted 10
            11 8 ParallelStateStarted 1010
            12 11 TaskStateEntered FetchPrices 1010
            13 12 LambdaFunctionScheduled 1010
            14 13 LambdaFunctionSucceeded 1020
            15 14 TaskStateExited FetchPrices 1020";
        check(
            lines,
            &[
                ("FetchPrices", 0, 10, 1, false),
                ("GenerateRecipe", 0, 10, 1, false),
                ("FetchPrices", 1010, 1020, 1, true),
            ],
        );
    }

    /// A catcher takes the failure, the execution goes on: in the next state, or in a Pass state of the branch.
    #[test]
    fn a_failure_that_is_done_without_is_no_result() {
        let lines = "
            1 0 ExecutionStarted 0
            2 0 ParallelStateEntered ParallelProcessing 0
            3 2 ParallelStateStarted 0
            4 3 TaskStateEntered FetchPrices 0
            5 4 LambdaFunctionScheduled 0
            6 5 LambdaFunctionTimedOut 30
            7 6 TaskStateExited FetchPrices 30
            8 7 PassStateEntered PricesUnavailable 31
            9 8 PassStateExited PricesUnavailable 31
            10 9 ParallelStateSucceeded 90
            11 9 ParallelStateExited ParallelProcessing 90
            12 11 TaskStateEntered PriceRecipe 90
            13 12 LambdaFunctionScheduled 90
            14 13 LambdaFunctionFailed 100
            15 14 LambdaFunctionScheduled 1100
            16 15 LambdaFunctionFailed 1110
            17 16 TaskStateExited PriceRecipe 1110
            18 17 TaskStateEntered CombineResults 1111
            19 18 LambdaFunctionScheduled 1111
            20 19 LambdaFunctionFailed 1112
            21 20 LambdaFunctionScheduled 1113
            22 21 LambdaFunctionSucceeded 1120
            23 22 TaskStateExited CombineResults 1120
            24 23 ExecutionSucceeded 1121";
        check(
            lines,
            &[
                ("FetchPrices", 0, 30, 1, false),
                ("PriceRecipe", 90, 1110, 2, false),
                ("CombineResults", 1111, 1120, 2, true),
            ],
        );
    }

    #[test]
    fn seconds_of_the_wire_are_read_too() {
        assert_eq!(moment(&json!(1_795_305_600.5)), moment(&json!("2026-11-22T00:00:00.5Z")));
    }

    #[test]
    fn what_is_not_an_event_is_passed_over() {
        assert_eq!(Trace::of(&[json!(null), json!({ "id": "x" }), json!([])]), Trace::default());
    }
}
