//! Reading a function's output line by line, in bounded memory, no faster than it can be stored.

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

use super::{level::MinLevels, store::FunctionLog};
use crate::clock;

/// Longest line in bytes. Source: a CloudWatch log event holds 256 KB; Lambda splits what is longer.
const MAX_LINE_BYTES: usize = 262_144;

/// Reads until the end. What is not UTF-8 is replaced, what is longer than a log event is split, what is below the least
/// level is dropped.
pub async fn capture(output: impl AsyncRead + Unpin, log: FunctionLog, least: Option<MinLevels>) {
    let mut reader = BufReader::new(output);
    let mut line = Vec::new();
    while let Ok(bytes) = reader.fill_buf().await {
        if bytes.is_empty() {
            break;
        }
        let room = MAX_LINE_BYTES - line.len();
        let end = bytes.iter().position(|&byte| byte == b'\n');
        let taken = end.unwrap_or(bytes.len()).min(room);
        line.extend(bytes.iter().take(taken));
        let complete = end == Some(taken) || line.len() == MAX_LINE_BYTES;
        reader.consume(if end == Some(taken) { taken + 1 } else { taken });
        if complete {
            write(&mut line, &log, least).await;
        }
    }
    if !line.is_empty() {
        write(&mut line, &log, least).await;
    }
}

async fn write(line: &mut Vec<u8>, log: &FunctionLog, least: Option<MinLevels>) {
    let text = String::from_utf8_lossy(line).into_owned();
    line.clear();
    if least.is_none_or(|least| least.keep(&text)) {
        log.write(clock::now(), text).await;
    }
}

#[cfg(test)]
mod tests {
    use cfn::resource::{LogLevel, SystemLogLevel};

    use super::*;
    use crate::{logs::Logs, metrics::Metrics};

    async fn check(output: &[u8], expected: &[&str]) {
        let log = Logs::new(None, Metrics::default()).open("f").unwrap();
        capture(output, log.clone(), None).await;
        let lines: Vec<_> = log.lines().into_iter().map(|line| line.text).collect();
        assert_eq!(lines, expected);
    }

    #[tokio::test]
    async fn lines_with_and_without_an_end() {
        check(b"", &[]).await;
        check(b"one\ntwo", &["one", "two"]).await;
        check(b"one\n\ntwo\n", &["one", "", "two"]).await;
        check(b"\xff\n", &["\u{FFFD}"]).await;
    }

    #[tokio::test]
    async fn metrics_go_with_their_line() {
        let line = |level: &str| {
            let aws = r#"{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"A","Metrics":[{"Name":"B"}]}]}"#;
            format!(r#"{{"_aws":{aws},"B":1{level}}}"#)
        };
        let kept = ["", r#","level":"INFO""#, r#","level":"error""#].map(line);
        let dropped = [r#","level":"DEBUG""#, r#","level":"trace""#].map(line);
        let output = [kept.join("\n"), dropped.join("\n")].join("\n");
        let metrics = Metrics::default();
        let log = Logs::new(None, metrics.clone()).open("f").unwrap();
        let least = MinLevels { application: LogLevel::Info, system: SystemLogLevel::Info };
        capture(output.as_bytes(), log.clone(), Some(least)).await;
        let lines: Vec<_> = log.lines().into_iter().map(|line| line.text).collect();
        assert_eq!(lines, kept);
        assert_eq!(metrics.named("A", "B").len(), 3);
    }

    #[tokio::test]
    async fn a_line_without_end_is_split() {
        let long = "x".repeat(MAX_LINE_BYTES);
        check(format!("{long}{long}y\nz").as_bytes(), &[&long, &long, "y", "z"]).await;
    }
}
