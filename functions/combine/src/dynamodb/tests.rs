//! Against a DynamoDB API on loopback, through the real SDK.

mod harness;

use contract::{
    ErrorName, ExecutionId, SessionId, TaskError, Timestamp, error_name::CombineError, session::TTL_S,
    task::CombineInput,
};
use runtime::Failure;
use serde_json::json;
use tokio::net::TcpSocket;

use self::harness::{Harness, RESULTS, SESSIONS, combine, config};
use super::*;

const NOW_S: i64 = 1_795_000_000;

fn at_first() -> jiff::Timestamp {
    jiff::Timestamp::from_second(NOW_S).unwrap()
}

fn later() -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(NOW_S * 1_000 + 7_250).unwrap()
}

fn input(execution: &str) -> CombineInput {
    serde_json::from_value(json!({
        "sessionId": "s-1",
        "executionId": format!("arn:aws:states:ap-northeast-2:123456789012:execution:m:{execution}"),
        "recipe": {
            "name": "두부 조림",
            "image": "https://example.com/a.png",
            "nutrition": { "calories": 420, "protein": 7.5, "carbs": 0.1, "fat": 1e17 },
            "ingredients": [{ "name": "두부", "amount": 1.5, "unit": "모" }, { "name": "간장" }],
            "steps": ["조린다"],
            "targetSpecificInfo": {
                "netCarbs": 3.0, "ketoScore": 0.300_000_000_000_000_04, "n": -0.0, "big": 1.15e18, "tips": [null, true, {}],
            },
        },
        "pricing": {
            "total": 3_980,
            "basis": "package",
            "leftOut": [],
            "optimal": { "vendor": "마트", "items": [{
                "name": "두부", "price": 3_980, "quantity": "1.5모",
                "source": "elevenst", "asOf": "2026-11-25T00:00:00.000Z", "basis": "package", "productName": "두부 한 모",
            }] },
            "alternatives": [],
            "unpriced": [],
        },
    }))
    .unwrap()
}

fn pending() -> serde_json::Value {
    json!({ "sessionId": "s-1", "status": "pending", "createdAt": "2026-11-18T00:00:00.000Z",
            "deadlineAt": "2026-11-18T00:05:00.000Z", "TTL": 1_795_086_000 })
}

fn name(failure: &Failure<CombineError>) -> ErrorName {
    failure.error.name()
}

#[tokio::test]
async fn an_open_session_is_completed_with_its_result() {
    let harness = Harness::open().await;
    harness.put_session(&pending()).await;
    let plan = harness.combine(input("a"), at_first).await.unwrap();
    assert_eq!(plan.generated_at, Timestamp("2026-11-18T11:06:40.000Z".to_owned()));
    assert_eq!(plan.pricing.unpriced.len(), 1, "the soy sauce that nobody searched for");

    let session = harness.session().await;
    assert_eq!(session.status, Status::Completed);
    assert_eq!(session.completed_at.as_ref(), Some(&plan.generated_at));
    assert_eq!(session.execution_id, Some(input("a").execution_id.0));
    assert_eq!(session.result.as_ref(), Some(&plan));
    assert_eq!(session.created_at, Timestamp("2026-11-18T00:00:00.000Z".to_owned()));
    assert_eq!(session.deadline_at, Timestamp("2026-11-18T00:05:00.000Z".to_owned()));
    assert_eq!(session.expires_at_s, 1_795_086_000);

    let row = harness.row(RESULTS).await.unwrap();
    assert_eq!(row["sessionId"], "s-1");
    assert_eq!(row["createdAt"], "2026-11-18T11:06:40.000Z");
    assert_eq!(row["TTL"], NOW_S + TTL_S);
    let stored: MealPlan = serde_json::from_value(row["result"].clone()).unwrap();
    assert_eq!(stored, plan);
    assert_eq!(row.as_object().unwrap().len(), 4);
}

#[tokio::test]
async fn every_number_is_read_as_it_was_stored() {
    let harness = Harness::open().await;
    let plan = harness.combine(input("a"), at_first).await.unwrap();
    let stored = harness.session().await.result.unwrap();
    assert_eq!(serde_json::to_string(&stored).unwrap(), serde_json::to_string(&plan).unwrap());
    assert_eq!(stored.recipe.nutrition, input("a").recipe.nutrition);
    let free = &stored.recipe.target_specific_info;
    assert_eq!(free["ketoScore"], 0.300_000_000_000_000_04);
    assert_eq!(free["netCarbs"], 3);
}

#[tokio::test]
async fn an_absent_session_becomes_a_complete_row() {
    let harness = Harness::open().await;
    let plan = harness.combine(input("a"), at_first).await.unwrap();
    let session = harness.session().await;
    assert_eq!(session.status, Status::Completed);
    assert_eq!((&session.created_at, &session.deadline_at), (&plan.generated_at, &plan.generated_at));
    assert_eq!(session.expires_at_s, NOW_S + TTL_S);
}

