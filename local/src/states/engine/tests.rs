//! The engine with a task executor of its own: names, restarts, ends.

use std::{path::Path, time::Duration};

use asl::{
    StateMachine,
    run::{MAX_PAYLOAD_BYTES, TaskCall, TaskFailure},
};
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::json;

use super::{super::recovery::RESTARTED, *};
use crate::data_folder::DataFolder;

/// A task executor that echoes, except where it is asked to take its time.
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

type Changes = mpsc::UnboundedReceiver<Snapshot>;

async fn engine_of(store: ExecutionStore, undelivered: &[&str]) -> (Arc<Engine>, Changes) {
    let (changes, received) = mpsc::unbounded_channel();
    let undelivered = undelivered.iter().map(|name| execution_arn(MACHINE, name));
    let engine = Engine::new(vec![machine()], Arc::new(Echo), store, changes, undelivered);
    (engine.await.unwrap(), received)
}

async fn engine() -> (Arc<Engine>, Changes) {
    engine_of(ExecutionStore::in_memory().unwrap(), &[]).await
}

async fn store(folder: &Path) -> ExecutionStore {
    let data_folder = DataFolder::open(folder).await.unwrap();
    ExecutionStore::in_data_folder(data_folder, clock::now()).unwrap()
}

async fn start(engine: &Arc<Engine>, name: &str, input: &str) -> Result<Arc<Execution>, StatesError> {
    engine.start(MACHINE, Some(name.into()), Some(input.into())).await
}

