//! Everything that the environment's servers and log capture read, with mutated input.

use std::sync::Arc;

use asl::run::{TaskCall, TaskExecutor, TaskFailure};
use axum::{
    body::Bytes,
    extract::Query,
    http::{HeaderMap, HeaderValue, Uri},
};
use cfn::{Prop, resource::InputTransformer};
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::Value;
use tokio::{
    runtime::{Builder, Runtime},
    sync::mpsc,
};

use crate::{
    control::{self, Found},
    dynamodb::item,
    events::{pattern, transformer},
    logs::{capture::capture, emf, store::Logs},
    metrics::Metrics,
    ssm::{Parameter, Parameters, Ssm},
    states::{ExecutionStore, api, engine::Engine, machine::Machine},
    stubs::{bedrock, chamgagyeok, elevenst, kamis, naver, query},
};

const MACHINE_ARN: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";

/// A task gives what it gets.
struct Echo;

impl TaskExecutor for Echo {
    fn call(&self, call: TaskCall) -> BoxFuture<'static, Result<Value, TaskFailure>> {
        Box::pin(async move { Ok(call.input) })
    }
}

fn virtual_time() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
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

/// Sends Step Functions one request for each line.
async fn send_to_states(lines: &[u8]) {
    let definition = r#"{"StartAt":"S","States":{"S":{"Type":"Pass","End":true}}}"#;
    let machine = Machine {
        arn: MACHINE_ARN.to_owned(),
        name: "m".to_owned(),
        role_arn: String::new(),
        definition: definition.to_owned(),
        parsed: definition.parse().unwrap(),
        created_at: Timestamp::UNIX_EPOCH,
    };
    let (changes, _undelivered) = mpsc::unbounded_channel();
    let engine =
        Engine::new(vec![machine], Arc::new(Echo), ExecutionStore::in_memory().unwrap(), changes, [])
            .await
            .unwrap();
    for line in lines.split(|&byte| byte == b'\n') {
        let (headers, body) = request("AWSStepFunctions", line);
        let _either = api::dispatch(&engine, &headers, &body).await;
    }
    engine.shutdown().await;
}

#[test]
fn mutated_requests_to_step_functions_are_answered() {
    let execution = MACHINE_ARN.replace("stateMachine", "execution") + ":one";
    let samples = [
        format!(
            "StartExecution {{\"stateMachineArn\":\"{MACHINE_ARN}\",\"name\":\"one\",\"input\":\"{{\\\"a\\\":1}}\"}}\nDescribeExecution {{\"executionArn\":\"{execution}\"}}\nGetExecutionHistory {{\"executionArn\":\"{execution}\",\"maxResults\":2,\"reverseOrder\":true}}\nStopExecution {{\"executionArn\":\"{execution}\",\"error\":\"e\",\"cause\":\"c\"}}"
        ),
        format!(
            "ListExecutions {{\"stateMachineArn\":\"{MACHINE_ARN}\",\"statusFilter\":\"RUNNING\",\"maxResults\":1}}\nListStateMachines {{}}\nDescribeStateMachine {{\"stateMachineArn\":\"{MACHINE_ARN}\"}}\nDescribeStateMachineForExecution {{\"executionArn\":\"{execution}\"}}"
        ),
        format!(
            "UpdateStateMachine {{\"stateMachineArn\":\"{MACHINE_ARN}\",\"definition\":\"{{\\\"StartAt\\\":\\\"S\\\",\\\"States\\\":{{\\\"S\\\":{{\\\"Type\\\":\\\"Succeed\\\"}}}}}}\"}}\nStartExecution {{\"stateMachineArn\":\"{MACHINE_ARN}\"}}"
        ),
    ];
    let words = [
        "StartExecution",
        "GetExecutionHistory",
        "executionArn",
        "\"nextToken\":\"1\"",
        "\"nextToken\":\"1.1\"",
        "\"maxResults\":0",
        "input",
        "{}",
    ];
    let runtime = virtual_time();
    mutations::check(&samples, &words, |bytes| runtime.block_on(send_to_states(bytes)));
}

