//! What the embedded environment reads: requests to its services, lines of functions, files of another process.

use std::cell::OnceCell;

use cfn::resolve::InputTransformer;
use local::{
    control::Found,
    dynamodb::item,
    events::{pattern, transformer},
    logs::{capture::capture, emf, metrics::Metrics, store::Logs},
};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use super::json::texts;
use crate::{Parser, parser::text};

pub(super) const PARSERS: &[Parser] = &[
    Parser {
        name: "states-api",
        reads: "requests to Step Functions, one a line",
        feed: |bytes| {
            on_virtual_time(local::fuzz::states(bytes));
        },
        seeds: || {
            let arn = local::fuzz::MACHINE_ARN;
            let execution = arn.replace("stateMachine", "execution") + ":one";
            texts([
                &format!(
                    "StartExecution {{\"stateMachineArn\":\"{arn}\",\"name\":\"one\",\"input\":\"{{\\\"a\\\":1}}\"}}\nDescribeExecution {{\"executionArn\":\"{execution}\"}}\nGetExecutionHistory {{\"executionArn\":\"{execution}\",\"maxResults\":2,\"reverseOrder\":true}}\nStopExecution {{\"executionArn\":\"{execution}\",\"error\":\"e\",\"cause\":\"c\"}}"
                ),
                &format!(
                    "ListExecutions {{\"stateMachineArn\":\"{arn}\",\"statusFilter\":\"RUNNING\",\"maxResults\":1}}\nListStateMachines {{}}\nDescribeStateMachine {{\"stateMachineArn\":\"{arn}\"}}\nDescribeStateMachineForExecution {{\"executionArn\":\"{execution}\"}}"
                ),
                &format!(
                    "UpdateStateMachine {{\"stateMachineArn\":\"{arn}\",\"definition\":\"{{\\\"StartAt\\\":\\\"S\\\",\\\"States\\\":{{\\\"S\\\":{{\\\"Type\\\":\\\"Succeed\\\"}}}}}}\"}}\nStartExecution {{\"stateMachineArn\":\"{arn}\"}}"
                ),
            ])
        },
        words: &[
            "StartExecution",
            "StopExecution",
            "DescribeExecution",
            "GetExecutionHistory",
            "ListExecutions",
            "UpdateStateMachine",
            "executionArn",
            "stateMachineArn",
            "nextToken",
            "maxResults",
            "\"nextToken\":\"1\"",
            "\"maxResults\":0",
            "input",
            "{}",
        ],
    },
    Parser {
        name: "ssm-api",
        reads: "a request to SSM",
        feed: |bytes| {
            let _taken = local::fuzz::ssm(bytes);
        },
        seeds: || {
            texts([
                r#"GetParameter {"Name":"/a","WithDecryption":true}"#,
                r#"GetParameter {"Name":"arn:aws:ssm:us-east-1:000000000000:parameter/c"}"#,
            ])
        },
        words: &[
            "GetParameter",
            "GetParameters",
            "Name",
            "WithDecryption",
            "arn:aws:ssm:",
            "/",
        ],
    },
    Parser {
        name: "bedrock-stand-in",
        reads: "a request to the stand-in for a model",
        feed: |bytes| {
            let _cooked = local::fuzz::bedrock(bytes);
        },
        seeds: || {
            let prompt = "당신은 이유식 전문가입니다.\\n월령: 8개월\\n알레르기: 우유, 달걀\\n재료: 쌀, 소고기\\n인분: 2";
            texts([
                &format!(
                    r#"{{"anthropic_version":"bedrock-2023-05-31","max_tokens":2000,"messages":[{{"role":"user","content":"{prompt}"}}],"tools":[{{"name":"recipe","input_schema":{{}}}}],"tool_choice":{{"type":"tool","name":"recipe"}}}}"#
                ),
                &format!(
                    r#"{{"anthropic_version":"bedrock-2023-05-31","max_tokens":3,"system":"s","messages":[{{"role":"user","content":[{{"type":"text","text":"{prompt}"}}]}}]}}"#
                ),
            ])
        },
        words: &[
            "인분:",
            "재료:",
            "알레르기:",
            "냉장고",
            "케톤",
            "99999999999999999999",
            "tools",
            "tool_choice",
            "max_tokens",
            "content",
        ],
    },
    Parser {
        name: "living-stand-ins",
        reads: "the query of a call at the stand-ins for 11번가, 참가격 and KAMIS",
        feed: |bytes| {
            let _taken = local::fuzz::living(bytes);
        },
        seeds: || {
            texts([
                "apiCode=ProductSearch&keyword=%EB%91%90%EB%B6%80&pageNum=1&pageSize=50&sortCd=CP",
                "apiCode=ProductSearch&keyword=%B5%CE%BA%CE&sortCd=L",
                "goodInspectDay=20261113&goodId=5202&entpId=5499000001&classCode=UT",
                "returnType=json&pageNo=2&numOfRows=3&cond[exmn_ymd::GTE]=20261101&cond%5Bitem_cd%3A%3AEQ%5D=245",
            ])
        },
        words: &[
            "&",
            "=",
            "+",
            "%",
            "%FF",
            "keyword=",
            "pageSize=200",
            "pageNum=18446744073709551615",
            "goodInspectDay=",
            "cond[exmn_ymd::LTE]=-99991231",
            "numOfRows=1000",
        ],
    },
    Parser {
        name: "naver-stand-in",
        reads: "the query of a search at the stand-in for Naver",
        feed: |bytes| {
            let _found = local::fuzz::naver(bytes);
        },
        seeds: || {
            texts([
                "query=%EB%91%90%EB%B6%80&display=10&start=1&sort=sim",
                "query=a&display=100&start=1000&sort=dsc",
            ])
        },
        words: &[
            "&",
            "=",
            "query=",
            "display=",
            "start=",
            "sort=",
            "%",
            "%FF",
            "+",
            "18446744073709551616",
            "asc",
            "date",
        ],
    },
    Parser {
        name: "control",
        reads: "what two processes of one environment tell each other, and the file that says where it is",
        feed: |bytes| {
            let _words = local::fuzz::control(bytes);
            let _found = serde_json::from_slice::<Found>(bytes);
        },
        seeds: || {
            texts([
                r#"{"id":"arn","status":"SUCCEEDED","startedAt":"2026-11-23T00:00:00Z","stoppedAt":"2026-11-23T00:00:01.5Z","output":{"a":1},"error":null,"cause":null}"#,
                r#"[{"what":"logs","location":"/a"}]"#,
                r#"{"execution":"arn","fresh":true,"seen":3}"#,
                r#"{"events":[{"id":1}],"ended":false}"#,
                r#"{"environment":"local","pid":1,"startedTicks":2,"accessKey":{"id":"a","secret":"b","sessionToken":"c"},"controlUrl":"http://127.0.0.1:1/x","statesUrl":"http://127.0.0.1:2","builtAtMs":0}"#,
            ])
        },
        words: &[
            "TIMED_OUT",
            "history",
            "-9999-01-01T00:00:00Z",
            "+999999-01-01T00:00:00Z",
            "pid",
        ],
    },
    Parser {
        name: "metrics",
        reads: "a log line that carries metrics",
        feed: |bytes| {
            let _points = emf::data_points(&text(bytes)).len();
        },
        seeds: || {
            texts([
                r#"{"_aws":{"Timestamp":1795392000000,"CloudWatchMetrics":[{"Namespace":"AiChef","Dimensions":[["FunctionName"],[]],"Metrics":[{"Name":"Latency","Unit":"Milliseconds"},{"Name":"Calls"}]}]},"FunctionName":"RecipeGenerator","Latency":[1,2.5],"Calls":1}"#,
            ])
        },
        words: &[
            "_aws",
            "\"_aws\"",
            "Timestamp",
            "CloudWatchMetrics",
            "Dimensions",
            "Metrics",
            "Name",
            "Unit",
            "Latency",
        ],
    },
    Parser {
        name: "log-lines",
        reads: "the output of a function, line by line",
        feed: |bytes| {
            on_virtual_time(async {
                if let Ok(log) = Logs::new(None, Metrics::default()).open("f") {
                    capture(bytes, log.clone(), None).await;
                    let kept: usize = log.lines().iter().map(|line| line.text.len()).sum();
                    assert!(kept <= 3 * bytes.len(), "more than was said");
                }
            });
        },
        seeds: || {
            texts([
                "one\ntwo\r\n\nthree",
                "{\"level\":\"INFO\",\"message\":\"두부\"}\n",
            ])
        },
        words: &["\n", "\r\n", "\0", "\u{1b}[2J", "{\"_aws\":"],
    },
    Parser {
        name: "event-rule",
        reads: "an event pattern, an event and an input transformer",
        feed: event_rule,
        seeds: || {
            texts([
                r#"{"pattern":{"source":["aws.states"],"detail":{"status":["FAILED","ABORTED"]}},"event":{"source":"aws.states","detail":{"status":"FAILED","name":"s \"1\""}},"paths":{"name":"$.detail.name","status":"$.detail.status","all":"$"},"template":"{\"sessionId\":<name>,\"text\":\"it is <status>, <all>\"}"}"#,
            ])
        },
        words: &[
            "<", ">", "<name>", "\"", "\\\"", "$.detail", "$", "$.", "pattern", "event", "template",
            "prefix", "<<name>",
        ],
    },
    Parser {
        name: "item",
        reads: "an item in DynamoDB's JSON",
        feed: |bytes| {
            let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
                return;
            };
            let _plain = item::plain_object(&value);
            let back = item::plain(&item::attribute(&value));
            assert!(back.is_some(), "there and not back");
        },
        seeds: || {
            texts([
                r#"{"sessionId":{"S":"s"},"TTL":{"N":"1795392000"},"result":{"M":{"steps":{"L":[{"S":"a"},{"NULL":true}]}}}}"#,
                r#"{"a":{"N":"1e400"},"b":{"SS":["x"]},"c":{"B":"eA=="}}"#,
            ])
        },
        words: &["S", "N", "M", "L", "BOOL", "NULL", "NS", "1e400", "-0", "NaN"],
    },
];

