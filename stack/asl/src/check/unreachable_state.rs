//! `unreachable-state`: nothing leads to a state.
//!
//! **Why.** A state that no execution enters is a forgotten `Next`: what it was written for does not happen, and nobody
//! is told.
//!
//! **What it wants.** Every state can be reached from the `StartAt` beside it, by `Next`, a choice, or a catcher.
//!
//! **What to do.** Lead to it, or take it away.
//!
//! Source: `ValidateStateMachineDefinition`, code `MISSING_TRANSITION_TARGET` ("State is not reachable").

use std::collections::HashSet;

use super::{Problem, Scope};

pub(super) const RULE: &str = "unreachable-state";

pub(super) fn check(scopes: &[Scope<'_>]) -> Vec<Problem> {
    scopes.iter().flat_map(of_scope).collect()
}

fn of_scope(scope: &Scope<'_>) -> Vec<Problem> {
    let mut reached = HashSet::new();
    let mut ahead = vec![scope.start_at];
    while let Some(name) = ahead.pop() {
        if reached.insert(name)
            && let Some(state) = scope.states.get(name)
        {
            ahead.extend(state.targets().into_iter().map(|(_, target)| target));
        }
    }
    let lost = scope.each().filter(|(_, name, _)| !reached.contains(name));
    lost.map(|(path, name, _)| Problem {
        rule: RULE,
        path,
        message: format!("nothing leads to this state: {name}"),
        hint: None,
    })
    .collect()
}
