//! A function that is killed at work: the order fails with AWS's own words, the environment cooks on.

use contract::{Status, task::RecipeGenerator};
use local::stubs::{Behaviour, Reaction, When};
use platform::{ExecutionStatus, Platform as _};

use crate::{
    harness::{Harness, order, replaced},
    programs::killed_once,
};

/// The first sandbox is killed in the middle of its work. The order fails; the next one gets a new sandbox.
#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_is_killed_at_work() {
    let folder = tempfile::tempdir().unwrap();
    let (recipe, pipe) = killed_once(folder.path(), "recipe");
    let harness = Harness::with(|config| {
        config.functions = replaced::<RecipeGenerator>(recipe);
        config.bedrock = Behaviour::default().with_fault(When::First(1), Reaction::Hang);
    })
    .await;

    let first = order("killed-at-work", &["두부"]);
    // Killed while it waits for the model.
    let started = harness.environment.start(&first).await.unwrap();
    while harness.environment.bedrock().count() == 0 {
        tokio::task::yield_now().await;
    }
    tokio::fs::write(&pipe, "now\n").await.unwrap();
    let execution = harness.environment.follow(&started.execution, &mut |_| {}).await.unwrap();
    assert_eq!(execution.error.as_deref(), Some("Runtime.ExitError"), "{execution:?}");
    assert!(execution.cause.unwrap().contains("signal: killed"));
    assert_eq!(harness.session(&first.session_id).await.status, Status::Failed);

    let outcome = harness.run(&order("after-the-killing", &["두부"])).await;
    assert_eq!(outcome.execution.status, ExecutionStatus::Succeeded, "{:?}", outcome.execution);
    harness.close().await;
}
