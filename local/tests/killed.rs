//! The program `local` when it is signalled or killed: nothing that it started outlives it. What functions do to it is
//! tested beside this.

use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
};

use local::process::tree;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::{LOCAL, is_dead, is_gone, misbehave, until};

/// `local` with an order for functions that misbehave as its ingredients say.
fn started(folder: &Path, command: &str, ingredients: &str) -> Child {
    let order = folder.join("order.json");
    let profile = r#""profile":{"target":"general","budget":1,"servings":1}"#;
    fs::write(&order, format!("{{{profile}{ingredients}}}")).unwrap();
    let mut handover = Command::new(LOCAL);
    handover.arg(command).arg("--folder").arg(folder).arg("--order").arg(&order);
    for name in ["RecipeGenerator", "PriceFetcher", "ResultCombiner"] {
        handover.arg("--function").arg(format!("{name}={}", misbehave().display()));
    }
    handover
        // As a shell's job: what is sent to the group does not reach the test.
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// `local deploy` in the middle of an order whose functions hang, with everything below it.
async fn hanging_deployment(folder: &Path) -> (Child, Vec<u32>) {
    let supervisor = started(folder, "deploy", "");
    // The worker, three functions, and what two of them started.
    let below = || tree::descendants(supervisor.id());
    until("everything is under way", || {
        let sleeping = below().into_iter().filter(|pid| {
            fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "sleep")
        });
        sleeping.count() >= 2 && below().len() >= 6
    })
    .await;
    let all = below();
    (supervisor, all)
}

fn signal(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

async fn ends(mut supervisor: Child) -> ExitStatus {
    tokio::task::spawn_blocking(move || supervisor.wait().unwrap()).await.unwrap()
}

/// Its functions have left orphans out of their groups. Whoever waited for the command finds none of them in the process
/// table, not even as what somebody has to reap.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_ends_after_everything_that_it_started() {
    for command in ["deploy", "run"] {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("started");
        let ingredients = format!(
            r#","ingredients":[{{"name":"do children and exit","amount":"1"}},{{"name":"{}"}}]"#,
            list.display()
        );
        let supervisor = started(folder.path(), command, &ingredients);
        assert!(!ends(supervisor).await.success(), "{command}");
        let started = fs::read_to_string(list).unwrap();
        let started: Vec<u32> = started.lines().map(|pid| pid.parse().unwrap()).collect();
        assert!(started.len() >= 2, "{command}: {started:?}");
        assert!(started.iter().all(|&pid| is_gone(pid)), "{command}: {started:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_everything_in_order() {
    for (name, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let folder = tempfile::tempdir().unwrap();
        let (supervisor, below) = hanging_deployment(folder.path()).await;
        signal(supervisor.id(), name);
        assert_eq!(ends(supervisor).await.code(), Some(code), "{name:?}");
        assert!(below.iter().all(|&pid| is_gone(pid)), "{name:?}: {below:?}");
    }
}

/// No process of the group can catch it. The worker stands outside of the group, and cleans up.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_supervisor_or_process_group_leaves_no_process_alive() {
    for whole_group in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let (supervisor, below) = hanging_deployment(folder.path()).await;
        if whole_group {
            let group = Pid::from_raw(i32::try_from(supervisor.id()).unwrap()).unwrap();
            kill_process_group(group, Signal::KILL).unwrap();
        } else {
            signal(supervisor.id(), Signal::KILL);
        }
        ends(supervisor).await;
        // Whoever adopts the worker reaps it: that is not us.
        until("all are dead", || below.iter().all(|&pid| is_dead(pid))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_leaves_no_process() {
    let folder = tempfile::tempdir().unwrap();
    let (supervisor, below) = hanging_deployment(folder.path()).await;
    let worker = *below.first().unwrap();
    signal(worker, Signal::KILL);
    assert_eq!(ends(supervisor).await.code(), Some(137));
    assert!(below.iter().all(|&pid| is_gone(pid)), "{below:?}");
}