#[test]
fn mutated_requests_to_ssm_are_answered() {
    let parameters = Parameters::from([
        ("/a".to_owned(), Parameter::Plain("b".to_owned())),
        ("c".to_owned(), Parameter::Secure("d".to_owned())),
    ]);
    let ssm = Ssm::new(parameters, "arn:aws:ssm:us-east-1:000000000000:parameter");
    let samples = [
        r#"GetParameter {"Name":"/a","WithDecryption":true}"#,
        r#"GetParameter {"Name":"arn:aws:ssm:us-east-1:000000000000:parameter/c"}"#,
    ];
    mutations::check(&samples, &["GetParameters", "Name", "WithDecryption", "arn:aws:ssm:", "/"], |bytes| {
        let (headers, body) = request("AmazonSSM", bytes);
        let _either = ssm.answer(&headers, &body);
    });
}

#[test]
fn mutated_prompts_are_answered() {
    let prompt =
        "당신은 이유식 전문가입니다.\\n월령: 8개월\\n알레르기: 우유, 달걀\\n재료: 쌀, 소고기\\n인분: 2";
    let samples = [
        format!(
            r#"{{"anthropic_version":"bedrock-2023-05-31","max_tokens":2000,"messages":[{{"role":"user","content":"{prompt}"}}],"tools":[{{"name":"recipe","input_schema":{{}}}}],"tool_choice":{{"type":"tool","name":"recipe"}}}}"#
        ),
        format!(
            r#"{{"anthropic_version":"bedrock-2023-05-31","max_tokens":3,"system":"s","messages":[{{"role":"user","content":[{{"type":"text","text":"{prompt}"}}]}}]}}"#
        ),
    ];
    let words =
        ["인분:", "재료:", "알레르기:", "냉장고", "99999999999999999999", "tools", "max_tokens", "content"];
    mutations::check(&samples, &words, |bytes| {
        if let Ok(request) = serde_json::from_slice::<Value>(bytes) {
            let _either = bedrock::answer("anthropic.claude", &request, &bedrock::prompt_of(&request));
        }
    });
}

#[test]
fn mutated_queries_of_price_sources_are_answered() {
    let samples = [
        "query=%EB%91%90%EB%B6%80&display=10&start=1&sort=sim",
        "apiCode=ProductSearch&keyword=%EB%91%90%EB%B6%80&pageNum=1&pageSize=50&sortCd=CP",
        "goodInspectDay=20261113&goodId=5202&entpId=5499000001&classCode=UT",
        "returnType=json&pageNo=2&numOfRows=3&cond[exmn_ymd::GTE]=20261101&cond%5Bitem_cd%3A%3AEQ%5D=245",
    ];
    let words = [
        "&",
        "=",
        "+",
        "%",
        "%FF",
        "display=",
        "sort=date",
        "pageNum=18446744073709551615",
        "cond[exmn_ymd::LTE]=-99991231",
    ];
    let today = jiff::civil::date(2026, 11, 25);
    mutations::check(&samples, &words, |bytes| {
        let Ok(uri) = Uri::try_from([b"/a?", bytes].concat()) else {
            return;
        };
        if let Ok(Query(search)) = Query::<naver::Search>::try_from_uri(&uri) {
            let _either = naver::answer(&search, search.name());
        }
        let query = query::Parameters::of(&uri);
        for operation in chamgagyeok::Operation::ALL {
            let _answer = chamgagyeok::answer(operation, &query, today);
        }
        let _either = elevenst::answer(&query);
        let _either = kamis::answer(&query, today);
    });
}

