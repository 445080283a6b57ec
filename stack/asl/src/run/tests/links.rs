//! Which events a history has, and which one each of them follows: whole histories.
//!
//! Source: recorded histories; where none has the case, measurements on AWS that floci-io/floci, pull request 3167, lists.

use serde_json::{Value, json};

use crate::run::{
    abort,
    fixture::{Answer, Script, run, run_alone, run_until},
};

/// Runs a machine whose tasks answer as scripted, and looks at its history: one line an event, `id previous type name`.
async fn check(machine: Value, answers: impl IntoIterator<Item = (&'static str, Vec<Answer>)>, expect: &str) {
    let lines = run(machine, json!({}), Script::new(answers)).await.lines();
    let expect: Vec<_> = expect.trim().lines().map(str::trim).collect();
    assert_eq!(lines, expect, "found\n{}", lines.join("\n"));
}

fn branch(name: &str, mut state: Value) -> Value {
    state["End"] = json!(true);
    json!({"StartAt": name, "States": {name: state}})
}

fn task(name: &str) -> Value {
    branch(name, json!({"Type": "Task", "Resource": "arn:f"}))
}

fn fail(name: &str) -> Value {
    json!({"StartAt": name, "States": {name: {"Type": "Fail", "Error": "E"}}})
}

/// A Parallel state `P` that retries `E` as often as said, and a state `Caught` for whatever can be caught.
fn parallel(branches: &[Value], retries: u32) -> Value {
    json!({"StartAt": "P", "States": {
        "P": {"Type": "Parallel", "Branches": branches, "End": true,
              "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": retries}],
              "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]},
        "Caught": {"Type": "Succeed"}}})
}

#[tokio::test(start_paused = true)]
async fn branches_have_chains_of_their_own_and_the_state_goes_on_behind_the_last() {
    let answers = [("A", vec![Answer::Slow(2, json!("a"))]), ("B", vec![Answer::Slow(1, json!("b"))])];
    let expect = "
        1 0 ExecutionStarted
        2 0 ParallelStateEntered P
        3 2 ParallelStateStarted
        4 3 TaskStateEntered A
        5 4 LambdaFunctionScheduled
        6 5 LambdaFunctionStarted
        7 3 TaskStateEntered B
        8 7 LambdaFunctionScheduled
        9 8 LambdaFunctionStarted
        10 9 LambdaFunctionSucceeded
        11 10 TaskStateExited B
        12 6 LambdaFunctionSucceeded
        13 12 TaskStateExited A
        14 13 ParallelStateSucceeded
        15 13 ParallelStateExited P
        16 15 ExecutionSucceeded";
    check(parallel(&[task("A"), task("B")], 0), answers, expect).await;
}

#[tokio::test(start_paused = true)]
async fn a_failed_branch_aborts_the_states_without_an_end() {
    let wait = branch("W", json!({"Type": "Wait", "Seconds": 9}));
    let answers = [("A", vec![Answer::Fails("E")])];
    let expect = "
        1 0 ExecutionStarted
        2 0 ParallelStateEntered P
        3 2 ParallelStateStarted
        4 3 WaitStateEntered W
        5 3 TaskStateEntered A
        6 5 LambdaFunctionScheduled
        7 6 LambdaFunctionStarted
        8 7 LambdaFunctionFailed
        9 4 WaitStateAborted
        10 8 TaskStateAborted
        11 8 ParallelStateFailed
        12 11 ParallelStateExited P
        13 12 SucceedStateEntered Caught
        14 13 SucceedStateExited Caught
        15 14 ExecutionSucceeded";
    check(parallel(&[wait, task("A")], 0), answers, expect).await;
}

#[tokio::test(start_paused = true)]
async fn a_retried_state_starts_again_behind_the_failed_branch_and_fails_once() {
    let expect = "
        1 0 ExecutionStarted
        2 0 ParallelStateEntered P
        3 2 ParallelStateStarted
        4 3 FailStateEntered F
        5 4 ParallelStateStarted
        6 5 FailStateEntered F
        7 6 ParallelStateStarted
        8 7 FailStateEntered F
        9 8 ParallelStateFailed
        10 9 ParallelStateExited P
        11 10 SucceedStateEntered Caught
        12 11 SucceedStateExited Caught
        13 12 ExecutionSucceeded";
    check(parallel(&[fail("F")], 2), [], expect).await;
}

#[tokio::test(start_paused = true)]
async fn a_task_is_aborted_in_each_attempt() {
    let answers = [("A", vec![Answer::Fails("E"), Answer::Ok(json!(1))])];
    let expect = "
        1 0 ExecutionStarted
        2 0 ParallelStateEntered P
        3 2 ParallelStateStarted
        4 3 TaskStateEntered A
        5 4 LambdaFunctionScheduled
        6 5 LambdaFunctionStarted
        7 6 LambdaFunctionFailed
        8 7 TaskStateAborted
        9 7 ParallelStateStarted
        10 9 TaskStateEntered A
        11 10 LambdaFunctionScheduled
        12 11 LambdaFunctionStarted
        13 12 LambdaFunctionSucceeded
        14 13 TaskStateExited A
        15 14 ParallelStateSucceeded
        16 14 ParallelStateExited P
        17 16 ExecutionSucceeded";
    check(parallel(&[task("A")], 1), answers, expect).await;
}

