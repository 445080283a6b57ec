//! What is wrong with a definition that parses: one rule a file, each with the manual's page in its comment.
//!
//! Whether a field is run at all is no rule here: that is refused while parsing.

mod branches;
mod duplicate_name;
mod names;
mod no_end;
mod patterns;
mod target;
mod unreachable;

use crate::model::{State, StateMachine, States};

/// Something that AWS refuses, or that no execution can make sense of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at {path}")]
pub struct Problem {
    /// The rule's name, `missing-target`.
    pub rule: &'static str,
    /// Where, as a JSON pointer: `/States/Cook/Next`.
    pub path: String,
    /// What is wrong, a lowercase fragment with the value last.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A rule: it looks at the scopes of a machine, outer ones first.
type Rule = fn(&[Scope<'_>]) -> Vec<Problem>;

/// Every problem of a machine, rule by rule, each in the order of the definition. None means the machine is sound.
#[must_use]
pub fn check(machine: &StateMachine) -> Vec<Problem> {
    const RULES: [Rule; 7] = [
        target::check,
        unreachable::check,
        no_end::check,
        duplicate_name::check,
        branches::check,
        names::check,
        patterns::check,
    ];
    let scopes = scopes(machine);
    RULES.iter().flat_map(|rule| rule(&scopes)).collect()
}

/// States that may lead to each other: the machine's own, or those of one branch.
pub(crate) struct Scope<'m> {
    /// `""` for the machine, `/States/Both/Branches/0` for a branch.
    path: String,
    start_at: &'m str,
    states: &'m States,
}

impl<'m> Scope<'m> {
    /// The path of one of its states.
    fn at(&self, state: &str) -> String {
        format!(
            "{}/States/{}",
            self.path,
            state.replace('~', "~0").replace('/', "~1")
        )
    }

    fn each(&self) -> impl Iterator<Item = (String, &'m str, &'m State)> {
        self.states
            .iter()
            .map(|(name, state)| (self.at(name), name.as_str(), state))
    }
}

/// The machine's scope and those of all of its branches, outer ones first.
fn scopes(machine: &StateMachine) -> Vec<Scope<'_>> {
    let mut found = vec![Scope {
        path: String::new(),
        start_at: &machine.start_at,
        states: &machine.states,
    }];
    let mut at = 0;
    while let Some(scope) = found.get(at) {
        let inner: Vec<_> = scope
            .each()
            .flat_map(|(path, _, state)| {
                state.branches().iter().enumerate().map(move |(i, branch)| Scope {
                    path: format!("{path}/Branches/{i}"),
                    start_at: &branch.start_at,
                    states: &branch.states,
                })
            })
            .collect();
        found.extend(inner);
        at += 1;
    }
    found
}

#[cfg(test)]
mod fixture {
    use serde_json::Value;

    use crate::StateMachine;

    /// Checks that a definition has exactly these problems: rule, path and message of each.
    pub(super) fn check(definition: &Value, expect: &[(&str, &str, &str)]) {
        let machine = StateMachine::parse(&definition.to_string()).unwrap();
        let problems = super::check(&machine);
        let found: Vec<_> = problems
            .iter()
            .map(|p| (p.rule, p.path.as_str(), p.message.as_str()))
            .collect();
        assert_eq!(found, expect);
    }
}
