//! `non-ascii-state`: a state's name has characters that CloudWatch does not take.
//!
//! **Why.** Step Functions takes any name, but those outside of ASCII "don't work with CloudWatch": the state's metrics
//! and logs are lost in silence.
//!
//! **What it wants.** Names of ASCII characters only.
//!
//! **What to do.** Name the state in ASCII, and say the rest in its `Comment`, which may be Korean.
//!
//! Source: Step Functions Developer Guide, "Step Functions service quotas", general quotas (names that are not ASCII).

use super::{Problem, Scope};

pub(super) const RULE: &str = "non-ascii-state";

pub(super) fn check(scopes: &[Scope<'_>]) -> Vec<Problem> {
    let states = scopes.iter().flat_map(Scope::each);
    states
        .filter(|(_, name, _)| !name.is_ascii())
        .map(|(path, name, _)| Problem {
            rule: RULE,
            path,
            message: format!("CloudWatch takes only ASCII names: {name}"),
            hint: Some("say it in the state's Comment".to_owned()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::check::fixture::check;

    #[test]
    fn no_korean() {
        let named = |name: &str| json!({"StartAt": name, "States": {name: {"Type": "Succeed"}}});
        check(&named("Cook"), &[]);
        check(
            &named("요리"),
            &[("non-ascii-state", "/States/요리", "CloudWatch takes only ASCII names: 요리")],
        );
    }

    #[test]
    fn a_branch_is_looked_into_and_a_comment_is_free() {
        let machine = json!({"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "é", "States": {"é": {"Type": "Succeed", "Comment": "요리"}}},
        ]}}});
        let path = "/States/P/Branches/0/States/é";
        check(&machine, &[("non-ascii-state", path, "CloudWatch takes only ASCII names: é")]);
    }
}
