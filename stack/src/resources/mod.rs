//! The CloudFormation template of the application: one file for each kind of resource.
//!
//! Versions of the functions, the alias `live`, the key and the artifacts bucket are not here: they come with a
//! release, and the template asks for bucket, code and key as parameters.

mod alarms;
mod functions;
pub mod ids;
mod logs;
mod machines;
pub mod permissions;
mod tables;

use cfn::{LogicalId, Output, Parameter, Prop, Resource, Template, Text, Value, parameter::AllowedPattern};
use contract::task::TaskKind;

use serde_json::Value as Json;

use crate::{
    app::App,
    environment::{AccountId, Environment},
    expect_valid::expect_valid,
};

pub(crate) fn lower(app: &App) -> Template {
    let description = format!("AI Chef recipe generation, environment {}", app.environment().name);
    let metadata = [("Environment".to_owned(), belongs_to(app.environment()))];
    let mut template = Template {
        metadata: metadata.into(),
        description: Some(expect_valid(Text::new(description))),
        ..Template::default()
    };
    add_parameters(&mut template);
    tables::add_tables(&mut template, app.environment());
    functions::add_functions(&mut template, app.environment());
    machines::add_machines(&mut template, app);
    alarms::add_alarms(&mut template, app.environment());
    add_outputs(&mut template);
    template
}

/// The account and region of the template, for the tool that deploys it: CloudFormation itself does not compare them.
fn belongs_to(environment: &Environment) -> Json {
    let account = environment.account.as_ref().map(AccountId::as_str);
    let words = [
        ("name", Some(environment.name.as_str())),
        ("region", Some(environment.region.as_str())),
        ("account", account),
    ];
    // A template holds no null.
    words.into_iter().filter_map(|(key, word)| Some((key, word?))).collect()
}

fn add_parameters(template: &mut Template) {
    let mut add = |id: LogicalId, description: &'static str, pattern: &str| {
        let parameter = Parameter {
            allowed_pattern: Some(expect_valid(AllowedPattern::new(pattern))),
            ..Parameter::described(Text::from_const(description))
        };
        expect_valid(template.add_parameter(id, parameter));
    };
    add(
        ids::ARTIFACTS_BUCKET,
        "The bucket that holds the functions' code, in this region",
        "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    );
    add(
        ids::KEY_ARN,
        "The ARN of the environment's key; its policy lets CloudWatch, EventBridge and CloudWatch Logs use it",
        "arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+",
    );
    for task in TaskKind::ALL {
        add(
            ids::code_key(*task),
            "The key of a function's code in the artifacts bucket",
            "[A-Za-z0-9!_.*'()/-]{1,1024}",
        );
    }
}

fn add_outputs(template: &mut Template) {
    let mut add = |id: &'static str, description: &'static str, value: Value| {
        let output = Output::new(Text::from_const(description), value);
        expect_valid(template.add_output(LogicalId::from_const(id), output));
    };
    add("StateMachineArn", "The state machine that cooks orders", Prop::arn_of(ids::MACHINE));
    add("CloserArn", "The state machine that closes sessions from outside", Prop::arn_of(ids::CLOSER));
    add("SessionsTableName", "The table of sessions", Prop::reference(ids::SESSIONS_TABLE));
    add("ResultsTableName", "The table of results", Prop::reference(ids::RESULTS_TABLE));
}

/// Adds a resource under an id of [`ids`], each of which is used once.
fn add(template: &mut Template, id: LogicalId, resource: impl Into<Resource>) {
    expect_valid(template.add(id, resource));
}

fn text(text: impl Into<String>) -> Value {
    Value::Literal(text.into())
}

#[cfg(test)]
mod tests {
    use cfn::{
        Literal,
        resolve::{Account, resolve},
        resource::{Function, StateMachine},
    };

    use super::*;
    use crate::{app, environment::EnvironmentName, tests::local};

