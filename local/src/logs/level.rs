//! Levels of log lines: which ones reach the log. Only functions that log JSON have them.
//!
//! Source: "Log-level filtering" of Lambda's developer guide.

use cfn::{
    Literal,
    resource::{LogLevel, Logging, SystemLogLevel},
};
use serde::Deserialize;
use serde_json::Value;

const LEVELS: [(&str, LogLevel); 6] = [
    ("TRACE", LogLevel::Trace),
    ("DEBUG", LogLevel::Debug),
    ("INFO", LogLevel::Info),
    ("WARN", LogLevel::Warn),
    ("ERROR", LogLevel::Error),
    ("FATAL", LogLevel::Fatal),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinLevels {
    /// Of the function's own lines.
    pub application: LogLevel,
    /// Of Lambda's lines about it.
    pub system: SystemLogLevel,
}

impl MinLevels {
    /// Those of a function's configuration. Nothing: every line is kept.
    pub const fn of(logging: Option<&Logging<Literal>>) -> Option<Self> {
        match logging {
            Some(&Logging::Json { application_log_level: application, system_log_level: system, .. }) => {
                Some(Self { application, system })
            }
            Some(Logging::Text { .. }) | None => None,
        }
    }

    pub fn application_name(&self) -> &'static str {
        let named = LEVELS.iter().find(|(_, level)| *level == self.application);
        named.map_or("INFO", |(name, _)| name)
    }

    /// Whether a line of the function is kept. A level that is missing or unknown counts as INFO, also of a line with
    /// metrics, which are lost with it.
    pub fn keep(&self, line: &str) -> bool {
        level(line).unwrap_or(LogLevel::Info) >= self.application
    }
}

fn level(line: &str) -> Option<LogLevel> {
    #[derive(Deserialize)]
    struct Leveled {
        level: Value,
    }
    if !line.contains("\"level\"") {
        return None;
    }
    let Leveled { level } = serde_json::from_str(line).ok()?;
    let name = level.as_str()?;
    let known = LEVELS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    known.map(|(_, level)| *level)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, kept_by: &[LogLevel]) {
        for (name, application) in LEVELS {
            let least = MinLevels { application, system: SystemLogLevel::Info };
            assert_eq!(least.keep(line), kept_by.contains(&application), "{line} at {name}");
            assert_eq!(least.application_name(), name);
        }
    }

    #[test]
    fn a_line_below_the_level_is_not_kept() {
        let all = LEVELS.map(|(_, level)| level);
        for (at, (name, _)) in LEVELS.iter().enumerate() {
            check(&format!(r#"{{"level":"{name}","message":"a"}}"#), &all[..=at]);
            check(&format!(r#"{{"a":{{}},"level":"{}"}}"#, name.to_lowercase()), &all[..=at]);
        }
    }

    #[test]
    fn without_a_level_it_is_info() {
        for line in [
            "",
            "plain text, level DEBUG",
            r#"{"message":"a"}"#,
            r#"{"level":"NOTICE"}"#,
            r#"{"level":10}"#,
            r#"{"a":{"level":"DEBUG"}}"#,
            r#"["level","DEBUG"]"#,
            r#"{"level":"DEBUG""#,
        ] {
            check(line, &[LogLevel::Trace, LogLevel::Debug, LogLevel::Info]);
        }
    }
}