/// Neither the inner nor the outer Parallel state hears of it, and no state is aborted.
#[tokio::test(start_paused = true)]
async fn a_runtime_error_in_a_branch_ends_the_execution_where_it_happens() {
    let expect = |kind: &str| {
        format!(
            "
            1 0 ExecutionStarted
            2 0 ParallelStateEntered P
            3 2 ParallelStateStarted
            4 3 TaskStateEntered A
            5 4 LambdaFunctionScheduled
            6 5 LambdaFunctionStarted
            7 3 ParallelStateEntered P
            8 7 ParallelStateStarted
            9 8 {kind}StateEntered X
            10 9 ExecutionFailed"
        )
    };
    let choice = json!({"Type": "Choice", "Choices": [{"Variable": "$.v", "IsPresent": true, "Next": "X"}]});
    let broken = [
        ("Pass", branch("X", json!({"Type": "Pass", "InputPath": "$.nothing"}))),
        ("Choice", json!({"StartAt": "X", "States": {"X": choice}})),
        ("Wait", branch("X", json!({"Type": "Wait", "Seconds": 99_999_999}))),
    ];
    for (kind, broken) in broken {
        let machine = parallel(&[task("A"), parallel(&[broken], 1)], 1);
        check(machine, [("A", vec![Answer::Hangs])], &expect(kind)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn inner_states_are_aborted_first_and_a_state_that_failed_is_not_aborted() {
    let inner = |branch: Value| branch_of_parallel(&branch);
    let expect = "
        1 0 ExecutionStarted
        2 0 ParallelStateEntered P
        3 2 ParallelStateStarted
        4 3 ParallelStateEntered I
        5 4 ParallelStateStarted
        6 5 TaskStateEntered A
        7 6 LambdaFunctionScheduled
        8 7 LambdaFunctionStarted
        9 3 ParallelStateEntered I
        10 9 ParallelStateStarted
        11 10 FailStateEntered F
        12 11 ParallelStateFailed
        13 8 TaskStateAborted
        14 5 ParallelStateAborted
        15 12 ParallelStateFailed
        16 15 ParallelStateExited P
        17 16 SucceedStateEntered Caught
        18 17 SucceedStateExited Caught
        19 18 ExecutionSucceeded";
    let machine = parallel(&[inner(task("A")), inner(fail("F"))], 0);
    check(machine, [("A", vec![Answer::Hangs])], expect).await;
}

/// A branch that is a Parallel state `I` of one branch.
fn branch_of_parallel(inner: &Value) -> Value {
    branch("I", json!({"Type": "Parallel", "Branches": [inner]}))
}

#[tokio::test(start_paused = true)]
async fn an_end_from_outside_follows_nothing_and_aborts_no_state() {
    let mut machine = parallel(&[branch("W", json!({"Type": "Wait", "Seconds": 60}))], 0);
    let begun = [
        "1 0 ExecutionStarted",
        "2 0 ParallelStateEntered P",
        "3 2 ParallelStateStarted",
        "4 3 WaitStateEntered W",
    ];
    let (aborter, signal) = abort();
    let stop = async {
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        aborter.abort(None, None);
    };
    let stopped = run_until(machine.clone(), json!({}), Script::new([]), signal);
    let (stopped, ()) = tokio::join!(stopped, stop);
    assert_eq!(stopped.lines(), [&begun[..], &["5 0 ExecutionAborted"]].concat());
    machine["TimeoutSeconds"] = json!(3);
    let late = run_alone(machine, json!({})).await;
    assert_eq!(late.lines(), [&begun[..], &["5 0 ExecutionTimedOut"]].concat());
}

/// Event 25,000 is the failure, whichever event comes before it.
#[tokio::test(start_paused = true)]
async fn the_last_event_of_a_full_history_is_the_end_of_the_execution() {
    let round = json!({"StartAt": "A", "States": {
        "A": {"Type": "Task", "Resource": "arn:f", "Next": "A", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "A"}]},
    }});
    for machine in [round.clone(), parallel(&[round.clone(), task("B"), round], 9)] {
        let executor = Script::new([("A", vec![Answer::Ok(json!({}))]), ("B", vec![Answer::Hangs])]);
        let run = run(machine, json!({}), executor).await;
        let cause = "The execution reached the maximum number of history events (25000).";
        assert_eq!(run.failure(), ("States.Runtime", cause));
        let lines = run.lines();
        assert_eq!(lines.len(), 25_000);
        assert_eq!(lines.last().unwrap(), "25000 24999 ExecutionFailed");
    }
}
