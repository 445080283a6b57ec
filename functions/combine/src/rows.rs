//! The written rows: the result's, and the attributes of the session's, in one value that is within the limits.

use std::collections::HashMap;

use contract::{
    ExecutionId, MealPlan, SessionId, Timestamp,
    session::{Status, TTL_S, attribute},
};
use serde_dynamo::AttributeValue;

use crate::item::{self, Unfit};

/// A completed session, ready to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    session_id: SessionId,
    execution_id: ExecutionId,
    plan: MealPlan,
    result: AttributeValue,
    expires_at_s: i64,
}

impl Rows {
    /// The rows of a plan. Their plan is as DynamoDB will return it: `1.0` becomes `1`, and a number that no item can store
    /// becomes text where the recipe takes any value.
    ///
    /// # Errors
    /// One of the two items would break a limit of DynamoDB.
    pub fn new(
        session_id: SessionId,
        execution_id: ExecutionId,
        plan: &MealPlan,
        now_s: i64,
    ) -> Result<Self, Unfit> {
        let unwritable = |error: serde_dynamo::Error| Unfit::Unwritable(error.to_string());
        let mut plan = plan.clone();
        plan.recipe.target_specific_info.values_mut().for_each(item::numbers_as_text_where_needed);
        let result: AttributeValue = serde_dynamo::to_attribute_value(&plan).map_err(unwritable)?;
        let expires_at_s = now_s.saturating_add(TTL_S);
        let rows = Self { session_id, execution_id, plan, result, expires_at_s };
        item::check(&rows.result_row())?;
        item::check(&rows.session_row())?;
        // Only now: reading back a number that does not fit could fail.
        let plan = serde_dynamo::from_attribute_value(rows.result.clone()).map_err(unwritable)?;
        Ok(Self { plan, ..rows })
    }

    pub fn session_id(&self) -> &SessionId {
        &self.session_id
    }

    /// The execution that completes the session.
    pub fn execution_id(&self) -> &ExecutionId {
        &self.execution_id
    }

    /// The plan as DynamoDB will return it.
    pub fn plan(&self) -> &MealPlan {
        &self.plan
    }

    /// The row of the results table.
    pub(crate) fn result_row(&self) -> HashMap<String, AttributeValue> {
        HashMap::from(
            [
                (attribute::SESSION_ID, text(&self.session_id)),
                (attribute::RESULT, self.result.clone()),
                (attribute::CREATED_AT, self.now()),
                (attribute::TTL, self.expiry()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        )
    }

    /// The attributes that are set in the session's row.
    pub(crate) fn set(&self) -> [(&'static str, AttributeValue); 4] {
        [
            (attribute::STATUS, text(Status::Completed.name())),
            (attribute::RESULT, self.result.clone()),
            (attribute::COMPLETED_AT, self.now()),
            (attribute::EXECUTION_ID, text(&self.execution_id.0)),
        ]
    }

    /// The attributes that are set only if they are missing, so that the row of an absent session is complete too. Its deadline
    /// is the moment of completion.
    pub(crate) fn set_if_missing(&self) -> [(&'static str, AttributeValue); 3] {
        [
            (attribute::CREATED_AT, self.now()),
            (attribute::DEADLINE_AT, self.now()),
            (attribute::TTL, self.expiry()),
        ]
    }

    /// The row of the session as it will be, for its size.
    fn session_row(&self) -> HashMap<String, AttributeValue> {
        let key = (attribute::SESSION_ID, text(&self.session_id));
        let attributes = self.set().into_iter().chain(self.set_if_missing()).chain([key]);
        attributes.map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn now(&self) -> AttributeValue {
        let Timestamp(now) = &self.plan.generated_at;
        text(now)
    }

    fn expiry(&self) -> AttributeValue {
        AttributeValue::N(self.expires_at_s.to_string())
    }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Numbers with every digit of a double, and ones that no double or no item can store.
    #[test]
    fn a_number_is_read_back_as_it_was_given() {
        let info = r#"{"large":1e50,"whole":18446744073709551615,"beyond":36893488147419103232,
            "third":0.30000000000000004,"tiny":1e-130,"far":9.9e125,"further":1e130,"text":"1e400"}"#;
        let plan: MealPlan = serde_json::from_value(json!({
            "recipe": {
                "name": "국", "nutrition": { "calories": 1, "protein": 1, "carbs": 1, "fat": 0.1 },
                "ingredients": [{ "name": "두부" }], "steps": ["끓인다"],
                "targetSpecificInfo": serde_json::from_str::<serde_json::Value>(info).unwrap(),
            },
            "pricing": contract::Pricing::nothing(), "generatedAt": "2026-11-28T00:00:00.000Z",
        }))
        .unwrap();
        let id = SessionId::new("s").unwrap();
        let rows = Rows::new(id, ExecutionId("e".to_owned()), &plan, 0).unwrap();
        let mut expect = plan.recipe.target_specific_info;
        expect["further"] = "1e130".into();
        assert_eq!(rows.plan().recipe.target_specific_info, expect);
        let shown = serde_json::to_string(&rows.plan().recipe.target_specific_info).unwrap();
        for digits in ["1e+50", "18446744073709551615", "3.6893488147419103e+19", "0.30000000000000004"] {
            assert!(shown.contains(digits), "{digits}: {shown}");
        }
    }
}
