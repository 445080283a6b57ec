//! The three functions, each with its log group and a role that names what it touches.

use cfn::{
    Prop, Resource, Sub, Template, Text, Value, checked,
    name::{Action, FunctionName, LogGroupName, ServicePrincipal, Sid, VariableName},
    policy::{Operator, Statement},
    resource::{
        Code, Environment as Variables, Function, FunctionTimeoutS, LogLevel, Logging, MemoryMb,
        RemovalPolicy, Runtime, SystemLogLevel, Tags, Tracing,
    },
};
use contract::{
    EnvVar, Task,
    task::{PriceFetcher, RecipeGenerator, ResultCombiner},
};

use serde_json::json;

use super::{add, ids, permissions, tables, text};
use crate::{
    constant::constant,
    environment::{Environment, Model, Reach, Region, SourceChoice},
    resources::logs::log_group,
};

/// What makes one function different from the others.
struct Needs {
    description: &'static str,
    variables: Vec<(EnvVar, Value)>,
    statements: Vec<Statement>,
}

pub(super) fn add_functions(template: &mut Template, environment: &Environment) {
    add_function::<RecipeGenerator>(template, environment, recipe(environment));
    add_function::<PriceFetcher>(template, environment, price(environment));
    add_function::<ResultCombiner>(template, environment, combine());
}

fn add_function<T: Task>(template: &mut Template, environment: &Environment, needs: Needs) {
    let names = environment.names();
    let logs = ids::function_logs::<T>();
    add(
        template,
        logs.clone(),
        log_group(names.function_logs(T::NAME), environment),
    );

    let write_logs = Statement::allow(
        checked!(Sid, "WriteLogs"),
        [
            checked!(Action, "logs:CreateLogStream"),
            checked!(Action, "logs:PutLogEvents"),
        ],
        [Prop::arn_of(logs.clone())],
    );
    let statements = [write_logs, permissions::write_traces()]
        .into_iter()
        .chain(needs.statements);
    let role = permissions::role(
        checked!(ServicePrincipal, "lambda.amazonaws.com"),
        needs.description,
        statements,
    );
    add(template, ids::function_role::<T>(), role);

    let name = (EnvVar::Environment, text(environment.name.as_str()));
    let variables = std::iter::once(name).chain(needs.variables);
    let function = Function {
        function_name: Some(constant(FunctionName::new(names.function::<T>())).into()),
        description: Some(constant(Text::new(needs.description))),
        code: Code {
            bucket: Prop::reference(ids::ARTIFACTS_BUCKET),
            key: Prop::reference(ids::code_key::<T>()),
        },
        handler: Text::from_const("bootstrap"),
        runtime: Runtime::ProvidedAl2023,
        architecture: environment.architecture,
        memory_mb: const { MemoryMb::from_const(T::MEMORY_MB) },
        timeout_s: const { FunctionTimeoutS::from_const(T::TIMEOUT_S) },
        role: Prop::arn_of(ids::function_role::<T>()),
        environment: variables
            .map(|(variable, value)| (constant(VariableName::new(variable.name())), value))
            .collect::<Variables>(),
        kms_key_arn: None,
        // INFO on both sides: a metric is a line of the function's, a timeout a line of the platform's, and a higher
        // level drops either in silence (D11).
        logging: Some(Logging::Json {
            log_group: Some(Prop::<LogGroupName>::reference(logs)),
            system_log_level: SystemLogLevel::Info,
            application_log_level: LogLevel::Info,
        }),
        tracing: Some(Tracing::Active),
        reserved_concurrent_executions: None,
        tags: Tags::default(),
    };
    add(
        template,
        ids::function::<T>(),
        Resource::new(function).on_removal(RemovalPolicy::Delete),
    );
}

/// Asks the model, and nobody else.
fn recipe(environment: &Environment) -> Needs {
    let model = &environment.model;
    Needs {
        description: "Builds a recipe from a profile",
        variables: vec![
            (EnvVar::BedrockRegion, text(environment.bedrock_region.as_str())),
            (EnvVar::BedrockModelId, text(model.id.as_str())),
            (EnvVar::BedrockMaxTokens, text(model.max_tokens.to_string())),
        ],
        statements: vec![Statement::allow(
            checked!(Sid, "AskTheModel"),
            [checked!(Action, "bedrock:InvokeModel")],
            model_arns(model, environment.bedrock_region.as_str()),
        )],
    }
}

/// What a role must name so that a model answers (D9): a bare model, itself; a profile, its own ARN, the model in the
/// region that is asked and wherever the profile may send the call. A global profile sends it to an ARN without region.
fn model_arns(model: &Model, region: &str) -> Vec<Value> {
    let in_region = |region: &str| {
        let id = model.id.foundation_model();
        format!("arn:${{AWS::Partition}}:bedrock:{region}::foundation-model/{id}")
    };
    let id = &model.id;
    let profile =
        format!("arn:${{AWS::Partition}}:bedrock:{region}:${{AWS::AccountId}}:inference-profile/{id}");
    let arns = match model.id.reach() {
        Reach::Region => vec![in_region(region)],
        Reach::Global => vec![profile, in_region(region), in_region("")],
        Reach::Geographic => {
            let others = model
                .destination_regions
                .iter()
                .map(Region::as_str)
                .filter(|other| *other != region);
            [profile, in_region(region)]
                .into_iter()
                .chain(others.map(in_region))
                .collect()
        }
    };
    arns.into_iter()
        .map(|arn| constant(Sub::parse(arn)).into())
        .collect()
}

