//! Starting executions, running them, and storing what must survive.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex},
};

use asl::{
    history::Event,
    run::{Outcome, Start, TaskExecutor, abort, execute},
};
use futures::future::{join_all, try_join_all};
use platform::ExecutionStatus;
use serde_json::Value;
use tokio::sync::{RwLock, mpsc};
use tokio_util::task::TaskTracker;

use super::{
    error::StatesError,
    execution::{Ended, Execution, Snapshot},
    live::{LiveExecutions, Slot},
    machine::Machine,
    recovery,
    request::{check_name, parse_input},
    store::{ExecutionStore, PageKey, StoreError, StoredExecution, Summary},
};
use crate::{clock, lock::lock};

/// Why an execution ended that was running when its environment was shut down.
const SHUT_DOWN: &str = "environment shut down";

pub struct Engine {
    /// Every revision of every machine, oldest first: an execution keeps the one that it was started with.
    revisions: Mutex<Vec<Arc<Machine>>>,
    live: LiveExecutions,
    store: ExecutionStore,
    /// Executions whose end the disk refused. They stay in memory, and are stored when there is room again.
    unstored: Mutex<Vec<Arc<Execution>>>,
    /// Read-locked while an execution is started, write-locked by the shutdown.
    accepting: RwLock<()>,
    task_executor: Arc<dyn TaskExecutor>,
    changes: mpsc::UnboundedSender<Snapshot>,
    tasks: TaskTracker,
}

/// A part of the list of executions.
#[derive(Debug, Default)]
pub struct Page {
    pub executions: Vec<Summary>,
    /// The key that the next page begins after; `None` on the last one.
    pub next: Option<PageKey>,
}

impl Engine {
    /// With these machines, and with the executions of the store. Those that were running have ended now: ABORTED. Of
    /// `undelivered`, ARNs of executions, the failure of those that had failed before is sent again.
    pub async fn new(
        machines: Vec<Machine>,
        task_executor: Arc<dyn TaskExecutor>,
        store: ExecutionStore,
        changes: mpsc::UnboundedSender<Snapshot>,
        undelivered: impl IntoIterator<Item = String>,
    ) -> Result<Arc<Self>, StatesError> {
        let engine = Arc::new(Self {
            revisions: Mutex::new(machines.into_iter().map(Arc::new).collect()),
            live: LiveExecutions::default(),
            store,
            unstored: Mutex::default(),
            accepting: RwLock::default(),
            task_executor,
            changes,
            tasks: TaskTracker::new(),
        });
        for arn in undelivered {
            if let Some(ended) = engine.stored(&arn)?
                && ended.snapshot().status() != ExecutionStatus::Succeeded
            {
                engine.send(ended.snapshot());
            }
        }
        let running = engine.store.running()?.into_iter();
        // Executions of machines that are gone stay as they are.
        let interrupted = running.filter_map(|stored| {
            let machine = engine.machine(&stored.machine_arn).ok()?;
            Some(Arc::new(restored(stored, machine)))
        });
        let ended = interrupted.map(async |execution: Arc<Execution>| {
            let outcome = recovery::interrupt(&execution);
            engine.finish(execution, outcome).await
        });
        try_join_all(ended).await?;
        Ok(engine)
    }

    /// A machine by its ARN.
    pub fn machine(&self, arn: &str) -> Result<Arc<Machine>, StatesError> {
        let revisions = lock(&self.revisions);
        let newest = revisions.iter().rev().find(|machine| machine.arn == arn);
        newest.map(Arc::clone).ok_or_else(|| StatesError::StateMachineDoesNotExist { arn: arn.to_owned() })
    }

    /// Every machine, by ARN.
    pub fn machines(&self) -> Vec<Arc<Machine>> {
        let revisions = lock(&self.revisions);
        let newest: BTreeMap<_, _> = revisions.iter().map(|machine| (&machine.arn, machine)).collect();
        newest.into_values().map(Arc::clone).collect()
    }

    /// Gives a machine another definition, for the executions that are started from now on. A restart forgets it: the
    /// template says what runs.
    pub fn update(&self, arn: &str, definition: String) -> Result<(), StatesError> {
        let machine = self.machine(arn)?.redefined(definition)?;
        lock(&self.revisions).push(Arc::new(machine));
        Ok(())
    }

    /// An execution by its ARN.
    pub fn execution(&self, arn: &str) -> Result<Arc<Execution>, StatesError> {
        // An end is stored before the execution leaves the memory: in this order it is always found.
        let found = match self.live.get(arn) {
            Some(Slot::Live(execution)) => Some(execution),
            Some(Slot::Starting(_)) => None,
            None => self.stored(arn)?.map(Arc::new),
        };
        found.ok_or_else(|| StatesError::ExecutionDoesNotExist { arn: arn.to_owned() })
    }

