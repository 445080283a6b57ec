//! `function-limits`: a function's configuration is one that Lambda refuses, or nearly so.
//!
//! **Why.** Lambda refuses it when the stack is updated, in the middle of a release. Environment variables grow with every
//! setting, and their limit is small.
//!
//! **What it wants.** At most 4 KB of environment variables, names included (a warning from 80 % on), and none whose name
//! Lambda keeps for itself. What CloudFormation computes is counted as the physical name that it refers to, and else as it
//! stands in the template. The other limits are in the types (`cfn::resource`): a timeout of 1 to 900 s, 128 to 10,240 MB
//! of memory, 64 characters a name, 256 bytes a description.
//!
//! **What to do.** Put settings that belong together into one parameter of Systems Manager, and give the function its name.
//!
//! Source: Lambda Developer Guide, "Lambda quotas" (4 KB, in aggregate) and "Defined runtime environment variables".

use cfn::{
    Intrinsic, Target, Template, Value,
    resource::{Function, Queue, Table},
};
use serde_json::Value as Json;

use super::{Subject, in_template, limits::Limit};
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "function-limits";

const VARIABLES: Limit = Limit { what: "the environment variables have bytes", most: 4_096 };

/// The variables that Lambda sets and lets nobody else set.
///
/// Source: Lambda Developer Guide, "Defined runtime environment variables", the reserved ones. `_HANDLER` and its like are
/// no names that a template may give.
const RESERVED: [&str; 16] = [
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    for (id, function) in subject.template.resources_of::<Function>() {
        let variables = &function.environment.variables;
        let path = in_template(&format!("/Resources/{id}/Properties/Environment/Variables"));
        let bytes = variables.iter().map(|(name, value)| name.len() + length(value, subject.template)).sum();
        let hint = "put settings that belong together into one parameter, and give the function its name";
        let size = VARIABLES.finding(RULE, &path, bytes);
        report.findings.extend(size.map(|finding| finding.hint(hint)));
        let reserved = variables.keys().filter(|name| RESERVED.contains(&name.as_str()));
        report.findings.extend(reserved.map(|name| {
            let message = format!("Lambda keeps this variable for itself: {name}");
            Finding::error(RULE, format!("{path}/{name}"), message).hint("give it another name")
        }));
    }
}

/// The bytes of a value, as far as the template tells.
fn length(value: &Value, template: &Template) -> usize {
    let as_written = || match serde_json::to_value(value) {
        Ok(Json::String(text)) => text.len(),
        Ok(other) => other.to_string().len(),
        Err(_) => 0,
    };
    let Some(Intrinsic::Ref(Target::Logical(id))) = value.intrinsic() else {
        return as_written();
    };
    let tables = template.resources_of::<Table>();
    let tables = tables.map(|(id, table)| (id, table.table_name.as_ref().and_then(|name| name.literal())));
    let tables = tables.map(|(id, name)| (id, name.map(|name| name.len())));
    let queues = template.resources_of::<Queue>();
    let queues = queues.map(|(id, queue)| (id, queue.queue_name.as_ref().and_then(|name| name.literal())));
    let queues = queues.map(|(id, name)| (id, name.map(|name| name.len())));
    tables.chain(queues).find_map(|(other, name)| name.filter(|_| other == id)).unwrap_or_else(as_written)
}

#[cfg(test)]
mod tests {
    use cfn::{Prop, name::VariableName};

    use super::*;
    use crate::{
        check::tests::{found, resource},
        resources::ids,
        tests::local,
    };

    /// Gives the recipe function these variables and no others.
    #[track_caller]
    fn check(variables: &[(&str, Value)], expect: &[&str]) {
        let found = found(super::check, &local(), |template| {
            let function = resource::<Function>(template, "RecipeGenerator");
            function.environment = variables
                .iter()
                .map(|(name, value)| (VariableName::new(*name).unwrap(), value.clone()))
                .collect();
        });
        let at = "template.json#/Resources/RecipeGenerator/Properties/Environment/Variables";
        let expect: Vec<String> = expect.iter().map(|text| text.replace("AT", at)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn variables_are_counted_with_their_names() {
        let text = |bytes: usize| Value::from("x".repeat(bytes));
        check(
            &[("AB", text(4_000)), ("CD", text(92))],
            &["warning AT: the environment variables have bytes close to the limit of 4096: 4096"],
        );
        check(
            &[("AB", text(4_000)), ("CD", text(93))],
            &["error AT: the environment variables have bytes beyond the limit of 4096: 4097"],
        );
    }

    #[test]
    fn a_reference_counts_as_the_name_behind_it() {
        // `ai-chef-sessions-local` has 22 letters.
        let table: Value = Prop::reference(ids::SESSIONS_TABLE);
        check(
            &[("AB", Value::from("x".repeat(4_071))), ("CD", table)],
            &["error AT: the environment variables have bytes beyond the limit of 4096: 4097"],
        );
    }

    #[test]
    fn a_variable_of_lambdas_own() {
        check(
            &[("AWS_REGION", "us-east-1".into()), ("AWS_REGIONS", "mine".into())],
            &["error AT/AWS_REGION: Lambda keeps this variable for itself: AWS_REGION"],
        );
    }
}
