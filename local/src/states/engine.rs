//! Taking executions, running them, and writing down what must survive.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use asl::{
    history::Event,
    run::{Outcome, Start, TaskExecutor, abort, execute},
};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use super::{
    archive::{Archive, key},
    error::StatesError,
    execution::{Ended, Execution, Snapshot, Status},
    listed::Listed,
    machine::Machine,
    request::{check_name, parse_input},
    restart::{RESTARTED, Remembered, interrupted_history, remembered},
};
use crate::{
    clock,
    journal::{Entry, Journal},
};

/// Why an execution ended that was running when its environment was shut down.
const SHUT_DOWN: &str = "environment shut down";

/// All machines and executions of one environment.
pub struct Engine {
    /// What runs keeps the definition that it was started with.
    machines: Mutex<BTreeMap<String, Arc<Machine>>>,
    /// What runs, and what ended lately.
    executions: Mutex<BTreeMap<String, Arc<Execution>>>,
    /// The names of executions that the journal has, of machines that nobody has any more.
    left_out: BTreeSet<String>,
    /// The ARNs of those in memory that ended, in that order.
    pub(super) ended: Mutex<VecDeque<String>>,
    pub(super) archive: Arc<Archive>,
    /// Held while an execution is being taken: a name is given once.
    taking: tokio::sync::Mutex<()>,
    world: Arc<dyn TaskExecutor>,
    journal: Option<Journal>,
    /// Every change of an execution's status, for whoever forwards events.
    changes: mpsc::UnboundedSender<Snapshot>,
    tasks: TaskTracker,
}

impl Engine {
    /// With these machines, and with the executions that a journal remembers. Those that were running have ended now:
    /// ABORTED. Of those that had failed before, `unheard` says which have an end that nobody acted on: they are told
    /// again.
    ///
    /// # Errors
    /// The journal refuses to be written.
    pub async fn new(
        machines: Vec<Machine>,
        world: Arc<dyn TaskExecutor>,
        journal: Option<(Journal, Vec<Entry>)>,
        changes: mpsc::UnboundedSender<Snapshot>,
        unheard: impl Fn(&Snapshot) -> bool,
    ) -> Result<Arc<Self>, StatesError> {
        let machines: BTreeMap<_, _> = machines
            .into_iter()
            .map(|machine| (machine.arn.clone(), Arc::new(machine)))
            .collect();
        let (journal, entries) = journal.unzip();
        let Remembered { executions, left_out } = remembered(&machines, entries.unwrap_or_default());
        let engine = Arc::new(Self {
            machines: Mutex::new(machines),
            executions: Mutex::new(executions),
            left_out,
            ended: Mutex::default(),
            archive: Arc::default(),
            taking: tokio::sync::Mutex::default(),
            world,
            journal,
            changes,
            tasks: TaskTracker::new(),
        });
        for execution in engine.in_memory() {
            let snapshot = execution.snapshot();
            let well = matches!(snapshot.status(), Status::Running | Status::Succeeded);
            if !well && unheard(&snapshot) {
                engine.tell(&execution);
            }
        }
        for interrupted in engine
            .in_memory()
            .iter()
            .filter(|execution| execution.snapshot().ended.is_none())
        {
            for event in interrupted_history(interrupted) {
                interrupted.record(serde_json::to_value(event).unwrap_or_default());
            }
            let outcome = Outcome::Aborted {
                error: None,
                cause: Some(RESTARTED.to_owned()),
            };
            engine.finish(interrupted, outcome).await?;
        }
        Ok(engine)
    }

    /// A machine by its ARN.
    ///
    /// # Errors
    /// There is none.
    pub fn machine(&self, arn: &str) -> Result<Arc<Machine>, StatesError> {
        let found = self.known().get(arn).map(Arc::clone);
        found.ok_or_else(|| StatesError::StateMachineDoesNotExist { arn: arn.to_owned() })
    }

    /// Every machine, by ARN.
    #[must_use]
    pub fn machines(&self) -> Vec<Arc<Machine>> {
        self.known().values().map(Arc::clone).collect()
    }

    /// Gives a machine another definition, for the executions that are started from now on. A restart forgets it: the
    /// template says what runs.
    ///
    /// # Errors
    /// There is no such machine, or its new definition is refused.
    pub fn update(&self, arn: &str, definition: String) -> Result<(), StatesError> {
        let machine = self.machine(arn)?.redefined(definition)?;
        self.known().insert(arn.to_owned(), Arc::new(machine));
        Ok(())
    }

    /// An execution by its ARN.
    ///
    /// # Errors
    /// There is none, or the archive cannot be read.
    pub fn execution(&self, arn: &str) -> Result<Arc<Execution>, StatesError> {
        let found = self.executions().get(arn).map(Arc::clone);
        // It is in the archive before it leaves the memory: looked for in this order it is always found.
        let found = match found {
            Some(found) => Some(found),
            None => self
                .archive
                .get(key(arn))
                .map_err(StatesError::Archive)?
                .map(Arc::new),
        };
        found.ok_or_else(|| StatesError::ExecutionDoesNotExist { arn: arn.to_owned() })
    }

    /// Whether an execution of this name was ever taken, also when what it was of is gone or cannot be read now.
    #[must_use]
    pub fn was_taken(&self, machine_arn: &str, name: &str) -> bool {
        let unknown = |error| matches!(error, StatesError::ExecutionDoesNotExist { .. });
        self.left_out.contains(name)
            || !self
                .execution(&execution_arn(machine_arn, name))
                .is_err_and(unknown)
    }

    /// Every execution, newest first.
    #[must_use]
    pub fn list(&self) -> Vec<Listed> {
        // The archive last, for the same reason.
        let in_memory = self.in_memory();
        Listed::all(in_memory, self.archive.entries())
    }

