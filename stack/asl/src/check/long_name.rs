//! `long-name`: a state's name is empty or longer than Step Functions takes.
//!
//! **Why.** The definition is refused when it is deployed.
//!
//! **What it wants.** 1 to 80 characters.
//!
//! **What to do.** Say it shorter, and the rest in the state's `Comment`.
//!
//! Source: States Language, "States" (80 characters).

use super::{Problem, Scope};

pub(super) const RULE: &str = "long-name";

/// The longest name in characters. Source: States Language, "States".
const MAX_CHARACTERS: usize = 80;

pub(super) fn check(scopes: &[Scope<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, name, _) in scopes.iter().flat_map(Scope::each) {
        let characters = name.chars().count();
        if !(1..=MAX_CHARACTERS).contains(&characters) {
            problems.push(Problem {
                rule: RULE,
                path,
                message: format!(
                    "a name has 1 to {MAX_CHARACTERS} characters, this one has {characters}: {name}"
                ),
                hint: None,
            });
        }
    }
    problems
}
