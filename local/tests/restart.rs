//! A data folder that is opened again after its environment broke off in the middle of an order.

use std::{collections::BTreeMap, os::unix::fs::PermissionsExt as _, path::Path};

use contract::{Order, Session, SessionId, Status};
use local::{Config, Embedded, dynamodb::Action, process::Launcher, states};
use rusqlite::Connection;
use serde_json::json;
use stack::{CheckedTemplate, Environment};
use tokio::runtime::Runtime;

use super::{LOCAL, misbehave};

fn template() -> CheckedTemplate {
    let environment = Environment::local().unwrap();
    stack::checked(stack::app(&environment), jiff::civil::date(2026, 11, 23)).unwrap()
}

/// Functions that hang.
fn config(data: &Path) -> Config {
    let functions = ["RecipeGenerator", "PriceFetcher", "ResultCombiner"];
    let functions: BTreeMap<_, _> = functions.map(|name| (name.to_owned(), misbehave())).into();
    let mut config = Config::new(functions, Launcher::new(LOCAL));
    config.data_folder = Some(data.to_owned());
    config
}

fn order() -> Order {
    let text = r#"{ "profile": { "target": "general", "budget": 1, "servings": 1 } }"#;
    Order::parse(text.as_bytes(), || SessionId::new("interrupted").unwrap()).unwrap()
}

fn session(environment: &Embedded) -> Session {
    environment.stored_session(&order().session_id).unwrap().unwrap()
}

/// Uses an environment on this data folder, then stops everything where it stands, as in a crash.
fn crash(data: &Path, used: impl AsyncFnOnce(&Embedded)) {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let environment = Embedded::up(&template(), config(data)).await.unwrap();
        used(&environment).await;
    });
}

/// Opens the data folder again.
fn reopen(data: &Path, used: impl AsyncFnOnce(&Embedded)) {
    Runtime::new().unwrap().block_on(async {
        let environment = Embedded::up(&template(), config(data)).await.unwrap();
        environment.settled().await;
        used(&environment).await;
        environment.close().await.unwrap();
    });
}

#[test]
fn what_was_running_is_aborted_and_its_session_closed() {
    let data = tempfile::tempdir().unwrap();
    crash(data.path(), async |environment| {
        let (_, fresh) = environment.start_order(&order()).await.unwrap();
        assert!(fresh);
        assert_eq!(session(environment).status, Status::Pending);
    });
    reopen(data.path(), async |environment| {
        let (execution, fresh) = environment.start_order(&order()).await.unwrap();
        assert!(!fresh, "the same order is the same execution");
        let ended = execution.snapshot().ended.unwrap();
        assert_eq!(ended.status, platform::ExecutionStatus::Aborted);
        assert_eq!(ended.cause.as_deref(), Some(states::recovery::RESTARTED));
        let session = session(environment);
        assert_eq!((session.status, session.error.as_deref()), (Status::Failed, Some("ABORTED")));
    });
}

/// The end is on disk, and the environment was killed before the closer received the event.
#[test]
fn a_failure_whose_event_was_not_delivered_is_sent_again() {
    let data = tempfile::tempdir().unwrap();
    crash(data.path(), async |environment| {
        environment.start_order(&order()).await.unwrap();
    });
    let executions = Connection::open(data.path().join("executions.sqlite")).unwrap();
    let ended = executions.execute(
        // The events are an empty list, deflated.
        "UPDATE executions SET status = 'TIMED_OUT', ended_at_ms = unixepoch() * 1000, events = x'8b8e0500',
         environment_id = 0, revision = 0 WHERE name = 'interrupted'",
        [],
    );
    assert_eq!(ended.unwrap(), 1);
    drop(executions);
    reopen(data.path(), async |environment| {
        let session = session(environment);
        assert_eq!((session.status, session.error.as_deref()), (Status::Failed, Some("TIMED_OUT")));
    });
}

/// The environment broke off between the two steps of taking an order: it had acknowledged nothing.
#[test]
fn a_session_without_an_execution_is_deleted() {
    let data = tempfile::tempdir().unwrap();
    crash(data.path(), async |environment| {
        for (session, status) in [("half-taken", "pending"), ("completed", "completed"), ("failed", "failed")]
        {
            let item = json!({
                "sessionId": { "S": session }, "status": { "S": status }, "TTL": { "N": "4000000000" },
                "createdAt": { "S": "2026-11-22T00:00:00.000Z" }, "deadlineAt": { "S": "2026-11-22T00:10:00.000Z" },
            });
            let put = json!({ "TableName": "ai-chef-sessions-local", "Item": item });
            environment.tables().call(Action::Put, put).unwrap();
        }
    });
    reopen(data.path(), async |environment| {
        let session = |id: &str| environment.stored_session(&SessionId::new(id).unwrap()).unwrap();
        assert_eq!(session("half-taken"), None);
        assert_eq!(session("completed").unwrap().status, Status::Completed);
        assert_eq!(session("failed").unwrap().status, Status::Failed);
    });
}

/// Orders lie there as they were given.
#[test]
fn a_data_folder_is_for_its_user_only() {
    let above = tempfile::tempdir().unwrap();
    let data = above.path().join("data");
    Runtime::new().unwrap().block_on(async {
        let environment = Embedded::up(&template(), config(&data)).await.unwrap();
        let open = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o077;
        assert_eq!(open(&data), 0);
        for file in ["executions.sqlite", "executions.sqlite-wal", "dynamodb.sqlite", "dynamodb.sqlite-wal"] {
            assert_eq!(open(&data.join(file)), 0, "{file}");
        }
        environment.close().await.unwrap();
    });
}

#[test]
fn a_data_folder_belongs_to_one_environment() {
    let data = tempfile::tempdir().unwrap();
    Runtime::new().unwrap().block_on(async {
        let first = Embedded::up(&template(), config(data.path())).await.unwrap();
        let second = Embedded::up(&template(), config(data.path())).await.err().unwrap();
        assert!(second.hint().unwrap().contains("another data folder"), "{second}");
        let beside = tempfile::tempdir().unwrap();
        let third = Embedded::up(&template(), config(beside.path())).await.unwrap();
        assert_ne!(first.urls(), third.urls());
        first.close().await.unwrap();
        third.close().await.unwrap();
    });
}
