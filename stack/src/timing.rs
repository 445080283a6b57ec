//! The time budget: how long an execution takes at least and at most, computed from the machine's own definition over
//! every retrier (D18), and the two figures that follow: the machine's timeout and the session's deadline (D4).
//!
//! Nothing here is written by hand but the two margins: who changes a retrier or a timeout changes all three figures.

use std::collections::BTreeMap;

use asl::{
    StateMachine,
    model::{Retrier, State, States, TaskTimeout, WaitFor},
};

/// How much later than the worst case a machine times out, in seconds: transitions, and the time that Step Functions
/// itself takes between states, when it is slow.
pub const MACHINE_MARGIN_S: u64 = 60;

/// How much later than the machine's timeout a session is given up, in seconds: long enough for EventBridge to tell
/// the closer and for the closer to try all it has.
pub const DEADLINE_MARGIN_S: u64 = 180;

/// Attempts of one retrier that are added up one by one; delays that still grow after so many never end in practice.
const COUNTED: u32 = 1_000;

/// The figures of one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// The least that an execution which succeeds can take by its definition, in seconds: see [`best_case_s`].
    pub best_case_s: Option<u64>,
    /// The longest an execution can take by its definition, in seconds.
    pub worst_case_s: u64,
    /// The machine's own timeout, in seconds.
    pub machine_timeout_s: u64,
    /// How long after its start a session may be given up by its readers, in seconds: `deadlineAt`.
    pub deadline_s: u64,
}

impl Timing {
    /// The figures of a machine, from its states.
    ///
    /// # Errors
    /// No figure bounds it.
    pub fn of(machine: &StateMachine) -> Result<Self, Unbounded> {
        let worst_case_s = worst_case_s(machine)?;
        let machine_timeout_s = worst_case_s.saturating_add(MACHINE_MARGIN_S);
        let deadline_s = machine_timeout_s.saturating_add(DEADLINE_MARGIN_S);
        Ok(Self {
            best_case_s: best_case_s(machine),
            worst_case_s,
            machine_timeout_s,
            deadline_s,
        })
    }
}

/// Why no figure bounds an execution. The value is the state's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unbounded {
    /// A task may run for ever, or as long as its input says.
    #[error("a task has no timeout in its definition: {0}")]
    NoTimeout(String),
    /// A wait is as long as its input says, or ends at a point in time.
    #[error("a wait has no length in its definition: {0}")]
    NoLength(String),
    /// States lead back to this one.
    #[error("states go in a circle: {0}")]
    Circle(String),
    /// Delays grow without a bound.
    #[error("delays between attempts outgrow every timeout: {0}")]
    Delays(String),
    /// A state that is not there.
    #[error("no such state: {0}")]
    Missing(String),
}

/// The longest an execution of a machine can take, in whole seconds: of all ways through its states, Catch among them,
/// the longest, with every attempt that every retrier grants, each as long as it may be, and every delay in full.
///
/// # Errors
/// No figure bounds it.
pub fn worst_case_s(machine: &StateMachine) -> Result<u64, Unbounded> {
    let seconds = longest(&machine.start_at, &machine.states)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "seconds are not negative, and a cast that does not fit saturates"
    )]
    let whole = seconds.ceil() as u64;
    Ok(whole)
}

/// The least that an execution of a machine can take if it succeeds, in whole seconds: of all ways through its states to
/// an end that is no Fail, without a catcher and without a retry, the shortest, where every task answers at once. What is
/// left are the seconds of its Wait states and nothing else: a wait whose length the input says counts as none, a
/// Parallel state takes as long as its slowest branch. `None` if no way ends well.
pub fn best_case_s(machine: &StateMachine) -> Option<u64> {
    shortest(&machine.start_at, &machine.states)
}

