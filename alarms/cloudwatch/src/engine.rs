//! All alarms of an account together: which change their state as time goes on, and which act.
//!
//! An alarm acts when its state changes. While a suppressor or a mute rule keeps it from that, the change waits: when the
//! time is over and the state is still another than the one that was acted on, the alarm acts then.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    alarm::{Alarm, State, evaluate},
    composite::Composite,
    mute::MuteRule,
    series::Store,
};

/// What is known of one alarm beside its definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The state.
    pub state: State,
    /// When it came into this state, in seconds since the epoch.
    pub since_s: i64,
    /// Why.
    pub reason: String,
    /// The state that was last acted on.
    pub acted_on: State,
    /// When it was created.
    pub created_s: i64,
    /// When it was last evaluated.
    pub evaluated_s: Option<i64>,
    /// When its suppressor was last seen in `ALARM`.
    pub suppressor_seen_s: Option<i64>,
    /// Whether its actions are kept back now, and by what.
    pub suppressed_by: Option<SuppressedBy>,
}

/// What keeps an alarm from acting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SuppressedBy {
    /// The suppressor is in `ALARM`.
    Alarm,
    /// The composite alarm waits for the suppressor.
    WaitPeriod,
    /// The suppressor has just left `ALARM`.
    ExtensionPeriod,
    /// A mute rule.
    MuteRule,
    /// The alarm is in its warm-up.
    WarmUp,
}

/// A change of state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Whose.
    pub alarm: String,
    /// When, in seconds since the epoch.
    pub at_s: i64,
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// Why.
    pub reason: String,
}

/// What a step brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// Changes of state, acted on or not.
    pub changes: Vec<Change>,
    /// Alarms that act: `from` is the state that was acted on before.
    pub actions: Vec<Change>,
}

/// All alarms of an account.
#[derive(Debug, Clone, Default)]
pub struct Engine {
    alarms: Vec<Alarm>,
    composites: Vec<Composite>,
    mutes: Vec<MuteRule>,
    statuses: BTreeMap<String, Status>,
}

impl Engine {
    /// Alarms that are created at `now_s`.
    #[must_use]
    pub fn new(alarms: Vec<Alarm>, composites: Vec<Composite>, now_s: i64) -> Self {
        let names = alarms.iter().map(|alarm| &alarm.name).chain(composites.iter().map(|alarm| &alarm.name));
        let created = |name: &String| (name.clone(), Status::created(now_s));
        Self { statuses: names.map(created).collect(), alarms, composites, mutes: Vec::new() }
    }

    /// The metric alarms.
    #[must_use]
    pub fn alarms(&self) -> &[Alarm] {
        &self.alarms
    }

    /// What is known of an alarm.
    #[must_use]
    pub fn status(&self, name: &str) -> Option<&Status> {
        self.statuses.get(name)
    }

    /// What is known of all alarms, by name.
    #[must_use]
    pub fn statuses(&self) -> &BTreeMap<String, Status> {
        &self.statuses
    }

    /// Takes over what was known of alarms of these names before a restart.
    pub fn restore(&mut self, statuses: impl IntoIterator<Item = (String, Status)>) {
        for (name, status) in statuses {
            if let Some(own) = self.statuses.get_mut(&name) {
                *own = status;
            }
        }
    }

    /// The mute rules.
    #[must_use]
    pub fn mutes(&self) -> &[MuteRule] {
        &self.mutes
    }

    /// Adds a mute rule; one of the same name is replaced.
    pub fn mute(&mut self, rule: MuteRule) {
        self.mutes.retain(|other| other.name != rule.name);
        self.mutes.push(rule);
    }

    /// Evaluates what is due at `now_s`. Time that goes back evaluates nothing.
    pub fn step(&mut self, now_s: i64, store: &impl Store) -> Step {
        let mut step = Step::default();
        for alarm in &self.alarms {
            let Some(status) = self.statuses.get_mut(&alarm.name) else { continue };
            let interval_s = alarm.interval_s();
            let due = status
                .evaluated_s
                .is_none_or(|last_s| now_s.div_euclid(interval_s) > last_s.div_euclid(interval_s));
            if !due {
                continue;
            }
            status.evaluated_s = Some(now_s);
            let found = evaluate(alarm, store, now_s, status.created_s, status.state);
            if found.in_warm_up {
                status.suppressed_by = Some(SuppressedBy::WarmUp);
                status.acted_on = State::InsufficientData;
            }
            status.change(&alarm.name, found.state, found.reason, now_s, &mut step.changes);
        }
        self.settle(now_s, step)
    }

