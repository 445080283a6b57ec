//! `all-not-last`: `States.ALL` stands before other entries.
//!
//! **Why.** The first entry that names an error decides, so those behind `States.ALL` take nothing; Step Functions
//! refuses the definition.
//!
//! **What it wants.** `States.ALL` stands in the last retrier and in the last catcher.
//!
//! **What to do.** Move its entry to the end.
//!
//! Source: States Language, "Errors" ("MUST appear in the last Retrier/Catcher").

use super::{Problem, Scope};
use crate::model::ErrorPattern;

pub(super) const RULE: &str = "all-not-last";

pub(super) fn check(scopes: &[Scope<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for mut list in scopes.iter().flat_map(Scope::recoveries) {
        list.entries.pop();
        let early =
            list.entries.into_iter().filter(|(_, patterns)| patterns.iter().any(ErrorPattern::is_all));
        problems.extend(early.map(|(path, _)| Problem {
            rule: RULE,
            path,
            message: "States.ALL stands in the last entry, the ones behind it take nothing".to_owned(),
            hint: None,
        }));
    }
    problems
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::{catching, check};

    #[test]
    fn last_is_fine() {
        check(&catching(&[&["A"], &["States.ALL"]]), &[]);
    }

    #[test]
    fn before_others() {
        let at = |entry| format!("/States/A/Catch/{entry}/ErrorEquals");
        check(
            &catching(&[&["States.ALL"], &["A"]]),
            &[
                (
                    "all-not-last",
                    &at(0),
                    "States.ALL stands in the last entry, the ones behind it take nothing",
                ),
                ("dead-catcher", &at(1), "an earlier entry takes this error by States.ALL: A"),
            ],
        );
    }
}