fn shortest(start: &str, states: &States) -> Option<u64> {
    let mut to_the_end: BTreeMap<&str, u64> = BTreeMap::new();
    // A way that takes no circle is at most as long as there are states.
    for _ in 0..states.len() {
        for (name, state) in states {
            let ends = (state.may_end() && !matches!(state, State::Fail(_))).then_some(0);
            let targets = state.targets();
            let ways_on = targets
                .iter()
                .filter(|(field, _)| !field.starts_with("Catch/"))
                .filter_map(|(_, next)| to_the_end.get(next).copied());
            let behind = ends.into_iter().chain(ways_on).min();
            if let (Some(own), Some(behind)) = (at_least(state), behind) {
                to_the_end.insert(name, own.saturating_add(behind));
            }
        }
    }
    to_the_end.get(start).copied()
}

/// The least that a state takes if it succeeds; `None` if it cannot.
fn at_least(state: &State) -> Option<u64> {
    match state {
        State::Wait(wait) => match &wait.wait_for {
            WaitFor::Seconds(length) => Some(*length),
            WaitFor::SecondsPath(_) | WaitFor::Timestamp(_) | WaitFor::TimestampPath(_) => Some(0),
        },
        State::Parallel(parallel) => parallel
            .branches
            .iter()
            .map(|branch| shortest(&branch.start_at, &branch.states))
            .try_fold(0, |most: u64, branch| Some(most.max(branch?))),
        State::Task(_) | State::Pass(_) | State::Choice(_) | State::Succeed(_) | State::Fail(_) => Some(0),
    }
}

/// What is known of a state on the way: nothing, that the way came through it, or how long it takes to the end.
enum Seen {
    OnTheWay,
    Takes(f64),
}

fn longest(start: &str, states: &States) -> Result<f64, Unbounded> {
    from(start, states, &mut BTreeMap::new())
}

/// The longest from the entry into a state to the end.
fn from<'m>(name: &'m str, states: &'m States, seen: &mut BTreeMap<&'m str, Seen>) -> Result<f64, Unbounded> {
    match seen.get(name) {
        Some(Seen::Takes(seconds)) => return Ok(*seconds),
        Some(Seen::OnTheWay) => return Err(Unbounded::Circle(name.to_owned())),
        None => {}
    }
    let state = states
        .get(name)
        .ok_or_else(|| Unbounded::Missing(name.to_owned()))?;
    seen.insert(name, Seen::OnTheWay);
    let mut behind: f64 = 0.0;
    for (_, next) in state.targets() {
        behind = behind.max(from(next, states, seen)?);
    }
    let seconds = behind + with_retries(name, one_attempt(name, state)?, state.retry())?;
    seen.insert(name, Seen::Takes(seconds));
    Ok(seconds)
}

/// The longest that a state takes once.
fn one_attempt(name: &str, state: &State) -> Result<f64, Unbounded> {
    match state {
        State::Task(task) => match &task.timeout {
            Some(TaskTimeout::Seconds(timeout)) => Ok(seconds(*timeout)),
            Some(TaskTimeout::Path(_)) | None => Err(Unbounded::NoTimeout(name.to_owned())),
        },
        State::Wait(wait) => match &wait.wait_for {
            WaitFor::Seconds(length) => Ok(seconds(*length)),
            WaitFor::SecondsPath(_) | WaitFor::Timestamp(_) | WaitFor::TimestampPath(_) => {
                Err(Unbounded::NoLength(name.to_owned()))
            }
        },
        State::Parallel(parallel) => parallel
            .branches
            .iter()
            .map(|branch| longest(&branch.start_at, &branch.states))
            .try_fold(0.0, |most: f64, branch| Ok(most.max(branch?))),
        State::Pass(_) | State::Choice(_) | State::Succeed(_) | State::Fail(_) => Ok(0.0),
    }
}

/// Every retrier counts its own attempts, so an execution may use up all of them.
fn with_retries(name: &str, attempt_s: f64, retriers: &[Retrier]) -> Result<f64, Unbounded> {
    let mut total = attempt_s;
    for retrier in retriers {
        total += f64::from(retrier.attempts()) * attempt_s + delays_s(retrier);
    }
    if total.is_finite() {
        Ok(total)
    } else {
        Err(Unbounded::Delays(name.to_owned()))
    }
}

