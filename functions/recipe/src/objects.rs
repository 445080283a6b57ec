//! JSON objects inside prose: code fences (closed or not), sentences around them, braces inside strings, several of
//! them. What an object means lives in `draft`.
//!
//! Fences need no code of their own: they are prose. An object begins at a brace from which JSON can be read and ends
//! where the JSON reader says so, therefore braces and fences inside strings are never mistaken for ends. The reader
//! nests 128 deep at most and gives up after [`MAX_FAILED_READS`], so hostile text costs at most that factor.

use std::ops::Range;

use serde_json::Value;

/// Braces from which no JSON can be read before the rest of a text is not looked at: a reply of 2,000 tokens has fewer.
const MAX_FAILED_READS: usize = 1_000;

/// What a text holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// Its outermost complete JSON objects, in order.
    pub objects: Vec<Value>,
    /// Where they stand.
    pub places: Vec<Range<usize>>,
    /// The first object that was begun (a brace and a key's quote) and is not JSON.
    pub broken: Option<Broken>,
}

/// Where an object stops being JSON, counted from its own brace: lines and columns from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// The line.
    pub line: usize,
    /// The column, in bytes.
    pub column: usize,
    /// Whether the text ends before the object does.
    pub ends_early: bool,
}

/// Finds the JSON objects in a text.
#[must_use]
pub fn find(text: &str) -> Found {
    let mut found = Found::default();
    each(text, |at, read| match read {
        Ok(object) => {
            found.objects.push(object);
            found.places.push(at);
        }
        Err(error) => {
            let from_brace = text.get(at.start..).unwrap_or_default();
            if found.broken.is_none() && begins_like_json(from_brace) {
                found.broken =
                    Some(Broken { line: error.line(), column: error.column(), ends_early: error.is_eof() });
            }
        }
    });
    found
}

/// Every brace outside of an object, and what can be read from it.
fn each(text: &str, mut told: impl FnMut(Range<usize>, serde_json::Result<Value>)) {
    let (mut start, mut failed) = (0, 0);
    while let Some(from_brace) = text.get(start..).filter(|_| failed < MAX_FAILED_READS) {
        let Some(brace) = from_brace.find('{') else { break };
        start += brace;
        let from_brace = text.get(start..).unwrap_or_default();
        let mut reader = serde_json::Deserializer::from_str(from_brace).into_iter::<Value>();
        let Some(read) = reader.next() else { break };
        let end = if read.is_ok() { start + reader.byte_offset().max(1) } else { start + 1 };
        failed += usize::from(read.is_err());
        told(start..end, read);
        start = end;
    }
}

fn begins_like_json(from_brace: &str) -> bool {
    from_brace.strip_prefix('{').is_some_and(|inside| inside.trim_start().starts_with('"'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn check(text: &str, expect: &[Value]) {
        assert_eq!(find(text).objects, expect, "{text}");
    }

    #[test]
    fn hostile_text_is_read_no_further_than_a_reply_goes() {
        let object = json!({"a": 1});
        let text = |braces: usize| format!("{}{object}", "{x".repeat(braces));
        check(&text(MAX_FAILED_READS - 1), std::slice::from_ref(&object));
        check(&text(MAX_FAILED_READS), &[]);
    }

    #[test]
    fn bare() {
        check(r#"{"a": 1}"#, &[json!({"a": 1})]);
    }

    #[test]
    fn closed_fence() {
        check("```json\n{\"a\": 1}\n```", &[json!({"a": 1})]);
    }

    #[test]
    fn open_fence() {
        check("```json\n{\"a\": 1}\n", &[json!({"a": 1})]);
    }

    #[test]
    fn prose_around() {
        check("네, 여기 있어요: {\"a\": 1} 맛있게 드세요!", &[json!({"a": 1})]);
    }

    #[test]
    fn braces_quotes_and_fences_inside_strings() {
        check(r#"{"a": "볼 {큰 것} } \" ``` {"}"#, &[json!({"a": "볼 {큰 것} } \" ``` {"})]);
    }

    #[test]
    fn braces_in_prose() {
        check("그릇 {볼}, 그리고 { \n{\"a\": 1}", &[json!({"a": 1})]);
    }

    #[test]
    fn several() {
        check("{\"a\": 1} 또는 {\"b\": {\"c\": 2}}", &[json!({"a": 1}), json!({"b": {"c": 2}})]);
    }

    #[test]
    fn inside_a_list() {
        check(r#"[{"a": 1}]"#, &[json!({"a": 1})]);
    }

    #[test]
    fn nothing() {
        check("죄송합니다. } 레시피가 없습니다.", &[]);
        assert_eq!(find("{볼}").broken, None);
    }

    #[test]
    fn what_is_begun_and_not_ended_is_said() {
        let broken = |text| find(text).broken.unwrap();
        assert_eq!(broken("레시피: {\"a\": 1,"), Broken { line: 1, column: 8, ends_early: true });
        assert_eq!(broken("{\n\"a\": 1,\n}"), Broken { line: 3, column: 1, ends_early: false });
    }

    #[test]
    fn hostile_text_ends() {
        for text in ["{", "{\"", "{\"a\":", "{\"a\":[1,", "{\"a\":\"{", "}{", "{}"] {
            let _ = find(&text.repeat(20_000));
        }
    }

    proptest! {
        #[test]
        fn any_object_is_found_in_any_prose_without_braces(
            before in "[^{}]{0,80}",
            after in "[^{}]{0,80}",
            key in ".{0,20}",
            text in any::<String>(),
            pretty in any::<bool>(),
        ) {
            let object = json!({ key: text, "steps": [{"nested": true}] });
            let written = if pretty { format!("{object:#}") } else { object.to_string() };
            let found = find(&format!("{before}{written}{after}"));
            let place = before.len()..before.len() + written.len();
            prop_assert_eq!(found, Found { objects: vec![object], places: vec![place], broken: None });
        }

        #[test]
        fn any_text_is_survived(text in any::<String>(), braces in "[{}\"\\\\:,\\[\\] a1]{0,200}") {
            let _ = find(&text);
            let _ = find(&braces);
        }
    }
}
