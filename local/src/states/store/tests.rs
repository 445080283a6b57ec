//! What is stored, what survives, and what a damaged file says.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use futures::future::join_all;
use serde_json::json;

use super::*;
use crate::clock;

impl ExecutionStore {
    /// Refuses as a full disk does.
    pub(in crate::states) fn refuse_writes(&self, refuse: bool) {
        let writer = lock(&self.0.writer);
        writer.pragma_update(None, "query_only", refuse).unwrap();
    }
}

async fn opened(folder: &Path) -> Result<ExecutionStore, StoreError> {
    ExecutionStore::in_data_folder(DataFolder::open(folder).await.unwrap(), clock::now())
}

fn snapshot(name: &str) -> Snapshot {
    Snapshot {
        arn: format!("arn:{name}"),
        name: name.to_owned(),
        machine_arn: "m".to_owned(),
        input: r#"{"x":1}"#.to_owned(),
        started_at: moment(1_234),
        ended: None,
    }
}

fn ended(at_ms: i64) -> Ended {
    Ended {
        status: ExecutionStatus::Failed,
        at: moment(at_ms),
        output: None,
        error: Some("E".into()),
        cause: Some("why".into()),
    }
}

/// Starts and ends an execution.
async fn store_ended(store: &ExecutionStore, name: &str, at_ms: i64) {
    let execution = snapshot(name);
    let inserted = store.insert("m", name, &execution.input, execution.started_at);
    assert!(inserted.await.unwrap());
    let events = vec![json!({ "id": 1, "type": name })];
    store.end(&execution, &ended(at_ms), events, 3).await.unwrap();
}

fn list(store: &ExecutionStore) -> Vec<Summary> {
    store.list("m", None, None, 100).unwrap().into_iter().map(|(_, summary)| summary).collect()
}

