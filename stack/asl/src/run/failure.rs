//! Failures of states: their names, AWS's causes, and which patterns match them.

use serde_json::{Value, json};

use crate::{
    errors,
    history::Reason,
    jsonpath::{Missing, Path},
    model::ErrorPattern,
    run::TaskFailure,
};

/// The origin of a failure: it decides which wildcards match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// A task, a branch or a Fail state reported it.
    Reported,
    /// The execution itself is at fault. Wildcards do not match.
    Terminal,
}

/// Why a state failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) reason: Reason,
    origin: Origin,
    /// Whether it is the failure of a branch of the current Parallel state.
    from_branch: bool,
}

impl Failure {
    fn new(error: &str, cause: String, origin: Origin) -> Self {
        let reason = Reason { error: Some(error.to_owned()), cause: Some(cause) };
        Self { reason, origin, from_branch: false }
    }

    /// What a task reported.
    pub(super) fn task(failure: TaskFailure) -> Self {
        Self::new(&failure.error, failure.cause, Origin::Reported)
    }

    /// The failure of a Fail state.
    pub(super) fn with_reason(reason: Reason) -> Self {
        Self { reason, origin: Origin::Reported, from_branch: false }
    }

    /// A task that took too long. AWS records no cause for it.
    pub(super) fn timeout() -> Self {
        Self::with_reason(Reason { error: Some(errors::TIMEOUT.to_owned()), cause: None })
    }

    /// Data over the limit. It ends an execution past `States.ALL`, unless a task is at fault: see [`Self::reported`].
    /// Source: recorded executions; the developer guide calls the error terminal.
    pub(super) fn data_limit(owner: &str) -> Self {
        let cause = format!(
            "The state/task '{owner}' returned a result with a size exceeding the maximum number of bytes service limit."
        );
        Self::new(errors::DATA_LIMIT_EXCEEDED, cause, Origin::Terminal)
    }

    /// The same failure, reported by a task. Recorded executions show that `States.ALL` matches a task's result
    /// over the limit.
    pub(super) fn reported(self) -> Self {
        Self { origin: Origin::Reported, ..self }
    }

    /// `States.Runtime`, with AWS's words before the cause.
    pub(super) fn runtime(place: &Place<'_>, cause: &str) -> Self {
        Self::in_state(errors::RUNTIME, place, cause, Origin::Terminal)
    }

    /// No rule of a Choice state matched.
    pub(super) fn no_choice_matched(place: &Place<'_>) -> Self {
        let cause = "Failed to transition out of the state. The state does not point to a next state.";
        Self::in_state(errors::CHOICE_WITHOUT_MATCH, place, cause, Origin::Terminal)
    }

    /// A result that `ResultPath` cannot place.
    pub(super) fn result_path(place: &Place<'_>, cause: &str) -> Self {
        Self::in_state(errors::RESULT_PATH_MATCH_FAILURE, place, cause, Origin::Reported)
    }

    /// A path of a field such as `InputPath` that matches nothing.
    pub(super) fn invalid_path(place: &Place<'_>, path: &Path, missing: &Missing) -> Self {
        Self::runtime(place, &format!("Invalid path '{path}' : {missing}"))
    }

