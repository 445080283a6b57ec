//! Entry points of the byte fuzzer: everything that an environment reads from outside. Not a part of the public interface.

use std::sync::Arc;

use asl::{
    StateMachine,
    run::{TaskCall, TaskFailure, World},
};
use axum::{
    body::Bytes,
    extract::Query,
    http::{HeaderMap, HeaderValue, Uri},
};
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::{
    control,
    ssm::{Parameter, Parameters, Ssm},
    states::{ExecutionStore, api, engine::Engine, machine::Machine},
    stubs::{bedrock, chamgagyeok, elevenst, kamis, naver, query},
};

/// The machine that [`states`] serves.
pub const MACHINE_ARN: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";

/// A task gives what it gets.
struct Echo;

impl World for Echo {
    fn call(&self, call: TaskCall) -> BoxFuture<'static, Result<Value, TaskFailure>> {
        Box::pin(async move { Ok(call.input) })
    }
}

/// Sends Step Functions one request for each line, `Operation body`, and returns how many it took.
pub async fn states(lines: &[u8]) -> usize {
    let definition = r#"{"StartAt":"S","States":{"S":{"Type":"Pass","End":true}}}"#;
    let Ok(parsed) = StateMachine::parse(definition) else {
        return 0;
    };
    let machine = Machine {
        arn: MACHINE_ARN.to_owned(),
        name: "m".to_owned(),
        role_arn: String::new(),
        definition: definition.to_owned(),
        parsed,
        created_at: Timestamp::UNIX_EPOCH,
    };
    let (changes, _listener) = mpsc::unbounded_channel();
    let Ok(store) = ExecutionStore::in_memory() else {
        return 0;
    };
    let Ok(engine) = Engine::new(vec![machine], Arc::new(Echo), store, changes, []).await else {
        return 0;
    };
    let mut taken = 0;
    for line in lines.split(|&byte| byte == b'\n') {
        let (headers, body) = request("AWSStepFunctions", line);
        taken += usize::from(api::dispatch(&engine, &headers, &body).await.is_ok());
    }
    engine.shutdown().await;
    taken
}

/// Sends SSM one request, `Operation body`, and says whether it was taken.
#[must_use]
pub fn ssm(line: &[u8]) -> bool {
    let parameters = Parameters::from([
        ("/a".to_owned(), Parameter::Plain("b".to_owned())),
        ("c".to_owned(), Parameter::Secure("d".to_owned())),
    ]);
    let (headers, body) = request("AmazonSSM", line);
    let ssm = Ssm::new(parameters, "arn:aws:ssm:us-east-1:000000000000:parameter");
    ssm.answer(&headers, &body).is_ok()
}

/// Asks the stand-in for a model, and says whether it answered with a recipe.
#[must_use]
pub fn bedrock(body: &[u8]) -> bool {
    let Ok(request) = serde_json::from_slice::<Value>(body) else {
        return false;
    };
    let prompt = bedrock::prompt_of(&request);
    bedrock::answer("anthropic.claude", &request, &prompt).is_ok()
}

/// Asks the stand-in for the price search with this query string, and says whether it found something.
#[must_use]
pub fn naver(query: &[u8]) -> bool {
    let uri: Option<Uri> = [b"/v1/search/shop.json?", query].concat().try_into().ok();
    let search = uri.and_then(|uri| Query::<naver::Search>::try_from_uri(&uri).ok());
    search.is_some_and(|Query(search)| naver::answer(&search, search.name()).is_ok())
}

/// Asks the stand-ins for the living price sources with this query string, and says how many took it.
#[must_use]
pub fn living(query: &[u8]) -> usize {
    let uri: Option<Uri> = [b"/a?", query].concat().try_into().ok();
    let Some(uri) = uri else {
        return 0;
    };
    let query = query::Parameters::of(&uri);
    let today = jiff::civil::date(2026, 11, 25);
    let surveyed = chamgagyeok::Operation::ALL.map(|operation| chamgagyeok::answer(operation, &query, today));
    let surveyed = surveyed.iter().filter(|answer| answer.status == 200).count();
    surveyed
        + usize::from(elevenst::answer(&query).is_ok())
        + usize::from(kamis::answer(&query, today).is_ok())
}

/// How many of the words between two processes of one environment these bytes are.
#[must_use]
pub fn control(bytes: &[u8]) -> usize {
    control::read_each(bytes)
}

/// A line, `Operation body`, as a request to a service.
fn request(service: &str, line: &[u8]) -> (HeaderMap, Bytes) {
    let mut parts = line.splitn(2, |&byte| byte == b' ');
    let operation = parts.next().unwrap_or_default();
    let body = parts.next().unwrap_or_default();
    let mut headers = HeaderMap::new();
    let target = [service.as_bytes(), b".", operation].concat();
    if let Ok(target) = HeaderValue::from_bytes(&target) {
        headers.insert("x-amz-target", target);
    }
    (headers, Bytes::copy_from_slice(body))
}
