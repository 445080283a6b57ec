//! The table: what the price function does, and how Step Functions and the session report it.

use local::lambda::failure::MAX_RESPONSE_BYTES;

use Expected::{Completed as Well, Failed, Without};

/// What an order tells the price function, which misbehaves.
pub(super) struct Case {
    pub(super) does: &'static str,
    pub(super) number: usize,
    /// How its next sandboxes are to initialise, one a line: Lambda tries twice.
    pub(super) init: &'static str,
    pub(super) expected: Expected,
}

pub(super) enum Expected {
    /// The order is cooked all the same.
    Completed,
    /// The order is cooked all the same, although a second pass over its prices failed with this error.
    Without(&'static str),
    /// `LambdaFunctionFailed` with this error and a cause that has this in it; both stand in the session, too.
    Failed(&'static str, &'static str),
}

pub(super) const EXITED: &str = "Runtime.ExitError";

/// The price function's limits: far above what the quick ones need, so that a busy machine changes nothing.
pub(super) const TIMEOUT_MS: u64 = 4_000;
pub(super) const MEMORY_MB: u32 = 128;

pub(super) const fn case(does: &'static str, number: usize, expected: Expected) -> Case {
    Case { does, number, init: "", expected }
}

const fn init(init: &'static str, expected: Expected) -> Case {
    Case { does: "well", number: 0, init, expected }
}

/// Those that end by themselves.
pub(super) fn quick() -> Vec<Case> {
    let reported = r#""errorMessage":"no""#;
    vec![
        init("crash", Well),
        init("crash\ncrash", Failed(EXITED, "Runtime exited with error: exit status 7")),
        init("error\nerror", Failed("NoSecret", r#""errorMessage":"none""#)),
        case("exit", 1, Failed(EXITED, "Runtime exited with error: exit status 1")),
        case("exit", 0, Failed(EXITED, "Runtime exited without providing a reason")),
        case("abort", 0, Failed(EXITED, "Runtime exited with error: signal: aborted")),
        case("children and exit", 0, Failed(EXITED, "exit status 1")),
        case("memory", 0, Failed(EXITED, "Runtime exited with error: signal: killed")),
        case("memory of a child", 0, Failed(EXITED, "Runtime exited with error: signal: killed")),
        case("error", 0, Failed("CUSTOM", reported)),
        case("error garbage", 0, Failed("Runtime.UnknownReason", "")),
        case("not json", 0, Failed("Lambda.Unknown", "not JSON")),
        case("large", MAX_RESPONSE_BYTES + 1, Failed("Function.ResponseSizeTooLarge", "6291556 bytes")),
        // Lambda passes it on; a state carries 256 KB.
        case("large", MAX_RESPONSE_BYTES, Failed("States.DataLimitExceeded", "exceeding the maximum")),
        case("garbage", 0, Well),
        case("twice", 0, Well),
        case("log", 20_000, Well),
        case("second well", 0, Well),
        case("second exit", 1, Without(EXITED)),
        case("second abort", 0, Without(EXITED)),
        case("second error", 0, Without("CUSTOM")),
        case("second not json", 0, Without("Lambda.Unknown")),
        case("second large", MAX_RESPONSE_BYTES, Without("States.DataLimitExceeded")),
    ]
}

/// Those that end with their time.
pub(super) fn slow() -> Vec<Case> {
    const TIMED_OUT: &str = "Sandbox.Timedout";
    let in_time = |does| case(does, 0, Failed(TIMED_OUT, "Task timed out after 4.00 seconds"));
    let mut all = Vec::from(["hang", "endless", "half", "sockets"].map(in_time));
    all.push(case("second hang", 0, Without(TIMED_OUT)));
    all
}
