//! The checks of a definition that parses: one rule a file. The file's first comment is the rule's page in the manual.
//!
//! Unsupported fields are errors of the parser. What two rules share is in `dead` and `raises`.

mod all_not_alone;
mod all_not_last;
mod choice_without_default;
mod dead;
mod dead_catcher;
mod dead_retry;
mod duplicate_name;
mod empty_branch;
mod long_name;
mod missing_target;
mod no_end;
mod non_ascii_state;
mod raises;
mod unreachable_state;

use crate::model::{ErrorPattern, Resource, State, StateMachine, States};

/// One rule, with the text of its file.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name, as its file is called: `missing-target`.
    pub name: &'static str,
    /// The text of its file, whose first comment is its manual page.
    pub source: &'static str,
    /// Whether Step Functions rejects a definition for it, at least in its simplest form. It runs the others, with a result
    /// that nobody wants.
    pub is_refused: bool,
    /// It looks at the scopes of a machine, outer ones first.
    check: fn(&[Scope<'_>]) -> Vec<Problem>,
}

macro_rules! rule {
    ($module:ident, $is_refused:literal) => {
        Rule {
            name: $module::RULE,
            source: include_str!(concat!(stringify!($module), ".rs")),
            is_refused: $is_refused,
            check: $module::check,
        }
    };
}

/// Every rule, in the order in which it is asked.
pub const RULES: [Rule; 12] = [
    rule!(missing_target, true),
    rule!(unreachable_state, true),
    rule!(no_end, true),
    rule!(duplicate_name, true),
    rule!(empty_branch, true),
    rule!(long_name, true),
    rule!(non_ascii_state, false),
    rule!(all_not_alone, true),
    rule!(all_not_last, true),
    rule!(choice_without_default, false),
    rule!(dead_retry, false),
    rule!(dead_catcher, false),
];

/// The error names that a task's function reports itself, if the caller knows all of them; `None` otherwise.
pub type OwnErrors<'a> = dyn Fn(&Resource) -> Option<Vec<&'static str>> + 'a;

/// A mistake: AWS rejects the definition, or a part of it can never work.
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

/// Every problem of a machine, rule by rule, each in the order of the definition. None means the machine is sound.
pub fn check(machine: &StateMachine) -> Vec<Problem> {
    check_knowing(machine, &|_| None)
}

/// As [`check`], with the error names of the machine's functions.
pub fn check_knowing(machine: &StateMachine, own_errors: &OwnErrors<'_>) -> Vec<Problem> {
    let scopes = scopes(machine, own_errors);
    RULES.iter().flat_map(|rule| (rule.check)(&scopes)).collect()
}

/// The problems for which Step Functions itself rejects a machine. Source: `ValidateStateMachineDefinition`.
pub fn errors(machine: &StateMachine) -> Vec<Problem> {
    let scopes = scopes(machine, &|_| None);
    let rules = RULES.iter().filter(|rule| rule.is_refused);
    rules.flat_map(|rule| (rule.check)(&scopes)).collect()
}

/// States that may lead to each other: the machine's own, or those of one branch.
pub(crate) struct Scope<'m> {
    /// `""` for the machine, `/States/Both/Branches/0` for a branch.
    path: String,
    start_at: &'m str,
    states: &'m States,
    own_errors: &'m OwnErrors<'m>,
}

/// One of the two lists of a state that take errors.
struct Recoveries<'m> {
    state: &'m State,
    /// `Retry` or `Catch`.
    field: &'static str,
    /// The path of each `ErrorEquals`, and what it takes.
    entries: Vec<(String, &'m [ErrorPattern])>,
}

impl<'m> Scope<'m> {
    /// The path of one of its states.
    fn at(&self, state: &str) -> String {
        format!("{}/States/{}", self.path, state.replace('~', "~0").replace('/', "~1"))
    }

    fn each(&self) -> impl Iterator<Item = (String, &'m str, &'m State)> {
        self.states.iter().map(|(name, state)| (self.at(name), name.as_str(), state))
    }

