//! The figures by hand, and the properties that hold for all of them.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::environment::PricesPolicy;

#[track_caller]
fn machine(start_at: &str, states: &serde_json::Value) -> StateMachine {
    json!({ "StartAt": start_at, "States": states }).to_string().parse::<StateMachine>().unwrap()
}

#[track_caller]
fn check(states: &serde_json::Value, expect: &Result<u64, Unbounded>) {
    assert_eq!(worst_case_s(&machine("A", states)), *expect);
}

fn task(timeout_s: u64, retry: &serde_json::Value) -> serde_json::Value {
    json!({ "Type": "Task", "Resource": "arn:aws:lambda:x", "TimeoutSeconds": timeout_s, "Retry": retry, "End": true })
}

#[test]
fn retries_add_attempts_and_full_delays() {
    // 4 attempts of 10 s; 1 + 2 + 4 s between them.
    check(&json!({ "A": task(10, &json!([{ "ErrorEquals": ["X"] }])) }), &Ok(47));
    // The third delay is cut from 4 to 3 s.
    check(&json!({ "A": task(10, &json!([{ "ErrorEquals": ["X"], "MaxDelaySeconds": 3 }])) }), &Ok(46));
    // Never again costs nothing.
    check(&json!({ "A": task(10, &json!([{ "ErrorEquals": ["X"], "MaxAttempts": 0 }])) }), &Ok(10));
    // Jitter only shortens.
    check(&json!({ "A": task(10, &json!([{ "ErrorEquals": ["X"], "JitterStrategy": "FULL" }])) }), &Ok(47));
    // 3 delays of 1.5 × 1, 1.5, 2.25: 1 + 1.5 + 2.25 = 4.75, rounded up.
    check(&json!({ "A": task(10, &json!([{ "ErrorEquals": ["X"], "BackoffRate": 1.5 }])) }), &Ok(45));
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
    let branch =
        |name: &str, timeout_s| json!({ "StartAt": name, "States": { name: task(timeout_s, &json!([])) } });
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
    check(&json!({ "A": task(1, &growing) }), &Err(Unbounded::Delays("A".into())));
    check(&json!({ "A": { "Type": "Pass", "Next": "Nowhere" } }), &Err(Unbounded::Missing("Nowhere".into())));
}

#[test]
fn many_attempts_are_counted_without_counting() {
    let retry = json!([{ "ErrorEquals": ["X"], "MaxAttempts": 99_999_999, "MaxDelaySeconds": 10 }]);
    // 10^8 attempts of 1 s, and delays 1 + 2 + 4 + 8 + (10^8 - 1 - 4) × 10.
    check(&json!({ "A": task(1, &retry) }), &Ok(100_000_000 + 15 + 99_999_995 * 10));
}

#[test]
fn the_workflow_by_hand() {
    // Tasks: 30 + 15, 20 + 15, 10 + 15 s.
    let recipe = 4 * 45 + (1 + 2 + 4);
    let prices = (1 + 3 + 2) * 35 + (1 + 2 + 4) + (1 + 2);
    // The second pass: once more, a second later.
    let again = (1 + 1) * 35 + 1;
    let combine = (1 + 3 + 3) * 25 + (1 + 2 + 4) + (2 + 4 + 8);
    let handle_failure = 4 * 10 + (1 + 2 + 4);
    assert_eq!((recipe, prices, again, combine, handle_failure), (187, 220, 71, 196, 47));
    let expect = u64::max(recipe, prices) + again + combine + handle_failure;
    // A price that is done without takes as long to fail as one that is not.
    for policy in [PricesPolicy::Required, PricesPolicy::BestEffort] {
        assert_eq!(
            Timing::of(&crate::workflow::workflow(policy)).unwrap(),
            Timing { best_case_s: Some(0), worst_case_s: expect, machine_timeout_s: 594, deadline_s: 774 }
        );
    }
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
    check_best(&json!({ "A": task(100, &json!([{ "ErrorEquals": ["X"] }])) }), Some(0));
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
    check_best(&json!({ "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Pass", "Next": "A" } }), None);
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