/// Asks the price sources with keys that it reads by name (D10), and keeps what they answer.
fn price(environment: &Environment) -> Needs {
    let sources: Vec<_> = environment.sources.iter().map(SourceChoice::settings).collect();
    let parameters = || {
        let names = environment.secrets().into_iter();
        names.map(|name| {
            let arn = format!(
                "arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:${{AWS::AccountId}}:parameter/{}",
                name.as_str().trim_start_matches('/')
            );
            Value::from(constant(Sub::parse(arn)))
        })
    };
    let decrypt = Statement::allow(
        checked!(Sid, "DecryptSecrets"),
        [checked!(Action, "kms:Decrypt")],
        [Prop::reference(ids::KEY_ARN)],
    );
    let read = Statement::allow(
        checked!(Sid, "ReadSecrets"),
        [checked!(Action, "ssm:GetParameter")],
        parameters(),
    );
    let decrypt = decrypt.when(
        Operator::StringEquals,
        "kms:EncryptionContext:PARAMETER_ARN",
        parameters(),
    );
    Needs {
        description: "Prices the ingredients of an order",
        variables: vec![
            (EnvVar::PriceSources, text(json!(sources).to_string())),
            (EnvVar::PricesTable, Prop::reference(ids::PRICES_TABLE)),
        ],
        statements: [read, decrypt]
            .into_iter()
            .chain(tables::price_statements())
            .collect(),
    }
}

/// Stores the result and completes the session in one transaction, and reads back who was first (D5).
fn combine() -> Needs {
    Needs {
        description: "Stores a meal plan and completes its session",
        variables: vec![
            (EnvVar::ResultsTable, Prop::reference(ids::RESULTS_TABLE)),
            (EnvVar::SessionsTable, Prop::reference(ids::SESSIONS_TABLE)),
        ],
        statements: tables::combine_statements(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        environment::ModelId,
        tests::{example, local},
    };

    fn variables(id: &str) -> BTreeSet<String> {
        let template = local().lower();
        let (_, function) = template
            .resources_of::<Function>()
            .find(|(function, _)| function.as_str() == id)
            .unwrap();
        function
            .environment
            .variables
            .keys()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn each_function_gets_what_it_reads_and_nothing_else() {
        let names = |variables: &[EnvVar]| -> BTreeSet<String> {
            [EnvVar::Environment]
                .iter()
                .chain(variables)
                .map(|variable| variable.name().to_owned())
                .collect()
        };
        let recipe = [
            EnvVar::BedrockRegion,
            EnvVar::BedrockModelId,
            EnvVar::BedrockMaxTokens,
        ];
        let price = [EnvVar::PriceSources, EnvVar::PricesTable];
        let combine = [EnvVar::ResultsTable, EnvVar::SessionsTable];
        assert_eq!(variables("RecipeGenerator"), names(&recipe));
        assert_eq!(variables("PriceFetcher"), names(&price));
        assert_eq!(variables("ResultCombiner"), names(&combine));
        assert_eq!(recipe.len() + price.len() + combine.len() + 1, EnvVar::ALL.len());
    }

    #[track_caller]
    fn check(id: &str, regions: &[&str], expect: &[&str]) {
        let mut model = example("dev").environment().model.clone();
        model.id = ModelId::new(id).unwrap();
        model.destination_regions = regions
            .iter()
            .map(|region| Region::new(region).unwrap())
            .collect();
        let arns = model_arns(&model, "us-east-1");
        let texts: Vec<&str> = arns
            .iter()
            .map(|arn| match arn {
                Prop::Intrinsic(cfn::Intrinsic::Sub(sub)) => {
                    sub.text().strip_prefix("arn:${AWS::Partition}:bedrock:").unwrap()
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(texts, expect);
    }

    #[test]
    fn a_model_needs_what_its_reach_needs() {
        check(
            "anthropic.claude-x",
            &[],
            &["us-east-1::foundation-model/anthropic.claude-x"],
        );
        check(
            "global.anthropic.claude-x",
            &[],
            &[
                "us-east-1:${AWS::AccountId}:inference-profile/global.anthropic.claude-x",
                "us-east-1::foundation-model/anthropic.claude-x",
                "::foundation-model/anthropic.claude-x",
            ],
        );
        check(
            "us.anthropic.claude-x",
            &["us-east-1", "us-west-2"],
            &[
                "us-east-1:${AWS::AccountId}:inference-profile/us.anthropic.claude-x",
                "us-east-1::foundation-model/anthropic.claude-x",
                "us-west-2::foundation-model/anthropic.claude-x",
            ],
        );
    }
}
