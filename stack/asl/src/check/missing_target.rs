//! `missing-target`: a state leads to one that is not there.
//!
//! **Why.** Step Functions refuses such a definition when it is deployed, after everything else was uploaded. A state of
//! another branch, or of the machine around a branch, counts as missing: nobody leaves a branch but by its end.
//!
//! **What it wants.** `StartAt`, `Next`, `Default` and a catcher's `Next` name a state beside them.
//!
//! **What to do.** The hint has the nearest name. Else wire the state in, or end the one before it.
//!
//! Source: `ValidateStateMachineDefinition`, code `MISSING_TRANSITION_TARGET`; States Language, "Transitions".

use super::{Problem, Scope};
use crate::parse::nearest;

pub(super) const RULE: &str = "missing-target";

pub(super) fn check(scopes: &[Scope<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for scope in scopes {
        let mut missing = |path: String, target: &str| {
            if !scope.states.contains_key(target) {
                problems.push(Problem {
                    rule: RULE,
                    path,
                    message: format!("there is no such state here: {target}"),
                    hint: nearest(target, scope.states.keys().map(String::as_str)),
                });
            }
        };
        missing(format!("{}/StartAt", scope.path), scope.start_at);
        for (path, _, state) in scope.each() {
            for (field, target) in state.targets() {
                missing(format!("{path}/{field}"), target);
            }
        }
    }
    problems
}
