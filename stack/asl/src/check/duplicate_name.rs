//! `duplicate-name`: two states of a machine have one name.
//!
//! **Why.** Step Functions refuses it, and history, metrics and logs know a state by its name alone.
//!
//! **What it wants.** A state's name stands once in the whole machine, its branches included.
//!
//! **What to do.** Rename one of the two.
//!
//! Source: `ValidateStateMachineDefinition`, code `DUPLICATE_STATE_NAME`; States Language, "States" ("unique within the
//! scope of the whole state machine").

use std::collections::HashMap;

use super::{Problem, Scope};

pub(super) const RULE: &str = "duplicate-name";

pub(super) fn check(scopes: &[Scope<'_>]) -> Vec<Problem> {
    let mut first: HashMap<&str, String> = HashMap::new();
    let mut problems = Vec::new();
    for (path, name, _) in scopes.iter().flat_map(Scope::each) {
        if let Some(other) = first.get(name) {
            problems.push(Problem {
                rule: RULE,
                path,
                message: format!("the name is taken by {other}: {name}"),
                hint: None,
            });
        } else {
            first.insert(name, path);
        }
    }
    problems
}