    /// Sets the state of an alarm until its next evaluation, as `SetAlarmState` does; `None` when there is no such alarm.
    pub fn set_state(&mut self, name: &str, state: State, reason: String, now_s: i64) -> Option<Step> {
        let mut step = Step::default();
        self.statuses.get_mut(name)?.change(name, state, reason, now_s, &mut step.changes);
        Some(self.settle(now_s, step))
    }

    /// Composite alarms follow their children, and whoever may act does.
    fn settle(&mut self, now_s: i64, mut step: Step) -> Step {
        // A composite alarm may be the child of another: each round moves a change up by one.
        for _ in 0..=self.composites.len() {
            let before = step.changes.len();
            for composite in &self.composites {
                let parts = composite.rule.alarms();
                let changed = step.changes.iter().any(|change| parts.contains(&change.alarm.as_str()));
                let known =
                    self.statuses.get(&composite.name).is_some_and(|status| status.evaluated_s.is_some());
                // A state that was set by hand stays until a part changes.
                if known && !changed {
                    continue;
                }
                let holds = composite.rule.holds(&|name| Some(self.statuses.get(name)?.state));
                let state = if holds { State::Alarm } else { State::Ok };
                let cause = step
                    .changes
                    .iter()
                    .rev()
                    .find(|change| composite.rule.alarms().contains(&change.alarm.as_str()));
                let reason = cause.map_or_else(
                    || "The rule was evaluated".to_owned(),
                    |cause| format!("{} transitioned to {}", cause.alarm, cause.to),
                );
                if let Some(status) = self.statuses.get_mut(&composite.name) {
                    status.evaluated_s = Some(now_s);
                    status.change(&composite.name, state, reason, now_s, &mut step.changes);
                }
            }
            if step.changes.len() == before {
                break;
            }
        }
        self.act(now_s, &mut step.actions);
        step
    }

    fn act(&mut self, now_s: i64, actions: &mut Vec<Change>) {
        for composite in &self.composites {
            let Some(suppressor) = &composite.suppressor else { continue };
            let suppressing =
                self.statuses.get(&suppressor.alarm).is_some_and(|status| status.state == State::Alarm);
            if suppressing && let Some(status) = self.statuses.get_mut(&composite.name) {
                status.suppressor_seen_s = Some(now_s);
            }
        }
        for (name, status) in &mut self.statuses {
            let composite = self.composites.iter().find(|composite| composite.name == *name);
            let suppressor = composite.and_then(|composite| composite.suppressor.as_ref());
            let pending = status.state != status.acted_on;
            let seen_s = status.suppressor_seen_s;
            let in_warm_up =
                status.suppressed_by == Some(SuppressedBy::WarmUp) && status.state == State::InsufficientData;
            status.suppressed_by = if in_warm_up {
                Some(SuppressedBy::WarmUp)
            } else if seen_s == Some(now_s) {
                Some(SuppressedBy::Alarm)
            } else if !pending {
                None
            } else if self.mutes.iter().any(|rule| rule.mutes(name, now_s)) {
                Some(SuppressedBy::MuteRule)
            } else {
                suppressor.and_then(|suppressor| {
                    let within =
                        |from_s: i64, length_s: u32| now_s < from_s.saturating_add(i64::from(length_s));
                    if seen_s.is_some_and(|seen_s| within(seen_s, suppressor.extension_s)) {
                        Some(SuppressedBy::ExtensionPeriod)
                    } else if status.state == State::Alarm && within(status.since_s, suppressor.wait_s) {
                        Some(SuppressedBy::WaitPeriod)
                    } else {
                        None
                    }
                })
            };
            if pending && status.suppressed_by.is_none() {
                let from = std::mem::replace(&mut status.acted_on, status.state);
                let reason = status.reason.clone();
                actions.push(Change { alarm: name.clone(), at_s: now_s, from, to: status.state, reason });
            }
        }
    }
}

impl Status {
    fn created(now_s: i64) -> Self {
        Self {
            state: State::InsufficientData,
            since_s: now_s,
            reason: "Unchecked: Initial alarm creation".to_owned(),
            acted_on: State::InsufficientData,
            created_s: now_s,
            evaluated_s: None,
            suppressor_seen_s: None,
            suppressed_by: None,
        }
    }

    fn change(&mut self, name: &str, to: State, reason: String, at_s: i64, changes: &mut Vec<Change>) {
        if self.state != to {
            changes.push(Change {
                alarm: name.to_owned(),
                at_s,
                from: self.state,
                to,
                reason: reason.clone(),
            });
            (self.state, self.since_s, self.reason) = (to, at_s, reason);
        }
    }
}

#[cfg(test)]
mod tests;
