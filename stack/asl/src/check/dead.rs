//! Which names of a Retry or Catch never take anything. The rules that ask are `dead_retry` and `dead_catcher`; what
//! can come out of a state at all is in `raises`.

use std::collections::HashSet;

use super::{Problem, Recoveries, Scope, raises};
use crate::{
    errors,
    model::{ErrorPattern, State},
    parse::nearest,
};

/// What may still come to an entry behind one that takes `States.TaskFailed`: what that wildcard does not take, and the
/// wildcards that take such an error.
const PAST_TASK_FAILED: [&str; 5] = [
    errors::ALL,
    // Its repetition is a name that stands twice.
    errors::TASK_FAILED,
    errors::TIMEOUT,
    // A branch may have timed out.
    errors::BRANCH_FAILED,
    // Terminal where no task is at fault, and then no wildcard takes it.
    errors::DATA_LIMIT_EXCEEDED,
];

/// What may still come to an entry behind one that takes `States.ALL`.
const PAST_ALL: [&str; 2] = [
    // Its repetition is a name that stands twice.
    errors::ALL,
    errors::DATA_LIMIT_EXCEEDED,
];

/// The dead names in one of the two fields of every state.
pub(super) fn check(rule: &'static str, field: &str, scopes: &[Scope<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for scope in scopes {
        for list in scope.recoveries().filter(|list| list.field == field) {
            of_list(rule, scope, list, &mut problems);
        }
    }
    problems
}

fn of_list(rule: &'static str, scope: &Scope<'_>, list: Recoveries<'_>, problems: &mut Vec<Problem>) {
    let mut seen = HashSet::new();
    let (mut task_failed, mut all) = (false, false);
    for (path, patterns) in list.entries {
        for pattern in patterns {
            let name = pattern.as_str();
            let by = |wildcard| Some(format!("an earlier entry takes this error by {wildcard}"));
            let (why, hint) = if !seen.insert(name) {
                (Some("an earlier entry takes this error".to_owned()), None)
            } else if let Some((why, hint)) = never(list.state, scope, name) {
                (Some(why.to_owned()), hint)
            } else if all && !PAST_ALL.contains(&name) {
                (by(errors::ALL), None)
            } else if task_failed && !PAST_TASK_FAILED.contains(&name) {
                (by(errors::TASK_FAILED), None)
            } else {
                (None, None)
            };
            problems.extend(why.map(|why| Problem {
                rule,
                path: path.clone(),
                message: format!("{why}: {name}"),
                hint,
            }));
        }
        all |= patterns.iter().any(ErrorPattern::is_all);
        task_failed |= patterns.iter().any(|pattern| pattern.as_str() == errors::TASK_FAILED);
    }
}

/// Why an error never comes out of a state, and what may have been meant.
fn never(state: &State, scope: &Scope<'_>, name: &str) -> Option<(&'static str, Option<String>)> {
    if name == errors::RUNTIME {
        let hint = "it ends the execution past every catcher: watch the execution from outside";
        return Some(("no retrier or catcher takes this error", Some(hint.to_owned())));
    }
    if raises::may_fail_with(state, scope.own_errors, name) {
        return None;
    }
    if raises::is_reserved(name) && !errors::RESERVED.contains(&name) {
        let hint = nearest(name, errors::RESERVED);
        return Some(("no state here fails with this error", hint));
    }
    let own = match state {
        State::Task(task) => (scope.own_errors)(&task.resource),
        _ => None,
    };
    let hint = own
        .filter(|_| !raises::is_reserved(name))
        .map(|own| format!("its function fails with {}", own.join(", ")));
    Some(("the state never fails with this error", hint))
}
