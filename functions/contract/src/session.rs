//! A session and its life: `pending`, then `completed` or `failed`, both final.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{MealPlan, SessionId, Timestamp};

/// How long sessions and results are kept: 24 hours.
pub const TTL_S: i64 = 86_400;

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Started, not ended. Past its `deadlineAt` a reader treats it as failed.
    Pending,
    /// Its result is stored. Final.
    Completed,
    /// It has an error and a cause. Final.
    Failed,
}

impl Status {
    /// The word on the wire and in the table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

/// One row of the sessions table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its name, the table's key.
    pub session_id: SessionId,
    /// Where it stands.
    pub status: Status,
    /// When it was started.
    pub created_at: Timestamp,
    /// When a reader may give it up.
    pub deadline_at: Timestamp,
    /// When the table may forget it, in epoch seconds.
    #[serde(rename = "TTL")]
    pub expires_at_s: i64,
    /// The execution that completed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_id: Option<String>,
    /// What was cooked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<MealPlan>,
    /// When it was completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// The name of the error that failed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What was behind that error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// When it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<Timestamp>,
}

/// The attributes of the two tables, spelled once: the state machine's expressions and the functions use these.
pub mod attribute {
    /// The key of both tables.
    pub const SESSION_ID: &str = "sessionId";
    /// [`super::Status`].
    pub const STATUS: &str = "status";
    /// When a row was written first.
    pub const CREATED_AT: &str = "createdAt";
    /// When a reader may give up a session.
    pub const DEADLINE_AT: &str = "deadlineAt";
    /// Expiry in epoch seconds; the attribute that DynamoDB's time to live reads.
    pub const TTL: &str = "TTL";
    /// Which execution completed the session.
    pub const EXECUTION_ID: &str = "executionId";
    /// The meal plan, a map.
    pub const RESULT: &str = "result";
    /// When a session was completed.
    pub const COMPLETED_AT: &str = "completedAt";
    /// The name of the error.
    pub const ERROR: &str = "error";
    /// What was behind the error.
    pub const CAUSE: &str = "cause";
    /// When a session failed.
    pub const FAILED_AT: &str = "failedAt";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Session, attribute as a};

    #[test]
    fn the_attributes_are_the_fields_on_the_wire() {
        let schema = crate::schema::of::<Session>();
        let fields: BTreeSet<_> =
            schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let attributes = [
            a::SESSION_ID,
            a::STATUS,
            a::CREATED_AT,
            a::DEADLINE_AT,
            a::TTL,
            a::EXECUTION_ID,
            a::RESULT,
            a::COMPLETED_AT,
            a::ERROR,
            a::CAUSE,
            a::FAILED_AT,
        ];
        assert_eq!(fields, attributes.into_iter().collect());
    }
}
