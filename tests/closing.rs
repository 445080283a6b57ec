//! Sessions are closed from outside when an execution ends and no catcher runs: a timeout, an abort, `States.Runtime`.

use contract::Status;
use local::stubs::{Behaviour, Reaction, When};
use platform::{ExecutionStatus, Platform as _};

use crate::harness::{Harness, order};

/// A model that never answers, so that an execution is under way for as long as a test needs.
async fn hanging_model() -> Harness {
    Harness::with(|config| config.bedrock = Behaviour::default().with_fault(When::Always, Reaction::Hang))
        .await
}

/// Nothing of the real machine takes as long as its own timeout, by design. So the machine gets a timeout that it does
/// reach, through AWS's own call for that.
#[tokio::test(flavor = "multi_thread")]
async fn an_execution_that_times_out_is_closed_from_outside() {
    let harness = hanging_model().await;
    let arn = harness.environment.machine_arn().to_owned();
    let machine = harness.states.describe_state_machine().state_machine_arn(&arn).send().await.unwrap();
    let mut definition: serde_json::Value = serde_json::from_str(machine.definition()).unwrap();
    definition["TimeoutSeconds"] = 1.into();
    let update = harness.states.update_state_machine().state_machine_arn(&arn);
    update.definition(definition.to_string()).send().await.unwrap();

    let outcome = harness.run(&order("times-out", &["두부"])).await;
    assert_eq!(outcome.execution.status, ExecutionStatus::TimedOut);
    // As on AWS: neither error nor cause, and exactly its timeout long.
    assert_eq!((outcome.execution.error.as_deref(), outcome.execution.cause.as_deref()), (None, None));
    assert_eq!(outcome.execution.duration_ms(), Some(1_000));
    assert_eq!(outcome.session.status, Status::Failed);
    assert_eq!(outcome.session.error.as_deref(), Some("TIMED_OUT"));
    assert_eq!(outcome.session.cause.as_deref(), Some(stack::closer::CAUSE));
    assert!(outcome.session.failed_at.is_some());
    harness.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_execution_is_closed_from_outside() {
    let harness = hanging_model().await;
    let order = order("stopped", &["두부"]);
    let started = harness.environment.start(&order).await.unwrap();
    let stop = harness.states.stop_execution().execution_arn(&started.execution.0);
    // The cause of a stopped execution may be any text, health data too: the session does not repeat it.
    stop.error("Stopped").cause("혈당 140mg/dL").send().await.unwrap();
    let execution = harness.environment.follow(&started.execution, &mut |_| {}).await.unwrap();
    assert_eq!(execution.status, ExecutionStatus::Aborted);
    let session = harness.session(&order.session_id).await;
    assert_eq!(session.status, Status::Failed);
    assert_eq!(session.error.as_deref(), Some("ABORTED"));
    assert_eq!(session.cause.as_deref(), Some(stack::closer::CAUSE));
    assert!(harness.environment.dead_letters().is_empty());
    harness.close().await;
}

/// A failure that the machine recorded itself stays as it is, although the closer gets its event too.
#[tokio::test(flavor = "multi_thread")]
async fn the_closer_changes_nothing_that_is_closed() {
    let harness = Harness::with(|config| {
        config.naver = Behaviour::default().with_fault(When::Always, local::stubs::naver::no_such_api());
    })
    .await;
    let outcome = harness.run(&order("closed-inside", &["두부"])).await;
    harness.environment.settled().await;
    assert_eq!(harness.session(&outcome.session.session_id).await, outcome.session);
    let closers = harness.states.list_executions().state_machine_arn(harness.environment.closer_arn());
    let closers = closers.send().await.unwrap();
    assert_eq!(closers.executions().len(), 1);
    assert_eq!(closers.executions()[0].status(), &aws_sdk_sfn::types::ExecutionStatus::Succeeded);
    harness.close().await;
}

/// The same id with the same order is the same execution, ended or not; with another order it is refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_one_execution() {
    let harness = Harness::open().await;
    let first = harness.run(&order("once", &["두부"])).await;
    let again = harness.environment.start(&order("once", &["두부"])).await.unwrap();
    assert!(!again.fresh);
    assert_eq!(again.execution, first.execution.id);
    let other = harness.environment.start(&order("once", &["새우"])).await.unwrap_err();
    assert!(matches!(other, platform::PlatformError::OtherOrder { .. }), "{other}");
    assert_eq!(harness.environment.bedrock().count(), 1);
    harness.close().await;
}

/// A session that is final and whose execution is unknown is refused and not cooked again.
#[tokio::test(flavor = "multi_thread")]
async fn a_final_session_is_not_cooked_again() {
    use aws_sdk_dynamodb::types::AttributeValue::{N, S};

    let harness = Harness::open().await;
    let put = harness.tables.put_item().table_name("ai-chef-sessions-local");
    let put = put.item("sessionId", S("final".to_owned())).item("status", S("failed".to_owned()));
    let put = put.item("createdAt", S("2026-11-22T00:00:00.000Z".to_owned()));
    let put = put.item("deadlineAt", S("2026-11-22T00:10:00.000Z".to_owned()));
    put.item("TTL", N("4000000000".to_owned())).send().await.unwrap();
    let refused = harness.environment.start(&order("final", &["두부"])).await.unwrap_err();
    assert!(matches!(refused, platform::PlatformError::OtherOrder { .. }), "{refused}");
    assert_eq!(harness.environment.bedrock().count(), 0);
    harness.close().await;
}
