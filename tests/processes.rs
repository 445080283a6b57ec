//! The `local` program as a person starts it: whatever ends it, nothing of it stays; and two of it do not meet.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use local::serve::AccessKey;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStderr, Command},
};

use crate::{harness, programs};

/// An environment that stays, with an order cooked.
struct Staying {
    child: Child,
    talk: Lines<BufReader<ChildStderr>>,
    /// The variables that it says to export.
    exports: BTreeMap<String, String>,
}

/// The sample order of this name.
pub(crate) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../orders").join(name)
}

/// A deployment of this order, as `cargo xtask` hands it over.
pub(crate) fn command(folder: &Path, order: &Path) -> Command {
    let mut command = Command::new(programs::program("local"));
    command.arg("deploy").arg("--folder").arg(folder).args(["--output", "json", "--order"]).arg(order);
    for (task, program) in programs::functions() {
        command.arg("--function").arg(format!("{task}={}", program.display()));
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

impl Staying {
    async fn start(folder: &Path) -> Self {
        let mut child = command(folder, &sample("keto.json")).arg("--stay").spawn().unwrap();
        let mut talk = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut exports = BTreeMap::new();
        while let Some(line) = talk.next_line().await.unwrap() {
            if line.contains("until Ctrl-C") {
                return Self { child, talk, exports };
            }
            let export = line.split_once("export ").and_then(|(_, set)| set.split_once('='));
            exports.extend(export.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        panic!("it ended before it stayed: {:?}", child.wait_with_output().await);
    }

    /// Everything that descends from it.
    fn family(&self) -> Vec<u32> {
        let family = local::process::tree::descendants(self.child.id().unwrap());
        assert!(family.len() >= 4, "a worker and three functions: {family:?}");
        family
    }

    /// Sends a signal and waits until all are gone.
    async fn ended_by(mut self, signal: Signal) {
        let family = self.family();
        let pid = self.child.id().unwrap();
        send(pid, signal);
        self.child.wait().await.unwrap();
        // The talk's pipe is held by every process of the family that inherited it; its end is theirs.
        while self.talk.next_line().await.unwrap().is_some() {}
        for pid in family {
            gone(pid).await;
        }
    }
}

fn send(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// Waits for the end of a process that is ending already. A zombie has ended: who adopted it here may not reap.
async fn gone(pid: u32) {
    for _ in 0..2_000 {
        let state = fs::read_to_string(format!("/proc/{pid}/stat")).ok();
        let state = state.as_deref().and_then(|stat| stat.rsplit(')').next()?.trim().chars().next());
        if state.is_none_or(|state| state == 'Z' || state == 'X') {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("process {pid} is still there after 10 s");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_outlives_a_signal() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::KILL] {
        let folder = tempfile::tempdir().unwrap();
        Staying::start(folder.path()).await.ended_by(signal).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_outlives_a_killed_worker() {
    let folder = tempfile::tempdir().unwrap();
    let mut staying = Staying::start(folder.path()).await;
    let family = staying.family();
    let worker = *family.first().unwrap();
    send(worker, Signal::KILL);
    let status = staying.child.wait().await.unwrap();
    assert!(!status.success(), "{status}");
    for pid in family {
        gone(pid).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_environments_side_by_side_do_not_meet() {
    let (left, right) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut commands =
        [command(left.path(), &sample("keto.json")), command(right.path(), &sample("fridge.json"))];
    let [first, second] = &mut commands;
    let (first, second) = tokio::join!(first.output(), second.output());
    let mut dishes = Vec::new();
    for output in [first.unwrap(), second.unwrap()] {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["execution"]["status"], "SUCCEEDED", "{report}");
        assert_eq!(report["session"]["status"], "completed", "{report}");
        for timing in ["build", "synth", "check", "package", "up", "execute"] {
            assert!(report["timingsMs"][timing].is_u64(), "{timing}: {report}");
        }
        for function in report["functions"].as_array().unwrap() {
            assert!(function["bytes"].as_u64().unwrap() > 0, "{function}");
            assert_eq!(function["sha256"].as_str().unwrap().len(), 64, "{function}");
        }
        dishes.push(report["session"]["result"]["recipe"]["name"].clone());
    }
    assert_ne!(dishes[0], dishes[1]);
}

/// An order that is refused starts nothing and writes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_bad_order_is_refused_before_anything_starts() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("order.json");
    fs::write(&bad, r#"{"profile":{"target":"baby","budget":1,"servings":1,"months":37}}"#).unwrap();
    let target_folder = folder.path().join("target");
    let output = command(&target_folder, &bad).output().await.unwrap();
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{talk}");
    assert!(talk.contains("profile.months"), "{talk}");
    assert!(talk.contains("a whole number from 0 to 36"), "{talk}");
    assert!(!target_folder.exists(), "something was written");
}

/// With a data folder the same order is the same execution, also for the next environment.
#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_remembers_over_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let order = folder.path().join("order.json");
    fs::write(&order, r#"{"sessionId":"kept","profile":{"target":"general","budget":1000,"servings":1}}"#)
        .unwrap();
    let mut reports = Vec::new();
    for _ in 0..2 {
        let mut command = command(folder.path(), &order);
        let output = command.arg("--data").arg(folder.path().join("data")).output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        reports.push(serde_json::from_slice::<Value>(&output.stdout).unwrap());
    }
    assert_eq!(reports[0]["session"], reports[1]["session"]);
    assert_eq!(reports[0]["execution"]["startedAt"], reports[1]["execution"]["startedAt"]);
}

/// Who stays is used, and says so when it is older than what was built.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_uses_the_environment_that_stays() {
    let folder = tempfile::tempdir().unwrap();
    let older = folder.path().join("older");
    let staying = Staying::start(&older).await;
    let mut run = Command::new(programs::program("local"));
    run.arg("run")
        .arg("--folder")
        .arg(&older)
        .args(["--output", "json", "--order"])
        .arg(sample("fridge.json"));
    let newer = folder.path().join("price");
    for (task, program) in programs::functions() {
        let program = if task == "PriceFetcher" {
            fs::copy(&program, &newer).unwrap();
            newer.clone()
        } else {
            program
        };
        run.arg("--function").arg(format!("{task}={}", program.display()));
    }
    let variable = |name: &str| staying.exports[name].clone();
    let key = AccessKey {
        id: variable("AWS_ACCESS_KEY_ID"),
        secret: variable("AWS_SECRET_ACCESS_KEY"),
        session_token: variable("AWS_SESSION_TOKEN"),
    };
    let states = harness::states(&variable("AWS_ENDPOINT_URL_SFN"), &key);
    assert_eq!(states.list_state_machines().send().await.unwrap().state_machines.len(), 2);
    let output = run.output().await.unwrap();
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{talk}");
    assert!(!talk.contains(&key.id), "{talk}");
    assert!(talk.contains("keeps up"), "{talk}");
    assert!(talk.contains("an earlier build"), "{talk}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["session"]["status"], "completed", "{report}");
    staying.ended_by(Signal::TERM).await;
}
