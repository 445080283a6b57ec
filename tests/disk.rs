//! Data folders that cannot be written to, from the start or from some moment on: a clear error, and nothing that was
//! acknowledged is lost.
//!
//! A disk that is full is played by a limit on the size of files, which needs no privilege and holds for root, too.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

use contract::{Order, session::attribute};
use platform::{ExecutionStatus, Platform as _};
use rusqlite::Connection;
use rustix::process::{Pid, Resource, Rlimit, geteuid, prlimit};
use tokio::{process::Command, time::timeout};

use crate::{
    harness,
    outside::{Outside, Spec},
    processes::deploy,
    programs::sample,
};

/// A shell that limits files to so many bytes and becomes what follows. A write past the limit fails, as on a full disk.
fn limited(bytes: u64) -> [String; 4] {
    let blocks = bytes / 512;
    let lines = format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$@\"");
    ["sh".to_owned(), "-c".to_owned(), lines, "sh".to_owned()]
}

/// Words before a command, which become it, so that permissions hold for whoever runs it: root obeys none.
fn unprivileged() -> &'static [&'static str] {
    if geteuid().is_root() { &["setpriv", "--bounding-set=-all", "--inh-caps=-all"] } else { &[] }
}

fn within(before: &[&str], command: &Command) -> Command {
    let command = command.as_std();
    let mut words = before.iter().map(AsRef::as_ref).chain([command.get_program()]);
    let mut outer = Command::new(words.next().unwrap());
    outer.args(words).args(command.get_args()).kill_on_drop(true);
    outer
}

fn order(number: usize) -> Order {
    harness::order(&format!("order-{number}"), &["두부"])
}

/// What is left of a deployment in this data folder: its exit code, and what it said.
async fn deployed(data: &Path, before: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut deploy = deploy(folder.path(), &sample("keto.json"));
    deploy.arg("--data").arg(data);
    let output = within(before, &deploy).output().await.unwrap();
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), talk)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_not_ours_to_write() {
    let above = tempfile::tempdir().unwrap();
    let (data, file) = (above.path().join("data"), above.path().join("file"));
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o500)).unwrap();
    fs::write(&file, "").unwrap();
    for (place, error, cause) in [
        (data.clone(), "cannot write to the data folder: ", "Permission denied"),
        (data.join("new"), "cannot make the folder: ", "Permission denied"),
        (file.join("new"), "cannot make the folder: ", "Not a directory"),
    ] {
        let (code, talk) = deployed(&place, unprivileged()).await;
        assert_eq!(code, Some(i32::from(platform::exit_code::DEPLOY_FAILED)), "{talk}");
        assert!(talk.contains(&format!("{error}{}", place.display())), "{talk}");
        assert!(talk.contains(cause), "{talk}");
        if cause == "Permission denied" {
            assert!(talk.contains("hint: choose a folder that this user may write to"), "{talk}");
        }
    }
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0);
}

/// A database of an earlier environment that may be read and no more.
#[tokio::test(flavor = "multi_thread")]
async fn an_executions_database_that_is_not_ours_to_write() {
    let data = tempfile::tempdir().unwrap();
    let database = data.path().join("executions.sqlite");
    fs::write(&database, "").unwrap();
    fs::set_permissions(&database, fs::Permissions::from_mode(0o400)).unwrap();
    let (code, talk) = deployed(data.path(), unprivileged()).await;
    assert_eq!(code, Some(i32::from(platform::exit_code::DEPLOY_FAILED)), "{talk}");
    assert!(talk.contains("cannot open the executions database: "), "{talk}");
    assert!(talk.contains("hint: choose a folder"), "{talk}");
}

/// The error names the file, which stays as it is.
#[tokio::test(flavor = "multi_thread")]
async fn an_executions_database_that_is_damaged() {
    const DAMAGED: &[u8] = b"this is no database of executions";
    let data = tempfile::tempdir().unwrap();
    let database = data.path().join("executions.sqlite");
    fs::write(&database, DAMAGED).unwrap();
    let (code, talk) = deployed(data.path(), &[]).await;
    assert_eq!(code, Some(i32::from(platform::exit_code::DEPLOY_FAILED)), "{talk}");
    let error = format!("the executions database is damaged: {}", database.display());
    assert!(talk.contains(&error), "{talk}");
    assert!(talk.contains("hint: restore the file"), "{talk}");
    assert_eq!(fs::read(&database).unwrap(), DAMAGED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = Spec::new(folder.path());
    let data = folder.path().join("data");
    spec.data = Some(data.clone());
    let before = limited(64 * 1_024);
    let output = spec.command(&before.each_ref().map(String::as_str)).output();
    let output = output.await.unwrap();
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(i32::from(platform::exit_code::DEPLOY_FAILED)), "{talk}");
    let error = format!("cannot write to the data folder: {}", data.display());
    assert!(talk.contains(&error), "{talk}");
    assert!(talk.contains("File too large"), "{talk}");
    assert!(talk.contains("hint: make room there"), "{talk}");
    assert!(!data.join("probe").exists());
    // With room it comes up in the same folder.
    spec.up().await.closed().await;
}