    /// Every name that is made of an environment's fits its type: `expect_valid` relies on it.
    #[test]
    fn the_longest_name_of_an_environment_fits_everywhere() {
        let name = "e-23456789-23456";
        let text = format!(
            "name = \"{name}\"\nregion = \"ap-southeast-1\"\nbedrock_region = \"ap-southeast-2\"\nsources = [\"naver\", \"elevenst\", \"kamis\"]\n"
        );
        assert_eq!(name.len(), 16);
        assert!(EnvironmentName::new(&format!("{name}7")).is_none());
        let environment = Environment::parse(&format!("{name}.toml"), &text).unwrap();
        let template = app(&environment).lower();
        assert!(template.dangling().is_empty() && template.dependency_cycle().is_none());
    }

    /// An event's input and cause may hold health data, so nothing else of it goes on.
    #[test]
    fn the_closer_gets_name_and_status_and_nothing_else() {
        let template = local().lower();
        let (_, rule) = template.resources_of::<cfn::resource::Rule>().next().unwrap();
        let transformer = rule.targets[0].input_transformer.as_ref().unwrap();
        let paths: Vec<&str> = transformer.input_paths.values().map(String::as_str).collect();
        assert_eq!(paths, ["$.detail.name", "$.detail.status"]);
        assert_eq!(
            transformer.input_template.literal().unwrap(),
            "{\"sessionId\": <name>, \"status\": <status>}"
        );
        assert!(rule.targets[0].dead_letter.is_some() && rule.targets[0].retry_policy.is_some());
    }

    /// Two environments share an account without sharing a name.
    #[test]
    fn no_two_environments_share_a_physical_name() {
        let names = |name: &str| -> Vec<String> {
            let json = crate::tests::example(name).lower().to_json();
            let keys = [
                "FunctionName",
                "TableName",
                "StateMachineName",
                "LogGroupName",
                "QueueName",
                "Name",
                "AlarmName",
                "TopicName",
            ];
            let properties =
                json["Resources"].as_object().unwrap().values().map(|resource| &resource["Properties"]);
            properties
                .flat_map(|own| keys.iter().filter_map(|key| own[*key].as_str().map(str::to_owned)))
                .collect()
        };
        let (dev, prod) = (names("dev"), names("prod"));
        // `prod` has an objective, and with it seven alarms more.
        assert_eq!((dev.len(), prod.len()), (33, 40));
        assert!(dev.iter().all(|name| name.contains("-dev") && !prod.contains(name)), "{dev:?}");
        for seed in [
            "RecipeGenerator",
            "PriceFetcher",
            "ResultCombiner",
            "ai-chef-results",
            "ai-chef-sessions",
            "ai-chef-prices",
        ] {
            assert!(prod.iter().any(|name| name == seed), "{seed}");
        }
    }

    /// What the template runs is the app's machine, and every placeholder of it stands for something.
    #[test]
    fn the_machines_of_the_template_resolve() {
        let app = local();
        let code_keys = TaskKind::ALL.iter().map(|task| ids::code_key(*task).to_string());
        let key = "arn:aws:kms:ap-northeast-2:123456789012:key/0a1b";
        let fixed = [("ArtifactsBucket", "artifacts"), ("KeyArn", key)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let account = Account {
            region: "ap-northeast-2".to_owned(),
            account_id: "123456789012".to_owned(),
            stack_name: "ai-chef-local".to_owned(),
            parameters: fixed
                .into_iter()
                .chain(code_keys.map(|name| (name, "code.zip".to_owned())))
                .collect(),
        };
        let resolved = resolve(&app.lower(), &account).unwrap();
        let arns = resolved
            .of::<Function<Literal>>()
            .map(|function| (function.logical_id.to_string(), function.arn));
        let expect = arns.fold(app.machine().to_json_string(), |text, (id, arn)| {
            text.replace(&format!("${{{id}.Arn}}"), arn)
        });
        let expect = expect.replace("${SessionsTable}", "ai-chef-sessions-local");
        let machine = resolved
            .of::<StateMachine<Literal>>()
            .find(|machine| *machine.logical_id == ids::MACHINE)
            .unwrap();
        assert_eq!(*machine.properties.definition, expect);
        assert!(!expect.contains("${"));
        assert!(asl::check(&expect.parse::<asl::StateMachine>().unwrap()).is_empty());
    }
}
