//! The time budget: how long an execution takes at least and at most, computed from the machine's own definition over
//! every retrier, and the two figures that follow: the machine's timeout and the session's deadline.
//!
//! Only the two margins are constants: a change of a retrier or a timeout changes all three figures.

use std::collections::BTreeMap;

use asl::{
    StateMachine,
    model::{Retrier, State, States, TaskTimeout, WaitFor},
};

/// How much later than the worst case a machine times out, in seconds: transitions, and the time that Step Functions
/// itself takes between states, when it is slow.
pub const MACHINE_MARGIN_S: u64 = 60;

/// How much later than the machine's timeout the session's deadline is, in seconds: enough for EventBridge to start the
/// closer and for the closer's retries.
pub const DEADLINE_MARGIN_S: u64 = 180;

/// Attempts of one retrier that are added up one by one; delays that still grow after so many never end in practice.
const COUNTED: u32 = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// The least that an execution which succeeds can take by its definition, in seconds: see [`best_case_s`].
    pub best_case_s: Option<u64>,
    /// The longest an execution can take by its definition, in seconds.
    pub worst_case_s: u64,
    /// The machine's own timeout, in seconds.
    pub machine_timeout_s: u64,
    /// After how many seconds readers treat an open session as failed: `deadlineAt`.
    pub deadline_s: u64,
}

impl Timing {
    /// The figures of a machine, from its states.
    pub fn of(machine: &StateMachine) -> Result<Self, Unbounded> {
        let worst_case_s = worst_case_s(machine)?;
        let machine_timeout_s = worst_case_s.saturating_add(MACHINE_MARGIN_S);
        let deadline_s = machine_timeout_s.saturating_add(DEADLINE_MARGIN_S);
        Ok(Self { best_case_s: best_case_s(machine), worst_case_s, machine_timeout_s, deadline_s })
    }
}

/// Why no figure bounds an execution. The value is the state's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unbounded {
    /// A task may run for ever, or as long as its input says.
    #[error("a task has no timeout in its definition: {0}")]
    NoTimeout(String),
    /// A wait is as long as its input says, or ends at a point in time.
    #[error("a wait has no length in its definition: {0}")]
    NoLength(String),
    /// States lead back to this one.
    #[error("states go in a circle: {0}")]
    Circle(String),
    /// Delays grow without a bound.
    #[error("delays between attempts outgrow every timeout: {0}")]
    Delays(String),
    /// A state that is not there.
    #[error("no such state: {0}")]
    Missing(String),
}

/// The longest an execution of a machine can take, in whole seconds: of all ways through its states, Catch among them,
/// the longest, with every attempt that every retrier grants, each as long as it may be, and every delay in full.
pub fn worst_case_s(machine: &StateMachine) -> Result<u64, Unbounded> {
    let seconds = longest(&machine.start_at, &machine.states)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "seconds are not negative, and a cast that does not fit saturates"
    )]
    let whole = seconds.ceil() as u64;
    Ok(whole)
}

/// The least that an execution of a machine can take if it succeeds, in whole seconds: of all ways through its states to
/// an end that is no Fail, without a catcher and without a retry, the shortest, where every task answers at once. What is
/// left are the seconds of its Wait states and nothing else: a wait whose length the input says counts as none, a
/// Parallel state takes as long as its slowest branch. `None` if no way ends well.
pub fn best_case_s(machine: &StateMachine) -> Option<u64> {
    shortest(&machine.start_at, &machine.states)
}

fn shortest(start: &str, states: &States) -> Option<u64> {
    let mut to_the_end: BTreeMap<&str, u64> = BTreeMap::new();
    // A way that takes no circle is at most as long as there are states.
    for _ in 0..states.len() {
        for (name, state) in states {
            let ends = (state.may_end() && !matches!(state, State::Fail(_))).then_some(0);
            let targets = state.targets();
            let ways_on = targets
                .iter()
                .filter(|(field, _)| !field.starts_with("Catch/"))
                .filter_map(|(_, next)| to_the_end.get(next).copied());
            let behind = ends.into_iter().chain(ways_on).min();
            if let (Some(own), Some(behind)) = (at_least(state), behind) {
                to_the_end.insert(name, own.saturating_add(behind));
            }
        }
    }
    to_the_end.get(start).copied()
}