/// What an environment acknowledged, and how that ended as far as it was reported.
type Acknowledged = BTreeMap<String, Option<ExecutionStatus>>;

/// Orders one after the other until one is refused: that one, and its error.
async fn until_refused(outside: &Outside, acknowledged: &mut Acknowledged) -> (usize, String) {
    let live = outside.live().await;
    for number in acknowledged.len().. {
        let started = match live.start(&order(number)).await {
            Ok(started) => started,
            Err(error) => {
                let source = std::error::Error::source(&error).unwrap().to_string();
                return (number, source);
            }
        };
        let name = order(number).session_id.to_string();
        acknowledged.insert(name.clone(), None);
        // The first that meets the full disk in its last state tries again for a quarter of a minute.
        let mut ignore = |_: &platform::execution::Event| {};
        let ended = live.follow(&started.execution, &mut ignore);
        if let Ok(ended) = timeout(Duration::from_secs(2), ended).await {
            acknowledged.insert(name, Some(ended.unwrap().status));
        }
        assert!(number < 1_000, "the disk is never full");
    }
    unreachable!("numbers do not end")
}

async fn all_are_there(outside: &Outside, acknowledged: &Acknowledged) {
    let executions = outside.executions().await;
    for (name, reported) in acknowledged {
        let status = executions.get(name).unwrap_or_else(|| panic!("{name} is gone"));
        if let Some(reported) = reported {
            assert_eq!(reported.name(), status, "{name}");
        }
    }
}

/// The tables grow faster than the executions.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_up_under_the_tables() {
    a_disk_that_fills_up(4_096, "the sessions table refuses", true).await;
}

/// The executions grow faster: with large pages every change of them takes more room. Ends that the disk refused are
/// stored at the latest when the environment ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_up_under_the_executions() {
    let expected = "the executions database refuses: disk I/O error";
    a_disk_that_fills_up(32_768, expected, false).await;
}

async fn a_disk_that_fills_up(page_bytes: u32, expected: &str, goes_on: bool) {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = Spec::new(folder.path());
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let executions = Connection::open(data.join("executions.sqlite")).unwrap();
    executions.pragma_update(None, "page_size", page_bytes).unwrap();
    executions.execute_batch("VACUUM").unwrap();
    drop(executions);
    spec.data = Some(data);
    let before = limited(1_000 * 1_024);
    let outside = spec.up_in(&before.each_ref().map(String::as_str)).await;
    let mut acknowledged = Acknowledged::new();
    let (refused, error) = until_refused(&outside, &mut acknowledged).await;
    assert!(refused > 1, "{error}");
    assert!(error.contains(expected), "{error}");
    // It is refused again, and everything else is answered.
    let (again, _) = until_refused(&outside, &mut acknowledged).await;
    assert_eq!(again, refused);
    all_are_there(&outside, &acknowledged).await;
    let sessions = outside.items("ai-chef-sessions-local").await;
    assert!(!sessions.contains_key(&*order(refused).session_id), "a session of what was refused");

    // Somebody makes room: nobody has to start anew.
    let worker = Pid::from_raw(i32::try_from(outside.worker()).unwrap());
    let unlimited = Rlimit { current: None, maximum: None };
    prlimit(worker, Resource::Fsize, unlimited).unwrap();
    if goes_on {
        let outcome = outside.run(&order(refused)).await;
        assert_eq!(outcome.execution.status, ExecutionStatus::Succeeded, "{outcome:?}");
        let name = order(refused).session_id.to_string();
        acknowledged.insert(name, Some(ExecutionStatus::Succeeded));
    }
    outside.closed().await;

    // What ended while the disk was full was written down later.
    let outside = spec.up().await;
    all_are_there(&outside, &acknowledged).await;
    let sessions = outside.items("ai-chef-sessions-local").await;
    let open: Vec<_> = sessions.values().filter(|session| session[attribute::STATUS] == "pending").collect();
    assert!(open.is_empty(), "{open:?}");
    assert!(sessions.keys().eq(acknowledged.keys()), "what was refused has no session");
    outside.closed().await;
}
