//! What the functions ask AWS for is what their roles allow, no more and no less. Roles are not enforced on this machine,
//! so every call to AWS is written down on its way.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use contract::{
    Task,
    task::{PriceFetcher, RecipeGenerator, ResultCombiner},
};
use futures::future::join_all;
use local::stubs::Behaviour;
use platform::ExecutionStatus;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::{
    harness::{Harness, order, template},
    programs::{functions, program, script},
};

/// As often as the SDK sends one call by default.
const CLIENT_TRIES: usize = 3;

/// An action and what stands at the end of its resource's ARN, as far as this test tells them apart.
type Permissions = BTreeSet<(String, String)>;

/// Stands before a service and writes down what it is asked for.
#[derive(Clone)]
struct Witness {
    upstream: Arc<OnceLock<String>>,
    asked: Arc<Mutex<Vec<Call>>>,
    client: reqwest::Client,
}

struct Call {
    target: String,
    path: String,
    body: Value,
}

impl Witness {
    /// Listens before the service is up, and says where.
    async fn listen() -> (Self, String) {
        // The client wants one although nothing here is encrypted; another test may have chosen it before.
        let _chosen = rustls::crypto::ring::default_provider().install_default();
        let witness = Self {
            upstream: Arc::default(),
            asked: Arc::default(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass_on).with_state(witness.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (witness, url)
    }

    fn permissions(&self, of: impl Fn(&Call) -> Vec<(String, String)>) -> Permissions {
        self.asked.lock().unwrap().iter().flat_map(of).collect()
    }
}

/// Passes a call on. The first transaction is done and its answer lost, so that combine has to read who was first.
async fn pass_on(State(witness): State<Witness>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let call = Call {
        target: target.unwrap_or_default().to_owned(),
        path: uri.path().to_owned(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let is_transaction = |call: &Call| call.target.ends_with("TransactWriteItems");
    let lost = {
        let mut asked = witness.asked.lock().unwrap();
        let earlier = asked.iter().filter(|call| is_transaction(call)).count();
        let lost = is_transaction(&call) && earlier < CLIENT_TRIES;
        asked.push(call);
        lost
    };
    let url = format!("{}{}", witness.upstream.get().unwrap(), uri.path());
    let mut request = witness.client.post(url).body(body);
    for (name, value) in headers.iter().filter(|(name, _)| *name != "host" && *name != "content-length") {
        request = request.header(name, value);
    }
    let answer = request.send().await.unwrap();
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
    let content_type = answer.headers()["content-type"].clone();
    let body = answer.bytes().await.unwrap();
    if lost {
        return (StatusCode::INTERNAL_SERVER_ERROR, "lost").into_response();
    }
    (status, [("content-type", content_type)], body).into_response()
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
    let (bedrock, bedrock_url) = Witness::listen().await;
    let (ssm, ssm_url) = Witness::listen().await;
    let (prices, prices_url) = Witness::listen().await;
    let (dynamodb, dynamodb_url) = Witness::listen().await;
    let before = [
        (RecipeGenerator::NAME, "recipe", vec![("BEDROCK_RUNTIME", bedrock_url)]),
        (PriceFetcher::NAME, "price", vec![("SSM", ssm_url), ("DYNAMODB", prices_url)]),
        (ResultCombiner::NAME, "combine", vec![("DYNAMODB", dynamodb_url)]),
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
    for (witness, url) in
        [(&bedrock, &urls.bedrock), (&ssm, &urls.ssm), (&prices, &urls.dynamodb), (&dynamodb, &urls.dynamodb)]
    {
        witness.upstream.set(url.clone()).unwrap();
    }

    let first = harness.run(&order("permissions", &["두부"])).await;
    // Two want the same at once.
    let orders = ["one", "two"].map(|session| order(session, &["새우"]));
    let both = join_all(orders.iter().map(|order| harness.run(order))).await;
    for outcome in [first].into_iter().chain(both) {
        let status = outcome.execution.status;
        assert_eq!(status, ExecutionStatus::Succeeded, "{:?}", outcome.execution);
    }

    assert_eq!(dynamodb.permissions(of_dynamodb), allowed::<ResultCombiner>("dynamodb:"));
    assert_eq!(ssm.permissions(of_ssm), allowed::<PriceFetcher>("ssm:"));
    // One order reads the cache, takes a lease, counts a call and writes an answer, for which the other one waits.
    assert_eq!(prices.permissions(of_dynamodb), allowed::<PriceFetcher>("dynamodb:"));
    // A role names the profile that is asked, and each place to which the profile may send the call.
    let asked = bedrock.permissions(of_bedrock);
    assert_eq!(asked.len(), 1, "{asked:?}");
    let allowed = allowed::<RecipeGenerator>("bedrock:");
    assert!(asked.is_subset(&allowed), "{asked:?} of {allowed:?}");
    harness.close().await;
}
