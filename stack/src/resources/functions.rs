//! The function of each task, with its log group and its role.

use cfn::{
    Prop, Resource, Template, Text, Value, checked,
    name::{FunctionName, LogGroupName, ServicePrincipal, VariableName},
    resource::{
        Code, Environment as Variables, Function, FunctionTimeoutS, LogLevel, Logging, MemoryMb,
        RemovalPolicy, Runtime, SystemLogLevel, Tags, Tracing,
    },
};
use contract::{EnvVar, task::TaskKind};
use jiff::civil::Date;
use serde_json::json;

use super::{add, ids, permissions, text};
use crate::{
    environment::{EndOfLife, Environment, SourceChoice},
    expect_valid::expect_valid,
    resources::logs::log_group,
};

pub(super) fn add_functions(template: &mut Template, environment: &Environment) {
    for task in TaskKind::ALL {
        add_function(template, environment, *task);
    }
}

fn add_function(template: &mut Template, environment: &Environment, task: TaskKind) {
    let names = environment.names();
    let logs = ids::function_logs(task);
    add(template, logs.clone(), log_group(names.function_logs(task), environment));

    let log_group_arn = Some(Prop::arn_of(logs.clone()));
    let role = permissions::role(
        checked!(ServicePrincipal, "lambda.amazonaws.com"),
        description(task),
        permissions::of_function(Some(task), environment, log_group_arn, true),
    );
    add(template, ids::function_role(task), role);

    let name = (EnvVar::Environment, text(environment.name.as_str()));
    let variables = std::iter::once(name).chain(variables(task, environment));
    let function = Function {
        function_name: Some(expect_valid(FunctionName::new(names.function(task))).into()),
        description: Some(expect_valid(Text::new(description(task)))),
        code: Code {
            bucket: Prop::reference(ids::ARTIFACTS_BUCKET),
            key: Prop::reference(ids::code_key(task)),
        },
        handler: Text::from_const("bootstrap"),
        runtime: Runtime::ProvidedAl2023,
        architecture: environment.architecture,
        memory_mb: expect_valid(MemoryMb::new(task.memory_mb())),
        timeout_s: expect_valid(FunctionTimeoutS::new(task.timeout_s())),
        role: Prop::arn_of(ids::function_role(task)),
        environment: variables
            .map(|(variable, value)| (expect_valid(VariableName::new(variable.name())), value))
            .collect::<Variables>(),
        // INFO on both sides: a metric is a line of the function's, a timeout a line of the platform's, and a higher
        // level drops either in silence.
        logging: Some(Logging::Json {
            log_group: Some(Prop::<LogGroupName>::reference(logs)),
            system_log_level: SystemLogLevel::Info,
            application_log_level: LogLevel::Info,
        }),
        tracing: Some(Tracing::Active),
        reserved_concurrent_executions: None,
        tags: Tags::default(),
    };
    add(template, ids::function(task), Resource::new(function).on_removal(RemovalPolicy::Delete));
}

const fn description(task: TaskKind) -> &'static str {
    match task {
        TaskKind::RecipeGenerator => "Builds a recipe from a profile",
        TaskKind::PriceFetcher => "Prices the ingredients of an order",
        TaskKind::ResultCombiner => "Stores a meal plan and completes its session",
    }
}

/// What a task reads beside the environment's name.
fn variables(task: TaskKind, environment: &Environment) -> Vec<(EnvVar, Value)> {
    match task {
        TaskKind::RecipeGenerator => {
            let model = &environment.model;
            let mut variables = vec![
                (EnvVar::BedrockRegion, text(environment.bedrock_region.as_str())),
                (EnvVar::BedrockModelId, text(model.id.as_str())),
                (EnvVar::BedrockMaxTokens, text(model.max_tokens.to_string())),
            ];
            // An alarm counts the days down; a day that is not known has none.
            if let EndOfLife::On(day) = model.end_of_life {
                let days = day.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24;
                variables.push((EnvVar::ModelLastDay, text(days.to_string())));
            }
            variables
        }
        TaskKind::PriceFetcher => {
            let sources: Vec<_> = environment.sources.iter().map(SourceChoice::settings).collect();
            vec![
                (EnvVar::PriceSources, text(json!(sources).to_string())),
                (EnvVar::PricesTable, Prop::reference(ids::PRICES_TABLE)),
            ]
        }
        TaskKind::ResultCombiner => vec![
            (EnvVar::ResultsTable, Prop::reference(ids::RESULTS_TABLE)),
            (EnvVar::SessionsTable, Prop::reference(ids::SESSIONS_TABLE)),
        ],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::tests::local;

    fn names_in_template(id: &str) -> BTreeSet<String> {
        let template = local().lower();
        let (_, function) =
            template.resources_of::<Function>().find(|(function, _)| function.as_str() == id).unwrap();
        function.environment.variables.keys().map(ToString::to_string).collect()
    }

    #[test]
    fn each_function_gets_what_it_reads_and_nothing_else() {
        let names = |variables: &[EnvVar]| -> BTreeSet<String> {
            [EnvVar::Environment].iter().chain(variables).map(|variable| variable.name().to_owned()).collect()
        };
        let recipe = [EnvVar::BedrockRegion, EnvVar::BedrockModelId, EnvVar::BedrockMaxTokens];
        let price = [EnvVar::PriceSources, EnvVar::PricesTable];
        let combine = [EnvVar::ResultsTable, EnvVar::SessionsTable];
        assert_eq!(names_in_template("RecipeGenerator"), names(&recipe));
        assert_eq!(names_in_template("PriceFetcher"), names(&price));
        assert_eq!(names_in_template("ResultCombiner"), names(&combine));
        // `ModelLastDay` is set where the day is known, which it is not here.
        assert_eq!(recipe.len() + price.len() + combine.len() + 2, EnvVar::ALL.len());
    }
}
