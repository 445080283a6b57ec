//! A target's input, made from parts of an event.

use std::collections::BTreeMap;

use cfn::{Literal, resource::InputTransformer};
use serde_json::Value;

/// The input of a target: the template with every `<name>` replaced. Inside quotes a part is text, outside it is JSON.
/// A part that the event does not have is empty text or `null`.
pub fn input(transformer: &InputTransformer<Literal>, event: &Value) -> String {
    let parts: BTreeMap<&str, Option<&Value>> =
        transformer.input_paths.iter().map(|(name, path)| (name.as_str(), at(path, event))).collect();
    let mut made = String::with_capacity(transformer.input_template.len());
    let mut quoted = false;
    let mut rest = transformer.input_template.as_str();
    while let Some(next) = rest.chars().next() {
        let part = rest.strip_prefix('<').and_then(|from| {
            let (name, behind) = from.split_once('>')?;
            Some((*parts.get(name)?, behind))
        });
        if let Some((value, behind)) = part {
            push(&mut made, value, quoted);
            rest = behind;
            continue;
        }
        if next == '"' && !made.ends_with('\\') {
            quoted = !quoted;
        }
        made.push(next);
        rest = rest.get(next.len_utf8()..).unwrap_or_default();
    }
    made
}

fn push(made: &mut String, value: Option<&Value>, quoted: bool) {
    match (value, quoted) {
        (None, true) => {}
        (None, false) => made.push_str("null"),
        (Some(value), false) => made.push_str(&value.to_string()),
        (Some(value), true) => {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let escaped = Value::String(text).to_string();
            made.push_str(escaped.trim_start_matches('"').strip_suffix('"').unwrap_or_default());
        }
    }
}

/// The value at a path `$.a.b`.
fn at<'a>(path: &str, event: &'a Value) -> Option<&'a Value> {
    let rest = path.strip_prefix('$')?;
    let mut names = rest.split('.').filter(|name| !name.is_empty());
    names.try_fold(event, |found, name| found.get(name))
}

#[cfg(test)]
mod tests {
    use cfn::Prop;
    use serde_json::json;

    use super::*;

    fn check(template: &str, expected: &str) {
        let transformer = InputTransformer {
            input_paths: [("name", "$.detail.name"), ("size", "$.detail.size"), ("none", "$.detail.none")]
                .map(|(name, path)| (name.to_owned(), path.to_owned()))
                .into(),
            input_template: Prop::Literal(template.to_owned()),
        };
        let event = json!({ "detail": { "name": "a\"b", "size": 3 } });
        assert_eq!(input(&transformer, &event), expected, "{template}");
    }

    #[test]
    fn parts_as_text_and_as_json() {
        check(r#"{"id":"<name>","n":<size>}"#, r#"{"id":"a\"b","n":3}"#);
        check(r#"{"id":<name>,"n":"<size>"}"#, r#"{"id":"a\"b","n":"3"}"#);
        check(r#"{"a":<none>,"b":"<none>"}"#, r#"{"a":null,"b":""}"#);
        check("<unknown> < <size", "<unknown> < <size");
    }
}