#[tokio::test(start_paused = true)]
async fn a_name_is_one_execution() {
    let (engine, _changes) = engine().await;
    let first = start(&engine, "a", r#"{"wait":true,"n":1}"#).await.unwrap();
    let again = start(&engine, "a", r#"{ "n": 1, "wait": true }"#).await.unwrap();
    assert!(Arc::ptr_eq(&first, &again));
    let other = start(&engine, "a", "{}").await.unwrap_err();
    assert_eq!(other.name(), "ExecutionAlreadyExists");
    first.stop(Some("E".into()), Some("why".into()));
    let ended = first.ended().await;
    assert_eq!((ended.status, ended.error.as_deref()), (ExecutionStatus::Aborted, Some("E")));
    let closed = start(&engine, "a", r#"{"wait":true,"n":1}"#).await.unwrap_err();
    assert_eq!(closed.name(), "ExecutionAlreadyExists");
}

#[tokio::test(start_paused = true)]
async fn ends_and_their_events() {
    let (engine, mut changes) = engine().await;
    let good = start(&engine, "good", r#"{"x":1}"#).await.unwrap();
    assert_eq!(good.ended().await.output.as_deref(), Some(r#"{"x":1}"#));
    let late = start(&engine, "late", r#"{"wait":true}"#).await.unwrap();
    let ended = late.ended().await;
    assert_eq!((ended.status, ended.error, ended.cause), (ExecutionStatus::TimedOut, None, None));
    let mut announced = Vec::new();
    while let Ok(change) = changes.try_recv() {
        announced.push((change.name.clone(), change.status()));
    }
    let expected = [
        ("good", ExecutionStatus::Running),
        ("good", ExecutionStatus::Succeeded),
        ("late", ExecutionStatus::Running),
        ("late", ExecutionStatus::TimedOut),
    ];
    assert_eq!(announced, expected.map(|(name, status)| (name.to_owned(), status)));
    let last = late.events(0).pop().unwrap();
    assert_eq!((&last["type"], &last["previousEventId"]), (&json!("ExecutionTimedOut"), &json!(0)));
    assert_eq!(last["executionTimedOutEventDetails"], json!({"error": "States.Timeout"}));
}

#[tokio::test]
async fn what_is_refused() {
    let (engine, _changes) = engine().await;
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

/// All concurrent starts of one name return the same execution, which is started once.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_started_once_by_many() {
    let (engine, mut changes) = engine().await;
    let input = r#"{"wait":true}"#;
    let all = join_all((0..16).map(|_| start(&engine, "a", input))).await;
    let first = all[0].as_ref().unwrap();
    for other in &all {
        assert!(Arc::ptr_eq(first, other.as_ref().unwrap()));
    }
    assert_eq!(changes.try_recv().unwrap().status(), ExecutionStatus::Running);
    assert!(changes.try_recv().is_err(), "it is started once");
}

#[tokio::test]
async fn a_restart_aborts_what_was_running_and_recovers_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    {
        let store = store(folder.path()).await;
        let (engine, _changes) = engine_of(store.clone(), &[]).await;
        start(&engine, "done", r#"{"x":1}"#).await.unwrap().ended().await;
        engine.shutdown().await;
        assert!(store.insert(MACHINE, "lost", "{}", Timestamp::UNIX_EPOCH).await.unwrap());
    }
    let (engine, mut changes) = engine_of(store(folder.path()).await, &[]).await;
    let lost = engine.execution(&execution_arn(MACHINE, "lost")).unwrap().snapshot();
    assert_eq!(lost.status(), ExecutionStatus::Aborted);
    assert_eq!(lost.ended.unwrap().cause.as_deref(), Some(RESTARTED));
    let events = engine.execution(&lost.arn).unwrap().events(0).into_iter();
    let events: Vec<_> = events.map(|event| json!([event["type"], event["previousEventId"]])).collect();
    assert_eq!(events, [json!(["ExecutionStarted", 0]), json!(["ExecutionAborted", 0])]);
    assert_eq!(changes.try_recv().unwrap().name, "lost", "its end is announced");
    assert!(changes.try_recv().is_err(), "and of nothing else");
    let done = engine.execution(&execution_arn(MACHINE, "done")).unwrap();
    assert_eq!(done.snapshot().ended.unwrap().output.as_deref(), Some(r#"{"x":1}"#));
    assert_eq!(done.events(0)[0]["type"], "ExecutionStarted");
    let recovered = engine.list(MACHINE, None, None, 100).unwrap().executions.into_iter();
    let recovered: Vec<_> = recovered.map(|one| (one.name, one.recovered)).collect();
    assert_eq!(
        recovered,
        [("done".to_owned(), true), ("lost".to_owned(), false)],
        "the end of the second was stored by this environment"
    );
}

#[tokio::test]
async fn what_was_accepted_is_known_whatever_became_of_its_machine() {
    let store = ExecutionStore::in_memory().unwrap();
    let gone = "arn:aws:states:r:1:stateMachine:renamed";
    for (machine, name) in [(MACHINE, "ours"), (gone, "theirs")] {
        assert!(store.insert(machine, name, "{}", Timestamp::UNIX_EPOCH).await.unwrap());
    }
    let (engine, _changes) = engine_of(store, &[]).await;
    for (name, expect) in [("ours", true), ("theirs", true), ("nobody's", false)] {
        assert_eq!(engine.was_accepted(MACHINE, name), expect, "{name}");
    }
}

#[tokio::test]
async fn the_event_of_a_failure_that_was_not_delivered_is_sent_again_and_no_other() {
    let store = ExecutionStore::in_memory().unwrap();
    {
        let (engine, _changes) = engine_of(store.clone(), &[]).await;
        for name in ["undelivered", "delivered", "succeeded"] {
            let wait = name != "succeeded";
            let input = format!(r#"{{"wait":{wait}}}"#);
            let execution = start(&engine, name, &input).await.unwrap();
            if wait {
                execution.stop(None, None);
            }
            execution.ended().await;
        }
        engine.shutdown().await;
    }
    let (_engine, mut changes) = engine_of(store, &["undelivered", "succeeded", "unknown"]).await;
    assert_eq!(changes.try_recv().unwrap().name, "undelivered");
    assert!(changes.try_recv().is_err());
}

#[tokio::test]
async fn what_ended_is_not_in_memory_and_still_known() {
    const EXECUTIONS: usize = 20;
    let (engine, _changes) = engine().await;
    for n in 0..EXECUTIONS {
        let input = format!(r#"{{"n":{n}}}"#);
        start(&engine, &format!("e{n}"), &input).await.unwrap().ended().await;
    }
    // A waiting caller sees the end before the execution leaves the memory.
    engine.shutdown().await;
    assert!(engine.live.all().is_empty());
    let all = engine.list(MACHINE, None, None, 100).unwrap().executions;
    assert_eq!(all.len(), EXECUTIONS);
    assert_eq!(
        (all[EXECUTIONS - 1].name.as_str(), all[EXECUTIONS - 1].status),
        ("e0", ExecutionStatus::Succeeded),
        "the oldest is the last"
    );
    let first = engine.execution(&execution_arn(MACHINE, "e0")).unwrap();
    assert_eq!(first.snapshot().ended.unwrap().output.as_deref(), Some(r#"{"n":0}"#));
    assert_eq!(first.events(0).last().unwrap()["type"], "ExecutionSucceeded");
    let (news, ended) = first.news(0).await;
    assert!(ended && news == first.events(0), "whoever follows it sees its end");
}

/// Every page goes on after the last execution of the page before, also when new ones start meanwhile.
#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let (engine, _changes) = engine().await;
    for n in 0..5 {
        start(&engine, &format!("e{n}"), "{}").await.unwrap().ended().await;
    }
    let running = start(&engine, "running", r#"{"wait":true}"#).await.unwrap();
    let names = |status, after, limit| {
        let page = engine.list(MACHINE, status, after, limit).unwrap();
        (page.executions.into_iter().map(|one| one.name).collect::<Vec<_>>(), page.next)
    };
    let (first, next) = names(None, None, 2);
    assert_eq!(first, ["running", "e4"]);
    start(&engine, "new", "{}").await.unwrap().ended().await;
    let (second, next) = names(None, next, 2);
    assert_eq!(second, ["e3", "e2"]);
    assert_eq!(names(None, next, 2), (vec!["e1".to_owned(), "e0".to_owned()], None));

    let (succeeded, next) = names(Some(ExecutionStatus::Succeeded), None, 2);
    assert_eq!(succeeded, ["new", "e4"], "what runs is passed over");
    assert!(next.is_some());
    assert_eq!(names(Some(ExecutionStatus::Running), None, 1), (vec!["running".to_owned()], None));
    running.stop(None, None);
    running.ended().await;
}

#[tokio::test]
async fn a_name_is_taken_also_when_its_execution_is_not_in_memory() {
    let (engine, _changes) = engine().await;
    start(&engine, "e", "{}").await.unwrap().ended().await;
    while engine.live.get(&execution_arn(MACHINE, "e")).is_some() {
        tokio::task::yield_now().await;
    }
    let again = start(&engine, "e", "{}").await.unwrap_err();
    assert_eq!(again.name(), "ExecutionAlreadyExists");
}

/// After an update the executions of before still show the definition that they ran.
#[tokio::test]
async fn an_execution_keeps_its_definition() {
    let (engine, _changes) = engine().await;
    start(&engine, "before", "{}").await.unwrap().ended().await;
    let definition = r#"{ "StartAt": "B", "States": { "B": { "Type": "Succeed" } } }"#;
    engine.update(MACHINE, definition.to_owned()).unwrap();
    start(&engine, "after", "{}").await.unwrap().ended().await;
    engine.shutdown().await;
    for (name, expected) in [("before", machine().definition.as_str()), ("after", definition)] {
        let execution = engine.execution(&execution_arn(MACHINE, name)).unwrap();
        assert_eq!(execution.machine().definition, expected, "{name}");
    }
    assert_eq!(engine.machines().len(), 1);
}

/// A full disk: the end of an execution is announced, stays in memory, and is stored when there is room again.
#[tokio::test]
async fn an_end_that_the_disk_refused_is_stored_later() {
    let folder = tempfile::tempdir().unwrap();
    let data_folder = DataFolder::open(folder.path()).await.unwrap();
    let store = ExecutionStore::in_data_folder(data_folder, clock::now()).unwrap();
    let (engine, mut changes) = engine_of(store.clone(), &[]).await;
    let running = start(&engine, "running", r#"{"wait":true}"#).await.unwrap();
    store.refuse_writes(true);
    running.stop(None, None);
    assert_eq!(running.ended().await.status, ExecutionStatus::Aborted);
    let refused = start(&engine, "refused", "{}").await.unwrap_err();
    assert!(matches!(refused, StatesError::Store(StoreError::Sqlite(_))), "{refused:?}");
    assert!(!engine.was_accepted(MACHINE, "refused"));
    let statuses = || {
        let all = engine.list(MACHINE, None, None, 100).unwrap().executions.into_iter();
        all.map(|one| (one.name, one.status)).collect::<Vec<_>>()
    };
    assert_eq!(statuses(), [("running".to_owned(), ExecutionStatus::Aborted)]);
    assert!(store.find(MACHINE, "running").unwrap().unwrap().end.is_none());

    store.refuse_writes(false);
    start(&engine, "next", "{}").await.unwrap().ended().await;
    assert!(store.find(MACHINE, "running").unwrap().unwrap().end.is_some());
    engine.shutdown().await;
    assert!(engine.live.all().is_empty());
    let mut announced = Vec::new();
    while let Ok(change) = changes.try_recv() {
        announced.push((change.name.clone(), change.status().name()));
    }
    let expected =
        [("running", "RUNNING"), ("running", "ABORTED"), ("next", "RUNNING"), ("next", "SUCCEEDED")];
    assert_eq!(announced, expected.map(|(name, status)| (name.to_owned(), status)));
}

#[tokio::test]
async fn what_the_disk_refused_is_stored_at_the_latest_when_the_environment_ends() {
    let store = ExecutionStore::in_memory().unwrap();
    let (engine, _changes) = engine_of(store.clone(), &[]).await;
    let running = start(&engine, "running", r#"{"wait":true}"#).await.unwrap();
    store.refuse_writes(true);
    running.stop(None, None);
    running.ended().await;
    store.refuse_writes(false);
    engine.shutdown().await;
    assert!(store.find(MACHINE, "running").unwrap().unwrap().end.is_some());
}
