//! `all-not-alone`: `States.ALL` stands beside other names.
//!
//! **Why.** It takes everything, so the names beside it say nothing; Step Functions refuses the definition.
//!
//! **What it wants.** `States.ALL` is the only entry of its `ErrorEquals`.
//!
//! **What to do.** Take the other names away, or give them an entry of their own before it.
//!
//! Source: States Language, "Errors" ("MUST appear alone").

use super::{Problem, Scope};
use crate::model::ErrorPattern;

pub(super) const RULE: &str = "all-not-alone";

pub(super) fn check(scopes: &[Scope<'_>]) -> Vec<Problem> {
    let lists = scopes.iter().flat_map(Scope::recoveries);
    lists
        .flat_map(|list| list.entries)
        .filter(|(_, patterns)| patterns.len() > 1 && patterns.iter().any(ErrorPattern::is_all))
        .map(|(path, _)| Problem {
            rule: RULE,
            path,
            message: "States.ALL stands alone in ErrorEquals".to_owned(),
            hint: None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::{catching, check};

    #[test]
    fn alone_is_fine() {
        check(&catching(&[&["A", "B"], &["States.ALL"]]), &[]);
    }

    #[test]
    fn with_others() {
        check(
            &catching(&[&["States.ALL", "A"]]),
            &[("all-not-alone", "/States/A/Catch/0/ErrorEquals", "States.ALL stands alone in ErrorEquals")],
        );
    }
}