    /// An execution of the list.
    ///
    /// # Errors
    /// The archive cannot be read.
    pub fn listed(&self, listed: &Listed) -> Result<Arc<Execution>, StatesError> {
        if let Some(execution) = listed.in_memory() {
            return Ok(Arc::clone(execution));
        }
        let found = self.archive.get(listed.key()).map_err(StatesError::Archive)?;
        // Nothing ever leaves the archive.
        found
            .map(Arc::new)
            .ok_or_else(|| StatesError::ExecutionDoesNotExist {
                arn: listed.key().to_string(),
            })
    }

    /// What runs and what ended lately, newest first.
    pub(super) fn in_memory(&self) -> Vec<Arc<Execution>> {
        let mut all: Vec<_> = self.executions().values().map(Arc::clone).collect();
        all.sort_by(|a, b| {
            b.started_at()
                .cmp(&a.started_at())
                .then_with(|| a.arn().cmp(b.arn()))
        });
        all
    }

    /// Takes an execution. The same name with the same input while it runs is the same execution. Returns when it is
    /// in the journal, if there is one.
    ///
    /// # Errors
    /// [`StatesError`].
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
        // On a task of its own: a client that hangs up does not leave an execution half taken.
        let engine = Arc::clone(self);
        let taken = tokio::spawn(async move { engine.take(machine, name, text, input).await });
        taken.await.map_err(|_| StatesError::ShuttingDown)?
    }

    async fn take(
        self: Arc<Self>,
        machine: Arc<Machine>,
        name: String,
        text: String,
        input: Value,
    ) -> Result<Arc<Execution>, StatesError> {
        let _one_by_one = self.taking.lock().await;
        if self.tasks.is_closed() {
            return Err(StatesError::ShuttingDown);
        }
        let arn = execution_arn(&machine.arn, &name);
        if let Ok(known) = self.execution(&arn) {
            let same = known.snapshot().ended.is_none() && known.has_input(&input);
            return if same {
                Ok(known)
            } else {
                Err(StatesError::ExecutionAlreadyExists { arn })
            };
        }
        let started_at = clock::now();
        if let Some(journal) = &self.journal {
            let entry = Entry::Started {
                execution_arn: arn.clone(),
                machine_arn: machine.arn.clone(),
                input: text.clone(),
                at_ms: started_at.as_millisecond(),
            };
            journal.append(&entry).await.map_err(StatesError::Journal)?;
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
        self.executions().insert(arn.clone(), Arc::clone(&execution));
        self.tell(&execution);

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
            let record = |event: Event| {
                // An event is made of texts and numbers: it always has a JSON form.
                running.record(serde_json::to_value(event).unwrap_or_default());
            };
            let world = Arc::clone(&engine.world);
            let outcome = execute(&machine.parsed, start, world, signal, record).await;
            // What the journal does not take now is told anyway, since it has happened; the journal owes it.
            let _owed = engine.finish(&running, outcome).await;
            engine.rest(running.arn()).await;
        });
        Ok(execution)
    }

    async fn finish(&self, execution: &Execution, outcome: Outcome) -> Result<(), StatesError> {
        let at = match (&outcome, execution.machine().parsed.timeout_seconds) {
            // As on AWS: it ended when its time was up, not when somebody came to look.
            (Outcome::TimedOut, Some(seconds)) => {
                execution.started_at() + std::time::Duration::from_secs(seconds)
            }
            _ => clock::now(),
        };
        let ended = Ended::new(outcome, at);
        let mut written = Ok(());
        if let Some(journal) = &self.journal {
            let entry = Entry::Ended {
                execution_arn: execution.arn().to_owned(),
                status: ended.status.name().to_owned(),
                output: ended.output.clone(),
                error: ended.error.clone(),
                cause: ended.cause.clone(),
                at_ms: ended.at.as_millisecond(),
                history: execution.events(0),
            };
            written = journal.append_or_owe(&entry).await.map_err(StatesError::Journal);
        }
        // The event is on its way before anybody who waits for the end goes on and looks for what the event does.
        let mut change = execution.snapshot();
        change.ended = Some(ended.clone());
        self.send(change);
        execution.end(ended);
        written
    }

    /// Stops whatever runs and waits for its end.
    pub async fn abort_all(&self) {
        for execution in self.in_memory() {
            execution.stop(None, Some(SHUT_DOWN.to_owned()));
        }
        self.idle(|_| true).await;
    }

    /// Takes nothing more, stops whatever runs and waits for its end.
    pub async fn shutdown(&self) {
        {
            let _nobody_comes_in = self.taking.lock().await;
            self.tasks.close();
        }
        self.abort_all().await;
        self.tasks.wait().await;
        if let Some(journal) = &self.journal {
            // What a disk that is still full does not take was interrupted, for the next environment.
            let _not_remembered = journal.settle().await;
        }
    }

    /// Waits until no execution of these machines runs. Something new may start meanwhile and afterwards.
    pub async fn idle(&self, machines: impl Fn(&Machine) -> bool) {
        for execution in self.in_memory() {
            if machines(execution.machine()) {
                execution.ended().await;
            }
        }
    }

    fn tell(&self, execution: &Execution) {
        self.send(execution.snapshot());
    }

    fn send(&self, change: Snapshot) {
        // Without a listener, as in a test of this alone, nobody is told.
        let _nobody_listens = self.changes.send(change);
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Machine>>> {
        self.machines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn executions(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Execution>>> {
        self.executions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The ARN of a machine's execution.
#[must_use]
pub fn execution_arn(machine_arn: &str, name: &str) -> String {
    format!(
        "{}:{name}",
        machine_arn.replacen(":stateMachine:", ":execution:", 1)
    )
}

#[cfg(test)]
mod tests;