/// The sum of the full delays of a retrier.
fn delays_s(retrier: &Retrier) -> f64 {
    let counted = retrier.attempts().min(COUNTED);
    let sum: f64 = (0..counted).map(|done| retrier.delay_s(done)).sum();
    let further = retrier.attempts() - counted;
    // Behind the counted ones a delay is constant or infinite, so the last one stands for the rest.
    if further == 0 {
        sum
    } else {
        sum + f64::from(further) * retrier.delay_s(COUNTED)
    }
}

#[expect(clippy::cast_precision_loss, reason = "timeouts are far below 2^52 seconds")]
const fn seconds(whole: u64) -> f64 {
    whole as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn machine(start_at: &str, states: &serde_json::Value) -> StateMachine {
        StateMachine::parse(&json!({ "StartAt": start_at, "States": states }).to_string()).unwrap()
    }

    #[track_caller]
    fn check(states: &serde_json::Value, expect: &Result<u64, Unbounded>) {
        assert_eq!(worst_case_s(&machine("A", states)), *expect);
    }

    fn task(timeout_s: u64, retry: &serde_json::Value) -> serde_json::Value {
        json!({ "Type": "Task", "Resource": "arn:aws:lambda:x", "TimeoutSeconds": timeout_s, "Retry": retry, "End": true })
    }

    #[test]
    fn a_task_takes_its_timeout() {
        check(&json!({ "A": task(7, &json!([])) }), &Ok(7));
    }

    #[test]
    fn retries_add_attempts_and_full_delays() {
        // 4 attempts of 10 s; 1 + 2 + 4 s between them.
        check(
            &json!({ "A": task(10, &json!([{ "ErrorEquals": ["X"] }])) }),
            &Ok(47),
        );
        // The third delay is cut from 4 to 3 s.
        check(
            &json!({ "A": task(10, &json!([{ "ErrorEquals": ["X"], "MaxDelaySeconds": 3 }])) }),
            &Ok(46),
        );
        // Never again costs nothing.
        check(
            &json!({ "A": task(10, &json!([{ "ErrorEquals": ["X"], "MaxAttempts": 0 }])) }),
            &Ok(10),
        );
        // Jitter only shortens.
        check(
            &json!({ "A": task(10, &json!([{ "ErrorEquals": ["X"], "JitterStrategy": "FULL" }])) }),
            &Ok(47),
        );
        // 3 delays of 1.5 × 1, 1.5, 2.25: 1 + 1.5 + 2.25 = 4.75, rounded up.
        check(
            &json!({ "A": task(10, &json!([{ "ErrorEquals": ["X"], "BackoffRate": 1.5 }])) }),
            &Ok(45),
        );
    }

    #[test]
    fn every_retrier_counts_its_own_attempts() {
        let retry = json!([
            { "ErrorEquals": ["X"], "MaxAttempts": 2 },
            { "ErrorEquals": ["Y"], "MaxAttempts": 1, "IntervalSeconds": 5 },
        ]);
        // 1 + 2 + 1 attempts of 10 s, delays 1 + 2 and 5.
        check(&json!({ "A": task(10, &retry) }), &Ok(48));
    }

    #[test]
    fn branches_run_side_by_side_and_catch_is_a_way_too() {
        let branch = |name: &str, timeout_s| json!({ "StartAt": name, "States": { name: task(timeout_s, &json!([])) } });
        let parallel = json!({
            "Type": "Parallel", "Branches": [branch("P", 20), branch("Q", 30)], "Next": "B",
            "Retry": [{ "ErrorEquals": ["X"], "MaxAttempts": 1 }],
            "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "C" }],
        });
        let mut last = task(100, &json!([]));
        let states = |last: &serde_json::Value| json!({ "A": parallel, "B": task(5, &json!([])), "C": last });
        // Twice max(20, 30), 1 s between, then the catcher's 100 s rather than 5 s.
        check(&states(&last), &Ok(161));
        last = task(1, &json!([]));
        check(&states(&last), &Ok(66));
    }

    #[test]
    fn a_wait_counts_and_a_choice_takes_the_longest_way() {
        let states = json!({
            "A": { "Type": "Choice", "Choices": [{ "Variable": "$.x", "IsPresent": true, "Next": "B" }], "Default": "C" },
            "B": { "Type": "Wait", "Seconds": 40, "Next": "C" },
            "C": task(2, &json!([])),
        });
        check(&states, &Ok(42));
    }

    #[test]
    fn what_is_not_bounded_says_where() {
        let forever = json!({ "Type": "Task", "Resource": "arn:aws:lambda:x", "End": true });
        check(&json!({ "A": forever }), &Err(Unbounded::NoTimeout("A".into())));
        let wait = json!({ "Type": "Wait", "SecondsPath": "$.s", "End": true });
        check(&json!({ "A": wait }), &Err(Unbounded::NoLength("A".into())));
        let circle = json!({ "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Pass", "Next": "A" } });
        check(&circle, &Err(Unbounded::Circle("A".into())));
        let growing = json!([{ "ErrorEquals": ["X"], "MaxAttempts": 99_999_999 }]);
        check(
            &json!({ "A": task(1, &growing) }),
            &Err(Unbounded::Delays("A".into())),
        );
        check(
            &json!({ "A": { "Type": "Pass", "Next": "Nowhere" } }),
            &Err(Unbounded::Missing("Nowhere".into())),
        );
    }

    #[test]
    fn many_attempts_are_counted_without_counting() {
        let retry = json!([{ "ErrorEquals": ["X"], "MaxAttempts": 99_999_999, "MaxDelaySeconds": 10 }]);
        // 10^8 attempts of 1 s, and delays 1 + 2 + 4 + 8 + (10^8 - 1 - 4) × 10.
        check(
            &json!({ "A": task(1, &retry) }),
            &Ok(100_000_000 + 15 + 99_999_995 * 10),
        );
    }

    #[test]
    fn the_workflow_by_hand() {
        // Tasks: 30 + 15, 20 + 15, 10 + 15 s.
        let recipe = 4 * 45 + (1 + 2 + 4);
        let prices = (1 + 3 + 2) * 35 + (1 + 2 + 4) + (1 + 2);
        let combine = (1 + 3 + 3) * 25 + (1 + 2 + 4) + (2 + 4 + 8);
        let handle_failure = 4 * 10 + (1 + 2 + 4);
        let expect = u64::max(recipe, prices) + combine + handle_failure;
        let timing = Timing::of(&crate::workflow::workflow()).unwrap();
        assert_eq!((recipe, prices, combine, handle_failure), (187, 220, 196, 47));
        assert_eq!(
            timing,
            Timing {
                best_case_s: Some(0),
                worst_case_s: expect,
                machine_timeout_s: 523,
                deadline_s: 703
            }
        );
    }

    #[test]
    fn the_closer_is_done_before_the_deadline() {
        let closer = Timing::of(&crate::closer::closer()).unwrap();
        assert_eq!(closer.worst_case_s, 47);
        assert!(closer.machine_timeout_s < DEADLINE_MARGIN_S);
    }

    #[track_caller]
    fn check_best(states: &serde_json::Value, expect: Option<u64>) {
        assert_eq!(best_case_s(&machine("A", states)), expect);
    }

    #[test]
    fn at_best_only_waits_count() {
        check_best(
            &json!({ "A": task(100, &json!([{ "ErrorEquals": ["X"] }])) }),
            Some(0),
        );
        check_best(
            &json!({
                "A": { "Type": "Wait", "Seconds": 7, "Next": "B" },
                "B": { "Type": "Wait", "SecondsPath": "$.s", "Next": "C" },
                "C": { "Type": "Wait", "Seconds": 5, "End": true },
            }),
            Some(12),
        );
    }

    #[test]
    fn at_best_the_shortest_way_that_ends_well() {
        let choice = json!({ "Type": "Choice", "Default": "D", "Choices": [
            { "Variable": "$.x", "IsPresent": true, "Next": "B" },
            { "Variable": "$.y", "IsPresent": true, "Next": "C" },
            { "Variable": "$.z", "IsPresent": true, "Next": "Again" },
        ] });
        // 40 s, 9 s, at once to a Fail, or in a circle.
        let states = json!({
            "A": choice,
            "Again": { "Type": "Wait", "Seconds": 1, "Next": "A" },
            "B": { "Type": "Wait", "Seconds": 40, "End": true },
            "C": { "Type": "Wait", "Seconds": 9, "Next": "E" },
            "D": { "Type": "Fail" },
            "E": { "Type": "Succeed" },
        });
        check_best(&states, Some(9));
        check_best(&json!({ "A": { "Type": "Fail" } }), None);
        check_best(
            &json!({ "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Pass", "Next": "A" } }),
            None,
        );
    }

    #[test]
    fn at_best_nothing_is_caught_and_branches_wait_for_each_other() {
        let branch = |name: &str, wait_s: u64| {
            let wait = json!({ "Type": "Wait", "Seconds": wait_s, "End": true });
            json!({ "StartAt": name, "States": { name: wait } })
        };
        let parallel = |second: serde_json::Value| {
            json!({
                "A": { "Type": "Parallel", "Branches": [branch("P", 20), second], "Next": "B",
                       "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "C" }] },
                "B": { "Type": "Wait", "Seconds": 5, "Next": "C" },
                "C": { "Type": "Succeed" },
            })
        };
        check_best(&parallel(branch("Q", 30)), Some(35));
        let fails = json!({ "StartAt": "Q", "States": { "Q": { "Type": "Fail" } } });
        check_best(&parallel(fails), None);
    }

    proptest! {
        /// Whatever waits and tasks follow each other, the best case is not above the worst.
        #[test]
        fn the_best_is_never_above_the_worst(lengths in prop::collection::vec((any::<bool>(), 1u64..90), 1..8)) {
            let last = lengths.len() - 1;
            let states: serde_json::Map<String, serde_json::Value> = lengths.iter().enumerate().map(|(at, (waits, length_s))| {
                let mut state = if *waits {
                    json!({ "Type": "Wait", "Seconds": length_s })
                } else {
                    json!({ "Type": "Task", "Resource": "arn:aws:lambda:x", "TimeoutSeconds": length_s })
                };
                if at == last { state["End"] = json!(true) } else { state["Next"] = json!(format!("S{}", at + 1)) }
                (format!("S{at}"), state)
            }).collect();
            let machine = machine("S0", &serde_json::Value::Object(states));
            let waits: u64 = lengths.iter().filter(|(waits, _)| *waits).map(|(_, length_s)| length_s).sum();
            prop_assert_eq!(best_case_s(&machine), Some(waits));
            prop_assert!(waits <= worst_case_s(&machine).unwrap());
        }

        /// More attempts, longer delays or longer timeouts never make a machine faster.
        #[test]
        fn more_is_never_faster(timeout_s in 1u64..900, attempts in 0u32..20, interval_s in 1u64..60, more in 1u32..5) {
            let worst = |timeout_s: u64, attempts: u32, interval_s: u64| {
                let retry = json!([{ "ErrorEquals": ["X"], "MaxAttempts": attempts, "IntervalSeconds": interval_s }]);
                worst_case_s(&machine("A", &json!({ "A": task(timeout_s, &retry) }))).unwrap()
            };
            let base = worst(timeout_s, attempts, interval_s);
            prop_assert!(base >= timeout_s * u64::from(attempts + 1));
            prop_assert!(worst(timeout_s + u64::from(more), attempts, interval_s) > base);
            prop_assert!(worst(timeout_s, attempts + more, interval_s) > base);
            prop_assert!(worst(timeout_s, attempts, interval_s + u64::from(more)) >= base);
        }
    }
}