async fn check_found_again(store: &ExecutionStore) {
    let now_ms = clock::now().as_millisecond();
    for name in ["1", "2", "3"] {
        store_ended(store, name, now_ms).await;
    }
    for name in ["3", "1", "2"] {
        let found = store.find("m", name).unwrap().unwrap();
        assert_eq!((found.name.as_str(), found.input.as_str()), (name, r#"{"x":1}"#));
        assert_eq!(found.started_at, moment(1_234));
        let end = found.end.unwrap();
        assert_eq!(end.ended, ended(now_ms));
        assert_eq!(end.events, [json!({ "id": 1, "type": name })]);
        assert_eq!(end.revision, Some(3));
    }
    assert!(store.find("m", "4").unwrap().is_none());
    assert!(store.find("other", "1").unwrap().is_none());
    assert!(!store.insert("m", "1", "{}", moment(0)).await.unwrap(), "the name is taken");
    assert!(store.insert("other", "1", "{}", moment(0)).await.unwrap());
    assert_eq!(store.machines_with("1").unwrap(), ["m", "other"]);
    let names = list(store).into_iter().map(|summary| summary.name);
    assert_eq!(names.collect::<Vec<_>>(), ["3", "2", "1"], "newest first");
    let first = store.list("m", None, None, 2).unwrap();
    assert_eq!(first.len(), 2, "no more rows are read than are asked for");
    let key = first[1].0;
    assert_eq!(PageKey::parse(&key.to_string()), Some(key));
    assert_eq!(store.list("m", None, Some(key), 2).unwrap()[0].1.name, "1");
    let running = store.running().unwrap().into_iter().map(|found| found.machine_arn);
    assert_eq!(running.collect::<Vec<_>>(), ["other"]);
}

#[tokio::test]
async fn what_was_stored_is_found_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    check_found_again(&ExecutionStore::temporary(folder.path()).unwrap()).await;
    let data = folder.path().join("data");
    check_found_again(&opened(&data).await.unwrap()).await;

    let again = opened(&data).await.unwrap();
    assert_eq!(list(&again).len(), 3);
    assert!(list(&again).iter().all(|summary| summary.recovered));
    let end = again.find("m", "1").unwrap().unwrap().end.unwrap();
    assert_eq!(end.revision, None, "revisions are those of one environment");
}

#[tokio::test]
async fn a_temporary_database_has_no_name_and_takes_more_than_the_memory_holds() {
    let folder = tempfile::tempdir().unwrap();
    let store = ExecutionStore::temporary(folder.path()).unwrap();
    let input = "x".repeat(100_000);
    for name in 0..50 {
        assert!(store.insert("m", &name.to_string(), &input, moment(0)).await.unwrap());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    assert_eq!(store.find("m", "0").unwrap().unwrap().input, input);
    // The file is open: its mode and size are found through `/proc`.
    let open = fs::read_dir("/proc/self/fd").unwrap().filter_map(Result::ok);
    let prefix = folder.path().join("executions-").display().to_string();
    let mut files = open.filter(|file| {
        fs::read_link(file.path()).is_ok_and(|target| target.display().to_string().starts_with(&prefix))
    });
    let file = fs::metadata(files.next().unwrap().path()).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    assert!(file.len() > 4_000_000, "it is not in memory: {}", file.len());
}

#[tokio::test]
async fn a_history_is_decompressed_while_others_use_the_connection() {
    let store = ExecutionStore::in_memory().unwrap();
    store_ended(&store, "1", 5).await;
    let row = store.row("m", "1").unwrap().unwrap();
    let _used_by_others = lock(&store.0.reader);
    assert_eq!(store.stored(row).unwrap().end.unwrap().events, [json!({ "id": 1, "type": "1" })]);
}

/// Every transaction writes whole pages: 64 of them more than a megabyte, one of all not a tenth of it.
#[tokio::test]
async fn writes_at_the_same_time_share_a_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let store = opened(folder.path()).await.unwrap();
    let wal = || fs::metadata(folder.path().join("executions.sqlite-wal")).unwrap().len();
    let before = wal();
    let names: Vec<_> = (0..64).map(|name| name.to_string()).collect();
    let writer = lock(&store.0.writer);
    let all = join_all(names.iter().map(|name| store.insert("m", name, "{}", moment(0))));
    // The first may be written alone; the others arrive before it is.
    let (all, ()) = tokio::join!(all, async { drop(writer) });
    assert!(all.into_iter().all(|inserted| inserted.unwrap()));
    assert_eq!(list(&store).len(), 64);
    let written = wal() - before;
    assert!((1..200_000).contains(&written), "{written}");
}

/// `SQLite` calls `fsync` in every commit.
#[tokio::test]
async fn a_data_folder_is_synchronised_in_full() {
    let folder = tempfile::tempdir().unwrap();
    let store = opened(folder.path()).await.unwrap();
    let writer = lock(&store.0.writer);
    let setting = |name: &str| -> String {
        writer
            .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
            .map(|value| format!("{value:?}"))
            .unwrap()
    };
    assert_eq!(setting("synchronous"), "Integer(2)");
    assert_eq!(setting("journal_mode"), r#"Text("wal")"#);
}

#[tokio::test]
async fn what_ended_90_days_ago_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let now_ms = clock::now().as_millisecond();
    let day_ms = 24 * 60 * 60 * 1_000;
    {
        let store = opened(folder.path()).await.unwrap();
        store_ended(&store, "old", now_ms - 91 * day_ms).await;
        store_ended(&store, "young", now_ms - 89 * day_ms).await;
    }
    let store = opened(folder.path()).await.unwrap();
    assert!(store.find("m", "old").unwrap().is_none());
    assert!(store.find("m", "young").unwrap().is_some());
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_an_error_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("executions.sqlite");
    let hint = |error: &StoreError| error.hint().unwrap();

    fs::write(&file, "no database at all, and long enough to be one").unwrap();
    let error = opened(folder.path()).await.unwrap_err();
    let expected = format!("the executions database is damaged: {}", file.display());
    assert_eq!(error.to_string(), expected);
    assert!(hint(&error).contains("another data folder"));

    fs::remove_file(&file).unwrap();
    {
        let store = opened(folder.path()).await.unwrap();
        for name in 0..100 {
            store_ended(&store, &name.to_string(), clock::now().as_millisecond()).await;
        }
    }
    // When the folder is free the file is closed.
    drop(DataFolder::open(folder.path()).await.unwrap());
    // Any page but the first, which says what the file is.
    let intact = fs::read(&file).unwrap();
    for page in (4_096..intact.len()).step_by(4_096) {
        let mut damaged = intact.clone();
        damaged[page..page + 4_096].fill(0xa5);
        fs::write(&file, damaged).unwrap();
        let error = opened(folder.path()).await.unwrap_err();
        assert_eq!(error.to_string(), expected, "page at {page}");
    }

    fs::remove_file(&file).unwrap();
    let other = Connection::open(&file).unwrap();
    other.pragma_update(None, "user_version", 2).unwrap();
    drop(other);
    let error = opened(folder.path()).await.unwrap_err();
    assert!(error.to_string().contains("another version: 2"), "{error}");

    let nowhere = ExecutionStore::temporary(&folder.path().join("nowhere")).unwrap_err();
    assert!(nowhere.to_string().contains("nowhere/executions-"), "{nowhere}");
}

#[test]
fn what_to_do_about_a_refusal() {
    let hint = |code| {
        let error = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
        StoreError::from(error).hint()
    };
    for code in [rusqlite::ffi::SQLITE_FULL, rusqlite::ffi::SQLITE_IOERR_WRITE] {
        assert!(hint(code).unwrap().starts_with("make room there"), "{code}");
    }
    for code in [rusqlite::ffi::SQLITE_READONLY, rusqlite::ffi::SQLITE_CANTOPEN] {
        assert!(hint(code).unwrap().starts_with("choose a folder"), "{code}");
    }
    assert_eq!(hint(rusqlite::ffi::SQLITE_BUSY), None);
}
