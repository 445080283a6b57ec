//! `template-limits`: the template is larger than CloudFormation takes, or nearly so.
//!
//! **Why.** CloudFormation refuses it as a whole, at the end of a release. A stack that grows meets the limits one by one,
//! and splitting a stack takes longer than a release may.
//!
//! **What it wants.** At most 1 MB of text, 500 resources, 200 parameters, 200 outputs, and 4,096 bytes a parameter's
//! default. A warning from 80 % on. A text of at most 51,200 bytes could go inside of the call; ours goes through the
//! artifacts bucket, where the limit is 1 MB, so that one alone is judged. Lengths of names and descriptions are in their
//! types (`cfn::name`, `cfn::Text`): 255 characters a logical id, 1,024 bytes a description.
//!
//! **What to do.** Split the stack, or say with fewer resources what is said with many.
//!
//! Source: CloudFormation User Guide, "Understand CloudFormation quotas". A MB is read as 1,000,000 bytes, which is the
//! stricter reading.

use super::{Subject, in_template, limits::Limit};
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "template-limits";

const TEXT: Limit = Limit { what: "the template's text has bytes", most: 1_000_000 };
const RESOURCES: Limit = Limit { what: "the template has resources", most: 500 };
const PARAMETERS: Limit = Limit { what: "the template has parameters", most: 200 };
const OUTPUTS: Limit = Limit { what: "the template has outputs", most: 200 };
const DEFAULT: Limit = Limit { what: "a parameter's default has bytes", most: 4_096 };

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let template = subject.template;
    let finding = |limit: Limit, pointer: &str, count| limit.finding(RULE, &in_template(pointer), count);
    let parts = [
        finding(TEXT, "", template.to_json_string().len()),
        finding(RESOURCES, "/Resources", template.resources.len()),
        finding(PARAMETERS, "/Parameters", template.parameters.len()),
        finding(OUTPUTS, "/Outputs", template.outputs.len()),
    ];
    let defaults = template.parameters.iter().filter_map(|(id, parameter)| {
        let default = parameter.default.as_ref()?;
        finding(DEFAULT, &format!("/Parameters/{id}/Default"), default.len())
    });
    let hint = |finding: Finding| finding.hint("split the stack");
    report.findings.extend(parts.into_iter().flatten().chain(defaults).map(hint));
}

#[cfg(test)]
mod tests {
    use cfn::{
        LogicalId, Output, Parameter, Template, Text, Value,
        resource::{LogGroup, Tags},
    };

    use crate::{check::tests::found, tests::local};

    #[track_caller]
    fn check(change: impl FnOnce(&mut Template), expect: &[&str]) {
        assert_eq!(found(super::check, &local(), change), expect);
    }

    /// Adds so many that there are `count` of them.
    fn fill(have: usize, count: usize, mut add: impl FnMut(LogicalId)) {
        for number in have..count {
            add(LogicalId::new(format!("X{number}")).unwrap());
        }
    }

    /// One more than the limit; `limits` tests where it warns.
    #[test]
    fn resources_parameters_and_outputs() {
        check(
            |template| {
                let group = LogGroup {
                    log_group_name: None,
                    retention: None,
                    kms_key_id: None,
                    tags: Tags::default(),
                };
                fill(template.resources.len(), 501, |id| template.add(id, group.clone()).unwrap());
            },
            &["error template.json#/Resources: the template has resources beyond the limit of 500: 501"],
        );
        check(
            |template| {
                let parameter = Parameter::described(Text::from_const("a text"));
                fill(template.parameters.len(), 201, |id| {
                    template.add_parameter(id, parameter.clone()).unwrap();
                });
            },
            &["error template.json#/Parameters: the template has parameters beyond the limit of 200: 201"],
        );
        check(
            |template| {
                let output = Output::new(Text::from_const("a text"), Value::from("a"));
                fill(template.outputs.len(), 201, |id| template.add_output(id, output.clone()).unwrap());
            },
            &["error template.json#/Outputs: the template has outputs beyond the limit of 200: 201"],
        );
    }

    #[test]
    fn texts() {
        let metadata = |bytes: usize| {
            move |template: &mut Template| {
                let rest = template.to_json_string().len() + "\"X\": \"\",\n    ".len();
                template.metadata.insert("X".to_owned(), "x".repeat(bytes - rest).into());
                assert_eq!(template.to_json_string().len(), bytes);
            }
        };
        check(
            metadata(1_000_001),
            &["error template.json#: the template's text has bytes beyond the limit of 1000000: 1000001"],
        );
        check(
            |template| {
                let mut parameters = template.parameters.values_mut();
                parameters.next().unwrap().default = Some("x".repeat(4_097));
            },
            &[
                "error template.json#/Parameters/ArtifactsBucket/Default: a parameter's default has bytes beyond the \
                 limit of 4096: 4097",
            ],
        );
    }
}