#[tokio::test]
async fn the_same_execution_again_gets_what_is_stored() {
    let harness = Harness::open().await;
    harness.put_session(&pending()).await;
    let first = harness.combine(input("a"), at_first).await.unwrap();
    let again = harness.combine(input("a"), later).await.unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), serde_json::to_string(&first).unwrap());
    assert_eq!(harness.row(RESULTS).await.unwrap()["createdAt"], "2026-11-18T11:06:40.000Z");
}

#[tokio::test]
async fn a_final_session_stays_as_it_is() {
    for (status, extra) in [
        ("completed", json!({ "executionId": "arn:another" })),
        (
            "failed",
            json!({ "error": "PRICE_FETCH_FAILED", "cause": "x", "failedAt": "2026-11-18T00:01:00.000Z" }),
        ),
    ] {
        let harness = Harness::open().await;
        let mut session = pending();
        session["status"] = status.into();
        session.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        harness.put_session(&session).await;
        let failure = harness.combine(input("a"), at_first).await.unwrap_err();
        assert_eq!(name(&failure), ErrorName::SessionClosed);
        assert_eq!(failure.message, format!("session is {status} already: s-1"));
        assert_eq!(harness.row(SESSIONS).await.unwrap(), session);
        assert_eq!(harness.row(RESULTS).await, None);
    }
}

#[tokio::test]
async fn a_session_that_cannot_be_read_is_not_quoted() {
    for (field, value) in
        [("status", json!("페니실린")), ("createdAt", json!({ "페니실린": 1 })), ("TTL", json!("페니실린"))]
    {
        let harness = Harness::open().await;
        let mut session = pending();
        session["status"] = "completed".into();
        session[field] = value;
        harness.put_session(&session).await;
        let failure = harness.combine(input("a"), at_first).await.unwrap_err();
        assert_eq!(name(&failure), ErrorName::ResultStoreFailed);
        assert_eq!(failure.to_string(), "result could not be stored: the session's row cannot be read");
    }
}

#[tokio::test]
async fn of_two_executions_at_once_one_wins() {
    for _ in 0..10 {
        let harness = Harness::open().await;
        harness.put_session(&pending()).await;
        let (a, b) = tokio::join!(harness.combine(input("a"), at_first), harness.combine(input("b"), later));
        let (won, lost) = match (a, b) {
            (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
            both => panic!("exactly one wins: {both:?}"),
        };
        assert_eq!(name(&lost), ErrorName::SessionClosed, "{lost}");
        assert_eq!(harness.session().await.result, Some(won.clone()));
        assert_eq!(harness.row(RESULTS).await.unwrap()["createdAt"], won.generated_at.0);
    }
}

#[tokio::test]
async fn an_unavailable_table_is_a_transient_error() {
    // Bound without listening: no other process can take the port, and every connection is refused.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let endpoint = format!("http://{}", socket.local_addr().unwrap());
    let failure = combine(&config(endpoint), input("a"), at_first).await.unwrap_err();
    assert_eq!(name(&failure), ErrorName::ResultStoreFailed);
    assert!(failure.message.starts_with("result could not be stored: dispatch failure"), "{failure}");
}

#[tokio::test]
async fn a_table_that_is_missing_is_named_by_the_service() {
    let harness = Harness::open().await;
    harness.client.delete_table().table_name(SESSIONS).send().await.unwrap();
    let failure = harness.combine(input("a"), at_first).await.unwrap_err();
    assert_eq!(name(&failure), ErrorName::ResultStoreFailed);
    assert!(failure.message.contains("ResourceNotFoundException"), "{failure}");
}

#[test]
fn a_conflict_and_throttling_are_transient_errors() {
    for code in ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"] {
        let reason = CancellationReason::builder().code(code).build();
        let cancelled = aws_sdk_dynamodb::types::error::TransactionCanceledException::builder()
            .cancellation_reasons(CancellationReason::builder().code("None").build())
            .cancellation_reasons(reason)
            .build();
        let error = TransactWriteItemsError::TransactionCanceledException(cancelled);
        let error = super::cancelled(&SdkError::service_error(error, "response")).err();
        let text = format!("transaction was cancelled: None, {code}");
        assert_eq!(error, Some(StoreError::Unavailable(text)));
    }
}

#[test]
fn a_session_of_the_same_execution_needs_its_result() {
    let plan = MealPlan {
        recipe: input("a").recipe,
        pricing: input("a").pricing,
        generated_at: Timestamp(String::new()),
    };
    let session_id = SessionId::new("s-1").unwrap();
    let rows = Rows::new(session_id, ExecutionId("arn:a".to_owned()), &plan, NOW_S).unwrap();
    let mut session: Session = serde_json::from_value(pending()).unwrap();
    assert!(matches!(earlier(session.clone(), &rows), Err(StoreError::Unavailable(_))));
    session.status = Status::Completed;
    session.execution_id = Some("arn:a".to_owned());
    assert!(matches!(earlier(session.clone(), &rows), Err(StoreError::Unavailable(_))));
    session.result = Some(plan.clone());
    assert_eq!(earlier(session, &rows), Ok(plan));
}
