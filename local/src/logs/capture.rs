//! Reading a function's output line by line, in bounded memory, no faster than it can be stored.

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

use super::store::FunctionLog;
use crate::clock;

/// Longest line in bytes. Source: a CloudWatch log event holds 256 KB; Lambda splits what is longer.
const MAX_LINE_BYTES: usize = 262_144;

/// Reads until the end. What is not UTF-8 is replaced, what is longer than a log event is split.
pub async fn capture(output: impl AsyncRead + Unpin, log: FunctionLog) {
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
            write(&mut line, &log).await;
        }
    }
    if !line.is_empty() {
        write(&mut line, &log).await;
    }
}

async fn write(line: &mut Vec<u8>, log: &FunctionLog) {
    let text = String::from_utf8_lossy(line).into_owned();
    line.clear();
    log.write(clock::now(), text).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{Logs, Metrics};

    async fn check(output: &[u8], expected: &[&str]) {
        let log = Logs::new(None, Metrics::default()).open("f").unwrap();
        capture(output, log.clone()).await;
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
    async fn a_line_without_end_is_split() {
        let long = "x".repeat(MAX_LINE_BYTES);
        check(format!("{long}{long}y\nz").as_bytes(), &[&long, &long, "y", "z"]).await;
    }
}
