//! Functions that misbehave, one row each, seen from outside of the environment: the order fails in AWS's words, the
//! next one is cooked, and no process, socket or file is left behind.

mod cases;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use contract::{
    Order, Status, Task,
    task::{PriceFetcher, RecipeGenerator, ResultCombiner},
};
use platform::ExecutionStatus;
use serde_json::{Value, json};

use cases::{
    Case, EXITED,
    Expected::{Completed as Well, Failed, Without},
    MEMORY_MB, TIMEOUT_MS, case, quick, slow,
};

use crate::{
    harness::parse,
    outside::{OrderOutcome, Outside, Spec, until},
    programs::{program, script},
};

/// What is there while nothing is cooked.
#[derive(Debug)]
struct Scene {
    /// Names of processes, with a mark on those that nobody reaped.
    processes: Vec<String>,
    listening: usize,
    connected: usize,
    files: BTreeSet<PathBuf>,
}

impl Scene {
    fn of(outside: &Outside, folder: &Path) -> Self {
        let (listening, connected) = outside.sockets();
        let mut processes: Vec<String> = outside
            .table()
            .into_values()
            .map(|named| named.replace(" S", "").replace(" R", "").replace(" D", ""))
            .collect();
        processes.sort();
        let mut files = BTreeSet::new();
        collect(folder, &mut files);
        Self { processes, listening, connected, files }
    }
}

/// The functions that behave, by their programs.
const GOOD: [&str; 2] = ["combine", "recipe"];

impl Scene {
    /// Whether nothing is there that was not before. An order that fails while its other branch goes on leaves the next one
    /// to another warm sandbox of a good function, with a Runtime API and connections of its own.
    fn is_as(&self, before: &Self) -> bool {
        let good = |scene: &Self| {
            let is_good = |name: &&String| GOOD.contains(&name.as_str());
            scene.processes.iter().filter(is_good).count()
        };
        let others = |scene: &Self| {
            let others = scene.processes.iter();
            let others = others.filter(|name| !GOOD.contains(&name.as_str())).cloned();
            others.collect::<Vec<_>>()
        };
        let Some(more) = good(self).checked_sub(good(before)) else {
            return false;
        };
        others(self) == others(before)
            && self.listening == before.listening + more
            && (more > 0 || self.connected == before.connected)
            && self.files == before.files
    }
}

/// Every file below but what orders leave behind on purpose.
fn collect(folder: &Path, files: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            if entry.file_name() != "orders" {
                collect(&entry.path(), files);
            }
        } else {
            files.insert(entry.path());
        }
    }
}

struct Stage {
    outside: Outside,
    folder: tempfile::TempDir,
    /// How the next sandboxes of the price function are to initialise, one a line.
    mark: PathBuf,
    programs: tempfile::TempDir,
    orders: std::cell::Cell<usize>,
}

