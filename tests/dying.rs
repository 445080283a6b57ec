//! Functions that die: the order fails with AWS's own words, the environment cooks on.

use contract::{
    Status,
    task::{PriceFetcher, RecipeGenerator},
};
use platform::ExecutionStatus;

use crate::{
    harness::{Harness, order, replaced},
    programs::{program, script},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_dies_at_its_start() {
    let folder = tempfile::tempdir().unwrap();
    let dead = script(folder.path(), "dead", "exit 3");
    let harness = Harness::with(|config| config.functions = replaced::<PriceFetcher>(dead)).await;
    let outcome = harness.run(&order("dies-at-start", &["두부"])).await;
    assert_eq!(outcome.execution.status, ExecutionStatus::Failed);
    assert_eq!(outcome.execution.error.as_deref(), Some("Runtime.ExitError"), "{:?}", outcome.execution);
    assert!(outcome.execution.cause.unwrap().contains("exit status 3"));
    assert_eq!(outcome.session.status, Status::Failed);
    harness.close().await;
}

/// The first sandbox is killed in the middle of its work. The order fails; the next one gets a new sandbox.
#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_is_killed_at_work() {
    let folder = tempfile::tempdir().unwrap();
    let once = folder.path().join("once");
    // The killer waits for the function's own call to the model, then kills it. The second sandbox finds the mark.
    let lines = format!(
        "if (set -C; : > {once}) 2>/dev/null; then (read line < {fifo}; kill -9 $$) & fi\nexec {recipe}",
        once = once.display(),
        fifo = folder.path().join("fifo").display(),
        recipe = program("recipe").display(),
    );
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("fifo")).status().unwrap();
    assert!(made.success());
    let recipe = script(folder.path(), "recipe", &lines);
    let harness = Harness::with(|config| {
        config.functions = replaced::<RecipeGenerator>(recipe);
        config.bedrock = local::stubs::Behaviour::default()
            .with_fault(local::stubs::When::First(1), local::stubs::Reaction::Hang);
    })
    .await;

    let order_1 = order("killed-at-work", &["두부"]);
    let started = platform::Platform::start(&harness.environment, &order_1).await.unwrap();
    while harness.environment.bedrock().count() == 0 {
        tokio::task::yield_now().await;
    }
    tokio::fs::write(folder.path().join("fifo"), "now\n").await.unwrap();
    let execution =
        platform::Platform::follow(&harness.environment, &started.execution, &mut |_| {}).await.unwrap();
    assert_eq!(execution.error.as_deref(), Some("Runtime.ExitError"), "{execution:?}");
    assert!(execution.cause.unwrap().contains("signal: killed"));
    assert_eq!(harness.session(&order_1.session_id).await.status, Status::Failed);

    let outcome = harness.run(&order("after-the-killing", &["두부"])).await;
    assert_eq!(outcome.execution.status, ExecutionStatus::Succeeded, "{:?}", outcome.execution);
    harness.close().await;
}
