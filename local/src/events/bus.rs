//! Delivers status changes of executions to the targets of matching rules.

use std::sync::{Arc, Mutex};

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
    states::{Engine, Snapshot},
};

pub(crate) struct Bus {
    flushes: mpsc::Sender<oneshot::Sender<()>>,
    dead_letters: Arc<Mutex<Vec<Value>>>,
    task: JoinHandle<()>,
}

struct Dispatcher {
    rules: Vec<Rule<Literal>>,
    place: Place,
    engine: Arc<Engine>,
    dead_letters: Arc<Mutex<Vec<Value>>>,
}

impl Bus {
    pub(crate) fn start(
        rules: Vec<Rule<Literal>>,
        place: Place,
        engine: Arc<Engine>,
        mut changes: mpsc::UnboundedReceiver<Snapshot>,
    ) -> Self {
        let dead_letters = Arc::default();
        let dispatcher = Dispatcher { rules, place, engine, dead_letters: Arc::clone(&dead_letters) };
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

    /// The events that could not be delivered to a target with a dead-letter queue, oldest first.
    pub(crate) fn dead_letters(&self) -> Vec<Value> {
        lock(&self.dead_letters).clone()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Dispatcher {
    async fn deliver(&self, change: &Snapshot) {
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
        if started.is_err() && target.dead_letter.is_some() {
            lock(&self.dead_letters).push(event.clone());
        }
    }
}
