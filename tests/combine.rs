//! The last step: its transaction may have happened although its answer was lost.

use contract::task::ResultCombiner;
use platform::ExecutionStatus;

use crate::{
    harness::{Harness, count, events, order, replaced},
    programs::{program, script},
    proxy::{CLIENT_TRIES, Proxy},
};

/// The transaction commits and its answer is lost, for all of the client's own tries: combine fails, the state machine
/// retries it, and it finds its own result: the transaction is not written twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_result_whose_answer_was_lost_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let (listener, url) = Proxy::bind().await;
    let lines = format!("AWS_ENDPOINT_URL_DYNAMODB={url} exec {}", program("combine").display());
    let combine = script(folder.path(), "combine", &lines);
    let harness = Harness::with(|config| config.functions = replaced::<ResultCombiner>(combine)).await;
    let upstream = &harness.environment.urls().dynamodb;
    let proxy = Proxy::start(listener, upstream, ("TransactWriteItems", CLIENT_TRIES));

    let outcome = harness.run(&order("lost-answer", &["두부"])).await;
    assert_eq!(outcome.execution.status, ExecutionStatus::Succeeded, "{:?}", outcome.execution);
    assert!(proxy.count() >= CLIENT_TRIES, "an answer was not lost");
    let events = events(&harness, &outcome).await;
    assert_eq!(count(&events, "LambdaFunctionFailed"), 1, "{events:?}");
    let plan = outcome.session.result.unwrap();
    assert_eq!(
        outcome.execution.output.unwrap(),
        serde_json::to_value(plan).unwrap(),
        "the stored result, not another"
    );
    harness.close().await;
}
