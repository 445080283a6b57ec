//! The `local` program as a person starts it: two of it do not meet, one that stays is used. What a signal or a kill leaves
//! behind is tested in `local/tests/killed.rs`.

use std::{collections::BTreeMap, fs, path::Path, process::Stdio};

use local::serve::AccessKey;
use rustix::process::Signal;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStderr, Command},
};

use crate::{
    harness, outside,
    programs::{self, sample},
};

/// An environment that stays, with an order cooked.
struct Staying {
    child: Child,
    talk: Lines<BufReader<ChildStderr>>,
    /// The variables that it says to export.
    exports: BTreeMap<String, String>,
}

/// A deployment of this order.
pub(crate) fn deploy(folder: &Path, order: &Path) -> Command {
    let mut command = Command::from(programs::local("deploy", folder, order));
    command.args(["--output", "json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

impl Staying {
    async fn start(folder: &Path) -> Self {
        let mut child = deploy(folder, &sample("keto.json")).arg("--stay").spawn().unwrap();
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

    /// Ends it, and waits for the end of every process that inherited the pipe behind its stderr.
    async fn end(mut self) {
        outside::send(self.child.id().unwrap(), Signal::TERM);
        self.child.wait().await.unwrap();
        while self.talk.next_line().await.unwrap().is_some() {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_environments_side_by_side_do_not_meet() {
    let (left, right) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut commands =
        [deploy(left.path(), &sample("keto.json")), deploy(right.path(), &sample("fridge.json"))];
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

/// With a data folder the same order is the same execution, also for the next environment.
#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_remembers_over_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let order = folder.path().join("order.json");
    fs::write(&order, r#"{"sessionId":"kept","profile":{"target":"general","budget":1000,"servings":1}}"#)
        .unwrap();
    let mut reports = Vec::new();
    for _ in 0..2 {
        let mut command = deploy(folder.path(), &order);
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
    staying.end().await;
}
