//! Rule `all-not-alone` and `all-not-last`: `States.ALL` stands alone in its `ErrorEquals`, in the last retrier or
//! catcher. Rule `shadowed-pattern`: an error that an earlier retrier or catcher takes, by its name or by
//! `States.TaskFailed`, never comes to a later one.
//!
//! Manual: States Language, "Errors" ("MUST appear alone .. and MUST appear in the last Retrier/Catcher"); Developer
//! Guide, "Handling errors in Step Functions workflows" (what `States.TaskFailed` takes).

use std::collections::HashSet;

use super::{Problem, Scope};
use crate::{errors, model::ErrorPattern};

/// What may still come to an entry behind one that takes `States.TaskFailed`: what that wildcard does not take, and the
/// wildcards that take such an error.
const PAST_TASK_FAILED: [&str; 6] = [
    errors::ALL,
    // Its repetition is a name that stands twice.
    errors::TASK_FAILED,
    errors::TIMEOUT,
    // A branch may have timed out.
    errors::BRANCH_FAILED,
    // Terminal where no task is at fault, and then no wildcard takes it.
    errors::DATA_LIMIT_EXCEEDED,
    // Nobody takes it, behind a wildcard or before one.
    errors::RUNTIME,
];

pub(super) fn check(scopes: &[Scope<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, _, state) in scopes.iter().flat_map(Scope::each) {
        let retry = state
            .retry()
            .iter()
            .map(|retrier| retrier.error_equals.as_slice());
        of_list(&format!("{path}/Retry"), retry, &mut problems);
        let catch = state
            .catch()
            .iter()
            .map(|catcher| catcher.error_equals.as_slice());
        of_list(&format!("{path}/Catch"), catch, &mut problems);
    }
    problems
}

fn of_list<'m>(
    path: &str,
    lists: impl ExactSizeIterator<Item = &'m [ErrorPattern]>,
    problems: &mut Vec<Problem>,
) {
    let last = lists.len().saturating_sub(1);
    let mut seen = HashSet::new();
    let mut task_failed = false;
    for (at, patterns) in lists.enumerate() {
        let mut problem = |rule, message: String| {
            problems.push(Problem {
                rule,
                path: format!("{path}/{at}/ErrorEquals"),
                message,
                hint: None,
            });
        };
        if patterns.iter().any(ErrorPattern::is_all) {
            if patterns.len() > 1 {
                problem(
                    "all-not-alone",
                    "States.ALL stands alone in ErrorEquals".to_owned(),
                );
            }
            if at != last {
                problem(
                    "all-not-last",
                    "States.ALL stands in the last entry, the ones behind it take nothing".to_owned(),
                );
            }
        }
        for pattern in patterns {
            if !seen.insert(pattern.as_str()) {
                problem(
                    "shadowed-pattern",
                    format!("an earlier entry takes this error: {}", pattern.as_str()),
                );
            } else if task_failed && !PAST_TASK_FAILED.contains(&pattern.as_str()) {
                let wildcard = errors::TASK_FAILED;
                problem(
                    "shadowed-pattern",
                    format!(
                        "an earlier entry takes this error by {wildcard}: {}",
                        pattern.as_str()
                    ),
                );
            }
        }
        task_failed |= patterns
            .iter()
            .any(|pattern| pattern.as_str() == errors::TASK_FAILED);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::check::fixture::check;

    fn catching(lists: &[&[&str]]) -> Value {
        let catch: Vec<_> = lists
            .iter()
            .map(|errors| json!({"ErrorEquals": errors, "Next": "B"}))
            .collect();
        json!({"StartAt": "A", "States": {
            "A": {"Type": "Task", "Resource": "arn:f", "End": true, "Catch": catch}, "B": {"Type": "Fail"},
        }})
    }

    #[test]
    fn all_alone_and_last_is_fine() {
        check(&catching(&[&["A", "B"], &["States.ALL"]]), &[]);
    }

    #[test]
    fn all_with_others_or_before_others() {
        check(
            &catching(&[&["States.ALL", "A"]]),
            &[(
                "all-not-alone",
                "/States/A/Catch/0/ErrorEquals",
                "States.ALL stands alone in ErrorEquals",
            )],
        );
        check(
            &catching(&[&["States.ALL"], &["A"]]),
            &[(
                "all-not-last",
                "/States/A/Catch/0/ErrorEquals",
                "States.ALL stands in the last entry, the ones behind it take nothing",
            )],
        );
    }

    #[test]
    fn an_error_is_taken_once() {
        check(
            &catching(&[&["A"], &["B", "A"]]),
            &[(
                "shadowed-pattern",
                "/States/A/Catch/1/ErrorEquals",
                "an earlier entry takes this error: A",
            )],
        );
    }

    #[test]
    fn task_failed_takes_every_name_behind_it() {
        let by_wildcard =
            |name: &str| format!("an earlier entry takes this error by States.TaskFailed: {name}");
        check(
            &catching(&[
                &["States.TaskFailed"],
                &["A", "States.HeartbeatTimeout"],
                &["Lambda.Unknown"],
            ]),
            &[
                (
                    "shadowed-pattern",
                    "/States/A/Catch/1/ErrorEquals",
                    &by_wildcard("A"),
                ),
                (
                    "shadowed-pattern",
                    "/States/A/Catch/1/ErrorEquals",
                    &by_wildcard("States.HeartbeatTimeout"),
                ),
                (
                    "shadowed-pattern",
                    "/States/A/Catch/2/ErrorEquals",
                    &by_wildcard("Lambda.Unknown"),
                ),
            ],
        );
    }

    #[test]
    fn what_task_failed_does_not_take_may_stand_behind_it() {
        let behind: [&[&str]; 5] = [
            &["A", "States.TaskFailed"],
            &["States.Timeout"],
            &["States.BranchFailed"],
            &["States.DataLimitExceeded"],
            &["States.ALL"],
        ];
        check(&catching(&behind), &[]);
    }
}
