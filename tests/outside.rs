//! An environment in processes of its own, that tests look at from outside and kill.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use aws_sdk_dynamodb::types::AttributeValue;
use contract::{Order, session::attribute};
use local::{
    control::{Found, Live},
    process::tree,
};
use platform::Platform as _;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::{harness, programs};

/// What an environment is brought up with.
#[derive(Clone)]
pub(crate) struct Spec {
    pub(crate) functions: BTreeMap<String, PathBuf>,
    pub(crate) folder: PathBuf,
    pub(crate) data: Option<PathBuf>,
    /// Timeout in milliseconds and memory in MB, by task.
    pub(crate) limits: BTreeMap<String, (u64, u32)>,
}

/// An environment that is up, or was.
pub(crate) struct Outside {
    child: Child,
    found: Found,
    pub(crate) machine: String,
    pub(crate) states: aws_sdk_sfn::Client,
    pub(crate) tables: aws_sdk_dynamodb::Client,
}

impl Spec {
    /// With the functions as cargo built them, and this folder for everything.
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            functions: programs::functions(),
            folder: folder.to_owned(),
            data: None,
            limits: BTreeMap::new(),
        }
    }

    /// The command that brings it up. `before` is a program that becomes it, with arguments.
    pub(crate) fn command(&self, before: &[&str]) -> Command {
        let spec = json!({
            "functions": self.functions, "folder": self.folder, "data": self.data, "limits": self.limits,
        });
        let mut words = before.iter().map(|word| word.to_string().into());
        let stays = programs::program("stays").into_os_string();
        let mut command = std::process::Command::new(words.next().unwrap_or_else(|| stays.clone()));
        command.args(words);
        if !before.is_empty() {
            command.arg(stays);
        }
        command.arg(spec.to_string());
        // As a shell's job: what is sent to the group does not reach the test.
        command.process_group(0);
        // Otherwise glibc keeps freed memory for each of the threads that were busy at once, and the environment's own is not seen.
        command.env("MALLOC_ARENA_MAX", "2");
        let mut command = Command::from(command);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Starts it, and does not wait until it is up.
    pub(crate) fn spawn(&self) -> Child {
        self.command(&[]).stderr(Stdio::null()).spawn().unwrap()
    }

    pub(crate) async fn up(&self) -> Outside {
        self.up_in(&[]).await
    }

    pub(crate) async fn up_in(&self, before: &[&str]) -> Outside {
        let mut child = self.command(before).stderr(Stdio::inherit()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let Some(line) = lines.next_line().await.unwrap() else {
            panic!("it ended before it was up: {:?}", child.wait().await);
        };
        let line: Value = serde_json::from_str(&line).unwrap();
        let found: Found = serde_json::from_value(line["found"].clone()).unwrap();
        Outside {
            child,
            machine: line["machine"].as_str().unwrap().to_owned(),
            states: harness::states(&found.states_url, &found.access_key),
            tables: harness::tables(line["dynamodb"].as_str().unwrap(), &found.access_key),
            found,
        }
    }
}

impl Outside {
    /// A client of its own. It keeps connections open as long as it lives.
    pub(crate) async fn live(&self) -> Live {
        Live::connect(self.found.clone()).await.unwrap()
    }

    pub(crate) const fn worker(&self) -> u32 {
        self.found.pid
    }

    pub(crate) fn supervisor(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Kills processes that nobody can catch up with, and waits until nothing of the environment is left.
    pub(crate) async fn killed(mut self, kill: impl FnOnce(&Self)) {
        let family = self.family();
        kill(&self);
        self.child.wait().await.unwrap();
        for process in family {
            until("a killed environment's process is gone", || !is_alive(process)).await;
        }
    }

    /// Ends it in order.
    pub(crate) async fn closed(self) {
        self.killed(|outside| send(outside.supervisor(), Signal::TERM)).await;
    }

    /// Every living process of it but the supervisor.
    pub(crate) fn family(&self) -> Vec<u32> {
        tree::descendants(self.supervisor())
    }

    /// Every process below the supervisor by number, those too that have ended and that nobody has reaped.
    pub(crate) fn table(&self) -> BTreeMap<u32, String> {
        let all = fs::read_dir("/proc").unwrap();
        let all: BTreeMap<u32, (u32, String)> = all
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
            .filter_map(|pid| {
                let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
                let (name, rest) = stat.rsplit_once(") ")?;
                let mut fields = rest.split(' ');
                let state = fields.next()?;
                let parent = fields.next()?.parse().ok()?;
                Some((pid, (parent, format!("{} {state}", name.split_once('(')?.1))))
            })
            .collect();
        let mut below = BTreeSet::from([self.supervisor()]);
        // Numbers wrap around: a child may have a smaller one than its parent.
        loop {
            let more = all.iter().filter(|(_, (parent, _))| below.contains(parent));
            let more: Vec<u32> = more.map(|(pid, _)| *pid).filter(|pid| !below.contains(pid)).collect();
            if more.is_empty() {
                break;
            }
            below.extend(more);
        }
        below.remove(&self.supervisor());
        let named = |pid: u32| Some((pid, all.get(&pid)?.1.clone()));
        below.into_iter().filter_map(named).collect()
    }

    /// The sockets of the worker: which ports it listens on, and how many connections it has.
    pub(crate) fn sockets(&self) -> (usize, usize) {
        let worker = self.worker();
        let links = fs::read_dir(format!("/proc/{worker}/fd")).unwrap();
        let own: BTreeSet<String> = links
            .filter_map(|link| fs::read_link(link.ok()?.path()).ok())
            .filter_map(|target| {
                let socket = target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
                Some(socket.to_owned())
            })
            .collect();
        let table = fs::read_to_string(format!("/proc/{worker}/net/tcp")).unwrap();
        let states = table.lines().skip(1).filter_map(|line| {
            let fields: Vec<_> = line.split_whitespace().collect();
            own.contains(*fields.get(9)?).then(|| fields[3].to_owned())
        });
        let (listening, connected): (Vec<_>, Vec<_>) = states.partition(|state| state == "0A");
        (listening.len(), connected.len())
    }

    /// Resident memory of the worker in MB.
    pub(crate) fn resident_mb(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.worker())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() / 1_024
    }

    /// Every item of a table, by session.
    pub(crate) async fn items(&self, table: &str) -> BTreeMap<String, BTreeMap<String, String>> {
        let scan = self.tables.scan().table_name(table).consistent_read(true);
        let items = scan.into_paginator().items().send();
        let items = items.collect::<Result<Vec<_>, _>>().await.unwrap();
        let text = |value: AttributeValue| value.as_s().ok().cloned();
        let plain = items.into_iter().map(|item| {
            let fields = item.into_iter().filter_map(|(name, value)| Some((name, text(value)?)));
            fields.collect::<BTreeMap<_, _>>()
        });
        plain.map(|item| (item[attribute::SESSION_ID].clone(), item)).collect()
    }

    /// The status of every execution of the workflow, by name.
    pub(crate) async fn executions(&self) -> BTreeMap<String, String> {
        let list = self.states.list_executions().state_machine_arn(&self.machine);
        let executions = list.into_paginator().items().send();
        let executions = executions.collect::<Result<Vec<_>, _>>().await.unwrap();
        let status =
            |execution: &aws_sdk_sfn::types::ExecutionListItem| execution.status().as_str().to_owned();
        executions.into_iter().map(|execution| (execution.name().to_owned(), status(&execution))).collect()
    }

    /// An order to its end: how the execution ended, its history, and how the session did.
    pub(crate) async fn run(&self, order: &Order) -> OrderOutcome {
        let live = self.live().await;
        let started = live.start(order).await.unwrap();
        let execution = live.follow(&started.execution, &mut |_| {}).await.unwrap();
        let history = live.history(&started.execution).await.unwrap();
        let session = live.session(&order.session_id).await.unwrap().unwrap();
        OrderOutcome { execution, history, session }
    }
}

/// What became of an order.
#[derive(Debug)]
pub(crate) struct OrderOutcome {
    pub(crate) execution: platform::Execution,
    pub(crate) history: Vec<Value>,
    pub(crate) session: contract::Session,
}

pub(crate) fn send(pid: u32, signal: Signal) {
    kill_process(pid_of(pid), signal).unwrap();
}

pub(crate) fn send_to_group(leader: u32, signal: Signal) {
    kill_process_group(pid_of(leader), signal).unwrap();
}

fn pid_of(pid: u32) -> Pid {
    Pid::from_raw(i32::try_from(pid).unwrap()).unwrap()
}

/// Neither gone nor ended: whoever adopted it may not reap it.
pub(crate) fn is_alive(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    state.is_some_and(|state| !matches!(state, 'Z' | 'X'))
}

/// Waits for something that nothing tells us of.
pub(crate) async fn until(what: &str, mut check: impl FnMut() -> bool) {
    for _ in 0..10_000 {
        if check() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("not in 20 s: {what}");
}
