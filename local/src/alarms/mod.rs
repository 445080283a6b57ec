//! The alarms of the template, evaluated each minute of their clock by the engine that the crate `cloudwatch` has, and their
//! notifications. How a notification reaches somebody is `sns`'s.

mod definitions;
mod message;
mod saved;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use cloudwatch::{
    alarm::State,
    engine::{Change, Engine, Status, Step},
    series::RESOLUTION_S,
};
use tokio::{task::JoinHandle, time::sleep};

pub use definitions::{DefinitionError, Definitions, Details, Rule};
pub use message::Place;
pub use saved::{Saved, SavedError};

use crate::{
    lock::lock,
    metrics::Metrics,
    news::News,
    sns::{Message, Topics},
};

/// Minutes that are evaluated one by one after a pause, such as that of a machine that slept. What lies before is left out.
const MAX_BEHIND_S: i64 = 86_400;

/// The alarms of an environment. Dropping it ends their evaluation.
#[derive(Debug)]
pub struct Alarms {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    engine: Mutex<Engine>,
    definitions: Definitions,
    metrics: Metrics,
    topics: Arc<Topics>,
    place: Place,
    changes: News<Change>,
    file: Option<PathBuf>,
    /// Held while the file is written.
    saving: Mutex<()>,
}

impl Alarms {
    /// Evaluates these alarms from now on, where `saved` says, and saves in a data folder.
    #[must_use]
    pub fn start(
        definitions: Definitions,
        metrics: Metrics,
        topics: Arc<Topics>,
        place: Place,
        saved: Option<Saved>,
        data_folder: Option<&std::path::Path>,
    ) -> Self {
        let now_s = metrics.clock().now_s();
        let mut engine = Engine::new(definitions.alarms.clone(), definitions.composites.clone(), now_s);
        engine.restore(saved.into_iter().flat_map(|saved| saved.statuses));
        let shared = Arc::new(Shared {
            engine: Mutex::new(engine),
            definitions,
            metrics,
            topics,
            place,
            changes: News::default(),
            file: data_folder.map(saved::path),
            saving: Mutex::default(),
        });
        // The file is there from the start, as the others of a data folder are.
        shared.save();
        let task = tokio::spawn(evaluate(Arc::clone(&shared), now_s));
        Self { shared, task }
    }

    /// The names of all alarms.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.shared.definitions.details.keys().map(String::as_str)
    }

    /// What is known of an alarm.
    #[must_use]
    pub fn status(&self, name: &str) -> Option<Status> {
        lock(&self.shared.engine).status(name).cloned()
    }

    /// The alarm's description and actions.
    #[must_use]
    pub fn details(&self, name: &str) -> Option<&Details> {
        self.shared.definitions.details.get(name)
    }

    /// The changes after the first `seen`, and the number to ask with next.
    #[must_use]
    pub fn changes(&self, seen: usize) -> (Vec<Change>, usize) {
        self.shared.changes.after(seen)
    }

    /// Waits for changes after the first `seen`.
    pub async fn next_changes(&self, seen: usize) -> (Vec<Change>, usize) {
        self.shared.changes.next(seen).await
    }

    /// The alarms that were not up for long enough to fire.
    #[must_use]
    pub fn not_evaluated(&self) -> Vec<&str> {
        let now_s = self.shared.metrics.clock().now_s();
        let engine = lock(&self.shared.engine);
        let had_no_time = |name: &str, needed_s: i64| {
            let created_s = engine.status(name).map_or(now_s, |status| status.created_s);
            now_s.saturating_sub(created_s) < needed_s
        };
        let alarms = self.shared.definitions.alarms.iter();
        alarms
            .filter(|alarm| had_no_time(&alarm.name, definitions::min_time_s(alarm)))
            .map(|alarm| alarm.name.as_str())
            .collect()
    }

    /// How many alarms on metrics there are; composite ones follow them.
    #[must_use]
    pub fn count(&self) -> usize {
        self.shared.definitions.alarms.len()
    }

    /// Ends the evaluation, and saves.
    pub fn close(&self) {
        self.task.abort();
        self.shared.save();
    }
}

impl Drop for Alarms {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Evaluates each full minute of the clock, in order, also where a busy machine comes late: what an alarm sees does not
/// depend on when it was looked at.
async fn evaluate(shared: Arc<Shared>, from_s: i64) {
    let clock = *shared.metrics.clock();
    let mut at_s = next_minute(from_s);
    loop {
        sleep(clock.until(at_s)).await;
        if clock.now_s().saturating_sub(at_s) > MAX_BEHIND_S {
            at_s = next_minute(clock.now_s() - RESOLUTION_S);
        }
        if shared.step(at_s) {
            let saving = Arc::clone(&shared);
            let _saved = tokio::task::spawn_blocking(move || saving.save()).await;
        }
        at_s += RESOLUTION_S;
        if clock.until(at_s) == Duration::ZERO {
            tokio::task::yield_now().await;
        }
    }
}

const fn next_minute(at_s: i64) -> i64 {
    (at_s.div_euclid(RESOLUTION_S) + 1) * RESOLUTION_S
}

impl Shared {
    /// Evaluates, notifies, and says whether something changed.
    fn step(&self, at_s: i64) -> bool {
        let Step { changes, actions } = {
            let mut engine = lock(&self.engine);
            self.metrics.at(at_s, |store| engine.step(at_s, store))
        };
        for action in &actions {
            self.notify(action);
        }
        let is_changed = !changes.is_empty() || !actions.is_empty();
        self.changes.extend(changes);
        is_changed
    }

    fn notify(&self, action: &Change) {
        let Some(details) = self.definitions.details.get(&action.alarm) else { return };
        for topic in message::topics(action.to, details) {
            let message = Message {
                subject: message::subject(action, &self.place),
                json: message::message(action, details, &self.place),
                mail: message::text(action, details, &self.place),
            };
            self.topics.publish(topic, message);
        }
    }

    /// A full disk must not stop the pipeline: a restart goes on from an older file then.
    fn save(&self) {
        let Some(path) = &self.file else { return };
        let _one_at_a_time = lock(&self.saving);
        let saved = {
            let engine = lock(&self.engine);
            let at_s = engine.statuses().values().filter_map(|status| status.evaluated_s).max();
            Saved { at_s: at_s.unwrap_or_default(), statuses: engine.statuses().clone() }
        };
        let _older_stays = saved.write(path);
    }
}

/// The line that tells of a change: of one into `ALARM`, with the first line of the runbook, or out of it.
#[must_use]
pub fn line(change: &Change, details: Option<&Details>) -> Option<String> {
    let title = details.map(|details| details.description.lines().next().unwrap_or_default());
    match (change.from, change.to) {
        (_, State::Alarm) => Some(format!("{} is in ALARM: {}", change.alarm, title.unwrap_or_default())),
        (State::Alarm, to) => Some(format!("{} is {to} again", change.alarm)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