    /// An execution whose end is stored. One without an end is being started at this moment.
    fn stored(&self, arn: &str) -> Result<Option<Execution>, StoreError> {
        let Some((machine_arn, name)) = parse_execution_arn(arn) else {
            return Ok(None);
        };
        let found = self.store.find(&machine_arn, name)?;
        Ok(found.and_then(|stored| {
            let revision = stored.end.as_ref()?.revision;
            let machine = match revision {
                Some(revision) => lock(&self.revisions).get(revision).map(Arc::clone),
                None => self.machine(&machine_arn).ok(),
            };
            Some(restored(stored, machine?))
        }))
    }

    /// Whether an execution of this name was ever accepted, also when its machine is gone or the store cannot be read now.
    pub fn was_accepted(&self, machine_arn: &str, name: &str) -> bool {
        let is_known = |found: Vec<String>| {
            let mut found = found.iter();
            found.any(|machine| machine == machine_arn || self.machine(machine).is_err())
        };
        self.live.get(&execution_arn(machine_arn, name)).is_some()
            || self.store.machines_with(name).map_or(true, is_known)
    }

    /// Up to `limit` executions of a machine after the key `after`, newest first, of one status if one is given.
    pub fn list(
        &self,
        machine_arn: &str,
        status: Option<ExecutionStatus>,
        after: Option<PageKey>,
        limit: usize,
    ) -> Result<Page, StatesError> {
        let mut page = Page::default();
        let (mut read, mut last) = (after, None);
        loop {
            // One more than the page takes: it says whether there is a next page.
            let rows = self.store.list(machine_arn, status, read, limit.saturating_add(1))?;
            let is_end = rows.len() <= limit;
            for (key, stored) in rows {
                read = Some(key);
                // While an execution is in memory, its state there is the current one.
                let summary = match self.live.get(&execution_arn(machine_arn, &stored.name)) {
                    Some(Slot::Live(live)) => live.snapshot().summary(),
                    Some(Slot::Starting(_)) | None => stored,
                };
                if status.is_some_and(|status| summary.status != status) {
                    continue;
                }
                if page.executions.len() == limit {
                    page.next = last;
                    return Ok(page);
                }
                page.executions.push(summary);
                last = Some(key);
            }
            if is_end {
                return Ok(page);
            }
        }
    }

    /// Starts an execution. The same name with the same input while it runs is the same execution. Returns when it is
    /// stored.
    pub async fn start(
        self: &Arc<Self>,
        machine_arn: &str,
        name: Option<String>,
        input: Option<String>,
    ) -> Result<Arc<Execution>, StatesError> {
        let machine = self.machine(machine_arn)?;
        let name = name.unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
        check_name(&name)?;
        let text = input.unwrap_or_else(|| "{}".to_owned());
        let input = parse_input(&text)?;
        // On a task of its own: a client that hangs up does not leave an execution that is half started.
        let engine = Arc::clone(self);
        let accepted = tokio::spawn(async move { engine.accept(machine, name, text, input).await });
        accepted.await.map_err(|_| StatesError::ShuttingDown)?
    }

    async fn accept(
        self: Arc<Self>,
        machine: Arc<Machine>,
        name: String,
        text: String,
        input: Value,
    ) -> Result<Arc<Execution>, StatesError> {
        let _accepting = self.accepting.read().await;
        if self.tasks.is_closed() {
            return Err(StatesError::ShuttingDown);
        }
        let arn = execution_arn(&machine.arn, &name);
        let reserved = match self.live.reserve(&arn).await {
            Ok(reserved) => reserved,
            Err(live) if live.snapshot().ended.is_none() && live.has_input(&input) => return Ok(live),
            Err(_) => return Err(StatesError::ExecutionAlreadyExists { arn }),
        };
        self.store_again().await;
        let started_at = clock::now();
        if !self.store.insert(&machine.arn, &name, &text, started_at).await? {
            return Err(StatesError::ExecutionAlreadyExists { arn });
        }
        let (aborter, signal) = abort();
        let execution = Arc::new(Execution::new(
            arn.clone(),
            name.clone(),
            Arc::clone(&machine),
            text,
            started_at,
            Some(aborter),
        ));
        reserved.fill(Arc::clone(&execution));
        self.send(execution.snapshot());

        let start = Start {
            execution_arn: arn,
            execution_name: name,
            machine_arn: machine.arn.clone(),
            machine_name: machine.name.clone(),
            role_arn: machine.role_arn.clone(),
            input,
            started_at,
            jitter_seed: rand::random(),
        };
        let (engine, running) = (Arc::clone(&self), Arc::clone(&execution));
        self.tasks.spawn(async move {
            let record = |event: Event| running.record(event);
            let task_executor = Arc::clone(&engine.task_executor);
            let outcome = execute(&machine.parsed, start, task_executor, signal, record).await;
            // An end that the disk refuses is announced anyway, since it has happened; it is stored later.
            let _unstored = engine.finish(Arc::clone(&running), outcome).await;
        });
        Ok(execution)
    }

