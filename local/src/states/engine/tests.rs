//! The engine with a world of its own: names, journal, ends.

use std::time::Duration;

use asl::{
    StateMachine,
    run::{MAX_PAYLOAD_BYTES, TaskCall, TaskFailure},
};
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::json;

use super::{super::room::ENDED_IN_MEMORY, *};

/// A world that echoes, except where it is asked to take its time.
struct Echo;

impl TaskExecutor for Echo {
    fn call(&self, call: TaskCall) -> BoxFuture<'static, Result<Value, TaskFailure>> {
        Box::pin(async move {
            if call.input["wait"] == true {
                tokio::time::sleep(Duration::from_hours(1)).await;
            }
            Ok(call.input)
        })
    }
}

const MACHINE: &str = "arn:aws:states:r:1:stateMachine:m";

fn machine() -> Machine {
    let definition = r#"{ "StartAt": "A", "TimeoutSeconds": 5, "States": { "A": {
        "Type": "Task", "Resource": "arn:aws:lambda:r:1:function:f", "End": true } } }"#;
    Machine {
        arn: MACHINE.into(),
        name: "m".into(),
        role_arn: "arn:aws:iam::1:role/r".into(),
        definition: definition.into(),
        parsed: definition.parse::<StateMachine>().unwrap(),
        created_at: Timestamp::UNIX_EPOCH,
    }
}

async fn engine(journal: Option<(Journal, Vec<Entry>)>) -> (Arc<Engine>, mpsc::UnboundedReceiver<Snapshot>) {
    let (changes, told) = mpsc::unbounded_channel();
    (
        Engine::new(vec![machine()], Arc::new(Echo), journal, changes, |ended| {
            ended.name.starts_with("unheard")
        })
        .await
        .unwrap(),
        told,
    )
}

async fn start(engine: &Arc<Engine>, name: &str, input: &str) -> Result<Arc<Execution>, StatesError> {
    engine.start(MACHINE, Some(name.into()), Some(input.into())).await
}

