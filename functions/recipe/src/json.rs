//! JSON of a model: a string may have a lone surrogate, and a number may be beyond every double.
//!
//! `serde_json` refuses both, and with them a reply that was paid for. Here a lone surrogate is replaced by U+FFFD, and such a
//! number by its digits as a string, which a field of a number refuses and a free text displays.

use serde::de::DeserializeOwned;

/// Reads one JSON text.
///
/// # Errors
/// It is none, or not one that the type takes.
pub fn read<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(&readable(json))
}

/// The text with these replacements in its objects; prose around them is not changed.
#[must_use]
pub fn readable_text(text: &str) -> String {
    String::from_utf8_lossy(&readable(text.as_bytes())).into_owned()
}

fn readable(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len());
    let mut rest = json;
    // Open objects, and whether a string is open in them. Prose has other quotes.
    let (mut depth, mut in_string) = (0_usize, false);
    while let Some(&byte) = rest.first() {
        let taken = match byte {
            b'\\' => escape(rest, &mut out),
            // The three bytes of a surrogate are not UTF-8.
            0xED if matches!(rest, [_, 0xA0..=0xBF, 0x80..=0xBF, ..]) => {
                out.extend_from_slice("\u{FFFD}".as_bytes());
                3
            }
            b'-' | b'0'..=b'9' if depth > 0 && !in_string => number(rest, &mut out),
            _ => {
                match byte {
                    b'"' if depth > 0 => in_string = !in_string,
                    b'{' if !in_string && (depth > 0 || begins_object(rest)) => depth += 1,
                    b'}' if !in_string => depth = depth.saturating_sub(1),
                    _ => {}
                }
                out.push(byte);
                1
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

/// Whether a brace and a key's quote are next.
fn begins_object(json: &[u8]) -> bool {
    let mut inside = json.iter().skip(1).skip_while(|byte| byte.is_ascii_whitespace());
    inside.next() == Some(&b'"')
}

/// One escape. How many bytes it took.
fn escape(json: &[u8], out: &mut Vec<u8>) -> usize {
    let unit = |at: usize| {
        let digits = json.get(at..)?.strip_prefix(b"\\u")?.get(..4)?;
        let hex = digits.iter().all(u8::is_ascii_hexdigit);
        u16::from_str_radix(std::str::from_utf8(digits).ok().filter(|_| hex)?, 16).ok()
    };
    let (taken, lone) = match (unit(0), unit(6)) {
        (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (12, false),
        (Some(0xD800..=0xDFFF), _) => (6, true),
        (Some(_), _) => (6, false),
        (None, _) => (2, false),
    };
    let whole = json.get(..taken).unwrap_or(json);
    out.extend_from_slice(if lone { b"\\uFFFD" } else { whole });
    whole.len()
}

/// One number. How many bytes it took.
fn number(json: &[u8], out: &mut Vec<u8>) -> usize {
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let end = json.iter().position(|byte| !is_part(byte)).unwrap_or(json.len());
    let written = json.get(..end).unwrap_or_default();
    let text = std::str::from_utf8(written).unwrap_or_default();
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let is_zero = mantissa.bytes().all(|byte| !matches!(byte, b'1'..=b'9'));
    let is_held = text.parse::<f64>().map_or(true, |number| number.is_finite() && (number != 0.0 || is_zero));
    let quote: &[u8] = if is_held { b"" } else { b"\"" };
    for part in [quote, written, quote] {
        out.extend_from_slice(part);
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn check(text: &str, expect: &Value) {
        assert_eq!(read::<Value>(text.as_bytes()).ok().as_ref(), Some(expect), "{text}");
    }

    #[test]
    fn a_lone_surrogate_becomes_a_replacement_character() {
        check(r#"{"a": "현\ud99c물"}"#, &json!({"a": "현\u{FFFD}물"}));
        check(
            r#"{"\uDC00a": ["\ud800", "\udfff\ud800"]}"#,
            &json!({"\u{FFFD}a": ["\u{FFFD}", "\u{FFFD}\u{FFFD}"]}),
        );
        check(r#"{"a": "\ud83d\ud83d\ude00\n\ud83dx"}"#, &json!({"a": "\u{FFFD}😀\n\u{FFFD}x"}));
        let bytes = b"{\"a\": \"\xed\xa6\x9c\"}";
        assert_eq!(read::<Value>(bytes).unwrap(), json!({"a": "\u{FFFD}"}));
    }

    #[test]
    fn complete_pairs_and_escaped_backslashes_stay() {
        check(r#"{"a": "\ud83d\ude00 \u00e9 \uD55C"}"#, &json!({"a": "😀 é 한"}));
        // The backslash is escaped: a text about an escape.
        check(r#"{"a": "\\ud99c \\\\ud99c"}"#, &json!({"a": "\\ud99c \\\\ud99c"}));
        check(r#"{"a": "\\\ud99c"}"#, &json!({"a": "\\\u{FFFD}"}));
        assert!(read::<Value>(br#"{"a": "\ud9"}"#).is_err());
        assert!(read::<Value>(br#"{"a": "\u+123"}"#).is_err());
        assert!(read::<Value>(b"{\"a\": \"\xff\"}").is_err());
    }

    #[test]
    fn a_number_beyond_every_double_becomes_its_text() {
        check(r#"{"a": [1e400, -1.5E+999, 1e-400]}"#, &json!({"a": ["1e400", "-1.5E+999", "1e-400"]}));
        check(
            r#"{"a": "1e400", "b": [0e-999, 0.0, 1e50, -7]}"#,
            &json!({"a": "1e400", "b": [0.0, 0.0, 1e50, -7]}),
        );
    }

    #[test]
    fn prose_around_objects_is_not_changed() {
        let text = r#"it's 1e400 {볼} "a {"b": 1e400} 1e400 "c"#;
        assert_eq!(readable_text(text), r#"it's 1e400 {볼} "a {"b": "1e400"} 1e400 "c"#);
    }

    proptest! {
        #[test]
        fn what_serde_json_writes_is_not_changed(text in any::<String>(), key in any::<String>(), number in any::<f64>()) {
            let written = json!({ key: [text, number, {"a": true}] }).to_string();
            prop_assert_eq!(readable(written.as_bytes()), written.as_bytes());
        }
    }
}
