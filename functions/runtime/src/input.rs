//! The payload of an invocation, read in two steps: first as JSON, for the ids of the log lines, then as the task's input. An
//! error names the field and what was expected there, and quotes nothing of the input.

use contract::{ErrorName, ExecutionId, SchemaError, SessionId, Task, task::Correlated};
use lambda_runtime::Diagnostic;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::failure;

/// The payload of an invocation. Reading one never fails: Lambda's own error for that would quote the payload.
#[derive(Debug)]
pub(crate) enum Payload {
    Json(Value),
    NotJson,
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Value::deserialize(deserializer).map_or(Self::NotJson, Self::Json))
    }
}

/// An invalid input: the field, and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {expected}")]
pub(crate) struct InputError {
    path: String,
    expected: String,
}

impl From<InputError> for Diagnostic {
    fn from(error: InputError) -> Self {
        failure::diagnostic(ErrorName::InvalidInput, &error)
    }
}

/// Reads the task's input.
pub(crate) fn read<T: Task>(payload: &Payload) -> Result<T::Input, InputError> {
    let Payload::Json(json) = payload else {
        return Err(InputError { path: WHOLE.to_owned(), expected: "expected JSON".to_owned() });
    };
    serde_path_to_error::deserialize(json).map_err(|error| refused(&error))
}

/// The ids, as far as the payload has them, so that an invalid input can be found by its session too.
pub(crate) fn correlation<T: Task>(
    payload: &Payload,
    input: Option<&T::Input>,
) -> (Option<SessionId>, Option<ExecutionId>) {
    if let Some(input) = input {
        return (Some(input.session_id().clone()), Some(input.execution_id().clone()));
    }
    let Payload::Json(json) = payload else {
        return (None, None);
    };
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    let arn = text("executionId").filter(|text| is_arn(text));
    (
        text("sessionId").and_then(|text| SessionId::new(text).ok()),
        arn.map(|text| ExecutionId(text.to_owned())),
    )
}

fn is_arn(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_' | b'/' | b'.');
    text.starts_with("arn:") && text.len() <= 256 && text.bytes().all(plain)
}

/// The path of an error at the top.
const WHOLE: &str = "input";

/// Without the input's own words, which must not be logged, such as an unknown key.
fn refused(error: &serde_path_to_error::Error<serde_json::Error>) -> InputError {
    let SchemaError { path, message, .. } = SchemaError::from(error);
    InputError { path: if path.is_empty() { WHOLE.to_owned() } else { path }, expected: message }
}

#[cfg(test)]
mod tests {
    use contract::task::{PriceFetcher, RecipeGenerator};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn base(profile: &Value) -> Value {
        json!({ "sessionId": "s-1", "executionId": "arn:aws:states:x:1:execution:m:s-1", "profile": profile })
    }

    fn check<T: Task>(input: Value, expect: &str) {
        let payload = serde_json::from_value(input).unwrap();
        let error = read::<T>(&payload).err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some(expect));
    }

    #[test]
    fn an_error_names_the_field_and_quotes_no_value() {
        let diabetes = |sugar: Value, medication: Value| {
            base(&json!({ "target": "diabetes", "budget": 10_000, "servings": 2,
                         "bloodSugar": sugar, "medication": medication }))
        };
        check::<RecipeGenerator>(
            diabetes(json!(777), json!(["메트포르민"])),
            "profile.bloodSugar: expected a whole number from 20 to 600",
        );
        check::<RecipeGenerator>(
            diabetes(json!("페니실린, expected nothing"), json!([])),
            "profile.bloodSugar: expected a whole number from 20 to 600",
        );
        check::<RecipeGenerator>(
            base(&json!({ "target": "baby", "budget": 10_000, "servings": 2, "allergies": ["우유"] })),
            "profile.months: expected by target `baby`, but it is missing",
        );
    }

    #[test]
    fn structure_is_named_too() {
        check::<PriceFetcher>(json!({ "sessionId": "s" }), "executionId: expected, but it is missing");
        check::<PriceFetcher>(json!(["x"]), "input: expected struct PriceRequest with 5 elements");
        let execution = json!("arn:aws:states:x:1:execution:m:s");
        check::<PriceFetcher>(
            json!({ "sessionId": "가", "executionId": execution }),
            "sessionId: expected 1 to 80 characters of A-Z a-z 0-9 _ -",
        );
        check::<PriceFetcher>(
            json!({ "sessionId": "s", "executionId": execution, "ingredients": [{ "name": "두부", "인슐린": 1 }] }),
            "ingredients[0]: unknown field, expected one of `name`, `amount`, `unit`",
        );
        check::<PriceFetcher>(
            json!({ "sessionId": "s", "executionId": execution, "ingredients": [{ "name": "" }] }),
            "ingredients[0].name: expected 1 to 100 characters, got 0",
        );
    }

    #[test]
    fn an_invalid_input_is_still_found_by_its_session() {
        let of = |json: Value| correlation::<PriceFetcher>(&Payload::Json(json), None);
        let (session, execution) =
            of(json!({ "sessionId": "s-1", "executionId": "arn:aws:states:r:1:execution:m:s-1" }));
        assert_eq!(session.as_deref(), Some("s-1"));
        assert!(execution.is_some());
        assert_eq!(of(json!({ "sessionId": "나의 병", "executionId": "인슐린" })), (None, None));
        assert_eq!(of(json!([])), (None, None));
    }

    #[test]
    fn invalid_json_is_an_input_error() {
        let payload: Payload = serde_json::from_str("{\"sessionId\": 나}").unwrap_or(Payload::NotJson);
        assert_eq!(read::<PriceFetcher>(&payload).unwrap_err().to_string(), "input: expected JSON");
    }

    proptest! {
        #[test]
        fn no_text_of_a_person_gets_into_an_error(text in "[가-힣]{2,8}(, expected |: |`|\"|, got |\\.)[가-힣]{2,8}", at in 0..7_usize) {
            let mut profile = json!({ "target": "diabetes", "budget": 1, "servings": 1, "bloodSugar": 100, "medication": [] });
            match at {
                0 => profile["bloodSugar"] = text.clone().into(),
                1 => profile["target"] = text.clone().into(),
                2 => profile["medication"] = text.clone().into(),
                3 => profile["medication"] = json!([{ &text: 1 }]),
                4 => profile[&text] = 1.into(),
                5 => profile["bloodSugar"] = 777.into(),
                _ => profile = text.clone().into(),
            }
            let error = read::<RecipeGenerator>(&Payload::Json(base(&profile))).unwrap_err().to_string();
            let words = text.split(|c: char| !c.is_alphabetic() || c.is_ascii()).filter(|word| !word.is_empty());
            for word in words {
                prop_assert!(!error.contains(word), "{}", error);
            }
            prop_assert!(!error.contains("777"), "{}", error);
        }
    }
}
