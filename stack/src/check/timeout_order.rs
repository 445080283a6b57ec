//! `timeout-order`: a timeout comes before one that it should come after.
//!
//! **Why.** A function that is cut off by its task's timeout keeps running unseen and says nothing; a machine that is
//! cut off before its retries are used up runs no catcher; a session that is given up while its execution still runs
//! is answered twice; one that the table forgets before its deadline is answered by nobody.
//!
//! **What it wants.** Function < task < machine < deadline < time to live. Every task and every machine has a timeout, and
//! the machine's is above the worst case: the time budget that `timing` computes from the definitions, over every attempt
//! and every delay of every retrier.
//!
//! **What to do.** Timeouts of functions are `Task::TIMEOUT_S`; everything above them is computed, so change what they
//! are computed from: the margins in `timing` and `flow`, or the retriers. `check` shows the budget.
//!
//! Source: States Language, "Timeouts" and "Retrying after error"; Lambda quotas (a function runs at most 900 s); Step
//! Functions' quotas (an execution lasts at most a year).

use asl::model::{State, States, TaskTimeout};
use cfn::{Template, resource::Function};
use contract::session::TTL_S;

use super::{Subject, machines};
use crate::{
    report::{Finding, Report},
    timing::worst_case_s,
};

pub(super) const RULE: &str = "timeout-order";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    for (file, machine) in machines(subject.app) {
        tasks(&machine.states, &format!("{file}#/States"), subject.template, report);
        let path = format!("{file}#/TimeoutSeconds");
        let finding = match (worst_case_s(machine), machine.timeout_seconds) {
            (Err(unbounded), _) => Some(Finding::error(RULE, file, unbounded.to_string())),
            (Ok(_), None) => {
                Some(Finding::error(RULE, path, "a machine without a timeout may run for a year"))
            }
            (Ok(worst), Some(timeout)) if timeout <= worst => {
                let message =
                    format!("the machine's timeout of {timeout} s is not above its worst case: {worst} s");
                Some(Finding::error(RULE, path, message))
            }
            (Ok(_), Some(_)) => None,
        };
        report.findings.extend(finding);
    }
    let deadline_s = subject.app.timing().deadline_s;
    if let Some(timeout) = subject.app.machine().timeout_seconds.filter(|timeout| deadline_s <= *timeout) {
        let message = format!(
            "the session's deadline of {deadline_s} s is not above the machine's timeout: {timeout} s"
        );
        report.findings.push(Finding::error(RULE, "state-machine.asl.json#/TimeoutSeconds", message));
    }
    if u64::try_from(TTL_S).is_ok_and(|ttl_s| ttl_s <= deadline_s) {
        let message =
            format!("a session's time to live of {TTL_S} s is not above its deadline: {deadline_s} s");
        report.findings.push(Finding::error(RULE, "state-machine.asl.json#/TimeoutSeconds", message));
    }
}

fn tasks(states: &States, at: &str, template: &Template, report: &mut Report) {
    for (name, state) in states {
        let path = format!("{at}/{name}");
        if let State::Task(task) = state {
            let function_s = function_timeout_s(task.resource.as_str(), template);
            let message = match (&task.timeout, function_s) {
                (Some(TaskTimeout::Seconds(timeout)), Some(function_s))
                    if *timeout <= u64::from(function_s) =>
                {
                    Some(format!(
                        "the task's timeout of {timeout} s is not above its function's: {function_s} s"
                    ))
                }
                (Some(TaskTimeout::Seconds(_)), _) => None,
                (Some(TaskTimeout::Path(_)), _) => {
                    Some(format!("the task's timeout is its input's to say: {name}"))
                }
                (None, _) => Some(format!("a task without a timeout hangs in silence: {name}")),
            };
            report.findings.extend(message.map(|message| Finding::error(RULE, path.clone(), message)));
        }
        for (index, branch) in state.branches().iter().enumerate() {
            tasks(&branch.states, &format!("{path}/Branches/{index}/States"), template, report);
        }
    }
}

/// The timeout of the function behind `${LogicalId.Arn}`.
fn function_timeout_s(resource: &str, template: &Template) -> Option<u32> {
    let id = resource.strip_prefix("${")?.strip_suffix(".Arn}")?;
    let (_, function) = template.resources_of::<Function>().find(|(function, _)| function.as_str() == id)?;
    Some(function.timeout_s.get())
}

#[cfg(test)]
mod tests {
    use cfn::resource::FunctionTimeoutS;

    use super::*;
    use crate::{App, check::tests::found, tests::local};

    #[track_caller]
    fn check(change: impl FnOnce(&mut App), expect: &[&str]) {
        let mut app = local();
        change(&mut app);
        assert_eq!(found(super::check, &app, |_| {}), expect);
    }

    #[test]
    fn a_function_that_outlives_its_task() {
        let found = found(super::check, &local(), |template| {
            for (_, function) in template.resources_of_mut::<Function>() {
                function.timeout_s = FunctionTimeoutS::from_const(45);
            }
        });
        assert_eq!(
            found,
            [
                "error state-machine.asl.json#/States/ParallelProcessing/Branches/0/States/GenerateRecipe: the task's \
                 timeout of 45 s is not above its function's: 45 s",
                "error state-machine.asl.json#/States/ParallelProcessing/Branches/1/States/FetchPrices: the task's \
                 timeout of 35 s is not above its function's: 45 s",
                "error state-machine.asl.json#/States/PriceRecipe: the task's timeout of 35 s is not above its \
                 function's: 45 s",
                "error state-machine.asl.json#/States/CombineResults: the task's timeout of 25 s is not above its \
                 function's: 45 s",
            ]
        );
    }

    #[test]
    fn a_machine_that_stops_too_early_or_never() {
        check(
            |app| app.machine.timeout_seconds = Some(534),
            &[
                "error state-machine.asl.json#/TimeoutSeconds: the machine's timeout of 534 s is not above its worst \
               case: 534 s",
            ],
        );
        check(
            |app| app.closer.timeout_seconds = None,
            &["error closer.asl.json#/TimeoutSeconds: a machine without a timeout may run for a year"],
        );
    }

    #[test]
    fn a_task_without_a_timeout() {
        check(
            |app| {
                if let Some(State::Task(task)) = app.closer.states.get_mut("CloseSession") {
                    task.timeout = None;
                }
            },
            &[
                "error closer.asl.json#/States/CloseSession: a task without a timeout hangs in silence: CloseSession",
                "error closer.asl.json: a task has no timeout in its definition: CloseSession",
            ],
        );
    }

    #[test]
    fn a_deadline_before_the_end() {
        check(
            |app| app.timing.deadline_s = 594,
            &[
                "error state-machine.asl.json#/TimeoutSeconds: the session's deadline of 594 s is not above the \
               machine's timeout: 594 s",
            ],
        );
    }

    #[test]
    fn a_session_that_is_forgotten_before_its_deadline() {
        check(|app| app.timing.deadline_s = 86_399, &[]);
        check(
            |app| app.timing.deadline_s = 86_400,
            &[
                "error state-machine.asl.json#/TimeoutSeconds: a session's time to live of 86400 s is not above its \
                 deadline: 86400 s",
            ],
        );
    }
}
