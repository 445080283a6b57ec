//! A function for tests that does what its input says: `{"do": ".."}`. It speaks the Runtime API over a plain socket, so
//! that it can also speak it wrongly. Without a known word it leaves a grandchild behind and hangs.

use std::{
    collections::BTreeMap,
    env,
    io::{self, Read as _, Write as _},
    net::TcpStream,
    process::{Command, ExitCode, Stdio},
};

use serde_json::{Value, json};

fn main() -> ExitCode {
    let variables: BTreeMap<String, String> = env::vars().collect();
    let api = variables
        .get("AWS_LAMBDA_RUNTIME_API")
        .cloned()
        .unwrap_or_default();
    match variables.get("INIT").map(String::as_str) {
        Some("crash") => return ExitCode::from(7),
        Some("error") => {
            let _answer = post(
                &api,
                "init/error",
                br#"{"errorType":"NoSecret","errorMessage":"none"}"#,
            );
            return ExitCode::from(1);
        }
        Some(_) | None => {}
    }
    loop {
        let Ok((id, input)) = next(&api) else {
            return ExitCode::from(3);
        };
        let response = format!("invocation/{id}/response");
        let answer = match input.get("do").and_then(Value::as_str) {
            Some("echo") => json!({ "input": input, "pid": std::process::id() }).to_string(),
            Some("environment") => json!(variables).to_string(),
            Some("exit") => return ExitCode::from(u8::try_from(number(&input, "code")).unwrap_or(9)),
            Some("abort") => std::process::abort(),
            Some("error") => {
                let body = br#"{"errorType":"CUSTOM","errorMessage":"no"}"#;
                let _answer = post(&api, &format!("invocation/{id}/error"), body);
                continue;
            }
            Some("error garbage") => {
                let _answer = post(&api, &format!("invocation/{id}/error"), b"\xff{");
                continue;
            }
            Some("large") => format!("\"{}\"", "x".repeat(7 << 20)),
            Some("memory") => {
                let used = vec![1_u8; 512 << 20];
                std::hint::black_box(&used);
                hang()
            }
            Some("log") => {
                let mut out = io::stdout().lock();
                for n in 0..number(&input, "lines") {
                    let _closed = writeln!(out, "line {n}");
                }
                "null".to_owned()
            }
            Some("garbage") => {
                let wrong = post(&api, "invocation/not-mine/response", b"{}").unwrap_or_default();
                let unknown = post(&api, "nothing/here", b"{}").unwrap_or_default();
                let again = call(&api, "GET", "invocation/next", b"").unwrap_or_default();
                let status = |answer: &str| answer.split(' ').nth(1).unwrap_or("").to_owned();
                json!([status(&wrong), status(&unknown), status(&again)]).to_string()
            }
            Some("hang") => hang(),
            Some("grandchild") => {
                json!({ "grandchild": grandchild(), "pid": std::process::id() }).to_string()
            }
            Some(_) | None => {
                grandchild();
                hang()
            }
        };
        let _answer = post(&api, &response, answer.as_bytes());
    }
}

fn number(input: &Value, field: &str) -> u64 {
    input.get(field).and_then(Value::as_u64).unwrap_or(0)
}

/// A process that leaves our group and would live for ever.
fn grandchild() -> Option<u32> {
    let mut command = Command::new("setsid");
    command
        .args(["sleep", "100000"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().ok().map(|child| child.id())
}

fn hang() -> ! {
    loop {
        std::thread::park();
    }
}

fn next(api: &str) -> io::Result<(String, Value)> {
    let answer = call(api, "GET", "invocation/next", b"")?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let id = head.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("lambda-runtime-aws-request-id: ")
            .map(str::to_owned)
    });
    let id = id.ok_or_else(|| io::Error::other("no invocation"))?;
    Ok((id, serde_json::from_str(body).unwrap_or_default()))
}

fn post(api: &str, path: &str, body: &[u8]) -> io::Result<String> {
    call(api, "POST", path, body)
}

/// One request on its own connection. Returns the whole answer, head included.
fn call(api: &str, method: &str, path: &str, body: &[u8]) -> io::Result<String> {
    let mut stream = TcpStream::connect(api)?;
    let length = body.len();
    write!(
        stream,
        "{method} /2018-06-01/runtime/{path} HTTP/1.1\r\nHost: {api}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    )?;
    // A refusal may come before all is sent.
    let _refused_early = stream.write_all(body);
    let mut answer = Vec::new();
    let _reset_after_the_answer = stream.read_to_end(&mut answer);
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