#[test]
fn mutated_words_between_processes_are_read() {
    let samples = [
        r#"{"id":"arn","status":"SUCCEEDED","startedAt":"2026-11-23T00:00:00Z","stoppedAt":"2026-11-23T00:00:01.5Z","output":{"a":1},"error":null,"cause":null}"#,
        r#"{"execution":"arn","fresh":true,"seen":3}"#,
        r#"{"events":[{"id":1}],"ended":false}"#,
        r#"{"environment":"local","pid":1,"startedTicks":2,"accessKey":{"id":"a","secret":"b","sessionToken":"c"},"controlUrl":"http://127.0.0.1:1/x","statesUrl":"http://127.0.0.1:2","builtAtMs":0}"#,
    ];
    let words = ["TIMED_OUT", "history", "-9999-01-01T00:00:00Z", "+999999-01-01T00:00:00Z", "pid"];
    mutations::check(&samples, &words, |bytes| {
        let _read = control::read_each(bytes);
        let _either = serde_json::from_slice::<Found>(bytes);
    });
}

#[test]
fn mutated_output_of_functions_is_kept_within_its_size() {
    let samples = [
        "one\ntwo\r\n\nthree",
        "{\"level\":\"INFO\",\"message\":\"두부\"}\n",
        r#"{"_aws":{"Timestamp":1795392000000,"CloudWatchMetrics":[{"Namespace":"AiChef","Dimensions":[["FunctionName"],[]],"Metrics":[{"Name":"Latency","Unit":"Milliseconds"},{"Name":"Calls"}]}]},"FunctionName":"RecipeGenerator","Latency":[1,2.5],"Calls":1}"#,
    ];
    let words =
        ["\n", "\r\n", "\0", "\u{1b}[2J", "{\"_aws\":", "CloudWatchMetrics", "Dimensions", "Metrics", "Unit"];
    let runtime = virtual_time();
    mutations::check(&samples, &words, |bytes| {
        let _points = emf::data_points(&String::from_utf8_lossy(bytes));
        runtime.block_on(async {
            let log = Logs::new(None, Metrics::default()).open("f").unwrap();
            capture(bytes, log.clone(), None).await;
            let kept: usize = log.lines().iter().map(|line| line.text.len()).sum();
            assert!(kept <= 3 * bytes.len(), "more than was printed");
        });
    });
}

#[test]
fn mutated_event_rules_are_applied() {
    let samples = [
        r#"{"pattern":{"source":["aws.states"],"detail":{"status":["FAILED","ABORTED"]}},"event":{"source":"aws.states","detail":{"status":"FAILED","name":"s \"1\""}},"paths":{"name":"$.detail.name","status":"$.detail.status","all":"$"},"template":"{\"sessionId\":<name>,\"text\":\"it is <status>, <all>\"}"}"#,
    ];
    let words = [
        "<", ">", "<name>", "\"", "\\\"", "$.detail", "$", "pattern", "event", "template", "prefix",
        "<<name>",
    ];
    mutations::check(&samples, &words, |bytes| {
        let Ok(rule) = serde_json::from_slice::<Value>(bytes) else {
            return;
        };
        let part = |name: &str| rule.get(name).cloned().unwrap_or_default();
        let (wanted, event) = (part("pattern"), part("event"));
        let _fits = pattern::matches(&wanted, &event);
        let paths = part("paths");
        let paths = paths.as_object().into_iter().flatten();
        let input_transformer = InputTransformer {
            input_paths: paths
                .filter_map(|(name, path)| Some((name.clone(), path.as_str()?.to_owned())))
                .collect(),
            input_template: Prop::Literal(part("template").as_str().unwrap_or_default().to_owned()),
        };
        let _either = transformer::input(&input_transformer, &event);
    });
}

#[test]
fn mutated_items_come_back() {
    let samples = [
        r#"{"sessionId":{"S":"s"},"TTL":{"N":"1795392000"},"result":{"M":{"steps":{"L":[{"S":"a"},{"NULL":true}]}}}}"#,
        r#"{"a":{"N":"1e400"},"b":{"SS":["x"]},"c":{"B":"eA=="}}"#,
    ];
    mutations::check(&samples, &["S", "N", "M", "L", "BOOL", "NULL", "NS", "1e400", "-0", "NaN"], |bytes| {
        let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
            return;
        };
        let _plain = item::plain_object(&value);
        assert!(item::plain(&item::attribute(&value)).is_some());
    });
}