#[tokio::test(start_paused = true)]
async fn a_name_is_one_execution() {
    let (engine, _changes) = engine(None).await;
    let first = start(&engine, "a", r#"{"wait":true,"n":1}"#).await.unwrap();
    let again = start(&engine, "a", r#"{ "n": 1, "wait": true }"#).await.unwrap();
    assert!(Arc::ptr_eq(&first, &again));
    let other = start(&engine, "a", "{}").await.unwrap_err();
    assert_eq!(other.name(), "ExecutionAlreadyExists");
    first.stop(Some("E".into()), Some("why".into()));
    let ended = first.ended().await;
    assert_eq!(
        (ended.status, ended.error.as_deref()),
        (Status::Aborted, Some("E"))
    );
    let closed = start(&engine, "a", r#"{"wait":true,"n":1}"#).await.unwrap_err();
    assert_eq!(closed.name(), "ExecutionAlreadyExists");
}

#[tokio::test(start_paused = true)]
async fn ends_and_their_events() {
    let (engine, mut changes) = engine(None).await;
    let good = start(&engine, "good", r#"{"x":1}"#).await.unwrap();
    assert_eq!(good.ended().await.output.as_deref(), Some(r#"{"x":1}"#));
    let late = start(&engine, "late", r#"{"wait":true}"#).await.unwrap();
    let ended = late.ended().await;
    assert_eq!(
        (ended.status, ended.error, ended.cause),
        (Status::TimedOut, None, None)
    );
    let mut told = Vec::new();
    while let Ok(change) = changes.try_recv() {
        told.push((change.name.clone(), change.status()));
    }
    let expected = [
        ("good", Status::Running),
        ("good", Status::Succeeded),
        ("late", Status::Running),
        ("late", Status::TimedOut),
    ];
    assert_eq!(told, expected.map(|(name, status)| (name.to_owned(), status)));
    let last = late.events(0).pop().unwrap();
    assert_eq!(
        (&last["type"], &last["previousEventId"]),
        (&json!("ExecutionTimedOut"), &json!(0))
    );
    assert_eq!(
        last["executionTimedOutEventDetails"],
        json!({"error": "States.Timeout"})
    );
}

#[tokio::test]
async fn what_is_refused() {
    let (engine, _changes) = engine(None).await;
    let refused = async |name: &str, input: &str| start(&engine, name, input).await.unwrap_err().name();
    for name in ["", "a b", "a/b", "a:b", &"x".repeat(81)] {
        assert_eq!(refused(name, "{}").await, "InvalidName", "{name}");
    }
    assert_eq!(refused("a", "{").await, "InvalidExecutionInput");
    assert_eq!(
        refused("a", &format!("\"{}\"", "x".repeat(MAX_PAYLOAD_BYTES))).await,
        "InvalidExecutionInput"
    );
    let no_machine = engine.start("arn:x", None, None).await.unwrap_err();
    assert_eq!(no_machine.name(), "StateMachineDoesNotExist");
}

#[tokio::test]
async fn a_restart_aborts_what_was_running_and_remembers_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    {
        let (journal, entries) = Journal::open(&path).await.unwrap();
        let (engine, _changes) = engine(Some((journal, entries))).await;
        start(&engine, "done", r#"{"x":1}"#).await.unwrap().ended().await;
    }
    let (journal, _) = Journal::open(&path).await.unwrap();
    let interrupted = Entry::Started {
        execution_arn: execution_arn(MACHINE, "lost"),
        machine_arn: MACHINE.into(),
        input: "{}".into(),
        at_ms: 1,
    };
    journal.append(&interrupted).await.unwrap();
    drop(journal);

    let (engine, mut changes) = engine(Some(Journal::open(&path).await.unwrap())).await;
    let lost = engine
        .execution(&execution_arn(MACHINE, "lost"))
        .unwrap()
        .snapshot();
    assert_eq!(lost.status(), Status::Aborted);
    assert_eq!(lost.ended.unwrap().cause.as_deref(), Some(RESTARTED));
    let events = engine.execution(&lost.arn).unwrap().events(0).into_iter();
    let events: Vec<_> = events
        .map(|event| json!([event["type"], event["previousEventId"]]))
        .collect();
    assert_eq!(
        events,
        [json!(["ExecutionStarted", 0]), json!(["ExecutionAborted", 0])]
    );
    assert_eq!(
        changes.try_recv().unwrap().name,
        "lost",
        "whoever closes sessions is told"
    );
    assert!(changes.try_recv().is_err(), "and of nothing else");
    let done = engine.execution(&execution_arn(MACHINE, "done")).unwrap();
    assert_eq!(
        done.snapshot().ended.unwrap().output.as_deref(),
        Some(r#"{"x":1}"#)
    );
    assert_eq!(done.events(0)[0]["type"], "ExecutionStarted");
}

#[tokio::test]
async fn what_was_taken_is_known_whatever_became_of_its_machine() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let (journal, _) = Journal::open(&path).await.unwrap();
    let started = |machine: &str, name: &str| Entry::Started {
        execution_arn: execution_arn(machine, name),
        machine_arn: machine.into(),
        input: "{}".into(),
        at_ms: 1,
    };
    for (machine, name) in [
        (MACHINE, "ours"),
        ("arn:aws:states:r:1:stateMachine:renamed", "theirs"),
    ] {
        journal.append(&started(machine, name)).await.unwrap();
    }
    drop(journal);
    let (engine, _changes) = engine(Some(Journal::open(&path).await.unwrap())).await;
    for (name, expect) in [("ours", true), ("theirs", true), ("nobody's", false)] {
        assert_eq!(engine.was_taken(MACHINE, name), expect, "{name}");
    }
}

#[tokio::test]
async fn an_end_that_nobody_acted_on_is_told_again_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    {
        let (engine, _changes) = engine(Some(Journal::open(&path).await.unwrap())).await;
        for name in ["unheard", "heard", "unheard-but-well"] {
            let wait = name != "unheard-but-well";
            let input = format!(r#"{{"wait":{wait}}}"#);
            let execution = start(&engine, name, &input).await.unwrap();
            if wait {
                execution.stop(None, None);
            }
            execution.ended().await;
        }
    }
    let (_engine, mut changes) = engine(Some(Journal::open(&path).await.unwrap())).await;
    assert_eq!(changes.try_recv().unwrap().name, "unheard");
    assert!(changes.try_recv().is_err());
}

#[tokio::test]
async fn what_ended_a_while_ago_is_not_in_memory_and_still_known() {
    const ORDERS: usize = ENDED_IN_MEMORY + 20;
    let folder = tempfile::tempdir().unwrap();
    let (engine, _changes) = engine(None).await;
    engine.make_room(folder.path().to_owned()).await;
    for n in 0..ORDERS {
        let input = format!(r#"{{"n":{n}}}"#);
        start(&engine, &format!("e{n}"), &input)
            .await
            .unwrap()
            .ended()
            .await;
    }
    // Whoever waited for an end is told before it is put away.
    engine.shutdown().await;
    assert_eq!(engine.in_memory().len(), ENDED_IN_MEMORY);
    assert_eq!(engine.list().len(), ORDERS);

    let arn = execution_arn(MACHINE, "e0");
    assert!(!engine.executions().contains_key(&arn));
    let first = engine.execution(&arn).unwrap();
    assert_eq!(
        first.snapshot().ended.unwrap().output.as_deref(),
        Some(r#"{"n":0}"#)
    );
    assert_eq!(first.events(0).last().unwrap()["type"], "ExecutionSucceeded");
    let (news, ended) = first.news(0).await;
    assert!(
        ended && news == first.events(0),
        "whoever follows it sees its end"
    );
    let oldest = engine.list().pop().unwrap();
    assert_eq!(oldest.status(), Status::Succeeded);
    assert!(engine.listed(&oldest).unwrap().events(0).len() > 2);
}

#[tokio::test]
async fn a_name_is_taken_also_when_its_execution_is_not_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, _changes) = engine(None).await;
    engine.make_room(folder.path().to_owned()).await;
    for n in 0..ENDED_IN_MEMORY + 2 {
        start(&engine, &format!("e{n}"), "{}")
            .await
            .unwrap()
            .ended()
            .await;
    }
    let again = start(&engine, "e0", "{}").await.unwrap_err();
    assert_eq!(again.name(), "ExecutionAlreadyExists");
}

#[tokio::test]
async fn what_a_journal_remembers_is_put_away_too_and_nothing_where_there_is_no_room() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    {
        let (engine, _changes) = engine(Some(Journal::open(&path).await.unwrap())).await;
        for n in 0..ENDED_IN_MEMORY + 5 {
            start(&engine, &format!("e{n}"), "{}")
                .await
                .unwrap()
                .ended()
                .await;
        }
        engine.shutdown().await;
        assert_eq!(engine.in_memory().len(), ENDED_IN_MEMORY + 5, "no folder");
    }
    let (engine, _changes) = engine(Some(Journal::open(&path).await.unwrap())).await;
    engine.make_room(folder.path().to_owned()).await;
    assert_eq!(engine.in_memory().len(), ENDED_IN_MEMORY);
    for n in [0, ENDED_IN_MEMORY + 4] {
        let arn = execution_arn(MACHINE, &format!("e{n}"));
        assert_eq!(
            engine.execution(&arn).unwrap().snapshot().status(),
            Status::Succeeded
        );
    }
}
