//! Rules `long-name` and `non-ascii-name`: a state's name has 1 to 80 characters, and only ASCII ones: names with
//! others do not work with CloudWatch, so the state's metrics and logs would be lost.
//!
//! Manual: States Language, "States" (80 characters); Developer Guide, "Monitoring Step Functions metrics using Amazon
//! CloudWatch" (non-ASCII names).

use super::{Problem, Scope};

/// The longest name in characters. Source: States Language, "States".
const MAX_CHARACTERS: usize = 80;

pub(super) fn check(scopes: &[Scope<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, name, _) in scopes.iter().flat_map(Scope::each) {
        let characters = name.chars().count();
        if !(1..=MAX_CHARACTERS).contains(&characters) {
            problems.push(Problem {
                rule: "long-name",
                path: path.clone(),
                message: format!(
                    "a name has 1 to {MAX_CHARACTERS} characters, this one has {characters}: {name}"
                ),
                hint: None,
            });
        }
        if !name.is_ascii() {
            problems.push(Problem {
                rule: "non-ascii-name",
                path,
                message: format!("CloudWatch takes only ASCII names: {name}"),
                hint: Some("say it in the state's Comment".to_owned()),
            });
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::check::fixture::check;

    fn named(name: &str) -> serde_json::Value {
        json!({"StartAt": name, "States": {name: {"Type": "Succeed"}}})
    }

    #[test]
    fn eighty_ascii_characters() {
        check(&named(&"x".repeat(80)), &[]);
        let long = "x".repeat(81);
        let path = format!("/States/{long}");
        let message = format!("a name has 1 to 80 characters, this one has 81: {long}");
        check(&named(&long), &[("long-name", &path, &message)]);
    }

    #[test]
    fn no_korean() {
        check(
            &named("요리"),
            &[(
                "non-ascii-name",
                "/States/요리",
                "CloudWatch takes only ASCII names: 요리",
            )],
        );
    }
}