thread_local! {
    static RUNTIME: OnceCell<Option<Runtime>> = const { OnceCell::new() };
}

/// Runs a future where time passes only when nothing else is left to do.
pub(super) fn on_virtual_time<F: Future>(future: F) -> F::Output {
    RUNTIME.with(|runtime| {
        let runtime = runtime.get_or_init(|| {
            let mut builder = Builder::new_current_thread();
            builder.enable_time().start_paused(true).build().ok()
        });
        match runtime {
            Some(runtime) => runtime.block_on(future),
            None => futures::executor::block_on(future),
        }
    })
}

fn event_rule(bytes: &[u8]) {
    let Ok(rule) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let part = |name: &str| rule.get(name).cloned().unwrap_or_default();
    let (wanted, event) = (part("pattern"), part("event"));
    let _fits = pattern::matches(&wanted, &event);
    let _refusal = pattern::refusal(&wanted);
    let paths = part("paths");
    let paths = paths.as_object().into_iter().flatten();
    let transformer = InputTransformer {
        input_paths: paths
            .filter_map(|(name, path)| Some((name.clone(), path.as_str()?.to_owned())))
            .collect(),
        input_template: part("template").as_str().unwrap_or_default().to_owned(),
    };
    let _input = transformer::input(&transformer, &event);
}
