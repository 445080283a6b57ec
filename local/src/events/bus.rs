//! Delivers status changes of executions to the targets of matching rules.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

use cfn::{
    Literal,
    resource::{Rule, RuleTarget},
};
use serde_json::{Value, json};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use super::{
    pattern,
    status_change::{self, Place},
    transformer,
};
use crate::{
    lock::lock,
    metrics::Metrics,
    states::{Engine, Snapshot},
};

pub(crate) struct Bus {
    flushes: mpsc::Sender<oneshot::Sender<()>>,
    dead_letters: Arc<Mutex<DeadLetters>>,
    task: JoinHandle<()>,
}

struct Dispatcher {
    rules: Vec<Rule<Literal>>,
    place: Place,
    engine: Arc<Engine>,
    metrics: Metrics,
    dead_letters: Arc<Mutex<DeadLetters>>,
}

/// What lies in the dead-letter queues.
#[derive(Default)]
struct DeadLetters {
    /// The newest events.
    newest: VecDeque<Value>,
    /// How many events lie in each queue, by its name.
    counts: BTreeMap<String, u32>,
}

/// Most dead letters that are kept as events; all of them are counted.
const MAX_KEPT: usize = 1_000;

impl Bus {
    pub(crate) fn start(
        rules: Vec<Rule<Literal>>,
        place: Place,
        engine: Arc<Engine>,
        metrics: Metrics,
        mut changes: mpsc::UnboundedReceiver<Snapshot>,
    ) -> Self {
        let dead_letters = Arc::default();
        let dispatcher =
            Dispatcher { rules, place, engine, metrics, dead_letters: Arc::clone(&dead_letters) };
        let (flushes, mut asked) = mpsc::channel::<oneshot::Sender<()>>(1);
        let task = tokio::spawn(async move {
            loop {
                // Biased: a flush is answered when no change is waiting.
                tokio::select! {
                    biased;
                    Some(change) = changes.recv() => dispatcher.deliver(&change).await,
                    Some(done) = asked.recv() => {
                        let _nobody_waits = done.send(());
                    }
                    else => break,
                }
            }
        });
        Self { flushes, dead_letters, task }
    }

    pub(crate) async fn flush(&self) {
        let (done, flushed) = oneshot::channel();
        if self.flushes.send(done).await.is_ok() {
            let _bus_is_gone = flushed.await;
        }
    }

    /// The newest events that could not be delivered to a target with a dead-letter queue, oldest first.
    pub(crate) fn dead_letters(&self) -> Vec<Value> {
        lock(&self.dead_letters).newest.iter().cloned().collect()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Dispatcher {
    async fn deliver(&self, change: &Snapshot) {
        self.metrics.execution(change);
        let event = status_change::event(change, &self.place);
        for rule in self.rules.iter().filter(|rule| pattern::matches(&json!(rule.event_pattern), &event)) {
            for target in &rule.targets {
                self.invoke_target(target, &event).await;
            }
        }
    }

    /// No second attempt: in one process a target is not temporarily unreachable.
    async fn invoke_target(&self, target: &RuleTarget<Literal>, event: &Value) {
        let input = match &target.input_transformer {
            Some(transformer) => transformer::input(transformer, event),
            None => event.to_string(),
        };
        let started = self.engine.start(&target.arn, None, Some(input)).await;
        if started.is_err()
            && let Some(queue) = &target.dead_letter
        {
            self.add_dead_letter(&queue.arn, event);
        }
    }

    fn add_dead_letter(&self, queue_arn: &str, event: &Value) {
        let queue = queue_arn.rsplit(':').next().unwrap_or(queue_arn);
        let mut dead_letters = lock(&self.dead_letters);
        let count = dead_letters.counts.entry(queue.to_owned()).or_default();
        *count = count.saturating_add(1);
        self.metrics.queue_length(queue, *count);
        dead_letters.newest.push_back(event.clone());
        let excess = dead_letters.newest.len().saturating_sub(MAX_KEPT);
        dead_letters.newest.drain(..excess);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use asl::run::{TaskCall, TaskExecutor, TaskFailure};
    use cfn::resource::StateMachine;
    use cloudwatch::{Metric, series::Store as _};
    use futures::future::BoxFuture;
    use platform::ExecutionStatus;
    use stack::{Environment, resources::ids};

    use super::*;
    use crate::{
        clock, fixture,
        states::{Ended, ExecutionStore},
    };

    struct NoTasks;

    impl TaskExecutor for NoTasks {
        fn call(&self, call: TaskCall) -> BoxFuture<'static, Result<Value, TaskFailure>> {
            Box::pin(async move { Ok(call.input) })
        }
    }

    /// The rule of the template, where the closer cannot be started: what `CloserFailing` watches.
    #[tokio::test]
    async fn an_event_that_cannot_start_the_closer_lies_in_the_queue_and_is_counted() {
        let resolved = fixture::resolved(&Environment::local().unwrap());
        let mut machines = resolved.of::<StateMachine<Literal>>();
        let machine = machines.find(|machine| *machine.logical_id == ids::MACHINE).unwrap();
        let rules = resolved.of::<Rule<Literal>>().map(|rule| rule.properties.clone()).collect();
        let (changes, received) = mpsc::unbounded_channel();
        let store = ExecutionStore::in_memory().unwrap();
        let engine = Engine::new(Vec::new(), Arc::new(NoTasks), store, changes.clone(), []).await.unwrap();
        let place = Place { region: "ap-northeast-2".to_owned(), account_id: "0".repeat(12) };
        let metrics = Metrics::default();
        let bus = Bus::start(rules, place, engine, metrics.clone(), received);
        let at = clock::now();
        for status in [ExecutionStatus::Failed, ExecutionStatus::Succeeded, ExecutionStatus::TimedOut] {
            let ended = Ended { status, at, output: None, error: None, cause: None };
            let change = Snapshot {
                arn: format!("{}:e", machine.arn),
                name: "e".to_owned(),
                machine_arn: machine.arn.to_owned(),
                input: "{}".to_owned(),
                started_at: at,
                ended: Some(ended),
            };
            changes.send(change).unwrap();
        }
        bus.flush().await;
        assert_eq!(bus.dead_letters().len(), 2);

        // Exactly the metric that the alarm watches.
        let watched: BTreeSet<Metric> = crate::alarms::Definitions::of(&resolved).unwrap().watched();
        let watched = watched.into_iter().find(|metric| metric.namespace == "AWS/SQS").unwrap();
        let now_s = metrics.clock().now_s();
        metrics.at(now_s + 60, |_| ());
        let most = metrics.at(now_s + 600, |store| {
            store.series(&watched)?.statistic(cloudwatch::Statistic::Maximum, now_s - 60, now_s + 600)
        });
        assert_eq!(most, Some(2.0));
    }
}