    async fn finish(&self, execution: Arc<Execution>, outcome: Outcome) -> Result<(), StatesError> {
        let at = match (&outcome, execution.machine().parsed.timeout_seconds) {
            // As on AWS: it ended at its timeout, not when that was noticed.
            (Outcome::TimedOut, Some(seconds)) => {
                execution.started_at() + std::time::Duration::from_secs(seconds)
            }
            _ => clock::now(),
        };
        let ended = Ended::new(outcome, at);
        // In a data folder the end is durable before it is announced. Nobody waits for a write that is gone with this process.
        let stored =
            if self.store.is_durable() { Some(self.store_end(&execution, &ended).await) } else { None };
        // The event is sent before a caller that waits for the end continues and looks for the event's effect.
        let mut change = execution.snapshot();
        change.ended = Some(ended.clone());
        self.send(change);
        execution.end(ended.clone());
        let stored = match stored {
            Some(stored) => stored,
            None => self.store_end(&execution, &ended).await,
        };
        self.evict(execution, stored.is_ok());
        Ok(stored?)
    }

    async fn store_end(&self, execution: &Execution, ended: &Ended) -> Result<(), StoreError> {
        let revisions = lock(&self.revisions).clone();
        let revision = revisions.iter().position(|machine| Arc::ptr_eq(machine, execution.machine()));
        let revision = revision.unwrap_or(usize::MAX);
        let snapshot = execution.snapshot();
        self.store.end(&snapshot, ended, execution.events(0), revision).await
    }

    /// An execution has ended: it leaves the memory once that is stored.
    fn evict(&self, execution: Arc<Execution>, is_stored: bool) {
        if is_stored {
            self.live.remove(execution.arn());
        } else {
            lock(&self.unstored).push(execution);
        }
    }

    /// Tries to store the ends that the disk refused.
    async fn store_again(&self) {
        let unstored = mem::take(&mut *lock(&self.unstored));
        join_all(unstored.into_iter().map(async |execution| {
            let ended = execution.ended().await;
            let stored = self.store_end(&execution, &ended).await;
            self.evict(execution, stored.is_ok());
        }))
        .await;
    }

    /// Stops whatever runs and waits for its end.
    pub async fn abort_all(&self) {
        for execution in self.live.all() {
            execution.stop(None, Some(SHUT_DOWN.to_owned()));
        }
        self.wait_for_ends(|_| true).await;
    }

    /// Accepts nothing more, stops whatever runs and waits for its end.
    pub async fn shutdown(&self) {
        {
            let _nobody_starts = self.accepting.write().await;
            self.tasks.close();
        }
        self.abort_all().await;
        self.tasks.wait().await;
        // What a disk that is still full refuses was interrupted, for the next environment.
        self.store_again().await;
    }

    /// Waits until no execution of these machines runs. Something new may start meanwhile and afterwards.
    pub async fn wait_for_ends(&self, machines: impl Fn(&Machine) -> bool) {
        for execution in self.live.all() {
            if machines(execution.machine()) {
                execution.ended().await;
            }
        }
    }

    fn send(&self, change: Snapshot) {
        // Without a listener, as in a test of the engine alone, the change is dropped.
        let _nobody_listens = self.changes.send(change);
    }
}

fn restored(stored: StoredExecution, machine: Arc<Machine>) -> Execution {
    let arn = execution_arn(&machine.arn, &stored.name);
    let execution = Execution::new(arn, stored.name, machine, stored.input, stored.started_at, None);
    if let Some(end) = stored.end {
        execution.restore(end.events, end.ended);
    }
    execution
}

pub fn execution_arn(machine_arn: &str, name: &str) -> String {
    format!("{}:{name}", machine_arn.replacen(":stateMachine:", ":execution:", 1))
}

/// The machine's ARN and the name that [`execution_arn`] was made of.
fn parse_execution_arn(arn: &str) -> Option<(String, &str)> {
    let (of_machine, name) = arn.rsplit_once(':')?;
    Some((of_machine.replacen(":execution:", ":stateMachine:", 1), name))
}

#[cfg(test)]
mod tests;
