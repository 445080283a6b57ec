//! Waiting, timeouts and stops, all on virtual time.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    StateMachine,
    history::{EventKind, Reason},
    run::{
        AbortSignal, Outcome, abort, execute,
        fixture::{Answer, Script, one, run, run_alone, run_one, run_until, start},
    },
};

async fn waits(wait: Value, input: Value, seconds: u64) {
    let run = run_one(wait, input.clone()).await;
    assert_eq!(run.output(), &input);
    assert_eq!(run.took, Duration::from_secs(seconds));
}

#[tokio::test(start_paused = true)]
async fn seconds_and_points_in_time() {
    waits(json!({"Type": "Wait", "Seconds": 90}), json!({}), 90).await;
    waits(json!({"Type": "Wait", "Seconds": 0}), json!({}), 0).await;
    waits(json!({"Type": "Wait", "SecondsPath": "$.s"}), json!({"s": 3600}), 3600).await;
    waits(json!({"Type": "Wait", "Timestamp": "2026-11-23T00:01:00Z"}), json!({}), 60).await;
    waits(json!({"Type": "Wait", "Timestamp": "2016-01-01T00:00:00Z"}), json!({}), 0).await;
    waits(json!({"Type": "Wait", "TimestampPath": "$.t"}), json!({"t": "2026-11-24T00:00:00Z"}), 86_400)
        .await;
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_waited_for_is_said_in_awss_words() {
    let place = "An error occurred while executing the state 'S' (entered at the event id #2).";
    for (field, value, cause) in [
        ("SecondsPath", json!(-1), "The SecondsPath parameter references a negative value: $.x == -1"),
        ("SecondsPath", json!(1.5), "The SecondsPath parameter cannot be parsed as a long value: $.x == 1.5"),
        ("SecondsPath", json!(31_536_001), "Wait state delay is too long."),
        ("TimestampPath", json!("2027-11-23T00:00:01Z"), "Wait state delay is too long."),
        (
            "TimestampPath",
            json!("2026-11-24"),
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format \
             string: $.x == 2026-11-24",
        ),
    ] {
        let run = run_one(json!({"Type": "Wait", field: "$.x"}), json!({"x": value})).await;
        assert_eq!(run.failure(), ("States.Runtime", format!("{place} {cause}").as_str()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_year_is_the_longest_wait() {
    waits(json!({"Type": "Wait", "Seconds": 31_536_000}), json!({}), 31_536_000).await;
    waits(json!({"Type": "Wait", "Timestamp": "2027-11-23T00:00:00Z"}), json!({}), 31_536_000).await;
    for (field, value) in [("Seconds", json!(31_536_001)), ("Timestamp", json!("2027-11-23T00:00:01Z"))] {
        let run = run_one(json!({"Type": "Wait", field: value}), json!({})).await;
        assert_eq!(run.took, Duration::ZERO);
        assert!(run.failure().1.ends_with("Wait state delay is too long."), "{field}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_takes_too_long_times_out_without_a_cause() {
    let executor = Script::new([("S", vec![Answer::Hangs])]);
    let run =
        run(one(json!({"Type": "Task", "Resource": "arn:f", "TimeoutSeconds": 5})), json!({}), executor)
            .await;
    assert_eq!(run.outcome, Outcome::Failed { error: Some("States.Timeout".to_owned()), cause: None });
    assert_eq!(run.took, Duration::from_secs(5));
    assert!(run.types().contains(&"LambdaFunctionTimedOut".to_owned()), "{:?}", run.types());
}

#[tokio::test(start_paused = true)]
async fn a_caught_timeout_has_an_empty_cause() {
    let machine = json!({"StartAt": "S", "States": {
        "S": {"Type": "Task", "Resource": "arn:f", "TimeoutSecondsPath": "$.limit", "End": true,
              "Retry": [{"ErrorEquals": ["States.TaskFailed"]}],
              "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "S"},
                        {"ErrorEquals": ["States.Timeout"], "Next": "C"}]},
        "C": {"Type": "Succeed"},
    }});
    let executor = Script::new([("S", vec![Answer::Slow(11, json!(1))])]);
    let run = run(machine, json!({"limit": 10}), executor.clone()).await;
    assert_eq!(run.output(), &json!({"Error": "States.Timeout", "Cause": ""}));
    assert_eq!(run.took, Duration::from_secs(10));
    assert_eq!(executor.calls.lock().unwrap()[0].timeout, Some(Duration::from_secs(10)));
}

#[tokio::test(start_paused = true)]
async fn a_timeout_by_path_needs_a_place_and_a_number() {
    let task = json!({"Type": "Task", "Resource": "arn:f", "TimeoutSecondsPath": "$.limit"});
    let lost = run_one(task.clone(), json!({})).await;
    assert!(lost.failure().1.ends_with("Invalid path '$.limit' : No results for path: $['limit']"));
    let odd = run_one(task, json!({"limit": "5"})).await;
    assert!(odd.failure().1.contains("The TimeoutSecondsPath parameter cannot be parsed as a long value"));
}

#[tokio::test(start_paused = true)]
async fn the_machines_timeout_runs_no_catcher() {
    let machine = json!({"TimeoutSeconds": 30, "StartAt": "S", "States": {
        "S": {"Type": "Task", "Resource": "arn:f", "End": true, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]},
        "C": {"Type": "Succeed"},
    }});
    let executor = Script::new([("S", vec![Answer::Hangs])]);
    let run = run(machine, json!({}), executor).await;
    assert_eq!(run.outcome, Outcome::TimedOut);
    assert_eq!((run.entered(), run.took), (vec!["S"], Duration::from_secs(30)));
    let last = run.events.last().unwrap();
    assert_eq!(last.kind, EventKind::ExecutionTimedOut);
    assert_eq!(last.timestamp, "2026-11-23T00:00:30Z".parse().unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_execution_with_its_reason() {
    let (aborter, signal) = abort();
    let stop = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        aborter.abort(Some("Stopped".to_owned()), None);
    };
    let machine = one(json!({"Type": "Wait", "Seconds": 60}));
    let (run, ()) = tokio::join!(run_until(machine, json!({}), Script::new([]), signal), stop);
    let reason = Reason { error: Some("Stopped".to_owned()), cause: None };
    assert_eq!(run.outcome, Outcome::Aborted { error: Some("Stopped".to_owned()), cause: None });
    assert_eq!(run.took, Duration::from_secs(3));
    assert_eq!(run.events.last().unwrap().kind, EventKind::ExecutionAborted(reason));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_aborter_stops_nothing() {
    let (aborter, signal) = abort();
    drop(aborter);
    let run = run_until(one(json!({"Type": "Wait", "Seconds": 1})), json!({}), Script::new([]), signal).await;
    assert_eq!(run.outcome.status(), "SUCCEEDED");
}

#[tokio::test(start_paused = true)]
async fn a_busy_loop_can_be_stopped() {
    let (aborter, signal) = abort();
    let machine = json!({"StartAt": "S", "States": {"S": {"Type": "Pass", "Next": "S"}}});
    let stop = async { aborter.abort(None, None) };
    let (run, ()) = tokio::join!(run_until(machine, json!({}), Script::new([]), signal), stop);
    assert_eq!(run.outcome.status(), "ABORTED");
}

#[tokio::test(start_paused = true)]
async fn an_execution_can_be_spawned_and_its_input_stays_out_of_debug() {
    let machine = one(json!({"Type": "Wait", "Seconds": 1})).to_string().parse::<StateMachine>().unwrap();
    let start = start(json!({"allergies": ["peanut"]}));
    assert!(!format!("{start:?}").contains("peanut"));
    let execution =
        async move { execute(&machine, start, Script::new([]), AbortSignal::never(), |_| ()).await.status() };
    assert_eq!(tokio::spawn(execution).await.unwrap(), "SUCCEEDED");
}

#[tokio::test(start_paused = true)]
async fn timestamps_follow_the_clock() {
    let machine = json!({"StartAt": "W", "States": {
        "W": {"Type": "Wait", "Seconds": 10, "Next": "P"},
        "P": {"Type": "Pass", "InputPath": "$$.State.EnteredTime", "End": true},
    }});
    let run = run_alone(machine, json!({})).await;
    assert_eq!(run.output(), &json!("2026-11-23T00:00:10.000Z"));
}
