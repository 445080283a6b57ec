//! Patterns of metric filters and the lines that they read, mutated.

use super::pattern::Pattern;

const LINE: &str = r#"{"type":"platform.report","record":{"status":"timeout","n":[1,{"a":"b"}]},"한":"글"}"#;

/// A pattern is read or refused, and one that was read says the same of a line each time.
#[test]
fn mutated_patterns_and_lines() {
    let samples = [
        "{ $.type = \"platform.report\" && $.record.status = \"timeout\" }",
        "\"Task timed out after\"",
        LINE,
    ];
    let words = ["{", "}", "$.", "\"", "&&", "||", "=", "!=", "*", "한", "\\", "[0]", "$.record", "\u{0}"];
    let known: Pattern = "{ $.type = \"platform.report\" }".parse().unwrap();
    mutations::check(&samples, &words, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let _either = known.matches(&text);
        if let Ok(pattern) = text.parse::<Pattern>() {
            assert_eq!(pattern.matches(LINE), pattern.matches(LINE));
            // What has no quoted text counts no line, so it is refused.
            assert!(text.contains('"'), "{text}");
        }
    });
}
