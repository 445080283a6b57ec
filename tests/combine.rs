//! The last step: its transaction may have happened although nobody heard of it, and a session ends once.

use contract::{ErrorName, Status, task::ResultCombiner};
use platform::ExecutionStatus;

use crate::{
    harness::{Harness, count, events, order, replaced},
    programs::{program, script},
    proxy::Proxy,
};

/// The transaction commits and its answer is lost, for all of the client's own tries: combine fails, the state machine
/// retries it, and it finds its own result: the transaction is not written twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_result_whose_answer_was_lost_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let (listener, url) = Proxy::bind().await;
    let combine = program("combine");
    let lines = format!("AWS_ENDPOINT_URL_DYNAMODB={url} exec {}", combine.display());
    let combine = script(folder.path(), "combine", &lines);
    let harness = Harness::with(|config| config.functions = replaced::<ResultCombiner>(combine)).await;
    let upstream = &harness.environment.urls().dynamodb;
    let proxy = Proxy::losing(listener, url, upstream, "TransactWriteItems", CLIENT_TRIES);

    let outcome = harness.run(&order("lost-answer", &["두부"])).await;
    assert_eq!(outcome.execution.status, ExecutionStatus::Succeeded, "{:?}", outcome.execution);
    assert_eq!(proxy.left(), 0, "no answer was lost at {}", proxy.url());
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

/// As often as the SDK sends one call by default.
const CLIENT_TRIES: u32 = 3;

/// A session that somebody else has closed stays as it is, and is not tried again.
#[tokio::test(flavor = "multi_thread")]
async fn a_closed_session_stays_closed() {
    use aws_sdk_dynamodb::types::AttributeValue::S;

    let folder = tempfile::tempdir().unwrap();
    let (listener, url) = Proxy::bind().await;
    let lines = format!("AWS_ENDPOINT_URL_DYNAMODB={url} exec {}", program("combine").display());
    let combine = script(folder.path(), "combine", &lines);
    let harness = Harness::with(|config| config.functions = replaced::<ResultCombiner>(combine)).await;

    // The session is closed while the order is under way: combine cannot reach the table before the proxy is there.
    let order = order("closed-meanwhile", &["두부"]);
    let started = platform::Platform::start(&harness.environment, &order).await.unwrap();
    let update = harness.tables.update_item().table_name("ai-chef-sessions-local");
    let update = update.key("sessionId", S(order.session_id.to_string()));
    let update = update.update_expression("SET #s = :failed").expression_attribute_names("#s", "status");
    update.expression_attribute_values(":failed", S("failed".to_owned())).send().await.unwrap();
    let _proxy = Proxy::losing(listener, url, &harness.environment.urls().dynamodb, "nothing", 0);

    let execution =
        platform::Platform::follow(&harness.environment, &started.execution, &mut |_| {}).await.unwrap();
    assert_eq!(execution.status, ExecutionStatus::Failed);
    assert_eq!(execution.error.as_deref(), Some(ErrorName::SessionClosed.as_str()), "{execution:?}");
    assert_eq!(harness.session(&order.session_id).await.status, Status::Failed);
    assert_eq!(
        harness.result(&order.session_id).await,
        None,
        "one transaction: no result without its session"
    );
    harness.close().await;
}
