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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::check::fixture::check;

    #[test]
    fn names_in_branches_count() {
        let branch = |name: &str| json!({"StartAt": name, "States": {name: {"Type": "Succeed"}}});
        let machine = |branches| json!({"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": branches}}});
        check(&machine(json!([branch("A"), branch("B")])), &[]);
        check(
            &machine(json!([branch("A"), branch("A"), branch("P")])),
            &[
                (
                    "duplicate-name",
                    "/States/P/Branches/1/States/A",
                    "the name is taken by /States/P/Branches/0/States/A: A",
                ),
                ("duplicate-name", "/States/P/Branches/2/States/P", "the name is taken by /States/P: P"),
            ],
        );
    }
}