    /// Data that nests deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    pub(super) fn too_deep(owner: &str) -> Self {
        let cause = format!(
            "The state/task '{owner}' returned a result nested deeper than {} levels.",
            super::MAX_DEPTH
        );
        Self::new(errors::RUNTIME, cause, Origin::Terminal)
    }

    /// The execution's history is full.
    pub(super) fn history_full() -> Self {
        let cause =
            format!("The execution reached the maximum number of history events ({}).", super::MAX_EVENTS);
        Self::new(errors::RUNTIME, cause, Origin::Terminal)
    }

    fn in_state(error: &str, place: &Place<'_>, cause: &str, origin: Origin) -> Self {
        let Place { state, entered } = place;
        let cause = format!(
            "An error occurred while executing the state '{state}' (entered at the event id #{entered}). {cause}"
        );
        Self::new(error, cause, origin)
    }

    /// Whether it ends the execution at once, without retriers, catchers and failures of the states around it.
    pub(super) fn ends_the_execution(&self) -> bool {
        self.reason.error.as_deref() == Some(errors::RUNTIME)
    }

    /// Whether it is the failure of a branch of the current Parallel state.
    pub(super) const fn is_from_branch(&self) -> bool {
        self.from_branch
    }

    /// The same failure as the Parallel state sees it.
    pub(super) fn out_of_branch(self) -> Self {
        Self { from_branch: true, ..self }
    }

    /// Whether one of these patterns matches the failure.
    ///
    /// Source: Developer Guide, "Handling errors in Step Functions workflows": `States.Runtime` always ends the
    /// execution; `States.ALL` matches everything else but a terminal `States.DataLimitExceeded`; `States.TaskFailed`
    /// matches what `States.ALL` matches but `States.Timeout`.
    pub(super) fn matches(&self, patterns: &[ErrorPattern]) -> bool {
        if self.ends_the_execution() {
            return false;
        }
        let error = self.reason.error.as_deref();
        let reported = self.origin == Origin::Reported;
        patterns.iter().any(|pattern| match pattern.as_str() {
            errors::ALL => reported,
            errors::TASK_FAILED => reported && error != Some(errors::TIMEOUT),
            errors::BRANCH_FAILED if self.from_branch => reported,
            name => error == Some(name),
        })
    }

    /// The error output of a catcher. Both fields are always present.
    pub(super) fn error_output(&self) -> Value {
        let Reason { error, cause } = &self.reason;
        json!({"Error": error.as_deref().unwrap_or_default(), "Cause": cause.as_deref().unwrap_or_default()})
    }
}

/// A state that was entered, as AWS's causes name it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) state: &'a str,
    pub(super) entered: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(failure: &Failure, pattern: &str, expect: bool) {
        assert_eq!(failure.matches(&[pattern.into()]), expect, "{pattern} on {:?}", failure.reason);
    }

    fn reported(error: &str) -> Failure {
        Failure::task(TaskFailure { error: error.to_owned(), cause: String::new() })
    }

    #[test]
    fn a_name_takes_its_error_and_no_other() {
        check(&reported("A"), "A", true);
        check(&reported("A"), "a", false);
        check(&Failure::with_reason(Reason::default()), "A", false);
    }

    #[test]
    fn all_takes_what_is_not_terminal() {
        check(&reported("A"), errors::ALL, true);
        check(&Failure::with_reason(Reason::default()), errors::ALL, true);
        check(&Failure::timeout(), errors::ALL, true);
        check(&reported(errors::RUNTIME), errors::ALL, false);
        check(&Failure::data_limit("S"), errors::ALL, false);
        check(&Failure::data_limit("S"), errors::TASK_FAILED, false);
        check(&Failure::data_limit("S"), errors::DATA_LIMIT_EXCEEDED, true);
        check(&Failure::data_limit("S").reported(), errors::ALL, true);
    }

    #[test]
    fn runtime_is_never_taken() {
        let failure = Failure::runtime(&Place { state: "S", entered: 2 }, "x");
        check(&failure, errors::RUNTIME, false);
        check(&failure, errors::ALL, false);
    }

    #[test]
    fn task_failed_takes_all_but_timeouts() {
        check(&reported("A"), errors::TASK_FAILED, true);
        check(&reported("Lambda.Unknown"), errors::TASK_FAILED, true);
        check(&Failure::timeout(), errors::TASK_FAILED, false);
        check(&Failure::timeout(), errors::TIMEOUT, true);
    }

    #[test]
    fn branch_failed_takes_what_came_out_of_a_branch() {
        check(&reported("A"), errors::BRANCH_FAILED, false);
        check(&reported("A").out_of_branch(), errors::BRANCH_FAILED, true);
        check(&Failure::data_limit("S").out_of_branch(), errors::BRANCH_FAILED, false);
    }
}
