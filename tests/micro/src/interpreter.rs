//! Executions on virtual time in which nothing is waited for, so that the interpreter alone takes time.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use asl::{
    StateMachine,
    history::What,
    run::{AbortSignal, Outcome, Start, TaskCall, TaskExecutor, TaskFailure, execute},
};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

/// How often the loop of [`machine`] goes round.
pub const ROUNDS: u64 = 1_000;

/// State transitions of one execution of it: a Task, a Pass and a Choice each round, and the end. AWS counts a transition
/// for each state that is entered.
pub const TRANSITIONS: u64 = 3 * ROUNDS + 1;

/// A loop over a Task, a Pass that shapes data and a Choice.
///
/// # Errors
/// Never: a test parses it.
pub fn machine() -> Result<StateMachine, Vec<asl::ParseError>> {
    r#"{"StartAt":"Count","States":{
            "Count":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:111122223333:function:count","TimeoutSeconds":10,
                "Retry":[{"ErrorEquals":["States.TaskFailed"],"MaxAttempts":3}],"ResultPath":"$.left","Next":"Shape"},
            "Shape":{"Type":"Pass","Parameters":{"left.$":"$.left","order.$":"$.order","id.$":"$$.Execution.Id"},
                "Next":"Again"},
            "Again":{"Type":"Choice","Default":"Done",
                "Choices":[{"Variable":"$.left","NumericGreaterThan":0,"Next":"Count"}]},
            "Done":{"Type":"Succeed"}}}"#.parse::<StateMachine>()
}

/// Answers at once with one less.
struct Countdown;

impl TaskExecutor for Countdown {
    fn call(&self, call: TaskCall) -> BoxFuture<'static, Result<Value, TaskFailure>> {
        let left = call.input.get("left").and_then(Value::as_u64).unwrap_or(0);
        Box::pin(async move { Ok(json!(left.saturating_sub(1))) })
    }
}

/// A runtime of one thread whose clock moves when nothing else is left to do.
///
/// # Errors
/// The machine refuses.
pub fn virtual_time() -> io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
}

/// An execution's start with this input.
#[must_use]
pub fn start(input: Value) -> Start {
    Start {
        execution_arn: "arn:aws:states:us-east-1:111122223333:execution:machine:run".to_owned(),
        execution_name: "run".to_owned(),
        machine_arn: "arn:aws:states:us-east-1:111122223333:stateMachine:machine".to_owned(),
        machine_name: "machine".to_owned(),
        role_arn: "arn:aws:iam::111122223333:role/machine".to_owned(),
        input,
        started_at: jiff::Timestamp::UNIX_EPOCH,
        jitter_seed: 7,
    }
}

/// Executes a machine once. Gives its outcome and its state transitions.
#[must_use]
pub fn run(
    runtime: &Runtime,
    machine: &StateMachine,
    input: Value,
    world: Arc<dyn TaskExecutor>,
) -> (Outcome, u64) {
    let entered = AtomicU64::new(0);
    let heard = |event: asl::history::Event| {
        if matches!(event.what, What::StateEntered { .. }) {
            entered.fetch_add(1, Ordering::Relaxed);
        }
    };
    let outcome = runtime.block_on(execute(machine, start(input), world, AbortSignal::never(), heard));
    (outcome, entered.into_inner())
}

/// Goes through the loop of [`machine`] once. Gives the state transitions, [`TRANSITIONS`] of them.
#[must_use]
pub fn count_down(runtime: &Runtime, machine: &StateMachine) -> u64 {
    let order = json!({"sessionId": "s-1", "ingredients": [{"name": "두부", "amount": "1", "unit": "모"}]});
    let input = json!({"left": ROUNDS, "order": order});
    run(runtime, machine, input, Arc::new(Countdown)).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_has_as_many_transitions_as_is_said() {
        let machine = machine().unwrap();
        assert_eq!(asl::check(&machine), []);
        let runtime = virtual_time().unwrap();
        assert_eq!(count_down(&runtime, &machine), TRANSITIONS);
        let (outcome, _) = run(
            &runtime,
            &machine,
            json!({"left": 1, "order": 7}),
            Arc::new(Countdown),
        );
        assert_eq!(outcome.status(), "SUCCEEDED");
    }
}
