//! No rule: hands on what the rules of the States Language find in the two machines, each under its own name.
//!
//! What only this application knows goes in here: the closed list of errors of each function. The rules themselves, their
//! pages and their tests live in `asl`.

use asl::model::Resource;
use contract::task::TaskKind;

use super::{Subject, machines};
use crate::{
    report::{Finding, Report},
    resources::ids,
};

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    for (file, machine) in machines(subject.app) {
        for problem in asl::check::check_knowing(machine, &own_errors) {
            let path = format!("{file}#{}", problem.path);
            let finding = Finding::error(problem.rule, path, problem.message);
            report.findings.push(Finding { hint: problem.hint, ..finding });
        }
    }
}

/// Every error of its own that the function behind a resource answers with; `None` if it is no function of ours.
fn own_errors(resource: &Resource) -> Option<Vec<&'static str>> {
    let task = TaskKind::ALL.iter().copied().find(|task| {
        let arn = format!("${{{}.Arn}}", ids::function(*task));
        // A version or the alias may stand behind it.
        let behind = resource.as_str().strip_prefix(&arn);
        behind.is_some_and(|behind| behind.is_empty() || behind.starts_with(':'))
    });
    task.map(TaskKind::errors)
}

#[cfg(test)]
mod tests {
    use asl::model::{ErrorPattern, Retrier, State};

    use crate::{
        check::tests::{branch_task, found},
        tests::local,
    };

    #[test]
    fn a_missing_target_is_found_in_either_machine() {
        let mut app = local();
        app.machine.states.shift_remove("OrderFailed").unwrap();
        app.closer.states.shift_remove("NothingToClose").unwrap();
        let found = found(super::check, &app, |_| {});
        assert!(
            found.iter().any(|finding| finding.starts_with("error state-machine.asl.json#/States/")),
            "{found:?}"
        );
        assert!(
            found.iter().any(|finding| finding.starts_with("error closer.asl.json#/States/")),
            "{found:?}"
        );
    }

    #[test]
    fn an_error_of_another_task_is_dead() {
        let mut app = local();
        let task = branch_task(&mut app.machine.states, 1, "FetchPrices");
        // Its own, Lambda's, and one of combine's.
        task.retry = ["PRICE_FETCH_FAILED", "Lambda.Unknown", "RESULT_TOO_LARGE"]
            .map(|error| Retrier::new([ErrorPattern::new(error)]))
            .to_vec();
        assert_eq!(
            found(super::check, &app, |_| {}),
            [
                "error state-machine.asl.json#/States/ParallelProcessing/Branches/1/States/FetchPrices/Retry/2/ErrorEquals: \
                 the state never fails with this error: RESULT_TOO_LARGE"
            ]
        );
    }

    #[test]
    fn lambdas_errors_never_come_from_a_table() {
        let mut app = local();
        let Some(State::Task(close)) = app.closer.states.get_mut("CloseSession") else { panic!() };
        close.catch[0].error_equals = vec!["Lambda.Unknown".into()];
        assert_eq!(
            found(super::check, &app, |_| {}),
            [
                "error closer.asl.json#/States/CloseSession/Catch/0/ErrorEquals: the state never fails with this error: \
                 Lambda.Unknown"
            ]
        );
    }
}
