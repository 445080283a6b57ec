//! `no-end`: a state from which no end can be reached.
//!
//! **Why.** A machine that can only go in circles runs until its history is full, and every round costs.
//!
//! **What it wants.** From every state there is a way to one that ends. A loop with a way out is fine.
//!
//! **What to do.** Give a state `"End": true`, or a way to one that has it.
//!
//! Source: `ValidateStateMachineDefinition`, code `MISSING_END_STATE` ("Workflow has no terminal state"; a circle beside an
//! end gets past it, and not past this rule); Step Functions' quotas (25,000 history events).

use std::collections::{HashMap, HashSet};

use super::{Problem, Scope};

pub(super) const RULE: &str = "no-end";

pub(super) fn check(scopes: &[Scope<'_>]) -> Vec<Problem> {
    scopes.iter().flat_map(of_scope).collect()
}

fn of_scope(scope: &Scope<'_>) -> Vec<Problem> {
    let mut before: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut ahead = Vec::new();
    for (_, name, state) in scope.each() {
        let mut ends = state.may_end();
        for (_, target) in state.targets() {
            before.entry(target).or_default().push(name);
            // A target that does not exist is another rule's, and counts as a way out here.
            ends |= !scope.states.contains_key(target);
        }
        ahead.extend(ends.then_some(name));
    }
    let mut ends = HashSet::new();
    while let Some(name) = ahead.pop() {
        if ends.insert(name) {
            ahead.extend(before.get(name).into_iter().flatten());
        }
    }
    let stuck = scope.each().filter(|(_, name, _)| !ends.contains(name));
    stuck
        .map(|(path, name, _)| Problem {
            rule: RULE,
            path,
            message: format!("no end can be reached from this state: {name}"),
            hint: Some("give the state \"End\": true, or a way to one that ends".to_owned()),
        })
        .collect()
}