    /// The retriers and the catchers of each of its states.
    fn recoveries(&self) -> impl Iterator<Item = Recoveries<'m>> {
        self.each().flat_map(|(path, _, state)| {
            let list = |field, patterns: Vec<&'m [ErrorPattern]>| {
                let entries = patterns.into_iter().enumerate();
                Recoveries {
                    state,
                    field,
                    entries: entries
                        .map(|(at, patterns)| (format!("{path}/{field}/{at}/ErrorEquals"), patterns))
                        .collect(),
                }
            };
            let retry = state.retry().iter().map(|retrier| retrier.error_equals.as_slice());
            let catch = state.catch().iter().map(|catcher| catcher.error_equals.as_slice());
            [list("Retry", retry.collect()), list("Catch", catch.collect())]
        })
    }
}

/// The machine's scope and those of all of its branches, outer ones first.
fn scopes<'m>(machine: &'m StateMachine, own_errors: &'m OwnErrors<'m>) -> Vec<Scope<'m>> {
    let mut found =
        vec![Scope { path: String::new(), start_at: &machine.start_at, states: &machine.states, own_errors }];
    let mut at = 0;
    while let Some(scope) = found.get(at) {
        let inner: Vec<_> = scope
            .each()
            .flat_map(|(path, _, state)| {
                state.branches().iter().enumerate().map(move |(i, branch)| Scope {
                    path: format!("{path}/Branches/{i}"),
                    start_at: &branch.start_at,
                    states: &branch.states,
                    own_errors,
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
    use serde_json::{Value, json};

    use crate::StateMachine;

    /// A task with a timeout whose catchers take these errors.
    pub(super) fn catching(lists: &[&[&str]]) -> Value {
        let catch: Vec<_> = lists.iter().map(|errors| json!({"ErrorEquals": errors, "Next": "B"})).collect();
        json!({"StartAt": "A", "States": {
            "A": {"Type": "Task", "Resource": "arn:f", "TimeoutSeconds": 9, "End": true, "Catch": catch},
            "B": {"Type": "Fail"},
        }})
    }

    /// Checks that a definition has exactly these problems: rule, path and message of each.
    pub(super) fn check(definition: &Value, expect: &[(&str, &str, &str)]) {
        let machine = definition.to_string().parse::<StateMachine>().unwrap();
        let problems = super::check(&machine);
        let found: Vec<_> = problems.iter().map(|p| (p.rule, p.path.as_str(), p.message.as_str())).collect();
        assert_eq!(found, expect);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Whoever reads a finding finds its rule by its name, and the rule's file by the same.
    #[test]
    fn each_rule_is_named_as_its_file_says() {
        for Rule { name, source, .. } in RULES {
            assert!(source.starts_with(&format!("//! `{name}`: ")), "{name}");
        }
    }

    /// A file that nobody lists is a rule that nobody asks.
    #[test]
    fn a_rule_in_the_folder_is_a_rule_in_the_list() {
        let listed: BTreeSet<_> = RULES.iter().map(|rule| rule.name.replace('-', "_")).collect();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check");
        let files = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned());
        let rules = files.filter(|file| !["mod", "dead", "raises"].contains(&file.as_str()));
        assert_eq!(rules.collect::<BTreeSet<_>>(), listed);
    }

    #[test]
    fn the_nearest_name_is_the_hint_for_a_missing_target() {
        let text = r#"{"StartAt": "GenerateRecepi", "States": {"GenerateRecipe": {"Type": "Succeed"}}}"#;
        let problems = check(&text.parse::<StateMachine>().unwrap());
        assert_eq!(problems[0].hint.as_deref(), Some("GenerateRecipe"));
    }

    /// A name that never matches is an oversight, not an error of the language: AWS runs such a machine.
    #[test]
    fn what_step_functions_takes_is_no_refusal() {
        let dead = fixture::catching(&[&["States.Timeot"]]).to_string();
        let dead = dead.parse::<StateMachine>().unwrap();
        assert_eq!(check(&dead).len(), 1);
        assert_eq!(errors(&dead), []);
        let lost = fixture::catching(&[&["A"]]).to_string().replace("\"StartAt\":\"A\"", "\"StartAt\":\"B\"");
        let lost = lost.parse::<StateMachine>().unwrap();
        assert_eq!(errors(&lost), check(&lost));
        assert_eq!(errors(&lost).len(), 1);
    }
}
