//! The body of a row: content with the time at which it was obtained, as JSON. Another version of this program may have written
//! a row, so its reader validates the content too.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Raised when the format of any content changes. Bodies of other schemas are not read.
const SCHEMA: u8 = 2;
/// Largest body. A row of `DynamoDB` has at most 400 KB; the list of products takes less than 100.
pub(crate) const MAX_BODY_BYTES: usize = 300_000;
/// How far the writer's clock may be ahead. Content from further ahead would never be stale.
const MAX_CLOCK_SKEW_MS: i64 = 300_000;

/// Content and when it was obtained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored<T> {
    pub content: T,
    pub at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body<T> {
    schema: u8,
    at_ms: i64,
    content: T,
}

impl<T> Stored<T> {
    /// Negative if the writer's clock was ahead.
    pub fn age_s(&self, now: Timestamp) -> i64 {
        let age_ms = now.as_millisecond().saturating_sub(self.at.as_millisecond());
        age_ms / 1_000
    }
}

impl<T: Serialize> Stored<T> {
    /// The body of a row; `None` if it is too large for one.
    pub fn encode(&self) -> Option<String> {
        let body = Body { schema: SCHEMA, at_ms: self.at.as_millisecond(), content: &self.content };
        let body = serde_json::to_string(&body).ok()?;
        (body.len() <= MAX_BODY_BYTES).then_some(body)
    }
}

impl<T: DeserializeOwned> Stored<T> {
    /// The content of a body; `None` if it has another format or is from the future.
    pub fn decode(body: &str, now: Timestamp) -> Option<Self> {
        if body.len() > MAX_BODY_BYTES {
            return None;
        }
        let Body::<T> { schema, at_ms, content } = serde_json::from_str(body).ok()?;
        let is_of_now = at_ms <= now.as_millisecond().saturating_add(MAX_CLOCK_SKEW_MS);
        let at = Timestamp::from_millisecond(at_ms).ok()?;
        (schema == SCHEMA && is_of_now).then_some(Self { content, at })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::clock::test::NOON_MS;

    fn decoded(body: &str) -> Option<Stored<Vec<String>>> {
        Stored::decode(body, Timestamp::from_millisecond(NOON_MS).unwrap())
    }

    #[test]
    fn a_body_is_decoded_as_it_was_encoded_or_too_large() {
        let stored = |length| Stored {
            content: vec!["가\"\n".to_owned(), "a".repeat(length)],
            at: Timestamp::from_millisecond(NOON_MS - 5_000).unwrap(),
        };
        let small = stored(9);
        assert_eq!(decoded(&small.encode().unwrap()).unwrap(), small);
        assert_eq!(small.age_s(Timestamp::from_millisecond(NOON_MS).unwrap()), 5);
        assert_eq!(stored(MAX_BODY_BYTES).encode(), None);
    }

    #[test]
    fn other_formats_and_the_future_are_not_read() {
        let with = |key: &str, value: Value| {
            let mut body = json!({ "schema": SCHEMA, "atMs": NOON_MS, "content": [] });
            body[key] = value;
            decoded(&body.to_string()).is_some()
        };
        assert!(with("content", json!(["a"])) && with("atMs", json!(NOON_MS + 299_000)));
        for (key, value) in [
            ("schema", json!(SCHEMA - 1)),
            ("schema", json!(SCHEMA + 1)),
            ("schema", json!("2")),
            ("atMs", json!(NOON_MS + 301_000)),
            ("atMs", json!(i64::MAX)),
            ("atMs", json!(i64::MIN)),
            ("content", json!("a")),
            ("content", json!(null)),
            ("more", json!(1)),
        ] {
            assert!(!with(key, value.clone()), "{key}: {value}");
        }
        for text in ["", "{", "null", "[]", "\"\""] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
