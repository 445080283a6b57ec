//! What the functions ask AWS for is what their roles allow, no more and no less. Roles are not enforced on this machine,
//! so every call to AWS goes through a proxy that records it.

use std::{collections::BTreeSet, time::Duration};

use contract::{
    Task,
    task::{PriceFetcher, RecipeGenerator, ResultCombiner},
};
use futures::future::join_all;
use local::stubs::Behaviour;
use platform::ExecutionStatus;
use serde_json::Value;

use crate::{
    harness::{Harness, order, template},
    programs::{functions, program, script},
    proxy::{CLIENT_TRIES, Call, Proxy},
};

/// An action and what stands at the end of its resource's ARN, as far as this test tells them apart.
type Permissions = BTreeSet<(String, String)>;

fn permissions(proxy: &Proxy, of: impl Fn(&Call) -> Vec<(String, String)>) -> Permissions {
    proxy.calls().iter().flat_map(of).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A transaction needs the permission of each of its writes; every other call of `DynamoDB`'s is called as its action.
fn of_dynamodb(call: &Call) -> Vec<(String, String)> {
    let (_, operation) = call.target.split_once('.').unwrap();
    if operation == "BatchGetItem" {
        let tables = call.body["RequestItems"].as_object().unwrap().keys();
        return tables.map(|table| (format!("dynamodb:{operation}"), table.clone())).collect();
    }
    if operation != "TransactWriteItems" {
        return vec![(format!("dynamodb:{operation}"), text(&call.body["TableName"]))];
    }
    let writes = call.body["TransactItems"].as_array().unwrap();
    let writes = writes.iter().flat_map(|write| write.as_object().unwrap());
    writes
        .map(|(kind, write)| {
            let action = format!("dynamodb:{kind}Item");
            (action, text(&write["TableName"]))
        })
        .collect()
}

fn of_ssm(call: &Call) -> Vec<(String, String)> {
    let (_, operation) = call.target.split_once('.').unwrap();
    vec![(format!("ssm:{operation}"), text(&call.body["Name"]))]
}

/// Both ways to ask a model need the same permission.
fn of_bedrock(call: &Call) -> Vec<(String, String)> {
    let path = call.path.replace("%3A", ":").replace("%3a", ":");
    let (model, operation) = path.strip_prefix("/model/").unwrap().split_once('/').unwrap();
    assert!(["invoke", "converse"].contains(&operation), "{operation}");
    vec![("bedrock:InvokeModel".to_owned(), model.to_owned())]
}

/// What a function's role allows of one service, by the last name in each resource.
fn allowed<T: Task>(service: &str) -> Permissions {
    let template = template().template().to_json();
    let resources = &template["Resources"];
    let policies = &resources[format!("{}Role", T::NAME)]["Properties"]["Policies"];
    let statements = policies[0]["PolicyDocument"]["Statement"].as_array().unwrap();
    let mut allowed = Permissions::new();
    for statement in statements {
        for action in statement["Action"].as_array().unwrap().iter().map(text) {
            for resource in statement["Resource"].as_array().unwrap() {
                let name = match (&resource["Fn::Sub"], &resource["Fn::GetAtt"][0]) {
                    (Value::String(arn), _) => arn.rsplit_once('/').unwrap().1.to_owned(),
                    (_, Value::String(id)) => {
                        resources[id]["Properties"]["TableName"].as_str().unwrap_or_default().to_owned()
                    }
                    _ => continue,
                };
                if action.starts_with(service) {
                    allowed.insert((action.clone(), name));
                }
            }
        }
    }
    allowed
}

#[tokio::test(flavor = "multi_thread")]
async fn the_functions_ask_for_what_their_roles_allow() {
    let folder = tempfile::tempdir().unwrap();
    let (bedrock, bedrock_url) = Proxy::bind().await;
    let (ssm, ssm_url) = Proxy::bind().await;
    let (prices, prices_url) = Proxy::bind().await;
    let (combine, combine_url) = Proxy::bind().await;
    let before = [
        (RecipeGenerator::NAME, "recipe", vec![("BEDROCK_RUNTIME", bedrock_url)]),
        (PriceFetcher::NAME, "price", vec![("SSM", ssm_url), ("DYNAMODB", prices_url)]),
        (ResultCombiner::NAME, "combine", vec![("DYNAMODB", combine_url)]),
    ];
    let mut programs = functions();
    for (task, name, services) in before {
        let set = services.iter().map(|(service, url)| format!("AWS_ENDPOINT_URL_{service}={url} "));
        let lines = format!("{}exec {}", set.collect::<String>(), program(name).display());
        programs.insert(task.to_owned(), script(folder.path(), name, &lines));
    }
    let slow = Behaviour::with_latency(Duration::from_millis(500));
    let harness = Harness::with(|config| (config.functions, config.naver) = (programs, slow)).await;
    let urls = harness.environment.urls();
    let nothing = ("nothing", 0);
    let bedrock = Proxy::start(bedrock, &urls.bedrock, nothing);
    let ssm = Proxy::start(ssm, &urls.ssm, nothing);
    let prices = Proxy::start(prices, &urls.dynamodb, nothing);
    // The first transaction is done and its answer lost, so that combine has to read who was first.
    let combine = Proxy::start(combine, &urls.dynamodb, ("TransactWriteItems", CLIENT_TRIES));

    let first = harness.run(&order("permissions", &["두부"])).await;
    // Two want the same at once.
    let orders = ["one", "two"].map(|session| order(session, &["새우"]));
    let both = join_all(orders.iter().map(|order| harness.run(order))).await;
    for outcome in [first].into_iter().chain(both) {
        let status = outcome.execution.status;
        assert_eq!(status, ExecutionStatus::Succeeded, "{:?}", outcome.execution);
    }

    assert_eq!(permissions(&combine, of_dynamodb), allowed::<ResultCombiner>("dynamodb:"));
    assert_eq!(permissions(&ssm, of_ssm), allowed::<PriceFetcher>("ssm:"));
    // One order reads the cache, takes a lease, counts a call and writes an answer, for which the other one waits.
    assert_eq!(permissions(&prices, of_dynamodb), allowed::<PriceFetcher>("dynamodb:"));
    // A role names the profile that is asked, and each place to which the profile may send the call.
    let asked = permissions(&bedrock, of_bedrock);
    assert_eq!(asked.len(), 1, "{asked:?}");
    let allowed = allowed::<RecipeGenerator>("bedrock:");
    assert!(asked.is_subset(&allowed), "{asked:?} of {allowed:?}");
    harness.close().await;
}
