//! `non-ascii-name`: a physical name has characters that CloudWatch does not take.
//!
//! **Why.** A metric's dimensions are names of functions, machines, tables and queues. Step Functions takes a Korean name
//! without a word, and then its metrics "don't work with CloudWatch": every graph stays empty and every alarm silent.
//!
//! **What it wants.** Every physical name is ASCII, in each piece that the template writes out. A name that is written out
//! as a whole has a type that takes nothing else (`cfn::name`); what can go wrong is a name that is computed, by `Fn::Sub`
//! or `Fn::Join`. States have a rule of their own, `non-ascii-state`. Descriptions and comments may be Korean.
//!
//! **What to do.** Name it in ASCII; say the rest in its description.
//!
//! Source: Step Functions Developer Guide, "Step Functions service quotas", general quotas (names that are not ASCII "don't
//! work with Amazon CloudWatch"); CloudWatch API Reference, `Dimension` (ASCII characters only).

use serde_json::Value as Json;

use super::{Subject, in_template};
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "non-ascii-name";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    for (id, resource) in &subject.template.resources {
        let Some(property) = resource.properties.name_property() else {
            continue;
        };
        let name = subject.properties(id).and_then(|properties| properties.get(property));
        if let Some(piece) = name.and_then(non_ascii) {
            let path = in_template(&format!("/Resources/{id}/Properties/{property}"));
            let message = format!("CloudWatch takes only ASCII names: {piece}");
            report.findings.push(Finding::error(RULE, path, message).hint("say it in the description"));
        }
    }
}

/// A text inside of a value that is not ASCII.
fn non_ascii(value: &Json) -> Option<&str> {
    match value {
        Json::String(text) => (!text.is_ascii()).then_some(text),
        Json::Array(items) => items.iter().find_map(non_ascii),
        Json::Object(fields) => fields.values().find_map(non_ascii),
        Json::Null | Json::Bool(_) | Json::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use cfn::{
        Prop, Pseudo, Sub,
        resource::{Function, StateMachine, Table},
    };

    use crate::{check::tests::found, tests::local};

    #[test]
    fn what_is_computed_can() {
        let found = found(super::check, &local(), |template| {
            for (_, machine) in template.resources_of_mut::<StateMachine>().take(1) {
                let name = Sub::parse("요리-${AWS::StackName}").unwrap();
                machine.state_machine_name = Some(name.into());
            }
            for (_, function) in template.resources_of_mut::<Function>().take(1) {
                let name = Prop::join("-", ["가격".into(), Prop::pseudo(Pseudo::StackName)]);
                function.function_name = Some(name);
            }
            for (_, table) in template.resources_of_mut::<Table>() {
                table.table_name = Some(Sub::parse("sessions-${AWS::StackName}").unwrap().into());
            }
        });
        assert_eq!(
            found,
            [
                "error template.json#/Resources/Closer/Properties/StateMachineName: CloudWatch takes only ASCII names: \
                 요리-${AWS::StackName}",
                "error template.json#/Resources/PriceFetcher/Properties/FunctionName: CloudWatch takes only ASCII \
                 names: 가격",
            ]
        );
    }
}
