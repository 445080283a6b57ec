//! JSON objects in prose: in code fences (closed or not), between sentences, with braces in strings, several of them. `draft`
//! checks them.
//!
//! Fences are prose. An object begins at a brace from which JSON can be parsed and ends where the parser does, so braces and
//! fences in strings do not end it. The parser
//! nests 128 deep at most and stops after [`MAX_FAILED_READS`], so hostile text costs at most that factor.

use std::ops::Range;

use serde_json::Value;

/// Braces without JSON after which the rest of a text is not searched: a reply of 2,000 tokens has fewer.
const MAX_FAILED_READS: usize = 1_000;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// Its outermost complete JSON objects, in order.
    pub objects: Vec<Value>,
    /// Their positions.
    pub places: Vec<Range<usize>>,
    /// The first beginning of an object (a brace and a key's quote) that is not JSON.
    pub broken: Option<Broken>,
}

/// Where an object is not JSON, from its own brace: lines and columns count from 1.
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
fn each(text: &str, mut visit: impl FnMut(Range<usize>, serde_json::Result<Value>)) {
    let (mut start, mut failed) = (0, 0);
    while let Some(from_brace) = text.get(start..).filter(|_| failed < MAX_FAILED_READS) {
        let Some(brace) = from_brace.find('{') else { break };
        start += brace;
        let from_brace = text.get(start..).unwrap_or_default();
        let mut reader = serde_json::Deserializer::from_str(from_brace).into_iter::<Value>();
        let Some(read) = reader.next() else { break };
        let end = if read.is_ok() { start + reader.byte_offset().max(1) } else { start + 1 };
        failed += usize::from(read.is_err());
        visit(start..end, read);
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
    fn the_number_of_failed_reads_is_bounded() {
        let object = json!({"a": 1});
        let text = |braces: usize| format!("{}{object}", "{x".repeat(braces));
        check(&text(MAX_FAILED_READS - 1), std::slice::from_ref(&object));
        check(&text(MAX_FAILED_READS), &[]);
    }

    #[test]
    fn objects_are_found_wherever_they_stand() {
        let one = [json!({"a": 1})];
        check(r#"{"a": 1}"#, &one);
        check("```json\n{\"a\": 1}\n```", &one);
        check("```json\n{\"a\": 1}\n", &one);
        check("네, 여기 있어요: {\"a\": 1} 맛있게 드세요!", &one);
        check("그릇 {볼}, 그리고 { \n{\"a\": 1}", &one);
        check(r#"[{"a": 1}]"#, &one);
        check(r#"{"a": "볼 {큰 것} } \" ``` {"}"#, &[json!({"a": "볼 {큰 것} } \" ``` {"})]);
        check("{\"a\": 1} 또는 {\"b\": {\"c\": 2}}", &[json!({"a": 1}), json!({"b": {"c": 2}})]);
        check("죄송합니다. } 레시피가 없습니다.", &[]);
        assert_eq!(find("{볼}").broken, None);
    }

    #[test]
    fn an_incomplete_object_is_reported() {
        let broken = |text| find(text).broken.unwrap();
        assert_eq!(broken("레시피: {\"a\": 1,"), Broken { line: 1, column: 8, ends_early: true });
        assert_eq!(broken("{\n\"a\": 1,\n}"), Broken { line: 3, column: 1, ends_early: false });
    }

    #[test]
    fn hostile_text_is_read_in_time() {
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
    }
}
