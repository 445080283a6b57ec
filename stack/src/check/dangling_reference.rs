//! `dangling-reference`: the template refers to something that is not in it, or goes in a circle.
//!
//! **Why.** CloudFormation refuses such a template as a whole, after the artifacts were uploaded. A placeholder in a
//! state machine (`${RecipeGenerator.Arn}`) is a reference too.
//!
//! **What it wants.** Every `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn` names a resource or parameter of the template,
//! an attribute that its type has, and no two resources wait for each other.
//!
//! **What to do.** Refer to resources by the constants of `resources::ids`; for a circle, name one of its resources by
//! its physical name instead.
//!
//! Source: CloudFormation User Guide, "Troubleshooting CloudFormation" (unresolved resource dependencies, circular
//! dependencies).

use super::{Subject, in_template};
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "dangling-reference";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    for dangling in subject.template.dangling() {
        let path = in_template(&dangling.reference().path);
        let text = dangling.to_string();
        let message = text.strip_prefix(&format!("{}: ", dangling.reference().path)).unwrap_or(&text);
        report.findings.push(
            Finding::error(RULE, path, message)
                .hint("refer to it by a constant of `resources::ids`, or add it"),
        );
    }
    if let Some(circle) = subject.template.dependency_cycle() {
        let way: Vec<&str> = circle.iter().map(cfn::LogicalId::as_str).collect();
        report.findings.push(
            Finding::error(
                RULE,
                in_template("/Resources"),
                format!("resources wait for each other: {}", way.join(" → ")),
            )
            .hint("name one of them by its physical name"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{check::tests::found, resources::ids, tests::local};

    #[test]
    fn a_reference_to_a_missing_resource_is_named() {
        let found = found(super::check, &local(), |template| {
            template.resources.remove(&ids::CLOSER_DEAD_LETTERS_POLICY).unwrap();
        });
        assert_eq!(
            found,
            [
                "error template.json#/Resources/CloserRule/DependsOn/0: nothing has this name: CloserDeadLettersPolicy"
            ]
        );
    }

    #[test]
    fn a_machines_placeholder_is_a_reference() {
        let found = found(super::check, &local(), |template| {
            template.resources.remove("PriceFetcher").unwrap();
        });
        let definition = "error template.json#/Resources/StateMachine/Properties/DefinitionString: nothing has this name: PriceFetcher";
        assert!(found.iter().any(|finding| finding == definition), "{found:?}");
    }

    #[test]
    fn a_circle_is_shown() {
        let found = found(super::check, &local(), |template| {
            template.resources.get_mut(&ids::MACHINE_ROLE).unwrap().depends_on.insert(ids::MACHINE);
        });
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("StateMachine → ") || found[0].contains("→ StateMachine"), "{found:?}");
    }
}
