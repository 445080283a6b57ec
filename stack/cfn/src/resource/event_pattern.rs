//! Event patterns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Intrinsic, Value};

/// An event pattern: every field that is not empty has to match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPattern<I = Intrinsic> {
    /// Who sends the event, `aws.states`; empty for anybody.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub source: Vec<String>,
    /// What kind of event it is; empty for any.
    #[serde(rename = "detail-type", skip_serializing_if = "Vec::is_empty", default)]
    pub detail_type: Vec<String>,
    /// The ARNs that the event is about; empty for any.
    #[serde(skip_serializing_if = "Vec::is_empty", default = "Vec::new")]
    pub resources: Vec<Value<I>>,
    /// What the event itself says.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default = "BTreeMap::new")]
    pub detail: BTreeMap<String, Match<I>>,
}

impl<I> Default for EventPattern<I> {
    fn default() -> Self {
        Self { source: Vec::new(), detail_type: Vec::new(), resources: Vec::new(), detail: BTreeMap::new() }
    }
}

/// What one field of an event has to be. Other filters of EventBridge (prefix, numeric ..) are not supported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Match<I = Intrinsic> {
    AnyOf(Vec<Value<I>>),
    /// An object with these fields.
    Fields(BTreeMap<String, Match<I>>),
}

impl Match {
    /// One of these texts.
    pub fn any_of<V: Into<Value>>(values: impl IntoIterator<Item = V>) -> Self {
        Self::AnyOf(values.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_nest_and_empty_ones_stay_away() {
        let inner = BTreeMap::from([("b".to_owned(), Match::any_of(["x", "y"]))]);
        let pattern: EventPattern = EventPattern {
            source: vec!["own".to_owned()],
            detail: BTreeMap::from([("a".to_owned(), Match::Fields(inner))]),
            ..EventPattern::default()
        };
        let rendered = serde_json::to_value(pattern).unwrap();
        assert_eq!(rendered, json!({"source": ["own"], "detail": {"a": {"b": ["x", "y"]}}}));
    }
}