/// The least that a state takes if it succeeds; `None` if it cannot.
fn at_least(state: &State) -> Option<u64> {
    match state {
        State::Wait(wait) => match &wait.wait_for {
            WaitFor::Seconds(length) => Some(*length),
            WaitFor::SecondsPath(_) | WaitFor::Timestamp(_) | WaitFor::TimestampPath(_) => Some(0),
        },
        State::Parallel(parallel) => parallel
            .branches
            .iter()
            .map(|branch| shortest(&branch.start_at, &branch.states))
            .try_fold(0, |most: u64, branch| Some(most.max(branch?))),
        State::Task(_) | State::Pass(_) | State::Choice(_) | State::Succeed(_) | State::Fail(_) => Some(0),
    }
}

/// What is known of a state on the way: nothing, that the way came through it, or how long it takes to the end.
enum Seen {
    OnTheWay,
    Takes(f64),
}

fn longest(start: &str, states: &States) -> Result<f64, Unbounded> {
    from(start, states, &mut BTreeMap::new())
}

/// The longest from the entry into a state to the end.
fn from<'m>(name: &'m str, states: &'m States, seen: &mut BTreeMap<&'m str, Seen>) -> Result<f64, Unbounded> {
    match seen.get(name) {
        Some(Seen::Takes(seconds)) => return Ok(*seconds),
        Some(Seen::OnTheWay) => return Err(Unbounded::Circle(name.to_owned())),
        None => {}
    }
    let state = states.get(name).ok_or_else(|| Unbounded::Missing(name.to_owned()))?;
    seen.insert(name, Seen::OnTheWay);
    let mut behind: f64 = 0.0;
    for (_, next) in state.targets() {
        behind = behind.max(from(next, states, seen)?);
    }
    let seconds = behind + with_retries(name, one_attempt(name, state)?, state.retry())?;
    seen.insert(name, Seen::Takes(seconds));
    Ok(seconds)
}

/// The longest that a state takes once.
fn one_attempt(name: &str, state: &State) -> Result<f64, Unbounded> {
    match state {
        State::Task(task) => match &task.timeout {
            Some(TaskTimeout::Seconds(timeout)) => Ok(seconds(*timeout)),
            Some(TaskTimeout::Path(_)) | None => Err(Unbounded::NoTimeout(name.to_owned())),
        },
        State::Wait(wait) => match &wait.wait_for {
            WaitFor::Seconds(length) => Ok(seconds(*length)),
            WaitFor::SecondsPath(_) | WaitFor::Timestamp(_) | WaitFor::TimestampPath(_) => {
                Err(Unbounded::NoLength(name.to_owned()))
            }
        },
        State::Parallel(parallel) => parallel
            .branches
            .iter()
            .map(|branch| longest(&branch.start_at, &branch.states))
            .try_fold(0.0, |most: f64, branch| Ok(most.max(branch?))),
        State::Pass(_) | State::Choice(_) | State::Succeed(_) | State::Fail(_) => Ok(0.0),
    }
}

/// Every retrier counts its own attempts, so an execution may use up all of them.
fn with_retries(name: &str, attempt_s: f64, retriers: &[Retrier]) -> Result<f64, Unbounded> {
    let mut total = attempt_s;
    for retrier in retriers {
        total += f64::from(retrier.attempts()) * attempt_s + delays_s(retrier);
    }
    if total.is_finite() { Ok(total) } else { Err(Unbounded::Delays(name.to_owned())) }
}

/// The sum of the full delays of a retrier.
fn delays_s(retrier: &Retrier) -> f64 {
    let counted = retrier.attempts().min(COUNTED);
    let sum: f64 = (0..counted).map(|done| retrier.delay_s(done)).sum();
    let further = retrier.attempts() - counted;
    // Behind the counted ones a delay is constant or infinite, so the last one stands for the rest.
    if further == 0 { sum } else { sum + f64::from(further) * retrier.delay_s(COUNTED) }
}

#[expect(clippy::cast_precision_loss, reason = "timeouts are far below 2^52 seconds")]
const fn seconds(whole: u64) -> f64 {
    whole as f64
}

#[cfg(test)]
mod tests;
