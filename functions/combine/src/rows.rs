//! What is written: the row of the result and what is set in the row of the session, in one value that is known to fit.

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
    /// Writes the plan down as DynamoDB will hold it. The plan in it is the one that will be read back: a number has one
    /// form there, so `1.0` becomes `1`.
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
        let result: AttributeValue = serde_dynamo::to_attribute_value(plan).map_err(unwritable)?;
        let expires_at_s = now_s.saturating_add(TTL_S);
        let rows = Self {
            session_id,
            execution_id,
            plan: plan.clone(),
            result,
            expires_at_s,
        };
        item::check(&rows.result_row())?;
        item::check(&rows.session_row())?;
        // Only now: reading back a number that does not fit could fail.
        let plan = serde_dynamo::from_attribute_value(rows.result.clone()).map_err(unwritable)?;
        Ok(Self { plan, ..rows })
    }

    /// Whose session it is.
    pub fn session_id(&self) -> &SessionId {
        &self.session_id
    }

    /// Which execution completes it.
    pub fn execution_id(&self) -> &ExecutionId {
        &self.execution_id
    }

    /// The plan as it will be read back.
    pub fn plan(&self) -> &MealPlan {
        &self.plan
    }

    /// The row of the results table (S6).
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

    /// What is set in the row of the session, whatever was there (S6).
    pub(crate) fn set(&self) -> [(&'static str, AttributeValue); 4] {
        [
            (attribute::STATUS, text(Status::Completed.name())),
            (attribute::RESULT, self.result.clone()),
            (attribute::COMPLETED_AT, self.now()),
            (attribute::EXECUTION_ID, text(&self.execution_id.0)),
        ]
    }

    /// What is set only where it is missing: an execution that nobody opened a session for leaves a whole row too. Its
    /// deadline is the moment of its completion: nobody waits for it any more.
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