impl Stage {
    async fn set() -> Self {
        let (folder, programs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mark = programs.path().join("mark");
        let lines = format!(
            "if [ -e {mark} ]; then INIT=$(head -n 1 {mark}); export INIT; sed -i 1d {mark}; [ -s {mark} ] || rm {mark}; fi\n\
             exec {misbehave}",
            mark = mark.display(),
            misbehave = program("misbehave").display()
        );
        let price = script(programs.path(), "price", &lines);
        let mut spec = Spec::new(folder.path());
        spec.functions.insert(PriceFetcher::NAME.to_owned(), price);
        spec.limits.insert(PriceFetcher::NAME.to_owned(), (TIMEOUT_MS, MEMORY_MB));
        spec.data = Some(folder.path().join("data"));
        Self { outside: spec.up().await, folder, mark, programs, orders: std::cell::Cell::new(0) }
    }

    fn order(&self, does: &str, number: usize) -> Order {
        let order = self.orders.replace(self.orders.get() + 1);
        parse(&json!({
            "sessionId": format!("order-{order}"),
            "profile": { "target": "general", "budget": 20_000, "servings": 2 },
            "ingredients": [{ "name": format!("do {does}"), "amount": number.to_string() }],
        }))
    }

    fn scene(&self) -> Scene {
        Scene::of(&self.outside, self.folder.path())
    }

    async fn run(&self, does: &str, number: usize) -> OrderOutcome {
        self.outside.run(&self.order(does, number)).await
    }

    async fn still_runs(&self, after: &str) {
        let outcome = self.run("well", 0).await;
        assert_eq!(outcome.execution.status, ExecutionStatus::Succeeded, "after {after}: {outcome:?}");
        assert_eq!(outcome.session.status, Status::Completed, "after {after}");
    }
}

fn check(case: &Case, outcome: &OrderOutcome) {
    let name = format!("{} {} {}", case.init, case.does, case.number);
    let execution = &outcome.execution;
    let failed: Vec<&Value> =
        outcome.history.iter().filter(|event| event["type"] == "LambdaFunctionFailed").collect();
    match case.expected {
        Well => {
            assert_eq!(execution.status, ExecutionStatus::Succeeded, "{name}: {execution:?}");
            assert_eq!(outcome.session.status, Status::Completed, "{name}");
            assert!(failed.is_empty(), "{name}: {failed:?}");
        }
        Without(error) => {
            assert_eq!(execution.status, ExecutionStatus::Succeeded, "{name}: {execution:?}");
            assert_eq!(outcome.session.status, Status::Completed, "{name}");
            // Tried once, and the plan has the first pass's prices.
            let [failed] = failed[..] else {
                panic!("{name}: {:?}", outcome.history);
            };
            assert_eq!(failed["lambdaFunctionFailedEventDetails"]["error"], error, "{name}");
            let pricing = &outcome.session.result.as_ref().unwrap().pricing;
            assert_eq!(pricing.unavailable, None, "{name}");
            assert!(!pricing.unpriced.is_empty(), "{name}: {pricing:?}");
        }
        Failed(error, reason) => {
            assert_eq!(execution.status, ExecutionStatus::Failed, "{name}: {execution:?}");
            assert_eq!(execution.error.as_deref(), Some(error), "{name}: {execution:?}");
            assert!(execution.cause.as_ref().unwrap().contains(reason), "{name}: {execution:?}");
            let [failed] = failed[..] else {
                panic!("{name}: {:?}", outcome.history);
            };
            let details = &failed["lambdaFunctionFailedEventDetails"];
            assert_eq!(details["error"], error, "{name}");
            assert_eq!(details["cause"], *execution.cause.as_ref().unwrap(), "{name}");
            let session = &outcome.session;
            assert_eq!((session.status, session.error.as_deref()), (Status::Failed, Some(error)), "{name}");
            assert_eq!(session.cause, execution.cause, "{name}");
        }
    }
}

/// Until the same processes, sockets and files are there.
async fn restored(stage: &Stage, before: &Scene, after: &str) {
    let mut now = stage.scene();
    for _ in 0..2_000 {
        if now.is_as(before) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        now = stage.scene();
    }
    panic!("left behind after {after}: {now:#?}\nbefore: {before:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fails_in_the_words_of_aws_and_leaves_nothing_behind() {
    let stage = Stage::set().await;
    stage.still_runs("nothing").await;
    until("the client's connection is closed", || stage.outside.sockets().1 <= 6).await;
    let before = stage.scene();
    let mut expected = ["combine", "misbehave", "recipe", "stays"].map(str::to_owned);
    expected.sort();
    assert_eq!(before.processes, expected);

    for case in quick() {
        let name = format!("{} {}", case.init, case.does);
        if !case.init.is_empty() {
            // The next invocation needs a new sandbox.
            stage.run("exit", 1).await;
            fs::write(&stage.mark, format!("{}\n", case.init)).unwrap();
        }
        check(&case, &stage.run(case.does, case.number).await);
        assert!(!stage.mark.exists(), "{name}");
        stage.still_runs(&name).await;
        restored(&stage, &before, &name).await;
    }
    every_line_is_there(&stage).await;
    together(&stage, &before).await;
    assert!(stage.outside.resident_mb() < 200, "{} MB", stage.outside.resident_mb());
    let Stage { outside, programs, .. } = stage;
    outside.closed().await;
    drop(programs);
}

/// The log file has what the talkative function said, all of it and in order.
async fn every_line_is_there(stage: &Stage) {
    let logs = fs::read_dir(stage.folder.path().join("logs")).unwrap();
    let log = logs
        .map(|entry| entry.unwrap().path())
        .find(|path| path.file_name().unwrap().to_string_lossy().starts_with(PriceFetcher::NAME))
        .unwrap();
    let lines = || {
        let text = fs::read_to_string(&log).unwrap();
        let numbers = text.lines().filter_map(|line| line.strip_prefix("line ")?.parse().ok());
        numbers.collect::<Vec<usize>>()
    };
    until("every line is in the file", || lines().len() >= 20_000).await;
    assert!(lines().into_iter().eq(0..20_000));
}

/// The slow ones at the same time, while others are cooked for.
async fn together(stage: &Stage, before: &Scene) {
    let slow = slow();
    let all = slow.iter().map(|case| stage.run(case.does, case.number));
    let mut all = std::pin::pin!(futures::future::join_all(all));
    let mut most = 0;
    let outcome = loop {
        tokio::select! {
            outcome = &mut all => break outcome,
            () = stage.still_runs("the start of the slow ones") => {}
        }
        most = most.max(stage.outside.sockets().1);
    };
    assert!(most < 150, "{most} connections at a time");
    for (case, outcome) in slow.iter().zip(&outcome) {
        check(case, outcome);
    }
    // It has answered, and never comes back for more: the next order waits for it, then gets a new sandbox.
    check(&case("answer and hang", 0, Well), &stage.run("answer and hang", 0).await);
    stage.still_runs("one that does not come back").await;
    check(&case("grandchild", 0, Well), &stage.run("grandchild", 0).await);
    check(&case("exit", 1, Failed(EXITED, "exit status 1")), &stage.run("exit", 1).await);
    stage.still_runs("all").await;

    // Orders at the same time have left more warm sandboxes of the good functions, each with its Runtime API.
    let warm = [RecipeGenerator::NAME, PriceFetcher::NAME, ResultCombiner::NAME].len();
    let mut now = stage.scene();
    for _ in 0..2_000 {
        let more = now.processes.len() - warm - 1;
        let names: BTreeSet<_> = now.processes.iter().cloned().collect();
        let as_before = names == before.processes.iter().cloned().collect();
        if as_before && now.listening == before.listening + more && now.files == before.files {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        now = stage.scene();
    }
    panic!("left behind: {now:#?}\nbefore: {before:#?}");
}
