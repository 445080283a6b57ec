//! The last step: its transaction may have happened although nobody heard of it, and a session ends once.

use contract::{ErrorName, Status, task::ResultCombiner};
use target::ExecutionStatus;

use crate::{
    kitchen::{Kitchen, count, events, order, replaced},
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
    let kitchen = Kitchen::with(|config| config.functions = replaced::<ResultCombiner>(combine)).await;
    let upstream = &kitchen.environment.urls().dynamodb;
    let proxy = Proxy::losing(listener, url, upstream, "TransactWriteItems", CLIENT_TRIES);

    let cooked = kitchen.cook(&order("lost-answer", &["두부"])).await;
    assert_eq!(
        cooked.execution.status,
        ExecutionStatus::Succeeded,
        "{:?}",
        cooked.execution
    );
    assert_eq!(proxy.left(), 0, "no answer was lost at {}", proxy.url());
    let events = events(&kitchen, &cooked).await;
    assert_eq!(count(&events, "LambdaFunctionFailed"), 1, "{events:?}");
    let plan = cooked.session.result.unwrap();
    assert_eq!(
        cooked.execution.output.unwrap(),
        serde_json::to_value(plan).unwrap(),
        "the stored result, not another"
    );
    kitchen.close().await;
}

/// As often as the SDK sends one call by default.
const CLIENT_TRIES: u32 = 3;

/// A session that somebody else has closed stays as it is, and is not tried again.
#[tokio::test(flavor = "multi_thread")]
async fn a_closed_session_stays_closed() {
    use aws_sdk_dynamodb::types::AttributeValue::S;

    let folder = tempfile::tempdir().unwrap();
    let (listener, url) = Proxy::bind().await;
    let lines = format!(
        "AWS_ENDPOINT_URL_DYNAMODB={url} exec {}",
        program("combine").display()
    );
    let combine = script(folder.path(), "combine", &lines);
    let kitchen = Kitchen::with(|config| config.functions = replaced::<ResultCombiner>(combine)).await;

    // The session is closed while the order is under way: combine cannot reach the table before the proxy is there.
    let order = order("closed-meanwhile", &["두부"]);
    let started = target::Target::start(&kitchen.environment, &order).await.unwrap();
    let update = kitchen.tables.update_item().table_name("ai-chef-sessions-local");
    let update = update.key("sessionId", S(order.session_id.to_string()));
    let update = update
        .update_expression("SET #s = :failed")
        .expression_attribute_names("#s", "status");
    update
        .expression_attribute_values(":failed", S("failed".to_owned()))
        .send()
        .await
        .unwrap();
    let _proxy = Proxy::losing(listener, url, &kitchen.environment.urls().dynamodb, "nothing", 0);

    let execution = target::Target::follow(&kitchen.environment, &started.execution, &mut |_| {})
        .await
        .unwrap();
    assert_eq!(execution.status, ExecutionStatus::Failed);
    assert_eq!(
        execution.error.as_deref(),
        Some(ErrorName::SessionClosed.as_str()),
        "{execution:?}"
    );
    assert_eq!(kitchen.session(&order.session_id).await.status, Status::Failed);
    assert_eq!(
        kitchen.result(&order.session_id).await,
        None,
        "one transaction: no result without its session"
    );
    kitchen.close().await;
}
