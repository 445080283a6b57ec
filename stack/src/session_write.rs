//! The one write that a state machine makes to the sessions table: an open session becomes `failed`.
//!
//! It uses the DynamoDB integration, because a function could fail in turn. Sessions are completed by the combine function.

use asl::model::{Field, Path, Resource, Retrier, Task, TaskTimeout, Template, Transition};
use contract::{Status, session::attribute};

use crate::{expect_valid::expect_valid, flow::retry::with_backoff, resources::ids};

/// What the integration answers when the session is not open.
///
/// Source: the optimised integration names its errors `DynamoDB.…Exception`; to be seen once on a real account.
pub const CONDITION_FAILED: &str = "DynamoDB.ConditionalCheckFailedException";

/// The timeout of the write in seconds. DynamoDB answers in milliseconds.
const TIMEOUT_S: u64 = 10;

/// Sets a session to `failed`, with an error, a cause and the time, if it exists and is pending. `completed` is final:
/// combine may have committed while its answer got lost.
///
/// A failed condition is not tried again; everything else is, with backoff.
pub(crate) fn fail_session(session_id: Path, error: impl Into<Field>, cause: impl Into<Field>) -> Task {
    let names = [
        ("#sessionId", attribute::SESSION_ID),
        ("#status", attribute::STATUS),
        ("#error", attribute::ERROR),
        ("#cause", attribute::CAUSE),
        ("#failedAt", attribute::FAILED_AT),
    ];
    let now = Path::context().field("State").field("EnteredTime");
    let values = [
        (":pending", text(Status::Pending.name())),
        (":failed", text(Status::Failed.name())),
        (":error", text(error)),
        (":cause", text(cause)),
        (":failedAt", text(now)),
    ];
    let table = format!("${{{}}}", ids::SESSIONS_TABLE.as_str());
    let parameters = Template::object([
        ("TableName", table.as_str().into()),
        ("Key", object([(attribute::SESSION_ID, text(session_id))])),
        ("ConditionExpression", "attribute_exists(#sessionId) AND #status = :pending".into()),
        (
            "UpdateExpression",
            "SET #status = :failed, #error = :error, #cause = :cause, #failedAt = :failedAt".into(),
        ),
        ("ExpressionAttributeNames", object(names.map(|(alias, name)| (alias, name.into())))),
        ("ExpressionAttributeValues", object(values)),
    ]);
    let never = Retrier { max_attempts: Some(0), ..Retrier::new([CONDITION_FAILED]) };
    let resource = expect_valid(Resource::parse("arn:aws:states:::dynamodb:updateItem"));
    Task {
        parameters: Some(parameters),
        timeout: Some(TaskTimeout::Seconds(TIMEOUT_S)),
        retry: vec![never, with_backoff([asl::errors::ALL])],
        ..Task::new(resource, Transition::End)
    }
}

/// A text in DynamoDB's own JSON.
fn text(value: impl Into<Field>) -> Field {
    object([("S", value.into())])
}

fn object<const N: usize>(fields: [(&str, Field); N]) -> Field {
    Field::Value(Template::object(fields))
}
