//! A function for tests that does what it is told to: by its input, `{"do": ".."}`, or by the name of an order's first
//! ingredient, `do ..`, with a number as its amount. Other orders it prices plainly, with nothing priced. An order is asked
//! for twice: what it is told, it does in the first pass, `do second ..` in the second; in the other one it is good. Told
//! nothing at all, it leaves a grandchild behind and hangs. The second ingredient names a file for the processes that
//! `children and exit` leaves. How it speaks the Runtime API lives beside it.
#![expect(
    clippy::expect_used,
    reason = "what cannot misbehave as it is told ends with a code of its own, and the test is red"
)]

mod wire;

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, Write as _},
    process::{Command, ExitCode, Stdio},
    thread,
};

use contract::Pricing;
use serde_json::{Value, json};

use wire::Api;

/// What a greedy process takes: more than any limit in the tests.
const GREED_BYTES: usize = 300 << 20;

/// More connections than the environment keeps open for a function.
const MANY_SOCKETS: usize = 400;

/// What is to be done.
struct Instruction {
    word: String,
    number: usize,
    /// What a good answer is.
    good: Value,
}

fn main() -> ExitCode {
    let variables: BTreeMap<String, String> = env::vars().collect();
    let api = Api::new(variables.get("AWS_LAMBDA_RUNTIME_API").map_or("", String::as_str));
    if let Some(code) = initialise(&api, variables.get("INIT").map(String::as_str)) {
        return code;
    }
    loop {
        let Ok((id, input)) = api.next() else {
            return ExitCode::from(3);
        };
        let instruction = Instruction::by(&input);
        let response = format!("invocation/{id}/response");
        let error = format!("invocation/{id}/error");
        let answer = match instruction.word.as_str() {
            "echo" => json!({ "input": input, "pid": std::process::id() }).to_string(),
            "environment" => json!(variables).to_string(),
            "well" => instruction.good.to_string(),
            "exit" => return ExitCode::from(u8::try_from(instruction.number).unwrap_or(9)),
            "abort" => std::process::abort(),
            "error" => {
                let _answer = api.post(&error, br#"{"errorType":"CUSTOM","errorMessage":"no"}"#);
                continue;
            }
            "error garbage" => {
                let _answer = api.post(&error, b"\xff{");
                continue;
            }
            "garbage" => {
                let statuses = wire::garbage(&api, &id);
                say(&format!("garbage: {}", statuses.join(" ")));
                instruction.good.to_string()
            }
            "not json" => "<html>".to_owned(),
            "large" => format!("\"{}\"", "x".repeat(instruction.number - 2)),
            "twice" => {
                let _accepted = api.post(&response, instruction.good.to_string().as_bytes());
                say(&format!("twice: {}", api.status("POST", &response, b"{}")));
                continue;
            }
            "endless" => wire::endless(&api, &response),
            "half" => {
                let _open = wire::half(&api, &response);
                hang()
            }
            "sockets" => {
                let _open: Vec<_> = (0..MANY_SOCKETS).map(|_| api.connect()).collect();
                hang()
            }
            "memory" => greed(),
            "memory of a child" => {
                leave("INIT=greed exec /proc/$PPID/exe");
                hang()
            }
            "memory of an orphan" => {
                leave("INIT=greed timeout 60 setsid /proc/$PPID/exe & exec sleep 0");
                hang()
            }
            "log" => {
                let mut out = io::stdout().lock();
                for n in 0..instruction.number {
                    let _closed = writeln!(out, "line {n}");
                }
                instruction.good.to_string()
            }
            "hang" => hang(),
            "answer and hang" => {
                let _accepted = api.post(&response, instruction.good.to_string().as_bytes());
                hang()
            }
            "grandchild" => {
                let grandchild = leave_apart();
                match instruction.good {
                    Value::Null => json!({ "grandchild": grandchild, "pid": std::process::id() }).to_string(),
                    good => good.to_string(),
                }
            }
            // Their output stays open, too.
            "children and exit" => {
                leave_listed(input.pointer("/ingredients/1/name").and_then(Value::as_str));
                return ExitCode::from(1);
            }
            _ => {
                leave_apart();
                hang()
            }
        };
        let _answer = api.post(&response, answer.as_bytes());
    }
}

/// What goes wrong before the first question for work; an exit code ends the process.
fn initialise(api: &Api, fault: Option<&str>) -> Option<ExitCode> {
    match fault {
        Some("crash") => Some(ExitCode::from(7)),
        Some("error") => {
            let _answer = api.post("init/error", br#"{"errorType":"NoSecret","errorMessage":"none"}"#);
            Some(ExitCode::from(1))
        }
        Some("greed") => greed(),
        Some("hang") => hang(),
        Some(_) | None => None,
    }
}

impl Instruction {
    fn by(input: &Value) -> Self {
        let text = |pointer: &str| input.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let number = |name: &str| usize::try_from(input.get(name)?.as_u64()?).ok();
        let instruction = |word: String, number: usize, good: Value| Self { word, number, good };
        if let Some(word) = text("/do") {
            return instruction(word, number("n").unwrap_or(0), Value::Null);
        }
        let Some(ingredient) = text("/ingredients/0/name") else {
            return instruction(String::new(), 0, Value::Null);
        };
        let plain = json!(Pricing::nothing());
        let is_second = input.get("recipeIngredients").is_some();
        let word = ingredient.strip_prefix("do ").and_then(|word| match word.strip_prefix("second ") {
            Some(word) => is_second.then_some(word),
            None => (!is_second).then_some(word),
        });
        let Some(word) = word else {
            return instruction("well".to_owned(), 0, plain);
        };
        let amount = text("/ingredients/0/amount").and_then(|amount| amount.parse().ok());
        instruction(word.to_owned(), amount.unwrap_or(0), plain)
    }
}

fn say(line: &str) {
    let _closed = writeln!(io::stdout().lock(), "{line}");
}

/// A process of a few words of shell that outlives any test.
fn leave(lines: &str) -> u32 {
    let mut command = Command::new("sh");
    command.arg("-c").arg(lines).stdin(Stdio::null());
    command.spawn().expect("a shell").id()
}

/// The same out of our process group, and it is out of it when this returns.
fn leave_apart() -> u32 {
    let child = leave("exec setsid sleep 300 >/dev/null 2>&1");
    let name = format!("/proc/{child}/comm");
    while fs::read_to_string(&name).is_ok_and(|name| name.trim() != "sleep") {
        thread::yield_now();
    }
    child
}

/// A child and an orphan, whose numbers are in the list when this returns.
fn leave_listed(list: Option<&str>) {
    let name = list.unwrap_or("/dev/null");
    leave(&format!("echo $$ >>{name}; exec sleep 300"));
    leave(&format!("setsid sleep 300 & echo $! >>{name}; exec sleep 0"));
    while list.is_some_and(|list| fs::read_to_string(list).map_or(0, |list| list.lines().count()) < 2) {
        thread::yield_now();
    }
}

fn greed() -> ! {
    let used = vec![1_u8; GREED_BYTES];
    std::hint::black_box(&used);
    hang()
}

fn hang() -> ! {
    loop {
        thread::park();
    }
}
