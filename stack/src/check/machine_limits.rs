//! `machine-limits`: a state machine's definition is larger than Step Functions takes, or nearly so.
//!
//! **Why.** Step Functions refuses it when the stack is updated, in the middle of a release.
//!
//! **What it wants.** A definition of at most 1 MB, placeholders as they stand in the template; a warning from 80 % on.
//! Names have their lengths in their types or in rules of their own (`long-name`).
//!
//! **What to do.** Move a part of the machine into a machine of its own, or a long text into a function.
//!
//! Source: Step Functions Developer Guide, "Step Functions service quotas", maximum size of a state machine definition
//! (1 MB; read as 1,000,000 bytes, which is the stricter reading).

use cfn::{Intrinsic, Value, resource::StateMachine};

use super::{Subject, in_template, limits::Limit};
use crate::report::Report;

pub(super) const RULE: &str = "machine-limits";

const DEFINITION: Limit = Limit { what: "the definition has bytes", most: 1_000_000 };

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    for (id, machine) in subject.template.resources_of::<StateMachine>() {
        let path = in_template(&format!("/Resources/{id}/Properties/DefinitionString"));
        let finding = DEFINITION.finding(RULE, &path, length(&machine.definition));
        report
            .findings
            .extend(finding.map(|finding| finding.hint("move a part of it into a machine of its own")));
    }
}

/// The bytes of a text, with its placeholders as they stand.
fn length(text: &Value) -> usize {
    match text {
        Value::Literal(text) => text.len(),
        Value::Intrinsic(Intrinsic::Sub(sub)) => sub.text().len(),
        Value::Intrinsic(Intrinsic::Join(join)) => {
            let gaps = join.values.len().saturating_sub(1);
            join.values.iter().map(length).sum::<usize>() + gaps * join.delimiter.len()
        }
        Value::Intrinsic(Intrinsic::Ref(_) | Intrinsic::GetAtt(_)) => 0,
    }
}

#[cfg(test)]
mod tests {
    use cfn::{Prop, Sub};

    use super::*;
    use crate::{check::tests::found, tests::local};

    #[track_caller]
    fn check(definition: Value, expect: &[&str]) {
        let found = found(super::check, &local(), |template| {
            let (_, closer) = template.resources_of_mut::<StateMachine>().next().unwrap();
            closer.definition = definition;
        });
        assert_eq!(found, expect);
    }

    #[test]
    fn a_long_definition() {
        let error = "error template.json#/Resources/Closer/Properties/DefinitionString: the definition has bytes \
                     beyond the limit of 1000000: 1000001";
        check(Sub::parse("x".repeat(1_000_001)).unwrap().into(), &[error]);
        let halves = ["x".repeat(500_000), "x".repeat(500_000)].map(Value::from);
        check(Prop::join(",", halves), &[error]);
    }
}
